//! Writing an update with whom it reaches before it is sent, and how far it is afterwards.

use super::{id, requests, said};
use crate::{
    Incident, Update, policy,
    reach::Reach,
    update::{Item, KIND, Outcome},
    work,
};
use accounts::again;
use askama::Template;
use kernel::{Fault, Result};
use tickets::{Body, Status, TicketId, message};
use ui::Errors;
use web::{Answer, Asked, Fields, Form, Input, Path, Visit};

/// Those that were missed, shown at once.
const SHOWN: i64 = 100;
/// What an update may set; nothing is closed in one go.
pub(crate) const STATUSES: [Status; 5] = [Status::Open, Status::InProgress, Status::Pending, Status::OnHold, Status::Resolved];

struct Choice {
    value: &'static str,
    label: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "update_new.html")]
struct WritePage {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    title: String,
    reach: Reach,
    statuses: Vec<Choice>,
    typed: String,
    key: String,
    errors: Errors,
}

impl WritePage {
    /// "3 requests".
    fn audience(&self) -> String {
        requests(self.reach.count)
    }

    /// Those that get it and are not named.
    fn more(&self) -> i64 {
        self.reach.count - i64::try_from(self.reach.reached.len()).unwrap_or(0)
    }

    /// Those that do not get it.
    fn others(&self) -> i64 {
        self.reach.children - self.reach.count
    }
}

async fn page(visit: &Visit, ticket: TicketId, typed: Option<&Fields>) -> Result<WritePage> {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::work(&mut conn, actor, ticket).await?;
    Incident::of(&mut conn, ticket.id).await?.ok_or(Fault::Missing)?;
    let chosen = typed.map(|fields| fields.typed("status")).unwrap_or_default();
    let choice = |value, label| Choice { value, label, is_chosen: chosen == value };
    Ok(WritePage {
        page: visit.page(format!("Update of #{}", ticket.number)),
        reach: Reach::of(&mut conn, actor, ticket.id).await?,
        statuses: std::iter::once(choice("", "No change")).chain(STATUSES.into_iter().map(|status| choice(status.word(), status.label()))).collect(),
        typed: typed.map(|fields| fields.typed("content")).unwrap_or_default(),
        key: typed.map_or_else(|| db::Id::<Update>::new().to_string(), |fields| fields.typed("idempotencyKey")),
        ticket: ticket.id,
        number: format!("#{}", ticket.number),
        title: ticket.title,
        errors: Errors::new(),
    })
}

/// `GET /desk/tickets/{id}/updates/new`: staff who may change the incident.
pub(super) async fn write(visit: Visit, Path(ticket): Path<String>) -> Answer {
    visit.staff()?;
    web::html(&page(&visit, id(&ticket)?, None).await?)
}

/// What is said, and the status set with it.
pub(crate) struct Words {
    pub(crate) content: Body,
    pub(crate) status: Option<Status>,
}

impl Form for Words {
    fn read(fields: &mut Fields) -> Self {
        let content = fields.text("content", message::LENGTH);
        let status = fields.word("status", Status::WORDS);
        if status == Some(Status::Closed) {
            fields.errors.add("status", "An update closes nothing. Resolve the requests instead.");
        }
        Self { content: Body::markdown(content), status }
    }
}

/// `POST /desk/tickets/{id}/updates`: a few children have it when the next page comes.
pub(super) async fn send(visit: Visit, Path(ticket): Path<String>, input: Input<Words>) -> Answer {
    visit.staff()?;
    let ticket = id(&ticket)?;
    let (read, fields, _, seal) = input.open();
    let outcome: Answer = async {
        let actor = visit.staff()?;
        let mut tx = visit.app.db.write().await?;
        let incident = policy::work(&mut tx, actor, ticket).await?;
        let words = read.map_err(Fault::Invalid)?;
        if let Some(answer) = seal.replay(&mut tx, &visit).await? {
            return Ok(answer);
        }
        let update = Update::ask(&mut tx, actor, &incident, words.content, words.status).await?;
        let place = format!("/desk/tickets/{ticket}/updates/{}", update.id);
        seal.keep_redirect(&mut tx, &visit, &place).await?;
        tx.commit().await?;
        work::UPDATE.step(&visit.app.db, update.id.uuid()).await?;
        let update = Update::read(&mut visit.app.db.read().await?, update.id).await?.ok_or(Fault::Missing)?;
        if update.is_at_work() || update.missed > 0 {
            web::see_other(&place)
        } else {
            said(&visit, &format!("/desk/tickets/{ticket}"), format!("The update went to {}.", requests(update.sent)))
        }
    }
    .await;
    match outcome {
        Err(web::Failure(fault @ (Fault::Invalid(_) | Fault::Conflict { .. }))) => {
            let page = page(&visit, ticket, Some(&fields)).await?;
            again(fault, |errors| WritePage { errors, ..page })
        }
        outcome => outcome,
    }
}

#[derive(Template)]
#[template(path = "update.html")]
struct UpdatePage {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    update: Update,
    html: richtext::SafeHtml,
    missed: Vec<Item>,
    next: Option<i64>,
    /// Told, but the status could not be set.
    partly: Vec<Item>,
}

pub(crate) struct After(pub(crate) i64);

impl Form for After {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.integer("after", 0..=i64::MAX).unwrap_or(0))
    }
}

/// `GET /desk/tickets/{id}/updates/{update}`: staff who see the incident.
pub(super) async fn look(visit: Visit, Path((ticket, update)): Path<(String, String)>, Asked(after): Asked<After>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let (ticket, update) = Update::get(&mut conn, actor, id(&ticket)?, id(&update)?).await?;
    let mut missed = update.items(&mut conn, actor, Outcome::Missed, after.0, SHOWN + 1).await?;
    let more = i64::try_from(missed.len()).unwrap_or(i64::MAX) > SHOWN;
    if more {
        missed.pop();
    }
    web::html(&UpdatePage {
        page: visit.page("Update").listening([format!("{KIND}:{}", update.id)]),
        next: missed.last().filter(|_| more).map(|last| last.position),
        partly: update.without_status(&mut conn, actor, SHOWN).await?,
        html: richtext::render(&update.source, richtext::Format::Markdown),
        ticket: ticket.id,
        number: format!("#{}", ticket.number),
        update,
        missed,
    })
}
