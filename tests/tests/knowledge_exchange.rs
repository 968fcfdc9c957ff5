//! Articles in and out: an archive becomes categories, sections and articles whose links and pictures work; the next import changes them;
//! what is hostile or broken is listed and does no harm; and what goes out can come in again.

use crate::{
    client::Visitor,
    knowledge::ARTICLES,
    walk::PIXEL,
    world::{World, eventually},
};
use db::sql;
use serde_json::{Value, json};
use std::io::{Cursor, Read, Write};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

pub fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Sends an archive, waits for the job, and answers the page with the report.
pub async fn brought(sue: &Visitor, name: &str, bytes: &[u8], dry: bool) -> String {
    let fields: &[(&str, &str)] = if dry { &[("dry", "true")] } else { &[] };
    let place = sue.multipart("/desk/knowledge/imports", fields, &[(name, bytes)]).await.is(303).header("location").to_owned();
    eventually("the import has ended", || async {
        let page = sue.get(&place).await.is(200).text();
        page.contains("It is done.") || page.contains("data-s=\"bad\"")
    })
    .await;
    sue.get(&place).await.text()
}

async fn titles(who: &Visitor, query: &str) -> Vec<String> {
    let told = who.get(&format!("{ARTICLES}?limit=100{query}")).await.is(200).json();
    let mut titles: Vec<String> = told["items"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap().to_owned()).collect();
    titles.sort();
    titles
}

async fn one(who: &Visitor, external: &str) -> Value {
    let told = who.get(&format!("{ARTICLES}?externalId={}", external.replace(':', "%3A").replace('/', "%2F").replace('#', "%23"))).await.is(200).json();
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{external}: {told}");
    told["items"][0].clone()
}

const KEYS: &[u8] = b"---\ntitle: Rotate a key\ndescription: Two keys for an hour.\nsidebar_position: 2\ntags: [API, keys]\n---\n\nSee [streams](../02-streams.mdx#read-it) and [nothing](./gone.md).\n\n![Shot](img/shot.png) ![Lost](img/lost.png) ![Bad](img/bad.png)\n\n[home]: ../README.md\n";
const STREAMS: &[u8] = b"import Tabs from '@theme/Tabs';\n\n# Stream answers\n\n## Read it\n\n<Tabs>\n<TabItem value=\"py\" label=\"Python\">\n\n```python\nprint(1)\n```\n\n</TabItem>\n</Tabs>\n\nWith [keys](/guides/keys/rotate).";

fn docs() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("docs/README.md", b"# Welcome\n\nStart [here](guides/02-streams.mdx)."),
        ("docs/guides/_category_.json", br#"{ "label": "Guides and more", "position": 3 }"#),
        ("docs/guides/02-streams.mdx", STREAMS),
        ("docs/guides/keys/rotate.md", KEYS),
        ("docs/guides/keys/img/shot.png", PIXEL),
        ("docs/guides/keys/img/bad.png", b"no picture"),
        ("docs/guides/page.html", b"<title>x</title><h1>Old &amp; page</h1><p>By <b>hand</b>, <a href='keys/rotate.md'>keys</a>.</p>"),
        ("docs/guides/02-streams.de.mdx", b"# Antworten im Strom\n\nNacheinander."),
        ("docs/guides/later.md", b"+++\ntitle = 'Later'\ndraft = true\n+++\nNot yet."),
        ("docs/style.css", b"p {}"),
    ]
}

