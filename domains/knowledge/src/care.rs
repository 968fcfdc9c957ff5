//! Who looks after an article, and by when somebody has to say that it is still right.

use crate::{Article, ArticleId, policy::Action};
use db::{Db, Timestamp, Tx, sql};
use kernel::{Actor, Fault, PersonId, Result, Role};
use serde_json::json;

/// Owners that are told in one look.
const LOT: i64 = 100;

/// Who shall look after it, until when.
#[derive(Clone, Debug, Default)]
pub struct Care {
    /// Somebody of the staff.
    pub owner: Option<PersonId>,
    /// By when it has to be looked at; none for never.
    pub verify_at: Option<Timestamp>,
}

impl Article {
    /// Says who looks after it, and until when it is held to be right. All of staff does.
    pub async fn care(&self, tx: &mut Tx, actor: &Actor, version: i64, care: &Care) -> Result<Self> {
        if let Some(owner) = care.owner {
            let person = accounts::Person::get(tx, owner).await.ok().filter(|person| person.role >= Role::Agent && person.disabled_at.is_none());
            if person.is_none() {
                return Err(Fault::field("ownerId", "Choose somebody of the staff."));
            }
        }
        let now = tx.now();
        if care.verify_at.is_some_and(|at| at <= now) && care.verify_at != self.verify_at {
            return Err(Fault::field("verifyAt", "Choose a day that lies ahead."));
        }
        if care.owner == self.owner_id && care.verify_at == self.verify_at && version == self.version {
            return Self::get(tx, actor, self.id, Action::Write).await;
        }
        let changed = tx
            .run(sql!(
                "UPDATE articles SET owner_id = $3, verify_at = $4, version = version + 1 WHERE id = $1 AND version = $2",
                self.id,
                version,
                care.owner,
                care.verify_at
            ))
            .await?;
        if changed == 0 {
            return Err(self.stale());
        }
        let facts = json!({ "title": self.title, "owner": care.owner, "verifyAt": care.verify_at });
        tx.record(actor.event("article.verified", ("article", self.id.uuid()), true, facts)).await?;
        Self::get(tx, actor, self.id, Action::Write).await
    }
}

/// Tells owners of what is overdue, once for each date; called by the clockwork.
pub async fn remind(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    let now = tx.now();
    let overdue: Vec<(ArticleId, Option<PersonId>)> = tx
        .all(sql!(
            "SELECT id, owner_id FROM articles WHERE verify_at < $1 AND (reminded_at IS NULL OR reminded_at <> verify_at) AND state <> 'ARCHIVED'
             ORDER BY verify_at, id LIMIT 100",
            now
        ))
        .await?;
    debug_assert!(i64::try_from(overdue.len()).unwrap_or(LOT) <= LOT);
    for (id, owner) in overdue {
        let told = tx.run(sql!("UPDATE articles SET reminded_at = verify_at WHERE id = $1 AND (reminded_at IS NULL OR reminded_at <> verify_at)", id)).await?;
        if told == 1 {
            tx.record(Actor::system("Clockwork").event("article.overdue", ("article", id.uuid()), true, json!({ "owner": owner }))).await?;
        }
    }
    Ok(tx.commit().await?)
}
