//! `support demo`

use super::Place;
use crate::Error;
use clap::Args;

#[derive(Args)]
pub(super) struct Demo {}

impl Demo {
    pub(super) async fn run(self, place: &Place) -> Result<(), Error> {
        let _ = place;
        Ok(())
    }
}
