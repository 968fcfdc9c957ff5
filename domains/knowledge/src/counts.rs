//! How many published articles a reader finds on each shelf: a category, or a section. Translations count with their original.

use crate::{
    ArticleId, Visibility, edition, language,
    policy::{self, View},
    related,
};
use db::{Conn, Query, Tx, sql};
use kernel::{Actor, Result};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The shelves on which readers find an article, by who reads it.
pub(crate) type Stand = BTreeSet<(Uuid, Visibility)>;

/// Where an article counts now: nowhere while it is not published, or a translation. Before a change, once the article is held.
pub(crate) async fn stand(conn: &mut Conn, id: ArticleId) -> Result<Stand> {
    let rows: Vec<(Uuid, Uuid, Visibility)> = conn
        .all(sql!(
            "SELECT x.section_id, s.category_id, a.visibility FROM articles a JOIN article_sections x ON x.article_id = a.id
             JOIN knowledge_sections s ON s.id = x.section_id WHERE a.id = $1 AND a.live_number IS NOT NULL AND a.source_id IS NULL",
            id
        ))
        .await?;
    Ok(rows.into_iter().flat_map(|(section, category, visibility)| [(section, visibility), (category, visibility)]).collect())
}

/// Counts an article where it stands now instead of where it stood before the change, and begins an edition. The last that a change does:
/// who counts holds all that the rest of the transaction needs, so that nobody waits for each other in a circle.
pub(crate) async fn moved(tx: &mut Tx, id: ArticleId, before: &Stand) -> Result<()> {
    tx.lock(related::LOCK).await?;
    let now = stand(tx, id).await?;
    for (shelf, visibility) in before.symmetric_difference(&now) {
        let more: i64 = if now.contains(&(*shelf, *visibility)) { 1 } else { -1 };
        tx.run(sql!(
            "INSERT INTO article_counts (shelf_id, visibility, articles) VALUES ($1, $2, $3)
             ON CONFLICT (shelf_id, visibility) DO UPDATE SET articles = article_counts.articles + excluded.articles",
            *shelf,
            *visibility,
            more
        ))
        .await?;
    }
    edition::turn(tx).await
}

/// Counts what stands in these sections and their categories anew, after many articles, which are held, moved at once; and begins an
/// edition.
pub(crate) async fn anew(tx: &mut Tx, sections: &[Uuid], categories: &[Uuid]) -> Result<()> {
    tx.lock(related::LOCK).await?;
    for shelf in sections.iter().chain(categories) {
        tx.run(sql!("DELETE FROM article_counts WHERE shelf_id = $1", *shelf)).await?;
    }
    for section in sections {
        tx.run(sql!(
            "INSERT INTO article_counts (shelf_id, visibility, articles) SELECT x.section_id, a.visibility, COUNT(*) FROM article_sections x
             JOIN articles a ON a.id = x.article_id WHERE x.section_id = $1 AND a.live_number IS NOT NULL AND a.source_id IS NULL
             GROUP BY x.section_id, a.visibility",
            *section
        ))
        .await?;
    }
    for category in categories {
        tx.run(sql!(
            "INSERT INTO article_counts (shelf_id, visibility, articles) SELECT s.category_id, a.visibility, COUNT(DISTINCT a.id)
             FROM knowledge_sections s JOIN article_sections x ON x.section_id = s.id JOIN articles a ON a.id = x.article_id
             WHERE s.category_id = $1 AND a.live_number IS NOT NULL AND a.source_id IS NULL GROUP BY s.category_id, a.visibility",
            *category
        ))
        .await?;
    }
    edition::turn(tx).await
}

/// How many articles the actor may read on each shelf; shelves with none are not there.
pub(crate) async fn of(conn: &mut Conn, actor: &Actor) -> Result<HashMap<Uuid, i64>> {
    let mut query = Query::with("SELECT shelf_id, CAST(SUM(articles) AS BIGINT) FROM article_counts WHERE visibility IN ", Vec::new());
    query.list(policy::whole(actor).iter().copied()).push(" GROUP BY shelf_id");
    let mut counts: HashMap<Uuid, i64> = conn.all::<(Uuid, i64)>(query).await?.into_iter().filter(|(_, count)| *count > 0).collect();
    if actor.is_signed_in() && !actor.is_supervisor() {
        let chosen: Vec<(Uuid, Uuid, ArticleId)> = conn.all(for_chosen(actor)).await?;
        let stands: BTreeSet<(Uuid, ArticleId)> = chosen.into_iter().flat_map(|(section, category, id)| [(section, id), (category, id)]).collect();
        for (shelf, _) in stands {
            *counts.entry(shelf).or_default() += 1;
        }
    }
    Ok(counts)
}

/// Of the articles for chosen people, those that the actor may read.
fn for_chosen(actor: &Actor) -> Query {
    let mut query = Query::with(
        "SELECT x.section_id, s.category_id, a.id FROM articles a JOIN article_sections x ON x.article_id = a.id
         JOIN knowledge_sections s ON s.id = x.section_id WHERE a.visibility IN ('ORGANIZATIONS', 'TEAMS') AND a.visibility NOT IN ",
        Vec::new(),
    );
    query.list(policy::whole(actor).iter().copied());
    policy::visible_to(actor, View::Live, &mut query);
    language::narrow(None, &mut query);
    query
}
