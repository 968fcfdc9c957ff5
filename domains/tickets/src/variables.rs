//! Variables in the texts of macros, canned replies and rules: `{{requester.first_name}}`. Checked when a text is saved,
//! filled in when it is used. What is filled in is other people's text: it is escaped so that it stays text in Markdown.

use crate::Ticket;

/// Every variable, with what it stands for.
pub const KNOWN: &[(&str, &str)] = &[
    ("requester.first_name", "First name of whoever asked"),
    ("requester.name", "Their whole name"),
    ("requester.email", "Their mail address"),
    ("ticket.number", "Number of the ticket, like #1042"),
    ("ticket.title", "Subject of the ticket"),
    ("ticket.team", "Team that answers"),
    ("organization.name", "Organization of whoever asked"),
    ("agent.name", "Whoever writes; in a rule the assignee, or this site"),
    ("agent.first_name", "Their first name"),
];

/// Who writes.
#[derive(Clone, Copy, Debug)]
pub enum Writer<'a> {
    /// A person of this name.
    Person(&'a str),
    /// The site of this name: nobody writes, and nobody has the ticket.
    Site(&'a str),
}

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

/// Says which variable there is not; none when all are known.
pub fn unknown(text: &str) -> Option<String> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Variable(name) if !KNOWN.iter().any(|(known, _)| *known == name) => {
            let names: Vec<&str> = KNOWN.iter().map(|(known, _)| *known).collect();
            let name: String = name.chars().take(60).collect();
            Some(format!("There is no variable {{{{{name}}}}}. Known are {}. Write \\{{{{ for the braces themselves.", names.join(", ")))
        }
        _ => None,
    })
}

/// The text with the values of a ticket and of the one who writes.
pub fn fill(text: &str, ticket: &Ticket, writer: Writer<'_>) -> String {
    let (Writer::Person(agent) | Writer::Site(agent)) = writer;
    let first = |name: &str| name.split_whitespace().next().unwrap_or(name).to_owned();
    let value = |name: &str| match name {
        "requester.first_name" => first(&ticket.requester_name),
        "requester.name" => ticket.requester_name.clone(),
        "requester.email" => ticket.requester_email.clone(),
        "ticket.number" => format!("#{}", ticket.number),
        "ticket.title" => ticket.title.clone(),
        "ticket.team" => ticket.team.clone().unwrap_or_default(),
        "organization.name" => ticket.organization.clone().unwrap_or_default(),
        "agent.first_name" if matches!(writer, Writer::Person(_)) => first(agent),
        "agent.name" | "agent.first_name" => agent.to_owned(),
        _ => String::new(),
    };
    let mut filled = String::with_capacity(text.len() + 64);
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Variable("ticket.number") => filled.push_str(&value("ticket.number")),
            Piece::Variable(name) => escape(&value(name), filled.is_empty() || filled.ends_with('\n'), &mut filled),
        }
    }
    filled
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
            let found = unknown(text);
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
}
