//! What leads an answer back to its ticket, signed so that nobody can make one up: the reply address, the Message-ID of our
//! mails, the marker in their text; and the check character of `[#1042-k]`, which only guards against slips.

use data_encoding::{BASE32_NOPAD, Encoding};
use hmac::{Hmac, Mac};
use kernel::PersonId;
use sha2::Sha256;
use tickets::TicketId;
use uuid::Uuid;

/// Bytes of a MAC that are kept: 80 bits, guessed online only.
const MAC: usize = 10;
/// Characters of an id and its MAC: 26 bytes in base 32.
const LENGTH: usize = 42;
/// Check characters; without those that are easily taken for others.
const CHECKS: &[u8] = b"bcdfghjkmnpqrstvwxyz23456789";

/// Signs and knows again what was signed.
#[derive(Clone)]
pub struct Tokens {
    secret: [u8; 32],
}

impl Tokens {
    /// With the key of the installation.
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// `support+t….@example.com` for the mailbox `support@example.com`.
    pub fn address(&self, mailbox: &str, ticket: TicketId) -> String {
        let (local, domain) = mailbox.rsplit_once('@').unwrap_or((mailbox, "localhost"));
        format!("{local}+t{}@{domain}", self.sign("address", ticket.uuid(), &[]))
    }

    /// The ticket of a signed reply address of this mailbox.
    pub fn of_address(&self, address: &str) -> Option<TicketId> {
        let (local, _) = address.rsplit_once('@')?;
        let (_, tag) = local.rsplit_once('+')?;
        let text = tag.strip_prefix(['t', 'T'])?;
        self.open("address", text, &[]).map(TicketId::from)
    }

    /// A Message-ID without brackets for a mail about a ticket; `sending` makes it the only one.
    pub fn message_id(&self, domain: &str, ticket: TicketId, sending: Uuid) -> String {
        let nonce = base32().encode(sending.as_bytes());
        format!("{}.{nonce}@{domain}", self.sign("message", ticket.uuid(), sending.as_bytes()))
    }

    /// Ticket and sending of a Message-ID that we gave.
    pub fn of_message_id(&self, id: &str) -> Option<(TicketId, Uuid)> {
        let (text, nonce) = id.split_once('@')?.0.split_once('.')?;
        let sending = Uuid::from_slice(&base32().decode(nonce.to_ascii_lowercase().as_bytes()).ok()?).ok()?;
        self.open("message", text, sending.as_bytes()).map(|ticket| (TicketId::from(ticket), sending))
    }

    /// The secret of the link by which somebody without a password sees their ticket; the same in each mail of it. A whole MAC: it
    /// opens a page.
    pub fn guest(&self, ticket: TicketId, person: PersonId) -> Option<String> {
        let mac = self.hmac("guest", ticket.uuid(), person.uuid().as_bytes())?;
        Some(data_encoding::BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()))
    }

    /// The marker for the foot of a mail: `[ref:…]`.
    pub fn marker(&self, ticket: TicketId) -> String {
        format!("[ref:{}]", self.sign("marker", ticket.uuid(), &[]))
    }

    /// The ticket of the first good marker in a text; each may have been broken into lines and quoted.
    pub fn of_marker(&self, text: &str) -> Option<TicketId> {
        text.match_indices("[ref:").take(50).find_map(|(at, start)| {
            let rest = text.get(at + start.len()..)?;
            let token: String = rest.chars().take(200).take_while(|c| *c != ']').filter(char::is_ascii_alphanumeric).collect();
            self.open("marker", &token, &[]).map(TicketId::from)
        })
    }

    fn sign(&self, purpose: &str, id: Uuid, more: &[u8]) -> String {
        let mut bytes = id.as_bytes().to_vec();
        bytes.extend(self.mac(purpose, id, more).unwrap_or([0; MAC]));
        base32().encode(&bytes)
    }

    fn open(&self, purpose: &str, text: &str, more: &[u8]) -> Option<Uuid> {
        if text.len() != LENGTH {
            return None;
        }
        let bytes = base32().decode(text.to_ascii_lowercase().as_bytes()).ok()?;
        let (id, given) = bytes.split_at_checked(16)?;
        let id = Uuid::from_slice(id).ok()?;
        let mac = self.hmac(purpose, id, more)?;
        mac.verify_truncated_left(given).is_ok().then_some(id)
    }

    fn mac(&self, purpose: &str, id: Uuid, more: &[u8]) -> Option<[u8; MAC]> {
        self.hmac(purpose, id, more)?.finalize().into_bytes().get(..MAC)?.try_into().ok()
    }

    fn hmac(&self, purpose: &str, id: Uuid, more: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).ok()?;
        mac.update(format!("mail {purpose}\n{id}\n").as_bytes());
        mac.update(more);
        Some(mac)
    }
}

