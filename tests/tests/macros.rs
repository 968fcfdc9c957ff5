//! Macros and canned replies: who may use which, what they say and change, and what is gone.

use crate::client::Visitor;
use serde_json::{Value, json};

const MACROS: &str = "/api/support/macros";

async fn made(who: &Visitor, body: Value) -> String {
    who.post(MACROS, &body).await.is(201).id()
}

/// A ticket of the customer Cleo in no team.
async fn ticket(cleo: &Visitor, title: &str) -> (String, String) {
    let id = cleo.asks(title).await["id"].as_str().unwrap().to_owned();
    (format!("/api/support/tickets/{id}"), id)
}

both! {
    async fn a_macro_changes_in_one_step_fills_its_text_and_is_taken_back(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (path, id) = ticket(&cleo, "Printer").await;
        let named = made(&ana, json!({ "name": "Refund", "reply": "Hi {{requester.first_name}}, about {{ticket.number}}: yes. {{agent.name}}", "status": "PENDING", "assignedTo": "me", "addTags": ["Refund", "money"] })).await;

        let preview = ana.get(&format!("{path}/macros/{named}")).await.is(200).json();
        let untouched = ana.ticket(&id).await;
        let applied = ana.post(&format!("{path}/macros/{named}"), &json!({})).await.is(200).json();
        let changed = ana.ticket(&id).await;
        let undone = ana.post(&format!("/api/support/bulk/{}/undo", applied["bulk"].as_str().unwrap()), &json!({})).await.is(202).json();

        let number = untouched["number"].as_i64().unwrap();
        assert_eq!(preview["text"], format!("Hi Cleo, about #{number}: yes. Ana"));
        assert_eq!(preview["lines"].as_array().unwrap().iter().map(|line| format!("{}: {}", line["what"].as_str().unwrap(), line["value"].as_str().unwrap())).collect::<Vec<_>>(),
            ["Status: Waiting on customer", "Assignee: You", "Add tags: refund, money"]);
        assert_eq!((untouched["status"].as_str(), untouched["version"].as_i64()), (Some("OPEN"), Some(1)), "a preview does nothing");
        assert_eq!((changed["status"].as_str(), changed["assignedTo"].as_str(), &changed["tags"]), (Some("PENDING"), Some(&*ana.id().to_string()), &json!(["money", "refund"])));
        assert_eq!(changed["messages"].as_array().unwrap().len(), 1, "the reply is not sent before the agent says so");
        assert_eq!(ana.get(&format!("{MACROS}/{named}")).await.json()["used"], 1);
        assert_eq!(undone["state"], "UNDOING");
        crate::world::eventually("the ticket is as it was", || async { let now = ana.ticket(&id).await; now["status"] == "OPEN" && now["assignedTo"].is_null() && now["tags"] == json!([]) }).await;
    }

    async fn who_may_use_and_write_which(world) {
        let team = world.team("Money").await;
        let (ana, bo, max, sue) = (world.agent_of("Ana", &team).await, world.agent("Bo").await, world.agent_of("Max", &team).await, world.supervisor("Sue").await);
        let cleo = world.customer("Cleo").await;
        let own = made(&ana, json!({ "name": "Own", "reply": "o" })).await;
        let of_team = made(&sue, json!({ "name": "Team", "reply": "t", "audience": "TEAM", "audienceTeamId": team.id })).await;
        let for_all = made(&sue, json!({ "name": "All", "reply": "a", "audience": "ALL" })).await;

        for (who, sees) in [(&ana, vec![&for_all, &own, &of_team]), (&bo, vec![&for_all]), (&max, vec![&for_all, &of_team]), (&sue, vec![&for_all, &of_team])] {
            assert_eq!(who.get(MACROS).await.is(200).ids().iter().collect::<Vec<_>>(), sees, "{}", who.name);
        }
        cleo.get(MACROS).await.is(403);
        for audience in [json!({ "audience": "ALL" }), json!({ "audience": "TEAM", "audienceTeamId": team.id })] {
            let mut body = json!({ "name": "x", "reply": "x" });
            body.as_object_mut().unwrap().extend(audience.as_object().unwrap().clone());
            assert!(ana.post(MACROS, &body).await.is(422).json()["errors"]["audience"][0].as_str().unwrap().contains("Supervisors"));
        }
        bo.get(&format!("{MACROS}/{own}")).await.is(404);
        sue.get(&format!("{MACROS}/{own}")).await.is(404);
        bo.get(&format!("{MACROS}/{of_team}")).await.is(404);
        max.delete(&format!("{MACROS}/{of_team}")).await.is(403);
        max.put(&format!("{MACROS}/{for_all}"), &json!({ "version": 1, "name": "Mine", "reply": "x" })).await.is(403);
        sue.put(&format!("{MACROS}/{for_all}"), &json!({ "version": 7, "name": "All", "reply": "x", "audience": "ALL" })).await.is(409);
        sue.put(&format!("{MACROS}/{for_all}"), &json!({ "version": 1, "name": "For all", "reply": "x", "audience": "ALL" })).await.is(200);
        ana.delete(&format!("{MACROS}/{own}")).await.is(204);
        ana.get(&format!("{MACROS}/{own}")).await.is(404);
    }

    async fn what_is_wrong_is_told_when_it_is_saved(world) {
        let ana = world.agent("Ana").await;
        let wrong = |body: Value| { let ana = &ana; async move { ana.post(MACROS, &body).await.is(422).json()["errors"].clone() } };

        let unknown = wrong(json!({ "name": "n", "reply": "Hi {{requester.phone}}" })).await;
        assert!(unknown["reply"][0].as_str().unwrap().contains("{{requester.phone}}"), "{unknown}");
        assert!(wrong(json!({ "name": "n", "note": "{{x}}" })).await["note"].is_array());
        assert!(wrong(json!({ "name": "n" })).await["reply"].is_array(), "it must do something");
        assert!(wrong(json!({ "name": "n", "reply": "a", "note": "b" })).await["note"].is_array());
        assert!(wrong(json!({ "name": "n", "reply": "a", "assignedTo": ana.name })).await["assignedTo"].is_array());
        assert!(wrong(json!({ "name": "n", "reply": "a", "teamId": "01a00000-0000-7000-8000-000000000000" })).await["teamId"].is_array());
        assert!(wrong(json!({ "name": "n", "reply": "a", "colour": "red" })).await["colour"].is_array());
        assert_eq!(ana.get(MACROS).await.ids(), Vec::<String>::new());
        made(&ana, json!({ "name": "prompts", "reply": "Write \\{{name}} in your prompt." })).await;
    }

    async fn a_macro_that_names_somebody_who_is_gone_says_so_and_does_nothing(world) {
        let (cleo, ana, max) = (world.customer("Cleo").await, world.agent("Ana").await, world.agent("Max").await);
        let (path, id) = ticket(&cleo, "Printer").await;
        let named = made(&ana, json!({ "name": "To Max", "status": "ON_HOLD", "assignedTo": max.id() })).await;
        let mut tx = world.write().await;
        accounts::Person::get(&mut tx, max.id()).await.unwrap().set_disabled(&mut tx, &kernel::Actor::system("Test"), true).await.unwrap();
        tx.commit().await.unwrap();

        let listed = ana.get(MACROS).await.json();
        let refused = ana.post(&format!("{path}/macros/{named}"), &json!({})).await.is(409).json();
        let many = ana.post("/api/support/bulk", &json!({ "tickets": [id], "macroId": named })).await.is(422).json();

        assert!(listed["items"][0]["trouble"].as_str().unwrap().contains("not on the staff"), "{listed}");
        assert!(refused["detail"].as_str().unwrap().contains("Nothing was done"), "{refused}");
        assert!(many["errors"]["changes"][0].as_str().unwrap().contains("not on the staff"), "{many}");
        let now = ana.ticket(&id).await;
        assert_eq!((now["status"].as_str(), now["version"].as_i64()), (Some("OPEN"), Some(1)), "nothing of it is done");
        assert_eq!(ana.get(&format!("{MACROS}/{named}")).await.json()["used"], 0);
    }

    async fn a_macro_that_the_ticket_refuses_says_why(world) {
        let (cleo, ana, ada) = (world.customer("Cleo").await, world.agent("Ana").await, world.admin("Ada").await);
        let (_, id) = ticket(&cleo, "Printer").await;
        ada.form("/admin/fields", &[("label", "Cause"), ("kind", "TEXT"), ("isNeededToSolve", "true")]).await.is(303);
        let named = made(&ana, json!({ "name": "Done", "status": "RESOLVED" })).await;

        ana.form(&format!("/desk/tickets/{id}/macros/{named}"), &[]).await.is(303);

        let told = ana.get(&format!("/desk/tickets/{id}")).await.text();
        assert!(told.contains("“Done” changed nothing.") && told.contains("“Cause” is needed"), "{told}");
        assert_eq!(ana.ticket(&id).await["status"], "OPEN");
    }

    async fn hostile_values_stay_text_in_what_is_sent(world) {
        let ana = world.agent("Ana").await;
        let eve = world.person("<img src=x onerror=alert(1)> [c](https://evil.test)", "eve@evil.test", kernel::Role::Customer, None).await;
        let (path, id) = ticket(&eve, "# T <script>alert(2)</script> www.evil.test ![i](x)").await;
        let named = made(&ana, json!({ "name": "Hi", "reply": "{{requester.name}}\n\n{{ticket.title}}" })).await;

        let text = ana.post(&format!("{path}/macros/{named}"), &json!({})).await.is(200).json()["text"].as_str().unwrap().to_owned();
        ana.replies(&id, &text).await;

        let mut conn = world.read().await;
        let html: String = conn.one(db::sql!("SELECT html FROM messages WHERE ticket_id = $1 AND is_staff = TRUE", id.parse::<uuid::Uuid>().unwrap())).await.unwrap();
        for word in ["<img", "<a ", "<script", "<h1", "href"] {
            assert!(!html.contains(word), "{word} in {html}");
        }
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt; [c](https://evil.test)"), "it is shown as it is: {html}");
    }

    async fn the_list_pages_by_name_and_finds_by_words(world) {
        let ana = world.agent("Ana").await;
        for n in 0..7 {
            made(&ana, json!({ "name": format!("Reply {}% {n}", n % 2), "reply": "x" })).await;
        }
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = ana.get(&format!("{MACROS}?limit=3{cursor}")).await.is(200);
            all.extend(page.ids());
            match page.json()["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let mut once = all.clone();
        once.sort();
        once.dedup();
        assert_eq!((all.len(), once.len()), (7, 7));
        assert_eq!(ana.get(&format!("{MACROS}?q=1%25")).await.ids().len(), 3, "a percent sign is one");

        let actor = world.actor(&ana).await;
        for search in [macros::Search { limit: 50, ..macros::Search::default() }, macros::Search { limit: 50, after: Some(all[1].parse().unwrap()), ..macros::Search::default() }] {
            let plan = world.read().await.plan(search.statement(&actor)).await.unwrap();
            assert!(world.engine == db::Engine::Postgres || plan.contains("macros_by_name") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
