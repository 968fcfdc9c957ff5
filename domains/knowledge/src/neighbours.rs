//! Where articles stand, and what comes before and after one in its section, as one reads it.

use crate::{
    Article, ArticleId, Section, language,
    policy::{self, View},
};
use db::{Conn, Id, Query, record, sql};
use kernel::{Actor, Result};
use std::collections::HashMap;

record! {
    /// Where an article stands.
    #[derive(Clone, Debug)]
    pub struct Standing {
        article_id: ArticleId,
        /// The section.
        pub section_id: Id<Section>,
        /// Its place in it.
        pub position: i64,
        /// The slug of its category.
        pub category: String,
        /// The title of its category.
        pub category_title: String,
    }
}

/// Where articles stand, in the order of categories and sections.
pub async fn standings(conn: &mut Conn, articles: &[Article]) -> Result<HashMap<ArticleId, Vec<Standing>>> {
    let mut query = sql!(
        "SELECT x.article_id, s.id, x.position, c.slug, c.title FROM article_sections x JOIN knowledge_sections s ON s.id = x.section_id
         JOIN knowledge_categories c ON c.id = s.category_id WHERE 1 = 1"
    );
    query.push(" AND x.article_id IN ").list(articles.iter().map(|article| article.id));
    query.push(" ORDER BY c.position, c.id, s.position, s.id");
    let mut found: HashMap<ArticleId, Vec<Standing>> = HashMap::new();
    for standing in conn.all::<Standing>(query).await? {
        found.entry(standing.article_id).or_default().push(standing);
    }
    Ok(found)
}

record! {
    /// An article to go on with.
    #[derive(Clone, Debug)]
    pub struct Neighbour {
        /// Its slug.
        pub slug: String,
        /// Its title.
        pub title: String,
    }
}

impl Neighbour {
    /// Its path for readers.
    pub fn href(&self) -> String {
        Article::path(&self.slug)
    }
}

impl Article {
    /// What the actor may read before and after it where it stands, in its language.
    pub async fn neighbours(&self, conn: &mut Conn, actor: &Actor, at: &Standing) -> Result<(Option<Neighbour>, Option<Neighbour>)> {
        let before = conn.first(self.beside(actor, at, false)).await?;
        let after = conn.first(self.beside(actor, at, true)).await?;
        Ok((before, after))
    }

    /// The statement of one neighbour; plan tests read it too.
    fn beside(&self, actor: &Actor, at: &Standing, is_next: bool) -> Query {
        let mut query = sql!(
            "SELECT a.slug, v.title FROM article_sections x JOIN articles a ON a.id = x.article_id
             JOIN article_versions v ON v.article_id = a.id AND v.number = a.live_number WHERE x.section_id = $1",
            at.section_id
        );
        query.push(if is_next { " AND (x.position, x.article_id) > (" } else { " AND (x.position, x.article_id) < (" });
        query.bind(at.position).push(", ").bind(self.id).push(")");
        policy::visible_to(actor, View::Live, &mut query);
        language::narrow(Some(&self.language), &mut query);
        query.push(if is_next { " ORDER BY x.position, x.article_id" } else { " ORDER BY x.position DESC, x.article_id DESC" }).limit(1);
        query
    }
}
