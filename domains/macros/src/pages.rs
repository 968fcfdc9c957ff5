//! The desk's pages of macros: the list and the form of one, the menu in the box one writes in, and the preview.

use crate::{
    Audience, Bulk, Macro, NewMacro,
    api::{Edit, List, Nothing, applied, id, use_on},
    bulk::Outcome,
    changes::{Changes, Known},
    form::{ChangeFields, Choice, choices},
    policy::{self, Action},
    work,
};
use askama::Template;
use db::Id;
use kernel::{Actor, Fault, FieldErrors, Result};
use tickets::{
    Ticket, draft,
    policy::Action as On,
    variables::{self, Writer},
};
use ui::{Errors, NavItem, Panel, PanelPlace, Place};
use web::{Answer, Asked, Fields, Flash, Form, HeaderMap, Input, Path, Routes, StatusCode, Visit};

pub(crate) const PANELS: &[Panel] =
    &[Panel { place: PanelPlace::Composer, name: "macros", label: "Use a snippet or macro", path: "/desk/tickets/{id}/macros" }];

pub(crate) fn nav() -> Vec<NavItem> {
    vec![NavItem { place: Place::AdminWork, label: "Snippets", icon: "i-message-square-text", href: "/desk/macros", staff: true, admin: false }]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/desk/macros", list)
        .post("/desk/macros", add)
        .get("/desk/macros/new", blank)
        .get("/desk/macros/{id}", show)
        .post("/desk/macros/{id}", change)
        .post("/desk/macros/{id}/delete", remove)
        .get("/desk/tickets/{id}/macros", menu)
        .get("/desk/tickets/{id}/macros/{macro}", preview)
        .post("/desk/tickets/{id}/macros/{macro}", apply)
}

/// A macro in a list.
struct Row {
    id: String,
    name: String,
    kind: &'static str,
    audience: String,
    used: i64,
    trouble: Option<String>,
}

impl Row {
    fn of(known: &Known, found: Macro) -> Self {
        Self {
            kind: if found.changes.changes_nothing() { "Snippet" } else { "Macro" },
            audience: match (found.audience, found.team) {
                (Audience::Personal, _) => "Only you".to_owned(),
                (Audience::Team, Some(team)) => team,
                (Audience::Team, None) => "A team that is gone".to_owned(),
                (Audience::All, _) => "All staff".to_owned(),
            },
            trouble: found.changes.trouble(known),
            id: found.id.to_string(),
            name: found.name,
            used: found.used,
        }
    }
}

/// `GET /desk/macros`.
#[derive(Template)]
#[template(path = "macros.html")]
struct MacrosPage {
    page: ui::Page,
    q: String,
    rows: Vec<Row>,
    next: Option<String>,
    is_later: bool,
}

async fn list(visit: Visit, Asked(asked): Asked<List>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let (found, next) = asked.page(&mut conn, actor).await?;
    let known = Known::now(&mut conn).await?;
    let rows = found.into_iter().map(|found| Row::of(&known, found)).collect();
    web::html(&MacrosPage { page: visit.page("Snippets"), q: asked.q.unwrap_or_default(), rows, next, is_later: asked.cursor.is_some() })
}

/// `GET /desk/macros/new` and `/desk/macros/{id}`.
#[derive(Template)]
#[template(path = "macro.html")]
struct MacroPage {
    page: ui::Page,
    errors: Errors,
    action: String,
    version: i64,
    name: String,
    text: String,
    is_note: bool,
    audiences: Vec<Choice>,
    audience_teams: Vec<Choice>,
    f: ChangeFields,
    trouble: Option<String>,
    delete: Option<String>,
    may_edit: bool,
    variables: &'static [(&'static str, &'static str)],
}

impl MacroPage {
    fn of(visit: &Visit, known: &Known, shown: &NewMacro, stored: Option<&Macro>) -> Self {
        let actor = &*visit.actor;
        let may_edit = stored.is_none_or(|found| policy::may(actor, Action::Edit, found));
        let said = shown.changes.said.as_ref();
        let word = |audience: Audience, label: &str| Choice::new(audience.word(), label, shown.audience == audience);
        let mut audiences = vec![word(Audience::Personal, "Only me")];
        if actor.is_supervisor() || shown.audience != Audience::Personal {
            audiences.extend([word(Audience::Team, "One team"), word(Audience::All, "All staff")]);
        }
        Self {
            page: visit.page(stored.map_or("New snippet or macro", |found| &found.name)),
            errors: Errors::new(),
            action: stored.map_or_else(|| "/desk/macros".to_owned(), |found| format!("/desk/macros/{}", found.id)),
            version: stored.map_or(0, |found| found.version),
            name: shown.name.clone(),
            text: said.map(|said| said.text.clone()).unwrap_or_default(),
            is_note: said.is_some_and(|said| said.is_internal),
            audience_teams: if audiences.len() > 1 { choices(known.teams_by_name(), shown.team, "Choose a team") } else { Vec::new() },
            audiences,
            f: ChangeFields::of(known, &shown.changes),
            trouble: shown.changes.trouble(known),
            delete: stored.filter(|_| may_edit).map(|found| format!("/desk/macros/{}/delete", found.id)),
            may_edit,
            variables: variables::KNOWN,
        }
    }
}

