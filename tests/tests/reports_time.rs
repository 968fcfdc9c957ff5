//! Time spent in reports: in total, by whoever spent it and by where the ticket belongs, with the list behind it, and at the
//! moment at which it was written down.

use crate::{client::Visitor, world::eventually};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

async fn spends(who: &Visitor, ticket: &str, seconds: i64) -> String {
    who.post(&format!("/api/support/tickets/{ticket}/time"), &json!({ "seconds": seconds })).await.is(201).id()
}

async fn report(who: &Visitor, query: &str) -> Value {
    who.get(&format!("/api/analytics/report{query}")).await.is(200).json()
}

/// Waits until the report tells of so many seconds.
async fn says(who: &Visitor, query: &str, seconds: u64) {
    eventually(&format!("{seconds} s in {query}"), || async { report(who, query).await["total"]["timeSpent"] == seconds }).await;
}

fn of(report: &Value, by: &str, key: &str) -> Value {
    let groups = report["groups"].as_array().unwrap();
    groups.iter().find(|group| group["by"] == by && group["key"] == key).map_or(Value::Null, |group| group["figures"]["timeSpent"].clone())
}

both! {
    async fn time_is_told_in_total_by_who_spent_it_and_by_where_the_ticket_belongs(world) {
        let team = world.team("Billing").await;
        let (cleo, ana, ben, sue) = (world.customer("Cleo").await, world.agent_of("Ana", &team).await, world.agent("Ben").await, world.supervisor("Sue").await);
        let body = json!({ "title": "Invoice", "description": "d", "userId": cleo.id(), "teamId": team.id, "assignedTo": ana.id(), "priority": "HIGH", "category": "BILLING", "tags": ["vat"] });
        let one = sue.asks_with(body).await["id"].as_str().unwrap().to_owned();
        let two = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        spends(&ana, &one, 3_600).await;
        spends(&ben, &two, 1_200).await;
        spends(&sue, &one, 600).await;
        says(&sue, "", 5_400).await;

        let all = report(&sue, "").await;
        let (ana_id, ben_id) = (ana.id().to_string(), ben.id().to_string());
        assert_eq!([of(&all, "agent", &ana_id), of(&all, "agent", &ben_id), of(&all, "agent", &sue.id().to_string()), of(&all, "agent", "none")], [json!(3_600), json!(1_200), json!(600), json!(0)], "whoever spent it, not who has the ticket");
        assert_eq!([of(&all, "team", &team.id.to_string()), of(&all, "team", "none"), of(&all, "priority", "HIGH"), of(&all, "category", "BILLING"), of(&all, "tag", "vat")], [json!(4_200), json!(1_200), json!(4_200), json!(4_200), json!(4_200)]);
        assert_eq!(all["days"].as_array().unwrap().last().unwrap()["timeSpent"], 5_400);
        assert_eq!(report(&sue, &format!("?agent={ben_id}")).await["total"]["timeSpent"], 1_200, "Ben has no ticket");
        assert_eq!(report(&sue, "?category=BILLING&tag=vat").await["total"]["timeSpent"], 4_200);
        assert_eq!(report(&ana, "").await["total"]["timeSpent"], 4_200, "of her team, and nobody else's");
        assert_eq!(report(&ben, "").await["total"]["timeSpent"], 1_200, "his own");

        let page = sue.get("/desk/analytics").await.is(200).text();
        assert!(page.contains("Time spent") && page.contains("figure=time") && page.contains("1.5 <small>h</small>"), "{page}");
        let list = sue.get("/desk/analytics/tickets?figure=time").await.is(200).text();
        assert!(list.contains("Time spent: 2 tickets") && list.contains("1.2 h") && list.contains("20 min"), "{list}");
        let list = sue.get(&format!("/desk/analytics/tickets?figure=time&agent={ana_id}")).await.is(200).text();
        assert!(list.contains("Time spent: 1 ticket") && list.contains("1 h spent, last") && list.contains("Invoice"), "{list}");
        let csv = sue.get("/desk/analytics/report.csv").await.is(200).text();
        assert!(csv.lines().next().unwrap().ends_with(",timeSpent"), "{csv}");
        assert!(csv.lines().any(|line| line.starts_with(&format!("agent,{ben_id},Ben,")) && line.ends_with(",1200")), "{csv}");
    }

    async fn a_mended_entry_counts_where_it_was_written_and_counting_anew_gives_the_same(world) {
        let (cleo, ana, sue) = (world.customer("Cleo").await, world.agent("Ana").await, world.supervisor("Sue").await);
        let mut tickets = Vec::new();
        for title in ["Printer", "Scanner", "Monitor", "Trash"] {
            tickets.push(cleo.asks(title).await["id"].as_str().unwrap().to_owned());
        }
        let day = world.clock.now().to_jiff().strftime("%F").to_string();
        let (mended, removed) = (spends(&ana, &tickets[0], 3_600).await, spends(&ana, &tickets[0], 300).await);
        for ticket in &tickets[1..] {
            spends(&ana, ticket, 60).await;
        }
        let first = format!("?period=custom&from={day}&to={day}");
        says(&sue, &first, 4_080).await;

        world.clock.advance(DAY * 3);
        ana.put(&format!("/api/support/tickets/{}/time/{mended}", tickets[0]), &json!({ "seconds": 1_800 })).await.is(200);
        ana.delete(&format!("/api/support/tickets/{}/time/{removed}", tickets[0])).await.is(204);
        ana.post(&format!("/api/support/tickets/{}/merge", tickets[1]), &json!({ "into": tickets[2] })).await.is(201);
        ana.delete(&format!("/api/support/tickets/{}", tickets[3])).await.is(204);
        says(&sue, &first, 1_920).await;

        let all = report(&sue, "").await;
        assert_eq!((&all["total"]["timeSpent"], &all["total"]["created"]), (&json!(1_920), &json!(2)), "a merged ticket does not count, the time on it does");
        assert_eq!(all["days"].as_array().unwrap().last().unwrap()["timeSpent"], 0, "a mended entry stays at its day");
        let list = sue.get("/desk/analytics/tickets?figure=time").await.is(200).text();
        assert!(list.contains("Time spent: 3 tickets") && list.contains("Scanner"), "{list}");
        let behind = || sql!("SELECT COUNT(*) FROM events WHERE subject_kind = 'ticket' AND seq > (SELECT seq FROM readers WHERE name = 'analytics')");
        eventually("all is counted", || async { world.count(behind()).await == 0 }).await;
        let before = analytics::facts(&mut world.read().await).await.unwrap();
        analytics::rebuild(&world.app.db, &support::COUNTED).await.unwrap();
        assert_eq!(analytics::facts(&mut world.read().await).await.unwrap(), before);
        assert_eq!(report(&sue, "").await["total"], all["total"]);
    }
}
