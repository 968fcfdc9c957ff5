//! A witness: the same clocks told minute by minute, by somebody who knows no arithmetic. Random calendars in many
//! zones, random histories over both changes of the clock; each run of the test has the same ones.

use crate::metrics;
use db::Timestamp;
use jiff::tz::TimeZone;
use sla::{Calendar, Holiday, Mark, Metric, Rules, State, Term, What, clocks, rank};
use std::time::Duration;
use tickets::{Priority, Status};

/// Numbers that look random and are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn small(&mut self, limit: u64) -> i64 {
        i64::try_from(self.below(limit)).unwrap()
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

const ZONES: &[&str] = &["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Auckland", "Europe/Lisbon"];
/// A day or two before changes of the clock in these zones, in minutes since 1970.
const STARTS: &[&str] =
    &["2026-03-27T10:00Z", "2026-10-23T10:00Z", "2026-03-06T22:00Z", "2026-10-30T03:00Z", "2026-04-03T12:00Z", "2026-10-02T05:00Z", "2026-12-23T09:00Z"];

fn calendar(dice: &mut Dice) -> Calendar {
    let mut calendar = Calendar { zone: (*dice.pick(ZONES)).to_owned(), week: Default::default(), holidays: Vec::new() };
    while calendar.is_empty() {
        for day in &mut calendar.week {
            for _ in 0..dice.below(4) {
                let (opens, closes) = (dice.below(96) * 15, dice.below(97) * 15);
                if opens != closes {
                    day.push((u16::try_from(opens).unwrap(), u16::try_from(closes).unwrap()));
                }
            }
        }
    }
    for line in ["03-29", "10-25", "2026-11-01", "2026-03-08", "12-25", "2026-04-05"] {
        if dice.below(4) == 0 {
            calendar.add(vec![Holiday::parse(line).unwrap()]);
        }
    }
    calendar
}

fn rules(dice: &mut Dice) -> Rules {
    let mut rules = metrics::rules();
    for row in &mut rules.targets {
        for minutes in row {
            *minutes = (dice.below(5) > 0).then(|| u32::try_from(1 + dice.below(900)).unwrap());
        }
    }
    rules.pauses =
        [&[][..], &["PENDING"], &["ON_HOLD"], &["PENDING", "ON_HOLD"]][usize::try_from(dice.below(4)).unwrap()].iter().map(|word| (*word).to_owned()).collect();
    rules.always = [false, dice.below(6) == 0, false, dice.below(3) == 0];
    rules.calendar = (dice.below(8) > 0).then(|| calendar(dice));
    rules
}

fn history(dice: &mut Dice, start: i64) -> Vec<(i64, What)> {
    let mut marks = vec![(start, What::Created(*dice.pick(Priority::ALL)))];
    let mut at = start;
    for _ in 0..dice.below(14) {
        // apart: what happens at one instant is in the table of cases
        let span = *dice.pick(&[1, 30, 300, 1_440]);
        at += 1 + dice.small(span);
        let what = match dice.below(10) {
            0..=2 => What::StaffReplied,
            3 | 4 => What::CustomerReplied,
            5 => What::Priority(*dice.pick(Priority::ALL)),
            6 => match dice.below(3) {
                0 => What::Spam(dice.below(2) == 0),
                1 => What::Trashed(dice.below(2) == 0),
                _ => What::Merged(dice.below(2) == 0),
            },
            _ => What::Status(*dice.pick(Status::ALL)),
        };
        marks.push((at, what));
    }
    marks
}

