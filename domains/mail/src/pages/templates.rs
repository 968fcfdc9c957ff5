//! `/admin/mail-templates`: admins. The words of our mails, with a look at how they read and a test.

use super::said;
use crate::{
    Route, SendKind,
    send_try::{self, Sample},
    send_words::{Carried, Said, Values, say},
    template::{SUBJECT, TEXT, Words, known},
};
use accounts::{admin, again};
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Asked, Fields, Form, Input, Path, Routes, Visit};

pub(super) fn routes() -> Routes {
    Routes::new().get("/admin/mail-templates", list).get("/admin/mail-templates/{kind}", look).post("/admin/mail-templates/{kind}", act)
}

const KINDS: [SendKind; 3] = [SendKind::Reply, SendKind::FirstAnswer, SendKind::System];

/// `reply`, `first-answer`, `system` in addresses.
fn slug(kind: SendKind) -> String {
    kind.word().to_lowercase().replace('_', "-")
}

fn of_slug(text: &str) -> Result<SendKind> {
    KINDS.into_iter().find(|kind| slug(*kind) == text).ok_or(Fault::Missing)
}

/// A kind with what was written for it.
struct Row {
    slug: String,
    label: &'static str,
    is_written: bool,
    languages: Vec<String>,
}

#[derive(Template)]
#[template(path = "admin/mail_templates.html")]
struct Templates {
    page: ui::Page,
    rows: Vec<Row>,
}

/// `GET /admin/mail-templates`.
async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    let written = Words::written(&mut visit.app.db.read().await?).await?;
    let of = |kind| written.iter().filter(move |(known, _)| *known == kind).map(|(_, language)| language.clone());
    let rows = KINDS
        .into_iter()
        .map(|kind| Row {
            slug: slug(kind),
            label: kind.label(),
            is_written: of(kind).any(|language| language.is_empty()),
            languages: of(kind).filter(|language| !language.is_empty()).collect(),
        })
        .collect();
    web::html(&Templates { page: visit.page("Mail texts"), rows })
}

struct Which {
    language: String,
}

fn language(fields: &mut Fields) -> String {
    let language = fields.optional_text("language", 20).unwrap_or_default().trim().to_lowercase();
    if !language.split('-').all(|part| part.len() <= 8 && part.chars().all(|c| c.is_ascii_alphanumeric())) || language.starts_with('-') {
        fields.errors.add("language", "A language tag, such as de or pt-br.");
    }
    language
}

impl Form for Which {
    fn read(fields: &mut Fields) -> Self {
        Self { language: language(fields) }
    }
}

#[derive(Template)]
#[template(path = "admin/mail_template.html")]
struct TemplatePage {
    page: ui::Page,
    errors: Errors,
    slug: String,
    language: String,
    subject: String,
    text: String,
    /// The language that was read, and the version of what was written for it; 0: nothing.
    read: (String, i64),
    variables: &'static [(&'static str, &'static str)],
    preview: Option<Said>,
}

async fn page(visit: &Visit, kind: SendKind, language: &str, words: Words) -> Result<TemplatePage> {
    let version = Words::version(&mut visit.app.db.read().await?, kind, language).await?;
    Ok(TemplatePage {
        page: visit.page(kind.label()),
        errors: Errors::new(),
        slug: slug(kind),
        language: language.to_owned(),
        subject: words.subject,
        text: words.text,
        read: (language.to_owned(), version),
        variables: known(kind),
        preview: None,
    })
}

/// `GET /admin/mail-templates/{kind}`.
async fn look(visit: Visit, Path(kind): Path<String>, Asked(which): Asked<Which>) -> Answer {
    admin(&visit)?;
    let kind = of_slug(&kind)?;
    let words = Words::of(&mut visit.app.db.read().await?, kind, &which.language).await?;
    web::html(&page(&visit, kind, &which.language, words).await?)
}

struct Edit {
    act: String,
    language: String,
    words: Words,
    /// Of what was read for this language.
    version: i64,
}