/// The page's form: a text and whether it is a note, in place of `reply` and `note`.
struct Typed<T>(T);

impl Form for Typed<NewMacro> {
    fn read(fields: &mut Fields) -> Self {
        let is_note = fields.boolean("isNote");
        let mut new = NewMacro::read(fields);
        if let Some(said) = &mut new.changes.said {
            said.is_internal = is_note;
        }
        if new.audience != Audience::Team {
            new.team = None;
        }
        Self(new)
    }
}

impl Form for Typed<Edit> {
    fn read(fields: &mut Fields) -> Self {
        let version = fields.needed_integer("version", 1..=i64::MAX);
        Self(Edit { version, new: Typed::<NewMacro>::read(fields).0 })
    }
}

async fn blank(visit: Visit) -> Answer {
    visit.staff()?;
    let known = Known::now(&mut visit.app.db.read().await?).await?;
    let empty = NewMacro { name: String::new(), audience: Audience::Personal, team: None, changes: Changes::default() };
    web::html(&MacroPage::of(&visit, &known, &empty, None))
}

/// The form again, with what was typed and what is wrong.
async fn again(visit: &Visit, status: StatusCode, fields: &Fields, wrong: &FieldErrors, stored: Option<&Macro>) -> Answer {
    let known = Known::now(&mut visit.app.db.read().await?).await?;
    let typed = Typed::<NewMacro>::read(&mut fields.clone()).0;
    let mut page = MacroPage::of(visit, &known, &typed, stored);
    page.name = fields.typed("name");
    page.text = fields.typed("reply");
    page.f.keep(fields);
    for (field, sentence) in &wrong.0 {
        page.errors.add(if field == "note" { "reply" } else { field }, sentence);
    }
    web::html_with(status, &page)
}

fn said(visit: &Visit, place: &str, text: String) -> Answer {
    Ok(visit.flash(web::see_other(place)?, &Flash { kind: "good", text, undo: None }))
}

async fn add(visit: Visit, input: Input<Typed<NewMacro>>) -> Answer {
    let actor = visit.staff()?;
    let (read, fields, _, seal) = input.open();
    let outcome: Answer = async {
        let Typed(new) = read?;
        let mut tx = visit.app.db.write().await?;
        if let Some(answer) = seal.replay(&mut tx, &visit).await? {
            return Ok(answer);
        }
        let made = Macro::add(&mut tx, actor, &new).await?;
        seal.keep_redirect(&mut tx, &visit, "/desk/macros").await?;
        tx.commit().await?;
        said(&visit, "/desk/macros", format!("“{}” is ready to use.", made.name))
    }
    .await;
    match outcome {
        Err(web::Failure(Fault::Invalid(wrong))) => again(&visit, StatusCode::UNPROCESSABLE_ENTITY, &fields, &wrong, None).await,
        outcome => outcome,
    }
}

async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let found = Macro::get(&mut conn, actor, id(&one)?, Action::Use).await?;
    let known = Known::now(&mut conn).await?;
    let shown = NewMacro { name: found.name.clone(), audience: found.audience, team: found.team_id, changes: found.changes.clone() };
    web::html(&MacroPage::of(&visit, &known, &shown, Some(&found)))
}

