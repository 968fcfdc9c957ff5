//! Links: how two tickets belong together. Both ends show it, as far as one may see the other end. For staff only.

use crate::{
    Status, Ticket, TicketId,
    policy::{self, Action},
};
use db::{Conn, Id, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;

/// Links of one ticket that are shown.
const SHOWN: i64 = 200;
/// Links that must not close a circle wait for each other.
const TURN: &str = "links";

db::words! {
    /// A link as it is stored: `from` … `to`.
    pub enum Kind {
        /// They have to do with each other; no direction.
        Related = "RELATED",
        /// `from` says the same as `to`.
        Duplicate = "DUPLICATE",
        /// `from` is the parent of `to`.
        Parent = "PARENT",
        /// `from` causes `to`.
        Cause = "CAUSE",
        /// `to` began with a message of `from`.
        Split = "SPLIT",
        /// `from` goes on in `to`; it stands in `ticket_merges`.
        Merge = "MERGE",
    }
}

db::words! {
    /// A link as one of its tickets sees it.
    pub enum Relation {
        /// They have to do with each other.
        Related = "RELATED",
        /// This one says the same as the other.
        DuplicateOf = "DUPLICATE_OF",
        /// The other says the same as this one.
        DuplicatedBy = "DUPLICATED_BY",
        /// This one is the parent.
        ParentOf = "PARENT_OF",
        /// The other is the parent.
        ChildOf = "CHILD_OF",
        /// This one is why there is the other.
        Causes = "CAUSES",
        /// The other is why there is this one.
        CausedBy = "CAUSED_BY",
        /// The other began with a message of this one.
        SplitInto = "SPLIT_INTO",
        /// This one began with a message of the other.
        SplitFrom = "SPLIT_FROM",
        /// This one goes on in the other.
        MergedInto = "MERGED_INTO",
        /// The other goes on in this one.
        MergedFrom = "MERGED_FROM",
    }
}

impl Relation {
    /// Those that people set; the others come of merging and splitting.
    pub const SET: [Self; 7] = [Self::Related, Self::DuplicateOf, Self::DuplicatedBy, Self::ParentOf, Self::ChildOf, Self::Causes, Self::CausedBy];
    /// Their words.
    pub const SET_WORDS: [&'static str; 7] = ["RELATED", "DUPLICATE_OF", "DUPLICATED_BY", "PARENT_OF", "CHILD_OF", "CAUSES", "CAUSED_BY"];

    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Related => "Related to",
            Self::DuplicateOf => "Duplicate of",
            Self::DuplicatedBy => "Duplicated by",
            Self::ParentOf => "Parent of",
            Self::ChildOf => "Child of",
            Self::Causes => "Causes",
            Self::CausedBy => "Caused by",
            Self::SplitInto => "Split into",
            Self::SplitFrom => "Split from",
            Self::MergedInto => "Merged into",
            Self::MergedFrom => "Merged from",
        }
    }

    /// How it is stored: the kind, and whether this ticket is its `from`.
    const fn stored(self) -> (Kind, bool) {
        match self {
            Self::Related => (Kind::Related, true),
            Self::DuplicateOf => (Kind::Duplicate, true),
            Self::DuplicatedBy => (Kind::Duplicate, false),
            Self::ParentOf => (Kind::Parent, true),
            Self::ChildOf => (Kind::Parent, false),
            Self::Causes => (Kind::Cause, true),
            Self::CausedBy => (Kind::Cause, false),
            Self::SplitInto => (Kind::Split, true),
            Self::SplitFrom => (Kind::Split, false),
            Self::MergedInto => (Kind::Merge, true),
            Self::MergedFrom => (Kind::Merge, false),
        }
    }

    fn of(kind: Kind, is_from: bool) -> Self {
        Self::ALL
            .iter()
            .copied()
            .find(|relation| kind == Kind::Related && *relation == Self::Related || relation.stored() == (kind, is_from))
            .unwrap_or(Self::Related)
    }

    /// The same link from the other end.
    fn turned(self) -> Self {
        let (kind, is_from) = self.stored();
        Self::of(kind, !is_from)
    }
}

