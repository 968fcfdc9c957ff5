//! Custom fields: what an admin asks, what people answer, what each may see.

use crate::{
    client::{Told, Visitor},
    world::World,
};
use db::Engine;
use serde_json::{Value, json};
use tickets::list::{Filter, View};

const API: &str = "/api/support/tickets";

/// A new field, as an admin's form sends it.
async fn field(ada: &Visitor, label: &str, kind: &str, more: &[(&str, &str)]) {
    let mut form = vec![("label", label), ("kind", kind)];
    form.extend(more);
    ada.form("/admin/fields", &form).await.is(303);
}

/// One of each kind; for staff alone: Risk.
async fn one_of_each(ada: &Visitor) {
    field(ada, "Order", "TEXT", &[]).await;
    field(ada, "Seats", "NUMBER", &[]).await;
    field(ada, "Renewal", "DATE", &[]).await;
    field(ada, "Paid", "CHECKBOX", &[]).await;
    field(ada, "Plan", "SELECT", &[("options", "Free\nTeam\nBusiness")]).await;
    field(ada, "Parts", "MULTI_SELECT", &[("options", "Editor\nRuns\nBilling")]).await;
    field(ada, "Risk", "SELECT", &[("options", "Low\nHigh"), ("audience", "STAFF")]).await;
}

fn asked(values: &Value) -> Value {
    json!({ "title": "Printer", "description": "It smokes.", "customFields": values })
}

async fn id_of(who: &Visitor, values: &Value) -> String {
    who.post(API, &asked(values)).await.is(201).id()
}

/// The sentence about one field of a refusal.
fn wrong(told: Told, field: &str) -> String {
    let body = told.is(422).json();
    body["errors"][format!("customFields.{field}")][0].as_str().unwrap_or_else(|| panic!("nothing about {field} in {body}")).to_owned()
}

async fn change(who: &Visitor, id: &str, values: &Value) -> Told {
    let version = who.ticket(id).await["version"].clone();
    who.put(&format!("{API}/{id}"), &json!({ "version": version, "customFields": values })).await
}

