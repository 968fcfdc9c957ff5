//! Export: a list as CSV or JSON, streamed; a ticket as JSON and as a page to print. Everybody gets what they may see;
//! notes are for staff, and only when asked for.

use crate::{
    Message, Ticket,
    api::id,
    batch, json,
    list::{Filter, Listed},
    message,
    openapi::{Denied, Hidden, Wrong, shapes::TicketPath},
    policy::Action,
    views,
};
use askama::Template;
use futures::stream;
use kernel::{Actor, Fault, Result, Scope};
use std::sync::Arc;
use utoipa::{IntoParams, OpenApi};
use web::{Answer, App, Asked, Bucket, Fields, Form, IntoResponse, Path, Response, Routes, Visit, csv, header};

/// Rows read at once.
const PAGE: i64 = 500;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/export/tickets", list)
        .get("/api/support/tickets/{id}/export", one)
        .get("/requests/{id}/print", print_request)
        .get("/desk/tickets/{id}/print", print_ticket)
}

#[derive(OpenApi)]
#[openapi(paths(list, one), tags((name = "Export", description = "Lists and tickets to take away.")))]
pub(crate) struct Doc;

db::words! {
    /// What a list is written as.
    enum Format {
        /// RFC 4180.
        Csv = "csv",
        /// One object with all rows.
        Json = "json",
    }
}

/// Which list, and as what.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads it")]
struct ExportQuery {
    /// `csv` when it is left out, or `json`. Beside it every parameter of the list of tickets narrows the export.
    #[param(example = "csv")]
    format: Option<String>,
}

/// What of a ticket.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads it")]
struct OneQuery {
    /// Internal notes too. Staff only.
    notes: Option<bool>,
}

struct Wanted {
    format: Format,
    filter: Filter,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        let format = fields.word("format", Format::WORDS).unwrap_or(Format::Csv);
        let mut filter = Filter::read(fields);
        (filter.limit, filter.cursor) = (PAGE, None);
        Self { format, filter }
    }
}

/// Export a list of tickets.
#[utoipa::path(get, path = "/api/support/export/tickets", tag = "Export", operation_id = "exportTickets", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "All tickets of a list that you may see, without their threads, as CSV (RFC 4180; cells that a spreadsheet would take for a formula begin with an apostrophe) or JSON.",
    params(ExportQuery), responses((status = 200, description = "The list", body = String, content_type = "text/csv", example = "number,title\r\n"), Denied, Wrong))]
async fn list(visit: Visit, Asked(wanted): Asked<Wanted>) -> Answer {
    visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    let name = match wanted.format {
        Format::Csv => "tickets.csv",
        Format::Json => "tickets.json",
    };
    let kind = if wanted.format == Format::Csv { "text/csv; charset=utf-8; header=present" } else { "application/json" };
    let rows = Rows { app: visit.app.clone(), actor: Arc::clone(&visit.actor), wanted, state: Stage::Head };
    let body = axum::body::Body::from_stream(stream::unfold(rows, Rows::next));
    Ok(download(kind, name, body))
}

fn download(kind: &str, name: &str, body: impl Into<axum::body::Body>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let body: axum::body::Body = body.into();
    (headers, body).into_response()
}

/// How far the stream is.
enum Stage {
    Head,
    Rows { first: bool },
    End,
}

/// A list on its way out, a page at a time: no transaction stays open while a slow client reads.
struct Rows {
    app: App,
    actor: Arc<Actor>,
    wanted: Wanted,
    state: Stage,
}

