//! Who looks after an article, and what is told when nobody did; and the shelves: categories and sections renamed, moved, deleted.

use crate::knowledge::{ARTICLES, path, published};
use serde_json::json;
use std::time::Duration;

both! {
    async fn an_owner_is_told_once_when_an_article_is_overdue(world) {
        let (sue, ana, cleo) = (world.supervisor("Sue").await, world.agent("Ana").await, world.customer("Cleo").await);
        let article = published(&sue, json!({ "title": "Keys", "content": "Words." })).await;
        let place = format!("{}/care", path(&article));
        let at = |days: u32| world.clock.now().plus(Duration::from_hours(24) * days).to_jiff().to_string();
        let overdue = || async { sue.get(&format!("{ARTICLES}?overdue=true")).await.is(200).ids().len() };

        let kept = ana.put(&place, &json!({ "version": article["version"], "ownerId": ana.id(), "verifyAt": at(2) })).await.is(200).json();
        ana.put(&place, &json!({ "version": article["version"], "verifyAt": at(3) })).await.is(409);
        ana.put(&place, &json!({ "version": kept["version"], "ownerId": cleo.id() })).await.is(422);
        ana.put(&place, &json!({ "version": kept["version"], "verifyAt": "2001-01-01T00:00:00Z" })).await.is(422);
        knowledge::remind(&world.app.db).await.unwrap();
        let before = overdue().await;
        world.clock.advance(Duration::from_hours(72));
        knowledge::remind(&world.app.db).await.unwrap();
        knowledge::remind(&world.app.db).await.unwrap();

        assert_eq!((before, overdue().await), (0, 1));
        assert_eq!(world.count(db::sql!("SELECT COUNT(*) FROM events WHERE kind = 'article.overdue'")).await, 1);
        assert!(ana.get("/desk/knowledge?overdue=true").await.is(200).text().contains("Verify by"));
        let page = ana.get(&format!("/desk/knowledge/{}/care", article["id"].as_str().unwrap())).await.is(200).text();
        assert!(page.contains("Nobody has said that it is still right."), "{page}");
        let seen = cleo.get(&path(&article)).await.json();
        assert!(seen["ownerId"].is_null() && seen["verifyAt"].is_null(), "{seen}");
        assert_eq!(cleo.get(&format!("{ARTICLES}?externalId=x")).await.ids().len(), 0);
    }

    async fn shelves_are_renamed_and_emptied_before_they_go(world) {
        let (sue, stranger) = (world.supervisor("Sue").await, world.stranger());
        let topic = sue.post("/api/knowledge/categories", &json!({ "title": "Old topic" })).await.is(201).json();
        let other = sue.post("/api/knowledge/categories", &json!({ "title": "Other" })).await.is(201).json();
        let article = published(&sue, json!({ "title": "Keys", "content": "Words.", "category": "old-topic" })).await;
        let place = format!("/api/knowledge/categories/{}", topic["id"].as_str().unwrap());
        let section = |category: &serde_json::Value, told: &serde_json::Value| {
            told["items"].as_array().unwrap().iter().find(|one| one["categoryId"] == category["id"]).unwrap()["id"].as_str().unwrap().to_owned()
        };
        let sections = sue.get("/api/knowledge/sections").await.json();
        let (own, target) = (section(&topic, &sections), section(&other, &sections));

        let moved = sue.put(&place, &json!({ "version": 1, "title": "New topic", "slug": "new-topic" })).await.is(200).json();
        let taken = sue.put(&place, &json!({ "version": 2, "title": "New topic", "slug": "other" })).await.is(422).json();
        sue.put(&place, &json!({ "version": 1, "title": "Late" })).await.is(409);
        let led = stranger.get("/help/old-topic").await;
        sue.delete(&place).await.is(409);
        let held = sue.delete(&format!("/api/knowledge/sections/{own}")).await.is(422).json();
        sue.delete(&format!("/api/knowledge/sections/{own}?moveTo={target}")).await.is(204);
        sue.delete(&place).await.is(204);

        assert_eq!((&moved["slug"], led.status.as_u16(), led.header("location")), (&json!("new-topic"), 301, "/help/new-topic"));
        assert!(taken["errors"]["slug"].is_array() && held["errors"]["moveTo"].is_array(), "{taken} {held}");
        assert_eq!(sue.get(&path(&article)).await.json()["category"], "other");
        assert!(stranger.get("/help/other").await.is(200).text().contains("Keys"));
        stranger.get("/help/new-topic").await.is(404);
    }
}
