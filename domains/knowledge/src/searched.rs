//! What can be found of articles, and by whom: the published version by its readers, the newest one by those who write.

use crate::{
    Article, ArticleId, Visibility,
    article::select,
    policy::{self, View},
};
use db::{Conn, Event, FromRow, Id, Query, Reader, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Document, Result, Scope, Searchable};
use std::collections::HashMap;
use uuid::Uuid;

/// For the roof.
pub const SEARCHABLE: Searchable = Searchable { kind: "article", many: "Articles", icon: "i-book-open", touched, documents, walk, at, audience, shown };

/// What readers see.
const LIVE: &str = "live";
/// What writers see beside it.
const NEWEST: &str = "newest";

fn touched(line: &Event) -> Option<Uuid> {
    (line.subject_kind == "article").then_some(line.subject_id)
}

/// The text of a version.
struct Text {
    article: ArticleId,
    number: i64,
    html: String,
    headings: String,
}

impl FromRow for Text {
    fn from_row(reader: &mut Reader<'_>) -> db::Result<Self> {
        Ok(Self { article: reader.read()?, number: reader.read()?, html: reader.read()?, headings: reader.read()? })
    }
}

fn documents<'a>(conn: &'a mut Conn, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<Document>>> {
    Box::pin(async move {
        let mut audiences: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        let mut query = sql!("SELECT article_id, audience_id FROM article_audience WHERE 1 = 1");
        query.push(" AND article_id IN ").list(ids.iter().copied()).push(" ORDER BY article_id, audience_id");
        for (article, one) in conn.all::<(Uuid, Uuid)>(query).await? {
            audiences.entry(article).or_default().push(one);
        }
        let mut query = sql!(
            "SELECT v.article_id, v.number, v.html, v.headings FROM article_versions v JOIN articles a ON a.id = v.article_id WHERE v.number IN (a.number, a.live_number)"
        );
        query.push(" AND a.id IN ").list(ids.iter().copied());
        let texts: Vec<Text> = conn.all(query).await?;
        let texts: HashMap<(ArticleId, i64), Text> = texts.into_iter().map(|text| ((text.article, text.number), text)).collect();
        let mut documents = Vec::new();
        for view in [View::Live, View::Newest] {
            let mut query = select(view);
            if view == View::Live {
                query.push(" AND a.live_number IS NOT NULL");
            }
            query.push(" AND a.id IN ").list(ids.iter().copied()).push(" ORDER BY a.id");
            for mut article in conn.all::<Article>(query).await? {
                if view == View::Newest && article.live_number == Some(article.number) {
                    continue;
                }
                article.audience = audiences.get(&article.id.uuid()).cloned().unwrap_or_default();
                documents.extend(texts.get(&(article.id, article.shown)).map(|text| document(view, &article, text)));
            }
        }
        Ok(documents)
    })
}

fn document(view: View, article: &Article, text: &Text) -> Document {
    let is_live = view == View::Live;
    let headings: Vec<(u8, String, String)> = serde_json::from_str(&text.headings).unwrap_or_default();
    let headings = headings.into_iter().map(|(_, _, text)| text);
    let heads: Vec<String> = article.tags.iter().cloned().chain(std::iter::once(article.summary.clone())).chain(headings).collect();
    let state = if is_live { "published".to_owned() } else { article.state.word().to_lowercase() };
    let facets = article.tags.iter().map(|tag| format!("tag:{}", tag.to_lowercase())).chain([format!("status:{state}")]);
    let author = vec![format!("from:{}", article.author_id)];
    Document {
        thing: article.id.uuid(),
        part: if is_live { LIVE } else { NEWEST },
        file: None,
        audience: may_find(view, article),
        title: article.title.clone(),
        heads: heads.join("\n"),
        body: richtext::SafeHtml::from_stored(text.html.clone()).plain(),
        codes: article.external_id.iter().cloned().collect(),
        // English is also what nobody chose: then the text tells
        language: (article.language != "en").then(|| article.language.clone()),
        facets: facets.collect(),
        staff_facets: author,
        at: if is_live { article.published_at.unwrap_or(article.updated_at) } else { article.updated_at },
        votes: if is_live { (article.helpful, article.unhelpful) } else { (0, 0) },
    }
}

