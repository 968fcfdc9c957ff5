//! Translations: articles of their own, with words, versions and states of their own. Where they stand and who reads them is what the
//! original says.

use crate::{
    Article, ArticleId, Size,
    article::select,
    language,
    policy::{self, Action, View},
    write::Wish,
};
use db::{Conn, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;

record! {
    /// An article in one of its languages, for whoever chooses among them.
    #[derive(Clone, Debug)]
    pub struct Tongue {
        /// The id.
        pub id: ArticleId,
        /// The language, as a tag.
        pub language: String,
        /// Its slug.
        pub slug: String,
        /// Its title.
        pub title: String,
        /// How much the original has changed since; none for the original.
        pub outdated: Option<Size>,
        /// Readers see it.
        pub is_live: bool,
    }
}

impl Tongue {
    /// What the language is called.
    pub fn name(&self) -> &str {
        language::name(&self.language)
    }

    /// Its path for readers.
    pub fn href(&self) -> String {
        Article::path(&self.slug)
    }
}

impl Article {
    /// The original and its translations, as far as this actor may look at them so; the original first.
    pub async fn tongues(&self, conn: &mut Conn, actor: &Actor, view: View) -> Result<Vec<Tongue>> {
        let mut query = match view {
            View::Live => sql!(
                "SELECT a.id, a.language, a.slug, v.title, a.outdated, a.live_number IS NOT NULL FROM articles a
                 JOIN article_versions v ON v.article_id = a.id AND v.number = a.live_number WHERE (a.id = $1 OR a.source_id = $1)",
                self.original()
            ),
            View::Newest => sql!(
                "SELECT a.id, a.language, a.slug, v.title, a.outdated, a.live_number IS NOT NULL FROM articles a
                 JOIN article_versions v ON v.article_id = a.id AND v.number = a.number WHERE (a.id = $1 OR a.source_id = $1)",
                self.original()
            ),
        };
        policy::visible_to(actor, view, &mut query);
        query.push(" ORDER BY CASE WHEN a.source_id IS NULL THEN 0 ELSE 1 END, a.language");
        Ok(conn.all(query).await?)
    }

    /// Begins a translation: a draft in another language, with the words of the original where the wish has none.
    pub async fn translate(&self, tx: &mut Tx, actor: &Actor, language: &str, wish: &Wish) -> Result<Self> {
        if self.source_id.is_some() {
            return Err(Fault::field("translationOf", "That is a translation itself. Translate its original."));
        }
        let language = language::checked(language)?;
        // one at a time for an original, so that no language comes twice
        tx.hold::<i64>(sql!("SELECT version FROM articles WHERE id = $1", self.id)).await?;
        let taken: Option<i64> = tx.first(sql!("SELECT 1 FROM articles WHERE source_id = $1 AND language = $2", self.id, &language)).await?;
        if taken.is_some() || language == self.language {
            return Err(Fault::field("language", format!("There is one in {} already.", language::name(&language))));
        }
        let body = self.body(tx).await?;
        let wish = Wish {
            title: wish.title.clone().or_else(|| Some(self.title.clone())),
            summary: wish.summary.clone().or_else(|| Some(self.summary.clone())),
            content: wish.content.clone().or(Some(body.source)),
            tags: wish.tags.clone().or_else(|| Some(self.tags.clone())),
            slug: wish.slug.clone(),
            external_id: wish.external_id.clone(),
            kind: Some(self.kind),
            visibility: Some(self.visibility),
            audience: Some(self.audience.clone()),
            sections: Some(tx.all(sql!("SELECT section_id FROM article_sections WHERE article_id = $1", self.id)).await?),
            ..Wish::default()
        };
        let made = Self::add(tx, actor, &wish).await?;
        tx.run(sql!(
            "UPDATE articles SET source_id = $2, language = $3, source_number = $4 WHERE id = $1",
            made.id,
            self.id,
            &language,
            self.live_number.unwrap_or(self.number)
        ))
        .await?;
        self.lead(tx).await?;
        Self::get(tx, actor, made.id, Action::Write).await
    }

    /// Gives kind, readers and places of an original to its translations.
    pub(crate) async fn lead(&self, tx: &mut Tx) -> Result<()> {
        let translations: Vec<ArticleId> = tx.all(sql!("SELECT id FROM articles WHERE source_id = $1", self.id)).await?;
        for id in translations {
            tx.run(sql!(
                "UPDATE articles SET kind = (SELECT o.kind FROM articles o WHERE o.id = $2), visibility = (SELECT o.visibility FROM articles o WHERE o.id = $2)
                 WHERE id = $1",
                id,
                self.id
            ))
            .await?;
            tx.run(sql!("DELETE FROM article_sections WHERE article_id = $1", id)).await?;
            tx.run(sql!(
                "INSERT INTO article_sections (article_id, section_id, position) SELECT t.id, x.section_id, x.position FROM article_sections x
                 JOIN articles t ON t.id = $1 WHERE x.article_id = $2",
                id,
                self.id
            ))
            .await?;
            tx.run(sql!("DELETE FROM article_audience WHERE article_id = $1", id)).await?;
            tx.run(sql!(
                "INSERT INTO article_audience (article_id, audience_id) SELECT t.id, w.audience_id FROM article_audience w
                 JOIN articles t ON t.id = $1 WHERE w.article_id = $2",
                id,
                self.id
            ))
            .await?;
        }
        Ok(())
    }

    /// After a version was published: a larger change makes translations outdated, and one of a translation makes it as new as its
    /// original.
    pub(crate) async fn measured(&self, tx: &mut Tx, actor: &Actor, size: Size) -> Result<()> {
        match (self.source_id, size) {
            (_, Size::Typo) => Ok(()),
            (Some(source), _) => {
                tx.run(sql!(
                    "UPDATE articles SET outdated = NULL, source_number = (SELECT COALESCE(o.live_number, o.number) FROM articles o WHERE o.id = $2) WHERE id = $1",
                    self.id,
                    source
                ))
                .await?;
                Ok(())
            }
            (None, _) => {
                let outdated =
                    tx.run(sql!("UPDATE articles SET outdated = $2 WHERE source_id = $1 AND (outdated IS NULL OR outdated = 'MEDIUM')", self.id, size)).await?;
                if outdated > 0 {
                    tx.record(actor.event("article.outdated", ("article", self.id.uuid()), true, json!({ "size": size, "translations": outdated }))).await?;
                }
                Ok(())
            }
        }
    }

    /// The articles that this actor may write and that translate it or that it translates, ready to be looked at.
    pub async fn source(&self, conn: &mut Conn) -> Result<Option<Self>> {
        let Some(source) = self.source_id else { return Ok(None) };
        let mut query = select(View::Newest);
        query.push(" AND a.id = ").bind(source);
        Ok(conn.first(query).await?)
    }
}
