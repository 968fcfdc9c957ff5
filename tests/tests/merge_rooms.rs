//! What other rooms make of a merge: clocks, surveys, reports, time and checklists.

use crate::{
    client::Visitor,
    deadlines::{only_policy, rules, settled},
    world::{World, eventually},
};
use db::sql;
use kernel::Actor;
use serde_json::{Value, json};
use sla::{Metric, NewPolicy, Policy, rank};
use std::time::Duration;
use tickets::Priority;

const API: &str = "/api/support/tickets";
const MINUTE: Duration = Duration::from_mins(1);

async fn asks(sue: &Visitor, cleo: &Visitor, title: &str, tags: &[&str]) -> String {
    let body = json!({ "title": title, "description": "d", "priority": "HIGH", "userId": cleo.id(), "tags": tags });
    sue.asks_with(body).await["id"].as_str().unwrap().to_owned()
}

async fn merges(who: &Visitor, source: &str, target: &str) {
    who.post(&format!("{API}/{source}/merge"), &json!({ "into": target })).await.is(201);
}

async fn undoes(who: &Visitor, source: &str) {
    who.post(&format!("{API}/{source}/merge/undo"), &json!({})).await.is(200);
}

async fn set(who: &Visitor, ticket: &str, status: &str) {
    let version = who.ticket(ticket).await["version"].clone();
    who.put(&format!("{API}/{ticket}"), &json!({ "version": version, "status": status })).await.is(200);
}

/// The clocks of a ticket without what moves with the time of looking.
async fn clocks(who: &Visitor, ticket: &str) -> Vec<Value> {
    let mut clocks = who.get(&format!("{API}/{ticket}/sla")).await.is(200).json()["clocks"].as_array().unwrap().clone();
    for clock in &mut clocks {
        clock.as_object_mut().unwrap().retain(|name, _| matches!(name.as_str(), "metric" | "state" | "startedAt" | "dueAt" | "stoppedAt" | "targetMinutes"));
    }
    clocks
}

async fn read(world: &World) {
    settled(world).await;
    let waiting = sql!(
        "SELECT COUNT(*) FROM events WHERE kind IN ('ticket.merged', 'ticket.merge_undone', 'ticket.tags_changed') AND seq > (SELECT seq FROM readers WHERE name = 'sla')"
    );
    eventually("the merge was read", || {
        let waiting = waiting.clone();
        async move { world.count(waiting).await == 0 }
    })
    .await;
}

