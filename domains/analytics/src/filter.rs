//! What narrows a report. All of it stands in the URL, so that a report can be sent as a link.

use crate::{
    Sources,
    fact::{Fact, WORDS},
    names::{self, AGENT, Codes, Kind, TAG, TEAM},
    period::{Period, Preset, Wrong},
    policy::Scope,
    spent::Spent,
};
use db::{Conn, Id};
use jiff::tz::TimeZone;
use kernel::{Fault, PersonId, Result, TeamId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Display;
use web::{Fields, Form};

/// The dimensions that narrow a report, as `Counting::dimensions` has them.
pub(crate) const DIMENSIONS: [&str; WORDS] = ["channel", "category", "priority"];
/// What stands for "no team" and "nobody".
pub(crate) const NONE: &str = "none";

/// Who has a ticket: somebody, or nobody.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Owner<I> {
    Nobody,
    One(I),
}

impl<I: Copy + Display> Owner<I> {
    pub(crate) fn id(self) -> Option<I> {
        match self {
            Self::Nobody => None,
            Self::One(id) => Some(id),
        }
    }

    /// As it stands in the URL.
    pub(crate) fn word(self) -> String {
        self.id().map_or_else(|| NONE.to_owned(), |id| id.to_string())
    }

    /// Its number.
    fn code(self, codes: &Codes, kind: Kind) -> u32 {
        self.id().map_or(0, |id| codes.of(kind, &id.to_string()))
    }
}

/// As it was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub preset: Option<Preset>,
    pub from: Option<String>,
    pub to: Option<String>,
    /// Of this team.
    pub team: Option<Owner<TeamId>>,
    /// Of this agent.
    pub agent: Option<Owner<PersonId>>,
    /// With these words.
    pub words: [Option<String>; WORDS],
    /// With this tag.
    pub tag: Option<String>,
}

impl Form for Filter {
    fn read(fields: &mut Fields) -> Self {
        Self {
            preset: fields.word("period", Preset::WORDS),
            from: fields.optional_text("from", 32),
            to: fields.optional_text("to", 32),
            team: owner(fields, "team"),
            agent: owner(fields, "agent"),
            words: DIMENSIONS.map(|name| fields.optional_text(name, 40)),
            tag: fields.optional_text("tag", 40).map(|tag| tag.to_lowercase()),
        }
    }
}

fn owner<T>(fields: &mut Fields, name: &str) -> Option<Owner<Id<T>>> {
    let text = fields.optional_text(name, 64)?;
    if text == NONE {
        return Some(Owner::Nobody);
    }
    let id = text.parse().ok();
    if id.is_none() {
        fields.errors.add(name, "This is not an id. Use 'none' for nobody.");
    }
    id.map(Owner::One)
}

impl Filter {
    /// The time it is about.
    pub(crate) fn period(&self, zone: &TimeZone, now: db::Timestamp) -> std::result::Result<Period, Wrong> {
        Period::of(self.preset, self.from.as_deref(), self.to.as_deref(), zone, now.to_jiff())
    }

    /// Refuses words that a dimension does not have.
    pub(crate) fn check(&self, sources: &Sources) -> Result<()> {
        for (dimension, word) in sources.counting.dimensions.iter().zip(&self.words) {
            if word.as_ref().is_some_and(|word| !dimension.values.iter().any(|(known, _)| known == word)) {
                let known: Vec<&str> = dimension.values.iter().map(|(known, _)| *known).collect();
                return Err(Fault::field(dimension.name, format!("Must be one of {}.", known.join(", "))));
            }
        }
        Ok(())
    }