impl Rows {
    async fn next(mut self) -> Option<(std::result::Result<String, std::io::Error>, Self)> {
        match self.state {
            Stage::End => None,
            Stage::Head => {
                self.state = Stage::Rows { first: true };
                let head =
                    if self.wanted.format == Format::Csv { csv::line(COLUMNS.iter().map(|(name, _)| (*name).to_owned())) } else { "{\"items\":[".to_owned() };
                Some((Ok(head), self))
            }
            Stage::Rows { first } => match self.page(first).await {
                Ok((text, next)) => {
                    self.state = if next.is_some() { Stage::Rows { first: false } } else { Stage::End };
                    self.wanted.filter.cursor = next;
                    Some((Ok(text), self))
                }
                Err(fault) => {
                    tracing::warn!(%fault, "an export broke off");
                    self.state = Stage::End;
                    // the client sees that it is not whole
                    Some((Err(std::io::Error::other("the export broke off")), self))
                }
            },
        }
    }

    async fn page(&self, first: bool) -> Result<(String, Option<String>)> {
        let mut conn = self.app.db.read().await?;
        let page = self.wanted.filter.page(&mut conn, &self.actor).await?;
        let ids: Vec<_> = page.rows.iter().map(|row| row.ticket.id).collect();
        let mut tags = if self.actor.is_staff() && !ids.is_empty() { batch::tags(&mut conn, &ids).await? } else { std::collections::HashMap::new() };
        drop(conn);
        let mut text = String::with_capacity(page.rows.len() * 256);
        for (index, row) in page.rows.into_iter().enumerate() {
            let tags = tags.remove(&row.ticket.id).unwrap_or_default();
            match self.wanted.format {
                Format::Csv => text.push_str(&csv::line(COLUMNS.iter().map(|(_, of)| of(&self.actor, &row, &tags)))),
                Format::Json => {
                    if !first || index > 0 {
                        text.push(',');
                    }
                    let mut shown = json::listed(&self.actor, row);
                    shown.tags = self.actor.is_staff().then_some(tags);
                    text.push_str(&serde_json::to_string(&shown).map_err(|error| Fault::Broken(error.to_string()))?);
                }
            }
        }
        if page.next.is_none() && self.wanted.format == Format::Json {
            text.push_str("]}");
        }
        Ok((text, page.next))
    }
}

type Column = (&'static str, fn(&Actor, &Listed, &[String]) -> String);

/// The columns of a CSV; what customers may not know is empty for them.
const COLUMNS: &[Column] = &[
    ("number", |_, row, _| row.ticket.number.to_string()),
    ("title", |_, row, _| row.ticket.title.clone()),
    ("status", |_, row, _| row.ticket.status.word().to_owned()),
    ("priority", |_, row, _| row.ticket.priority.word().to_owned()),
    ("category", |_, row, _| row.ticket.category.word().to_owned()),
    ("channel", |_, row, _| row.ticket.channel.word().to_owned()),
    ("requester", |_, row, _| row.ticket.requester_name.clone()),
    (
        "requesterEmail",
        |actor, row, _| {
            if actor.is_staff() || actor.person == Some(row.ticket.requester_id) { row.ticket.requester_email.clone() } else { String::new() }
        },
    ),
    ("organization", |_, row, _| row.ticket.organization.clone().unwrap_or_default()),
    ("assignee", |_, row, _| row.ticket.assignee.clone().unwrap_or_default()),
    ("team", |actor, row, _| row.ticket.team.clone().filter(|_| actor.is_staff()).unwrap_or_default()),
    ("tags", |_, _, tags| tags.join(" ")),
    ("createdAt", |_, row, _| row.ticket.created_at.to_string()),
    ("updatedAt", |actor, row, _| if actor.is_staff() { row.ticket.updated_at } else { row.ticket.public_at }.to_string()),
    ("firstReplyAt", |_, row, _| row.ticket.first_reply_at.map_or(String::new(), |at| at.to_string())),
    ("resolvedAt", |_, row, _| row.ticket.resolved_at.map_or(String::new(), |at| at.to_string())),
    ("id", |_, row, _| row.ticket.id.to_string()),
];

struct Notes {
    notes: bool,
}

impl Form for Notes {
    fn read(fields: &mut Fields) -> Self {
        Self { notes: fields.boolean("notes") }
    }
}

/// The thread for taking away: notes for staff that asks for them; what is still held for nobody.
async fn thread(conn: &mut db::Conn, actor: &Actor, ticket: &Ticket, notes: bool) -> Result<Vec<Message>> {
    let mut messages = Message::of(conn, actor, ticket, None, message::SHOWN).await?;
    messages.retain(|message| message.held_until.is_none() && (!message.is_internal || notes && actor.is_staff()));
    Ok(messages)
}

/// Export a ticket.
#[utoipa::path(get, path = "/api/support/tickets/{id}/export", tag = "Export", operation_id = "exportTicket", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "One ticket with its thread and the names of its files, as JSON to keep. Internal notes only for staff that asks for them.",
    params(TicketPath, OneQuery), responses((status = 200, description = "The ticket", body = json::TicketJson), Hidden, Wrong))]
