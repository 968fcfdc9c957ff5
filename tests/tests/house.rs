//! The house rules that no compiler checks: who may import what, sizes as alarms, one door for each thing.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Longer than this is an alarm.
const LINES: usize = 400;
/// Files that may be longer, each with its reason.
const MAY_BE_LONG: &[(&str, &str)] = &[
    ("domains/tickets/src/views.rs", "the structs of all templates of the room: a list, no logic"),
    ("domains/tickets/src/api.rs", "fifteen endpoints, of which the reference's words are a third"),
    ("domains/tickets/src/pages/desk.rs", "one screen with its four panes, which fill one struct"),
    ("domains/tickets/src/pages/acts.rs", "one route after the other, each a few lines"),
    ("tests/tests/walk_table.rs", "a table: one line for each route, and one for what it is sent"),
    ("domains/accounts/tests/doors.rs", "one test after the other, read one at a time"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Files below a folder, by their path from the root, without what is built or installed.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    fn walk(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.file_name().unwrap().to_str().unwrap();
            if entry.is_dir() {
                if !matches!(name, "target" | "node_modules" | "dist" | "out" | ".git") && !name.starts_with("data") {
                    walk(&entry, endings, found);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(entry);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), endings, &mut found);
    found.sort();
    found.into_iter().map(|path| (path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())).collect()
}

/// All of our Rust.
fn sources() -> Vec<(String, String)> {
    ["app", "crates", "domains", "tests", "benches"].iter().flat_map(|folder| files(folder, &[".rs"])).collect()
}

/// A file without its comments and, for what only tests may do, without its tests.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.starts_with("benches/") || path.contains("/tests/")
}

/// The crates of this workspace that a manifest names.
fn neighbours(manifest: &str, section: &str, ours: &BTreeSet<String>) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().unwrap();
    let Some(section) = manifest.get(section).and_then(toml::Value::as_table) else { return Vec::new() };
    section.keys().filter(|name| ours.contains(*name)).cloned().collect()
}

fn crates(folder: &str) -> BTreeSet<String> {
    fs::read_dir(root().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| root().join(folder).join(name).join("Cargo.toml").exists())
        .collect()
}

