//! Letters that rooms laid down (`accounts::mail::queue`): they wait there until a mailbox can send; then those that are still of
//! use go out, each once, under the id that they have there, and what became of them is told there.

use crate::{
    SendKind, Tokens,
    send::{NewSending, Sending},
    send_route::Route,
    sender::{clean, is_address},
};
use db::{Conn, Db, sql};
use kernel::Result;
use std::time::Duration;

/// Older ones stay: their links have ended.
const FRESH: Duration = Duration::from_hours(24);
/// Letters of one look.
const LOT: i64 = 100;

/// Whether some wait that can go.
pub(crate) async fn waits(conn: &mut Conn) -> Result<bool> {
    let since = conn.now().minus(FRESH);
    let can = sql!("SELECT 1 FROM mailbox_sending s JOIN mailboxes m ON m.id = s.mailbox_id WHERE m.is_on = TRUE LIMIT 1");
    Ok(conn.first::<i64>(can).await?.is_some() && jobs::holds(conn, accounts::mail::KIND, since).await?)
}

/// Takes them; true when there are more.
pub(crate) async fn take(db: &Db, tokens: &Tokens) -> Result<bool> {
    let mut tx = db.write().await?;
    let Some(route) = Route::all(&mut tx).await?.into_iter().next() else { return Ok(false) };
    let since = tx.now().minus(FRESH);
    let letters = jobs::lend_held(&mut tx, accounts::mail::KIND, since, LOT).await?;
    let new = letters
        .iter()
        .map(|job| {
            let facts = job.facts();
            let word = |key: &str| facts[key].as_str().unwrap_or_default().to_owned();
            let address = word("to").trim().to_lowercase();
            NewSending {
                id: job.id.uuid().into(),
                unsubscribe: facts["headers"]["List-Unsubscribe"].as_str().map(|link| link.trim_matches(['<', '>']).to_owned()).unwrap_or_default(),
                route: &route,
                kind: SendKind::System,
                is_automatic: true,
                ticket: None,
                message: None,
                name: String::new(),
                language: String::new(),
                is_copy: false,
                guest: None,
                subject: clean(&word("subject")),
                text: word("text"),
                refused: (!is_address(&address)).then(|| "It is no address that mail can go to.".to_owned()),
                address,
            }
        })
        .collect();
    Sending::forget(&mut tx, letters.iter().map(|job| job.id.uuid())).await?;
    Sending::queue(&mut tx, tokens, new).await?;
    tx.commit().await?;
    Ok(i64::try_from(letters.len()).is_ok_and(|taken| taken == LOT))
}