both! {
    async fn no_line_that_comes_with_a_merge_moves_the_clocks_of_the_target(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let mut all = rules(60);
        for metric in [Metric::NextResponse, Metric::FirstResolution, Metric::TotalResolution] {
            all.targets[metric.index()][rank(Priority::High)] = Some(600);
        }
        let mut vip = rules(5);
        vip.conditions.tags = vec!["vip".to_owned()];
        only_policy(world, vip).await;
        let mut tx = world.write().await;
        let others = NewPolicy { name: "Others".to_owned(), is_active: true, valid_from: db::Timestamp::default(), calendar: None, rules: all };
        Policy::add(&mut tx, &Actor::system("Test"), others).await.unwrap();
        tx.commit().await.unwrap();
        let (source, target) = (asks(&sue, &cleo, "Source", &["vip"]).await, asks(&sue, &cleo, "Target", &[]).await);
        world.clock.advance(MINUTE);
        ana.replies(&source, "An answer there").await;
        cleo.replies(&source, "A question there").await;
        world.clock.advance(MINUTE);
        read(world).await;
        let (before, there) = (clocks(&ana, &target).await, clocks(&ana, &source).await);

        merges(&ana, &source, &target).await;
        read(world).await;
        let merged = clocks(&ana, &target).await;
        let ended = clocks(&ana, &source).await;
        world.clock.advance(Duration::from_mins(30));
        undoes(&ana, &source).await;
        read(world).await;

        assert!(before.iter().any(|clock| clock["state"] == "RUNNING"), "{before:?}");
        assert_eq!(ana.ticket(&target).await["tags"], json!([]));
        assert_eq!(merged, before, "tags that came choose no other promise, words that came answer nothing and ask nothing");
        assert!(ended.iter().all(|clock| clock["state"] == "MET" || clock["state"] == "MISSED"), "what is open in the source ends: {ended:?}");
        assert_eq!(clocks(&ana, &target).await, before);
        assert_eq!(clocks(&ana, &source).await.len(), there.len(), "they go on when the merge is undone");
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = 'sla.breached'")).await, 0, "no promise is broken while it was merged");
    }

    async fn who_asked_gets_no_survey_of_what_was_merged_away(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (source, target) = (cleo.asks("Source").await["id"].as_str().unwrap().to_owned(), cleo.asks("Target").await["id"].as_str().unwrap().to_owned());
        let letters = || async { world.outbox().await.iter().filter(|mail| mail.subject.contains("How did we do?")).count() };
        set(&ana, &source, "RESOLVED").await;
        let surveys = || async { world.count(sql!("SELECT COUNT(*) FROM surveys")).await };
        eventually("the survey waits", || async { surveys().await == 1 }).await;

        merges(&ana, &source, &target).await;
        let told = cleo.put(&format!("{API}/{source}/rating"), &json!({ "score": 1 })).await;
        world.clock.advance(Duration::from_hours(25));
        eventually("it was dropped", || async { surveys().await == 0 }).await;
        let merged = letters().await;
        undoes(&ana, &source).await;
        eventually("it asks after the undo", || async { letters().await == 1 }).await;

        assert_eq!((told.status.as_u16(), merged), (409, 0), "{}", told.text());
        assert_eq!(ana.ticket(&source).await["status"], "RESOLVED");
    }

    async fn reports_count_what_was_merged_away_not_at_all_and_after_an_undo_as_before(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let (source, target) = (asks(&sue, &cleo, "Source", &[]).await, asks(&sue, &cleo, "Target", &[]).await);
        let total = || async { sue.get("/api/analytics/report").await.is(200).json()["total"].clone() };
        let says = |created: u64, solved: u64, answered: u64| {
            let total = &total;
            async move {
                eventually(&format!("{created} created, {solved} solved, {answered} answered"), || async {
                    let all = total().await;
                    all["created"] == created && all["solved"] == solved && all["firstReply"]["count"] == answered
                })
                .await;
            }
        };
        ana.replies(&source, "Answered").await;
        says(2, 0, 1).await;

        merges(&ana, &source, &target).await;
        says(1, 0, 0).await;
        ana.replies(&target, "Answered here").await;
        set(&ana, &target, "RESOLVED").await;
        says(1, 1, 1).await;
        undoes(&ana, &source).await;
        says(2, 1, 2).await;

        let all = total().await;
        assert_eq!((&all["open"], &all["openedAgain"]), (&json!(1), &json!(0)), "a merge that was undone neither solved nor opened it: {all}");
    }

    async fn time_and_steps_stay_where_they_were_made_and_show_where_the_work_goes_on(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let (source, target) = (asks(&sue, &cleo, "Source", &[]).await, asks(&sue, &cleo, "Target", &[]).await);
        let number = ana.ticket(&source).await["number"].as_i64().unwrap();
        let entry = ana.post(&format!("{API}/{source}/time"), &json!({ "seconds": 600 })).await.is(201).id();
        ana.post(&format!("{API}/{target}/time"), &json!({ "seconds": 60 })).await.is(201);
        ana.post(&format!("{API}/{source}/checklist"), &json!({ "text": "There" })).await.is(201);
        ana.post(&format!("{API}/{target}/checklist"), &json!({ "text": "Here" })).await.is(201);
        let time = |ticket: String| { let ana = &ana; async move { ana.get(&format!("{API}/{ticket}/time")).await.is(200).json()["totalSeconds"].as_i64().unwrap() } };

        merges(&ana, &source, &target).await;

        assert_eq!((time(target.clone()).await, time(source.clone()).await), (660, 600));
        let steps = ana.get(&format!("{API}/{target}/checklist")).await.is(200).json();
        assert_eq!((steps["items"][0]["text"].as_str(), steps["items"][1]["text"].as_str(), &steps["items"][1]["ticketId"]), (Some("Here"), Some("There"), &json!(source)));
        let there = steps["items"][1]["id"].as_str().unwrap();
        ana.put(&format!("{API}/{target}/checklist/{there}"), &json!({ "done": true })).await.is(200);
        ana.put(&format!("{API}/{target}/time/{entry}"), &json!({ "seconds": 300 })).await.is(200);
        for (path, body) in [("time", json!({ "seconds": 1 })), ("checklist", json!({ "text": "Late" }))] {
            let told = ana.post(&format!("{API}/{source}/{path}"), &body).await;
            assert!(told.status == 409 && told.json()["type"].as_str().unwrap().ends_with("/merged"), "{}", told.text());
        }
        let (panel, list) = (ana.get(&format!("/desk/tickets/{target}/time")).await.text(), ana.get(&format!("/desk/tickets/{target}/checklist")).await.text());
        assert!(panel.contains(&format!("on #{number}")) && list.contains(&format!("From #{number}")) && list.contains("1 of 2"), "{panel}{list}");
        undoes(&ana, &source).await;
        assert_eq!((time(target.clone()).await, time(source.clone()).await), (60, 300));
        let by_journal: i64 = world.read().await.one(sql!("SELECT COUNT(*) FROM events WHERE kind = 'worklog.time_changed' AND subject_id = $1", source.parse::<uuid::Uuid>().unwrap())).await.unwrap();
        assert_eq!(by_journal, 1, "what is changed is counted on the ticket it was spent on");
    }
}
