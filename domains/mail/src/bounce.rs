//! Bounces: tied to a mail that we sent by its signed id alone. One that names no mail of ours changes nothing.

use crate::{Sending, Tokens};
use db::{Tx, sql};
use kernel::{Actor, Result};
use serde_json::json;

/// Marks the address of a hard bounce, and tells the ticket.
pub(crate) async fn tell(tx: &mut Tx, tokens: &Tokens, mail: &mime::Mail) -> Result<()> {
    let Some(bounce) = &mail.bounce else { return Ok(()) };
    let ids = mail.returned.iter().chain(&mail.in_reply_to).chain(&mail.references).map(String::as_str);
    let Some((ticket, sending)) = ids.chain(ids_in(&mail.text)).find_map(|id| tokens.of_message_id(id)) else { return Ok(()) };
    let mut address = bounce.address.trim().to_lowercase();
    if bounce.is_hard {
        // whoever has our id can say that the mail came back, but not mark an address that it never went to
        if let Some(sent_to) = Sending::bounced(tx, sending.into(), &bounce.words).await? {
            let now = tx.now();
            tx.run(sql!(
                "INSERT INTO bad_addresses (address, since, words) VALUES ($1, $2, $3) ON CONFLICT (address) DO UPDATE SET words = excluded.words",
                &sent_to,
                now,
                bounce.words.chars().take(1_000).collect::<String>()
            ))
            .await?;
            address = sent_to;
        }
    }
    let facts = json!({ "address": address, "hard": bounce.is_hard, "code": bounce.code, "words": bounce.words });
    Ok(tx.record(Actor::system("Mail").event("ticket.mail_bounced", ("ticket", ticket.uuid()), true, facts)).await?)
}

/// Whoever writes from an address reads there, too.
pub(crate) async fn forget(tx: &mut Tx, address: Option<&str>) -> Result<()> {
    tx.run(sql!("DELETE FROM bad_addresses WHERE address = $1", address)).await?;
    Ok(())
}

/// Whatever looks like a Message-ID in a text.
fn ids_in(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "<>\"".contains(c)).filter(|word| word.contains('@') && word.len() < 300).take(500)
}
