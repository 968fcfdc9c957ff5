//! Where the signature of a plain text begins: the ruler of RFC 3676, what phones add, blocks of name and company, and the
//! sentences of lawyers. Closings stay with the own words: they are said.

use crate::{
    closings::{is_closing, is_company, is_contact, is_labelled, is_site, is_told},
    fold::{digits, fold},
    footers::{is_device, is_rule, trimmed, without_lawyers},
};

/// A block of name and company has at most so many lines below a closing.
const BLOCK: usize = 14;
/// And so many where no closing leads to it.
const ALONE: usize = 9;

/// The first line of the signature among these own lines; their number if there is none. `lines` ends with the own words;
/// `own` is the sender's address; `is_below`: own words and a signature stand above.
pub(crate) fn begins(lines: &[&str], own: &str, is_below: bool) -> usize {
    let mut end = without_footers(lines, trimmed(lines, lines.len()), own, is_below);
    if let Some(ruler) = lines.iter().take(end).rposition(|line| matches!(line.trim(), "--" | "—")) {
        // "-- " is the standard's; a bare "--" may stand in code or between own words
        // several with sentences below the last are somebody's comments in code
        let is_code =
            || lines.iter().take(ruler).any(|line| line.trim() == "--") && lines.get(ruler + 1..end).unwrap_or_default().iter().any(|line| is_sentence(line));
        let is_standard = lines.get(ruler).is_some_and(|line| *line == "-- ") && !is_code();
        let is_apart = lines.get(ruler).is_some_and(|line| line.trim() == "—") && lines.get(ruler + 1).is_some_and(|line| line.trim().is_empty());
        let is_led = is_apart
            || ruler > 0 && lines.iter().take(ruler).any(|line| matches!(line.trim(), "--" | "—"))
            || lines.iter().take(ruler).rfind(|line| !line.trim().is_empty()).is_some_and(|line| line.trim_end().ends_with([':', '：']));
        let hangs = || !is_led && lines.get(ruler + 1..end).unwrap_or_default().iter().all(|line| !is_sentence(line) || is_device(line));
        if end - ruler <= 25 && (is_standard || hangs()) {
            end = without_footers(lines, trimmed(lines, ruler), own, is_below);
        }
    }
    without_block(lines, end, end < trimmed(lines, lines.len()), own)
}

/// Without what devices and lawyers add, and without the sender's own address alone.
fn without_footers(lines: &[&str], mut end: usize, own: &str, is_below: bool) -> usize {
    loop {
        let before = end;
        end = without_lawyers(lines, end, is_below);
        if let Some(last) = end.checked_sub(1).and_then(|last| lines.get(last))
            && (is_device(last) || is_own_address(lines, end, last, own))
        {
            end = trimmed(lines, end - 1);
            if lines.get(end.saturating_sub(1)).is_some_and(|line| is_rule(line)) {
                end = trimmed(lines, end - 1);
            }
        }
        if end == before {
            return end;
        }
    }
}

/// The address alone, which the head of the mail says anyway; not where a sentence leads to it: "Write to me at:".
fn is_own_address(lines: &[&str], end: usize, last: &str, own: &str) -> bool {
    let folded = fold(last);
    let bare = folded.trim_start_matches("e-mail:").trim_start_matches("email:").trim_matches(|c: char| c.is_whitespace() || "<>()[]".contains(c));
    let above = trimmed(lines, end - 1);
    !own.is_empty()
        && bare.trim_start_matches("mailto:") == fold(own)
        && above > 0
        && lines
            .get(above - 1)
            .is_some_and(|line| line.trim_end().ends_with(['.', '?', '!', '。', '？', '！', ')']) || is_rule(line) || is_closing(line) || is_title(line))
        && !lines.get(above - 1).is_some_and(|line| line.trim_end().ends_with([':', '：', ',', '，']) && !is_closing(line))
}

/// Without a block of name, title and ways to reach somebody at the end.
fn without_block(lines: &[&str], end: usize, is_footed: bool, own: &str) -> usize {
    below_closing(lines, end).unwrap_or_else(|| alone(lines, end, is_footed, own))
}

