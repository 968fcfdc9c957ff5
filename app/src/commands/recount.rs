//! `support analytics rebuild`: counts the figures of the reports anew from the journal.

use super::{Place, say};
use crate::{Error, start};
use clap::Subcommand;
use std::time::Instant;

#[derive(Subcommand)]
pub(super) enum Analytics {
    /// Count all tickets anew from the journal; works while the server runs
    Rebuild,
}

impl Analytics {
    pub(super) async fn run(self, place: &Place) -> Result<(), Error> {
        let Self::Rebuild = self;
        let (db, began) = (place.database().await?, Instant::now());
        let rebuilt = analytics::rebuild(&db, &start::COUNTED).await?;
        db.close().await;
        let forgotten = if rebuilt.forgotten == 0 { String::new() } else { format!(" {} that are gone were forgotten.", rebuilt.forgotten) };
        say(format!("{} tickets counted in {:.1} s.{forgotten}", rebuilt.tickets, began.elapsed().as_secs_f32()))
    }
}
