//! What is counted of one ticket. Its course is read from the journal alone; where it belongs is told by its room; what
//! was promised by the room that promises. Times are whole seconds.

use crate::spent::{self, Entry, Spent};
use db::{Event, Timestamp};
use serde_json::Value;
use uuid::Uuid;

/// Words of the dimensions that every fact has: channel, category, priority.
pub const WORDS: usize = 3;
/// What a status is called when nothing is left to do (PRODUCT.md).
const DONE: [&str; 2] = ["RESOLVED", "CLOSED"];

/// What is known of one ticket. Codes stand for names, see `names`; 0 is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// Which one.
    pub id: Uuid,
    /// When it came in, in seconds since 1970.
    pub created: i64,
    /// Seconds until the first public reply of staff.
    pub first_reply: Option<u32>,
    /// Seconds until it was first solved.
    pub solved: Option<u32>,
    /// Public replies of staff until then, or so far.
    pub replies: u32,
    /// It is not done.
    pub is_open: bool,
    /// It was opened again after it was solved.
    pub is_reopened: bool,
    /// The team that has it.
    pub team: u32,
    /// Who has it.
    pub agent: u32,
    /// Its words.
    pub words: [u32; WORDS],
    /// Its tags.
    pub tags: Vec<u32>,
    /// What was promised and is decided.
    pub promises: Vec<Kept>,
    /// It was merged into another one or was no request: only the time that was spent on it counts.
    pub is_void: bool,
    /// Time that people spent on it.
    pub spent: Vec<Spent>,
}

/// A promise that was kept or broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Which one, by its place in `Promising::metrics`.
    pub metric: u32,
    /// It was kept.
    pub is_met: bool,
    /// Seconds after the ticket came in.
    pub after: u32,
}

impl Fact {
    /// When it was first answered.
    pub fn replied_at(&self) -> Option<i64> {
        self.first_reply.map(|after| self.created + i64::from(after))
    }

    /// When it was first solved.
    pub fn solved_at(&self) -> Option<i64> {
        self.solved.map(|after| self.created + i64::from(after))
    }

    /// When a promise of it was decided.
    pub fn decided_at(&self, kept: &Kept) -> i64 {
        self.created + i64::from(kept.after)
    }

    /// The last moment that any figure of it belongs to.
    pub fn last_at(&self) -> i64 {
        let decided = self.promises.iter().map(|kept| self.decided_at(kept)).max();
        let spent = self.spent.iter().map(|spent| spent.at).max();
        [Some(self.created), self.replied_at(), self.solved_at(), decided, spent].into_iter().flatten().max().unwrap_or(self.created)
    }
}

/// The course of a ticket, as its lines of the journal tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Course {
    pub first_reply: Option<Timestamp>,
    pub solved: Option<Timestamp>,
    pub replies: u32,
    pub is_reopened: bool,
    /// It went into another one, or was no request at all: it does not count.
    pub is_void: bool,
    /// Time that was spent on it, which counts all the same.
    pub spent: Vec<Entry>,
}

/// Reads the course from the lines about one ticket. Automatic messages and what was merged in from another ticket are
/// passed over, as the clocks of the service levels do.
pub(crate) fn course(events: &[Event]) -> Course {
    let mut lines: Vec<(&Event, Value)> = events.iter().map(|event| (event, event.facts())).filter(|(_, facts)| !is_foreign(facts)).collect();
    // places are in the order of transactions; two that ran at once may have their times the other way round
    lines.sort_by_key(|(event, _)| event.at);
    let spent = spent::entries(lines.iter().map(|(event, facts)| (*event, facts)));
    let (mut course, mut is_done) = (Course { spent, ..Course::default() }, false);
    for (event, facts) in lines {
        match event.kind.as_str() {
            "ticket.replied" if !is_automatic(event, &facts) => {
                course.first_reply = course.first_reply.or(Some(event.at));
                course.replies += u32::from(course.solved.is_none());
            }
            "ticket.status_changed" => {
                let done = is_done_word(&facts);
                course.is_reopened |= is_done && !done;
                if done && course.solved.is_none() {
                    course.solved = Some(event.at);
                }
                is_done = done;
            }
            "ticket.merged" | "ticket.marked_spam" => course.is_void = true,
            "ticket.merge_undone" | "ticket.cleared_spam" => course.is_void = false,
            _ => {}
        }
    }
    course
}

/// A custom status says which of the closed set it belongs to.
fn is_done_word(facts: &Value) -> bool {
    ["newCategory", "group", "new"].iter().find_map(|key| facts[*key].as_str()).is_some_and(|word| DONE.contains(&word))
}

fn is_automatic(event: &Event, facts: &Value) -> bool {
    matches!(event.actor_kind.as_str(), "system" | "rule") && event.actor_id.is_none() || facts["automatic"] == true
}

