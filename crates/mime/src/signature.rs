//! Where the signature of a plain text begins: the ruler of RFC 3676, what phones add, blocks of name and company, and the
//! sentences of lawyers.

/// What phones and programs write below, in lower case.
const DEVICES: &[&str] = &[
    "sent from my ",
    "sent from outlook",
    "sent from yahoo",
    "sent from proton",
    "sent from mail for windows",
    "sent from samsung",
    "sent with ",
    "sent via ",
    "get outlook for ",
    "von meinem ",
    "gesendet mit ",
    "gesendet von ",
    "gesendet über ",
    "diese nachricht wurde von meinem ",
    "envoyé de mon ",
    "envoyé depuis ",
    "envoyé à partir de ",
    "télécharger outlook",
    "enviado desde mi ",
    "enviado desde ",
    "enviado do meu ",
    "enviado de ",
    "enviado a partir ",
    "obtener outlook",
    "inviato da ",
    "inviato dal mio ",
    "verzonden vanaf mijn ",
    "verstuurd vanaf mijn ",
    "verzonden met ",
    "wysłano z ",
    "wysłane z ",
    "отправлено с ",
    "отправлено из ",
    "skickat från ",
    "sendt fra ",
    "lähetetty ",
    "odesláno z ",
    "iphone'umdan gönderildi",
    "從我的 iphone",
    "发自我的",
    "從我的",
    "iphoneから送信",
    "나의 iphone에서 보냄",
    "내 iphone에서 보냄",
    "从我的",
    "從我的",
    "发自我的",
    "發自我的",
    "由我的",
];
/// How the sentences of lawyers begin or what they hold, in lower case.
const LAWYERS: &[&str] = &[
    "confidentiality notice",
    "this e-mail and any attachments",
    "this email and any attachments",
    "this message is intended only",
    "this email is confidential",
    "this e-mail is confidential",
    "the information contained in this",
    "if you are not the intended recipient",
    "diese e-mail enthält vertrauliche",
    "diese nachricht ist vertraulich",
    "diese e-mail kann vertrauliche",
    "ce message et toutes les pièces jointes",
    "ce courriel et ses pièces jointes",
    "ce message est confidentiel",
    "este mensaje y sus archivos adjuntos",
    "este correo electrónico y",
    "este mensaje es confidencial",
    "le informazioni contenute in",
    "questo messaggio è riservato",
    "dit bericht is vertrouwelijk",
    "dit e-mailbericht",
    "esta mensagem pode conter",
    "ta wiadomość jest przeznaczona",
    "настоящее сообщение",
    "please consider the environment",
    "pense no meio ambiente",
    "ce message et ses pièces jointes",
    "disclaimer:",
    "uitsluitend bestemd",
];
/// Closings after which a block of name and company stands, in lower case, without what follows.
const CLOSINGS: [&str; 48] = [
    "best regards",
    "kind regards",
    "regards",
    "warm regards",
    "best wishes",
    "many thanks",
    "thanks",
    "thank you",
    "cheers",
    "best",
    "sincerely",
    "yours",
    "mit freundlichen grüßen",
    "mit freundlichem gruß",
    "freundliche grüße",
    "viele grüße",
    "beste grüße",
    "liebe grüße",
    "gruß",
    "grüße",
    "mfg",
    "danke",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "merci",
    "saludos",
    "un saludo",
    "saludos cordiales",
    "atentamente",
    "gracias",
    "cordiali saluti",
    "distinti saluti",
    "grazie",
    "met vriendelijke groet",
    "groeten",
    "atenciosamente",
    "cumprimentos",
    "abraços",
    "pozdrawiam",
    "z poważaniem",
    "с уважением",
    "med vänliga hälsningar",
    "med venlig hilsen",
    "med vennlig hilsen",
    "ystävällisin terveisin",
    "s pozdravem",
    "saygılarımla",
];
/// A block of name and company has at most so many lines.
const BLOCK: usize = 9;

/// The first line of the signature among these own lines; their number if there is none. `lines` ends with the own words.
pub(crate) fn begins(lines: &[&str]) -> usize {
    let mut end = trimmed(lines, lines.len());
    if let Some(ruler) = lines.iter().take(end).rposition(|line| matches!(line.trim_end(), "--" | "—" | "-- ") || line.trim_end_matches(' ') == "--") {
        // "-- " is the standard's; a bare "--" may stand in code or between own words
        let is_standard = lines.get(ruler).is_some_and(|line| line.ends_with("-- "));
        let hangs = || lines.get(ruler + 1..end).unwrap_or_default().iter().all(|line| !is_sentence(line));
        if end - ruler <= 25 && (is_standard || hangs()) {
            end = trimmed(lines, ruler);
        }
    }
    end = without_lawyers(lines, end);
    let is_footed = end < trimmed(lines, lines.len());
    while let Some(last) = end.checked_sub(1).and_then(|last| lines.get(last)) {
        if !is_device(last) {
            break;
        }
        end = trimmed(lines, end - 1);
        if lines.get(end.saturating_sub(1)).is_some_and(|line| is_rule(line)) {
            end = trimmed(lines, end - 1);
        }
    }
    let before = end;
    end = without_lawyers(lines, end);
    without_block(lines, end, is_footed || end < before)
}

fn trimmed(lines: &[&str], mut end: usize) -> usize {
    while end > 0 && lines.get(end - 1).is_some_and(|line| line.trim().is_empty()) {
        end -= 1;
    }
    end
}

pub(crate) fn is_device(line: &str) -> bool {
    let lower = line.trim().trim_start_matches(['*', '<', '[', '(']).to_lowercase().replace('’', "'");
    let is_turkish = lower.contains("'umdan gönderildi") || lower.contains("'dan gönderildi") || lower.contains("'den gönderildi");
    lower.chars().count() <= 90 && (is_turkish || DEVICES.iter().any(|device| lower.starts_with(device)))
}