impl Form for Edit {
    fn read(fields: &mut Fields) -> Self {
        let act = fields.text("act", 10);
        if !matches!(act.as_str(), "save" | "preview" | "test" | "forget") {
            fields.errors.add("act", "Must be save, preview, test or forget.");
        }
        let (version, of) = (fields.integer("version", 0..=i64::MAX).unwrap_or(0), fields.optional_text("of", 20).unwrap_or_default());
        let language = language(fields);
        // another language than the one that was read: nothing was read of it
        let version = if of == language { version } else { 0 };
        Self { act, language, words: Words { subject: fields.text("subject", SUBJECT), text: fields.text("text", TEXT) }, version }
    }
}

/// `POST /admin/mail-templates/{kind}`: saves, shows, tests or forgets.
async fn act(visit: Visit, Path(kind): Path<String>, input: Input<Edit>) -> Answer {
    admin(&visit)?;
    let kind = of_slug(&kind)?;
    let (read, fields, ..) = input.open();
    let typed = Words { subject: fields.typed("subject"), text: fields.typed("text") };
    let place = fields.typed("language");
    let was_read = (fields.typed("of"), fields.typed("version").parse().unwrap_or(0));
    match done(&visit, kind, read).await {
        Ok(Done::Shown(preview)) => {
            let page = page(&visit, kind, &place, typed).await?;
            web::html(&TemplatePage { preview: Some(preview), read: was_read, ..page })
        }
        Ok(Done::Said(tone, text)) => said(&visit, &format!("/admin/mail-templates/{}?language={}", slug(kind), place.trim().to_lowercase()), tone, text),
        Err(fault) => {
            let page = page(&visit, kind, &place, typed).await?;
            again(fault, |errors| TemplatePage { errors, read: was_read, ..page })
        }
    }
}

enum Done {
    Shown(Said),
    Said(&'static str, String),
}

async fn done(visit: &Visit, kind: SendKind, read: std::result::Result<Edit, FieldErrors>) -> Result<Done> {
    let (edit, actor) = (read?, admin(visit)?);
    match edit.act.as_str() {
        "save" => {
            let mut tx = visit.app.db.write().await?;
            edit.words.save(&mut tx, actor, kind, &edit.language, edit.version).await?;
            tx.commit().await?;
            Ok(Done::Said("good", "Saved. Mails from now on say this.".to_owned()))
        }
        "forget" => {
            let mut tx = visit.app.db.write().await?;
            Words::forget(&mut tx, actor, kind, &edit.language).await?;
            tx.commit().await?;
            Ok(Done::Said("good", "Your words are removed.".to_owned()))
        }
        "test" => {
            let said = sample(visit, &edit)?;
            edit.words.check(kind)?;
            let route = Route::all(&mut visit.app.db.read().await?).await?.into_iter().next();
            let route = route.ok_or_else(|| Fault::field("", "No mailbox can send yet. Set one up first."))?;
            let tried = send_try::hand_over(visit, &route, None, Sample { subject: said.subject, text: said.text, html: said.html }).await?;
            Ok(Done::Said(if tried.is_sent { "good" } else { "bad" }, format!("The server says: {}", tried.words)))
        }
        _ => {
            edit.words.check(kind)?;
            Ok(Done::Shown(sample(visit, &edit)?))
        }
    }
}

/// The words around an example.
fn sample(visit: &Visit, edit: &Edit) -> Result<Said> {
    let values = Values {
        recipient: "Maya Okafor".to_owned(),
        number: 1042,
        title: "Export is empty".to_owned(),
        url: format!("{}/requests/example", visit.app.config.public_url),
        agent: visit.actor.name.clone(),
        brand: visit.app.brand.load().name.clone(),
        subject: "Choose a new password".to_owned(),
    };
    let carried =
        Carried { text: "Please update to 2.1; the export works there.".to_owned(), html: "<p>Please update to 2.1; the export works there.</p>".to_owned() };
    say(&edit.words, &values, &carried, &edit.language, false, &[])
}
