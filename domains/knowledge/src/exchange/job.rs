//! An import that somebody asked for on a page: worked on by a job in slices, with how far it is and what became of each file. After a
//! crash it goes on where it stood.

use super::{KIND, Line, Outcome, Plan, Run, Tree};
use crate::category::shapes;
use accounts::Person;
use db::{Conn, Db, Id, Timestamp, Tx, Value, record, sql};
use files::{Store, Stored};
use futures::FutureExt as _;
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// The job.
const JOB: &str = "knowledge.import";
/// After this long other jobs get their turn.
const SLICE: Duration = Duration::from_secs(10);
/// Steps whose lines are kept together.
const LOT: usize = 10;

record! {
    /// An import.
    #[derive(Clone, Debug)]
    pub struct Import {
        /// The id.
        pub id: Id<Import>,
        /// The file that was sent.
        pub name: String,
        /// Who sent it.
        pub person: String,
        /// It only says what it would do.
        pub is_dry: bool,
        /// `WAITING`, `RUNNING`, `DONE` or `FAILED`.
        pub state: String,
        /// Why it failed.
        pub words: Option<String>,
        /// Steps there are; none before it began.
        pub total: i64,
        /// Steps taken.
        pub done: i64,
        /// New articles.
        pub added: i64,
        /// Changed ones.
        pub changed: i64,
        /// Those that are as they were.
        pub same: i64,
        /// Files that could not be taken.
        pub refused: i64,
        /// When it was asked for.
        pub created_at: Timestamp,
        /// When it ended.
        pub ended_at: Option<Timestamp>,
    }
}

record! {
    /// A line of its report, as it is kept.
    #[derive(Clone, Debug)]
    pub struct Left {
        /// Its number.
        pub number: i64,
        /// The file.
        pub path: String,
        /// What became of it.
        pub outcome: Outcome,
        /// Why.
        pub words: String,
    }
}

macro_rules! import_select {
    () => {
        "SELECT i.id, i.name, p.name, i.is_dry, i.state, i.words, i.total, i.done, i.added, i.changed, i.same, i.refused, i.created_at, i.ended_at
         FROM knowledge_imports i JOIN people p ON p.id = i.person_id"
    };
}

impl Import {
    /// Asks for one. The file is in the store already.
    pub async fn add(tx: &mut Tx, actor: &Actor, stored: Stored, is_dry: bool) -> Result<Id<Self>> {
        shapes(actor)?;
        let (id, now, person) = (Id::<Self>::new(), tx.now(), actor.person.ok_or(Fault::SignIn)?);
        let file = files::adopt(tx, actor, stored, KIND, id.uuid()).await?;
        tx.run(sql!(
            "INSERT INTO knowledge_imports (id, name, person_id, is_dry, state, total, done, added, changed, same, refused, created_at)
             VALUES ($1, $2, $3, $4, 'WAITING', 0, 0, 0, 0, 0, 0, $5)",
            id,
            file.name,
            person,
            is_dry,
            now
        ))
        .await?;
        jobs::enqueue(tx, JOB, &json!({ "import": id }), now).await?;
        tx.record(actor.event("articles.import_asked", ("knowledge_import", id.uuid()), true, json!({ "dry": is_dry }))).await?;
        Ok(id)
    }

    /// One; for supervisors.
    pub async fn get(conn: &mut Conn, actor: &Actor, id: Id<Self>) -> Result<Self> {
        shapes(actor)?;
        Ok(conn.one(sql!(concat!(import_select!(), " WHERE i.id = $1"), id)).await?)
    }

    /// The last ones, the newest first; for supervisors.
    pub async fn last(conn: &mut Conn, actor: &Actor) -> Result<Vec<Self>> {
        shapes(actor)?;
        Ok(conn.all(sql!(concat!(import_select!(), " ORDER BY i.created_at DESC, i.id DESC LIMIT 20"))).await?)
    }

    /// A page of its report, in order: what was refused alone, or all; and after which line the next one goes on.
    pub async fn page(&self, conn: &mut Conn, is_refused: bool, after: i64, limit: i64) -> Result<(Vec<Left>, Option<i64>)> {
        let mut query = sql!("SELECT number, path, outcome, words FROM knowledge_import_lines WHERE import_id = $1 AND number > $2", self.id, after);
        if is_refused {
            query.push(" AND outcome = 'REFUSED'");
        }
        query.push(" ORDER BY number").limit(limit + 1);
        let mut lines: Vec<Left> = conn.all(query).await?;
        let more = i64::try_from(lines.len()).unwrap_or(i64::MAX) > limit;
        if more {
            lines.pop();
        }
        let next = lines.last().filter(|_| more).map(|line| line.number);
        Ok((lines, next))
    }

    /// It has come to its end.
    pub fn is_over(&self) -> bool {
        matches!(self.state.as_str(), "DONE" | "FAILED")
    }

    /// How far it is, of a hundred.
    pub fn percent(&self) -> i64 {
        if self.total == 0 { 0 } else { self.done * 100 / self.total }
    }
}

