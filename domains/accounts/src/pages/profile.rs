//! `/profile`: whoever is signed in. Name, time zone, language, shortcuts.

use super::{again, in_browser, said, settle};
use crate::Person;
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Fields, Form, Input, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/profile", look).post("/profile", change)
}

/// Languages a person may choose: the form of dates and numbers, and what staff sees.
const LANGUAGES: &[(&str, &str)] = &[
    ("en-GB", "English (UK)"),
    ("en-US", "English (US)"),
    ("cs-CZ", "Čeština"),
    ("da-DK", "Dansk"),
    ("de-DE", "Deutsch"),
    ("de-AT", "Deutsch (Österreich)"),
    ("de-CH", "Deutsch (Schweiz)"),
    ("es-ES", "Español"),
    ("es-MX", "Español (México)"),
    ("fr-FR", "Français"),
    ("fr-CA", "Français (Canada)"),
    ("it-IT", "Italiano"),
    ("nl-NL", "Nederlands"),
    ("nb-NO", "Norsk bokmål"),
    ("pl-PL", "Polski"),
    ("pt-BR", "Português (Brasil)"),
    ("pt-PT", "Português (Portugal)"),
    ("fi-FI", "Suomi"),
    ("sv-SE", "Svenska"),
    ("tr-TR", "Türkçe"),
    ("uk-UA", "Українська"),
    ("hi-IN", "हिन्दी"),
    ("ja-JP", "日本語"),
    ("ko-KR", "한국어"),
    ("zh-CN", "中文（简体）"),
];

struct Details {
    name: String,
    zone: String,
    language: String,
    keys_on: bool,
}

impl Form for Details {
    fn read(fields: &mut Fields) -> Self {
        let details =
            Self { name: fields.text("name", 120), zone: fields.text("zone", 64), language: fields.text("language", 20), keys_on: fields.boolean("keysOn") };
        if !details.zone.is_empty() && jiff::tz::TimeZone::get(&details.zone).is_err() {
            fields.errors.add("zone", "There is no such time zone. Choose one like Europe/Lisbon.");
        }
        if !details.language.is_empty() && !LANGUAGES.iter().any(|(tag, _)| *tag == details.language) {
            fields.errors.add("language", "Choose one of the list.");
        }
        details
    }
}

#[derive(Template)]
#[template(path = "profile/details.html")]
struct Profile {
    page: ui::Page,
    errors: Errors,
    name: String,
    zone: String,
    language: String,
    keys_on: bool,
    zones: Vec<String>,
    languages: &'static [(&'static str, &'static str)],
}

/// `GET /profile`.
async fn look(visit: Visit) -> Answer {
    let person = me(&visit).await?;
    web::html(&profile(&visit, Details { name: person.name, zone: person.zone, language: person.language, keys_on: person.keys_on }, Errors::new()))
}

/// `POST /profile`.
async fn change(visit: Visit, input: Input<Details>) -> Answer {
    in_browser(&visit)?;
    let (read, mut fields, ..) = input.open();
    match save(&visit, read).await {
        Ok(()) => said(&visit, "/profile", "Profile saved."),
        Err(fault) => {
            let typed =
                Details { name: fields.typed("name"), zone: fields.typed("zone"), language: fields.typed("language"), keys_on: fields.boolean("keysOn") };
            again(fault, |errors| profile(&visit, typed, errors))
        }
    }
}

async fn save(visit: &Visit, read: std::result::Result<Details, FieldErrors>) -> Result<()> {
    let (details, person) = (read?, me(visit).await?);
    let mut tx = visit.app.db.write().await?;
    person.change_profile(&mut tx, &visit.actor, &details.name, &details.zone, &details.language, details.keys_on).await?;
    settle(visit, tx).await
}

/// The row of who is signed in.
pub(crate) async fn me(visit: &Visit) -> Result<Person> {
    let id = in_browser(visit)?.person.ok_or(Fault::SignIn)?;
    Person::get(&mut visit.app.db.read().await?, id).await
}

fn profile(visit: &Visit, details: Details, errors: Errors) -> Profile {
    let Details { name, zone, language, keys_on } = details;
    Profile { page: visit.page("Profile"), errors, name, zone, language, keys_on, zones: zones(), languages: LANGUAGES }
}

/// Zones named by a place, and UTC.
fn zones() -> Vec<String> {
    let regions = ["Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/"];
    let mut zones: Vec<String> =
        jiff::tz::db().available().map(|name| name.to_string()).filter(|name| name == "UTC" || regions.iter().any(|region| name.starts_with(region))).collect();
    zones.sort_unstable();
    zones
}
