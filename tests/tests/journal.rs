//! The journal: readers under concurrent writers see every line exactly once, and keep their own positions.

use crate::world::{Dice, World, eventually};
use db::{Engine, NewEvent, journal, sql};
use serde_json::json;
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use uuid::Uuid;

const WRITERS: usize = 10;
const EACH: usize = 40;

fn line(writer: usize, number: usize) -> NewEvent {
    NewEvent {
        kind: "test.wrote",
        subject_kind: "test",
        subject_id: Uuid::from_u128(writer as u128),
        actor_kind: "system",
        actor_id: None,
        actor_name: "Test".to_owned(),
        staff_only: true,
        data: json!({ "writer": writer, "number": number }),
    }
}

/// Transactions that pause before, between and after their lines; one in six is taken back.
async fn write(db: db::Db, writer: usize) -> Vec<(usize, usize)> {
    let mut dice = Dice(writer as u64 + 1);
    let (mut number, mut kept) = (0, Vec::new());
    while number < EACH {
        let mut tx = db.write().await.unwrap();
        tx.run(sql!("INSERT INTO readers (name, seq) VALUES ($1, 0) ON CONFLICT (name) DO UPDATE SET seq = readers.seq + 1", format!("writer {writer}")))
            .await
            .unwrap();
        let mut mine = Vec::new();
        for _ in 0..=dice.below(3) {
            tokio::time::sleep(Duration::from_millis(dice.next() % 12)).await;
            tx.record(line(writer, number)).await.unwrap();
            mine.push((writer, number));
            number += 1;
        }
        tokio::time::sleep(Duration::from_millis(dice.next() % 12)).await;
        if dice.below(6) > 0 {
            tx.commit().await.unwrap();
            kept.extend(mine);
        }
    }
    kept
}

async fn follow(db: db::Db, done: Arc<AtomicBool>, limit: i64, mut seq: i64) -> Vec<(usize, usize)> {
    let mut seen = Vec::new();
    loop {
        let over = done.load(Ordering::Acquire);
        let mut conn = db.read().await.unwrap();
        let (events, waits) = journal::look(&mut conn, seq, limit).await.unwrap();
        for event in &events {
            assert!(event.seq > seq, "{} comes after {seq}", event.seq);
            seq = event.seq;
            if event.kind == "test.wrote" {
                let number = |key: &str| usize::try_from(event.facts()[key].as_u64().unwrap()).unwrap();
                seen.push((number("writer"), number("number")));
            }
        }
        if over && events.is_empty() && !waits {
            return seen;
        }
        drop(conn);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn miss_nothing(world: &World) {
    let done = Arc::new(AtomicBool::new(false));
    // where they begin is known before anybody writes: on a slow machine a reader may come later than the first lines
    let head = journal::head(&mut world.read().await).await.unwrap();
    let readers: Vec<_> = [3, 500].into_iter().map(|limit| tokio::spawn(follow(world.app.db.clone(), Arc::clone(&done), limit, head))).collect();
    let writers: Vec<_> = (0..WRITERS).map(|writer| tokio::spawn(write(world.app.db.clone(), writer))).collect();
    let mut kept = BTreeSet::new();
    for writer in writers {
        kept.extend(writer.await.unwrap());
    }
    done.store(true, Ordering::Release);

    for reader in readers {
        let seen = reader.await.unwrap();
        let once: BTreeSet<_> = seen.iter().copied().collect();
        assert_eq!(kept.difference(&once).collect::<Vec<_>>(), Vec::<&(usize, usize)>::new(), "missed");
        assert_eq!((seen.len(), once.len()), (kept.len(), kept.len()), "each exactly once, nothing that was taken back");
        for writer in 0..WRITERS {
            let own: Vec<_> = seen.iter().filter(|(by, _)| *by == writer).collect();
            assert!(own.is_sorted(), "what one writer wrote stays in its order");
        }
    }
}

both! {
    async fn readers_miss_nothing_and_repeat_nothing_under_concurrent_writers(world) {
        miss_nothing(world).await;
    }

    async fn a_journal_restored_into_another_cluster_goes_on_after_its_last_line(world) {
        let mut tx = world.write().await;
        tx.record(line(1, 1)).await.unwrap();
        tx.commit().await.unwrap();
        if world.engine == Engine::Postgres {
            // as a dump of a cluster that counted its transactions much further
            world.app.db.raw("UPDATE events SET xid = '99999999', seq = (99999999 :: BIGINT << 20) | (seq & 1048575)").await.unwrap();
            // a room may write a line of its own meanwhile
            // by a program that starts then: this one may have kept the line as it was (`tail`)
            let fresh = db::Db::open(&world.config.database(), db::Clock::default()).await.unwrap();
            let seen = journal::after(&mut fresh.read().await.unwrap(), 0, 1_000).await.unwrap();
            fresh.close().await;
            assert!(seen.iter().all(|event| event.facts()["number"] != 1), "this would be the trap");
        }
        world.app.db.migrate(&[]).await.unwrap();

        let head = journal::head(&mut world.read().await).await.unwrap();
        let mut tx = world.write().await;
        tx.record(line(1, 2)).await.unwrap();
        tx.commit().await.unwrap();

        assert!(!journal::after(&mut world.read().await, 0, 1_000).await.unwrap().is_empty());
        // it waits for writes of other rooms that are open just now
        eventually("the new line is read, once", || async {
            let new = journal::after(&mut world.read().await, head, 1_000).await.unwrap();
            new.iter().filter(|event| event.facts()["number"] == 2).count() == 1
        }).await;
    }

    async fn each_reader_keeps_its_own_position(world) {
        let mut tx = world.write().await;
        tx.record(line(1, 1)).await.unwrap();
        journal::advance(&mut tx, "first", 7).await.unwrap();
        journal::advance(&mut tx, "second", 9).await.unwrap();
        journal::advance(&mut tx, "first", 8).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.write().await;
        journal::advance(&mut tx, "first", 99).await.unwrap();
        drop(tx);

        let mut conn = world.read().await;

        let positions = (journal::position(&mut conn, "first").await.unwrap(), journal::position(&mut conn, "second").await.unwrap(), journal::position(&mut conn, "third").await.unwrap());
        assert_eq!(positions, (8, 9, 0), "and a rolled back step leaves it where it was");
    }

    async fn the_live_position_follows_every_commit(world) {
        let cleo = world.customer("Cleo").await;

        cleo.asks("Printer").await;

        let last: i64 = world.count(sql!("SELECT MAX(seq) FROM events")).await;
        // a room may have written a line of its own after it
        eventually("the hub has rung the last line", || async { world.app.live.position() >= last }).await;
    }
}
