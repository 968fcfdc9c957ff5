//! What merging, splitting and linking look like.

use super::{FIRST, TICKET, at};
use crate::{
    Relation, Status,
    api::{links::LinkJson, merging::MergeJson},
};
use serde_json::{Value, json};
use uuid::Uuid;

const OTHER: Uuid = Uuid::from_u128(0x019a_90d0_1c44_7e3a_b5f7_2d6c_81e0_4a9b);
const LINK: Uuid = Uuid::from_u128(0x019a_90d1_52ab_7c0e_8d11_9f20_c3b7_a6e4);

pub(crate) fn new_merge() -> Value {
    json!({ "into": OTHER })
}

pub(crate) fn merged() -> MergeJson {
    MergeJson { id: LINK.into(), ticket_id: TICKET.into(), into: OTHER.into(), into_number: 1050, messages: 2, merged_at: at(30), undo_until: at(30 + 43_200) }
}

pub(crate) fn new_split() -> Value {
    json!({ "messageId": FIRST, "title": "Who is billed for the lost shard?" })
}

pub(crate) fn new_link() -> Value {
    json!({ "relation": "CHILD_OF", "ticketId": OTHER })
}

pub(crate) fn link() -> LinkJson {
    LinkJson {
        id: LINK.into(),
        relation: Relation::ChildOf,
        ticket_id: OTHER.into(),
        number: 1050,
        title: "Workers of the second region are gone".to_owned(),
        status: Status::Open,
        created_by: "Noor Saleh".to_owned(),
        created_at: at(30),
    }
}

pub(crate) fn list() -> Value {
    json!({ "items": [link()], "nextCursor": null })
}
