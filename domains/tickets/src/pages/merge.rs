//! Merging on the desk: finding the other ticket, seeing what would happen, doing it, taking it back.

use super::{acts::told, place::href, sidebar::sidebar};
use crate::{
    Merge, Ticket, TicketId,
    api::id,
    list::Filter,
    merge::Preview,
    policy::{self, Action},
    views,
};
use db::Conn;
use kernel::{Actor, Fault, Result};
use web::{Answer, Asked, Bucket, Fields, Flash, Form, HeaderMap, Input, Path, StatusCode, Visit};

/// Tickets offered at once.
const OFFERED: i64 = 8;

#[derive(Default)]
pub(super) struct Search {
    q: String,
    into: Option<TicketId>,
}

impl Form for Search {
    fn read(fields: &mut Fields) -> Self {
        Self { q: fields.optional_text("q", 200).unwrap_or_default(), into: fields.id("into") }
    }
}

/// `GET /desk/tickets/{id}/merge?q=&into=`: staff who may change it. The dialog of the ticket shows the frame alone.
pub(super) async fn choose(visit: Visit, Path(ticket): Path<String>, Asked(search): Asked<Search>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Change).await?;
    if !search.q.is_empty() {
        visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    }
    web::html(&screen(&visit, &mut conn, actor, &ticket, search, None).await?)
}

async fn screen(visit: &Visit, conn: &mut Conn, actor: &Actor, ticket: &Ticket, search: Search, refusal: Option<String>) -> Result<views::Merging> {
    let base = format!("/desk/tickets/{}", ticket.id);
    let preview = match search.into {
        Some(into) => Some(preview(conn, actor, ticket, into, refusal).await?),
        None => None,
    };
    let found = if preview.is_some() { Vec::new() } else { found(visit, conn, actor, ticket, &search.q).await? };
    let mut page = visit.page(format!("Merge #{}", ticket.number));
    page.live = vec![format!("ticket:{}", ticket.id)];
    Ok(views::Merging {
        page,
        sidebar: sidebar(conn, actor, None, None).await?,
        id: ticket.id.to_string(),
        number: format!("#{}", ticket.number),
        title: ticket.title.clone(),
        found: found.iter().map(|other| brief(other, format!("{}into={}", asked(&base, &search.q), other.id))).collect(),
        q: search.q,
        preview,
    })
}

/// The address of the search, open for one more value.
fn asked(base: &str, q: &str) -> String {
    if q.is_empty() { format!("{base}/merge?") } else { format!("{}&", href(&format!("{base}/merge"), &[("q", q)])) }
}

pub(super) fn brief(ticket: &Ticket, href: String) -> views::Brief {
    views::Brief {
        href,
        number: format!("#{}", ticket.number),
        title: ticket.title.clone(),
        who: ticket.organization.as_ref().map_or_else(|| ticket.requester_name.clone(), |organization| format!("{}, {organization}", ticket.requester_name)),
        status: ticket.status.for_agents(ticket.is_untouched()),
    }
}

/// What the words find; without words, the requester's others.
async fn found(visit: &Visit, conn: &mut Conn, actor: &Actor, ticket: &Ticket, q: &str) -> Result<Vec<Ticket>> {
    let (q, requester) = if q.is_empty() { (None, Some(ticket.requester_id)) } else { (Some(q.to_owned()), None) };
    let mut filter = Filter { q, requester, limit: OFFERED + 1, ..Filter::default() };
    filter.find(&visit.app, actor).await?;
    let rows = filter.page(conn, actor).await?.rows;
    Ok(rows.into_iter().map(|row| row.ticket).filter(|other| other.id != ticket.id).take(usize::try_from(OFFERED).unwrap_or(8)).collect())
}

async fn preview(conn: &mut Conn, actor: &Actor, ticket: &Ticket, into: TicketId, refusal: Option<String>) -> Result<views::MergePreview> {
    let target = Ticket::get(conn, actor, into, Action::See).await?;
    let preview = Preview::of(conn, ticket, &target).await?;
    let obstacle = match refusal {
        Some(words) => Some(words),
        None if ticket.id == target.id => Some("A ticket can't be merged into itself. Choose another one.".to_owned()),
        None => preview.obstacle(conn).await?,
    };
    Ok(views::MergePreview {
        into: target.id.to_string(),
        target: brief(&target, format!("/desk/tickets/{}", target.id)),
        facts: preview.facts(),
        warning: preview.is_across().then(|| preview.warning()),
        obstacle,
    })
}

pub(super) struct Wish {
    into: Option<TicketId>,
    across: bool,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        Self { into: fields.id("into"), across: fields.boolean("acrossOrganizations") }
    }
}

/// `POST /desk/tickets/{id}/merge`: goes to the target, with an undo; a refusal shows the preview again, with words.
pub(super) async fn merge(visit: Visit, Path(ticket): Path<String>, input: Input<Wish>) -> Answer {
    let actor = visit.staff()?;
    let wish = input.take()?;
    let into = wish.into.ok_or_else(|| Fault::field("into", "Choose a ticket."))?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    match ticket.merge_into(&mut tx, actor, into, wish.across).await {
        Ok(merge) => {
            tx.commit().await?;
            let undo = Some((format!("/desk/tickets/{}/merge/undo", ticket.id), "Undo".to_owned()));
            let text = format!("#{} goes on here.", ticket.number);
            Ok(visit.flash(web::see_other(&format!("/desk/tickets/{}", merge.target_id))?, &Flash { kind: "good", text, undo }))
        }
        Err(Fault::Conflict { kind, detail }) => {
            drop(tx);
            let mut conn = visit.app.db.read().await?;
            // what is to be confirmed stands in the preview itself
            let refusal = (kind != "other-organization").then_some(detail);
            let page = screen(&visit, &mut conn, actor, &ticket, Search { into: Some(into), ..Search::default() }, refusal).await?;
            web::html_with(StatusCode::CONFLICT, &page)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /desk/tickets/{id}/merge/undo`: the ticket that was merged stands by itself again.
pub(super) async fn undo(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, _: Input<super::guest::Nothing>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    match ticket.undo_merge(&mut tx, actor).await {
        Ok(ticket) => {
            tx.commit().await?;
            let text = format!("#{} stands by itself again.", ticket.number);
            Ok(visit.flash(web::see_other(&format!("/desk/tickets/{}", ticket.id))?, &Flash { kind: "good", text, undo: None }))
        }
        Err(Fault::Forbidden(words)) => told(&visit, &headers, ticket.id, tx, Err(Fault::Conflict { kind: "merged", detail: words })).await,
        Err(fault) => told(&visit, &headers, ticket.id, tx, Err(fault)).await,
    }
}

/// What a merged ticket's own page says of it.
pub(super) async fn merged_into(conn: &mut Conn, actor: &Actor, ticket: &Ticket) -> Result<Option<views::MergedInto>> {
    let Some(merge) = Merge::of(conn, ticket).await? else { return Ok(None) };
    let target = Ticket::reload(conn, merge.target_id).await?;
    let sees = policy::may_now(conn, actor, Action::See, &target).await?;
    let side = if actor.is_staff() { "desk/tickets" } else { "requests" };
    let undo_href = (sees && actor.is_staff() && conn.now() <= merge.undo_until()).then(|| format!("/desk/tickets/{}/merge/undo", ticket.id));
    Ok(Some(views::MergedInto {
        href: sees.then(|| format!("/{side}/{}", target.id)),
        number: format!("#{}", target.number),
        by: merge.merged_by,
        at: merge.merged_at,
        undo_href,
    }))
}