record! {
    /// Another ticket, and how it belongs to this one.
    #[derive(Clone, Debug)]
    pub struct Linked {
        /// The link.
        pub id: Id<Linked>,
        /// How it is stored.
        pub kind: Kind,
        /// Whether this ticket is its `from`.
        pub is_from: bool,
        /// Who linked them.
        pub created_by: String,
        /// When.
        pub created_at: Timestamp,
        /// The other ticket.
        pub ticket_id: TicketId,
        /// Its number.
        pub number: i64,
        /// Its subject.
        pub title: String,
        /// Where it stands.
        pub status: Status,
    }
}

impl Linked {
    /// How this ticket sees it.
    pub fn relation(&self) -> Relation {
        Relation::of(self.kind, self.is_from)
    }

    /// Every link of a ticket to what the actor may see, oldest first. The caller passed the gate for `Note`.
    pub async fn of(conn: &mut Conn, actor: &Actor, ticket: TicketId) -> Result<Vec<Self>> {
        Ok(conn.all(Self::statement(actor, ticket)).await?)
    }

    /// The statement of it; a test looks at its plan.
    pub fn statement(actor: &Actor, ticket: TicketId) -> Query {
        let mut query = sql!(
            "SELECT x.id, x.kind, x.is_from, x.created_by, x.created_at, t.id, t.number, t.title, t.status FROM (
               SELECT id, kind, TRUE AS is_from, to_id AS other_id, created_by, created_at FROM ticket_links WHERE from_id = $1
               UNION ALL SELECT id, kind, FALSE, from_id, created_by, created_at FROM ticket_links WHERE to_id = $1
               UNION ALL SELECT id, 'MERGE', TRUE, target_id, merged_by, merged_at FROM ticket_merges WHERE source_id = $1 AND undone_at IS NULL
               UNION ALL SELECT id, 'MERGE', FALSE, source_id, merged_by, merged_at FROM ticket_merges WHERE target_id = $1 AND undone_at IS NULL
             ) x JOIN tickets t ON t.id = x.other_id WHERE 1 = 1",
            ticket
        );
        policy::visible_to(actor, &mut query);
        query.push(" ORDER BY x.created_at, x.id LIMIT ").bind(SHOWN);
        query
    }
}

fn refused(kind: &'static str, detail: &str) -> Fault {
    Fault::Conflict { kind, detail: detail.to_owned() }
}

impl Ticket {
    /// Links it with another one; twice is the same as once.
    pub async fn link(&self, tx: &mut Tx, actor: &Actor, relation: Relation, other: TicketId) -> Result<Linked> {
        if other == self.id {
            return Err(refused("link-to-itself", "A ticket can't be linked with itself. Choose another one."));
        }
        let other = Self::get(tx, actor, other, Action::See).await.map_err(|fault| match fault {
            Fault::Missing => Fault::field("ticketId", "There is no such ticket, or not for you."),
            fault => fault,
        })?;
        let (kind, is_from) = relation.stored();
        // what has no direction is stored in one direction only
        let is_from = if kind == Kind::Related { self.id < other.id } else { is_from };
        let (from, to) = if is_from { (self.id, other.id) } else { (other.id, self.id) };
        tx.lock(TURN).await?;
        refuse_circle(tx, kind, from, to).await?;
        let added = insert(tx, actor, kind, from, to).await?;
        if added {
            told(tx, actor, "ticket.linked", relation, self, &other).await?;
        }
        Linked::of(tx, actor, self.id)
            .await?
            .into_iter()
            .find(|link| link.kind == kind && link.is_from == is_from && link.ticket_id == other.id)
            .ok_or_else(|| refused("too-many-links", "This ticket has too many links. Remove some first."))
    }