fn is_foreign(facts: &Value) -> bool {
    facts["merged"] == true || !facts["mergedFrom"].is_null()
}

/// Whole seconds from one moment to a later one, as both are shown: each cut to its second.
pub(crate) fn seconds(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.seconds().saturating_sub(from.seconds()).max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line(minute: i64, kind: &str, facts: &Value) -> Event {
        let at = Timestamp::from_seconds(minute * 60);
        let (actor_kind, actor_name) = ("person".to_owned(), "Ana".to_owned());
        Event {
            seq: minute,
            at,
            kind: kind.to_owned(),
            subject_kind: "ticket".to_owned(),
            subject_id: Uuid::nil(),
            actor_kind,
            actor_id: Some(Uuid::nil()),
            actor_name,
            staff_only: false,
            data: facts.to_string(),
        }
    }

    fn status(minute: i64, new: &str) -> Event {
        line(minute, "ticket.status_changed", &json!({ "new": new }))
    }

    fn minutes(course: &Course) -> (Option<i64>, Option<i64>, u32, bool, bool) {
        let minute = |at: Option<Timestamp>| at.map(|at| at.seconds() / 60);
        (minute(course.first_reply), minute(course.solved), course.replies, course.is_reopened, course.is_void)
    }

    #[test]
    fn the_course_of_a_ticket_is_read_from_its_lines() {
        let reply = |minute| line(minute, "ticket.replied", &json!({}));
        let robot = |minute| Event { actor_kind: "system".to_owned(), actor_id: None, ..reply(minute) };
        let released = |minute| Event { actor_kind: "system".to_owned(), ..reply(minute) };
        let cases: Vec<(&str, Vec<Event>, _)> = vec![
            ("nothing yet", vec![line(0, "ticket.created", &json!({}))], (None, None, 0, false, false)),
            ("answered and solved", vec![reply(5), status(9, "RESOLVED")], (Some(5), Some(9), 1, false, false)),
            ("closing a solved one is no second end", vec![status(9, "RESOLVED"), status(20, "CLOSED")], (None, Some(9), 0, false, false)),
            ("closed at once", vec![status(9, "CLOSED")], (None, Some(9), 0, false, false)),
            ("waiting is not solved", vec![status(3, "PENDING"), status(4, "OPEN")], (None, None, 0, false, false)),
            (
                "opened again and solved again",
                vec![status(9, "RESOLVED"), status(10, "OPEN"), reply(11), status(12, "RESOLVED")],
                (Some(11), Some(9), 0, true, false),
            ),
            ("replies after the end do not count", vec![reply(1), reply(2), status(3, "RESOLVED"), reply(4)], (Some(1), Some(3), 2, false, false)),
            ("a robot does not answer", vec![robot(1), reply(2)], (Some(2), None, 1, false, false)),
            ("a held reply that went out does", vec![released(3)], (Some(3), None, 1, false, false)),
            ("what was merged in does not", vec![line(1, "ticket.replied", &json!({ "mergedFrom": 7 })), reply(2)], (Some(2), None, 1, false, false)),
            ("merged away", vec![line(1, "ticket.merged", &json!({}))], (None, None, 0, false, true)),
            ("and taken back", vec![line(1, "ticket.merged", &json!({})), line(2, "ticket.merge_undone", &json!({}))], (None, None, 0, false, false)),
            (
                "a merge that is taken back neither solves nor opens again",
                vec![
                    line(1, "ticket.status_changed", &json!({ "old": "OPEN", "new": "CLOSED", "merged": true })),
                    line(1, "ticket.merged", &json!({})),
                    line(2, "ticket.status_changed", &json!({ "old": "CLOSED", "new": "OPEN", "merged": true })),
                    line(2, "ticket.merge_undone", &json!({})),
                ],
                (None, None, 0, false, false),
            ),
            (
                "one that was solved before stays solved then",
                vec![
                    status(1, "RESOLVED"),
                    line(2, "ticket.status_changed", &json!({ "old": "RESOLVED", "new": "CLOSED", "merged": true })),
                    line(2, "ticket.merged", &json!({})),
                    line(3, "ticket.status_changed", &json!({ "old": "CLOSED", "new": "RESOLVED", "merged": true })),
                    line(3, "ticket.merge_undone", &json!({})),
                ],
                (None, Some(1), 0, false, false),
            ),
            (
                "a status of one's own",
                vec![line(4, "ticket.status_changed", &json!({ "new": "Shipped", "newCategory": "RESOLVED" }))],
                (None, Some(4), 0, false, false),
            ),
            ("lines whose times are the other way round", vec![status(9, "OPEN"), status(7, "RESOLVED")], (None, Some(7), 0, true, false)),
        ];
        for (name, events, expected) in cases {
            assert_eq!(minutes(&course(&events)), expected, "{name}");
        }
    }
}
