//! The report: reads the packs of its time, adds up what passes the sieve, and names what it was grouped by.

use crate::{
    Sources,
    fact::{Fact, WORDS},
    figures::{Figures, Totals},
    filter::Sieve,
    names,
    pack::Unpacker,
    period::Period,
    spent::Spent,
};
use db::{Conn, Query, Timestamp};
use kernel::{Fault, Result};
use std::collections::{HashMap, HashSet};

/// Rows of one table at most.
const ROWS: usize = 200;
/// The ages of open tickets: up to how many hours, as parameters name it, and as people read it.
pub(crate) const AGES: [(i64, &str, &str); 5] =
    [(24, "1d", "Under a day"), (72, "3d", "1 to 3 days"), (168, "7d", "3 to 7 days"), (720, "30d", "7 to 30 days"), (i64::MAX, "older", "Over 30 days")];

/// All figures of one report.
#[derive(Debug)]
pub(crate) struct Report {
    pub total: Figures,
    pub before: Figures,
    /// Created and solved of each day.
    pub days: Vec<(u64, u64)>,
    /// Seconds that people spent on each day.
    pub spent: Vec<u64>,
    /// The figures of each point that is drawn.
    pub steps: Vec<Figures>,
    /// Open tickets of each age.
    pub ages: [u64; AGES.len()],
    /// Kept and broken promises of each metric.
    pub metrics: Vec<(u64, u64)>,
    pub teams: Vec<Row>,
    pub agents: Vec<Row>,
    /// In the order of the dimensions.
    pub words: Vec<Vec<Row>>,
    pub tags: Vec<Row>,
}

/// A line of a table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// What parameters call it: an id, a word, a tag; `none` for tickets without.
    pub key: String,
    /// What people call it.
    pub name: String,
    pub figures: Figures,
}

/// What is added up while reading.
#[derive(Debug)]
struct Sums {
    total: Totals,
    before: Totals,
    days: Vec<(u64, u64)>,
    spent: Vec<u64>,
    steps: Vec<Totals>,
    ages: [u64; AGES.len()],
    metrics: Vec<(u64, u64)>,
    teams: Groups,
    agents: Groups,
    words: [Groups; WORDS],
    tags: Groups,
}

type Groups = HashMap<u32, Totals>;

/// Makes the report.
pub(crate) async fn make(conn: &mut Conn, sources: &Sources, sieve: Sieve, period: &Period) -> Result<Report> {
    let now = conn.now();
    let bodies = bodies(conn, period).await?;
    let (counted, metrics) = (period.clone(), sources.promising.metrics.len());
    // adding up a hundred thousand tickets takes a while, in which others are answered
    let sums = tokio::task::spawn_blocking(move || sum(&bodies, &sieve, &counted, metrics, now)).await;
    let sums = sums.map_err(|error| Fault::Broken(format!("a report broke off: {error}")))?;
    name(conn, sources, sums).await
}

/// The packs that something of this time, of the time before or of now may stand in.
pub(crate) async fn bodies(conn: &mut Conn, period: &Period) -> Result<Vec<Vec<u8>>> {
    let [of_time, of_now] = statements(period.before.from, period.now.to.div_euclid(3_600));
    let mut bodies: Vec<Vec<u8>> = conn.all(of_time).await?;
    bodies.extend(conn.all::<Vec<u8>>(of_now).await?);
    Ok(bodies)
}

/// What has a moment from this second on and came in up to this hour; and what is open, which stands in the report of
/// any time.
fn statements(from: i64, hour: i64) -> [Query; 2] {
    let mut of_time = Query::with("SELECT body FROM analytics_packs WHERE last_at >= ", Vec::new());
    of_time.bind(from).push(" AND hour <= ").bind(hour);
    let mut of_now = Query::with("SELECT body FROM analytics_packs WHERE has_open = TRUE AND (last_at < ", Vec::new());
    of_now.bind(from).push(" OR hour > ").bind(hour).push(")");
    [of_time, of_now]
}

/// How the engine reads the packs of a week; for the plan test.
pub async fn plan(conn: &mut Conn) -> Result<String> {
    let now = conn.now().seconds();
    let [of_time, of_now] = statements(now - 7 * 86_400, now.div_euclid(3_600));
    Ok(conn.plan(of_time).await? + "\n" + &conn.plan(of_now).await?)
}

fn sum(bodies: &[Vec<u8>], sieve: &Sieve, period: &Period, metrics: usize, now: Timestamp) -> Sums {
    let steps = period.days().div_ceil(period.days_a_step());
    let mut sums = Sums {
        total: Totals::default(),
        before: Totals::default(),
        days: vec![(0, 0); period.days()],
        spent: vec![0; period.days()],
        steps: vec![Totals::default(); steps],
        ages: [0; AGES.len()],
        metrics: vec![(0, 0); metrics],
        teams: Groups::new(),
        agents: Groups::new(),
        words: Default::default(),
        tags: Groups::new(),
    };
    let mut fact = Fact::default();
    for body in bodies {
        let mut reader = Unpacker::new(body);
        while reader.next(&mut fact) {
            if sieve.takes(&fact) {
                sums.add(&fact, period, now);
            }
            for spent in fact.spent.iter().filter(|spent| sieve.takes_time(&fact, spent)) {
                sums.add_time(&fact, spent, period);
            }
        }
    }
    sums
}

/// Which age an open ticket has.
pub(crate) fn age(fact: &Fact, now: Timestamp) -> usize {
    let hours = (now.seconds() - fact.created).div_euclid(3_600);
    AGES.iter().position(|(most, ..)| hours < *most).unwrap_or(AGES.len() - 1)
}

