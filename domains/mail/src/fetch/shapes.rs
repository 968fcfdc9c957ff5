//! Shapes of bodies and answers about fetching.

use super::{
    form::date,
    source::Fetching,
    words::{Begin, Security, SignIn},
};
use db::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// Where the mail of a mailbox is fetched from, and how that goes. Secrets are never told.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailFetching)]
pub(crate) struct FetchingJson {
    /// It is fetched.
    is_on: bool,
    /// The IMAP server.
    #[schema(example = "imap.promptcraft.example")]
    host: String,
    #[schema(example = 993)]
    port: i64,
    /// `TLS`, `STARTTLS` or `NONE`.
    #[schema(value_type = String, example = "TLS")]
    security: Security,
    #[schema(example = "support@promptcraft.example")]
    username: String,
    #[schema(example = "INBOX")]
    folder: String,
    /// `PASSWORD` or `OAUTH2`.
    #[schema(value_type = String, example = "PASSWORD")]
    sign_in: SignIn,
    /// Where access tokens are asked for.
    token_url: String,
    client_id: String,
    /// The day on which the credential ends, as an admin said.
    #[schema(example = "2027-01-31")]
    credential_until: Option<String>,
    /// `NEW` or `ALL`: what is taken of the mails that are there already.
    #[schema(value_type = String, example = "NEW")]
    begin_with: Begin,
    /// So many hours without a mail are worth a warning; 0: never.
    #[schema(example = 24)]
    silent_hours: i64,
    /// Mails in the folder that are not taken yet.
    waiting: i64,
    /// When all that is there had been taken.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_success_at: Option<Timestamp>,
    /// When the last mail was taken.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_mail_at: Option<Timestamp>,
    /// What went wrong last; empty when all is well.
    last_error: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_error_at: Option<Timestamp>,
    /// What an admin should know, in words.
    warnings: Vec<String>,
    /// Counts changes.
    version: i64,
}

impl FetchingJson {
    pub(crate) fn of(fetching: Fetching, now: Timestamp) -> Self {
        Self {
            warnings: fetching.warnings(now),
            is_on: fetching.is_on,
            host: fetching.host,
            port: fetching.port,
            security: fetching.security,
            username: fetching.username,
            folder: fetching.folder,
            sign_in: fetching.sign_in,
            token_url: fetching.token_url,
            client_id: fetching.client_id,
            credential_until: fetching.credential_until.map(date),
            begin_with: fetching.begin_with,
            silent_hours: fetching.silent_hours,
            waiting: fetching.waiting,
            last_success_at: fetching.last_success_at,
            last_mail_at: fetching.last_mail_at,
            last_error: fetching.last_error,
            last_error_at: fetching.last_error_at,
            version: fetching.version,
        }
    }
}

/// Where mail shall be fetched from. Fields that are not listed are refused. A secret that is left out stays as it is, as long as
/// server, account and token endpoint stay too.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = MailFetchingBody)]
pub(crate) struct FetchingBody {
    /// It is fetched; false when it is left out.
    #[schema(nullable = false, example = true)]
    is_on: Option<bool>,
    /// The IMAP server.
    #[schema(min_length = 1, max_length = 253, example = "imap.promptcraft.example")]
    host: String,
    /// 993 with TLS, else 143, when it is left out.
    #[schema(nullable = false, minimum = 1, maximum = 65_535, example = 993)]
    port: Option<i64>,
    /// `TLS` when it is left out, `STARTTLS` or `NONE`.
    #[schema(nullable = false, example = "TLS")]
    security: Option<String>,
    #[schema(min_length = 1, max_length = 254, example = "support@promptcraft.example")]
    username: String,
    /// `INBOX` when it is left out.
    #[schema(max_length = 254, example = "INBOX")]
    folder: Option<String>,
    /// `PASSWORD` when it is left out, or `OAUTH2`.
    #[schema(nullable = false, example = "PASSWORD")]
    sign_in: Option<String>,
    #[schema(max_length = 1_000)]
    password: Option<String>,
    /// Where access tokens are asked for (RFC 6749); needed with `OAUTH2`.
    #[schema(max_length = 500, example = "https://oauth2.googleapis.com/token")]
    token_url: Option<String>,
    /// Needed with `OAUTH2`.
    #[schema(max_length = 500)]
    client_id: Option<String>,
    #[schema(max_length = 2_000)]
    client_secret: Option<String>,
    #[schema(max_length = 8_000)]
    refresh_token: Option<String>,
    /// The day on which the credential ends.
    #[schema(max_length = 10, example = "2027-01-31")]
    credential_until: Option<String>,
    /// What is taken of the mails that are there already: `NEW` (nothing) when it is left out, or `ALL`.
    #[schema(nullable = false, example = "NEW")]
    begin_with: Option<String>,
    /// So many hours without a mail are worth a warning; 0 (never) when it is left out.
    #[schema(nullable = false, minimum = 0, maximum = 8_784, example = 24)]
    silent_hours: Option<i64>,
    /// The version that was read: nobody else's change is overwritten (409). Left out: the last one wins.
    #[schema(nullable = false, minimum = 0, example = 1)]
    version: Option<i64>,
}

/// Whether it can be fetched, tried now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailFetchingTried)]
pub(crate) struct TriedJson {
    /// It signed in and opened the folder.
    pub(crate) works: bool,
    /// In words, the server's own where it refused.
    #[schema(example = "Signed in. INBOX has 12 mails.")]
    pub(crate) words: String,
    /// Mails in the folder.
    pub(crate) mails: Option<u32>,
}
