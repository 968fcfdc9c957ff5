//! The history of a ticket: its lines of the journal, for whom they are meant, and in plain words.

use crate::{
    Category, Priority, Status, Ticket,
    policy::{self, Action},
    views,
};
use db::{
    Conn, Event, Word,
    journal::{self, Wanted},
};
use kernel::{Actor, Result};
use serde_json::Value;

/// Lines about a ticket that the actor may see, oldest first. Of notes a customer does not even learn the time.
pub async fn of(conn: &mut Conn, actor: &Actor, ticket: &Ticket) -> Result<Vec<Event>> {
    let sees_all = policy::may_now(conn, actor, Action::Note, ticket).await?;
    let mut events = journal::of(conn, ticket.id.uuid()).await?;
    events.retain(|event| sees_all || !event.staff_only);
    if !sees_all {
        hide(conn, &mut events).await?;
    }
    Ok(events)
}

/// What customers may not learn of their lines: fields that became staff's since, and the names of rules.
async fn hide(conn: &mut Conn, events: &mut Vec<Event>) -> Result<()> {
    events.iter_mut().for_each(without_cause);
    crate::field_value::hide_from_customers(conn, events).await
}

/// Rules and their names are ours: customers learn that something happened by itself.
fn without_cause(event: &mut Event) {
    let mut facts = event.facts();
    if facts.as_object_mut().is_some_and(|facts| facts.remove("cause").is_some()) {
        "Automated".clone_into(&mut event.actor_name);
        event.data = facts.to_string();
    }
}

/// A page of these lines: by their place, of one kind if wanted. Whoever may not see notes gets public lines alone.
pub(crate) async fn page(conn: &mut Conn, actor: &Actor, ticket: &Ticket, wanted: Wanted, limit: i64) -> Result<Vec<Event>> {
    let sees_all = policy::may_now(conn, actor, Action::Note, ticket).await?;
    Ok(journal::page(conn, ticket.id.uuid(), &Wanted { public_only: !sees_all, ..wanted }, limit).await?)
}

/// Takes from a page what became staff's since: called after the next page is known, so that a page may be shorter but
/// none is missed.
pub(crate) async fn cover(conn: &mut Conn, actor: &Actor, ticket: &Ticket, events: &mut Vec<Event>) -> Result<()> {
    if policy::may_now(conn, actor, Action::Note, ticket).await? { Ok(()) } else { hide(conn, events).await }
}

/// The sort that a cursor of the history belongs to.
pub(crate) const SORT: &str = "events";

/// Cuts a page that was read with one line more; answers where to go on.
pub(crate) fn next(events: &mut Vec<Event>, limit: i64, ticket: &Ticket) -> Option<String> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if events.len() <= limit {
        return None;
    }
    events.truncate(limit);
    events.last().map(|last| web::Cursor { sort: SORT.to_owned(), value: last.seq, id: ticket.id.uuid() }.encode())
}

/// What stands between the messages of a thread: none for messages themselves.
pub(crate) fn entry(event: &Event, for_staff: bool) -> Option<views::Event> {
    let (icon, text) = sentence(event, for_staff)?;
    Some(views::Event { id: event.seq.to_string(), icon, who: event.actor_name.clone(), text, at: event.at })
}

