//! What a mail of ours says: the message or letter within the words of its template, and what it wears.

use crate::{
    SendKind, Tokens,
    send::Sending,
    send_letter::{Letter, Named, Piece},
    send_route::Route,
    subject_mark,
    template::Words,
};
use accounts::{Link, Purpose};
use askama::Template as _;
use db::{Conn, Timestamp, record, sql};
use files::{File, Store};
use kernel::{Fault, PersonId, Result};
use richtext::{Format, SafeHtml, variables};
use tickets::TicketId;

/// Bytes of files that go along with a mail; more stay behind a link.
const MOST_FILES: i64 = 10 * 1024 * 1024;
/// Ids of a thread that a mail names.
const THREAD: i64 = 10;
/// The line that answers stand above; `mime` knows it again.
const ABOVE: &str = "##- Write your reply above this line -##";

/// What a mail carries.
pub(crate) struct Carried {
    /// Plain.
    pub(crate) text: String,
    /// Safe.
    pub(crate) html: String,
}

/// What variables stand for.
pub(crate) struct Values {
    pub(crate) recipient: String,
    pub(crate) number: i64,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) agent: String,
    pub(crate) brand: String,
    pub(crate) subject: String,
}

impl Values {
    fn of(&self, name: &str) -> String {
        let first = |name: &str| name.split_whitespace().next().unwrap_or(name).to_owned();
        match name {
            "recipient.first_name" => first(&self.recipient),
            "recipient.name" => self.recipient.clone(),
            "ticket.number" => format!("#{}", self.number),
            "ticket.title" => self.title.clone(),
            "ticket.url" => self.url.clone(),
            "agent.name" => self.agent.clone(),
            "agent.first_name" => first(&self.agent),
            "brand.name" => self.brand.clone(),
            "subject" => self.subject.clone(),
            _ => String::new(),
        }
    }

    /// Whether the program made it: it needs no escape.
    fn is_made(name: &str) -> bool {
        matches!(name, "ticket.number" | "ticket.url")
    }
}

/// Subject, text and HTML.
pub(crate) struct Said {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

#[derive(askama::Template)]
#[template(path = "mail/letter.html")]
struct Frame<'a> {
    language: &'a str,
    subject: &'a str,
    above: Option<&'a str>,
    words_html: &'a str,
    foot: &'a [String],
}

/// Puts it together. `foot` stands below, the line that answers stand above on top if `is_answerable`.
pub(crate) fn say(words: &Words, values: &Values, carried: &Carried, language: &str, is_answerable: bool, foot: &[String]) -> Result<Said> {
    let subject = variables::fill_plain(&words.subject, |name| values.of(name));
    let parts = variables::parts(&words.text, "content");
    let text: Vec<String> = parts.iter().map(|part| variables::fill_plain(part, |name| values.of(name))).collect();
    let html: Vec<String> = parts
        .iter()
        .map(|part| variables::fill(part, |name| (values.of(name), Values::is_made(name))))
        .map(|part| if part.trim().is_empty() { String::new() } else { richtext::render(&part, Format::Markdown).into_string() })
        .collect();
    let above = is_answerable.then_some(ABOVE);
    let html = html.join(&carried.html);
    let mut blocks = vec![above.unwrap_or_default().to_owned(), text.join(&carried.text).trim().to_owned()];
    blocks.extend_from_slice(foot);
    blocks.retain(|block| !block.is_empty());
    let frame = Frame { language: if language.is_empty() { "en" } else { language }, subject: &subject, above, words_html: &html, foot };
    let html = frame.render().map_err(|error| Fault::Broken(format!("a mail can't be rendered: {error}")))?;
    Ok(Said { subject, text: blocks.join("\n\n"), html })
}

record! {
    /// The message that a mail carries, and its ticket.
    struct Message {
        number: i64,
        title: String,
        author: String,
        source: String,
        format: String,
        html: String,
        version: i64,
        /// A note, or not out.
        is_kept_back: bool,
    }
}

/// What letters are made of.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) store: std::sync::Arc<Store>,
    pub(crate) tokens: Tokens,
    pub(crate) url: String,
}

