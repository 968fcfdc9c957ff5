//! Mail to people: laid down with the rows that cause it. The room `mail` takes it from there once a mailbox can send; until then
//! it is held, and shown by `support doctor --outbox` and on the admin page.

use db::{Conn, Id, Tx};
use kernel::Result;
use serde_json::json;
use uuid::Uuid;

/// The kind of the jobs that send mail.
pub const KIND: &str = "mail.send";

/// Queues a plain-text mail.
pub async fn queue(tx: &mut Tx, to: &str, subject: &str, text: &str) -> Result<()> {
    jobs::hold(tx, KIND, &json!({ "to": to, "subject": subject, "text": text })).await?;
    Ok(())
}

/// A mail that the program sends by itself and that can be stopped.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Who is to get it.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Where a POST stops such mail (RFC 8058).
    pub unsubscribe: Option<String>,
}

/// Queues a mail with the lines of its header that say that a program sent it and how to stop it.
/// Answers the number under which it is asked about.
pub async fn post(tx: &mut Tx, mail: &Mail) -> Result<Uuid> {
    let mut headers = json!({ "Auto-Submitted": "auto-generated" });
    if let Some(address) = &mail.unsubscribe {
        headers["List-Unsubscribe"] = format!("<{address}>").into();
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click".into();
    }
    Ok(jobs::hold(tx, KIND, &json!({ "to": mail.to, "subject": mail.subject, "text": mail.text, "headers": headers })).await?.uuid())
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It waits for a mail server, or for its turn.
    Waits,
    /// It went out.
    Sent,
    /// It was given up.
    Failed,
}

/// What became of these mails, with what was answered last; of those that are still known.
pub async fn fates(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<(Uuid, Fate, Option<String>)>> {
    let ids: Vec<_> = ids.iter().copied().map(Id::from).collect();
    let fate = |state: &str| match state {
        "done" => Fate::Sent,
        "dead" => Fate::Failed,
        _ => Fate::Waits,
    };
    Ok(jobs::of(conn, &ids).await?.into_iter().map(|job| (job.id.uuid(), fate(&job.state), job.error)).collect())
}

/// Tries a mail again that was given up; false if it was not.
pub async fn retry(tx: &mut Tx, id: Uuid) -> Result<bool> {
    Ok(jobs::retry(tx, Id::from(id)).await?)
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
    /// Lines of its header beyond the usual ones.
    pub headers: Vec<(String, String)>,
}

/// The newest mails that wait.
pub async fn outbox(conn: &mut Conn, limit: i64) -> Result<Vec<Waiting>> {
    let jobs = jobs::held(conn, KIND, limit).await?;
    let word = |facts: &serde_json::Value, key: &str| facts[key].as_str().unwrap_or_default().to_owned();
    Ok(jobs
        .iter()
        .map(|job| {
            let facts = job.facts();
            Waiting { at: job.created_at, to: word(&facts, "to"), subject: word(&facts, "subject"), text: word(&facts, "text"), headers: headers(&facts) }
        })
        .collect())
}

fn headers(facts: &serde_json::Value) -> Vec<(String, String)> {
    let lines = facts["headers"].as_object().into_iter().flatten();
    lines.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}
