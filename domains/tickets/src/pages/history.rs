//! Every change of a ticket, newest first, a page at a time, of one kind if wanted.

use super::{place::href, sidebar::sidebar};
use crate::{Ticket, api::id, history, policy::Action, views};
use db::journal::{self, Wanted};
use web::{Answer, Asked, Cursor, Fields, Form, Path, Visit};

/// Changes of a page.
const SHOWN: i64 = 50;

pub(super) struct Narrow {
    kind: Option<String>,
    cursor: Option<String>,
}

impl Form for Narrow {
    fn read(fields: &mut Fields) -> Self {
        Self { kind: fields.optional_text("kind", 60), cursor: fields.optional_text("cursor", 300) }
    }
}

/// `GET /desk/tickets/{id}/history`: staff who may see it.
pub(super) async fn history(visit: Visit, Path(ticket): Path<String>, Asked(narrow): Asked<Narrow>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Note).await?;
    let path = format!("/desk/tickets/{}/history", ticket.id);
    let before = narrow.cursor.as_deref().map(|cursor| Cursor::decode(cursor, history::SORT)).transpose()?.map(|cursor| cursor.value);
    let wanted = Wanted { before, newest_first: true, kinds: narrow.kind.clone().into_iter().collect(), ..Wanted::default() };
    let mut events = history::page(&mut conn, actor, &ticket, wanted, SHOWN + 1).await?;
    let next = history::next(&mut events, SHOWN, &ticket);
    let kind = narrow.kind.unwrap_or_default();
    let mut kinds = vec![views::Choice { value: String::new(), label: "All changes".to_owned(), selected: kind.is_empty() }];
    let known = journal::kinds(&mut conn, ticket.id.uuid()).await?;
    kinds.extend(known.into_iter().map(|word| views::Choice { selected: word == kind, label: history::what(&word), value: word }));
    kinds[1..].sort_by(|one, other| one.label.cmp(&other.label));
    let mut page = visit.page(format!("History of #{}", ticket.number));
    page.live = vec![format!("ticket:{}", ticket.id)];
    web::html(&views::History {
        page,
        sidebar: sidebar(&mut conn, actor, None, None).await?,
        number: format!("#{}", ticket.number),
        title: ticket.title,
        href: format!("/desk/tickets/{}", ticket.id),
        changes: events.iter().map(history::change).collect(),
        kinds,
        is_narrowed: !kind.is_empty(),
        pager: views::Pager {
            previous: narrow.cursor.map(|_| href(&path, &[("kind", &kind)])),
            next: next.map(|next| href(&path, &[("kind", &kind), ("cursor", &next)])),
        },
    })
}