#[test]
fn every_crate_imports_only_what_the_plan_allows() {
    let (ground, rooms) = (crates("crates"), crates("domains"));
    let all: BTreeSet<String> = ground.union(&rooms).cloned().chain(["support".to_owned()]).collect();
    // rooms that everybody may import, and rooms that write into the thread of a ticket
    let common = ["accounts", "files", "settings"];
    let into_tickets = ["chat", "calls", "mail", "sla", "satisfaction", "worklog", "macros", "incidents", "reuse"];
    let engines = ["automation", "notifications", "search", "analytics", "webhooks"];
    let mut wrong = Vec::new();

    for name in &ground {
        let manifest = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        wrong.extend(
            neighbours(&manifest, "dependencies", &all)
                .into_iter()
                .filter(|other| !ground.contains(other))
                .map(|other| format!("crates/{name} imports {other}")),
        );
    }
    for name in &rooms {
        let manifest = fs::read_to_string(root().join("domains").join(name).join("Cargo.toml")).unwrap();
        for other in neighbours(&manifest, "dependencies", &all).into_iter().filter(|other| !ground.contains(other)) {
            let allowed = match other.as_str() {
                "files" => !engines.contains(&name.as_str()),
                // articles and tickets meet in one room, above both
                "knowledge" => name == "reuse",
                "tickets" => into_tickets.contains(&name.as_str()),
                other => common.contains(&other),
            };
            if !allowed {
                wrong.push(format!("domains/{name} imports {other}"));
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rust_file_begins_by_saying_what_lives_in_it() {
    let silent: Vec<String> =
        sources().into_iter().filter(|(path, text)| !text.starts_with("//!") && !path.ends_with("build.rs")).map(|(path, _)| path).collect();

    assert!(silent.is_empty(), "without //!: {}", silent.join(", "));
}

#[test]
fn each_thing_has_one_door() {
    let doors: &[(&str, &[&str], &str)] = &[
        ("sqlx::", &["crates/db/"], "SQL goes through db"),
        ("SystemTime::now", &["crates/db/src/clock.rs"], "the clock is read through the transaction"),
        ("jiff::Timestamp::now", &["crates/db/src/clock.rs"], "the clock is read through the transaction"),
        ("reqwest::", &["crates/fetch/src/client.rs"], "outgoing HTTP goes through the guarded client"),
        ("hyper::", &["crates/web/"], "HTTP goes through web"),
        ("TcpListener", &["crates/web/", "app/src/start.rs", "domains/mail/src/listen.rs"], "HTTP goes through web, mail through the listener"),
        ("ammonia::", &["crates/richtext/"], "foreign HTML goes through richtext"),
        ("comrak::", &["crates/richtext/"], "Markdown goes through richtext"),
        ("argon2::", &["domains/accounts/src/password.rs"], "passwords go through accounts"),
        ("object_store::", &["domains/files/"], "objects go through files"),
        ("println!", &[], "standard output is written by commands, with what may go wrong"),
    ];
    let mut wrong = Vec::new();

    for (path, text) in sources().into_iter().filter(|(path, _)| !is_test(path) && !path.ends_with("build.rs")) {
        let code = code(&text);
        for (word, allowed, rule) in doors {
            if code.contains(word) && !allowed.iter().any(|place| path.starts_with(place)) {
                wrong.push(format!("{path} uses {word} ({rule})"));
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_too_long_to_be_read_in_one_breath() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(path, lines)| *lines > LINES && !MAY_BE_LONG.iter().any(|(known, _)| known == path))
        .map(|(path, lines)| format!("{path}: {lines}"))
        .collect();
    let over: Vec<String> = sources()
        .into_iter()
        .filter(|(path, text)| path.starts_with("tests/") && !path.ends_with("walk_table.rs") && text.lines().count() > 300)
        .map(|(path, _)| path)
        .collect();

    assert!(long.is_empty(), "over {LINES} lines: {}", long.join(", "));
    assert!(over.is_empty(), "a test file has 300 lines at most: {}", over.join(", "));
    for (path, _) in MAY_BE_LONG {
        assert!(root().join(path).exists(), "{path} is gone, and its exception with it");
    }
}

#[test]
fn templates_have_no_inline_style_or_script_and_no_raw_output() {
    let mut wrong = Vec::new();
    for (path, text) in ["app", "crates", "domains"].iter().flat_map(|folder| files(folder, &[".html"])) {
        for (number, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            let handler = [" onclick=", " onload=", " onsubmit=", " onchange=", " oninput=", " onerror="].iter().any(|word| lower.contains(word));
            // a letter is no page of ours: it carries its own style, and no policy of ours is around it
            let is_letter = path == "domains/mail/templates/mail/letter.html";
            if lower.contains(" style=") || lower.contains("<style") && !is_letter || lower.contains("<script>") || lower.contains("javascript:") || handler {
                wrong.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
            if line.contains("|safe") || line.contains("| safe") {
                // safe by type or made by us: rendered HTML, and the reference, which is made of our own document
                let is_rendered = line.contains("html|safe") || line.contains("html | safe") || path == "app/templates/parts/operation.html";
                if !is_rendered {
                    wrong.push(format!("{path}:{}: not escaped: {}", number + 1, line.trim()));
                }
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn style_sheets_use_no_important() {
    let wrong: Vec<String> = ["crates/ui/css", "domains"]
        .iter()
        .flat_map(|folder| files(folder, &[".css"]))
        .filter(|(_, text)| text.contains("!important") && !text.contains("prefers-reduced-motion"))
        .map(|(path, _)| path)
        .collect();

    assert!(wrong.is_empty(), "{}", wrong.join(", "));
}

#[test]
fn nothing_names_a_place_on_somebodys_disk() {
    let places = ["/work/", "/home/", "/root/", "/Users/"].map(|place| format!("{place}\u{0}").trim_end_matches('\u{0}').to_owned());
    let mut wrong = Vec::new();

    for (path, text) in ["app", "crates", "domains", "benches", "bin", "docs", "e2e"]
        .iter()
        .flat_map(|folder| files(folder, &[".rs", ".toml", ".html", ".css", ".ts", ".mjs", ".md", ".sh", ".json"]))
    {
        for (number, line) in
            text.lines().enumerate().filter(|(_, line)| places.iter().any(|place| line.contains(place.as_str()) && !line.contains(&format!("http{place}"))))
        {
            wrong.push(format!("{path}:{}: {}", number + 1, line.trim().chars().take(120).collect::<String>()));
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn sql_stands_beside_its_verb_and_is_never_glued_from_input() {
    let mut wrong = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| !is_test(path)) {
        for (number, line) in code(&text).lines().enumerate() {
            let glued = line.contains("format!(\"SELECT")
                || line.contains("format!(\"UPDATE")
                || line.contains("format!(\"INSERT")
                || line.contains("format!(\"DELETE FROM");
            if glued {
                wrong.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
