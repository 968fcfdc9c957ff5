//! The whole play before it is played: who joins when, which requests come in, and every act in the order of time.

use super::{
    chance::Chance,
    fate, hours, life,
    people::{self, COMPANIES, CUSTOMERS},
    stories::{self, Paper, Story},
    words::Facts,
};
use db::Timestamp;
use std::time::Duration;
use tickets::{Category, Channel, Priority, Status};

/// Tickets at the end.
pub(super) const TICKETS: usize = 400;
/// So many of them go on from a closed one.
const COMING_BACK: usize = 6;
/// So many come in during the last hours.
const FRESH: usize = 11;
/// Days that the story covers.
pub(super) const DAYS: u64 = 90;
const DAY: Duration = Duration::from_hours(24);

/// One request, as far as its customer makes it.
pub(super) struct Asked {
    pub customer: usize,
    pub story: &'static Story,
    pub title: String,
    pub content: String,
    pub channel: Channel,
    /// As the customer sees it; triage corrects it.
    pub category: Category,
    pub priority: Priority,
    /// Colleagues that get copies.
    pub cc: Vec<usize>,
    pub facts: Facts,
}

/// Who speaks.
#[derive(Clone, Copy)]
pub(super) enum Voice {
    Customer,
    Staff(usize),
}

/// What somebody does to a ticket.
pub(super) enum Act {
    /// The customer asks.
    Ask(Option<Paper>),
    /// Staff takes it.
    Claim { by: usize },
    /// Staff puts it where it belongs, with tags and priority, and perhaps gives it to somebody.
    Triage { by: usize, to: Option<usize> },
    /// A reply or a note, perhaps with a status and a file.
    Say { by: Voice, text: String, is_internal: bool, status: Option<Status>, paper: Option<Paper> },
    /// The status alone.
    Settle { by: Voice, status: Status },
    /// Staff hands it to a colleague.
    HandOver { by: usize, to: usize },
}

/// One thing at one time.
pub(super) enum Deed {
    /// A customer signs up.
    Join { customer: usize },
    /// Something happens to the ticket of that place.
    On { ticket: usize, act: Act },
}

/// Everything that will happen.
pub(super) struct Plan {
    pub asked: Vec<Asked>,
    pub deeds: Vec<(Timestamp, Deed)>,
}

impl Plan {
    /// Plans 90 days that end now.
    pub(super) fn new(seed: u64, now: Timestamp) -> Self {
        let joined = joining(seed, now);
        let mut deeds: Vec<(Timestamp, Deed)> = joined.iter().enumerate().map(|(customer, at)| (*at, Deed::Join { customer })).collect();
        let stories = deck(seed, TICKETS);
        let (mut asked, mut coming_back) = (Vec::new(), COMING_BACK);
        for (place, story) in stories.into_iter().take(TICKETS - COMING_BACK).enumerate() {
            let mut chance = Chance::new(seed, place as u64 + 1_000);
            let is_fresh = place < FRESH;
            let at = if is_fresh { fresh(&mut chance, place, now) } else { some_time(&mut chance, now) };
            let team = fate::Team::choose(&mut chance, story.desk, at);
            let one = ask(&mut chance, story, at, &team, &joined);
            let mut acts = life::of(&mut chance, &one, &team, at, now, is_fresh);
            if coming_back > 0 && now.since(at) > DAY * 45 && life::come_back(&mut chance, &one, &team, &mut acts, now) {
                coming_back -= 1;
            }
            deeds.extend(acts.into_iter().map(|(at, act)| (at, Deed::On { ticket: place, act })));
            asked.push(one);
        }
        // what lies after now has not happened yet: that leaves the newest tickets in the middle of their story
        deeds.retain(|(at, _)| *at < now.minus(Duration::from_mins(1)));
        deeds.sort_by_key(|(at, _)| *at);
        Self { asked, deeds }
    }
}

/// When each customer joined: more than half were there at the beginning.
fn joining(seed: u64, now: Timestamp) -> Vec<Timestamp> {
    let mut chance = Chance::new(seed, 7);
    (0..CUSTOMERS.len())
        .map(|_| {
            let days = if chance.percent(60) { chance.between(88, 89) } else { chance.between(14, 88) };
            let at = now.minus(DAY * u32::try_from(days).unwrap_or(1));
            hours::later(&mut chance, at, 0, 1_000)
        })
        .collect()
}

/// Stories in a shuffled order that has all of them before it begins anew.
fn deck(seed: u64, length: usize) -> Vec<&'static Story> {
    let mut chance = Chance::new(seed, 11);
    let mut deck = Vec::new();
    while deck.len() < length {
        let mut round = stories::all();
        for place in (1..round.len()).rev() {
            round.swap(place, chance.below(place + 1));
        }
        deck.extend(round);
    }
    deck
}

/// Some likely time in the 90 days, a little more of them lately.
fn some_time(chance: &mut Chance, now: Timestamp) -> Timestamp {
    let newest = 9 * 60;
    let oldest = i64::try_from(DAYS).unwrap_or(90) * 1_440 - 2_200;
    loop {
        let (one, other) = (chance.between(newest, oldest), chance.between(newest, oldest));
        let minutes = if chance.percent(22) { one.min(other) } else { one };
        let at = hours::later(chance, now.minus(Duration::from_secs(minutes.unsigned_abs() * 60)), 0, 1);
        if hours::is_likely(chance, at) {
            return at;
        }
    }
}

/// Some minutes to some hours ago.
fn fresh(chance: &mut Chance, place: usize, now: Timestamp) -> Timestamp {
    let minutes = i64::try_from(place).unwrap_or(0) * 42 + chance.between(6, 40);
    now.minus(Duration::from_secs(minutes.unsigned_abs() * 60 + chance.below(60) as u64))
}

/// What a customer writes.
fn ask(chance: &mut Chance, story: &'static Story, at: Timestamp, team: &fate::Team, joined: &[Timestamp]) -> Asked {
    let here: Vec<usize> = (0..CUSTOMERS.len()).filter(|customer| joined[*customer] < at).collect();
    // some ask more often than others
    let customer = if chance.percent(35) { here[chance.below(here.len().min(12))] } else { chance.pick(&here) };
    let colleagues: Vec<usize> = here.iter().copied().filter(|other| *other != customer && CUSTOMERS[*other].2 == CUSTOMERS[customer].2).collect();
    let facts = Facts::new(chance, customer, people::STAFF[team.agent].name, people::STAFF[team.peer].name, at);
    let words = [chance.pick(stories::small_talk::OPENERS), story.body, chance.pick(stories::small_talk::CLOSERS)].concat();
    let cc = if colleagues.is_empty() || !chance.percent(16) { Vec::new() } else { vec![chance.pick(&colleagues)] };
    Asked {
        customer,
        story,
        title: {
            let subject = chance.pick(story.subjects);
            facts.fill(chance, subject)
        },
        content: facts.fill(chance, &words),
        channel: match chance.below(100) {
            0..16 => Channel::Email,
            16..24 if story.desk == stories::Desk::Api => Channel::Api,
            _ => Channel::Web,
        },
        priority: match story.priority {
            Priority::Urgent if chance.percent(70) => Priority::Urgent,
            Priority::Urgent | Priority::High if chance.percent(50) => Priority::High,
            Priority::Low if chance.percent(50) => Priority::Low,
            _ => Priority::Medium,
        },
        category: if chance.percent(9) { Category::GeneralInquiry } else { story.category },
        cc,
        facts,
    }
}

/// The zone a customer lives in.
pub(super) fn zone(customer: usize) -> &'static str {
    COMPANIES[CUSTOMERS[customer].2].zone
}