impl Desk {
    /// The letter of a mail; none when what it carried is gone, or not for customers.
    pub(crate) async fn letter(&self, conn: &mut Conn, route: &Route, sending: &Sending) -> Result<Option<Letter>> {
        let brand = settings::current(conn).await?.name;
        let words = Words::of(conn, sending.kind, &sending.language).await?;
        let bare = |said: Said, at: Timestamp| Letter {
            from: Named { name: route.name.clone(), address: route.address.clone() },
            to: vec![named(sending)],
            cc: Vec::new(),
            reply_to: None,
            subject: said.subject,
            message_id: sending.header_id.clone(),
            in_reply_to: None,
            references: Vec::new(),
            list_id: None,
            unsubscribe: Some(sending.unsubscribe.clone()).filter(|link| !link.is_empty()),
            automatic: match sending.kind {
                SendKind::System => Some("auto-generated"),
                SendKind::FirstAnswer => Some("auto-replied"),
                SendKind::Reply => sending.is_automatic.then_some("auto-replied"),
            },
            at,
            text: said.text,
            html: said.html,
            files: Vec::new(),
        };
        let (Some(ticket), Some(message)) = (sending.ticket_id, sending.message_id) else {
            let values = Values {
                recipient: sending.name.clone(),
                number: 0,
                title: String::new(),
                url: self.url.clone(),
                agent: String::new(),
                brand,
                subject: sending.subject.clone(),
            };
            let carried = Carried { html: html_of(&sending.text, &self.url), text: sending.text.clone() };
            return Ok(Some(bare(say(&words, &values, &carried, &sending.language, false, &[])?, sending.created_at)));
        };
        let found: Option<Message> = conn
            .first(sql!(
                "SELECT t.number, t.title, m.author_name, m.source, m.format, m.html, m.html_version, (m.is_internal OR m.held_until IS NOT NULL)
                 FROM messages m JOIN tickets t ON t.id = $2 WHERE m.id = $1",
                message,
                ticket
            ))
            .await?;
        let Some(found) = found.filter(|found| !found.is_kept_back) else { return Ok(None) };
        let url = self.address_of(conn, ticket, sending).await?;
        let is_reply = sending.kind == SendKind::Reply;
        let carried = if is_reply { found.carried(&self.url) } else { Carried { text: String::new(), html: String::new() } };
        let files = if is_reply { files::of(conn, tickets::message::MESSAGE, &[message]).await? } else { Vec::new() };
        let go_along = files.iter().map(|file| file.size).sum::<i64>() <= MOST_FILES;
        let mut foot = Vec::new();
        if !files.is_empty() && !go_along {
            let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
            foot.push(format!("Files: {}. They are too large for a mail; get them at {url}", names.join(", ")));
        }
        foot.push(self.tokens.marker(ticket));
        let number = found.number;
        let values = Values { recipient: sending.name.clone(), number, title: found.title, url, agent: found.author, brand, subject: String::new() };
        let mut letter = bare(say(&words, &values, &carried, &sending.language, true, &foot)?, sending.created_at);
        (letter.references, letter.in_reply_to) = thread(conn, ticket, sending).await?;
        let re = if is_reply && letter.in_reply_to.is_some() { "Re: " } else { "" };
        letter.subject = format!("{re}{} {}", subject_mark(number), letter.subject);
        letter.reply_to = Some(self.tokens.address(&route.address, ticket));
        letter.list_id = Some(route.address.replace('@', "."));
        (letter.to, letter.cc) = receivers(conn, sending).await?;
        if go_along {
            letter.files = self.pieces(&files).await?;
        }
        Ok(Some(letter))
    }

    /// Where its receiver sees the ticket: somebody without a password gets a link that opens it.
    async fn address_of(&self, conn: &mut Conn, ticket: TicketId, sending: &Sending) -> Result<String> {
        let guest: Option<PersonId> = conn
            .first(sql!(
                "SELECT p.id FROM tickets t JOIN people p ON p.id = t.requester_id WHERE t.id = $1 AND p.email = $2 AND p.password_hash IS NULL",
                ticket,
                &sending.address
            ))
            .await?;
        if let Some(secret) = guest.and_then(|person| self.tokens.guest(ticket, person))
            && Link::open(conn, Purpose::Guest, &secret).await.is_ok()
        {
            return Ok(format!("{}/r/{secret}", self.url));
        }
        Ok(format!("{}/requests/{ticket}", self.url))
    }

