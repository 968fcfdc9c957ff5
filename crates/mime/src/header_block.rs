//! The head that clients put before an earlier mail that they do not mark line by line: "From: … Sent: … Subject: …", and
//! the rulers above it, in many languages.

/// Lines of such a head, in lower case, by what they say.
const FROM: &[&str] = &[
    "from",
    "von",
    "de",
    "da",
    "van",
    "od",
    "от",
    "от кого",
    "från",
    "fra",
    "lähettäjä",
    "kimden",
    "gönderen",
    "发件人",
    "寄件者",
    "寄件人",
    "差出人",
    "送信者",
    "보낸 사람",
    "보낸사람",
    "expéditeur",
    "mittente",
    "nadawca",
    "remitente",
    "remetente",
    "odesílatel",
];
const SENT: &[&str] = &[
    "sent",
    "date",
    "gesendet",
    "gesendet am",
    "datum",
    "enviado",
    "enviado el",
    "enviada",
    "enviada em",
    "fecha",
    "envoyé",
    "date d'envoi",
    "le",
    "inviato",
    "data",
    "verzonden",
    "wysłano",
    "wysłane",
    "отправлено",
    "дата",
    "skickat",
    "sendt",
    "dato",
    "lähetetty",
    "päiväys",
    "päivämäärä",
    "odesláno",
    "gönderildi",
    "gönderilme tarihi",
    "tarih",
    "发送时间",
    "寄件日期",
    "日期",
    "時間",
    "时间",
    "送信日時",
    "日時",
    "日付",
    "보낸 날짜",
    "날짜",
    "보낸날짜",
    "sent at",
];
const TO: &[&str] = &[
    "to",
    "an",
    "para",
    "à",
    "a",
    "aan",
    "do",
    "кому",
    "till",
    "til",
    "vastaanottaja",
    "komu",
    "kime",
    "收件人",
    "收件者",
    "宛先",
    "받는 사람",
    "받는사람",
    "destinataire",
    "destinatario",
    "destinatário",
    "pro",
    "alıcı",
];
const SUBJECT: &[&str] = &[
    "subject",
    "betreff",
    "asunto",
    "assunto",
    "objet",
    "oggetto",
    "onderwerp",
    "temat",
    "тема",
    "ämne",
    "emne",
    "aihe",
    "předmět",
    "konu",
    "主题",
    "主題",
    "主旨",
    "件名",
    "제목",
];
/// Words between the dashes of a ruler, in lower case.
const RULERS: [&str; 44] = [
    "original message",
    "original appointment",
    "forwarded message",
    "ursprüngliche nachricht",
    "originalnachricht",
    "original-nachricht",
    "weitergeleitete nachricht",
    "mensaje original",
    "mensaje reenviado",
    "message d'origine",
    "message original",
    "message transféré",
    "messaggio originale",
    "messaggio inoltrato",
    "oorspronkelijk bericht",
    "doorgestuurd bericht",
    "mensagem original",
    "mensagem encaminhada",
    "wiadomość oryginalna",
    "oryginalna wiadomość",
    "wiadomość przekazana",
    "исходное сообщение",
    "оригинальное сообщение",
    "пересылаемое сообщение",
    "пересланное сообщение",
    "ursprungligt meddelande",
    "originalmeddelande",
    "vidarebefordrat meddelande",
    "oprindelig meddelelse",
    "videresendt meddelelse",
    "opprinnelig melding",
    "videresendt melding",
    "alkuperäinen viesti",
    "původní zpráva",
    "původní e-mail",
    "özgün ileti",
    "orijinal mesaj",
    "原始邮件",
    "原始郵件",
    "原始訊息",
    "元のメッセージ",
    "원본 메시지",
    "원본 메일",
    "転送メッセージ",
];
/// Lines that say where an answer belongs, or that a forward begins.
const MARKERS: [&str; 16] = [
    "please type your reply above this line",
    "please reply above this line",
    "reply above this line",
    "write your reply above this line",
    "antworten sie oberhalb dieser zeile",
    "bitte antworten sie oberhalb dieser linie",
    "bitte oberhalb dieser zeile antworten",
    "répondez au-dessus de cette ligne",
    "veuillez répondre au-dessus de cette ligne",
    "escriba su respuesta por encima de esta línea",
    "begin forwarded message",
    "anfang der weitergeleiteten nachricht",
    "inizio messaggio inoltrato",
    "début du message réexpédié",
    "inicio del mensaje reenviado",
    "início da mensagem reencaminhada",
];

