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
        told.entry(path).or_default().push_str(&format!("{outcome} {words}\n"));
    }
    told
}

async fn article(who: &Visitor, path: &str) -> Value {
    let told = who.get(&format!("{ARTICLES}?externalId=file:{}", path.replace('/', "%2F"))).await.is(200).json();
    told["items"][0].clone()
}

/// Imported; imported and something is said of it; no article and a reason.
const FINE: &[&str] = &["good.md"];

both! {
    async fn each_hostile_file_has_its_line_and_stops_no_other(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("import/hostile");
        let files = files(&root);
        let began = Instant::now();

        let page = brought(&sue, "hostile.zip", &archive(&files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect::<Vec<_>>()), false).await;

        let told = report(world).await;
        for (path, words) in &told { println!("{path}: {words}"); }
        for (path, _) in &files { println!("{path}: {}", article(&sue, path).await); }
        let _ = (page, stranger, began, FINE);
        panic!("see");
    }
}
