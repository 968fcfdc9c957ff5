//! A notice: one event for one person. Lists show what may still be seen, by the gate of the room that owns the thing.

use crate::{catalog::Sources, make};
use db::{Conn, Id, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Named, PersonId, Result};
use std::{collections::HashMap, time::Duration};
use uuid::Uuid;

/// Things with unread notices that are counted at most.
const COUNTED: i64 = 500;
/// Notices are kept for so long.
const KEEP: Duration = Duration::from_hours(90 * 24);

/// The id of a notice.
pub type NoticeId = Id<Notice>;

record! {
    /// One event for one person.
    #[derive(Clone, Debug)]
    pub struct Notice {
        /// The id.
        pub id: NoticeId,
        /// Whose.
        pub person_id: PersonId,
        /// The place of the event in the journal.
        pub seq: i64,
        /// Why: the word of a kind.
        pub kind: String,
        /// The kind of thing.
        pub subject_kind: String,
        /// Which thing.
        pub subject_id: Uuid,
        /// Who did it.
        pub author: String,
        /// When it happened.
        pub created_at: Timestamp,
        /// When it was read.
        pub read_at: Option<Timestamp>,
    }
}

macro_rules! notice_columns {
    () => {
        "n.id, n.person_id, n.seq, n.kind, n.subject_kind, n.subject_id, n.author, n.created_at, n.read_at"
    };
}
pub(crate) use notice_columns;

/// A notice that may be shown, with its thing as the person knows it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub notice: Notice,
    pub label: String,
    pub href: String,
    /// `Sue assigned it to you`.
    pub says: String,
}

/// The notices of one thing, the newest first.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub subject: Uuid,
    pub label: String,
    /// The newest notice: its address leads to the thing and marks it read.
    pub first: NoticeId,
    pub is_unread: bool,
    pub says: Vec<Said>,
}

/// One line of a group.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub text: String,
    pub at: Timestamp,
}

impl Notice {
    /// A page of the person's notices in the app, the newest first; also those that may not be shown any more.
    pub(crate) async fn page(conn: &mut Conn, person: PersonId, before: Option<NoticeId>, limit: i64) -> Result<Vec<Self>> {
        Ok(conn.all(Self::query(person, before, limit)).await?)
    }

    fn query(person: PersonId, before: Option<NoticeId>, limit: i64) -> Query {
        let mut query = Query::with(concat!("SELECT ", notice_columns!(), " FROM notices n WHERE n.is_shown = TRUE AND n.person_id = "), Vec::new());
        query.bind(person);
        if let Some(before) = before {
            query.push(" AND n.id < ").bind(before);
        }
        query.push(" ORDER BY n.id DESC").limit(limit);
        query
    }

    /// One of the person's own.
    pub(crate) async fn get(conn: &mut Conn, person: PersonId, id: NoticeId) -> Result<Self> {
        let found = conn.first(sql!(concat!("SELECT ", notice_columns!(), " FROM notices n WHERE n.id = $1 AND n.person_id = $2"), id, person)).await?;
        found.ok_or(Fault::Missing)
    }

    /// How many unread ones there are of things that the actor may still see.
    pub(crate) async fn unread(conn: &mut Conn, sources: &Sources, actor: &Actor) -> Result<i64> {
        let person = crate::policy::own(actor)?;
        let mut query = sql!(
            "SELECT subject_kind, subject_id, COUNT(*) FROM notices WHERE person_id = $1 AND is_shown = TRUE AND read_at IS NULL GROUP BY subject_kind, subject_id",
            person
        );
        query.limit(COUNTED);
        let counts: Vec<(String, Uuid, i64)> = conn.all(query).await?;
        let things: Vec<(&str, Uuid)> = counts.iter().map(|(kind, id, _)| (kind.as_str(), *id)).collect();
        let named = named(conn, sources, actor, &things).await?;
        Ok(counts.iter().filter(|(_, id, _)| named.contains_key(id)).map(|(.., count)| count).sum())
    }