/// Whether an earlier mail begins at the first of these lines.
pub(crate) fn begins(lines: &[&str]) -> bool {
    let Some(first) = lines.first().map(|line| line.trim()).filter(|line| !line.is_empty()) else { return false };
    let lower = first.to_lowercase();
    if is_marker(&lower) || is_led_ruler(&lower) {
        return true;
    }
    if is_ruler(&lower) || lower.chars().all(|c| matches!(c, '_' | '-' | '=')) && lower.chars().count() >= 10 {
        let next = lines.iter().skip(1).position(|line| !line.trim().is_empty()).map(|at| at + 1);
        return next.is_some_and(|next| is_head(lines.get(next..).unwrap_or_default()));
    }
    is_head(lines)
}

/// Whether this line, in lower case, says where an answer belongs, or that a forward begins.
pub(crate) fn is_marker(lower: &str) -> bool {
    MARKERS.iter().any(|marker| lower.contains(marker))
}

/// "---- On Mon, 4 May 2026 … wrote ----".
fn is_led_ruler(lower: &str) -> bool {
    let bare = lower.trim_matches(['-', ' ']);
    lower.starts_with("----") && lower.ends_with("----") && !bare.is_empty() && crate::attribution::at(&[&format!("{}:", bare.trim_end_matches(':'))]).is_some()
}

/// "-----Original Message-----".
fn is_ruler(lower: &str) -> bool {
    let bare = lower.trim_matches(|c: char| matches!(c, '-' | '_' | '=' | '*' | '>' | '—' | '–' | ' ' | '\u{a0}'));
    let edge = lower.chars().take_while(|c| matches!(c, '-' | '_' | '=' | '—' | '–' | '*')).count();
    if edge < 2 || bare.is_empty() {
        return false;
    }
    RULERS.iter().any(|words| bare.trim_end_matches(':').starts_with(words))
}

/// Three lines of a head, of different meaning, among the first six; the first names the author.
fn is_head(lines: &[&str]) -> bool {
    let first = lines.first().and_then(|line| meaning(line));
    let mut seen = [false; 4];
    let Some(first) = first.filter(|first| matches!(first, 0 | 1)) else { return false };
    if let Some(slot) = seen.get_mut(first) {
        *slot = true;
    }
    for line in lines.iter().skip(1).filter(|line| !line.trim().is_empty()).take(6) {
        if let Some(slot) = meaning(line).and_then(|meaning| seen.get_mut(meaning)) {
            *slot = true;
        }
    }
    let [from, sent, to, subject] = seen;
    from && (sent && (to || subject) || to && subject) && looks_made(lines)
}

/// A real head holds an address, or a day with a year and a time; a form that somebody fills in does not.
fn looks_made(lines: &[&str]) -> bool {
    let head = lines.iter().filter(|line| !line.trim().is_empty()).take(7).filter(|line| meaning(line).is_some());
    head.clone().any(|line| line.contains('@')) || head.into_iter().any(|line| line.chars().filter(char::is_ascii_digit).count() >= 6)
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
    let (_, value) = line.split_once([':', '：'])?;
    (meaning(line) == Some(wanted)).then(|| value.trim_matches(|c: char| c == '*' || c.is_whitespace()))
}

fn meaning(line: &str) -> Option<usize> {
    let line = line.trim().trim_start_matches(['*', '_']);
    let (name, _) = line.split_once([':', '：'])?;
    let name = name.trim().trim_end_matches(['*', '_']).trim_end().to_lowercase();
    [FROM, SENT, TO, SUBJECT].iter().position(|names| names.contains(&name.as_str()))
}
