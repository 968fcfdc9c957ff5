//! `support reindex`: builds the search index anew from the database.

use super::{Place, say};
use crate::Error;
use clap::Args;
use std::time::Instant;

#[derive(Args)]
pub(super) struct Reindex {}

impl Reindex {
    pub(super) async fn run(self, place: &Place) -> Result<(), Error> {
        let began = Instant::now();
        let opened = crate::open(&place.config()?, db::Clock::default()).await?;
        let outcome = search::reindex(&opened.app).await;
        opened.app.db.close().await;
        outcome?;
        say(format!("The search index was built anew in {:.1} s.", began.elapsed().as_secs_f32()))
    }
}
