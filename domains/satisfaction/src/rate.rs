//! Rating: the requester's answer to a survey. It can be changed for some days after it was first given.

use crate::{
    Survey,
    policy::{self, Action},
    survey::{self, CHANGEABLE},
};
use db::{Tx, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;
use tickets::Ticket;
use web::{Fields, Form};

/// The most that a comment may have, in characters.
const COMMENT: usize = 2_000;

/// What the requester says.
#[derive(Clone, Debug)]
pub(crate) struct Rating {
    /// 1 to 5.
    pub(crate) score: i64,
    /// Plain text.
    pub(crate) comment: Option<String>,
}

impl Form for Rating {
    fn read(fields: &mut Fields) -> Self {
        let score = fields.integer("score", 1..=5);
        if score.is_none() {
            fields.errors.add("score", "Choose a number from 1 to 5.");
        }
        Self { score: score.unwrap_or_default(), comment: fields.optional_text("comment", COMMENT) }
    }
}

impl Rating {
    /// Rates a ticket, or changes its rating. The same again changes nothing.
    pub(crate) async fn give(&self, tx: &mut Tx, actor: &Actor, ticket: &Ticket) -> Result<Survey> {
        if !policy::may(actor, Action::Rate, ticket) {
            return Err(Fault::Forbidden("Only who asked rates a request.".to_owned()));
        }
        let now = tx.now();
        let before = Survey::of(tx, ticket.id).await?;
        if before.as_ref().is_some_and(|survey| survey.is_final(now)) {
            return Err(Fault::Conflict { kind: "rating-final", detail: "A rating can be changed for 7 days. This one stays as it is.".to_owned() });
        }
        if !survey::is_open(tx, ticket, before.as_ref()).await? {
            return Err(Fault::Conflict { kind: "not-solved", detail: "A request can be rated once it is solved.".to_owned() });
        }
        if before.is_none() {
            // solved this moment: the journal's reader was not here yet
            tx.run(sql!("INSERT INTO surveys (ticket_id, due_at) VALUES ($1, $2) ON CONFLICT (ticket_id) DO NOTHING", ticket.id, now)).await?;
        }
        let old = before.as_ref().and_then(|survey| survey.score);
        if before.as_ref().is_none_or(|survey| old != Some(self.score) || survey.comment != self.comment) {
            self.write(tx, actor, ticket, old, before.and_then(|survey| survey.changed_at)).await?;
        }
        Survey::of(tx, ticket.id).await?.ok_or(Fault::Missing)
    }

    async fn write(&self, tx: &mut Tx, actor: &Actor, ticket: &Ticket, old: Option<i64>, seen: Option<db::Timestamp>) -> Result<()> {
        let now = tx.now();
        let written = tx
            .run(sql!(
                "UPDATE surveys SET score = $2, comment = $3, rated_at = COALESCE(rated_at, $4), changed_at = $4
                 WHERE ticket_id = $1 AND COALESCE(changed_at, 0) = $5 AND (rated_at IS NULL OR rated_at > $6)",
                ticket.id,
                self.score,
                self.comment.as_ref(),
                now,
                seen.unwrap_or_default(),
                now.minus(CHANGEABLE)
            ))
            .await?;
        if written == 0 {
            return Err(Fault::Conflict { kind: "rating-changed", detail: "It was rated at this very moment. Look at it again.".to_owned() });
        }
        // the comment is a body: it stays out of the journal
        let facts = json!({ "score": self.score, "old": old, "new": self.score, "hasComment": self.comment.is_some(), "people": [ticket.requester_id] });
        Ok(tx.record(actor.event("ticket.rated", ("ticket", ticket.id.uuid()), true, facts)).await?)
    }
}
