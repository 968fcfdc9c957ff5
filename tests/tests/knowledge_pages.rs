//! The reader's pages: what one may not read is in no list, count or related one; pages are kept and change at once; hostile text.

use crate::knowledge::{go, path, published};
use serde_json::json;

const DESK: &str = "/desk/knowledge";

both! {
    async fn what_one_may_not_read_is_nowhere(world) {
        let (sue, cleo, stranger) = (world.supervisor("Sue").await, world.customer("Cleo").await, world.stranger());
        let open = sue.post("/api/knowledge/categories", &json!({ "title": "Open topic" })).await.is(201).json();
        let closed = sue.post("/api/knowledge/categories", &json!({ "title": "Closed topic" })).await.is(201).json();
        let tags = json!(["keys"]);
        let public = published(&sue, json!({ "title": "Rotate keys", "content": "Words.", "category": "open-topic", "tags": tags })).await;
        published(&sue, json!({ "title": "Revoke keys", "content": "Words.", "category": "open-topic", "tags": tags })).await;
        for visibility in ["STAFF", "SIGNED_IN"] {
            published(&sue, json!({ "title": format!("Hidden {visibility}"), "content": "Words.", "category": "open-topic", "tags": tags, "visibility": visibility })).await;
        }
        published(&sue, json!({ "title": "Hidden elsewhere", "content": "Words.", "category": "closed-topic", "tags": tags, "visibility": "STAFF" })).await;
        sue.post("/api/knowledge/articles", &json!({ "title": "Hidden draft", "content": "Words.", "category": "open-topic", "tags": tags })).await.is(201);

        let counts = |told: &serde_json::Value| told["items"].as_array().unwrap().iter().map(|one| (one["slug"].as_str().unwrap().to_owned(), one["articles"].as_i64().unwrap())).collect::<Vec<_>>();
        let of_stranger = counts(&stranger.get("/api/knowledge/categories").await.is(200).json());
        let of_cleo = counts(&cleo.get("/api/knowledge/categories").await.json());
        let related = stranger.get(&format!("{}/related", path(&public))).await.is(200).json();
        let pages = [stranger.get("/help").await.is(200).text(), stranger.get("/help/open-topic").await.is(200).text(), stranger.get("/a/rotate-keys").await.is(200).text()];

        assert_eq!(of_stranger, [("open-topic".to_owned(), 2)]);
        assert_eq!(of_cleo, [("open-topic".to_owned(), 3)]);
        assert_eq!(related["items"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect::<Vec<_>>(), ["Revoke keys"]);
        for page in &pages {
            assert!(!page.contains("Hidden") && !page.contains("Closed topic"), "{page}");
        }
        assert!(pages[0].contains("2 articles") && pages[2].contains("Revoke keys"));
        stranger.get("/help/closed-topic").await.is(404);
        stranger.get("/help/nowhere").await.is(404);
        assert!(sue.get("/help/closed-topic").await.is(200).text().contains("Hidden elsewhere"));
        assert_eq!(stranger.get("/api/knowledge/sections").await.json()["items"].as_array().unwrap().len(), 1);
        let home = stranger.get("/").await.is(200).text();
        assert!(home.contains("2 articles") && home.contains("Revoke keys") && !home.contains("Hidden") && !home.contains("Closed topic"), "{home}");
        assert_eq!((open["version"].as_i64(), closed["articles"].as_i64()), (Some(1), Some(0)));
    }

    async fn a_page_is_kept_until_it_changes(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let article = published(&sue, json!({ "title": "Keys", "summary": "All of them.", "content": "## Make one\n\nFirst words." })).await;
        let asks = |tag: &str| stranger.request("GET", "/a/keys").header("if-none-match", tag);

        let first = stranger.get("/a/keys").await.is(200);
        let tag = first.header("etag").to_owned();
        let kept = stranger.send(asks(&tag)).await;
        sue.put(&path(&article), &json!({ "version": article["version"], "content": "## Make two\n\nOther words." })).await.is(200);
        let drafted = stranger.send(asks(&tag)).await;
        go(&sue, &article, json!({ "status": "PUBLISHED" }), 200).await;
        let changed = stranger.send(asks(&tag)).await;

        assert_eq!((first.header("cache-control"), first.header("vary").contains("cookie")), ("public, no-cache", true));
        assert_eq!(sue.get("/a/keys").await.header("cache-control"), "private, no-cache");
        assert_eq!((kept.status.as_u16(), kept.bytes.len(), kept.header("etag")), (304, 0, tag.as_str()));
        assert_eq!(drafted.status, 304, "a draft changes nothing");
        assert_eq!(changed.status, 200);
        let text = changed.text();
        for part in ["Other words.", r##"<a href="#s-make-two">Make two</a>"##, r#"<h2 id="s-make-two""#, r#"<link rel="canonical" href=""#, r#""@type":"TechArticle""#, "<title>Keys · "] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }

    async fn hostile_text_stays_text(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let evil = "</script><script>evilmark()</script>\"'><img src=x onerror=evilmark()>";
        let markdown = format!("## {evil}\n\n[x](javascript:evilmark()) <iframe src=//evilmark.test></iframe>\n\n```html\n{evil}\n```\n\n<h2 id=main onclick=evilmark()>x</h2>\n\n## main");
        published(&sue, json!({ "title": evil, "summary": evil, "content": markdown, "kind": "FAQ", "slug": "evil", "tags": ["<b>evilmark</b>"] })).await;

        let page = stranger.get("/a/evil").await.is(200).text();

        for live in ["<script>evilmark", "<img src=x", "<iframe", "onclick=evilmark()>x", "href=\"javascript:", "id=\"main\" dir", "<b>evilmark"] {
            assert!(!page.contains(live), "{live}\n{page}");
        }
        assert_eq!(page.matches("</script>").count(), page.matches("<script").count(), "{page}");
        assert_eq!(page.matches(" id=\"main\"").count(), 1, "no text takes an id of the page");
    }

    async fn a_vote_without_script_says_thank_you(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let article = published(&sue, json!({ "title": "Keys", "content": "Words.", "visibility": "PUBLIC" })).await;
        published(&sue, json!({ "title": "Own", "content": "Words.", "visibility": "STAFF" })).await;

        let voted = stranger.form("/a/keys/feedback", &[("helpful", "false"), ("number", "1"), ("words", "Too short.")]).await.is(303);
        let page = stranger.get(voted.header("location")).await.is(200).text();

        assert_eq!(voted.header("location"), "/a/keys");
        assert!(page.contains("Thank you.") && page.contains("0 of 1 people found this helpful"), "{page}");
        stranger.form("/a/keys/feedback", &[]).await.is(422);
        let said = sue.get(&format!("{DESK}/{}/versions", article["id"].as_str().unwrap())).await.is(200).text();
        assert!(said.contains("Too short.") && said.contains("It did not help"), "{said}");
        stranger.form("/a/own/feedback", &[("helpful", "true")]).await.is(404);
    }

    async fn the_desk_writes_publishes_compares_and_loses_no_words(world) {
        let (ana, sue, stranger) = (world.agent("Ana").await, world.supervisor("Sue").await, world.stranger());
        sue.form("/desk/knowledge/categories", &[("title", "API and SDKs"), ("description", "Keys."), ("icon", "i-key-round")]).await.is(303);

        let made = ana.form(DESK, &[("title", "Keys"), ("content", "First."), ("category", "api-and-sdks"), ("tags", "api, Keys")]).await.is(303);
        let place = made.header("location").to_owned();
        let preview = ana.form(&place, &[("title", "Keys"), ("content", "## Not yet"), ("version", "1"), ("act", "preview")]).await.is(200).text();
        ana.form(&place, &[("title", "Keys"), ("content", "Second."), ("version", "1"), ("visibility", "PUBLIC")]).await.is(303);
        let late = sue.form(&place, &[("title", "Keys"), ("content", "Sue's words."), ("version", "1")]).await.is(409).text();
        let empty = ana.form(&place, &[("title", ""), ("content", "Kept words."), ("version", "2")]).await.is(422).text();
        ana.form(&format!("{place}/status"), &[("version", "2"), ("status", "PUBLISHED")]).await.is(403);
        sue.form(&format!("{place}/status"), &[("version", "2"), ("status", "PUBLISHED")]).await.is(303);
        let live = stranger.get("/a/keys").await.is(200).text();
        let compared = ana.get(&format!("{place}/versions?from=1&to=2")).await.is(200).text();
        ana.form(&format!("{place}/versions/1/restore"), &[("version", "3")]).await.is(303);
        let listed = ana.get("/desk/knowledge?status=PUBLISHED").await.is(200).text();

        assert!(preview.contains(r#"id="s-not-yet""#) && preview.contains("## Not yet"), "{preview}");
        assert!(late.contains("Sue&#39;s words.") && late.contains("not saved yet"), "{late}");
        assert!(empty.contains("Kept words.") && empty.contains("error-summary"), "{empty}");
        assert!(live.contains("Second.") && live.contains("API and SDKs"), "{live}");
        assert!(compared.contains("<del>First.</del>") && compared.contains("<ins>Second.</ins>"), "{compared}");
        assert!(listed.contains("Next version: draft"), "{listed}");
        assert!(stranger.get("/a/keys").await.text().contains("Second."), "readers see nothing of it");
        for path in [place.clone(), format!("{place}/versions"), "/desk/knowledge/new".to_owned(), "/desk/knowledge/categories".to_owned()] {
            ana.get(&path).await.is(200);
        }
        ana.get(&format!("{place}/versions?from=9")).await.is(404);
        ana.form("/desk/knowledge/categories", &[("title", "Mine")]).await.is(403);
    }
}
