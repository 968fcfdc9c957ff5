//! `/profile/notifications`: what one is told of, which way, and when.

use super::said;
use crate::{
    browser::Browser,
    catalog::{Sources, sources},
    channel::{self, Channel},
    choice::{Choices, Digest, Wish, clock},
    phone::Phone,
    policy,
    vapid::Vapid,
};
use accounts::again;
use askama::Template;
use kernel::{Actor, Result};
use ui::Errors;
use web::{Answer, Fields, Input, Visit};

/// One line of the grid.
struct Line {
    label: &'static str,
    squares: Vec<Option<Square>>,
}

struct Square {
    value: String,
    label: String,
    is_on: bool,
}

#[derive(Template)]
#[template(path = "notifications/choices.html")]
struct OwnChoices {
    page: ui::Page,
    errors: Errors,
    channels: Vec<&'static str>,
    lines: Vec<Line>,
    digests: Vec<(&'static str, &'static str, bool)>,
    quiet_from: String,
    quiet_to: String,
    tags: String,
    zone: String,
    is_staff: bool,
    browsers: Vec<Browser>,
    /// What a browser subscribes with.
    public_key: String,
    has_sms: bool,
    /// The confirmed one.
    number: Option<String>,
}

/// What the page shows of somebody.
struct Own {
    choices: Choices,
    browsers: Vec<Browser>,
    public_key: String,
    phone: Option<Phone>,
}

impl Own {
    async fn of(visit: &Visit, sources: &Sources, actor: &Actor) -> Result<Self> {
        let (mut conn, person) = (visit.app.db.read().await?, policy::own(actor)?);
        let choices = Choices::of(&mut conn, sources, actor, person).await?;
        let phone = Phone::of(&mut conn, person).await?.filter(|phone| phone.confirmed_at.is_some());
        Ok(Self { choices, browsers: Browser::of(&mut conn, person).await?, public_key: Vapid::of(&visit.app.secret)?.public(), phone })
    }
}

impl OwnChoices {
    fn of(visit: &Visit, sources: &Sources, actor: &Actor, Own { choices, browsers, public_key, phone }: Own) -> Self {
        let square = |kind: &kernel::NoticeKind, channel: Channel| {
            channel.is_offered(kind).then(|| Square {
                value: format!("{}.{channel}", kind.word),
                label: format!("{}: {}", channel.label(), kind.label),
                is_on: choices.is_on(kind, channel),
            })
        };
        let line = |kind: &kernel::NoticeKind| Line { label: kind.label, squares: choices.channels.iter().map(|channel| square(kind, *channel)).collect() };
        Self {
            page: visit.page("Notifications"),
            errors: Errors::new(),
            channels: choices.channels.iter().map(|channel| channel.label()).collect(),
            has_sms: choices.channels.contains(&Channel::Sms),
            number: phone.map(|phone| phone.number),
            lines: sources.kinds_of(actor).into_iter().map(line).collect(),
            digests: Digest::ALL.iter().map(|digest| (digest.word(), digest.label(), *digest == choices.hours.digest)).collect(),
            quiet_from: choices.hours.quiet_from.map(clock).unwrap_or_default(),
            quiet_to: choices.hours.quiet_to.map(clock).unwrap_or_default(),
            tags: choices.tags.join(", "),
            zone: actor.zone.clone(),
            is_staff: actor.is_staff(),
            browsers,
            public_key,
        }
    }

    /// With what was typed and is wrong with it.
    fn again(mut self, fields: &mut Fields, errors: Errors) -> Self {
        let on = fields.texts("on", 100, 60);
        for square in self.lines.iter_mut().flat_map(|line| line.squares.iter_mut().flatten()) {
            square.is_on = on.contains(&square.value);
        }
        let digest = fields.typed("digest");
        self.digests.iter_mut().for_each(|(word, _, is_chosen)| *is_chosen = *word == digest);
        (self.quiet_from, self.quiet_to, self.tags) = (fields.typed("quietFrom"), fields.typed("quietTo"), fields.typed("mutedTags"));
        Self { errors, ..self }
    }
}

/// `GET /profile/notifications`.
pub(super) async fn look(visit: Visit) -> Answer {
    let actor = visit.signed_in()?;
    let sources = sources(&visit.app)?;
    web::html(&OwnChoices::of(&visit, &sources, actor, Own::of(&visit, &sources, actor).await?))
}

/// `POST /profile/notifications`.
pub(super) async fn save(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = visit.signed_in()?;
    let (read, mut fields, ..) = input.open();
    match keep(&visit, actor, read).await {
        Ok(()) => said(&visit, "/profile/notifications", "good", "Saved."),
        Err(fault) => {
            let sources = sources(&visit.app)?;
            let own = Own::of(&visit, &sources, actor).await?;
            again(fault, |errors| OwnChoices::of(&visit, &sources, actor, own).again(&mut fields, errors))
        }
    }
}

async fn keep(visit: &Visit, actor: &Actor, read: std::result::Result<Wish, kernel::FieldErrors>) -> Result<()> {
    let sources = sources(&visit.app)?;
    let wish = read?;
    let mut tx = visit.app.db.write().await?;
    let choices = wish.choices(&sources, actor, channel::offered(&mut tx, actor).await?)?;
    choices.keep(&mut tx, &sources, actor, policy::own(actor)?).await?;
    Ok(tx.commit().await?)
}
