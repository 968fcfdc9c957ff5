//! The request form: for customers, for guests, and for agents on behalf of somebody.

use super::{
    guest,
    place::{errors, fresh_key, or_none, typed, upload_limits},
    thread,
};
use crate::{
    Body, Category, Channel, Field, NewTicket, Priority, Ticket,
    api::TITLE,
    field_value, message,
    suggestion::{self, Open},
    views,
};
use accounts::{Person, Team};
use db::Id;
use kernel::{Actor, Fault, FieldErrors, PersonId, TeamId};
use uuid::Uuid;
use web::{Answer, Asked, Bucket, Fields, Flash, Form, Group, Input, Seal, StatusCode, Upload, Visit};

/// What a request form sends.
pub(super) struct Request {
    pub(super) title: String,
    pub(super) content: Body,
    pub(super) category: Category,
    pub(super) priority: Priority,
    pub(super) cc: Vec<String>,
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    pub(super) file_keys: Vec<String>,
    pub(super) custom_fields: Option<Group>,
    team: Option<TeamId>,
    assignee: Option<PersonId>,
    /// The article that was read before.
    pub(super) article: Option<Id<Uuid>>,
    /// Suggestions that were opened while it was written.
    pub(super) opened: Vec<Id<Open>>,
}

impl Form for Request {
    const UPLOADS: bool = true;
    fn read(fields: &mut Fields) -> Self {
        let category = fields.word("category", Category::WORDS);
        if category.is_none() {
            fields.errors.add("category", "Choose what it is about.");
        }
        Self {
            category: category.unwrap_or(Category::GeneralInquiry),
            title: fields.text("title", TITLE),
            priority: fields.word("priority", Priority::WORDS).unwrap_or(Priority::Medium),
            content: Body::markdown(fields.text("content", message::LENGTH)),
            cc: fields.emails("cc", 20),
            email: fields.optional_email("email"),
            name: fields.optional_text("name", 100),
            file_keys: fields.texts("fileId", 50, 100),
            custom_fields: fields.group("customFields"),
            team: fields.id("team"),
            assignee: fields.id("assignee"),
            article: fields.id("article"),
            opened: fields.ids("opened", 20),
        }
    }
}

impl Request {
    pub(super) fn into_new(self) -> NewTicket {
        NewTicket {
            title: self.title,
            content: self.content,
            category: self.category,
            priority: self.priority,
            channel: Channel::Web,
            cc: self.cc,
            tags: Vec::new(),
            assignee: self.assignee,
            team: self.team,
            follows: None,
            file_keys: self.file_keys,
        }
    }
}

pub(super) struct Prefill {
    category: String,
    title: String,
    article: Option<Id<Uuid>>,
}

impl Form for Prefill {
    fn read(fields: &mut Fields) -> Self {
        Self {
            category: fields.optional_text("category", 40).unwrap_or_default(),
            title: fields.optional_text("title", TITLE).unwrap_or_default(),
            article: fields.id("article"),
        }
    }
}

/// `GET /requests/new`: anyone.
pub(super) async fn blank(visit: Visit, Asked(prefill): Asked<Prefill>) -> Answer {
    let values = views::RequestValues {
        category: prefill.category,
        title: prefill.title,
        article: prefill.article.map(|id| id.to_string()).unwrap_or_default(),
        priority: "MEDIUM".to_owned(),
        idempotency_key: fresh_key(),
        ..views::RequestValues::default()
    };
    web::html(&page(&visit, values, None, &FieldErrors::default()).await?)
}

async fn page(visit: &Visit, values: views::RequestValues, group: Option<&Group>, wrong: &FieldErrors) -> Result<views::RequestForm, Fault> {
    let fields = Field::active(&mut visit.app.db.read().await?).await?;
    Ok(views::RequestForm {
        page: visit.page("Send a request"),
        is_guest: !visit.actor.is_signed_in(),
        values,
        asked: super::asked::in_form(&fields, &visit.actor, group),
        errors: errors(wrong),
        upload: upload_limits(visit),
    })
}