/// Without the last paragraphs that are a lawyer's.
fn without_lawyers(lines: &[&str], end: usize) -> usize {
    let mut end = end;
    loop {
        let from = lines.iter().take(end).rposition(|line| line.trim().is_empty()).map_or(0, |blank| blank + 1);
        let paragraph = lines.get(from..end).unwrap_or_default().join(" ").to_lowercase();
        if from == 0 || !LAWYERS.iter().any(|words| paragraph.contains(words)) {
            return end;
        }
        end = trimmed(lines, from);
        if lines.get(end.saturating_sub(1)).is_some_and(|line| is_rule(line)) {
            end = trimmed(lines, end - 1);
        }
    }
}

/// Without a block of name, title and ways to reach somebody at the end. The closing above it stays: it is said.
fn without_block(lines: &[&str], end: usize, is_footed: bool) -> usize {
    let from = paragraph(lines, end);
    let closing = (from..end).rev().find(|at| lines.get(*at).is_some_and(|line| is_closing(line)));
    let begin = closing.map_or(from, |closing| closing + 1);
    let block = lines.get(begin..end).unwrap_or_default();
    let is_short = begin > 0 && (2..=BLOCK).contains(&block.len()) && block.iter().all(|line| line.chars().count() <= 90);
    let is_said = lines.get(trimmed(lines, begin).saturating_sub(1)).is_some_and(|line| is_closing(line));
    let is_reachable =
        block.iter().any(|line| is_contact(line)) || (is_said || is_footed) && block.iter().all(|line| is_words_of_a_name(line)) && closing.is_none();
    let is_block = is_short
        && is_name(block)
        && (is_reachable || block.len() > 2 && block.iter().all(|line| !is_sentence(line)) && block.iter().any(|line| has_place(line)));
    if !is_block {
        return end;
    }
    let end = trimmed(lines, begin);
    // the name may stand in a paragraph of its own above
    let above = paragraph(lines, end);
    let is_alone = end - above == 1 && lines.get(above).is_some_and(|line| is_words_of_a_name(line));
    let is_below_closing = lines.get(trimmed(lines, above).saturating_sub(1)).is_some_and(|line| is_closing(line));
    if is_alone && is_below_closing { trimmed(lines, above) } else { end }
}

/// Where the last paragraph before `end` begins.
fn paragraph(lines: &[&str], end: usize) -> usize {
    let blank = lines.iter().take(end).rposition(|line| line.trim().is_empty()).map_or(0, |blank| blank + 1);
    // lists put their footer below a long line
    let ruled = lines.iter().take(end).rposition(|line| line.len() > 20 && line.trim().chars().all(|c| c == '_')).unwrap_or(0);
    blank.max(ruled)
}

/// The first line that is no ruler names somebody: a block of figures is no signature.
fn is_name(block: &[&str]) -> bool {
    block.iter().find(|line| !is_rule(line)).is_some_and(|line| is_words_of_a_name(line))
}

fn is_words_of_a_name(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    (1..=8).contains(&words)
        && !is_sentence(line)
        && line.chars().any(char::is_alphabetic)
        && line.chars().filter(char::is_ascii_digit).count() < 3
        && !line.starts_with(['-', '*', '•', '#', '>', '{', '<', '$'])
}

fn is_sentence(line: &str) -> bool {
    line.trim().ends_with(['.', '?', '!', ':', ',', '。', '？', '！', '：']) && line.split_whitespace().count() > 2
}

/// A street with a number and a place with its code: "12, quai des Brumes, 59000 Lille".
fn has_place(line: &str) -> bool {
    line.contains(',') && line.split(|c: char| !c.is_ascii_digit()).any(|number| (4..=6).contains(&number.len()))
}

/// A line of nothing but a drawn line.
fn is_rule(line: &str) -> bool {
    line.trim().chars().count() > 2 && line.trim().chars().all(|c| matches!(c, '_' | '-' | '*' | '=' | '━' | '─' | '—' | '–' | '+'))
}

pub(crate) fn is_closing(line: &str) -> bool {
    let lower = line.trim().trim_end_matches([',', '.', '!', ';', ':']).to_lowercase();
    CLOSINGS.contains(&lower.as_str())
}

/// A telephone number, an address, a site, a company.
fn is_contact(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let digits = line.chars().filter(char::is_ascii_digit).count();
    let is_phone = digits >= 6
        && (line.contains('+')
            || PHONES.iter().any(|word| lower.contains(word))
            || lower.chars().all(|c| !c.is_alphabetic()) && lower.contains([' ', '-', '/', '(']));
    is_phone
        || lower.contains('@')
        || lower.contains("www.")
        || lower.contains("http")
        || line.contains(" | ")
        || line.contains(" · ")
        || COMPANIES.iter().any(|form| lower.trim_end_matches('.').ends_with(form))
        || ["有限公司", "株式会社", "주식회사", "ооо", "gmbh"].iter().any(|form| lower.contains(form))
}

const PHONES: [&str; 14] = ["tel", "phone", "mobil", "cell", "fax", "fon", "тел", "моб", "电话", "電話", "전화", "tlf", "puh", "gsm"];
const COMPANIES: [&str; 20] = [
    " gmbh",
    " ag",
    " inc",
    " ltd",
    " llc",
    " s.a",
    " sarl",
    " sas",
    " ab",
    " oy",
    " b.v",
    " s.r.l",
    " s.p.a",
    " sp. z o.o",
    " s. r. o",
    " s.r.o",
    " a.s",
    " a/s",
    " aps",
    " lda",
];
