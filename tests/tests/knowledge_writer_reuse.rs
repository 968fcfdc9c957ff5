//! Articles in replies, tickets made into articles, and the gaps report.

use crate::{
    client::Visitor,
    knowledge::published,
    world::{World, eventually},
};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

/// Replies that can't be taken back any more, and are read.
async fn settled(world: &World) {
    let held = || async { world.count(sql!("SELECT COUNT(*) FROM messages WHERE held_until IS NOT NULL")).await == 0 };
    world.clock.advance(Duration::from_mins(2));
    eventually("replies went out", held).await;
    let head = world.count(sql!("SELECT COALESCE(MAX(seq), 0) FROM events WHERE kind IN ('ticket.replied', 'ticket.noted')")).await;
    eventually("the journal is read", || async { world.count(sql!("SELECT COALESCE(MAX(seq), 0) FROM readers WHERE name = 'reuse'")).await >= head }).await;
}

async fn offered(who: &Visitor, ticket: &str, q: &str) -> Vec<(String, bool)> {
    let told = who.get(&format!("/api/support/tickets/{ticket}/articles?q={q}")).await.is(200).json();
    told["items"].as_array().unwrap().iter().map(|one| (one["title"].as_str().unwrap().to_owned(), one["isForRequester"].as_bool().unwrap())).collect()
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

both! {
    async fn articles_for_a_reply_are_first_those_that_its_receiver_may_read(world) {
        let (ana, sue) = (world.agent("Ana").await, world.supervisor("Sue").await);
        world.organization("Lumen", "lumen.test", false).await;
        let otto = world.person("Otto", "otto@lumen.test", kernel::Role::Customer, None).await;
        let lumen = world.actor(&otto).await.organization.unwrap();
        let ticket = otto.asks("Keys").await;
        for (title, more) in [("Keys for staff", json!({ "visibility": "STAFF" })), ("Keys for all", json!({})), ("Keys for Lumen", json!({ "visibility": "ORGANIZATIONS", "audience": [lumen] })), ("Other [thing]", json!({ "summary": "About keys." }))] {
            let mut body = json!({ "title": title, "content": "Words." });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            published(&sue, body).await;
        }
        sue.post("/api/knowledge/articles", &json!({ "title": "Keys draft", "content": "Words." })).await.is(201);
        let of_cleo = world.customer("Cleo").await.asks("Mine").await;

        let for_otto = offered(&ana, id(&ticket), "keys").await;
        let for_cleo = offered(&ana, id(&of_cleo), "keys").await;
        let other = ana.get(&format!("/api/support/tickets/{}/articles?q=other", id(&ticket))).await.json();

        assert_eq!(for_otto.iter().filter(|(_, is_for)| *is_for).count(), 3, "{for_otto:?}");
        assert_eq!(for_otto.last(), Some(&("Keys for staff".to_owned(), false)));
        assert_eq!(for_otto[2].0, "Other [thing]", "a title that has the word comes first");
        let hidden: Vec<&str> = for_cleo.iter().filter(|(_, is_for)| !is_for).map(|(title, _)| title.as_str()).collect();
        assert_eq!((for_cleo.len(), hidden.len()), (4, 2), "{for_cleo:?}");
        assert!(for_cleo[2..].iter().all(|(_, is_for)| !is_for));
        assert_eq!(other["items"][0]["markdown"], format!("[Other \\[thing\\]]({}/a/other-thing)", world.config.public_url));
        otto.get(&format!("/api/support/tickets/{}/articles", id(&ticket))).await.is(403);
        let page = ana.get(&format!("/desk/tickets/{}/articles/find?q=keys", id(&ticket))).await.is(200).text();
        assert!(page.contains("Keys for all") && page.contains("can’t read it"), "{page}");
    }

    async fn a_link_in_a_reply_is_counted_on_the_article_and_on_the_ticket(world) {
        let (ana, sue, cleo) = (world.agent("Ana").await, world.supervisor("Sue").await, world.customer("Cleo").await);
        let article = published(&sue, json!({ "title": "Rotate keys", "content": "Words." })).await;
        let hidden = published(&sue, json!({ "title": "For us", "content": "Words.", "visibility": "STAFF" })).await;
        let (first, second, third) = (cleo.asks("One").await, cleo.asks("Two").await, cleo.asks("Three").await);
        let link = format!("See [Rotate keys]({}/a/rotate-keys).", world.config.public_url);

        ana.replies(id(&first), &format!("{link} And once more: {link}")).await;
        ana.replies(id(&first), &link).await;
        ana.replies(id(&second), &link).await;
        ana.notes(id(&third), &format!("{link} and {}/a/for-us", world.config.public_url)).await;
        cleo.replies(id(&third), &link).await;
        settled(world).await;

        let of = |article: &Value| format!("/desk/knowledge/{}/uses", id(article));
        let used = ana.get(&of(&article)).await.is(200).text();
        let unused = ana.get(&of(&hidden)).await.is(200).text();
        let on_first = ana.get(&format!("/desk/tickets/{}/articles", id(&first))).await.is(200).text();
        let on_third = ana.get(&format!("/desk/tickets/{}/articles", id(&third))).await.is(200).text();
        assert!(used.contains("Sent in 2 tickets.") && !used.contains("Three"), "{used}");
        assert!(unused.contains("No reply links to it yet."), "{unused}");
        assert_eq!(on_first.matches("Rotate keys").count(), 1, "{on_first}");
        assert!(on_third.contains("For us") && on_third.contains("Note"), "{on_third}");
        cleo.get(&of(&article)).await.is(403);
    }

    async fn a_ticket_becomes_a_draft_without_notes_and_without_what_looks_personal(world) {
        let (ana, cleo) = (world.agent("Ana").await, world.customer("Cleo Varga").await);
        let ticket = cleo.asks_with(json!({ "title": "Key of Cleo Varga fails", "description": "My key sk-live_4f9a8b7c6d5e4f3a fails. Call +49 30 1234567.", "category": "BUG" })).await;
        ana.notes(id(&ticket), "She is difficult.").await;
        ana.replies(id(&ticket), "Hello Cleo, make a new key under **Settings**. Write to cleo.varga@lumen.test if not.").await;
        settled(world).await;
        let here = format!("/desk/tickets/{}/article", id(&ticket));

        let look = ana.get(&here).await.is(200).text();
        let key = look.split("name=\"idempotencyKey\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let made = ana.form(&here, &[("idempotencyKey", key), ("keep", "+49 30 1234567")]).await.is(303);
        let twice = ana.form(&here, &[("idempotencyKey", key), ("keep", "+49 30 1234567")]).await.is(303);

        for part in ["sk-live_4f9a8b7c6d5e4f3a</mark>", "+49 30 1234567</mark>", "cleo.varga@lumen.test</mark>", ">Cleo Varga</mark>", "Key or password", "Telephone number", "5 places look"] {
            assert!(look.contains(part), "{part}\n{look}");
        }
        assert!(!look.contains("difficult"), "{look}");
        let article = ana.get(&made.header("location").replace("/desk/knowledge", "/api/knowledge/articles")).await.is(200).json();
        assert_eq!((article["title"].as_str(), article["status"].as_str()), (Some("Key of (name) fails"), Some("DRAFT")));
        let content = article["content"].as_str().unwrap();
        assert!(content.contains("## Question\n\nMy key YOUR_KEY fails. Call +49 30 1234567.") && content.contains("Hello (name), make a new key under **Settings**"), "{content}");
        let panel = ana.get(&format!("/desk/tickets/{}/articles", id(&ticket))).await.text();
        assert!(panel.contains("Written from this:") && panel.contains("Key of (name) fails"), "{panel}");
        assert_eq!((twice.header("location"), panel.matches("/desk/knowledge/").count()), (made.header("location"), 1), "two clicks make one draft");
        cleo.get(&here).await.is(403);
    }

    async fn the_gaps_report_has_tickets_without_an_article_and_articles_that_help_less(world) {
        let (ana, sue, cleo) = (world.agent("Ana").await, world.supervisor("Sue").await, world.customer("Cleo").await);
        let article = published(&sue, json!({ "title": "Rotate keys", "content": "Words." })).await;
        let (with, without, _open) = (cleo.asks("With an article").await, cleo.asks("=Without one").await, cleo.asks("Still open").await);
        ana.replies(id(&with), &format!("{}/a/rotate-keys", world.config.public_url)).await;
        settled(world).await;
        for ticket in [&with, &without] {
            let version = ana.ticket(id(ticket)).await["version"].clone();
            ana.put(&format!("/api/support/tickets/{}", id(ticket)), &json!({ "version": version, "status": "RESOLVED" })).await.is(200);
        }
        let mut tx = world.write().await;
        let now = tx.now();
        for (n, (days, is_helpful)) in [(60, true), (50, true), (45, true), (40, true), (35, true), (9, true), (8, false), (7, false), (6, false), (5, false)].into_iter().enumerate() {
            let at = now.minus(Duration::from_hours(24 * days));
            let article: uuid::Uuid = id(&article).parse().unwrap();
            tx.run(sql!("INSERT INTO article_feedback (article_id, number, voter, is_helpful, created_at) VALUES ($1, 1, $2, $3, $4)", article, format!("v{n}"), is_helpful, at)).await.unwrap();
        }
        tx.commit().await.unwrap();

        let tickets = ana.get("/desk/knowledge/gaps?list=tickets").await.is(200).text();
        let articles = ana.get("/desk/knowledge/gaps?list=articles").await.is(200).text();
        let csv = ana.get("/desk/knowledge/gaps.csv?list=tickets").await.is(200);
        let of_articles = ana.get("/desk/knowledge/gaps.csv?list=articles").await.is(200).text();

        assert!(tickets.contains("=Without one") && !tickets.contains("With an article") && !tickets.contains("Still open"), "{tickets}");
        assert!(articles.contains("Rotate keys") && articles.contains("100 %") && articles.contains("20 %"), "{articles}");
        assert!(csv.text().contains("\"'=Without one\"") && csv.header("content-disposition").contains("gaps-tickets.csv"), "{}", csv.text());
        assert!(of_articles.contains("Rotate keys,5,100,5,20"), "{of_articles}");
        cleo.get("/desk/knowledge/gaps").await.is(403);
    }
}
