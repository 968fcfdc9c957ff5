//! Exports of Zendesk's help center: the answers of its API (`articles`, `sections`, `categories`), in one file or in several.

use super::{
    html,
    page::{Page, Readers},
};
use crate::Kind;
use serde_json::Value;
use std::collections::HashMap;

/// What the files of an export say together.
#[derive(Default)]
pub(crate) struct Export {
    /// Sections by id: title, category, place.
    sections: HashMap<i64, (String, i64, i64)>,
    /// Categories by id: title.
    categories: HashMap<i64, String>,
    /// Articles, each with its file.
    articles: Vec<(String, Value)>,
}

impl Export {
    /// Takes a JSON file in; false when it is nothing of this kind.
    pub(crate) fn take(&mut self, path: &str, root: &Value) -> bool {
        let list = |name: &str| root.get(name).and_then(Value::as_array).cloned();
        let (articles, sections, categories) = (list("articles"), list("sections"), list("categories"));
        let is_one = articles.is_some() || sections.is_some() || categories.is_some();
        for section in sections.unwrap_or_default() {
            if let Some(id) = section["id"].as_i64() {
                self.sections.insert(id, (text(&section["name"]), section["category_id"].as_i64().unwrap_or(0), section["position"].as_i64().unwrap_or(0)));
            }
        }
        for category in categories.unwrap_or_default() {
            if let Some(id) = category["id"].as_i64() {
                self.categories.insert(id, text(&category["name"]));
            }
        }
        self.articles.extend(articles.unwrap_or_default().into_iter().map(|article| (path.to_owned(), article)));
        is_one
    }

    /// The pages, each with the address that others name it by.
    pub(crate) fn pages(&self) -> Vec<Result<Page, (String, String)>> {
        self.articles.iter().map(|(path, article)| self.page(path, article)).collect()
    }

    fn page(&self, path: &str, article: &Value) -> Result<Page, (String, String)> {
        let Some(id) = article["id"].as_i64() else { return Err((path.to_owned(), "An article has no id.".to_owned())) };
        let place = format!("{path}#{id}");
        let title: String = text(&article["title"]).chars().take(crate::write::TITLE).collect();
        if title.is_empty() {
            return Err((place, "It has no title.".to_owned()));
        }
        let (_, content) = html::markdown(article["body"].as_str().unwrap_or_default());
        if content.chars().count() > crate::write::CONTENT {
            return Err((place, "It is too long for one article.".to_owned()));
        }
        let section = article["section_id"].as_i64().and_then(|id| self.sections.get(&id));
        let category = section.and_then(|(_, category, _)| self.categories.get(category)).cloned();
        let tags =
            article["label_names"].as_array().into_iter().flatten().filter_map(|tag| tag.as_str().map(|tag| tag.to_lowercase().chars().take(40).collect()));
        Ok(Page {
            path: place,
            external_id: format!("zendesk:{id}"),
            summary: String::new(),
            slug: richtext::slug(&title),
            title,
            content,
            tags: tags.take(20).collect(),
            kind: Kind::Guide,
            place: (category.unwrap_or_default(), section.map(|(name, ..)| name.clone()).unwrap_or_default()),
            position: article["position"].as_i64().unwrap_or(0).clamp(0, 1_000_000),
            language: article["locale"]
                .as_str()
                .and_then(|tag| crate::language::checked(tag).ok())
                .map(|tag| if tag.starts_with("en-") { "en".to_owned() } else { tag }),
            translation_of: None,
            readers: Some(Readers::Chosen).filter(|_| !article["user_segment_id"].is_null()),
            is_draft: article["draft"].as_bool().unwrap_or(false),
        })
    }
}

/// The id of the article that an address of a help center names: `/hc/en-us/articles/360012-Title`.
pub(crate) fn named(target: &str) -> Option<i64> {
    let rest = target.split_once("/articles/")?.1;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_owned()
}