/// `POST /requests`: anyone; a guest's request waits until the address is confirmed.
pub(super) async fn create(visit: Visit, input: Input<Request>) -> Answer {
    let (request, mut fields, uploads, seal) = input.open();
    let group = fields.group("customFields");
    let outcome = match request {
        Ok(request) if visit.actor.is_signed_in() => send(&visit, request, uploads, &seal).await,
        Ok(request) => guest::lay_down(&visit, request, &uploads).await,
        Err(wrong) => Err(Fault::Invalid(wrong).into()),
    };
    match outcome {
        Err(web::Failure(Fault::Invalid(wrong))) => {
            let wrong = all_wrong(&visit, &fields, group.as_ref(), in_words(wrong)).await?;
            web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&visit, again(&visit, &fields).await?, group.as_ref(), &wrong).await?)
        }
        outcome => outcome,
    }
}

/// What was typed and what was uploaded, for showing the form again.
async fn again(visit: &Visit, fields: &Fields) -> Result<views::RequestValues, Fault> {
    let kept_files = thread::kept(&mut visit.app.db.read().await?, &visit.actor, fields).await?;
    Ok(views::RequestValues { kept_files, ..typed(fields) })
}

/// The errors of a form with those of its custom fields, whichever were found first.
async fn all_wrong(visit: &Visit, fields: &Fields, group: Option<&Group>, mut wrong: FieldErrors) -> Result<FieldErrors, Fault> {
    let category = Category::from_word(&fields.typed("category")).unwrap_or(Category::GeneralInquiry);
    let asked = field_value::checked(&mut visit.app.db.read().await?, &visit.actor, category, Channel::Web, group).await;
    if let Err(Fault::Invalid(more)) = asked {
        more.0.into_iter().for_each(|(field, sentence)| wrong.add(&field, sentence));
    }
    Ok(wrong)
}

/// Sentences that stand for themselves in the summary above the form.
fn in_words(mut wrong: FieldErrors) -> FieldErrors {
    for (field, sentence) in wrong.0.iter_mut().filter(|(_, sentence)| sentence == "This is needed.") {
        match field.as_str() {
            "title" => "Write a subject.".clone_into(sentence),
            "content" => "Write what happened.".clone_into(sentence),
            _ => {}
        }
    }
    wrong
}

async fn send(visit: &Visit, request: Request, uploads: Vec<Upload>, seal: &Seal) -> Answer {
    let actor = visit.signed_in()?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    if request.team.is_some() || request.assignee.is_some() {
        return Err(Fault::Forbidden("Only staff assigns a request.".to_owned()).into());
    }
    let stored = message::store_for_form(visit, uploads).await?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, visit).await? {
        return Ok(answer);
    }
    suggestion::sent(&mut tx, &request.opened).await?;
    let requester = Person::get(&mut tx, actor.person.ok_or(Fault::SignIn)?).await?;
    let (group, article) = (request.custom_fields.clone(), request.article.map(Id::uuid));
    let ticket = Ticket::create_asked(&mut tx, actor, &requester, request.into_new(), group.as_ref()).await?;
    ticket.read_before(&mut tx, article).await?;
    message::adopt(&mut tx, actor, ticket.first_message_id, stored).await?;
    let answer = seal.keep_redirect(&mut tx, visit, &format!("/requests/{}", ticket.id)).await?;
    tx.commit().await?;
    Ok(visit.flash(answer, &Flash { kind: "good", text: format!("Request #{} is with us.", ticket.number), undo: None }))
}

/// `GET /desk/tickets/new`: staff.
pub(super) async fn blank_on_behalf(visit: Visit) -> Answer {
    visit.staff()?;
    let values = views::RequestValues {
        priority: "MEDIUM".to_owned(),
        category: "TECHNICAL_SUPPORT".to_owned(),
        idempotency_key: fresh_key(),
        ..views::RequestValues::default()
    };
    let page = desk_page(&visit, values, None, &FieldErrors::default(), (None, None)).await?;
    web::html(&page)
}

