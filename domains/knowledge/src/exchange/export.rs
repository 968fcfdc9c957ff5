//! Articles as a folder of Markdown with front matter in an archive, with their pictures: what an import takes in again.

use crate::{
    Article, ArticleId, Category, Section, Visibility,
    article::select,
    image::KIND,
    policy::{self, View},
};
use db::{Conn, Db, Id, record, sql};
use files::Store;
use kernel::{Actor, Fault, Result};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write as _,
    io::{Cursor, Write as _},
};
use uuid::Uuid;
use zip::{ZipWriter, write::SimpleFileOptions};

/// Articles read at once.
const LOT: i64 = 200;
/// Bytes of an archive.
const MOST: usize = 512 * 1024 * 1024;

/// What is taken along.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// The slug of one category alone.
    pub category: Option<String>,
    /// Newest versions, drafts too; else what readers see.
    pub is_all: bool,
}

record! {
    /// Where an article stands first.
    struct Stand {
        article_id: ArticleId,
        category: String,
        section: String,
        position: i64,
    }
}

/// The archive of what this actor may write.
pub async fn export(db: &Db, store: &Store, actor: &Actor, chosen: &Chosen) -> Result<Vec<u8>> {
    if !actor.is_staff() {
        return Err(Fault::Forbidden("Staff exports articles.".to_owned()));
    }
    let view = if chosen.is_all { View::Newest } else { View::Live };
    let mut sheaf = Sheaf::new();
    let mut conn = db.read().await?;
    sheaf.folders(&mut conn, chosen).await?;
    let mut after: Option<ArticleId> = None;
    loop {
        let articles = page(&mut conn, actor, view, chosen, after).await?;
        let Some(last) = articles.last() else { break };
        after = Some(last.id);
        let (sources, stands) = (Article::sources(&mut conn, view, &articles).await?, stands(&mut conn, &articles).await?);
        let originals = originals(&mut conn, &articles).await?;
        let ids: Vec<Uuid> = articles.iter().map(|article| article.id.uuid()).collect();
        let pictures = files::of(&mut conn, KIND, &ids).await?;
        for article in &articles {
            let source = sources.get(&article.id).cloned().unwrap_or_default();
            let wanted: HashSet<Uuid> = crate::text::images_in(&source).into_iter().collect();
            let path = sheaf.path(article, stands.get(&article.id));
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            let mut names = HashMap::new();
            for file in pictures.iter().filter(|file| wanted.contains(&file.id.uuid())) {
                let plain = format!("images/{}", file.name.replace(['/', '\\'], "-"));
                let is_taken = sheaf.taken.contains(&format!("{folder}/{plain}"));
                let name = if is_taken { format!("images/{}-{}", &file.id.to_string()[24..], file.name) } else { plain };
                sheaf.put(&format!("{folder}/{name}"), &file.bytes(store).await?)?;
                names.insert(file.id.uuid(), name);
            }
            let text = format!("{}{}", head(article, stands.get(&article.id), originals.get(&article.id)), local(&source, &names));
            sheaf.put(&path, text.as_bytes())?;
        }
    }
    sheaf.end()
}

async fn page(conn: &mut Conn, actor: &Actor, view: View, chosen: &Chosen, after: Option<ArticleId>) -> Result<Vec<Article>> {
    let mut query = select(view);
    policy::visible_to(actor, view, &mut query);
    if let Some(after) = after {
        query.push(" AND a.id > ").bind(after);
    }
    if let Some(category) = &chosen.category {
        query.push(" AND EXISTS (SELECT 1 FROM article_sections x JOIN knowledge_sections s ON s.id = x.section_id JOIN knowledge_categories c ON c.id = s.category_id");
        query.push(" WHERE x.article_id = a.id AND c.slug = ").bind(category).push(")");
    }
    query.push(" ORDER BY a.id").limit(LOT);
    Ok(conn.all(query).await?)
}

async fn stands(conn: &mut Conn, articles: &[Article]) -> Result<HashMap<ArticleId, Stand>> {
    let mut query = sql!(
        "SELECT x.article_id, c.title, s.title, x.position FROM article_sections x JOIN knowledge_sections s ON s.id = x.section_id
         JOIN knowledge_categories c ON c.id = s.category_id WHERE 1 = 1"
    );
    query.push(" AND x.article_id IN ").list(articles.iter().map(|article| article.id));
    query.push(" ORDER BY c.position DESC, c.id DESC, s.position DESC, s.id DESC");
    Ok(conn.all::<Stand>(query).await?.into_iter().map(|stand| (stand.article_id, stand)).collect())
}

/// What articles call themselves outside.
fn external(id: ArticleId, name: Option<&str>) -> String {
    name.map_or_else(|| format!("article:{id}"), str::to_owned)
}

