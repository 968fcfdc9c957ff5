//! Checklists and time spent: who may do what, totals and their events, pages, and that customers learn nothing of them.

use crate::{client::Visitor, world::World};
use db::{Engine, journal};
use serde_json::{Value, json};
use std::time::Duration;

async fn ticket(world: &World) -> (Visitor, Visitor, String) {
    let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
    let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
    (cleo, ana, ticket)
}

fn steps(ticket: &str) -> String {
    format!("/api/support/tickets/{ticket}/checklist")
}

fn time(ticket: &str) -> String {
    format!("/api/support/tickets/{ticket}/time")
}

fn texts(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|step| step["text"].as_str().unwrap().to_owned()).collect()
}

async fn facts(world: &World, ticket: &str, kind: &str) -> Vec<Value> {
    let events = journal::of(&mut world.read().await, ticket.parse().unwrap()).await.unwrap();
    assert!(events.iter().filter(|event| event.kind.starts_with("worklog.")).all(|event| event.staff_only), "all of it is for staff");
    events.iter().filter(|event| event.kind.starts_with(kind)).map(db::Event::facts).collect()
}

both! {
    async fn steps_are_added_ticked_moved_rewritten_and_removed(world) {
        let (_, ana, ticket) = ticket(world).await;
        for text in ["One", "Two", "Three"] {
            ana.post(&steps(&ticket), &json!({ "text": text })).await.is(201);
        }
        let ids = ana.get(&steps(&ticket)).await.is(200).ids();
        let step = |n: usize| format!("{}/{}", steps(&ticket), ids[n]);

        let ticked = ana.put(&step(1), &json!({ "done": true })).await.is(200).json();
        ana.put(&step(1), &json!({ "done": true })).await.is(200);
        let moved = ana.put(&step(2), &json!({ "place": 0 })).await.is(200).json();
        ana.put(&step(0), &json!({ "text": "First" })).await.is(200);
        ana.form(&format!("/desk/tickets/{ticket}/checklist/{}", ids[2]), &[("act", "down")]).await.is(303);
        let walked = ana.get(&steps(&ticket)).await.json();
        ana.delete(&step(1)).await.is(204);
        ana.delete(&step(1)).await.is(204);
        ana.put(&step(1), &json!({ "done": false })).await.is(404);

        assert_eq!((ticked["items"][1]["doneBy"].as_str(), &ticked["items"][0]["doneAt"]), (Some("Ana"), &Value::Null));
        assert_eq!((texts(&moved), texts(&walked)), (vec!["Three".to_owned(), "One".into(), "Two".into()], vec!["First".to_owned(), "Three".into(), "Two".into()]));
        assert_eq!(texts(&ana.get(&steps(&ticket)).await.json()), ["First", "Three"]);
        assert_eq!(facts(world, &ticket, "worklog.step_done").await.len(), 1, "twice is one event");
        assert_eq!(facts(world, &ticket, "worklog.step_changed").await[0], json!({ "old": "One", "new": "First" }));
        let panel = ana.get(&format!("/desk/tickets/{ticket}/checklist")).await.is(200).text();
        assert!(panel.contains("id=\"panel-checklist\"") && panel.contains("0 of 2"), "{panel}");
    }

    async fn supervisors_keep_templates_and_a_list_on_a_ticket_is_a_copy(world) {
        let (_, ana, ticket) = ticket(world).await;
        let sue = world.supervisor("Sue").await;
        sue.form("/desk/checklists", &[("name", "Refund"), ("steps", "Check\r\n\r\n  Pay back \nTell")]).await.is(303);
        sue.form("/desk/checklists", &[("name", "refund"), ("steps", "x")]).await.is(422);
        sue.form("/desk/checklists", &[("name", "Long"), ("steps", &"x".repeat(201))]).await.is(422);
        ana.form("/desk/checklists", &[("name", "Mine"), ("steps", "x")]).await.is(403);
        let id: uuid::Uuid = world.read().await.one(db::sql!("SELECT id FROM checklist_templates")).await.unwrap();

        let list = ana.post(&steps(&ticket), &json!({ "templateId": id })).await.is(201).json();
        sue.form(&format!("/desk/checklists/{id}"), &[("name", "Refund"), ("steps", "Other"), ("version", "1")]).await.is(303);
        let stale = sue.form(&format!("/desk/checklists/{id}"), &[("name", "Late"), ("steps", "x"), ("version", "1")]).await.is(409).text();
        sue.form(&format!("/desk/checklists/{id}/remove"), &[]).await.is(303);
        ana.post(&steps(&ticket), &json!({ "templateId": id })).await.is(422);

        assert_eq!(texts(&list), ["Check", "Pay back", "Tell"]);
        assert_eq!(texts(&ana.get(&steps(&ticket)).await.json()), ["Check", "Pay back", "Tell"]);
        assert!(stale.contains("Somebody else changed"), "{stale}");
        assert_eq!(facts(world, &ticket, "worklog.checklist_added").await[0]["new"], "Refund");
    }

    async fn a_removed_template_comes_back_by_undo_unless_its_name_is_taken(world) {
        let (_, ana, _) = ticket(world).await;
        let sue = world.supervisor("Sue").await;
        sue.form("/desk/checklists", &[("name", "Refund"), ("steps", "Check")]).await.is(303);
        let id: uuid::Uuid = world.read().await.one(db::sql!("SELECT id FROM checklist_templates")).await.unwrap();
        let (path, restore) = (format!("/desk/checklists/{id}"), format!("/desk/checklists/{id}/restore"));

        sue.form(&format!("{path}/remove"), &[]).await.is(303);
        let toast = sue.get("/desk/checklists").await.text();
        sue.get(&path).await.is(404);
        ana.form(&restore, &[]).await.is(403);
        sue.form("/desk/checklists", &[("name", "REFUND"), ("steps", "Other")]).await.is(303);
        let taken = sue.form(&restore, &[]).await.is(409).text();
        let other: uuid::Uuid = world.read().await.one(db::sql!("SELECT id FROM checklist_templates WHERE removed_at IS NULL")).await.unwrap();
        sue.form(&format!("/desk/checklists/{other}/remove"), &[]).await.is(303);
        for _ in 0..2 {
            sue.form(&restore, &[]).await.is(303);
        }

        assert!(toast.contains(&format!("action=\"{restore}\"")) && toast.contains("Undo"), "{toast}");
        assert!(taken.contains("Another template is called “Refund” by now."), "{taken}");
        assert!(sue.get(&path).await.is(200).text().contains("Check"));
        sue.form("/desk/checklists", &[("name", "refund"), ("steps", "x")]).await.is(422);
    }

    async fn a_ticket_has_a_hundred_steps_at_most_and_what_is_wrong_is_said(world) {
        let (_, ana, ticket) = ticket(world).await;
        let sue = world.supervisor("Sue").await;
        let lines = (0..100).map(|n| format!("Step {n}")).collect::<Vec<_>>().join("\n");
        sue.form("/desk/checklists", &[("name", "All"), ("steps", &lines)]).await.is(303);
        let id: uuid::Uuid = world.read().await.one(db::sql!("SELECT id FROM checklist_templates")).await.unwrap();
        ana.post(&steps(&ticket), &json!({ "templateId": id })).await.is(201);

        ana.post(&steps(&ticket), &json!({ "text": "one more" })).await.is(422);
        ana.post(&steps(&ticket), &json!({})).await.is(422);
        ana.post(&steps(&ticket), &json!({ "text": "x".repeat(201) })).await.is(422);
        let page = ana.form(&format!("/desk/tickets/{ticket}/checklist"), &[("text", "kept words")]).await.is(422).text();

        assert!(page.contains("At most 100 steps") && page.contains("kept words"), "{page}");
        assert_eq!(ana.get(&steps(&ticket)).await.ids().len(), 100);
    }

    async fn time_is_written_down_changed_by_its_author_and_by_supervisors(world) {
        let (_, ana, ticket) = ticket(world).await;
        let (ben, sue) = (world.agent("Ben").await, world.supervisor("Sue").await);
        let message = ana.replies(&ticket, "On it").await["id"].clone();
        let entry = ana.post(&time(&ticket), &json!({ "seconds": 900, "note": "Reading", "messageId": message })).await.is(201).json();
        let path = format!("{}/{}", time(&ticket), entry["id"].as_str().unwrap());
        ben.form(&format!("/desk/tickets/{ticket}/time"), &[("spent", "1h 30m"), ("note", "")]).await.is(303);

        ben.put(&path, &json!({ "seconds": 1 })).await.is(403);
        ben.delete(&path).await.is(403);
        ana.put(&path, &json!({ "seconds": 600 })).await.is(200);
        sue.put(&path, &json!({ "seconds": 300, "note": "Less" })).await.is(200);
        let page = ana.get(&time(&ticket)).await.is(200).json();
        sue.delete(&path).await.is(204);
        sue.delete(&path).await.is(204);

        assert_eq!((entry["messageId"].clone(), entry["userName"].as_str()), (message, Some("Ana")));
        assert_eq!((page["totalSeconds"].as_i64(), page["items"].as_array().unwrap().len()), (Some(5_700), 2));
        let deltas: Vec<i64> = facts(world, &ticket, "worklog.time_").await.iter().map(|facts| facts["seconds"].as_i64().unwrap()).collect();
        assert_eq!((deltas.iter().sum::<i64>(), deltas), (5_400, vec![900, 5_400, -300, -300, -300]));
        assert_eq!(ana.get(&time(&ticket)).await.json()["totalSeconds"], 5_400);
        let panel = ana.get(&format!("/desk/tickets/{ticket}/time")).await.is(200).text();
        assert!(panel.contains("1h 30m") && panel.contains("Ben") && !panel.contains(">Change<"), "{panel}");
    }

    async fn a_timer_that_ran_while_writing_counts_for_the_message(world) {
        let (_, ana, ticket) = ticket(world).await;
        let first = ana.replies(&ticket, "First").await["id"].clone();
        world.clock.advance(Duration::from_secs(1));
        let second = ana.replies(&ticket, "Second").await["id"].clone();

        for _ in 0..3 {
            ana.form(&format!("/desk/tickets/{ticket}/time"), &[("spent", "2m 5s"), ("ofMessage", "true")]).await.is(303);
            world.clock.advance(Duration::from_secs(1));
        }

        let items = ana.get(&time(&ticket)).await.json()["items"].clone();
        assert_eq!((&items[2]["messageId"], &items[1]["messageId"], &items[0]["messageId"]), (&second, &first, &Value::Null));
        assert_eq!(items[0]["seconds"], 125);
    }

    async fn what_is_wrong_with_time_is_said_and_nothing_typed_is_lost(world) {
        let (_, ana, ticket) = ticket(world).await;
        let other = ana.asks_with(json!({ "title": "Other", "description": "d" })).await["messages"][0]["id"].clone();
        for seconds in [json!(0), json!(86_401), json!(-5), json!("x"), json!(1.5), Value::Null] {
            ana.post(&time(&ticket), &json!({ "seconds": seconds })).await.is(422);
        }
        ana.post(&time(&ticket), &json!({ "seconds": 5, "messageId": other })).await.is(422);
        let page = ana.form(&format!("/desk/tickets/{ticket}/time"), &[("spent", "soon"), ("note", "typed words")]).await.is(422).text();

        assert!(page.contains("typed words") && page.contains("1h 30m, up to 24 hours"), "{page}");
        assert_eq!(ana.get(&time(&ticket)).await.json()["totalSeconds"], 0);
    }

    async fn entries_come_in_pages_each_once(world) {
        let (_, ana, ticket) = ticket(world).await;
        for n in 1..=23 {
            ana.post(&time(&ticket), &json!({ "seconds": n })).await.is(201);
            if n % 4 == 0 {
                world.clock.advance(Duration::from_mins(1));
            }
        }
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ana.get(&format!("{}?limit=5{cursor}", time(&ticket))).await.is(200).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["seconds"].as_i64().unwrap()));
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        seen.sort_unstable();

        assert_eq!(seen, (1..=23).collect::<Vec<_>>());
        let panel = ana.get(&format!("/desk/tickets/{ticket}/time")).await.is(200).text();
        assert!(panel.contains("Earlier entries"), "{panel}");
    }

    async fn the_same_key_adds_once(world) {
        let (_, ana, ticket) = ticket(world).await;
        for _ in 0..2 {
            for (path, body) in [(time(&ticket), json!({ "seconds": 60 })), (steps(&ticket), json!({ "text": "Once" }))] {
                ana.send(ana.request("POST", &path).header("idempotency-key", format!("k-{path}")).json(&body)).await.is(201);
            }
        }

        assert_eq!((ana.get(&time(&ticket)).await.json()["totalSeconds"].as_i64(), ana.get(&steps(&ticket)).await.ids().len()), (Some(60), 1));
    }

    async fn customers_learn_nothing_of_it_and_the_trash_is_left_alone(world) {
        let (cleo, ana, ticket) = ticket(world).await;
        ana.post(&steps(&ticket), &json!({ "text": "zq-secret-step" })).await.is(201);
        ana.post(&time(&ticket), &json!({ "seconds": 60, "note": "zq-secret-note" })).await.is(201);

        for path in [steps(&ticket), time(&ticket), format!("/desk/tickets/{ticket}/time"), format!("/desk/tickets/{ticket}/checklist")] {
            cleo.get(&path).await.is(403);
        }
        for path in [format!("/requests/{ticket}"), format!("/api/support/tickets/{ticket}"), format!("/api/support/tickets/{ticket}/events")] {
            let text = cleo.get(&path).await.is(200).text();
            assert!(!text.contains("zq-secret") && !text.contains("worklog"), "{path}: {text}");
        }
        ana.delete(&format!("/api/support/tickets/{ticket}")).await.is(204);
        ana.post(&time(&ticket), &json!({ "seconds": 60 })).await.is(403);
        ana.get(&time(&ticket)).await.is(200);
        world.clock.advance(Duration::from_hours(31 * 24));
        tickets::sweep(&world.app.db).await.unwrap();
        let left = world.count(db::sql!("SELECT (SELECT COUNT(*) FROM time_entries) + (SELECT COUNT(*) FROM checklist_items)")).await;
        assert_eq!(left, 0, "it goes with its ticket");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_of_a_ticket_is_read_from_its_index_in_order() {
    let world = World::new(Engine::Sqlite).await;
    let (_, _, ticket) = ticket(&world).await;

    let plan = worklog::Entry::plan(&mut world.read().await, ticket.parse().unwrap()).await.unwrap();

    assert!(plan.contains("time_entries_of") && !plan.contains("TEMP B-TREE"), "{plan}");
    world.end().await;
}
