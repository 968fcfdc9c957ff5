//! What rules do to tickets, by the verbs that people use.

use super::made;
use crate::{
    Body, Change, Channel, Message, NewMessage, Ticket, TicketId,
    message::Draft,
    policy::Action,
    tag,
    variables::{self, Writer},
};
use db::{Conn, Id, Tx, Word, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Fault, Result};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// So often somebody else may be faster.
const TRIES: usize = 5;

/// See `Offer::run`.
pub(super) fn run<'a>(tx: &'a mut Tx, actor: &'a Actor, id: Uuid, command: &'a str, argument: &'a Value) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        // whoever changes it at the same time was faster: look again
        for _ in 0..TRIES {
            match once(tx, actor, id, command, argument).await {
                Err(Fault::Stale(_)) => {}
                done => return done,
            }
        }
        Err(Fault::Busy)
    })
}

async fn once(tx: &mut Tx, actor: &Actor, id: Uuid, command: &str, argument: &Value) -> Result<()> {
    let ticket = Ticket::get(tx, actor, TicketId::from(id), Action::Change).await?;
    let text = argument.as_str().unwrap_or_default();
    let mut change = Change { version: ticket.version, ..Change::default() };
    match command {
        "set_status" => change.status = Some(word(text)?),
        "set_custom_status" => change.custom_status = Some(text.to_owned()),
        "set_priority" => change.priority = Some(word(text)?),
        "set_category" => change.category = Some(word(text)?),
        "set_team" => change.team = Some(id_or_none(text)?),
        "set_assignee" => change.assignee = Some(id_or_none(text)?),
        "add_tag" | "remove_tag" => change.tags = tags(tx, &ticket, text, command == "add_tag").await?,
        "reply" => return reply(tx, &ticket, text).await,
        "note" => return note(tx, actor, &ticket, text).await,
        other => match made::change(tx, &ticket, other, text).await? {
            Some(group) => change.custom_fields = Some(group),
            None => return Ok(()),
        },
    }
    if is_already_so(&ticket, &change) {
        return Ok(());
    }
    ticket.change(tx, actor, change).await.map(drop)
}

/// A change that changes nothing would still count a version and move the ticket up.
fn is_already_so(ticket: &Ticket, change: &Change) -> bool {
    change.status.is_none_or(|status| status == ticket.status)
        && change.custom_status.as_ref().is_none_or(|key| ticket.named.key.as_ref() == Some(key))
        && change.priority.is_none_or(|priority| priority == ticket.priority)
        && change.category.is_none_or(|category| category == ticket.category)
        && change.team.is_none_or(|team| team == ticket.team_id)
        && change.assignee.is_none_or(|assignee| assignee == ticket.assignee_id)
        && change.tags.is_none()
        && change.custom_fields.is_none()
}

fn word<W: Word>(text: &str) -> Result<W> {
    W::from_word(text).ok_or_else(|| Fault::field("argument", format!("There is no {text}.")))
}

fn id_or_none<T>(text: &str) -> Result<Option<Id<T>>> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Fault::field("argument", "This is not an id."))
}

async fn tags(tx: &mut Tx, ticket: &Ticket, text: &str, is_added: bool) -> Result<Option<Vec<String>>> {
    let (name, mut tags) = (tag::clean(text)?, tag::of(tx, ticket.id).await?);
    if tags.contains(&name) == is_added {
        return Ok(None);
    }
    tags.retain(|known| *known != name);
    if is_added {
        tags.push(name);
    }
    Ok(Some(tags))
}

/// A public reply that says it is automatic. It does not count as the first answer of staff, nor as staff's last word.
async fn reply(tx: &mut Tx, ticket: &Ticket, text: &str) -> Result<()> {
    let (id, now) = (Id::<Message>::new(), tx.now());
    let site = settings::current(tx).await?.name;
    let author = Actor::system(&format!("{site}, automated"));
    let body = Body::markdown(with_values(text, ticket, &site));
    Message::insert(tx, &author, ticket.id, id, Draft { body: &body, is_internal: false, channel: Channel::Web, held_until: None, then_status: None }).await?;
    tx.run(sql!("UPDATE tickets SET updated_at = $2, public_at = $2, urgency = $3 WHERE id = $1", ticket.id, now, ticket.priority.urgency(now))).await?;
    let facts = json!({ "message": id, "isFirstReply": false, "isAutomatic": true, "people": [ticket.requester_id] });
    Ok(tx.record(author.event("ticket.replied", ("ticket", ticket.id.uuid()), false, facts)).await?)
}

async fn note(tx: &mut Tx, actor: &Actor, ticket: &Ticket, text: &str) -> Result<()> {
    let content = Body::markdown(with_values(text, ticket, &settings::current(tx).await?.name));
    let new = NewMessage { content, is_internal: true, channel: Channel::Web, file_keys: Vec::new(), status: None, hold: Duration::ZERO };
    ticket.say(tx, actor, new).await.map(drop)
}

/// See `Variables::filled`.
pub(super) fn filled<'a>(conn: &'a mut Conn, id: Uuid, text: &'a str) -> BoxFuture<'a, Result<String>> {
    Box::pin(async move {
        let (ticket, site) = (Ticket::reload(conn, TicketId::from(id)).await?, settings::current(conn).await?.name);
        Ok(with_values(text, &ticket, &site))
    })
}

/// A rule is nobody: where a text names whoever writes, it names the assignee, or the site.
fn with_values(text: &str, ticket: &Ticket, site: &str) -> String {
    variables::fill(text, ticket, ticket.assignee.as_deref().map_or(Writer::Site(site), Writer::Person))
}
