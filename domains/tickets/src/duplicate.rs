//! Tickets that may say the same as another one: a hint, never an act. Looks at few rows only: what the same person asked
//! in the last 30 days, and the newest that are active.

use crate::{
    Status, Ticket, policy,
    ticket::{ticket_columns, ticket_tables},
};
use db::{Conn, Query, Timestamp, sql};
use kernel::{Actor, Result};
use std::{collections::BTreeSet, time::Duration};

/// How far back the same person's tickets count.
const BACK: Duration = Duration::from_hours(720);
/// Rows looked at, of each kind.
const LOOKED: i64 = 60;
/// Hints given at most.
const GIVEN: usize = 3;
/// Words in common, of all words of both, in per cent; less is chance.
const LIKE: usize = 40;

/// Likely duplicates of an active ticket, the likeliest first.
pub(crate) async fn likely(conn: &mut Conn, actor: &Actor, ticket: &Ticket) -> Result<Vec<Ticket>> {
    if !ticket.status.is_active() {
        return Ok(Vec::new());
    }
    let words = words(&ticket.title);
    let since = conn.now().minus(BACK);
    let mut seen = BTreeSet::from([ticket.id]);
    let mut found: Vec<(usize, Ticket)> = Vec::new();
    for query in [of_requester(actor, ticket, since), newest(actor)] {
        let rows: Vec<Ticket> = conn.all(query).await?;
        found
            .extend(rows.into_iter().filter(|other| other.status != Status::Closed && seen.insert(other.id)).map(|other| (alike(&words, &other.title), other)));
    }
    found.retain(|(percent, _)| *percent >= LIKE);
    found.sort_by_key(|(percent, other)| (std::cmp::Reverse(*percent), std::cmp::Reverse(other.id)));
    Ok(found.into_iter().take(GIVEN).map(|(_, other)| other).collect())
}

/// The same person's, changed lately.
pub fn of_requester(actor: &Actor, ticket: &Ticket, since: Timestamp) -> Query {
    let mut query =
        sql!(concat!("SELECT ", ticket_columns!(), ticket_tables!(), " WHERE t.requester_id = $1 AND t.updated_at >= $2"), ticket.requester_id, since);
    policy::visible_to(actor, &mut query);
    query.push(" ORDER BY t.updated_at DESC, t.id DESC LIMIT ").bind(LOOKED);
    query
}

/// The active ones that changed last.
pub fn newest(actor: &Actor) -> Query {
    let mut query = sql!(concat!("SELECT ", ticket_columns!(), ticket_tables!(), " WHERE t.is_active = TRUE"));
    policy::visible_to(actor, &mut query);
    query.push(" ORDER BY t.updated_at DESC, t.id DESC LIMIT ").bind(LOOKED);
    query
}

/// The words of a subject that mean something.
fn words(title: &str) -> BTreeSet<String> {
    const EMPTY: &[&str] = &["the", "and", "for", "with", "not", "does", "can", "how", "what", "why", "when", "our", "your", "are", "has", "have"];
    title.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2 && !EMPTY.contains(word)).map(str::to_owned).collect()
}

/// Words in common, of all words of both, in per cent.
fn alike(words: &BTreeSet<String>, other: &str) -> usize {
    let other = self::words(other);
    let all = words.union(&other).count();
    (100 * words.intersection(&other).count()).checked_div(all).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_alike_by_the_words_they_share() {
        let cases = [
            ("Evaluation run stuck at 98%", "evaluation run is stuck", 100),
            ("Evaluation run stuck", "Evaluation run stuck since Monday", 60),
            ("Invoice for October", "Invoice for November", 33),
            ("Export is empty", "Login fails", 0),
            ("???", "???", 0),
        ];
        for (one, other, percent) in cases {
            assert_eq!(alike(&words(one), other), percent, "{one} / {other}");
        }
    }
}
