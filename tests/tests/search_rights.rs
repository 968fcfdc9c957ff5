//! Rights within the search: over random rights and random queries each reader finds exactly what a plain scan lets them
//! open, and no word of anything else is in items, counts, snippets, suggestions or corrections.

use crate::{
    client::{Visitor, encode},
    search::{asks, indexed},
    world::{Dice, World},
};
use db::sql;
use kernel::Actor;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Words that are in a text alone: `zqa17` is of the seventeenth.
fn mark(letter: char, number: usize) -> String {
    let letters: String = number.to_string().bytes().map(|digit| char::from(b'k' + digit - b'0')).collect();
    format!("{letter}uniq{letters}words")
}

/// A text with its own word, and who may find it as a plain scan has it.
struct Text {
    mark: String,
    thing: String,
    is_seen: Box<dyn Fn(&Reader) -> bool>,
}

struct Reader {
    name: &'static str,
    client: Visitor,
    actor: Actor,
}

struct Stage {
    readers: Vec<Reader>,
    texts: Vec<Text>,
}

async fn readers(world: &World) -> Vec<Reader> {
    let (one, two) = (world.team("One").await, world.team("Two").await);
    world.organization("Open", "open.test", true).await;
    world.organization("Shut", "shut.test", false).await;
    let customer = |name, email| world.person(name, email, kernel::Role::Customer, None);
    let clients = vec![
        ("supervisor", world.supervisor("Sue").await),
        ("agent one", world.agent_of("Ana", &one).await),
        ("agent two", world.agent_of("Ben", &two).await),
        ("agent none", world.agent("Cay").await),
        ("open 1", customer("Ann", "ann@open.test").await),
        ("open 2", customer("Bob", "bob@open.test").await),
        ("shut 1", customer("Cid", "cid@shut.test").await),
        ("shut 2", customer("Dan", "dan@shut.test").await),
        ("stranger", world.stranger()),
    ];
    let mut readers = Vec::new();
    for (name, client) in clients {
        let actor = if name == "stranger" { Actor::stranger() } else { world.actor(&client).await };
        readers.push(Reader { name, client, actor });
    }
    readers
}

/// Whether the API's own gate shows a ticket, or an article, to each reader: the plain scan.
async fn scan(readers: &[Reader], path: &str) -> BTreeSet<&'static str> {
    let mut seen = BTreeSet::new();
    for reader in readers {
        if reader.client.get(path).await.status == 200 {
            seen.insert(reader.name);
        }
    }
    seen
}

async fn articles(world: &World, readers: &[Reader], dice: &mut Dice, texts: &mut Vec<Text>) {
    let sue = &readers[0].client;
    let teams: Vec<uuid::Uuid> = world.read().await.all(sql!("SELECT id FROM teams ORDER BY name")).await.unwrap();
    let organizations: Vec<uuid::Uuid> = world.read().await.all(sql!("SELECT id FROM organizations ORDER BY name")).await.unwrap();
    for n in 0..16 {
        let visibility = *dice.pick(&["PUBLIC", "SIGNED_IN", "ORGANIZATIONS", "STAFF", "TEAMS"]);
        let audience = match visibility {
            "ORGANIZATIONS" => vec![*dice.pick(&organizations)],
            "TEAMS" => vec![*dice.pick(&teams)],
            _ => Vec::new(),
        };
        let is_live = dice.below(3) > 0;
        let live = mark('a', n);
        let body = json!({ "title": format!("Common {live}"), "content": format!("Shared ground about {live}."), "visibility": visibility, "audience": audience, "tags": [format!("t{live}")], "status": if is_live { "PUBLISHED" } else { "DRAFT" } });
        let made = sue.post("/api/knowledge/articles", &body).await.is(201).json();
        let id = made["id"].as_str().unwrap().to_owned();
        let path = format!("/api/knowledge/articles/{id}");
        let seen = scan(readers, &path).await;
        texts.push(Text {
            mark: live,
            thing: id.clone(),
            is_seen: Box::new({
                let seen = seen.clone();
                move |reader| seen.contains(reader.name)
            }),
        });
        if is_live && dice.below(2) == 0 {
            // the next version is for writers alone, and they may open it where they may open the article
            let draft = mark('b', n);
            sue.put(&path, &json!({ "version": made["version"], "content": format!("Shared ground, soon about {draft}.") })).await.is(200);
            texts.push(Text { mark: draft, thing: id, is_seen: Box::new(move |reader| reader.actor.is_staff() && seen.contains(reader.name)) });
        }
    }
}