both! {
    async fn every_kind_is_kept_typed_and_found_again(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        one_of_each(&ada).await;
        let given = json!({ "order": " A-7 ", "seats": 7.50, "renewal": "2027-02-28", "paid": true, "plan": "team", "parts": ["Runs", "Editor", "Runs"] });

        let made = cleo.post(API, &asked(&given)).await.is(201).json();

        let expected = json!({ "order": "A-7", "seats": 7.5, "renewal": "2027-02-28", "paid": true, "plan": "Team", "parts": ["Editor", "Runs"] });
        assert_eq!(made["customFields"], expected);
        let id = made["id"].as_str().unwrap();
        assert_eq!(cleo.ticket(id).await["customFields"], expected);
        let mut for_staff = expected.clone();
        for_staff["risk"] = Value::Null;
        assert_eq!(ada.ticket(id).await["customFields"], for_staff);
        let other = id_of(&cleo, &json!({})).await;
        for query in ["field.order=a-7", "field.seats=7.5", "field.renewal=2027-02-28", "field.paid=true", "field.plan=TEAM", "field.parts=Runs", "field.plan=Free&field.plan=Team", "field.parts=Editor&field.plan=Team"] {
            assert_eq!(ada.get(&format!("{API}?{query}")).await.is(200).ids(), [id], "{query}");
        }
        for query in ["field.plan=Free", "field.plan=Team&field.seats=8"] {
            assert!(ada.get(&format!("{API}?{query}")).await.is(200).ids().is_empty(), "{query}");
        }
        assert!(ada.get(&format!("{API}?field.nope=1")).await.is(422).json()["errors"]["field.nope"].is_array());
        let desk = ada.get("/desk?view=all&field.plan=Team").await.is(200).text();
        assert!(desk.contains(id) && !desk.contains(&other) && desk.contains("Plan: Team") && desk.contains("name=\"field.plan\""));
    }

    async fn what_is_wrong_is_said_field_by_field(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        one_of_each(&ada).await;
        let long = "x".repeat(501);
        let cases = [
            ("order", json!(7), "Must be text."), ("order", json!(long), "At most 500 characters; this has 501."), ("order", json!("a\nb"), "Must be one line of text."),
            ("seats", json!("7"), "Must be a number."), ("seats", json!(1e20), "At most 15 digits."), ("renewal", json!("2027-02-29"), "Must be a date like 2026-11-22."),
            ("paid", json!("yes"), "Must be true or false."), ("plan", json!("Gold"), "Must be one of Free, Team, Business."), ("plan", json!(["Team"]), "Must be text."),
            ("parts", json!("Runs"), "Must be a list of texts."), ("parts", json!(["Gold"]), "Must be one of Editor, Runs, Billing."),
            ("nothing", json!("x"), "There is no such field."), ("risk", json!("Low"), "There is no such field."),
        ];
        let id = id_of(&cleo, &json!({})).await;

        for (key, value, sentence) in cases {
            assert_eq!(wrong(cleo.post(API, &asked(&json!({ key: value }))).await, key), sentence, "{key}: {value}");
            if key != "risk" {
                assert_eq!(wrong(change(&ada, &id, &json!({ key: value })).await, key), sentence, "{key}: {value}");
            }
        }
        let both = cleo.post(API, &asked(&json!({ "seats": "x", "plan": "x" }))).await.is(422).json();
        assert_eq!(both["errors"].as_object().unwrap().len(), 2);
        assert!(cleo.post(API, &asked(&json!([]))).await.is(422).json()["errors"]["customFields"].is_array());
        assert!(ada.put(&format!("{API}/{id}"), &json!({ "version": 1, "customFields": null })).await.is(422).json()["errors"]["customFields"].is_array());
    }

    async fn agents_change_them_with_a_version_an_undo_and_a_history(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        one_of_each(&ada).await;
        let id = id_of(&cleo, &json!({ "plan": "Team", "order": "A-7" })).await;

        ana.put(&format!("{API}/{id}"), &json!({ "version": 1, "customFields": { "plan": "Business", "risk": "High", "order": null } })).await.is(200);
        ana.put(&format!("{API}/{id}"), &json!({ "version": 1, "customFields": { "plan": "Free" } })).await.is(409);
        cleo.put(&format!("{API}/{id}"), &json!({ "version": 2, "customFields": { "plan": "Free" } })).await.is(403);

        let now = ana.ticket(&id).await;
        assert_eq!((&now["customFields"]["plan"], &now["customFields"]["risk"], &now["customFields"]["order"], &now["version"]), (&json!("Business"), &json!("High"), &Value::Null, &json!(2)));
        let history = ana.get(&format!("/desk/tickets/{id}")).await.is(200).text();
        for words in ["changed Plan: Team → Business", "set Risk to High", "emptied Order, which was A-7"] {
            assert!(history.contains(words), "{words}");
        }
        let page = format!("/desk/tickets/{id}/fields");
        ana.form(&page, &[("version", "2"), ("customFields.plan", "Free")]).await.is(303);
        let conflict = ana.form(&page, &[("version", "2"), ("customFields.plan", "Team")]).await.is(409).text();
        assert!(conflict.contains("Plan: Team") && conflict.contains("value=\"3\""), "what is mine, with the version of now");
        ana.send(ana.request("POST", &format!("{page}/undo?version=3&customFields.plan=Business"))).await.is(303);
        assert_eq!(ana.ticket(&id).await["customFields"]["plan"], "Business");
        ana.form(&page, &[("version", "4"), ("customFields.plan", "Gold")]).await.is(303);
        assert!(ana.get(&format!("/desk/tickets/{id}")).await.text().contains("Plan: Must be one of Free, Team, Business."));
        assert_eq!(ana.ticket(&id).await["version"], 4, "a refused change changes nothing");
    }

    async fn fields_of_staff_never_reach_a_customer(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        one_of_each(&ada).await;
        let id = id_of(&cleo, &json!({ "plan": "Team" })).await;
        change(&ada, &id, &json!({ "risk": "High", "seats": 44 })).await.is(200);

        let mut doors = vec![format!("{API}/{id}"), format!("{API}/{id}/events"), format!("{API}?limit=5"), format!("/requests/{id}"), "/requests/new".to_owned(), "/requests".to_owned()];
        doors.push(format!("{API}/{id}/messages"));
        for door in &doors {
            let told = cleo.get(door).await.is(200).text();
            assert!(!told.contains("Risk") && !told.contains("risk"), "{door}");
        }
        let page = cleo.get(&format!("/requests/{id}")).await.text();
        assert!(page.contains("<dt>Seats</dt><dd>44</dd>") && page.contains("set Seats to 44"));
        assert!(cleo.get(&format!("{API}?field.risk=High")).await.is(422).json()["errors"]["field.risk"].is_array());
        let probe = Filter { fields: vec![("risk".to_owned(), vec!["High".to_owned()])], limit: 5, ..Filter::default() };
        let actor = world.actor(&cleo).await;
        assert!(probe.page(&mut world.read().await, &actor).await.unwrap().rows.is_empty(), "not found by what one may not see");

        ada.form("/admin/fields/seats", &[("label", "Seats"), ("audience", "STAFF"), ("version", "1")]).await.is(303);
        for door in &doors {
            assert!(!cleo.get(door).await.is(200).text().contains("eats"), "{door}: the old line of the history is gone too");
        }
    }

    async fn conditions_decide_what_is_needed(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        field(&ada, "Plan", "SELECT", &[("options", "Free\nBusiness"), ("shownOn", "category"), ("shownIs", "Billing")]).await;
        field(&ada, "Seats", "NUMBER", &[("isNeededAtFirst", "true"), ("shownOn", "field:plan"), ("shownIs", "business")]).await;
        assert!(ada.get("/admin/fields/plan").await.text().contains(">Billing</textarea>"), "as it was typed");
        field(&ada, "Caller", "TEXT", &[("isNeededAtFirst", "true"), ("shownOn", "channel"), ("shownIs", "Call")]).await;
        let ask = |category: &str, values: Value| { let mut body = asked(&values); body["category"] = json!(category); body };

        cleo.post(API, &ask("BUG", json!({}))).await.is(201);
        cleo.post(API, &ask("BUG", json!({ "plan": "Business" }))).await.is(201);
        cleo.post(API, &ask("BILLING", json!({ "plan": "Free" }))).await.is(201);
        assert_eq!(wrong(cleo.post(API, &ask("BILLING", json!({ "plan": "Business" }))).await, "seats"), "“Seats” is needed.");
        cleo.post(API, &ask("BILLING", json!({ "plan": "Business", "seats": 3 }))).await.is(201);

        let blank = cleo.get("/requests/new").await.is(200).text();
        assert!(blank.contains("data-on=\"category\"") && blank.contains("Only if “Plan” is Business") && !blank.contains("Caller"));
        let form = [("category", "BILLING"), ("title", ""), ("content", "x"), ("customFields.plan", "Business"), ("customFields.seats", "")];
        let again = cleo.form("/requests", &form).await.is(422).text();
        assert!(again.contains("“Seats” is needed.") && again.contains("Write a subject.") && again.contains("<option value=\"Business\" selected>"), "all that is wrong, and nothing typed is lost");
        assert!(ada.form("/admin/fields/plan", &[("label", "Plan"), ("options", "Free\nBusiness"), ("version", "1"), ("shownOn", "field:seats"), ("shownIs", "3")]).await.is(422).text().contains("a circle"));
    }

    async fn staff_solves_only_when_nothing_is_missing_and_customers_always(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        field(&ada, "Cause", "TEXT", &[("audience", "STAFF"), ("isNeededToSolve", "true")]).await;
        let id = id_of(&cleo, &json!({})).await;
        let words = "“Cause” is needed before this is solved. Fill it in under Details.";

        for status in ["RESOLVED", "CLOSED"] {
            assert_eq!(wrong(ana.put(&format!("{API}/{id}"), &json!({ "version": 1, "status": status })).await, "cause"), words);
        }
        assert_eq!(wrong(ana.post(&format!("{API}/{id}/messages"), &json!({ "content": "Done", "status": "RESOLVED" })).await, "cause"), words);
        ana.form(&format!("/desk/tickets/{id}/status"), &[("version", "1"), ("status", "RESOLVED")]).await.is(303);
        let told = ana.get(&format!("/desk/tickets/{id}")).await.text();
        assert!(told.contains(words) && told.contains("Needed to solve"));
        assert!(ana.form(&format!("/desk/tickets/{id}/messages"), &[("kind", "reply"), ("content", "Done"), ("status", "RESOLVED")]).await.is(422).text().contains(words));
        let now = ana.ticket(&id).await;
        assert_eq!((&now["status"], now["messages"].as_array().unwrap().len()), (&json!("OPEN"), 1));

        ana.put(&format!("{API}/{id}"), &json!({ "version": 1, "status": "RESOLVED", "customFields": { "cause": "Dust" } })).await.is(200);
        let other = id_of(&cleo, &json!({})).await;
        cleo.form(&format!("/requests/{other}/solve"), &[]).await.is(303);
        assert_eq!(cleo.ticket(&other).await["status"], "RESOLVED");
    }

    async fn an_archived_field_is_asked_no_more_and_loses_nothing(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        field(&ada, "Plan", "SELECT", &[("options", "Free\nTeam"), ("isNeededAtFirst", "true"), ("isNeededToSolve", "true")]).await;
        let id = id_of(&cleo, &json!({ "plan": "Team" })).await;
        ada.form("/admin/fields/plan", &[("label", "Plan"), ("options", "Free\nBusiness"), ("isNeededAtFirst", "true"), ("isNeededToSolve", "true"), ("version", "1")]).await.is(303);
        assert!(ada.get(&format!("/desk/tickets/{id}")).await.text().contains("<option value=\"Team\" selected>"), "a choice that is gone stays where it was made");

        ada.form("/admin/fields/plan/archive", &[]).await.is(303);
        ada.form("/admin/fields/plan/archive", &[]).await.is(303);

        assert_eq!(cleo.ticket(&id).await["customFields"], json!({ "plan": "Team" }));
        assert!(ada.get(&format!("/desk/tickets/{id}")).await.text().contains("(archived)"));
        assert!(cleo.get(&format!("/requests/{id}")).await.text().contains("<dt>Plan</dt><dd>Team</dd>"));
        assert_eq!(ada.get(&format!("{API}?field.plan=Team")).await.is(200).ids(), [id.as_str()]);
        assert_eq!(wrong(change(&ada, &id, &json!({ "plan": "Free" })).await, "plan"), "“Plan” is archived: it can't be filled in any more.");
        let other = id_of(&cleo, &json!({})).await;
        assert_eq!(cleo.ticket(&other).await["customFields"], json!({}));
        ada.put(&format!("{API}/{other}"), &json!({ "version": 1, "status": "RESOLVED" })).await.is(200);
        ada.form("/admin/fields/plan/restore", &[]).await.is(303);
        wrong(cleo.post(API, &asked(&json!({}))).await, "plan");
    }

    async fn a_guest_answers_before_the_address_is_confirmed(world) {
        let ada = world.admin("Ada").await;
        field(&ada, "Plan", "SELECT", &[("options", "Free\nTeam"), ("isNeededAtFirst", "true")]).await;
        let guest = world.stranger();
        let form = |plan: &'static str| [("category", "BUG"), ("title", "Hello"), ("content", "x"), ("email", "kim@new.test"), ("name", "Kim"), ("customFields.plan", plan)];

        assert!(guest.form("/requests", &form("")).await.is(422).text().contains("“Plan” is needed."));
        guest.form("/requests", &form("Team")).await.is(200);
        let mail = world.outbox().await.remove(0);
        let link = mail.text.split_whitespace().find(|word| word.contains("/requests/confirm/")).unwrap().to_owned();
        let path = &link[link.find("/requests/").unwrap()..];
        guest.form(path, &[]).await.is(303);

        let id = ada.get(API).await.ids().remove(0);
        assert_eq!(ada.ticket(&id).await["customFields"]["plan"], "Team");
    }

    async fn a_form_tells_all_that_is_wrong_with_a_field_at_once(world) {
        let ada = world.admin("Ada").await;
        let wrong = [("label", ""), ("key", "Bad Key!"), ("kind", "SELECT"), ("options", ""), ("shownOn", "category"), ("shownIs", "")];

        let page = ada.form("/admin/fields", &wrong).await.is(422).text();
        one_of_each(&ada).await;
        let changed = ada.form("/admin/fields/plan", &[("label", ""), ("version", "1"), ("options", "")]).await.is(422).text();

        for field in ["label", "key", "options", "shownIs"] {
            assert!(page.contains(&format!("href=\"#{field}\"")), "{field}: {page}");
        }
        assert!(changed.contains("href=\"#label\"") && changed.contains("Give at least one choice."), "{changed}");
    }
}

/// A list narrowed by a custom field reads the index of values and scans nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_by_a_custom_field_reads_an_index() {
    let world = World::new(Engine::Sqlite).await;
    let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
    one_of_each(&ada).await;
    id_of(&cleo, &json!({ "plan": "Team" })).await;

    for who in [&ada, &cleo] {
        let actor = world.actor(who).await;
        let filter = Filter { view: Some(View::Open), fields: vec![("plan".to_owned(), vec!["Team".to_owned()])], limit: 50, ..Filter::default() };
        let plan = filter.plan(&mut world.read().await, &actor).await.unwrap();
        assert!(plan.contains("ticket_field_values_by_value") || plan.contains("sqlite_autoindex_ticket_field_values"), "{plan}");
        assert!(!plan.lines().any(|line| line.starts_with("SCAN v") || line.starts_with("SCAN f")), "{plan}");
    }
    world.end().await;
}
