//! `support demo`: fills an empty installation with three months of a believable support desk.
//!
//! Everything is made by the verbs that pages and API use, with a clock that begins 90 days ago, so that rows,
//! journal and files are what they would be had it all happened.

mod articles;
mod cast;
mod chance;
mod fate;
mod hours;
mod life;
mod papers;
mod people;
mod plan;
mod png;
mod stage;
mod stories;
mod words;

use super::{Place, say};
use crate::{Error, Opened};
use accounts::{Organization, Password, Person, Team};
use cast::Cast;
use chance::Chance;
use clap::Args;
use db::{Clock, Db};
use plan::Plan;
use stage::Stage;
use std::time::{Duration, Instant};

/// The password of everybody in the demo. It stands in the source: for trying out only.
const PASSPHRASE: &str = "paper lanterns over the harbour";

#[derive(Args)]
pub(super) struct Demo {
    /// Another number tells other stories
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

impl Demo {
    pub(super) async fn run(self, place: &Place) -> Result<(), Error> {
        let begun = Instant::now();
        let password = Password::new(PASSPHRASE, "demo", "demo")?.hash().await?;
        let now = Clock::default().now();
        let clock = Clock::behind(Duration::from_secs(plan::DAYS * 86_400));
        let opened = crate::open(&place.config()?, clock).await?;
        let Opened { app, store } = &opened;
        refuse_unless_empty(&app.db).await?;
        let plan = Plan::new(self.seed, now);
        let mut tx = app.db.write().await?;
        let cast = Cast::gather(&mut tx, password).await?;
        let close_after_days = settings::current(&mut tx).await?.close_after_days;
        tx.commit().await?;
        let articles = articles::write(&opened, &cast).await?;
        let mut stage = Stage::new(app, store, cast, Chance::new(self.seed, 3), close_after_days);
        stage.play(&plan, now).await?;
        app.db.close().await;
        say(format!(
            "{} tickets of {} customers over {} days and {articles} articles, made in {:.1} s.\n",
            plan::TICKETS,
            people::CUSTOMERS.len(),
            plan::DAYS,
            begun.elapsed().as_secs_f32()
        ))?;
        say(accounts_text())
    }
}

async fn refuse_unless_empty(db: &Db) -> Result<(), Error> {
    let mut conn = db.read().await?;
    let people: i64 = Person::count(&mut conn).await?.iter().map(|(_, count)| count).sum();
    if people + Team::count(&mut conn).await? + Organization::count(&mut conn).await? == 0 {
        return Ok(());
    }
    Err(Error::Refused(
        "This installation is in use: it has people, teams or organizations. The demo fills an empty one only; name another folder with --data.".to_owned(),
    ))
}

/// Who can sign in, for people who try it out.
fn accounts_text() -> String {
    let staff = people::STAFF.iter().map(|member| {
        let teams: Vec<&str> = member.teams.iter().map(|team| people::TEAMS[*team]).collect();
        let address = format!("{}@{}", member.mailbox, people::STAFF_DOMAIN);
        format!("  {:<11} {address:<34} {:<16} {}", member.role.label(), member.name, teams.join(", "))
    });
    let customers = [0, 17].into_iter().map(|customer| {
        let (name, _, company) = people::CUSTOMERS[customer];
        format!("  {:<11} {:<34} {name:<16} {}", "Customer", people::address(customer), people::COMPANIES[company].name)
    });
    let lines: Vec<String> = staff.chain(customers).collect();
    format!(
        "Sign in as\n{}\nThe password of all of them: {PASSPHRASE}\nIt is known to everybody who reads the source, so keep this installation to yourself.",
        lines.join("\n")
    )
}
