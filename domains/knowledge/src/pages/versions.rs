//! The versions of an article: the list, what differs between two, and going back to one.

use super::said;
use crate::{
    Article,
    api::id,
    diff::{Row, side_by_side},
    policy::Action,
    version::{Said, Text, Version},
};
use askama::Template;
use kernel::Fault;
use web::{Answer, Asked, Fields, Form, Input, Path, Visit};

/// Shown at once.
const SHOWN: i64 = 100;

#[derive(Template)]
#[template(path = "knowledge/versions.html")]
struct VersionsPage {
    page: ui::Page,
    article: Article,
    versions: Vec<Version>,
    older: Text,
    newer: Text,
    rows: Vec<Row>,
    before: String,
    after: String,
    is_same_head: bool,
    said: Vec<Said>,
}

pub(super) struct Between {
    from: Option<i64>,
    to: Option<i64>,
}

impl Form for Between {
    fn read(fields: &mut Fields) -> Self {
        Self { from: fields.integer("from", 1..=i64::MAX), to: fields.integer("to", 1..=i64::MAX) }
    }
}

/// `GET /desk/knowledge/{id}/versions?from=&to=`: whoever may write it. Without numbers, the newest against what readers see.
pub(super) async fn show(visit: Visit, Path(one): Path<String>, Asked(between): Asked<Between>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let article = Article::get(&mut conn, actor, id(&one)?, Action::Write).await?;
    let to = between.to.unwrap_or(article.number);
    let usual = article.live_number.filter(|live| *live < to).unwrap_or((to - 1).max(1));
    let older = Text::get(&mut conn, article.id, between.from.unwrap_or(usual)).await?;
    let newer = Text::get(&mut conn, article.id, to).await?;
    let versions = Version::of(&mut conn, article.id, i64::MAX, SHOWN).await?;
    let said = Said::last(&mut conn, article.id).await?;
    web::html(&VersionsPage {
        page: visit.page("Versions"),
        rows: side_by_side(&older.source, &newer.source),
        before: format!("Version {}", older.number),
        after: format!("Version {}", newer.number),
        is_same_head: (&older.title, &older.summary, &older.tags) == (&newer.title, &newer.summary, &newer.tags),
        said,
        article,
        versions,
        older,
        newer,
    })
}

pub(super) struct Seen(i64);

impl Form for Seen {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.needed_integer("version", 1..=i64::MAX))
    }
}

/// `POST /desk/knowledge/{id}/versions/{number}/restore`: whoever may write it.
pub(super) async fn restore(visit: Visit, Path((one, number)): Path<(String, String)>, input: Input<Seen>) -> Answer {
    let actor = visit.staff()?;
    let number = number.parse().map_err(|_| Fault::Missing)?;
    let mut tx = visit.app.db.write().await?;
    let article = Article::get(&mut tx, actor, id(&one)?, Action::Write).await?;
    let Seen(version) = input.take()?;
    article.restore(&mut tx, actor, version, number).await?;
    tx.commit().await?;
    said(&visit, &format!("/desk/knowledge/{}", article.id), format!("The words of version {number} are a new version now."))
}
