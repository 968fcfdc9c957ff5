//! A policy applied to tickets that came before it: asked for by an admin, done by a job in lots. What was met or missed
//! stays; what still runs counts on from its old start, under the new promise.

use crate::{
    Policy,
    follow::LOCK,
    keep::{self, Choice, first_fit},
    policies::{Version, meanwhile},
};
use db::{Conn, Db, Id, Query, Timestamp, Tx, record, sql};
use futures::{FutureExt as _, future::BoxFuture};
use jobs::Long;
use kernel::{Actor, Fault, Result};
use serde_json::json;
use std::time::Duration;
use tickets::TicketId;
use uuid::Uuid;

/// What live updates call it.
pub(crate) const KIND: &str = "sla_backfill";
/// Tickets that are read at once.
const TOGETHER: i64 = 200;

/// How it is done.
pub(crate) static BACKFILL: Long = Long {
    job: "sla.backfill",
    key: "backfill",
    size: |_| TOGETHER,
    lot: |db, id, size, refusal| lot(db, id.into(), size, refusal.is_some()).boxed(),
    silent: |before| sql!("SELECT id FROM sla_backfills WHERE state = 'RUNNING' AND beat_at < $1 ORDER BY beat_at LIMIT 1", before),
    touch: |id, now, before| sql!("UPDATE sla_backfills SET beat_at = $2 WHERE id = $1 AND beat_at < $3", id, now, before),
    not_there: "There is no such ticket.",
};

db::words! {
    /// How far it is.
    pub enum Stage {
        /// At work.
        Running = "RUNNING",
        /// Every ticket is behind it.
        Done = "DONE",
    }
}

record! {
    /// One application of a policy.
    #[derive(Clone, Debug)]
    pub struct Backfill {
        /// The id.
        pub id: Id<Backfill>,
        /// Which policy.
        pub policy_id: Id<Policy>,
        /// What it said.
        pub version_id: Id<Version>,
        /// Who asked for it.
        pub person_name: String,
        /// How far it is.
        pub stage: Stage,
        /// Tickets to look at.
        pub total: i64,
        /// Looked at.
        pub looked: i64,
        /// That got the policy.
        pub changed: i64,
        /// Tickets up to this one are behind it.
        pub position: TicketId,
        /// When it was asked for.
        pub created_at: Timestamp,
    }
}

macro_rules! backfill_from {
    () => {
        "SELECT id, policy_id, version_id, person_name, state, total, looked, changed, position, created_at FROM sla_backfills"
    };
}

/// What can still get a promise: what is closed, in the trash or spam is left alone.
macro_rules! alive {
    () => {
        "status <> 'CLOSED' AND trashed_at IS NULL AND spam_at IS NULL"
    };
}

impl Backfill {
    /// The last one of a policy.
    pub(crate) async fn last(conn: &mut Conn, policy: Id<Policy>) -> Result<Option<Self>> {
        Ok(conn.first(sql!(concat!(backfill_from!(), " WHERE policy_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1"), policy)).await?)
    }

    /// It is not at its end.
    pub(crate) fn is_at_work(&self) -> bool {
        self.stage == Stage::Running
    }

