//! What is asked while somebody writes: how the text looks, keeping it, throwing it away.

use super::{said, typed::Typed};
use crate::{
    Article, ArticleId,
    api::id,
    draft::{self, Draft},
    policy::Action,
};
use kernel::{Actor, Fault, PersonId, Result};
use serde::Serialize;
use web::{Answer, Fields, Form, Input, Path, Visit};

/// Bytes of all that a draft holds: a long text, and what else is in the form.
const MOST: usize = 600_000;

/// A text that shall be shown.
pub(super) struct Text(String);

impl Form for Text {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.optional_text("content", crate::write::CONTENT).unwrap_or_default())
    }
}

/// How a text looks.
#[derive(Serialize)]
pub(super) struct Shown {
    /// As readers see it.
    pub(super) html: String,
    /// Without what it includes from elsewhere and without the ids of headings, for the rich editor.
    plain: String,
}

/// `POST /desk/knowledge/preview`: staff.
pub(super) async fn preview(visit: Visit, input: Input<Text>) -> Answer {
    visit.staff()?;
    let Text(content) = input.take()?;
    web::json(&looks(&mut visit.app.db.read().await?, &content).await?)
}

/// How a text looks: the same that readers get when it is published.
async fn looks(conn: &mut db::Conn, content: &str) -> Result<Shown> {
    let html = crate::text::made(conn, content).await?.html;
    Ok(Shown { html, plain: richtext::article(content, &|_| None).into_string() })
}

/// The form as it stands, whatever is wrong with it.
pub(super) struct Unchecked(Typed);

impl Form for Unchecked {
    fn read(fields: &mut Fields) -> Self {
        for name in Typed::NAMES {
            fields.has(name);
        }
        Self(Typed::of(fields))
    }
}

/// Whose words these are; they may be of an article that is not there yet, or of one that this person may write.
async fn writer(conn: &mut db::Conn, actor: &Actor, article: ArticleId) -> Result<PersonId> {
    let is_there: Option<i64> = conn.first(db::sql!("SELECT 1 FROM articles WHERE id = $1", article)).await?;
    if is_there.is_some() {
        Article::get(conn, actor, article, Action::Write).await?;
    }
    actor.person.ok_or(Fault::SignIn)
}

/// `PUT /desk/knowledge/{id}/draft`: whoever may write it.
pub(super) async fn keep(visit: Visit, Path(one): Path<String>, input: Input<Unchecked>) -> Answer {
    let actor = visit.staff()?;
    let Unchecked(typed) = input.take()?;
    let draft = Draft {
        article_id: id(&one)?,
        base_version: typed.version,
        base_number: typed.number,
        title: typed.title.clone(),
        fields: typed.json(),
        updated_at: visit.app.db.clock().now(),
    };
    if draft.fields.len() > MOST {
        return Err(Fault::field("content", "This is too long to be kept.").into());
    }
    let mut tx = visit.app.db.write().await?;
    let person = writer(&mut tx, actor, draft.article_id).await?;
    draft.keep(&mut tx, person).await?;
    tx.commit().await?;
    web::no_content()
}

/// `POST /desk/knowledge/{id}/draft/discard`: whose it is.
pub(super) async fn discard(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let article: ArticleId = id(&one)?;
    let mut tx = visit.app.db.write().await?;
    let person = writer(&mut tx, actor, article).await?;
    draft::forget(&mut tx, person, article).await?;
    let is_there: Option<i64> = tx.first(db::sql!("SELECT 1 FROM articles WHERE id = $1", article)).await?;
    tx.commit().await?;
    let place = if is_there.is_some() { format!("/desk/knowledge/{article}") } else { "/desk/knowledge/new".to_owned() };
    said(&visit, &place, "Your unsaved words are thrown away.")
}
