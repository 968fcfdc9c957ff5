//! Bringing pages in, one after the other: first each gets its article and its address, then its words, in which links name the
//! articles of the others. Each page is a transaction of its own; to do it twice changes nothing.

use super::{
    Line, Outcome, Plan, links,
    page::{Page, Readers},
    zendesk,
};
use crate::{
    Article, ArticleId, Category, CategoryWish, Section, State, Step,
    image::{self, Image},
    policy::Action,
    snippet,
    write::Wish,
};
use db::{Conn, Db, Id, Tx, sql};
use kernel::{Actor, Fault, Result};
use std::{collections::HashMap, fmt::Write as _};

/// An import at work. Steps are counted: each page has two.
pub struct Run<'a> {
    /// Where articles are.
    pub db: &'a Db,
    /// Where pictures go.
    pub store: &'a files::Store,
    /// Whose articles they will be: a supervisor.
    pub actor: &'a Actor,
    /// Only says what would be done.
    pub is_dry: bool,
    slugs: HashMap<String, String>,
}

/// What is known of a page's article.
type Known = (ArticleId, String, Option<String>);

impl<'a> Run<'a> {
    /// Ready to begin, or to go on.
    pub fn new(db: &'a Db, store: &'a files::Store, actor: &'a Actor, is_dry: bool) -> Self {
        Self { db, store, actor, is_dry, slugs: HashMap::new() }
    }

    /// How many steps there are.
    pub fn steps(plan: &Plan) -> usize {
        plan.len() * 2
    }

    /// Takes a step; answers what is to be told of it.
    pub async fn step(&mut self, plan: &mut Plan, at: usize) -> Result<Vec<Line>> {
        let count = plan.len();
        if at >= count {
            let lines = Box::pin(self.fill(plan, at - count)).await;
            return Self::told(plan, at - count, lines);
        }
        if self.is_dry {
            return Ok(Vec::new());
        }
        let begun = self.begin(plan, at).await.map(|()| Vec::new());
        Self::told(plan, at, begun)
    }

