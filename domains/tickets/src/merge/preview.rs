//! What a merge would do, said before it is done: what moves, who joins, who will see what they did not see before.

use super::may_meet;
use crate::{Part, Ticket, TicketId, snooze};
use db::{Conn, record, sql};
use kernel::{Fault, OrganizationId, PersonId, Result};
use std::fmt::Write as _;

record! {
    /// Somebody who gets what is public in a ticket.
    #[derive(Clone, Debug)]
    pub struct Seer {
        /// Of which ticket.
        pub ticket_id: TicketId,
        /// Who.
        pub person_id: PersonId,
        /// Shown name.
        pub name: String,
        /// Their organization.
        pub organization_id: Option<OrganizationId>,
        /// Its name.
        pub organization: Option<String>,
        /// Why they get it.
        pub part: Part,
    }
}

impl Seer {
    /// Stands outside of a ticket's organization; without one everybody but the requester does.
    fn is_outside(&self, ticket: &Ticket) -> bool {
        self.person_id != ticket.requester_id && (ticket.organization_id.is_none() || self.organization_id != ticket.organization_id)
    }

    /// "Maya Okafor (Northwind Labs)".
    pub(crate) fn words(&self) -> String {
        self.organization.as_ref().map_or_else(|| self.name.clone(), |organization| format!("{} ({organization})", self.name))
    }
}

/// What a merge would do.
pub(crate) struct Preview {
    /// What goes on elsewhere.
    pub source: Ticket,
    /// Where.
    pub target: Ticket,
    /// Who joins the target and will see its public messages.
    pub joining: Vec<Seer>,
    /// Who listens to the target alone and will see the source's public messages.
    pub gaining: Vec<Seer>,
    /// Public messages that move.
    pub source_public: i64,
    /// Notes that move; they stay notes.
    pub source_notes: i64,
    /// Public messages that are in the target.
    pub target_public: i64,
    /// What is scheduled in the source and is called off.
    pub called_off: i64,
    /// What is scheduled in the target and stops.
    pub stopped: i64,
    /// The target is put away, and stays so.
    pub is_asleep: bool,
}

impl Preview {
    /// Counts and compares; refuses nothing.
    pub(crate) async fn of(conn: &mut Conn, source: &Ticket, target: &Ticket) -> Result<Self> {
        let people: Vec<Seer> = conn
            .all(sql!(
                "SELECT l.ticket_id, p.id, p.name, p.organization_id, o.name, l.part FROM ticket_people l JOIN people p ON p.id = l.person_id
                 LEFT JOIN organizations o ON o.id = p.organization_id WHERE l.ticket_id IN ($1, $2) ORDER BY p.folded, p.id",
                source.id,
                target.id
            ))
            .await?;
        let counts: Vec<(TicketId, bool, i64)> = conn
            .all(sql!(
                "SELECT ticket_id, is_internal, COUNT(*) FROM messages WHERE ticket_id IN ($1, $2) AND held_until IS NULL GROUP BY ticket_id, is_internal",
                source.id,
                target.id
            ))
            .await?;
        let count = |ticket: &Ticket, notes: bool| counts.iter().find(|(id, internal, _)| *id == ticket.id && *internal == notes).map_or(0, |row| row.2);
        // a follower of the target listens to it already; followers of the source are staff and stay behind
        let only = |of: &Ticket, not: &Ticket| -> Vec<Seer> {
            let knows = |seer: &Seer| people.iter().any(|other| other.ticket_id == not.id && other.person_id == seer.person_id);
            people.iter().filter(|seer| seer.ticket_id == of.id && seer.part != Part::Follower && !knows(seer)).cloned().collect()
        };
        let waiting: Vec<(TicketId, i64)> = conn
            .all(sql!(
                "SELECT ticket_id, COUNT(*) FROM scheduled WHERE ticket_id = $1 OR ticket_id = $2 AND stopped_by IS NULL GROUP BY ticket_id",
                source.id,
                target.id
            ))
            .await?;
        let waiting = |ticket: &Ticket| waiting.iter().find(|(id, _)| *id == ticket.id).map_or(0, |(_, count)| *count);
        let is_asleep = snooze::of(conn, target.id).await?.is_some_and(|snooze| snooze.woke_at.is_none());
        Ok(Self {
            called_off: waiting(source),
            stopped: waiting(target),
            is_asleep,
            joining: only(source, target),
            gaining: only(target, source),
            source_public: count(source, false),
            source_notes: count(source, true),
            target_public: count(target, false),
            source: source.clone(),
            target: target.clone(),
        })
    }

