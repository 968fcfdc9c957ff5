//! `/admin/notifications`: what became of what went out, and trying again.

use super::said;
use crate::{
    catalog::sources,
    channel::Channel,
    delivery::{Delivery, DeliveryId, State},
};
use accounts::{admin, mail::Fate};
use askama::Template;
use kernel::Fault;
use std::collections::HashMap;
use uuid::Uuid;
use web::{Answer, Asked, Fields, Form, Path, Visit};

/// Deliveries of one page.
const PAGE: usize = 50;

struct Row {
    delivery: Delivery,
    what: &'static str,
    /// In words, with the colour and the icon of the design.
    state: (&'static str, &'static str, &'static str),
    /// What the mail server or the push service answered last.
    answer: Option<String>,
    may_retry: bool,
}

impl Row {
    fn of(delivery: Delivery, what: &'static str, fates: &HashMap<Uuid, (Fate, Option<String>)>) -> Self {
        let (fate, answer) = delivery.mail_id.and_then(|mail| fates.get(&mail).cloned()).unzip();
        let state = match (delivery.state, &fate) {
            (State::Waiting, _) => ("Waiting", "pending", "clock"),
            (State::Skipped, _) => ("Not needed", "solved", "circle-slash"),
            (State::Sent, Some(Fate::Waits)) => ("Waits to be sent", "pending", "clock"),
            (State::Failed, _) | (State::Sent, Some(Fate::Failed)) => ("Failed", "bad", "triangle-alert"),
            // what the outgoing mail took over stands in its own log
            (State::Sent, None) if delivery.channel == Channel::Mail => ("Handed to the outgoing mail", "good", "circle-check"),
            (State::Sent, Some(Fate::Sent) | None) => ("Sent", "good", "circle-check"),
        };
        let may_retry = delivery.state == State::Failed || fate == Some(Fate::Failed);
        let answer = answer.flatten().or_else(|| delivery.answer.clone());
        Self { delivery, what, state, answer, may_retry }
    }
}

#[derive(Template)]
#[template(path = "notifications/log.html")]
struct Log {
    page: ui::Page,
    rows: Vec<Row>,
    states: Vec<(&'static str, &'static str, bool)>,
    chosen: Option<State>,
    next: Option<DeliveryId>,
}

pub(super) struct Wanted {
    state: Option<State>,
    before: Option<DeliveryId>,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self { state: fields.word("state", State::WORDS), before: fields.id("before") }
    }
}

/// `GET /admin/notifications?state=&before=`.
pub(super) async fn list(visit: Visit, Asked(wanted): Asked<Wanted>) -> Answer {
    admin(&visit)?;
    let sources = sources(&visit.app)?;
    let mut conn = visit.app.db.read().await?;
    let mut found = Delivery::page(&mut conn, wanted.state, wanted.before, i64::try_from(PAGE).unwrap_or(50) + 1).await?;
    let is_more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| is_more).map(|delivery| delivery.id);
    let mails: Vec<Uuid> = found.iter().filter_map(|delivery| delivery.mail_id).collect();
    let fates = accounts::mail::fates(&mut conn, &mails).await?.into_iter().map(|(id, fate, answer)| (id, (fate, answer))).collect();
    let what = |delivery: &Delivery| sources.kind(&delivery.kind).map_or("a kind that is gone", |kind| kind.label);
    web::html(&Log {
        page: visit.page("Notifications"),
        rows: found.into_iter().map(|delivery| Row::of(delivery.clone(), what(&delivery), &fates)).collect(),
        states: State::ALL.iter().map(|state| (state.word(), state.label(), Some(*state) == wanted.state)).collect(),
        chosen: wanted.state,
        next,
    })
}

/// `POST /admin/notifications/{id}/retry`.
pub(super) async fn retry(visit: Visit, Path(delivery): Path<String>) -> Answer {
    admin(&visit)?;
    let id: DeliveryId = delivery.parse().map_err(|_| Fault::Missing)?;
    let mut tx = visit.app.db.write().await?;
    match Delivery::retry(&mut tx, id).await {
        Err(Fault::Conflict { detail, .. }) => return said(&visit, "/admin/notifications", "bad", detail),
        done => done?,
    }
    tx.commit().await?;
    said(&visit, "/admin/notifications", "good", "It is tried again.")
}
