//! Export of a list as CSV or JSON, streamed, and of a ticket. Everybody gets what they may see.

mod one;

use crate::{
    batch, json,
    list::{Filter, Listed},
    openapi::{Denied, Wrong},
};
use futures::stream;
use kernel::{Actor, Fault, Result, Scope};
use std::sync::Arc;
use utoipa::{IntoParams, OpenApi};
use web::{Answer, App, Asked, Bucket, Fields, Form, Routes, Visit, csv};

/// Rows read at once.
const PAGE: i64 = 500;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/export/tickets", list)
        .get("/api/support/tickets/{id}/export", one::one)
        .get("/requests/{id}/print", one::print_request)
        .get("/desk/tickets/{id}/print", one::print_ticket)
}

#[derive(OpenApi)]
#[openapi(paths(list, one::one), tags((name = "Export", description = "Lists and tickets to take away.")))]
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
async fn list(visit: Visit, Asked(mut wanted): Asked<Wanted>) -> Answer {
    visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    wanted.filter.find(&visit.app, &visit.actor).await?;
    let name = match wanted.format {
        Format::Csv => "tickets.csv",
        Format::Json => "tickets.json",
    };
    let kind = if wanted.format == Format::Csv { csv::KIND } else { "application/json" };
    let rows = Rows { app: visit.app.clone(), actor: Arc::clone(&visit.actor), wanted, state: Stage::Head };
    web::download(kind, name, web::pieces(stream::unfold(rows, Rows::next)))
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