/// The wall shows an hour within an interval that was written for this day or reaches over from the day before.
fn is_open(calendar: Option<&Calendar>, zone: &TimeZone, minute: i64) -> bool {
    let Some(calendar) = calendar else { return true };
    let wall = jiff::Timestamp::from_second(minute * 60).unwrap().to_zoned(zone.clone());
    let is_closed = calendar.holidays.iter().any(|day| day.year.is_none_or(|year| year == wall.year()) && (day.month, day.day) == (wall.month(), wall.day()));
    let today = usize::try_from(wall.weekday().to_monday_zero_offset()).unwrap();
    let now = u16::try_from(wall.hour()).unwrap() * 60 + u16::try_from(wall.minute()).unwrap();
    let own = calendar.week[today].iter().any(|(opens, closes)| *opens <= now && (now < *closes || closes <= opens));
    let before = calendar.week[(today + 6) % 7].iter().any(|(opens, closes)| closes <= opens && now < *closes);
    !is_closed && (own || before)
}

/// What the witness says of one clock: state, minutes, missed at, target.
type Said = (i64, State, u64, Option<i64>);

/// Since when, what is promised, and for each minute from the first mark on whether its calendar is open.
type Promise<'a> = (i64, &'a Rules, Vec<bool>);

fn witness(metric: Metric, marks: &[(i64, What)], terms: &[Promise<'_>], now: i64) -> Vec<Said> {
    struct Run {
        cycle: i64,
        counted: u64,
        target: Option<u32>,
        missed: Option<i64>,
        is_over: bool,
    }
    let (mut status, mut priority, mut trashed, mut spam, mut answered, mut cycle) = (Status::Open, Priority::Medium, false, false, false, 0);
    let mut merged = false;
    let (mut run, mut over) = (None::<Run>, Vec::new());
    for minute in marks[0].0..=now {
        for (_, what) in marks.iter().filter(|(at, _)| *at == minute) {
            match what {
                What::Created(to) | What::Priority(to) => priority = *to,
                What::Status(to) => status = *to,
                What::Trashed(to) => trashed = *to,
                What::Spam(to) => spam = *to,
                What::Merged(to) => merged = *to,
                _ => {}
            }
            let ends = match what {
                What::StaffReplied => matches!(metric, Metric::FirstResponse | Metric::NextResponse | Metric::PeriodicUpdate),
                What::Status(to) => metric == Metric::FirstResolution && matches!(to, Status::Resolved | Status::Closed),
                _ => false,
            };
            if ends && let Some(mut ended) = run.take() {
                ended.is_over = true;
                over.push(ended);
            }
            let begins = match metric {
                Metric::NextResponse => *what == What::CustomerReplied && answered,
                Metric::PeriodicUpdate => *what == What::StaffReplied,
                _ => matches!(what, What::Created(_)),
            };
            if begins && run.is_none() {
                run = Some(Run { cycle, counted: 0, target: None, missed: None, is_over: false });
                cycle += 1;
            }
            answered |= *what == What::StaffReplied;
        }
        let Some(run) = &mut run else { continue };
        let (_, rules, open) = terms.iter().rev().find(|(since, ..)| *since <= minute).unwrap();
        let is_solved = matches!(status, Status::Resolved | Status::Closed);
        run.is_over = is_solved && matches!(metric, Metric::TotalResolution | Metric::RequesterWait | Metric::AgentWork);
        if run.is_over {
            continue;
        }
        if run.missed.is_none() {
            run.target = rules.targets[metric.index()][rank(priority)];
        }
        let is_paused = trashed
            || spam
            || merged
            || is_solved
            || match metric {
                Metric::PeriodicUpdate | Metric::RequesterWait => status == Status::Pending,
                Metric::AgentWork => matches!(status, Status::Pending | Status::OnHold),
                _ => rules.pauses.iter().any(|word| word == status.word()),
            };
        if is_paused {
            continue;
        }
        if run.missed.is_none() && run.target.is_some_and(|target| run.counted >= u64::from(target)) {
            // the instant at which the last counted minute ended; time that does not count may have passed since
            run.missed = Some(minute);
        }
        if minute < now && (rules.always[rank(priority)] || open[usize::try_from(minute - marks[0].0).unwrap()]) {
            run.counted += 1;
        }
    }
    let is_solved = matches!(status, Status::Resolved | Status::Closed);
    let (_, rules, _) = terms.last().unwrap();
    over.into_iter()
        .chain(run)
        .filter_map(|run| {
            run.target?;
            if merged && !run.is_over && run.missed.is_none() {
                return None;
            }
            let is_paused = trashed
                || spam
                || merged
                || is_solved
                || match metric {
                    Metric::PeriodicUpdate | Metric::RequesterWait => status == Status::Pending,
                    Metric::AgentWork => matches!(status, Status::Pending | Status::OnHold),
                    _ => rules.pauses.iter().any(|word| word == status.word()),
                };
            let state = match (run.missed, run.is_over) {
                (Some(_), _) => State::Missed,
                (None, true) => State::Met,
                (None, false) if is_paused => State::Paused,
                (None, false) => State::Running,
            };
            Some((run.cycle, state, run.counted, run.missed))
        })
        .collect()
}

#[test]
fn counted_time_equals_a_simulation_minute_by_minute() {
    let mut dice = Dice(20_261_125);
    let (mut checked, mut seen) = (0, [0; 4]);
    for round in 0..200 {
        let start: jiff::Timestamp = dice.pick(STARTS).replace('Z', ":00Z").parse().unwrap();
        let start = start.as_second() / 60 + dice.small(2_000);
        let history = history(&mut dice, start);
        let now = history.last().unwrap().0 + dice.small(3_000);
        let (one, two) = (rules(&mut dice), rules(&mut dice));
        let switch = start + 1 + dice.small(2_000);
        let zone = |rules: &Rules| rules.calendar.as_ref().map_or(TimeZone::UTC, |calendar| TimeZone::get(&calendar.zone).unwrap());
        let open = |rules: &Rules, zone: TimeZone| (start..=now).map(|minute| is_open(rules.calendar.as_ref(), &zone, minute)).collect::<Vec<bool>>();
        let mut said_terms: Vec<Promise<'_>> = vec![(start, &one, open(&one, zone(&one)))];
        if dice.below(3) == 0 && switch <= now {
            said_terms.push((switch, &two, open(&two, zone(&two))));
        }
        let ready = [one.ready(), two.ready()];
        let minute = |minute: i64| Timestamp::from_seconds(minute * 60);
        let terms: Vec<Term<'_>> = said_terms.iter().zip(&ready).map(|((since, ..), rules)| Term { since: minute(*since), rules }).collect();
        let marks: Vec<Mark> = history.iter().map(|(at, what)| Mark { at: minute(*at), what: *what }).collect();

        let told = clocks(&marks, &terms, minute(now));

        for metric in Metric::ALL {
            let expected = witness(*metric, &history, &said_terms, now);
            let found: Vec<Said> = told
                .iter()
                .filter(|clock| clock.metric == *metric)
                .map(|clock| (clock.cycle, clock.state, clock.counted.as_secs() / 60, clock.missed.map(|at| at.seconds() / 60)))
                .collect();
            assert_eq!(found, expected, "round {round}, {metric}: {history:?}, {one:?}, {two:?}, now {now}");
            for (_, state, ..) in found {
                checked += 1;
                seen[State::ALL.iter().position(|known| *known == state).unwrap()] += 1;
            }
        }
        // the deadline that is told while it runs is where the time has been counted
        for clock in told.iter().filter(|clock| clock.state == State::Running) {
            if let Some(due) = clock.due {
                let later = clocks(&marks, &terms, due);
                let then = later.iter().find(|other| other.metric == clock.metric && other.cycle == clock.cycle).unwrap();
                assert_eq!((then.state, then.missed, then.counted), (State::Missed, Some(due), clock.target), "round {round}");
                let before = clocks(&marks, &terms, due.minus(Duration::from_micros(1)).max(minute(now)));
                let before = before.iter().find(|other| other.metric == clock.metric && other.cycle == clock.cycle).unwrap();
                assert_eq!(before.state, State::Running, "round {round}");
            }
        }
    }
    assert!(checked > 700 && seen.iter().all(|count| *count > 50), "the dice showed all sides: {checked}, {seen:?}");
}
