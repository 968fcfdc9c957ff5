//! Every statement of the program, on both engines; and migrations.

use crate::world::World;
use db::{Clock, Db, Engine, Error, Migration, Options, Statement};
use std::collections::BTreeSet;

/// All of the program's, in its order.
fn migrations() -> Vec<Migration> {
    jobs::MIGRATIONS.iter().chain(web::MIGRATIONS).copied().chain(support::rooms().iter().flat_map(|room| room.migrations.to_vec())).collect()
}

both! {
    async fn every_statement_can_be_prepared(world) {
        let mut conn = world.read().await;
        let (mut refused, mut texts) = (Vec::new(), BTreeSet::new());

        for statement in Statement::all().filter(|statement| texts.insert(statement.text)) {
            if let Err(error) = conn.prepare(statement.text).await {
                refused.push(format!("{}:{}: {error}\n  {}", statement.file, statement.line, statement.text));
            }
        }

        assert!(refused.is_empty(), "\n{}", refused.join("\n"));
        assert!(texts.len() > 150, "the list of statements is the program's: {}", texts.len());
    }

    async fn migrations_twice_are_harmless_and_a_changed_one_is_refused(world) {
        let db = Db::open(&world.config.database(), Clock::default()).await.unwrap();
        let mut changed = migrations();

        let again = db.migrate(&changed).await.unwrap();
        let last = changed.last_mut().unwrap();
        last.text = "CREATE TABLE other (\n  id UUID NOT NULL\n);";
        let name = last.name;
        let refused = db.migrate(&changed).await.unwrap_err();

        assert_eq!(again, Vec::<&str>::new());
        assert!(matches!(&refused, Error::Migration { name: of, .. } if *of == name), "{refused}");
        assert!(refused.to_string().contains("must never change"), "{refused}");
        db.close().await;
    }

    async fn a_migration_that_fails_leaves_nothing_behind(world) {
        let db = Db::open(&world.config.database(), Clock::default()).await.unwrap();
        let broken = [Migration { name: "test/0001_good", text: "CREATE TABLE half_way (\n  id UUID NOT NULL\n);" }, Migration { name: "test/0002_broken", text: "CREATE TABLE half_way (\n  id UUID NOT NULL\n);" }];

        let refused = db.migrate(&broken).await.unwrap_err();

        assert!(matches!(&refused, Error::Migration { name, .. } if name == "test/0002_broken"), "{refused}");
        assert!(db.read().await.unwrap().prepare("SELECT id FROM half_way").await.is_err(), "the first one is gone too");
        db.close().await;
    }
}

#[tokio::test]
async fn two_programs_that_start_at_once_on_an_empty_database_both_run() {
    let (name, url) = crate::postgres::empty_database().await;
    let options = Options::postgres(url);
    let open = || async { Db::open(&options, Clock::default()).await.unwrap() };
    let (one, two) = (open().await, open().await);
    let all = migrations();

    let (first, second) = tokio::join!(one.migrate(&all), two.migrate(&all));

    let applied = [first.unwrap().len(), second.unwrap().len()];
    assert!(applied.contains(&0) && applied.iter().sum::<usize>() > all.len(), "one migrated, the other waited: {applied:?}");
    one.close().await;
    two.close().await;
    crate::postgres::drop_database(&name).await;
}

#[tokio::test]
async fn the_postgresql_half_runs_on_postgresql() {
    let world = World::new(Engine::Postgres).await;

    let engine = world.read().await.engine();

    assert_eq!(engine, Engine::Postgres);
    world.end().await;
}
