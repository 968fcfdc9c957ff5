//! One request as its customer sees it. Guests come here with the cookie of their link.

use super::{
    place::{category_words, errors, first_name},
    thread,
};
use crate::{
    Body, Channel, NewMessage, Part, Status, Ticket, TicketId,
    api::id,
    change::Change,
    list, listener, message,
    policy::{self, Action},
    views,
};
use db::Conn;
use kernel::{Actor, Fault, FieldErrors, Result, Who};
use std::time::Duration;
use web::{Answer, Bucket, Fields, Flash, Form, Input, Path, StatusCode, Visit};

/// Strangers are asked to sign in; everybody else goes on to the gate.
fn known(visit: &Visit) -> Result<&Actor> {
    if matches!(visit.actor.who, Who::Stranger) { Err(Fault::SignIn) } else { Ok(&visit.actor) }
}

/// `GET /requests/{id}`: whoever may see the ticket.
pub(super) async fn show(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = known(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    list::saw(&visit.app, actor, ticket.id);
    web::html(&page(&visit, &mut conn, &ticket, None).await?)
}

async fn page(visit: &Visit, conn: &mut Conn, ticket: &Ticket, refused: Option<(&Fields, &FieldErrors)>) -> Result<views::RequestThread> {
    let actor = &*visit.actor;
    let listeners = listener::of(conn, ticket.id).await?;
    let listens = listeners.iter().any(|listener| Some(listener.person_id) == actor.person);
    let may = |action| policy::may(actor, action, ticket, listens);
    let base = format!("/requests/{}", ticket.id);
    let mut composer = thread::composer(visit, format!("{base}/messages"));
    if let Some((fields, wrong)) = refused {
        composer.content = fields.typed("content");
        composer.kept_files = thread::kept(conn, actor, fields).await?;
        composer.errors = errors(wrong);
    }
    let merged = super::merge::merged_into(conn, actor, ticket).await?;
    let opens = ticket.status == Status::Closed && ticket.opens_on_reply(conn).await?;
    let fields = crate::Field::all(conn).await?;
    let values = crate::field_value::of(conn, ticket.id).await?;
    let mut page = visit.page(ticket.title.clone());
    page.live = vec![format!("ticket:{}", ticket.id)];
    Ok(views::RequestThread {
        page,
        id: ticket.id.to_string(),
        base,
        is_guest: !actor.is_signed_in(),
        number: format!("#{}", ticket.number),
        title: ticket.title.clone(),
        status: ticket.status_for_customers(),
        with: ticket.assignee.as_deref().filter(|_| ticket.status.is_active()).map(|name| first_name(name).to_owned()),
        entries: thread::entries(visit, conn, ticket).await?,
        earlier_href: None,
        category: category_words(ticket.category).to_owned(),
        urgency: ticket.priority.label().to_owned(),
        asked: super::asked::for_customer(&fields, &values),
        opened_at: ticket.created_at,
        followers: listeners
            .into_iter()
            .filter(|listener| listener.part != Part::Follower)
            .map(|listener| views::Listener {
                may_remove: listener.part == Part::Cc && may(Action::Invite),
                name: if Some(listener.person_id) == actor.person { "You".to_owned() } else { listener.name },
                email: listener.email,
            })
            .collect(),
        may: views::RequestRights {
            reply: may(Action::Reply),
            solve: may(Action::Settle) && ticket.status.is_active(),
            reopen: may(Action::Settle) && ticket.status == Status::Resolved,
            follow: may(Action::Invite),
        },
        closed_words: (ticket.status == Status::Closed && merged.is_none()).then(|| {
            if opens {
                "This request is closed. A reply opens it again."
            } else {
                "This request is closed. A reply starts a new request that is linked to this one."
            }
            .to_owned()
        }),
        composer,
        merged,
    })
}

/// Where a reply is shown, and what is said of it. Guests and colleagues may not see where a merged request goes on.
async fn landing(conn: &mut Conn, actor: &Actor, asked: TicketId, ticket: &Ticket, message: db::Id<crate::Message>) -> Result<(String, String)> {
    if ticket.id == asked {
        return Ok((format!("/requests/{asked}#m-{message}"), "Your reply is sent.".to_owned()));
    }
    if !policy::may_now(conn, actor, Action::See, ticket).await? {
        return Ok((format!("/requests/{asked}#m-{message}"), "Your reply is sent.".to_owned()));
    }
    let text = if ticket.follows_id == Some(asked) {
        format!("Request #{} goes on from the closed one.", ticket.number)
    } else {
        format!("Your reply is sent. It goes on in #{}.", ticket.number)
    };
    Ok((format!("/requests/{}#m-{message}", ticket.id), text))
}

pub(super) struct Reply {
    content: Body,
    file_keys: Vec<String>,
}

impl Form for Reply {
    const UPLOADS: bool = true;
    fn read(fields: &mut Fields) -> Self {
        fields.has("kind");
        Self { content: Body::markdown(fields.text("content", message::LENGTH)), file_keys: fields.texts("fileId", 50, 100) }
    }
}

/// `POST /requests/{id}/messages`: whoever may reply.
pub(super) async fn reply(visit: Visit, Path(ticket): Path<String>, input: Input<Reply>) -> Answer {
    let actor = known(&visit)?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let ticket_id: TicketId = id(&ticket)?;
    let ticket = Ticket::get(&mut visit.app.db.read().await?, actor, ticket_id, Action::Reply).await?;
    let (reply, fields, uploads, seal) = input.open();
    let outcome: Answer = async {
        let reply = reply.map_err(Fault::Invalid)?;
        let stored = message::store_for_form(&visit, uploads).await?;
        let mut tx = visit.app.db.write().await?;
        if let Some(answer) = seal.replay(&mut tx, &visit).await? {
            return Ok(answer);
        }
        let ticket = Ticket::get(&mut tx, actor, ticket_id, Action::Reply).await?;
        let new =
            NewMessage { content: reply.content, is_internal: false, channel: Channel::Web, file_keys: reply.file_keys, status: None, hold: Duration::ZERO };
        let (ticket, message) = ticket.say(&mut tx, actor, new).await?;
        message::adopt(&mut tx, actor, message.id, stored).await?;
        let (place, text) = landing(&mut tx, actor, ticket_id, &ticket, message.id).await?;
        let answer = seal.keep_redirect(&mut tx, &visit, &place).await?;
        tx.commit().await?;
        Ok(visit.flash(answer, &Flash { kind: "good", text, undo: None }))
    }
    .await;
    match outcome {
        Err(web::Failure(Fault::Invalid(wrong))) => {
            let page = page(&visit, &mut visit.app.db.read().await?, &ticket, Some((&fields, &wrong))).await?;
            web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        outcome => outcome,
    }
}

/// `POST /requests/{id}/solve`: the requester, or a colleague where requests are shared.
pub(super) async fn solve(visit: Visit, Path(ticket): Path<String>, _: Input<super::guest::Nothing>) -> Answer {
    settle(&visit, &ticket, Status::Resolved, "Glad it is solved. Reply within a few days to open it again.").await
}

pub(super) struct Reopen {
    reason: Option<String>,
}

impl Form for Reopen {
    fn read(fields: &mut Fields) -> Self {
        Self { reason: fields.optional_text("reason", message::LENGTH) }
    }
}

/// `POST /requests/{id}/reopen`: as for solve. A reason becomes a message.
pub(super) async fn reopen(visit: Visit, Path(ticket): Path<String>, input: Input<Reopen>) -> Answer {
    let words = "The request is open again.";
    let Some(reason) = input.take()?.reason else { return settle(&visit, &ticket, Status::Open, words).await };
    let actor = known(&visit)?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let new =
        NewMessage { content: Body::markdown(reason), is_internal: false, channel: Channel::Web, file_keys: Vec::new(), status: None, hold: Duration::ZERO };
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Settle).await?;
    if ticket.status == Status::Closed {
        return Err(closed());
    }
    let (ticket, message) = ticket.say(&mut tx, actor, new).await?;
    if !ticket.status.is_active() {
        // staff on the customer's page: their word alone opens nothing
        ticket.change(&mut tx, actor, Change { version: ticket.version, status: Some(Status::Open), ..Change::default() }).await?;
    }
    tx.commit().await?;
    let answer = web::see_other(&format!("/requests/{}#m-{}", ticket.id, message.id))?;
    Ok(visit.flash(answer, &Flash { kind: "good", text: words.to_owned(), undo: None }))
}

fn closed() -> web::Failure {
    Fault::Conflict { kind: "closed", detail: "This request is closed. Write a reply to go on with it.".to_owned() }.into()
}

async fn settle(visit: &Visit, ticket: &str, status: Status, words: &str) -> Answer {
    let actor = known(visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(ticket)?, Action::Settle).await?;
    if ticket.status == Status::Closed {
        return Err(closed());
    }
    let change = Change { version: ticket.version, status: Some(status), ..Change::default() };
    let ticket = match ticket.change(&mut tx, actor, change).await {
        // staff on the customer's page
        Err(Fault::Invalid(wrong)) => {
            let text = wrong.0.into_iter().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" ");
            return Ok(visit.flash(web::see_other(&format!("/requests/{}", ticket.id))?, &Flash { kind: "warn", text, undo: None }));
        }
        changed => changed?,
    };
    tx.commit().await?;
    Ok(visit.flash(web::see_other(&format!("/requests/{}", ticket.id))?, &Flash { kind: "good", text: words.to_owned(), undo: None }))
}

