//! One search over everything: what is found, how it is asked for and told, typos, languages, and what means nothing.

use crate::{
    client::{Visitor, encode},
    world::{World, eventually},
};
use db::sql;
use serde_json::{Value, json};

/// Waits until the index has all that is committed now.
pub async fn indexed(world: &World) {
    // the last line that there is, also where it waits for somebody's older transaction: `journal::head` leaves that out
    let head = world.count(sql!("SELECT COALESCE(MAX(seq), 0) FROM events")).await;
    let search = search::Search::of(&world.app).unwrap();
    eventually("the index has caught up", || async { search.seen() >= head }).await;
}

/// A published article; `more` overrides its fields.
pub async fn article(sue: &Visitor, title: &str, content: &str, more: Value) -> Value {
    let mut body = json!({ "title": title, "content": content, "status": "PUBLISHED" });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    sue.post("/api/knowledge/articles", &body).await.is(201).json()
}

/// What the API answers.
pub async fn asks(who: &Visitor, query: &str) -> Value {
    who.get(&format!("/api/search?{query}")).await.is(200).json()
}

/// The titles found.
pub async fn titles(who: &Visitor, q: &str) -> Vec<String> {
    let found = asks(who, &format!("q={}", encode(q))).await;
    found["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

async fn shelf(world: &World) -> Visitor {
    let sue = world.supervisor("Sue").await;
    article(
        &sue,
        "Reset a forgotten password",
        "Open **Settings**, then choose *Send me a link*. The mail arrives within a minute.",
        json!({ "tags": ["sign-in"], "externalId": "docs/reset.md" }),
    )
    .await;
    article(
        &sue,
        "Rotate an API key without downtime",
        "Make a second key. Keep both for an hour. Error ERR-1042 means that the old key was used.",
        json!({ "tags": ["api"] }),
    )
    .await;
    article(&sue, "Invoices and receipts", "Every invoice is under Billing. Invoices are sent as PDF by mail.", json!({})).await;
    article(&sue, "如何重置密码", "打开设置页面，然后选择重置密码。我们会给您发送一封邮件。", json!({})).await;
    article(
        &sue,
        "Rechnungen herunterladen",
        "Alle Rechnungen stehen unter Abrechnung. Sie können dort jede Rechnung als Datei herunterladen und drucken.",
        json!({}),
    )
    .await;
    indexed(world).await;
    sue
}

both! {
    async fn the_api_tells_what_was_found_to_the_letter(world) {
        let sue = shelf(world).await;

        let found = asks(&world.stranger(), "q=reset%20password&type=article&limit=5").await;

        let item = &found["items"][0];
        assert_eq!(item["title"], "Reset a forgotten password");
        assert_eq!((item["type"].as_str(), item["externalId"].as_str()), (Some("article"), Some("docs/reset.md")));
        assert_eq!(item["url"], format!("{}/a/reset-a-forgotten-password", world.config.public_url));
        assert!(item["id"].as_str().unwrap().parse::<uuid::Uuid>().is_ok() && item["score"].as_f64().unwrap() > 0.0);
        assert_eq!(found["nextCursor"], Value::Null);
        assert_eq!(found["correction"], Value::Null);
        let mut fields: Vec<&str> = item.as_object().unwrap().keys().map(String::as_str).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["externalId", "id", "score", "snippet", "title", "type", "url"]);
        let long = asks(&world.stranger(), "q=second%20key").await;
        assert!(long["items"][0]["snippet"].as_str().unwrap().contains("a <mark>second</mark> <mark>key</mark>."), "{long}");
        for (query, field) in [("q=a&type=zebra", "type"), ("q=a&limit=0", "limit"), ("q=a&limit=1000", "limit"), ("q=a&cursor=zebra", "cursor"), ("q=a&odd=1", "odd")] {
            let told = sue.get(&format!("/api/search?{query}")).await.is(422).json();
            assert!(told["errors"][field].is_array() || told["errors"][field].is_string() || told["errors"].to_string().contains(field), "{query}: {told}");
        }
    }

    async fn questions_stems_phrases_and_codes_find_what_they_mean(world) {
        shelf(world).await;
        let stranger = world.stranger();

        for (q, first) in [
            ("how do I reset my password?", "Reset a forgotten password"),
            ("I forgot my passwords and cannot get in", "Reset a forgotten password"),
            ("ERR-1042", "Rotate an API key without downtime"),
            ("err1042", "Rotate an API key without downtime"),
            ("rotating keys", "Rotate an API key without downtime"),
            ("\"second key\"", "Rotate an API key without downtime"),
            ("receipt", "Invoices and receipts"),
            ("tag:api key", "Rotate an API key without downtime"),
            ("重置", "如何重置密码"),
            ("邮件", "如何重置密码"),
            ("密码", "如何重置密码"),
            ("rechnung", "Rechnungen herunterladen"),
            ("RECHNÜNGEN", "Rechnungen herunterladen"),
        ] {
            assert_eq!(titles(&stranger, q).await.first().map(String::as_str), Some(first), "{q}");
        }
        assert!(titles(&stranger, "\"key second\"").await.is_empty(), "a phrase keeps its order");
        assert!(!titles(&stranger, "mail -password").await.contains(&"Reset a forgotten password".to_owned()));
        assert!(titles(&stranger, "before:2001-01-01 password").await.is_empty());
        assert_eq!(titles(&stranger, "after:2001-01-01 forgotten").await, ["Reset a forgotten password"]);
    }

    async fn a_word_that_nobody_wrote_is_corrected_and_said_so(world) {
        shelf(world).await;
        let stranger = world.stranger();

        for (typed, mended) in [("pasword reset", "password reset"), ("invocies", "invoices"), ("forgoten Pasword", "forgotten password")] {
            let found = asks(&stranger, &format!("q={}", encode(typed))).await;
            assert_eq!(found["correction"]["query"], mended, "{found}");
            assert!(!found["items"].as_array().unwrap().is_empty());
            let exact = asks(&stranger, &format!("q={}&exact=true", encode(typed))).await;
            assert_eq!(exact["correction"], Value::Null, "{exact}");
        }
        for untouched in ["\"pasword\"", "kez", "10422", "assword", "password"] {
            let found = asks(&stranger, &format!("q={}", encode(untouched))).await;
            assert_eq!(found["correction"], Value::Null, "{untouched}: {found}");
        }
        let nothing = asks(&stranger, "q=zebrafish").await;
        assert_eq!((nothing["items"].as_array().unwrap().len(), nothing["missing"][0]["word"].as_str()), (0, Some("zebrafish")));
        let page = stranger.get("/search?q=pasword%20reset").await.is(200).text();
        assert!(page.contains("Showing results for") && page.contains("Search instead for “pasword reset”") && page.contains("exact=1"), "{page}");
        let none = stranger.get("/search?q=zebrafish").await.is(200).text();
        assert!(none.contains("Nothing here has the word “zebrafish”") && none.contains("/requests/new?title=zebrafish"), "{none}");
    }

    async fn pages_go_on_by_cursor_and_meet_each_hit_once(world) {
        let sue = world.supervisor("Sue").await;
        for n in 0..23 {
            article(&sue, &format!("Printer {n}"), &"Paper jam. ".repeat(n % 4 + 1), json!({})).await;
        }
        indexed(world).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());

        for _ in 0..10 {
            let page = asks(&world.stranger(), &format!("q=paper%20jam&limit=5&cursor={cursor}")).await;
            assert_eq!(page["counts"]["article"], 23);
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()));
            match page["nextCursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }

        assert_eq!(seen.len(), 23);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 23, "each once");
        world.stranger().get(&format!("/api/search?q=other&cursor={cursor}")).await.is(422);
        // a program is told what there is; an old link still finds
        world.stranger().get("/api/search?q=paper&type=pages").await.is(422);
        assert!(world.stranger().get("/search?q=paper&type=pages").await.is(200).text().contains("Printer"));
    }

    async fn what_means_nothing_is_no_error(world) {
        shelf(world).await;
        let odd = ["", "   ", "...", "!!! ???", "\"", "\"unbalanced", "-", "--", "-\"", "field:value", "status:", ":::", "the of and", "🙂", "\u{202E}שלום", "a\u{301}", "(((", "AND OR NOT", "*", "a*", "~", "\\", "%00", "'; DROP TABLE people; --"];

        for (who, name) in [(world.stranger(), "stranger"), (world.customer("Cleo").await, "customer"), (world.agent("Ana").await, "agent")] {
            for q in odd {
                let told = who.get(&format!("/api/search?q={}", encode(q))).await;
                assert_eq!(told.status, 200, "{name} {q}: {}", told.text());
                who.get(&format!("/search?q={}", encode(q))).await.is(200);
                who.get(&format!("/search/suggestions?q={}", encode(q))).await.is(200);
            }
            for long in ["x".repeat(10_000), "word ".repeat(2_000), "\"-:".repeat(3_000)] {
                who.get(&format!("/api/search?q={}", encode(&long))).await.is(422);
            }
            let nul = who.get("/api/search?q=a%00b").await.status;
            assert!(nul == 400 || nul == 422, "{nul}");
            who.get("/api/search").await.is(200);
        }
    }

    async fn staff_finds_tickets_people_and_organizations_and_narrows_by_fields(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        world.organization("Acme Industries", "acme.test", false).await;
        let ticket = cleo.asks_with(json!({ "title": "The printer is on fire", "description": "Smoke everywhere." })).await;
        let id = ticket["id"].as_str().unwrap();
        ana.notes(id, "Called the brigade.").await;
        let version = ana.ticket(id).await["version"].clone();
        ana.put(&format!("/api/support/tickets/{id}"), &json!({ "version": version, "assignedTo": ana.id(), "tags": ["hot"] })).await.is(200);
        cleo.asks_with(json!({ "title": "Another printer", "description": "Out of paper." })).await;
        indexed(world).await;

        for (q, expected) in [
            ("printer fire", "The printer is on fire"),
            ("brigade smoke", "The printer is on fire"),
            ("printer assignee:me", "The printer is on fire"),
            ("printer tag:hot", "The printer is on fire"),
            ("assignee:none", "Another printer"),
            ("from:cleo paper", "Another printer"),
            ("cleo@customer.test", "Cleo"),
            ("acme", "Acme Industries"),
        ] {
            assert_eq!(titles(&ana, q).await.first().map(String::as_str), Some(expected), "{q}");
        }
        let number = ticket["number"].as_i64().unwrap_or_else(|| ticket["ticketNumber"].as_i64().unwrap());
        assert_eq!(titles(&ana, &format!("#{number}")).await.first().map(String::as_str), Some("The printer is on fire"));
        let counts = asks(&ana, "q=printer").await["counts"].clone();
        assert_eq!((counts["ticket"].as_i64(), counts["article"].as_i64()), (Some(2), Some(0)));
        assert!(titles(&cleo, "brigade").await.is_empty() && titles(&cleo, "acme").await.is_empty() && titles(&cleo, "tag:hot").await.is_empty());
        assert_eq!(titles(&cleo, "smoke").await, ["The printer is on fire"]);
        let palette = ana.get("/desk/palette?q=prin").await.is(200).json();
        assert!(palette.to_string().contains("The printer is on fire"), "{palette}");
    }
}
