//! `/admin/mail`: every mail that came, the newest first, by fate and mailbox.

use super::staff;
use crate::{Arrival, ArrivalId, Fate, Mailbox, MailboxId, Search, policy};
use askama::Template;
use db::Id;
use std::collections::HashMap;
use web::{Answer, Asked, Fields, Form, Visit};

/// Mails of one page.
const SHOWN: i64 = 50;

pub(super) struct Wanted {
    fate: Option<Fate>,
    mailbox: Option<MailboxId>,
    before: Option<Id<Arrival>>,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self { fate: fields.word("fate", Fate::WORDS), mailbox: fields.id("mailbox"), before: fields.id("before") }
    }
}

struct Tab {
    label: &'static str,
    href: String,
    is_current: bool,
    is_held: bool,
}

#[derive(Template)]
#[template(path = "mail/list.html")]
struct Mails {
    page: ui::Page,
    mails: Vec<Arrival>,
    mailboxes: Vec<Mailbox>,
    names: HashMap<MailboxId, String>,
    fate: Option<Fate>,
    mailbox: Option<MailboxId>,
    held: i64,
    next: Option<ArrivalId>,
}

impl Mails {
    /// The address of this list with another fate.
    fn with(&self, fate: Option<Fate>) -> String {
        let parts = [fate.map(|fate| format!("fate={fate}")), self.mailbox.map(|mailbox| format!("mailbox={mailbox}"))];
        let query: Vec<String> = parts.into_iter().flatten().collect();
        if query.is_empty() { "/admin/mail".to_owned() } else { format!("/admin/mail?{}", query.join("&")) }
    }

    /// The address of the page after this one.
    fn onward(&self, next: &ArrivalId) -> String {
        let here = self.with(self.fate);
        format!("{here}{}before={next}", if here.contains('?') { '&' } else { '?' })
    }

    /// The ways to narrow it by fate.
    fn tabs(&self) -> Vec<Tab> {
        let tab = |fate: Option<Fate>| Tab {
            label: fate.map_or("All", Fate::label),
            href: self.with(fate),
            is_current: self.fate == fate,
            is_held: fate == Some(Fate::Held),
        };
        std::iter::once(None).chain(Fate::ALL.iter().copied().map(Some)).map(tab).collect()
    }

    fn is_mailbox(&self, mailbox: &Mailbox) -> bool {
        self.mailbox == Some(mailbox.id)
    }

    fn mailbox_of(&self, mail: &Arrival) -> &str {
        mail.mailbox_id.and_then(|id| self.names.get(&id)).map_or("", String::as_str)
    }
}

/// `GET /admin/mail?fate=&mailbox=&before=`: supervisors.
pub(super) async fn look(visit: Visit, Asked(wanted): Asked<Wanted>) -> Answer {
    policy::list(staff(&visit)?)?;
    let mut conn = visit.app.db.read().await?;
    let mut mails = Arrival::find(&mut conn, &Search { fate: wanted.fate, mailbox: wanted.mailbox, before: wanted.before, limit: SHOWN + 1 }).await?;
    let shown = usize::try_from(SHOWN).unwrap_or(50);
    let more = mails.len() > shown;
    mails.truncate(shown);
    let mailboxes = Mailbox::all(&mut conn).await?;
    let page = visit.page("Mail that came").listening(["mail".to_owned()]);
    web::html(&Mails {
        page,
        next: mails.last().filter(|_| more).map(|last| last.id),
        names: mailboxes.iter().map(|mailbox| (mailbox.id, mailbox.address.clone())).collect(),
        held: Arrival::held(&mut conn).await?,
        fate: wanted.fate,
        mailbox: wanted.mailbox,
        mails,
        mailboxes,
    })
}
