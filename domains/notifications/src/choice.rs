//! What a person chose: which kinds go which way, when to be left alone, mail in one piece, and what to hear nothing of.

use crate::{
    catalog::Sources,
    channel::{self, Channel},
};
use db::{Conn, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, NoticeKind, PersonId, Result};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Tags that one person mutes at most, and how long one may be.
pub(crate) const TAGS: (usize, usize) = (50, 50);

db::words! {
    /// How often mail comes in one piece.
    pub enum Digest {
        /// Each as it comes.
        Off = "OFF",
        /// Once a day, at eight.
        Daily = "DAILY",
        /// On Monday, at eight.
        Weekly = "WEEKLY",
    }
}

impl Digest {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Off => "As it comes",
            Self::Daily => "Once a day, at 8:00",
            Self::Weekly => "On Mondays, at 8:00",
        }
    }
}

record! {
    /// When a person wants to be left alone, and how mail comes.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Hours {
        /// Quiet from this minute of the day on, in the person's zone.
        pub quiet_from: Option<i64>,
        /// Until this one.
        pub quiet_to: Option<i64>,
        /// Mail in one piece.
        pub digest: Digest,
    }
}

impl Hours {
    /// No quiet hours, mail as it comes.
    pub const NONE: Self = Self { quiet_from: None, quiet_to: None, digest: Digest::Off };

    /// Those of a person.
    pub(crate) async fn of(conn: &mut Conn, person: PersonId) -> Result<Self> {
        Ok(conn.first(sql!("SELECT quiet_from, quiet_to, digest FROM notice_hours WHERE person_id = $1", person)).await?.unwrap_or(Self::NONE))
    }

    /// From and to, when both are there.
    pub(crate) fn quiet(&self) -> Option<(i64, i64)> {
        self.quiet_from.zip(self.quiet_to)
    }
}

/// All that a person chose.
#[derive(Clone, Debug)]
pub struct Choices {
    /// The ways that there are to choose.
    pub channels: Vec<Channel>,
    /// Kinds and ways that are on.
    pub on: BTreeSet<(&'static str, Channel)>,
    /// Quiet hours and digest.
    pub hours: Hours,
    /// Tags to hear nothing of.
    pub tags: Vec<String>,
}

impl Choices {
    /// What a person chose, with the defaults for the rest.
    pub(crate) async fn of(conn: &mut Conn, sources: &Sources, actor: &Actor, person: PersonId) -> Result<Self> {
        let rows: Vec<(String, Channel, bool)> = conn.all(sql!("SELECT kind, channel, is_on FROM notice_choices WHERE person_id = $1", person)).await?;
        let chosen: HashMap<(String, Channel), bool> = rows.into_iter().map(|(kind, channel, is_on)| ((kind, channel), is_on)).collect();
        let is_on = |kind: &NoticeKind, channel: Channel| chosen.get(&(kind.word.to_owned(), channel)).copied().unwrap_or_else(|| channel.by_default(kind));
        let channels = channel::offered(conn, actor).await?;
        let on = squares(sources, actor, &channels).filter(|(kind, channel)| is_on(kind, *channel)).map(|(kind, channel)| (kind.word, channel)).collect();
        let tags: Vec<String> = conn.all(sql!("SELECT what FROM notice_mutes WHERE person_id = $1 AND what LIKE '#%'", person)).await?;
        let mut tags: Vec<String> = tags.iter().filter_map(|tag| tag.strip_prefix('#').map(str::to_owned)).collect();
        tags.sort();
        Ok(Self { channels, on, hours: Hours::of(conn, person).await?, tags })
    }

    /// Keeps it: what is as by default takes no row, and what can't be chosen now stays as it is.
    pub(crate) async fn keep(&self, tx: &mut Tx, sources: &Sources, actor: &Actor, person: PersonId) -> Result<()> {
        let now = tx.now();
        let mut query = Query::with("DELETE FROM notice_choices WHERE person_id = ", Vec::new());
        query.bind(person).push(" AND channel IN ").list(self.channels.iter().copied());
        tx.run(query).await?;
        let rows: Vec<[db::Value; 4]> = squares(sources, actor, &self.channels)
            .map(|(kind, channel)| (kind, channel, self.on.contains(&(kind.word, channel))))
            .filter(|(kind, channel, is_on)| *is_on != channel.by_default(kind))
            .map(|(kind, channel, is_on)| [person.into(), kind.word.into(), channel.into(), is_on.into()])
            .collect();
        tx.run_rows("INSERT INTO notice_choices (person_id, kind, channel, is_on) VALUES", &rows, "").await?;
        tx.run(sql!(
            "INSERT INTO notice_hours (person_id, quiet_from, quiet_to, digest, changed_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (person_id) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, digest = excluded.digest,
                                                   changed_at = excluded.changed_at",
            person,
            self.hours.quiet_from,
            self.hours.quiet_to,
            self.hours.digest,
            now
        ))
        .await?;
        tx.run(sql!("DELETE FROM notice_mutes WHERE person_id = $1 AND what LIKE '#%'", person)).await?;
        let rows: Vec<[db::Value; 3]> = self.tags.iter().map(|tag| [person.into(), format!("#{tag}").into(), now.into()]).collect();
        tx.run_rows("INSERT INTO notice_mutes (person_id, what, created_at) VALUES", &rows, " ON CONFLICT (person_id, what) DO NOTHING").await?;
        Ok(tx.record(actor.event("notices.choices_changed", ("notices", person.uuid()), true, json!({}))).await?)
    }

