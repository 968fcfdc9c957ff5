//! Templates: `%name%` is a fact of the ticket, `[[this|that]]` one of several ways to say it.

use super::{
    chance::Chance,
    people::{self, COMPANIES, CUSTOMERS},
};
use db::Timestamp;

/// What is true throughout one ticket.
pub(super) struct Facts(Vec<(&'static str, String)>);

const MODELS: &[&str] = &["atlas-large-2", "atlas-mini", "orion-pro", "meadow-70b", "sonata-4", "sonata-4-fast", "tern-large"];
const PROMPTS: &[&str] = &[
    "refund-triage",
    "contract-summary",
    "support-reply",
    "product-copy",
    "claims-intake",
    "meeting-notes",
    "sql-assistant",
    "onboarding-coach",
    "listing-writer",
    "lab-report",
    "invoice-reader",
    "chat-concierge",
    "tone-checker",
    "release-notes",
    "patient-letter",
    "route-planner",
];
const DATASETS: &[&str] = &[
    "golden-set",
    "support-2k",
    "edge-cases",
    "claims-march",
    "regression-core",
    "real-traffic-sample",
    "multilingual",
    "hard-questions",
    "reviewed-by-legal",
    "faq-v3",
];
const MONTHS: &[&str] = &["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

impl Facts {
    /// Facts for a request of this customer at that time, answered by `agent`.
    pub(super) fn new(chance: &mut Chance, customer: usize, agent: &str, peer: &str, at: Timestamp) -> Self {
        let (name, _, company) = CUSTOMERS[customer];
        let colleagues: Vec<&str> =
            CUSTOMERS.iter().enumerate().filter(|(place, other)| *place != customer && other.2 == company).map(|(_, other)| other.0).collect();
        let yesterday = at.minus(std::time::Duration::from_hours(24)).to_jiff().to_string();
        let (version, score, pct) = (chance.between(4, 38), chance.between(74, 92), chance.between(71, 97));
        let model = chance.below(MODELS.len());
        let mut facts = Self(vec![
            ("first", people::first_name(name).to_owned()),
            ("name", name.to_owned()),
            ("org", COMPANIES[company].name.to_owned()),
            ("domain", COMPANIES[company].domain.to_owned()),
            ("email", people::address(customer)),
            ("colleague", people::first_name(chance.pick(&colleagues)).to_owned()),
            ("agent", people::first_name(agent).to_owned()),
            ("peer", people::first_name(peer).to_owned()),
            ("date", spoken(&yesterday)),
            ("month", month_before(&yesterday).to_owned()),
            ("model", MODELS[model].to_owned()),
            ("model2", MODELS[(model + 1) % MODELS.len()].to_owned()),
            ("version", version.to_string()),
            ("prior", (version - 1).to_string()),
            ("score", format!("0.{score}")),
            ("score2", format!("0.{}", score - chance.between(3, 11))),
            ("pct", pct.to_string()),
            ("pct2", (100 - pct).to_string()),
        ]);
        facts.add_numbers(chance);
        facts
    }

    fn add_numbers(&mut self, chance: &mut Chance) {
        self.0.extend([
            ("time", format!("{:02}:{:02}", chance.between(5, 20), chance.between(0, 59))),
            ("run", format!("run_{}", chance.code(8))),
            ("req", format!("req_{}", chance.code(12))),
            ("key", chance.code(4)),
            ("prompt", chance.pick(PROMPTS).to_owned()),
            ("dataset", chance.pick(DATASETS).to_owned()),
            ("rows", (chance.between(12, 480) * 10).to_string()),
            ("n", chance.between(3, 24).to_string()),
            ("count", (chance.between(13, 95) * 10).to_string()),
            ("ms", (chance.between(90, 480) * 10).to_string()),
            ("sdk", format!("2.{}.{}", chance.between(3, 14), chance.between(0, 4))),
            ("invoice", format!("PC-{}", chance.between(10_200, 18_900))),
            ("amount", format!("€ {}.{:02}", chance.between(39, 890), chance.between(0, 99))),
            ("seats", chance.between(6, 85).to_string()),
            ("issue", format!("ENG-{}", chance.between(2_100, 4_900))),
        ]);
    }

    /// The fact of a name.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// A template with all choices made and all facts in place.
    pub(super) fn fill(&self, chance: &mut Chance, template: &str) -> String {
        self.insert(&choose(chance, template))
    }

    fn insert(&self, template: &str) -> String {
        let (mut filled, mut rest) = (String::with_capacity(template.len() + 64), template);
        while let Some(at) = rest.find('%') {
            let (before, from) = rest.split_at(at);
            filled.push_str(before);
            let fact = from[1..].find('%').and_then(|end| Some((end, self.get(&from[1..=end])?)));
            if let Some((end, value)) = fact {
                filled.push_str(value);
                rest = &from[end + 2..];
            } else {
                filled.push('%');
                rest = &from[1..];
            }
        }
        filled.push_str(rest);
        filled
    }
}

fn choose(chance: &mut Chance, template: &str) -> String {
    let (mut chosen, mut rest) = (String::with_capacity(template.len()), template);
    while let Some((before, after)) = rest.split_once("[[") {
        let Some((ways, behind)) = after.split_once("]]") else { break };
        chosen.push_str(before);
        chosen.push_str(chance.pick(&ways.split('|').collect::<Vec<_>>()));
        rest = behind;
    }
    chosen.push_str(rest);
    chosen
}

/// `14 October` of `2025-10-14T…`.
fn spoken(time: &str) -> String {
    format!("{} {}", time.get(8..10).unwrap_or("1").trim_start_matches('0'), MONTHS[month(time)])
}

fn month_before(time: &str) -> &'static str {
    MONTHS[(month(time) + 11) % 12]
}

fn month(time: &str) -> usize {
    time.get(5..7).and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(1).clamp(1, 12) - 1
}
