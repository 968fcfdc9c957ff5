//! Whom a deadline concerns, for notices: whoever has the ticket, and who follows it.

use db::{Conn, Event, Timestamp, sql};
use futures::future::BoxFuture;
use kernel::{Audience, Concern, NoticeKind, PersonId, Result, Telling, Ways};
use std::time::Duration;

/// Word of a deadline that passed longer ago than this helps nobody.
const STALE: Duration = Duration::from_hours(24);

/// For the roof.
pub const TELLING: Telling = Telling {
    of: "ticket",
    kinds: &[
        kind("sla_warned", "a deadline is near on a ticket that I have or follow", "A deadline is near"),
        kind("sla_breached", "a deadline is missed on a ticket that I have or follow", "A deadline is missed"),
    ],
    events: &["sla.warned", "sla.breached"],
    concerned,
    named: tickets::TELLING.named,
};

const fn kind(word: &'static str, label: &'static str, says: &'static str) -> NoticeKind {
    let ways = Ways { app: true, mail: true };
    NoticeKind { word, label, says, has_author: false, audience: Audience::Staff, ways, may_mail: true }
}

fn concerned<'a>(conn: &'a mut Conn, event: &'a Event) -> BoxFuture<'a, Result<Vec<Concern>>> {
    Box::pin(async move {
        let due = event.facts()["dueAt"].as_str().and_then(|due| due.parse::<jiff::Timestamp>().ok());
        if due.is_some_and(|due| event.at.since(Timestamp::from_micros(due.as_microsecond())) > STALE) {
            return Ok(Vec::new());
        }
        let kind = if event.kind == "sla.warned" { "sla_warned" } else { "sla_breached" };
        let people: Vec<PersonId> = conn
            .all(sql!(
                "SELECT t.assignee_id FROM tickets t WHERE t.id = $1 AND t.assignee_id IS NOT NULL AND t.trashed_at IS NULL AND t.spam_at IS NULL
                 UNION SELECT l.person_id FROM ticket_people l JOIN tickets t ON t.id = l.ticket_id
                 WHERE l.ticket_id = $1 AND l.part = 'FOLLOWER' AND t.trashed_at IS NULL AND t.spam_at IS NULL",
                event.subject_id
            ))
            .await?;
        Ok(people.into_iter().map(|person| Concern { person, kind }).collect())
    })
}
