//! From draft to reader: review by somebody else, the clock, nothing empty, archive and restore; and what readers say.

use crate::{
    knowledge::{ARTICLES, draft, go, path, published},
    world::eventually,
};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

both! {
    async fn an_agent_publishes_the_words_of_another_one_when_asked_to(world) {
        let (ana, max, fay, sue) = (world.agent("Ana").await, world.agent("Max").await, world.agent("Fay").await, world.supervisor("Sue").await);
        let cleo = world.customer("Cleo").await;
        let article = draft(&ana, json!({ "title": "Keys", "content": "Words." })).await;

        go(&ana, &article, json!({ "status": "PUBLISHED" }), 403).await;
        let own = go(&ana, &article, json!({ "status": "IN_REVIEW", "reviewerId": ana.id() }), 422).await;
        go(&ana, &article, json!({ "status": "IN_REVIEW", "reviewerId": cleo.id() }), 422).await;
        let asked = go(&ana, &article, json!({ "status": "IN_REVIEW", "reviewerId": max.id() }), 200).await;
        go(&fay, &article, json!({ "status": "PUBLISHED" }), 403).await;
        let returned = go(&max, &article, json!({ "status": "DRAFT", "remark": "Say which keys." }), 200).await;
        go(&max, &article, json!({ "status": "PUBLISHED" }), 403).await;
        go(&ana, &article, json!({ "status": "IN_REVIEW", "reviewerId": max.id() }), 200).await;
        let version = max.get(&path(&article)).await.json()["version"].clone();
        max.put(&path(&article), &json!({ "version": version, "content": "My own words." })).await.is(200);
        go(&max, &article, json!({ "status": "PUBLISHED" }), 403).await;
        let done = go(&sue, &article, json!({ "status": "PUBLISHED" }), 200).await;

        assert!(own["errors"]["reviewerId"].is_array());
        assert_eq!((&asked["status"], &asked["reviewerId"]), (&json!("IN_REVIEW"), &json!(max.id())));
        assert_eq!((&returned["status"], &returned["remark"]), (&json!("DRAFT"), &json!("Say which keys.")));
        assert_eq!((&done["status"], &done["remark"], &done["reviewerId"]), (&json!("PUBLISHED"), &json!(null), &json!(null)));
        let kept = sue.put(&path(&article), &json!({ "version": done["version"], "visibility": "STAFF" })).await.is(200).json();
        ana.put(&path(&article), &json!({ "version": kept["version"], "visibility": "PUBLIC" })).await.is(403);
        cleo.get(&path(&article)).await.is(404);
    }

    async fn nothing_empty_is_published_and_a_stale_step_is_refused(world) {
        let sue = world.supervisor("Sue").await;
        let article = draft(&sue, json!({ "title": "Keys", "content": " \n&nbsp;\n" })).await;

        for step in [json!({ "status": "PUBLISHED" }), json!({ "status": "IN_REVIEW" }), json!({ "status": "SCHEDULED", "publishAt": "2999-01-01T00:00:00Z" })] {
            assert!(go(&sue, &article, step, 422).await["errors"]["content"].is_array());
        }
        let refused = sue.post(ARTICLES, &json!({ "title": "Empty", "status": "PUBLISHED" })).await;
        sue.put(&path(&article), &json!({ "version": 1, "content": "Words." })).await.is(200);
        let stale = sue.json("PUT", &format!("{}/status", path(&article)), &json!({ "version": 1, "status": "PUBLISHED" })).await.is(409).json();

        assert_eq!(refused.status, 422);
        assert_eq!(sue.get(&format!("{ARTICLES}?q=empty")).await.ids().len(), 0, "nothing of a refused one stays");
        assert_eq!(stale["current"]["version"], 2);
        go(&sue, &article, json!({ "status": "SCHEDULED", "publishAt": "2001-01-01T00:00:00Z" }), 422).await;
        go(&sue, &article, json!({ "status": "ARCHIVED" }), 200).await;
        go(&sue, &article, json!({ "status": "PUBLISHED" }), 409).await;
        sue.put(&path(&article), &json!({ "version": 3, "content": "More." })).await.is(409);
        let back = go(&sue, &article, json!({ "status": "DRAFT" }), 200).await;
        assert_eq!((&back["status"], &back["content"]), (&json!("DRAFT"), &json!("Words.")));
    }

    async fn what_is_scheduled_is_published_by_the_clock_unless_it_was_taken_off(world) {
        let (sue, cleo) = (world.supervisor("Sue").await, world.customer("Cleo").await);
        let at = |hours: u32| world.clock.now().plus(Duration::from_hours(1) * hours).to_jiff().to_string();
        let later = |hours: u32| json!({ "status": "SCHEDULED", "publishAt": at(hours) });
        let (kept, moved, off, changed) = (
            draft(&sue, json!({ "title": "Kept", "content": "Words." })).await,
            draft(&sue, json!({ "title": "Moved", "content": "Words." })).await,
            draft(&sue, json!({ "title": "Off", "content": "Words." })).await,
            draft(&sue, json!({ "title": "Changed", "content": "Words." })).await,
        );
        for article in [&kept, &moved, &off, &changed] {
            go(&sue, article, later(2), 200).await;
        }
        go(&sue, &moved, later(9), 200).await;
        go(&sue, &off, json!({ "status": "DRAFT" }), 200).await;
        go(&world.agent("Ana").await, &kept, json!({ "status": "IN_REVIEW" }), 403).await;
        let version = sue.get(&path(&changed)).await.json()["version"].clone();
        let saved = sue.put(&path(&changed), &json!({ "version": version, "content": "Not looked at yet." })).await.is(200).json();

        cleo.get(&path(&kept)).await.is(404);
        world.clock.advance(Duration::from_hours(3));
        eventually("what was scheduled is there", || async { cleo.get(&path(&kept)).await.status == 200 }).await;
        for article in [&moved, &off, &changed] {
            cleo.get(&path(article)).await.is(404);
        }
        world.clock.advance(Duration::from_hours(7));
        eventually("the moved one too", || async { cleo.get(&path(&moved)).await.status == 200 }).await;

        assert_eq!((&saved["status"], &saved["publishAt"]), (&json!("DRAFT"), &json!(null)), "new words go off the schedule");
        for article in [&off, &changed] {
            cleo.get(&path(article)).await.is(404);
        }
    }

    async fn what_readers_open_together_goes_together_as_far_as_one_may_read_it(world) {
        let sue = world.supervisor("Sue").await;
        let keys = published(&sue, json!({ "title": "Rotate credentials", "content": "Words." })).await;
        let bills = published(&sue, json!({ "title": "Download invoices", "content": "Words." })).await;
        let related = async |who: &crate::client::Visitor| who.get(&format!("{}/related", path(&keys))).await.is(200).ids();
        let id = |article: &Value| article["id"].as_str().unwrap().to_owned();

        for n in 0..3 {
            assert!(related(&world.stranger()).await.is_empty(), "two readers are too few");
            let reader = world.customer(&format!("Reader {n}")).await;
            for slug in ["rotate-credentials", "download-invoices"] {
                reader.send(reader.request("GET", &format!("/a/{slug}")).header("user-agent", "Mozilla/5.0 Firefox")).await.is(200);
            }
        }
        assert_eq!(related(&world.stranger()).await, [id(&bills)]);
        let body = sue.get(&path(&keys)).await.json();
        sue.put(&path(&keys), &json!({ "version": body["version"], "content": "Other words.", "status": "PUBLISHED" })).await.is(200);
        assert_eq!(related(&world.stranger()).await, [id(&bills)], "a new version keeps them");
        let (actor, mut conn) = (world.actor(&sue).await, world.read().await);
        let article = knowledge::Article::at(&mut conn, &actor, "rotate-credentials").await.unwrap();
        let [near, related_to] = article.plans_of_related(&mut conn, &actor).await.unwrap();
        if world.engine == db::Engine::Sqlite {
            assert!(near.contains("SEARCH o USING INDEX article_terms_by_term") && !near.contains("SCAN o"), "{near}");
            assert!(related_to.contains("article_relations_by_rank") && !related_to.contains("SCAN a") && !related_to.contains("articles_by_language"), "{related_to}");
        }
        drop(conn);
        let body = sue.get(&path(&bills)).await.json();
        sue.put(&path(&bills), &json!({ "version": body["version"], "visibility": "STAFF" })).await.is(200);
        assert!(related(&world.stranger()).await.is_empty() && related(&sue).await == [id(&bills)], "what became hidden goes with nothing");
    }

    async fn readers_vote_once_a_version_and_are_counted_once_a_day(world) {
        let (sue, cleo, otto) = (world.supervisor("Sue").await, world.customer("Cleo").await, world.customer("Otto").await);
        let article = published(&sue, json!({ "title": "Keys", "content": "Words." })).await;
        let votes = format!("{}/feedback", path(&article));
        let reads = |who: &crate::client::Visitor| who.request("GET", "/a/keys").header("user-agent", "Mozilla/5.0 Firefox");

        cleo.post(&votes, &json!({ "helpful": true })).await.is(200);
        cleo.post(&votes, &json!({ "helpful": false, "words": "The second step is missing." })).await.is(200);
        let both = otto.post(&votes, &json!({ "helpful": true, "number": 1 })).await.is(200).json();
        otto.post(&votes, &json!({ "helpful": true, "number": 2 })).await.is(422);
        otto.post(&votes, &json!({})).await.is(422);
        for who in [&cleo, &cleo, &otto, &sue] {
            who.send(reads(who)).await.is(200);
        }
        otto.get("/a/keys").await.is(200);
        world.clock.advance(Duration::from_hours(24));
        cleo.send(reads(&cleo)).await.is(200);

        assert_eq!((&both["helpful"], &both["unhelpful"]), (&json!(1), &json!(1)));
        assert_eq!(sue.get(&path(&article)).await.json()["views"], 3, "staff and programs are not counted");
        let words = world.count(sql!("SELECT COUNT(*) FROM article_feedback WHERE words = 'The second step is missing.' AND number = 1")).await;
        assert_eq!(words, 1);
        let versions = sue.get(&format!("{}/versions", path(&article))).await.json();
        assert_eq!((&versions["items"][0]["helpful"], &versions["items"][0]["unhelpful"]), (&json!(1), &json!(1)));
    }
}
