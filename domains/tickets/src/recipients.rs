//! Who gets a reply: before copies go to an outside domain for the first time, whoever writes on the desk agrees once.
//! Programs are not asked, as they press no undo (decision 9).

use crate::{Ticket, TicketId};
use db::{Conn, Tx, sql};
use kernel::{Fault, Result};
use std::collections::BTreeSet;

fn domain(email: &str) -> Option<String> {
    email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase())
}

/// Domains of copies that nobody agreed to yet, in order. The requester's own and colleagues on the staff are none.
pub(crate) async fn new_domains(conn: &mut Conn, ticket: &Ticket) -> Result<Vec<String>> {
    let copies: Vec<String> = conn
        .all(sql!(
            "SELECT p.email FROM ticket_people l JOIN people p ON p.id = l.person_id WHERE l.ticket_id = $1 AND l.part = 'CC' AND p.role = 'CUSTOMER'",
            ticket.id
        ))
        .await?;
    if copies.is_empty() {
        return Ok(Vec::new());
    }
    let agreed: Vec<String> = conn.all(sql!("SELECT domain FROM ticket_domains WHERE ticket_id = $1", ticket.id)).await?;
    let own = domain(&ticket.requester_email);
    let new: BTreeSet<String> = copies.iter().filter_map(|email| domain(email)).filter(|new| Some(new) != own.as_ref() && !agreed.contains(new)).collect();
    Ok(new.into_iter().collect())
}

/// Lets a public reply pass when every new domain was agreed to, and remembers that.
pub(crate) async fn agree(tx: &mut Tx, ticket: &Ticket, agreed: &[String]) -> Result<()> {
    let new = new_domains(tx, ticket).await?;
    let open: Vec<&str> = new.iter().filter(|domain| !agreed.contains(domain)).map(String::as_str).collect();
    if !open.is_empty() {
        let words =
            format!("Copies would go to {}, where nothing of this ticket went before. Tick the box to send there too, or remove the copy.", open.join(", "));
        return Err(Fault::field("confirmDomain", words));
    }
    for domain in new {
        remember(tx, ticket.id, &domain).await?;
    }
    Ok(())
}

async fn remember(tx: &mut Tx, ticket: TicketId, domain: &str) -> Result<()> {
    tx.run(sql!("INSERT INTO ticket_domains (ticket_id, domain) VALUES ($1, $2) ON CONFLICT (ticket_id, domain) DO NOTHING", ticket, domain)).await?;
    Ok(())
}
