//! Follows the journal and makes notices of what concerns somebody.

use crate::{
    catalog::{Sources, sources},
    make::{self, New, Told},
};
use db::{Conn, Event, Tx};
use kernel::Result;
use tokio::sync::watch;
use web::{App, Follower};

/// Makes notices.
struct Notices(App);

impl Follower for Notices {
    const READER: &'static str = "notifications";
    type Made = Vec<New>;

    async fn plan(&self, conn: &mut Conn, lines: &[Event]) -> Result<Option<Vec<New>>> {
        let sources = sources(&self.0)?;
        let told = concerned(conn, &sources, lines).await?;
        let made = make::plan(&self.0, conn, &sources, told).await?;
        Ok((!made.is_empty()).then_some(made))
    }

    async fn write(&self, tx: &mut Tx, made: Vec<New>) -> Result<()> {
        make::write(tx, &made).await
    }
}

/// In a house that told nothing before, it begins at the end of its history.
pub async fn begin(app: &App) -> Result<()> {
    web::begin::<Notices>(&app.db).await
}

/// Follows the journal until `stop` says so.
pub async fn follow(app: App, stop: watch::Receiver<bool>) {
    web::follow(app.db.clone(), Notices(app), stop).await;
}

/// Whom these lines concern. Whoever did it is not told of it, and nobody twice of one line.
async fn concerned(conn: &mut Conn, sources: &Sources, lines: &[Event]) -> Result<Vec<Told>> {
    let mut told: Vec<Told> = Vec::new();
    for line in lines {
        let Some(telling) = sources.of_event(&line.kind) else { continue };
        let begin = told.len();
        for concern in (telling.concerned)(conn, line).await? {
            let is_known = told[begin..].iter().any(|other| other.person == concern.person);
            if !is_known && line.actor_id != Some(concern.person.uuid()) {
                told.push(Told::of(line, telling.of, concern));
            }
        }
    }
    Ok(told)
}
