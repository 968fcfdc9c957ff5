//! The end of the journal, read once for all who follow it: some ten readers wake at each commit and ask for the same lines.

use crate::{Bell, Event, Result};
use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// Lines kept for readers that come later.
const KEPT: usize = 1_000;
/// Lines of one look.
const LOT: i64 = 500;
/// Who knows of no ring believes that nothing was added for so long: other processes write, too, and don't ring here.
const BELIEVED: Duration = Duration::from_millis(500);

/// Lines in their order, and whether some wait for an older transaction.
pub(crate) type Look = (Vec<Event>, bool);

/// The last lines that were read. Only what is committed and can't be overtaken stands here.
#[derive(Clone)]
pub(crate) struct Tail {
    bell: Bell,
    known: Arc<Mutex<Known>>,
}

struct Known {
    /// All lines behind this place, up to the last of them, are here.
    after: i64,
    lines: VecDeque<Event>,
    /// The last look that found the end: at which ring, and when.
    end: Option<(u64, Instant)>,
}

impl Known {
    fn last(&self) -> i64 {
        self.lines.back().map_or(self.after, |line| line.seq)
    }

    /// Those after a place that lies within.
    fn after(&self, seq: i64, limit: usize) -> Vec<Event> {
        let begin = self.lines.partition_point(|line| line.seq <= seq);
        self.lines.range(begin..).take(limit).cloned().collect()
    }

    fn add(&mut self, lines: Vec<Event>) {
        self.lines.extend(lines);
        while self.lines.len() > KEPT {
            self.after = self.lines.pop_front().map_or(self.after, |line| line.seq);
        }
    }
}

impl Tail {
    pub(crate) fn new(bell: Bell) -> Self {
        Self { bell, known: Arc::new(Mutex::new(Known { after: i64::MIN, lines: VecDeque::new(), end: None })) }
    }

    /// Lines after `seq`. `read` asks the engine for as many as it is told, from a place on; who waits for another's look
    /// asks nothing. None: that place is no longer known here.
    pub(crate) async fn look(&self, seq: i64, limit: i64, read: impl AsyncFnOnce(i64, i64) -> Result<Look>) -> Result<Option<Look>> {
        let mut known = self.known.lock().await;
        if seq < known.after {
            return Ok(None);
        }
        if seq > known.last() {
            *known = Known { after: seq, lines: VecDeque::new(), end: None };
        }
        let limit = usize::try_from(limit).unwrap_or(0);
        let ready = known.after(seq, limit);
        // a ring before the look may belong to a commit that it does not see, never the other way round
        let ring = self.bell.rings();
        if ready.len() == limit || known.end.is_some_and(|(at, when)| at == ring && when.elapsed() < BELIEVED) {
            return Ok(Some((ready, false)));
        }
        let (lines, waits) = read(known.last(), LOT).await?;
        let is_end = !waits && i64::try_from(lines.len()).is_ok_and(|count| count < LOT);
        known.end = is_end.then(|| (ring, Instant::now()));
        known.add(lines);
        Ok(Some((known.after(seq, limit), waits)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Timestamp;
    use std::cell::Cell;

    fn line(seq: i64) -> Event {
        let (kind, subject_kind, actor_kind, actor_name, data) = Default::default();
        let subject_id = uuid::Uuid::nil();
        Event { seq, at: Timestamp::from_seconds(0), kind, subject_kind, subject_id, actor_kind, actor_id: None, actor_name, staff_only: true, data }
    }

    /// An engine with lines 1 to `lines`, of which those behind `settled` wait.
    struct Engine {
        lines: i64,
        settled: i64,
        asked: Cell<usize>,
    }

    impl Engine {
        fn of(lines: i64) -> Self {
            Self { lines, settled: lines, asked: Cell::new(0) }
        }

        /// What a reader at this place finds there: places, and whether lines wait.
        async fn look(&self, tail: &Tail, seq: i64, limit: i64) -> Option<(Vec<i64>, bool)> {
            let read = async |after: i64, limit: i64| {
                self.asked.set(self.asked.get() + 1);
                let found: Vec<Event> = (1..=self.settled).filter(|seq| *seq > after).take(usize::try_from(limit).unwrap()).map(line).collect();
                Ok((found, self.settled < self.lines))
            };
            let (lines, waits) = tail.look(seq, limit, read).await.unwrap()?;
            Some((lines.into_iter().map(|line| line.seq).collect(), waits))
        }
    }

    #[tokio::test]
    async fn one_look_is_enough_for_all_until_the_bell_rings() {
        let bell = Bell::default();
        let (tail, mut engine) = (Tail::new(bell.clone()), Engine::of(3));
        for reader in [0, 0, 2] {
            assert_eq!(engine.look(&tail, reader, 10).await, Some(((reader + 1..=3).collect(), false)));
        }
        assert_eq!(engine.look(&tail, 3, 10).await, Some((vec![], false)), "at the end");
        assert_eq!(engine.asked.get(), 1);

        engine = Engine::of(5);
        assert_eq!(engine.look(&tail, 1, 2).await, Some((vec![2, 3], false)), "as many as it wants are there");
        assert_eq!(engine.asked.get(), 0);
        bell.ring();
        assert_eq!(engine.look(&tail, 2, 10).await, Some((vec![3, 4, 5], false)), "old and new together");
        assert_eq!(engine.look(&tail, 0, 10).await, Some((vec![1, 2, 3, 4, 5], false)));
        assert_eq!(engine.asked.get(), 1);
    }

    #[tokio::test]
    async fn what_another_process_writes_is_seen_after_a_moment() {
        let tail = Tail::new(Bell::default());
        assert_eq!(Engine::of(1).look(&tail, 0, 10).await, Some((vec![1], false)));
        tokio::time::sleep(BELIEVED).await;
        assert_eq!(Engine::of(2).look(&tail, 1, 10).await, Some((vec![2], false)));
    }

    #[tokio::test]
    async fn lines_that_wait_are_looked_for_again() {
        let (tail, mut engine) = (Tail::new(Bell::default()), Engine::of(4));
        engine.settled = 2;
        assert_eq!(engine.look(&tail, 0, 10).await, Some((vec![1, 2], true)));
        assert_eq!(engine.look(&tail, 2, 10).await, Some((vec![], true)));
        engine.settled = 4;
        assert_eq!(engine.look(&tail, 2, 10).await, Some((vec![3, 4], false)), "without a ring");
    }

    #[tokio::test]
    async fn who_is_far_behind_looks_alone_and_who_is_ahead_leads() {
        let kept = i64::try_from(KEPT).unwrap();
        let (tail, engine) = (Tail::new(Bell::default()), Engine::of(3 * kept));
        assert_eq!(engine.look(&tail, 2 * kept, 1).await, Some((vec![2 * kept + 1], false)));
        assert_eq!(engine.look(&tail, 0, 10).await, None, "what it wants is not kept");
        for begin in (2 * kept..3 * kept).step_by(100) {
            assert_eq!(engine.look(&tail, begin, 100).await, Some(((begin + 1..=begin + 100).collect(), false)));
        }
        assert_eq!(engine.look(&tail, 10 * kept, 10).await, Some((vec![], false)), "it begins anew there");
        assert_eq!(engine.look(&tail, 3 * kept - 1, 10).await, None);
    }
}
