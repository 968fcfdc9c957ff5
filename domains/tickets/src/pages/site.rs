//! The help center's home and the customer's list.

use super::place::{first_name, request_row};
use crate::{
    Status,
    list::{Filter, Sort},
    views,
};
use kernel::Fault;
use web::{Answer, Asked, Fields, Form, HeaderMap, Input, OnHome, Visit};

/// `GET /`: anyone.
pub(super) async fn home(visit: Visit, headers: HeaderMap) -> Answer {
    let actor = &visit.actor;
    let mut latest = Vec::new();
    if actor.is_signed_in() {
        let filter = Filter { requester: actor.person, limit: 5, ..Filter::default() };
        let page = filter.page(&mut visit.app.db.read().await?, actor).await?;
        latest = page
            .rows
            .iter()
            .map(|row| request_row(actor, row))
            .map(|row| views::RequestRow { href: row.href.replace("/desk/tickets/", "/requests/"), ..row })
            .collect();
    }
    let mut parts_html = Vec::new();
    for fill in visit.app.state::<OnHome>().iter().flat_map(|parts| &parts.0) {
        match fill(&visit, &headers).await {
            Ok(html) => parts_html.push(html),
            // the way to a person is on this page: it comes without that part
            Err(fault) => tracing::error!(%fault, "a part of the home page failed"),
        }
    }
    let mut page = visit.page("Help center");
    page.live = actor.person.filter(|_| actor.is_signed_in()).map(|person| format!("person:{person}")).into_iter().collect();
    web::html(&views::Home { page, first_name: actor.is_signed_in().then(|| first_name(&actor.name).to_owned()), latest, parts_html })
}

pub(super) struct Show {
    show: String,
    q: String,
    cursor: Option<String>,
}

impl Form for Show {
    fn read(fields: &mut Fields) -> Self {
        Self {
            show: fields.optional_text("show", 20).unwrap_or_default(),
            q: fields.optional_text("q", 200).unwrap_or_default(),
            cursor: fields.optional_text("cursor", 300),
        }
    }
}

/// `GET /requests`: the signed-in person's own, and where the organization allows it, the colleagues'.
pub(super) async fn mine(visit: Visit, Asked(show): Asked<Show>) -> Answer {
    let actor = visit.signed_in()?;
    let mut filter = Filter {
        requester: actor.person,
        q: Some(show.q.clone()).filter(|q| !q.is_empty()),
        cursor: show.cursor.clone(),
        sort: Some(Sort::Updated),
        limit: 20,
        ..Filter::default()
    };
    match show.show.as_str() {
        "active" => filter.status = vec![Status::Open, Status::InProgress, Status::Pending, Status::OnHold],
        "solved" => filter.status = vec![Status::Resolved, Status::Closed],
        "organization" if actor.shares_requests => {
            filter.requester = None;
            filter.organization = actor.organization;
        }
        _ => {}
    }
    filter.find(&visit.app, actor).await?;
    let mut conn = visit.app.db.read().await?;
    let found = filter.page(&mut conn, actor).await?;
    let pending = Filter { requester: actor.person, status: vec![Status::Pending], limit: 1, ..Filter::default() };
    let waiting_count = pending.count(&mut conn, actor).await?;
    let waiting = if waiting_count > 0 { pending.page(&mut conn, actor).await?.rows.first().map(|row| request_row(actor, row)) } else { None };
    let active = Filter { requester: actor.person, status: vec![Status::Open, Status::InProgress, Status::Pending, Status::OnHold], ..Filter::default() };
    let active = active.count(&mut conn, actor).await?;
    let tab = |value: &str, label: &str, count: Option<i64>| views::Tab {
        label: label.to_owned(),
        href: if value.is_empty() { "/requests".to_owned() } else { format!("/requests?show={value}") },
        is_current: show.show == value,
        count: count.filter(|count| *count > 0),
    };
    let mut tabs = vec![tab("", "All", None), tab("active", "Active", Some(active)), tab("solved", "Solved", None)];
    if actor.shares_requests {
        tabs.push(tab("organization", "My organization", None));
    }
    let mut page = visit.page("My requests");
    page.live = actor.person.map(|person| format!("person:{person}")).into_iter().collect();
    let own_side = |row: views::RequestRow| views::RequestRow { href: row.href.replace("/desk/tickets/", "/requests/"), ..row };
    web::html(&views::MyRequests {
        page,
        tabs,
        is_filtered: !show.q.is_empty() || !show.show.is_empty(),
        rows: found.rows.iter().map(|row| own_side(request_row(actor, row))).collect(),
        waiting: waiting.map(own_side),
        waiting_count,
        pager: views::Pager {
            previous: show.cursor.map(|_| list_href(&show.show, &show.q, None)),
            next: found.next.as_deref().map(|next| list_href(&show.show, &show.q, Some(next))),
        },
        q: show.q,
        show: show.show,
    })
}

fn list_href(show: &str, q: &str, cursor: Option<&str>) -> String {
    super::place::href("/requests", &[("show", show), ("q", q), ("cursor", cursor.unwrap_or_default())])
}

pub(super) struct Text {
    content: String,
}

impl Form for Text {
    fn read(fields: &mut Fields) -> Self {
        Self { content: fields.optional_text("content", crate::message::LENGTH).unwrap_or_default() }
    }
}

/// `POST /preview`: how a text will look. Signed in, or a guest with a link.
pub(super) async fn preview(visit: Visit, input: Input<Text>) -> Answer {
    if visit.actor.person.is_none() {
        return Err(Fault::SignIn.into());
    }
    let html = richtext::render(&input.take()?.content, richtext::Format::Markdown);
    web::json(&serde_json::json!({ "html": html.as_str() }))
}
