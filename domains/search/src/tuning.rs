//! What staff wrote down to make the search better: words that mean the same, and what comes first for a query.

use crate::{state::Search, synonyms::Synonyms, words};
use db::{Conn, Tx, record, sql};
use kernel::{Actor, Fault, FieldErrors, Result};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// The longest text of each.
pub const LONGEST: usize = 20_000;
/// The subject of the line in the journal that tells all nodes of a change.
pub const SUBJECT: &str = "search";

record! {
    /// As stored.
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub struct Tuning {
        /// A line a group, its words parted by commas.
        pub synonyms: String,
        /// A line a query: the query, an equals sign, addresses.
        pub pins: String,
        /// Counts changes.
        pub version: i64,
    }
}

/// What comes first: by the key of a query, places of kinds and ids in order.
pub type Pins = HashMap<String, Vec<(usize, Uuid)>>;

impl Tuning {
    /// As it is now.
    pub async fn current(conn: &mut Conn) -> Result<Self> {
        Ok(conn.one(sql!("SELECT synonyms, pins, version FROM search_tuning WHERE id = 1")).await?)
    }

    /// Stores it, if nobody did since that version. Lines that mean nothing are refused.
    pub async fn change(tx: &mut Tx, actor: &Actor, search: &Search, wish: &Self) -> Result<()> {
        wish.check(tx, search).await?;
        let changed = tx
            .run(sql!(
                "UPDATE search_tuning SET synonyms = $1, pins = $2, version = version + 1 WHERE id = 1 AND version = $3",
                &wish.synonyms,
                &wish.pins,
                wish.version
            ))
            .await?;
        if changed == 0 {
            let now = Self::current(tx).await?;
            return Err(Fault::Stale(Box::new(json!({ "synonyms": now.synonyms, "pins": now.pins, "version": now.version }))));
        }
        Ok(tx.record(actor.event("search.tuned", (SUBJECT, Uuid::nil()), true, json!({}))).await?)
    }

    async fn check(&self, conn: &mut Conn, search: &Search) -> Result<()> {
        let mut wrong = FieldErrors::default();
        for (number, line) in lines(&self.synonyms) {
            if line.split(',').filter(|part| !words::key(part).is_empty()).count() < 2 {
                wrong.add("synonyms", format!("Line {number} needs at least two words or phrases, with a comma between them."));
            }
        }
        for (number, line) in lines(&self.pins) {
            let Some((query, places)) = line.split_once('=') else {
                wrong.add("pins", format!("Line {number} needs an equals sign between the query and the address."));
                continue;
            };
            if words::key(query).is_empty() {
                wrong.add("pins", format!("Line {number} needs a query before the equals sign."));
            }
            for place in addresses(places) {
                if search.at(conn, place).await?.is_none() {
                    wrong.add(
                        "pins",
                        format!("Line {number}: {place} is no address of something that can be found. Take it from the address bar, as /a/reset-a-password."),
                    );
                }
            }
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.into()) }
    }

    /// Its synonyms.
    pub fn meanings(&self) -> Synonyms {
        Synonyms::read(self.synonyms.lines())
    }

    /// Its pins; what is gone since then is left out.
    pub async fn firsts(&self, conn: &mut Conn, search: &Search) -> Result<Pins> {
        let mut pins = Pins::new();
        for (_, line) in lines(&self.pins) {
            let Some((query, places)) = line.split_once('=') else { continue };
            for place in addresses(places) {
                if let Some(thing) = search.at(conn, place).await? {
                    pins.entry(words::key(query)).or_default().push(thing);
                }
            }
        }
        Ok(pins)
    }
}

/// With spaces or commas between them.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || c == ',').filter(|place| !place.is_empty())
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty()).map(|(at, line)| (at + 1, line))
}
