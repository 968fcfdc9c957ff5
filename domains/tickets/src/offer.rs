//! What rules may ask and do by tickets. A new field or command is a line here and its arm in `facts` or `run`.

mod duty;
mod facts;
mod made;
mod run;
mod tell;

use crate::{Category, Channel, CustomStatus, Priority, Status, variables};
use accounts::{Organization, Person, Team};
use db::{Conn, Query, sql};
use futures::future::BoxFuture;
use kernel::{Argument, Change, Choice, Command, Duty, EventKind, Field, FieldKind, Offer, Place, Result, Variables, Walk};
use std::borrow::Cow::Borrowed;

/// What the room offers to engines.
pub(crate) static OFFER: Offer = Offer {
    one: "ticket",
    many: "tickets",
    events: EVENTS,
    fields: FIELDS,
    commands: COMMANDS,
    made: made::made,
    choices,
    things: facts::things,
    run: run::run,
    candidates,
    variables: Some(Variables { known: variables::KNOWN, unknown: variables::unknown, filled: run::filled }),
    duty: Some(Duty {
        command: "set_assignee",
        person: "assignee",
        team: "team",
        is_work: "is_active",
        begins: &["ticket.created", "ticket.team_changed"],
        returns: &["ticket.status_changed", "ticket.restored", "ticket.woke", "ticket.cleared_spam"],
        give: duty::give,
        free: duty::free,
        held: duty::held,
        load: duty::load,
    }),
    tell: tell::tell,
};

const EVENTS: &[EventKind] = &[
    event("ticket.created", "a ticket comes in", Change::Nothing),
    event("ticket.customer_replied", "the customer replies", Change::Nothing),
    event("ticket.replied", "staff replies", Change::Nothing),
    event("ticket.noted", "an internal note is written", Change::Nothing),
    event("ticket.status_changed", "the status changes", Change::Field("status")),
    event(crate::custom_status::CHANGED, "the custom status changes", Change::Field("custom_status")),
    event("ticket.priority_changed", "the priority changes", Change::Field("priority")),
    event("ticket.category_changed", "the category changes", Change::Field("category")),
    event("ticket.team_changed", "the team changes", Change::Field("team")),
    event("ticket.assigned", "the assignee changes", Change::Field("assignee")),
    event("ticket.tags_changed", "the tags change", Change::Field("tags")),
    event("ticket.title_changed", "the subject changes", Change::Field("subject")),
    event(crate::field_value::CHANGED, "a custom field changes", Change::Named(made::PREFIX)),
    event("ticket.woke", "it comes back from snooze", Change::Nothing),
    event("ticket.rated", "the customer rates it", Change::Nothing),
];

const FIELDS: &[Field] = &[
    field("status", "Status", FieldKind::Choice(Borrowed("statuses"))),
    field("custom_status", "Custom status", FieldKind::Choice(Borrowed("custom_statuses"))),
    field("priority", "Priority", FieldKind::Choice(Borrowed("priorities"))),
    field("category", "Category", FieldKind::Choice(Borrowed("categories"))),
    field("channel", "Channel", FieldKind::Choice(Borrowed("channels"))),
    field("team", "Team", FieldKind::Choice(Borrowed("teams"))),
    field("assignee", "Assignee", FieldKind::Choice(Borrowed("staff"))),
    field("organization", "Organization", FieldKind::Choice(Borrowed("organizations"))),
    field("tags", "Tags", FieldKind::Words),
    field("subject", "Subject", FieldKind::Text),
    field("description", "Description", FieldKind::Text),
    field("requester", "Requester’s address", FieldKind::Text),
    field("is_active", "Still open", FieldKind::YesNo),
    field("created", "Came in", FieldKind::Time),
    field("updated", "Last change", FieldKind::Time),
    field("status_since", "Status set", FieldKind::Time),
    field("customer_at", "Customer’s last word", FieldKind::Time),
    field("staff_at", "Staff’s last word", FieldKind::Time),
];

