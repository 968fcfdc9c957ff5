//! What an admin types about fetching, and how it is shown again.

use super::{
    source::{FetchWish, Fetching},
    words::{Begin, Security, SignIn},
};
use db::Timestamp;
use web::{Fields, Form};

/// The longest silence that is watched: a year.
const YEAR: i64 = 8_784;

impl Form for FetchWish {
    fn read(fields: &mut Fields) -> Self {
        let security = fields.word("security", Security::WORDS).unwrap_or(Security::Tls);
        let sign_in = fields.word("signIn", SignIn::WORDS).unwrap_or(SignIn::Password);
        let needs_token = sign_in == SignIn::OAuth2;
        let of_token = |fields: &mut Fields, name: &str, most: usize| {
            if needs_token { fields.text(name, most) } else { fields.optional_text(name, most).unwrap_or_default() }
        };
        Self {
            is_on: fields.boolean("isOn"),
            host: host(fields),
            port: fields.integer("port", 1..=65_535).unwrap_or(if security == Security::Tls { 993 } else { 143 }),
            security,
            username: fields.text("username", 254),
            folder: fields.optional_text("folder", 254).unwrap_or_else(|| "INBOX".to_owned()),
            sign_in,
            password: secret(fields, "password", 1_000),
            token_url: of_token(fields, "tokenUrl", 500),
            client_id: of_token(fields, "clientId", 500),
            client_secret: secret(fields, "clientSecret", 2_000),
            refresh_token: secret(fields, "refreshToken", 8_000),
            credential_until: day(fields),
            begin_with: fields.word("beginWith", Begin::WORDS).unwrap_or(Begin::New),
            silent_hours: fields.integer("silentHours", 0..=YEAR).unwrap_or(0),
            version: fields.integer("version", 0..=i64::MAX),
        }
    }
}

fn host(fields: &mut Fields) -> String {
    let host = fields.text("host", 253).to_lowercase();
    let is_name = host.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-:_".contains(letter));
    if !is_name {
        fields.errors.add("host", "A name or an address, such as imap.example.com.");
    }
    host
}

/// As typed; none when nothing is, which keeps the one there is.
fn secret(fields: &mut Fields, name: &str, most: usize) -> Option<String> {
    if !fields.has(name) || fields.typed(name).is_empty() {
        return None;
    }
    Some(fields.secret(name, most))
}

/// The end of a day, in UTC.
fn day(fields: &mut Fields) -> Option<Timestamp> {
    let text = fields.optional_text("credentialUntil", 10)?;
    let day = text.parse::<jiff::civil::Date>().ok().and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    if day.is_none() {
        fields.errors.add("credentialUntil", "Must be a day like 2027-01-31.");
    }
    day.map(|day| Timestamp::from_micros(day.timestamp().as_microsecond()))
}

/// The form as it is shown: what is kept, or what was typed. No secret is shown again.
pub(crate) struct Typed {
    pub(crate) is_on: bool,
    pub(crate) host: String,
    pub(crate) port: String,
    pub(crate) security: String,
    pub(crate) username: String,
    pub(crate) folder: String,
    pub(crate) sign_in: String,
    pub(crate) token_url: String,
    pub(crate) client_id: String,
    pub(crate) credential_until: String,
    pub(crate) begin_with: String,
    pub(crate) silent_hours: String,
    /// 0 while there is none.
    pub(crate) version: String,
}

impl Typed {
    pub(crate) fn blank(address: &str) -> Self {
        let text = str::to_owned;
        Self {
            is_on: true,
            host: String::new(),
            port: text("993"),
            security: text(Security::Tls.word()),
            username: text(address),
            folder: text("INBOX"),
            sign_in: text(SignIn::Password.word()),
            token_url: String::new(),
            client_id: String::new(),
            credential_until: String::new(),
            begin_with: text(Begin::New.word()),
            silent_hours: text("24"),
            version: text("0"),
        }
    }

    pub(crate) fn kept(kept: &Fetching) -> Self {
        Self {
            is_on: kept.is_on,
            host: kept.host.clone(),
            port: kept.port.to_string(),
            security: kept.security.word().to_owned(),
            username: kept.username.clone(),
            folder: kept.folder.clone(),
            sign_in: kept.sign_in.word().to_owned(),
            token_url: kept.token_url.clone(),
            client_id: kept.client_id.clone(),
            credential_until: kept.credential_until.map_or_else(String::new, date),
            begin_with: kept.begin_with.word().to_owned(),
            silent_hours: kept.silent_hours.to_string(),
            version: kept.version.to_string(),
        }
    }

    pub(crate) fn again(fields: &Fields) -> Self {
        Self {
            is_on: !fields.typed("isOn").is_empty(),
            host: fields.typed("host"),
            port: fields.typed("port"),
            security: fields.typed("security"),
            username: fields.typed("username"),
            folder: fields.typed("folder"),
            sign_in: fields.typed("signIn"),
            token_url: fields.typed("tokenUrl"),
            client_id: fields.typed("clientId"),
            credential_until: fields.typed("credentialUntil"),
            begin_with: fields.typed("beginWith"),
            silent_hours: fields.typed("silentHours"),
            version: fields.typed("version"),
        }
    }
}

/// The day of a time, in UTC: `2027-01-31`.
pub(crate) fn date(time: Timestamp) -> String {
    time.to_jiff().strftime("%Y-%m-%d").to_string()
}