async fn change(visit: Visit, Path(one): Path<String>, input: Input<Typed<Edit>>) -> Answer {
    let actor = visit.staff()?;
    let found = Macro::get(&mut visit.app.db.read().await?, actor, id(&one)?, Action::Edit).await?;
    let (read, fields, ..) = input.open();
    let outcome: Result<Macro> = async {
        let Typed(edit) = read?;
        let mut tx = visit.app.db.write().await?;
        let changed = found.change(&mut tx, actor, edit.version, &edit.new).await?;
        tx.commit().await?;
        Ok(changed)
    }
    .await;
    match outcome {
        Ok(changed) => said(&visit, "/desk/macros", format!("“{}” is saved.", changed.name)),
        Err(Fault::Invalid(wrong)) => again(&visit, StatusCode::UNPROCESSABLE_ENTITY, &fields, &wrong, Some(&found)).await,
        Err(Fault::Stale(_)) => {
            let words = "Somebody else saved this while you were at it. Yours is kept here, not saved yet. Save again to replace theirs.";
            again(&visit, StatusCode::CONFLICT, &fields, &FieldErrors::one("", words), Some(&found)).await
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn remove(visit: Visit, Path(one): Path<String>, _: Input<Nothing>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let found = Macro::get(&mut tx, actor, id(&one)?, Action::Edit).await?;
    found.remove(&mut tx, actor).await?;
    tx.commit().await?;
    said(&visit, "/desk/macros", format!("“{}” is deleted.", found.name))
}

/// `GET /desk/tickets/{id}/macros`: within the composer's frame a button that opens the finder; alone a list.
#[derive(Template)]
#[template(path = "macro_menu.html")]
struct MenuPage {
    page: ui::Page,
    ticket: String,
    number: String,
    q: String,
    rows: Vec<Row>,
    next: Option<String>,
}

/// The button and its dialog, for the frame alone.
#[derive(Template)]
#[template(path = "macro_button.html")]
struct Button {
    ticket: String,
}

async fn menu(visit: Visit, Path(ticket): Path<String>, Asked(asked): Asked<List>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, On::See).await?;
    if visit.frame.is_some() {
        return web::html(&Button { ticket: ticket.id.to_string() });
    }
    let (found, next) = asked.page(&mut conn, actor).await?;
    let known = Known::now(&mut conn).await?;
    let number = format!("#{}", ticket.number);
    web::html(&MenuPage {
        page: visit.page(format!("Snippets for {number}")),
        ticket: ticket.id.to_string(),
        number,
        q: asked.q.unwrap_or_default(),
        rows: found.into_iter().map(|found| Row::of(&known, found)).collect(),
        next,
    })
}

/// `GET /desk/tickets/{id}/macros/{macro}`: what it would say and do.
#[derive(Template)]
#[template(path = "macro_preview.html")]
struct PreviewPage {
    page: ui::Page,
    ticket: String,
    number: String,
    one: String,
    what: crate::api::AppliedJson,
}

async fn preview(visit: Visit, Path((ticket, one)): Path<(String, String)>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, On::Change).await?;
    let found = Macro::get(&mut conn, actor, id(&one)?, Action::Use).await?;
    let known = Known::now(&mut conn).await?;
    let what = applied(actor, &known, &found, &ticket);
    web::html(&PreviewPage {
        page: visit.page(found.name),
        ticket: ticket.id.to_string(),
        number: format!("#{}", ticket.number),
        one: found.id.to_string(),
        what,
    })
}

/// How a macro is applied from the desk.
struct Apply {
    /// The page put the text into its box already.
    is_filled: bool,
}

impl Form for Apply {
    fn read(fields: &mut Fields) -> Self {
        Self { is_filled: fields.boolean("filled") }
    }
}

/// `POST /desk/tickets/{id}/macros/{macro}`: changes the ticket, and lays the text into the box as a draft.
async fn apply(visit: Visit, headers: HeaderMap, Path((ticket, one)): Path<(String, String)>, input: Input<Apply>) -> Answer {
    let actor = visit.staff()?;
    let form = input.take()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, On::Change).await?;
    let found = Macro::get(&mut tx, actor, id(&one)?, Action::Use).await?;
    let here = format!("/desk/tickets/{}", ticket.id);
    let place = crate::pages_bulk::back(&headers).filter(|path| path.starts_with(&here) && !path.contains("/macros")).unwrap_or(here);
    let bulk = match use_on(&mut tx, actor, &found, &ticket).await {
        Err(Fault::Conflict { detail, .. }) => {
            return Ok(visit.flash(web::see_other(&place)?, &Flash { kind: "warn", text: detail, undo: None }));
        }
        used => used?,
    };
    if !form.is_filled {
        lay_down(&mut tx, actor, &found, &ticket).await?;
    }
    tx.commit().await?;
    let mut undo = None;
    if let Some(bulk) = bulk {
        let bulk = finish(&visit, actor, bulk.id).await?;
        if let Some(refused) = bulk.items(&mut visit.app.db.read().await?, actor, Outcome::Refused, 0, 1).await?.pop() {
            let text = format!("“{}” changed nothing. {}", found.name, refused.reason.unwrap_or_default());
            return Ok(visit.flash(web::see_other(&place)?, &Flash { kind: "warn", text, undo: None }));
        }
        undo = Some((format!("/desk/bulk/{}/undo", bulk.id), "Undo".to_owned()));
    }
    Ok(visit.flash(web::see_other(&place)?, &Flash { kind: "good", text: format!("“{}” applied.", found.name), undo }))
}

/// The text behind what was written already, as the draft of this person.
async fn lay_down(tx: &mut db::Tx, actor: &Actor, found: &Macro, ticket: &Ticket) -> Result<()> {
    let (Some(said), Some(person)) = (&found.changes.said, actor.person) else { return Ok(()) };
    let text = variables::fill(&said.text, ticket, Writer::Person(&actor.name));
    let begun = draft::of(tx, person, ticket.id).await?.map(|draft| draft.content).filter(|content| !content.trim().is_empty());
    let whole = begun.map_or_else(|| text.clone(), |begun| format!("{}\n\n{text}", begun.trim_end()));
    draft::save(tx, person, ticket.id, said.is_internal, &whole).await
}

/// Does what is small at once, so that the next page shows it; the worker goes on with the rest.
pub(crate) async fn finish(visit: &Visit, actor: &Actor, bulk: Id<Bulk>) -> Result<Bulk> {
    for _ in 0..2 {
        if !work::BULK.step(&visit.app.db, bulk.uuid()).await? {
            break;
        }
    }
    Bulk::get(&mut visit.app.db.read().await?, actor, bulk).await
}