/// A block below a closing, of one or more paragraphs. A bare name stays with the closing.
fn below_closing(lines: &[&str], end: usize) -> Option<usize> {
    let mut count = 0;
    let mut closing = None;
    for at in (0..end).rev() {
        let line = lines.get(at)?;
        if line.trim().is_empty() {
            continue;
        }
        if is_closing(line) {
            closing = Some(at);
            break;
        }
        count += 1;
        if count > BLOCK || !is_of_a_block(line) {
            break;
        }
    }
    let closing = closing?;
    let begin = closing + 1 + lines.get(closing + 1..end)?.iter().position(|line| !line.trim().is_empty())?;
    let block: Vec<&str> = lines.get(begin..end)?.iter().filter(|line| !line.trim().is_empty() && !is_rule(line)).copied().collect();
    let is_apart = begin > closing + 1;
    let first = *block.first()?;
    let is_reachable = block.iter().any(|line| is_contact(line) || is_site(line) || has_place(line));
    let is_titled = is_apart && block.iter().all(|line| is_title(line));
    if block.len() < 2 || !is_a_name(first) || !is_reachable && !is_titled {
        return Some(end);
    }
    // a name on its own, and the block below it
    let next = begin + lines.get(begin..end)?.iter().position(|line| line.trim().is_empty()).unwrap_or(end - begin);
    let is_bare = next == begin + 1 && next < end && !is_contact(first);
    if !is_bare {
        return Some(begin);
    }
    let below = next + lines.get(next..end)?.iter().position(|line| !line.trim().is_empty() && !is_rule(line))?;
    let word = |line: &str| fold(line).split_whitespace().next().unwrap_or_default().to_owned();
    let is_again = lines.get(below).is_some_and(|line| word(line) == word(first));
    let is_first_name = first.split_whitespace().count() == 1;
    if is_apart && !is_again && !is_first_name { Some(begin) } else { Some(next) }
}

/// A block in the last paragraph that no closing leads to: it must name somebody and a way to reach them; above a footer a
/// full name with a title will do.
fn alone(lines: &[&str], end: usize, is_footed: bool, own: &str) -> usize {
    let from = paragraph(lines, end);
    let block = lines.get(from..end).unwrap_or_default();
    let above = trimmed(lines, from).checked_sub(1).and_then(|above| lines.get(above));
    let is_led = above.is_none_or(|line| line.trim_end().ends_with([':', '：']));
    let is_block = !is_led
        && (2..=ALONE).contains(&block.len())
        && block.iter().all(|line| is_of_a_block(line))
        && block.iter().find(|line| !is_rule(line)).is_some_and(|line| is_a_name(line) && !line.contains('@') && !is_company(line))
        && !names_another(block, own)
        && (block.iter().any(|line| is_contact(line)) || block.len() > 2 && block.iter().any(|line| has_place(line)) || is_footed && is_titled(block));
    if is_block { trimmed(lines, from) } else { end }
}

/// Where the last paragraph before `end` begins.
fn paragraph(lines: &[&str], end: usize) -> usize {
    let blank = lines.iter().take(end).rposition(|line| line.trim().is_empty()).map_or(0, |blank| blank + 1);
    // lists put their footer below a long line
    let ruled = lines.iter().take(end).rposition(|line| line.len() > 20 && line.trim().chars().all(|c| c == '_')).unwrap_or(0);
    blank.max(ruled)
}

