//! Mails that tell of other mails: RFC 3464 and what servers write that do not know it; RFC 8098 (read receipts) and
//! RFC 5965 (complaints).

use crate::{
    Automatic, Mail,
    parse::{one_line, raw_header},
    returned,
};
use mail_parser::{HeaderName, Message, MimeHeaders, PartType};

/// A mail that did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// The address is bad for good; else it may work later.
    pub is_hard: bool,
    /// Which address.
    pub address: String,
    /// The enhanced code of RFC 3463, `5.1.1`, if one is told.
    pub code: Option<String>,
    /// The server's words, in one line.
    pub words: String,
}

/// Kinds of reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Of delivery.
    Delivery,
    /// Of reading.
    Disposition,
    /// A complaint.
    Feedback,
}

impl Report {
    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Disposition => "disposition",
            Self::Feedback => "feedback",
        }
    }
}

/// Said of addresses that are not there, in lower case.
const NOBODY: &[&str] = &[
    "user unknown",
    "user not found",
    "unknown user",
    "no such user",
    "no such recipient",
    "no such mailbox",
    "does not exist",
    "doesn't exist",
    "not exist",
    "mailbox not found",
    "address not found",
    "wasn't found",
    "couldn't be found",
    "could not be found",
    "recipient not found",
    "recipientnotfound",
    "invalid recipient",
    "unknown recipient",
    "recipient address rejected",
    "no mailbox here by that name",
    "address rejected",
    "mailbox unavailable",
    "account is disabled",
    "account has been disabled",
    "account that you tried to reach is disabled",
    "unrouteable address",
    "domain not found",
    "unknown address",
    "address unknown",
    "recipnotfound",
    "unknown mailbox",
    "unknown local part",
    "user doesn't have",
    "user does not have",
    "user is unknown",
    "no mail servers appear to exist",
    "no mail server",
    "host not found",
    "host unknown",
    "user unbekannt",
];
/// Said of what may work later, or of what is not the address's fault.
const LATER: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "over quota",
    "overquota",
    "quota exceeded",
    "exceeded storage",
    "storage allocation",
    "insufficient storage",
    "greylist",
    "try again later",
    "temporarily",
    "timed out",
    "timeout",
    "connection refused",
    "blocked",
    "spam",
    "policy",
    "reputation",
    "message size",
    "too large",
    "rate limit",
    "will be retried",
];

pub(crate) fn tell(message: &Message<'_>, mail: &mut Mail) {
    mail.report = report(message);
    if mail.report.is_some() && mail.automatic.is_none() {
        mail.automatic = Some(Automatic::Report);
    }
    if mail.report.is_some() || is_from_a_server(message, mail) {
        mail.returned = returned::id(message);
    }
    if matches!(mail.report, Some(Report::Disposition | Report::Feedback)) {
        return;
    }
    let (statuses, is_readable) = statuses(message);
    if is_readable {
        mail.report = Some(Report::Delivery);
        mail.bounce = statuses.into_iter().find_map(|status| status.bounce(mail));
    } else if is_from_a_server(message, mail) {
        mail.bounce = guessed(message, mail);
        if mail.bounce.is_some() {
            mail.report = Some(Report::Delivery);
            mail.automatic = Some(Automatic::Report);
        }
    }
}

fn report(message: &Message<'_>) -> Option<Report> {
    let kind = message.content_type()?;
    let told = kind.attribute("report-type").unwrap_or_default().to_lowercase();
    let has = |subtype: &str| message.parts.iter().any(|part| part.is_content_type("message", subtype));
    if told == "feedback-report" || has("feedback-report") {
        Some(Report::Feedback)
    } else if told == "disposition-notification" || has("disposition-notification") {
        Some(Report::Disposition)
    } else if told == "delivery-status" || has("delivery-status") {
        Some(Report::Delivery)
    } else {
        None
    }
}

/// What is told of one receiver.
#[derive(Default)]
struct Status {
    address: String,
    action: String,
    code: String,
    words: String,
}

impl Status {
    fn bounce(self, mail: &Mail) -> Option<Bounce> {
        if self.address.is_empty() || !matches!(self.action.as_str(), "failed" | "delayed" | "") {
            return None;
        }
        let context = format!("{} {}", self.words, mail.text).to_lowercase();
        let own = self.words.to_lowercase();
        let code = if self.code.is_empty() { enhanced(&own).unwrap_or_default() } else { self.code };
        let is_hard = self.action != "delayed" && is_hard(&code, if own.is_empty() { &context } else { &own });
        Some(Bounce { is_hard, address: self.address, code: Some(code).filter(|code| !code.is_empty()), words: self.words })
    }
}

/// 5.1.x is about the address; of other codes the words decide.
fn is_hard(code: &str, words: &str) -> bool {
    // "550 User <anna@client.example> unknown"
    let bare = words.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, rest)| rest)).collect::<Vec<_>>().join(" ");
    let bare = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_nobody = NOBODY.iter().any(|said| words.contains(said) || bare.contains(said));
    let is_later = LATER.iter().any(|said| words.contains(said));
    match code {
        "5.1.0" | "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1" | "5.4.1" | "5.4.4" | "5.4.310" => !is_later || is_nobody,
        _ if code.starts_with("4.") || code.starts_with("5.2.2") || code.starts_with("5.7.") || code.starts_with("5.3.4") => false,
        _ => is_nobody && (!is_later || code.starts_with("5.1")),
    }
}

