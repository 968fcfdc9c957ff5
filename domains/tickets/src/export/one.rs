//! A ticket to take away: as JSON, as PDF, and as a page to print. Notes are for staff, and only when asked for.

use crate::{
    Message, Ticket,
    api::id,
    json, message,
    openapi::{Denied, Hidden, Wrong, shapes::TicketPath},
    policy::Action,
    views,
};
use askama::Template;
use kernel::{Actor, Fault, Result, Scope};
use utoipa::IntoParams;
use web::{Answer, Asked, Bucket, Fields, Form, Path, Visit};

db::words! {
    /// What a ticket is written as.
    enum Format {
        /// The ticket as the API has it.
        Json = "json",
        /// A document in A4.
        Pdf = "pdf",
    }
}

/// What of a ticket.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads it")]
pub(super) struct OneQuery {
    /// `json` when it is left out, or `pdf`.
    #[param(example = "json")]
    format: Option<String>,
    /// Internal notes too. Staff only.
    notes: Option<bool>,
}

pub(super) struct Wanted {
    format: Format,
    notes: bool,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self { format: fields.word("format", Format::WORDS).unwrap_or(Format::Json), notes: fields.boolean("notes") }
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
    description = "One ticket with its thread and the names of its files, as JSON to keep or as PDF. Internal notes only for staff that asks for them. A PDF has at most a million characters: 413.",
    params(TicketPath, OneQuery), responses((status = 200, description = "The ticket", content((json::TicketJson = "application/json"), (Vec<u8> = "application/pdf"))), Denied, Hidden, Wrong))]
pub(super) async fn one(visit: Visit, Path(ticket): Path<String>, Asked(wanted): Asked<Wanted>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    if wanted.format == Format::Pdf {
        visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
        let sheet = sheet(&visit, &mut conn, &ticket, wanted.notes, "").await?;
        drop(conn);
        return as_pdf(sheet, ticket.number).await;
    }
    let messages = thread(&mut conn, actor, &ticket, wanted.notes).await?;
    let name = format!("ticket-{}.json", ticket.number);
    let mut whole = json::brief(&mut conn, actor, &ticket).await?;
    whole.attachments = Some(json::attachments(&visit.app, &mut conn, actor, &ticket, &messages).await?);
    whole.messages = Some(messages.into_iter().map(|message| json::message(actor, message)).collect());
    let text = serde_json::to_string_pretty(&whole).map_err(|error| Fault::Broken(error.to_string()))?;
    web::download("application/json", &name, text)
}

/// `GET /requests/{id}/print`, `GET /desk/tickets/{id}/print?notes=true`: the thread on paper, by the browser.
#[derive(Template)]
#[template(path = "print.html")]
struct Print {
    page: ui::Page,
    number: String,
    facts: Vec<(&'static str, String)>,
    messages: Vec<views::Message>,
    back: String,
    /// The same as PDF; a guest, who has no account, prints.
    pdf: Option<String>,
}

pub(super) async fn print_request(visit: Visit, Path(ticket): Path<String>) -> Answer {
    if matches!(visit.actor.who, kernel::Who::Stranger) {
        return Err(Fault::SignIn.into());
    }
    print(&visit, &ticket, false, "/requests").await
}

pub(super) async fn print_ticket(visit: Visit, Path(ticket): Path<String>, Asked(wanted): Asked<Wanted>) -> Answer {
    visit.staff()?;
    print(&visit, &ticket, wanted.notes, "/desk/tickets").await
}

async fn print(visit: &Visit, ticket: &str, notes: bool, base: &str) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, &visit.actor, id(ticket)?, Action::See).await?;
    web::html(&sheet(visit, &mut conn, &ticket, notes, base).await?)
}

/// What is on paper, of a page and of a PDF alike.
async fn sheet(visit: &Visit, conn: &mut db::Conn, ticket: &Ticket, notes: bool, base: &str) -> Result<Print> {
    let actor = &*visit.actor;
    let messages = thread(conn, actor, ticket, notes).await?;
    let files = json::attachments(&visit.app, conn, actor, ticket, &messages).await?;
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
    let pdf = format!("/api/support/tickets/{}/export?format=pdf{}", ticket.id, if notes { "&notes=true" } else { "" });
    Ok(Print {
        page: visit.page(ticket.title.clone()),
        number: format!("#{}", ticket.number),
        facts,
        messages: shown.collect(),
        back: format!("{base}/{}", ticket.id),
        pdf: actor.is_signed_in().then_some(pdf),
    })
}

/// The sheet as a file. Names are those that the page has.
async fn as_pdf(sheet: Print, number: i64) -> Answer {
    let page = &sheet.page;
    let paper = pdf::Paper {
        mark: format!("{} {} {}", page.brand.name, page.brand.tagline, sheet.number),
        title: page.title.clone(),
        facts: sheet.facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        sections: sheet
            .messages
            .into_iter()
            .map(|message| pdf::Section {
                head: message.author,
                aside: page.full(message.at),
                label: message.is_note.then(|| "Internal note".to_owned()),
                html: message.html,
                notes: message.files.into_iter().map(|file| format!("{}, {}", file.name, ui::size(file.size))).collect(),
            })
            .collect(),
    };
    let written = tokio::task::spawn_blocking(move || pdf::write(&paper)).await.map_err(|error| Fault::Broken(error.to_string()))?;
    match written {
        Ok(bytes) => web::download("application/pdf", &format!("ticket-{number}.pdf"), bytes),
        Err(pdf::Error::TooLong) => Err(Fault::TooLarge(format!("A PDF has at most {} characters. Take JSON, or print the page.", pdf::MOST)).into()),
        Err(error) => Err(Fault::Broken(error.to_string()).into()),
    }
}
