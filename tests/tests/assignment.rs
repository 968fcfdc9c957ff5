//! Work given out by itself: in turn or to the least busy, to who is available, never above capacity.

use crate::{
    client::Visitor,
    world::{World, eventually},
};
use accounts::Team;
use db::sql;
use futures::future::join_all;
use serde_json::json;

/// Five of a team that gives its work out like that.
pub async fn crew(world: &World, sue: &Visitor, name: &str, mode: &str) -> (Team, Vec<Visitor>) {
    let team = world.team(name).await;
    let mut agents = Vec::new();
    for n in 0..5 {
        agents.push(world.agent_of(&format!("{name}{n}"), &team).await);
    }
    sue.form(&format!("/admin/assignment/teams/{}", team.id), &[("mode", mode)]).await.is(303);
    (team, agents)
}

async fn arrive(sue: &Visitor, team: &Team, count: usize) {
    let bodies: Vec<_> = (0..count).map(|n| json!({ "title": format!("T{n}"), "description": "d", "teamId": team.id })).collect();
    join_all(bodies.into_iter().map(|body| sue.asks_with(body))).await;
}

pub async fn loads(world: &World, team: &Team) -> Vec<i64> {
    let query =
        sql!("SELECT COUNT(*) FROM tickets WHERE team_id = $1 AND is_active = TRUE AND assignee_id IS NOT NULL GROUP BY assignee_id ORDER BY 1", team.id);
    world.read().await.all(query).await.unwrap()
}

async fn given(world: &World, team: &Team, count: i64) {
    eventually(&format!("{count} are given out"), || async { loads(world, team).await.iter().sum::<i64>() >= count }).await;
}

both! {
    async fn fifty_at_once_fill_five_agents_to_their_capacity_and_ten_wait_for_room(world) {
        let sue = world.supervisor("Sue").await;
        let (team, _) = crew(world, &sue, "Busy", "ROUND_ROBIN").await;

        arrive(&sue, &team, 50).await;
        given(world, &team, 40).await;
        eventually("ten wait", || async { world.count(sql!("SELECT COUNT(*) FROM assignment_waiting")).await == 10 }).await;
        let full = loads(world, &team).await;
        let solved: Vec<uuid::Uuid> = world.read().await.all(sql!("SELECT id FROM tickets WHERE assignee_id IS NOT NULL ORDER BY id LIMIT 4")).await.unwrap();
        for id in solved {
            let version = sue.ticket(&id.to_string()).await["version"].clone();
            sue.put(&format!("/api/support/tickets/{id}"), &json!({ "version": version, "status": "RESOLVED" })).await.is(200);
        }
        eventually("four of them were given out", || async { world.count(sql!("SELECT COUNT(*) FROM assignment_waiting")).await == 6 }).await;

        assert_eq!(full, [8; 5], "nobody above eight");
        assert!(loads(world, &team).await.iter().all(|load| *load <= 8));
        assert!(sue.get("/admin/assignment").await.is(200).text().contains("6 waiting for room"));
    }

    async fn what_comes_in_is_spread_evenly_in_either_way(world) {
        let sue = world.supervisor("Sue").await;
        for mode in ["ROUND_ROBIN", "LEAST_BUSY"] {
            let (team, _) = crew(world, &sue, mode, mode).await;

            arrive(&sue, &team, 23).await;
            given(world, &team, 23).await;

            assert_eq!(loads(world, &team).await, [4, 4, 5, 5, 5], "{mode}");
        }
    }

    async fn who_is_away_gets_nothing_and_a_rule_can_give_work_to_a_team(world) {
        let (sue, ada) = (world.supervisor("Sue").await, world.admin("Ada").await);
        let (team, agents) = crew(world, &sue, "Crew", "").await;
        for away in &agents[..3] {
            away.form("/profile/availability", &[]).await.is(303);
        }
        sue.form(&format!("/admin/assignment/people/{}", agents[3].id()), &[("available", "true"), ("capacity", "2")]).await.is(303);
        let definition = json!({ "when": ["ticket.created"], "then": [{ "do": "least_busy", "with": team.id }] }).to_string();
        ada.form("/admin/automations", &[("name", "Give"), ("on", "true"), ("definition", &definition)]).await.is(303);

        arrive(&sue, &team, 6).await;
        given(world, &team, 6).await;

        assert_eq!(loads(world, &team).await, [2, 4], "two to the one with a capacity of two, the rest to the other");
        agents[0].form(&format!("/admin/assignment/people/{}", agents[1].id()), &[("capacity", "9")]).await.is(403);
        let wrong = sue.form(&format!("/admin/assignment/people/{}", agents[3].id()), &[("capacity", "a lot")]).await.is(422).text();
        assert!(wrong.contains(&format!("href=\"#capacity-{}\"", agents[3].id())) && wrong.contains("value=\"a lot\""), "at their line, as typed: {wrong}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn traces_are_read_from_an_index() {
    let world = World::new(db::Engine::Sqlite).await;

    let plans = automation::Trace::plans(&mut world.read().await).await.unwrap();

    assert!(plans.iter().all(|plan| plan.contains("USING INDEX rule_traces_of") && !plan.contains("SCAN rule_traces")), "{plans:?}");
    world.end().await;
}
