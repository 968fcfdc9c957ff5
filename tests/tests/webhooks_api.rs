//! The API of webhooks: who may, what is refused, pages of the log.

use crate::receiver::{API, Receiver, log, webhook};
use kernel::Scope;
use serde_json::{Value, json};
use webhooks::{Delivery, Filter, State};

both! {
    async fn an_address_that_leads_into_a_private_network_is_refused_by_name_of_the_field(world) {
        let ada = world.admin("Ada").await;
        let private = ["http://127.0.0.2/", "http://10.0.0.1/x", "http://2852039166/latest", "http://0xa9fea9fe/", "http://0251.0376.0251.0376/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a00:1]/", "http://0.0.0.0/", "http://192.168.0.1:8080/"];
        let wrong = ["ftp://example.com/", "example.com", "https://a:b@example.com/", "https://example.com:25/", "javascript:alert(1)"];

        for url in private.into_iter().chain(wrong) {
            let refused = ada.post(API, &json!({ "name": "Hook", "url": url, "events": ["*"] })).await.is(422).json();
            assert!(refused["errors"]["url"][0].is_string() && refused["errors"].as_object().unwrap().len() == 1, "{url}: {refused}");
        }
        let all = ada.post(API, &json!({ "name": "", "url": "x", "events": ["ticket.created", "no.such"], "format": "XML", "secret": "mine" })).await.is(422).json();
        let fields: Vec<&String> = all["errors"].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["format", "name", "secret"]);
        let checked = ada.post(API, &json!({ "name": "Hook", "url": "x", "events": ["ticket.created", "no.such"] })).await.is(422).json();
        assert_eq!(checked["errors"].as_object().unwrap().keys().collect::<Vec<_>>(), ["events", "url"]);
        assert_eq!(ada.get(API).await.json()["items"], json!([]));
    }

    async fn only_admins_and_their_tokens_with_both_scopes_keep_webhooks(world) {
        let (ada, sue, ana, cleo) = (world.admin("Ada").await, world.supervisor("Sue").await, world.agent("Ana").await, world.customer("Cleo").await);
        let (reads, writes, both) = (world.token(&ada, &[Scope::TicketsRead]).await, world.token(&ada, &[Scope::TicketsWrite]).await, world.token(&ada, &[Scope::TicketsRead, Scope::TicketsWrite]).await);
        let wish = json!({ "name": "Hook", "url": "https://example.com/", "events": ["*"] });
        let id = both.post(API, &wish).await.is(201).id();

        world.stranger().get(API).await.is(401);
        for who in [&sue, &ana, &cleo, &writes] {
            who.get(API).await.is(403);
            who.get(&format!("{API}/{id}")).await.is(403);
            who.post(API, &wish).await.is(403);
            who.post(&format!("{API}/{id}/test"), &json!({})).await.is(403);
        }
        reads.get(&format!("{API}/{id}/deliveries")).await.is(200);
        reads.post(&format!("{API}/{id}/secret"), &json!({})).await.is(403);
        both.get("/admin/webhooks").await.is(303);
        both.delete(&format!("{API}/{id}")).await.is(204);
        both.get(&format!("{API}/{id}")).await.is(404);
    }

    async fn a_change_needs_the_version_and_a_key_makes_one_webhook(world) {
        let ada = world.admin("Ada").await;
        let wish = json!({ "name": "Hook", "url": "https://example.com/", "events": ["ticket.created"], "format": "SLACK" });
        let ask = || ada.request("POST", API).header("idempotency-key", "one").json(&wish);
        let (first, second) = (ada.send(ask()).await.is(201), ada.send(ask()).await.is(201));
        let place = format!("{API}/{}", first.id());
        let change = |version: i64, name: &str| json!({ "version": version, "name": name, "url": "https://example.com/", "events": ["*"] });

        let changed = ada.put(&place, &change(1, "Other")).await.is(200).json();
        let stale = ada.put(&place, &change(1, "Late")).await.is(409).json();

        assert_eq!((first.id(), second.header("idempotent-replayed")), (second.id(), "true"));
        assert_eq!((&changed["name"], &changed["events"], &changed["format"], &changed["internal"]), (&json!("Other"), &json!(["*"]), &json!("JSON"), &json!(false)));
        assert!(stale["type"].as_str().unwrap().ends_with("stale-version"), "{stale}");
        assert_eq!(ada.get(API).await.json()["items"].as_array().unwrap().len(), 1);
    }

    async fn the_log_is_filtered_and_paged_and_reads_an_index(world) {
        let (ada, cleo, receiver) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await);
        let (id, _) = webhook(&ada, &receiver.at("hook"), json!({})).await;
        let (other, _) = webhook(&ada, &receiver.at("other"), json!({})).await;
        for n in 0..5 {
            cleo.asks(&format!("Ticket {n}")).await;
        }
        receiver.hears("hook", 5).await;
        ada.post(&format!("{API}/{id}/test"), &json!({})).await.is(202);
        receiver.hears("hook", 6).await;
        let page = async |query: &str| ada.get(&format!("{API}/{id}/deliveries?{query}")).await.is(200).json();
        let labels = |page: &Value| page["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect::<Vec<_>>();

        let first = page("event=ticket.created&limit=3").await;
        let rest = page(&format!("event=ticket.created&limit=3&cursor={}", first["nextCursor"].as_str().unwrap())).await;

        let mut all = labels(&first);
        all.extend(labels(&rest));
        assert_eq!(all.iter().map(|label| label.rsplit(' ').next().unwrap()).collect::<Vec<_>>(), ["4", "3", "2", "1", "0"]);
        assert_eq!((labels(&page("event=webhook.test").await), labels(&page("state=FAILED").await).len()), (vec!["Test".to_owned()], 0));
        for wrong in ["state=NO", "limit=0", "limit=101", "cursor=x", "unknown=1"] {
            ada.get(&format!("{API}/{id}/deliveries?{wrong}")).await.is(422);
        }
        let foreign = log(&ada, &other).await[0]["id"].as_str().unwrap().to_owned();
        ada.get(&format!("{API}/{id}/deliveries/{foreign}")).await.is(404);
        let (mut conn, webhook) = (world.read().await, id.parse().unwrap());
        for filter in [Filter::default(), Filter { state: Some(State::Failed), ..Filter::default() }, Filter { kind: Some("ticket.created".to_owned()), ..Filter::default() }] {
            let plan = conn.plan(Delivery::statement(webhook, &filter)).await.unwrap();
            let sorts = plan.contains("TEMP B-TREE") || plan.contains("Seq Scan") && world.engine == db::Engine::Sqlite || plan.contains("SCAN webhook");
            assert!(!sorts, "{plan}");
        }
    }

    async fn every_kind_of_event_is_told_and_the_document_describes_it(world) {
        let ada = world.admin("Ada").await;

        let kinds = ada.get(&format!("{API}/events")).await.is(200).json();
        let document = world.stranger().get("/api/openapi.json").await.is(200).json();

        let kinds: Vec<&str> = kinds["items"].as_array().unwrap().iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
        assert!(["ticket.created", "ticket.noted", "sla.breached"].iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
        assert!(document["paths"]["/api/webhooks/{id}/deliveries/{delivery}/replay"]["post"].is_object());
    }

    async fn pages_make_show_test_and_replay(world) {
        let (ada, receiver) = (world.admin("Ada").await, Receiver::open().await);

        let made = ada.form("/admin/webhooks", &[("name", "Billing"), ("url", &receiver.at("hook")), ("format", "JSON"), ("events", "ticket.created"), ("on", "true")]).await.is(201).text();
        let id = ada.get(API).await.ids()[0].clone();
        let refused = ada.form("/admin/webhooks", &[("name", ""), ("url", "http://10.0.0.1/"), ("format", "JSON"), ("events", "ticket.created"), ("events", "ticket.replied")]).await.is(422).text();
        let place = ada.form(&format!("/admin/webhooks/{id}/test"), &[]).await.is(303).header("location").to_owned();
        let shown = ada.get(&place).await.is(200).text();
        ada.form(&format!("{place}/replay"), &[]).await.is(303);
        let heard = receiver.hears("hook", 2).await;

        let secret = made.split("whsec_").nth(1).unwrap().split('<').next().unwrap();
        heard[0].is_signed_by(&[&format!("whsec_{secret}")]);
        assert!(!ada.get(&format!("/admin/webhooks/{id}")).await.is(200).text().contains("whsec_"));
        assert!(refused.contains("This is needed.") && refused.matches("checked").count() >= 2, "what was chosen stands there again");
        assert!(shown.contains("Delivered") && shown.contains("webhook-signature") && shown.contains("webhook.test"), "{shown}");
        assert!(ada.get(&format!("/admin/webhooks/{id}/deliveries?state=DELIVERED")).await.is(200).text().contains("Test"));
    }
}
