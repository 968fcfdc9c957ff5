//! Snippets: texts with a name that articles include by `{{snippet name}}`. A changed one changes every article that uses it at
//! once, so that supervisors change them. None includes itself, by whatever way.

use crate::{category::shapes, edition};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

/// Longest name, in characters.
pub const NAME: usize = 60;
/// Longest text, in characters.
pub const SOURCE: usize = 20_000;
/// There are at most so many.
const MOST: i64 = 1_000;
/// Snippets within snippets.
const DEPTH: usize = 5;
/// A text with its snippets has at most so many bytes; what would be more is left as it is written.
const LONGEST: usize = 600_000;
/// A text takes at most so many.
const PUT_IN: usize = 1_000;
const OPEN: &str = "{{snippet ";

record! {
    /// A snippet.
    #[derive(Clone, Debug)]
    pub struct Snippet {
        /// The id.
        pub id: Id<Snippet>,
        /// Its name: letters, digits and hyphens.
        pub name: String,
        /// Markdown.
        pub source: String,
        /// Last change.
        pub updated_at: Timestamp,
        /// Counts changes.
        pub version: i64,
        /// How many articles name it, in their newest or published version.
        pub uses: i64,
    }
}

macro_rules! snippet_select {
    () => {
        "SELECT s.id, s.name, s.source, s.updated_at, s.version,
                (SELECT COUNT(DISTINCT a.id) FROM article_snippet_uses u JOIN articles a ON a.id = u.article_id AND (u.number = a.number OR u.number = a.live_number)
                 WHERE u.name = s.name)
         FROM article_snippets s"
    };
}

/// What makes or changes a snippet.
#[derive(Clone, Debug)]
pub struct SnippetWish {
    /// Its name; articles keep the name that they wrote.
    pub name: String,
    /// Markdown.
    pub source: String,
}

/// The places of snippets in a text: where each begins and ends, and its name. `\{{snippet x}}` is none.
fn places(source: &str) -> Vec<(usize, usize, &str)> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices(OPEN) {
        let rest = &source[at + OPEN.len()..];
        let Some(end) = rest.find("}}") else { break };
        let name = rest[..end].trim();
        if is_name(name) && !source[..at].ends_with('\\') {
            found.push((at, at + OPEN.len() + end + 2, name));
        }
    }
    found
}

fn is_name(name: &str) -> bool {
    (1..=NAME).contains(&name.len()) && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
}

/// The snippets that a text names.
pub(crate) fn names(source: &str) -> BTreeSet<String> {
    places(source).into_iter().map(|(_, _, name)| name.to_owned()).collect()
}

async fn all_sources(conn: &mut Conn) -> Result<HashMap<String, String>> {
    Ok(conn.all::<(String, String)>(sql!("SELECT name, source FROM article_snippets")).await?.into_iter().collect())
}

/// The text with its snippets. One that is not there stays as it is written.
pub(crate) async fn put_in(conn: &mut Conn, source: &str) -> Result<String> {
    if !source.contains(OPEN) {
        return Ok(source.to_owned());
    }
    let known = all_sources(conn).await?;
    let mut filled = Filled { out: String::with_capacity(source.len() * 2), left: PUT_IN };
    filled.put(source, &known, 0);
    Ok(filled.out)
}

/// A text in the making, and how many snippets it may still take.
struct Filled {
    out: String,
    left: usize,
}

impl Filled {
    fn put(&mut self, source: &str, known: &HashMap<String, String>, depth: usize) {
        let mut from = 0;
        for (start, end, name) in places(source) {
            self.words(&source[from..start]);
            let text = known.get(name).filter(|text| self.left > 0 && depth < DEPTH && self.out.len() + text.len() + source.len() < LONGEST);
            match text {
                Some(text) => {
                    self.left -= 1;
                    self.put(text.trim_end_matches('\n'), known, depth + 1);
                }
                None => self.out.push_str(&source[start..end]),
            }
            from = end;
        }
        self.words(&source[from..]);
    }

    fn words(&mut self, words: &str) {
        self.out.push_str(&words.replace("\\{{snippet ", OPEN));
    }
}

/// Refuses a text that names a snippet that is not there.
pub(crate) async fn check(conn: &mut Conn, field: &str, source: &str) -> Result<()> {
    let wanted = names(source);
    if wanted.is_empty() {
        return Ok(());
    }
    let known = all_sources(conn).await?;
    match wanted.iter().find(|name| !known.contains_key(*name)) {
        Some(name) => Err(Fault::field(field, format!("There is no snippet “{name}”."))),
        None => Ok(()),
    }
}

/// Held by who changes snippets, and by who makes the versions anew that use them: both want many rows, in no order.
pub(crate) const LOCK: &str = "article snippets";

