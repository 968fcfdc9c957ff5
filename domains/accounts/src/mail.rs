//! Mail to people: laid down with the rows that cause it. The room `mail` takes it from there once a mailbox can send; until then
//! it is held, and shown by `support doctor --outbox` and on the admin page.

use db::{Conn, Tx};
use kernel::Result;
use serde_json::json;

/// The kind of the jobs that send mail.
pub const KIND: &str = "mail.send";

/// Queues a plain-text mail.
pub async fn queue(tx: &mut Tx, to: &str, subject: &str, text: &str) -> Result<()> {
    jobs::hold(tx, KIND, &json!({ "to": to, "subject": subject, "text": text })).await?;
    Ok(())
}

/// A mail that waits.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// When it was queued.
    pub at: db::Timestamp,
    /// Who is to get it.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// The newest mails that wait.
pub async fn outbox(conn: &mut Conn, limit: i64) -> Result<Vec<Waiting>> {
    let jobs = jobs::newest(conn, KIND, limit).await?;
    let word = |facts: &serde_json::Value, key: &str| facts[key].as_str().unwrap_or_default().to_owned();
    Ok(jobs
        .iter()
        .map(|job| {
            let facts = job.facts();
            Waiting { at: job.created_at, to: word(&facts, "to"), subject: word(&facts, "subject"), text: word(&facts, "text") }
        })
        .collect())
}
