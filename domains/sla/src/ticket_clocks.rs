//! The clocks of one ticket as they stand now, computed from its journal for whoever looks.

use crate::{
    Clock, Policy, Ready, State, clocks,
    keep::{TermRow, known, terms_of, versions},
    words::{self, Piece},
};
use db::{Conn, Id, Timestamp, sql};
use jiff::tz::TimeZone;
use kernel::Result;
use tickets::TicketId;

/// A clock with the words that explain it.
pub struct Told {
    /// What is measured, in words.
    pub label: &'static str,
    /// Its word: `FIRST_RESPONSE`.
    pub metric: &'static str,
    /// The first is 0.
    pub cycle: i64,
    /// Where it stands.
    pub state: State,
    /// It is wanted now and too late.
    pub is_late: bool,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub stopped: Option<Timestamp>,
    /// The deadline.
    pub due: Option<Timestamp>,
    /// From when on it is near.
    pub warn: Option<Timestamp>,
    /// Since when and why nothing is counted.
    pub paused: Option<(Timestamp, String)>,
    /// What was counted.
    pub counted: std::time::Duration,
    /// What was promised.
    pub target: std::time::Duration,
    /// What it is made of.
    pub pieces: Vec<Piece>,
}

/// All that is promised for a ticket.
pub struct Promises {
    /// The policy's name when it was chosen.
    pub policy: String,
    /// Which version of it.
    pub version: i64,
    /// The policy; none when it was removed since.
    pub policy_id: Option<Id<Policy>>,
    /// The zone of its calendar, in which the pieces are told.
    pub zone: TimeZone,
    /// The clocks.
    pub clocks: Vec<Told>,
}

/// What is promised for a ticket; none when no policy fits. The caller holds the ticket by the gate.
pub async fn of(conn: &mut Conn, ticket: TicketId) -> Result<Option<Promises>> {
    let now = conn.now();
    let known = known(conn, &[ticket]).await?;
    let Some(terms) = known.terms.get(&ticket.uuid()) else { return Ok(None) };
    let rules = versions(conn, &terms.iter().map(|term| term.2).collect()).await?;
    let Some((_, _, version, _)) = terms.last() else { return Ok(None) };
    let (policy, number, policy_id): (String, i64, Option<Id<Policy>>) = conn
        .one(sql!(
            "SELECT v.name, v.version, p.id FROM sla_versions v LEFT JOIN sla_policies p ON p.id = v.policy_id AND p.removed_at IS NULL WHERE v.id = $1",
            *version
        ))
        .await?;
    let zone = rules.get(version).map_or(TimeZone::UTC, Ready::zone);
    let marks = known.marks.get(&ticket.uuid()).map_or(&[][..], Vec::as_slice);
    let told = clocks(marks, &terms_of(terms as &[TermRow], &rules), now).iter().map(|clock| tell(clock, &zone)).collect();
    Ok(Some(Promises { policy, version: number, policy_id, zone, clocks: told }))
}

fn tell(clock: &Clock<'_>, zone: &TimeZone) -> Told {
    Told {
        label: clock.metric.label(),
        metric: clock.metric.word(),
        cycle: clock.cycle,
        state: clock.state,
        is_late: clock.is_late(),
        started: clock.started,
        stopped: clock.stopped,
        due: clock.due,
        warn: clock.warn,
        paused: clock.paused.map(|(since, why)| (since, why.words())),
        counted: clock.counted,
        target: clock.target,
        pieces: words::pieces(clock, zone),
    }
}
