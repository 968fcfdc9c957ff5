//! `/admin/calendars`: admins. Business hours and holidays.

use super::{
    calendar_form::{Typed, Wish},
    id, said,
};
use crate::{Calendar, SavedCalendar, ical};
use accounts::{admin, again};
use askama::Template;
use kernel::{Fault, Result};
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, Routes, Upload, Visit};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/calendars", list)
        .post("/admin/calendars", add)
        .get("/admin/calendars/new", blank)
        .get("/admin/calendars/{id}", look)
        .post("/admin/calendars/{id}", change)
        .post("/admin/calendars/{id}/import", import)
        .post("/admin/calendars/{id}/remove", remove)
}

struct Line {
    id: String,
    name: String,
    zone: String,
    hours: String,
    holidays: usize,
}

#[derive(Template)]
#[template(path = "sla/calendars.html")]
struct Calendars {
    page: ui::Page,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "sla/calendar.html")]
struct CalendarPage {
    page: ui::Page,
    errors: Errors,
    id: Option<String>,
    version: i64,
    title: String,
    typed: Typed,
    zones: Vec<String>,
}

impl CalendarPage {
    fn action(&self) -> String {
        self.id.as_ref().map_or_else(|| "/admin/calendars".to_owned(), |id| format!("/admin/calendars/{id}"))
    }
}

/// `GET /admin/calendars`.
async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    let all = SavedCalendar::all(&mut visit.app.db.read().await?).await?;
    let lines = all.into_iter().map(line).collect::<Result<_>>()?;
    web::html(&Calendars { page: visit.page("Business hours"), lines })
}

fn line(saved: SavedCalendar) -> Result<Line> {
    let calendar = saved.calendar()?;
    let open: u32 = calendar.week.iter().flatten().map(|(opens, closes)| (u32::from(*closes) + 1_440 - u32::from(*opens) - 1) % 1_440 + 1).sum();
    Ok(Line {
        id: saved.id.to_string(),
        name: saved.name,
        hours: crate::length(std::time::Duration::from_secs(u64::from(open) * 60)),
        holidays: calendar.holidays.len(),
        zone: calendar.zone,
    })
}

fn page(visit: &Visit, saved: Option<&SavedCalendar>, typed: Typed) -> CalendarPage {
    let title = saved.map_or_else(|| "New calendar".to_owned(), |saved| saved.name.clone());
    CalendarPage {
        page: visit.page(title.clone()),
        errors: Errors::new(),
        id: saved.map(|saved| saved.id.to_string()),
        version: saved.map_or(0, |saved| saved.version),
        title,
        typed,
        zones: jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect(),
    }
}

/// `GET /admin/calendars/new`.
async fn blank(visit: Visit) -> Answer {
    let actor = admin(&visit)?;
    let calendar = Calendar { zone: actor.zone.clone(), ..Calendar::office() };
    web::html(&page(&visit, None, Typed::kept("", &calendar)))
}

/// `GET /admin/calendars/{id}`.
async fn look(visit: Visit, Path(calendar): Path<String>) -> Answer {
    admin(&visit)?;
    let saved = SavedCalendar::get(&mut visit.app.db.read().await?, id(&calendar)?).await?;
    web::html(&kept(&visit, &saved)?)
}

fn kept(visit: &Visit, saved: &SavedCalendar) -> Result<CalendarPage> {
    Ok(page(visit, Some(saved), Typed::kept(&saved.name, &saved.calendar()?)))
}

/// `POST /admin/calendars`.
async fn add(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = admin(&visit)?;
    let (read, fields, ..) = input.open();
    let added = async {
        let wish = read?;
        let mut tx = visit.app.db.write().await?;
        let id = SavedCalendar::add(&mut tx, actor, &wish.name, &wish.calendar).await?;
        tx.commit().await?;
        Ok(id)
    };
    match added.await {
        Ok(id) => said(&visit, &format!("/admin/calendars/{id}"), "Calendar added. Policies can count in it now."),
        Err(fault) => again(fault, |errors| CalendarPage { errors, ..page(&visit, None, Typed::again(&fields)) }),
    }
}

