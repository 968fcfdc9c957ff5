//! The head that clients put before an earlier mail that they do not mark line by line: "From: … Sent: … Subject: …", and
//! the rulers above it, in many languages.

use crate::{
    fold::{fold, has_moment},
    head_words::{ABOVE, COPY, FORWARDS, FROM, RULERS, SENT, SUBJECT, TO},
};

/// Lines of a head that are looked at, without the empty ones.
const LINES: usize = 8;

/// How many lines lead in to an earlier mail that begins at the first of these.
pub(crate) fn begins(lines: &[&str]) -> Option<usize> {
    let first = lines.first().map(|line| line.trim()).filter(|line| !line.is_empty())?;
    let folded = fold(first);
    if is_marker(&folded) || is_led_ruler(&folded) || is_groupwise(first) {
        return Some(1);
    }
    let is_known = is_ruler(&folded) || is_forward(&folded);
    if is_known || folded.chars().all(|c| matches!(c, '_' | '-' | '=')) && folded.chars().count() >= 10 {
        let next = lines.iter().skip(1).position(|line| !line.trim().is_empty())? + 1;
        return head(lines.get(next..)?, is_known).map(|length| next + length);
    }
    head(lines, false)
}

/// Whether these words, folded, say where an answer belongs.
pub(crate) fn is_marker(folded: &str) -> bool {
    let bare = folded.trim_matches(|c: char| !c.is_alphanumeric());
    // a sentence about such a line is own
    let more = if folded.starts_with(char::is_alphanumeric) { 2 } else { 40 };
    ABOVE.iter().any(|marker| bare.starts_with(marker) && bare.chars().count() <= marker.chars().count() + more)
}

/// "Begin forwarded message:", folded.
pub(crate) fn is_forward(folded: &str) -> bool {
    FORWARDS.contains(&folded.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// "-----Original Message-----", and the like: enough where a head follows, whatever stands right above.
pub(crate) fn is_known_ruler(line: &str) -> bool {
    is_ruler(&fold(line)) || is_groupwise(line)
}

/// "---- On Mon, 4 May 2026 … wrote ----".
fn is_led_ruler(folded: &str) -> bool {
    let bare = folded.trim_matches(['-', ' ']);
    folded.starts_with("----")
        && folded.ends_with("----")
        && !bare.is_empty()
        && crate::attribution::at(&[&format!("{}:", bare.trim_end_matches(':'))]).is_some()
}

/// ">>> Anna <anna@client.example> 09.06.2026 16:12 >>>", as Novell writes it.
pub(crate) fn is_groupwise(line: &str) -> bool {
    let Some(inner) = line.trim().strip_prefix(">>>").and_then(|rest| rest.strip_suffix(">>>")) else { return false };
    let inner = fold(inner);
    inner.chars().any(char::is_alphabetic) && (has_moment(&inner) || inner.contains('@') && crate::fold::digits(&inner) >= 5)
}

/// "-----Original Message-----".
fn is_ruler(folded: &str) -> bool {
    let is_drawn = |c: char| matches!(c, '-' | '_' | '=' | '*' | '—' | '–' | '─' | '━');
    let bare = folded.trim_matches(|c: char| is_drawn(c) || matches!(c, '>' | '<' | ' '));
    let edge = folded.chars().take_while(|c| is_drawn(*c)).count();
    if edge < 2 || bare.is_empty() {
        return false;
    }
    RULERS.iter().any(|words| bare.trim_end_matches(':').starts_with(words))
}

/// How many lines a head takes: three of different meaning among the first, one of which names the author. Below a ruler
/// with words they stand in any order, and some clients leave out the colons.
fn head(lines: &[&str], is_ruled: bool) -> Option<usize> {
    let first = meaning(lines.first()?, is_ruled)?;
    if first > 1 && !is_ruled {
        return None;
    }
    let mut seen = [false; 5];
    let mut length = 0;
    let is_enough = |[from, sent, to, subject, _]: [bool; 5]| from && (sent && (to || subject) || to && subject);
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()).take(LINES) {
        // below an empty line the mail itself may begin
        if is_enough(seen) && at.checked_sub(1).and_then(|above| lines.get(above)).is_some_and(|above| above.trim().is_empty()) {
            break;
        }
        if let Some(slot) = meaning(line, is_ruled).and_then(|meaning| seen.get_mut(meaning)) {
            *slot = true;
            length = at + 1;
        } else if !line.contains('@') && (is_enough(seen) || at.checked_sub(1).and_then(|above| lines.get(above)).is_some_and(|above| above.trim().is_empty()))
        {
            // no more of a list of receivers; below an empty line it never was one
            break;
        }
    }
    // without a ruler it names a day; and without an address it is whole, for people write of trains as well
    let head = lines.get(..length)?;
    let [from, sent, to, subject, _] = seen;
    let is_whole = from && sent && to && subject || head.iter().any(|line| line.contains('@'));
    (is_enough(seen) && looks_made(head, is_ruled) && (is_ruled || sent && is_whole)).then_some(length)
}

/// A real head holds an address, or a day with its year and a time; a form that somebody fills in does not.
fn looks_made(lines: &[&str], is_ruled: bool) -> bool {
    lines.iter().filter(|line| meaning(line, is_ruled).is_some()).any(|line| line.contains('@') || has_moment(&fold(line)))
}

/// What stands behind the word for the author, if a line names one.
pub(crate) fn author(line: &str) -> Option<&str> {
    value(line, 0)
}

/// What stands behind the word for the subject, if a line names one.
pub(crate) fn subject(line: &str) -> Option<&str> {
    value(line, 3)
}

fn value(line: &str, wanted: usize) -> Option<&str> {
    if let Some((_, value)) = line.split_once([':', '：'])
        && meaning(line, false) == Some(wanted)
    {
        return Some(value.trim_matches(|c: char| c == '*' || c.is_whitespace()));
    }
    let value = line.trim().split_once([' ', '\t']).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())?;
    (meaning(line, false).is_none() && meaning(line, true) == Some(wanted)).then_some(value)
}