pub(super) struct Follow {
    pub(super) act: String,
    pub(super) email: Option<String>,
    pub(super) role: Option<String>,
}

impl Form for Follow {
    fn read(fields: &mut Fields) -> Self {
        fields.has("version");
        Self { act: fields.text("act", 20), email: fields.optional_email("email"), role: fields.optional_text("role", 20) }
    }
}

/// `POST /requests/{id}/followers`: the requester adds and removes copies.
pub(super) async fn followers(visit: Visit, Path(ticket): Path<String>, input: Input<Follow>) -> Answer {
    let actor = known(&visit)?;
    let (form, ..) = input.open();
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Invite).await?;
    let outcome: Result<()> = async {
        let form = form.map_err(Fault::Invalid)?;
        let email = form.email.ok_or_else(|| Fault::field("email", "Give a mail address."))?;
        if form.act == "remove" {
            let listeners = listener::of(&mut tx, ticket.id).await?;
            let found = listeners.iter().find(|listener| listener.email == email && listener.part == Part::Cc).map(|listener| listener.person_id);
            return listener::unfollow(&mut tx, actor, ticket.id, found.ok_or(Fault::Missing)?).await;
        }
        ticket.demand_unmerged(&mut tx).await?;
        listener::invite(&mut tx, actor, ticket.id, &email, Part::Cc).await
    }
    .await;
    let back = web::see_other(&format!("/requests/{}", ticket.id))?;
    match outcome {
        Ok(()) => {
            tx.commit().await?;
            Ok(back)
        }
        Err(Fault::Invalid(wrong)) => {
            let text = wrong.0.first().map(|(_, sentence)| sentence.clone()).unwrap_or_default();
            Ok(visit.flash(back, &Flash { kind: "bad", text, undo: None }))
        }
        Err(fault) => Err(fault.into()),
    }
}
