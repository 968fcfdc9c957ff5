//! A ticket made into an article: its question and the answers that staff gave, without notes, and with what looks like personal data
//! found.

use crate::personal::{Finding, find, replaced};
use db::{Conn, Tx, sql};
use kernel::{Actor, Result};
use knowledge::{Article, Kind, Visibility, Wish};
use std::collections::BTreeSet;
use tickets::{Message, Ticket};

/// Messages that are taken.
const TAKEN: i64 = 200;
/// The longest text; an article may be so long.
const LONGEST: usize = 90_000;

/// What would become of a ticket.
#[derive(Clone, Debug)]
pub(crate) struct Captured {
    /// The subject.
    pub title: String,
    /// Markdown: the question, then the answers.
    pub content: String,
    /// Personal data in the title.
    pub in_title: Vec<Finding>,
    /// Personal data in the text.
    pub in_content: Vec<Finding>,
}

impl Captured {
    /// Of a ticket whose notes this member of staff may see.
    pub(crate) async fn of(conn: &mut Conn, actor: &Actor, ticket: &Ticket) -> Result<Self> {
        let messages = Message::of(conn, actor, ticket, None, TAKEN).await?;
        let public: Vec<&Message> = messages.iter().filter(|message| !message.is_internal && message.held_until.is_none()).collect();
        let mut content = String::from("## Question\n\n");
        if let Some(first) = public.first() {
            content.push_str(&text(first));
        }
        content.push_str("\n\n## Answer\n");
        for answer in public.iter().skip(1).filter(|message| message.is_staff) {
            content.push('\n');
            content.push_str(&text(answer));
            content.push('\n');
        }
        if let Some((end, _)) = content.char_indices().nth(LONGEST) {
            content.truncate(end);
        }
        let names = names(conn, ticket, &messages).await?;
        Ok(Self { in_title: find(&ticket.title, &names), in_content: find(&content, &names), title: ticket.title.clone(), content })
    }

    /// All findings, those of the title first.
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.in_title.iter().chain(&self.in_content)
    }

    /// Makes the draft, which staff alone sees until somebody publishes it; `kept` are the places of findings that stay as they are.
    pub(crate) async fn draft(&self, tx: &mut Tx, actor: &Actor, ticket: &Ticket, kept: &BTreeSet<usize>) -> Result<Article> {
        let before = self.in_title.len();
        let wish = Wish {
            title: Some(replaced(&self.title, &self.in_title, |at| !kept.contains(&at)).chars().take(160).collect()),
            content: Some(replaced(&self.content, &self.in_content, |at| !kept.contains(&(at + before)))),
            kind: Some(Kind::Troubleshooting),
            visibility: Some(Visibility::Public),
            ..Wish::default()
        };
        let article = Article::add(tx, actor, &wish).await?;
        tx.run(sql!("INSERT INTO article_sources (article_id, ticket_id) VALUES ($1, $2)", article.id, ticket.id)).await?;
        Ok(article)
    }
}

/// A message as Markdown.
fn text(message: &Message) -> String {
    let format = if message.format == "HTML" { richtext::Format::Html } else { richtext::Format::Markdown };
    match format {
        richtext::Format::Markdown => message.source.trim().to_owned(),
        richtext::Format::Html => richtext::plain(&message.source, format).trim().to_owned(),
    }
}

/// Who may be named in the ticket: who asked, who wrote, who listens, and their organization.
async fn names(conn: &mut Conn, ticket: &Ticket, messages: &[Message]) -> Result<Vec<String>> {
    let mut names: Vec<String> =
        conn.all(sql!("SELECT p.name FROM ticket_people l JOIN people p ON p.id = l.person_id WHERE l.ticket_id = $1 LIMIT 200", ticket.id)).await?;
    names.push(ticket.requester_name.clone());
    names.extend(ticket.organization.clone());
    names.extend(ticket.assignee.clone());
    names.extend(messages.iter().map(|message| message.author_name.clone()));
    names.sort();
    names.dedup();
    Ok(names)
}
