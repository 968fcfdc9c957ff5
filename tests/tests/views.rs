//! Lists of work: what an agent of a small team reads, counts, snooze, spam, saved views.

use crate::{
    client::Visitor,
    world::{Dice, World, eventually},
};
use db::{Engine, sql};
use kernel::Actor;
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use tickets::list::{Filter, Sort, View};

const API: &str = "/api/support/tickets";

async fn listed(who: &Visitor, view: &str) -> BTreeSet<String> {
    who.get(&format!("{API}?limit=100&view={view}")).await.is(200).ids().into_iter().collect()
}

async fn made(who: &Visitor, title: &str) -> String {
    who.asks(title).await["id"].as_str().unwrap().to_owned()
}

/// A time from now on, as programs write it.
fn soon(world: &World, hours: u64) -> String {
    world.clock.now().plus(Duration::from_hours(hours)).to_jiff().to_string()
}

both! {
    async fn a_snoozed_ticket_leaves_the_lists_of_work_and_comes_back_to_their_top_in_time(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (first, second) = (made(&cleo, "First").await, made(&cleo, "Second").await);
        let path = format!("{API}/{first}/snooze");

        ana.put(&path, &json!({ "until": soon(world, 2) })).await.is(200);
        ana.put(&path, &json!({ "until": soon(world, 2) })).await.is(200);

        assert_eq!(listed(&ana, "open").await, BTreeSet::from([second.clone()]));
        assert_eq!(listed(&ana, "snoozed").await, BTreeSet::from([first.clone()]));
        assert!(listed(&ana, "all").await.contains(&first), "it is not lost");
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = 'ticket.snoozed'")).await, 1, "twice is the same as once");
        world.clock.advance(Duration::from_hours(3));
        eventually("it is back", || async { listed(&ana, "open").await.len() == 2 }).await;
        let top = ana.get(&format!("{API}?view=open")).await.ids()[0].clone();
        let page = ana.get("/desk?view=open").await.text();
        assert_eq!((top, page.contains("Back: its time came")), (first.clone(), true));
        assert!(listed(&ana, "snoozed").await.is_empty());
        assert!(ana.get(&format!("/desk/tickets/{first}/history")).await.text().contains("Back from snooze"));
        ana.get(&path).await.is(404);
    }

    async fn a_customers_reply_brings_it_back_and_the_late_job_changes_nothing(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;
        ana.put(&format!("{API}/{id}/snooze"), &json!({ "untilReply": true })).await.is(200);
        ana.put(&format!("{API}/{id}/snooze"), &json!({ "until": soon(world, 2) })).await.is(200);
        ana.notes(&id, "A note wakes nobody.").await;
        assert!(listed(&ana, "open").await.is_empty());

        cleo.replies(&id, "Here I am.").await;

        assert_eq!(listed(&ana, "open").await, BTreeSet::from([id.clone()]));
        assert!(ana.get(&format!("/desk/tickets/{id}")).await.text().contains("Back: the customer replied"));
        let mut tx = world.write().await;
        let until = world.clock.now().plus(Duration::from_hours(2)).micros();
        tickets::wake_in_time(&mut tx, id.parse().unwrap(), until).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = 'ticket.woke'")).await, 1);
    }

    async fn the_past_is_refused_and_so_is_what_is_settled(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;
        let path = format!("{API}/{id}/snooze");

        let past = world.clock.now().minus(Duration::from_secs(1)).to_jiff().to_string();
        assert!(ana.put(&path, &json!({ "until": past })).await.is(422).json()["errors"]["until"].is_array());
        ana.put(&path, &json!({})).await.is(422);
        ana.put(&path, &json!({ "until": soon(world, 24 * 400) })).await.is(422);
        ana.put(&path, &json!({ "untilReply": true })).await.is(200);
        ana.put(&format!("{API}/{id}"), &json!({ "version": ana.ticket(&id).await["version"], "status": "RESOLVED" })).await.is(200);

        ana.put(&path, &json!({ "untilReply": true })).await.is(409);
        assert!(listed(&ana, "snoozed").await.is_empty(), "what is settled is away no more");
        ana.put(&format!("{API}/{id}"), &json!({ "version": ana.ticket(&id).await["version"], "status": "OPEN" })).await.is(200);
        assert_eq!(listed(&ana, "open").await.len(), 1);
    }

    async fn the_desk_puts_away_by_presets_and_takes_it_back(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;
        let page = ana.get(&format!("/desk/tickets/{id}")).await.text();
        assert!(page.contains("Tomorrow") && page.contains("Until the customer replies"), "{page}");

        ana.form(&format!("/desk/tickets/{id}/snooze"), &[("until", "monday")]).await.is(303);
        assert!(ana.get(&format!("/desk/tickets/{id}")).await.text().contains("Wake now"));
        ana.form(&format!("/desk/tickets/{id}/wake"), &[]).await.is(303);

        assert_eq!(listed(&ana, "open").await.len(), 1);
        ana.form(&format!("/desk/tickets/{id}/snooze"), &[("until", "day"), ("day", "2001-01-01")]).await.is(303);
        assert!(ana.get(&format!("/desk/tickets/{id}")).await.text().contains("This time has passed"));
        assert_eq!(listed(&ana, "open").await.len(), 1, "the past puts nothing away");
    }

    async fn spam_leaves_every_list_but_its_own_and_its_sender_sees_no_difference(world) {
        let (cleo, ana, sue) = (world.customer("Cleo").await, world.agent("Ana").await, world.supervisor("Sue").await);
        let id = made(&cleo, "Cheap pills").await;
        let before = cleo.ticket(&id).await;

        ana.send(ana.request("PUT", &format!("{API}/{id}/spam"))).await.is(204);
        ana.send(ana.request("PUT", &format!("{API}/{id}/spam"))).await.is(204);

        for view in ["open", "all", "unassigned", "pending"] {
            assert!(listed(&sue, view).await.is_empty() && listed(&ana, view).await.is_empty(), "{view}");
        }
        assert!(ana.get(&format!("{API}?q=pills")).await.ids().is_empty());
        assert_eq!((listed(&ana, "spam").await.len(), listed(&sue, "spam").await.len()), (1, 1));
        let after = cleo.ticket(&id).await;
        assert_eq!((&after["status"], &after["updatedAt"]), (&before["status"], &before["updatedAt"]));
        assert_eq!((listed(&cleo, "open").await.len(), listed(&cleo, "spam").await.len()), (1, 1), "the view means nothing to customers");
        for door in [format!("/requests/{id}"), "/requests".into(), format!("{API}/{id}/events")] {
            assert!(!cleo.get(&door).await.text().to_lowercase().contains("spam"), "{door}");
        }
        ana.delete(&format!("{API}/{id}/spam")).await.is(204);
        assert_eq!(listed(&ana, "open").await.len(), 1);
    }

    async fn customers_learn_nothing_of_a_snooze(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;

        ana.put(&format!("{API}/{id}/snooze"), &json!({ "untilReply": true })).await.is(200);

        assert_eq!(listed(&cleo, "open").await.len(), 1, "to the customer it is open");
        for door in [format!("/requests/{id}"), "/requests".into(), format!("{API}/{id}"), format!("{API}/{id}/events")] {
            let text = cleo.get(&door).await.text().to_lowercase();
            assert!(!text.contains("snooz") && !text.contains("put it away") && !text.contains("ticket.woke"), "{door}: {text}");
        }
        cleo.get(&format!("{API}/{id}/snooze")).await.is(403);
    }

    async fn a_new_outside_domain_is_asked_for_once_and_the_difference_is_shown(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;
        ana.replies(&id, "Hello").await;
        for email in ["otto@outside.test", "maya@customer.test"] {
            ana.form(&format!("/desk/tickets/{id}/followers"), &[("act", "add"), ("role", "cc"), ("email", email)]).await.is(303);
        }
        let say = format!("/desk/tickets/{id}/messages");
        let page = ana.get(&format!("/desk/tickets/{id}")).await.text();
        assert!(page.contains("otto is new") && page.contains("Also send to outside.test") && !page.contains("Also send to customer.test"), "{page}");

        let refused = ana.form(&say, &[("kind", "reply"), ("content", "For you")]).await.is(422).text();
        assert!(refused.contains("Copies would go to outside.test") && refused.contains("For you"), "nothing typed is lost: {refused}");
        ana.form(&say, &[("kind", "note"), ("content", "Notes ask nobody")]).await.is(303);
        assert_eq!(ana.ticket(&id).await["messages"].as_array().unwrap().len(), 3);
        ana.form(&say, &[("kind", "reply"), ("content", "For you"), ("confirmDomain", "outside.test")]).await.is(303);
        ana.form(&say, &[("kind", "reply"), ("content", "Once more")]).await.is(303);

        assert!(!ana.get(&format!("/desk/tickets/{id}")).await.text().contains("Also send to"));
        assert_eq!(ana.ticket(&id).await["messages"].as_array().unwrap().len(), 5);
    }

    async fn an_agents_lists_hold_what_the_agent_may_see_once_and_in_order(world) {
        let (sue, teams) = (world.supervisor("Sue").await, [world.team("Small").await, world.team("Big").await, world.team("Other").await]);
        let ana = world.agent_of("Ana", &teams[0]).await;
        let mut dice = Dice(11);
        for n in 0..60 {
            let team = dice.pick(&[None, Some(teams[0].id), Some(teams[1].id), Some(teams[2].id)]).map(|id| json!(id));
            let assigned = dice.pick(&[None, Some(ana.id()), Some(sue.id())]).map(|id| json!(id));
            let mut body = json!({ "title": format!("T{n}"), "description": "d", "priority": dice.pick(&["LOW", "HIGH", "URGENT"]) });
            for (field, value) in [("teamId", team), ("assignedTo", assigned)] {
                if let Some(value) = value { body[field] = value; }
            }
            let id = sue.asks_with(body).await["id"].as_str().unwrap().to_owned();
            if dice.below(4) == 0 {
                sue.post(&format!("{API}/{id}/followers"), &json!({ "email": "ana@staff.test", "part": "FOLLOWER" })).await.is(201);
            }
            let status = *dice.pick(&["OPEN", "PENDING", "ON_HOLD", "RESOLVED", "CLOSED"]);
            if status != "OPEN" { sue.put(&format!("{API}/{id}"), &json!({ "version": 1, "status": status })).await.is(200); }
            world.clock.advance(Duration::from_mins(1));
        }
        let actor: Actor = world.actor(&ana).await;
        let mut conn = world.read().await;
        let mut all = db::Query::with("SELECT t.id FROM tickets t WHERE 1 = 1", Vec::new());
        tickets::policy::visible_to(&actor, &mut all);
        let seen: BTreeSet<tickets::TicketId> = conn.all(all).await.unwrap().into_iter().collect();
        let by_parts = tickets::seen_by_parts(&mut conn, &actor).await.unwrap();
        assert_eq!((by_parts.len(), by_parts.into_iter().collect::<BTreeSet<_>>()), (seen.len(), seen.clone()), "the parts share nothing and leave nothing out");

        for sort in Sort::ALL {
            for view in [View::All, View::Open, View::Mine, View::Teams, View::Unassigned, View::Pending, View::Hold, View::Resolved] {
                let base = Filter { view: Some(view), sort: Some(*sort), limit: 7, ..Filter::default() };
                let (mut walked, mut cursor) = (Vec::new(), None);
                loop {
                    let page = Filter { cursor, ..base.clone() }.page(&mut conn, &actor).await.unwrap();
                    walked.extend(page.rows.into_iter().map(|row| row.ticket));
                    cursor = page.next;
                    if cursor.is_none() { break; }
                }
                let ids: BTreeSet<_> = walked.iter().map(|ticket| ticket.id).collect();
                let mut expected = BTreeSet::new();
                for id in &seen {
                    let ticket = tickets::Ticket::get(&mut conn, &actor, *id, tickets::policy::Action::See).await.unwrap();
                    let fits = match view {
                        View::Open => ticket.status.is_active(),
                        View::Mine => ticket.status.is_active() && ticket.assignee_id == Some(ana.id()),
                        View::Teams => ticket.status.is_active() && ticket.team_id == Some(teams[0].id),
                        View::Unassigned => ticket.status.is_active() && ticket.assignee_id.is_none(),
                        View::Pending => ticket.status.word() == "PENDING",
                        View::Hold => ticket.status.word() == "ON_HOLD",
                        View::Resolved => ticket.status.word() == "RESOLVED",
                        _ => true,
                    };
                    if fits { expected.insert(*id); }
                }
                assert_eq!((walked.len(), &ids), (expected.len(), &expected), "{view} by {sort}: each once");
                assert_eq!(base.count(&mut conn, &actor).await.unwrap(), i64::try_from(expected.len()).unwrap(), "{view}: counted");
                let keys: Vec<i64> = walked.iter().map(|ticket| match sort {
                    Sort::Updated => -ticket.updated_at.micros(),
                    Sort::Newest => -ticket.created_at.micros(),
                    Sort::Oldest => ticket.created_at.micros(),
                    Sort::Priority => -ticket.priority.urgency(ticket.updated_at),
                }).collect();
                assert!(keys.is_sorted(), "{view} by {sort}: in order");
            }
        }
    }
}