    /// Asks for it, for the policy as it was seen at `version`. One that is at work goes on, and no second begins.
    pub(crate) async fn begin(tx: &mut Tx, actor: &Actor, policy: &Policy, version: i64) -> Result<()> {
        if policy.version != version {
            return Err(meanwhile());
        }
        if !policy.is_active {
            return Err(Fault::Conflict { kind: "policy-off", detail: "The policy is off. Switch it on first.".to_owned() });
        }
        let (id, now) = (Id::<Self>::new(), tx.now());
        let begun = tx
            .run(sql!(
                concat!(
                    "INSERT INTO sla_backfills (id, policy_id, version_id, person_id, person_name, state, total, looked, changed, position, beat_at, created_at)
                     SELECT $1, v.policy_id, v.id, $2, $3, 'RUNNING', (SELECT COUNT(*) FROM tickets WHERE ",
                    alive!(),
                    "), 0, 0, $4, $5, $5 FROM sla_versions v WHERE v.policy_id = $6 AND v.version = $7
                     ON CONFLICT (policy_id) WHERE state = 'RUNNING' DO NOTHING"
                ),
                id,
                actor.person,
                &actor.name,
                Uuid::nil(),
                now,
                policy.id,
                version
            ))
            .await?;
        if begun == 0 {
            return Ok(());
        }
        tx.record(actor.event("sla_policy.backfilled", ("sla_policy", policy.id.uuid()), true, json!({ "name": policy.name, "version": version }))).await?;
        BACKFILL.enqueue(tx, id.uuid()).await
    }
}

/// How many tickets would get the policy as it is kept.
pub(crate) async fn count(conn: &mut Conn, policy: &Policy) -> Result<usize> {
    let choices = keep::choices(conn).await?;
    let (mut count, mut after) = (0, TicketId::from(Uuid::nil()));
    loop {
        let ids = next(conn, after, TOGETHER).await?;
        let Some(last) = ids.last() else { return Ok(count) };
        after = *last;
        count += chosen(conn, &ids, policy.id, &choices).await?.len();
    }
}

async fn next(conn: &mut Conn, after: TicketId, size: i64) -> Result<Vec<TicketId>> {
    Ok(conn.all(lot_of(after, size)).await?)
}

fn lot_of(after: TicketId, size: i64) -> Query {
    sql!(concat!("SELECT id FROM tickets WHERE id > $1 AND ", alive!(), " ORDER BY id LIMIT $2"), after, size)
}

/// How the engine reads a lot; for the plan test.
pub async fn plan(conn: &mut Conn) -> Result<String> {
    Ok(conn.plan(lot_of(TicketId::new(), TOGETHER)).await?)
}

/// Of these tickets those for which the policy is the first that fits, whenever they came, and that have not this version
/// of it; with the version, and since when what they have counts.
async fn chosen(conn: &mut Conn, ids: &[TicketId], policy: Id<Policy>, choices: &[Choice]) -> Result<Vec<(TicketId, Id<Version>, Option<Timestamp>)>> {
    let known = keep::standing(conn, ids).await?;
    let mut chosen = Vec::new();
    for row in &known.rows {
        let last = known.terms.get(&row.id.uuid()).and_then(|terms| terms.last());
        let has = [Some(policy), last.map(|last| last.3)];
        let Some(choice) = first_fit(choices, row.created_at, &has, &known.traits(row)).filter(|choice| choice.policy == policy) else { continue };
        if last.is_none_or(|last| last.2 != choice.version) {
            chosen.push((row.id, choice.version, last.map(|last| last.1)));
        }
    }
    Ok(chosen)
}

/// One transaction: the next tickets, which of them get the policy, and how far it is. The clocks follow by the journal.
/// `is_refused`: the next ticket could not get it and is passed over, so that it keeps no other from it.
async fn lot(db: &Db, id: Id<Backfill>, size: i64, is_refused: bool) -> Result<bool> {
    let mut tx = db.write().await?;
    let now = tx.now();
    // whoever else works on it waits here until this lot is written (PostgreSQL: on the row; SQLite: for the writer)
    if tx.run(sql!("UPDATE sla_backfills SET beat_at = $2 WHERE id = $1 AND state = 'RUNNING'", id, now)).await? == 0 {
        return Ok(false);
    }
    tx.lock(LOCK).await?;
    let backfill: Backfill = tx.one(sql!(concat!(backfill_from!(), " WHERE id = $1"), id)).await?;
    let choices = keep::choices(&mut tx).await?;
    let is_current = choices.iter().any(|choice| choice.policy == backfill.policy_id && choice.version == backfill.version_id);
    let ids = if is_current { next(&mut tx, backfill.position, size).await? } else { Vec::new() };
    let name: String = tx.one(sql!("SELECT name FROM sla_versions WHERE id = $1", backfill.version_id)).await?;
    let facts = json!({ "new": name, "cause": { "reason": format!("{} applied it", backfill.person_name) } });
    let mut begun = Vec::new();
    let chosen = if is_refused { Vec::new() } else { chosen(&mut tx, &ids, backfill.policy_id, &choices).await? };
    for (ticket, version, before) in chosen {
        let since = before.map_or(now, |before| now.max(before.plus(Duration::from_micros(1))));
        begun.push([ticket.into(), since.into(), version.into()]);
        tx.record(Actor::system("SLA").event("sla.policy_applied", ("ticket", ticket.uuid()), true, facts.clone())).await?;
    }
    tx.run_rows("INSERT INTO sla_terms (ticket_id, since, version_id) VALUES", &begun, " ON CONFLICT (ticket_id, since) DO NOTHING").await?;
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    let is_last = count(ids.len()) < size;
    let position = ids.last().copied().unwrap_or(backfill.position);
    tx.run(sql!(
        "UPDATE sla_backfills SET position = $2, looked = looked + $3, changed = changed + $4, state = $5, ended_at = $6 WHERE id = $1",
        id,
        position,
        count(ids.len()),
        count(begun.len()),
        if is_last { Stage::Done } else { Stage::Running },
        is_last.then_some(now)
    ))
    .await?;
    // rings for the page that shows the progress
    tx.record(Actor::system("SLA").event("sla.backfill_moved", (KIND, id.uuid()), true, json!({}))).await?;
    tx.commit().await?;
    Ok(!is_last)
}

/// The gate for live updates: admins.
pub(crate) fn may_see<'a>(_: &'a mut Conn, actor: &'a Actor, _: Uuid) -> BoxFuture<'a, Result<bool>> {
    std::future::ready(Ok(actor.is_admin())).boxed()
}