const COMMANDS: &[Command] = &[
    command("set_status", "Set status to", Argument::Choice(Borrowed("statuses")), Some("status")),
    command("set_custom_status", "Set custom status to", Argument::Choice(Borrowed("custom_statuses")), Some("custom_status")),
    command("set_priority", "Set priority to", Argument::Choice(Borrowed("priorities")), Some("priority")),
    command("set_category", "Set category to", Argument::Choice(Borrowed("categories")), Some("category")),
    command("set_team", "Give to team", Argument::ChoiceOrNone(Borrowed("teams")), Some("team")),
    command("set_assignee", "Assign to", Argument::ChoiceOrNone(Borrowed("staff")), Some("assignee")),
    command("add_tag", "Add tag", Argument::Word, None),
    command("remove_tag", "Remove tag", Argument::Word, None),
    command("reply", "Send an automatic reply", Argument::Template, None),
    command("note", "Write an internal note", Argument::Template, None),
];

const fn event(kind: &'static str, label: &'static str, changes: Change) -> EventKind {
    EventKind { kind, label, changes }
}

const fn field(name: &'static str, label: &'static str, kind: FieldKind) -> Field {
    Field { name: Borrowed(name), label: Borrowed(label), kind }
}

const fn command(name: &'static str, label: &'static str, argument: Argument, sets: Option<&'static str>) -> Command {
    let sets = match sets {
        Some(name) => Some(Borrowed(name)),
        None => None,
    };
    Command { name: Borrowed(name), label: Borrowed(label), argument, sets }
}

fn choices<'a>(conn: &'a mut Conn, list: &'a str) -> BoxFuture<'a, Result<Vec<Choice>>> {
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    Box::pin(async move {
        Ok(match list {
            "statuses" => Status::ALL.iter().map(|status| choice(status.word(), status.label())).collect(),
            "custom_statuses" => CustomStatus::active(conn).await?.iter().map(|status| choice(&status.key, &status.name)).collect(),
            "priorities" => Priority::ALL.iter().map(|priority| choice(priority.word(), priority.label())).collect(),
            "categories" => Category::ALL.iter().map(|category| choice(category.word(), category.label())).collect(),
            "channels" => Channel::ALL.iter().map(|channel| choice(channel.word(), channel.label())).collect(),
            "teams" => Team::all(conn).await?.iter().map(|team| choice(&team.id.to_string(), &team.name)).collect(),
            "staff" => Person::staff(conn).await?.iter().map(|person| choice(&person.id.to_string(), &person.name)).collect(),
            "organizations" => Organization::names(conn).await?.iter().map(|(id, name)| choice(&id.to_string(), name)).collect(),
            other => made::choices(conn, other).await?,
        })
    })
}

fn candidates(conn: &mut Conn, walk: Walk, after: Place, limit: i64) -> BoxFuture<'_, Result<Vec<Place>>> {
    let (key, id) = after;
    let mut query: Query = match walk {
        Walk::Alive => sql!("SELECT CAST(0 AS BIGINT), id FROM tickets WHERE status <> 'CLOSED' AND trashed_at IS NULL AND id > $1 ORDER BY id", id),
        Walk::Since(since) => sql!(
            "SELECT updated_at, id FROM tickets WHERE trashed_at IS NULL AND updated_at >= $1 AND (updated_at, id) > ($2, $3) ORDER BY updated_at, id",
            since,
            key,
            id
        ),
    };
    query.limit(limit);
    Box::pin(async move { Ok(conn.all(query).await?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_what_refers_to_a_name_finds_it() {
        let fields: Vec<&str> = FIELDS.iter().map(|field| &*field.name).collect();
        let commands: Vec<&str> = COMMANDS.iter().map(|command| &*command.name).collect();
        for names in [&fields, &commands] {
            assert!(names.iter().enumerate().all(|(at, name)| !names[at + 1..].contains(name)), "{names:?}");
        }
        assert!(COMMANDS.iter().all(|command| command.sets.as_deref().is_none_or(|name| fields.contains(&name))));
        assert!(EVENTS.iter().all(|event| !matches!(event.changes, Change::Field(name) if !fields.contains(&name))));
        let duty = OFFER.duty.unwrap();
        assert!(commands.contains(&duty.command) && [duty.person, duty.team, duty.is_work].iter().all(|name| fields.contains(name)));
    }
}