    /// Removes a link, from whichever end. Merges are undone instead.
    pub async fn unlink(&self, tx: &mut Tx, actor: &Actor, link: Id<Linked>) -> Result<()> {
        let known = Linked::of(tx, actor, self.id).await?.into_iter().find(|known| known.id == link).ok_or(Fault::Missing)?;
        if known.kind == Kind::Merge {
            return Err(refused("merged", "This is a merge. Undo it instead."));
        }
        tx.run(sql!("DELETE FROM ticket_links WHERE id = $1", link)).await?;
        let other = Self::reload(tx, known.ticket_id).await?;
        told(tx, actor, "ticket.unlinked", known.relation(), self, &other).await
    }
}

async fn insert(tx: &mut Tx, actor: &Actor, kind: Kind, from: TicketId, to: TicketId) -> Result<bool> {
    let now = tx.now();
    let added = tx
        .run(sql!(
            "INSERT INTO ticket_links (id, from_id, to_id, kind, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (from_id, to_id, kind) DO NOTHING",
            Id::<Linked>::new(),
            from,
            to,
            kind,
            &actor.name,
            now
        ))
        .await?;
    Ok(added == 1)
}

/// A parent is not its own grandchild, a cause not its own effect, and a child has one parent.
async fn refuse_circle(tx: &mut Tx, kind: Kind, from: TicketId, to: TicketId) -> Result<()> {
    if kind == Kind::Related {
        return Ok(());
    }
    let above: Option<i64> = tx
        .first(sql!(
            "WITH RECURSIVE above (id) AS (
               SELECT from_id FROM ticket_links WHERE to_id = $1 AND kind = $3
               UNION SELECT l.from_id FROM ticket_links l JOIN above a ON l.to_id = a.id WHERE l.kind = $3)
             SELECT 1 FROM above WHERE id = $2",
            from,
            to,
            kind
        ))
        .await?;
    if above.is_some() {
        return Err(refused("circular", "That would close a circle: the other one stands above this one already."));
    }
    if kind != Kind::Parent {
        return Ok(());
    }
    let parent: Option<TicketId> = tx.first(sql!("SELECT from_id FROM ticket_links WHERE to_id = $1 AND kind = 'PARENT'", to)).await?;
    if parent.is_some_and(|parent| parent != from) {
        return Err(refused("has-a-parent", "That ticket has a parent already. Remove that link first."));
    }
    Ok(())
}

/// The histories of both ends, for staff.
async fn told(tx: &mut Tx, actor: &Actor, kind: &'static str, relation: Relation, this: &Ticket, other: &Ticket) -> Result<()> {
    for (relation, of, to) in [(relation, this, other), (relation.turned(), other, this)] {
        tx.record(actor.event(kind, ("ticket", of.id.uuid()), true, json!({ "relation": relation, "ticket": to.id, "number": to.number }))).await?;
    }
    Ok(())
}

/// The link that splitting makes.
pub(crate) async fn split(tx: &mut Tx, actor: &Actor, from: &Ticket, to: &Ticket) -> Result<()> {
    insert(tx, actor, Kind::Split, from.id, to.id).await?;
    told(tx, actor, "ticket.linked", Relation::SplitInto, from, to).await
}

/// What the thread says of it to staff: icon and words.
pub(crate) fn sentence(kind: &str, facts: &serde_json::Value) -> Option<(&'static str, String)> {
    let number = facts["number"].as_i64()?;
    let relation = facts["relation"].as_str().and_then(<Relation as db::Word>::from_word)?;
    Some(match (kind, relation) {
        ("ticket.linked", Relation::SplitInto) => ("i-split", format!("split a message off as #{number}")),
        ("ticket.linked", Relation::SplitFrom) => ("i-split", format!("split this off from #{number}")),
        ("ticket.linked", relation) => ("i-link", format!("linked it: {} #{number}", relation.label().to_lowercase())),
        ("ticket.unlinked", relation) => ("i-unlink", format!("removed the link: {} #{number}", relation.label().to_lowercase())),
        _ => return None,
    })
}
