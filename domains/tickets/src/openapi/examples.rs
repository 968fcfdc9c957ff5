//! What requests and answers look like. Answers are made of the types that handlers answer, so they can't drift.

pub(crate) mod links;

use crate::{
    Category, Channel, Priority, Status,
    json::{AttachmentJson, EventJson, MessageJson, TicketJson, UserJson},
};
use db::{Id, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// 2026-11-22T09:30:00Z, when the request of all examples came in.
const CAME_IN: i64 = 1_795_339_800;
const TICKET: Uuid = Uuid::from_u128(0x019a_90c2_7d1e_7b7f_9a53_0c1b_6f1f_3f10);
const FIRST: Uuid = Uuid::from_u128(0x019a_90c2_7d1e_7c01_b2aa_51f3_0d84_2e77);
const NOTE: Uuid = Uuid::from_u128(0x019a_90c9_4410_7d52_a1c6_7b2f_1f0e_9d31);
const FILE: Uuid = Uuid::from_u128(0x019a_90c2_5b03_7e0a_8c9d_44d1_6a2b_0c18);
const MAYA: Uuid = Uuid::from_u128(0x019a_8d11_2f6b_7a44_9e02_6d0c_51b7_e9a2);
const NOOR: Uuid = Uuid::from_u128(0x019a_8c07_90aa_7b13_8d5f_0f3e_a4c6_77d1);
const PLATFORM: Uuid = Uuid::from_u128(0x019a_8c07_1c5e_7f20_bb61_2e9a_80d4_13c5);
const TEXT: &str = "Since this morning every evaluation run stops at **98%**. The trace is attached.";
const WORDS: &str = "The last shard waits for a worker that is gone. Restarting the pool now.";

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_seconds(CAME_IN + 60 * minutes)
}

fn maya() -> UserJson {
    UserJson { id: Some(MAYA.into()), name: "Maya Okafor".to_owned(), email: Some("maya@northwind.example".to_owned()) }
}

fn noor() -> UserJson {
    UserJson { id: Some(NOOR.into()), name: "Noor Saleh".to_owned(), email: Some("noor@promptcraft.example".to_owned()) }
}

/// As it stands in a list.
fn ticket() -> TicketJson {
    TicketJson {
        id: TICKET.into(),
        number: 1042,
        title: "Evaluation run stuck at 98%".to_owned(),
        description: TEXT.to_owned(),
        status: Status::Open,
        status_label: Status::Open.label().to_owned(),
        custom_status: None,
        priority: Priority::High,
        category: Category::Bug,
        channel: Channel::Api,
        created_at: at(0),
        updated_at: at(0),
        first_reply_at: None,
        resolved_at: None,
        user_id: MAYA.into(),
        assigned_to: None,
        user: maya(),
        assignee: None,
        team_id: Some(PLATFORM.into()),
        follows_id: None,
        tags: None,
        custom_fields: None,
        version: 1,
        messages: None,
        attachments: None,
    }
}

fn values() -> serde_json::Map<String, Value> {
    serde_json::Map::from_iter([("plan".to_owned(), json!("Business")), ("seats".to_owned(), json!(40)), ("renewal".to_owned(), Value::Null)])
}

/// As staff gets it right after it was made.
pub(crate) fn created() -> TicketJson {
    TicketJson {
        custom_fields: Some(values()),
        tags: Some(vec!["evaluation".to_owned()]),
        messages: Some(vec![first()]),
        attachments: Some(vec![file()]),
        ..ticket()
    }
}

/// After somebody took it and set it to `IN_PROGRESS`.
pub(crate) fn changed() -> TicketJson {
    TicketJson {
        status: Status::InProgress,
        assigned_to: Some(NOOR.into()),
        assignee: Some(noor()),
        version: 3,
        updated_at: at(12),
        custom_fields: Some(values()),
        tags: Some(vec!["evaluation".to_owned()]),
        ..ticket()
    }
}

/// The same with its thread.
pub(crate) fn whole() -> TicketJson {
    TicketJson { messages: Some(vec![first(), note()]), attachments: Some(vec![file()]), ..changed() }
}

pub(crate) fn page() -> Value {
    json!({ "items": [ticket()], "nextCursor": "dXBkYXRlZHwxNzk1MzM5ODAwMDAwMDAwfDAxOWE5MGMyN2QxZTdiN2Y5YTUzMGMxYjZmMWYzZjEw" })
}

fn said(id: Uuid, text: &str, minutes: i64, user: UserJson, internal: bool) -> MessageJson {
    let html = richtext::render(text, richtext::Format::Markdown).into_string();
    MessageJson {
        id: Id::from(id),
        content: text.to_owned(),
        html,
        created_at: at(minutes),
        ticket_id: TICKET.into(),
        user_id: user.id,
        user: UserJson { email: None, ..user },
        internal,
        held_until: None,
    }
}

fn first() -> MessageJson {
    said(FIRST, TEXT, 0, maya(), false)
}

/// An internal note.
pub(crate) fn note() -> MessageJson {
    said(NOTE, WORDS, 14, noor(), true)
}

pub(crate) fn messages() -> Value {
    json!({ "items": [first(), note()], "nextCursor": null })
}

fn file() -> AttachmentJson {
    AttachmentJson {
        id: FILE,
        filename: "run-trace.json".to_owned(),
        url: format!("/files/{FILE}/run-trace.json?e=1795340700&s=4Zt0m1x2Qm8rVd0b"),
        kind: "application/json".to_owned(),
        size: 188_416,
        ticket_id: TICKET.into(),
        message_id: FIRST,
        created_at: at(-1),
    }
}

pub(crate) fn attachments() -> Value {
    json!({ "items": [file()], "nextCursor": null })
}

pub(crate) fn events() -> Value {
    let event = |seq, kind: &str, minutes, actor: UserJson, data| EventJson {
        seq,
        kind: kind.to_owned(),
        at: at(minutes),
        actor: UserJson { email: None, ..actor },
        data,
    };
    json!({ "items": [
        event(5210, "ticket.created", 0, maya(), json!({ "number": 1042, "priority": "HIGH", "category": "BUG", "channel": "api", "message": FIRST })),
        event(5217, "ticket.status_changed", 12, noor(), json!({ "old": "OPEN", "new": "IN_PROGRESS" })),
    ], "nextCursor": null })
}

pub(crate) fn followers() -> Value {
    json!({ "items": [
        { "id": MAYA, "name": "Maya Okafor", "part": "REQUESTER", "email": "maya@northwind.example" },
        { "id": NOOR, "name": "Noor Saleh", "part": "FOLLOWER", "email": "noor@promptcraft.example" },
    ], "nextCursor": null })
}

pub(crate) fn new_ticket() -> Value {
    json!({ "title": "Evaluation run stuck at 98%", "description": TEXT, "category": "BUG", "priority": "HIGH", "customFields": { "plan": "Business", "seats": 40 }, "fileId": ["5f0c2b7e9a4d41c3b8a6e1d07f2c9b34"] })
}

pub(crate) fn change() -> Value {
    json!({ "version": 1, "status": "IN_PROGRESS", "assignedTo": NOOR })
}

pub(crate) fn new_message() -> Value {
    json!({ "content": WORDS, "internal": true })
}

pub(crate) fn new_attachments() -> Value {
    json!({ "fileId": ["5f0c2b7e9a4d41c3b8a6e1d07f2c9b34"] })
}

pub(crate) fn new_follower() -> Value {
    json!({ "email": "noor@promptcraft.example", "part": "FOLLOWER" })
}

pub(crate) fn invited() -> Value {
    new_follower()
}
