//! The pictures of an article: sending one, and what to write to show it. A script that pastes or drops one asks for JSON.

use super::said;
use crate::{
    Article, ArticleId, Wish,
    api::id,
    draft::Draft,
    image::{self, Image},
    policy::Action,
};
use askama::Template;
use kernel::{Actor, Fault, Result};
use serde_json::json;
use ui::Errors;
use web::{Answer, Bucket, Fields, Form, HeaderMap, Input, Path, StatusCode, Visit, header};

#[derive(Template)]
#[template(path = "knowledge/images.html")]
struct ImagesPage {
    page: ui::Page,
    errors: Errors,
    article: Article,
    images: Vec<Image>,
}

/// `GET /help/files/{id}/{name}`: whoever may read or write the article that it belongs to.
pub(super) async fn file(visit: Visit, Path((id, _)): Path<(String, String)>, headers: HeaderMap) -> Answer {
    files::answer(&visit, &id, image::KIND, &headers).await
}

/// `GET /desk/knowledge/{id}/images`: whoever may write it.
pub(super) async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    web::html(&page(&visit, &one, Errors::new()).await?)
}

async fn page(visit: &Visit, one: &str, errors: Errors) -> Result<ImagesPage> {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let article = Article::get(&mut conn, actor, id(one)?, Action::Write).await?;
    let images = Image::of(&mut conn, article.id).await?;
    Ok(ImagesPage { page: visit.page("Pictures"), errors, article, images })
}

pub(super) struct Sent;

impl Form for Sent {
    const UPLOADS: bool = true;
    fn read(_: &mut Fields) -> Self {
        Self
    }
}

/// `POST /desk/knowledge/{id}/images`: whoever may write it. Answers JSON (`href`, `markdown`) to who asks for that.
pub(super) async fn add(visit: Visit, Path(one): Path<String>, headers: HeaderMap, input: Input<Sent>) -> Answer {
    let actor = visit.staff()?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let article = begun(&visit, actor, id(&one)?).await?;
    let (read, _, uploads, _) = input.open();
    let outcome: Result<Vec<Image>> = async {
        read?;
        if uploads.is_empty() {
            return Err(Fault::field("file", "Choose a picture."));
        }
        let store = files::Store::of(&visit.app)?;
        let mut prepared = Vec::new();
        for mut upload in uploads {
            let bytes = upload.bytes().await?;
            prepared.push(image::prepare(&store, &upload.name, bytes).await?);
        }
        let mut tx = visit.app.db.write().await?;
        let mut images = Vec::new();
        for one in prepared {
            images.push(Image::add(&mut tx, actor, article.id, one).await?);
        }
        tx.commit().await?;
        Ok(images)
    }
    .await;
    let wants_json = headers.get(header::ACCEPT).and_then(|kinds| kinds.to_str().ok()).is_some_and(|kinds| kinds.starts_with("application/json"));
    match outcome {
        Ok(images) if wants_json => {
            let items: Vec<_> = images
                .iter()
                .map(|image| json!({ "href": image.href(), "markdown": image.markdown(), "width": image.width, "height": image.height }))
                .collect();
            web::json_with(StatusCode::CREATED, &json!({ "items": items }))
        }
        Ok(_) => said(&visit, &format!("/desk/knowledge/{}/images", article.id), "The picture is there. Copy its line into the text."),
        Err(Fault::Unsupported(words) | Fault::TooLarge(words)) if !wants_json => again(&visit, &one, &words).await,
        Err(Fault::Invalid(wrong)) if !wants_json => {
            let words: Vec<String> = wrong.0.into_iter().map(|(_, words)| words).collect();
            again(&visit, &one, &words.join(" ")).await
        }
        Err(fault) => Err(fault.into()),
    }
}

/// The article; one that this person writes and has not saved yet is made, for its pictures need a place.
async fn begun(visit: &Visit, actor: &Actor, id: ArticleId) -> Result<Article> {
    let mut conn = visit.app.db.read().await?;
    let draft = match Article::get(&mut conn, actor, id, Action::Write).await {
        Err(Fault::Missing) => Draft::of(&mut conn, actor.person.ok_or(Fault::SignIn)?, id).await?.ok_or(Fault::Missing)?,
        other => return other,
    };
    drop(conn);
    let mut tx = visit.app.db.write().await?;
    let title = if draft.title.is_empty() { "Untitled".to_owned() } else { draft.title };
    let made = match Article::add(&mut tx, actor, &Wish { id: Some(id), title: Some(title), ..Wish::default() }).await {
        // the picture beside this one came first
        Err(Fault::Conflict { .. }) => return Article::get(&mut tx, actor, id, Action::Write).await,
        other => other?,
    };
    tx.commit().await?;
    Ok(made)
}

async fn again(visit: &Visit, one: &str, words: &str) -> Answer {
    let mut errors = Errors::new();
    errors.add("file", words);
    web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(visit, one, errors).await?)
}
