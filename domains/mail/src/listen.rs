//! The built-in listener: LMTP (RFC 2033) and SMTP (RFC 5321) for mail to our own mailboxes. It relays nothing. A mail is accepted
//! once it is safe.

mod data;
mod session;

use crate::Intake;
use kernel::{Fault, Result};
use session::Session;
use std::{sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    time::timeout,
};
use web::App;

/// Connections at once; each may hold a mail in memory.
const CONNECTIONS: usize = 32;
/// A connection lasts no longer.
const LONGEST: Duration = Duration::from_mins(30);

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// One answer a recipient; for a mail server beside us.
    Lmtp,
    /// One answer a mail.
    Smtp,
}

impl std::fmt::Display for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if *self == Self::Lmtp { "LMTP" } else { "SMTP" })
    }
}

/// What sessions stand on.
#[derive(Clone)]
struct Ground {
    intake: Intake,
    protocol: Protocol,
    host: String,
}

/// Serves until `stop` says so.
pub async fn listen(app: App, listener: TcpListener, protocol: Protocol, mut stop: watch::Receiver<bool>) {
    let ground = match ground(&app, protocol) {
        Ok(ground) => ground,
        Err(error) => {
            tracing::error!(%error, "no mail is listened for");
            return;
        }
    };
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    while !*stop.borrow() {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let accepted = tokio::select! { accepted = listener.accept() => accepted, _ = stop.changed() => return };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection for mail could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (ground, mut stop) = (ground.clone(), stop.clone());
        tokio::spawn(async move {
            let _place = place;
            let session = Session::new(ground, stream, peer.ip());
            tokio::select! {
                ended = timeout(LONGEST, session.run()) => if let Ok(Err(error)) = ended { tracing::debug!(%error, "a connection for mail broke off") },
                _ = stop.changed() => {}
            }
        });
    }
}

fn ground(app: &App, protocol: Protocol) -> Result<Ground> {
    let ways = app.state::<crate::Ways>().ok_or_else(|| Fault::Broken("no ways of mail were given at start".to_owned()))?;
    Ok(Ground { intake: Intake::of(app)?, protocol, host: ways.host.clone() })
}
