//! The answers and bodies of the API of notices, and what its document says of them.

use crate::{BrowserId, NoticeId};
use db::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};
use uuid::Uuid;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;
    crate::api::Doc::openapi()
}

/// One event that concerns you.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Notification)]
pub(crate) struct NoticeJson {
    /// The id.
    #[schema(value_type = Uuid)]
    pub id: NoticeId,
    /// Why you are told.
    #[schema(example = "mention")]
    pub kind: String,
    /// What happened.
    #[schema(example = "Dev Anand mentioned you")]
    pub text: String,
    /// The ticket.
    #[schema(example = "#1042 Where is my invoice?")]
    pub subject: String,
    /// Its id.
    pub subject_id: Uuid,
    /// Its page.
    #[schema(example = "/desk/tickets/019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]
    pub path: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was read.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
}

/// A page of notifications.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Notifications)]
pub(crate) struct NoticesJson {
    /// The newest first.
    pub items: Vec<NoticeJson>,
    /// Give it as `cursor` for the next page; null at the end.
    #[schema(value_type = Option<Uuid>)]
    pub next_cursor: Option<NoticeId>,
}

/// How many are unread.
#[derive(Serialize, ToSchema)]
#[schema(as = UnreadNotifications)]
pub(crate) struct UnreadJson {
    /// The count.
    #[schema(example = 1)]
    pub unread: i64,
}

/// Up to which notification.
#[derive(ToSchema)]
#[schema(as = NotificationsRead)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ReadUpTo {
    /// The newest that you have seen; left out, all are marked.
    #[schema(rename = "upTo", nullable = false)]
    up_to: Option<Uuid>,
}

/// A kind of notification that you can choose.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationKind)]
pub(crate) struct KindJson {
    /// Its word.
    #[schema(example = "mention")]
    pub kind: &'static str,
    /// After "tell me when".
    #[schema(example = "somebody mentions me")]
    pub label: &'static str,
    /// The ways that it can go.
    #[schema(example = json!(["APP", "MAIL", "PUSH"]))]
    pub channels: Vec<&'static str>,
}

/// What you chose.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NotificationChoices)]
pub(crate) struct ChoicesJson {
    /// What is on: a kind and a way.
    #[schema(example = json!(["mention.APP", "mention.MAIL"]))]
    pub on: Vec<String>,
    /// All that there is to choose.
    pub kinds: Vec<KindJson>,
    /// Quiet hours begin, in your time zone.
    #[schema(example = "22:00")]
    pub quiet_from: Option<String>,
    /// Quiet hours end.
    #[schema(example = "07:00")]
    pub quiet_to: Option<String>,
    /// `OFF`, `DAILY` or `WEEKLY`.
    #[schema(example = "OFF")]
    pub digest: &'static str,
    /// Tags of which you hear nothing.
    #[schema(example = json!(["newsletter"]))]
    pub muted_tags: Vec<String>,
}

/// What you choose. Fields that are not listed are refused.
#[derive(ToSchema)]
#[schema(as = NotificationWish, rename_all = "camelCase")]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ChoicesWish {
    /// What is on: a kind and a way. The rest is off.
    #[schema(example = json!(["mention.APP", "mention.MAIL"]))]
    on: Vec<String>,
    /// Quiet hours begin, in your time zone; give both times or none.
    #[schema(example = "22:00")]
    quiet_from: Option<String>,
    /// Quiet hours end.
    #[schema(example = "07:00")]
    quiet_to: Option<String>,
    /// `OFF` when left out.
    #[schema(example = "DAILY")]
    digest: Option<String>,
    /// None when left out.
    #[schema(example = json!(["newsletter"]))]
    muted_tags: Option<Vec<String>>,
}

/// A browser that tells you with no page open.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NotificationBrowser)]
pub(crate) struct BrowserJson {
    /// The id.
    #[schema(value_type = Uuid)]
    pub id: BrowserId,
    /// As people know it.
    #[schema(example = "Firefox on Linux")]
    pub name: String,
    /// Since when it tells.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Your browsers.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NotificationBrowsers)]
pub(crate) struct BrowsersJson {
    /// The `applicationServerKey` of a subscription (VAPID, RFC 8292).
    #[schema(example = "BDd3_hVL9fZi9Ybo2UUzA284WG5FZR30_95YeZJsiApwXKpNcF1rRPF3foIiBHXRdJI2Qhumhf6_LFTeZaNndIo")]
    pub public_key: String,
    /// The oldest first.
    pub items: Vec<BrowserJson>,
}

/// What a browser's subscription says. Fields that are not listed are refused.
#[derive(ToSchema)]
#[schema(as = NotificationBrowserWish)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct BrowserWish {
    /// Where its push service takes what is for it.
    #[schema(example = "https://push.example.net/send/4f1c", max_length = 2000)]
    endpoint: String,
    /// Its public key, in base64url: an uncompressed point of P-256.
    #[schema(example = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", max_length = 120)]
    p256dh: String,
    /// Its secret, in base64url: 16 bytes.
    #[schema(example = "BTBZMqHH6r4Tts7J_aSIgg", max_length = 60)]
    auth: String,
}

/// Which browser.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct BrowserPath {
    /// Id of the browser.
    id: Uuid,
}

/// Whether a ticket is muted.
#[derive(Serialize, ToSchema)]
#[schema(as = Mute)]
pub(crate) struct MuteJson {
    /// You are told of nothing on it.
    #[schema(example = true)]
    pub muted: bool,
}

/// Which page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ListPage {
    /// How many, at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended: its `nextCursor`.
    cursor: Option<Uuid>,
}

/// Which notification.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct OnePath {
    /// Id of the notification.
    id: Uuid,
}

/// Which ticket.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct TicketPath {
    /// Id of the ticket.
    id: Uuid,
}

/// Refused, because of who asks or what was sent.
pub(crate) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let told = [
            ("401", "No token, or one that is not known"),
            ("403", "The token lacks a scope"),
            ("404", "There is no such thing, or not for you"),
            ("422", "A field or parameter is unknown, missing or wrong"),
        ];
        told.into_iter().map(|(status, words)| (status.to_owned(), problem(words))).collect()
    }
}

fn problem(description: &str) -> RefOr<Response> {
    let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build().into()
}
