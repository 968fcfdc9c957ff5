//! Merging and splitting at other doors: pages, guests, links to files, retries, the end of the trash.

use crate::{client::Visitor, world::World};
use accounts::{Link, Purpose};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

const API: &str = "/api/support/tickets";

fn id(ticket: &Value) -> String {
    ticket["id"].as_str().unwrap().to_owned()
}

fn number(ticket: &Value) -> i64 {
    ticket["number"].as_i64().unwrap()
}

async fn merged(ana: &Visitor, source: &str, target: &str) {
    ana.post(&format!("{API}/{source}/merge"), &json!({ "into": target, "acrossOrganizations": true })).await.is(201);
}

/// A browser that came by the mailed link of one ticket.
async fn guest(world: &World, of: &Visitor, ticket: &str) -> Visitor {
    let mut tx = world.write().await;
    let secret = Link::add(&mut tx, Purpose::Guest, Some(of.id()), Some(ticket.parse().unwrap()), &json!({})).await.unwrap();
    tx.commit().await.unwrap();
    let browser = world.stranger();
    browser.get(&format!("/r/{secret}")).await.is(303);
    browser
}

both! {
    async fn an_agent_finds_previews_merges_and_takes_back_without_script(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (source, target) = (cleo.asks("Printer smokes").await, cleo.asks("Printer burns").await);
        let page = format!("/desk/tickets/{}/merge", id(&source));

        let found = ana.get(&format!("{page}?q=%23{}", number(&target))).await.is(200).text();
        let preview = ana.get(&format!("{page}?into={}", id(&target))).await.is(200).text();
        let done = ana.form(&page, &[("into", &id(&target))]).await.is(303);
        let again = ana.form(&page, &[("into", &id(&target))]).await;

        assert!(found.contains(&format!("into={}", id(&target))) && !found.contains(&format!("into={}", id(&source))), "{found}");
        assert!(preview.contains("1 public message of") && preview.contains(&format!("Merge #{} into #{}", number(&source), number(&target))), "{preview}");
        assert_eq!(done.header("location"), format!("/desk/tickets/{}", id(&target)));
        assert!(again.status == 409 && again.text().contains("was merged into"), "{}", again.text());
        let (old, new) = (ana.get(&format!("/desk/tickets/{}", id(&source))).await.is(200).text(), ana.get(done.header("location")).await.is(200).text());
        assert!(old.contains("Goes on in") && old.contains("Undo merge") && !old.contains("data-composer="), "the source says where it went");
        assert!(new.contains(&format!("merged #{} into this", number(&source))), "the target says what came");
        ana.form(&format!("{page}/undo"), &[]).await.is(303);
        assert_eq!(ana.ticket(&id(&source)).await["status"], "OPEN");
    }

    async fn people_of_elsewhere_are_confirmed_on_the_page(world) {
        let (cleo, otto, ana) = (world.customer("Cleo").await, world.customer("Otto").await, world.agent("Ana").await);
        let (source, target) = (id(&cleo.asks("Hers").await), id(&otto.asks("His").await));
        let page = format!("/desk/tickets/{source}/merge");

        let refused = ana.form(&page, &[("into", &target)]).await;
        let allowed = ana.form(&page, &[("into", &target), ("acrossOrganizations", "true")]).await;

        assert!(refused.status == 409 && refused.text().contains("Cleo would see what is public") && refused.text().contains("name=\"acrossOrganizations\""), "{}", refused.text());
        assert_eq!(allowed.status, 303, "{}", allowed.text());
    }

    async fn a_customer_replies_to_the_old_request_and_lands_in_the_new_one(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (source, target) = (id(&cleo.asks("Old").await), id(&cleo.asks("New").await));
        merged(&ana, &source, &target).await;

        let page = cleo.get(&format!("/requests/{source}")).await.is(200).text();
        let told = cleo.form(&format!("/requests/{source}/messages"), &[("content", "One more thing")]).await.is(303);

        assert!(page.contains(&format!("href=\"/requests/{target}\"")) && page.contains("Replies arrive there"), "{page}");
        assert!(told.header("location").starts_with(&format!("/requests/{target}#")), "{told:?}");
        assert_eq!(cleo.ticket(&target).await["messages"].as_array().unwrap().len(), 3);
    }

    async fn a_guest_follows_on_the_own_page_and_sees_nothing_older_of_the_others(world) {
        let (cleo, otto, ana) = (world.customer("Cleo").await, world.customer("Otto").await, world.agent("Ana").await);
        let (source, target) = (id(&cleo.asks("Hers").await), id(&otto.asks("His").await));
        ana.notes(&source, "zq-note").await;
        let browser = guest(world, &cleo, &source).await;
        world.clock.advance(Duration::from_mins(1));
        merged(&ana, &source, &target).await;
        world.clock.advance(Duration::from_mins(1));

        let sent = browser.form(&format!("/requests/{source}/messages"), &[("content", "By my link")]).await.is(303);
        ana.replies(&target, "For both of you").await;
        ana.notes(&target, "zq-later").await;

        let page = browser.get(&format!("/requests/{source}")).await.is(200).text();
        assert!(sent.header("location").starts_with(&format!("/requests/{source}#")), "{sent:?}");
        assert!(page.contains("About Hers.") && page.contains("By my link") && page.contains("For both of you") && page.contains("goes on in another one"), "{page}");
        assert!(!page.contains("About His.") && !page.contains("zq-") && !page.contains(&target), "{page}");
        assert_eq!(browser.get(&format!("/requests/{target}")).await.status, 404);
        ana.post(&format!("{API}/{source}/merge/undo"), &json!({})).await.is(200);
        let page = browser.get(&format!("/requests/{source}")).await.is(200).text();
        assert!(page.contains("By my link") && !page.contains("For both of you"), "{page}");
    }

    async fn a_colleague_who_sees_the_source_alone_sees_its_words_and_may_not_write_into_the_other(world) {
        world.organization("Lumen", "lumen.test", true).await;
        let cleo = world.person("Cleo", "cleo@lumen.test", kernel::Role::Customer, None).await;
        let cole = world.person("Cole", "cole@lumen.test", kernel::Role::Customer, None).await;
        let (otto, ana) = (world.customer("Otto").await, world.agent("Ana").await);
        let (source, target) = (id(&cleo.asks("Hers").await), id(&otto.asks("His").await));
        merged(&ana, &source, &target).await;

        let seen = cole.ticket(&source).await;
        let told = cole.post(&format!("{API}/{source}/messages"), &json!({ "content": "me too" })).await;

        assert_eq!(seen["messages"].as_array().unwrap().len(), 1);
        cole.get(&format!("{API}/{target}")).await.is(404);
        assert_eq!(told.status, 409, "{}", told.text());
        assert!(!cole.get(&format!("/requests/{source}")).await.is(200).text().contains(&target));
    }

    async fn merging_splitting_and_linking_with_a_key_happen_once(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (one, two) = (id(&cleo.asks("One").await), id(&cleo.asks("Two").await));
        let message = id(&cleo.replies(&one, "Something else").await);
        let bodies = [("split", json!({ "messageId": message })), ("links", json!({ "relation": "RELATED", "ticketId": two })), ("merge", json!({ "into": two }))];
        for (verb, body) in bodies {
            let send = || async { ana.send(ana.request("POST", &format!("{API}/{one}/{verb}")).header("idempotency-key", format!("key-{verb}")).json(&body)).await.is(201) };

            let (first, second) = (send().await, send().await);

            assert_eq!(first.json(), second.json(), "{verb}");
            assert_eq!(second.header("idempotent-replayed"), "true");
        }
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM tickets")).await, 3);
    }

    async fn what_was_merged_is_deleted_for_good_with_its_target(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (one, two, kept) = (id(&cleo.asks("One").await), id(&cleo.asks("Two").await), id(&cleo.asks("Kept").await));
        ana.post(&format!("{API}/{kept}/links"), &json!({ "relation": "CHILD_OF", "ticketId": two })).await.is(201);
        merged(&ana, &one, &two).await;
        ana.delete(&format!("{API}/{two}")).await.is(204);
        world.clock.advance(Duration::from_hours(721));

        tickets::sweep(&world.app.db).await.unwrap();

        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM tickets")).await, 1);
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM ticket_merges")).await + world.count(sql!("SELECT COUNT(*) FROM ticket_links")).await, 0);
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM tickets WHERE id = $1", kept.parse::<uuid::Uuid>().unwrap())).await, 1);
    }
}
