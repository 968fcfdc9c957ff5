//! A policy tried on the last 90 days: what would have been met and missed. Nothing is written.

use crate::{Conditions, Metric, Rules, State, Term, clocks, keep::known};
use db::{Conn, sql};
use kernel::Result;
use std::time::Duration;
use tickets::TicketId;

/// How far back it looks.
pub const DAYS: u64 = 90;
/// It looks at this many tickets, the newest.
pub const MOST: i64 = 5_000;
/// Tickets that are read at once.
const TOGETHER: usize = 200;

/// How one metric would have gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attained {
    /// What is measured.
    pub metric: Metric,
    /// In time.
    pub met: u32,
    /// Too late.
    pub missed: u32,
    /// Neither yet.
    pub open: u32,
}

impl Attained {
    /// In per cent of what is over; none when nothing is.
    pub fn per_cent(&self) -> Option<u32> {
        let over = self.met + self.missed;
        (over > 0).then(|| (self.met * 200 + over) / (over * 2))
    }
}

/// How a policy would have gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Tickets that were looked at.
    pub looked: usize,
    /// There were more; only the newest were looked at.
    pub is_cut: bool,
    /// Tickets that it would have counted for.
    pub matched: usize,
    /// By metric, those that it has targets for.
    pub attained: Vec<Attained>,
}

/// Tries these rules. `above`: what policies above it would have taken first.
pub async fn trial(conn: &mut Conn, rules: &Rules, above: &[Conditions]) -> Result<Trial> {
    let now = conn.now();
    let since = now.minus(Duration::from_secs(DAYS * 86_400));
    let ids: Vec<TicketId> = conn
        .all(sql!("SELECT id FROM tickets WHERE trashed_at IS NULL AND created_at >= $1 ORDER BY created_at DESC, id DESC LIMIT $2", since, MOST + 1))
        .await?;
    let is_cut = i64::try_from(ids.len()).unwrap_or(i64::MAX) > MOST;
    let ids = &ids[..ids.len().min(usize::try_from(MOST).unwrap_or(usize::MAX))];
    let ready = rules.ready();
    let mut attained = Metric::ALL.iter().map(|metric| Attained { metric: *metric, met: 0, missed: 0, open: 0 }).collect::<Vec<_>>();
    let mut matched = 0;
    for some in ids.chunks(TOGETHER) {
        let known = known(conn, some).await?;
        for row in &known.rows {
            let traits = known.traits(row);
            if !rules.conditions.fit(&traits) || above.iter().any(|conditions| conditions.fit(&traits)) {
                continue;
            }
            matched += 1;
            let marks = known.marks.get(&row.id.uuid()).map_or(&[][..], Vec::as_slice);
            for clock in clocks(marks, &[Term { since: row.created_at, rules: &ready }], now) {
                let line = &mut attained[clock.metric.index()];
                match clock.state {
                    State::Met => line.met += 1,
                    State::Missed => line.missed += 1,
                    State::Running | State::Paused => line.open += 1,
                }
            }
        }
    }
    attained.retain(|line| line.met + line.missed + line.open > 0);
    Ok(Trial { looked: ids.len(), is_cut, matched, attained })
}
