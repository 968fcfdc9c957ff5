//! Reads the journal and lets the rules answer. Its position moves in the transaction of what the rules did, one node at a
//! time, so that a crash loses and repeats nothing. Events that nobody listens to are passed over in memory; that rules
//! were asked and did not fire is written down for many events together.

use crate::{
    Line, Loaded, Outcome, RuleId, Trace, Waiting, assign,
    fire::{Firing, Halt},
    loaded::{Ready, concerns_names},
    plan::{Plan, default_of, leaves, plan, stray},
};
use db::{Event, Tx, journal};
use kernel::Result;
use std::{collections::HashMap, time::Duration};
use tokio::{sync::watch, time::Instant};
use web::App;

/// The name of the position.
const READER: &str = "automation";
/// Lines looked at together.
const LOT: i64 = 64;
/// No position was read yet.
const UNKNOWN: i64 = i64::MIN;
/// The lock that nodes share.
pub(crate) const LOCK: &str = "automation";
/// After this many lines that nobody listened to, the position is written down.
const FAR: usize = 2_000;
/// So many traces are written together.
const MANY: usize = 64;
/// A trace waits for others at most this long.
const REST: Duration = Duration::from_millis(250);
/// A rule that fails in the machinery is tried this often.
const TRIES: u32 = 3;

