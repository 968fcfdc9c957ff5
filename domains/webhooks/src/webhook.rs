//! A webhook: where events go, which, and in what form. It is switched off by itself when its receiver is gone.

use crate::{
    Checks, Wish,
    catalog::{self, ALL},
    secret,
};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use fetch::Url;
use kernel::{Actor, Fault, Result};
use seal::Seal;
use serde_json::json;
use std::time::Duration;

/// The id of a webhook.
pub type WebhookId = Id<Webhook>;

db::words! {
    /// How the body looks.
    pub enum Format {
        /// The event with all its fields, for programs.
        Json = "JSON",
        /// A message for a channel of Slack.
        Slack = "SLACK",
        /// A message for a channel of Discord.
        Discord = "DISCORD",
        /// A card for a channel of Microsoft Teams.
        Teams = "TEAMS",
    }
}

impl Format {
    /// As shown: `Slack`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Json => "JSON, for programs",
            Self::Slack => "Slack",
            Self::Discord => "Discord",
            Self::Teams => "Microsoft Teams",
        }
    }
}

record! {
    /// A webhook, without its secret.
    #[derive(Clone, Debug)]
    pub struct Webhook {
        /// The id.
        pub id: WebhookId,
        /// Shown name.
        pub name: String,
        /// Where events go.
        pub url: String,
        /// How they look there.
        pub format: Format,
        /// Kinds of events with a blank between, or `*`.
        pub events: String,
        /// Internal notes go there too.
        pub sends_notes: bool,
        /// It is sent to.
        pub is_on: bool,
        /// Why it was switched off by itself.
        pub broken: Option<String>,
        /// Until when the old secret signs too.
        pub old_until: Option<Timestamp>,
        /// It hears what happened since then.
        pub since: Timestamp,
        /// The receiver asked for a pause until then.
        pub paused_until: Option<Timestamp>,
        /// Nothing was delivered since then.
        pub failing_since: Option<Timestamp>,
        /// When something was delivered last.
        pub delivered_at: Option<Timestamp>,
        /// Counts changes.
        pub version: i64,
        /// When it was made.
        pub created_at: Timestamp,
    }
}

macro_rules! webhook_from {
    () => {
        "SELECT id, name, url, format, events, sends_notes, is_on, broken, old_until, since, paused_until, failing_since, delivered_at, version, created_at
         FROM webhooks WHERE deleted_at IS NULL"
    };
}

/// There are at most this many.
const MOST: i64 = 50;
/// After a new secret was made, the old one signs for so long.
const OVERLAP: Duration = Duration::from_hours(24);
/// When nothing was delivered for so long, a delivery that fails for good switches the webhook off.
const HOPELESS: Duration = Duration::from_hours(5 * 24);
/// Webhooks are added one at a time.
const LOCK: &str = "webhook names";

