//! Why each rule did or did not fire: a row for an event that some rule listened to, a few bytes a rule. Kept for 30 days.

use crate::{Rule, RuleId};
use db::{Conn, Db, Id, Query, Timestamp, Tx, record, sql};
use kernel::Result;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Traces are kept this long.
const KEEP: Duration = Duration::from_hours(720);

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A condition was not true: its number, and what was there instead.
    Missed(usize, String),
    /// It fired.
    Fired,
    /// It fired, and later rules were not asked.
    Stopped,
    /// It had set this off itself.
    OwnChain,
    /// Too many rules had fired already.
    Limit,
    /// It could not do what it says; nothing of it was kept.
    Failed(String),
}

/// A rule's part of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The rule's number.
    pub rule: i64,
    /// What it said then.
    pub version: i64,
    /// What became of it.
    pub outcome: Outcome,
}

impl Outcome {
    /// As the line of a rule.
    pub(crate) fn of(self, rule: &Rule) -> Line {
        Line { rule: rule.number, version: rule.version, outcome: self }
    }

    /// The word that programs know it by.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Missed(..) => "MISSED",
            Self::Fired => "FIRED",
            Self::Stopped => "FIRED_AND_STOPPED",
            Self::OwnChain => "OWN_CHAIN",
            Self::Limit => "LIMIT",
            Self::Failed(_) => "FAILED",
        }
    }
}

impl Line {
    fn json(&self) -> Value {
        let (rule, version) = (self.rule, self.version);
        match &self.outcome {
            Outcome::Missed(leaf, was) => json!([rule, version, 0, leaf, was]),
            Outcome::Fired => json!([rule, version, 1]),
            Outcome::Stopped => json!([rule, version, 2]),
            Outcome::OwnChain => json!([rule, version, 3]),
            Outcome::Limit => json!([rule, version, 4]),
            Outcome::Failed(why) => json!([rule, version, 5, why]),
        }
    }

    fn read(json: &Value) -> Option<Self> {
        let text = |at: usize| json[at].as_str().unwrap_or_default().to_owned();
        let outcome = match json[2].as_i64()? {
            0 => Outcome::Missed(usize::try_from(json[3].as_u64()?).ok()?, text(4)),
            1 => Outcome::Fired,
            2 => Outcome::Stopped,
            3 => Outcome::OwnChain,
            4 => Outcome::Limit,
            _ => Outcome::Failed(text(3)),
        };
        Some(Self { rule: json[0].as_i64()?, version: json[1].as_i64()?, outcome })
    }
}

record! {
    /// A row of traces.
    #[derive(Clone, Debug)]
    pub struct Trace {
        /// The id; grows with time.
        pub id: Id<Trace>,
        /// When.
        pub at: Timestamp,
        /// The kind of event, or `time:` and a rule's id.
        pub kind: String,
        /// The kind of thing.
        pub subject_kind: String,
        /// Which one.
        pub subject_id: Uuid,
        lines: String,
    }
}

macro_rules! trace_columns {
    () => {
        "SELECT id, at, kind, subject_kind, subject_id, lines FROM rule_traces"
    };
}

impl Trace {
    /// What became of each rule that was asked, in their order.
    pub fn lines(&self) -> Vec<Line> {
        let json: Value = serde_json::from_str(&self.lines).unwrap_or_default();
        json.as_array().into_iter().flatten().filter_map(Line::read).collect()
    }

    /// Keeps what became of the rules that listened.
    pub(crate) async fn keep(tx: &mut Tx, (at, kind): (Timestamp, &str), subject: (&str, Uuid), lines: &[Line]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let (id, lines) = (Id::<Self>::new(), Value::from(lines.iter().map(Line::json).collect::<Vec<_>>()).to_string());
        tx.run(sql!(
            "INSERT INTO rule_traces (id, at, kind, subject_kind, subject_id, lines) VALUES ($1, $2, $3, $4, $5, $6)",
            id,
            at,
            kind,
            subject.0,
            subject.1,
            lines
        ))
        .await?;
        Ok(())
    }

    /// Rows about one thing, the newest first, and after which one the next page begins.
    pub async fn page_of_subject(conn: &mut Conn, subject: Uuid, before: Option<Id<Self>>, limit: usize) -> Result<(Vec<Self>, Option<Id<Self>>)> {
        let mut query = sql!(concat!(trace_columns!(), " WHERE subject_id = $1"), subject);
        if let Some(before) = before {
            query.push(" AND id < ").bind(before);
        }
        query.push(" ORDER BY id DESC").limit(rows(limit));
        Ok(cut(conn.all(query).await?, limit))
    }

