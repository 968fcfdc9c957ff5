//! Whom it concerns that a mail of ours did not arrive, for notices: whoever has the ticket.

use db::{Conn, Event, sql};
use futures::future::BoxFuture;
use kernel::{Audience, Concern, NoticeKind, PersonId, Result, Telling, Ways};

/// The word of the kind.
const RETURNED: &str = "mail_returned";

/// For the roof.
pub const TELLING: Telling = Telling {
    of: "ticket",
    kinds: &[NoticeKind {
        word: RETURNED,
        label: "a mail about a ticket of mine does not arrive",
        says: "A mail did not arrive",
        has_author: false,
        audience: Audience::Staff,
        ways: Ways { app: true, mail: false },
        may_mail: true,
    }],
    events: &["ticket.mail_bounced", "ticket.mail_failed"],
    concerned,
    named: tickets::TELLING.named,
};

fn concerned<'a>(conn: &'a mut Conn, event: &'a Event) -> BoxFuture<'a, Result<Vec<Concern>>> {
    Box::pin(async move {
        // a full mailbox passes by itself
        if event.kind == "ticket.mail_bounced" && event.facts()["hard"] != true {
            return Ok(Vec::new());
        }
        let person: Option<PersonId> = conn
            .first(sql!(
                "SELECT assignee_id FROM tickets WHERE id = $1 AND assignee_id IS NOT NULL AND trashed_at IS NULL AND spam_at IS NULL",
                event.subject_id
            ))
            .await?;
        Ok(person.map(|person| Concern { person, kind: RETURNED }).into_iter().collect())
    })
}