/// The receivers of a delivery status, and whether there is one that can be read.
fn statuses(message: &Message<'_>) -> (Vec<Status>, bool) {
    let mut all = Vec::new();
    let mut is_readable = false;
    for part in
        message.parts.iter().filter(|part| part.is_content_type("message", "delivery-status") || part.is_content_type("message", "global-delivery-status"))
    {
        is_readable = true;
        let text = match &part.body {
            PartType::Text(text) => text.to_string(),
            PartType::Message(inner) => String::from_utf8_lossy(inner.raw_message()).into_owned(),
            _ => String::from_utf8_lossy(part.contents()).into_owned(),
        };
        for group in text.replace("\r\n", "\n").split("\n\n") {
            let mut status = Status::default();
            for (name, value) in fields(group) {
                let address = || value.rsplit(';').next().unwrap_or_default().trim().trim_matches(['<', '>', '"']).to_owned();
                match name.as_str() {
                    "final-recipient" if status.address.is_empty() => status.address = address(),
                    "original-recipient" => status.address = address(),
                    "action" => status.action = value.split_whitespace().next().unwrap_or_default().to_lowercase(),
                    "status" => value.split_whitespace().next().unwrap_or_default().clone_into(&mut status.code),
                    "diagnostic-code" => value.split_once(';').map_or(value.as_str(), |(_, words)| words).trim().clone_into(&mut status.words),
                    _ => {}
                }
            }
            if status.address.contains('@') {
                all.push(status);
            }
        }
    }
    (all, is_readable)
}

/// Fields with their folded values in one line, names in lower case.
fn fields(group: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for line in group.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = all.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            all.push((name.trim().to_lowercase(), one_line(value)));
        }
    }
    all
}

fn is_from_a_server(message: &Message<'_>, mail: &Mail) -> bool {
    let from = mail.from.as_ref().map(|from| from.address.to_lowercase()).unwrap_or_default();
    let is_named = ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "microsoftexchange"].iter().any(|name| from.starts_with(name));
    is_named
        || message.header_raw(HeaderName::from("X-Failed-Recipients")).is_some()
        || mail.text.contains("This is the qmail-send program")
        || mail.report == Some(Report::Delivery)
}

/// A bounce out of words.
fn guessed(message: &Message<'_>, mail: &Mail) -> Option<Bounce> {
    let text = if mail.text.is_empty() { mail.reply.clone() } else { mail.text.clone() };
    let told = raw_header(message, "X-Failed-Recipients");
    let address = told.split(',').map(str::trim).find(|address| address.contains('@')).map(str::to_owned).or_else(|| first_address(&text, mail))?;
    let words = text.lines().map(str::trim).filter(|line| is_told(line)).take(3).collect::<Vec<_>>().join(" ");
    let lower = if words.is_empty() { text.to_lowercase() } else { words.to_lowercase() };
    let code = enhanced(&lower).or_else(|| enhanced(&text.to_lowercase())).unwrap_or_default();
    let is_delay = ["delayed", "delay", "will keep trying", "noch nicht zugestellt", "verzögert"].iter().any(|word| mail.subject.to_lowercase().contains(word));
    let is_hard = !is_delay && is_hard(&code, if NOBODY.iter().chain(LATER).any(|said| lower.contains(said)) { &lower } else { "" })
        || !is_delay && code.is_empty() && is_hard("", &text.to_lowercase());
    Some(Bounce { is_hard, address, code: Some(code).filter(|code| !code.is_empty()), words })
}

/// A line with a code of SMTP or with words about a mailbox.
fn is_told(line: &str) -> bool {
    let lower = line.to_lowercase();
    let has_code = lower.split(|c: char| !c.is_ascii_digit()).any(|word| word.len() == 3 && matches!(word.chars().next(), Some('4' | '5')));
    has_code && lower.len() > 8 || NOBODY.iter().chain(LATER).any(|said| lower.contains(said)) || enhanced(&lower).is_some()
}

/// The first address in the text that is not the receiver of this report itself.
fn first_address(text: &str, mail: &Mail) -> Option<String> {
    let is_own = |address: &str| {
        let own = mail.to.iter().chain(&mail.from);
        let lower = address.to_lowercase();
        own.clone().any(|known| known.address.eq_ignore_ascii_case(address)) || lower.starts_with("mailer-daemon") || lower.starts_with("postmaster")
    };
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | '\'' | ',' | ';' | '[' | ']'))
        .map(|word| word.trim_matches([':', '.']).trim_start_matches("mailto:"))
        .find(|word| word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.')) && !is_own(word))
        .map(str::to_owned)
}

/// The first code of RFC 3463 in a text: `5.1.1`.
fn enhanced(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let parts: Vec<&str> = word.trim_matches('.').split('.').collect();
        let [class, subject, detail] = parts.as_slice() else { return None };
        let fits =
            matches!(*class, "4" | "5") && [subject, detail].iter().all(|part| (1..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_digit()));
        fits.then(|| format!("{class}.{subject}.{detail}"))
    })
}
