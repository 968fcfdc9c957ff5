//! Whether requesters are asked, and how long after their ticket was solved.

use db::{Conn, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;
use uuid::Uuid;

/// What the journal calls these settings: there is one of them.
const SUBJECT: Uuid = Uuid::from_u128(0x5a71_5fac_0000_7000_8000_0000_0000_0001);

record! {
    /// What an admin decides.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Settings {
        /// Requesters are asked.
        pub is_on: bool,
        /// Hours from solved to the letter, 0 to 720.
        pub delay_hours: i64,
        /// Counts changes.
        pub version: i64,
    }
}

impl Settings {
    /// As they are now.
    pub async fn current(conn: &mut Conn) -> Result<Self> {
        Ok(conn.one(sql!("SELECT is_on, delay_hours, version FROM satisfaction_settings WHERE id = 1")).await?)
    }

    /// Replaces those of `self.version`; stale if somebody was faster. The same again is no change.
    pub(crate) async fn save(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let before = Self::current(tx).await?;
        let saved = tx
            .run(sql!(
                "UPDATE satisfaction_settings SET is_on = $1, delay_hours = $2, version = version + 1 WHERE id = 1 AND version = $3",
                self.is_on,
                self.delay_hours,
                self.version
            ))
            .await?;
        if saved == 0 {
            return Err(Fault::Stale(Box::new(json!({ "isOn": before.is_on, "delayHours": before.delay_hours, "version": before.version }))));
        }
        let facts = |settings: &Self| json!({ "isOn": settings.is_on, "delayHours": settings.delay_hours });
        Ok(tx.record(actor.event("satisfaction.changed", ("satisfaction", SUBJECT), true, json!({ "old": facts(&before), "new": facts(self) }))).await?)
    }
}