    /// Those of these that may be shown, in their order.
    pub(crate) async fn shown(conn: &mut Conn, sources: &Sources, actor: &Actor, notices: Vec<Self>) -> Result<Vec<Shown>> {
        let things: Vec<(&str, Uuid)> = notices.iter().map(|notice| (notice.subject_kind.as_str(), notice.subject_id)).collect();
        let named = named(conn, sources, actor, &things).await?;
        let shown = notices.into_iter().filter_map(|notice| {
            let (Named { label, href, .. }, kind) = (named.get(&notice.subject_id)?.clone(), sources.kind(&notice.kind)?);
            let says = if kind.has_author { format!("{} {}", notice.author, kind.says) } else { kind.says.to_owned() };
            Some(Shown { notice, label, href, says })
        });
        Ok(shown.collect())
    }

    /// Whether one of the person's notices of a thing is unread.
    pub(crate) async fn has_unread(conn: &mut Conn, person: PersonId, subject: Uuid) -> Result<bool> {
        let query = sql!("SELECT seq FROM notices WHERE person_id = $1 AND subject_id = $2 AND read_at IS NULL LIMIT 1", person, subject);
        Ok(conn.first::<i64>(query).await?.is_some())
    }

    /// Marks the person's notices of a thing as read; twice is harmless. True when one was unread.
    pub(crate) async fn read_thing(tx: &mut Tx, person: PersonId, subject: Uuid) -> Result<bool> {
        let now = tx.now();
        let read = tx.run(sql!("UPDATE notices SET read_at = $3 WHERE person_id = $1 AND subject_id = $2 AND read_at IS NULL", person, subject, now)).await?;
        Self::moved(tx, person, read).await
    }

    /// Marks all of the person's notices as read, up to this one.
    pub(crate) async fn read_all(tx: &mut Tx, person: PersonId, up_to: Option<NoticeId>) -> Result<bool> {
        let mut query = Query::with("UPDATE notices SET read_at = ", Vec::new());
        query.bind(tx.now()).push(" WHERE read_at IS NULL AND person_id = ").bind(person);
        if let Some(up_to) = up_to {
            query.push(" AND id <= ").bind(up_to);
        }
        let read = tx.run(query).await?;
        Self::moved(tx, person, read).await
    }

    async fn moved(tx: &mut Tx, person: PersonId, rows: u64) -> Result<bool> {
        if rows > 0 {
            make::ring(tx, vec![person]).await?;
        }
        Ok(rows > 0)
    }
}

/// Puts notices of the same thing together, where the newest of them stands.
pub(crate) fn groups(shown: Vec<Shown>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for Shown { notice, label, says, .. } in shown {
        let said = Said { text: says, at: notice.created_at };
        match groups.iter_mut().find(|group| group.subject == notice.subject_id) {
            Some(group) => {
                group.says.push(said);
                group.is_unread |= notice.read_at.is_none();
            }
            None => groups.push(Group { subject: notice.subject_id, label, first: notice.id, is_unread: notice.read_at.is_none(), says: vec![said] }),
        }
    }
    groups
}

/// How the actor knows these things, by id; what may not be seen is not there.
pub(crate) async fn named(conn: &mut Conn, sources: &Sources, actor: &Actor, things: &[(&str, Uuid)]) -> Result<HashMap<Uuid, Named>> {
    let mut kinds: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for (kind, id) in things {
        let ids = kinds.entry(kind).or_default();
        if !ids.contains(id) {
            ids.push(*id);
        }
    }
    let mut all = HashMap::new();
    for (kind, ids) in kinds {
        let Some(telling) = sources.of_thing(kind) else { continue };
        all.extend((telling.named)(conn, actor, &ids).await?.into_iter().map(|named| (named.id, named)));
    }
    Ok(all)
}

/// Forgets what is old; called by the clockwork.
pub async fn sweep(db: &db::Db) -> Result<()> {
    let mut tx = db.write().await?;
    let before = tx.now().minus(KEEP);
    tx.run(sql!("DELETE FROM notices WHERE created_at < $1", before)).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::{Clock, Db, Options};

    #[tokio::test]
    async fn a_page_of_notices_reads_an_index_and_sorts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Options::Sqlite(folder.path().join("support.db")), Clock::default()).await.unwrap();
        let migrations: Vec<db::Migration> = accounts::room().migrations.iter().chain(crate::MIGRATIONS).copied().collect();
        db.migrate(&migrations).await.unwrap();
        let mut conn = db.read().await.unwrap();
        for before in [None, Some(NoticeId::new())] {
            let plan = conn.plan(Notice::query(PersonId::new(), before, 31)).await.unwrap();
            assert!(plan.contains("USING INDEX notices_shown") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
}
