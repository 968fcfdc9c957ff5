//! How many articles stand on a shelf: what is kept equals a plain scan, for each kind of reader, after anything that moves them.

use crate::{
    client::Visitor,
    world::{Dice, World},
};
use db::Query;
use kernel::Actor;
use knowledge::policy::{View, visible_to};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const MIGRATION: &str = include_str!("../../domains/knowledge/migrations/0008_counts.sql");
const ARTICLES: &str = "/api/knowledge/articles";

struct Reader {
    client: Visitor,
    actor: Actor,
}

pub struct Stage {
    pub sue: Visitor,
    readers: Vec<Reader>,
    /// Visibilities with whom they are for.
    kinds: Vec<Value>,
    pub sections: Vec<String>,
}

pub async fn stage(world: &World) -> Stage {
    let (one, two) = (world.team("One").await, world.team("Two").await);
    let open = world.organization("Open", "open.test", true).await;
    world.organization("Shut", "shut.test", false).await;
    let sue = world.supervisor("Sue").await;
    let people = [
        world.agent_of("Ana", &one).await,
        world.agent_of("Ben", &two).await,
        world.person("Ann", "ann@open.test", kernel::Role::Customer, None).await,
        world.person("Cid", "cid@shut.test", kernel::Role::Customer, None).await,
    ];
    let mut readers =
        vec![Reader { actor: Actor::stranger(), client: world.stranger() }, Reader { actor: world.actor(&sue).await, client: world.supervisor("Sam").await }];
    for client in people {
        readers.push(Reader { actor: world.actor(&client).await, client });
    }
    let mut sections = Vec::new();
    for title in ["Billing", "Teams"] {
        let category = sue.post("/api/knowledge/categories", &json!({ "title": title })).await.is(201).id();
        for section in ["First", "Second"] {
            sections.push(sue.post("/api/knowledge/sections", &json!({ "categoryId": category, "title": section })).await.is(201).id());
        }
    }
    let kinds = vec![
        json!({ "visibility": "PUBLIC" }),
        json!({ "visibility": "SIGNED_IN" }),
        json!({ "visibility": "STAFF" }),
        json!({ "visibility": "ORGANIZATIONS", "audience": [open.id] }),
        json!({ "visibility": "TEAMS", "audience": [one.id, two.id] }),
        json!({ "visibility": "TEAMS", "audience": [two.id] }),
    ];
    Stage { sue, readers, kinds, sections }
}

/// By a scan of all articles: categories and sections with how many the actor may read.
async fn scanned(world: &World, actor: &Actor) -> (BTreeMap<String, i64>, Vec<String>) {
    let mut conn = world.read().await;
    let grouped = |head: &'static str, end: &'static str| {
        let mut query = Query::with(head, Vec::new());
        visible_to(actor, View::Live, &mut query);
        query.push(" AND a.source_id IS NULL").push(end);
        query
    };
    let from = "SELECT s.category_id, COUNT(DISTINCT a.id) FROM articles a JOIN article_sections x ON x.article_id = a.id JOIN knowledge_sections s ON s.id = x.section_id WHERE 1 = 1";
    let counts: Vec<(uuid::Uuid, i64)> = conn.all(grouped(from, " GROUP BY s.category_id")).await.unwrap();
    let from = "SELECT DISTINCT x.section_id FROM articles a JOIN article_sections x ON x.article_id = a.id WHERE 1 = 1";
    let mut sections: Vec<String> = conn.all::<uuid::Uuid>(grouped(from, "")).await.unwrap().into_iter().map(|id| id.to_string()).collect();
    sections.sort();
    (counts.into_iter().map(|(id, count)| (id.to_string(), count)).collect(), sections)
}

