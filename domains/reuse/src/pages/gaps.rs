//! The gaps report: three figures, each leading to its list, and the list as CSV.

use crate::gaps::{Asked as Wanted, Falling, Search, Searches, Unlinked};
use askama::Template;
use db::{Conn, Timestamp};
use kernel::{Actor, Result};
use std::time::Duration;
use web::{Answer, Asked, Visit, csv as spreadsheet};

/// Searches that are listed.
const SEARCHES: i64 = 200;
/// Tickets of one CSV file.
const EXPORTED: i64 = 10_000;

#[derive(Template)]
#[template(path = "gaps.html")]
struct GapsPage {
    page: ui::Page,
    days: i64,
    list: &'static str,
    /// None while nobody keeps a log of searches.
    searches: Option<Vec<Search>>,
    failed: i64,
    followed: i64,
    unlinked: i64,
    tickets: Vec<Unlinked>,
    next: Option<String>,
    falling: Vec<Falling>,
}

async fn searches(visit: &Visit, conn: &mut Conn, since: Timestamp) -> Result<Option<Vec<Search>>> {
    match visit.app.state::<Searches>() {
        Some(searches) => {
            // the log has hours: the one that has begun counts too
            let until = conn.now().plus(Duration::from_hours(1));
            Ok(Some(searches.all(conn, since, until, SEARCHES).await?))
        }
        None => Ok(None),
    }
}

/// `GET /desk/knowledge/gaps`: staff; each sees the tickets that it may see.
pub(super) async fn show(visit: Visit, Asked(wanted): Asked<Wanted>) -> Answer {
    let actor = visit.staff()?;
    let now = visit.app.db.clock().now();
    let since = now.minus(wanted.span());
    let mut conn = visit.app.db.read().await?;
    let searches = searches(&visit, &mut conn, since).await?;
    let list = match wanted.list.as_deref() {
        Some("articles") => "articles",
        Some("searches") | None if searches.is_some() => "searches",
        _ => "tickets",
    };
    let (tickets, next) = if list == "tickets" { Unlinked::page(&mut conn, actor, since, wanted.cursor.as_deref()).await? } else { (Vec::new(), None) };
    let sum = |of: fn(&Search) -> i64| searches.iter().flatten().map(of).sum();
    web::html(&GapsPage {
        page: visit.page("Gaps"),
        days: wanted.days,
        list,
        failed: sum(|search| search.times),
        followed: sum(|search| search.followed),
        unlinked: Unlinked::count(&mut conn, actor, since).await?,
        falling: Falling::all(&mut conn, actor, now, wanted.span()).await?,
        searches,
        tickets,
        next,
    })
}

/// `GET /desk/knowledge/gaps.csv?list=`: as above.
pub(super) async fn csv(visit: Visit, Asked(wanted): Asked<Wanted>) -> Answer {
    let actor = visit.staff()?;
    let now = visit.app.db.clock().now();
    let mut conn = visit.app.db.read().await?;
    let (name, text) = match wanted.list.as_deref() {
        Some("searches") => ("gaps-searches.csv", of_searches(&searches(&visit, &mut conn, now.minus(wanted.span())).await?.unwrap_or_default())),
        Some("articles") => ("gaps-articles.csv", of_articles(&Falling::all(&mut conn, actor, now, wanted.span()).await?)),
        _ => ("gaps-tickets.csv", of_tickets(&mut conn, actor, now.minus(wanted.span())).await?),
    };
    web::download(spreadsheet::KIND, name, text)
}

fn lines(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = spreadsheet::line(head.iter().map(|name| (*name).to_owned()));
    rows.for_each(|row| text.push_str(&spreadsheet::line(row)));
    text
}

fn of_searches(found: &[Search]) -> String {
    let row =
        |one: &Search| vec![one.query.clone(), one.times.to_string(), if one.has_hits { "no click" } else { "no result" }.to_owned(), one.followed.to_string()];
    lines(&["query", "times", "what", "followedByTicket"], found.iter().map(row))
}

fn of_articles(found: &[Falling]) -> String {
    let row = |one: &Falling| {
        vec![one.id.to_string(), one.title.clone(), one.before.to_string(), one.share_before().to_string(), one.now.to_string(), one.share_now().to_string()]
    };
    lines(&["id", "title", "votesBefore", "helpfulBefore", "votes", "helpful"], found.iter().map(row))
}

async fn of_tickets(conn: &mut Conn, actor: &Actor, since: Timestamp) -> Result<String> {
    let found: Vec<Unlinked> = conn.all(Unlinked::statement(actor, since, None, EXPORTED)?).await?;
    let row = |one: Unlinked| vec![one.number.to_string(), one.title, one.updated_at.to_jiff().to_string()];
    Ok(lines(&["number", "title", "changed"], found.into_iter().map(row)))
}