    async fn pieces(&self, files: &[File]) -> Result<Vec<Piece>> {
        let mut pieces = Vec::with_capacity(files.len());
        for file in files {
            pieces.push(Piece { name: file.name.clone(), kind: file.kind.clone(), bytes: file.bytes(&self.store).await? });
        }
        Ok(pieces)
    }
}

impl Message {
    fn carried(&self, url: &str) -> Carried {
        let format = if self.format == "HTML" { Format::Html } else { Format::Markdown };
        let html = if self.version >= richtext::VERSION { SafeHtml::from_stored(self.html.clone()) } else { richtext::render(&self.source, format) };
        let text = if format == Format::Html { html.plain() } else { self.source.clone() };
        // a mail has no site that paths belong to
        let html = html.into_string().replace("href=\"/", &format!("href=\"{url}/")).replace("src=\"/", &format!("src=\"{url}/"));
        Carried { text, html }
    }
}

fn named(sending: &Sending) -> Named {
    Named { name: sending.name.clone(), address: sending.address.clone() }
}

/// Whom the headers name: all who get this message, each by a mail of their own.
async fn receivers(conn: &mut Conn, sending: &Sending) -> Result<(Vec<Named>, Vec<Named>)> {
    let all = match sending.message_id {
        Some(message) if sending.kind == SendKind::Reply => Sending::of_message(conn, message).await?,
        _ => Vec::new(),
    };
    let part = |part: &str| all.iter().filter(|one| one.kind == SendKind::Reply && one.part == part).map(named).collect::<Vec<_>>();
    let (to, cc) = (part("TO"), part("CC"));
    Ok(if to.is_empty() { (vec![named(sending)], cc.into_iter().filter(|one| one.address != sending.address).collect()) } else { (to, cc) })
}

/// The thread that a mail stands in, oldest first, and the mail that it answers.
async fn thread(conn: &mut Conn, ticket: TicketId, sending: &Sending) -> Result<(Vec<String>, Option<String>)> {
    let theirs: Vec<(String, Timestamp)> = conn
        .all(sql!(
            "SELECT header_id, received_at FROM mails WHERE ticket_id = $1 AND header_id IS NOT NULL AND fate IN ('NEW_TICKET', 'JOINED') AND received_at <= $2
             ORDER BY received_at DESC LIMIT $3",
            ticket,
            sending.created_at,
            THREAD
        ))
        .await?;
    let ours: Vec<(String, Timestamp)> = conn
        .all(sql!(
            "SELECT header_id, created_at FROM sendings WHERE ticket_id = $1 AND address = $2 AND id <> $3 AND state = 'SENT' AND created_at <= $4
             ORDER BY created_at DESC LIMIT $5",
            ticket,
            &sending.address,
            sending.id,
            sending.created_at,
            THREAD
        ))
        .await?;
    let answered = theirs.first().or(ours.first()).map(|(id, _)| id.clone());
    let mut all: Vec<(String, Timestamp)> = theirs.into_iter().chain(ours).collect();
    all.sort_by_key(|(_, at)| *at);
    Ok((all.into_iter().map(|(id, _)| id).collect(), answered))
}

/// A plain letter as HTML: its paragraphs, and links to this site alone.
fn html_of(text: &str, url: &str) -> String {
    let home = format!("{url}/");
    let word = |word: &str| {
        let shown = ui::escape(word);
        if word.starts_with(&home) { format!("<a href=\"{shown}\">{shown}</a>") } else { shown }
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    let paragraph = |text: &str| format!("<p>{}</p>", text.lines().map(line).collect::<Vec<_>>().join("<br>"));
    text.trim().split("\n\n").map(paragraph).collect()
}
