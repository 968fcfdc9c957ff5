//! Lists: paging by key in every order while rows come in, filters, counts, and the plans behind them.

use crate::{
    client::Visitor,
    world::{Dice, World},
};
use db::sql;
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};
use tickets::list::{COUNTED, Filter, Sort, View};

const API: &str = "/api/support/tickets";

/// Forty tickets of three customers in two teams, in every state and priority; answers the ids that are not in the trash.
async fn filled(world: &World, sue: &Visitor) -> BTreeSet<String> {
    let teams = [world.team("One").await, world.team("Two").await];
    let customers = [world.customer("Cleo").await, world.customer("Otto").await, world.customer("Maya").await];
    let (mut dice, mut ids) = (Dice(3), BTreeSet::new());
    for n in 0..40 {
        let (priority, status) =
            (*dice.pick(&["LOW", "MEDIUM", "HIGH", "URGENT"]), *dice.pick(&["OPEN", "IN_PROGRESS", "PENDING", "ON_HOLD", "RESOLVED", "CLOSED"]));
        let body = json!({ "title": format!("Ticket {n}"), "description": "d", "priority": priority, "userId": dice.pick(&customers).id(), "teamId": dice.pick(&teams).id, "tags": [format!("t{}", n % 3)] });
        let id = sue.asks_with(body).await["id"].as_str().unwrap().to_owned();
        if status != "OPEN" {
            sue.put(&format!("{API}/{id}"), &json!({ "version": 1, "status": status })).await.is(200);
        }
        if n % 10 == 9 {
            sue.delete(&format!("{API}/{id}")).await.is(204);
        } else {
            ids.insert(id);
        }
        world.clock.advance(Duration::from_mins(1));
    }
    ids
}

/// Walks a list page by page; between the pages `meanwhile` happens.
async fn walk<F: Future<Output = ()>>(who: &Visitor, query: &str, meanwhile: impl Fn() -> F) -> Vec<String> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = who.get(&format!("{API}?limit=7&{query}{cursor}")).await.is(200);
        all.extend(page.ids());
        match page.json()["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
        assert!(all.len() < 500, "the list never ends: {query}");
        meanwhile().await;
    }
}

