//! The writers' list: what there is, by state and words.

use crate::{Article, Filter, State, policy::View};
use askama::Template;
use web::{Answer, Asked, Visit};

/// A tab above the list.
struct Tab {
    label: &'static str,
    href: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "knowledge/list.html")]
struct ListPage {
    page: ui::Page,
    tabs: Vec<Tab>,
    q: String,
    status: &'static str,
    rows: Vec<Article>,
    next: Option<String>,
    is_filtered: bool,
    is_overdue: bool,
}

/// `GET /desk/knowledge`: staff.
pub(super) async fn list(visit: Visit, Asked(mut filter): Asked<Filter>) -> Answer {
    let actor = visit.staff()?;
    filter.find(&visit.app, actor).await?;
    let (rows, next) = filter.page(&mut visit.app.db.read().await?, actor, View::Newest).await?;
    let tab = |label, status: Option<State>| Tab {
        label,
        href: status.map_or_else(|| "/desk/knowledge".to_owned(), |status| format!("/desk/knowledge?status={status}")),
        is_current: filter.status == status && !filter.is_overdue,
    };
    let overdue = Tab { label: "Overdue", href: "/desk/knowledge?overdue=true".to_owned(), is_current: filter.is_overdue };
    let tabs = State::ALL.iter().map(|state| tab(state.look().0, Some(*state)));
    web::html(&ListPage {
        page: visit.page("Knowledge"),
        tabs: std::iter::once(tab("All", None)).chain(tabs).chain(std::iter::once(overdue)).collect(),
        is_overdue: filter.is_overdue,
        is_filtered: filter.is_overdue || filter.q.is_some() || filter.status.is_some() || filter.cursor.is_some(),
        status: filter.status.map_or("", State::word),
        q: filter.q.unwrap_or_default(),
        rows,
        next,
    })
}
