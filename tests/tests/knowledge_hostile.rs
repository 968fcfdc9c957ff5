//! Folders that mean harm or are broken (`tests/import/hostile`, with its README): the import ends, each file has its line, a bad one
//! stops no other, and what comes of them stays text.

use crate::{
    client::Visitor,
    knowledge::ARTICLES,
    knowledge_exchange::{archive, brought},
    world::World,
};
use db::sql;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The folder's files, as an archive has them.
fn files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let (mut files, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push((path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Each file's outcomes and reasons.
async fn report(world: &World) -> BTreeMap<String, String> {
    let rows: Vec<(String, String, String)> =
        world.app.db.read().await.unwrap().all(sql!("SELECT path, outcome, words FROM knowledge_import_lines ORDER BY number")).await.unwrap();
    let mut told = BTreeMap::<String, String>::new();
    for (path, outcome, words) in rows {
        let lines = told.entry(path).or_default();
        lines.extend([outcome.as_str(), " ", words.as_str(), "\n"]);
    }
    told
}

async fn article(who: &Visitor, path: &str) -> Value {
    let told = who.get(&format!("{ARTICLES}?externalId=file:{}", path.replace('/', "%2F"))).await.is(200).json();
    told["items"][0].clone()
}

/// Refused: no article, and a word of why.
const REFUSED: &[(&str, &str)] = &[
    ("broken-front-matter.md", "line 1"),
    ("huge-front-matter.md", "16 KB"),
    ("yaml-bomb.md", "front matter"),
    ("yaml-self.md", "front matter"),
    ("yaml-deep.md", "16 KB"),
    ("wrong-types.md", "front matter"),
    ("long-title.md", "16 KB"),
    ("empty.md", "empty"),
    ("only-blank.md", "empty"),
    ("only-bom.md", "empty"),
    ("only-front-matter.md", "empty"),
    ("invalid-utf8.md", "UTF-8"),
    ("utf16.md", "UTF-8"),
    ("nul.md", "NUL"),
    ("nested-quotes.md", "100000"),
    ("_snippets/a.md", "snippet"),
    ("_snippets/b.md", "snippet"),
    ("_snippets/self.md", "snippet"),
    ("uses-snippets.md", "snippet"),
    ("deep/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/21/22/23/24/25/26/27/28/29/30/bottom.md", "deep"),
];

/// Imported, and what is said of them; nothing where nothing needs to be.
const ADDED: &[(&str, &str)] = &[
    ("good.md", ""),
    ("unclosed-front-matter.md", ""),
    ("not-a-map.md", ""),
    ("yaml-tags.md", ""),
    ("script-title.md", ""),
    ("html-attacks.md", ""),
    ("traversal-slug.md", ""),
    ("absolute-slug.md", ""),
    ("control-slug.md", ""),
    ("same-slug-1.md", ""),
    ("same-slug-2.md", "/a/twins is taken"),
    ("traversal-image.md", ""),
    ("traversal-link.md", "./no-such-page.md#part"),
    ("missing-image.md", ""),
    ("not-an-image.md", ""),
    ("bidi-title.md", ""),
    ("headings-5000.md", ""),
    ("unclosed-fence.md", ""),
    ("unclosed-admonition.md", ""),
    ("bad-category/page.md", ""),
    ("odd-category/page.md", ""),
];

/// Pictures that can't be shown, and why.
const PICTURES: &[(&str, &str)] = &[
    ("images/not-an-image.png", "no picture"),
    ("images/cut-off.png", "damaged"),
    ("images/claims-huge.png", "megapixels"),
    ("images/script.svg", "no picture"),
    ("images/no-such-chart.png", "not there"),
    ("etc/passwd", "not there"),
    ("etc/hostname", "not there"),
    ("Cargo.toml", "not there"),
];

both! {
    async fn each_hostile_file_has_its_line_and_stops_no_other(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let files = files(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("import/hostile"));
        let zip = archive(&files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect::<Vec<_>>());
        let began = Instant::now();

        brought(&sue, "hostile.zip", &zip, false).await;

        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        let told = report(world).await;
        let line = |path: &str| told.get(path).unwrap_or_else(|| panic!("{path} has no line: {told:#?}"));
        for (path, why) in REFUSED {
            assert!(line(path).starts_with("REFUSED ") && line(path).contains(why), "{path}: {}", line(path));
            assert!(article(&sue, path).await.is_null(), "{path} left an article");
        }
        for (path, words) in ADDED {
            assert!(line(path).contains("ADDED ") && line(path).contains(words), "{path}: {}", line(path));
            let slug = article(&sue, path).await["slug"].as_str().unwrap().to_owned();
            assert!(!slug.contains(['/', '\\', '.', '\0', '\r', '\n', ' ']), "{path}: {slug}");
            let began = Instant::now();
            let page = stranger.get(&format!("/a/{}", crate::client::encode(&slug))).await.is(200).text();
            assert!(began.elapsed() < Duration::from_secs(2), "{path}: {:?}", began.elapsed());
            let lower = page.to_lowercase();
            // every sign of a text that begins a tag is written as an entity, so a tag with a handler is one of ours or none
            let tags: Vec<&str> = lower.split('<').skip(1).filter_map(|part| part.split('>').next()).collect();
            for never in [" onerror=", " onload=", " onclick=", "href=\"javascript", "href=\"vbscript", "href=\"data:", "action=\"http"] {
                assert!(!tags.iter().any(|tag| !tag.starts_with("meta") && tag.contains(never)), "{path} has {never}: {page}");
            }
            for never in ["<script>alert", "<iframe", "<base", "<object", "root:x:0", "[package]"] {
                assert!(!lower.contains(never), "{path} has {never}: {page}");
            }
        }
        for (path, why) in PICTURES {
            assert!(line(path).contains("REFUSED ") && line(path).contains(why), "{path}: {}", line(path));
        }
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM article_images")).await, 0);
        assert!(line("bad-category/_category_.json").starts_with("REFUSED") && line("odd-category/_category_.json").starts_with("PASSED"));
        for (path, _) in files.iter().filter(|(path, _)| !path.starts_with("images/")) {
            line(path);
        }
        assert_eq!(article(&sue, "good.md").await["slug"], "the-one-that-is-fine");
        assert_eq!(article(&sue, "bidi-title.md").await["title"], "invoice_gnp.exe hidden");
        assert!(!Path::new("/tmp/promptcraft-import-was-here").exists());
    }

    async fn hostile_words_stay_text_everywhere(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let files = files(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("import/hostile"));
        let some: Vec<(&str, &[u8])> = files.iter().filter(|(path, _)| ["script-title.md", "html-attacks.md"].contains(&path.as_str())).map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();

        brought(&sue, "hostile.zip", &archive(&some), false).await;

        crate::search::indexed(world).await;
        let slug = article(&sue, "script-title.md").await["slug"].as_str().unwrap().to_owned();
        for path in [format!("/a/{slug}"), "/help".to_owned(), "/help/general".to_owned(), "/".to_owned(), "/feed.atom".to_owned(), "/sitemap.xml".to_owned(), "/search?q=alert".to_owned()] {
            let page = stranger.get(&path).await.is(200).text();
            assert!(!page.contains("<script>alert") && !page.contains("<img src=x") && !page.contains("<b>bold"), "{path}: {page}");
        }
        let typing = stranger.get("/search/suggestions?q=alert").await.is(200);
        assert!(typing.header("content-type").starts_with("application/json"), "no browser reads it as a page: {}", typing.text());
        let page = stranger.get(&format!("/a/{}", article(&sue, "html-attacks.md").await["slug"].as_str().unwrap())).await.text();
        assert!(page.contains("This sentence stays."), "{page}");
        let told = stranger.get(&format!("/a/{slug}")).await.text();
        assert!(told.contains("&lt;script&gt;alert(1)&lt;/script&gt;") || told.contains("&#60;script&#62;alert(1)&#60;/script&#62;"), "{told}");
        let json = told.split("application/ld+json").nth(1).and_then(|rest| rest.split("</script>").next()).unwrap();
        assert!(json.contains("alert(1)") && !json.contains("<script"), "{json}");
    }
}
