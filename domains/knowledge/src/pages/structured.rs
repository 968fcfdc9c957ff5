//! What search engines read of an article (schema.org, as JSON-LD).

use crate::{Article, Kind, article::Body};
use serde_json::{Value, json};

/// Steps of a tutorial at most.
const STEPS: usize = 50;

/// The facts as JSON that no markup can end.
pub(super) fn structured(article: &Article, body: &Body, description: &str, site: &str, category: Option<&(String, String)>) -> String {
    let canonical = format!("{site}{}", article.href());
    let mut facts = json!({
        "@type": "TechArticle", "headline": article.title, "description": description, "mainEntityOfPage": canonical, "inLanguage": article.language,
        "datePublished": article.created_at, "dateModified": article.published_at, "author": { "@type": "Person", "name": article.author },
    });
    match article.kind {
        Kind::Faq => {
            let answer = richtext::SafeHtml::from_stored(body.html.clone()).plain();
            facts["@type"] = json!("FAQPage");
            facts["mainEntity"] = json!([{ "@type": "Question", "name": article.title, "acceptedAnswer": { "@type": "Answer", "text": answer } }]);
        }
        Kind::Tutorial | Kind::Troubleshooting => {
            let headings: Vec<(u8, String, String)> = serde_json::from_str(&body.headings).unwrap_or_default();
            let steps: Vec<Value> = headings
                .iter()
                .filter(|(level, ..)| *level == 2)
                .take(STEPS)
                .map(|(_, id, text)| json!({ "@type": "HowToStep", "name": text, "url": format!("{canonical}#{id}") }))
                .collect();
            if steps.len() > 1 {
                facts["@type"] = json!("HowTo");
                facts["name"] = json!(article.title);
                facts["step"] = json!(steps);
            }
        }
        _ => {}
    }
    let mut crumbs = vec![("Help center".to_owned(), format!("{site}/"))];
    crumbs.extend(category.map(|(href, title)| (title.clone(), format!("{site}{href}"))));
    crumbs.push((article.title.clone(), canonical));
    let items: Vec<Value> =
        crumbs.into_iter().enumerate().map(|(at, (name, item))| json!({ "@type": "ListItem", "position": at + 1, "name": name, "item": item })).collect();
    let whole = json!({ "@context": "https://schema.org", "@graph": [facts, { "@type": "BreadcrumbList", "itemListElement": items }] });
    whole.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}
