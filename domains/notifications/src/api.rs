//! The JSON API of one's own notices and choices.

mod browsers;

use crate::{
    catalog::{Sources, sources},
    channel,
    choice::{self, Choices, Wish, clock},
    notice::{self, Notice, NoticeId, Shown},
    openapi::{ChoicesJson, ChoicesWish, KindJson, ListPage, MuteJson, NoticeJson, NoticesJson, OnePath, ReadUpTo, Refused, TicketPath, UnreadJson},
    policy,
};
use db::Conn;
use kernel::{Actor, Fault, Named, PersonId, Result, Scope};
use utoipa::OpenApi;
use uuid::Uuid;
use web::{Answer, Asked, Fields, Form, Input, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/notifications", list)
        .get("/api/notifications/unread", unread)
        .put("/api/notifications/read", read_all)
        .put("/api/notifications/{id}/read", read)
        .get("/api/notifications/choices", show_choices)
        .put("/api/notifications/choices", keep_choices)
        .get("/api/notifications/browsers", browsers::list)
        .post("/api/notifications/browsers", browsers::add)
        .delete("/api/notifications/browsers/{id}", browsers::remove)
        .put("/api/support/tickets/{id}/mute", mute)
        .delete("/api/support/tickets/{id}/mute", unmute)
}

#[derive(OpenApi)]
#[openapi(
    paths(list, unread, read_all, read, show_choices, keep_choices, browsers::list, browsers::add, browsers::remove, mute, unmute),
    tags((name = "Notification center", description = "What concerns you, and which way you are told."))
)]
pub(crate) struct Doc;

/// Whose notices they are; a token needs this scope.
fn own(visit: &Visit, scope: Scope) -> Result<(&Actor, PersonId)> {
    let actor = visit.signed_in()?;
    visit.scope(scope)?;
    Ok((actor, policy::own(actor)?))
}

struct Page {
    limit: i64,
    cursor: Option<NoticeId>,
}

impl Form for Page {
    fn read(fields: &mut Fields) -> Self {
        Self { limit: fields.integer("limit", 1..=100).unwrap_or(50), cursor: fields.id("cursor") }
    }
}

impl NoticeJson {
    fn of(shown: Shown) -> Self {
        let Shown { notice, label, href, says } = shown;
        Self {
            id: notice.id,
            kind: notice.kind,
            text: says,
            subject: label,
            subject_id: notice.subject_id,
            path: href,
            created_at: notice.created_at,
            read_at: notice.read_at,
        }
    }
}

async fn unread_json(conn: &mut Conn, sources: &Sources, actor: &Actor) -> Answer {
    web::json(&UnreadJson { unread: Notice::unread(conn, sources, actor).await? })
}

/// List notifications.
#[utoipa::path(get, path = "/api/notifications", tag = "Notification center", operation_id = "listNotifications", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Your notifications, newest first. What you may not see any more is left out, so a page can have fewer than `limit`.",
    params(ListPage), responses((status = 200, description = "A page", body = NoticesJson), Refused))]
async fn list(visit: Visit, Asked(page): Asked<Page>) -> Answer {
    let (actor, person) = own(&visit, Scope::TicketsRead)?;
    let sources = sources(&visit.app)?;
    let mut conn = visit.app.db.read().await?;
    let mut notices = Notice::page(&mut conn, person, page.cursor, page.limit + 1).await?;
    let limit = usize::try_from(page.limit).unwrap_or(50);
    let is_more = notices.len() > limit;
    notices.truncate(limit);
    let next_cursor = notices.last().filter(|_| is_more).map(|notice| notice.id);
    let shown = Notice::shown(&mut conn, &sources, actor, notices).await?;
    web::json(&NoticesJson { items: shown.into_iter().map(NoticeJson::of).collect(), next_cursor })
}

/// Count unread notifications.
#[utoipa::path(get, path = "/api/notifications/unread", tag = "Notification center", operation_id = "countUnreadNotifications", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "How many notifications of things that you may see are unread.", responses((status = 200, description = "The count", body = UnreadJson), Refused))]
async fn unread(visit: Visit) -> Answer {
    let (actor, _) = own(&visit, Scope::TicketsRead)?;
    let sources = sources(&visit.app)?;
    unread_json(&mut visit.app.db.read().await?, &sources, actor).await
}

struct UpTo(Option<NoticeId>);

impl Form for UpTo {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.id("upTo"))
    }
}

/// Mark all as read.
#[utoipa::path(put, path = "/api/notifications/read", tag = "Notification center", operation_id = "readAllNotifications", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Marks all of your notifications as read, or those up to one.", request_body(content = ReadUpTo),
    responses((status = 200, description = "What is unread now", body = UnreadJson), Refused))]
async fn read_all(visit: Visit, input: Input<UpTo>) -> Answer {
    let (actor, person) = own(&visit, Scope::TicketsWrite)?;
    let (UpTo(up_to), sources) = (input.take()?, sources(&visit.app)?);
    let mut tx = visit.app.db.write().await?;
    Notice::read_all(&mut tx, person, up_to).await?;
    let answer = unread_json(&mut tx, &sources, actor).await;
    tx.commit().await?;
    answer
}

