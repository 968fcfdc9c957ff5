//! Reports: what happens is counted, each figure has its list, everybody sees what is theirs, and nothing that is sent
//! breaks a page or a spreadsheet.

use crate::{client::Visitor, world::eventually};
use db::{Engine, sql};
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

async fn change(who: &Visitor, ticket: &str, fields: Value) {
    let version = who.ticket(ticket).await["version"].clone();
    let mut body = fields;
    body["version"] = version;
    who.put(&format!("/api/support/tickets/{ticket}"), &body).await.is(200);
}

async fn total(who: &Visitor, query: &str) -> Value {
    who.get(&format!("/api/analytics/report{query}")).await.is(200).json()["total"].clone()
}

/// Waits until the report says so.
async fn says(who: &Visitor, query: &str, figure: &str, value: u64) {
    eventually(&format!("{figure} is {value}"), || async { total(who, query).await[figure] == value }).await;
}

/// The ids of the tickets on a list's page.
fn listed(page: &str) -> Vec<String> {
    let links = page.split("class=\"title\" href=\"/desk/tickets/").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn list(who: &Visitor, query: &str) -> Vec<String> {
    let mut ids = listed(&who.get(&format!("/desk/analytics/tickets?{query}")).await.is(200).text());
    ids.sort();
    ids
}

both! {
    async fn a_ticket_is_counted_from_its_first_word_to_the_trash(world) {
        let (cleo, ana, sue) = (world.customer("Cleo").await, world.agent("Ana").await, world.supervisor("Sue").await);
        let (one, two) = (cleo.asks("Printer").await, cleo.asks("Scanner").await);
        let (one, two) = (one["id"].as_str().unwrap(), two["id"].as_str().unwrap());
        world.clock.advance(HOUR);
        ana.replies(one, "Turn it on.").await;
        world.clock.advance(HOUR);
        change(&ana, one, json!({ "status": "RESOLVED", "tags": ["power"], "assignedTo": ana.id() })).await;
        says(&sue, "?tag=power", "solved", 1).await;

        let all = total(&sue, "?period=7d").await;
        assert_eq!((&all["created"], &all["solved"], &all["open"], &all["solvedWithOneReply"]), (&json!(2), &json!(1), &json!(1), &json!(1)));
        let spread = |name: &str| (all[name]["count"].as_u64().unwrap(), all[name]["median"].as_u64().unwrap() / 60);
        assert_eq!((spread("firstReply"), spread("resolution")), ((1, 60), (1, 120)));
        let page = sue.get("/desk/analytics?period=7d").await.is(200).text();
        assert!(page.contains("<h2 id=\"course\">Created and solved</h2>") && page.contains("Show as table") && page.contains("Ana"), "{page}");
        let mut both = vec![one.to_owned(), two.to_owned()];
        both.sort();
        assert_eq!(list(&sue, "figure=created").await, both);
        assert_eq!(list(&sue, "figure=open").await, [two]);
        for figure in ["solved", "answered", "one-touch"] {
            assert_eq!(list(&sue, &format!("figure={figure}&period=7d")).await, [one], "{figure}");
        }
        assert_eq!(list(&sue, "figure=reopened").await, [""; 0]);

        change(&ana, one, json!({ "status": "OPEN" })).await;
        says(&sue, "", "openedAgain", 1).await;
        assert_eq!(total(&sue, "").await["solved"], 1, "solved stays solved at its day");
        assert_eq!(list(&sue, "figure=reopened").await, [one]);
        sue.delete(&format!("/api/support/tickets/{one}")).await.is(204);
        says(&sue, "", "created", 1).await;
        assert_eq!(list(&sue, "figure=created").await, [two]);
    }

    async fn agents_see_the_figures_of_their_teams_and_their_own_and_nobody_elses(world) {
        let (mine, other) = (world.team("Mine").await, world.team("Other").await);
        let (cleo, ana, sue) = (world.customer("Cleo").await, world.agent_of("Ana", &mine).await, world.supervisor("Sue").await);
        let mut asked = Vec::new();
        for (team, agent) in [(Some(mine.id), false), (Some(other.id), false), (Some(other.id), true), (None, false)] {
            let body = json!({ "title": "T", "description": "d", "userId": cleo.id(), "teamId": team, "assignedTo": agent.then(|| ana.id()) });
            asked.push(sue.asks_with(body).await["id"].as_str().unwrap().to_owned());
        }
        says(&sue, "", "created", 4).await;

        assert_eq!(total(&ana, "").await["created"], 2);
        assert_eq!(total(&ana, &format!("?team={}", other.id)).await["created"], 1, "hers alone of that team");
        assert_eq!(total(&ana, "?team=none").await["created"], 0);
        let mut own = vec![asked[0].clone(), asked[2].clone()];
        own.sort();
        assert_eq!(list(&ana, "figure=created").await, own);
        let page = ana.get("/desk/analytics").await.is(200).text();
        assert!(page.contains("My teams and mine") && page.contains("Your teams’ tickets and yours"), "{page}");
        assert!(!page.contains(">Other</a>"), "a team that is not hers is no choice");
        for path in ["/desk/analytics", "/desk/analytics/tickets", "/desk/analytics/report.csv", "/api/analytics/report"] {
            cleo.get(path).await.is(403);
            assert!(matches!(world.stranger().get(path).await.status.as_u16(), 303 | 401), "{path}");
        }
        let csv = ana.get("/desk/analytics/report.csv").await.is(200).text();
        assert!(csv.contains("\r\ntotal,,All,2,0,2,"), "{csv}");
    }

    async fn a_list_is_as_long_as_its_figure_over_all_its_pages(world) {
        let (cleo, sue) = (world.customer("Cleo").await, world.supervisor("Sue").await);
        for number in 0..103 {
            cleo.asks(&format!("Ticket {number}")).await;
        }
        says(&sue, "", "created", 103).await;

        let (mut path, mut all) = ("/desk/analytics/tickets?figure=created&channel=api".to_owned(), Vec::new());
        loop {
            let page = sue.get(&path).await.is(200).text();
            all.extend(listed(&page));
            let Some(next) = page.split("rel=\"next\" href=\"").nth(1) else { break };
            path = next.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        }

        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!((count, all.len()), (103, 103), "each once");
        sue.get("/desk/analytics/tickets?figure=created&cursor=nonsense").await.is(422);
    }

    async fn hostile_names_stay_words_on_the_page_and_in_the_spreadsheet(world) {
        let words = "=HYPERLINK(\"//evil\")<script>x()</script>";
        let (team, sue) = (world.team(words).await, world.supervisor("Sue").await);
        let cleo = world.customer("Cleo").await;
        sue.asks_with(json!({ "title": words, "description": "d", "userId": cleo.id(), "teamId": team.id, "tags": ["+tag\" onload=x"] })).await;
        says(&sue, "", "created", 1).await;

        let csv = sue.get("/desk/analytics/report.csv").await.is(200);
        assert_eq!(csv.header("content-disposition").split(';').next(), Some("attachment"));
        let csv = csv.text();
        assert!(csv.contains("\"'=HYPERLINK(\"\"//evil\"\")<script>x()</script>\""), "{csv}");
        assert!(csv.contains("\"'+tag\"\"-onload=x\""), "{csv}");
        for line in csv.lines() {
            assert!(!line.starts_with(['=', '+', '-', '@']) && !line.contains(",=") && !line.contains(",+"), "{line}");
        }
        for path in ["/desk/analytics", "/desk/analytics/tickets?figure=open&tag=%2Btag%22-onload%3Dx", "/desk/analytics?tag=%22%3E%3Cscript%3Ex()%3C/script%3E&channel=%3Cscript%3E"] {
            let page = sue.get(path).await.is(200).text();
            assert!(!page.contains("<script>x()") && !page.contains("\"-onload=x"), "{path}: {page}");
        }
    }

    async fn what_is_no_report_is_refused_where_it_is_wrong(world) {
        let sue = world.supervisor("Sue").await;
        for (query, field) in [
            ("period=custom", "from"),
            ("period=custom&from=2026-02-30&to=2026-03-01", "from"),
            ("from=2026-03-02&to=2026-03-01", "to"),
            ("from=2001-01-01&to=2026-03-01", "from"),
            ("period=yesterday", "period"),
            ("team=everybody", "team"),
            ("channel=pigeon", "channel"),
            ("colour=red", "colour"),
        ] {
            let told = sue.get(&format!("/api/analytics/report?{query}")).await.is(422).json();
            assert!(!told["errors"][field].is_null(), "{query}: {told}");
        }
        assert_eq!(total(&sue, "?from=2026-03-01&to=2026-03-01").await["created"], 0, "a day alone is a period");
        let page = sue.get("/desk/analytics?from=2026-03-02&to=2026-03-01").await.is(422).text();
        assert!(page.contains("The last day lies before the first one.") && page.contains("Last 28 days"), "{page}");
        let empty = sue.get("/desk/analytics").await.is(200).text();
        assert!(empty.contains("Nothing happened in this time"), "{empty}");
        let filtered = sue.get("/desk/analytics?priority=HIGH&period=custom").await.is(200).text();
        assert!(filtered.contains("No ticket fits these filters") && filtered.contains("Clear filters"), "{filtered}");
    }

    async fn a_line_that_is_read_twice_is_counted_once(world) {
        let (cleo, ana, sue) = (world.customer("Cleo").await, world.agent("Ana").await, world.supervisor("Sue").await);
        let ticket = cleo.asks("Twice").await["id"].as_str().unwrap().to_owned();
        ana.replies(&ticket, "Once.").await;
        change(&ana, &ticket, json!({ "status": "RESOLVED" })).await;
        says(&sue, "", "solved", 1).await;
        // the clocks may still be on their way to the last line, and reports wait for them
        let behind = || sql!("SELECT COUNT(*) FROM events WHERE subject_kind = 'ticket' AND seq > (SELECT seq FROM readers WHERE name = 'analytics')");
        eventually("all is counted", || async { world.count(behind()).await == 0 }).await;
        let before = analytics::facts(&mut world.read().await).await.unwrap();

        let mut tx = world.write().await;
        tx.run(sql!("UPDATE readers SET seq = 0 WHERE name = 'analytics'")).await.unwrap();
        tx.commit().await.unwrap();
        analytics::catch_up(&world.app.db, &support::COUNTED).await.unwrap();

        assert_eq!(analytics::facts(&mut world.read().await).await.unwrap(), before);
        assert_eq!((before.len(), before[0].replies, before[0].first_reply.is_some()), (1, 1, true));
        assert_eq!(world.count(behind()).await, 0);
    }

    async fn a_rule_that_changes_leaves_the_reports_of_the_past_alone(world) {
        let (cleo, ana, sue) = (world.customer("Cleo").await, world.agent("Ana").await, world.supervisor("Sue").await);
        let ticket = cleo.asks("Promise").await["id"].as_str().unwrap().to_owned();
        eventually("the clocks are there", || async { world.count(sql!("SELECT COUNT(*) FROM sla_clocks")).await > 0 }).await;
        ana.replies(&ticket, "At once.").await;
        says(&sue, "", "slaMet", 1).await;
        world.clock.advance(HOUR * 24 * 20);
        eventually("a deadline passed", || async { total(&sue, "?period=90d").await["slaMissed"].as_u64() > Some(0) }).await;
        let before = total(&sue, "?period=90d").await;
        assert_eq!(list(&sue, "period=90d&figure=sla-missed").await, [ticket.as_str()]);
        assert_eq!(list(&sue, "period=90d&figure=sla-met&metric=FIRST_RESPONSE").await, [ticket.as_str()]);
        assert_eq!(list(&sue, "period=90d&figure=sla-met&metric=NO_SUCH").await, [""; 0]);

        let mut tx = world.write().await;
        tx.run(sql!("UPDATE sla_policies SET is_active = FALSE, version = version + 1")).await.unwrap();
        tx.commit().await.unwrap();
        analytics::rebuild(&world.app.db, &support::COUNTED).await.unwrap();

        assert_eq!(total(&sue, "?period=90d").await, before);
    }

    async fn a_report_reads_its_own_time_by_an_index(world) {
        let mut conn = world.read().await;
        let plan = analytics::plan(&mut conn).await.unwrap();
        if conn.engine() == Engine::Sqlite {
            assert!(plan.contains("SEARCH analytics_packs USING INDEX analytics_packs_by_last"), "{plan}");
            assert!(plan.contains("USING INDEX analytics_packs_open") && plan.lines().all(|step| step.contains("USING INDEX")), "{plan}");
        }
        assert!(!plan.is_empty());
    }
}
