//! Put away and brought back: snooze with its presets in the agent's own zone, spam, both with an undo.

use super::{
    acts::{back, told},
    when,
};
use crate::{
    Ticket,
    api::id,
    list::Listed,
    policy::Action,
    snooze::{self, Brief, Waker},
    spam, views,
};
use db::{Conn, Timestamp};
use jiff::Zoned;
use kernel::{Actor, Fault, Result};
use web::{Answer, Fields, Flash, Form, HeaderMap, Input, Path, Visit};

/// What the form asks for.
pub(super) struct Until {
    word: Option<String>,
    day: Option<String>,
}

impl Form for Until {
    fn read(fields: &mut Fields) -> Self {
        fields.has("version");
        Self { word: fields.optional_text("until", 20), day: fields.optional_text("day", 20) }
    }
}

impl Until {
    /// The time; none is until the customer replies.
    fn time(&self, now: &Zoned) -> Result<Option<Timestamp>> {
        let wrong = || Fault::field("until", "Choose until when.");
        match (self.word.as_deref(), self.day.as_deref()) {
            (Some("reply"), _) => Ok(None),
            (Some("day"), Some(day)) => when::morning(now, day).map(Some).ok_or_else(wrong),
            (Some(word), _) => when::preset(now, word).map(Some).ok_or_else(wrong),
            (None, _) => Err(wrong()),
        }
    }
}

/// `POST /desk/tickets/{id}/snooze`: puts it away.
pub(super) async fn put_away(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, input: Input<Until>) -> Answer {
    let actor = visit.staff()?;
    let form = input.take()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let page = visit.page("");
    let outcome = match form.time(&when::local(tx.now(), &actor.zone)) {
        Ok(until) => ticket.snooze(&mut tx, actor, until).await,
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(snooze) => {
            tx.commit().await?;
            let text = format!(
                "#{} is away {}.",
                ticket.number,
                snooze.until.map_or_else(|| "until the customer replies".to_owned(), |at| format!("until {}", page.day_time(at)))
            );
            let undo = Some((format!("/desk/tickets/{}/wake", ticket.id), "Undo".to_owned()));
            Ok(visit.flash(back(&headers, ticket.id)?, &Flash { kind: "good", text, undo }))
        }
        Err(fault) => told(&visit, &headers, ticket.id, tx, Err(fault)).await,
    }
}

/// `POST /desk/tickets/{id}/wake`: brings it back.
pub(super) async fn wake(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, _: Input<Until>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let outcome = ticket.wake(&mut tx, actor).await.map(drop);
    told(&visit, &headers, ticket.id, tx, outcome).await
}

/// `POST /desk/tickets/{id}/spam`
pub(super) async fn mark_spam(visit: Visit, Path(ticket): Path<String>, _: Input<Until>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    ticket.mark_spam(&mut tx, actor).await?;
    tx.commit().await?;
    let undo = Some((format!("/desk/tickets/{}/not-spam", ticket.id), "Undo".to_owned()));
    Ok(visit.flash(web::see_other("/desk")?, &Flash { kind: "good", text: format!("#{} is marked as spam.", ticket.number), undo }))
}

/// `POST /desk/tickets/{id}/not-spam`
pub(super) async fn clear_spam(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, _: Input<Until>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let outcome = ticket.clear_spam(&mut tx, actor).await;
    told(&visit, &headers, ticket.id, tx, outcome).await
}

/// What the open ticket shows of it.
pub(super) async fn of_ticket(conn: &mut Conn, actor: &Actor, ticket: &Ticket) -> Result<views::Away> {
    let now = when::local(conn.now(), &actor.zone);
    let snooze = snooze::of(conn, ticket.id).await?;
    let asleep = snooze.as_ref().filter(|snooze| snooze.woke_at.is_none());
    let choices = when::choices(&now).into_iter();
    Ok(views::Away {
        choices: choices.chain([views::TimeChoice { word: "reply", label: "Until the customer replies", at: None }]).collect(),
        first_day: now.date().tomorrow().map_or_else(|_| String::new(), |day| day.to_string()),
        may_snooze: ticket.status.is_active() && ticket.trashed_at.is_none(),
        snoozed_by: asleep.map(|snooze| snooze.by_name.clone()),
        until: asleep.and_then(|snooze| snooze.until),
        back: snooze.as_ref().and_then(|snooze| reason(ticket, snooze.woke_at, snooze.woke_by)),
        spam_by: spam::of(conn, ticket.id).await?.map(|spam| spam.by),
    })
}

/// What a row of a list says of it: "Back: the customer replied", or until when it is away.
pub(super) fn of_row(page: &ui::Page, row: &Listed) -> Option<String> {
    let Brief { by_name, until, woke_at, woke_by } = &row.snooze;
    by_name.as_ref()?;
    if woke_at.is_some() {
        return reason(&row.ticket, *woke_at, *woke_by);
    }
    Some(until.map_or_else(|| "Away until the customer replies".to_owned(), |at| format!("Away until {}", page.day_time(at))))
}

/// Why it is back; no more once staff answered or settled it.
fn reason(ticket: &Ticket, woke_at: Option<Timestamp>, woke_by: Option<Waker>) -> Option<String> {
    woke_at.filter(|at| ticket.status.is_active() && ticket.staff_at.is_none_or(|said| said < *at))?;
    match woke_by? {
        Waker::Time => Some("Back: its time came".to_owned()),
        Waker::Reply => Some("Back: the customer replied".to_owned()),
        Waker::Person => None,
    }
}
