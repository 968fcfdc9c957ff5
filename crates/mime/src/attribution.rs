//! The line before a quotation: "On Monday Anna wrote:", in the words of mail clients of many languages.

use crate::fold::{digits, fold, has_moment};

/// What such a line says somebody did, in lower case.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "wrote", "writes", "has written", "wrote the following",
    "schrieb", "schrieb am", "schrieben", "hat geschrieben", "geschrieben", "schreibt", "schrieb folgendes",
    "escribió", "escribio", "escribiste", "ha escrito", "a écrit", "a ecrit", "écrivait", "avez écrit", "écrit", "a scris", "ha scritto", "scrive",
    "hai scritto",
    "schreef", "schreef het volgende", "heeft het volgende geschreven", "heeft geschreven", "het volgende geschreven", "schreef u",
    "escreveu", "escreveu o seguinte", "escreveste",
    "napisał(a)", "napisał", "napisała", "pisze", "napisano", "napisali",
    "написал(а)", "написал", "написала", "пишет", "писал", "писала", "писали", "написали", "пишете", "написав", "написала(в)", "написав(ла)", "пише", "писав",
    "skrev", "skreiv", "skrev følgende", "skrev följande", "har skrivit", "har skrevet", "skriver",
    "kirjoitti", "kirjoitti näin", "kirjoittaa",
    "napsal(a)", "napsal", "napsala", "píše", "napísal", "napísal(a)", "napísala", "napsali",
    "şunu yazdı", "şunları yazdı", "yazdı", "yazmış", "tarihinde şunu yazdı",
    "写道", "寫道", "写到", "寫到", "撰写", "のメール", "書きました", "は書きました", "のメッセージ", "さんは書きました", "のメールに",
    "님이 작성", "작성", "님이 작성한 메시지", "씀", "쓴 글", "님이 쓴 글", "님의 말", "님이 보낸 메시지", "보낸 메일",
    "כתב", "כתבה", "כתב/ה", "כתב(ה)", "כתבת", "מאת", "كتب", "كتبت", "تمت كتابة ما يلي بواسطة",
    "έγραψε", "έγραψαν", "γράφει", "írta", "ezt írta", "a következőt írta", "írt", "написа", "je napisao", "je napisala", "napisao je", "rakstīja", "rašė",
    "kirjutas",
];
/// What ends such a line without a colon.
const BARE: [&str; 5] = ["写道", "寫道", "şunu yazdı", "şunları yazdı", "쓴 글"];
/// How webmails begin it that name no time.
#[rustfmt::skip]
const QUOTING: [&str; 14] = [
    "quoting ", "zitat von ", "citation de ", "citando ", "mensaje citado por ", "citeren ", "citerar ", "citat ", "cytowanie ", "citace ", "lainaus ",
    "цитирование ", "idézet ", "cytat ",
];
/// A line of this sort takes up to so many when it is wrapped.
pub(crate) const WRAPPED: usize = 4;
/// And so many characters.
const LONGEST: usize = 400;
/// Words before a day.
#[rustfmt::skip]
const LEADS: [&str; 28] = [
    "on ", "am ", "op ", "le ", "el ", "em ", "en ", "il ", "den ", "dne ", "w dniu ", "dnia ", "в ", "у ", "på ", "a ", "în ", "la ", "στις ", "στις",
    "بتاريخ ",
    "في ", "בתאריך ", "ב-", "在 ", "于 ", "於 ", "на ",
];

/// Whether an attribution begins at the first of these lines; how many it takes. It is one only if it names a time or an
/// address: "I wrote to you:" is somebody's own word.
pub(crate) fn at(lines: &[&str]) -> Option<usize> {
    // most lines are none, which is seen at a glance
    if !lines.iter().take(WRAPPED).any(|line| may_end(line)) {
        return None;
    }
    let mut folded: Vec<String> = Vec::new();
    let mut joined = String::new();
    for line in lines.iter().take(WRAPPED) {
        let line = fold(line.trim().trim_start_matches(['>', '*', '_']));
        if line.is_empty() || joined.len() > LONGEST * 2 {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&line);
        folded.push(line);
        if joined.chars().count() <= LONGEST && is_one(&joined) {
            return (begin(&folded) == 0).then_some(folded.len());
        }
    }
    None
}

