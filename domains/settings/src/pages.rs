//! `/admin/settings`: admins. `/brand/…`: anyone, because every page wears it.

use crate::{ClosedReply, Colour, Logo, Settings, follow::load_into, site};
use accounts::{admin, again};
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::{Errors, NavItem, Place};
use web::{Answer, Asked, Fields, Flash, Form, HeaderValue, Input, IntoResponse, Routes, StatusCode, Upload, Visit, header};

pub(crate) fn nav() -> Vec<NavItem> {
    vec![NavItem { place: Place::AdminWorkspace, label: "Brand and limits", icon: "i-palette", href: "/admin/settings", staff: true, admin: true }]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/settings", look)
        .post("/admin/settings", change)
        .post("/admin/settings/logo", upload_logo)
        .post("/admin/settings/logo/remove", remove_logo)
        .get("/brand/logo", logo)
        .get("/brand/accent.css", accent)
}

struct Wish {
    version: i64,
    settings: Settings,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let accent = fields.optional_text("accent", 7).unwrap_or_default().to_lowercase();
        if !accent.is_empty()
            && let Err(sentence) = Colour::accent(&accent)
        {
            fields.errors.add("accent", sentence);
        }
        let settings = Settings {
            name: fields.text("name", 40),
            tagline: fields.optional_text("tagline", 40).unwrap_or_default(),
            accent,
            home_title: fields.text("homeTitle", 120),
            home_text: fields.optional_text("homeText", 500).unwrap_or_default(),
            request_intro: fields.optional_text("requestIntro", 500).unwrap_or_default(),
            footer_text: fields.optional_text("footerText", 200).unwrap_or_default(),
            file_mb: number(fields, "fileMb", 1, 500),
            files: number(fields, "files", 1, 50),
            undo_send_seconds: number(fields, "undoSendSeconds", 0, 60),
            close_after_days: number(fields, "closeAfterDays", 0, 60),
            closed_reply: fields.word("closedReply", ClosedReply::WORDS).unwrap_or(ClosedReply::New),
            reopen_within_days: fields.integer("reopenWithinDays", 1..=365).and_then(|days| u32::try_from(days).ok()).unwrap_or(14),
        };
        Self { version: fields.needed_integer("version", 0..=i64::MAX), settings }
    }
}

fn number(fields: &mut Fields, name: &str, least: i64, most: i64) -> u32 {
    u32::try_from(fields.needed_integer(name, least..=most)).unwrap_or_default()
}

/// What stands in the form: as stored, or as typed.
struct Typed {
    name: String,
    tagline: String,
    accent: String,
    home_title: String,
    home_text: String,
    request_intro: String,
    footer_text: String,
    file_mb: String,
    files: String,
    undo_send_seconds: String,
    close_after_days: String,
    closed_reply: String,
    reopen_within_days: String,
}

impl Typed {
    fn stored(settings: Settings) -> Self {
        Self {
            name: settings.name,
            tagline: settings.tagline,
            accent: settings.accent,
            home_title: settings.home_title,
            home_text: settings.home_text,
            request_intro: settings.request_intro,
            footer_text: settings.footer_text,
            file_mb: settings.file_mb.to_string(),
            files: settings.files.to_string(),
            undo_send_seconds: settings.undo_send_seconds.to_string(),
            close_after_days: settings.close_after_days.to_string(),
            closed_reply: settings.closed_reply.word().to_owned(),
            reopen_within_days: settings.reopen_within_days.to_string(),
        }
    }

    fn again(fields: &Fields) -> Self {
        Self {
            name: fields.typed("name"),
            tagline: fields.typed("tagline"),
            accent: fields.typed("accent"),
            home_title: fields.typed("homeTitle"),
            home_text: fields.typed("homeText"),
            request_intro: fields.typed("requestIntro"),
            footer_text: fields.typed("footerText"),
            file_mb: fields.typed("fileMb"),
            files: fields.typed("files"),
            undo_send_seconds: fields.typed("undoSendSeconds"),
            close_after_days: fields.typed("closeAfterDays"),
            closed_reply: fields.typed("closedReply"),
            reopen_within_days: fields.typed("reopenWithinDays"),
        }
    }

    /// What is stored now where it is not what was typed: field, words.
    fn against(&self, now: &Self) -> Errors {
        let pairs = [
            ("name", &self.name, &now.name),
            ("tagline", &self.tagline, &now.tagline),
            ("accent", &self.accent, &now.accent),
            ("homeTitle", &self.home_title, &now.home_title),
            ("homeText", &self.home_text, &now.home_text),
            ("requestIntro", &self.request_intro, &now.request_intro),
            ("footerText", &self.footer_text, &now.footer_text),
            ("fileMb", &self.file_mb, &now.file_mb),
            ("files", &self.files, &now.files),
            ("undoSendSeconds", &self.undo_send_seconds, &now.undo_send_seconds),
            ("closeAfterDays", &self.close_after_days, &now.close_after_days),
            ("closedReply", &self.closed_reply, &now.closed_reply),
            ("reopenWithinDays", &self.reopen_within_days, &now.reopen_within_days),
        ];
        let intro = "Somebody else saved these settings while you were at it. Yours are kept here, not saved yet. Save again to replace theirs.";
        let changed = pairs.into_iter().filter(|(_, mine, theirs)| mine != theirs);
        changed.fold(Errors::new().with("", intro), |all, (field, _, theirs)| {
            all.with(field, if theirs.is_empty() { "Now empty.".to_owned() } else { format!("Now: {theirs}") })
        })
    }
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    page: ui::Page,
    errors: Errors,
    typed: Typed,
    version: i64,
}

