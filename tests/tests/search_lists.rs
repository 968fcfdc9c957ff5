//! The lists of tickets find by the index: words of messages, notes and files, all of them, for whoever may read them.

use crate::{
    client::{Visitor, encode},
    search::indexed,
    world::World,
};
use serde_json::json;

const API: &str = "/api/support/tickets";

/// The titles of a list, in its order.
async fn list(who: &Visitor, query: &str) -> Vec<String> {
    let told = who.get(&format!("{API}?{query}")).await.is(200).json();
    told["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

/// Three requests of Cleo's: the words of the first are in its messages, of the second in a note.
async fn desk(world: &World) -> (Visitor, Visitor) {
    let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
    let first = cleo.asks_with(json!({ "title": "It is slow", "description": "Each rotation of a key takes minutes." })).await;
    ana.replies(first["id"].as_str().unwrap(), "The turbine was cold.").await;
    let second = cleo.asks("Where is my invoice").await;
    ana.notes(second["id"].as_str().unwrap(), "Their turbine was cold as well, keys too.").await;
    cleo.asks("Cold start").await;
    indexed(world).await;
    (cleo, ana)
}

both! {
    async fn all_words_are_found_wherever_one_may_read_them(world) {
        let (cleo, ana) = desk(world).await;

        for (who, query, wanted) in [
            (&ana, "q=turbine%20cold", &["Where is my invoice", "It is slow"][..]),
            (&ana, "q=turbine%20cold%20rotation", &["It is slow"]),
            (&ana, "q=turbi", &["Where is my invoice", "It is slow"]),
            (&ana, "q=turbines%20tur", &["Where is my invoice", "It is slow"]),
            (&ana, "q=cold&sort=oldest", &["It is slow", "Where is my invoice", "Cold start"]),
            (&ana, "q=%22turbine%20was%22%20-keys", &["It is slow"]),
            (&ana, "q=turbinx%20cold", &[]),
            (&ana, "q=nothing%20cold", &[]),
            (&ana, "q=cold&status=CLOSED", &[]),
            (&ana, "q=cold&view=unassigned&limit=1", &["Cold start"]),
            (&cleo, "q=turbine%20cold", &["It is slow"]),
            (&cleo, "q=keys", &["It is slow"]),
            (&ana, "q=!!!", &[]),
        ] {
            assert_eq!(list(who, query).await, wanted, "{query}");
        }
        let number = ana.get(&format!("{API}?q=invoice")).await.json()["items"][0]["number"].as_i64().unwrap();
        assert_eq!(list(&ana, &format!("q=%23{number}")).await, ["Where is my invoice"]);
        let page = cleo.get("/requests?q=turbine").await.is(200).text();
        assert!(page.contains("It is slow") && !page.contains("Where is my invoice"), "{page}");
        assert!(list(&world.customer("Other").await, "q=cold").await.is_empty());
    }

    async fn what_was_written_a_moment_ago_is_in_the_list(world) {
        let (cleo, ana) = desk(world).await;

        for n in 0..5 {
            cleo.asks(&format!("Zebra {n}")).await;
            assert_eq!(list(&ana, &format!("q={}", encode(&format!("zebra {n}")))).await, [format!("Zebra {n}")]);
        }
    }

    async fn all_that_match_are_those_of_the_list(world) {
        let (_, ana) = desk(world).await;
        let saved = json!({ "name": "Cold", "query": "q=turbine%20cold" });
        ana.post("/api/support/views", &saved).await.is(201);

        let told = ana.post("/api/support/bulk", &json!({ "matching": "q=turbine cold", "priority": "URGENT" })).await.is(202).json();
        let csv = ana.get("/api/support/export/tickets?format=csv&q=turbine%20cold").await.is(200).text();
        let sidebar = ana.get("/desk/counts").await.is(200).text();

        assert_eq!(told["total"], 2);
        assert!(csv.lines().count() == 3 && csv.contains("It is slow") && !csv.contains("Cold start"), "{csv}");
        let line = sidebar.split(">Cold<").nth(1).and_then(|rest| rest.split("</a>").next()).unwrap_or_else(|| panic!("{sidebar}"));
        assert!(line.contains(">2<"), "{line}");
    }
}