fn sentence(event: &Event, for_staff: bool) -> Option<(&'static str, String)> {
    let facts = event.facts();
    let (old, new) = (shown(&facts["old"]), shown(&facts["new"]));
    let said = |key: &str| facts[key].as_str().unwrap_or_default();
    Some(match event.kind.as_str() {
        "ticket.status_changed" if for_staff && facts["custom"] == true => return None,
        "ticket.status_changed" => {
            let status = facts["new"].as_str().and_then(<Status as Word>::from_word)?;
            let label = if for_staff { status.label().into() } else { status.for_customers().label };
            ("i-circle-check", format!("set the status to {label}"))
        }
        crate::custom_status::CHANGED => ("i-circle-dashed", format!("set the status to {new}")),
        "ticket.priority_changed" => ("i-chart-no-axes-column-increasing", format!("set the priority to {new}")),
        "ticket.category_changed" => ("i-tag", format!("set the category to {new}")),
        "ticket.title_changed" => ("i-pencil", format!("changed the subject from “{old}” to “{new}”")),
        "ticket.description_changed" => ("i-pencil", "changed the description".to_owned()),
        "ticket.assigned" if facts["new"].is_null() => ("i-user-minus", "took the assignment back".to_owned()),
        "ticket.assigned" if new == event.actor_name => ("i-user-check", "took this on".to_owned()),
        "ticket.assigned" => ("i-user-check", format!("assigned this to {new}")),
        "ticket.team_changed" if facts["new"].is_null() => ("i-users", "took it out of the team".to_owned()),
        "ticket.team_changed" => ("i-users", format!("gave it to the team {new}")),
        "ticket.tags_changed" => ("i-tag", format!("set the tags to {}", if new.is_empty() { "none".to_owned() } else { new })),
        crate::field_value::CHANGED => ("i-text-cursor-input", crate::field_value::sentence(&facts)),
        "ticket.listener_added" => ("i-user-plus", format!("added {}", facts["name"].as_str().unwrap_or_default())),
        "ticket.listener_removed" => ("i-user-minus", format!("removed {}", facts["name"].as_str().unwrap_or_default())),
        "ticket.reply_taken_back" => ("i-undo-2", "took a reply back before it went out".to_owned()),
        "ticket.later_scheduled" | "ticket.later_cancelled" | "ticket.later_stopped" | "ticket.later_hurried" => later(event)?,
        "ticket.snoozed" | "ticket.woke" | "ticket.marked_spam" | "ticket.cleared_spam" => away(event)?,
        "ticket.trashed" => ("i-trash-2", "put it into the trash".to_owned()),
        "ticket.restored" => ("i-archive-restore", "took it out of the trash".to_owned()),
        "sla.warned" => ("i-alarm-clock", format!("warned: {}", facts["label"].as_str().unwrap_or_default())),
        "sla.breached" => ("i-alarm-clock-minus", format!("says the deadline was missed: {}", facts["label"].as_str().unwrap_or_default())),
        "ticket.mail_failed" if for_staff => ("i-triangle-alert", format!("could not mail {}: {}", said("address"), said("words"))),
        "ticket.mail_bounced" if for_staff => ("i-triangle-alert", format!("got a mail to {} back: {}", said("address"), said("words"))),
        kind if for_staff => crate::merge::sentence(kind, &facts).or_else(|| crate::link::sentence(kind, &facts)).or_else(|| incident(kind, &facts))?,
        _ => return None,
    })
}

/// What an incident says of itself, and of its children.
fn incident(kind: &str, facts: &Value) -> Option<(&'static str, String)> {
    let count = |key: &str| facts[key].as_i64().unwrap_or_default();
    let title = facts["new"].as_str();
    Some(match kind {
        "incident.opened" => ("i-siren", "made this an incident".to_owned()),
        "incident.titled" => ("i-siren", title.map_or_else(|| "took the public title away".to_owned(), |title| format!("called it “{title}” in public"))),
        "incident.ended" => ("i-siren", "made this an ordinary ticket again".to_owned()),
        "incident.update_asked" => ("i-megaphone", format!("is sending that to {} requests", count("total"))),
        "incident.update_sent" => ("i-megaphone", format!("sent that to {} of {} requests", count("sent"), count("total"))),
        "incident.updated" => ("i-megaphone", format!("sent this from #{}, an incident", count("number"))),
        _ => return None,
    })
}

