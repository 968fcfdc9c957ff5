//! Asking the admins for access to a place: who asks, for what, and when for the last time.

use crate::{letters, mail};
use db::{Tx, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;
use std::time::Duration;

db::words! {
    /// A place that an account opens by its role.
    pub enum Place {
        /// Where staff answers.
        Desk = "DESK",
        /// Where admins keep people and settings.
        Admin = "ADMIN",
    }
}

/// Whoever asked may ask again after this.
const AGAIN_AFTER: Duration = Duration::from_hours(24);

impl Place {
    /// Whether this actor may go there already.
    pub(crate) fn is_open_to(self, actor: &Actor) -> bool {
        match self {
            Self::Desk => actor.is_staff(),
            Self::Admin => actor.is_admin(),
        }
    }

    /// Its address.
    pub(crate) fn href(self) -> &'static str {
        match self {
            Self::Desk => "/desk",
            Self::Admin => "/admin",
        }
    }

    /// Writes to the admins who asks for it, once a day and person. Answers whether it did. The letter has no word
    /// that the asker chose, but the own name and address.
    pub(crate) async fn ask(self, tx: &mut Tx, actor: &Actor, url: &str) -> Result<bool> {
        let person = actor.person.ok_or(Fault::SignIn)?;
        let now = tx.now();
        let asked = tx
            .run(sql!(
                "INSERT INTO access_requests (person_id, place, asked_at) VALUES ($1, $2, $3)
                 ON CONFLICT (person_id) DO UPDATE SET place = excluded.place, asked_at = excluded.asked_at WHERE access_requests.asked_at <= $4",
                person,
                self,
                now,
                now.minus(AGAIN_AFTER)
            ))
            .await?;
        if asked == 0 {
            return Ok(false);
        }
        tx.record(actor.event("access.asked", ("person", person.uuid()), true, json!({ "place": self }))).await?;
        let letter = letters::access(url, &actor.name, &actor.email, self, person);
        let admins: Vec<String> = tx.all(sql!("SELECT email FROM people WHERE role = 'ADMIN' AND disabled_at IS NULL ORDER BY folded, id LIMIT 20")).await?;
        for admin in &admins {
            mail::queue(tx, admin, &letter.subject, &letter.text).await?;
        }
        Ok(true)
    }
}