    /// Why it can't be done as things stand, in words; none when it can.
    pub(crate) async fn obstacle(&self, conn: &mut Conn) -> Result<Option<String>> {
        match may_meet(conn, &self.source, &self.target).await {
            Ok(()) => Ok(None),
            Err(Fault::Conflict { detail, .. }) => Ok(Some(detail)),
            Err(fault) => Err(fault),
        }
    }

    /// What happens, a sentence each.
    pub(crate) fn facts(&self) -> Vec<String> {
        let (from, into) = (self.source.number, self.target.number);
        let messages = |count: i64| if count == 1 { "1 public message".to_owned() } else { format!("{count} public messages") };
        let names = |seers: &[Seer]| seers.iter().map(Seer::words).collect::<Vec<_>>().join(", ");
        let mut facts =
            vec![format!("{} of #{from} move, with their files. #{from} is closed; what is sent to it arrives in #{into}.", messages(self.source_public))];
        if self.source_notes > 0 {
            facts.push(format!("Its internal notes move too and stay internal ({}).", self.source_notes));
        }
        if !self.joining.is_empty() {
            facts.push(format!("{} will get copies and see what is public in #{into}: {}.", names(&self.joining), messages(self.target_public)));
        }
        if !self.gaining.is_empty() {
            facts.push(format!("{} will see what is public in #{from}: {}.", names(&self.gaining), messages(self.source_public)));
        }
        if !self.target.status.is_active() && self.source.status.is_active() {
            facts.push(format!("#{into} is solved and stays so; nobody is told that something waits."));
        }
        if self.is_asleep {
            facts.push(format!("#{into} is snoozed and stays so."));
        }
        if self.called_off > 0 {
            facts.push(format!(
                "What is scheduled in #{from} is called off ({}). A scheduled reply becomes the draft of who wrote it, in #{into}.",
                self.called_off
            ));
        }
        if self.stopped > 0 {
            facts.push(format!("What is scheduled in #{into} stops until somebody looks at it ({}).", self.stopped));
        }
        facts.push("It can be undone for 30 days.".to_owned());
        facts
    }

    /// Those who would see another organization's words.
    fn outsiders(&self) -> (Vec<&Seer>, Vec<&Seer>) {
        let of_target = self.joining.iter().filter(|seer| seer.is_outside(&self.target)).collect();
        let of_source = if self.source_public == 0 { Vec::new() } else { self.gaining.iter().filter(|seer| seer.is_outside(&self.source)).collect() };
        (of_target, of_source)
    }

    /// Somebody of elsewhere would see what they did not see before.
    pub(crate) fn is_across(&self) -> bool {
        let (of_target, of_source) = self.outsiders();
        !of_target.is_empty() || !of_source.is_empty()
    }

    /// Who that is, and what they would see.
    pub(crate) fn warning(&self) -> String {
        let (of_target, of_source) = self.outsiders();
        let names = |seers: &[&Seer]| seers.iter().map(|seer| seer.words()).collect::<Vec<_>>().join(", ");
        let mut words = String::from("They are not of one organization.");
        for (seers, ticket) in [(of_target, &self.target), (of_source, &self.source)] {
            if !seers.is_empty() {
                // writing to a String can't fail
                let _ = write!(words, " {} would see what is public in #{}.", names(&seers), ticket.number);
            }
        }
        words
    }
}
