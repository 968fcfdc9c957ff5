//! The settings of the site: one row, with a version, so that two admins do not overwrite each other.

use db::{Conn, Tx, sql};
use kernel::{Actor, Fault, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::UploadLimit;

/// What the journal calls the settings: there is one of them.
const SUBJECT: Uuid = Uuid::from_u128(0x5e77_1265_0000_7000_8000_0000_0000_0001);

db::words! {
    /// What a customer's reply to a closed request does.
    pub enum ClosedReply {
        /// It begins a new request, linked to the closed one.
        New = "NEW",
        /// It opens the request again.
        Reopen = "REOPEN",
        /// It opens the request again for some days, and begins a new one after them.
        ReopenWithin = "REOPEN_WITHIN",
    }
}

impl<'de> Deserialize<'de> for ClosedReply {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::from_word(&word).ok_or_else(|| serde::de::Error::custom("not a word of ClosedReply"))
    }
}

/// What an admin decides. Texts are plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// First word of the brand.
    pub name: String,
    /// Second word of the brand; may be empty.
    pub tagline: String,
    /// `#rrggbb` of buttons and links; empty for the house's own.
    pub accent: String,
    /// Heading of the help center.
    pub home_title: String,
    /// Text below it; may be empty.
    pub home_text: String,
    /// Text above the request form; may be empty.
    pub request_intro: String,
    /// Text at the foot of customer pages; may be empty.
    pub footer_text: String,
    /// Megabytes of one file, 1 to 500.
    pub file_mb: u32,
    /// Files of one message, 1 to 50.
    pub files: u32,
    /// Seconds in which a reply can be taken back, 0 to 60.
    pub undo_send_seconds: u32,
    /// Days after which a solved request closes, 0 to 60; 0 is never.
    pub close_after_days: u32,
    /// What a customer's reply to a closed request does.
    pub closed_reply: ClosedReply,
    /// Days in which it opens the request again, 1 to 365; counts with `ReopenWithin`.
    pub reopen_within_days: u32,
}

impl Default for Settings {
    fn default() -> Self {
        let brand = ui::Brand::default();
        Self {
            name: brand.name,
            tagline: brand.tagline,
            accent: String::new(),
            home_title: brand.home_title,
            home_text: brand.home_text,
            request_intro: brand.request_intro,
            footer_text: brand.footer_text,
            file_mb: 25,
            files: 20,
            undo_send_seconds: 10,
            close_after_days: 4,
            closed_reply: ClosedReply::New,
            reopen_within_days: 14,
        }
    }
}

impl Settings {
    /// As `web` enforces it.
    pub fn upload_limit(&self) -> UploadLimit {
        UploadLimit { file_bytes: u64::from(self.file_mb) * 1024 * 1024, files: self.files as usize }
    }
}

/// The settings as stored; the defaults before anybody changed them.
pub async fn current(conn: &mut Conn) -> Result<Settings> {
    Ok(with_version(conn).await?.0)
}

/// The settings and their version, 0 before the first change.
pub(crate) async fn with_version(conn: &mut Conn) -> Result<(Settings, i64)> {
    let row: Option<(String, i64)> = conn.first(sql!("SELECT value, version FROM settings WHERE key = 'site'")).await?;
    let Some((value, version)) = row else { return Ok((Settings::default(), 0)) };
    let settings = serde_json::from_str(&value).map_err(|error| Fault::Broken(format!("the settings can't be read: {error}")))?;
    Ok((settings, version))
}

/// Replaces the settings that were read at `version`; stale if somebody was faster.
pub(crate) async fn change(tx: &mut Tx, actor: &Actor, version: i64, settings: &Settings) -> Result<()> {
    let (before, stored) = with_version(tx).await?;
    let (now, value) = (tx.now(), json!(settings).to_string());
    let changed = if stored == version {
        tx.run(sql!(
            "INSERT INTO settings (key, value, version, changed_at) VALUES ('site', $1, 1, $2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = settings.version + 1, changed_at = excluded.changed_at WHERE settings.version = $3",
            value, now, version
        )).await?
    } else {
        0
    };
    if changed == 0 {
        return Err(Fault::Stale(Box::new(json!({ "settings": before, "version": stored }))));
    }
    record(tx, actor, &different(&before, settings)).await
}

/// Notes in the journal what changed; all nodes follow.
pub(crate) async fn record(tx: &mut Tx, actor: &Actor, what: &[String]) -> Result<()> {
    Ok(tx.record(actor.event("settings.changed", ("settings", SUBJECT), true, json!({ "changed": what }))).await?)
}

/// Counts all changes: whoever keeps a copy looks at it.
pub(crate) async fn changes(conn: &mut Conn) -> Result<i64> {
    Ok(conn.one(sql!("SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM settings")).await?)
}

fn different(before: &Settings, after: &Settings) -> Vec<String> {
    let (before, after) = (json!(before), json!(after));
    let fields = after.as_object().into_iter().flatten();
    fields.filter(|(name, value)| before.get(name.as_str()) != Some(*value)).map(|(name, _)| name.clone()).collect()
}