/// A line as it may stand in such a block: short, no sentence, no wish to be called.
fn is_of_a_block(line: &str) -> bool {
    if is_rule(line) {
        return true;
    }
    let words: Vec<&str> = line.split_whitespace().filter(|word| word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’')).collect();
    let small = words.iter().filter(|word| word.chars().next().is_some_and(char::is_lowercase)).count();
    let is_many = words.len() > 6 || small > 2 && is_contact(line);
    let is_prose = !is_labelled(line) && is_many && small * 2 > words.len();
    line.char_indices().nth(90).is_none()
        && !is_prose
        && !is_told(line)
        && !is_postscript(line)
        && (!is_sentence(line) || is_company(line) || has_place(line) || is_labelled(line))
}

fn is_postscript(line: &str) -> bool {
    let folded = fold(line);
    ["ps", "p.s", "p. s", "nb", "n.b", "пс", "п.с", "з.і", "υ.γ", "ps.", "附", "追伸"]
        .iter()
        .any(|mark| folded.strip_prefix(mark).is_some_and(|rest| rest.starts_with([':', '.', ' ', '-', '，', '：'])))
}

/// "Head of IT": each word begins large, or is small and short.
fn is_title(line: &str) -> bool {
    let words = line.split_whitespace();
    let is_fit = |word: &str| word.chars().count() <= 3 || word.chars().count() >= 12 || word.chars().next().is_some_and(|c| !c.is_lowercase());
    words.clone().count() <= 5 && (words.clone().count() == 1 || words.clone().all(is_fit)) && is_words_of_a_name(line)
}

/// Each word large: "Anna von der Berg"; or divided: "Anna Berg | sales".
fn is_a_name(line: &str) -> bool {
    is_title(line) || is_words_of_a_name(line) && line.contains([',', '|', '·', '/'])
}

/// An address that is not the sender's: somebody is told of, not signed.
fn names_another(block: &[&str], own: &str) -> bool {
    let own = fold(own);
    block.iter().any(|line| line.contains('@') && !own.is_empty() && !fold(line).contains(&own))
}

/// "Nadia Osei", "Parallel Garden": no "Bis bald", "Nadia".
fn is_titled(block: &[&str]) -> bool {
    let is_full = |line: &&str| line.split_whitespace().count() > 1;
    block.iter().all(|line| is_title(line)) && block.first().is_some_and(is_full) && block.last().is_some_and(|line| is_full(line) || line.chars().count() > 10)
}

fn is_words_of_a_name(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    (1..=8).contains(&words)
        && (!is_sentence(line) || is_company(line))
        && !is_postscript(line)
        && line.chars().any(char::is_alphabetic)
        && digits(line) < 3
        && !line.starts_with(['-', '*', '•', '#', '>', '{', '<', '$'])
}

fn is_sentence(line: &str) -> bool {
    line.trim().ends_with(['.', '?', '!', ':', ',', '。', '？', '！', '：']) && line.split_whitespace().count() > 2
}

/// A street with a number and a place with its code: "12, quai des Brumes, 59000 Lille".
fn has_place(line: &str) -> bool {
    line.contains(',') && line.split(|c: char| !c.is_ascii_digit()).any(|number| (4..=6).contains(&number.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stays of these lines.
    fn own(text: &str) -> String {
        let lines: Vec<&str> = text.lines().collect();
        lines[..begins(&lines, "anna@client.example", false)].join("\n").trim().to_owned()
    }

    #[test]
    fn a_closing_and_a_bare_name_stay_and_a_block_below_goes() {
        for (text, wanted) in [
            ("Hi\n\nA presto\nDuccio\n\n—\nDuccio Mannelli\nMannelli Video\n+39 055 555 0177", "Hi\n\nA presto\nDuccio"),
            ("Hi\n\nCheers\nBob\n\nBob Smith\nCTO, Acme\nPhone 555 0100 22", "Hi\n\nCheers\nBob"),
            (
                "Hi\n\nMed venlig hilsen\n\nPreben K\nAfdelingsleder\n\nFjernvarme A.m.b.a.\nKedelvej 17\nDK-3250 Gilleleje\nTlf.: +45 55 50 11 77",
                "Hi\n\nMed venlig hilsen",
            ),
            ("Hi\n\nGrazie mille\nOttavia", "Hi\n\nGrazie mille\nOttavia"),
            ("Hi\n\nΜε εκτίμηση,\n\nΆννα Παππά\nΛογιστήριο\nΤηλ. 210 555 0100", "Hi\n\nΜε εκτίμηση,"),
            ("Hi\n\nÜdvözlettel,\nKiss Anna\nKiss Kft.\nTel.: +36 1 555 0100", "Hi\n\nÜdvözlettel,"),
            ("Hi you.\n\nNadia Osei\nParallel Garden\n\nSent with Spark Mail", "Hi you."),
            ("Ahoj\n\nOdesláno z iPhonu", "Ahoj"),
            ("Now.\n\nGet BlueMail for Android", "Now."),
            ("Olá\n\nCumprimentos,\n\nLurdes C\nMoinho, Lda.\nTelef. 255 550 177 (chamada para a rede fixa nacional)", "Olá\n\nCumprimentos,"),
            ("Hi\n\nKind regards,\n\nAnna Berg\nHead of IT", "Hi\n\nKind regards,"),
            ("It works.\n\nanna@client.example", "It works."),
            ("谢谢。\n\n发自我的华为手机", "谢谢。"),
            ("네\n\n내 Galaxy에서 보냈습니다.", "네"),
            ("Да.\n\nОтправлено с iPhone", "Да."),
            ("Ok.\n\nGalaxy cihazımdan gönderildi", "Ok."),
            ("Ok.\n\nNadesłane\n\nPobierz aplikację Outlook dla systemu Android", "Ok.\n\nNadesłane"),
            ("Ok.\n\n--\nSecured with Tuta Mail:\nhttps://tuta.example/free", "Ok."),
            ("Un saludo\n\nEn cumplimiento del RGPD le informamos de que sus datos forman parte de un fichero.", "Un saludo"),
            ("Kiitos\nPekka\nTämä viesti on luottamuksellinen ja tarkoitettu vain vastaanottajalle.", "Kiitos\nPekka"),
            ("Teşekkürler\n\nBu e-posta gizli bilgiler içerebilir ve yalnızca alıcı içindir.", "Teşekkürler"),
        ] {
            assert_eq!(own(text), wanted, "{text}");
        }
    }

    #[test]
    fn own_words_at_the_end_stay() {
        for text in [
            "Thanks,\n\nAnna Berg\nPlease call me",
            "Thanks,\nBob\n\nPlease call me at +49 170 1234567",
            "Kind regards\nGwen Pike\n\nPS: send it to +49 170 1234567\nor to the office",
            "The new contact is:\n\nAnna Berg\n+49 170 1234567",
            "please change my address to\n\nanna@client.example",
            "My address is still this one:\n\nanna@client.example",
            "We ask for your paper on GDPR and on what is confidential.",
            "First.\n\nAbbiamo aggiornato il prodotto, il GDPR non c'entra.",
            "First.\n\nWhen I send this message the recipient gets an empty page.",
            "Please add these two.\n\nAnna Berg\nanna@other.example\nBob Ray\nbob@other.example",
            "The admin is now\n\nBob Ray\nbob@other.example",
            "Hi\n\nThanks\n\nOne more thing\nServer Berlin\nhttps://x.example/a",
            "Hi\n\nThanks\nAnna Berg\nwww.foo.example is the page",
            "Hi\n\nThanks for your help\nAnna Berg\nDirect debit 20261177",
            "First.\n\nIch habe es mit dem Handy gesendet",
            "First.\n\nOutlook für Android stürzt ab",
            "First.\n\nDownload Outlook for Android fails",
            "First.\n\n从我的手机上看不到",
            "First.\n\n내 iPhone에서 보면 화면이 깨집니다",
            "First.\n\nSent by mail yesterday",
            "First.\n\nInviato da poco, il supporto",
            "First.\n\nI want to unsubscribe from this newsletter.",
            "First.\n\nAi sensi del GDPR chiedo la cancellazione dei miei dati.",
            "First.\n\nEn cumplimiento del RGPD solicito que borren mis datos.",
            "First.\n\nDisclaimer: I am no developer.",
            "First.\n\nНастоящее сообщение является официальной претензией.",
            "First.\n\nDe licentie is uitsluitend bestemd voor ons team.",
            "Thanks,\nAnna\n\nServer: web01\nVersion: 4.2.1\nURL: https://x.example/a",
            "Thanks!\n\nOrder Number\n20261177\nTracking https://t.example/1",
            "Steps.\n\nOpen Settings\nPress Save\nhttps://x.example/save",
            "New address below.\n\nBerg Ltd\nMain Street 5\n12345 Berlin, Germany",
            "One.\n--\nTwo is open\n--\nThree too",
            "My prompt:\n\n--\nRole Teacher",
            "It is cut after\n\n—\n\nAnd that is all",
            "First.\n\nBis bald\nOttavia",
            "First.\n\nVon meinem Mann habe ich das Handy",
            "First.\n\nSent from my desk",
            "First.\n\nWhy does each mail say sent from my iPhone?",
            "First.\n\nInvoice for Bob\ncancelled order 1234567",
        ] {
            assert_eq!(own(text), text, "{text}");
        }
    }
}
