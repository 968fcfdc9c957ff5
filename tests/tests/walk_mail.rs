//! What the walk needs of mail: one that is held at its ticket, one of ours that failed, and a mailbox whose servers are gone.

use crate::{
    client::Visitor,
    mail_in::{Letter, comes, tokens},
    world::World,
};
use db::sql;
use serde_json::json;
use tickets::TicketId;
use uuid::Uuid;

#[derive(Clone)]
pub struct Post {
    mail: String,
    mailbox: String,
    ticket: String,
    pub sending: String,
}

impl Post {
    /// `n` makes addresses the only ones of their kind. A key takes a while to make: where it is not asked for, there is none.
    pub async fn set(world: &World, ada: &Visitor, n: &str, ticket: &str, has_key: bool) -> Self {
        let to = tokens(world).address("w@walk.test", ticket.parse().unwrap());
        let held = comes(ada, &Letter::of(&format!("{n}@stranger.test"), "Walk", n).to(&to)).await;
        assert_eq!(held["fate"], "HELD");
        let mailbox = ada.post("/api/mail/mailboxes", &json!({ "address": format!("{n}@box.test"), "name": "Walk" })).await.is(201).id();
        let gone = json!({ "host": "127.0.0.1", "port": 1, "security": "NONE" });
        ada.put(&format!("/api/mail/mailboxes/{mailbox}/sending"), &gone).await.is(200);
        if has_key {
            ada.put(&format!("/api/mail/mailboxes/{mailbox}/sending/key"), &json!({})).await.is(200);
        }
        let source = json!({ "host": "127.0.0.1", "port": 1, "username": "walk", "password": "walk" });
        ada.put(&format!("/api/mail/mailboxes/{mailbox}/fetching"), &source).await.is(200);
        let sending = failed(world, ticket).await;
        Self { mail: held["id"].as_str().unwrap().to_owned(), mailbox, ticket: ticket.to_owned(), sending }
    }

    /// The id that a route of mail names.
    pub fn id(&self, route: &str) -> String {
        match route {
            _ if route.contains("/tickets/") => self.ticket.clone(),
            _ if route.contains("mailboxes") => self.mailbox.clone(),
            _ => self.mail.clone(),
        }
    }
}

/// A mail about a ticket that the server refused.
async fn failed(world: &World, ticket: &str) -> String {
    let (id, ticket): (Uuid, TicketId) = (Uuid::now_v7(), ticket.parse().unwrap());
    let mut tx = world.write().await;
    tx.run(sql!(
        "INSERT INTO sendings (id, kind, is_automatic, ticket_id, address, name, language, part, header_id, subject, text, state, attempts, next_at, until, words, created_at)
         VALUES ($1, 'REPLY', FALSE, $2, 'walk@walk.test', '', '', 'TO', $3, '', '', 'FAILED', 1, 0, 0, '550 no', 0)",
        id,
        ticket,
        id.to_string()
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id.to_string()
}
