//! The knowledge base of the permission walk: one public article that is published, in a category of its own.

use crate::{client::Visitor, world::World};
use db::sql;
use serde_json::json;
use uuid::Uuid;

pub struct Shelf {
    article: String,
    slug: String,
    pub category: String,
    category_slug: String,
    section: String,
}

impl Shelf {
    pub async fn set(sue: &Visitor, n: &str) -> Self {
        let category = sue.post("/api/knowledge/categories", &json!({ "title": format!("Topic {n}") })).await.is(201).json();
        let (id, slug) = (category["id"].as_str().unwrap().to_owned(), category["slug"].as_str().unwrap().to_owned());
        let section = sue.post("/api/knowledge/sections", &json!({ "categoryId": id, "title": "Walk" })).await.is(201).id();
        let new = json!({ "title": format!("Walk {n}"), "content": "Walk", "sectionIds": [section], "status": "PUBLISHED" });
        let article = sue.post("/api/knowledge/articles", &new).await.is(201).json();
        let text = |field: &str| article[field].as_str().unwrap().to_owned();
        Self { article: text("id"), slug: text("slug"), category: id, category_slug: slug, section }
    }

    pub fn id(&self, route: &str) -> String {
        let id = if route.contains("/categories/") {
            &self.category
        } else if route.contains("/sections/") {
            &self.section
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
        let query = if route.contains("/categories/") {
            sql!("SELECT version FROM knowledge_categories WHERE id = $1", id)
        } else if route.contains("/sections/") {
            sql!("SELECT version FROM knowledge_sections WHERE id = $1", id)
        } else {
            sql!("SELECT version FROM articles WHERE id = $1", id)
        };
        world.count(query).await
    }
}