/// Base 32 in lower case, which survives servers that change the case.
fn base32() -> Encoding {
    let mut kind = BASE32_NOPAD.specification();
    kind.symbols.make_ascii_lowercase();
    kind.encoding().unwrap_or(BASE32_NOPAD)
}

/// `[#1042-k]` for subjects.
pub fn subject_mark(number: i64) -> String {
    format!("[#{number}-{}]", check(number))
}

/// The number of the first `[#1042-k]` with its right check character.
pub fn number_in(subject: &str) -> Option<i64> {
    subject.match_indices("[#").take(20).find_map(|(at, start)| {
        let (number, rest) = subject.get(at + start.len()..)?.split_once('-')?;
        let number: i64 = number.parse().ok().filter(|number| *number > 0)?;
        let mut rest = rest.chars();
        (rest.next()?.to_ascii_lowercase() == check(number) && rest.next()? == ']').then_some(number)
    })
}

/// A subject without our marks and the `Re:` before them.
pub fn without_mark(subject: &str) -> String {
    let mut left = subject.to_owned();
    while let Some(number) = number_in(&left) {
        let mark = subject_mark(number);
        let Some(at) = left.to_ascii_lowercase().find(&mark) else { break };
        left.replace_range(at..at + mark.len(), "");
    }
    left.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check(number: i64) -> char {
    let sum = number.to_string().bytes().enumerate().fold(0_usize, |sum, (place, digit)| sum + (place + 2) * usize::from(digit - b'0' + 3) * (place + 7));
    CHECKS.get(sum % CHECKS.len()).map_or('k', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Tokens {
        Tokens::new([7; 32])
    }

    #[test]
    fn what_was_signed_is_known_again_whatever_its_case() {
        let (ticket, sending) = (TicketId::new(), Uuid::now_v7());
        let address = tokens().address("support@help.example", ticket);
        assert!(address.split('@').next().unwrap().len() <= 64, "a local part has 64 octets at most (RFC 5321 4.5.3.1.1)");
        assert_eq!(tokens().of_address(&address.to_uppercase()), Some(ticket));
        let id = tokens().message_id("help.example", ticket, sending);
        assert_eq!(tokens().of_message_id(&id), Some((ticket, sending)));
        let quoted = format!("> text\n> [ref:\n> {}", tokens().marker(ticket).trim_start_matches("[ref:"));
        assert_eq!(tokens().of_marker(&quoted), Some(ticket));
    }

    #[test]
    fn what_was_not_signed_opens_nothing() {
        let ticket = TicketId::new();
        let other = Tokens::new([8; 32]);
        assert_eq!(tokens().of_address(&other.address("support@help.example", ticket)), None);
        assert_eq!(tokens().of_marker(&other.marker(ticket)), None);
        assert_eq!(tokens().of_marker(&tokens().address("support@help.example", ticket)), None, "one purpose is not another");
        let id = tokens().message_id("help.example", ticket, Uuid::now_v7());
        let (text, _) = id.split_once('.').unwrap();
        assert_eq!(tokens().of_message_id(&format!("{text}.{}@help.example", base32().encode(Uuid::now_v7().as_bytes()))), None);
        for text in ["", "+t", "support+t@x", "support+tßßß@x", "[ref:", "[ref:]", &"[ref:".repeat(10_000)] {
            assert_eq!(tokens().of_address(text), None);
            assert_eq!(tokens().of_marker(text), None);
            assert_eq!(tokens().of_message_id(text), None);
        }
    }

    #[test]
    fn a_slip_in_the_number_is_found() {
        for number in [1_i64, 9, 10, 99, 1_042, 123_456] {
            let mark = subject_mark(number);
            assert_eq!(number_in(&format!("Re: {mark} Export is empty")), Some(number));
            assert_eq!(without_mark(&format!("Re: {mark} Export is empty")), "Re: Export is empty");
        }
        let next = subject_mark(1_043);
        let slip = subject_mark(1_042).replace("1042", "1043");
        assert_ne!(next, slip);
        assert_eq!(number_in(&slip), None);
        for subject in ["[#1042]", "[#-1-b]", "[#99999999999999999999-b]", "[#1042-", "[#"] {
            assert_eq!(number_in(subject), None, "{subject}");
        }
    }
}