/// What a line of a head is about. Without a colon it is one only below a ruler.
fn meaning(line: &str, is_ruled: bool) -> Option<usize> {
    let line = line.trim().trim_start_matches(['*', '_']);
    let find = |name: &str| [FROM, SENT, TO, SUBJECT, COPY].iter().position(|names| names.contains(&name));
    let named = line.split_once([':', '：']).and_then(|(name, _)| {
        let short = name.char_indices().nth(28).is_none();
        short.then(|| fold(name.trim().trim_end_matches(['*', '_']))).and_then(|name| find(&name))
    });
    if named.is_some() || !is_ruled {
        return named;
    }
    let folded = fold(line);
    let (first, rest) = folded.split_once([' ', '\t'])?;
    find(first).or_else(|| rest.split_once([' ', '\t']).and_then(|(second, _)| find(&format!("{first} {second}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Option<usize> {
        begins(&text.lines().collect::<Vec<_>>())
    }

    #[test]
    fn heads_are_known_in_any_order_and_without_colons_below_a_ruler() {
        for (text, wanted) in [
            ("------ Original Message ------\nFrom \"A\" <a@b.example>\nTo \"C\" <c@d.example>\nDate 04/06/2026 15:22:08\nSubject Re: x\n\nHello", 5),
            ("-----Original-Nachricht-----\nBetreff: x\nDatum: 2026-06-08T10:01:22+0200\nVon: \"A\" <a@b.example>\nAn: c@d.example\n\nHallo", 5),
            ("------ Ursprüngliche Nachricht ------\nVon \"A\" <a@b.example>\nAn c@d.example\nDatum 04.06.2026 15:22:08\nBetreff x\n\nHallo", 5),
            ("-------- 원본 이메일 --------\n발신: A <a@b.example>\n날짜: 26/6/10 16:40 (GMT+09:00)\n받은 사람: c@d.example\n제목: x\n\n.", 5),
            ("-------- Oprindelig besked --------\nFra: A <a@b.example>\nDato: 10.06.2026 16.40\nTil: c@d.example\nEmne: x\n\nHej", 5),
            ("---------- Özgün İleti ----------\nKimden: A <a@b.example>\nTarih: 10.06.2026 16:40\nKonu: x\n\nMerhaba", 4),
            ("Від: A <a@b.example>\nНадіслано: 10 червня 2026 р. 16:40\nКому: c@d.example\nТема: x\n\nДобрий день", 4),
            ("Από: A <a@b.example>\nΣτάλθηκε: Τετάρτη, 10 Ιουνίου 2026 4:40 μμ\nΠρος: C\nΘέμα: x\n\nΓεια", 4),
            ("Feladó: A\nElküldve: 2026. június 10., szerda 16:40\nCímzett: C\nTárgy: x\n\nSzia", 4),
            ("De la: A\nTrimis: miercuri, 10 iunie 2026 16:40\nCătre: C\nSubiect: x\n\nBună", 4),
            ("\u{200f}מאת: A <a@b.example>\nנשלח: יום רביעי 10 יוני 2026 16:40\nאל: C\nנושא: x\n\nשלום", 4),
            ("من: A <a@b.example>\nتم الإرسال: الأربعاء، 10 يونيو 2026 4:40 م\nإلى: C\nالموضوع: x\n\nمرحبا", 4),
            (">>> A <a@b.example> 09.06.2026 16:12 >>>\nHallo", 1),
            ("Début du message transféré :\n\nDe: A <a@b.example>\nDate: 11 juin 2026 à 06:12\nÀ: c@d.example\nObjet: x\n\nBonjour", 6),
            ("Vidarebefordrat brev:\n\nFrån: A <a@b.example>\nDatum: 11 juni 2026 06:12\nTill: c@d.example\n\nHej", 5),
            ("##- Bitte geben Sie Ihre Antwort oberhalb dieser Zeile ein. -##", 1),
        ] {
            assert_eq!(taken(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_people_fill_in_is_no_head() {
        for text in [
            "Da: Milano Centrale\nA: Torino Porta Nuova\nData: 12 giugno 2026\nOggetto: viaggio di lavoro",
            "Von: Hamburg Hbf\nAn: Wien Hbf\nDatum: 14. Juni\nBetreff: Gruppenreise",
            "From: Hall 3\nTo: Hall 4\nDate: 2026-06-14\nSubject: chairs",
            "De: Lyon\nDate: 12/06/2026 10:30\nÀ: Paris\n\nmon train est en retard",
            "From: shop@x.example\nTo: bob@y.example\nSubject: Order",
            "De: Lyon\nÀ: Paris\nDate: 12/06/2026\nObjet: train",
            "-----Original Message-----\n\nWhen I save it, everything below that line is gone.",
            "To whom it may concern\nDate 3 a@b.example\nSubject x",
            "I pressed reply above this line and nothing came of it.",
            "I get \"Begin forwarded message:\" twice.",
            ">>> print(x) >>>",
            "Forwarded:\n\nBegin forwarded message:\n\nis what I get",
        ] {
            assert_eq!(taken(text), None, "{text}");
        }
    }
}
