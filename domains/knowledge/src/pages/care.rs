//! Who looks after an article and until when it is right; its translations. And the article from which a ticket was asked, beside it.

use super::{Choice, said};
use crate::{
    Article, ArticleId, Care, Wish,
    api::id,
    language,
    policy::{Action, View},
    translation::Tongue,
};
use accounts::Person;
use askama::Template;
use db::{Timestamp, sql};
use kernel::{Fault, FieldErrors, PersonId, Result};
use ui::Errors;
use uuid::Uuid;
use web::{Answer, Fields, Form, Input, Path, StatusCode, Visit};

#[derive(Template)]
#[template(path = "knowledge/care.html")]
struct CarePage {
    page: ui::Page,
    errors: Errors,
    article: Article,
    source: Option<Article>,
    tongues: Vec<Tongue>,
    owners: Vec<Choice>,
    languages: Vec<Choice>,
    verify_at: String,
    is_overdue: bool,
}

/// The form: a day, not a time.
pub(super) struct Wanted {
    version: i64,
    owner: Option<PersonId>,
    day: Option<String>,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), owner: fields.id("ownerId"), day: fields.optional_text("verifyAt", 20) }
    }
}

async fn page(visit: &Visit, article: Article, fields: Option<&Fields>, wrong: &FieldErrors) -> Result<CarePage> {
    let mut conn = visit.app.db.read().await?;
    let mut errors = Errors::new();
    for (field, sentence) in &wrong.0 {
        errors.add(field, sentence);
    }
    let tongues = article.tongues(&mut conn, &visit.actor, View::Newest).await?;
    let zone = jiff::tz::TimeZone::get(&visit.actor.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let day = |at: Timestamp| at.to_jiff().to_zoned(zone.clone()).date().to_string();
    let chosen = fields.map_or_else(|| article.owner_id.map(|id| id.to_string()).unwrap_or_default(), |fields| fields.typed("ownerId"));
    Ok(CarePage {
        page: visit.page("Care and translations"),
        errors,
        source: article.source(&mut conn).await?,
        owners: Person::staff(&mut conn).await?.into_iter().map(|one| Choice::new(one.id.to_string(), &one.name, one.id.to_string() == chosen)).collect(),
        languages: language::all()
            .filter(|(tag, _)| !tongues.iter().any(|tongue| tongue.language == *tag))
            .map(|(tag, name)| Choice::new(tag, name, false))
            .collect(),
        verify_at: fields.map_or_else(|| article.verify_at.map(day).unwrap_or_default(), |fields| fields.typed("verifyAt")),
        is_overdue: article.verify_at.is_some_and(|at| at < conn.now()),
        tongues,
        article,
    })
}

/// `GET /desk/knowledge/{id}/care`: whoever may write it.
pub(super) async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let article = Article::get(&mut visit.app.db.read().await?, actor, id(&one)?, Action::Write).await?;
    web::html(&page(&visit, article, None, &FieldErrors::default()).await?)
}

/// `POST /desk/knowledge/{id}/care`: whoever may write it.
pub(super) async fn save(visit: Visit, Path(one): Path<String>, input: Input<Wanted>) -> Answer {
    let actor = visit.staff()?;
    let article = Article::get(&mut visit.app.db.read().await?, actor, id(&one)?, Action::Write).await?;
    let (read, fields, ..) = input.open();
    let outcome: Result<()> = async {
        let wanted = read?;
        let verify_at = wanted.day.as_deref().map(|day| last_moment(day, &actor.zone)).transpose()?;
        let mut tx = visit.app.db.write().await?;
        article.care(&mut tx, actor, wanted.version, &Care { owner: wanted.owner, verify_at }).await?;
        Ok(tx.commit().await?)
    }
    .await;
    match outcome {
        Ok(()) => said(&visit, &format!("/desk/knowledge/{}/care", article.id), "Saved."),
        Err(Fault::Invalid(wrong)) => web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&visit, article, Some(&fields), &wrong).await?),
        Err(Fault::Stale(_)) => {
            let words = FieldErrors::one("", "Somebody saved the article meanwhile. Look at what is here, then save again.");
            let fresh = Article::get(&mut visit.app.db.read().await?, actor, article.id, Action::Write).await?;
            web::html_with(StatusCode::CONFLICT, &page(&visit, fresh, Some(&fields), &words).await?)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// The end of a day in the person's zone.
fn last_moment(day: &str, zone: &str) -> Result<Timestamp> {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let end = day.parse::<jiff::civil::Date>().ok().and_then(|day| day.at(23, 59, 59, 0).to_zoned(zone).ok());
    end.map(|end| Timestamp::from_micros(end.timestamp().as_microsecond())).ok_or_else(|| Fault::field("verifyAt", "Choose a day."))
}

pub(super) struct Begun {
    language: String,
    title: Option<String>,
}

impl Form for Begun {
    fn read(fields: &mut Fields) -> Self {
        Self { language: fields.text("language", 20), title: fields.optional_text("title", crate::write::TITLE) }
    }
}

/// `POST /desk/knowledge/{id}/translations`: whoever may write it. A draft with the words of the original.
pub(super) async fn translate(visit: Visit, Path(one): Path<String>, input: Input<Begun>) -> Answer {
    let actor = visit.staff()?;
    let article = Article::get(&mut visit.app.db.read().await?, actor, id(&one)?, Action::Write).await?;
    let (read, ..) = input.open();
    let outcome: Result<Article> = async {
        let wanted = read?;
        let mut tx = visit.app.db.write().await?;
        let made = article.translate(&mut tx, actor, &wanted.language, &Wish { title: wanted.title, ..Wish::default() }).await?;
        tx.commit().await?;
        Ok(made)
    }
    .await;
    match outcome {
        Ok(made) => said(
            &visit,
            &format!("/desk/knowledge/{}", made.id),
            format!("This becomes the article in {}. The words are those of the original.", language::name(&made.language)),
        ),
        Err(Fault::Invalid(wrong)) => web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&visit, article, None, &wrong).await?),
        Err(fault) => Err(fault.into()),
    }
}

#[derive(Template)]
#[template(path = "knowledge/beside.html")]
struct Beside {
    page: ui::Page,
    article: Option<Article>,
}

/// `GET /desk/tickets/{id}/asked-from`: staff that may see the ticket. The article from which it was asked.
pub(super) async fn beside(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let ticket: Uuid = one.parse().map_err(|_| Fault::Missing)?;
    let mut conn = visit.app.db.read().await?;
    let domain = visit.app.domain("ticket").ok_or_else(|| Fault::Broken("no room owns tickets".to_owned()))?;
    if !(domain.may_see)(&mut conn, actor, ticket).await? {
        return Err(Fault::Missing.into());
    }
    let named: Option<ArticleId> = conn.first(sql!("SELECT article_id FROM tickets WHERE id = $1 AND article_id IS NOT NULL", ticket)).await?;
    let article = match named {
        Some(id) => match Article::get(&mut conn, actor, id, Action::Write).await {
            Ok(article) => Some(article),
            Err(Fault::Missing) => None,
            Err(fault) => return Err(fault.into()),
        },
        None => None,
    };
    web::html(&Beside { page: visit.page("Article"), article })
}
