//! `/profile/notifications/phone`: one's own phone, for staff. It is used once the code that was sent to it was typed in.

use super::said;
use crate::{
    gateway::{self, Gateway},
    phone::Phone,
    policy,
    push::{Verdict, judge},
};
use accounts::again;
use askama::Template;
use kernel::{Fault, Result};
use seal::Seal;
use ui::Errors;
use web::{Answer, Bucket, Fields, Form, Input, Visit};

const HERE: &str = "/profile/notifications/phone";

#[derive(Template)]
#[template(path = "notifications/phone.html")]
struct PhonePage {
    page: ui::Page,
    errors: Errors,
    phone: Option<Phone>,
    is_sent: bool,
    typed: String,
}

impl PhonePage {
    async fn of(visit: &Visit) -> Result<Self> {
        let person = policy::phone(visit.signed_in()?)?;
        let mut conn = visit.app.db.read().await?;
        let phone = Phone::of(&mut conn, person).await?;
        let is_sent = Gateway::at_work(&mut conn).await?.is_some();
        Ok(Self { page: visit.page("Your phone"), errors: Errors::new(), phone, is_sent, typed: String::new() })
    }
}

pub(super) struct Number(String);

impl Form for Number {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.text("number", 30).split([' ', '-', '(', ')']).collect())
    }
}

pub(super) struct Code(String);

impl Form for Code {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.text("code", 20).split(' ').collect())
    }
}

/// `GET /profile/notifications/phone`: staff.
pub(super) async fn look(visit: Visit) -> Answer {
    web::html(&PhonePage::of(&visit).await?)
}

/// `POST /profile/notifications/phone`: takes a number and sends a code to it.
pub(super) async fn begin(visit: Visit, input: Input<Number>) -> Answer {
    let actor = visit.signed_in()?;
    policy::phone(actor)?;
    visit.app.limits.check(Bucket::Mail, &actor.email)?;
    let (read, fields, ..) = input.open();
    let Some(gateway) = Gateway::at_work(&mut visit.app.db.read().await?).await? else {
        return said(&visit, HERE, "bad", "No text messages are sent from here now. Ask an admin.");
    };
    match send_code(&visit, &gateway, read.map(|Number(number)| number)).await {
        Ok(()) => said(&visit, HERE, "good", "A code was sent. Type it in within ten minutes."),
        Err(fault) => {
            let page = PhonePage::of(&visit).await?;
            again(fault, |errors| PhonePage { errors, typed: fields.typed("number"), ..page })
        }
    }
}

async fn send_code(visit: &Visit, gateway: &Gateway, read: std::result::Result<String, kernel::FieldErrors>) -> Result<()> {
    let (number, actor) = (read?, visit.signed_in()?);
    let client = gateway::client(&visit.app)?;
    let mut tx = visit.app.db.write().await?;
    let code = Phone::begin(&mut tx, &visit.app.secret, actor, &number).await?;
    tx.commit().await?;
    let text = format!("{code} is your code for notifications of {}.", visit.app.config.public_url);
    let result = client.send(gateway.request(&Seal::new(visit.app.secret), &number, &text)?).await;
    if judge(&result, 1, visit.app.db.clock().now()) == Verdict::Taken {
        return Ok(());
    }
    tracing::warn!(answer = result.as_ref().ok().map(|answer| answer.status), "a code for a phone was not taken");
    Err(Fault::field("number", "The code could not be sent there. Check the number, or ask an admin to send a test."))
}

/// `POST /profile/notifications/phone/confirm`: the code. Each try counts.
pub(super) async fn confirm(visit: Visit, input: Input<Code>) -> Answer {
    let actor = visit.signed_in()?;
    policy::phone(actor)?;
    let (read, ..) = input.open();
    let is_right = match read {
        Ok(Code(code)) => {
            let mut tx = visit.app.db.write().await?;
            let is_right = Phone::confirm(&mut tx, &visit.app.secret, actor, &code).await?;
            tx.commit().await?;
            is_right
        }
        Err(_) => false,
    };
    if is_right {
        return said(&visit, "/profile/notifications", "good", "Your phone is confirmed. Choose above what is sent to it.");
    }
    let page = PhonePage::of(&visit).await?;
    let wrong = Fault::field("code", "This is not the code, or it is too old. After five tries, send a new one.");
    again(wrong, |errors| PhonePage { errors, ..page })
}

/// `POST /profile/notifications/phone/remove`: twice is harmless.
pub(super) async fn remove(visit: Visit) -> Answer {
    let actor = visit.signed_in()?;
    let mut tx = visit.app.db.write().await?;
    Phone::remove(&mut tx, actor).await?;
    tx.commit().await?;
    said(&visit, "/profile/notifications", "good", "Your phone is removed.")
}