impl Sums {
    fn add(&mut self, fact: &Fact, period: &Period, now: Timestamp) {
        if fact.is_open {
            self.total.open += 1;
            self.ages[age(fact, now)] += 1;
        }
        self.before.add(fact, period.before);
        self.by_time(fact, period);
        for kept in fact.promises.iter().filter(|kept| period.now.has(fact.decided_at(kept))) {
            if let Some((met, missed)) = self.metrics.get_mut(kept.metric as usize) {
                *(if kept.is_met { met } else { missed }) += 1;
            }
        }
        if !fact.is_open && fact.last_at() < period.now.from {
            return;
        }
        let groups = [(&mut self.teams, fact.team), (&mut self.agents, fact.agent)].into_iter().chain(self.words.iter_mut().zip(fact.words));
        for (groups, code) in groups {
            into(groups, code, fact, period);
        }
        for tag in &fact.tags {
            into(&mut self.tags, *tag, fact, period);
        }
    }

    /// Time belongs to whoever spent it, and else to where the ticket belongs.
    fn add_time(&mut self, fact: &Fact, spent: &Spent, period: &Period) {
        let seconds = u64::from(spent.seconds);
        if period.before.has(spent.at) {
            self.before.spent += seconds;
        }
        if !period.now.has(spent.at) {
            return;
        }
        let day = period.day_of(spent.at);
        self.total.spent += seconds;
        self.spent[day] += seconds;
        self.steps[day / period.days_a_step()].spent += seconds;
        let groups = [(&mut self.teams, fact.team), (&mut self.agents, spent.agent)].into_iter().chain(self.words.iter_mut().zip(fact.words));
        for (groups, code) in groups {
            groups.entry(code).or_default().spent += seconds;
        }
        for tag in &fact.tags {
            self.tags.entry(*tag).or_default().spent += seconds;
        }
    }

    fn by_time(&mut self, fact: &Fact, period: &Period) {
        self.total.add(fact, period.now);
        if period.now.has(fact.created) {
            let day = period.day_of(fact.created);
            self.days[day].0 += 1;
            self.steps[day / period.days_a_step()].created += 1;
        }
        if let Some(at) = fact.replied_at().filter(|at| period.now.has(*at)) {
            self.steps[period.day_of(at) / period.days_a_step()].first_reply.extend(fact.first_reply);
        }
        if let Some(at) = fact.solved_at().filter(|at| period.now.has(*at)) {
            let day = period.day_of(at);
            self.days[day].1 += 1;
            let step = &mut self.steps[day / period.days_a_step()];
            step.solved += 1;
            step.resolution.extend(fact.solved);
        }
        for kept in fact.promises.iter().filter(|kept| period.now.has(fact.decided_at(kept))) {
            let step = &mut self.steps[period.day_of(fact.decided_at(kept)) / period.days_a_step()];
            if kept.is_met { step.met += 1 } else { step.missed += 1 }
        }
    }
}

fn into(groups: &mut Groups, code: u32, fact: &Fact, period: &Period) {
    let totals = groups.entry(code).or_default();
    totals.add(fact, period.now);
    totals.open += u64::from(fact.is_open);
}

async fn name(conn: &mut Conn, sources: &Sources, sums: Sums) -> Result<Report> {
    let dimensions = sources.counting.dimensions;
    let codes: HashSet<u32> = [&sums.teams, &sums.agents, &sums.tags].into_iter().chain(&sums.words).flat_map(HashMap::keys).copied().collect();
    let keys = names::names(conn, codes).await?;
    let teams = crate::words::teams(conn, sums.teams.keys().filter_map(|code| keys.get(code))).await?;
    let agents = crate::words::people(conn, sums.agents.keys().filter_map(|code| keys.get(code))).await?;
    let words = sums.words.into_iter().zip(dimensions).map(|(groups, dimension)| {
        let mut rows = rows(groups, &keys, "None", |key| Some(dimension.values.iter().find(|(word, _)| *word == key)?.1.to_owned()));
        rows.sort_by_key(|row| dimension.values.iter().position(|(word, _)| *word == row.key));
        rows
    });
    Ok(Report {
        words: words.collect(),
        total: sums.total.figures(),
        before: sums.before.figures(),
        days: sums.days,
        spent: sums.spent,
        steps: sums.steps.into_iter().map(Totals::figures).collect(),
        ages: sums.ages,
        metrics: sums.metrics,
        teams: rows(sums.teams, &keys, "No team", |key| teams.get(key).cloned()),
        agents: rows(sums.agents, &keys, "Nobody", |key| agents.get(key).cloned()),
        tags: rows(sums.tags, &keys, "No tag", |key| Some(key.to_owned())),
    })
}

/// The busiest first, those without a name by what they were called.
fn rows(groups: Groups, keys: &HashMap<u32, String>, none: &str, name: impl Fn(&str) -> Option<String>) -> Vec<Row> {
    let mut rows: Vec<Row> = groups
        .into_iter()
        .map(|(code, totals)| match keys.get(&code) {
            Some(key) => Row { key: key.clone(), name: name(key).unwrap_or_else(|| "Somebody who is gone".to_owned()), figures: totals.figures() },
            None => Row { key: crate::filter::NONE.to_owned(), name: none.to_owned(), figures: totals.figures() },
        })
        .filter(|row| row.figures != Figures::default())
        .collect();
    rows.sort_by(|one, other| {
        let busy = |row: &Row| (row.figures.created + row.figures.solved, row.figures.open, row.figures.spent);
        busy(other).cmp(&busy(one)).then_with(|| one.name.cmp(&other.name)).then_with(|| one.key.cmp(&other.key))
    });
    rows.truncate(ROWS);
    rows
}
