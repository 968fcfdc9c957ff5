//! Tags: short labels that staff puts on tickets.

use crate::TicketId;
use db::{Conn, Query, Tx, sql};
use kernel::{Fault, Result};

/// A ticket has at most this many.
pub const MOST: usize = 20;
/// A tag has at most this many characters.
pub const LENGTH: usize = 40;

/// A tag as it is stored: lower case, words joined by hyphens.
pub fn clean(text: &str) -> Result<String> {
    let tag = text.trim().trim_start_matches('#').to_lowercase().split_whitespace().collect::<Vec<_>>().join("-");
    if tag.is_empty() || tag.chars().count() > LENGTH || tag.chars().any(|c| c.is_control() || c == ',') {
        return Err(Fault::field("tag", format!("A tag has 1 to {LENGTH} characters and no comma.")));
    }
    Ok(tag)
}

/// The tags of a ticket, in order.
pub async fn of(conn: &mut Conn, ticket: TicketId) -> Result<Vec<String>> {
    Ok(conn.all(sql!("SELECT tag FROM ticket_tags WHERE ticket_id = $1 ORDER BY tag", ticket)).await?)
}

/// Tags as they are stored: each once, in order.
pub(crate) fn clean_all(tags: &[String]) -> Result<Vec<String>> {
    let mut clean_tags = tags.iter().map(|tag| clean(tag)).collect::<Result<Vec<_>>>()?;
    clean_tags.sort();
    clean_tags.dedup();
    if clean_tags.len() > MOST { Err(Fault::field("tags", format!("At most {MOST} tags."))) } else { Ok(clean_tags) }
}

/// Gives a ticket that has `old` exactly the `new` ones.
pub(crate) async fn replace(tx: &mut Tx, ticket: TicketId, old: &[String], new: &[String]) -> Result<()> {
    let gone: Vec<&String> = old.iter().filter(|tag| !new.contains(tag)).collect();
    if !gone.is_empty() {
        let mut query = Query::with("DELETE FROM ticket_tags WHERE ticket_id = ", Vec::new());
        query.bind(ticket).push(" AND tag IN ").list(gone);
        tx.run(query).await?;
    }
    let come: Vec<[db::Value; 2]> = new.iter().filter(|tag| !old.contains(tag)).map(|tag| [ticket.into(), tag.into()]).collect();
    // somebody may have put the same there at this moment
    Ok(tx.run_rows("INSERT INTO ticket_tags (ticket_id, tag) VALUES", &come, " ON CONFLICT DO NOTHING").await?)
}

/// Tags that begin alike, for proposals.
pub async fn known(conn: &mut Conn, limit: i64) -> Result<Vec<String>> {
    Ok(conn.all(sql!("SELECT tag FROM ticket_tags GROUP BY tag ORDER BY tag LIMIT $1", limit)).await?)
}
