//! Follows the journal: what staff sent is looked at for articles, exactly once, also after a crash.

use crate::used;
use db::{Conn, Event, Id, Tx};
use kernel::Result;
use tickets::Message;
use tokio::sync::watch;
use web::{App, Follower};

/// Notes uses.
struct Uses(App);

impl Follower for Uses {
    const READER: &'static str = "reuse";
    type Made = Vec<Id<Message>>;

    async fn plan(&self, _conn: &mut Conn, lines: &[Event]) -> Result<Option<Self::Made>> {
        let messages: Vec<Id<Message>> = lines.iter().filter_map(message_of).collect();
        Ok((!messages.is_empty()).then_some(messages))
    }

    async fn write(&self, tx: &mut Tx, messages: Self::Made) -> Result<()> {
        used::take(tx, &messages, &self.0.config.public_url).await
    }
}

/// Follows the journal until `stop` says so.
pub async fn follow(app: App, stop: watch::Receiver<bool>) {
    web::follow(app.db.clone(), Uses(app), stop).await;
}

/// The message of staff that a line is about.
fn message_of(line: &Event) -> Option<Id<Message>> {
    if !matches!(line.kind.as_str(), "ticket.replied" | "ticket.noted") {
        return None;
    }
    line.facts()["message"].as_str()?.parse().ok()
}
