//! The clocks of a ticket: one pure function of what happened and what was promised. Nothing here asks a database or
//! the time. The deadline is the instant at which the counted time reaches the target; it is missed when that instant
//! passes before the metric stops.

use crate::{
    Mark, Metric, Ready, State, What,
    hours::{Hours, Span},
};
use db::Timestamp;
use std::time::Duration;
use tickets::{Priority, Status};

/// From when on which promise counts.
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// From then on.
    pub since: Timestamp,
    /// That.
    pub rules: &'a Ready,
}

/// Why nothing is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The status pauses it.
    Status(Status),
    /// It lies in the trash.
    Trash,
    /// It is marked as spam.
    Spam,
    /// It goes on in another ticket.
    Merged,
}

impl Why {
    /// In words: "waiting on customer".
    pub fn words(self) -> String {
        match self {
            Self::Status(status) => status.label().to_lowercase(),
            Self::Trash => "in the trash".to_owned(),
            Self::Spam => "spam".to_owned(),
            Self::Merged => "merged into another ticket".to_owned(),
        }
    }
}

/// A part of a clock's life with one answer to whether it counts.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    /// From when to when.
    pub span: Span,
    /// Counted in these hours.
    pub hours: &'a Hours,
    /// Or not counted at all.
    pub pause: Option<Why>,
}

/// Where one metric of a ticket stands.
#[derive(Clone, Debug)]
pub struct Clock<'a> {
    /// What is measured.
    pub metric: Metric,
    /// The first is 0; metrics that begin again count on.
    pub cycle: i64,
    /// Where it stands.
    pub state: State,
    /// When it began.
    pub started: Timestamp,
    /// When it ended, if it did.
    pub stopped: Option<Timestamp>,
    /// Since when and why it is paused.
    pub paused: Option<(Timestamp, Why)>,
    /// What is promised now, or was at its end.
    pub target: Duration,
    /// What was counted.
    pub counted: Duration,
    /// The deadline: to come while it runs, passed when it was missed.
    pub due: Option<Timestamp>,
    /// When to warn.
    pub warn: Option<Timestamp>,
    /// The deadline that passed.
    pub missed: Option<Timestamp>,
    /// What it is made of.
    pub stretches: Vec<Stretch<'a>>,
}

/// The ticket between two marks.
#[derive(Clone, Copy)]
struct Scene<'a> {
    status: Status,
    priority: Priority,
    in_trash: bool,
    is_spam: bool,
    is_merged: bool,
    /// The promise that counts.
    rules: Option<&'a Ready>,
    /// Whose hours count: before the first promise, those of the first.
    counts: &'a Ready,
}

/// A clock while it is being told.
struct Telling<'a> {
    metric: Metric,
    cycle: i64,
    started: Timestamp,
    stopped: Option<Timestamp>,
    counted: Duration,
    target: Option<Duration>,
    missed: Option<Timestamp>,
    stretches: Vec<Stretch<'a>>,
}

/// The clocks of a ticket as they stand at `now`. Without any promise there are none.
pub fn clocks<'a>(marks: &[Mark], terms: &[Term<'a>], now: Timestamp) -> Vec<Clock<'a>> {
    let Some(first) = terms.first() else { return Vec::new() };
    let told: Vec<Mark> = marks.iter().copied().filter(|mark| mark.at <= now).collect();
    let mut clocks = Vec::new();
    for metric in Metric::ALL {
        clocks.extend(of_metric(*metric, &told, terms, first.rules, now));
    }
    clocks
}

