//! What stands in the form of an article, right or wrong: shown again, and kept as a draft.

use crate::{Article, draft::Draft, neighbours::standings};
use db::Conn;
use kernel::Result;
use serde::{Deserialize, Serialize};
use web::Fields;

/// What stands in the form.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    /// The `version` of the article that was read.
    pub(super) version: i64,
    /// The number of the text that was read.
    pub(super) number: i64,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) content: String,
    pub(super) tags: String,
    pub(super) kind: String,
    pub(super) visibility: String,
    pub(super) slug: String,
    pub(super) audience: Vec<String>,
    pub(super) sections: Vec<String>,
}

impl Typed {
    /// What the form sends.
    pub(super) const NAMES: [&str; 16] = [
        "id",
        "base",
        "act",
        "category",
        "externalId",
        "version",
        "number",
        "title",
        "summary",
        "content",
        "tags",
        "kind",
        "visibility",
        "slug",
        "audience",
        "sectionIds",
    ];

    /// As it was sent.
    pub(super) fn of(fields: &Fields) -> Self {
        let list = |name: &str| fields.typed(name).split(", ").filter(|one| !one.is_empty()).map(str::to_owned).collect();
        let number = |name: &str| fields.typed(name).parse().unwrap_or_default();
        Self {
            version: number("version"),
            number: number("number"),
            title: fields.typed("title"),
            summary: fields.typed("summary"),
            content: fields.typed("content").replace("\r\n", "\n"),
            tags: fields.typed("tags"),
            kind: fields.typed("kind"),
            visibility: fields.typed("visibility"),
            slug: fields.typed("slug"),
            audience: list("audience"),
            sections: list("sectionIds"),
        }
    }

    /// As it is saved.
    pub(super) async fn stored(conn: &mut Conn, article: &Article) -> Result<Self> {
        let standing = standings(conn, std::slice::from_ref(article)).await?.remove(&article.id).unwrap_or_default();
        Ok(Self {
            version: article.version,
            number: article.number,
            title: article.title.clone(),
            summary: article.summary.clone(),
            content: article.body(conn).await?.source,
            tags: article.tags.join(", "),
            kind: article.kind.word().to_owned(),
            visibility: article.visibility.word().to_owned(),
            slug: article.slug.clone(),
            audience: article.audience.iter().map(ToString::to_string).collect(),
            sections: standing.iter().map(|one| one.section_id.to_string()).collect(),
        })
    }

    /// As it was kept.
    pub(super) fn drafted(draft: &Draft) -> Self {
        let kept: Self = serde_json::from_str(&draft.fields).unwrap_or_default();
        // one that a picture began is there in its first version
        Self { version: draft.base_version.max(1), number: draft.base_number.max(1), ..kept }
    }

    /// For keeping it.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