async fn tickets(world: &World, readers: &[Reader], dice: &mut Dice, texts: &mut Vec<Text>) {
    let sue = &readers[0].client;
    let teams: Vec<uuid::Uuid> = world.read().await.all(sql!("SELECT id FROM teams ORDER BY name")).await.unwrap();
    for n in 0..20 {
        let (public, note) = (mark('c', n), mark('d', n));
        let customer = dice.pick(&readers[4..8]);
        let ticket = customer.client.asks_with(json!({ "title": format!("Common {public}"), "description": format!("Shared ground about {public}.") })).await;
        let id = ticket["id"].as_str().unwrap().to_owned();
        let path = format!("/api/support/tickets/{id}");
        let file = sue.uploads(&format!("{note}.txt"), format!("file{note} shared").as_bytes()).await;
        sue.post(&format!("{path}/messages"), &json!({ "content": format!("Shared secret {note}"), "internal": true, "fileId": [file] })).await.is(201);
        let version = sue.ticket(&id).await["version"].clone();
        let (team, agent) = (dice.below(3), dice.below(4));
        let mut change = json!({ "version": version, "tags": [format!("g{note}")] });
        if team > 0 {
            change["teamId"] = json!(teams[team - 1]);
        }
        if agent > 0 {
            change["assignedTo"] = json!(readers[agent].client.id());
        }
        sue.put(&path, &change).await.is(200);
        if dice.below(5) == 0 {
            sue.delete(&path).await.is(204);
        }
        let is_gone = world.count(sql!("SELECT COUNT(*) FROM tickets WHERE id = $1 AND trashed_at IS NOT NULL", id.parse::<uuid::Uuid>().unwrap())).await == 1;
        let seen = if is_gone { BTreeSet::new() } else { scan(readers, &path).await };
        texts.push(Text {
            mark: public,
            thing: id.clone(),
            is_seen: Box::new({
                let seen = seen.clone();
                move |reader| seen.contains(reader.name)
            }),
        });
        for mark in [format!("file{note}"), note] {
            let seen = seen.clone();
            texts.push(Text { mark, thing: id.clone(), is_seen: Box::new(move |reader| reader.actor.is_staff() && seen.contains(reader.name)) });
        }
    }
}

async fn stage(world: &World, dice: &mut Dice) -> Stage {
    let readers = readers(world).await;
    let mut texts = Vec::new();
    articles(world, &readers, dice, &mut texts).await;
    tickets(world, &readers, dice, &mut texts).await;
    indexed(world).await;
    Stage { readers, texts }
}

