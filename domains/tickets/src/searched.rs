//! What can be found of tickets, and by whom: what is public by whoever sees the ticket, notes and what is still held by
//! staff alone. The trash is found by nobody.

use crate::{Priority, Status, TicketId, batch, policy::Action};
use db::{Conn, Event, Id, Timestamp, record, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Document, FileRef, OrganizationId, PersonId, Result, Scope, Searchable, ShownHit, TeamId, Who};
use std::collections::HashMap;
use uuid::Uuid;

/// For the roof.
pub const SEARCHABLE: Searchable =
    Searchable { kind: "ticket", many: "Tickets", icon: "i-ticket", touched, documents, walk, at: |_, _| Box::pin(async { Ok(None) }), audience, shown };

/// Subject and public messages.
const PUBLIC: &str = "public";
/// Internal notes, and replies that did not go out yet.
const NOTES: &str = "notes";
/// The most characters of a thread that can be found, the newest messages first.
const LONGEST: usize = 200_000;

fn touched(line: &Event) -> Option<Uuid> {
    (line.subject_kind == "ticket").then_some(line.subject_id)
}

record! {
    struct Row {
        id: TicketId,
        number: i64,
        title: String,
        status: Status,
        custom_status: Option<String>,
        priority: Priority,
        requester: PersonId,
        organization: Option<OrganizationId>,
        assignee: Option<PersonId>,
        team: Option<TeamId>,
        updated_at: Timestamp,
        public_at: Timestamp,
    }
}

record! {
    struct Said {
        id: Uuid,
        ticket: TicketId,
        is_for_staff: bool,
        html: String,
    }
}

/// What one side of a ticket says.
#[derive(Default)]
struct Side {
    text: String,
    files: Vec<FileRef>,
}

fn documents<'a>(conn: &'a mut Conn, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<Document>>> {
    Box::pin(async move {
        let mut query = sql!(
            "SELECT id, number, title, status, custom_status, priority, requester_id, organization_id, assignee_id, team_id, updated_at,
                    COALESCE(public_at, created_at) FROM tickets WHERE trashed_at IS NULL"
        );
        query.push(" AND id IN ").list(ids.iter().copied()).push(" ORDER BY id");
        let rows: Vec<Row> = conn.all(query).await?;
        let tickets: Vec<TicketId> = rows.iter().map(|row| row.id).collect();
        if tickets.is_empty() {
            return Ok(Vec::new());
        }
        let mut sides = sides(conn, &tickets).await?;
        let mut tags = batch::tags(conn, &tickets).await?;
        let mut query = sql!("SELECT ticket_id, person_id FROM ticket_people WHERE 1 = 1");
        query.push(" AND ticket_id IN ").list(tickets.iter().copied()).push(" ORDER BY ticket_id, person_id");
        let mut people: HashMap<TicketId, Vec<PersonId>> = HashMap::new();
        for (ticket, person) in conn.all::<(TicketId, PersonId)>(query).await? {
            people.entry(ticket).or_default().push(person);
        }
        let mut documents = Vec::new();
        for row in rows {
            let whole = Whole {
                people: people.remove(&row.id).unwrap_or_default(),
                tags: tags.remove(&row.id).unwrap_or_default(),
                public: sides.remove(&(row.id, false)).unwrap_or_default(),
                notes: sides.remove(&(row.id, true)).unwrap_or_default(),
                row,
            };
            documents.extend(whole.documents());
        }
        Ok(documents)
    })
}

async fn sides(conn: &mut Conn, tickets: &[TicketId]) -> Result<HashMap<(TicketId, bool), Side>> {
    let mut query = sql!("SELECT id, ticket_id, is_internal OR held_until IS NOT NULL, html FROM messages WHERE 1 = 1");
    query.push(" AND ticket_id IN ").list(tickets.iter().copied()).push(" ORDER BY ticket_id, created_at DESC, id DESC");
    let said: Vec<Said> = conn.all(query).await?;
    let messages: Vec<Uuid> = said.iter().map(|said| said.id).collect();
    let mut files: HashMap<Uuid, Vec<FileRef>> = HashMap::new();
    for file in files::of(conn, crate::message::MESSAGE, &messages).await? {
        if let Some(message) = file.subject_id {
            files.entry(message).or_default().push(FileRef { id: file.id.uuid(), name: file.name });
        }
    }
    let mut sides: HashMap<(TicketId, bool), Side> = HashMap::new();
    for said in said {
        let side = sides.entry((said.ticket, said.is_for_staff)).or_default();
        side.files.extend(files.remove(&said.id).unwrap_or_default());
        if side.text.len() < LONGEST {
            side.text.push_str(&richtext::SafeHtml::from_stored(said.html).plain());
            side.text.push('\n');
        }
    }
    Ok(sides)
}

/// A ticket with all that is found of it.
struct Whole {
    row: Row,
    people: Vec<PersonId>,
    tags: Vec<String>,
    public: Side,
    notes: Side,
}

impl Whole {
    fn documents(mut self) -> Vec<Document> {
        let (public, notes) = (std::mem::take(&mut self.public), std::mem::take(&mut self.notes));
        let title = self.row.title.clone();
        let mut documents = vec![Document {
            heads: self.row.number.to_string(),
            codes: vec![self.row.number.to_string()],
            ..self.document(PUBLIC, false, title, public.text, None)
        }];
        documents.extend(public.files.into_iter().map(|file| self.document(PUBLIC, false, file.name.clone(), String::new(), Some(file))));
        if !notes.text.trim().is_empty() {
            documents.push(self.document(NOTES, true, String::new(), notes.text, None));
        }
        documents.extend(notes.files.into_iter().map(|file| self.document(NOTES, true, file.name.clone(), String::new(), Some(file))));
        documents
    }

