//! The JSON API of one's own browsers.

use super::own;
use crate::{
    browser::{self, Browser, Subscription},
    gateway,
    openapi::{BrowserJson, BrowserPath, BrowserWish, BrowsersJson, Refused},
    vapid::Vapid,
};
use kernel::Scope;
use web::{Answer, Input, Path, StatusCode, Visit};

impl From<Browser> for BrowserJson {
    fn from(browser: Browser) -> Self {
        Self { id: browser.id, name: browser.name, created_at: browser.created_at }
    }
}

/// List browsers.
#[utoipa::path(get, path = "/api/notifications/browsers", tag = "Notification center", operation_id = "listNotificationBrowsers", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "The browsers that tell you with no page open, and the key that one of them subscribes with.",
    responses((status = 200, description = "The browsers", body = BrowsersJson), Refused))]
pub(super) async fn list(visit: Visit) -> Answer {
    let (_, person) = own(&visit, Scope::TicketsRead)?;
    let browsers = Browser::of(&mut visit.app.db.read().await?, person).await?;
    web::json(&BrowsersJson { public_key: Vapid::of(&visit.app.secret)?.public(), items: browsers.into_iter().map(BrowserJson::from).collect() })
}

/// Add a browser.
#[utoipa::path(post, path = "/api/notifications/browsers", tag = "Notification center", operation_id = "addNotificationBrowser", security(("session" = [])),
    description = "A browser adds itself, with what its `PushSubscription` says (Web Push). It stops with the session in which it was added. The same one again takes its own place; the eleventh that of the oldest.",
    request_body(content = BrowserWish), responses((status = 201, description = "It is added", body = BrowserJson), Refused))]
pub(super) async fn add(visit: Visit, input: Input<Subscription>) -> Answer {
    let (actor, _) = own(&visit, Scope::TicketsWrite)?;
    let client = gateway::client(&visit.app)?;
    let seal = input.seal.clone();
    let wish = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let browser = Browser::add(&mut tx, &client, actor, &visit.user_agent, wish).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &BrowserJson::from(browser)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Remove a browser.
#[utoipa::path(delete, path = "/api/notifications/browsers/{id}", tag = "Notification center", operation_id = "removeNotificationBrowser", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "It tells you nothing any more.", params(BrowserPath), responses((status = 204, description = "It is removed"), Refused))]
pub(super) async fn remove(visit: Visit, Path(browser): Path<String>) -> Answer {
    let (actor, _) = own(&visit, Scope::TicketsWrite)?;
    let id = browser::id(&browser)?;
    let mut tx = visit.app.db.write().await?;
    Browser::remove(&mut tx, actor, id).await?;
    tx.commit().await?;
    web::no_content()
}
