//! `support serve`

use super::{Place, say};
use crate::Error;
use clap::Args;
use db::Clock;
use std::net::SocketAddr;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Args)]
pub(super) struct Serve {
    /// Where to listen
    #[arg(long, value_name = "ADDR", env = "SUPPORT_LISTEN")]
    listen: Option<SocketAddr>,
    /// `false` switches rate limits off, for load tests only
    #[arg(long, value_name = "BOOL", env = "SUPPORT_RATE_LIMITS")]
    rate_limits: Option<bool>,
}

impl Serve {
    pub(super) async fn run(self, place: &Place) -> Result<(), Error> {
        let config = place.config_with(self.listen, self.rate_limits)?;
        let running = crate::start(&config, Clock::default()).await?;
        say(format!("Listening on http://{}", running.address))?;
        for (protocol, address) in &running.mail {
            say(format!("Listening for mail on {address} ({protocol})"))?;
        }
        let has_admin = accounts::Person::has_admin(&mut running.app.db.read().await?).await?;
        if !has_admin {
            let mut tx = running.app.db.write().await?;
            let secret = accounts::Link::set_up(&mut tx).await?;
            tx.commit().await?;
            say(format!("Nobody can administer it yet. Make the administrator here, once:\n  {}/set-up/{secret}", config.public_url))?;
        }
        wait_for_stop().await?;
        running.stop().await;
        Ok(())
    }
}

async fn wait_for_stop() -> Result<(), Error> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::io("signals can't be heard"))?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::io("signals can't be heard"))?;
    tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
    Ok(())
}
