//! Which lines of the journal move clocks: automatic messages and notes do not.

use db::{Event, Timestamp};
use serde_json::{Value, json};
use sla::{What, marks};
use tickets::{Priority, Status};
use uuid::Uuid;

fn event(minute: i64, kind: &str, actor: (&str, bool), data: &Value) -> Event {
    Event {
        seq: minute,
        at: Timestamp::from_seconds(minute * 60),
        kind: kind.to_owned(),
        subject_kind: "ticket".to_owned(),
        subject_id: Uuid::nil(),
        actor_kind: actor.0.to_owned(),
        actor_id: actor.1.then(Uuid::nil),
        actor_name: "Somebody".to_owned(),
        staff_only: false,
        data: data.to_string(),
    }
}

#[test]
fn only_what_people_say_and_where_a_ticket_stands_moves_clocks() {
    let person = ("person", true);
    let cases = [
        (event(1, "ticket.created", person, &json!({ "priority": "HIGH" })), Some(What::Created(Priority::High))),
        (event(2, "ticket.replied", person, &json!({})), Some(What::StaffReplied)),
        (event(3, "ticket.replied", ("system", true), &json!({})), Some(What::StaffReplied)),
        (event(4, "ticket.replied", ("system", false), &json!({})), None),
        (event(6, "ticket.reply_held", person, &json!({})), None),
        (event(7, "ticket.noted", person, &json!({})), None),
        (event(8, "ticket.customer_replied", person, &json!({})), Some(What::CustomerReplied)),
        (event(9, "ticket.customer_replied", ("guest", true), &json!({})), Some(What::CustomerReplied)),
        (event(10, "ticket.customer_replied", ("system", false), &json!({})), None),
        (event(14, "ticket.status_changed", person, &json!({ "old": "OPEN", "new": "PENDING" })), Some(What::Status(Status::Pending))),
        (event(15, "ticket.status_changed", ("system", false), &json!({ "old": "RESOLVED", "new": "CLOSED" })), Some(What::Status(Status::Closed))),
        (event(16, "ticket.priority_changed", ("system", false), &json!({ "new": "LOW" })), Some(What::Priority(Priority::Low))),
        (event(17, "ticket.trashed", person, &json!({})), Some(What::Trashed(true))),
        (event(18, "ticket.restored", person, &json!({})), Some(What::Trashed(false))),
        (event(20, "ticket.marked_spam", person, &json!({})), Some(What::Spam(true))),
        (event(21, "ticket.cleared_spam", person, &json!({})), Some(What::Spam(false))),
        (event(22, "ticket.merged", person, &json!({ "number": 7 })), Some(What::Merged(true))),
        (event(23, "ticket.merge_undone", person, &json!({ "number": 7 })), Some(What::Merged(false))),
        // what comes or goes with a merge moves nothing by itself, in either ticket
        (event(24, "ticket.status_changed", person, &json!({ "old": "OPEN", "new": "CLOSED", "merged": true })), None),
        (event(25, "ticket.merged_in", person, &json!({ "number": 7 })), None),
        (event(26, "ticket.merged_out", person, &json!({ "number": 7 })), None),
        (event(27, "ticket.thread_changed", person, &json!({})), None),
        (event(28, "ticket.listener_added", person, &json!({})), None),
        (event(29, "ticket.linked", person, &json!({})), None),
        (event(19, "ticket.attached", person, &json!({})), None),
        (event(20, "sla.breached", ("system", false), &json!({})), None),
    ];
    for (event, expected) in cases {
        assert_eq!(marks(std::slice::from_ref(&event)).first().map(|mark| mark.what), expected, "{event:?}");
    }
}

#[test]
fn marks_are_in_the_order_of_time() {
    let person = ("person", true);
    let lines = [event(5, "ticket.replied", person, &json!({})), event(1, "ticket.created", person, &json!({ "priority": "LOW" }))];

    let times: Vec<i64> = marks(&lines).iter().map(|mark| mark.at.seconds()).collect();

    assert_eq!(times, [60, 300]);
}
