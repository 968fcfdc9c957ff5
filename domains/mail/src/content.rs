//! What a mail is in the thread: the sender's own words, as Markdown that says no more than they did.

use crate::{
    Fate, Trust,
    command::Commands,
    judge::{Act, Judgement, Reading},
    sender::clean,
    token,
};
use std::fmt::Write as _;
use tickets::{Body, message::LENGTH};

/// What stands in the thread, before it is rendered.
#[derive(Debug, Default)]
pub(crate) struct Content {
    title: String,
    text: String,
    /// What an agent wrote above a mail that they passed on: a note.
    comment: Option<String>,
    commands: Commands,
}

/// The same, rendered.
pub(crate) struct Rendered {
    pub(crate) title: String,
    pub(crate) body: Body,
    pub(crate) comment: Option<Body>,
    pub(crate) commands: Commands,
}

impl Content {
    /// Takes time for long ones.
    pub(crate) fn render(self, refused: &[String]) -> Rendered {
        let mut text = self.text;
        if !refused.is_empty() {
            let names: Vec<String> = refused.iter().take(20).map(|name| code(name)).collect();
            // writing to a String can't fail
            let _ = write!(text, "\n\n*Not taken: {}. The whole mail has them.*", names.join(", "));
        }
        Rendered { title: self.title, body: Body::markdown(text), comment: self.comment.map(Body::markdown), commands: self.commands }
    }

    /// The sender's own words, with what it quotes where there is no thread yet that has it.
    pub(crate) fn of(judged: &Judgement, read: &Reading) -> Self {
        let mail = &read.mail;
        let own = if mail.reply.trim().is_empty() { mail.text.trim() } else { mail.reply.trim() };
        if let (Some(_), Some(forwarded)) = (&judged.passed_on_for, &read.forwarded) {
            let subject = if forwarded.subject.is_empty() { &mail.subject } else { &forwarded.subject };
            let comment = (!mail.reply.trim().is_empty() && !own.contains(forwarded.text.trim())).then(|| bounded(own.to_owned()));
            return Self { title: title(subject), text: bounded(or_nothing(forwarded.text.trim(), mail)), comment, commands: Commands::default() };
        }
        let by_agent = judged.trust == Trust::Agent && matches!(judged.act, Act::Join(_));
        let (commands, own) = if by_agent { Commands::of(own) } else { (Commands::default(), own.to_owned()) };
        let mut text = own;
        if judged.act == Act::Open && !mail.quoted.trim().is_empty() && !mail.reply.trim().is_empty() {
            let quoted: Vec<String> = mail.quoted.trim().lines().map(|line| format!("> {}", line.trim_start_matches(['>', ' ']))).collect();
            text = format!("{text}\n\n{}", quoted.join("\n"));
        }
        if let Some(event) = &mail.invitation {
            text = [invitation(event), text].join("\n\n");
        }
        // an agent's commands may be all that there is
        if commands == Commands::default() {
            text = or_nothing(&text, mail);
        }
        if let Act::Note(_) = judged.act {
            let who = code(&judged.sender.shown());
            let head = match judged.fate {
                Fate::Automatic => format!("**An automatic mail** of {who}:"),
                _ => format!("**Not shown to the customer.** {} It was written by {who}:", judged.reason_for_note()),
            };
            text = format!("{head}\n\n{text}");
        }
        Self { title: title(&mail.subject), text: bounded(text), comment: None, commands }
    }
}

/// What it invites to, as one line of Markdown.
fn invitation(event: &mime::Invitation) -> String {
    let what = if event.method == "CANCEL" { "Invitation taken back" } else { "Invitation" };
    let until = if event.ends.is_empty() { String::new() } else { format!(" to {}", event.ends) };
    let facts = [&event.summary, &format!("{}{until}", event.starts), &event.place];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).map(|fact| code(fact)).collect();
    format!("**{what}:** {}", facts.join(", "))
}

fn or_nothing(text: &str, mail: &mime::Mail) -> String {
    let is_closed =
        |protection: &mime::Protection| protection.is_closed() && (text.trim().is_empty() || text.trim_start().starts_with("-----BEGIN PGP MESSAGE-----"));
    if let Some(closed) = mail.protection.filter(is_closed) {
        return format!("*The mail is {}: it can't be read here. The whole of it is kept.*", closed.label());
    }
    match (text.trim().is_empty(), mail.attachments.is_empty()) {
        (false, _) => text.to_owned(),
        (true, true) => "*The mail has no text.*".to_owned(),
        (true, false) => "*The mail has no text, only files.*".to_owned(),
    }
}

fn bounded(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LENGTH - 4_000) {
        text.truncate(end);
        text.push_str("\n\n*The mail is longer; the whole of it is kept.*");
    }
    text
}

impl Judgement {
    /// Why, without what the sender made up.
    fn reason_for_note(&self) -> &'static str {
        match self.trust {
            Trust::Failed => "It could not be proven who wrote this.",
            _ => "The sender does not take part in this request.",
        }
    }
}

/// Foreign words within Markdown, as they are.
fn code(text: &str) -> String {
    format!("`{}`", clean(text).replace('`', "'"))
}

/// Its subject without our marks; never empty.
fn title(subject: &str) -> String {
    let title: String = clean(&token::without_mark(subject));
    if title.is_empty() { "(no subject)".to_owned() } else { title }
}