/// Every view in every order comes out of an index as it is, for those who see all and for an agent of a small team: no
/// part of it scans the tickets of others, and what is sorted are the keys of one page, that page, and what one follows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_view_in_every_order_is_read_from_an_index_and_not_sorted() {
    let world = World::new(Engine::Sqlite).await;
    let teams = [world.team("Small").await, world.team("Big").await];
    let (ana, sue) = (world.agent_of("Ana", &teams[0]).await, world.supervisor("Sue").await);
    let mut wrong = Vec::new();

    for who in [&ana, &sue] {
        let actor = world.actor(who).await;
        for (view, sort) in View::ALL.iter().flat_map(|view| Sort::ALL.iter().map(move |sort| (view, sort))) {
            let filter = Filter { view: Some(*view), sort: Some(*sort), limit: 50, ..Filter::default() };
            let mut conn = world.read().await;
            let (plan, count) = (filter.plan(&mut conn, &actor).await.unwrap(), conn.plan(filter.counting(&actor)).await.unwrap());
            let sorts = match (view, plan.contains("LIST SUBQUERY"), actor.is_supervisor()) {
                (View::Snoozed, ..) => 3,
                (_, true, true) => 2,
                (_, true, false) => 3,
                (_, false, _) => 0,
            };
            let scans = |plan: &str| plan.lines().any(|line| line.starts_with("SCAN t") && !line.contains("INDEX"));
            // counting all of a supervisor's tickets ends after the first thousand
            if scans(&plan) || scans(&count) && !(*view == View::All && actor.is_supervisor()) || plan.matches("TEMP B-TREE").count() > sorts {
                wrong.push(format!("{view} by {sort} for {}:\n{plan}\n-- counting:\n{count}", actor.name));
            }
        }
    }

    assert!(wrong.is_empty(), "{} plans scan or sort:\n\n{}", wrong.len(), wrong.join("\n\n"));
    world.end().await;
}
