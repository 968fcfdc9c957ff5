//! Which ticket a mail belongs to. The rules are asked in their order; what is signed counts whoever shows it, what can be
//! guessed counts for those who take part.

use crate::{MailboxId, Rule, Tokens, Trust, sender::Sender, token};
use db::{Conn, sql};
use kernel::Result;
use tickets::TicketId;

/// Ids looked at of one mail.
const MOST_IDS: usize = 50;

/// A ticket that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) ticket: TicketId,
    pub(crate) rule: Rule,
    /// How far the sender is trusted there.
    pub(crate) trust: Trust,
}

/// What was found, and else what it may belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Threading {
    pub(crate) found: Option<Found>,
    pub(crate) looks_like: Option<TicketId>,
}

/// What threading looks at.
pub(crate) struct Asked<'a> {
    pub(crate) tokens: &'a Tokens,
    pub(crate) mail: &'a mime::Mail,
    pub(crate) envelope_to: Option<&'a str>,
    pub(crate) mailbox: Option<MailboxId>,
    pub(crate) sender: &'a Sender,
}

impl Asked<'_> {
    pub(crate) async fn find(&self, conn: &mut Conn) -> Result<Threading> {
        if let Some((ticket, rule)) = self.signed()
            && exists(conn, ticket).await?
        {
            let trust = self.sender.in_ticket(conn, ticket).await?;
            return Ok(Threading { found: Some(Found { ticket, rule, trust }), looks_like: None });
        }
        let mut looks_like = None;
        for (ticket, rule) in
            self.foreign(conn).await?.into_iter().map(|ticket| (ticket, Rule::ForeignId)).chain(self.marked()).chain(self.numbered(conn).await?)
        {
            if !exists(conn, ticket).await? {
                continue;
            }
            let trust = self.sender.in_ticket(conn, ticket).await?;
            if rule == Rule::Marker || matches!(trust, Trust::Agent | Trust::Participant) {
                return Ok(Threading { found: Some(Found { ticket, rule, trust }), looks_like: None });
            }
            looks_like = looks_like.or(Some(ticket));
        }
        Ok(Threading { found: None, looks_like })
    }

    /// Rules 1 and 2.
    fn signed(&self) -> Option<(TicketId, Rule)> {
        let receivers = self.mail.to.iter().chain(&self.mail.cc).map(|mailbox| mailbox.address.as_str());
        let by_address = self.envelope_to.into_iter().chain(receivers).take(200).find_map(|address| self.tokens.of_address(address));
        by_address.map(|ticket| (ticket, Rule::Address)).or_else(|| {
            let ours = self.answered().find_map(|id| self.tokens.of_message_id(id));
            ours.map(|(ticket, _)| (ticket, Rule::OwnId))
        })
    }

    /// What it answers, then the thread from its newest on.
    fn answered(&self) -> impl Iterator<Item = &str> {
        self.mail.in_reply_to.iter().chain(self.mail.references.iter().rev()).map(|id| id.trim()).filter(|id| !id.is_empty()).take(MOST_IDS)
    }

    /// Rule 3: mails of others that stand in a ticket, of the same mailbox.
    async fn foreign(&self, conn: &mut Conn) -> Result<Vec<TicketId>> {
        let mut tickets = Vec::new();
        for id in self.answered() {
            let ticket: Option<TicketId> = conn
                .first(sql!(
                    "SELECT ticket_id FROM mails WHERE header_id = $1 AND mailbox_id IS NOT DISTINCT FROM $2 AND ticket_id IS NOT NULL AND fate IN ('NEW_TICKET', 'JOINED')
                     ORDER BY received_at DESC LIMIT 1",
                    id,
                    self.mailbox
                ))
                .await?;
            tickets.extend(ticket.filter(|ticket| !tickets.contains(ticket)));
        }
        Ok(tickets)
    }

    /// Rule 4.
    fn marked(&self) -> Option<(TicketId, Rule)> {
        self.tokens.of_marker(&self.mail.text).map(|ticket| (ticket, Rule::Marker))
    }

    /// Rule 5.
    async fn numbered(&self, conn: &mut Conn) -> Result<Option<(TicketId, Rule)>> {
        let Some(number) = token::number_in(&self.mail.subject) else { return Ok(None) };
        let ticket: Option<TicketId> = conn.first(sql!("SELECT id FROM tickets WHERE number = $1", number)).await?;
        Ok(ticket.map(|ticket| (ticket, Rule::Subject)))
    }
}

async fn exists(conn: &mut Conn, ticket: TicketId) -> Result<bool> {
    Ok(conn.first::<i64>(sql!("SELECT 1 FROM tickets WHERE id = $1 AND trashed_at IS NULL", ticket)).await?.is_some())
}
