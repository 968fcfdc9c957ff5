//! Guests: a request counts once its address is confirmed; a signed link then shows that one ticket.
//! Never says whether an address is known.

use super::form::Request;
use crate::{Category, Priority, Ticket, suggestion, views};
use accounts::{Link, Person, Purpose};
use db::{Tx, Word};
use kernel::{Actor, Fault, Result, Who};
use serde_json::json;
use web::{Answer, Bucket, Flash, Form, Input, Path, StatusCode, Upload, Visit};

/// Keeps a guest's request until its address is confirmed.
pub(super) async fn lay_down(visit: &Visit, request: Request, uploads: &[Upload]) -> Answer {
    let Some(email) = request.email.clone() else { return Err(Fault::field("email", "Where can we answer you? Give your mail address.").into()) };
    let Some(name) = request.name.clone() else { return Err(Fault::field("name", "How may we call you?").into()) };
    if !uploads.is_empty() {
        return Err(Fault::field("file", "Without script, files can be added once your address is confirmed. Send the request without them first.").into());
    }
    if !request.cc.is_empty() {
        return Err(Fault::field("cc", "Copies can be added once your address is confirmed.").into());
    }
    let asked =
        crate::field_value::checked(&mut visit.app.db.read().await?, &visit.actor, request.category, crate::Channel::Web, request.custom_fields.as_ref())
            .await?;
    visit.app.limits.check(Bucket::Mail, &visit.address.to_string())?;
    visit.app.limits.check(Bucket::Mail, &email)?;
    let payload = json!({ "email": email, "name": name, "title": request.title, "content": request.content.source(), "category": request.category, "priority": request.priority, "files": request.file_keys, "customFields": asked, "article": request.article });
    let mut tx = visit.app.db.write().await?;
    suggestion::sent(&mut tx, &request.opened).await?;
    let token = Link::add(&mut tx, Purpose::Request, None, None, &payload).await?;
    let text = format!(
        "Hello {name},\n\nconfirm your request “{}” with this link, within 7 days:\n{}/requests/confirm/{token}\n\nIf you did not send it, do nothing.\n",
        request.title, visit.app.config.public_url
    );
    accounts::mail::queue(&mut tx, &email, "Confirm your request", &text).await?;
    tx.commit().await?;
    web::html(&views::RequestSent { page: visit.page("Check your mail"), email })
}

/// `GET /requests/confirm/{token}`: a button, so that a mail scanner's look confirms nothing. Whoever has the link.
pub(super) async fn confirm_page(visit: Visit, Path(token): Path<String>) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let title = match Link::open(&mut conn, Purpose::Request, &token).await {
        Ok(link) => link.facts()["title"].as_str().map(str::to_owned),
        Err(Fault::Missing) => None,
        Err(fault) => return Err(fault.into()),
    };
    let status = if title.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    web::html_with(status, &views::RequestConfirm { page: visit.page("Confirm your request"), action: format!("/requests/confirm/{token}"), title })
}

pub(super) struct Nothing;

impl Form for Nothing {
    fn read(_: &mut web::Fields) -> Self {
        Self
    }
}

/// `POST /requests/confirm/{token}`: makes the ticket and lets the guest in. Whoever has the link, once.
pub(super) async fn confirm(visit: Visit, Path(token): Path<String>, _: Input<Nothing>) -> Answer {
    let mut tx = visit.app.db.write().await?;
    let link = match Link::take(&mut tx, Purpose::Request, &token).await {
        Err(Fault::Missing) => {
            drop(tx);
            return web::html_with(
                StatusCode::NOT_FOUND,
                &views::RequestConfirm { page: visit.page("Confirm your request"), action: String::new(), title: None },
            );
        }
        taken => taken?,
    };
    let facts = link.facts();
    let word = |key: &str| facts[key].as_str().unwrap_or_default().to_owned();
    let requester = Person::of_guest(&mut tx, &Actor { name: word("name"), ..Actor::stranger() }, &word("email"), &word("name")).await?;
    let request = Request::kept(&facts);
    let actor = Actor { person: Some(requester.id), name: requester.name.clone(), ..Actor::stranger() };
    let ticket = Ticket::create(&mut tx, &actor, &requester, request).await?;
    // checked when the form was sent; letters that are older have none
    let asked = serde_json::from_value(facts["customFields"].clone()).unwrap_or_default();
    crate::field_value::begin(&mut tx, ticket.id, &asked).await?;
    ticket.read_before(&mut tx, facts["article"].as_str().and_then(|id| id.parse().ok())).await?;
    let secret = guest_secret(&mut tx, &ticket).await?;
    let href = format!("{}/r/{secret}", visit.app.config.public_url);
    accounts::mail::queue(
        &mut tx,
        &requester.email,
        &format!("[#{}] {}", ticket.number, ticket.title),
        &format!("Hello {},\n\nyour request #{} is with us. Follow it and reply here:\n{href}\n", requester.first_name(), ticket.number),
    )
    .await?;
    tx.commit().await?;
    let answer = let_in(&visit, &secret, &ticket)?;
    Ok(visit.flash(answer, &Flash { kind: "good", text: format!("Request #{} is with us.", ticket.number), undo: None }))
}

impl Request {
    /// From what was kept until the address was confirmed.
    fn kept(facts: &serde_json::Value) -> crate::NewTicket {
        let word = |key: &str| facts[key].as_str().unwrap_or_default();
        crate::NewTicket {
            title: word("title").to_owned(),
            content: crate::Body::markdown(word("content")),
            category: <Category as Word>::from_word(word("category")).unwrap_or(Category::GeneralInquiry),
            priority: <Priority as Word>::from_word(word("priority")).unwrap_or(Priority::Medium),
            channel: crate::Channel::Web,
            cc: Vec::new(),
            tags: Vec::new(),
            assignee: None,
            team: None,
            follows: None,
            file_keys: facts["files"].as_array().into_iter().flatten().filter_map(|key| key.as_str().map(str::to_owned)).collect(),
        }
    }
}

async fn guest_secret(tx: &mut Tx, ticket: &Ticket) -> Result<String> {
    Link::add(tx, Purpose::Guest, Some(ticket.requester_id), Some(ticket.id.uuid()), &json!({})).await
}

/// A link for the requester that shows only this ticket.
pub(super) async fn link_for(tx: &mut Tx, visit: &Visit, ticket: &Ticket) -> Result<String> {
    Ok(format!("{}/r/{}", visit.app.config.public_url, guest_secret(tx, ticket).await?))
}

fn let_in(visit: &Visit, secret: &str, ticket: &Ticket) -> Answer {
    let mut answer = web::see_other(&format!("/requests/{}", ticket.id))?;
    if let Some(cookie) = web::set_cookie(visit.app.config.is_secure(), "guest", secret, 90 * 86_400) {
        answer.headers_mut().append(web::header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// `GET /r/{token}`: a guest's link; the secret moves from the address into a cookie. Whoever has the link.
pub(super) async fn enter(visit: Visit, Path(token): Path<String>) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let link = Link::open(&mut conn, Purpose::Guest, &token).await?;
    let ticket = link.subject_id.ok_or(Fault::Missing)?;
    let guest = Actor { who: Who::Guest(ticket), person: link.person_id, ..Actor::stranger() };
    let ticket = Ticket::get(&mut conn, &guest, ticket.into(), crate::policy::Action::See).await?;
    let_in(&visit, &token, &ticket)
}
