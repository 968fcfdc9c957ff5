//! What programs outside are told of an event about a ticket: the ticket, the message and the facts, named as in the API.

use crate::{Message, Ticket, json, message::message_from, policy::Action};
use db::{Conn, Event, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Fault, Result, Told};
use serde_json::{Value, json};

/// What stands in the facts of a line for the house alone.
const OWN: [&str; 3] = ["people", "cause", "message"];

/// See `Offer::tell`. A reply that can still be taken back is told of by nobody.
pub(super) fn tell<'a>(conn: &'a mut Conn, event: &'a Event) -> BoxFuture<'a, Result<Option<Told>>> {
    Box::pin(async move {
        let actor = Actor::system("Webhooks");
        let ticket = match Ticket::get(conn, &actor, event.subject_id.into(), Action::See).await {
            Err(Fault::Missing) => return Ok(None),
            ticket => ticket?,
        };
        let mut details = event.facts();
        let message = match details["message"].as_str().and_then(|id| id.parse::<uuid::Uuid>().ok()) {
            Some(id) => conn.first::<Message>(sql!(concat!(message_from!(), " WHERE id = $1 AND held_until IS NULL"), id)).await?,
            None => None,
        };
        if let Some(facts) = details.as_object_mut() {
            facts.retain(|name, _| !OWN.contains(&name.as_str()));
        }
        let is_internal = event.kind == "ticket.noted" || message.as_ref().is_some_and(|message| message.is_internal);
        let brief = json::brief(conn, &actor, &ticket).await?;
        let text = match &message {
            Some(message) => message.source.clone(),
            None if event.kind == "ticket.created" => brief.description.clone(),
            None => String::new(),
        };
        let message = message.map(|message| json::message(&actor, message));
        Ok(Some(Told {
            data: json!({ "ticket": value(&brief)?, "message": value(&message)?, "details": details }),
            is_internal,
            label: format!("#{} {}", ticket.number, ticket.title),
            href: format!("/desk/tickets/{}", ticket.id),
            text,
        }))
    })
}

fn value(shape: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(shape).map_err(|error| Fault::Broken(error.to_string()))
}
