//! What is made of an event for each person: a notice in the app, and what goes out otherwise, as they chose.

use crate::{
    browser::Browser,
    catalog::{self, Sources},
    channel::Channel,
    phone::Phone,
};
use db::{Conn, Event, Id, Query, Timestamp, Tx, Value};
use kernel::{Actor, Concern, NoticeKind, Offers, PersonId, Result, Role};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use web::App;

/// An event that concerns somebody.
pub(crate) struct Told {
    pub person: PersonId,
    pub kind: &'static str,
    seq: i64,
    at: Timestamp,
    author: String,
    of: &'static str,
    subject: Uuid,
}

impl Told {
    pub(crate) fn of(line: &Event, of: &'static str, concern: Concern) -> Self {
        Self { person: concern.person, kind: concern.kind, seq: line.seq, at: line.at, author: line.actor_name.clone(), of, subject: line.subject_id }
    }
}

/// A notice about to be written.
pub(crate) struct New {
    told: Told,
    is_shown: bool,
    /// Out of the app, and to which browser.
    ways: Vec<(Channel, Option<Browser>)>,
}

/// What people chose, for many at once.
#[derive(Default)]
struct Chosen {
    roles: HashMap<PersonId, Role>,
    choices: HashMap<(PersonId, String, Channel), bool>,
    mutes: HashSet<(PersonId, String)>,
    browsers: HashMap<PersonId, Vec<Browser>>,
    phones: HashMap<PersonId, String>,
}

/// Says what is to be written. Who may not come in, is not meant by the kind, or muted the thing gets nothing.
pub(crate) async fn plan(app: &App, conn: &mut Conn, sources: &Sources, told: Vec<Told>) -> Result<Vec<New>> {
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let people: HashSet<PersonId> = told.iter().map(|told| told.person).collect();
    let chosen = Chosen::of(conn, &people).await?;
    let tags = if chosen.mutes.iter().any(|(_, what)| what.starts_with('#')) { tags(app, conn, &told).await? } else { HashMap::new() };
    let wanted = told.into_iter().filter_map(|told| {
        let (kind, role) = (sources.kind(told.kind)?, *chosen.roles.get(&told.person)?);
        let is_muted = chosen.mutes(told.person, &told.subject.to_string())
            || tags.get(&told.subject).is_some_and(|tags| tags.iter().any(|tag| chosen.mutes(told.person, &format!("#{tag}"))));
        if is_muted || !catalog::is_for(kind, role) {
            return None;
        }
        let new = New { is_shown: chosen.wants(told.person, kind, Channel::App), ways: chosen.ways(told.person, kind), told };
        (new.is_shown || !new.ways.is_empty()).then_some(new)
    });
    Ok(wanted.collect())
}

impl Chosen {
    async fn of(conn: &mut Conn, people: &HashSet<PersonId>) -> Result<Self> {
        let mut chosen = Self::default();
        let mut query = Query::with("SELECT id, role FROM people WHERE disabled_at IS NULL AND id IN ", Vec::new());
        query.list(people.iter().copied());
        chosen.roles = conn.all::<(PersonId, Role)>(query).await?.into_iter().collect();
        let mut query = Query::with("SELECT person_id, kind, channel, is_on FROM notice_choices WHERE person_id IN ", Vec::new());
        query.list(people.iter().copied());
        let choices: Vec<(PersonId, String, Channel, bool)> = conn.all(query).await?;
        chosen.choices = choices.into_iter().map(|(person, kind, channel, is_on)| ((person, kind, channel), is_on)).collect();
        let mut query = Query::with("SELECT person_id, what FROM notice_mutes WHERE person_id IN ", Vec::new());
        query.list(people.iter().copied());
        chosen.mutes = conn.all::<(PersonId, String)>(query).await?.into_iter().collect();
        chosen.browsers = Browser::of_people(conn, people).await?;
        chosen.phones = Phone::of_people(conn, people).await?;
        Ok(chosen)
    }

    fn mutes(&self, person: PersonId, what: &str) -> bool {
        self.mutes.contains(&(person, what.to_owned()))
    }

