//! `/admin/satisfaction`: admins say whether requesters are asked, and when.

use crate::Settings;
use accounts::{admin, again};
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Fields, Flash, Form, Input, StatusCode, Visit};

/// Hours at most: 30 days.
const MOST: i64 = 720;

pub(super) struct Wish(Settings);

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        Self(Settings {
            is_on: fields.boolean("isOn"),
            delay_hours: fields.needed_integer("delayHours", 0..=MOST),
            version: fields.needed_integer("version", 0..=i64::MAX),
        })
    }
}

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    page: ui::Page,
    errors: Errors,
    is_on: bool,
    delay_hours: String,
    version: i64,
}

async fn page(visit: &Visit) -> Result<SettingsPage> {
    let now = Settings::current(&mut visit.app.db.read().await?).await?;
    Ok(SettingsPage {
        page: visit.page("Satisfaction"),
        errors: Errors::new(),
        is_on: now.is_on,
        delay_hours: now.delay_hours.to_string(),
        version: now.version,
    })
}

/// `GET /admin/satisfaction`.
pub(super) async fn look(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&page(&visit).await?)
}

/// `POST /admin/satisfaction`: with the version it was read at.
pub(super) async fn save(visit: Visit, input: Input<Wish>) -> Answer {
    admin(&visit)?;
    let (read, fields, ..) = input.open();
    let typed = |page: SettingsPage| SettingsPage { is_on: !fields.typed("isOn").is_empty(), delay_hours: fields.typed("delayHours"), ..page };
    match store(&visit, read).await {
        Ok(()) => Ok(visit.flash(web::see_other("/admin/satisfaction")?, &Flash { kind: "good", text: "Saved.".to_owned(), undo: None })),
        Err(Fault::Stale(_)) => {
            let now = page(&visit).await?;
            let words = format!(
                "Somebody else saved meanwhile: {}, after {} hours. Save again to replace that.",
                if now.is_on { "on" } else { "off" },
                now.delay_hours
            );
            web::html_with(StatusCode::CONFLICT, &SettingsPage { errors: Errors::new().with("", words), ..typed(now) })
        }
        Err(fault) => {
            let page = typed(page(&visit).await?);
            again(fault, |errors| SettingsPage { errors, ..page })
        }
    }
}

async fn store(visit: &Visit, read: std::result::Result<Wish, FieldErrors>) -> Result<()> {
    let Wish(settings) = read?;
    let mut tx = visit.app.db.write().await?;
    settings.save(&mut tx, admin(visit)?).await?;
    Ok(tx.commit().await?)
}