async fn desk_page(
    visit: &Visit,
    values: views::RequestValues,
    group: Option<&Group>,
    wrong: &FieldErrors,
    chosen: (Option<PersonId>, Option<TeamId>),
) -> Result<views::NewTicket, Fault> {
    let mut conn = visit.app.db.read().await?;
    Ok(views::NewTicket {
        page: visit.page("New ticket"),
        asked: super::asked::in_form(&Field::active(&mut conn).await?, &visit.actor, group),
        sidebar: super::sidebar::sidebar(&mut conn, &visit.actor, None, None).await?,
        values,
        assignees: or_none(
            "Nobody",
            chosen.0.is_none(),
            Person::staff(&mut conn).await?.into_iter().map(|person| views::Choice {
                selected: chosen.0 == Some(person.id),
                value: person.id.to_string(),
                label: person.name,
            }),
        ),
        teams: or_none(
            "None",
            chosen.1.is_none(),
            Team::all(&mut conn).await?.into_iter().map(|team| views::Choice {
                selected: chosen.1 == Some(team.id),
                value: team.id.to_string(),
                label: team.name,
            }),
        ),
        errors: errors(wrong),
        upload: upload_limits(visit),
    })
}

/// `POST /desk/tickets`: staff, for a customer who is added if new.
pub(super) async fn create_on_behalf(visit: Visit, input: Input<Request>) -> Answer {
    let actor = visit.staff()?;
    let (request, mut fields, uploads, seal) = input.open();
    let group = fields.group("customFields");
    let chosen = (fields.typed("assignee").parse().ok(), fields.typed("team").parse().ok());
    let outcome = match request {
        Ok(request) => send_on_behalf(&visit, actor, request, uploads, &seal).await,
        Err(wrong) => Err(Fault::Invalid(wrong).into()),
    };
    match outcome {
        Err(web::Failure(Fault::Invalid(wrong))) => {
            let wrong = all_wrong(&visit, &fields, group.as_ref(), in_words(wrong)).await?;
            let page = desk_page(&visit, again(&visit, &fields).await?, group.as_ref(), &wrong, chosen).await?;
            web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        outcome => outcome,
    }
}

async fn send_on_behalf(visit: &Visit, actor: &Actor, request: Request, uploads: Vec<Upload>, seal: &Seal) -> Answer {
    let Some(email) = request.email.clone() else { return Err(Fault::field("email", "Whose request is it? Give their mail address.").into()) };
    let stored = message::store_for_form(visit, uploads).await?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, visit).await? {
        return Ok(answer);
    }
    let name = request.name.clone().unwrap_or_else(|| email.split('@').next().unwrap_or(&email).to_owned());
    let requester = Person::of_guest(&mut tx, actor, &email, &name).await?;
    let group = request.custom_fields.clone();
    let ticket = Ticket::create_asked(&mut tx, actor, &requester, request.into_new(), group.as_ref()).await?;
    message::adopt(&mut tx, actor, ticket.first_message_id, stored).await?;
    let link = guest::link_for(&mut tx, visit, &ticket).await?;
    accounts::mail::queue(
        &mut tx,
        &requester.email,
        &format!("[#{}] {}", ticket.number, ticket.title),
        &format!("Hello {},\n\n{} opened a request for you. Follow it and reply here:\n{link}\n", requester.first_name(), actor.name),
    )
    .await?;
    let answer = seal.keep_redirect(&mut tx, visit, &format!("/desk/tickets/{}", ticket.id)).await?;
    tx.commit().await?;
    Ok(visit.flash(answer, &Flash { kind: "good", text: format!("Ticket #{} created.", ticket.number), undo: None }))
}