/// Holds the snippets that a text reaches: while a change of one of them is under way, this waits for it.
pub(crate) async fn hold(tx: &mut Tx, source: &str) -> Result<()> {
    if !source.contains(OPEN) {
        return Ok(());
    }
    for name in reached(&all_sources(tx).await?, names(source)) {
        tx.hold::<i64>(sql!("SELECT version FROM article_snippets WHERE name = $1", name)).await?;
    }
    Ok(())
}

/// These names and all that they lead to, in order.
fn reached(known: &HashMap<String, String>, first: BTreeSet<String>) -> BTreeSet<String> {
    let (mut all, mut open) = (first.clone(), first);
    while let Some(name) = open.pop_first() {
        for next in known.get(&name).map(|source| names(source)).unwrap_or_default() {
            if all.insert(next.clone()) {
                open.insert(next);
            }
        }
    }
    all
}

/// How deep snippets go below this one; none when it leads to itself.
fn depth(known: &HashMap<String, String>, name: &str, seen: &mut HashMap<String, Option<usize>>) -> Option<usize> {
    if let Some(depth) = seen.get(name) {
        return *depth;
    }
    // who comes back here before there is an answer went in a circle
    seen.insert(name.to_owned(), None);
    let mut deepest = 0;
    for next in known.get(name).map(|source| names(source)).unwrap_or_default() {
        deepest = deepest.max(depth(known, &next, seen)?);
    }
    seen.insert(name.to_owned(), Some(deepest + 1));
    Some(deepest + 1)
}

impl Snippet {
    /// All of them, by name; for staff.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(snippet_select!(), " ORDER BY s.name"))).await?)
    }

    /// One.
    pub async fn get(conn: &mut Conn, id: Id<Self>) -> Result<Self> {
        Ok(conn.one(sql!(concat!(snippet_select!(), " WHERE s.id = $1"), id)).await?)
    }

    /// Adds one. Supervisors do.
    pub async fn add(tx: &mut Tx, actor: &Actor, wish: &SnippetWish) -> Result<Self> {
        shapes(actor)?;
        let (id, now, person) = (Id::<Self>::new(), tx.now(), actor.person.ok_or(Fault::SignIn)?);
        let count: i64 = tx.one(sql!("SELECT COUNT(*) FROM article_snippets")).await?;
        if count >= MOST {
            return Err(Fault::field("name", format!("There are {MOST} snippets. Delete some that no article uses.")));
        }
        check_wish(tx, id, wish).await?;
        tx.run(sql!(
            "INSERT INTO article_snippets (id, name, source, person_id, updated_at, version) VALUES ($1, $2, $3, $4, $5, 1)",
            id,
            &wish.name,
            &wish.source,
            person,
            now
        ))
        .await?;
        outdate(tx, &wish.name).await?;
        tx.record(actor.event("snippet.added", ("snippet", id.uuid()), true, json!({ "name": wish.name }))).await?;
        Self::get(tx, id).await
    }

    /// Changes it; every article that uses it is another one from now on. A stale version is refused.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, wish: &SnippetWish) -> Result<Self> {
        shapes(actor)?;
        if wish.name != self.name
            && let Some(user) = self.user(tx).await?
        {
            return Err(Fault::field("name", format!("{user} by this name, so it can't have another one.")));
        }
        check_wish(tx, self.id, wish).await?;
        let (now, person) = (tx.now(), actor.person.ok_or(Fault::SignIn)?);
        let changed = tx
            .run(sql!(
                "UPDATE article_snippets SET name = $3, source = $4, person_id = $5, updated_at = $6, version = version + 1 WHERE id = $1 AND version = $2",
                self.id,
                version,
                &wish.name,
                &wish.source,
                person,
                now
            ))
            .await?;
        if changed == 0 {
            return Err(Fault::Stale(Box::new(json!({ "id": self.id, "title": self.name, "version": self.version }))));
        }
        outdate(tx, &wish.name).await?;
        tx.record(actor.event("snippet.changed", ("snippet", self.id.uuid()), true, json!({ "name": wish.name }))).await?;
        Self::get(tx, self.id).await
    }

    /// Deletes it, unless something uses it.
    pub async fn delete(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        shapes(actor)?;
        tx.hold::<i64>(sql!("SELECT version FROM article_snippets WHERE id = $1", self.id)).await?;
        if let Some(user) = Self::get(tx, self.id).await?.user(tx).await? {
            return Err(Fault::Conflict { kind: "in-use", detail: format!("{user}. Take it out there first.") });
        }
        tx.run(sql!("DELETE FROM article_snippets WHERE id = $1", self.id)).await?;
        Ok(tx.record(actor.event("snippet.deleted", ("snippet", self.id.uuid()), true, json!({ "name": self.name }))).await?)
    }
}

