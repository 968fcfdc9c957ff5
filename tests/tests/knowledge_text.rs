//! What an article shows: code, callouts, tabs, videos and pictures; and snippets, which change all articles that use them at once.

use crate::{
    knowledge::{ARTICLES, path, published},
    walk::PIXEL,
    world::eventually,
};
use db::sql;
use serde_json::json;

const SNIPPETS: &str = "/api/knowledge/snippets";

both! {
    async fn frames_and_code_stand_on_the_page_and_nothing_is_asked_of_others(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let text = "## Call it\n\n:::warning Mind the limit\nAt most **ten**.\n:::\n\n> [!TIP]\n> Short.\n\n::::tabs\n:::tab Python\n```python\nimport os  # two\n```\n:::\n:::tab cURL\n```bash\ncurl https://api.test\n```\n::::\n\n:::video https://youtu.be/dQw4w9WgXcQ A tour\n\n[there](#call-it) and [other](/a/other)";
        published(&sue, json!({ "title": "Calls", "content": text, "kind": "TUTORIAL" })).await;

        let told = stranger.get("/a/calls").await.is(200);
        let page = told.text();

        for part in [
            r#"<div class="callout" data-s="warn">"#,
            r#"<div class="callout" data-s="good">"#,
            r#"<span class="k">import</span>"#,
            r#"<p class="pane-title" data-panes-target="title" dir="auto">cURL</p>"#,
            r#"<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ""#,
            r##"<a href="#s-call-it">there</a>"##,
            r#"<a href="/a/other">other</a>"#,
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert!(!page.contains("<iframe") && !page.contains("style=\""), "{page}");
        assert!(told.header("content-security-policy").contains("frame-src 'self' https://www.youtube-nocookie.com "));
    }

    async fn a_changed_snippet_changes_every_article_at_once(world) {
        let (sue, ana, stranger) = (world.supervisor("Sue").await, world.agent("Ana").await, world.stranger());
        let host = sue.post(SNIPPETS, &json!({ "name": "host", "content": "`api.one.test`" })).await.is(201).json();
        sue.post(SNIPPETS, &json!({ "name": "call", "content": "Call {{snippet host}}." })).await.is(201);
        let article = published(&sue, json!({ "title": "Calls", "content": "Now: {{snippet call}} \\{{snippet host}}" })).await;
        let place = format!("{SNIPPETS}/{}", host["id"].as_str().unwrap());

        let before = stranger.get("/a/calls").await.is(200);
        let changed = sue.put(&place, &json!({ "version": 1, "name": "host", "content": "`api.two.test`" })).await.is(200).json();
        let after = stranger.get("/a/calls").await.is(200);
        let stale = sue.put(&place, &json!({ "version": 1, "name": "host", "content": "x" })).await.is(409).json();
        let circle = sue.put(&place, &json!({ "version": 2, "name": "host", "content": "{{snippet call}}" })).await.is(422).json();
        let unknown = sue.put(&path(&article), &json!({ "version": article["version"], "content": "{{snippet none}}" })).await.is(422).json();
        let renamed = sue.put(&place, &json!({ "version": 2, "name": "server", "content": "x" })).await;
        ana.post(SNIPPETS, &json!({ "name": "mine", "content": "x" })).await.is(403);
        sue.delete(&place).await.is(409);

        assert!(before.text().contains("Now: Call <code>api.one.test</code>. {{snippet host}}"), "{}", before.text());
        assert!(after.text().contains("api.two.test") && before.header("etag") != after.header("etag"));
        assert_eq!((&changed["version"], &stale["current"]["version"]), (&json!(2), &json!(2)));
        assert!(circle["errors"]["source"].is_array() && unknown["errors"]["content"].is_array(), "{circle} {unknown}");
        assert_eq!(renamed.status, 422, "another snippet names it");
        eventually("its HTML is kept anew", || async { world.count(sql!("SELECT COUNT(*) FROM article_versions WHERE renderer = 0")).await == 0 }).await;
        let listed = ana.get(SNIPPETS).await.is(200).json();
        assert_eq!(listed["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(), ["call", "host"]);
    }

    async fn pictures_are_for_whoever_reads_the_article(world) {
        let (sue, cleo, stranger) = (world.supervisor("Sue").await, world.customer("Cleo").await, world.stranger());
        let article = sue.post(ARTICLES, &json!({ "title": "Shot", "content": "x" })).await.is(201).json();
        let place = format!("/desk/knowledge/{}/images", article["id"].as_str().unwrap());

        let sent = sue.multipart(&place, &[], &[("first shot.png", PIXEL)]).await.is(303);
        let page = sue.get(sent.header("location")).await.is(200).text();
        let href = format!("/help/files/{}", page.split("src=\"/help/files/").nth(1).unwrap().split('"').next().unwrap());
        let broken = sue.multipart(&place, &[], &[("broken.png", &PIXEL[..20]), ("x.svg", b"<svg onload='x'/>")]).await.is(422).text();
        stranger.get(&href).await.is(404);
        sue.get(&href).await.is(200);
        let body = json!({ "version": 1, "content": format!("![Where it is]({href})"), "status": "PUBLISHED" });
        sue.put(&path(&article), &body).await.is(200);
        let shown = stranger.get("/a/shot").await.is(200).text();
        let bytes = stranger.get(&href).await.is(200);
        let hidden = sue.get(&path(&article)).await.json();
        sue.put(&path(&article), &json!({ "version": hidden["version"], "visibility": "SIGNED_IN" })).await.is(200);

        assert!(broken.contains("PNG, JPEG, GIF or WebP"), "{broken}");
        assert!(shown.contains(&format!(r#"<img src="{href}" width="1" height="1" alt="Where it is" loading="lazy">"#)), "{shown}");
        assert_eq!(bytes.header("content-type"), "image/png");
        stranger.get(&href).await.is(404);
        cleo.get(&href).await.is(200);
        cleo.multipart(&place, &[], &[("x.png", PIXEL)]).await.is(403);
    }
}