    fn wants(&self, person: PersonId, kind: &NoticeKind, channel: Channel) -> bool {
        let chosen = self.choices.get(&(person, kind.word.to_owned(), channel)).copied();
        chosen.unwrap_or_else(|| channel.by_default(kind))
    }

    /// The ways out of the app.
    fn ways(&self, person: PersonId, kind: &NoticeKind) -> Vec<(Channel, Option<Browser>)> {
        let goes = |channel: &Channel| channel.is_offered(kind) && self.wants(person, kind, *channel);
        let to = |channel: Channel| match channel {
            Channel::App => Vec::new(),
            Channel::Mail => vec![(channel, None)],
            Channel::Push => self.browsers.get(&person).into_iter().flatten().map(|browser| (channel, Some(browser.clone()))).collect(),
            Channel::Sms => self.phones.get(&person).map(|_| (channel, None)).into_iter().collect(),
        };
        Channel::ALL.iter().copied().filter(goes).flat_map(to).collect()
    }
}

/// The tags of the things that are told of, by what their room offers.
async fn tags(app: &App, conn: &mut Conn, told: &[Told]) -> Result<HashMap<Uuid, Vec<String>>> {
    let mut tags = HashMap::new();
    for domain in &app.domains {
        let Some(Offers::Own(offer)) = domain.offer else { continue };
        let ids: Vec<Uuid> = told.iter().filter(|told| told.of == domain.kind).map(|told| told.subject).collect();
        if ids.is_empty() || !offer.fields.iter().any(|field| field.name == "tags") {
            continue;
        }
        for thing in (offer.things)(conn, &ids, &["tags".to_owned()]).await? {
            let words = thing.facts["tags"].as_array().into_iter().flatten().filter_map(|tag| tag.as_str().map(str::to_owned));
            tags.insert(thing.id, words.collect());
        }
    }
    Ok(tags)
}

/// Writes notices and what goes out of them, and rings for those whose bell shows one.
pub(crate) async fn write(tx: &mut Tx, made: &[New]) -> Result<()> {
    let (mut notices, mut out): (Vec<[Value; 9]>, Vec<[Value; 11]>) = (Vec::new(), Vec::new());
    for New { told, is_shown, ways } in made {
        let id = Uuid::now_v7();
        let person: Value = told.person.into();
        notices.push([
            id.into(),
            person.clone(),
            told.seq.into(),
            told.kind.into(),
            told.of.into(),
            told.subject.into(),
            (&told.author).into(),
            (*is_shown).into(),
            told.at.into(),
        ]);
        for (channel, browser) in ways {
            let due = told.at.plus(channel.delay());
            let (browser, name) = (browser.as_ref().map(|browser| browser.id), browser.as_ref().map(|browser| browser.name.clone()));
            let (row, subject, waiting) = (Uuid::now_v7().into(), told.subject.into(), "WAITING".into());
            out.push([
                row,
                id.into(),
                person.clone(),
                subject,
                (*channel).into(),
                waiting,
                browser.into(),
                name.into(),
                0_i64.into(),
                due.into(),
                told.at.into(),
            ]);
        }
    }
    tx.run_rows("INSERT INTO notices (id, person_id, seq, kind, subject_kind, subject_id, author, is_shown, created_at) VALUES", &notices, "").await?;
    let into = "INSERT INTO notice_deliveries (id, notice_id, person_id, subject_id, channel, state, browser_id, browser, tries, due_at, created_at) VALUES";
    tx.run_rows(into, &out, "").await?;
    let people: HashSet<PersonId> = made.iter().filter(|new| new.is_shown).map(|new| new.told.person).collect();
    ring(tx, people.into_iter().collect()).await?;
    if !out.is_empty() {
        tx.ring_work();
    }
    Ok(())
}

/// Rings the bells of these people: the line says whose list changed, and nothing else.
pub(crate) async fn ring(tx: &mut Tx, people: Vec<PersonId>) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let id: Id<Told> = Id::new();
    Ok(tx.record(Actor::system("Notifications").event("notices.moved", ("notices", id.uuid()), false, json!({ "people": people }))).await?)
}
