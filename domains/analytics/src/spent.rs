//! Time that people spent on a ticket, as the journal tells it: entries that were written down, mended and removed. A mended
//! entry stays at the moment at which it was written down.

use db::Event;
use serde_json::Value;
use uuid::Uuid;

/// Time that somebody spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Who, by number.
    pub agent: u32,
    /// When it was written down, in seconds since 1970.
    pub at: i64,
    /// How long.
    pub seconds: u32,
}

/// The same before people have numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub person: Uuid,
    pub at: i64,
    pub seconds: u32,
}

/// The entries of one ticket that are left, in the order in which they were written down.
pub(crate) fn entries<'e>(lines: impl Iterator<Item = (&'e Event, &'e Value)>) -> Vec<Entry> {
    // id, whose, since when, how long
    let mut known: Vec<(Uuid, Uuid, i64, i64)> = Vec::new();
    for (event, facts) in lines.filter(|(event, _)| event.kind.starts_with("worklog.time_")) {
        let id = |name: &str| facts[name].as_str().and_then(|text| text.parse::<Uuid>().ok());
        let (Some(entry), Some(person), Some(seconds)) = (id("entry"), id("person"), facts["seconds"].as_i64()) else { continue };
        let at = event.at.seconds();
        let Some(place) = known.iter().position(|(known, ..)| *known == entry) else {
            known.push((entry, person, at, seconds));
            continue;
        };
        known[place].3 += seconds;
        if event.kind == "worklog.time_added" {
            known[place].2 = at;
        }
    }
    known.sort_by_key(|(entry, _, at, _)| (*at, *entry));
    let left = known
        .into_iter()
        .filter_map(|(_, person, at, seconds)| Some(Entry { person, at, seconds: u32::try_from(seconds).ok().filter(|seconds| *seconds > 0)? }));
    left.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::Timestamp;
    use serde_json::json;

    #[test]
    fn an_entry_is_what_is_left_of_it_at_the_moment_it_was_written_down() {
        let (ana, ben) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let line = |at: i64, kind: &str, entry: u128, person: Uuid, seconds: i64| {
            let facts = json!({ "entry": Uuid::from_u128(entry), "person": person, "seconds": seconds });
            let event = Event {
                seq: at,
                at: Timestamp::from_seconds(at),
                kind: kind.to_owned(),
                subject_kind: "ticket".to_owned(),
                subject_id: Uuid::nil(),
                actor_kind: "person".to_owned(),
                actor_id: Some(person),
                actor_name: "Ana".to_owned(),
                staff_only: true,
                data: facts.to_string(),
            };
            (event, facts)
        };
        let lines = [
            line(10, "worklog.time_added", 7, ana, 600),
            line(20, "worklog.time_added", 8, ben, 60),
            line(30, "worklog.time_changed", 7, ana, -300),
            line(40, "worklog.time_removed", 8, ben, -60),
            line(50, "ticket.replied", 7, ana, 5),
            line(60, "worklog.time_changed", 9, ben, 30),
            line(55, "worklog.time_added", 9, ben, 10),
        ];

        let left = entries(lines.iter().map(|(event, facts)| (event, facts)));

        assert_eq!(left, [Entry { person: ana, at: 10, seconds: 300 }, Entry { person: ben, at: 55, seconds: 40 }]);
    }
}
