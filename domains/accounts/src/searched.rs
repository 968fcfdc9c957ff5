//! What can be found of people and organizations, by staff alone.

use db::{Conn, Event, Query, Timestamp, record, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Document, OrganizationId, PersonId, Result, Role, Scope, Searchable, ShownHit};
use uuid::Uuid;

/// People, for the roof.
pub const PEOPLE: Searchable = Searchable {
    kind: "person",
    many: "People",
    icon: "i-user",
    touched: |line| of_kind(line, "person"),
    documents: people,
    walk: |conn, after, limit| Box::pin(walk(conn, sql!("SELECT id FROM people WHERE id > $1 ORDER BY id", after.unwrap_or_default()), limit)),
    at: |_, _| Box::pin(async { Ok(None) }),
    audience,
    shown: people_shown,
};

/// Organizations, for the roof.
pub const ORGANIZATIONS: Searchable = Searchable {
    kind: "organization",
    many: "Organizations",
    icon: "i-building-2",
    touched: |line| of_kind(line, "organization"),
    documents: organizations,
    walk: |conn, after, limit| Box::pin(walk(conn, sql!("SELECT id FROM organizations WHERE id > $1 ORDER BY id", after.unwrap_or_default()), limit)),
    at: |_, _| Box::pin(async { Ok(None) }),
    audience,
    shown: organizations_shown,
};

fn of_kind(line: &Event, kind: &str) -> Option<Uuid> {
    (line.subject_kind == kind).then_some(line.subject_id)
}

fn audience(actor: &Actor) -> Vec<String> {
    if actor.is_staff() && actor.has_scope(Scope::PeopleRead) { vec!["people".to_owned()] } else { Vec::new() }
}

async fn walk(conn: &mut Conn, mut query: Query, limit: i64) -> Result<Vec<Uuid>> {
    query.limit(limit);
    Ok(conn.all(query).await?)
}

fn document(thing: Uuid, title: String, at: Timestamp) -> Document {
    Document {
        thing,
        part: "card",
        file: None,
        audience: vec!["people".to_owned()],
        title,
        heads: String::new(),
        body: String::new(),
        codes: Vec::new(),
        // a name is in no language
        language: Some("und".to_owned()),
        facets: Vec::new(),
        staff_facets: Vec::new(),
        at,
        votes: (0, 0),
    }
}

record! {
    struct Card {
        id: PersonId,
        name: String,
        email: String,
        role: Role,
        organization: Option<String>,
        created_at: Timestamp,
    }
}

async fn cards(conn: &mut Conn, ids: impl Iterator<Item = Uuid>) -> Result<Vec<Card>> {
    let mut query =
        sql!("SELECT p.id, p.name, p.email, p.role, o.name, p.created_at FROM people p LEFT JOIN organizations o ON o.id = p.organization_id WHERE 1 = 1");
    query.push(" AND p.id IN ").list(ids);
    Ok(conn.all(query).await?)
}

fn people<'a>(conn: &'a mut Conn, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<Document>>> {
    Box::pin(async move {
        let cards = cards(conn, ids.iter().copied()).await?.into_iter();
        Ok(cards
            .map(|card| Document {
                heads: card.email.clone(),
                codes: vec![card.email],
                staff_facets: vec![format!("is:{}", card.role.word().to_lowercase())],
                ..document(card.id.uuid(), card.name, card.created_at)
            })
            .collect())
    })
}

fn organizations<'a>(conn: &'a mut Conn, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<Document>>> {
    Box::pin(async move {
        let mut query = sql!("SELECT id, name, created_at FROM organizations WHERE 1 = 1");
        query.push(" AND id IN ").list(ids.iter().copied());
        let mut domains = sql!("SELECT organization_id, domain FROM organization_domains WHERE 1 = 1");
        domains.push(" AND organization_id IN ").list(ids.iter().copied()).push(" ORDER BY domain");
        let rows: Vec<(OrganizationId, String, Timestamp)> = conn.all(query).await?;
        let domains: Vec<(OrganizationId, String)> = conn.all(domains).await?;
        Ok(rows
            .into_iter()
            .map(|(id, name, at)| {
                let own: Vec<String> = domains.iter().filter(|(of, _)| *of == id).map(|(_, domain)| domain.clone()).collect();
                Document { heads: own.join("\n"), codes: own, ..document(id.uuid(), name, at) }
            })
            .collect())
    })
}

fn may_look(actor: &Actor) -> bool {
    !audience(actor).is_empty()
}

fn people_shown<'a>(conn: &'a mut Conn, actor: &'a Actor, found: kernel::Found<'a>) -> BoxFuture<'a, Result<Vec<ShownHit>>> {
    Box::pin(async move {
        if !may_look(actor) || found.is_empty() {
            return Ok(Vec::new());
        }
        let cards = cards(conn, found.iter().map(|(id, _)| *id)).await?.into_iter();
        Ok(cards
            .map(|card| ShownHit {
                id: card.id.uuid(),
                external_id: None,
                title: card.name,
                href: format!("/desk?view=all&requester={}", card.id),
                facts: std::iter::once(card.role.label().to_owned()).chain([card.email]).chain(card.organization).collect(),
            })
            .collect())
    })
}

fn organizations_shown<'a>(conn: &'a mut Conn, actor: &'a Actor, found: kernel::Found<'a>) -> BoxFuture<'a, Result<Vec<ShownHit>>> {
    Box::pin(async move {
        if !may_look(actor) || found.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = sql!("SELECT o.id, o.name, (SELECT COUNT(*) FROM people p WHERE p.organization_id = o.id) FROM organizations o WHERE 1 = 1");
        query.push(" AND o.id IN ").list(found.iter().map(|(id, _)| *id));
        let rows: Vec<(OrganizationId, String, i64)> = conn.all(query).await?;
        Ok(rows
            .into_iter()
            .map(|(id, name, members)| ShownHit {
                id: id.uuid(),
                external_id: None,
                title: name,
                href: format!("/desk?view=all&organization={id}"),
                facts: vec![if members == 1 { "1 person".to_owned() } else { format!("{members} people") }],
            })
            .collect())
    })
}
