//! What a rule says: its replies and notes name the ticket and its people, tell it beforehand, and stay words.

use crate::{client::Visitor, world::eventually};
use db::sql;
use serde_json::{Value, json};

const API: &str = "/api/support/rules";

fn at_each_ticket(name: &str, then: &Value) -> Value {
    json!({ "name": name, "on": true, "when": ["ticket.created"], "if": { "all": [] }, "then": then })
}

/// The texts of a ticket's thread, the newest last, as somebody sees them.
async fn said(who: &Visitor, ticket: &str) -> Vec<String> {
    let thread = who.ticket(ticket).await["messages"].clone();
    thread.as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

both! {
    async fn replies_and_notes_of_a_rule_name_the_ticket_and_its_people(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana Lima").await, world.customer("Cleo").await);
        let then = json!([
            { "do": "reply", "with": "Hi {{requester.first_name}}, {{ticket.number}} is here. {{agent.first_name}}" },
            { "do": "set_assignee", "with": ana.id() },
            { "do": "note", "with": "{{ requester.email }} waits for {{agent.first_name}} \\{{x}}" },
        ]);
        ada.post(API, &at_each_ticket("Greet", &then)).await.is(201);

        let ticket = cleo.asks("Printer").await;
        let (id, number) = (ticket["id"].as_str().unwrap(), &ticket["number"]);
        eventually("it was said", || async { said(&ana, id).await.len() == 3 }).await;

        let said = said(&ana, id).await;
        assert_eq!(said[1], format!("Hi Cleo, #{number} is here. PromptCraft"), "nobody has it yet");
        assert_eq!(said[2], "cleo\\@customer.test waits for Ana {{x}}");
    }

    async fn a_dry_run_tells_the_words_of_the_first_ticket_it_finds(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        let then = json!([{ "do": "add_tag", "with": "seen" }, { "do": "reply", "with": "Hi {{requester.first_name}}: {{ticket.title}}" }]);
        let mut wish = at_each_ticket("Greet", &then);
        wish["on"] = json!(false);
        let made = ada.post(API, &wish).await.is(201);
        let path = format!("{API}/{}/dry-run", made.id());

        let without = ada.get(&path).await.is(200).json();
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let with = ada.get(&path).await.is(200).json();
        let page = ada.get(&format!("/admin/automations/{}/dry-run", made.id())).await.is(200).text();

        assert_eq!((&without["count"], &without["texts"]), (&json!(0), &json!([{ "step": 2, "text": "Hi {{requester.first_name}}: {{ticket.title}}" }])));
        assert_eq!((&with["count"], &with["texts"]), (&json!(1), &json!([{ "step": 2, "text": "Hi Cleo: Printer" }])));
        assert!(page.contains("Hi Cleo: Printer") && page.contains("The text as it would be for #"), "{page}");
        assert_eq!(said(&ada, &ticket).await.len(), 1, "nothing was said");
    }

    async fn a_variable_that_is_not_there_is_refused_where_it_stands(world) {
        let ada = world.admin("Ada").await;
        let then = json!([{ "do": "note", "with": "{{ticket.number}}" }, { "do": "reply", "with": "Call {{requester.phone}}" }]);

        let told = ada.post(API, &at_each_ticket("Phone", &then)).await.is(422).json();
        let form = [("name", "Phone"), ("event", "ticket.created"), ("a1do", "reply"), ("a1value", "Call {{requester.phone}}")];
        let page = ada.form("/admin/automations", &form).await.is(422).text();
        let terms = ada.get(&format!("{API}/terms")).await.is(200).json();

        assert!(told["errors"]["a2value"][0].as_str().unwrap().contains("There is no variable {{requester.phone}}"), "{told}");
        assert_eq!(told["errors"].as_object().unwrap().len(), 1, "{told}");
        assert!(page.contains("There is no variable {{requester.phone}}") && page.contains("<code>{{requester.first_name}}</code>"), "{page}");
        assert!(terms["variables"].as_array().unwrap().iter().any(|one| one["value"] == "ticket.title"), "{terms}");
        assert_eq!(ada.get(API).await.json()["items"], json!([]));
    }

    async fn what_others_wrote_stays_words_in_what_a_rule_says(world) {
        let ada = world.admin("Ada").await;
        let eve = world.person("<img src=x onerror=alert(1)> [c](https://evil.test)", "eve@evil.test", kernel::Role::Customer, None).await;
        ada.post(API, &at_each_ticket("Echo", &json!([{ "do": "reply", "with": "{{requester.name}}\n\n{{ticket.title}}" }, { "do": "note", "with": "{{ticket.title}}" }]))).await.is(201);

        let ticket = eve.asks("# T <script>alert(2)</script> www.evil.test ![i](x) {{agent.name}}").await["id"].as_str().unwrap().to_owned();
        eventually("it was said", || async { said(&ada, &ticket).await.len() == 3 }).await;

        let html: Vec<String> = world.read().await.all(sql!("SELECT html FROM messages WHERE ticket_id = $1 AND is_staff = TRUE", ticket.parse::<uuid::Uuid>().unwrap())).await.unwrap();
        for word in ["<img", "<a ", "<script", "<h1", "href"] {
            assert!(!html.iter().any(|html| html.contains(word)), "{word} in {html:?}");
        }
        assert!(html[0].contains("&lt;img src=x onerror=alert(1)&gt; [c](https://evil.test)") && html[0].contains("{{agent.name}}"), "it is shown as it is: {html:?}");
    }

    async fn a_form_tells_all_that_is_wrong_at_once(world) {
        let ada = world.admin("Ada").await;
        let row = [("c1field", "priority"), ("c1op", "any_of"), ("a1do", "add_tag"), ("a1value", "")];

        for act in ["save", "try"] {
            let page = ada.form("/admin/automations", &[&[("name", ""), ("act", act)][..], &row[..]].concat()).await.is(422).text();
            for words in ["href=\"#name\"", "Say when: choose what happens", "Condition 1: choose a value.", "Add tag, step 1: write something.", "Write something."] {
                assert!(page.contains(words), "{act}: {words} in {page}");
            }
        }
        let page = ada.form("/admin/automations", &[("name", "")]).await.is(422).text();
        assert!(page.contains("href=\"#name\"") && page.contains("Say what is done: 1 to 30 steps."), "{page}");
        let told = ada.post(API, &json!({ "then": [{ "do": "add_tag", "with": "" }] })).await.is(422).json();
        let fields: Vec<&String> = told["errors"].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["a1value", "name", "when"]);
    }
}