    /// Its pairs for a URL.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        pairs.extend(self.preset.map(|preset| ("period", preset.word().to_owned())));
        // days of a custom period alone mean something
        if matches!(self.preset, None | Some(Preset::Custom)) {
            pairs.extend(self.from.clone().map(|day| ("from", day)));
            pairs.extend(self.to.clone().map(|day| ("to", day)));
        }
        pairs.extend(self.team.map(|team| ("team", team.word())));
        pairs.extend(self.agent.map(|agent| ("agent", agent.word())));
        pairs.extend(DIMENSIONS.into_iter().zip(&self.words).filter_map(|(name, word)| Some((name, word.clone()?))));
        pairs.extend(self.tag.clone().map(|tag| ("tag", tag)));
        pairs
    }

    /// Its query string with some pairs in place of its own, `?` and all.
    pub(crate) fn query(&self, more: &[(&'static str, String)]) -> String {
        let own = self.pairs().into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let pairs: Vec<String> =
            own.chain(more.iter().cloned()).map(|(name, value)| format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }

    /// Ready to be asked for each fact: names become numbers.
    pub(crate) async fn sieve(&self, conn: &mut Conn, sources: &Sources, scope: &Scope) -> Result<Sieve> {
        let mut wanted: Vec<(Kind, String)> = Vec::new();
        wanted.extend(self.team.and_then(Owner::id).map(|team| (TEAM, team.to_string())));
        wanted.extend(self.agent.and_then(Owner::id).map(|agent| (AGENT, agent.to_string())));
        wanted.extend(sources.counting.dimensions.iter().zip(&self.words).filter_map(|(dimension, word)| Some((dimension.name, word.clone()?))));
        wanted.extend(self.tag.clone().map(|tag| (TAG, tag)));
        if let Scope::Own { teams, person } = scope {
            wanted.extend(teams.iter().map(|team| (TEAM, team.to_string())));
            wanted.extend(person.map(|person| (AGENT, person.to_string())));
        }
        let codes = names::codes(conn, &wanted).await?;
        let mut words = [None; WORDS];
        for ((slot, dimension), word) in words.iter_mut().zip(sources.counting.dimensions).zip(&self.words) {
            *slot = word.as_ref().map(|word| codes.of(dimension.name, word));
        }
        Ok(Sieve {
            team: self.team.map(|team| team.code(&codes, TEAM)),
            agent: self.agent.map(|agent| agent.code(&codes, AGENT)),
            words,
            tag: self.tag.as_ref().map(|tag| codes.of(TAG, tag)),
            own: match scope {
                Scope::All => None,
                Scope::Own { teams, person } => {
                    let agent = person.map_or(names::NOBODY, |person| codes.of(AGENT, &person.to_string()));
                    Some((teams.iter().map(|team| codes.of(TEAM, &team.to_string())).collect(), agent))
                }
            },
        })
    }
}

/// Lets through the facts that are wanted and may be counted.
#[derive(Clone, Debug)]
pub(crate) struct Sieve {
    team: Option<u32>,
    agent: Option<u32>,
    words: [Option<u32>; WORDS],
    tag: Option<u32>,
    /// Only of these teams, and of this agent.
    own: Option<(Vec<u32>, u32)>,
}

impl Sieve {
    pub(crate) fn takes(&self, fact: &Fact) -> bool {
        !fact.is_void
            && self.agent.is_none_or(|agent| fact.agent == agent)
            && self.is_there(fact)
            && self.own.as_ref().is_none_or(|(teams, agent)| teams.contains(&fact.team) || fact.agent == *agent)
    }

    /// Time is an agent's who spent it, whoever has the ticket.
    pub(crate) fn takes_time(&self, fact: &Fact, spent: &Spent) -> bool {
        self.agent.is_none_or(|agent| spent.agent == agent)
            && self.is_there(fact)
            && self.own.as_ref().is_none_or(|(teams, agent)| teams.contains(&fact.team) || [fact.agent, spent.agent].contains(agent))
    }

    fn is_there(&self, fact: &Fact) -> bool {
        self.team.is_none_or(|team| fact.team == team)
            && self.words.iter().zip(fact.words).all(|(wanted, word)| wanted.is_none_or(|wanted| word == wanted))
            && self.tag.is_none_or(|tag| fact.tags.contains(&tag))
    }
}
