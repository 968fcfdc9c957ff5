//! Columns of the desk's list: chosen in the address, kept with a view, drawn in their order.

use crate::client::Visitor;
use serde_json::json;

const API: &str = "/api/support/views";

/// The names of the columns that the list has, in their order.
async fn heads(ana: &Visitor, path: &str) -> Vec<String> {
    let page = ana.get(path).await.is(200).text();
    let Some(head) = page.split("ticket-row heads").nth(1).and_then(|rest| rest.split("</li>").next()) else { return Vec::new() };
    head.split("row-cell truncate\">").skip(1).map(|cell| cell.split('<').next().unwrap_or_default().to_owned()).collect()
}

/// What stands in the cells of the first row.
async fn cells(ana: &Visitor, path: &str) -> String {
    let page = ana.get(path).await.is(200).text();
    let row = page.split("id=\"row-").nth(1).unwrap_or_default().split("</li>").next().unwrap_or_default().to_owned();
    row.split("class=\"row-cells\"").nth(1).unwrap_or_default().to_owned()
}

both! {
    async fn every_column_shows_its_fact(world) {
        let team = world.team("Invoices").await;
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent_of("Ana", &team).await, world.customer("Cleo").await);
        ada.form("/admin/fields", &[("label", "Plan"), ("kind", "SELECT"), ("options", "Free\nTeam")]).await.is(303);
        let ticket = cleo.post("/api/support/tickets", &json!({ "title": "Printer", "description": "It smokes.", "category": "BILLING", "customFields": { "plan": "Team" } })).await.is(201).json();
        let (id, version) = (ticket["id"].as_str().unwrap(), &ticket["version"]);
        ana.put(&format!("/api/support/tickets/{id}"), &json!({ "version": version, "teamId": team.id, "assignedTo": ana.id(), "priority": "HIGH", "tags": ["toner", "fire"], "status": "PENDING" })).await.is(200);

        for (column, words) in [
            ("status", "Waiting on customer"), ("priority", "High"), ("category", "Billing"), ("team", "Invoices"), ("assignee", "Ana"), ("requester", "Cleo"),
            ("channel", "API"), ("tags", "fire, toner"), ("created", "<time"), ("updated", "<time"), ("field.plan", "Team"),
        ] {
            let shown = cells(&ana, &format!("/desk?view=all&columns={column}")).await;
            assert!(shown.contains(words), "{column}: {shown}");
            assert_eq!(shown.matches("row-cell").count(), 1, "nothing else stands there");
        }
        let number = cells(&ana, "/desk?view=all&columns=number").await;
        assert!(number.contains(&format!("#{}", ticket["number"])), "{number}");
        assert!(!cells(&ana, "/desk?view=all&columns=organization").await.contains("Organization"), "an empty one says nothing");
        assert!(ana.get(&format!("/desk/tickets/{id}?view=all&columns=team")).await.text().contains("class=\"row-cells\""), "beside a ticket too");
    }

    async fn they_stand_in_the_order_of_the_address_each_once(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        ada.form("/admin/fields", &[("label", "Seats"), ("kind", "NUMBER")]).await.is(303);
        cleo.asks("Printer").await;

        assert_eq!(heads(&ana, "/desk?view=open&columns=team,due&columns=field.seats,team").await, ["Team", "Due", "Seats"]);
        assert!(heads(&ana, "/desk?view=open").await.is_empty(), "the usual list has none");
        assert_eq!(heads(&ana, "/desk?view=open&columns=team,field.gone").await, ["Team"], "one that is not there is passed over");
        let page = ana.get("/desk?view=open&columns=due&priority=LOW&sort=oldest").await.text();
        let menu = page.split("id=\"columns\"").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(menu.contains("name=\"priority\" value=\"LOW\"") && menu.contains("name=\"sort\" value=\"oldest\""), "the menu keeps the rest: {menu}");
        assert!(menu.find("value=\"due\" checked").unwrap() < menu.find("value=\"status\"").unwrap(), "chosen ones stand first");
        let filter = page.split("id=\"filter\"").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(filter.contains("name=\"columns\" value=\"due\""), "filtering keeps them");
    }

    async fn hostile_values_are_refused(world) {
        let (ana, cleo) = (world.agent("Ana").await, world.customer("Cleo").await);
        cleo.asks("Printer").await;

        for columns in ["nonsense", "field.", "field.%3Cscript%3E", "STATUS", "team;due", "field.a%27b"] {
            assert!(heads(&ana, &format!("/desk?columns={columns}")).await.is_empty(), "pages pass over it");
            ana.form("/desk/views", &[("name", "Slip"), ("query", &format!("columns={columns}"))]).await.is(422);
            let told = ana.get(&format!("/api/support/tickets?columns={columns}")).await.is(422).json();
            assert!(told["errors"]["columns"][0].as_str().unwrap().starts_with("Must be one of status, "), "{told}");
        }
        let many: Vec<String> = (0..21).map(|index| format!("field.f{index}")).collect();
        ana.get(&format!("/api/support/tickets?columns={}", many.join(","))).await.is(422);
        let told = ana.get("/api/support/tickets?columns=field.gone").await.is(422).json();
        assert_eq!(told["errors"]["columns"][0], "There is no field “gone”.", "programs hear of a slip");
        assert!(heads(&ana, "/desk?columns=").await.is_empty(), "nothing is nothing");
    }

    async fn a_saved_view_keeps_and_shows_them(world) {
        let (ana, cleo) = (world.agent("Ana").await, world.customer("Cleo").await);
        cleo.asks("Printer").await;

        let place = ana.form("/desk/views", &[("name", "Wide"), ("query", "view=open&columns=due,team")]).await.is(303).header("location").to_owned();
        assert_eq!(heads(&ana, &place).await, ["Due", "Team"]);
        let made = ana.post(API, &json!({ "name": "By program", "query": "view=open&columns=tags" })).await.is(201).json();
        assert_eq!(made["columns"], json!(["tags"]));
        let views = ana.get(API).await.is(200).json();
        assert_eq!(views["items"][0]["columns"], json!(["due", "team"]));

        let id = made["id"].as_str().unwrap();
        let changed = ana.put(&format!("{API}/{id}"), &json!({ "version": 1, "name": "By program", "query": "view=open" })).await.is(200).json();
        assert_eq!(changed["columns"], json!([]));
        ana.post(API, &json!({ "name": "Slip", "query": "columns=field.gone" })).await.is(422);
        let page = ana.get(&place.replace("due", "tags")).await.is(200).text();
        assert!(page.contains("Update “Wide”"), "other columns are a change of the view");
    }
}
