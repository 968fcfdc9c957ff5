//! What a mail of notices says: what happened, why it came, and how to stop it.

use crate::{
    catalog::Sources,
    notice::{Group, Shown, groups},
    stopping::Stop,
};
use accounts::mail::Mail;
use kernel::{Actor, Result};
use std::fmt::Write as _;
use web::App;

/// The mail about these notices, the oldest first.
pub(crate) fn write(app: &App, actor: &Actor, sources: &Sources, shown: Vec<Shown>, is_digest: bool) -> Result<Mail> {
    let url = &app.config.public_url;
    let person = crate::policy::own(actor)?;
    // the first reason is the one that the link stops; a digest names each in the profile
    let kind = shown.first().and_then(|shown| sources.kind(&shown.notice.kind));
    let count = shown.len();
    let says = shown.first().map(|shown| shown.says.clone()).unwrap_or_default();
    let groups = groups(shown);
    let label = groups.first().map(|group| group.label.clone()).unwrap_or_default();
    let subject = match (is_digest, count) {
        (true, 1) => "One notification".to_owned(),
        (true, count) => format!("{count} notifications"),
        (false, 1) => format!("{says}: {label}"),
        (false, count) => format!("{count} notifications: {label}"),
    };
    let mut text = format!("Hello {},\n", actor.name);
    for Group { label, first, says, .. } in &groups {
        let _ = write!(text, "\n{label}\n");
        for said in says {
            let _ = writeln!(text, "- {}", said.text);
        }
        let _ = writeln!(text, "{url}/notifications/{first}");
    }
    let (word, why) = kind.map_or(("", "something concerns you"), |kind| (kind.word, kind.label));
    let stop = kind.map(|kind| Stop { person, kind: kind.word }.token(&app.secret)).transpose()?;
    let stop = stop.map(|token| format!("{url}/unsubscribe/{token}"));
    let _ = write!(text, "\n--\nYou get this mail because you are told when {why}.\n");
    if let Some(stop) = &stop {
        let _ = writeln!(text, "Stop this kind of mail: {stop}");
    }
    let _ = writeln!(text, "Choose what you are told of: {url}/profile/notifications");
    tracing::debug!(kind = word, count, "a mail of notices is written");
    Ok(Mail { to: actor.email.clone(), subject, text, unsubscribe: stop })
}
