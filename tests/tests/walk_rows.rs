//! Small things that the walk needs.

use crate::{client::Visitor, walk::PIXEL, world::World};
use db::{Tx, sql};
use serde_json::json;
use uuid::Uuid;

/// A field and a status that admins made, as new in each line.
pub async fn made_by_admins(tx: &mut Tx) {
    tx.run(sql!(
        "INSERT INTO custom_fields (key, label, help, kind, audience, options, is_needed_at_first, is_needed_to_solve, position, version)
         VALUES ('walk', 'Walk', '', 'TEXT', 'EVERYONE', '[]', FALSE, FALSE, 1, 1)
         ON CONFLICT (key) DO UPDATE SET version = 1, archived_at = NULL"
    ))
    .await
    .unwrap();
    tx.run(sql!(
        "INSERT INTO custom_statuses (key, name, customer_name, status, position, version) VALUES ('walk', 'Walk', '', 'OPEN', 1, 1)
         ON CONFLICT (key) DO UPDATE SET version = 1, archived_at = NULL"
    ))
    .await
    .unwrap();
}

/// A job that failed for good.
pub async fn job(tx: &mut Tx) -> Uuid {
    let job = Uuid::now_v7();
    tx.run(sql!("INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at) VALUES ($1, 'walk', '{}', 'dead', 0, 12, 0)", job)).await.unwrap();
    job
}

/// A rule that listens to what never happens here: switched on by one line, it must not change the tickets of the next.
pub async fn rule(tx: &mut Tx) -> Uuid {
    let rule = Uuid::now_v7();
    tx.run(sql!(
        "INSERT INTO rules (id, number, kind, name, place, is_on, stops, definition, since, fired, version)
         SELECT $1, COALESCE(MAX(number), 0) + 1, 'ticket', 'Walk', 1, FALSE, FALSE, '{\"when\":[\"ticket.woke\"],\"then\":[{\"do\":\"set_priority\",\"with\":\"LOW\"}]}', 0, 0, 1 FROM rules",
        rule
    ))
    .await
    .unwrap();
    rule
}

/// A macro of a team.
pub async fn a_macro(sue: &Visitor, name: &str, team: kernel::TeamId) -> String {
    let macros = json!({ "name": name, "status": "PENDING", "audience": "TEAM", "audienceTeamId": team });
    sue.post("/api/support/macros", &macros).await.is(201).id()
}

/// Work on many tickets that is done.
pub async fn bulk(ana: &Visitor, ticket: &str) -> String {
    let bulk = ana.post("/api/support/bulk", &json!({ "tickets": [ticket], "status": "IN_PROGRESS" })).await.is(202).id();
    crate::bulk::ended(ana, &bulk, "DONE").await;
    bulk
}

/// The file of a note.
pub async fn file_of_a_note(world: &World, ana: &Visitor, ticket: &str) -> files::File {
    let key = ana.uploads("pixel.png", PIXEL).await;
    let note = json!({ "content": "n", "internal": true, "fileId": [key] });
    let note = ana.post(&format!("/api/support/tickets/{ticket}/messages"), &note).await.is(201).id();
    files::of(&mut world.read().await, "message", &[note.parse().unwrap()]).await.unwrap().remove(0)
}

/// A reply that waits.
pub async fn scheduled(ana: &Visitor, ticket: &str, send_at: &str) -> String {
    ana.post(&format!("/api/support/tickets/{ticket}/scheduled"), &json!({ "sendAt": send_at, "status": "PENDING" })).await.is(201).id()
}

/// A saved view of Ana's own.
pub async fn view(ana: &Visitor) -> String {
    let place = ana.form("/desk/views", &[("name", "Walk"), ("query", "view=mine")]).await.is(303).header("location").to_owned();
    place.rsplit("saved=").next().unwrap().replace("%2D", "-")
}

/// A step and time beside a ticket, and a template.
#[derive(Clone)]
pub struct Work {
    pub item: String,
    pub entry: String,
    pub template: Uuid,
}

impl Work {
    pub async fn set(world: &World, ana: &Visitor, sue: &Visitor, ticket: &str, name: &str) -> Self {
        let steps = ana.post(&format!("/api/support/tickets/{ticket}/checklist"), &json!({ "text": "Walk" })).await.is(201).ids();
        let entry = ana.post(&format!("/api/support/tickets/{ticket}/time"), &json!({ "seconds": 60 })).await.is(201).id();
        sue.form("/desk/checklists", &[("name", name), ("steps", "One")]).await.is(303);
        let template = world.read().await.one(sql!("SELECT id FROM checklist_templates WHERE name = $1", name)).await.unwrap();
        Self { item: steps[0].clone(), entry, template }
    }
}
