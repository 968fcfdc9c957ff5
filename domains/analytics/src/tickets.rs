//! The tickets behind a figure: the same facts, through the same sieve, that the figure was added up from.

use crate::{
    fact::Fact,
    figures::{Moment, is_one_touch},
    filter::{Filter, Sieve},
    pack::Unpacker,
    period::Period,
    report::{AGES, age, bodies},
};
use db::{Conn, Timestamp};
use kernel::{Fault, Result};
use uuid::Uuid;
use web::{Cursor, Fields, Form};

/// Rows of a page.
pub(crate) const PAGE: usize = 50;
/// The sort that cursors of this list belong to.
const SORT: &str = "report";

db::words! {
    /// Which figure.
    pub(crate) enum Figure {
        /// Came in.
        Created = "created",
        /// First solved.
        Solved = "solved",
        /// First answered.
        Answered = "answered",
        /// Solved with one reply at most.
        OneTouch = "one-touch",
        /// Solved, and opened again.
        Reopened = "reopened",
        /// Open now.
        Open = "open",
        /// Time was spent on it.
        Time = "time",
        /// A promise was kept.
        SlaMet = "sla-met",
        /// A promise was broken.
        SlaMissed = "sla-missed",
    }
}

impl Figure {
    /// As the heading of its list.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Solved => "Solved",
            Self::Answered => "First answered",
            Self::OneTouch => "Solved with one reply",
            Self::Reopened => "Opened again",
            Self::Open => "Open now",
            Self::Time => "Time spent",
            Self::SlaMet => "SLA met",
            Self::SlaMissed => "SLA missed",
        }
    }

    /// It is about now and not about the period.
    pub(crate) const fn is_of_now(self) -> bool {
        matches!(self, Self::Open)
    }
}

/// Which list.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub filter: Filter,
    pub figure: Figure,
    /// Of open tickets only those of this age.
    pub age: Option<usize>,
    /// Of promises only this one.
    pub metric: Option<String>,
    pub cursor: Option<String>,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        let age = fields.optional_text("age", 16);
        let known = age.as_deref().and_then(|age| AGES.iter().position(|(_, name, _)| *name == age));
        if age.is_some() && known.is_none() {
            fields.errors.add("age", format!("Must be one of {}.", AGES.map(|(_, name, _)| name).join(", ")));
        }
        Self {
            figure: fields.word("figure", Figure::WORDS).unwrap_or(Figure::Created),
            age: known,
            metric: fields.optional_text("metric", 40),
            cursor: fields.optional_text("cursor", 200),
            filter: Filter::read(fields),
        }
    }
}

/// A ticket behind a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub id: Uuid,
    /// When what is counted happened, in seconds.
    pub at: i64,
    /// How long that took, or how much time was spent, in seconds.
    pub took: Option<u32>,
}

/// A page of the list, the latest first.
#[derive(Debug)]
pub(crate) struct Page {
    /// How many there are in all.
    pub count: usize,
    pub rows: Vec<Found>,
    pub next: Option<String>,
}

/// Finds them.
pub(crate) async fn page(conn: &mut Conn, sieve: Sieve, wanted: &Wanted, metric: Option<u32>, period: &Period) -> Result<Page> {
    let (now, bodies) = (conn.now(), bodies(conn, period).await?);
    let (figure, age, counted) = (wanted.figure, wanted.age, period.clone());
    let found = tokio::task::spawn_blocking(move || {
        let mut found = all(&bodies, |fact| match figure {
            Figure::Time => spent(fact, &sieve, &counted),
            _ if sieve.takes(fact) => behind(fact, figure, age, metric, &counted, now),
            _ => None,
        });
        found.sort_unstable_by_key(|row| (std::cmp::Reverse(row.at), row.id));
        found
    })
    .await
    .map_err(|error| Fault::Broken(format!("a list broke off: {error}")))?;
    let from = match &wanted.cursor {
        None => 0,
        Some(cursor) => {
            let cursor = Cursor::decode(cursor, SORT)?;
            found.partition_point(|row| (std::cmp::Reverse(row.at), row.id) <= (std::cmp::Reverse(cursor.value), cursor.id))
        }
    };
    let rows: Vec<Found> = found.iter().skip(from).take(PAGE).copied().collect();
    let next = rows.last().filter(|_| from + rows.len() < found.len()).map(|last| Cursor { sort: SORT.to_owned(), value: last.at, id: last.id }.encode());
    Ok(Page { count: found.len(), rows, next })
}

fn all(bodies: &[Vec<u8>], of: impl Fn(&Fact) -> Option<Found>) -> Vec<Found> {
    let (mut found, mut fact) = (Vec::new(), Fact::default());
    for body in bodies {
        let mut reader = Unpacker::new(body);
        while reader.next(&mut fact) {
            found.extend(of(&fact));
        }
    }
    found
}

/// Time that was spent on a ticket: how much of it, and when last.
fn spent(fact: &Fact, sieve: &Sieve, period: &Period) -> Option<Found> {
    let wanted = || fact.spent.iter().filter(|spent| period.now.has(spent.at) && sieve.takes_time(fact, spent));
    let at = wanted().map(|spent| spent.at).max()?;
    Some(Found { id: fact.id, at, took: Some(wanted().map(|spent| spent.seconds).fold(0, u32::saturating_add)) })
}

/// Whether a ticket is counted by a figure, and when.
fn behind(fact: &Fact, figure: Figure, wanted_age: Option<usize>, metric: Option<u32>, period: &Period, now: Timestamp) -> Option<Found> {
    let within = |moment: Moment| moment.of(fact).filter(|at| period.now.has(*at));
    let (at, took) = match figure {
        Figure::Created => (within(Moment::Created), None),
        Figure::Answered => (within(Moment::Replied), fact.first_reply),
        Figure::Solved => (within(Moment::Solved), fact.solved),
        Figure::OneTouch => (within(Moment::Solved).filter(|_| is_one_touch(fact)), fact.solved),
        Figure::Reopened => (within(Moment::Solved).filter(|_| fact.is_reopened), fact.solved),
        Figure::Open => (Some(fact.created).filter(|_| fact.is_open && wanted_age.is_none_or(|wanted| age(fact, now) == wanted)), None),
        Figure::Time => (None, None),
        Figure::SlaMet | Figure::SlaMissed => {
            let decided = fact.promises.iter().filter(|kept| kept.is_met == (figure == Figure::SlaMet) && metric.is_none_or(|metric| kept.metric == metric));
            (decided.map(|kept| fact.decided_at(kept)).filter(|at| period.now.has(*at)).max(), None)
        }
    };
    Some(Found { id: fact.id, at: at?, took })
}