async fn one(visit: Visit, Path(ticket): Path<String>, Asked(wanted): Asked<Notes>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    let messages = thread(&mut conn, actor, &ticket, wanted.notes).await?;
    let name = format!("ticket-{}.json", ticket.number);
    let mut whole = json::brief(&mut conn, actor, &ticket).await?;
    whole.attachments = Some(json::attachments(&visit.app, &mut conn, actor, &ticket, &messages).await?);
    whole.messages = Some(messages.into_iter().map(|message| json::message(actor, message)).collect());
    let text = serde_json::to_string_pretty(&whole).map_err(|error| Fault::Broken(error.to_string()))?;
    Ok(download("application/json", &name, text))
}

/// `GET /requests/{id}/print`, `GET /desk/tickets/{id}/print?notes=true`: the thread on paper, or as PDF by the browser.
#[derive(Template)]
#[template(path = "print.html")]
struct Print {
    page: ui::Page,
    number: String,
    facts: Vec<(&'static str, String)>,
    messages: Vec<views::Message>,
    back: String,
}

async fn print_request(visit: Visit, Path(ticket): Path<String>) -> Answer {
    if matches!(visit.actor.who, kernel::Who::Stranger) {
        return Err(Fault::SignIn.into());
    }
    print(&visit, &ticket, false, "/requests").await
}

async fn print_ticket(visit: Visit, Path(ticket): Path<String>, Asked(wanted): Asked<Notes>) -> Answer {
    visit.staff()?;
    print(&visit, &ticket, wanted.notes, "/desk/tickets").await
}

async fn print(visit: &Visit, ticket: &str, notes: bool, base: &str) -> Answer {
    let actor = &*visit.actor;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(ticket)?, Action::See).await?;
    let messages = thread(&mut conn, actor, &ticket, notes).await?;
    let files = json::attachments(&visit.app, &mut conn, actor, &ticket, &messages).await?;
    let status = if actor.is_staff() { ticket.status_for_agents() } else { ticket.status_for_customers() }.label;
    let shown = messages.into_iter().map(|message| views::Message {
        html: message.safe_html().into_string(),
        files: files
            .iter()
            .filter(|file| file.message_id == message.id.uuid())
            .map(|file| views::File { name: file.filename.clone(), href: None, preview: None, size: file.size, icon: "i-file" })
            .collect(),
        id: message.id.to_string(),
        author: message.author_name,
        about: String::new(),
        is_note: message.is_internal,
        at: message.created_at,
        held: None,
    });
    let mut facts = vec![("Requester", ticket.requester_name.clone()), ("Status", status.into_owned()), ("Category", ticket.category.label().to_owned())];
    facts.extend(ticket.organization.clone().map(|name| ("Organization", name)));
    facts.extend(ticket.assignee.clone().map(|name| ("Assignee", name)));
    web::html(&Print {
        page: visit.page(ticket.title.clone()),
        number: format!("#{}", ticket.number),
        facts,
        messages: shown.collect(),
        back: format!("{base}/{}", ticket.id),
    })
}
