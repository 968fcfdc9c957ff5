//! The life of one ticket: from the request over triage, questions and answers to its end, or to where it stands today.

use super::{
    chance::Chance,
    fate::{End, Team},
    hours,
    people::{STAFF, SUPERVISOR},
    plan::{Act, Asked, Voice},
    stories::{Paper, Turn, small_talk},
};
use db::Timestamp;
use std::time::Duration;
use tickets::{Category, Priority, Status};

type Acts = Vec<(Timestamp, Act)>;

/// One ticket under way.
struct Life<'a> {
    chance: &'a mut Chance,
    asked: &'a Asked,
    team: &'a Team,
    agent: usize,
    at: Timestamp,
    is_greeted: bool,
    acts: Acts,
}

/// Everything that happens to a ticket from its request on.
pub(super) fn of(chance: &mut Chance, asked: &Asked, team: &Team, created: Timestamp, now: Timestamp, is_fresh: bool) -> Acts {
    let is_promised = asked.content.contains("ttached") || asked.content.contains("see the picture");
    let paper = asked.story.paper.filter(|_| is_promised || chance.percent(20));
    let end = End::choose(chance, now.since(created));
    let mut life = Life { chance, asked, team, agent: team.agent, at: created, is_greeted: false, acts: vec![(created, Act::Ask(paper))] };
    if is_fresh {
        life.stay_new();
    } else {
        life.triage();
        life.go_on(end);
    }
    life.acts
}

/// After it was closed the customer writes once more, which makes a new ticket; false if there was no time for that.
pub(super) fn come_back(chance: &mut Chance, asked: &Asked, team: &Team, acts: &mut Acts, now: Timestamp) -> bool {
    let Some(last) = acts.last().map(|(at, _)| *at) else { return false };
    let at = hours::later(chance, last, 8 * 1_440, 14 * 1_440);
    let at = hours::awake(chance, at);
    let is_solved = acts.iter().any(|(_, act)| matches!(act, Act::Say { status: Some(Status::Resolved), .. } | Act::Settle { status: Status::Resolved, .. }));
    if !is_solved || now.since(at) < Duration::from_hours(144) {
        return false;
    }
    let mut life = Life { chance, asked, team, agent: team.agent, at, is_greeted: false, acts: Vec::new() };
    let text = life.words(small_talk::ONCE_MORE);
    life.push(Act::Say { by: Voice::Customer, text, is_internal: false, status: None, paper: None });
    life.triage();
    let text = life.choice(small_talk::ONCE_MORE_ANSWERS);
    life.answer(text, Status::Resolved);
    acts.append(&mut life.acts);
    true
}

