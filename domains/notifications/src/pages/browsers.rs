//! One's own browsers: removing one, and the script that shows what is pushed to them.

use super::said;
use crate::browser::{self, Browser};
use kernel::Fault;
use web::{Answer, HeaderValue, IntoResponse as _, Path, Visit, header};

/// `POST /profile/notifications/browsers/{id}/remove`.
pub(super) async fn remove(visit: Visit, Path(browser): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    let id = browser::id(&browser)?;
    let mut tx = visit.app.db.write().await?;
    Browser::remove(&mut tx, actor, id).await?;
    tx.commit().await?;
    said(&visit, "/profile/notifications", "good", "That browser tells you nothing any more.")
}

/// `GET /sw.js`: the service worker, for anybody. It stands at the root, because that is what it may act for.
pub(super) async fn worker() -> Answer {
    let served = ui::serve(ui::asset("sw.js").trim_start_matches("/assets/"), false).ok_or(Fault::Missing)?;
    let mut response = served.bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(served.mime));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
