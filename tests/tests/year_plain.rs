//! The plain calculation of a report: every figure from the tickets themselves, sorted lists and all.

use crate::year_life::{CATEGORIES, CHANNELS, Cast, DAY, PRIORITIES, TAGS, Told, day};
use serde_json::Value;

/// Whether something of a ticket counts that is this agent's: the ticket itself, or time that somebody spent.
type Fits = Box<dyn Fn(&Told, Option<usize>) -> bool + Send + Sync>;

/// A report that is asked for, and what it is about.
pub struct Asked {
    pub query: String,
    pub as_agent: bool,
    from: i64,
    to: i64,
    fits: Fits,
}

/// Times and filters, each with its plain meaning.
pub fn questions(cast: &Cast, begin: i64, now: i64) -> Vec<Asked> {
    let times = [
        (begin, begin + 364 * DAY),
        (begin + 100 * DAY, begin + 127 * DAY),
        (begin + 200 * DAY, begin + 200 * DAY),
        (now / DAY * DAY - 6 * DAY, now / DAY * DAY),
    ];
    let (team, agent) = (cast.teams[1].id, cast.agents[2]);
    let mut asked = Vec::new();
    for (from, last) in times {
        let period = format!("period=custom&from={}&to={}", day(from), day(last));
        let mut add = |more: String, as_agent: bool, fits: Fits| {
            asked.push(Asked { query: format!("{period}{more}"), as_agent, from, to: last + DAY, fits });
        };
        add(String::new(), false, Box::new(|_, _| true));
        add(format!("&team={team}"), false, Box::new(|told, _| told.team == Some(1)));
        add("&team=none".into(), false, Box::new(|told, _| told.team.is_none()));
        add(format!("&agent={agent}&priority=HIGH"), false, Box::new(|told, agent| agent == Some(2) && told.priority == 2));
        add("&channel=email&category=BILLING".into(), false, Box::new(|told, _| told.channel == 1 && told.category == 4));
        add("&tag=refund&agent=none".into(), false, Box::new(|told, agent| told.tags.contains(&0) && agent.is_none()));
        add("&tag=never-given".into(), false, Box::new(|_, _| false));
        add(String::new(), true, Box::new(|told, agent| told.team == Some(1) || [told.agent, agent].contains(&Some(0))));
    }
    asked
}

/// Nearest rank in a sorted list, by counting up to it.
fn rank(times: &mut [i64], percent: usize) -> Value {
    times.sort_unstable();
    for (place, time) in times.iter().enumerate() {
        if (place + 1) * 100 >= percent * times.len() {
            return (*time).into();
        }
    }
    Value::Null
}

fn seconds(from: i64, to: i64) -> i64 {
    to / 1_000_000 - from / 1_000_000
}

/// Seconds that were spent within a time, as far as they are wanted.
fn spent(told: &[&Told], from: i64, to: i64, wanted: impl Fn(&Told, Option<usize>) -> bool) -> i64 {
    let entries = told.iter().flat_map(|told| told.spent.iter().map(move |entry| (*told, entry)));
    entries.filter(|(told, (_, agent, at, _))| from <= *at && *at < to && wanted(told, Some(*agent))).map(|(_, entry)| entry.3).sum()
}

/// Compares each figure of a group of tickets.
fn figures(figures: &Value, told: &[&Told], from: i64, to: i64, what: &str) {
    let within = |at: i64| from <= at && at < to;
    let solved: Vec<&&Told> = told.iter().filter(|told| told.solved.is_some_and(within)).collect();
    let mut replies: Vec<i64> = told.iter().filter_map(|told| told.first_reply.filter(|at| within(*at)).map(|at| seconds(told.created, at))).collect();
    let mut ends: Vec<i64> = solved.iter().map(|told| seconds(told.created, told.solved.unwrap())).collect();
    let decided = |is_met: bool| told.iter().flat_map(|told| &told.promises).filter(|(_, met, at)| *met == is_met && within(*at)).count();
    let same = |name: &str, value: usize| assert_eq!(figures[name], value, "{name} of {what}");

    same("created", told.iter().filter(|told| within(told.created)).count());
    same("solved", solved.len());
    same("open", told.iter().filter(|told| told.is_open).count());
    same("solvedWithOneReply", solved.iter().filter(|told| told.replies <= 1).count());
    same("openedAgain", solved.iter().filter(|told| told.is_reopened).count());
    same("slaMet", decided(true));
    same("slaMissed", decided(false));
    assert_eq!(figures["firstReply"]["count"], replies.len(), "first replies of {what}");
    assert_eq!((&figures["firstReply"]["median"], &figures["firstReply"]["p90"]), (&rank(&mut replies, 50), &rank(&mut replies, 90)), "first reply of {what}");
    assert_eq!((&figures["resolution"]["median"], &figures["resolution"]["p90"]), (&rank(&mut ends, 50), &rank(&mut ends, 90)), "resolution of {what}");
    let sum: usize = solved.iter().map(|told| told.replies).sum();
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let mean = (!solved.is_empty()).then(|| sum as f64 / solved.len() as f64);
    let shown = figures["repliesPerTicket"].as_f64();
    // the last digit is lost on the way through JSON
    let is_same = shown.zip(mean).map_or(shown == mean, |(shown, mean)| (shown - mean).abs() < 1e-9);
    assert!(is_same, "replies of {what}: {shown:?}, not {mean:?}");
}