/// What translations translate, by the name of it.
async fn originals(conn: &mut Conn, articles: &[Article]) -> Result<HashMap<ArticleId, String>> {
    let mut query = sql!("SELECT t.id, o.id, o.external_id FROM articles t JOIN articles o ON o.id = t.source_id WHERE 1 = 1");
    query.push(" AND t.id IN ").list(articles.iter().map(|article| article.id));
    let rows: Vec<(ArticleId, ArticleId, Option<String>)> = conn.all(query).await?;
    Ok(rows.into_iter().map(|(id, original, name)| (id, external(original, name.as_deref()))).collect())
}

/// What stands above a page.
fn head(article: &Article, stand: Option<&Stand>, original: Option<&String>) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut head = format!("---\ntitle: {}\nslug: {}\nkind: {}\n", quoted(&article.title), quoted(&article.slug), article.kind);
    let _ = writeln!(head, "externalId: {}", quoted(&external(article.id, article.external_id.as_deref())));
    if article.visibility != Visibility::Public {
        let _ = writeln!(head, "visibility: {}", article.visibility);
    }
    if let Some(original) = original {
        let _ = writeln!(head, "translationOf: {}", quoted(original));
    }
    if !article.summary.is_empty() {
        let _ = writeln!(head, "description: {}", quoted(&article.summary));
    }
    if !article.tags.is_empty() {
        let _ = writeln!(head, "tags: {}", serde_json::json!(article.tags));
    }
    if let Some(stand) = stand {
        let _ = writeln!(head, "position: {}", stand.position);
    }
    let _ = writeln!(head, "language: {}", quoted(&article.language));
    if article.live_number.is_none() {
        head.push_str("draft: true\n");
    }
    head.push_str("---\n\n");
    head
}

/// The text with its pictures beside it.
fn local(source: &str, names: &HashMap<Uuid, String>) -> String {
    let (mut out, mut rest) = (String::with_capacity(source.len()), source);
    while let Some(at) = rest.find(richtext::IMAGES) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let end = found.find([')', ' ', '\n', '"']).unwrap_or(found.len());
        let id = found.get(richtext::IMAGES.len()..richtext::IMAGES.len() + 36).and_then(|id| id.parse::<Uuid>().ok());
        match id.and_then(|id| names.get(&id)) {
            Some(name) => out.push_str(&name.replace(' ', "%20")),
            None => out.push_str(&found[..end]),
        }
        rest = &found[end..];
    }
    out.push_str(rest);
    out
}

/// An archive in the making.
struct Sheaf {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    taken: HashSet<String>,
    size: usize,
}

impl Sheaf {
    fn new() -> Self {
        Self { zip: ZipWriter::new(Cursor::new(Vec::new())), taken: HashSet::new(), size: 0 }
    }

    /// What categories and sections are called and where they stand, as an import reads it.
    async fn folders(&mut self, conn: &mut Conn, chosen: &Chosen) -> Result<()> {
        let sections: Vec<Section> = Section::all(conn).await?;
        let mut titles: BTreeMap<Id<Category>, String> = BTreeMap::new();
        for category in Category::all(conn).await?.into_iter().filter(|category| chosen.category.as_ref().is_none_or(|slug| *slug == category.slug)) {
            let folder = folder(&category.title);
            self.put(
                &format!("{folder}/_category_.json"),
                serde_json::json!({ "label": category.title, "position": category.position }).to_string().as_bytes(),
            )?;
            titles.insert(category.id, folder);
        }
        for section in sections {
            if let Some(above) = titles.get(&section.category_id).filter(|_| section.title != "General") {
                let text = serde_json::json!({ "label": section.title, "position": section.position }).to_string();
                self.put(&format!("{above}/{}/_category_.json", folder(&section.title)), text.as_bytes())?;
            }
        }
        Ok(())
    }

    /// A path that no other article has.
    fn path(&mut self, article: &Article, stand: Option<&Stand>) -> String {
        let place = stand.map_or_else(
            || "general".to_owned(),
            |stand| {
                let category = folder(&stand.category);
                if stand.section == "General" { category } else { format!("{category}/{}", folder(&stand.section)) }
            },
        );
        let path = format!("{place}/{}.md", article.slug);
        if self.taken.contains(&path) { format!("{place}/{}-{}.md", article.slug, &article.id.to_string()[24..]) } else { path }
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        if !self.taken.insert(path.to_owned()) {
            return Ok(());
        }
        self.size += bytes.len();
        if self.size > MOST {
            return Err(Fault::TooLarge("This is too much for one archive. Export category by category.".to_owned()));
        }
        let broken = |error: &dyn std::fmt::Display| Fault::Broken(format!("an archive can't be written: {error}"));
        self.zip.start_file(path, SimpleFileOptions::default()).map_err(|error| broken(&error))?;
        self.zip.write_all(bytes).map_err(|error| broken(&error))
    }

    fn end(self) -> Result<Vec<u8>> {
        Ok(self.zip.finish().map_err(|error| Fault::Broken(format!("an archive can't be written: {error}")))?.into_inner())
    }
}

fn folder(title: &str) -> String {
    let slug = richtext::slug(title);
    if slug.is_empty() { "general".to_owned() } else { slug }
}