async fn compare(world: &World, stage: &Stage, step: &str) {
    for reader in &stage.readers {
        let (counts, mut sections) = scanned(world, &reader.actor).await;
        let told = reader.client.get("/api/knowledge/categories").await.is(200).json();
        let told: BTreeMap<String, i64> = told["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["id"].as_str().unwrap().to_owned(), one["articles"].as_i64().unwrap()))
            .filter(|(_, count)| *count > 0)
            .collect();
        assert_eq!(told, counts, "{} after {step}", reader.client.name);
        if !reader.actor.is_staff() {
            let mut told = reader.client.get("/api/knowledge/sections").await.is(200).ids();
            told.sort();
            sections.dedup();
            assert_eq!(told, sections, "{} after {step}", reader.client.name);
        }
    }
}

/// Moves a random article in a random way; answers how, if it was let through.
pub async fn step(stage: &mut Stage, articles: &mut Vec<String>, dice: &mut Dice) -> Option<&'static str> {
    let sue = &stage.sue;
    let some = |dice: &mut Dice, sections: &[String]| -> Vec<String> { (0..dice.below(3)).map(|_| dice.pick(sections).clone()).collect() };
    if articles.len() < 4 || dice.below(6) == 0 {
        let mut body = dice.pick(&stage.kinds).clone();
        body["title"] = json!(format!("Article {}", articles.len()));
        body["content"] = json!("Words.");
        body["sectionIds"] = json!(some(dice, &stage.sections));
        body["status"] = json!(if dice.below(3) == 0 { "DRAFT" } else { "PUBLISHED" });
        articles.push(sue.post(ARTICLES, &body).await.is(201).id());
        return Some("a new one");
    }
    if dice.below(12) == 0 && stage.sections.len() > 2 {
        let gone = stage.sections.remove(dice.below(stage.sections.len()));
        let to = dice.pick(&stage.sections).clone();
        sue.delete(&format!("/api/knowledge/sections/{gone}?moveTo={to}")).await.is(204);
        return Some("a section less");
    }
    let id = dice.pick(articles).clone();
    let now = sue.get(&format!("{ARTICLES}/{id}")).await.is(200).json();
    let mut body = json!({ "version": now["version"] });
    let (path, what) = match dice.below(5) {
        0 => {
            body["status"] = json!("PUBLISHED");
            (format!("{ARTICLES}/{id}/status"), "published")
        }
        1 => {
            body["status"] = json!(if now["status"] == "ARCHIVED" { "DRAFT" } else { "ARCHIVED" });
            (format!("{ARTICLES}/{id}/status"), "archived or back")
        }
        2 => {
            let kind = dice.pick(&stage.kinds).clone();
            body.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
            (format!("{ARTICLES}/{id}"), "other readers")
        }
        3 => {
            body["sectionIds"] = json!(some(dice, &stage.sections));
            (format!("{ARTICLES}/{id}"), "other sections")
        }
        _ => {
            body["content"] = json!(format!("Words {}.", dice.below(1_000)));
            (format!("{ARTICLES}/{id}"), "other words")
        }
    };
    (sue.put(&path, &body).await.status == 200).then_some(what)
}

