//! Personal access tokens: for programs that act as a person, within scopes. Shown once, stored hashed.

use crate::secret;
use db::{Conn, Id, Timestamp, Tx, Word, record, sql};
use kernel::{Actor, PersonId, Result, Scope};
use serde_json::json;
use uuid::Uuid;

record! {
    /// A token as its owner sees it.
    #[derive(Clone, Debug)]
    pub struct Token {
        /// The id.
        pub id: Id<Token>,
        /// What the owner called it.
        pub name: String,
        /// Its scopes, with spaces between.
        pub scopes: String,
        /// Since when.
        pub created_at: Timestamp,
        /// Last use, to five minutes.
        pub seen_at: Option<Timestamp>,
        /// When it stops working.
        pub expires_at: Option<Timestamp>,
    }
}

impl Token {
    /// Makes one for a person; answers the secret, which is not stored. No scopes means all.
    pub async fn add(tx: &mut Tx, actor: &Actor, person: PersonId, name: &str, scopes: &[Scope], expires_at: Option<Timestamp>) -> Result<String> {
        let (id, now, secret) = (Id::<Self>::new(), tx.now(), secret::make("pcs_")?);
        let scopes = if scopes.is_empty() { Scope::ALL } else { scopes };
        let scopes = scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ");
        tx.run(sql!(
            "INSERT INTO tokens (id, secret_hash, person_id, name, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            id,
            secret::hash(&secret),
            person,
            name,
            &scopes,
            now,
            expires_at
        ))
        .await?;
        tx.record(actor.event("token.added", ("token", id.uuid()), true, json!({ "person": person, "scopes": scopes }))).await?;
        Ok(secret)
    }

    /// Somebody's tokens, the newest first.
    pub async fn of(conn: &mut Conn, person: PersonId) -> Result<Vec<Self>> {
        Ok(conn
            .all(sql!("SELECT id, name, scopes, created_at, seen_at, expires_at FROM tokens WHERE person_id = $1 ORDER BY id DESC LIMIT 200", person))
            .await?)
    }

    /// Takes back one of the actor's own tokens; false if there is none such.
    pub async fn revoke(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<bool> {
        let gone = tx.run(sql!("DELETE FROM tokens WHERE id = $1 AND person_id = $2", id, actor.person)).await?;
        if gone == 1 {
            tx.record(actor.event("token.revoked", ("token", id), true, json!({ "person": actor.person }))).await?;
        }
        Ok(gone == 1)
    }
}

/// The scopes of a stored text; words that are no longer known are passed over.
pub(crate) fn scopes(text: &str) -> Vec<Scope> {
    text.split(' ').filter_map(<Scope as Word>::from_word).collect()
}
