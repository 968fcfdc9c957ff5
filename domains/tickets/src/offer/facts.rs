//! Present values of tickets for rules: one statement for all of them, and one for each costly field that is wanted.

use db::{Conn, Query, Timestamp, record};
use futures::future::BoxFuture;
use kernel::{Facts, Result, Thing};
use serde_json::{Value, json};
use std::collections::HashMap;
use uuid::Uuid;

record! {
    /// What one row of `tickets` tells.
    struct Row {
        id: Uuid,
        number: i64,
        title: String,
        status: String,
        custom_status: Option<String>,
        is_active: bool,
        priority: String,
        category: String,
        channel: String,
        requester: String,
        organization_id: Option<Uuid>,
        assignee_id: Option<Uuid>,
        team_id: Option<Uuid>,
        created_at: Timestamp,
        updated_at: Timestamp,
        customer_at: Option<Timestamp>,
        staff_at: Option<Timestamp>,
    }
}

/// See `Offer::things`.
pub(super) fn things<'a>(conn: &'a mut Conn, ids: &'a [Uuid], wanted: &'a [String]) -> BoxFuture<'a, Result<Vec<Thing>>> {
    Box::pin(async move {
        let mut query = Query::with(
            "SELECT t.id, t.number, t.title, t.status, t.custom_status, t.is_active, t.priority, t.category, t.channel, r.email, t.organization_id, t.assignee_id, t.team_id,
                    t.created_at, t.updated_at, t.customer_at, t.staff_at
             FROM tickets t JOIN people r ON r.id = t.requester_id WHERE t.trashed_at IS NULL AND t.spam_at IS NULL AND t.id IN ",
            Vec::new(),
        );
        query.list(ids.iter().copied());
        let rows: Vec<Row> = conn.all(query).await?;
        let mut things: Vec<Thing> = rows.iter().map(|row| thing(row, wanted)).collect();
        for name in wanted {
            match name.as_str() {
                "tags" => put(&mut things, name, &tags(conn, ids).await?),
                "description" => put(&mut things, name, &descriptions(conn, ids).await?),
                "status_since" => put(&mut things, name, &status_since(conn, ids).await?),
                _ => {}
            }
        }
        for (name, values) in super::made::facts(conn, ids, wanted).await? {
            put(&mut things, &name, &values);
        }
        Ok(things)
    })
}

fn thing(row: &Row, wanted: &[String]) -> Thing {
    let mut facts = Facts::new();
    for name in wanted {
        let value = match name.as_str() {
            "status" => json!(row.status),
            "custom_status" => json!(row.custom_status),
            "is_active" => json!(row.is_active),
            "priority" => json!(row.priority),
            "category" => json!(row.category),
            "channel" => json!(row.channel),
            "subject" => json!(row.title),
            "requester" => json!(row.requester),
            "organization" => json!(row.organization_id),
            "assignee" => json!(row.assignee_id),
            "team" => json!(row.team_id),
            // a ticket's status was set when it came in, unless it changed since
            "created" | "status_since" => json!(row.created_at.micros()),
            "updated" => json!(row.updated_at.micros()),
            "customer_at" => json!(row.customer_at.map(Timestamp::micros)),
            "staff_at" => json!(row.staff_at.map(Timestamp::micros)),
            "tags" => json!([]),
            _ => Value::Null,
        };
        facts.insert(name.clone(), value);
    }
    Thing { label: format!("#{} {}", row.number, row.title), href: format!("/desk/tickets/{}", row.id), id: row.id, facts }
}

fn put(things: &mut [Thing], name: &str, values: &HashMap<Uuid, Value>) {
    for thing in things {
        if let Some(value) = values.get(&thing.id) {
            thing.facts.insert(name.to_owned(), value.clone());
        }
    }
}

async fn tags(conn: &mut Conn, ids: &[Uuid]) -> Result<HashMap<Uuid, Value>> {
    let mut query = Query::with("SELECT ticket_id, tag FROM ticket_tags WHERE ticket_id IN ", Vec::new());
    query.list(ids.iter().copied()).push(" ORDER BY tag");
    let mut found: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (ticket, tag) in conn.all::<(Uuid, String)>(query).await? {
        found.entry(ticket).or_default().push(tag);
    }
    Ok(found.into_iter().map(|(ticket, tags)| (ticket, json!(tags))).collect())
}

async fn descriptions(conn: &mut Conn, ids: &[Uuid]) -> Result<HashMap<Uuid, Value>> {
    let mut query = Query::with("SELECT t.id, m.source FROM tickets t JOIN messages m ON m.id = t.first_message_id WHERE t.id IN ", Vec::new());
    query.list(ids.iter().copied());
    Ok(conn.all::<(Uuid, String)>(query).await?.into_iter().map(|(ticket, text)| (ticket, json!(text))).collect())
}

async fn status_since(conn: &mut Conn, ids: &[Uuid]) -> Result<HashMap<Uuid, Value>> {
    let mut query = Query::with("SELECT subject_id, MAX(at) FROM events WHERE kind = 'ticket.status_changed' AND subject_id IN ", Vec::new());
    query.list(ids.iter().copied()).push(" GROUP BY subject_id");
    Ok(conn.all::<(Uuid, i64)>(query).await?.into_iter().map(|(ticket, at)| (ticket, json!(at))).collect())
}
