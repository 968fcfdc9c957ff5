//! Brakes: what comes too often is held, so that a loop or a bomb stops here, and staff see it.

use crate::{Mailbox, sender::Sender};
use db::{Conn, Timestamp, sql};
use kernel::Result;
use std::time::Duration;
use tickets::TicketId;

/// Mails of one address an hour.
const BY_ADDRESS: i64 = 30;
/// Mails of one address into one ticket an hour.
const BY_TICKET: i64 = 20;
/// Mails that say the same, of whomever, a day.
const ALIKE: i64 = 5;
/// New tickets an hour without a mailbox that says another number.
pub(crate) const NEW_TICKETS: i64 = 500;

/// Why this mail is held, in words for people; none if it may pass.
pub(crate) async fn holds(conn: &mut Conn, mailbox: Option<&Mailbox>, sender: &Sender, ticket: Option<TicketId>, content: &[u8]) -> Result<Option<String>> {
    let now = conn.now();
    let (hour, day) = (now.minus(Duration::from_hours(1)), now.minus(Duration::from_hours(24)));
    if let Some(address) = &sender.address {
        if let Some(ticket) = ticket
            && more_than(
                conn,
                BY_TICKET,
                sql!("SELECT received_at FROM mails WHERE from_address = $1 AND received_at > $2 AND ticket_id = $3", address, hour, ticket),
            )
            .await?
        {
            return Ok(Some(format!("A brake holds it: more than {BY_TICKET} mails an hour of {address} to this ticket.")));
        }
        if more_than(conn, BY_ADDRESS, sql!("SELECT received_at FROM mails WHERE from_address = $1 AND received_at > $2", address, hour)).await? {
            return Ok(Some(format!("A brake holds it: more than {BY_ADDRESS} mails an hour of {address}.")));
        }
    }
    if more_than(conn, ALIKE, sql!("SELECT received_at FROM mails WHERE content_hash = $1 AND received_at > $2", content.to_vec(), day)).await? {
        return Ok(Some(format!("A brake holds it: more than {ALIKE} mails a day that say the same.")));
    }
    let most = mailbox.map_or(NEW_TICKETS, |mailbox| mailbox.most_an_hour);
    if ticket.is_none() && more_than(conn, most, sql!("SELECT received_at FROM mails WHERE fate = 'NEW_TICKET' AND received_at > $1", hour)).await? {
        return Ok(Some(format!("A brake holds it: more than {most} new tickets an hour.")));
    }
    Ok(None)
}

/// Whether a query has more rows than that; reads no more of them.
async fn more_than(conn: &mut Conn, most: i64, mut query: db::Query) -> Result<bool> {
    query.push(" LIMIT 1 OFFSET ").bind(most);
    Ok(conn.first::<Timestamp>(query).await?.is_some())
}
