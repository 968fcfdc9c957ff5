//! Variables in replies: which there are, and their values for a ticket and the one who writes.

use kernel::Actor;
use richtext::variables;
use tickets::Ticket;

/// Every variable, with what it stands for.
pub const KNOWN: &[(&str, &str)] = &[
    ("requester.first_name", "First name of whoever asked"),
    ("requester.name", "Their whole name"),
    ("requester.email", "Their mail address"),
    ("ticket.number", "Number of the ticket, like #1042"),
    ("ticket.title", "Subject of the ticket"),
    ("ticket.team", "Team that answers"),
    ("organization.name", "Organization of whoever asked"),
    ("agent.name", "Your name"),
    ("agent.first_name", "Your first name"),
];

/// Says which variable there is not; none when all are known.
pub fn unknown(text: &str) -> Option<String> {
    variables::unknown(text, KNOWN)
}

/// The text with the values of a ticket and of the one who writes.
pub fn fill(text: &str, ticket: &Ticket, actor: &Actor) -> String {
    let first = |name: &str| name.split_whitespace().next().unwrap_or(name).to_owned();
    let value = |name: &str| match name {
        "requester.first_name" => first(&ticket.requester_name),
        "requester.name" => ticket.requester_name.clone(),
        "requester.email" => ticket.requester_email.clone(),
        "ticket.number" => format!("#{}", ticket.number),
        "ticket.title" => ticket.title.clone(),
        "ticket.team" => ticket.team.clone().unwrap_or_default(),
        "organization.name" => ticket.organization.clone().unwrap_or_default(),
        "agent.name" => actor.name.clone(),
        "agent.first_name" => first(&actor.name),
        _ => String::new(),
    };
    variables::fill(text, |name| (value(name), name == "ticket.number"))
}
