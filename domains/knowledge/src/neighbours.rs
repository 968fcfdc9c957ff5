//! What comes before and after an article in its section, as one reads it.

use crate::{
    Article, ArticleId, Section, language,
    policy::{self, View},
};
use db::{Conn, Id, Query, record, sql};
use kernel::{Actor, Result};

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
    /// What the actor may read before and after it in a section, in its language.
    pub async fn neighbours(&self, conn: &mut Conn, actor: &Actor, section: Id<Section>) -> Result<(Option<Neighbour>, Option<Neighbour>)> {
        let place: Option<(i64, ArticleId)> =
            conn.first(sql!("SELECT position, article_id FROM article_sections WHERE section_id = $1 AND article_id = $2", section, self.id)).await?;
        let Some((position, _)) = place else { return Ok((None, None)) };
        let before = conn.first(self.beside(actor, section, position, false)).await?;
        let after = conn.first(self.beside(actor, section, position, true)).await?;
        Ok((before, after))
    }

    /// The statement of one neighbour; plan tests read it too.
    fn beside(&self, actor: &Actor, section: Id<Section>, position: i64, is_next: bool) -> Query {
        let mut query = sql!(
            "SELECT a.slug, v.title FROM article_sections x JOIN articles a ON a.id = x.article_id
             JOIN article_versions v ON v.article_id = a.id AND v.number = a.live_number WHERE x.section_id = $1",
            section
        );
        query.push(if is_next { " AND (x.position, x.article_id) > (" } else { " AND (x.position, x.article_id) < (" });
        query.bind(position).push(", ").bind(self.id).push(")");
        policy::visible_to(actor, View::Live, &mut query);
        language::narrow(Some(&self.language), &mut query);
        query.push(if is_next { " ORDER BY x.position, x.article_id" } else { " ORDER BY x.position DESC, x.article_id DESC" }).limit(1);
        query
    }
}
