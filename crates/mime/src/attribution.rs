//! The line before a quotation: "On Monday Anna wrote:", in the words of mail clients of many languages.

/// What such a line ends with, in lower case, without the colon.
const ENDS: &[&str] = &[
    "כתב",
    "כתבה",
    "כתב/ה",
    "كتب",
    "wrote",
    "writes",
    "schrieb",
    "schrieb am",
    "hat geschrieben",
    "geschrieben",
    "escribió",
    "escribio",
    "a écrit",
    "a ecrit",
    "ha scritto",
    "schreef",
    "schreef het volgende",
    "heeft het volgende geschreven",
    "geschreven",
    "escreveu",
    "napisał(a)",
    "napisał",
    "napisała",
    "pisze",
    "написал(а)",
    "написал",
    "написала",
    "пишет",
    "skrev",
    "skreiv",
    "skrev følgende",
    "kirjoitti",
    "napsal(a)",
    "napsal",
    "napsala",
    "píše",
    "şunu yazdı",
    "yazdı",
    "tarihinde şunu yazdı",
    "写道",
    "寫道",
    "のメール",
    "書きました",
    "は書きました",
    "のメッセージ",
    "님이 작성",
    "작성",
    "님이 작성한 메시지",
    "씀",
    "написа",
];
/// What such a line holds where the verb does not end it: "schrieb Anna Berg <anna@…>:".
const WITHIN: [&str; 24] = [
    " wrote ",
    " schrieb ",
    " a écrit ",
    " ha scritto ",
    " schreef ",
    " escreveu ",
    " escribió ",
    " napisał",
    " пишет",
    " написал",
    " skrev ",
    " skrev:",
    " kirjoitti ",
    " napsal",
    " yazdı",
    "写道",
    "寫道",
    "wrote:",
    " schrieb:",
    " het volgende geschreven",
    " geschreven:",
    "書きました",
    "작성",
    " pisze",
];
/// A line of this sort takes up to so many when it is wrapped.
const WRAPPED: usize = 4;
/// And so many characters.
const LONGEST: usize = 400;

/// Whether an attribution begins at the first of these lines; how many it takes. It is one only if it names a time or an
/// address: "I wrote to you:" is somebody's own word.
pub(crate) fn at(lines: &[&str]) -> Option<usize> {
    let mut joined = String::new();
    for (index, line) in lines.iter().take(WRAPPED).enumerate() {
        let line = line.trim();
        if line.is_empty() || joined.chars().count() > LONGEST {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&line.to_lowercase());
        if is_one(&joined) {
            return Some(index + 1);
        }
    }
    None
}

fn is_one(joined: &str) -> bool {
    let Some(before) = joined.strip_suffix(':').or_else(|| joined.strip_suffix('：')) else {
        // two clients leave the colon out
        return joined.ends_with("写道") && names(joined) || joined.ends_with("şunu yazdı") && names(joined);
    };
    let before = before.trim_end();
    names(joined) && (ENDS.iter().any(|end| ends_with(before, end)) || before.contains('@') && WITHIN.iter().any(|verb| joined.contains(verb)))
        || names(joined) && before.ends_with('>') && (WITHIN.iter().any(|verb| joined.contains(verb)) || starts_with_time(before))
        || names(joined) && (starts_with_time(before) || is_dated(before)) && WITHIN.iter().any(|verb| joined.contains(verb))
}

/// A word at the end: not the end of another word, where a script has words.
fn ends_with(text: &str, end: &str) -> bool {
    let Some(before) = text.strip_suffix(end) else { return false };
    before.chars().next_back().is_none_or(|c| !c.is_alphabetic() || !c.is_ascii() && !end.is_ascii())
}

/// A time or an address stands in it.
fn names(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits >= 3 || text.contains('@') || digits >= 1 && text.contains('<')
}

/// "Op 06-05-2026 om 16:45 schreef …": day and time after a word that leads to them.
fn is_dated(text: &str) -> bool {
    text.chars().filter(char::is_ascii_digit).count() >= 5 && LEADS.iter().any(|lead| text.starts_with(lead))
}

/// Words before a day.
const LEADS: [&str; 14] = ["on ", "am ", "op ", "le ", "el ", "em ", "il ", "den ", "dne ", "w dniu ", "dnia ", "в ", "på ", "a "];

/// "2026-11-24 9:12 GMT+09:00 Kim <kim@…>:", "2026年11月24日", "24.11.2026 um 9:12 …".
fn starts_with_time(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_ascii_digit()) && text.chars().filter(char::is_ascii_digit).count() >= 6 && text.contains(':')
}
