//! Figures: what facts add up to. Medians and the like are taken of all single times, never of other medians.

use crate::{fact::Fact, period::Span};

/// What is added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub created: u64,
    pub solved: u64,
    /// Solved with one public reply at most.
    pub one_touch: u64,
    /// Solved, and opened again at some time after that.
    pub reopened: u64,
    /// Public replies of staff to what was solved.
    pub replies: u64,
    /// Not done now, whenever it came in.
    pub open: u64,
    /// Promises that were kept, and that were broken.
    pub met: u64,
    pub missed: u64,
    /// Seconds that people spent.
    pub spent: u64,
    /// Seconds of each.
    pub first_reply: Vec<u32>,
    pub resolution: Vec<u32>,
}

/// The middle of some times, and what nine of ten do not exceed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spread {
    /// How many there are.
    pub count: usize,
    /// In seconds.
    pub median: Option<u32>,
    /// In seconds.
    pub p90: Option<u32>,
}

/// The figures of one group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    pub created: u64,
    pub solved: u64,
    pub open: u64,
    pub first_reply: Spread,
    pub resolution: Spread,
    pub replies_per_ticket: Option<f64>,
    pub one_touch: u64,
    pub reopened: u64,
    pub met: u64,
    pub missed: u64,
    /// Seconds that people spent.
    pub spent: u64,
}

/// A figure that has a list of tickets behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It came in.
    Created,
    /// It was first answered.
    Replied,
    /// It was first solved.
    Solved,
}

impl Moment {
    /// When that was for a ticket.
    pub(crate) fn of(self, fact: &Fact) -> Option<i64> {
        match self {
            Self::Created => Some(fact.created),
            Self::Replied => fact.replied_at(),
            Self::Solved => fact.solved_at(),
        }
    }
}

/// Solved with one public reply at most.
pub(crate) fn is_one_touch(fact: &Fact) -> bool {
    fact.solved.is_some() && fact.replies <= 1
}

impl Totals {
    /// Adds what happened to a ticket within a time.
    pub(crate) fn add(&mut self, fact: &Fact, span: Span) {
        let within = |moment: Moment| moment.of(fact).is_some_and(|at| span.has(at));
        self.created += u64::from(within(Moment::Created));
        if within(Moment::Replied) {
            self.first_reply.extend(fact.first_reply);
        }
        if within(Moment::Solved) {
            self.solved += 1;
            self.replies += u64::from(fact.replies);
            self.one_touch += u64::from(is_one_touch(fact));
            self.reopened += u64::from(fact.is_reopened);
            self.resolution.extend(fact.solved);
        }
        for kept in fact.promises.iter().filter(|kept| span.has(fact.decided_at(kept))) {
            if kept.is_met { self.met += 1 } else { self.missed += 1 }
        }
    }

    /// What it comes to.
    pub(crate) fn figures(mut self) -> Figures {
        #[expect(clippy::cast_precision_loss, reason = "replies are far fewer than 2^52")]
        let replies_per_ticket = (self.solved > 0).then(|| self.replies as f64 / self.solved as f64);
        Figures {
            created: self.created,
            solved: self.solved,
            open: self.open,
            first_reply: spread(&mut self.first_reply),
            resolution: spread(&mut self.resolution),
            replies_per_ticket,
            one_touch: self.one_touch,
            reopened: self.reopened,
            met: self.met,
            missed: self.missed,
            spent: self.spent,
        }
    }
}

/// Nearest rank: the smallest time that at least this share of all does not exceed.
pub(crate) fn spread(times: &mut [u32]) -> Spread {
    Spread { count: times.len(), median: rank(times, 50), p90: rank(times, 90) }
}

fn rank(times: &mut [u32], percent: usize) -> Option<u32> {
    let place = (times.len() * percent).div_ceil(100).checked_sub(1)?;
    Some(*times.select_nth_unstable(place).1)
}

/// How many of a hundred; none of nothing.
pub(crate) fn percent(part: u64, of: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of tickets are far below 2^52")]
    (of > 0).then(|| part as f64 * 100.0 / of as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_a_time_that_was_measured() {
        for (mut times, median, p90) in [
            (vec![], None, None),
            (vec![7], Some(7), Some(7)),
            (vec![9, 1], Some(1), Some(9)),
            (vec![3, 1, 2], Some(2), Some(3)),
            ((1..=10).rev().collect(), Some(5), Some(9)),
            ((1..=100).collect(), Some(50), Some(90)),
            ((1..=101).collect(), Some(51), Some(91)),
            (vec![5; 40], Some(5), Some(5)),
        ] {
            let count = times.len();
            assert_eq!(spread(&mut times), Spread { count, median, p90 }, "{times:?}");
        }
    }

    #[test]
    fn a_middle_is_no_average_of_middles() {
        // two groups whose medians are 1 and 100; together it is 1, and by averaging it would be 50.5
        let mut all = vec![1, 1, 1, 1, 1, 100];

        assert_eq!(spread(&mut all).median, Some(1));
    }
}