    /// A refusal is a line of the report; what hangs on the moment is not.
    fn told(plan: &Plan, at: usize, lines: Result<Vec<Line>>) -> Result<Vec<Line>> {
        let path = &plan.pages[at].path;
        match lines {
            Err(fault @ (Fault::Busy | Fault::TooMany(_))) => Err(fault),
            Err(Fault::Broken(what)) => {
                tracing::error!(path, what, "a page could not be imported");
                Ok(vec![Line::new(path, Outcome::Refused, "Something broke on our side. It was logged.")])
            }
            Err(Fault::Invalid(wrong)) => {
                Ok(vec![Line::new(path, Outcome::Refused, wrong.0.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" "))])
            }
            Err(Fault::Stale(_)) => Ok(vec![Line::new(path, Outcome::Refused, "Somebody changed it at the same moment.")]),
            Err(fault) => Ok(vec![Line::new(path, Outcome::Refused, fault.to_string())]),
            Ok(lines) => Ok(lines),
        }
    }

    async fn begin(&self, plan: &Plan, at: usize) -> Result<()> {
        let page = &plan.pages[at];
        if known(&mut self.db.read().await?, &page.external_id).await?.is_some() {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        // before there is anything: what is refused leaves nothing
        snippet::check(&mut tx, "content", &page.content).await?;
        let wish = Wish {
            title: Some(page.title.clone()),
            content: Some(String::new()),
            slug: free(&mut tx, &page.slug).await?,
            external_id: Some(page.external_id.clone()),
            ..Wish::default()
        };
        if let Some(original) = &page.translation_of {
            let (original, ..) = known(&mut tx, original).await?.ok_or_else(|| Fault::field("translationOf", "What it translates is not there."))?;
            let language = page.language.as_deref().ok_or_else(|| Fault::field("language", "A translation needs a language."))?;
            Article::get(&mut tx, self.actor, original, Action::Write).await?.translate(&mut tx, self.actor, language, &wish).await?;
        } else {
            let wish = Wish {
                kind: Some(page.kind),
                sections: Some(vec![section(&mut tx, self.actor, plan, &page.place).await?]),
                position: Some(page.position),
                language: page.language.clone(),
                visibility: page.readers.map(Readers::visibility),
                ..wish
            };
            Article::add(&mut tx, self.actor, &wish).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn fill(&mut self, plan: &mut Plan, at: usize) -> Result<Vec<Line>> {
        let page = plan.pages[at].clone();
        let mut lines = Vec::new();
        let (images, digest) = pictures(plan, &page, &mut lines);
        let found = known(&mut self.db.read().await?, &page.external_id).await?;
        let before = found.as_ref().and_then(|(.., digest)| digest.clone());
        if before.as_deref() == Some(digest.as_str()) {
            lines.push(Line::new(&page.path, Outcome::Same, ""));
            return Ok(lines);
        }
        let targets = links::targets(&page.content);
        let mut remarks = Self::missing(plan, &page, &targets);
        if page.readers == Some(Readers::Chosen) && before.is_none() {
            remarks.push_str(" It was for chosen readers: staff alone reads it until you choose again.");
        }
        if self.is_dry {
            lines.push(Line::new(&page.path, if found.is_some() { Outcome::Changed } else { Outcome::Added }, remarks.trim()));
            return Ok(lines);
        }
        // that it could not be begun was told
        let Some((id, slug, _)) = found else { return Ok(lines) };
        if before.is_none() && !page.slug.is_empty() && slug != page.slug {
            let _ = write!(remarks, " The address {} is taken; it is at {}.", Article::path(&page.slug), Article::path(&slug));
        }
        let mut new: Vec<Option<String>> = Vec::new();
        for target in &targets {
            let address = &page.content[target.at.clone()];
            new.push(match images.iter().find(|(known, _)| known == address).filter(|_| target.is_image) {
                Some((_, path)) => self.image(plan, id, path, &mut lines, &page.path).await?,
                None => self.link(plan, &page, address).await?,
            });
        }
        let content = links::rewritten(&page.content, &targets, &new);
        let outcome = self.save(plan, &page, id, content, &digest).await?;
        lines.push(Line::new(&page.path, outcome, remarks.trim()));
        Ok(lines)
    }

    async fn save(&self, plan: &Plan, page: &Page, id: ArticleId, content: String, digest: &str) -> Result<Outcome> {
        let mut tx = self.db.write().await?;
        let article = Article::get(&mut tx, self.actor, id, Action::Publish).await?;
        let sections = if article.source_id.is_none() { Some(vec![section(&mut tx, self.actor, plan, &page.place).await?]) } else { None };
        let article = if article.state == State::Archived { article.go(&mut tx, self.actor, &Step::to(article.version, State::Draft)).await? } else { article };
        let wish = Wish {
            title: Some(page.title.clone()),
            summary: Some(page.summary.clone()),
            content: Some(content),
            tags: Some(page.tags.clone()),
            kind: Some(page.kind),
            sections,
            position: Some(page.position),
            visibility: page.readers.filter(|readers| *readers != Readers::Chosen).map(Readers::visibility),
            ..Wish::default()
        };
        let was_empty = article.body(&mut tx).await?.source.is_empty();
        let saved = article.save(&mut tx, self.actor, article.version, &wish).await?;
        let outcome = if was_empty {
            Outcome::Added
        } else if saved.number == article.number {
            Outcome::Same
        } else {
            Outcome::Changed
        };
        let source = saved.body(&mut tx).await?.source;
        let is_empty = crate::text::plain(&mut tx, &source).await?.trim().is_empty();
        if !page.is_draft && !is_empty {
            saved.go(&mut tx, self.actor, &Step::to(saved.version, State::Published)).await?;
        }
        tx.run(sql!("UPDATE articles SET import_digest = $2 WHERE id = $1", id, digest)).await?;
        tx.commit().await?;
        Ok(outcome)
    }

    /// Keeps a picture, once for each article; none when it can't be kept, which is told.
    async fn image(&self, plan: &mut Plan, article: ArticleId, path: &str, lines: &mut Vec<Line>, page: &str) -> Result<Option<String>> {
        let Ok(bytes) = plan.tree.read(path) else { return Ok(None) };
        if let Some(image) = Image::same(&mut self.db.read().await?, article, &image::digest(&bytes)).await? {
            return Ok(Some(image.href()));
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let prepared = match image::prepare(self.store, name, bytes).await {
            Ok(prepared) => prepared,
            Err(Fault::Unsupported(words) | Fault::TooLarge(words)) => {
                lines.push(Line::new(path, Outcome::Refused, format!("{words} It is missing in {page}.")));
                return Ok(None);
            }
            Err(fault) => return Err(fault),
        };
        let mut tx = self.db.write().await?;
        let image = Image::add(&mut tx, self.actor, article, prepared).await?;
        tx.commit().await?;
        Ok(Some(image.href()))
    }

    /// The address of the article that a target names; none for what stays as it is.
    async fn link(&mut self, plan: &Plan, page: &Page, target: &str) -> Result<Option<String>> {
        let Some((external, fragment)) = named(plan, page, target) else { return Ok(None) };
        if !self.slugs.contains_key(&external) {
            let found = known(&mut self.db.read().await?, &external).await?;
            self.slugs.insert(external.clone(), found.map(|(_, slug, _)| slug).unwrap_or_default());
        }
        let slug = self.slugs.get(&external).filter(|slug| !slug.is_empty());
        Ok(slug.map(|slug| if fragment.is_empty() { Article::path(slug) } else { format!("{}#{fragment}", Article::path(slug)) }))
    }

    /// Which targets lead nowhere, as a sentence; empty when all lead somewhere.
    fn missing(plan: &Plan, page: &Page, targets: &[links::Target]) -> String {
        let lost: Vec<&str> = targets
            .iter()
            .filter(|target| !target.is_image)
            .map(|target| &page.content[target.at.clone()])
            .filter(|address| named(plan, page, address).is_none() && !address.starts_with("/a/") && !address.starts_with("/help/"))
            .filter(|address| links::path_of(&page.path, address).is_some_and(|(path, _)| !path.is_empty() && !plan.tree.has(&path)))
            .collect();
        if lost.is_empty() { String::new() } else { format!("Leads nowhere: {}.", lost.join(", ").chars().take(300).collect::<String>()) }
    }
}

/// The external id of the page that a target names, and the place in it.
fn named(plan: &Plan, page: &Page, target: &str) -> Option<(String, String)> {
    if let Some(id) = zendesk::named(target) {
        let external = format!("zendesk:{id}");
        return plan.pages.iter().any(|page| page.external_id == external).then(|| (external, String::new()));
    }
    let (path, fragment) = links::path_of(&page.path, target)?;
    let at = match path.strip_prefix("a/").filter(|_| target.starts_with("/a/")) {
        Some(slug) => plan.pages.iter().position(|page| page.slug == slug)?,
        None => plan.at(&path)?,
    };
    Some((plan.pages[at].external_id.clone(), fragment))
}

/// The pictures that a page shows and that are there, each by its address and path; and what tells the page with them from another.
fn pictures(plan: &mut Plan, page: &Page, lines: &mut Vec<Line>) -> (Vec<(String, String)>, String) {
    let mut images = Vec::new();
    let stand = (&page.kind, &page.place, page.position, page.readers, &page.translation_of, page.is_draft);
    let mut whole = format!("{}\n{}\n{}\n{:?}\n{stand:?}\n{}", page.title, page.summary, page.slug, page.tags, page.content);
    for target in links::targets(&page.content).iter().filter(|target| target.is_image) {
        let address = &page.content[target.at.clone()];
        let Some((path, _)) = links::path_of(&page.path, address) else { continue };
        let below = format!("static/{path}");
        let Some(path) = [path.clone(), below].into_iter().find(|path| plan.tree.has(path)) else {
            lines.push(Line::new(&path, Outcome::Refused, format!("This picture is not there. It is missing in {}.", page.path)));
            continue;
        };
        match plan.tree.read(&path) {
            Ok(bytes) => whole.push_str(&image::digest(&bytes)),
            Err(words) => lines.push(Line::new(&path, Outcome::Refused, words)),
        }
        images.push((address.to_owned(), path));
    }
    (images, image::digest(whole.as_bytes()))
}

/// The article of an external id; `article:` and an id is what an export calls one that has none.
async fn known(conn: &mut Conn, external: &str) -> Result<Option<Known>> {
    if let Some(id) = external.strip_prefix("article:").and_then(|id| id.parse::<ArticleId>().ok())
        && let Some(found) = conn.first(sql!("SELECT id, slug, import_digest FROM articles WHERE id = $1", id)).await?
    {
        return Ok(Some(found));
    }
    Ok(conn.first(sql!("SELECT id, slug, import_digest FROM articles WHERE external_id = $1", external)).await?)
}

/// The slug, if nobody has or had it.
async fn free(conn: &mut Conn, slug: &str) -> Result<Option<String>> {
    let taken: Option<i64> = conn.first(sql!("SELECT 1 FROM article_slugs WHERE slug = $1", slug)).await?;
    Ok(Some(slug.to_owned()).filter(|slug| taken.is_none() && !slug.is_empty()))
}

/// The section of these titles, made where it is not there.
async fn section(tx: &mut Tx, actor: &Actor, plan: &Plan, place: &(String, String)) -> Result<Id<Section>> {
    let (category, title) = place;
    let slug = richtext::slug(category);
    let slug = if slug.is_empty() { "general".to_owned() } else { slug };
    let category = match Category::at(tx, &slug).await {
        Ok(category) => category,
        Err(Fault::Missing) => {
            let position = plan.categories.get(category).copied().unwrap_or(0);
            let wish =
                CategoryWish { title: category.clone(), description: String::new(), icon: crate::category::ICONS[0].to_owned(), position, slug: Some(slug) };
            Category::add(tx, actor, &wish).await?
        }
        Err(fault) => return Err(fault),
    };
    let found: Option<Id<Section>> =
        tx.first(sql!("SELECT id FROM knowledge_sections WHERE category_id = $1 AND title = $2 ORDER BY position, id LIMIT 1", category.id, title)).await?;
    match found {
        Some(section) => Ok(section),
        None => Ok(Section::add(tx, actor, &category, title, plan.sections.get(place).copied().unwrap_or(0).min(100_000)).await?.id),
    }
}

/// Brings all pages of a plan in, and tells each line: for the command line.
pub async fn bring(run: &mut Run<'_>, plan: &mut Plan, mut tell: impl FnMut(&Line)) -> Result<()> {
    plan.lines.iter().for_each(&mut tell);
    for at in 0..Run::steps(plan) {
        run.step(plan, at).await?.iter().for_each(&mut tell);
    }
    Ok(())
}