/// Compares a whole report.
pub fn compare(report: &Value, asked: &Asked, told: &[Told], cast: &Cast, asked_at: [i64; 2]) {
    let there: Vec<&Told> = told.iter().filter(|told| !told.is_gone).collect();
    let told: Vec<&Told> = there.iter().copied().filter(|told| (asked.fits)(told, told.agent)).collect();
    figures(&report["total"], &told, asked.from, asked.to, &asked.query);
    assert_eq!(report["total"]["timeSpent"], spent(&there, asked.from, asked.to, &asked.fits), "time of {}", asked.query);
    let days = report["days"].as_array().unwrap();
    assert_eq!(days.len(), usize::try_from((asked.to - asked.from) / DAY).unwrap());
    for (place, shown) in days.iter().enumerate() {
        let from = asked.from + i64::try_from(place).unwrap() * DAY;
        let within = |at: i64| from <= at && at < from + DAY;
        let (created, solved) = (told.iter().filter(|told| within(told.created)).count(), told.iter().filter(|told| told.solved.is_some_and(within)).count());
        assert_eq!((shown["day"].as_str().unwrap(), &shown["created"], &shown["solved"]), (&*day(from), &created.into(), &solved.into()), "{}", asked.query);
        assert_eq!(shown["timeSpent"], spent(&there, from, from + DAY, &asked.fits), "time of {}, {}", day(from), asked.query);
    }
    backlog(report, &told, asked_at);
    let groups = report["groups"].as_array().unwrap();
    let mut seen = 0;
    for (by, keys) in dimensions(cast) {
        for (key, of) in keys {
            let some: Vec<&Told> = told.iter().copied().filter(|told| of(told, told.agent)).collect();
            let time = spent(&there, asked.from, asked.to, |told, agent| (asked.fits)(told, agent) && of(told, agent));
            let group = groups.iter().find(|group| group["by"] == by && group["key"] == key);
            if let Some(group) = group {
                figures(&group["figures"], &some, asked.from, asked.to, &format!("{by} {key}, {}", asked.query));
                assert_eq!(group["figures"]["timeSpent"], time, "time of {by} {key}, {}", asked.query);
                seen += 1;
            } else {
                let within = |at: i64| asked.from <= at && at < asked.to;
                let silent =
                    some.iter().all(|told| !told.is_open && !within(told.created) && !told.solved.is_some_and(within) && !told.first_reply.is_some_and(within));
                assert!(silent && time == 0, "{by} {key} is missing in {}", asked.query);
            }
        }
    }
    assert_eq!(seen, groups.len(), "groups that nobody knows in {}", asked.query);
}

/// A ticket may have come of age while the answer was on its way.
fn backlog(report: &Value, told: &[&Told], asked_at: [i64; 2]) {
    let shown: Vec<u64> = report["backlog"].as_array().unwrap().iter().map(|age| age["open"].as_u64().unwrap()).collect();
    let counted = asked_at.map(|now| {
        let mut counted = vec![0; 5];
        for told in told.iter().filter(|told| told.is_open) {
            let hours = seconds(told.created, now) / 3_600;
            counted[match hours {
                ..24 => 0,
                24..72 => 1,
                72..168 => 2,
                168..720 => 3,
                _ => 4,
            }] += 1;
        }
        counted
    });
    assert!(counted.contains(&shown), "{shown:?} is none of {counted:?}");
}

type Of = Box<dyn Fn(&Told, Option<usize>) -> bool>;

/// Every key of every dimension, with who belongs to it.
fn dimensions(cast: &Cast) -> Vec<(&'static str, Vec<(String, Of)>)> {
    let words = |words: &'static [&'static str], of: fn(&Told) -> usize| -> Vec<(String, Of)> {
        words.iter().enumerate().map(|(place, word)| ((*word).to_owned(), Box::new(move |told: &Told, _| of(told) == place) as Of)).collect()
    };
    let mut teams: Vec<(String, Of)> = vec![("none".to_owned(), Box::new(|told: &Told, _| told.team.is_none()))];
    teams.extend(cast.teams.iter().enumerate().map(|(place, team)| (team.id.to_string(), Box::new(move |told: &Told, _| told.team == Some(place)) as Of)));
    let mut agents: Vec<(String, Of)> = vec![("none".to_owned(), Box::new(|_: &Told, agent: Option<usize>| agent.is_none()))];
    agents.extend(
        cast.agents.iter().enumerate().map(|(place, agent)| (agent.to_string(), Box::new(move |_: &Told, agent: Option<usize>| agent == Some(place)) as Of)),
    );
    let tags = TAGS.iter().enumerate().map(|(place, tag)| ((*tag).to_owned(), Box::new(move |told: &Told, _| told.tags.contains(&place)) as Of)).collect();
    vec![
        ("team", teams),
        ("agent", agents),
        ("channel", words(&CHANNELS, |told| told.channel)),
        ("category", words(&CATEGORIES, |told| told.category)),
        ("priority", words(&PRIORITIES, |told| told.priority)),
        ("tag", tags),
    ]
}
