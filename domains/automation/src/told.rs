//! Traces in words: what rules said then, what was there, and what became of it.

use crate::{Catalog, Definition, Outcome, RuleId, Trace, trace};
use db::{Conn, Timestamp};
use kernel::Result;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What became of a rule at an event.
pub(crate) struct Told {
    /// Which rule; none when it was removed.
    pub rule: Option<RuleId>,
    pub name: String,
    pub outcome: &'static str,
    pub has_fired: bool,
    pub is_bad: bool,
    pub why: String,
}

/// An event with what became of the rules.
pub(crate) struct Moment {
    pub at: Timestamp,
    /// The kind of event; `time` for a rule of time.
    pub kind: String,
    /// The same for people.
    pub what: String,
    pub subject: Uuid,
    pub label: String,
    /// The page of the thing; empty when it is gone.
    pub href: String,
    pub told: Vec<Told>,
}

/// Puts traces into words; what people call the choices is as it is now.
pub(crate) async fn tell(conn: &mut Conn, catalog: &Catalog, traces: &[Trace]) -> Result<Vec<Moment>> {
    let said = trace::said(conn, traces).await?;
    let words: HashMap<(i64, i64), Vec<String>> = said.iter().map(|(key, said)| (*key, Definition::words(&said.definition, catalog))).collect();
    let ids: Vec<Uuid> = traces.iter().map(|trace| trace.subject_id).collect::<BTreeSet<_>>().into_iter().collect();
    let things: HashMap<Uuid, (String, String)> =
        catalog.things(conn, &ids, &[]).await?.into_iter().map(|thing| (thing.id, (thing.label, thing.href))).collect();
    Ok(traces
        .iter()
        .map(|trace| {
            let (label, href) = things.get(&trace.subject_id).cloned().unwrap_or_else(|| (format!("A {} that is gone", catalog.offer.one), String::new()));
            let told = trace.lines().into_iter().map(|line| {
                let key = (line.rule, line.version);
                let (has_fired, is_bad, why) = reason(&line.outcome, words.get(&key).map(Vec::as_slice).unwrap_or_default(), catalog);
                let said = said.get(&key);
                Told {
                    rule: said.filter(|said| said.is_there).map(|said| said.id),
                    name: said.map_or_else(|| format!("Rule {}", line.rule), |said| said.name.clone()),
                    outcome: line.outcome.word(),
                    has_fired,
                    is_bad,
                    why,
                }
            });
            let kind = if trace.kind.starts_with("time:") { "time" } else { &trace.kind };
            Moment { at: trace.at, kind: kind.to_owned(), what: what(catalog, kind), subject: trace.subject_id, label, href, told: told.collect() }
        })
        .collect())
}

/// The same of one rule alone.
pub(crate) async fn of_rule(conn: &mut Conn, catalog: &Catalog, rule: RuleId, traces: &[Trace]) -> Result<Vec<Moment>> {
    let mut moments = tell(conn, catalog, traces).await?;
    for moment in &mut moments {
        moment.told.retain(|told| told.rule == Some(rule));
    }
    moments.retain(|moment| !moment.told.is_empty());
    Ok(moments)
}

fn what(catalog: &Catalog, kind: &str) -> String {
    let label = if kind == "time" { "time passed" } else { catalog.event(kind).map_or(kind, |event| event.label) };
    let mut letters = label.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Whether it fired, whether something went wrong, and why.
fn reason(outcome: &Outcome, words: &[String], catalog: &Catalog) -> (bool, bool, String) {
    match outcome {
        Outcome::Missed(leaf, was) => {
            let condition = words.get(*leaf).cloned().unwrap_or_else(|| format!("Condition {}", leaf + 1));
            let label = catalog.book.values().flatten().find(|choice| choice.value == *was).map_or(was, |choice| &choice.label);
            let was = if was.is_empty() { String::new() } else { format!("; it was {label}") };
            (false, false, format!("Not true: {condition}{was}"))
        }
        Outcome::Fired => (true, false, "All conditions were true.".to_owned()),
        Outcome::Stopped => (true, false, "All conditions were true. Later rules were not asked.".to_owned()),
        Outcome::OwnChain => (false, false, "It had set this off itself.".to_owned()),
        Outcome::Limit => (false, true, "Ten rules had fired already in what began with one event.".to_owned()),
        Outcome::Failed(why) => (false, true, format!("It could not do what it says, so nothing of it was kept. {why}")),
    }
}