/// What took a ticket out of the lists of work, and what brought it back.
fn away(event: &Event) -> Option<(&'static str, String)> {
    let facts = event.facts();
    Some(match (event.kind.as_str(), facts["by"].as_str()) {
        ("ticket.snoozed", _) if facts["until"].is_null() => ("i-alarm-clock-off", "put it away until the customer replies".to_owned()),
        ("ticket.snoozed", _) => ("i-alarm-clock-off", format!("put it away until {}", moment(&facts["until"]))),
        ("ticket.woke", Some("TIME")) => ("i-bell", "brought it back: its time came".to_owned()),
        ("ticket.woke", Some("REPLY")) => ("i-bell", "replied, which brought it back".to_owned()),
        ("ticket.woke", _) => ("i-bell", "brought it back".to_owned()),
        ("ticket.marked_spam", _) => ("i-octagon-alert", "marked it as spam".to_owned()),
        ("ticket.cleared_spam", _) => ("i-octagon-alert", "took the spam mark away".to_owned()),
        _ => return None,
    })
}

/// What is to happen at a time, and what became of it.
fn later(event: &Event) -> Option<(&'static str, String)> {
    let facts = event.facts();
    let what = if facts["message"].is_null() { format!("the status {}", shown(&facts["status"])) } else { "a reply".to_owned() };
    Some(match (event.kind.as_str(), facts["why"].as_str()) {
        ("ticket.later_scheduled", _) => ("i-clock", format!("scheduled {what} for {}", moment(&facts["at"]))),
        ("ticket.later_cancelled", _) => ("i-undo-2", format!("called off {what} that was scheduled")),
        ("ticket.later_hurried", _) if facts["message"].is_null() => ("i-clock", format!("did not wait with {what}")),
        ("ticket.later_hurried", _) => ("i-clock", "sent a scheduled reply now".to_owned()),
        ("ticket.later_stopped", Some("CUSTOMER")) => ("i-circle-pause", "came before what was scheduled, which waits now".to_owned()),
        ("ticket.later_stopped", Some("RIGHTS")) => ("i-circle-pause", "stopped what was scheduled: whoever did that may not any more".to_owned()),
        ("ticket.later_stopped", Some("MERGE")) => ("i-circle-pause", "stopped what was scheduled, because a ticket was merged in".to_owned()),
        ("ticket.later_stopped", Some("STATUS")) => ("i-circle-pause", "stopped what was scheduled: the status that it sets was removed".to_owned()),
        ("ticket.later_stopped", Some("TRASH")) => ("i-circle-pause", "stopped what was scheduled: the ticket lay in the trash".to_owned()),
        ("ticket.later_stopped", _) => ("i-circle-pause", "stopped what was scheduled: a field that is needed to solve was empty".to_owned()),
        _ => return None,
    })
}

/// A stored time as a sentence has it, in UTC: "18 Nov 2026, 09:00 UTC".
fn moment(value: &Value) -> String {
    value.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok()).map_or_else(String::new, |at| at.strftime("%-d %b %Y, %H:%M UTC").to_string())
}

/// A line of the history page: every kind of event, messages too.
pub(crate) fn change(event: &Event) -> views::Change {
    let facts = event.facts();
    let value = |key: &str| Some(shown(&facts[key])).filter(|text| !text.is_empty());
    let (old, new) = match event.kind.as_str() {
        "ticket.created" | "ticket.merged" | "ticket.merged_in" | "ticket.merge_undone" | "ticket.merged_out" | "ticket.linked" | "ticket.unlinked" => {
            (None, facts["number"].as_i64().map(|number| format!("#{number}")))
        }
        "ticket.listener_added" => (None, value("name")),
        "ticket.listener_removed" => (value("name"), None),
        "sla.warned" | "sla.breached" => (None, value("label")),
        _ => (value("old"), value("new")),
    };
    let why_href = facts["cause"]["rule"].as_str().map(|_| format!("/desk/tickets/{}/rules", event.subject_id));
    views::Change { who: event.actor_name.clone(), what: named(event, &facts), old, new, why: why(event, &facts), why_href, at: event.at }
}