fn found(answer: &Value) -> BTreeSet<String> {
    answer["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

impl Stage {
    /// No answer to a reader holds a word of what they may not see, unless they typed it.
    fn is_clean(&self, reader: &Reader, q: &str, answer: &str) {
        for text in self.texts.iter().filter(|text| !(text.is_seen)(reader) && !q.contains(&text.mark)) {
            assert!(!answer.contains(&text.mark), "{} asks '{q}' and is told of {}: {answer}", reader.name, text.mark);
        }
    }

    /// One word, found where the scan lets it be and nowhere else; one letter off, corrected only to what is known.
    async fn own_words(&self, reader: &Reader) {
        for text in &self.texts {
            let q = &text.mark;
            let answer = asks(&reader.client, &format!("q={q}&exact=true")).await;
            let expected: BTreeSet<String> = (text.is_seen)(reader).then(|| text.thing.clone()).into_iter().collect();
            assert_eq!(found(&answer), expected, "{} asks {q}: {answer}", reader.name);
            let counts: i64 = answer["counts"].as_object().unwrap().values().map(|count| count.as_i64().unwrap()).sum();
            assert_eq!(usize::try_from(counts).unwrap(), expected.len(), "{} counts {q}: {answer}", reader.name);
            // the last letter is another one
            let slip = format!("{}x", &q[..q.len() - 1]);
            let answer = asks(&reader.client, &format!("q={slip}")).await.to_string();
            self.is_clean(reader, &slip, &answer);
            let begin = &q[..q.len() - 2];
            let answer = reader.client.get(&format!("/search/suggestions?q={begin}")).await.is(200).text();
            self.is_clean(reader, begin, &answer);
        }
    }

    /// What all texts have finds exactly all that the scan lets be, and its pages, counts and snippets hold nothing else.
    async fn shared_words(&self, reader: &Reader, dice: &mut Dice) {
        for _ in 0..12 {
            let words =
                ["common", "shared", "ground", "about", "secret", "commn", "status:open", "type:ticket", "\"shared ground\"", "-secret", "gro", "tag:common"];
            let q: Vec<&str> = (0..=dice.below(3)).map(|_| *dice.pick(&words)).collect();
            let q = q.join(" ");
            let mut answer = asks(&reader.client, &format!("q={}&limit=100", encode(&q))).await;
            self.is_clean(reader, &q, &answer.to_string());
            let page = reader.client.get(&format!("/search?q={}", encode(&q))).await.is(200).text();
            self.is_clean(reader, &q, &page);
            let listed = answer["items"].as_array_mut().unwrap().iter().fold(BTreeMap::<String, usize>::new(), |mut counts, item| {
                *counts.entry(item["type"].as_str().unwrap().to_owned()).or_default() += 1;
                counts
            });
            if !q.contains("type:") {
                for (kind, count) in answer["counts"].as_object().unwrap() {
                    assert_eq!(listed.get(kind).copied().unwrap_or_default() as u64, count.as_u64().unwrap(), "{} asks '{q}': {answer}", reader.name);
                }
            }
        }
        let all = asks(&reader.client, "q=shared&limit=100").await;
        let expected: BTreeSet<String> = self.texts.iter().filter(|text| (text.is_seen)(reader)).map(|text| text.thing.clone()).collect();
        assert_eq!(found(&all), expected, "{} asks what all have", reader.name);
    }
}

both! {
    async fn each_reader_finds_exactly_what_a_plain_scan_lets_them_open(world) {
        let mut dice = Dice(20_261_127);
        let stage = stage(world, &mut dice).await;

        for reader in &stage.readers {
            stage.own_words(reader).await;
            stage.shared_words(reader, &mut dice).await;
        }
    }

    async fn a_token_finds_what_its_scopes_let_it_read(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        cleo.asks("Printer jam").await;
        crate::search::article(&world.supervisor("Sue").await, "Printer setup", "Plug it in.", json!({})).await;
        indexed(world).await;

        for (scope, expected) in [(kernel::Scope::TicketsRead, vec!["ticket"]), (kernel::Scope::KnowledgeRead, vec!["article"]), (kernel::Scope::PeopleRead, vec![])] {
            let token = world.token(&ana, &[scope]).await;
            let answer = asks(&token, "q=printer").await;
            let kinds: Vec<&str> = answer["items"].as_array().unwrap().iter().map(|item| item["type"].as_str().unwrap()).collect();
            assert_eq!(kinds, expected, "{scope}: {answer}");
        }
    }

    async fn what_became_hidden_is_not_shown_by_an_index_that_is_behind(world) {
        let sue = world.supervisor("Sue").await;
        let made = crate::search::article(&sue, "Soon hidden", "Plain words.", json!({})).await;
        indexed(world).await;
        assert_eq!(crate::search::titles(&world.stranger(), "hidden").await, ["Soon hidden"]);

        // behind the journal's back: no reader of it learns of this
        let mut tx = world.write().await;
        tx.run(sql!("UPDATE articles SET visibility = 'STAFF' WHERE id = $1", made["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap())).await.unwrap();
        tx.commit().await.unwrap();

        assert!(crate::search::titles(&world.stranger(), "hidden").await.is_empty());
        let page = world.stranger().get("/search?q=hidden").await.is(200).text();
        assert!(!page.contains("Soon hidden") && !page.contains("Plain words"), "{page}");
    }
}
