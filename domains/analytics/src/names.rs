//! Numbers for names: teams and people by their ids, tags and words as they are. A number is never given to another
//! name, so that packs made at different times can be added up.

use db::{Conn, Query, Tx, sql};
use kernel::Result;
use std::collections::HashMap;

/// What a name is: `team`, `agent`, `tag`, or a dimension.
pub(crate) type Kind = &'static str;
/// Teams, by id.
pub(crate) const TEAM: Kind = "team";
/// People, by id.
pub(crate) const AGENT: Kind = "agent";
/// Tags.
pub(crate) const TAG: Kind = "tag";
/// A number that nothing has.
pub(crate) const NOBODY: u32 = u32::MAX;

/// Numbers that are known, by kind and name.
#[derive(Default)]
pub(crate) struct Codes(HashMap<(Kind, String), u32>);

impl Codes {
    /// The number of a name; [`NOBODY`] when it was never counted.
    pub(crate) fn of(&self, kind: Kind, name: &str) -> u32 {
        self.0.get(&(kind, name.to_owned())).copied().unwrap_or(NOBODY)
    }
}

/// The numbers of some names, as far as they have one.
pub(crate) async fn codes(conn: &mut Conn, wanted: &[(Kind, String)]) -> Result<Codes> {
    if wanted.is_empty() {
        return Ok(Codes::default());
    }
    let mut query = Query::with("SELECT kind, name, code FROM analytics_names WHERE name IN ", Vec::new());
    query.list(wanted.iter().map(|(_, name)| name.as_str()));
    let rows: Vec<(String, String, i64)> = conn.all(query).await?;
    let mut found: HashMap<(String, String), u32> = rows.into_iter().filter_map(|(kind, name, code)| Some(((kind, name), u32::try_from(code).ok()?))).collect();
    let known = wanted.iter().filter_map(|(kind, name)| Some(((*kind, name.clone()), found.remove(&((*kind).to_owned(), name.clone()))?)));
    Ok(Codes(known.collect()))
}

/// The numbers of some names; new ones are given. The caller holds the room's lock.
pub(crate) async fn give(tx: &mut Tx, mut wanted: Vec<(Kind, String)>) -> Result<Codes> {
    wanted.sort();
    wanted.dedup();
    let mut known = codes(tx, &wanted).await?;
    wanted.retain(|key| !known.0.contains_key(key));
    if wanted.is_empty() {
        return Ok(known);
    }
    let last: i64 = tx.one(sql!("SELECT COALESCE(MAX(code), 0) FROM analytics_names")).await?;
    let mut query = Query::with("INSERT INTO analytics_names (code, kind, name) VALUES ", Vec::new());
    for (place, (kind, name)) in wanted.iter().enumerate() {
        let code = last + 1 + i64::try_from(place).unwrap_or_default();
        if place > 0 {
            query.push(", ");
        }
        query.push("(").bind(code).push(", ").bind(*kind).push(", ").bind(name).push(")");
        known.0.insert((*kind, name.clone()), u32::try_from(code).unwrap_or(NOBODY));
    }
    tx.run(query).await?;
    Ok(known)
}

/// The names behind some numbers.
pub(crate) async fn names(conn: &mut Conn, codes: impl IntoIterator<Item = u32>) -> Result<HashMap<u32, String>> {
    let codes: Vec<i64> = codes.into_iter().filter(|code| *code != 0 && *code != NOBODY).map(i64::from).collect();
    if codes.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = Query::with("SELECT code, name FROM analytics_names WHERE code IN ", Vec::new());
    query.list(codes);
    let rows: Vec<(i64, String)> = conn.all(query).await?;
    Ok(rows.into_iter().filter_map(|(code, name)| Some((u32::try_from(code).ok()?, name))).collect())
}