fn of_metric<'a>(metric: Metric, marks: &[Mark], terms: &[Term<'a>], first: &'a Ready, now: Timestamp) -> Vec<Clock<'a>> {
    let mut scene = Scene { status: Status::Open, priority: Priority::Medium, in_trash: false, is_spam: false, is_merged: false, rules: None, counts: first };
    let (mut done, mut running, mut answered, mut cycle) = (Vec::new(), None::<Telling<'a>>, false, 0);
    let mut changes: Vec<(Timestamp, Option<&Mark>, Option<&Term<'a>>)> = marks.iter().map(|mark| (mark.at, Some(mark), None)).collect();
    changes.extend(terms.iter().filter(|term| term.since <= now).map(|term| (term.since, None, Some(term))));
    // the sort is stable: at one instant marks come in their order, and then the promise
    changes.sort_by_key(|(at, ..)| *at);
    for (index, (at, mark, term)) in changes.iter().enumerate() {
        if let Some(term) = term {
            (scene.rules, scene.counts) = (Some(term.rules), term.rules);
        }
        if let Some(mark) = mark {
            change(&mut scene, mark.what);
            if stops(metric, mark.what)
                && let Some(mut ended) = running.take()
            {
                ended.stopped = Some(*at);
                done.push(ended);
            }
            let starts = metric.starts_at_creation() && matches!(mark.what, What::Created(_))
                || metric == Metric::NextResponse && mark.what == What::CustomerReplied && answered
                || metric == Metric::PeriodicUpdate && mark.what == What::StaffReplied;
            if starts && running.is_none() {
                running = Some(Telling::begin(metric, cycle, *at));
                cycle += 1;
            }
            answered |= mark.what == What::StaffReplied;
        }
        if let Some(telling) = &mut running {
            telling.settle(*at, scene.status);
            let next = changes.get(index + 1).map(|(at, ..)| *at);
            telling.pass(*at, next, now, &scene);
        }
    }
    done.into_iter().chain(running).filter_map(|telling| telling.end(&scene, now)).collect()
}

fn change(scene: &mut Scene<'_>, what: What) {
    match what {
        What::Created(priority) | What::Priority(priority) => scene.priority = priority,
        What::Status(status) => scene.status = status,
        What::Trashed(in_trash) => scene.in_trash = in_trash,
        What::Spam(is_spam) => scene.is_spam = is_spam,
        What::Merged(is_merged) => scene.is_merged = is_merged,
        What::StaffReplied | What::CustomerReplied => {}
    }
}

/// Ends it for good. What a reopening takes up again settles instead.
fn stops(metric: Metric, what: What) -> bool {
    match what {
        What::StaffReplied => metric.ends_by_reply(),
        What::Status(status) => metric == Metric::FirstResolution && !status.is_active(),
        _ => false,
    }
}

impl<'a> Telling<'a> {
    fn begin(metric: Metric, cycle: i64, at: Timestamp) -> Self {
        Self { metric, cycle, started: at, stopped: None, counted: Duration::ZERO, target: None, missed: None, stretches: Vec::new() }
    }

    /// What counts until it is solved is over while it is, and goes on when it is opened again.
    fn settle(&mut self, at: Timestamp, status: Status) {
        if !self.metric.ends_by_reply() {
            self.stopped = if status.is_active() { None } else { self.stopped.or(Some(at)) };
        }
    }

    /// Lets the time pass until the next change, or until now.
    fn pass(&mut self, from: Timestamp, next: Option<Timestamp>, now: Timestamp, scene: &Scene<'a>) {
        let to = next.unwrap_or(now);
        // what was missed stays missed, and what it missed
        if self.stopped.is_none() && self.missed.is_none() {
            self.target = scene.rules.and_then(|rules| rules.target(self.metric, scene.priority));
        }
        if to < from {
            return;
        }
        let pause = self.pause(scene);
        let hours = scene.counts.hours(scene.priority);
        if pause.is_none()
            && self.missed.is_none()
            && let Some(target) = self.target
            && let Some(due) = hours.after(from, target.saturating_sub(self.counted))
            && (due < to || next.is_none() && due <= to)
        {
            self.missed = Some(due);
        }
        if pause.is_none() {
            self.counted += hours.counted(from, to);
        }
        if from < to {
            self.stretches.push(Stretch { span: Span { from, to }, hours, pause });
        }
    }

    fn pause(&self, scene: &Scene<'_>) -> Option<Why> {
        if scene.in_trash {
            return Some(Why::Trash);
        }
        if scene.is_spam {
            return Some(Why::Spam);
        }
        if scene.is_merged {
            return Some(Why::Merged);
        }
        let pauses = !scene.status.is_active() || self.metric.pauses_in(scene.status, &scene.counts.pauses);
        pauses.then_some(Why::Status(scene.status))
    }

    /// As it stands; nothing when nothing was promised.
    fn end(self, scene: &Scene<'a>, now: Timestamp) -> Option<Clock<'a>> {
        let target = self.target?;
        if scene.is_merged && self.stopped.is_none() && self.missed.is_none() {
            // what was promised here ends undecided: the work goes on in the other ticket
            return None;
        }
        let pause = if self.stopped.is_none() { self.pause(scene) } else { None };
        let state = match (self.missed, self.stopped, pause) {
            (Some(_), ..) => State::Missed,
            (None, Some(_), _) => State::Met,
            (None, None, Some(_)) => State::Paused,
            (None, None, None) => State::Running,
        };
        let hours = scene.counts.hours(scene.priority);
        let left = target.saturating_sub(self.counted);
        let due = if state == State::Running { hours.after(now, left) } else { self.missed };
        let lead = scene.counts.lead(target);
        let warn = if state == State::Running { self.warn(hours, now, left, lead) } else { None };
        // a solved ticket's last stretch is no part of what was measured
        let paused = pause.map(|why| (self.paused_since(now), why));
        let mut stretches = self.stretches;
        if let Some(stopped) = self.stopped {
            stretches.retain(|stretch| stretch.span.from < stopped);
        }
        Some(Clock {
            metric: self.metric,
            cycle: self.cycle,
            state,
            started: self.started,
            stopped: self.stopped,
            paused,
            target,
            counted: self.counted,
            due,
            warn,
            missed: self.missed,
            stretches,
        })
    }

    /// When to warn: to come, or the instant at which it should have been.
    fn warn(&self, hours: &Hours, now: Timestamp, left: Duration, lead: Duration) -> Option<Timestamp> {
        if left > lead { hours.after(now, left.saturating_sub(lead)) } else { Some(self.stretches.last().map_or(now, |stretch| stretch.span.from)) }
    }

    fn paused_since(&self, now: Timestamp) -> Timestamp {
        self.stretches.iter().rev().take_while(|stretch| stretch.pause.is_some()).last().map_or(now, |stretch| stretch.span.from)
    }
}

impl Clock<'_> {
    /// Still waits for what ends it.
    pub fn is_open(&self) -> bool {
        self.stopped.is_none()
    }

    /// The deadline passed, and what it was for is still wanted now.
    pub fn is_late(&self) -> bool {
        self.missed.is_some() && self.is_open() && self.paused.is_none()
    }
}
