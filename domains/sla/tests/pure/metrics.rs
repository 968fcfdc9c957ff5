//! The seven metrics, case by case. Days are those of November 2026, of which the 23rd is a Monday.

use crate::calendars::calendar;
use db::Timestamp;
use sla::{Clock, Conditions, Mark, Metric, Ready, Rules, Term, What, clocks, rank};
use tickets::{Priority, Status};

fn time(text: &str) -> Timestamp {
    crate::calendars::at("UTC", &format!("2026-11-{text}"))
}

/// Monday to Friday from nine to six; HIGH and URGENT promise, LOW promises nothing.
pub fn rules() -> Rules {
    let mut targets = [[None; 4]; 7];
    for (metric, high, urgent) in [
        (Metric::FirstResponse, 60, 15),
        (Metric::NextResponse, 120, 30),
        (Metric::FirstResolution, 540, 240),
        (Metric::TotalResolution, 600, 300),
        (Metric::PeriodicUpdate, 240, 60),
        (Metric::RequesterWait, 480, 240),
        (Metric::AgentWork, 300, 120),
    ] {
        targets[metric.index()][rank(Priority::High)] = Some(high);
        targets[metric.index()][rank(Priority::Urgent)] = Some(urgent);
    }
    Rules {
        conditions: Conditions::default(),
        targets,
        pauses: vec!["PENDING".to_owned(), "ON_HOLD".to_owned()],
        always: [false; 4],
        warn_percent: 25,
        calendar: Some(calendar("UTC", "office 09:00-18:00", &[])),
    }
}

/// `23T10:00 new HIGH; 23T10:30 staff; 23T11:00 PENDING`.
fn story(text: &str) -> Vec<Mark> {
    text.split(';')
        .map(|part| {
            let words: Vec<&str> = part.split_whitespace().collect();
            let what = match words[1] {
                "new" => What::Created(Priority::from_word(words[2]).unwrap()),
                "staff" => What::StaffReplied,
                "customer" => What::CustomerReplied,
                "trash" => What::Trashed(true),
                "restore" => What::Trashed(false),
                "spam" => What::Spam(true),
                "ham" => What::Spam(false),
                "merged" => What::Merged(true),
                "unmerged" => What::Merged(false),
                word => Priority::from_word(word).map(What::Priority).or_else(|| Status::from_word(word).map(What::Status)).unwrap(),
            };
            Mark { at: time(words[0]), what }
        })
        .collect()
}

/// `RUNNING 30 due 23T11:00`.
fn told(clock: Option<&Clock<'_>>) -> String {
    let Some(clock) = clock else { return "none".to_owned() };
    let due = clock.due.map_or_else(String::new, |due| format!(" due {}", due.to_jiff().strftime("%dT%H:%M")));
    format!("{} {}{due}", clock.state, clock.counted.as_secs() / 60)
}

fn tell(ready: &Ready, text: &str, now: &str, metric: Metric, cycle: i64) -> String {
    let marks = story(text);
    let since = marks[0].at;
    told(clocks(&marks, &[Term { since, rules: ready }], time(now)).iter().find(|clock| clock.metric == metric && clock.cycle == cycle))
}

use Metric::{
    AgentWork as Work, FirstResolution as Solve, FirstResponse as First, NextResponse as Next, PeriodicUpdate as Update, RequesterWait as Wait,
    TotalResolution as Total,
};

