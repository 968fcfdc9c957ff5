//! The knowledge base of the permission walk: one public article that is published, in a category of its own.

use crate::{client::Visitor, world::World};
use db::sql;
use serde_json::json;
use uuid::Uuid;

#[derive(Clone)]
pub struct Shelf {
    article: String,
    slug: String,
    pub category: String,
    category_slug: String,
    section: String,
    snippet: String,
    import: String,
    /// The address of a picture.
    pub image: String,
}

impl Shelf {
    pub async fn set(sue: &Visitor, n: &str) -> Self {
        let category = sue.post("/api/knowledge/categories", &json!({ "title": format!("Topic {n}") })).await.is(201).json();
        let (id, slug) = (category["id"].as_str().unwrap().to_owned(), category["slug"].as_str().unwrap().to_owned());
        let section = sue.post("/api/knowledge/sections", &json!({ "categoryId": id, "title": "Walk" })).await.is(201).id();
        let new = json!({ "title": format!("Walk {n}"), "content": "Walk", "category": slug, "status": "PUBLISHED" });
        let article = sue.post("/api/knowledge/articles", &new).await.is(201).json();
        let snippet = sue.post("/api/knowledge/snippets", &json!({ "name": n[..12], "content": "Walk" })).await.is(201).id();
        let images =
            sue.multipart(&format!("/desk/knowledge/{}/images", article["id"].as_str().unwrap()), &[], &[("walk.png", crate::walk::PIXEL)]).await.is(303);
        let page = sue.get(images.header("location")).await.is(200).text();
        let image = page.split("src=\"/help/files/").nth(1).unwrap().split('"').next().unwrap();
        let import = sue.multipart("/desk/knowledge/imports", &[("dry", "true")], &[("walk.md", b"# Walk")]).await.is(303).header("location").to_owned();
        let text = |field: &str| article[field].as_str().unwrap().to_owned();
        Self {
            article: text("id"),
            slug: text("slug"),
            category: id,
            category_slug: slug,
            section,
            snippet,
            import: import.rsplit('/').next().unwrap().to_owned(),
            image: format!("/help/files/{image}"),
        }
    }

    pub fn id(&self, route: &str) -> String {
        let id = if route.contains("/categories/") {
            &self.category
        } else if route.contains("/sections/") {
            &self.section
        } else if route.contains("/snippets/") {
            &self.snippet
        } else if route.contains("/imports/") {
            &self.import
        } else {
            &self.article
        };
        id.clone()
    }

    pub fn slug(&self, route: &str) -> &str {
        if route.starts_with("/help/") { &self.category_slug } else { &self.slug }
    }

    /// The version of the thing that a route is about.
    pub async fn version(&self, world: &World, route: &str) -> i64 {
        let id: Uuid = self.id(route).parse().unwrap();
        if route.ends_with("/snippets") || route.ends_with("/translations") {
            // another number for each column: what is made has a name of its own
            return world.count(sql!("SELECT (SELECT COUNT(*) FROM article_snippets) + (SELECT COUNT(*) FROM articles)")).await;
        }
        let query = if route.contains("/categories/") {
            sql!("SELECT COALESCE(MAX(version), 1) FROM knowledge_categories WHERE id = $1", id)
        } else if route.contains("/sections/") {
            sql!("SELECT COALESCE(MAX(version), 1) FROM knowledge_sections WHERE id = $1", id)
        } else if route.contains("/snippets/") {
            sql!("SELECT COALESCE(MAX(version), 1) FROM article_snippets WHERE id = $1", id)
        } else {
            sql!("SELECT COALESCE(MAX(version), 1) FROM articles WHERE id = $1", id)
        };
        world.count(query).await
    }
}
