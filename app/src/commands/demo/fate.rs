//! What is settled when a ticket comes in: who answers it, and how far it has come by today.

use super::{
    chance::Chance,
    hours,
    people::{STAFF, SUPERVISOR},
    stories::Desk,
};
use db::Timestamp;
use std::time::Duration;

/// Who of the staff has to do with a ticket.
pub(super) struct Team {
    pub agent: usize,
    pub peer: usize,
}

impl Team {
    /// An agent of the team, mostly the one who is at work first, and another one.
    pub(super) fn choose(chance: &mut Chance, desk: Desk, at: Timestamp) -> Self {
        let mut agents: Vec<usize> = (SUPERVISOR + 1..STAFF.len()).filter(|staff| STAFF[*staff].teams.contains(&(desk as usize))).collect();
        let turn = chance.below(agents.len());
        agents.rotate_left(turn);
        agents.sort_by_cached_key(|staff| hours::at_work(chance, *staff, at));
        let place = if chance.percent(75) { 0 } else { chance.below(agents.len()) };
        Self { agent: agents[place], peer: agents[(place + 1) % agents.len()] }
    }
}

/// How it ends, or where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Solved,
    WaitsForCustomer,
    OnHold,
    InWork,
}

impl End {
    /// The older a ticket, the surer it is solved.
    pub(super) fn choose(chance: &mut Chance, age: Duration) -> Self {
        let (waits, holds, works) = match age.as_secs() / 86_400 {
            0..2 => (20, 5, 40),
            2..7 => (20, 9, 18),
            7..14 => (10, 9, 3),
            14..30 => (0, 6, 0),
            _ => (0, 2, 0),
        };
        match chance.between(0, 99) {
            number if number < waits => Self::WaitsForCustomer,
            number if number < waits + holds => Self::OnHold,
            number if number < waits + holds + works => Self::InWork,
            _ => Self::Solved,
        }
    }
}
