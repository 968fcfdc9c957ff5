//! The words of our mails: a subject and a Markdown text with variables, for each kind and language. What is not written
//! differently by an admin stands here.

use crate::{SendKind, stale};
use db::{Conn, Tx, sql};
use kernel::{Actor, Fault, Result};
use richtext::variables;
use serde_json::json;
use uuid::Uuid;

/// What the journal calls the templates.
const TEMPLATES: Uuid = Uuid::from_u128(0x5e77_1265_0000_7000_8000_0000_0000_0002);

/// The words of one kind of mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Its subject; the number of the ticket stands before it by itself.
    pub subject: String,
    /// Its text, Markdown; `{{content}}` stands for the message.
    pub text: String,
}

impl Words {
    /// Those of the program.
    pub fn of_program(kind: SendKind) -> Self {
        let (subject, text) = match kind {
            SendKind::Reply => ("{{ticket.title}}", "{{content}}\n\n{{agent.name}}\n{{brand.name}}\n\nThe whole request: {{ticket.url}}"),
            SendKind::FirstAnswer => (
                "We have your request",
                "Hello,\n\nthank you for writing. Your request has the number {{ticket.number}}, and somebody will answer it by mail.\n\n\
                 To add something, reply to this mail. The whole request: {{ticket.url}}\n\n{{brand.name}}",
            ),
            SendKind::System => ("{{subject}}", "{{content}}"),
        };
        Self { subject: subject.to_owned(), text: text.to_owned() }
    }
}

/// What may be filled in where. A first answer says nothing that its receiver wrote: it could be sent to anybody in their name.
pub const fn known(kind: SendKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        SendKind::Reply => &[
            ("content", "The message"),
            ("recipient.first_name", "First name of whoever gets the mail"),
            ("recipient.name", "Their whole name"),
            ("ticket.number", "Number of the ticket, like #1042"),
            ("ticket.title", "Subject of the ticket"),
            ("ticket.url", "Address of the request’s page"),
            ("agent.name", "Name of whoever answers"),
            ("agent.first_name", "Their first name"),
            ("brand.name", "Name of this help center"),
        ],
        SendKind::FirstAnswer => &[
            ("ticket.number", "Number of the ticket, like #1042"),
            ("ticket.url", "Address of the request’s page"),
            ("brand.name", "Name of this help center"),
        ],
        SendKind::System => &[("content", "The letter"), ("subject", "Its subject"), ("brand.name", "Name of this help center")],
    }
}

impl Words {
    /// Those that count for a language: as an admin wrote them for it, else for all, else those of the program.
    pub async fn of(conn: &mut Conn, kind: SendKind, language: &str) -> Result<Self> {
        let tag = language.to_lowercase();
        let primary = tag.split('-').next().unwrap_or_default().to_owned();
        let written: Option<(String, String)> = conn
            .first(sql!(
                "SELECT subject, text FROM mail_templates WHERE kind = $1 AND language IN ($2, $3, '') ORDER BY LENGTH(language) DESC LIMIT 1",
                kind,
                tag,
                primary
            ))
            .await?;
        Ok(written.map_or_else(|| Self::of_program(kind), |(subject, text)| Self { subject, text }))
    }
}

/// Characters of a subject and of a text.
pub(crate) const SUBJECT: usize = 150;
pub(crate) const TEXT: usize = 10_000;

impl Words {
    /// What is wrong with them for a kind, by field.
    pub fn check(&self, kind: SendKind) -> Result<()> {
        let known = known(kind);
        let in_subject: Vec<(&str, &str)> = known.iter().filter(|(name, _)| *name != "content").copied().collect();
        if let Some(wrong) = variables::unknown(&self.subject, &in_subject) {
            return Err(Fault::field("subject", wrong));
        }
        if let Some(wrong) = variables::unknown(&self.text, known) {
            return Err(Fault::field("text", wrong));
        }
        let places = variables::parts(&self.text, "content").len() - 1;
        if kind != SendKind::FirstAnswer && places != 1 {
            return Err(Fault::field("text", "{{content}} must stand in it once: the message goes there."));
        }
        Ok(())
    }

    /// Counts changes of what an admin wrote for a language; 0: nothing.
    pub async fn version(conn: &mut Conn, kind: SendKind, language: &str) -> Result<i64> {
        Ok(conn.first(sql!("SELECT version FROM mail_templates WHERE kind = $1 AND language = $2", kind, language)).await?.unwrap_or(0))
    }

    /// Writes them for a language. `version`: that was read; somebody who was faster is not overwritten.
    pub async fn save(&self, tx: &mut Tx, actor: &Actor, kind: SendKind, language: &str, version: i64) -> Result<()> {
        self.check(kind)?;
        let query = sql!(
            "INSERT INTO mail_templates (kind, language, subject, text, version) VALUES ($1, $2, $3, $4, 1)
             ON CONFLICT (kind, language) DO UPDATE SET subject = excluded.subject, text = excluded.text, version = mail_templates.version + 1
             WHERE mail_templates.version = $5",
            kind,
            language,
            &self.subject,
            &self.text,
            version
        );
        if tx.run(query).await? == 0 {
            return Err(stale("the words for this language"));
        }
        record(tx, actor, "mail_template.saved", kind, language).await
    }

    /// Forgets what was written for a language.
    pub async fn forget(tx: &mut Tx, actor: &Actor, kind: SendKind, language: &str) -> Result<()> {
        if tx.run(sql!("DELETE FROM mail_templates WHERE kind = $1 AND language = $2", kind, language)).await? == 1 {
            record(tx, actor, "mail_template.removed", kind, language).await?;
        }
        Ok(())
    }

    /// For which languages an admin wrote words, of all kinds; empty: for all that have none of their own.
    pub async fn written(conn: &mut Conn) -> Result<Vec<(SendKind, String)>> {
        Ok(conn.all(sql!("SELECT kind, language FROM mail_templates ORDER BY kind, language")).await?)
    }
}

async fn record(tx: &mut Tx, actor: &Actor, event: &'static str, kind: SendKind, language: &str) -> Result<()> {
    Ok(tx.record(actor.event(event, ("mail_template", TEMPLATES), true, json!({ "kind": kind, "language": language }))).await?)
}
