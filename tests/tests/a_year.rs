//! A year of random tickets (20,000 where proofs are whole), written into the journal in the order of its time while the program follows it,
//! with a stop in between. What was counted live is what counting anew gives, and what a plain calculation gives.

use crate::{
    client::Visitor,
    world::{Dice, World, sized},
    year_life::{Cast, DAY, Step, Told, happen, life},
    year_plain::{self, Asked},
};
use db::{Engine, sql};
use kernel::Scope;
use serde_json::Value;
use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

fn tickets() -> usize {
    sized(20_000, 3_000)
}

/// Waits until all lines are counted.
async fn counted(world: &World) {
    let began = Instant::now();
    while began.elapsed() < Duration::from_mins(8) {
        let left = world.count(sql!(
            "SELECT COUNT(*) FROM events WHERE subject_kind = 'ticket' AND seq > (SELECT COALESCE(MAX(seq), 0) FROM readers WHERE name = 'analytics')"
        ));
        if left.await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the year is not counted after eight minutes");
}

async fn report(who: &Visitor, query: &str) -> Value {
    let mut report = who.get(&format!("/api/analytics/report?{query}")).await.is(200).json();
    // by name where several are as busy
    report["groups"].as_array_mut().unwrap().sort_by_key(|group| (group["by"].to_string(), group["key"].to_string()));
    report
}

async fn a_year(engine: Engine) {
    let mut world = World::new(engine).await;
    let begin = world.clock.now().micros() / DAY * DAY;
    let (sue, fay) = (world.supervisor("Sue").await, world.team("Foreign").await);
    let mut cast = Cast { teams: vec![fay], agents: Vec::new(), customer: world.customer("Cleo").await.id() };
    for name in ["Billing", "Platform"] {
        cast.teams.push(world.team(name).await);
    }
    let ana = world.agent_of("Ana", &cast.teams[1]).await;
    cast.agents.push(ana.id());
    for name in ["Bea", "Cem", "Dan", "Eli"] {
        cast.agents.push(world.agent(name).await.id());
    }
    let mut tx = world.write().await;
    tx.run(sql!("UPDATE sla_policies SET is_active = FALSE")).await.unwrap();
    tx.commit().await.unwrap();
    let mut dice = Dice(20_260_726);
    let lives: Vec<Vec<Step>> = (0..tickets()).map(|number| life(&mut dice, &cast, number, begin)).collect();
    let told: Vec<Told> = lives.iter().map(|life| life.last().unwrap().after.clone()).collect();
    let mut steps: Vec<Step> = lives.into_iter().flatten().collect();
    steps.sort_by_key(|step| step.at);
    let end = steps.last().unwrap().at;
    world.clock.advance(Duration::from_micros(u64::try_from(end - world.clock.now().micros() + DAY).unwrap()));

    let mut numbers = HashMap::new();
    for (place, some) in steps.chunks(tickets() / 5).enumerate() {
        happen(&world, some, &cast, &mut numbers).await;
        if place % 7 == 3 {
            // in the middle of its work, whatever it is at
            world.stop().await;
            world.start().await;
        }
    }
    // a year later sessions are over, and the program has another address
    let (sue, ana) = (world.token(&sue, &[Scope::TicketsRead]).await, world.token(&ana, &[Scope::TicketsRead]).await);
    counted(&world).await;

    let live = facts(&world).await;
    let now = world.clock.now().micros();
    let asked = year_plain::questions(&cast, begin, now);
    let mut first = Vec::new();
    for question in &asked {
        let who = if question.as_agent { &ana } else { &sue };
        let before = world.clock.now().micros();
        let report = report(who, &question.query).await;
        year_plain::compare(&report, question, &told, &cast, [before, world.clock.now().micros()]);
        first.push(report);
    }
    rebuilt(&world, &live, &asked, &first, (&sue, &ana)).await;
    world.end().await;
}

/// From nothing, and a second time over what is there.
async fn rebuilt(world: &World, live: &[analytics::Fact], asked: &[Asked], first: &[Value], (sue, ana): (&Visitor, &Visitor)) {
    let mut tx = world.write().await;
    tx.run(sql!("DELETE FROM analytics_packs")).await.unwrap();
    tx.run(sql!("DELETE FROM analytics_places")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(facts(world).await, []);
    for _ in 0..2 {
        let rebuilt = analytics::rebuild(&world.app.db, &support::COUNTED).await.unwrap();
        assert_eq!((rebuilt.tickets, rebuilt.forgotten), (tickets(), 0));
        assert_eq!(facts(world).await, live, "counted live as counted anew");
    }
    for (question, first) in asked.iter().zip(first) {
        let again = report(if question.as_agent { ana } else { sue }, &question.query).await;
        assert_eq!(again["groups"], first["groups"], "{}", question.query);
        assert_eq!((&again["total"], &again["days"], &again["sla"]), (&first["total"], &first["days"], &first["sla"]), "{}", question.query);
    }
}

/// All that is counted, by ticket.
async fn facts(world: &World) -> Vec<analytics::Fact> {
    let mut facts = analytics::facts(&mut world.read().await).await.unwrap();
    facts.sort_by_key(|fact| fact.id);
    facts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_counted_live_equals_the_year_counted_anew_and_a_plain_calculation_sqlite() {
    a_year(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_counted_live_equals_the_year_counted_anew_and_a_plain_calculation_postgres() {
    a_year(Engine::Postgres).await;
}