    /// Is this square of the grid on?
    pub(crate) fn is_on(&self, kind: &NoticeKind, channel: Channel) -> bool {
        self.on.contains(&(kind.word, channel))
    }
}

/// Every kind and way that the actor can choose.
pub(crate) fn squares<'a>(sources: &'a Sources, actor: &'a Actor, channels: &'a [Channel]) -> impl Iterator<Item = (&'static NoticeKind, Channel)> + 'a {
    sources.kinds_of(actor).into_iter().flat_map(|kind| channels.iter().copied().filter(|channel| channel.is_offered(kind)).map(move |channel| (kind, channel)))
}

/// Switches one kind off on one way: what the link of a mail does.
pub(crate) async fn switch_off(tx: &mut Tx, person: PersonId, kind: &str, channel: Channel) -> Result<()> {
    tx.run(sql!(
        "INSERT INTO notice_choices (person_id, kind, channel, is_on) VALUES ($1, $2, $3, FALSE) ON CONFLICT (person_id, kind, channel) DO UPDATE SET is_on = FALSE",
        person,
        kind,
        channel
    ))
    .await?;
    Ok(())
}

/// Whether the person muted a thing.
pub(crate) async fn is_muted(conn: &mut Conn, person: PersonId, thing: Uuid) -> Result<bool> {
    let since: Option<Timestamp> =
        conn.first(sql!("SELECT created_at FROM notice_mutes WHERE person_id = $1 AND what = $2", person, thing.to_string())).await?;
    Ok(since.is_some())
}

/// Mutes a thing, or lets it be heard again; twice is harmless.
pub(crate) async fn mute(tx: &mut Tx, person: PersonId, thing: Uuid, is_muted: bool) -> Result<()> {
    let now = tx.now();
    if is_muted {
        tx.run(sql!(
            "INSERT INTO notice_mutes (person_id, what, created_at) VALUES ($1, $2, $3) ON CONFLICT (person_id, what) DO NOTHING",
            person,
            thing.to_string(),
            now
        ))
        .await?;
    } else {
        tx.run(sql!("DELETE FROM notice_mutes WHERE person_id = $1 AND what = $2", person, thing.to_string())).await?;
    }
    Ok(())
}

/// A time of the day as minutes: `22:30`.
pub(crate) fn minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes) && text.len() <= 5).then_some(hours * 60 + minutes)
}

/// The same as text.
pub(crate) fn clock(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Reads choices from a form or JSON: `on` as words like `mention.MAIL`.
pub(crate) fn read(fields: &mut web::Fields) -> Wish {
    let on = fields.texts("on", 100, 60);
    let (from, to) = (fields.optional_text("quietFrom", 5), fields.optional_text("quietTo", 5));
    let digest = fields.word("digest", Digest::WORDS).unwrap_or(Digest::Off);
    let tags = fields.texts("mutedTags", TAGS.0, TAGS.1);
    for (name, text) in [("quietFrom", &from), ("quietTo", &to)] {
        if text.as_deref().is_some_and(|text| minutes(text).is_none()) {
            fields.errors.add(name, "Give a time of the day, like 22:00.");
        }
    }
    if from.is_some() != to.is_some() {
        fields.errors.add(if from.is_some() { "quietTo" } else { "quietFrom" }, "Give both times, or none.");
    }
    if from.is_some() && from == to {
        fields.errors.add("quietTo", "The two times are the same.");
    }
    let quiet = |text: Option<String>| text.as_deref().and_then(minutes);
    Wish {
        on,
        hours: Hours { quiet_from: quiet(from), quiet_to: quiet(to), digest },
        tags: tags.iter().map(|tag| tag.trim_start_matches('#').to_lowercase()).collect(),
    }
}

/// What was typed, before anybody knows which kinds there are.
pub(crate) struct Wish {
    on: Vec<String>,
    hours: Hours,
    tags: Vec<String>,
}

impl web::Form for Wish {
    fn read(fields: &mut web::Fields) -> Self {
        read(fields)
    }
}

impl Wish {
    /// Refuses what is no square of the actor's grid.
    pub(crate) fn choices(self, sources: &Sources, actor: &Actor, channels: Vec<Channel>) -> Result<Choices> {
        let mut on = BTreeSet::new();
        for word in &self.on {
            let square = squares(sources, actor, &channels).find(|(kind, channel)| word.split_once('.') == Some((kind.word, channel.word())));
            let Some((kind, channel)) = square else { return Err(Fault::field("on", format!("There is no {word} to choose."))) };
            on.insert((kind.word, channel));
        }
        let tags: BTreeSet<String> = self.tags.into_iter().filter(|tag| !tag.is_empty()).collect();
        Ok(Choices { channels, on, hours: self.hours, tags: tags.into_iter().collect() })
    }
}
