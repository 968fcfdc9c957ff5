//! The open ticket beside its list: conversation, composer, details.

use super::{
    desk::Open,
    list::list_href,
    place::{choices, errors, href, or_none, upload_limits},
    thread,
};
use crate::{
    Category, Part, Priority, Status, Ticket, draft,
    list::Filter,
    listener,
    policy::{self, Action},
    tag, views,
};
use accounts::{Person, Team};
use db::Conn;
use kernel::{Actor, FieldErrors, Result};
use web::{Fields, Visit};

pub(super) async fn ticket_view(
    visit: &Visit,
    conn: &mut Conn,
    actor: &Actor,
    query: &[(&'static str, String)],
    teams: &[Team],
    open: Open<'_>,
) -> Result<views::Ticket> {
    let ticket = open.ticket;
    let listeners = listener::of(conn, ticket.id).await?;
    let listens = listeners.iter().any(|listener| Some(listener.person_id) == actor.person);
    let requester = Person::get(conn, ticket.requester_id).await?;
    let staff = Person::staff(conn).await?;
    let earlier = Filter { requester: Some(ticket.requester_id), limit: 6, ..Filter::default() }.page(conn, actor).await?;
    let follower = |part: Part| {
        listeners
            .iter()
            .filter(move |listener| listener.part == part)
            .map(|listener| views::Listener { name: listener.name.clone(), email: listener.email.clone(), may_remove: true })
            .collect::<Vec<_>>()
    };
    let refused = open.refused.map(|(fields, _)| fields);
    let composer = composer(visit, conn, actor, ticket, open.refused).await?;
    let merged = super::merge::merged_into(conn, actor, ticket).await?;
    let edit = policy::may(actor, Action::Change, ticket, listens) && merged.is_none();
    let fields = crate::Field::all(conn).await?;
    let values = crate::field_value::of(conn, ticket.id).await?;
    let (entries, later) = super::later::of_ticket(visit, conn, ticket).await?;
    Ok(views::Ticket {
        id: ticket.id.to_string(),
        number: format!("#{}", ticket.number),
        version: ticket.version,
        title: ticket.title.clone(),
        back_href: list_href("/desk", query, &[]),
        is_done: !ticket.status.is_active(),
        entries,
        later,
        later_menu: super::later::menu(conn, actor, refused).await?,
        earlier_href: None,
        here: visit
            .app
            .live
            .presence
            .of(ticket.id.uuid(), actor.person.map(db::Id::uuid))
            .into_iter()
            .map(|(name, doing)| views::Here { name, doing: doing.word() })
            .collect(),
        composer,
        recipients: recipients(conn, ticket, &listeners).await?,
        statuses: statuses(conn, ticket).await?,
        priorities: choices(Priority::ALL, Priority::label, &[ticket.priority]),
        categories: choices(Category::ALL, Category::label, &[ticket.category]),
        assignees: or_none(
            "Nobody",
            ticket.assignee_id.is_none(),
            staff.into_iter().map(|person| views::Choice { selected: ticket.assignee_id == Some(person.id), value: person.id.to_string(), label: person.name }),
        ),
        teams: or_none(
            "None",
            ticket.team_id.is_none(),
            teams.iter().map(|team| views::Choice { value: team.id.to_string(), label: team.name.clone(), selected: ticket.team_id == Some(team.id) }),
        ),
        is_mine: ticket.assignee_id.is_some() && ticket.assignee_id == actor.person,
        fields: super::asked::in_details(&fields, ticket.category, ticket.channel, &values),
        tags: tag::of(conn, ticket.id).await?,
        known_tags: tag::known(conn, 200).await?,
        followers: follower(Part::Follower),
        ccs: follower(Part::Cc),
        is_following: listeners.iter().any(|listener| Some(listener.person_id) == actor.person && listener.part == Part::Follower),
        channel: ticket.channel.label().to_owned(),
        created_at: ticket.created_at,
        first_reply: ticket.first_reply_at.map(|at| span(at.since(ticket.created_at))),
        requester: views::Requester {
            tickets_href: href("/desk", &[("view", "all"), ("requester", &requester.id.to_string())]),
            organization: ticket.organization.clone().or(requester.organization),
            zone: Some(requester.zone).filter(|zone| zone != "UTC"),
            since: requester.created_at,
            name: requester.name,
            email: requester.email,
        },
        earlier: earlier
            .rows
            .iter()
            .filter(|row| row.ticket.id != ticket.id)
            .take(5)
            .map(|row| views::EarlierRequest {
                href: list_href(&format!("/desk/tickets/{}", row.ticket.id), query, &[]),
                title: row.ticket.title.clone(),
                status: row.ticket.status_for_agents(),
            })
            .collect(),
        conflict: open.conflict,
        merged,
        away: super::away::of_ticket(conn, actor, ticket).await?,
        trashed: ticket.trashed_at.map(|at| views::Trashed { by: ticket.trashed_by.clone().unwrap_or_default(), at, gone_at: at.plus(crate::work::TRASH) }),
        may: views::TicketRights { edit, trash: policy::may(actor, Action::Trash, ticket, listens) && (edit || ticket.trashed_at.is_some()) },
    })
}

/// The six, each with the custom ones that belong to it.
async fn statuses(conn: &mut Conn, ticket: &Ticket) -> Result<Vec<views::Choice>> {
    let custom = crate::CustomStatus::all(conn).await?;
    let now = ticket.status_option();
    let choice = |value: String, label: String| views::Choice { selected: value == now, value, label };
    Ok(Status::ALL
        .iter()
        .flat_map(|status| {
            let own = custom.iter().filter(|own| own.status == *status && (own.archived_at.is_none() || own.option() == now));
            let own = own.map(|own| choice(own.option(), own.name.clone()));
            std::iter::once(choice(status.word().to_owned(), status.label().to_owned())).chain(own).collect::<Vec<_>>()
        })
        .collect())
}

async fn composer(visit: &Visit, conn: &mut Conn, actor: &Actor, ticket: &Ticket, refused: Option<(&Fields, &FieldErrors)>) -> Result<views::Composer> {
    let mut composer = thread::composer(visit, format!("/desk/tickets/{}/messages", ticket.id));
    composer.upload = upload_limits(visit);
    if let Some((fields, wrong)) = refused {
        composer.kind = if fields.typed("kind") == "note" { "note" } else { "reply" };
        composer.content = fields.typed("content");
        composer.kept_files = thread::kept(conn, actor, fields).await?;
        composer.errors = errors(wrong);
    } else if let Some(person) = actor.person
        && let Some(draft) = draft::of(conn, person, ticket.id).await?
    {
        composer.kind = if draft.is_internal { "note" } else { "reply" };
        composer.content = draft.content;
        composer.draft_at = Some(draft.updated_at);
        composer.kept_files = thread::kept_of(conn, actor, &draft.file_keys).await?;
    }
    Ok(composer)
}

/// Who will get a reply, and how that differs from the last public message.
async fn recipients(conn: &mut Conn, ticket: &Ticket, listeners: &[crate::Listener]) -> Result<views::Recipients> {
    let changes = db::journal::of(conn, ticket.id.uuid()).await?;
    let last = changes.iter().rposition(|event| matches!(event.kind.as_str(), "ticket.created" | "ticket.replied" | "ticket.customer_replied")).unwrap_or(0);
    let names = |kind: &str| {
        changes[last.min(changes.len())..]
            .iter()
            .filter(|event| event.kind == kind && event.facts()["part"] == "CC")
            .filter_map(|event| event.facts()["name"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    Ok(views::Recipients {
        to: ticket.requester_name.clone(),
        cc: listeners.iter().filter(|listener| listener.part == Part::Cc).map(|listener| listener.name.clone()).collect(),
        added: names("ticket.listener_added"),
        removed: names("ticket.listener_removed"),
        new_domain: Some(crate::recipients::new_domains(conn, ticket).await?.join(", ")).filter(|domains| !domains.is_empty()),
    })
}

/// A span in words: `14 min`, `2 h 10 min`, `3 d 4 h`.
fn span(span: std::time::Duration) -> String {
    let minutes = span.as_secs() / 60;
    match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}