    /// Rows of the events that a rule listens to: each kind by its index, then merged.
    pub async fn page_of_rule(conn: &mut Conn, rule: &Rule, before: Option<Id<Self>>, limit: usize) -> Result<(Vec<Self>, Option<Id<Self>>)> {
        Ok(cut(conn.all(Self::kinds_query(&rule.trace_kinds(), before, rows(limit))).await?, limit))
    }

    fn kinds_query(kinds: &[String], before: Option<Id<Self>>, limit: i64) -> Query {
        let mut query = Query::with("SELECT id, at, kind, subject_kind, subject_id, lines FROM (", Vec::new());
        for (at, kind) in kinds.iter().enumerate() {
            query.push(if at == 0 { "SELECT * FROM (" } else { " UNION ALL SELECT * FROM (" });
            query.push(trace_columns!()).push(" WHERE kind = ").bind(kind);
            if let Some(before) = before {
                query.push(" AND id < ").bind(before);
            }
            query.push(" ORDER BY id DESC").limit(limit).push(") one");
        }
        query.push(") every ORDER BY id DESC").limit(limit);
        query
    }

    /// How the engine would read the rows of a rule; for the test that no list scans.
    pub async fn plans(conn: &mut Conn) -> Result<Vec<String>> {
        let kinds = ["a".to_owned(), "b".to_owned()];
        let of_kinds = conn.plan(Self::kinds_query(&kinds, Some(Id::new()), 50)).await?;
        let mut query = sql!(concat!(trace_columns!(), " WHERE subject_id = $1"), Uuid::nil());
        query.push(" ORDER BY id DESC LIMIT 50");
        Ok(vec![of_kinds, conn.plan(query).await?])
    }
}

/// One row more than a page has: it tells whether there is another.
fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

fn cut(mut traces: Vec<Trace>, limit: usize) -> (Vec<Trace>, Option<Id<Trace>>) {
    let is_more = traces.len() > limit;
    traces.truncate(limit);
    let next = traces.last().filter(|_| is_more).map(|last| last.id);
    (traces, next)
}

/// What a rule is called and what it said at a version, removed ones too.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) id: RuleId,
    pub(crate) name: String,
    pub(crate) is_there: bool,
    pub(crate) definition: Value,
}

/// The words behind the numbers of traces.
pub(crate) async fn said(conn: &mut Conn, traces: &[Trace]) -> Result<std::collections::HashMap<(i64, i64), Said>> {
    let numbers: std::collections::BTreeSet<i64> = traces.iter().flat_map(Trace::lines).map(|line| line.rule).collect();
    let mut query = Query::with(
        "SELECT r.id, r.number, r.name, r.deleted_at, v.version, v.definition FROM rules r JOIN rule_versions v ON v.rule_id = r.id WHERE r.number IN ",
        Vec::new(),
    );
    query.list(numbers);
    let rows: Vec<(RuleId, i64, String, Option<Timestamp>, i64, String)> = conn.all(query).await?;
    Ok(rows
        .into_iter()
        .map(|(id, number, name, deleted, version, text)| {
            ((number, version), Said { id, name, is_there: deleted.is_none(), definition: serde_json::from_str(&text).unwrap_or_default() })
        })
        .collect())
}

impl Rule {
    /// The kinds under which its traces stand.
    pub(crate) fn trace_kinds(&self) -> Vec<String> {
        let json = self.json();
        if json["when"] == "time" {
            return vec![time_kind(self.id)];
        }
        let mut kinds: Vec<String> = json["when"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        kinds.push(time_kind(self.id));
        kinds
    }
}

/// The kind under which a rule of time leaves its traces.
pub(crate) fn time_kind(rule: RuleId) -> String {
    format!("time:{rule}")
}

/// Forgets traces and chains that are old; called by the clockwork.
pub async fn sweep(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    let (month, day) = (tx.now().minus(KEEP), tx.now().minus(Duration::from_hours(24)));
    tx.run(sql!("DELETE FROM rule_traces WHERE at < $1", month)).await?;
    tx.run(sql!("DELETE FROM rule_chains WHERE at < $1", day)).await?;
    Ok(tx.commit().await?)
}
