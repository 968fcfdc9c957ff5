//! Custom statuses: what an admin calls the ways in which a ticket stands.

use crate::{bulk::ended, client::Visitor};
use serde_json::json;

const API: &str = "/api/support/tickets";

async fn status(ada: &Visitor, name: &str, counts_as: &str, for_customers: &str) {
    ada.form("/admin/statuses", &[("name", name), ("status", counts_as), ("customerName", for_customers)]).await.is(303);
}

async fn asks(who: &Visitor, title: &str) -> String {
    who.asks(title).await["id"].as_str().unwrap().to_owned()
}

async fn set(who: &Visitor, id: &str, custom: &str) -> crate::client::Told {
    let version = who.ticket(id).await["version"].clone();
    who.put(&format!("{API}/{id}"), &json!({ "version": version, "customStatus": custom })).await
}

both! {
    async fn it_stands_for_the_status_that_it_belongs_to(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "Waiting on legal", "ON_HOLD", "With our specialists").await;
        let id = asks(&cleo, "Contract").await;

        let told = set(&ben, &id, "waiting_on_legal").await.is(200).json();

        assert_eq!((&told["status"], &told["statusLabel"], &told["customStatus"]), (&json!("ON_HOLD"), &json!("Waiting on legal"), &json!("waiting_on_legal")));
        assert!(ben.get("/desk?view=hold").await.text().contains("Waiting on legal"), "in the view of its status, by its name");
        assert_eq!(ben.get(&format!("{API}?customStatus=waiting_on_legal")).await.is(200).ids(), [id.as_str()]);
        assert!(ben.get("/desk?customStatus=waiting_on_legal").await.text().contains("Status: Waiting on legal"));
        assert!(ben.get("/desk?customStatus=gone").await.text().contains("Status: removed"));
    }

    async fn customers_read_their_own_word_and_never_the_agents(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "Suspected fraud", "ON_HOLD", "").await;
        status(&ada, "Fraud desk", "IN_PROGRESS", "Being checked").await;
        let id = asks(&cleo, "Money").await;

        set(&ben, &id, "suspected_fraud").await.is(200);
        let seen = cleo.ticket(&id).await;
        assert_eq!((&seen["statusLabel"], seen.get("customStatus")), (&json!("On hold"), None));
        set(&ben, &id, "fraud_desk").await.is(200);

        assert_eq!(cleo.ticket(&id).await["statusLabel"], "Being checked");
        assert!(cleo.get("/requests").await.text().contains("Being checked"));
        for path in [format!("/requests/{id}"), format!("{API}/{id}"), format!("{API}/{id}/events"), "/requests".to_owned(), "/api/support/export/tickets?format=csv".to_owned()] {
            let text = cleo.get(&path).await.text().to_lowercase();
            assert!(!text.contains("fraud"), "{path} tells the agents' word");
        }
        assert!(cleo.get(&format!("{API}?customStatus=fraud_desk")).await.is(200).ids().is_empty(), "nor is it found by it");
        assert!(ben.get(&format!("/desk/tickets/{id}")).await.text().contains("set the status to Fraud desk"));
    }

    async fn it_goes_with_its_status_and_comes_back_by_undo(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS", "").await;
        status(&ada, "Needs a log", "PENDING", "").await;
        let id = asks(&cleo, "Crash").await;
        let key = |seen: serde_json::Value| seen["customStatus"].as_str().map(str::to_owned);

        set(&ben, &id, "needs_a_log").await.is(200);
        cleo.post(&format!("{API}/{id}/messages"), &json!({ "content": "Here it is." })).await.is(201);
        let seen = ben.ticket(&id).await;
        assert_eq!((&seen["status"], key(seen.clone())), (&json!("OPEN"), None), "an answer opens it, and the name goes");

        set(&ben, &id, "in_review").await.is(200);
        let seen = ben.ticket(&id).await;
        ben.form(&format!("/desk/tickets/{id}/status"), &[("version", &seen["version"].to_string()), ("status", "IN_PROGRESS")]).await.is(303);
        assert_eq!(key(ben.ticket(&id).await), None, "the plain one takes the name away");
        let version = ben.ticket(&id).await["version"].to_string();
        ben.form(&format!("/desk/tickets/{id}/undo?field=status&status=custom:in_review&version={version}"), &[]).await.is(303);
        assert_eq!(key(ben.ticket(&id).await).as_deref(), Some("in_review"));
    }

    async fn many_tickets_at_once_get_it_back(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS", "").await;
        let id = asks(&cleo, "Crash").await;
        set(&ben, &id, "in_review").await.is(200);

        let bulk = ben.post("/api/support/bulk", &json!({ "tickets": [id], "status": "IN_PROGRESS" })).await.is(202).id();
        ended(&ben, &bulk, "DONE").await;
        assert_eq!(ben.ticket(&id).await.get("customStatus"), None);
        ben.post(&format!("/api/support/bulk/{bulk}/undo"), &json!({})).await.is(202);
        ended(&ben, &bulk, "UNDONE").await;

        assert_eq!(ben.ticket(&id).await["customStatus"], "in_review");
    }

    async fn wrong_ones_are_refused_with_words(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS", "").await;
        let id = asks(&cleo, "Crash").await;

        assert!(ada.form("/admin/statuses", &[("name", "in Review"), ("status", "OPEN")]).await.is(422).text().contains("already"));
        assert!(ada.form("/admin/statuses", &[("name", "?!"), ("status", "OPEN")]).await.is(422).text().contains("needs a letter"));
        assert!(ada.form("/admin/statuses", &[("name", "Later")]).await.is(422).text().contains("Choose what it counts as"));
        assert!(ada.form("/admin/statuses", &[("name", &"x".repeat(41)), ("status", "OPEN")]).await.is(422).text().contains("value=\"xxxx"), "what was typed stays");
        assert_eq!(set(&ben, &id, "nothing").await.is(422).json()["errors"]["customStatus"][0], "There is no such status.");
        let both = ben.put(&format!("{API}/{id}"), &json!({ "version": 1, "status": "CLOSED", "customStatus": "in_review" })).await.is(422).json();
        assert_eq!(both["errors"]["customStatus"][0], "“In review” belongs to IN_PROGRESS.");
        cleo.put(&format!("{API}/{id}"), &json!({ "version": 1, "customStatus": "in_review" })).await.is(403);
        ada.form("/admin/statuses/in_review", &[("name", "Reviewing"), ("version", "1")]).await.is(303);
        assert!(ada.form("/admin/statuses/in_review", &[("name", "Checked"), ("version", "1")]).await.is(409).text().contains("Somebody else"));
        ada.get("/admin/statuses/nothing").await.is(404);
        assert_eq!(ben.ticket(&id).await["version"], 1, "nothing of it was done");
    }

    async fn an_archived_one_stays_where_it_is_and_is_set_no_more(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS", "").await;
        let (id, other) = (asks(&cleo, "Crash").await, asks(&cleo, "Other").await);
        set(&ben, &id, "in_review").await.is(200);

        ada.form("/admin/statuses/in_review/archive", &[]).await.is(303);
        ada.form("/admin/statuses/in_review/archive", &[]).await.is(303);

        assert_eq!(ben.ticket(&id).await["statusLabel"], "In review");
        assert!(ben.get(&format!("/desk/tickets/{id}")).await.text().contains("<option value=\"custom:in_review\""));
        set(&ben, &other, "in_review").await.is(422);
        assert!(!ben.get(&format!("/desk/tickets/{other}")).await.text().contains("<option value=\"custom:in_review\""));
        ada.form("/admin/statuses/in_review/restore", &[]).await.is(303);
        set(&ben, &other, "in_review").await.is(200);
    }

    async fn solving_by_it_asks_what_solving_asks(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "Done by itself", "RESOLVED", "").await;
        ada.form("/admin/fields", &[("label", "Cause"), ("kind", "TEXT"), ("isNeededToSolve", "true")]).await.is(303);
        let id = asks(&cleo, "Crash").await;

        set(&ben, &id, "done_by_itself").await.is(422);

        let version = ben.ticket(&id).await["version"].clone();
        let told = ben.put(&format!("{API}/{id}"), &json!({ "version": version, "customStatus": "done_by_itself", "customFields": { "cause": "Wind" } })).await.is(200).json();
        assert_eq!(told["status"], "RESOLVED");
        assert!(told["resolvedAt"].is_string());
    }
}
