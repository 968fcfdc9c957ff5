//! What is done with an article from its page: review, publish, schedule, archive, restore.

use super::said;
use crate::{Article, Size, State, Step, api::id, policy::Action, state::REMARK};
use db::Timestamp;
use kernel::{Fault, PersonId};
use web::{Answer, Fields, Form, Input, Path, Visit};

/// A step as a form sends it: its time is a local one.
pub(super) struct Wanted {
    version: i64,
    to: State,
    reviewer: Option<PersonId>,
    remark: Option<String>,
    at: Option<String>,
    size: Size,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        let to = fields.word("status", State::WORDS);
        if to.is_none() {
            fields.errors.add("status", "Choose what shall be done.");
        }
        Self {
            version: fields.needed_integer("version", 1..=i64::MAX),
            to: to.unwrap_or(State::Draft),
            reviewer: fields.id("reviewerId"),
            remark: fields.optional_text("remark", REMARK),
            at: fields.optional_text("publishAt", 40),
            size: fields.word("size", Size::WORDS).unwrap_or(Size::Medium),
        }
    }
}

/// `POST /desk/knowledge/{id}/status`: whoever may write it, or publish it.
pub(super) async fn go(visit: Visit, Path(one): Path<String>, input: Input<Wanted>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let article = Article::get(&mut tx, actor, id(&one)?, Action::Write).await?;
    let wanted = input.take()?;
    let at = wanted.at.as_deref().map(|text| local(text, &actor.zone)).transpose()?;
    let step = Step { version: wanted.version, to: wanted.to, reviewer: wanted.reviewer, remark: wanted.remark, at, size: wanted.size };
    let words = match (article.state, step.to) {
        (State::Archived, State::Draft) => "It is a draft again.",
        (_, State::Draft) => "It is back with whoever wrote it.",
        (_, State::InReview) => "It waits for a review.",
        (_, State::Scheduled) => "It will be published then.",
        (_, State::Published) => "It is published. Readers see it now.",
        (_, State::Archived) => "It is archived. Readers do not see it any more.",
    };
    match article.go(&mut tx, actor, &step).await {
        Ok(_) => tx.commit().await?,
        // what a button can't do is told beside it, and nothing is lost
        Err(Fault::Invalid(wrong)) => return refused(&visit, &article, wrong.0.into_iter().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" ")),
        Err(Fault::Stale(_)) => return refused(&visit, &article, "Somebody saved it meanwhile. Look at it again, then decide.".to_owned()),
        Err(fault) => return Err(fault.into()),
    }
    said(&visit, &format!("/desk/knowledge/{}", article.id), words)
}

fn refused(visit: &Visit, article: &Article, text: String) -> Answer {
    Ok(visit.flash(web::see_other(&format!("/desk/knowledge/{}", article.id))?, &web::Flash { kind: "bad", text, undo: None }))
}

/// A time as `<input type=datetime-local>` sends it, in the person's zone.
fn local(text: &str, zone: &str) -> Result<Timestamp, Fault> {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let time = text.parse::<jiff::civil::DateTime>().ok().and_then(|time| time.to_zoned(zone).ok());
    time.map(|time| Timestamp::from_micros(time.timestamp().as_microsecond())).ok_or_else(|| Fault::field("publishAt", "Choose a day and a time."))
}