/// Tells the worker what the job does.
pub fn register(worker: &mut jobs::Worker, db: &Db, store: &Arc<Store>) {
    let (db, store) = (db.clone(), Arc::clone(store));
    worker.on(
        JOB,
        Arc::new(move |facts| {
            let (db, store) = (db.clone(), Arc::clone(&store));
            async move {
                let id = facts["import"].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| Fault::Broken("a job without its import".to_owned()))?;
                Box::pin(work(&db, &store, id)).await
            }
            .boxed()
        }),
    );
}

async fn work(db: &Db, store: &Store, id: Id<Import>) -> Result<()> {
    let begun = Instant::now();
    let query = sql!("SELECT person_id, is_dry, done FROM knowledge_imports WHERE id = $1 AND state IN ('WAITING', 'RUNNING')", id);
    let Some((person, is_dry, done)): Option<(PersonId, bool, i64)> = db.read().await?.first(query).await? else { return Ok(()) };
    let actor = Person::get(&mut db.read().await?, person).await?.acting();
    let mut plan = match plan(db, store, id).await {
        Ok(plan) => plan,
        Err(words) => return end(db, id, Some(&words)).await,
    };
    let total = Run::steps(&plan);
    let mut at = usize::try_from(done).unwrap_or(0);
    if at == 0 {
        let first = plan.lines.clone();
        keep(db, id, total, 0, &first).await?;
    }
    let mut run = Run::new(db, store, &actor, is_dry);
    while at < total {
        let mut lines = Vec::new();
        for _ in 0..LOT.min(total - at) {
            lines.extend(run.step(&mut plan, at).await?);
            at += 1;
        }
        keep(db, id, total, at, &lines).await?;
        if begun.elapsed() > SLICE && at < total {
            let mut tx = db.write().await?;
            let now = tx.now();
            jobs::enqueue(&mut tx, JOB, &json!({ "import": id }), now).await?;
            return Ok(tx.commit().await?);
        }
    }
    end(db, id, None).await
}

/// The plan of the file; why there is none is a sentence.
async fn plan(db: &Db, store: &Store, id: Id<Import>) -> std::result::Result<Plan, String> {
    let gone = |fault: Fault| format!("The file can't be read: {fault}.");
    let mut conn = db.read().await.map_err(|error| gone(error.into()))?;
    let file = files::of(&mut conn, KIND, &[id.uuid()]).await.map_err(gone)?.into_iter().next().ok_or_else(|| "The file is gone.".to_owned())?;
    drop(conn);
    let bytes = file.bytes(store).await.map_err(gone)?.to_vec();
    let name = file.name;
    let read = blocking(move || if bytes.starts_with(b"PK") { Tree::zip(bytes).map(Plan::read) } else { Tree::one(&name, bytes).map(Plan::read) });
    read.await
}

/// Where blocking is allowed.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> std::result::Result<T, String> + Send + 'static) -> std::result::Result<T, String> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(format!("It broke on our side: {error}.")))
}

/// Keeps how far it is, and lines of the report, together. A step that was taken twice has its lines once.
async fn keep(db: &Db, id: Id<Import>, total: usize, done: usize, lines: &[Line]) -> Result<()> {
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut tx = db.write().await?;
    let mut next: i64 = tx.one(sql!("SELECT COALESCE(MAX(number), 0) FROM knowledge_import_lines WHERE import_id = $1", id)).await?;
    let mut rows: Vec<[Value; 5]> = Vec::new();
    for line in lines {
        next += 1;
        let words: String = line.words.chars().take(1_000).collect();
        rows.push([id.into(), next.into(), line.path.as_str().into(), line.outcome.into(), words.into()]);
    }
    tx.run_rows("INSERT INTO knowledge_import_lines (import_id, number, path, outcome, words) VALUES", &rows, "").await?;
    let count = |outcome| number(lines.iter().filter(|line| line.outcome == outcome).count());
    tx.run(sql!(
        "UPDATE knowledge_imports SET state = 'RUNNING', total = $2, done = $3, added = added + $4, changed = changed + $5, same = same + $6, refused = refused + $7
         WHERE id = $1",
        id,
        number(total),
        number(done),
        count(Outcome::Added),
        count(Outcome::Changed),
        count(Outcome::Same),
        count(Outcome::Refused)
    ))
    .await?;
    tx.record(Actor::system("Import").event("articles.import_moved", ("knowledge_import", id.uuid()), true, json!({ "done": done }))).await?;
    Ok(tx.commit().await?)
}

async fn end(db: &Db, id: Id<Import>, words: Option<&str>) -> Result<()> {
    let mut tx = db.write().await?;
    let now = tx.now();
    let state = if words.is_some() { "FAILED" } else { "DONE" };
    tx.run(sql!("UPDATE knowledge_imports SET state = $2, words = $3, ended_at = $4 WHERE id = $1", id, state, words, now)).await?;
    files::drop_of(&mut tx, KIND, &[id.uuid()]).await?;
    tx.record(Actor::system("Import").event("articles.import_ended", ("knowledge_import", id.uuid()), true, json!({ "state": state }))).await?;
    Ok(tx.commit().await?)
}

/// May this actor see the file of an import?
pub(crate) async fn may_see(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<bool> {
    match Import::get(conn, actor, Id::from(id)).await {
        Ok(_) => Ok(true),
        Err(Fault::Missing | Fault::Forbidden(_)) => Ok(false),
        Err(fault) => Err(fault),
    }
}
