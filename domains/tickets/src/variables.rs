//! Variables in the texts of macros, canned replies and rules: `{{requester.first_name}}`. Checked when a text is saved,
//! filled in when it is used. What is filled in is other people's text: it is escaped so that it stays text in Markdown.

use crate::Ticket;
use richtext::variables;

/// Every variable, with what it stands for.
pub const KNOWN: &[(&str, &str)] = &[
    ("requester.first_name", "First name of whoever asked"),
    ("requester.name", "Their whole name"),
    ("requester.email", "Their mail address"),
    ("ticket.number", "Number of the ticket, like #1042"),
    ("ticket.title", "Subject of the ticket"),
    ("ticket.team", "Team that answers"),
    ("organization.name", "Organization of whoever asked"),
    ("agent.name", "Whoever writes; in a rule the assignee, or this site"),
    ("agent.first_name", "Their first name"),
];

/// Who writes.
#[derive(Clone, Copy, Debug)]
pub enum Writer<'a> {
    /// A person of this name.
    Person(&'a str),
    /// The site of this name: nobody writes, and nobody has the ticket.
    Site(&'a str),
}

/// Says which variable there is not; none when all are known.
pub fn unknown(text: &str) -> Option<String> {
    variables::unknown(text, KNOWN)
}

/// The text with the values of a ticket and of the one who writes.
pub fn fill(text: &str, ticket: &Ticket, writer: Writer<'_>) -> String {
    let (Writer::Person(agent) | Writer::Site(agent)) = writer;
    let first = |name: &str| name.split_whitespace().next().unwrap_or(name).to_owned();
    let value = |name: &str| match name {
        "requester.first_name" => first(&ticket.requester_name),
        "requester.name" => ticket.requester_name.clone(),
        "requester.email" => ticket.requester_email.clone(),
        "ticket.number" => format!("#{}", ticket.number),
        "ticket.title" => ticket.title.clone(),
        "ticket.team" => ticket.team.clone().unwrap_or_default(),
        "organization.name" => ticket.organization.clone().unwrap_or_default(),
        "agent.first_name" if matches!(writer, Writer::Person(_)) => first(agent),
        "agent.name" | "agent.first_name" => agent.to_owned(),
        _ => String::new(),
    };
    variables::fill(text, |name| (value(name), name == "ticket.number"))
}
