//! What the walk needs of mail: one that is held at its ticket, and a mailbox that could be fetched.

use crate::{
    client::Visitor,
    mail_in::{Letter, comes, tokens},
    world::World,
};
use serde_json::json;

pub struct Post {
    mail: String,
    mailbox: String,
}

impl Post {
    /// `n` makes addresses the only ones of their kind.
    pub async fn set(world: &World, ada: &Visitor, n: &str, ticket: &str) -> Self {
        let to = tokens(world).address("w@walk.test", ticket.parse().unwrap());
        let held = comes(ada, &Letter::of(&format!("{n}@stranger.test"), "Walk", n).to(&to)).await;
        assert_eq!(held["fate"], "HELD");
        let mailbox = ada.post("/api/mail/mailboxes", &json!({ "address": format!("{n}@box.test"), "name": "Walk" })).await.is(201).id();
        let source = json!({ "host": "127.0.0.1", "port": 1, "username": "walk", "password": "walk" });
        ada.put(&format!("/api/mail/mailboxes/{mailbox}/fetching"), &source).await.is(200);
        Self { mail: held["id"].as_str().unwrap().to_owned(), mailbox }
    }

    /// The id that a route of mail names.
    pub fn id(&self, route: &str) -> String {
        if route.contains("mailboxes") { self.mailbox.clone() } else { self.mail.clone() }
    }
}
