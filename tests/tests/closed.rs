//! A closed request: what a customer's reply does to it is a setting.

use crate::{client::Visitor, world::World};
use serde_json::json;
use std::time::Duration;

const API: &str = "/api/support/tickets";

async fn set(ada: &Visitor, version: &str, reply: &str) {
    let form = [
        ("version", version),
        ("name", "PromptCraft"),
        ("homeTitle", "Help"),
        ("fileMb", "25"),
        ("files", "20"),
        ("undoSendSeconds", "0"),
        ("closeAfterDays", "4"),
        ("closedReply", reply),
        ("reopenWithinDays", "3"),
    ];
    ada.form("/admin/settings", &form).await.is(303);
}

/// A closed request of Cleo; answers its id.
async fn closed(world: &World, ada: &Visitor, cleo: &Visitor) -> String {
    let id = cleo.asks("Closed").await["id"].as_str().unwrap().to_owned();
    ada.put(&format!("{API}/{id}"), &json!({ "version": 1, "status": "CLOSED" })).await.is(200);
    world.clock.advance(Duration::from_hours(1));
    id
}

both! {
    async fn a_reply_to_a_closed_request_does_what_the_settings_say(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        let begins_anew = |id: String| {
            let (ada, cleo) = (&ada, &cleo);
            async move {
                let page = cleo.get(&format!("/requests/{id}")).await.is(200).text();
                let reply = cleo.replies(&id, "Again").await;
                let is_new = reply["ticketId"] != id.as_str();
                assert_eq!(page.contains("A reply starts a new request"), is_new, "the page says what will happen");
                assert_eq!(page.contains("A reply opens it again"), !is_new);
                assert_eq!(ada.ticket(&id).await["status"], if is_new { "CLOSED" } else { "OPEN" });
                is_new
            }
        };

        assert!(begins_anew(closed(world, &ada, &cleo).await).await, "the default");
        set(&ada, "0", "REOPEN").await;
        assert!(!begins_anew(closed(world, &ada, &cleo).await).await);
        set(&ada, "1", "REOPEN_WITHIN").await;
        assert!(!begins_anew(closed(world, &ada, &cleo).await).await);
        let late = closed(world, &ada, &cleo).await;
        world.clock.advance(Duration::from_hours(3 * 24));
        assert!(begins_anew(late).await, "three days and an hour later");
        set(&ada, "2", "NEW").await;
        assert!(begins_anew(closed(world, &ada, &cleo).await).await);
        ada.form("/admin/settings", &[("version", "3"), ("closedReply", "MAYBE")]).await.is(422);
    }
}
