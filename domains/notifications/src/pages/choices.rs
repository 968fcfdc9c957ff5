//! `/profile/notifications`: what one is told of, which way, and when.

use super::said;
use crate::{
    catalog::{Sources, sources},
    channel::Channel,
    choice::{Choices, Digest, Wish, clock},
    policy,
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
}

impl OwnChoices {
    fn of(visit: &Visit, sources: &Sources, actor: &Actor, choices: &Choices) -> Self {
        let square = |kind: &kernel::NoticeKind, channel: Channel| {
            channel.is_offered(kind).then(|| Square {
                value: format!("{}.{channel}", kind.word),
                label: format!("{}: {}", channel.label(), kind.label),
                is_on: choices.is_on(kind, channel),
            })
        };
        let line = |kind: &kernel::NoticeKind| Line { label: kind.label, squares: Channel::ALL.iter().map(|channel| square(kind, *channel)).collect() };
        Self {
            page: visit.page("Notifications"),
            errors: Errors::new(),
            channels: Channel::ALL.iter().map(|channel| channel.label()).collect(),
            lines: sources.kinds_of(actor).into_iter().map(line).collect(),
            digests: Digest::ALL.iter().map(|digest| (digest.word(), digest.label(), *digest == choices.hours.digest)).collect(),
            quiet_from: choices.hours.quiet_from.map(clock).unwrap_or_default(),
            quiet_to: choices.hours.quiet_to.map(clock).unwrap_or_default(),
            tags: choices.tags.join(", "),
            zone: actor.zone.clone(),
            is_staff: actor.is_staff(),
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
    let choices = Choices::of(&mut visit.app.db.read().await?, &sources, actor, policy::own(actor)?).await?;
    web::html(&OwnChoices::of(&visit, &sources, actor, &choices))
}

/// `POST /profile/notifications`.
pub(super) async fn save(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = visit.signed_in()?;
    let (read, mut fields, ..) = input.open();
    match keep(&visit, actor, read).await {
        Ok(()) => said(&visit, "/profile/notifications", "good", "Saved."),
        Err(fault) => {
            let sources = sources(&visit.app)?;
            let choices = Choices::of(&mut visit.app.db.read().await?, &sources, actor, policy::own(actor)?).await?;
            again(fault, |errors| OwnChoices::of(&visit, &sources, actor, &choices).again(&mut fields, errors))
        }
    }
}

async fn keep(visit: &Visit, actor: &Actor, read: std::result::Result<Wish, kernel::FieldErrors>) -> Result<()> {
    let sources = sources(&visit.app)?;
    let choices = read?.choices(&sources, actor)?;
    let mut tx = visit.app.db.write().await?;
    choices.keep(&mut tx, &sources, actor, policy::own(actor)?).await?;
    Ok(tx.commit().await?)
}
