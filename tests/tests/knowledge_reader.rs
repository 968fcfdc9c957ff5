//! Around an article: what comes before and after, maps and feeds, languages, and the way to a person. Nothing that a stranger may not read
//! stands in any of it, whatever there is.

use crate::{
    knowledge::{ARTICLES, draft, go, path, published},
    world::Dice,
};
use serde_json::{Value, json};

both! {
    async fn what_a_stranger_may_not_read_is_in_no_map_feed_list_or_neighbour(world) {
        let sue = world.supervisor("Sue").await;
        let stranger = world.stranger();
        sue.post("/api/knowledge/categories", &json!({ "title": "Topic" })).await.is(201);
        let mut dice = Dice(5);
        let mut open = Vec::new();
        for n in 0..24 {
            let visibility = *dice.pick(&["PUBLIC", "PUBLIC", "SIGNED_IN", "STAFF"]);
            let state = *dice.pick(&["PUBLISHED", "PUBLISHED", "DRAFT", "ARCHIVED", "NEXT"]);
            let is_open = visibility == "PUBLIC" && matches!(state, "PUBLISHED" | "NEXT");
            let title = format!("{} {n}", if is_open { "Plain" } else { "Secret" });
            let body = json!({ "title": title, "content": "Keys.", "category": "topic", "tags": ["keys"], "visibility": visibility, "position": dice.below(5) });
            let article = if state == "DRAFT" { draft(&sue, body).await } else { published(&sue, body).await };
            if state == "ARCHIVED" {
                go(&sue, &article, json!({ "status": "ARCHIVED" }), 200).await;
            }
            if state == "NEXT" {
                sue.put(&path(&article), &json!({ "version": article["version"], "title": format!("Secret next {n}") })).await.is(200);
            }
            if is_open {
                open.push(article["slug"].as_str().unwrap().to_owned());
            }
        }

        let mut texts = Vec::new();
        for place in ["/sitemap.xml", "/feed.atom", "/help/topic/feed.atom", "/help", "/help/topic", "/sitemap/1.xml"] {
            texts.push((place.to_owned(), stranger.get(place).await.is(200).text()));
        }
        let mut chain = Vec::new();
        for slug in &open {
            let page = stranger.get(&format!("/a/{slug}")).await.is(200).text();
            chain.push(page.split("rel=\"next\" href=\"/a/").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
            texts.push((slug.clone(), page));
        }

        for (place, text) in &texts {
            assert!(!text.to_lowercase().contains("secret"), "{place}\n{text}");
        }
        for slug in &open {
            assert!(texts[0].1.contains(&format!("/a/{slug}</loc>")) && texts[1].1.contains(&format!("/a/{slug}\"")), "{slug} is on the map and in the feed");
        }
        let mut next: Vec<String> = chain.iter().flatten().cloned().collect();
        next.sort();
        next.dedup();
        assert_eq!(next.len(), open.len() - 1, "each but the first comes after another one: {chain:?}");
        let robots = stranger.get("/robots.txt").await.is(200).text();
        assert!(robots.contains("/sitemap.xml") && robots.contains("Disallow: /search?\n"), "{robots}");
        stranger.get("/sitemap/2.xml").await.is(404);
        let feed = stranger.get("/feed.atom").await;
        let kept = stranger.send(stranger.request("GET", "/feed.atom").header("if-none-match", feed.header("etag"))).await;
        assert_eq!((feed.header("content-type"), kept.status.as_u16()), ("application/atom+xml; charset=utf-8", 304));
    }

    async fn search_engines_are_told_what_each_page_is_and_take_no_results(world) {
        let sue = world.supervisor("Sue").await;
        let stranger = world.stranger();
        sue.post("/api/knowledge/categories", &json!({ "title": "Topic" })).await.is(201);
        published(&sue, json!({ "title": "Rotate keys", "content": "## Make\n\nA **second** one & more.", "category": "topic" })).await;
        published(&sue, json!({ "title": "Move out", "summary": "In a minute.", "content": "Words." })).await;

        for (path, told, is_taken) in [
            ("/", "Search guides and answers", true),
            ("/help", "Guides, answers", true),
            ("/help/topic", "Topic: guides", true),
            ("/a/rotate-keys", "Make A second one &#38; more.\"", true),
            ("/a/move-out", "In a minute.\"", true),
            ("/search", "Search guides", true),
            ("/search?q=keys", "Search guides", false),
        ] {
            let page = stranger.get(path).await.is(200).text();

            assert!(page.contains(&format!("<meta name=\"description\" content=\"{told}")), "{path}\n{page}");
            assert_eq!(!page.contains("noindex"), is_taken, "{path}");
        }
    }

    async fn a_request_says_which_article_was_read_before(world) {
        let (sue, ana, cleo) = (world.supervisor("Sue").await, world.agent("Ana").await, world.customer("Cleo").await);
        let article = published(&sue, json!({ "title": "Rotate keys", "content": "Words." })).await;
        let id = article["id"].as_str().unwrap();

        let page = cleo.get("/a/rotate-keys").await.is(200).text();
        let form = cleo.get(&format!("/requests/new?article={id}")).await.is(200).text();
        let fields = [("title", "It fails"), ("content", "Still."), ("category", "BUG"), ("article", id)];
        let sent = cleo.form("/requests", &fields).await.is(303).header("location").to_owned();
        let ticket = sent.rsplit('/').next().unwrap();
        let beside = ana.get(&format!("/desk/tickets/{ticket}/asked-from")).await.is(200).text();
        let wrong = cleo.form("/requests", &[("title", ""), ("content", "Still."), ("category", "BUG"), ("article", id)]).await.is(422).text();

        assert!(page.contains(&format!("/requests/new?article={id}")), "{page}");
        for text in [&form, &wrong] {
            assert!(text.contains(&format!(r#"<input type="hidden" name="article" value="{id}">"#)), "{text}");
        }
        assert!(beside.contains("Rotate keys") && beside.contains("/a/rotate-keys"), "{beside}");
        assert!(ana.get(&format!("/desk/tickets/{ticket}")).await.text().contains(&format!("/desk/tickets/{ticket}/asked-from")));
        cleo.get(&format!("/desk/tickets/{ticket}/asked-from")).await.is(403);
    }

    async fn one_reads_in_ones_own_language_or_is_told(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        sue.post("/api/knowledge/categories", &json!({ "title": "Topic" })).await.is(201);
        let article = published(&sue, json!({ "title": "Rotate keys", "content": "Words.", "category": "topic" })).await;
        published(&sue, json!({ "title": "Alone", "content": "Words.", "category": "topic" })).await;
        let german = json!({ "title": "Schlüssel wechseln", "content": "Worte.", "translationOf": article["id"], "language": "de", "status": "PUBLISHED" });
        let made = sue.post(ARTICLES, &german).await.is(201).json();
        let asks = |path: &'static str, language: &'static str| stranger.request("GET", path).header("accept-language", language);
        let titles = |told: &Value| told["items"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>();

        let topic = stranger.send(asks("/help/topic", "de-CH,de;q=0.9,en;q=0.5")).await.is(200).text();
        let english = stranger.send(asks("/help/topic", "fr")).await.is(200).text();
        let original = stranger.send(asks("/a/rotate-keys", "de")).await.is(200).text();
        let alone = stranger.send(asks("/a/alone", "de")).await.is(200).text();
        let page = stranger.send(asks("/a/schlüssel-wechseln", "de")).await.is(200).text();
        let listed = stranger.get(&format!("{ARTICLES}?language=de")).await.is(200).json();
        let again = sue.post(ARTICLES, &german).await.is(422).json();
        let seen = stranger.get(&path(&made)).await.is(200).json();

        assert!(topic.contains("Schlüssel wechseln") && !topic.contains("Rotate keys") && topic.contains("Alone"), "{topic}");
        assert!(english.contains("Rotate keys") && !english.contains("Schlüssel"), "{english}");
        assert!(original.contains(r#"hreflang="de""#) && original.contains("You can read this in your language."), "{original}");
        assert!(alone.contains("There is no translation into Deutsch yet."), "{alone}");
        assert!(page.contains(r#"<article class="stack g-6" lang="de">"#) && page.contains("aria-current=\"true\">Deutsch"), "{page}");
        assert_eq!(titles(&listed).len(), 2);
        assert_eq!(titles(&stranger.get(ARTICLES).await.json()), ["Alone", "Rotate keys"]);
        assert!(again["errors"]["language"].is_array(), "{again}");
        assert_eq!((&seen["language"], &seen["translationOf"], seen["translations"].as_array().unwrap().len()), (&json!("de"), &article["id"], 2));
        let map = stranger.get("/sitemap.xml").await.text();
        assert!(map.contains(r#"hreflang="de""#), "{map}");
    }

    async fn a_larger_change_makes_translations_outdated(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let article = published(&sue, json!({ "title": "Keys", "content": "One.", "visibility": "PUBLIC" })).await;
        let german = sue.post(ARTICLES, &json!({ "title": "Schlüssel", "content": "Eins.", "translationOf": article["id"], "language": "de", "status": "PUBLISHED" })).await.is(201).json();
        let change = |content: &'static str, size: &'static str| {
            let (sue, article) = (&sue, &article);
            async move {
                let version = sue.get(&path(article)).await.json()["version"].clone();
                sue.put(&path(article), &json!({ "version": version, "content": content })).await.is(200);
                go(sue, article, json!({ "status": "PUBLISHED", "size": size }), 200).await;
            }
        };
        let outdated = || async { sue.get(&path(&german)).await.json()["outdated"].clone() };

        change("One!", "TYPO").await;
        let after_typo = outdated().await;
        change("Two.", "MEDIUM").await;
        let after_medium = outdated().await;
        change("Three.", "MAJOR").await;
        change("Four.", "MEDIUM").await;
        let after_major = outdated().await;
        let page = stranger.send(stranger.request("GET", "/a/schlüssel").header("accept-language", "de")).await.is(200).text();
        let version = sue.get(&path(&german)).await.json()["version"].clone();
        sue.put(&path(&german), &json!({ "version": version, "content": "Vier.", "visibility": "STAFF" })).await.is(200);
        go(&sue, &german, json!({ "status": "PUBLISHED" }), 200).await;

        assert_eq!((after_typo, after_medium, after_major), (json!(null), json!("MEDIUM"), json!("MAJOR")));
        assert!(page.contains("The original has changed since this was translated."), "{page}");
        let now = sue.get(&path(&german)).await.json();
        assert_eq!((&now["outdated"], &now["visibility"]), (&json!(null), &json!("PUBLIC")), "who reads it is what the original says");
        let fresh = sue.get(&path(&article)).await.json();
        sue.put(&path(&article), &json!({ "version": fresh["version"], "visibility": "STAFF" })).await.is(200);
        stranger.get(&path(&german)).await.is(404);
    }
}