both! {
    async fn a_folder_becomes_a_help_center_and_the_next_import_changes_it(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());

        let looked = brought(&sue, "docs.zip", &archive(&docs()), true).await;
        let before = titles(&sue, "").await;
        let first = brought(&sue, "docs.zip", &archive(&docs()), false).await;
        let page = stranger.get("/a/rotate-a-key").await.is(200).text();
        let second = brought(&sue, "docs.zip", &archive(&docs()), false).await;
        let mut changed = docs();
        changed[2].1 = b"# Stream answers\n\nOther words.";
        let third = brought(&sue, "docs.zip", &archive(&changed), false).await;

        assert!(looked.contains("<dt>New</dt><dd>6</dd>") && before.is_empty(), "{looked}");
        assert!(first.contains("<dt>New</dt><dd>6</dd>") && first.contains("Leads nowhere: ./gone.md."), "{first}");
        assert!(first.contains("img/lost.png") && first.contains("img/bad.png") && first.contains("style.css"), "{first}");
        assert_eq!(titles(&stranger, "").await, ["Old & page", "Rotate a key", "Stream answers", "Welcome"]);
        assert_eq!(titles(&stranger, "&category=guides-and-more").await, ["Old & page", "Rotate a key", "Stream answers"]);
        assert_eq!(one(&sue, "file:guides/later.md").await["status"], "DRAFT");
        let keys = one(&sue, "file:guides/keys/rotate.md").await;
        assert_eq!((&keys["summary"], &keys["tags"], &keys["number"]), (&json!("Two keys for an hour."), &json!(["api", "keys"]), &json!(2)));
        assert!(page.contains("href=\"/a/stream-answers#s-read-it\"") && page.contains("width=\"1\" height=\"1\" alt=\"Shot\""), "{page}");
        assert!(stranger.get("/help/guides-and-more").await.is(200).text().contains("Keys</h2>"));
        assert!(stranger.get("/a/old-page").await.is(200).text().contains("By <strong>hand</strong>, <a href=\"/a/rotate-a-key\">keys</a>."));
        assert!(second.contains("<dt>New</dt><dd>0</dd><dt>Changed</dt><dd>0</dd><dt>Unchanged</dt><dd>6</dd>"), "{second}");
        assert!(third.contains("<dt>New</dt><dd>0</dd><dt>Changed</dt><dd>1</dd>"), "{third}");
        assert!(stranger.get("/a/stream-answers").await.text().contains("Other words."));
        let german = one(&sue, "file:guides/02-streams.de.mdx").await;
        assert_eq!((&german["language"], &german["translationOf"]), (&json!("de"), &one(&sue, "file:guides/02-streams.mdx").await["id"]), "{german}");
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM article_images")).await, 1, "the same picture is kept once");
    }

    async fn what_is_hostile_or_broken_is_listed_and_does_no_harm(world) {
        let sue = world.supervisor("Sue").await;
        let bomb = vec![0_u8; 40 * 1024 * 1024];
        let laughs = format!("---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\ntitle: {}\n---\nx", "[*e,*e,*e,*e,*e,*e,*e,*e,*e]");
        let large = "x".repeat(100_001);
        let files: Vec<(&str, &[u8])> = vec![
            ("../evil.md", b"# Evil"),
            ("/etc/evil.md", b"# Evil"),
            ("a/bomb.md", &bomb),
            ("a/laughs.md", laughs.as_bytes()),
            ("a/large.md", large.as_bytes()),
            ("a/binary.md", b"\xff\xfe\x00"),
            ("a/nul.md", b"# N\0UL"),
            ("a/script.md", b"# <script>evilmark()</script>\n\n<img src=x onerror=evilmark()> [x](javascript:evilmark()) ![p](../../../etc/passwd)"),
            ("a/snippet.md", b"# Snip\n\n{{snippet nothing}}"),
            ("a/empty.md", b""),
            ("a/good.md", b"# Good\n\nWords."),
        ];

        let report = brought(&sue, "evil.zip", &archive(&files), false).await;
        let broken = brought(&sue, "broken.zip", b"PK\x03\x04 this is no archive at all", false).await;

        for refused in ["../evil.md", "/etc/evil.md", "a/bomb.md", "a/laughs.md", "a/large.md", "a/binary.md", "a/nul.md", "a/snippet.md"] {
            let line = report.split(&format!("<span class=\"wraps\">{refused}</span>")).nth(1).unwrap_or_else(|| panic!("{refused}: {report}"));
            assert!(line.split("</tr>").next().unwrap().contains("Refused"), "{refused}: {report}");
        }
        assert!(!titles(&sue, "").await.contains(&"Evil".to_owned()));
        assert!(titles(&sue, "").await.contains(&"Good".to_owned()));
        let page = sue.get(&format!("/a/{}", one(&sue, "file:a/script.md").await["slug"].as_str().unwrap())).await.is(200).text();
        assert!(!page.contains("<script>evilmark") && !page.contains("<img src=x") && !page.contains("href=\"javascript"), "{page}");
        assert!(broken.contains("no ZIP archive"), "{broken}");
    }

    async fn exports_of_others_and_interfaces_become_articles(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let zendesk = json!({
            "categories": [{ "id": 1, "name": "Basics" }], "sections": [{ "id": 2, "category_id": 1, "name": "Start", "position": 1 }],
            "articles": [
                { "id": 10, "title": "First", "body": "<p>See <a href=\"https://x.zendesk.com/hc/en-us/articles/11-Second\">second</a>.</p>", "section_id": 2, "draft": false, "locale": "en-us", "label_names": ["Go"] },
                { "id": 11, "title": "Second", "body": "<h2>How</h2><ol><li>Do</li></ol>", "section_id": 2, "draft": true }
            ]
        });
        let api = json!({ "openapi": "3.0.3", "info": { "title": "Keys API" }, "paths": { "/keys": { "post": { "operationId": "addKey", "summary": "Add a key", "tags": ["Keys"],
            "requestBody": { "content": { "application/json": { "schema": { "type": "object", "properties": { "name": { "type": "string" } } } } } }, "responses": { "201": { "description": "Made" } } } } } });

        brought(&sue, "export.json", zendesk.to_string().as_bytes(), false).await;
        brought(&sue, "api.json", api.to_string().as_bytes(), false).await;

        let first = one(&sue, "zendesk:10").await;
        assert_eq!((&first["content"], &first["tags"], &first["category"]), (&json!("See [second](/a/second).\n"), &json!(["go"]), &json!("basics")));
        assert_eq!(one(&sue, "zendesk:11").await["status"], "DRAFT");
        let page = stranger.get("/a/add-a-key").await.is(200).text();
        assert!(page.contains("POST") && page.contains("curl") && page.contains("Keys API"), "{page}");
        assert_eq!(one(&sue, "openapi:Keys API:addKey").await["kind"], "API");
    }

    async fn what_goes_out_comes_in_again(world) {
        let sue = world.supervisor("Sue").await;
        brought(&sue, "docs.zip", &archive(&docs()), false).await;
        let keys = one(&sue, "file:guides/keys/rotate.md").await;
        let german = json!({ "title": "Schlüssel tauschen", "content": "Zwei Schlüssel.", "language": "de", "translationOf": keys["id"], "status": "PUBLISHED" });
        sue.post(ARTICLES, &german).await.is(201);
        let own = json!({ "title": "For us", "content": "Whom to call at night.", "visibility": "STAFF", "status": "PUBLISHED", "category": "general" });
        sue.post(ARTICLES, &own).await.is(201);
        let acme = world.organization("Acme", "acme.test", false).await;
        let theirs = json!({ "title": "For Acme", "content": "Your own gate.", "visibility": "ORGANIZATIONS", "audience": [acme.id], "status": "PUBLISHED", "category": "general" });
        let theirs = sue.post(ARTICLES, &theirs).await.is(201).id();
        let staff = json!("STAFF");
        let all = |told: Value| {
            let row = |one: &Value| {
                // the id of a picture is another one there
                let parts: Vec<&str> = one["content"].as_str().unwrap().split("/help/files/").collect();
                let content: String = parts.iter().enumerate().map(|(at, part)| if at == 0 { *part } else { &part[36..] }).collect();
                format!("{} {} {content} {} {} {} {} {} {} {}", one["slug"], one["title"], one["tags"], one["kind"], one["status"], one["category"], one["language"], one["translationOf"].is_null(), if one["visibility"] == "ORGANIZATIONS" { &staff } else { &one["visibility"] })
            };
            let mut rows: Vec<String> = told["items"].as_array().unwrap().iter().map(row).collect();
            rows.sort();
            rows
        };

        let bytes = sue.get("/desk/knowledge/export?all=true").await.is(200).bytes;
        let part = sue.get("/desk/knowledge/export?category=general").await.is(200).bytes;
        let before = all(sue.get(&format!("{ARTICLES}?limit=100")).await.json());
        let other = World::new(db::Engine::Sqlite).await;
        let max = other.supervisor("Max").await;
        let told = brought(&max, "articles.zip", &bytes, false).await;
        let after = all(max.get(&format!("{ARTICLES}?limit=100")).await.json());
        let again = brought(&sue, "articles.zip", &bytes, false).await;

        assert_eq!(before, after);
        let unseen = titles(&other.stranger(), "").await;
        assert!(!unseen.contains(&"For us".to_owned()) && !unseen.contains(&"For Acme".to_owned()), "{unseen:?}");
        assert!(told.contains("staff alone reads it until you choose again"), "{told}");
        assert_eq!(sue.get(&format!("{ARTICLES}/{theirs}")).await.json()["visibility"], "ORGANIZATIONS", "an import here leaves its readers");
        assert!(again.contains("<dt>New</dt><dd>0</dd>"), "{again}");
        let mut part = ZipArchive::new(Cursor::new(part)).unwrap();
        let names: Vec<String> = part.file_names().map(|name| name.unwrap().into_owned()).collect();
        let mut text = String::new();
        part.by_name("general/welcome.md").unwrap_or_else(|_| panic!("{names:?}")).read_to_string(&mut text).unwrap();
        assert!(text.starts_with("---\ntitle: \"Welcome\"\nslug: \"welcome\"\nkind: GUIDE\nexternalId: \"file:README.md\"\n"), "{text}");
        assert!(!names.iter().any(|name| name.contains("rotate")), "{names:?}");
        assert!(sue.get("/a/welcome/pdf").await.is(200).bytes.starts_with(b"%PDF"));
        other.end().await;
    }
}