#[rustfmt::skip]
const CASES: &[(&str, &str, Metric, i64, &str)] = &[
    // first response
    ("23T10:00 new HIGH", "23T10:30", First, 0, "RUNNING 30 due 23T11:00"),
    ("23T10:00 new HIGH; 23T10:45 staff", "23T12:00", First, 0, "MET 45"),
    ("23T10:00 new HIGH; 23T11:00 staff", "23T12:00", First, 0, "MET 60"),
    ("23T10:00 new HIGH; 23T11:01 staff", "23T12:00", First, 0, "MISSED 61 due 23T11:00"),
    ("23T10:00 new HIGH", "23T11:00", First, 0, "MISSED 60 due 23T11:00"),
    ("23T17:30 new HIGH", "24T08:00", First, 0, "RUNNING 30 due 24T09:30"),
    ("28T12:00 new HIGH", "29T12:00", First, 0, "RUNNING 0 due 30T10:00"),
    ("27T17:45 new HIGH", "28T09:00", First, 0, "RUNNING 15 due 30T09:45"),
    ("23T10:00 new HIGH; 23T10:20 customer; 23T10:40 customer", "23T10:50", First, 0, "RUNNING 50 due 23T11:00"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T10:40 staff", "23T12:00", First, 0, "MET 30"),
    // pauses
    ("23T10:00 new HIGH; 23T10:20 PENDING", "23T12:00", First, 0, "PAUSED 20"),
    ("23T10:00 new HIGH; 23T10:20 PENDING; 23T14:00 OPEN", "23T14:10", First, 0, "RUNNING 30 due 23T14:40"),
    ("23T10:00 new HIGH; 23T10:20 ON_HOLD; 23T14:00 OPEN", "23T14:10", First, 0, "RUNNING 30 due 23T14:40"),
    ("23T10:00 new HIGH; 23T10:20 IN_PROGRESS", "23T10:40", First, 0, "RUNNING 40 due 23T11:00"),
    ("23T10:00 new HIGH; 23T10:20 PENDING; 23T12:00 staff", "23T13:00", First, 0, "MET 20"),
    ("23T10:00 new HIGH; 23T10:20 PENDING; 24T12:00 ON_HOLD; 25T09:00 OPEN", "25T09:10", First, 0, "RUNNING 30 due 25T09:40"),
    ("23T10:00 new HIGH; 23T11:30 PENDING", "23T12:00", First, 0, "MISSED 90 due 23T11:00"),
    ("23T10:00 new HIGH; 23T11:00 PENDING; 23T12:00 OPEN", "23T12:05", First, 0, "MISSED 65 due 23T12:00"),
    ("23T10:00 new HIGH; 23T10:20 trash", "23T12:00", First, 0, "PAUSED 20"),
    ("23T10:00 new HIGH; 23T10:20 trash; 23T12:00 restore", "23T12:10", First, 0, "RUNNING 30 due 23T12:40"),
    ("23T10:00 new HIGH; 23T10:20 spam; 23T12:00 ham", "23T12:10", First, 0, "RUNNING 30 due 23T12:40"),
    // both: it counts again when it is neither
    ("23T10:00 new HIGH; 23T10:20 spam; 23T10:30 trash; 23T11:00 restore; 23T12:00 ham", "23T12:10", First, 0, "RUNNING 30 due 23T12:40"),
    // merged into another ticket: what was open ends undecided, what was decided stays; undone, it goes on
    ("23T10:00 new HIGH; 23T10:20 merged", "23T12:00", First, 0, "none"),
    ("23T10:00 new HIGH; 23T10:20 merged", "23T12:00", Solve, 0, "none"),
    ("23T10:00 new HIGH; 23T10:20 merged", "23T12:00", Total, 0, "none"),
    ("23T10:00 new HIGH; 23T10:20 staff; 23T10:30 merged", "23T12:00", First, 0, "MET 20"),
    ("23T10:00 new HIGH; 23T11:30 merged", "23T12:00", First, 0, "MISSED 90 due 23T11:00"),
    ("23T10:00 new HIGH; 23T10:20 merged; 23T12:00 unmerged", "23T12:10", First, 0, "RUNNING 30 due 23T12:40"),
    ("23T10:00 new HIGH; 23T16:00 RESOLVED; 23T17:00 merged", "24T12:00", Solve, 0, "MET 360"),
    ("23T10:00 new HIGH; 23T10:30 RESOLVED", "23T15:00", First, 0, "PAUSED 30"),
    ("23T10:00 new HIGH; 23T10:30 RESOLVED; 23T12:00 OPEN", "23T12:10", First, 0, "RUNNING 40 due 23T12:30"),
    // another priority: the new target, from the old start
    ("23T10:00 new HIGH; 23T10:05 URGENT", "23T10:10", First, 0, "RUNNING 10 due 23T10:15"),
    ("23T10:00 new HIGH; 23T10:30 URGENT", "23T10:40", First, 0, "MISSED 40 due 23T10:30"),
    ("23T10:00 new URGENT; 23T10:10 HIGH", "23T10:30", First, 0, "RUNNING 30 due 23T11:00"),
    ("23T10:00 new URGENT; 23T10:20 HIGH", "23T10:30", First, 0, "MISSED 30 due 23T10:15"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T10:40 URGENT", "23T12:00", First, 0, "MET 30"),
    ("23T10:00 new URGENT; 23T10:30 staff; 23T10:40 HIGH", "23T12:00", First, 0, "MISSED 30 due 23T10:15"),
    ("23T10:00 new HIGH; 23T10:30 LOW", "23T12:00", First, 0, "none"),
    ("23T10:00 new LOW; 23T10:30 HIGH", "23T10:40", First, 0, "RUNNING 40 due 23T11:00"),
    ("23T10:00 new LOW; 23T12:00 HIGH", "23T12:10", First, 0, "MISSED 130 due 23T12:00"),
    ("23T10:00 new HIGH; 23T10:10 PENDING; 23T10:30 URGENT; 23T11:00 OPEN", "23T11:02", First, 0, "RUNNING 12 due 23T11:05"),
    // next response
    ("23T10:00 new HIGH; 23T10:10 customer", "23T10:20", Next, 0, "none"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T11:00 customer", "23T11:30", Next, 0, "RUNNING 30 due 23T13:00"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T11:00 customer; 23T11:20 customer; 23T11:40 customer", "23T12:00", Next, 0, "RUNNING 60 due 23T13:00"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T11:00 customer; 23T12:30 staff", "23T15:00", Next, 0, "MET 90"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T11:00 customer; 23T12:30 staff; 23T14:00 customer", "23T15:00", Next, 1, "RUNNING 60 due 23T16:00"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T11:00 staff", "23T12:00", Next, 0, "none"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T17:00 customer; 24T10:00 staff", "24T12:00", Next, 0, "MET 120"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T17:00 customer; 24T10:01 staff", "24T12:00", Next, 0, "MISSED 121 due 24T10:00"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T11:00 customer; 23T11:30 PENDING; 23T15:00 OPEN", "23T15:10", Next, 0, "RUNNING 40 due 23T16:30"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T11:00 customer; 23T11:10 RESOLVED", "23T16:00", Next, 0, "PAUSED 10"),
    // first resolution
    ("23T10:00 new HIGH; 23T16:00 RESOLVED", "24T12:00", Solve, 0, "MET 360"),
    ("23T10:00 new HIGH; 23T16:00 CLOSED", "24T12:00", Solve, 0, "MET 360"),
    ("23T10:00 new HIGH; 23T16:00 RESOLVED; 24T09:00 OPEN", "24T12:00", Solve, 0, "MET 360"),
    ("23T10:00 new HIGH; 24T10:30 RESOLVED", "24T12:00", Solve, 0, "MISSED 570 due 24T10:00"),
    ("23T10:00 new HIGH; 23T12:00 PENDING; 25T12:00 RESOLVED", "26T12:00", Solve, 0, "MET 120"),
    // total resolution: a reopening goes on
    ("23T10:00 new HIGH; 23T16:00 RESOLVED", "24T12:00", Total, 0, "MET 360"),
    ("23T10:00 new HIGH; 23T16:00 RESOLVED; 24T09:00 OPEN", "24T12:00", Total, 0, "RUNNING 540 due 24T13:00"),
    ("23T10:00 new HIGH; 23T16:00 RESOLVED; 24T09:00 OPEN; 24T12:30 RESOLVED", "25T12:00", Total, 0, "MET 570"),
    ("23T10:00 new HIGH; 23T16:00 RESOLVED; 24T09:00 OPEN; 24T13:30 RESOLVED", "25T12:00", Total, 0, "MISSED 630 due 24T13:00"),
    ("23T10:00 new HIGH; 23T16:00 RESOLVED; 30T16:00 CLOSED", "30T17:00", Total, 0, "MET 360"),
    ("23T10:00 new HIGH; 23T12:00 RESOLVED; 23T13:00 OPEN; 23T14:00 RESOLVED; 23T15:00 OPEN", "23T16:00", Total, 0, "RUNNING 240 due 24T13:00"),
    ("23T10:00 new HIGH; 24T12:00 RESOLVED; 24T13:00 OPEN; 24T13:30 RESOLVED", "25T12:00", Total, 0, "MISSED 690 due 24T11:00"),
    // periodic update
    ("23T10:00 new HIGH", "23T11:30", Update, 0, "none"),
    ("23T10:00 new HIGH; 23T10:30 staff", "23T11:30", Update, 0, "RUNNING 60 due 23T14:30"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T12:30 staff", "23T13:00", Update, 0, "MET 120"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T12:30 staff", "23T13:00", Update, 1, "RUNNING 30 due 23T16:30"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T10:30 PENDING", "23T12:00", Update, 0, "PAUSED 0"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T10:30 ON_HOLD", "23T12:00", Update, 0, "RUNNING 90 due 23T14:30"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T11:30 RESOLVED", "23T15:00", Update, 0, "PAUSED 60"),
    ("23T10:00 new HIGH; 23T10:30 staff; 23T11:30 RESOLVED; 23T15:00 OPEN", "23T15:30", Update, 0, "RUNNING 90 due 23T18:00"),
    // requester wait counts OPEN, IN_PROGRESS and ON_HOLD; agent work OPEN and IN_PROGRESS
    ("23T10:00 new HIGH; 23T11:00 ON_HOLD", "23T13:00", Wait, 0, "RUNNING 180 due 23T18:00"),
    ("23T10:00 new HIGH; 23T11:00 PENDING", "23T13:00", Wait, 0, "PAUSED 60"),
    ("23T10:00 new HIGH; 23T11:00 RESOLVED", "23T13:00", Wait, 0, "MET 60"),
    ("23T10:00 new HIGH; 23T11:00 RESOLVED; 23T12:00 OPEN", "23T13:00", Wait, 0, "RUNNING 120 due 24T10:00"),
    ("23T10:00 new HIGH; 23T11:00 ON_HOLD", "23T13:00", Work, 0, "PAUSED 60"),
    ("23T10:00 new HIGH; 23T11:00 IN_PROGRESS", "23T13:00", Work, 0, "RUNNING 180 due 23T15:00"),
    ("23T10:00 new HIGH; 23T12:00 RESOLVED", "23T13:00", Work, 0, "MET 120"),
    ("23T10:00 new HIGH; 23T11:00 PENDING; 23T12:00 OPEN; 23T16:30 RESOLVED", "23T17:00", Work, 0, "MISSED 330 due 23T16:00"),
];

#[test]
fn every_metric_starts_stops_and_pauses_as_it_is_written() {
    let ready = rules().ready();
    let wrong: Vec<String> = CASES
        .iter()
        .filter_map(|(text, now, metric, cycle, expected)| {
            let found = tell(&ready, text, now, *metric, *cycle);
            (found != *expected).then(|| format!("{metric} #{cycle} of [{text}] at {now}\n  expected {expected}\n  found    {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(CASES.len() >= 60, "{}", CASES.len());
}

#[test]
fn a_policy_says_which_statuses_pause_and_which_priorities_count_round_the_clock() {
    let no_pause = Rules { pauses: Vec::new(), ..rules() }.ready();
    let always = Rules { always: [false, false, false, true], ..rules() }.ready();

    assert_eq!(tell(&no_pause, "23T10:00 new HIGH; 23T10:20 PENDING", "23T10:40", First, 0), "RUNNING 40 due 23T11:00");
    assert_eq!(tell(&no_pause, "23T10:00 new HIGH; 23T10:20 PENDING", "23T10:40", Work, 0), "PAUSED 20");
    assert_eq!(tell(&always, "28T12:00 new URGENT", "28T12:10", First, 0), "RUNNING 10 due 28T12:15");
    assert_eq!(tell(&always, "28T12:00 new HIGH", "28T12:10", First, 0), "RUNNING 0 due 30T10:00");
    assert_eq!(tell(&always, "27T17:50 new HIGH; 27T20:00 URGENT", "27T20:02", First, 0), "RUNNING 12 due 27T20:05");
}

#[test]
fn another_policy_counts_from_the_old_start_and_leaves_what_is_over() {
    let (first, second) =
        (rules().ready(), Rules { targets: rules().targets.map(|row| row.map(|minutes| minutes.map(|minutes| minutes * 2))), ..rules() }.ready());
    let marks = story("23T10:00 new HIGH; 23T10:30 staff; 23T10:45 customer");
    let terms = [Term { since: time("23T10:00"), rules: &first }, Term { since: time("23T11:00"), rules: &second }];

    let all = clocks(&marks, &terms, time("23T12:00"));

    let of = |metric| all.iter().find(|clock| clock.metric == metric);
    assert_eq!(told(of(First)), "MET 30");
    assert_eq!(of(First).unwrap().target.as_secs(), 3_600, "what is over keeps its promise");
    assert_eq!(told(of(Next)), "RUNNING 75 due 23T14:45");
    let late = clocks(&marks, &[Term { since: time("23T11:00"), rules: &first }], time("23T12:00"));
    assert_eq!(told(late.iter().find(|clock| clock.metric == Next)), "RUNNING 75 due 23T12:45");
    assert_eq!(told(late.iter().find(|clock| clock.metric == Solve)), "RUNNING 120 due 24T10:00");
}

#[test]
fn a_warning_comes_when_a_quarter_is_left_and_at_least_a_quarter_of_an_hour_before() {
    let ready = rules().ready();
    let warn = |text: &str, now: &str, metric: Metric| {
        let marks = story(text);
        let all = clocks(&marks, &[Term { since: marks[0].at, rules: &ready }], time(now));
        all.iter().find(|clock| clock.metric == metric).unwrap().warn.unwrap()
    };

    assert_eq!(warn("23T10:00 new HIGH", "23T10:01", Solve), time("23T16:45"), "a quarter of nine hours");
    assert_eq!(warn("23T10:00 new HIGH", "23T10:01", First), time("23T10:45"), "a quarter of an hour");
    let short = clocks(&story("23T10:00 new URGENT"), &[Term { since: time("23T10:00"), rules: &ready }], time("23T10:01"));
    assert_eq!(short[0].warn.unwrap().since(time("23T10:00")).as_secs(), 675, "a quarter of fifteen minutes is left");
    let narrow = Rules { targets: rules().targets.map(|row| row.map(|minutes| minutes.map(|_| 20))), ..rules() }.ready();
    let narrow = clocks(&story("23T10:00 new HIGH"), &[Term { since: time("23T10:00"), rules: &narrow }], time("23T10:01"));
    assert_eq!(narrow[0].warn, Some(time("23T10:05")));
}

#[test]
fn the_counted_time_is_told_in_words() {
    let ready = rules().ready();
    let marks = story("23T16:10 new HIGH; 24T09:40 PENDING; 24T15:00 OPEN");
    let all = clocks(&marks, &[Term { since: marks[0].at, rules: &ready }], time("24T16:00"));
    let clock = all.iter().find(|clock| clock.metric == Solve).unwrap();

    let words = sla::sentence(&sla::pieces(clock, &jiff::tz::TimeZone::UTC));

    assert_eq!(words, "Mon 16:10-18:00, Tue 09:00-09:40, paused Tue 09:40-15:00 (waiting on customer), Tue 15:00-16:00");
}