/// Ends as an attribution may.
fn may_end(line: &str) -> bool {
    let bare = line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    bare.ends_with([':', '：', '>']) || ["道", "글", "yazdı"].iter().any(|end| bare.ends_with(end))
}

/// Where it begins among lines that make one when joined: "Thanks", "Anna" may stand right above it.
fn begin(folded: &[String]) -> usize {
    let is_led = |line: &String| digits(line) > 0 && (line.starts_with(|c: char| c.is_ascii_digit()) || LEADS.iter().any(|lead| line.starts_with(lead)));
    let fits = |from: usize| folded.get(from..).is_some_and(|lines| is_one(&lines.join(" ")));
    let led = (0..folded.len()).find(|from| folded.get(*from).is_some_and(is_led) && fits(*from));
    led.unwrap_or_else(|| (0..folded.len()).rev().find(|from| fits(*from)).unwrap_or(0))
}

/// "You wrote on …": clients that name nobody.
pub(crate) fn is_to_you(folded: &str) -> bool {
    ["you wrote", "вы писали", "ви писали", "vous avez écrit", "avez écrit", "schreef u", "schrieben sie", "escribiste", "hai scritto", "escreveste"]
        .iter()
        .any(|words| folded.contains(words))
}

/// Says that somebody wrote, or names an address last: sure enough where nothing below is marked as quoted.
pub(crate) fn is_spoken(lines: &[&str]) -> bool {
    let joined = fold(&lines.join(" "));
    let is_ended = joined.ends_with(':') || BARE.iter().any(|end| joined.ends_with(end));
    is_ended && (joined.trim_end_matches([':', ' ']).ends_with('>') || VERBS.iter().any(|verb| has(&joined, verb).is_some()))
}

fn is_one(joined: &str) -> bool {
    let Some(before) = joined.strip_suffix(':') else {
        // some clients leave the colon out
        let is_led = joined.ends_with('>') && has_moment(joined) && (is_dated(joined) || starts_with_time(joined));
        return names(joined) && (BARE.iter().any(|end| joined.ends_with(end)) || is_led && VERBS.iter().any(|verb| has(joined, verb).is_some()));
    };
    let before = before.trim_end();
    if !names(joined) {
        return false;
    }
    if VERBS.iter().any(|verb| has(before, verb).is_some_and(|end| end == before.len()))
        || has_moment(before) && (ends_with_address(before) || before.contains('<') && before.contains('@'))
    {
        return true;
    }
    if before.ends_with('>') && QUOTING.iter().any(|word| before.starts_with(word)) {
        return true;
    }
    let is_timed = before.contains('@') || before.ends_with('>') || starts_with_time(before) || is_dated(before);
    VERBS.iter().any(|verb| {
        has(before, verb).is_some_and(|end| {
            let (said, rest) = before.split_at(end);
            // "Anna schreef op 2026-06-11 11:40"
            is_timed || said.trim().len() > verb.len() && rest.chars().count() <= 80 && has_moment(rest)
        })
    }) || before.ends_with('>') && starts_with_time(before)
}

/// Where the last of this word ends; a word, where a script has words.
fn has(text: &str, verb: &str) -> Option<usize> {
    let has_words = verb.chars().next().is_some_and(|c| c < '\u{1100}');
    text.rmatch_indices(verb).map(|(at, _)| (at, at + verb.len())).find_map(|(from, to)| {
        let left = text.get(..from).and_then(|left| left.chars().next_back()).is_some_and(char::is_alphanumeric);
        let right = text.get(to..).and_then(|right| right.chars().next()).is_some_and(char::is_alphanumeric);
        (!has_words || !left && !right).then_some(to)
    })
}

/// "… by anna@client.example", "… Anna <anna@client.example>".
fn ends_with_address(text: &str) -> bool {
    let last = text.split_whitespace().next_back().unwrap_or_default().trim_end_matches(['>', ')', ']', '"']);
    last.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.') && !domain.ends_with('.'))
}

