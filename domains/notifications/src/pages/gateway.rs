//! `/admin/sms`: who sends text messages, and a test. The token is never shown.

use super::said;
use crate::{
    gateway::{self, Gateway, TWILIO, Wish, is_number},
    push::{Verdict, judge},
};
use accounts::{admin, again};
use askama::Template;
use kernel::{FieldErrors, Result};
use seal::Seal;
use ui::Errors;
use web::{Answer, Bucket, Fields, Form, Input, Visit};

const HERE: &str = "/admin/sms";

/// What stands in the form.
struct Typed {
    base_url: String,
    account: String,
    sender: String,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "notifications/gateway.html")]
struct GatewayPage {
    page: ui::Page,
    errors: Errors,
    typed: Typed,
    has_token: bool,
}

impl GatewayPage {
    async fn of(visit: &Visit) -> Result<Self> {
        let gateway = Gateway::get(&mut visit.app.db.read().await?).await?;
        let has_token = gateway.is_some();
        let typed = gateway.map_or_else(
            || Typed { base_url: TWILIO.to_owned(), account: String::new(), sender: String::new(), is_on: true },
            |gateway| Typed { base_url: gateway.base_url, account: gateway.account, sender: gateway.sender, is_on: gateway.is_on },
        );
        Ok(Self { page: visit.page("Text messages"), errors: Errors::new(), typed, has_token })
    }
}

/// `GET /admin/sms`.
pub(super) async fn look(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&GatewayPage::of(&visit).await?)
}

/// `POST /admin/sms`.
pub(super) async fn save(visit: Visit, input: Input<Wish>) -> Answer {
    admin(&visit)?;
    let (read, fields, ..) = input.open();
    match keep(&visit, read).await {
        Ok(()) => said(&visit, HERE, "good", "Saved. Send a test to see whether it works."),
        Err(fault) => {
            let page = GatewayPage::of(&visit).await?;
            let typed = |name| fields.typed(name);
            let typed = Typed { base_url: typed("baseUrl"), account: typed("account"), sender: typed("sender"), is_on: !typed("on").is_empty() };
            again(fault, |errors| GatewayPage { errors, typed, ..page })
        }
    }
}

async fn keep(visit: &Visit, read: std::result::Result<Wish, FieldErrors>) -> Result<()> {
    let client = gateway::client(&visit.app)?;
    let mut tx = visit.app.db.write().await?;
    Gateway::keep(&mut tx, &client, &Seal::new(visit.app.secret), admin(visit)?, read?).await?;
    Ok(tx.commit().await?)
}

pub(super) struct Number(Option<String>);

impl Form for Number {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.optional_text("number", 30))
    }
}

/// `POST /admin/sms/test`: one message to a number.
pub(super) async fn test(visit: Visit, input: Input<Number>) -> Answer {
    let actor = admin(&visit)?;
    visit.app.limits.check(Bucket::Mail, &actor.email)?;
    let Number(number) = input.take()?;
    let number: String = number.unwrap_or_default().split([' ', '-', '(', ')']).collect();
    if !is_number(&number) {
        return said(&visit, HERE, "bad", "Give the number with + and the code of the country, like +441632960000.");
    }
    let Some(gateway) = Gateway::get(&mut visit.app.db.read().await?).await? else { return said(&visit, HERE, "bad", "Save the server first.") };
    let text = format!("A test of text messages from {}.", visit.app.config.public_url);
    let result = gateway::client(&visit.app)?.send(gateway.request(&Seal::new(visit.app.secret), &number, &text)?).await;
    let (words, is_taken) = (gateway::words(&result), judge(&result, 1, visit.app.db.clock().now()) == Verdict::Taken);
    if is_taken {
        said(&visit, HERE, "good", format!("The server took the test: {words}"))
    } else {
        said(&visit, HERE, "bad", format!("The server did not take the test: {words}"))
    }
}
