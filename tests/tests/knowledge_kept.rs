//! A stranger's page of an article is kept in memory, and never older than what is: it equals the page that is made for the same question
//! with a query, which is never kept.

use crate::{
    client::{Told, Visitor},
    knowledge_counts::{stage, step},
    world::Dice,
};
use serde_json::{Value, json};

async fn page(who: &Visitor, path: &str, languages: &str) -> Told {
    who.send(who.request("GET", path).header("accept-language", languages)).await
}

/// Changes something beside the articles themselves that their pages show.
async fn around(sue: &Visitor, snippet: &mut Value, slug: &str, dice: &mut Dice) {
    match dice.below(3) {
        0 => {
            let categories = sue.get("/api/knowledge/categories").await.is(200).json();
            let one = dice.pick(categories["items"].as_array().unwrap()).clone();
            let title = format!("Topic {}", dice.below(1_000));
            let body = json!({ "version": one["version"], "title": title, "description": "", "icon": one["icon"], "position": dice.below(5) });
            sue.put(&format!("/api/knowledge/categories/{}", one["id"].as_str().unwrap()), &body).await.is(200);
        }
        1 => {
            let body = json!({ "version": snippet["version"], "name": "price", "content": format!("{} euros", dice.below(1_000)) });
            *snippet = sue.put(&format!("/api/knowledge/snippets/{}", snippet["id"].as_str().unwrap()), &body).await.is(200).json();
        }
        _ => drop(sue.form(&format!("/a/{slug}/feedback"), &[("helpful", if dice.below(2) == 0 { "true" } else { "false" })]).await),
    }
}

both! {
    async fn a_kept_page_is_never_older_than_what_is(world) {
        let mut stage = stage(world).await;
        let stranger = world.stranger();
        let mut snippet = stage.sue.post("/api/knowledge/snippets", &json!({ "name": "price", "content": "10 euros" })).await.is(201).json();
        let body = json!({ "title": "Prices", "content": "It costs {{snippet price}}.", "sectionIds": [stage.sections[0]], "status": "PUBLISHED" });
        let (mut articles, mut slugs) = (Vec::new(), vec!["prices".to_owned()]);
        stage.sue.post("/api/knowledge/articles", &body).await.is(201);
        let (mut dice, mut shown, mut differed) = (Dice(0xdead), 0, 0);
        let mut last = std::collections::BTreeMap::new();

        for n in 0..80 {
            if n % 2 == 1 {
                around(&stage.sue, &mut snippet, "prices", &mut dice).await;
            } else {
                step(&mut stage, &mut articles, &mut dice).await;
            }
            for id in &articles {
                let slug = stage.sue.get(&format!("/api/knowledge/articles/{id}")).await.is(200).json()["slug"].as_str().unwrap().to_owned();
                if !slugs.contains(&slug) {
                    slugs.push(slug);
                }
            }
            for slug in &slugs {
                let (path, made) = (format!("/a/{slug}"), format!("/a/{slug}?made=now"));
                let (kept, made) = (page(&stranger, &path, "de").await, page(&stranger, &made, "de").await);
                assert_eq!(kept.status, made.status, "{slug} after {n}");
                if kept.status != 200 {
                    continue;
                }
                assert_eq!(kept.text(), made.text(), "{slug} after {n}");
                assert_eq!((kept.header("etag"), kept.header("cache-control"), kept.header("vary")), (made.header("etag"), made.header("cache-control"), made.header("vary")));
                shown += 1;
                differed += usize::from(last.insert(slug.clone(), kept.text()).is_some_and(|before| before != kept.text()));
            }
        }

        assert!(shown > 100 && differed > 20, "{shown} pages were looked at, {differed} had changed");
    }

    async fn what_is_one_readers_own_is_made_for_that_reader(world) {
        let (sue, cleo, stranger) = (world.supervisor("Sue").await, world.customer("Cleo").await, world.stranger());
        sue.post("/api/knowledge/articles", &json!({ "title": "Prices", "content": "Ten euros.", "status": "PUBLISHED" })).await.is(201);

        let first = page(&stranger, "/a/prices", "en").await.is(200);
        let own = cleo.get("/a/prices").await.is(200);
        let dark = world.stranger().with_cookie("theme", "dark").get("/a/prices").await.is(200);
        let again = page(&stranger, "/a/prices", "en").await.is(200);
        let known = stranger.send(stranger.request("GET", "/a/prices").header("accept-language", "en").header("if-none-match", again.header("etag"))).await;

        assert!(own.text().contains("Account: Cleo") && own.header("cache-control").starts_with("private"));
        assert!(dark.text().contains("data-theme=\"dark\"") && !again.text().contains("data-theme"));
        assert_eq!((first.text(), known.status.as_u16()), (again.text(), 304));
        assert!(!again.text().contains("Cleo"));
    }

    async fn a_reader_of_a_kept_page_is_counted_once_a_day(world) {
        let sue = world.supervisor("Sue").await;
        let id = sue.post("/api/knowledge/articles", &json!({ "title": "Prices", "content": "Ten euros.", "status": "PUBLISHED" })).await.is(201).id();

        for agent in ["Firefox", "Firefox", "Chrome", "Googlebot"] {
            let stranger = world.stranger();
            stranger.send(stranger.request("GET", "/a/prices").header("user-agent", agent)).await.is(200);
        }

        assert_eq!(sue.get(&format!("/api/knowledge/articles/{id}")).await.is(200).json()["views"], 2);
    }
}