/// The same as `policy::visible_to`, as terms.
fn may_find(view: View, article: &Article) -> Vec<String> {
    let staff = || "staff".to_owned();
    match article.visibility {
        Visibility::Teams => {
            let teams = article.audience.iter().map(|team| format!("team:{team}"));
            teams.chain(["supervisor".to_owned(), format!("author:{}", article.author_id)]).collect()
        }
        _ if view == View::Newest => vec![staff()],
        Visibility::Public => vec!["all".to_owned()],
        Visibility::SignedIn => vec!["signed-in".to_owned(), staff()],
        Visibility::Organizations => article.audience.iter().map(|one| format!("org:{one}")).chain([staff()]).collect(),
        Visibility::Staff => vec![staff()],
    }
}

fn audience(actor: &Actor) -> Vec<String> {
    if !actor.has_scope(Scope::KnowledgeRead) {
        return Vec::new();
    }
    let mut terms = vec!["all".to_owned()];
    if actor.is_signed_in() {
        terms.push("signed-in".to_owned());
        terms.extend(actor.organization.filter(|_| !actor.is_staff()).map(|one| format!("org:{one}")));
    }
    if actor.is_staff() {
        terms.push("staff".to_owned());
        terms.extend(actor.teams.iter().map(|team| format!("team:{team}")));
        terms.extend(actor.person.map(|person| format!("author:{person}")));
    }
    if actor.is_supervisor() {
        terms.push("supervisor".to_owned());
    }
    terms
}

fn at<'a>(conn: &'a mut Conn, path: &'a str) -> BoxFuture<'a, Result<Option<Uuid>>> {
    Box::pin(async move {
        let Some(slug) = path.strip_prefix("/a/") else { return Ok(None) };
        let slug = percent_encoding::percent_decode_str(slug).decode_utf8_lossy().into_owned();
        Ok(conn.first(sql!("SELECT article_id FROM article_slugs WHERE slug = $1", slug)).await?)
    })
}

fn walk(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> BoxFuture<'_, Result<Vec<Uuid>>> {
    Box::pin(async move {
        let mut query = sql!("SELECT id FROM articles WHERE id > $1 ORDER BY id", after.unwrap_or_default());
        query.limit(limit);
        Ok(conn.all(query).await?)
    })
}

fn shown<'a>(conn: &'a mut Conn, actor: &'a Actor, found: kernel::Found<'a>) -> BoxFuture<'a, Result<Vec<kernel::ShownHit>>> {
    Box::pin(async move {
        let mut hits = Vec::new();
        if !actor.has_scope(Scope::KnowledgeRead) {
            return Ok(hits);
        }
        for (view, part) in [(View::Live, LIVE), (View::Newest, NEWEST)] {
            let ids: Vec<ArticleId> = found.iter().filter(|(_, known)| known == part).map(|(id, _)| Id::from(*id)).collect();
            if !ids.is_empty() {
                hits.extend(seen(conn, actor, view, &ids).await?.into_iter().map(|article| hit(view, article)));
            }
        }
        Ok(hits)
    })
}

async fn seen(conn: &mut Conn, actor: &Actor, view: View, ids: &[ArticleId]) -> Result<Vec<Article>> {
    let mut query: Query = select(view);
    policy::visible_to(actor, view, &mut query);
    query.push(" AND a.id IN ").list(ids.iter().copied());
    Ok(conn.all(query).await?)
}

fn hit(view: View, article: Article) -> kernel::ShownHit {
    let is_live = view == View::Live;
    let mut facts = vec![article.kind.label().to_owned()];
    if is_live {
        facts.push(format!("{} min", article.minutes));
    } else {
        facts.push(article.state.look().0.to_owned());
    }
    if article.visibility != Visibility::Public {
        facts.push(article.visibility.label().to_owned());
    }
    kernel::ShownHit {
        id: article.id.uuid(),
        href: if is_live { article.href() } else { format!("/desk/knowledge/{}", article.id) },
        external_id: article.external_id,
        title: article.title,
        facts,
    }
}