impl Life<'_> {
    fn push(&mut self, act: Act) {
        self.acts.push((self.at, act));
    }

    fn choice(&mut self, all: &'static [&'static str]) -> &'static str {
        self.chance.pick(all)
    }

    fn words(&mut self, all: &'static [&'static str]) -> String {
        let template = self.choice(all);
        self.asked.facts.fill(self.chance, template)
    }

    fn wait_for_staff(&mut self, staff: usize, least: i64, most: i64) {
        let at = hours::later(self.chance, self.at, least, most);
        self.at = hours::at_work(self.chance, staff, at);
    }

    /// Of the last hours: most are untouched, some are in their team's queue already.
    fn stay_new(&mut self) {
        if self.chance.percent(30) {
            self.wait_for_staff(SUPERVISOR, 4, 25);
            self.push(Act::Triage { by: SUPERVISOR, to: None });
        }
    }

    /// Somebody looks at it and somebody takes it.
    fn triage(&mut self) {
        let is_urgent = self.asked.story.priority == Priority::Urgent;
        if is_urgent {
            // somebody is on call, whatever the hour
            self.at = hours::later(self.chance, self.at, 2, 14);
        } else {
            let (least, most) = self.chance.pick(&[(2, 12), (4, 25), (8, 50), (20, 140)]);
            self.wait_for_staff(self.agent, least, most);
        }
        let agent = self.agent;
        match self.chance.below(100) {
            0..45 => {
                self.push(Act::Claim { by: agent });
                self.push(Act::Triage { by: agent, to: None });
            }
            45..75 => self.push(Act::Triage { by: SUPERVISOR, to: Some(agent) }),
            _ => {
                self.push(Act::Triage { by: SUPERVISOR, to: None });
                if !is_urgent {
                    self.wait_for_staff(agent, 3, 60);
                }
                self.push(Act::Claim { by: agent });
            }
        }
    }

    /// The conversation, as far as this end lets it go.
    fn go_on(&mut self, end: End) {
        let turns = self.asked.story.turns;
        let stop = match end {
            End::Solved => turns.len(),
            End::WaitsForCustomer => turns.iter().position(|turn| matches!(turn, Turn::Asks(_))).unwrap_or(0),
            End::OnHold => turns.iter().position(|turn| matches!(turn, Turn::Holds(_) | Turn::Solves(_))).unwrap_or(0),
            End::InWork => turns.iter().rposition(|turn| matches!(turn, Turn::Writes(_) | Turn::Says(_))).map_or(0, |last| last + 1),
        };
        for (place, turn) in turns.iter().take(stop).enumerate() {
            self.aside(place);
            self.turn(turn, place + 1 == turns.len());
        }
        match end {
            End::Solved => {}
            End::WaitsForCustomer => {
                let text = turns.get(stop).and_then(|turn| if let Turn::Asks(text) = turn { Some(*text) } else { None });
                let is_trouble = matches!(self.asked.story.category, Category::Bug | Category::TechnicalSupport);
                let text = text.unwrap_or_else(|| self.choice(if is_trouble { small_talk::ASKS } else { small_talk::WISH_ASKS }));
                self.answer(text, Status::Pending);
            }
            End::OnHold => {
                let text = turns.get(stop).and_then(|turn| if let Turn::Holds(text) = turn { Some(*text) } else { None });
                let text = text.unwrap_or_else(|| self.choice(small_talk::HOLDS));
                self.answer(text, Status::OnHold);
            }
            End::InWork if stop == 0 => {
                let agent = self.agent;
                self.wait_for_staff(agent, 4, 50);
                self.push(Act::Settle { by: Voice::Staff(agent), status: Status::InProgress });
                self.note();
            }
            End::InWork => {
                if self.chance.percent(30) {
                    self.wait_for_customer(900, 2_400);
                    let text = self.words(small_talk::NUDGES);
                    self.push(Act::Say { by: Voice::Customer, text, is_internal: false, status: None, paper: None });
                }
            }
        }
    }

    /// Now and then the staff talks among itself, or hands over.
    fn aside(&mut self, place: usize) {
        if self.chance.percent(10) && self.acts.len() < 5 {
            self.note();
        }
        if place > 0 && self.team.peer != self.agent && self.chance.percent(4) {
            let (by, to) = (self.agent, self.team.peer);
            self.wait_for_staff(by, 10, 60);
            self.push(Act::HandOver { by, to });
            self.agent = to;
        }
    }

    fn note(&mut self) {
        let agent = self.agent;
        self.wait_for_staff(agent, 2, 25);
        let is_bug = self.asked.story.category == Category::Bug && self.chance.percent(70);
        let text = self.words(if is_bug { small_talk::BUG_NOTES } else { small_talk::NOTES });
        self.push(Act::Say { by: Voice::Staff(agent), text, is_internal: true, status: None, paper: None });
    }

    fn turn(&mut self, turn: &'static Turn, is_last: bool) {
        match turn {
            Turn::Asks(text) => self.answer(text, Status::Pending),
            Turn::Says(text) => self.answer(text, Status::InProgress),
            Turn::Holds(text) => {
                self.answer(text, Status::OnHold);
                let days = self.chance.between(4, 16) * 1_440;
                self.at = hours::later(self.chance, self.at, days, days + 600);
            }
            Turn::Solves(text) if is_last => self.solve(text),
            Turn::Solves(text) => self.answer(text, Status::Resolved),
            Turn::Notes(text) => {
                let agent = self.agent;
                self.wait_for_staff(agent, 6, 55);
                let text = self.asked.facts.fill(self.chance, text);
                let paper = self.chance.percent(8).then_some(Paper::Log);
                self.push(Act::Say { by: Voice::Staff(agent), text, is_internal: true, status: None, paper });
            }
            Turn::Writes(text) => {
                self.wait_for_customer(8, 90);
                let text = self.asked.facts.fill(self.chance, text);
                let paper = self.chance.percent(5).then_some(Paper::Shot);
                self.push(Act::Say { by: Voice::Customer, text, is_internal: false, status: None, paper });
            }
        }
    }

    fn wait_for_customer(&mut self, least: i64, most: i64) {
        let factor = self.chance.pick(&[1, 1, 3, 8, 20]);
        let at = hours::later(self.chance, self.at, least, most * factor.min(if most > 500 { 1 } else { 20 }));
        self.at = hours::awake(self.chance, at);
    }

    /// A public answer, greeted and signed as people do.
    fn answer(&mut self, text: &str, status: Status) {
        let agent = self.agent;
        if self.asked.story.priority == Priority::Urgent {
            self.at = hours::later(self.chance, self.at, 3, 35);
        } else {
            let (least, most) = self.chance.pick(&[(3, 15), (5, 30), (12, 60), (40, 160)]);
            self.wait_for_staff(agent, least, most);
        }
        let runs_on = text.starts_with(char::is_lowercase) || text.starts_with("I ");
        let greeting =
            if runs_on || !self.is_greeted { self.choice(if self.is_greeted { &small_talk::GREETINGS[..2] } else { small_talk::GREETINGS }) } else { "" };
        let signature = self.choice(small_talk::SIGNATURES);
        self.is_greeted = true;
        let text = self.asked.facts.fill(self.chance, &[greeting, text, signature].concat());
        let text = self.in_own_name(text);
        self.push(Act::Say { by: Voice::Staff(agent), text, is_internal: false, status: Some(status), paper: None });
    }

    /// After a hand-over the colleague signs.
    fn in_own_name(&self, text: String) -> String {
        use super::people::first_name;
        if self.agent == self.team.agent {
            return text;
        }
        let (first, now) = (first_name(STAFF[self.team.agent].name), first_name(STAFF[self.agent].name));
        text.strip_suffix(first).map(|body| format!("{body}{now}")).unwrap_or(text)
    }

    /// The answer, and how the customer takes it.
    fn solve(&mut self, text: &'static str) {
        let agent = self.agent;
        let is_told = !text.starts_with("glad") && !text.starts_with("wonderful");
        match self.chance.below(100) {
            0..52 => self.answer(text, Status::Resolved),
            _ if !is_told || self.messages() > 4 => self.answer(text, Status::Resolved),
            52..60 => {
                // no word any more: closed after some days of waiting
                self.answer(text, Status::Pending);
                self.wait_for_staff(agent, 4 * 1_440, 6 * 1_440);
                let text = self.choice(small_talk::SILENCE);
                self.answer(text, Status::Resolved);
            }
            60..75 => {
                self.answer(text, Status::Pending);
                self.thank();
                self.wait_for_staff(agent, 4, 180);
                self.push(Act::Settle { by: Voice::Staff(agent), status: Status::Resolved });
            }
            75..88 => {
                self.answer(text, Status::Pending);
                self.thank();
                let text = self.choice(small_talk::WELCOMES);
                self.answer(text, Status::Resolved);
            }
            _ => {
                self.answer(text, Status::Pending);
                self.wait_for_customer(10, 200);
                self.push(Act::Settle { by: Voice::Customer, status: Status::Resolved });
            }
        }
    }

    /// So far.
    fn messages(&self) -> usize {
        self.acts.iter().filter(|(_, act)| matches!(act, Act::Ask(_) | Act::Say { .. })).count()
    }

    fn thank(&mut self) {
        self.wait_for_customer(6, 120);
        let text = self.words(small_talk::THANKS);
        self.push(Act::Say { by: Voice::Customer, text, is_internal: false, status: None, paper: None });
    }
}