/// `POST /admin/calendars/{id}`.
async fn change(visit: Visit, Path(calendar): Path<String>, input: Input<Wish>) -> Answer {
    let actor = admin(&visit)?;
    let saved = SavedCalendar::get(&mut visit.app.db.read().await?, id(&calendar)?).await?;
    let (read, fields, ..) = input.open();
    let changed = async {
        let wish = read?;
        let mut tx = visit.app.db.write().await?;
        saved.change(&mut tx, actor, wish.version, &wish.name, &wish.calendar).await?;
        Ok(tx.commit().await?)
    };
    match changed.await {
        Ok(()) => said(&visit, &format!("/admin/calendars/{}", saved.id), "Calendar saved. It counts for tickets to come."),
        Err(fault) => {
            let version = fields.typed("version").parse().unwrap_or(0);
            again(fault, |errors| CalendarPage { errors, version, ..page(&visit, Some(&saved), Typed::again(&fields)) })
        }
    }
}

struct Ics;

impl Form for Ics {
    const UPLOADS: bool = true;
    fn read(_: &mut Fields) -> Self {
        Self
    }
}

/// `POST /admin/calendars/{id}/import`: holidays out of an iCalendar file, multipart.
async fn import(visit: Visit, Path(calendar): Path<String>, input: Input<Ics>) -> Answer {
    let actor = admin(&visit)?;
    let saved = SavedCalendar::get(&mut visit.app.db.read().await?, id(&calendar)?).await?;
    let (read, _, uploads, _) = input.open();
    let imported = async {
        read?;
        let found = found(uploads).await?;
        let mut all = saved.calendar()?;
        let (added, passed_over) = (all.add(found.holidays), found.passed_over);
        let mut tx = visit.app.db.write().await?;
        saved.change(&mut tx, actor, saved.version, &saved.name, &all).await?;
        tx.commit().await?;
        Ok((added, passed_over))
    };
    match imported.await {
        Ok((added, passed_over)) => {
            let rest = if passed_over == 0 { String::new() } else { format!(" {passed_over} events are no whole days and were passed over.") };
            said(&visit, &format!("/admin/calendars/{}", saved.id), &format!("{added} new holidays.{rest}"))
        }
        Err(fault) => {
            let page = kept(&visit, &saved)?;
            again(fault, |errors| CalendarPage { errors, ..page })
        }
    }
}

async fn found(mut uploads: Vec<Upload>) -> Result<ical::Found> {
    let wrong = |sentence: String| Fault::field("ics", sentence);
    let Some(upload) = uploads.first_mut() else { return Err(wrong("Choose an .ics file.".to_owned())) };
    let bytes = upload.bytes().await?;
    if bytes.len() > ical::MOST_BYTES {
        return Err(wrong(format!("The file is over the limit of {} KB.", ical::MOST_BYTES / 1024)));
    }
    ical::read(&String::from_utf8_lossy(&bytes)).map_err(wrong)
}

/// `POST /admin/calendars/{id}/remove`.
async fn remove(visit: Visit, Path(calendar): Path<String>) -> Answer {
    let actor = admin(&visit)?;
    let saved = SavedCalendar::get(&mut visit.app.db.read().await?, id(&calendar)?).await?;
    let removed = async {
        let mut tx = visit.app.db.write().await?;
        saved.remove(&mut tx, actor).await?;
        Ok(tx.commit().await?)
    };
    match removed.await {
        Ok(()) => said(&visit, "/admin/calendars", "Calendar removed."),
        Err(fault) => {
            let page = kept(&visit, &saved)?;
            again(fault, |errors| CalendarPage { errors, ..page })
        }
    }
}