    fn document(&self, part: &'static str, is_for_staff: bool, title: String, body: String, file: Option<FileRef>) -> Document {
        Document {
            thing: self.row.id.uuid(),
            part,
            file,
            audience: self.may_find(is_for_staff),
            title,
            heads: String::new(),
            body,
            codes: Vec::new(),
            language: None,
            facets: self.row.status_facets(),
            staff_facets: self.staff_facets(),
            // customers must not learn when a note was written
            at: if is_for_staff { self.row.updated_at } else { self.row.public_at },
            votes: (0, 0),
        }
    }

    /// The same as `policy::visible_to`, as terms; those for staff alone begin with `staff-`.
    fn may_find(&self, is_for_staff: bool) -> Vec<String> {
        let row = &self.row;
        let mut terms = vec!["desk".to_owned(), row.team.map_or_else(|| "desk-team:none".to_owned(), |team| format!("desk-team:{team}"))];
        terms.extend(row.assignee.map(|person| format!("desk-own:{person}")));
        terms.extend(self.people.iter().map(|person| format!("desk-heard:{person}")));
        if !is_for_staff {
            terms.push(format!("guest:{}", row.id));
            terms.extend(self.people.iter().map(|person| format!("heard:{person}")));
            terms.extend(row.organization.map(|one| format!("shared:{one}")));
        }
        terms
    }

    fn staff_facets(&self) -> Vec<String> {
        let row = &self.row;
        let tags = self.tags.iter().map(|tag| format!("tag:{}", tag.to_lowercase()));
        let assignee = row.assignee.map_or_else(|| "assignee:none".to_owned(), |person| format!("assignee:{person}"));
        let team = row.team.map_or_else(|| "team:none".to_owned(), |team| format!("team:{team}"));
        let custom = row.custom_status.iter().map(|key| format!("status:{}", key.to_lowercase()));
        tags.chain([assignee, team, format!("from:{}", row.requester), format!("priority:{}", row.priority.word().to_lowercase())]).chain(custom).collect()
    }
}

impl Row {
    fn status_facets(&self) -> Vec<String> {
        let word = self.status.word().to_lowercase();
        let other = match self.status {
            Status::Resolved => Some("solved"),
            Status::OnHold => Some("hold"),
            _ => None,
        };
        std::iter::once(word.as_str()).chain(other).map(|word| format!("status:{word}")).collect()
    }
}

fn audience(actor: &Actor) -> Vec<String> {
    if !actor.has_scope(Scope::TicketsRead) {
        return Vec::new();
    }
    if actor.is_supervisor() {
        return vec!["desk".to_owned()];
    }
    if actor.is_staff() {
        let mut terms = vec!["desk-team:none".to_owned()];
        terms.extend(actor.teams.iter().map(|team| format!("desk-team:{team}")));
        terms.extend(actor.person.iter().flat_map(|person| [format!("desk-own:{person}"), format!("desk-heard:{person}")]));
        return terms;
    }
    match actor.who {
        Who::Guest(ticket) => vec![format!("guest:{ticket}")],
        Who::Session | Who::Token(_) => {
            let mut terms: Vec<String> = actor.person.iter().map(|person| format!("heard:{person}")).collect();
            terms.extend(actor.organization.filter(|_| actor.shares_requests).map(|one| format!("shared:{one}")));
            terms
        }
        Who::Stranger | Who::System => Vec::new(),
    }
}

fn walk(conn: &mut Conn, after: Option<Uuid>, limit: i64) -> BoxFuture<'_, Result<Vec<Uuid>>> {
    Box::pin(async move {
        let mut query = sql!("SELECT id FROM tickets WHERE id > $1 ORDER BY id", after.unwrap_or_default());
        query.limit(limit);
        Ok(conn.all(query).await?)
    })
}

fn shown<'a>(conn: &'a mut Conn, actor: &'a Actor, found: kernel::Found<'a>) -> BoxFuture<'a, Result<Vec<ShownHit>>> {
    Box::pin(async move {
        if found.is_empty() || !actor.has_scope(Scope::TicketsRead) {
            return Ok(Vec::new());
        }
        let ids: Vec<TicketId> = found.iter().map(|(id, _)| Id::from(*id)).collect();
        let notes: Vec<Uuid> = found.iter().filter(|(_, part)| part.starts_with(NOTES)).map(|(id, _)| *id).collect();
        let held = batch::held(conn, actor, &ids).await?;
        let place = if actor.is_staff() { "/desk/tickets" } else { "/requests" };
        Ok(held
            .into_values()
            .filter(|held| held.ticket.trashed_at.is_none())
            .filter(|held| held.may(actor, if notes.contains(&held.ticket.id.uuid()) { Action::Note } else { Action::See }))
            .map(|held| {
                let ticket = held.ticket;
                let status = if actor.is_staff() { ticket.status_for_agents().label } else { ticket.status_for_customers().label };
                ShownHit {
                    id: ticket.id.uuid(),
                    external_id: None,
                    href: format!("{place}/{}", ticket.id),
                    facts: vec![format!("#{}", ticket.number), status.into_owned()]
                        .into_iter()
                        .chain(actor.is_staff().then(|| ticket.requester_name.clone()))
                        .collect(),
                    title: ticket.title,
                }
            })
            .collect())
    })
}