/// Follows the journal until `stop` says so.
pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    let mut ear = app.db.bell().listen();
    let mut runner = Runner { app, loaded: None, position: UNKNOWN, stored: UNKNOWN, notes: Vec::new(), noted: Instant::now(), passed: 0, tries: 0 };
    while !*stop.borrow() {
        match runner.step().await {
            Ok(true) => {}
            Ok(false) => {
                let rests = !runner.notes.is_empty();
                tokio::select! { () = ear.wait() => {} () = tokio::time::sleep(REST), if rests => {} _ = stop.changed() => {} }
            }
            Err(error) => {
                tracing::error!(%error, "the rules can't read the journal and will try again");
                runner.loaded = None;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
    if let Err(error) = runner.write_notes().await {
        tracing::warn!(%error, "the last traces are written after the next start");
    }
}

/// A trace that waits to be written.
struct Note {
    event: Event,
    lines: Vec<Line>,
}

struct Runner {
    app: App,
    loaded: Option<Loaded>,
    /// The last line looked at.
    position: i64,
    /// The position as it is written, by the last that this node knows.
    stored: i64,
    notes: Vec<Note>,
    /// Since when the first of them waits.
    noted: Instant,
    passed: usize,
    tries: u32,
}

impl Runner {
    /// Goes on by some lines; false when there are none.
    async fn step(&mut self) -> Result<bool> {
        let mut conn = self.app.db.read().await?;
        if self.position == UNKNOWN {
            self.stored = journal::position(&mut conn, READER).await?;
            self.position = self.stored;
        }
        let events = journal::after(&mut conn, self.position, LOT).await?;
        if !events.is_empty() {
            if self.loaded.is_none() || events.iter().any(concerns_names) {
                let loaded = Loaded::load(&self.app, &mut conn).await?;
                disable(&self.app, &loaded).await?;
                self.loaded = Some(loaded);
            }
            let Some(loaded) = &self.loaded else { return Ok(false) };
            let somebody_waits = !Waiting::first(&mut conn, 1).await?.is_empty();
            let plans = plan(loaded, &mut conn, &events, somebody_waits).await?;
            drop(conn);
            return self.carry_out(events, plans).await.map(|()| true);
        }
        drop(conn);
        if !self.notes.is_empty() && self.noted.elapsed() >= REST {
            self.write_notes().await?;
        }
        Ok(false)
    }

    async fn carry_out(&mut self, events: Vec<Event>, plans: Vec<Plan>) -> Result<()> {
        for (event, plan) in events.into_iter().zip(plans) {
            match plan {
                // what follows is read again, as it is after this
                Plan::Act => return self.act(&event).await,
                Plan::Pass => {
                    self.position = event.seq;
                    self.passed += 1;
                }
                Plan::Note(lines) => {
                    if self.notes.is_empty() {
                        self.noted = Instant::now();
                    }
                    self.position = event.seq;
                    self.passed += 1;
                    self.notes.push(Note { event, lines });
                }
            }
        }
        let is_time = !self.notes.is_empty() && (self.notes.len() >= MANY || self.noted.elapsed() >= REST);
        if is_time || self.passed >= FAR { self.write_notes().await } else { Ok(()) }
    }

    /// Writes down what waits, and how far this node is.
    async fn write_notes(&mut self) -> Result<()> {
        if self.position == self.stored {
            return Ok(());
        }
        let Some(mut tx) = self.begin().await? else { return Ok(()) };
        self.keep_notes(&mut tx).await?;
        journal::advance(&mut tx, READER, self.position).await?;
        tx.commit().await?;
        self.written(self.position);
        Ok(())
    }

    async fn keep_notes(&self, tx: &mut Tx) -> Result<()> {
        for Note { event, lines } in &self.notes {
            Trace::keep(tx, (event.at, &event.kind), (&event.subject_kind, event.subject_id), lines).await?;
        }
        Ok(())
    }

    fn written(&mut self, to: i64) {
        (self.position, self.stored, self.passed, self.tries) = (to, to, 0, 0);
        self.notes.clear();
    }

    /// A transaction of this node alone; none when another one was there meanwhile: then this one goes on from there.
    async fn begin(&mut self) -> Result<Option<Tx>> {
        let mut tx = self.app.db.write().await?;
        tx.lock(LOCK).await?;
        let stored = journal::position(&mut tx, READER).await?;
        if stored != self.stored {
            self.written(stored);
            self.loaded = None;
            return Ok(None);
        }
        Ok(Some(tx))
    }

    /// Lets rules and assignment do their work at one event. A rule that fails is left out and the event done anew.
    async fn act(&mut self, event: &Event) -> Result<()> {
        let mut failed: HashMap<RuleId, String> = HashMap::new();
        loop {
            let Some(mut tx) = self.begin().await? else { return Ok(()) };
            let Some(loaded) = &self.loaded else { return Ok(()) };
            self.keep_notes(&mut tx).await?;
            match work(loaded, &mut tx, event, &failed).await {
                Ok(is_done) => {
                    let to = if is_done { event.seq } else { self.position };
                    journal::advance(&mut tx, READER, to).await?;
                    tx.commit().await?;
                    self.written(to);
                    return Ok(());
                }
                Err(Halt::Rule(rule, why)) => {
                    tracing::warn!(%rule, why, "a rule could not do what it says");
                    failed.insert(rule, why);
                }
                Err(Halt::Fault(fault)) if self.tries < TRIES => {
                    self.tries += 1;
                    return Err(fault);
                }
                Err(Halt::Fault(fault)) => {
                    tracing::error!(%fault, seq = event.seq, "rules and assignment are left out at this event");
                    drop(tx);
                    let lost = |ready: &Ready| Outcome::Failed("Something broke; it was tried three times.".to_owned()).of(&ready.rule);
                    let lines = loaded.listening(event).map(lost).collect();
                    self.notes.push(Note { event: event.clone(), lines });
                    self.position = event.seq;
                    return self.write_notes().await;
                }
            }
        }
    }
}

/// All that is to be done at one event; false when there is more of it than one transaction should hold.
async fn work(loaded: &Loaded, tx: &mut Tx, event: &Event, failed: &HashMap<RuleId, String>) -> std::result::Result<bool, Halt> {
    let lines = Firing { loaded, failed }.event(tx, event).await?;
    Trace::keep(tx, (event.at, &event.kind), (&event.subject_kind, event.subject_id), &lines).await?;
    assign::give_out(tx, &loaded.catalogs).await?;
    if let Some(person) = leaves(tx, event).await? {
        return Ok(assign::release(tx, loaded, person).await?);
    }
    let Some(catalog) = loaded.catalogs.get(event.subject_kind.as_str()) else { return Ok(true) };
    let Some(duty) = &catalog.offer.duty else { return Ok(true) };
    let wanted = [duty.person, duty.team, duty.is_work].map(str::to_owned);
    let Some(thing) = catalog.things(tx, &[event.subject_id], &wanted).await?.pop() else { return Ok(true) };
    if let Some(person) = stray(tx, catalog, event, Some(&thing)).await? {
        assign::free(tx, loaded, catalog, (thing.id, thing.facts.get(duty.team).and_then(|id| id.as_str()?.parse().ok())), person).await?;
    } else if let Some(default) = default_of(loaded, catalog, event, &thing) {
        assign::by_default(tx, catalog, duty, thing.id, default).await?;
    }
    Ok(true)
}

/// In a house that had no rules before, they begin at the end of its history. Called once at start, before anything is
/// served, so that nothing comes in between.
pub async fn begin(app: &App) -> Result<()> {
    let mut tx = app.db.write().await?;
    tx.lock(LOCK).await?;
    journal::begin(&mut tx, READER).await?;
    Ok(tx.commit().await?)
}

/// Switches off rules that name what is gone, with the reason.
async fn disable(app: &App, loaded: &Loaded) -> Result<()> {
    if loaded.broken.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.write().await?;
    for (rule, reason) in &loaded.broken {
        rule.disable(&mut tx, reason).await?;
    }
    Ok(tx.commit().await?)
}
