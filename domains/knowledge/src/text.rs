//! What readers see of an article's words: snippets put in, pictures with their sizes, HTML with ids in its headings. It is kept
//! beside the words, and made anew when the renderer or a snippet changed.

use crate::{ArticleId, snippet};
use db::{Conn, Db, Id, Tx, record, sql};
use kernel::{Actor, Result};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// Versions that are made anew in one transaction.
const LOT: i64 = 20;

/// What was made of words.
pub(crate) struct Made {
    /// Safe HTML.
    pub(crate) html: String,
    /// JSON: its headings.
    pub(crate) headings: String,
}

/// Makes the HTML of words.
pub(crate) async fn made(conn: &mut Conn, source: &str) -> Result<Made> {
    let whole = snippet::put_in(conn, source).await?;
    let sizes = sizes(conn, &whole).await?;
    let (html, headings) = richtext::outline(&richtext::article(&whole, &|address| sizes.get(&image_of(address)?).copied()));
    let headings: Vec<_> = headings.into_iter().map(|heading| (heading.level, heading.id, heading.text)).collect();
    Ok(Made { html: html.into_string(), headings: json!(headings).to_string() })
}

/// The words alone, with snippets put in: for whoever looks for them.
pub(crate) async fn plain(conn: &mut Conn, source: &str) -> Result<String> {
    Ok(richtext::article(&snippet::put_in(conn, source).await?, &|_| None).plain())
}

/// The file that an address of a picture names.
fn image_of(address: &str) -> Option<Uuid> {
    address.strip_prefix(richtext::IMAGES)?.get(..36)?.parse().ok()
}

/// The files whose pictures stand in a text.
pub(crate) fn images_in(source: &str) -> Vec<Uuid> {
    source.match_indices(richtext::IMAGES).filter_map(|(at, _)| image_of(&source[at..])).collect()
}

async fn sizes(conn: &mut Conn, source: &str) -> Result<HashMap<Uuid, (i64, i64)>> {
    let ids = images_in(source);
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = sql!("SELECT file_id, width, height FROM article_images WHERE 1 = 1");
    query.push(" AND file_id IN ").list(ids);
    Ok(conn.all::<(Id<Uuid>, i64, i64)>(query).await?.into_iter().map(|(id, width, height)| (id.uuid(), (width, height))).collect())
}

record! {
    /// A version whose HTML is of an older renderer, or has a snippet as it was.
    struct Old {
        article_id: ArticleId,
        number: i64,
        renderer: i64,
    }
}

/// Makes a lot of old HTML anew; answers whether there may be more. Twice is harmless.
pub(crate) async fn remake(db: &Db) -> Result<bool> {
    let query = || sql!("SELECT article_id, number, renderer FROM article_versions WHERE renderer < $1 ORDER BY renderer LIMIT 20", richtext::ARTICLE_VERSION);
    let old: Vec<Old> = db.read().await?.all(query()).await?;
    if old.is_empty() {
        return Ok(false);
    }
    let mut tx = db.write().await?;
    tx.lock(snippet::LOCK).await?;
    for one in &old {
        remake_one(&mut tx, one).await?;
    }
    tx.commit().await?;
    Ok(i64::try_from(old.len()).unwrap_or(LOT) >= LOT)
}

async fn remake_one(tx: &mut Tx, old: &Old) -> Result<()> {
    // the row is held before snippets are read: a change of one that comes later makes it old again
    let held = sql!(
        "SELECT source FROM article_versions WHERE article_id = $1 AND number = $2 AND renderer < $3",
        old.article_id,
        old.number,
        richtext::ARTICLE_VERSION
    );
    let Some(source): Option<String> = tx.hold(held).await? else { return Ok(()) };
    let Made { html, headings } = made(tx, &source).await?;
    tx.run(sql!(
        "UPDATE article_versions SET html = $3, headings = $4, renderer = $5 WHERE article_id = $1 AND number = $2",
        old.article_id,
        old.number,
        html,
        headings,
        richtext::ARTICLE_VERSION
    ))
    .await?;
    let live: Option<i64> = tx.first(sql!("SELECT 1 FROM articles WHERE id = $1 AND live_number = $2", old.article_id, old.number)).await?;
    if old.renderer == 0 && live.is_some() {
        let facts = json!({ "number": old.number });
        tx.record(Actor::system("Clockwork").event("article.remade", ("article", old.article_id.uuid()), true, facts)).await?;
    }
    Ok(())
}