impl Webhook {
    /// All of them, by name.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(webhook_from!(), " ORDER BY name, id LIMIT 50"))).await?)
    }

    /// One of them.
    pub async fn get(conn: &mut Conn, id: WebhookId) -> Result<Self> {
        Ok(conn.one(sql!(concat!(webhook_from!(), " AND id = $1"), id)).await?)
    }

    /// Does it hear of this kind of event?
    pub fn listens_to(&self, kind: &str) -> bool {
        self.events == ALL || self.kinds().any(|known| known == kind)
    }

    /// The kinds of events, or `*`.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.events.split(' ')
    }

    /// Adds one; answers its secret too, which is not shown again.
    pub async fn add(tx: &mut Tx, actor: &Actor, seal: &Seal, wish: &Wish, checks: &Checks) -> Result<(Self, String)> {
        let (url, place) = wish.check(checks)?;
        let (id, now, secret) = (WebhookId::new(), tx.now(), secret::fresh()?);
        tx.lock(LOCK).await?;
        let count: i64 = tx.one(sql!("SELECT COUNT(*) FROM webhooks WHERE deleted_at IS NULL")).await?;
        if count >= MOST {
            return Err(Fault::field("name", format!("There are {MOST} webhooks already. Remove one first.")));
        }
        tx.run(sql!(
            "INSERT INTO webhooks (id, name, url, place, format, events, sends_notes, is_on, secret, since, version, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $10)",
            id,
            &wish.name,
            url.as_str(),
            place,
            wish.format,
            wish.words(),
            wish.sends_notes,
            wish.is_on,
            seal.seal(&secret::secret_place(id), &secret)?,
            now
        ))
        .await?;
        let webhook = Self::get(tx, id).await?;
        webhook.note(tx, actor, "webhook.added").await?;
        Ok((webhook, secret))
    }

    /// Changes what it says. Somebody who was faster is not overwritten.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, wish: &Wish, checks: &Checks) -> Result<Self> {
        let (url, place) = wish.check(checks)?;
        // what happened while it was off is not sent
        let since = if self.is_on { self.since } else { tx.now() };
        let changed = tx
            .run(sql!(
                "UPDATE webhooks SET name = $3, url = $4, place = $5, format = $6, events = $7, sends_notes = $8, is_on = $9, since = $10, broken = NULL,
                        paused_until = NULL, failing_since = NULL, version = version + 1
                 WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
                self.id,
                version,
                &wish.name,
                url.as_str(),
                place,
                wish.format,
                wish.words(),
                wish.sends_notes,
                wish.is_on,
                since
            ))
            .await?;
        if changed == 0 {
            let detail = "Somebody else changed this webhook meanwhile. Open it again to see theirs.".to_owned();
            return Err(Fault::Conflict { kind: "stale-version", detail });
        }
        self.note(tx, actor, "webhook.changed").await?;
        tx.ring_work();
        Self::get(tx, self.id).await
    }

    /// Switches it on or off. What waits goes out when it is on again in time.
    pub async fn switch(&self, tx: &mut Tx, actor: &Actor, is_on: bool) -> Result<()> {
        if is_on == self.is_on {
            return Ok(());
        }
        let now = tx.now();
        tx.run(sql!(
            "UPDATE webhooks SET is_on = $2, since = $3, broken = NULL, paused_until = NULL, failing_since = NULL, version = version + 1 WHERE id = $1",
            self.id,
            is_on,
            now
        ))
        .await?;
        tx.ring_work();
        self.note(tx, actor, if is_on { "webhook.switched_on" } else { "webhook.switched_off" }).await
    }

    /// A new secret, which is not shown again; the old one signs beside it for 24 hours.
    pub async fn rotate(&self, tx: &mut Tx, actor: &Actor, seal: &Seal) -> Result<String> {
        let (secret, until) = (secret::fresh()?, tx.now().plus(OVERLAP));
        let sealed = seal.seal(&secret::secret_place(self.id), &secret)?;
        tx.run(sql!("UPDATE webhooks SET old_secret = secret, old_until = $3, secret = $2, version = version + 1 WHERE id = $1", self.id, sealed, until))
            .await?;
        self.note(tx, actor, "webhook.secret_rotated").await?;
        Ok(secret)
    }

    /// Removes it, with its secret. Its log is kept as long as any.
    pub async fn remove(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let (now, nothing) = (tx.now(), Vec::new());
        tx.run(sql!(
            "UPDATE webhooks SET deleted_at = $2, is_on = FALSE, secret = $3, old_secret = NULL WHERE id = $1 AND deleted_at IS NULL",
            self.id,
            now,
            nothing
        ))
        .await?;
        self.note(tx, actor, "webhook.removed").await
    }

    /// The secrets that sign now; none when the installation has another key than they were sealed with.
    pub(crate) async fn secrets(&self, conn: &mut Conn, seal: &Seal) -> Result<Vec<Vec<u8>>> {
        let now = conn.now();
        let (new, old): (Vec<u8>, Option<Vec<u8>>) =
            conn.one(sql!("SELECT secret, CASE WHEN old_until > $2 THEN old_secret END FROM webhooks WHERE id = $1", self.id, now)).await?;
        let place = secret::secret_place(self.id);
        let Ok(new) = seal.open(&place, &new) else { return Ok(Vec::new()) };
        let old = old.and_then(|old| seal.open(&place, &old).ok());
        [Some(new), old].into_iter().flatten().map(|secret| secret::bytes(&secret)).collect()
    }

    /// Something arrived there.
    pub(crate) async fn works(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.now();
        tx.run(sql!("UPDATE webhooks SET delivered_at = $2, failing_since = NULL, paused_until = NULL WHERE id = $1", self.id, now)).await?;
        Ok(())
    }

    /// Something did not arrive. The receiver may have asked for a pause; after days without success a delivery that failed
    /// for good (`is_last`) switches it off.
    pub(crate) async fn fails(&self, tx: &mut Tx, pause: Option<Timestamp>, is_last: bool) -> Result<()> {
        let now = tx.now();
        tx.run(sql!(
            "UPDATE webhooks SET failing_since = COALESCE(failing_since, $2), paused_until = COALESCE($3, paused_until) WHERE id = $1",
            self.id,
            now,
            pause
        ))
        .await?;
        let since: Option<Timestamp> = tx.one(sql!("SELECT failing_since FROM webhooks WHERE id = $1", self.id)).await?;
        if is_last && since.is_some_and(|since| now.since(since) >= HOPELESS) {
            let days = HOPELESS.as_secs() / 86_400;
            self.disable(tx, &format!("Nothing could be delivered for {days} days.")).await?;
        }
        Ok(())
    }

    /// Switches it off with a reason that admins see.
    pub(crate) async fn disable(&self, tx: &mut Tx, reason: &str) -> Result<()> {
        let done =
            tx.run(sql!("UPDATE webhooks SET is_on = FALSE, broken = $2, version = version + 1 WHERE id = $1 AND is_on = TRUE", self.id, reason)).await?;
        if done == 0 {
            return Ok(());
        }
        let facts = json!({ "name": self.name, "reason": reason });
        Ok(tx.record(Actor::system("Webhooks").event("webhook.disabled", ("webhook", self.id.uuid()), true, facts)).await?)
    }

    /// The host alone: the address of a chat is a secret.
    pub(crate) fn host(&self) -> String {
        self.url.parse::<Url>().ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// What it hears of, in words.
    pub(crate) fn hears(&self, domains: &[kernel::Domain]) -> String {
        if self.events == ALL {
            return "Every event".to_owned();
        }
        let known = catalog::events(domains);
        let label = |kind: &str| known.iter().find(|event| event.kind == kind).map_or_else(|| kind.to_owned(), |event| event.label.to_owned());
        format!("When {}", self.kinds().map(label).collect::<Vec<_>>().join(", "))
    }

    async fn note(&self, tx: &mut Tx, actor: &Actor, kind: &'static str) -> Result<()> {
        Ok(tx.record(actor.event(kind, ("webhook", self.id.uuid()), true, json!({ "name": self.name }))).await?)
    }
}