both! {
    async fn a_word_that_is_asked_for_twice_finds_each_ticket_once(world) {
        let (team, cleo) = (world.team("One").await, world.customer("Cleo").await);
        let (sue, ana) = (world.supervisor("Sue").await, world.agent_of("Ana", &team).await);
        let ticket = cleo.asks("Once").await;

        for query in ["status=OPEN&status=OPEN", "priority=MEDIUM,MEDIUM", "category=GENERAL_INQUIRY&category=GENERAL_INQUIRY&view=open", "channel=api&channel=api&channel=web"] {
            for who in [&sue, &ana, &cleo] {
                let items = who.get(&format!("{API}?{query}")).await.is(200).json()["items"].clone();
                assert_eq!((items.as_array().unwrap().len(), &items[0]["id"]), (1, &ticket["id"]), "{query} for {}", who.email);
            }
        }
    }

    async fn paging_walks_every_row_once_in_every_order_while_rows_come_in(world) {
        let sue = world.supervisor("Sue").await;
        let ids = filled(world, &sue).await;
        let newcomer = world.customer("New").await;
        // the clock closes what is solved: rows that no person touched last
        world.clock.advance(Duration::from_hours(8 * 24));
        crate::world::eventually("solved ones are closed", || async { world.count(sql!("SELECT COUNT(*) FROM tickets WHERE status = 'RESOLVED' AND trashed_at IS NULL")).await == 0 }).await;

        crate::deadlines::settled(world).await;

        for sort in Sort::WORDS {
            let walked = walk(&sue, &format!("sort={sort}"), || async { newcomer.asks("Meanwhile").await; }).await;
            let known: Vec<&String> = walked.iter().filter(|id| ids.contains(*id)).collect();
            let once: BTreeSet<&String> = known.iter().copied().collect();
            assert_eq!((known.len(), once.len()), (ids.len(), ids.len()), "{sort}: each row once");
            assert_eq!(walked.iter().collect::<BTreeSet<_>>().len(), walked.len(), "{sort}: nothing twice");
        }
        let trash = walk(&sue, "view=trash", || async {}).await;
        assert_eq!((trash.len(), trash.iter().any(|id| ids.contains(id))), (4, false));
    }

    async fn each_order_is_that_order(world) {
        let sue = world.supervisor("Sue").await;
        filled(world, &sue).await;

        for (sort, fields) in [("updated", ["updatedAt", "updatedAt"]), ("newest", ["createdAt", "createdAt"]), ("oldest", ["createdAt", "createdAt"]), ("priority", ["priority", "updatedAt"])] {
            let items = sue.get(&format!("{API}?limit=100&sort={sort}")).await.is(200).json()["items"].as_array().unwrap().clone();
            let rank = |word: &str| ["LOW", "MEDIUM", "HIGH", "URGENT"].iter().position(|known| *known == word).map_or_else(|| word.to_owned(), |rank| rank.to_string());
            let mut keys: Vec<Vec<String>> = items.iter().map(|item| fields.iter().map(|field| rank(item[field].as_str().unwrap())).collect()).collect();
            if sort != "oldest" {
                keys.reverse();
            }
            assert!(keys.is_sorted(), "{sort}: {keys:?}");
        }
    }

    async fn filters_leave_what_fits_and_nothing_else(world) {
        let sue = world.supervisor("Sue").await;
        filled(world, &sue).await;
        // their times are long ago, so the list does not look for what the index has not yet
        crate::search::indexed(world).await;
        let all = sue.get(&format!("{API}?limit=100")).await.json()["items"].as_array().unwrap().clone();
        let team = all[0]["teamId"].as_str().unwrap().to_owned();
        let requester = all[0]["userId"].as_str().unwrap().to_owned();
        let number = all[3]["number"].as_i64().unwrap();
        let fits = |fit: &dyn Fn(&serde_json::Value) -> bool| all.iter().filter(|item| fit(item)).map(|item| item["id"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
        let cases = [
            ("status=OPEN,PENDING".to_owned(), fits(&|item| item["status"] == "OPEN" || item["status"] == "PENDING")),
            ("priority=URGENT".to_owned(), fits(&|item| item["priority"] == "URGENT")),
            (format!("team={team}"), fits(&|item| item["teamId"] == team.as_str())),
            (format!("requester={requester}"), fits(&|item| item["userId"] == requester.as_str())),
            (format!("requester={requester}&status=CLOSED"), fits(&|item| item["userId"] == requester.as_str() && item["status"] == "CLOSED")),
            ("requester=otto".to_owned(), fits(&|item| item["user"]["name"] == "Otto")),
            ("assignedTo=none".to_owned(), fits(&|item| item["assignedTo"].is_null())),
            ("q=ticket".to_owned(), fits(&|item| item["title"].as_str().unwrap().contains("Ticket"))),
            ("q=ticket%20nowhere".to_owned(), BTreeSet::new()),
            (format!("q=%23{number}"), fits(&|item| item["number"] == number)),
            ("q=100%25".to_owned(), BTreeSet::new()),
            ("view=resolved".to_owned(), fits(&|item| item["status"] == "RESOLVED")),
            ("view=hold".to_owned(), fits(&|item| item["status"] == "ON_HOLD")),
            ("view=open".to_owned(), fits(&|item| !matches!(item["status"].as_str(), Some("RESOLVED" | "CLOSED")))),
            ("channel=web".to_owned(), BTreeSet::new()),
            ("createdTo=2020-01-01T00:00:00Z".to_owned(), BTreeSet::new()),
        ];

        for (query, expected) in cases {
            let found: BTreeSet<String> = sue.get(&format!("{API}?limit=100&{query}")).await.is(200).ids().into_iter().collect();
            assert_eq!(found, expected, "{query}");
        }
        let tagged = sue.get(&format!("{API}?limit=100&tag=t1")).await.is(200).ids().len() + sue.get(&format!("{API}?limit=100&tag=T0")).await.ids().len() + sue.get(&format!("{API}?limit=100&tag=t2")).await.ids().len();
        assert_eq!(tagged, 36, "each has one of three tags");
    }

    async fn a_cursor_works_in_its_own_order_only(world) {
        let sue = world.supervisor("Sue").await;
        filled(world, &sue).await;
        let cursor = sue.get(&format!("{API}?limit=7&sort=newest")).await.json()["nextCursor"].as_str().unwrap().to_owned();

        let told = sue.get(&format!("{API}?limit=7&sort=priority&cursor={cursor}")).await.is(422);

        assert!(told.json()["errors"]["cursor"].is_array());
    }

    async fn counts_are_exact_to_999_and_then_say_so(world) {
        let (cleo, sue) = (world.customer("Cleo").await, world.supervisor("Sue").await);
        let first = cleo.asks("First").await["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap();
        let add = |count: i64| async move {
            let mut tx = world.write().await;
            for n in 0..count {
                tx.run(sql!(
                    "INSERT INTO tickets (id, number, title, folded, status, is_active, priority, urgency, category, channel, requester_id, first_message_id, created_at, updated_at, version)
                     SELECT $1, (SELECT MAX(number) FROM tickets) + 1, title, folded, status, is_active, priority, urgency, category, channel, requester_id, first_message_id, created_at, updated_at + $2, 1 FROM tickets WHERE id = $3",
                    uuid::Uuid::now_v7(), n, first
                )).await.unwrap();
            }
            tx.commit().await.unwrap();
        };
        let actor = world.actor(&sue).await;
        let count = || async { Filter { view: Some(View::Open), ..Filter::default() }.count(&mut world.read().await, &actor).await.unwrap() };

        add(998).await;
        let exact = count().await;
        add(30).await;
        let many = count().await;

        assert_eq!((exact, many), (999, COUNTED), "999 is exact, more is 'at least'");
        let page = sue.get("/desk/counts?view=open").await.is(200).text();
        assert!(page.contains("999+") && !page.contains("1000"), "{page}");
    }
}