impl SettingsPage {
    fn swatch(&self) -> Option<&str> {
        Colour::parse(&self.typed.accent).map(|_| self.typed.accent.as_str())
    }
}

/// `GET /admin/settings`.
async fn look(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&page(&visit).await?)
}

/// `POST /admin/settings`: with the version it was read at; a stale one is shown beside what is stored now.
async fn change(visit: Visit, input: Input<Wish>) -> Answer {
    admin(&visit)?;
    let (read, fields, ..) = input.open();
    match save(&visit, read).await {
        Ok(()) => said(&visit, "Settings saved. All pages show them now."),
        Err(Fault::Stale(_)) => {
            let (now, typed) = (page(&visit).await?, Typed::again(&fields));
            web::html_with(StatusCode::CONFLICT, &SettingsPage { errors: typed.against(&now.typed), typed, ..now })
        }
        Err(fault) => again(fault, |errors| SettingsPage {
            page: visit.page("Brand and limits"),
            errors,
            version: fields.typed("version").parse().unwrap_or(0),
            typed: Typed::again(&fields),
        }),
    }
}

async fn save(visit: &Visit, read: std::result::Result<Wish, FieldErrors>) -> Result<()> {
    let wish = read?;
    let mut tx = visit.app.db.write().await?;
    site::change(&mut tx, admin(visit)?, wish.version, &wish.settings).await?;
    tx.commit().await?;
    load_into(&visit.app).await
}

struct Picture;

impl Form for Picture {
    const UPLOADS: bool = true;
    fn read(_: &mut Fields) -> Self {
        Self
    }
}

/// `POST /admin/settings/logo`: one picture, multipart.
async fn upload_logo(visit: Visit, input: Input<Picture>) -> Answer {
    admin(&visit)?;
    let (read, _, uploads, _) = input.open();
    match keep(&visit, read.map(|_| uploads)).await {
        Ok(()) => said(&visit, "Logo saved. All pages show it now."),
        Err(fault) => {
            let page = page(&visit).await?;
            again(fault, |errors| SettingsPage { errors, ..page })
        }
    }
}

async fn keep(visit: &Visit, read: std::result::Result<Vec<Upload>, FieldErrors>) -> Result<()> {
    let bytes = match read?.first_mut() {
        Some(upload) => upload.bytes().await?,
        None => Vec::new(),
    };
    let logo = Logo::read(bytes)?;
    let mut tx = visit.app.db.write().await?;
    logo.put(&mut tx, admin(visit)?).await?;
    tx.commit().await?;
    load_into(&visit.app).await
}

/// `POST /admin/settings/logo/remove`.
async fn remove_logo(visit: Visit) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    Logo::remove(&mut tx, actor).await?;
    tx.commit().await?;
    load_into(&visit.app).await?;
    said(&visit, "Logo removed.")
}

struct Version(Option<String>);

impl Form for Version {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.optional_text("v", 64))
    }
}

/// `GET /brand/logo?v=`: anyone. The address of a version never shows another one, so it may be kept for ever.
async fn logo(visit: Visit, Asked(asked): Asked<Version>) -> Answer {
    let logo = Logo::get(&mut visit.app.db.read().await?).await?.ok_or(Fault::Missing)?;
    let kind = HeaderValue::from_str(&logo.kind).map_err(|_| Fault::Missing)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept(asked.0.as_ref() == Some(&logo.version)))], logo.bytes).into_response())
}

/// `GET /brand/accent.css?v=`: anyone.
async fn accent(visit: Visit, Asked(asked): Asked<Version>) -> Answer {
    let settings = site::current(&mut visit.app.db.read().await?).await?;
    let colour = Colour::parse(&settings.accent).ok_or(Fault::Missing)?;
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept(asked.0 == Some(colour.version())))], colour.stylesheet()).into_response())
}

fn kept(is_this_version: bool) -> HeaderValue {
    HeaderValue::from_static(if is_this_version { "public, max-age=31536000, immutable" } else { "no-cache" })
}

fn said(visit: &Visit, text: &str) -> Answer {
    Ok(visit.flash(web::see_other("/admin/settings")?, &Flash { kind: "good", text: text.to_owned(), undo: None }))
}

async fn page(visit: &Visit) -> Result<SettingsPage> {
    let (settings, version) = site::with_version(&mut visit.app.db.read().await?).await?;
    Ok(SettingsPage { page: visit.page("Brand and limits"), errors: Errors::new(), typed: Typed::stored(settings), version })
}