both! {
    async fn what_is_kept_equals_a_scan_whatever_moves(world) {
        let mut stage = stage(world).await;
        let (mut articles, mut dice) = (Vec::new(), Dice(0x0c0_ffee));
        let mut done: BTreeMap<&str, usize> = BTreeMap::new();

        for n in 0..90 {
            if let Some(what) = step(&mut stage, &mut articles, &mut dice).await {
                *done.entry(what).or_default() += 1;
                if n % 3 == 0 || what == "a section less" {
                    compare(world, &stage, what).await;
                }
            }
        }

        compare(world, &stage, "all").await;
        // what an installation of before gets
        let mut tx = world.write().await;
        tx.run(Query::with("DELETE FROM article_counts", Vec::new())).await.unwrap();
        for statement in MIGRATION.split(';').map(str::trim).filter(|text| text.starts_with("INSERT INTO article_counts")) {
            tx.run(Query::with(statement, Vec::new())).await.unwrap();
        }
        tx.commit().await.unwrap();
        compare(world, &stage, "the migration").await;
        assert!(done.len() == 7, "each kind of move was let through: {done:?}");
    }

    async fn many_at_once_wait_for_nobody_in_a_circle_and_each_counts(world) {
        let stage = stage(world).await;
        let mut ids = Vec::new();
        for n in 0..6 {
            ids.push(stage.sue.post(ARTICLES, &json!({ "title": format!("Article {n}"), "content": "The same words for all.", "sectionIds": [stage.sections[n % 4]], "status": "PUBLISHED" })).await.is(201).id());
        }
        let turns = ids.iter().enumerate().map(|(n, id)| {
            let (sue, kinds, sections) = (&stage.sue, &stage.kinds, &stage.sections);
            async move {
                let mut passed = 0;
                for turn in 0..8 {
                    let version = sue.get(&format!("{ARTICLES}/{id}")).await.is(200).json()["version"].clone();
                    let mut body = kinds[(n + turn) % 3].clone();
                    body["version"] = version.clone();
                    body["sectionIds"] = json!([sections[(n + turn) % 4], sections[(n + 2 * turn + 1) % 4]]);
                    let told = match turn % 4 {
                        3 => sue.put(&format!("{ARTICLES}/{id}/status"), &json!({ "version": version, "status": "ARCHIVED" })).await,
                        _ => sue.put(&format!("{ARTICLES}/{id}"), &body).await,
                    };
                    passed += usize::from(told.status == 200);
                    assert!(told.status.as_u16() < 500, "{}", told.text());
                    if turn % 4 == 3 {
                        let version = told.json()["version"].clone();
                        let draft = sue.put(&format!("{ARTICLES}/{id}/status"), &json!({ "version": version, "status": "DRAFT" })).await.is(200).json();
                        sue.put(&format!("{ARTICLES}/{id}/status"), &json!({ "version": draft["version"], "status": "PUBLISHED" })).await.is(200);
                    }
                }
                passed
            }
        });

        let passed: usize = futures::future::join_all(turns).await.into_iter().sum();

        assert_eq!(passed, 48);
        compare(world, &stage, "all at once").await;
    }

    async fn who_saves_and_publishes_in_one_waits_for_no_snippet_and_no_reader_in_a_circle(world) {
        let stage = stage(world).await;
        let snippet = "/api/knowledge/snippets";
        let mut known = stage.sue.post(snippet, &json!({ "name": "price", "content": "10 euros" })).await.is(201).json();
        let mut ids = Vec::new();
        for n in 0..5 {
            ids.push(stage.sue.post(ARTICLES, &json!({ "title": format!("Article {n}"), "content": "It costs {{snippet price}}.", "sectionIds": [stage.sections[0]], "status": "PUBLISHED" })).await.is(201).id());
        }
        let saves = ids.iter().enumerate().map(|(n, id)| {
            let (sue, stranger, sections) = (&stage.sue, world.stranger(), &stage.sections);
            async move {
                for turn in 0..8 {
                    let version = sue.get(&format!("{ARTICLES}/{id}")).await.is(200).json()["version"].clone();
                    let content = if turn % 2 == 0 { format!("It costs {{{{snippet price}}}}, or {turn}.") } else { format!("It costs {{{{snippet price}}}}, or {}.", turn - 1) };
                    let body = json!({ "version": version, "content": content, "sectionIds": [sections[(n + turn) % 4]], "status": "PUBLISHED" });
                    let saved = sue.put(&format!("{ARTICLES}/{id}"), &body).await.is(200).json();
                    // and in steps of their own: a new version, then its publication
                    let body = json!({ "version": saved["version"], "content": format!("It costs {{{{snippet price}}}} today, or {turn}.") });
                    let saved = sue.put(&format!("{ARTICLES}/{id}"), &body).await.is(200).json();
                    sue.put(&format!("{ARTICLES}/{id}/status"), &json!({ "version": saved["version"], "status": "PUBLISHED" })).await.is(200);
                    stranger.send(stranger.request("GET", &format!("/a/article-{n}")).header("user-agent", format!("Firefox {turn}"))).await.is(200);
                }
            }
        });
        let snippets = async {
            for turn in 0..12 {
                let body = json!({ "version": known["version"], "name": "price", "content": format!("{turn} euros") });
                known = stage.sue.put(&format!("{snippet}/{}", known["id"].as_str().unwrap()), &body).await.is(200).json();
            }
        };

        futures::future::join(futures::future::join_all(saves), snippets).await;

        compare(world, &stage, "all at once").await;
        assert!(world.stranger().get("/a/article-0").await.is(200).text().contains("11 euros"));
    }
}
