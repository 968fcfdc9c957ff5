//! The bell in the header: a fragment, which comes again when something rings (decision 11).

use crate::{
    catalog::sources,
    notice::{self, Group, Notice},
    policy,
};
use askama::Template;
use web::{Answer, Visit};

/// Notices that are looked at for the panel, and things that it shows.
const LOOKED: (i64, usize) = (40, 8);

#[derive(Template)]
#[template(path = "notifications/bell.html")]
struct Bell {
    page: ui::Page,
    unread: i64,
    groups: Vec<Group>,
}

impl Bell {
    /// `99+` where there are many.
    fn badge(&self) -> String {
        if self.unread > 99 { "99+".to_owned() } else { self.unread.to_string() }
    }
}

/// `GET /notifications/bell`.
pub(super) async fn look(visit: Visit) -> Answer {
    visit.signed_in()?;
    let (sources, person) = (sources(&visit.app)?, policy::own(&visit.actor)?);
    let mut conn = visit.app.db.read().await?;
    let newest = Notice::page(&mut conn, person, None, LOOKED.0).await?;
    let shown = Notice::shown(&mut conn, &sources, &visit.actor, newest).await?;
    let unread = if shown.is_empty() { 0 } else { Notice::unread(&mut conn, &sources, &visit.actor).await? };
    let mut groups = notice::groups(shown);
    groups.truncate(LOOKED.1);
    web::html(&Bell { page: visit.page("Notifications"), unread, groups })
}
