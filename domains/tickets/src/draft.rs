//! Drafts: what somebody began to write in a ticket, kept on the server, one per person and ticket.

use crate::TicketId;
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{PersonId, Result};

record! {
    /// A text that is not sent yet.
    #[derive(Clone, Debug)]
    pub struct SavedDraft {
        /// Meant as a note.
        pub is_internal: bool,
        /// The text.
        pub content: String,
        /// When it was saved.
        pub updated_at: Timestamp,
        /// Keys of the uploads that belong to it, with commas between them.
        pub file_keys: String,
    }
}

/// The draft, if there is one.
pub async fn of(conn: &mut Conn, person: PersonId, ticket: TicketId) -> Result<Option<SavedDraft>> {
    Ok(conn.first(sql!("SELECT is_internal, content, updated_at, file_keys FROM drafts WHERE person_id = $1 AND ticket_id = $2", person, ticket)).await?)
}

/// Keeps it; an empty text removes it.
pub async fn save(tx: &mut Tx, person: PersonId, ticket: TicketId, is_internal: bool, content: &str) -> Result<()> {
    if content.trim().is_empty() {
        return remove(tx, person, ticket).await;
    }
    let now = tx.now();
    tx.run(sql!(
        "INSERT INTO drafts (person_id, ticket_id, is_internal, content, updated_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (person_id, ticket_id) DO UPDATE SET is_internal = excluded.is_internal, content = excluded.content, updated_at = excluded.updated_at",
        person,
        ticket,
        is_internal,
        content,
        now
    ))
    .await?;
    Ok(())
}

/// Names the finished uploads that go with it.
pub(crate) async fn keep_files(tx: &mut Tx, person: PersonId, ticket: TicketId, file_keys: &[String]) -> Result<()> {
    tx.run(sql!("UPDATE drafts SET file_keys = $3 WHERE person_id = $1 AND ticket_id = $2", person, ticket, file_keys.join(","))).await?;
    Ok(())
}

/// Makes the draft of what was taken back: a reply with its text and the uploads that its files have become. What stands
/// in the box already stays below it.
pub(crate) async fn take_back(tx: &mut Tx, person: PersonId, ticket: TicketId, content: &str, file_keys: &[String]) -> Result<()> {
    put_above(tx, person, ticket, false, content, file_keys).await
}

/// Puts a text above what stands in the box. A note in it makes all of it a note: no word of it may go out by mistake.
pub(crate) async fn put_above(tx: &mut Tx, person: PersonId, ticket: TicketId, is_internal: bool, content: &str, file_keys: &[String]) -> Result<()> {
    let (mut is_internal, mut content, mut keys) = (is_internal, content.to_owned(), file_keys.to_vec());
    if let Some(held) = of(tx, person, ticket).await? {
        is_internal |= held.is_internal;
        content = format!("{content}\n\n{}", held.content);
        keys.extend(held.file_keys.split(',').filter(|key| !key.is_empty()).map(str::to_owned));
    }
    save(tx, person, ticket, is_internal, &content).await?;
    keep_files(tx, person, ticket, &keys).await
}

/// Keeps it as it was, after something else was said in its ticket.
pub async fn put_back(tx: &mut Tx, person: PersonId, ticket: TicketId, draft: &SavedDraft) -> Result<()> {
    save(tx, person, ticket, draft.is_internal, &draft.content).await?;
    tx.run(sql!(
        "UPDATE drafts SET file_keys = $3, updated_at = $4 WHERE person_id = $1 AND ticket_id = $2",
        person,
        ticket,
        &draft.file_keys,
        draft.updated_at
    ))
    .await?;
    Ok(())
}

/// Removes it.
pub async fn remove(tx: &mut Tx, person: PersonId, ticket: TicketId) -> Result<()> {
    tx.run(sql!("DELETE FROM drafts WHERE person_id = $1 AND ticket_id = $2", person, ticket)).await?;
    Ok(())
}
