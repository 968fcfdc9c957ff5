//! One event that concerns a thousand people: from the commit of a note on a ticket that they follow until each has a notice.

use crate::{Outcome, fill, report::figure, server::config};
use accounts::{NewPerson, Person};
use db::{Clock, sql};
use kernel::{Actor, Role};
use std::time::{Duration, Instant};
use support::Running;
use tickets::{Body, Channel, NewMessage, Ticket, TicketId, policy::Action};

/// People who follow the ticket.
const FOLLOWERS: i64 = 1_000;

/// Several notes, one after the other; the slowest counts.
const NOTES: usize = 5;

async fn follow(app: &web::App, ticket: TicketId) -> Outcome<()> {
    let system = Actor::system("Bench");
    let mut tx = app.db.write().await?;
    for n in 0..FOLLOWERS {
        let (email, name) = (format!("follower-{n}@bench.test"), format!("Follower {n}"));
        let new = NewPerson { email: &email, name: &name, role: Role::Agent, password_hash: None, is_verified: true };
        let person = Person::add(&mut tx, &system, new).await?;
        tx.run(sql!("INSERT INTO ticket_people (ticket_id, person_id, part) VALUES ($1, $2, 'FOLLOWER')", ticket, person.id)).await?;
    }
    Ok(tx.commit().await?)
}

async fn note(app: &web::App, ticket: TicketId) -> Outcome<()> {
    let actor = Actor::system("Bench");
    let content = Body::markdown("Look at this.");
    let new = NewMessage { content, is_internal: true, channel: Channel::Api, file_keys: Vec::new(), status: None, hold: Duration::ZERO };
    let mut tx = app.db.write().await?;
    Ticket::get(&mut tx, &actor, ticket, Action::Note).await?.say(&mut tx, &actor, new).await?;
    Ok(tx.commit().await?)
}

async fn told(app: &web::App) -> Outcome<i64> {
    Ok(app.db.read().await?.one(sql!("SELECT COUNT(*) FROM notices")).await?)
}

/// Measures it on an engine.
pub(crate) async fn measure(name: &str, url: String) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().ok_or("the folder has a strange name")?;
    let ticket = TicketId::from(fill::fill(data, &url, 10).await?.ticket);
    let running: Running = support::start(&config(data, &url), Clock::default()).await?;
    follow(&running.app, ticket).await?;
    let mut slowest = 0.0_f64;
    for n in 1..=NOTES {
        note(&running.app, ticket).await?;
        let began = Instant::now();
        while told(&running.app).await? < FOLLOWERS * i64::try_from(n)? {
            if began.elapsed() > Duration::from_mins(1) {
                return Err("not everybody was told within a minute".into());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        slowest = slowest.max(began.elapsed().as_secs_f64());
    }
    running.stop().await;
    figure(&format!("{name}: one event told to {FOLLOWERS} followers, the slowest of {NOTES}"), slowest, "s", 2.0, true);
    Ok(())
}
