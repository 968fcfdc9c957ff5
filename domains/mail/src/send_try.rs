//! A test: a mail that is handed over while somebody waits for the server's words.

use crate::{
    send::Answered,
    send_letter::{Letter, Named},
    send_line::Line,
    send_route::Route,
};
use kernel::{Fault, Result};
use seal::Seal;
use uuid::Uuid;
use web::{Bucket, Visit};

/// How a test went.
pub(crate) struct Tried {
    pub(crate) is_sent: bool,
    pub(crate) words: String,
}

/// What a test says.
pub(crate) struct Sample {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// Sends a test to an address, by default to whoever asks.
pub(crate) async fn send(visit: &Visit, route: &Route, to: Option<&str>) -> Result<Tried> {
    let text = format!("This is a test of the mailbox {}. If you read it, mails go out.", route.address);
    let html = format!("<p>{}</p>", ui::escape(&text));
    hand_over(visit, route, to, Sample { subject: "A test of your mailbox".to_owned(), text, html }).await
}

/// Hands over any words.
pub(crate) async fn hand_over(visit: &Visit, route: &Route, to: Option<&str>, sample: Sample) -> Result<Tried> {
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let to = match to {
        Some(to) => to.to_owned(),
        None => own_address(visit).await?,
    };
    let seal = Seal::new(visit.app.secret);
    let letter = Letter {
        from: Named { name: route.name.clone(), address: route.address.clone() },
        to: vec![Named { name: String::new(), address: to.clone() }],
        cc: Vec::new(),
        reply_to: None,
        subject: sample.subject,
        message_id: format!("{}@{}", Uuid::new_v4().simple(), route.domain()),
        in_reply_to: None,
        references: Vec::new(),
        list_id: None,
        unsubscribe: None,
        automatic: Some("auto-generated"),
        at: visit.app.db.clock().now(),
        text: sample.text,
        html: sample.html,
        files: Vec::new(),
    };
    let mail = letter.bytes()?;
    let mail = match route.signer(&seal)? {
        Some(signer) => signer.sign(mail)?,
        None => mail,
    };
    let mut line = match Line::open(route, route.password(&seal)?.as_deref()).await {
        Ok(line) => line,
        Err(words) => return Ok(Tried { is_sent: false, words }),
    };
    Ok(match line.send(&route.address, &to, &mail).await? {
        Answered::Taken(words) => {
            line.close().await;
            Tried { is_sent: true, words }
        }
        Answered::Later(words) | Answered::Never(words) => Tried { is_sent: false, words },
    })
}

async fn own_address(visit: &Visit) -> Result<String> {
    let person = visit.signed_in()?.person.ok_or_else(|| Fault::field("to", "Say an address."))?;
    Ok(accounts::Person::get(&mut visit.app.db.read().await?, person).await?.email)
}