impl Snippet {
    /// Who uses it, as the beginning of a sentence; none when nobody does.
    async fn user(&self, conn: &mut Conn) -> Result<Option<String>> {
        if self.uses > 0 {
            return Ok(Some(if self.uses == 1 { "1 article uses it".to_owned() } else { format!("{} articles use it", self.uses) }));
        }
        let user = all_sources(conn).await?.into_iter().find(|(_, source)| names(source).contains(&self.name));
        Ok(user.map(|(name, _)| format!("The snippet “{name}” uses it")))
    }
}

/// A name that is free, snippets that are there, and no way back to itself.
async fn check_wish(tx: &mut Tx, id: Id<Snippet>, wish: &SnippetWish) -> Result<()> {
    // one at a time: two changes together could make a circle that neither made
    tx.lock(LOCK).await?;
    if !is_name(&wish.name) {
        return Err(Fault::field("name", "Use lower-case letters, digits and hyphens."));
    }
    let owner: Option<Id<Snippet>> = tx.first(sql!("SELECT id FROM article_snippets WHERE name = $1", &wish.name)).await?;
    if owner.is_some_and(|owner| owner != id) {
        return Err(Fault::field("name", "Another snippet has this name."));
    }
    let mut known = all_sources(tx).await?;
    known.insert(wish.name.clone(), wish.source.clone());
    if let Some(name) = names(&wish.source).iter().find(|name| !known.contains_key(*name)) {
        return Err(Fault::field("source", format!("There is no snippet “{name}”.")));
    }
    let mut seen = HashMap::new();
    for name in known.keys() {
        match depth(&known, name, &mut seen) {
            Some(depth) if depth <= DEPTH => {}
            Some(_) => return Err(Fault::field("source", format!("Snippets may stand {DEPTH} deep in each other."))),
            None => return Err(Fault::field("source", "It would include itself.")),
        }
    }
    Ok(())
}

/// All versions that reach this snippet have old HTML from now on.
async fn outdate(tx: &mut Tx, name: &str) -> Result<()> {
    let known = all_sources(tx).await?;
    let users = known.keys().filter(|user| reached(&known, BTreeSet::from([(*user).clone()])).contains(name)).cloned();
    let users: BTreeSet<String> = users.chain([name.to_owned()]).collect();
    let mut query = sql!("UPDATE article_versions SET renderer = 0 WHERE 1 = 1");
    query.push(" AND EXISTS (SELECT 1 FROM article_snippet_uses u WHERE u.article_id = article_versions.article_id AND u.number = article_versions.number");
    query.push(" AND u.name IN ").list(users).push(")");
    tx.run(query).await?;
    edition::turn(tx).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs.iter().map(|(name, source)| ((*name).to_owned(), (*source).to_owned())).collect()
    }

    fn whole(source: &str, known: &HashMap<String, String>) -> String {
        let mut filled = Filled { out: String::new(), left: PUT_IN };
        filled.put(source, known, 0);
        filled.out
    }

    #[test]
    fn snippets_are_put_in_and_what_is_none_stays() {
        let known = known(&[("host", "api.test"), ("call", "`curl {{snippet host}}`\n")]);
        for (source, expected) in [
            ("Call {{snippet call}} now", "Call `curl api.test` now"),
            ("\\{{snippet host}}", "{{snippet host}}"),
            ("{{snippet none}} {{snippet ../x}} {{snippet", "{{snippet none}} {{snippet ../x}} {{snippet"),
            ("{{ticket.id}}", "{{ticket.id}}"),
        ] {
            assert_eq!(whole(source, &known), expected, "{source}");
        }
    }

    #[test]
    fn circles_and_depth_are_seen_and_much_is_not_made_of_little() {
        let circle = known(&[("a", "{{snippet b}}"), ("b", "{{snippet c}}"), ("c", "{{snippet a}}")]);
        let deep = known(&[("a", "{{snippet b}}"), ("b", "{{snippet c}}"), ("c", "x")]);
        let ten = |next: &str| format!("{{{{snippet {next}}}}}").repeat(100);
        let laughs = known(&[("a", &ten("b")), ("b", &ten("c")), ("c", &ten("d")), ("d", &ten("e")), ("e", &"ha".repeat(500))]);
        let silence = known(&[("a", &ten("b")), ("b", &ten("c")), ("c", &ten("d")), ("d", "")]);

        assert_eq!(depth(&circle, "a", &mut HashMap::new()), None);
        assert_eq!(depth(&deep, "a", &mut HashMap::new()), Some(3));
        assert!(whole("{{snippet a}}", &laughs).len() < LONGEST * 2);
        assert!(whole("{{snippet a}}", &silence).len() < LONGEST * 2);
        assert_eq!(reached(&deep, BTreeSet::from(["b".to_owned()])).len(), 2);
    }
}