/// A time or an address stands in it.
fn names(text: &str) -> bool {
    let digits = digits(text);
    digits >= 3 || text.contains('@') || digits >= 1 && text.contains('<')
}

/// "Op 06-05-2026 om 16:45 schreef …": day and time after a word that leads to them.
fn is_dated(text: &str) -> bool {
    digits(text) >= 5 && LEADS.iter().any(|lead| text.starts_with(lead))
}

/// "2026-11-24 9:12 GMT+09:00 Kim <kim@…>:", "2026年11月24日", "24.11.2026 um 9:12 …".
fn starts_with_time(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_ascii_digit()) && digits(text) >= 6 && text.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_clients_are_known_in_many_languages() {
        for line in [
            "PromptCraft Support schreef op 2026-06-11 11:40:",
            "Вы писали 9 июня 2026 г., 16:40:21:",
            "You wrote on Tuesday, June 9, 2026, 4:40:21 PM:",
            "9 Jun 2026, 17:16 by support@promptcraft.example:",
            "9. Juni 2026, 17:16 von support@promptcraft.example:",
            "ср, 10 июн. 2026 г. в 16:40, Mira <support@promptcraft.example>:",
            "Среда, 10 июня 2026, 16:40 +03:00 от Mira <support@promptcraft.example>:",
            "ср, 10 черв. 2026 р. о 16:40 Mira <support@promptcraft.example> пише:",
            "Στις Τετ 10 Ιουν 2026 στις 4:40 μ.μ., ο χρήστης Mira <support@promptcraft.example> έγραψε:",
            "Mira <support@promptcraft.example> ezt írta (időpont: 2026. jún. 10., Sze, 16:40):",
            "În mie., 10 iun. 2026 la 16:40, Mira <support@promptcraft.example> a scris:",
            "\u{202b}בתאריך יום ד׳, 10 ביוני 2026 ב-16:40 מאת \u{202a}Mira\u{202c}\u{200f} <\u{202a}support@promptcraft.example\u{202c}\u{200f}>:\u{202c}",
            "في الأربعاء، ١٠ يونيو ٢٠٢٦ في ٤:٤٠ م تمت كتابة ما يلي بواسطة Mira <support@promptcraft.example>:",
            "Mira <support@promptcraft.example> escreveu (quarta, 10/06/2026 à(s) 16:40):",
            "Mira <support@promptcraft.example> şunları yazdı (10 Haz 2026 16:40):",
            "2026-06-10 16:40에 Mira 이(가) 쓴 글:",
            "2026年6月10日(水) 16:40 Mira <support@promptcraft.example>:",
            ">>> On 6/9/2026 at 4:12 PM, in message <4A@x.example>, \"Mira\" <support@promptcraft.example> wrote:",
            "Le mer. 10 juin 2026 à 16:40, Mira <support@promptcraft.example> a écrit\u{a0}:",
            "Dne 10. 06. 26 v 16:40 Mira napsal(a):",
        ] {
            assert_eq!(at(&[line]), Some(1), "{line}");
        }
    }

    #[test]
    fn what_stands_right_above_is_not_taken() {
        let lines = ["Grazie mille", "Ottavia", "Il 09/06/2026 16:40 CEST Mira <a@b.example> ha scritto:"];
        assert_eq!((at(&lines), at(&lines[1..]), at(&lines[2..])), (None, None, Some(1)));
        assert_eq!(at(&["On Mon, Jun 9, 2026", "at 16:40 Mira <a@b.example>", "wrote:"]), Some(3));
        assert_eq!(at(&["Mira Okafor <a@b.example>", "schrieb am 09.06.2026 16:40:"]), Some(2));
    }

    #[test]
    fn own_words_are_none() {
        for line in ["I wrote to you:", "Am Montag schrieb ich:", "Before 10 June we said this:", "wrote:", "See 2026-06-10 16:40:", "He said on page 12:"] {
            assert_eq!(at(&[line]), None, "{line}");
        }
    }
}