/// Why it happened, where no person did it: the rule or the reason that the facts name, else that the program did.
fn why(event: &Event, facts: &Value) -> Option<String> {
    let rule = facts["cause"]["name"].as_str().map(|rule| format!("Rule “{rule}”"));
    let reason = || facts["cause"]["reason"].as_str().map(str::to_owned);
    rule.or_else(reason).or_else(|| (event.actor_kind == "system").then(|| "Automatic".to_owned()))
}

/// What a line is about: a custom field by its own name.
fn named(event: &Event, facts: &Value) -> String {
    let field = facts["label"].as_str().filter(|_| event.kind == crate::field_value::CHANGED);
    field.map_or_else(|| what(&event.kind), str::to_owned)
}

/// What a kind of line is called; an unknown one by its own words.
pub(crate) fn what(kind: &str) -> String {
    let known = match kind {
        "ticket.created" => "Created",
        "ticket.replied" | "ticket.customer_replied" => "Reply",
        "ticket.noted" => "Internal note",
        "ticket.reply_held" => "Reply written",
        "ticket.reply_taken_back" => "Reply taken back",
        "ticket.attached" => "Files",
        "ticket.status_changed" => "Status",
        "ticket.priority_changed" => "Priority",
        "ticket.category_changed" => "Category",
        "ticket.title_changed" => "Subject",
        "ticket.description_changed" => "Description",
        "ticket.assigned" => "Assignee",
        "ticket.team_changed" => "Team",
        "ticket.tags_changed" => "Tags",
        crate::field_value::CHANGED => "Field",
        "ticket.listener_added" => "Added",
        "ticket.listener_removed" => "Removed",
        "ticket.later_scheduled" => "Scheduled",
        "ticket.later_cancelled" => "Schedule cancelled",
        "ticket.later_stopped" => "Schedule stopped",
        "ticket.later_hurried" => "Sent before its time",
        "ticket.snoozed" => "Snoozed",
        "ticket.woke" => "Back from snooze",
        "ticket.marked_spam" => "Spam",
        "ticket.cleared_spam" => "No spam",
        "ticket.trashed" => "Trash",
        "ticket.restored" => "Restored",
        "ticket.rated" => "Rating",
        "ticket.mail_sent" => "Mail sent",
        "ticket.mail_failed" => "Mail failed",
        "ticket.mail_bounced" => "Mail came back",
        "ticket.mail_retried" => "Mail tried again",
        "worklog.time_added" | "worklog.time_changed" | "worklog.time_removed" => "Time spent",
        "worklog.checklist_added" => "Checklist added",
        "worklog.step_added" => "Step added",
        "worklog.step_done" => "Step done",
        "worklog.step_undone" => "Step undone",
        "worklog.step_changed" => "Step changed",
        "worklog.step_moved" => "Step moved",
        "worklog.step_removed" => "Step removed",
        "ticket.survey_sent" => "Survey sent",
        "sla.warned" => "Deadline near",
        "sla.breached" => "Deadline missed",
        "incident.opened" => "Incident",
        "incident.titled" => "Public title",
        "incident.ended" => "No incident any more",
        "incident.update_asked" => "Update begun",
        "incident.update_sent" => "Update sent",
        "incident.updated" => "Update of an incident",
        other => {
            if let Some(known) = crate::merge::label(other) {
                return known.to_owned();
            }
            let words = other.split_once('.').map_or(other, |(_, words)| words).replace('_', " ");
            let mut letters = words.chars();
            return letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
        }
    };
    known.to_owned()
}

/// A value in the words of agents.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => <Status as Word>::from_word(text)
            .map(Status::label)
            .or_else(|| <Priority as Word>::from_word(text).map(Priority::label))
            .or_else(|| <Category as Word>::from_word(text).map(Category::label))
            .map_or_else(|| text.clone(), str::to_owned),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}
