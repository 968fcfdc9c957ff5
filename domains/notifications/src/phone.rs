//! The phone of somebody of the staff. It gets nothing but a code until that was typed in: nobody has messages sent to a stranger.

use crate::gateway::is_number;
use db::{Conn, Query, Timestamp, Tx, record, sql};
use hmac::{Hmac, Mac};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use sha2::Sha256;
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

/// A code is good for so long, and for so many tries.
const GOOD_FOR: Duration = Duration::from_mins(10);
const TRIES: i64 = 5;
/// Codes that one person has sent in an hour, and messages that one person gets.
const CODES: i64 = 3;
const MESSAGES: i64 = 10;
const HOUR: Duration = Duration::from_hours(1);

record! {
    /// A phone.
    #[derive(Clone, Debug)]
    pub(crate) struct Phone {
        pub number: String,
        pub confirmed_at: Option<Timestamp>,
        code: Option<Vec<u8>>,
        code_until: Timestamp,
        tries: i64,
    }
}

impl Phone {
    /// Somebody's, confirmed or not.
    pub(crate) async fn of(conn: &mut Conn, person: PersonId) -> Result<Option<Self>> {
        Ok(conn.first(sql!("SELECT number, confirmed_at, code, code_until, tries FROM notice_phones WHERE person_id = $1", person)).await?)
    }

    /// The confirmed numbers of many people; none while no text messages are sent.
    pub(crate) async fn of_people(conn: &mut Conn, people: &HashSet<PersonId>) -> Result<HashMap<PersonId, String>> {
        let mut query = Query::with(
            "SELECT t.person_id, t.number FROM notice_phones t JOIN notice_sms s ON s.is_on = TRUE WHERE t.confirmed_at IS NOT NULL AND t.person_id IN ",
            Vec::new(),
        );
        query.list(people.iter().copied());
        Ok(conn.all::<(PersonId, String)>(query).await?.into_iter().collect())
    }

    /// Takes a number in the place of the one before and answers the code to send to it; refuses when too many were sent.
    pub(crate) async fn begin(tx: &mut Tx, secret: &[u8], actor: &Actor, number: &str) -> Result<String> {
        let person = crate::policy::phone(actor)?;
        if !is_number(number) {
            return Err(Fault::field("number", "Give the number with + and the code of the country, like +441632960000."));
        }
        let now = tx.now();
        let sent: i64 =
            tx.one(sql!("SELECT COUNT(*) FROM events WHERE subject_id = $1 AND kind = 'notices.code_sent' AND at > $2", person, now.minus(HOUR))).await?;
        if sent >= CODES {
            return Err(Fault::field("number", format!("{CODES} codes were sent within an hour. Try again later.")));
        }
        let code = code()?;
        tx.run(sql!(
            "INSERT INTO notice_phones (person_id, number, code, code_until, tries) VALUES ($1, $2, $3, $4, 0)
             ON CONFLICT (person_id) DO UPDATE SET number = excluded.number, confirmed_at = NULL, code = excluded.code, code_until = excluded.code_until, tries = 0",
            person,
            number,
            hash(secret, person, number, &code)?,
            now.plus(GOOD_FOR)
        ))
        .await?;
        tx.record(actor.event("notices.code_sent", ("notices", person.uuid()), true, json!({}))).await?;
        Ok(code)
    }

    /// Confirms the number by its code. False when it is another one; each try counts, so commit in either case.
    pub(crate) async fn confirm(tx: &mut Tx, secret: &[u8], actor: &Actor, typed: &str) -> Result<bool> {
        let (person, now) = (crate::policy::phone(actor)?, tx.now());
        let phone = Self::of(tx, person).await?.ok_or(Fault::Missing)?;
        let is_open = phone.code_until > now && phone.tries < TRIES;
        let is_right = is_open && phone.code.is_some_and(|code| hash(secret, person, &phone.number, typed).is_ok_and(|typed| typed == code));
        if is_right {
            tx.run(sql!("UPDATE notice_phones SET confirmed_at = $2, code = NULL WHERE person_id = $1", person, now)).await?;
            tx.record(actor.event("notices.phone_confirmed", ("notices", person.uuid()), true, json!({}))).await?;
        } else {
            tx.run(sql!("UPDATE notice_phones SET tries = tries + 1 WHERE person_id = $1", person)).await?;
        }
        Ok(is_right)
    }

    /// Removes it; twice is harmless.
    pub(crate) async fn remove(tx: &mut Tx, actor: &Actor) -> Result<()> {
        let person = crate::policy::phone(actor)?;
        tx.run(sql!("DELETE FROM notice_phones WHERE person_id = $1", person)).await?;
        Ok(tx.record(actor.event("notices.phone_removed", ("notices", person.uuid()), true, json!({}))).await?)
    }
}

/// Whether somebody got as many messages within an hour as one person may: those that were sent, and those in hand.
pub(crate) async fn has_enough(conn: &mut Conn, person: PersonId) -> Result<bool> {
    let now = conn.now();
    let (sent, in_hand): (i64, i64) = conn
        .one(sql!(
            "SELECT (SELECT COUNT(DISTINCT ended_at) FROM notice_deliveries WHERE person_id = $1 AND channel = 'SMS' AND state = 'SENT' AND ended_at > $2),
                    (SELECT COUNT(DISTINCT subject_id) FROM notice_deliveries WHERE person_id = $1 AND channel = 'SMS' AND state = 'WAITING' AND locked_until > $3)",
            person,
            now.minus(HOUR),
            now
        ))
        .await?;
    Ok(sent + in_hand >= MESSAGES)
}

/// Six digits.
fn code() -> Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| Fault::Broken(format!("no random numbers: {error}")))?;
    Ok(format!("{:06}", u64::from_le_bytes(bytes) % 1_000_000))
}

fn hash(secret: &[u8], person: PersonId, number: &str, code: &str) -> Result<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|error| Fault::Broken(error.to_string()))?;
    mac.update(format!("notices.code {person} {number} {code}").as_bytes());
    Ok(mac.finalize().into_bytes().to_vec())
}
