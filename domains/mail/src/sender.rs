//! Who wrote, and how far they are trusted: in general, and in a ticket.

use crate::{Trust, verdict::Verdict};
use accounts::Person;
use db::Conn;
use kernel::{Actor, Fault, Result, Role};
use tickets::{Ticket, TicketId, policy::Action};

/// Who wrote a mail.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    /// Lower case; none if the mail names nobody.
    pub(crate) address: Option<String>,
    pub(crate) name: String,
    pub(crate) person: Option<Person>,
    /// With the person's rights; none for strangers and for those who may not come in.
    pub(crate) actor: Option<Actor>,
    pub(crate) trust: Trust,
}

/// Somebody of whom no address is known: every mail is a ticket of somebody.
pub(crate) const NOBODY: &str = "unknown@sender.invalid";

impl Sender {
    pub(crate) async fn of(conn: &mut Conn, mail: &mime::Mail, verdict: Verdict) -> Result<Self> {
        let named = mail.from.as_ref().or(mail.reply_to.first());
        let address = named.map(|mailbox| mailbox.address.trim().to_lowercase()).filter(|address| is_address(address));
        let name = named.map(|mailbox| clean(&mailbox.name)).filter(|name| !name.is_empty());
        let name =
            name.or_else(|| address.as_deref().and_then(|address| address.split('@').next()).map(str::to_owned)).unwrap_or_else(|| "Unknown sender".to_owned());
        let person = Person::by_email(conn, address.as_deref().unwrap_or(NOBODY)).await?;
        let actor = match &person {
            Some(person) => accounts::on_behalf_of(conn, person.id).await?,
            None => None,
        };
        let is_staff = person.as_ref().is_some_and(|person| person.role >= Role::Agent);
        let trust = match (&person, verdict) {
            (_, Verdict::Fail) => Trust::Failed,
            (Some(person), _) if person.disabled_at.is_some() => Trust::Failed,
            (_, Verdict::Pass) if is_staff => Trust::Agent,
            _ if is_staff => Trust::Failed,
            _ if address.is_none() => Trust::Unknown,
            (Some(_), _) => Trust::Customer,
            (None, _) => Trust::Unknown,
        };
        Ok(Self { address, name, person, actor, trust })
    }

    /// How far they are trusted in a ticket.
    pub(crate) async fn in_ticket(&self, conn: &mut Conn, ticket: TicketId) -> Result<Trust> {
        let Some(actor) = self.actor.as_ref().filter(|_| matches!(self.trust, Trust::Agent | Trust::Customer)) else { return Ok(self.trust) };
        match (Ticket::get(conn, actor, ticket, Action::Reply).await, self.trust) {
            (Ok(_), Trust::Agent) => Ok(Trust::Agent),
            (Ok(_), _) => Ok(Trust::Participant),
            (Err(Fault::Missing | Fault::Forbidden(_)), Trust::Agent) => Ok(Trust::Unknown),
            (Err(Fault::Missing | Fault::Forbidden(_)), trust) => Ok(trust),
            (Err(fault), _) => Err(fault),
        }
    }

    /// As shown: `Maya Okafor <maya@lumenlabs.example>`.
    pub(crate) fn shown(&self) -> String {
        match &self.address {
            Some(address) => format!("{} <{address}>", self.name),
            None => self.name.clone(),
        }
    }
}

/// Looks like an address that mail can go to.
pub(crate) fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    !local.is_empty()
        && local.len() <= 64
        && address.len() <= 254
        && !domain.is_empty()
        && domain.split('.').all(|label| !label.is_empty())
        && !address.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\\\"[]".contains(c))
        && address.matches('@').count() == 1
}

/// One line, bounded.
pub(crate) fn clean(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}
