//! Variables in texts: `{{requester.first_name}}`. Checked when a text is saved, filled in when it is used. What is filled in
//! is other people's text: it is escaped so that it stays text in Markdown.

/// A piece of a text.
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

/// Cuts a text at its variables. `\{{` is no variable but two braces; what is not closed on its line is text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    while let Some(at) = rest.find("{{") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        if let Some(before) = before.strip_suffix('\\') {
            pieces.push(Piece::Text(before));
            pieces.push(Piece::Text("{{"));
            rest = after;
            continue;
        }
        let end = after.find("}}").filter(|end| !after[..*end].contains(['\n', '{']));
        let Some(end) = end else {
            pieces.push(Piece::Text(&rest[..at + 2]));
            rest = after;
            continue;
        };
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Variable(after[..end].trim()));
        rest = &after[end + 2..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// Says which variable there is not, as a sentence; none when all are known.
pub fn unknown(text: &str, known: &[(&str, &str)]) -> Option<String> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Variable(name) if !known.iter().any(|(known, _)| *known == name) => {
            let names: Vec<&str> = known.iter().map(|(known, _)| *known).collect();
            let name: String = name.chars().take(60).collect();
            Some(format!("There is no variable {{{{{name}}}}}. Known are {}. Write \\{{{{ for the braces themselves.", names.join(", ")))
        }
        _ => None,
    })
}

/// The text with its values, as Markdown. `value` answers a value and whether the program made it: such a one needs no escape.
pub fn fill(text: &str, value: impl Fn(&str) -> (String, bool)) -> String {
    let mut filled = String::with_capacity(text.len() + 64);
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Variable(name) => match value(name) {
                (value, true) => filled.push_str(&value),
                (value, false) => escape(&value, filled.is_empty() || filled.ends_with('\n'), &mut filled),
            },
        }
    }
    filled
}

/// The text with its values, as plain text.
pub fn fill_plain(text: &str, value: impl Fn(&str) -> String) -> String {
    let fill = |piece| match piece {
        Piece::Text(text) => text.to_owned(),
        Piece::Variable(name) => value(name),
    };
    pieces(text).into_iter().map(fill).collect()
}

/// The text before, between and after the places of one variable; the others stay in it.
pub fn parts(text: &str, variable: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for piece in pieces(text) {
        let last = parts.len() - 1;
        match piece {
            Piece::Text("{{") => parts[last].push_str("\\{{"),
            Piece::Text(text) => parts[last].push_str(text),
            Piece::Variable(name) if name == variable => parts.push(String::new()),
            Piece::Variable(name) => parts[last].extend(["{{", name, "}}"]),
        }
    }
    parts
}

/// Other people's text as Markdown that shows it and does nothing else: no tag, no link, no heading, no new line.
fn escape(value: &str, begins_line: bool, into: &mut String) {
    let value: String = value.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let digits = value.chars().take_while(char::is_ascii_digit).count();
    for (index, c) in value.char_indices() {
        let rest = &value[index + c.len_utf8()..];
        let is_special = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '!' | '#' | '|' | '~' | '$' | '@')
            || c == ':' && rest.starts_with("//")
            || c == '.' && value[..index].to_lowercase().ends_with("www")
            || begins_line && index == 0 && matches!(c, '-' | '+' | '=')
            || begins_line && digits > 0 && index == digits && matches!(c, '.' | ')');
        if is_special {
            into.push('\\');
        }
        into.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(value: &str) -> String {
        let mut text = String::new();
        escape(value, true, &mut text);
        text
    }

    const KNOWN: &[(&str, &str)] = &[("requester.first_name", ""), ("agent.name", "")];

    #[test]
    fn unknown_variables_are_named_and_known_ones_are_not() {
        for (text, wrong) in [
            ("Hi {{requester.first_name}}, {{ agent.name }}", None),
            ("no braces", None),
            ("{{", None),
            ("a {{ never closed", None),
            ("{{over\nlines}}", None),
            ("\\{{prompt}} is a variable of yours", None),
            ("{{requester.phone}}", Some("{{requester.phone}}")),
            ("{{}}", Some("{{}}")),
            ("{{agent.name}}{{x}}", Some("{{x}}")),
            ("{{ {{x}}", Some("{{x}}")),
        ] {
            let found = unknown(text, KNOWN);
            assert_eq!(found.is_some(), wrong.is_some(), "{text}: {found:?}");
            assert!(wrong.is_none_or(|wrong| found.unwrap().contains(wrong)), "{text}");
        }
    }

    #[test]
    fn other_peoples_text_stays_text() {
        for (value, expected) in [
            ("Maya", "Maya"),
            ("O’Brien-Smith Jr.", "O’Brien-Smith Jr."),
            ("<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)\\>"),
            ("[a](https://evil.test)", "\\[a\\](https\\://evil.test)"),
            ("www.evil.test", "www\\.evil.test"),
            ("# Heading\n\n- list", "\\# Heading - list"),
            ("- item", "\\- item"),
            ("1. one", "1\\. one"),
            ("@all &lt; `x` *b* _i_ ~s~ |t| \\", "\\@all \\&lt; \\`x\\` \\*b\\* \\_i\\_ \\~s\\~ \\|t\\| \\\\"),
        ] {
            assert_eq!(escaped(value), expected);
        }
    }

    #[test]
    fn a_text_is_cut_at_one_variable() {
        for (text, expected) in [
            ("a {{content}} b {{agent.name}}", &["a ", " b {{agent.name}}"][..]),
            ("{{ content }}", &["", ""]),
            ("\\{{content}} c", &["\\{{content}} c"]),
            ("none", &["none"]),
        ] {
            assert_eq!(parts(text, "content"), expected);
        }
        assert_eq!(fill_plain("Hi {{agent.name}}, \\{{x}}", str::to_uppercase), "Hi AGENT.NAME, {{x}}");
    }
}