/// Mark as read.
#[utoipa::path(put, path = "/api/notifications/{id}/read", tag = "Notification center", operation_id = "readNotification", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Marks a notification as read, with the others of its ticket.", params(OnePath),
    responses((status = 200, description = "What is unread now", body = UnreadJson), Refused))]
async fn read(visit: Visit, Path(notice): Path<String>) -> Answer {
    let (actor, person) = own(&visit, Scope::TicketsWrite)?;
    let (id, sources): (NoticeId, _) = (notice.parse().map_err(|_| Fault::Missing)?, sources(&visit.app)?);
    let mut tx = visit.app.db.write().await?;
    let notice = Notice::get(&mut tx, person, id).await?;
    Notice::read_thing(&mut tx, person, notice.subject_id).await?;
    let answer = unread_json(&mut tx, &sources, actor).await;
    tx.commit().await?;
    answer
}

impl ChoicesJson {
    fn of(sources: &Sources, actor: &Actor, choices: &Choices) -> Self {
        let squares: Vec<_> = choice::squares(sources, actor, &choices.channels).collect();
        let kind = |kind: &&'static kernel::NoticeKind| KindJson {
            kind: kind.word,
            label: kind.label,
            channels: squares.iter().filter(|(one, _)| one.word == kind.word).map(|(_, channel)| channel.word()).collect(),
        };
        Self {
            on: choices.on.iter().map(|(kind, channel)| format!("{kind}.{channel}")).collect(),
            kinds: sources.kinds_of(actor).iter().map(kind).collect(),
            quiet_from: choices.hours.quiet_from.map(clock),
            quiet_to: choices.hours.quiet_to.map(clock),
            digest: choices.hours.digest.word(),
            muted_tags: choices.tags.clone(),
        }
    }
}

/// Get what you chose.
#[utoipa::path(get, path = "/api/notifications/choices", tag = "Notification center", operation_id = "getNotificationChoices", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Which kinds go which way, quiet hours in your time zone, digest and muted tags.", responses((status = 200, description = "The choices", body = ChoicesJson), Refused))]
async fn show_choices(visit: Visit) -> Answer {
    let (actor, person) = own(&visit, Scope::TicketsRead)?;
    let sources = sources(&visit.app)?;
    let choices = Choices::of(&mut visit.app.db.read().await?, &sources, actor, person).await?;
    web::json(&ChoicesJson::of(&sources, actor, &choices))
}

/// Replace what you chose.
#[utoipa::path(put, path = "/api/notifications/choices", tag = "Notification center", operation_id = "replaceNotificationChoices", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "All of it: what is not in `on` is off.", request_body(content = ChoicesWish),
    responses((status = 200, description = "The choices as they are now", body = ChoicesJson), Refused))]
async fn keep_choices(visit: Visit, input: Input<Wish>) -> Answer {
    let (actor, person) = own(&visit, Scope::TicketsWrite)?;
    let sources = sources(&visit.app)?;
    let wish = input.take()?;
    let mut tx = visit.app.db.write().await?;
    let choices = wish.choices(&sources, actor, channel::offered(&mut tx, actor).await?)?;
    choices.keep(&mut tx, &sources, actor, person).await?;
    let kept = Choices::of(&mut tx, &sources, actor, person).await?;
    tx.commit().await?;
    web::json(&ChoicesJson::of(&sources, actor, &kept))
}

async fn set(visit: &Visit, ticket: &str, is_muted: bool) -> Answer {
    let (actor, person) = own(visit, Scope::TicketsWrite)?;
    let (sources, id) = (sources(&visit.app)?, ticket.parse::<Uuid>().map_err(|_| Fault::Missing)?);
    let mut tx = visit.app.db.write().await?;
    let named: Option<Named> = notice::named(&mut tx, &sources, actor, &[("ticket", id)]).await?.remove(&id);
    choice::mute(&mut tx, person, named.ok_or(Fault::Missing)?.id, is_muted).await?;
    tx.commit().await?;
    web::json(&MuteJson { muted: is_muted })
}

/// Mute a ticket.
#[utoipa::path(put, path = "/api/support/tickets/{id}/mute", tag = "Notification center", operation_id = "muteTicket", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "You are told of nothing more on this ticket. Twice is harmless.", params(TicketPath), responses((status = 200, description = "It is muted", body = MuteJson), Refused))]
async fn mute(visit: Visit, Path(ticket): Path<String>) -> Answer {
    set(&visit, &ticket, true).await
}

/// Unmute a ticket.
#[utoipa::path(delete, path = "/api/support/tickets/{id}/mute", tag = "Notification center", operation_id = "unmuteTicket", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "You are told of what concerns you again. Twice is harmless.", params(TicketPath), responses((status = 200, description = "It is not muted", body = MuteJson), Refused))]
async fn unmute(visit: Visit, Path(ticket): Path<String>) -> Answer {
    set(&visit, &ticket, false).await
}
