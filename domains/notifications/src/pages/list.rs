//! `/notifications`: all of one's notices, by thing. Works without script.

use super::{back, said};
use crate::{
    catalog::sources,
    notice::{self, Group, Notice, NoticeId},
    policy,
};
use askama::Template;
use kernel::{Fault, Result};
use web::{Answer, Asked, Fields, Form, Path, Visit};

/// Notices of one page.
const PAGE: usize = 30;

#[derive(Template)]
#[template(path = "notifications/list.html")]
struct List {
    page: ui::Page,
    unread: i64,
    groups: Vec<Group>,

    next: Option<NoticeId>,
}

pub(super) struct Before(Option<NoticeId>);

impl Form for Before {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.id("before"))
    }
}

/// `GET /notifications?before=`.
pub(super) async fn list(visit: Visit, Asked(Before(before)): Asked<Before>) -> Answer {
    let actor = visit.signed_in()?;
    let (sources, person) = (sources(&visit.app)?, policy::own(actor)?);
    let mut conn = visit.app.db.read().await?;
    let mut notices = Notice::page(&mut conn, person, before, i64::try_from(PAGE).unwrap_or(30) + 1).await?;
    let is_more = notices.len() > PAGE;
    notices.truncate(PAGE);
    let next = notices.last().filter(|_| is_more).map(|notice| notice.id);
    let shown = Notice::shown(&mut conn, &sources, actor, notices).await?;
    let unread = Notice::unread(&mut conn, &sources, actor).await?;
    web::html(&List { page: visit.page("Notifications"), unread, groups: notice::groups(shown), next })
}

fn id(text: &str) -> Result<NoticeId> {
    text.parse().map_err(|_| Fault::Missing)
}

/// `GET /notifications/{id}`: marks the notices of its thing as read and leads there.
pub(super) async fn open(visit: Visit, Path(notice): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    let (sources, person) = (sources(&visit.app)?, policy::own(actor)?);
    let mut tx = visit.app.db.write().await?;
    let notice = Notice::get(&mut tx, person, id(&notice)?).await?;
    let things = [(notice.subject_kind.as_str(), notice.subject_id)];
    let named = notice::named(&mut tx, &sources, actor, &things).await?.remove(&notice.subject_id);
    Notice::read_thing(&mut tx, person, notice.subject_id).await?;
    tx.commit().await?;
    web::see_other(&named.ok_or(Fault::Missing)?.href)
}

/// `POST /notifications/{id}/read`: all of its thing.
pub(super) async fn read(visit: Visit, Path(notice): Path<String>) -> Answer {
    let person = policy::own(visit.signed_in()?)?;
    let mut tx = visit.app.db.write().await?;
    let notice = Notice::get(&mut tx, person, id(&notice)?).await?;
    Notice::read_thing(&mut tx, person, notice.subject_id).await?;
    tx.commit().await?;
    web::see_other(back(&visit))
}

/// `POST /notifications/read`: all.
pub(super) async fn read_all(visit: Visit) -> Answer {
    let person = policy::own(visit.signed_in()?)?;
    let mut tx = visit.app.db.write().await?;
    Notice::read_all(&mut tx, person, None).await?;
    tx.commit().await?;
    if visit.frame.is_some() { web::see_other(back(&visit)) } else { said(&visit, "/notifications", "good", "All marked as read.") }
}
