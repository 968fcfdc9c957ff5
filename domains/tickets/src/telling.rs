//! Whom an event of a ticket concerns, and how a ticket is named to who may see it: for notices.

use crate::{Message, Part, Status, Ticket, TicketId, batch, listener, message::message_from, policy::Action};
use accounts::Person;
use db::{Conn, Event, Id, journal, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Audience, Concern, Fault, Named, NoticeKind, PersonId, Result, Telling, Ways};
use uuid::Uuid;

/// For the roof.
pub const TELLING: Telling = Telling {
    of: "ticket",
    kinds: KINDS,
    events: &[
        "ticket.created",
        "ticket.assigned",
        "ticket.team_changed",
        "ticket.customer_replied",
        "ticket.replied",
        "ticket.noted",
        "ticket.status_changed",
        "ticket.rated",
    ],
    concerned,
    named,
};

const APP: Ways = Ways { app: true, mail: false };
const OFF: Ways = Ways { app: false, ..APP };

const KINDS: &[NoticeKind] = &[
    staff("assigned", "a ticket is assigned to me", "assigned it to you", APP),
    staff("mention", "somebody mentions me", "mentioned you", Ways { mail: true, ..APP }),
    staff("customer_reply", "a customer replies on a ticket that I have or follow", "replied", APP),
    staff("note", "a colleague writes a note on a ticket that I have or follow", "wrote a note", APP),
    staff("rated", "a ticket of mine is rated", "rated it", APP),
    staff("team_ticket", "a team of mine gets a ticket", "brought it to your team", OFF),
    customer("answered", "a request of mine is answered", "replied"),
    customer("solved", "a request of mine is solved", "solved it"),
];

const fn staff(word: &'static str, label: &'static str, says: &'static str, ways: Ways) -> NoticeKind {
    NoticeKind { word, label, says, has_author: true, audience: Audience::Staff, ways, may_mail: true }
}

/// Replies go to customers by mail already.
const fn customer(word: &'static str, label: &'static str, says: &'static str) -> NoticeKind {
    NoticeKind { word, label, says, has_author: true, audience: Audience::Customers, ways: APP, may_mail: false }
}

fn concerned<'a>(conn: &'a mut Conn, event: &'a Event) -> BoxFuture<'a, Result<Vec<Concern>>> {
    Box::pin(async move {
        let ticket = match Ticket::get(conn, &Actor::system("Notices"), event.subject_id.into(), Action::See).await {
            Err(Fault::Missing) => return Ok(Vec::new()),
            ticket => ticket?,
        };
        let is_spam: bool = conn.one(sql!("SELECT spam_at IS NOT NULL FROM tickets WHERE id = $1", ticket.id)).await?;
        if ticket.trashed_at.is_some() || is_spam {
            return Ok(Vec::new());
        }
        of_event(conn, event, &ticket).await
    })
}

async fn of_event(conn: &mut Conn, event: &Event, ticket: &Ticket) -> Result<Vec<Concern>> {
    let facts = event.facts();
    let mine = |kind| ticket.assignee_id.map(|person| Concern { person, kind });
    Ok(match event.kind.as_str() {
        "ticket.assigned" if facts["new"].as_str().is_some() && facts["new"].as_str() == ticket.assignee.as_deref() => mine("assigned").into_iter().collect(),
        "ticket.created" => first_places(conn, ticket).await?,
        "ticket.team_changed" => team(conn, ticket).await?,
        "ticket.customer_replied" => mine("customer_reply").into_iter().chain(listeners(conn, ticket.id, &[Part::Follower], "customer_reply").await?).collect(),
        "ticket.noted" => {
            let called = called(conn, &facts["message"]).await?;
            called.into_iter().chain(mine("note")).chain(listeners(conn, ticket.id, &[Part::Follower], "note").await?).collect()
        }
        "ticket.replied" => {
            let called = called(conn, &facts["message"]).await?;
            called.into_iter().chain(listeners(conn, ticket.id, &[Part::Requester, Part::Cc], "answered").await?).collect()
        }
        "ticket.status_changed" if facts["new"] == Status::Resolved.word() => vec![Concern { person: ticket.requester_id, kind: "solved" }],
        "ticket.rated" => mine("rated").into_iter().collect(),
        _ => Vec::new(),
    })
}

/// Whom it was given to as it came in. What was changed since then, before this is read, is told by its own event.
async fn first_places(conn: &mut Conn, ticket: &Ticket) -> Result<Vec<Concern>> {
    let since = journal::kinds(conn, ticket.id.uuid()).await?;
    let is_changed = |kind: &str| since.iter().any(|known| known == kind);
    let person = ticket.assignee_id.filter(|_| !is_changed("ticket.assigned"));
    let team = if is_changed("ticket.team_changed") { Vec::new() } else { team(conn, ticket).await? };
    Ok(person.map(|person| Concern { person, kind: "assigned" }).into_iter().chain(team).collect())
}

/// The members of the ticket's team.
async fn team(conn: &mut Conn, ticket: &Ticket) -> Result<Vec<Concern>> {
    let Some(team) = ticket.team_id else { return Ok(Vec::new()) };
    let members: Vec<PersonId> = conn.all(sql!("SELECT person_id FROM team_members WHERE team_id = $1", team)).await?;
    Ok(members.into_iter().map(|person| Concern { person, kind: "team_ticket" }).collect())
}

async fn listeners(conn: &mut Conn, ticket: TicketId, parts: &[Part], kind: &'static str) -> Result<Vec<Concern>> {
    let found = listener::of(conn, ticket).await?;
    Ok(found.into_iter().filter(|listener| parts.contains(&listener.part)).map(|listener| Concern { person: listener.person_id, kind }).collect())
}

/// The staff that a message calls by `@handle`: the address before its `@`, or the name with dots for blanks.
async fn called(conn: &mut Conn, message: &serde_json::Value) -> Result<Vec<Concern>> {
    let Some(id) = message.as_str().and_then(|id| id.parse::<Uuid>().ok()) else { return Ok(Vec::new()) };
    let Some(message): Option<Message> = conn.first(sql!(concat!(message_from!(), " WHERE id = $1 AND is_staff = TRUE"), id)).await? else {
        return Ok(Vec::new());
    };
    let handles = richtext::mentions(&message.source);
    if handles.is_empty() {
        return Ok(Vec::new());
    }
    let staff = Person::staff(conn).await?;
    Ok(staff
        .iter()
        .filter(|person| handles.iter().any(|handle| answers_to(person, handle)))
        .map(|person| Concern { person: person.id, kind: "mention" })
        .collect())
}

fn answers_to(person: &Person, handle: &str) -> bool {
    person.email.split('@').next() == Some(handle) || person.name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(".") == handle
}

fn named<'a>(conn: &'a mut Conn, actor: &'a Actor, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<Named>>> {
    Box::pin(async move {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<TicketId> = ids.iter().copied().map(Id::from).collect();
        let held = batch::held(conn, actor, &ids).await?;
        let place = if actor.is_staff() { "/desk/tickets" } else { "/requests" };
        let seen = held.into_values().filter(|held| held.ticket.trashed_at.is_none()).map(|held| held.ticket);
        Ok(seen
            .map(|ticket| Named { id: ticket.id.uuid(), label: format!("#{} {}", ticket.number, ticket.title), href: format!("{place}/{}", ticket.id) })
            .collect())
    })
}
