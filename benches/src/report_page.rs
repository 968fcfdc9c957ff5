//! The page of a report: a year at 100,000 tickets that were answered, solved, tagged and promised something, spread over
//! 40 agents. What it takes to count them anew is printed beside.

use crate::{
    Outcome,
    client::Client,
    fill,
    report::{figure, line, median, quantile},
    server::{Server, config},
};
use db::{Clock, Tx, sql};
use kernel::{Actor, Role};
use std::time::Instant;

/// Tickets of the year.
pub(crate) const TICKETS: i64 = 100_000;
const AGENTS: i64 = 40;
const LOOKS: usize = 60;

/// Fills a database, counts it, and reads the page.
pub(crate) async fn measure(name: &str, url: &str) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().ok_or("the folder has a strange name")?;
    line(&format!("\n== {name}, reports of {TICKETS} tickets"));
    let filled = fill::fill(data, url, TICKETS).await?;
    live(data, url).await?;
    let server = Server::spawn(&["serve", data, url])?;
    let mut client = Client::browser(&server.address, &filled.session).await?;
    let page = looks(&mut client, "/desk/analytics?period=365d").await?;
    for (what, path) in [
        ("the list behind a figure", "/desk/analytics/tickets?figure=solved&period=365d"),
        ("the same report as CSV", "/desk/analytics/report.csv?period=365d"),
        ("a report of 7 days", "/desk/analytics?period=7d"),
        ("narrowed to one priority", "/desk/analytics?period=365d&priority=HIGH"),
    ] {
        line(&format!("       {what}: median {:.1} ms", median(looks(&mut client, path).await?)));
    }
    line(&format!("       the page: median {:.1} ms", median(page.clone())));
    figure(&format!("{name}: report over 1 year at 100,000 tickets, p95"), quantile(page, 0.95), "ms", 300.0, true);
    Ok(())
}

async fn looks(client: &mut Client, path: &str) -> Outcome<Vec<f64>> {
    let mut taken = Vec::new();
    for look in 0..LOOKS + 3 {
        let began = Instant::now();
        let (status, body) = client.get(path).await?;
        if status != 200 {
            return Err(format!("{path} answered {status}: {}", String::from_utf8_lossy(&body)).into());
        }
        if look >= 3 {
            taken.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    Ok(taken)
}

/// Lets the year happen: most are answered, two of three solved, half have a tag; then all of it is counted.
async fn live(data: &str, url: &str) -> Outcome<()> {
    let opened = support::open(&config(data, url), Clock::default()).await?;
    let db = &opened.app.db;
    let mut tx = db.write().await?;
    people(&mut tx).await?;
    tx.run(sql!(
        "UPDATE tickets SET priority = CASE number % 4 WHEN 0 THEN 'LOW' WHEN 1 THEN 'MEDIUM' WHEN 2 THEN 'HIGH' ELSE 'URGENT' END,
         category = CASE number % 5 WHEN 0 THEN 'BUG' WHEN 1 THEN 'BILLING' WHEN 2 THEN 'FEATURE_REQUEST' WHEN 3 THEN 'TECHNICAL_SUPPORT' ELSE 'GENERAL_INQUIRY' END,
         channel = CASE number % 3 WHEN 0 THEN 'web' WHEN 1 THEN 'email' ELSE 'chat' END"
    ))
    .await?;
    tx.run(sql!("INSERT INTO ticket_tags (ticket_id, tag) SELECT id, 'tag-' || (number % 50) FROM tickets WHERE number % 2 = 0")).await?;
    // times as odd as real ones: no two tickets take the same
    tx.run(sql!(
        "INSERT INTO events (at, kind, subject_kind, subject_id, actor_kind, actor_id, actor_name, staff_only, data)
         SELECT created_at + (number * 7919 % 86400) * 1000000, 'ticket.replied', 'ticket', id, 'person', requester_id, 'Agent', FALSE, '{}' FROM tickets WHERE number % 10 <> 0"
    ))
    .await?;
    tx.run(sql!(
        "INSERT INTO events (at, kind, subject_kind, subject_id, actor_kind, actor_id, actor_name, staff_only, data)
         SELECT created_at + (90000 + number * 104729 % 864000) * 1000000, 'ticket.status_changed', 'ticket', id, 'person', requester_id, 'Agent', FALSE,
                '{\"old\":\"OPEN\",\"new\":\"RESOLVED\"}' FROM tickets WHERE status = 'CLOSED'"
    ))
    .await?;
    for metric in ["FIRST_RESPONSE", "FIRST_RESOLUTION"] {
        tx.run(sql!(
            "INSERT INTO sla_clocks (ticket_id, metric, cycle, version_id, policy_id, state, started_at, stopped_at, missed_at, counted, target, warned, breached)
             SELECT id, $1, 0, id, id, CASE WHEN number % 11 = 0 THEN 'MISSED' ELSE 'MET' END, created_at, created_at + 86000000000, created_at + 86000000000, 0, 0, TRUE, TRUE FROM tickets",
            metric
        ))
        .await?;
    }
    // who else reads the journal has nothing to do while this is measured
    tx.run(sql!(
        "INSERT INTO readers (name, seq) SELECT name, (SELECT MAX(seq) FROM events) FROM (SELECT 'analytics' AS name UNION SELECT 'sla' UNION SELECT 'satisfaction') AS names WHERE 1 = 1
         ON CONFLICT (name) DO UPDATE SET seq = excluded.seq"
    ))
    .await?;
    tx.commit().await?;
    let began = Instant::now();
    let rebuilt = analytics::rebuild(db, &support::COUNTED).await?;
    line(&format!("       counted anew: {} tickets in {:.1} s", rebuilt.tickets, began.elapsed().as_secs_f64()));
    db.close().await;
    Ok(())
}

async fn people(tx: &mut Tx) -> Outcome<()> {
    for number in 0..AGENTS {
        let (email, name) = (format!("agent{number}@example.com"), format!("Agent {number}"));
        let person = accounts::Person::put(tx, &Actor::system("Bench"), &email, &name, Role::Agent, None).await?;
        tx.run(sql!("UPDATE tickets SET assignee_id = $1 WHERE number % 41 = $2", person.id, number)).await?;
    }
    for (place, team) in accounts::Team::all(tx).await?.iter().enumerate() {
        tx.run(sql!("UPDATE tickets SET team_id = $1 WHERE number % 4 = $2", team.id, i64::try_from(place)?)).await?;
    }
    Ok(())
}
