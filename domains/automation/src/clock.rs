//! Rules of time: each minute all things that can still change are asked; a rule fires once for a thing, and again only
//! after its conditions were false.

use crate::{
    Catalog, Loaded, Moment, Outcome, RuleId, Trace, evaluate,
    fire::{Chain, Firing, Halt, count},
    loaded::Ready,
    runner::LOCK,
    trace::time_kind,
};
use db::{Query, Tx, Value, sql};
use kernel::{Result, Walk};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use web::App;

/// Things of one look.
const LOT: i64 = 500;
/// A rule fires at most this often a minute; the rest follows in the next one.
const MOST: usize = 500;

/// One look of all rules of time.
pub(crate) async fn pass(app: &App) -> Result<()> {
    let mut conn = app.db.read().await?;
    let loaded = Loaded::load(app, &mut conn).await?;
    drop(conn);
    for (kind, catalog) in &loaded.catalogs {
        let rules: Vec<&Ready> = loaded.of_time().filter(|ready| ready.rule.kind == *kind).collect();
        if rules.is_empty() {
            continue;
        }
        let due = look(app, catalog, &loaded, &rules).await?;
        for (ready, holds) in rules.iter().zip(due) {
            answer(app, &loaded, catalog, ready, &holds).await?;
        }
    }
    Ok(())
}

/// For each rule the things for which it holds now, in their order.
async fn look(app: &App, catalog: &Catalog, loaded: &Loaded, rules: &[&Ready]) -> Result<Vec<Vec<Uuid>>> {
    let mut holds: Vec<Vec<Uuid>> = vec![Vec::new(); rules.len()];
    let mut after = (0, Uuid::nil());
    loop {
        let mut conn = app.db.read().await?;
        let places = (catalog.offer.candidates)(&mut conn, Walk::Alive, after, LOT).await?;
        let Some(last) = places.last() else { return Ok(holds) };
        after = *last;
        let ids: Vec<Uuid> = places.iter().map(|(_, id)| *id).collect();
        let now = conn.now();
        for thing in catalog.things(&mut conn, &ids, loaded.wanted(catalog.kind)).await? {
            for (rule, holds) in rules.iter().zip(&mut holds) {
                if evaluate(&rule.definition.test, &Moment { facts: &thing.facts, turn: None, now }).is_none() {
                    holds.push(thing.id);
                }
            }
        }
    }
}

/// Fires for what holds newly, forgets what holds no more.
async fn answer(app: &App, loaded: &Loaded, catalog: &Catalog, ready: &Ready, holds: &[Uuid]) -> Result<()> {
    let rule = ready.rule.id;
    let fired: Vec<Uuid> = app.db.read().await?.all(sql!("SELECT subject_id FROM rule_fired WHERE rule_id = $1", rule)).await?;
    let (before, now): (HashSet<&Uuid>, HashSet<&Uuid>) = (fired.iter().collect(), holds.iter().collect());
    let gone: Vec<Uuid> = fired.iter().filter(|id| !now.contains(id)).copied().collect();
    for lot in gone.chunks(400) {
        let mut tx = app.db.write().await?;
        let mut query = Query::with("DELETE FROM rule_fired WHERE rule_id = $1 AND subject_id IN ", vec![Value::from(rule)]);
        query.list(lot.iter().copied());
        tx.run(query).await?;
        tx.commit().await?;
    }
    for id in holds.iter().filter(|id| !before.contains(id)).take(MOST) {
        once(app, loaded, catalog, ready, *id).await?;
    }
    Ok(())
}

/// Fires for one thing, unless another node did or it holds no more.
async fn once(app: &App, loaded: &Loaded, catalog: &Catalog, ready: &Ready, id: Uuid) -> Result<()> {
    let failed = HashMap::new();
    let firing = Firing { loaded, failed: &failed };
    let mut tx = app.db.write().await?;
    tx.lock(LOCK).await?;
    if !claim(&mut tx, ready.rule.id, id).await? {
        return Ok(());
    }
    let Some(thing) = catalog.things(&mut tx, &[id], loaded.wanted(catalog.kind)).await?.pop() else { return Ok(()) };
    let (now, chain) = (tx.now(), Chain::begun_by_time());
    if evaluate(&ready.definition.test, &Moment { facts: &thing.facts, turn: None, now }).is_some() || !count(&mut tx, &chain).await? {
        return Ok(());
    }
    let outcome = match firing.fire(&mut tx, catalog, ready, &thing, &chain).await {
        Ok(()) => Outcome::Fired,
        Err(Halt::Fault(fault)) => return Err(fault),
        Err(Halt::Rule(_, why)) => {
            // what it began is undone; that it could not is kept, so that it is not tried each minute
            drop(tx);
            tx = app.db.write().await?;
            if !claim(&mut tx, ready.rule.id, id).await? {
                return Ok(());
            }
            Outcome::Failed(why)
        }
    };
    Trace::keep(&mut tx, (now, &time_kind(ready.rule.id)), (&ready.rule.kind, id), &[outcome.of(&ready.rule)]).await?;
    Ok(tx.commit().await?)
}

async fn claim(tx: &mut Tx, rule: RuleId, id: Uuid) -> Result<bool> {
    let now = tx.now();
    let claimed = tx
        .run(sql!("INSERT INTO rule_fired (rule_id, subject_id, at) VALUES ($1, $2, $3) ON CONFLICT (rule_id, subject_id) DO NOTHING", rule, id, now))
        .await?;
    Ok(claimed == 1)
}
