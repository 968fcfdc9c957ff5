//! A ticket: a request for help. How one is made, found and passed through the gate.

use crate::{
    Body, Category, Channel, Deadline, Message, Named, Part, Priority, Status, listener,
    message::Draft,
    policy::{self, Action},
    tag,
};
use accounts::Person;
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, OrganizationId, PersonId, Result, TeamId};
use serde_json::json;
use uuid::Uuid;

/// The id of a ticket.
pub type TicketId = Id<Ticket>;

record! {
    /// A ticket with the names that go with it.
    #[derive(Clone, Debug)]
    pub struct Ticket {
        /// The id, for machines.
        pub id: TicketId,
        /// The number, for people; consecutive, never given twice.
        pub number: i64,
        /// Subject.
        pub title: String,
        /// Where it stands.
        pub status: Status,
        /// How much hangs on it.
        pub priority: Priority,
        /// What it is about.
        pub category: Category,
        /// How it came in.
        pub channel: Channel,
        /// Who asked.
        pub requester_id: PersonId,
        /// Their name.
        pub requester_name: String,
        /// Their address.
        pub requester_email: String,
        /// Their organization at that time.
        pub organization_id: Option<OrganizationId>,
        /// Its name.
        pub organization: Option<String>,
        /// Who answers.
        pub assignee_id: Option<PersonId>,
        /// Their name.
        pub assignee: Option<String>,
        /// Their address.
        pub assignee_email: Option<String>,
        /// Which team answers.
        pub team_id: Option<TeamId>,
        /// Its name.
        pub team: Option<String>,
        /// The closed ticket it goes on from.
        pub follows_id: Option<TicketId>,
        /// Its first message, which is the description.
        pub first_message_id: Id<Message>,
        /// Last word of the customer's side.
        pub customer_at: Option<Timestamp>,
        /// Last public word of staff.
        pub staff_at: Option<Timestamp>,
        /// First public word of staff.
        pub first_reply_at: Option<Timestamp>,
        /// When it was resolved, while it is.
        pub resolved_at: Option<Timestamp>,
        /// When it was put into the trash, while it is there.
        pub trashed_at: Option<Timestamp>,
        /// By whom.
        pub trashed_by: Option<String>,
        /// When it came in.
        pub created_at: Timestamp,
        /// Last change or message.
        pub updated_at: Timestamp,
        /// Last change or message that a customer may learn of.
        pub public_at: Timestamp,
        /// Counts changes of fields; messages do not count.
        pub version: i64,
        /// Its next deadline.
        pub deadline: Deadline,
        /// Its custom status, if it has one.
        pub named: Named,
    }
}

/// The columns of `Ticket` in its order, and the tables they come from.
macro_rules! ticket_columns {
    () => {
        "t.id, t.number, t.title, t.status, t.priority, t.category, t.channel, t.requester_id, r.name, r.email, t.organization_id, o.name,
         t.assignee_id, a.name, a.email, t.team_id, m.name, t.follows_id, t.first_message_id, t.customer_at, t.staff_at, t.first_reply_at, t.resolved_at,
         t.trashed_at, t.trashed_by, t.created_at, t.updated_at, COALESCE(t.public_at, t.created_at), t.version,
         t.sla_state, t.sla_metric, t.sla_since, t.sla_due_at, t.sla_warn_at, t.sla_sort,
         cs.key, cs.name, cs.customer_name"
    };
}
macro_rules! ticket_joins {
    () => {
        " JOIN people r ON r.id = t.requester_id LEFT JOIN organizations o ON o.id = t.organization_id
         LEFT JOIN people a ON a.id = t.assignee_id LEFT JOIN teams m ON m.id = t.team_id LEFT JOIN custom_statuses cs ON cs.key = t.custom_status"
    };
}
macro_rules! ticket_tables {
    () => {
        concat!(" FROM tickets t", crate::ticket::ticket_joins!())
    };
}
pub(crate) use {ticket_columns, ticket_joins, ticket_tables};

/// What makes a ticket.
pub struct NewTicket {
    /// Subject.
    pub title: String,
    /// The description, as written.
    pub content: Body,
    /// What it is about.
    pub category: Category,
    /// How much hangs on it.
    pub priority: Priority,
    /// How it came in.
    pub channel: Channel,
    /// Addresses that get copies.
    pub cc: Vec<String>,
    /// Labels.
    pub tags: Vec<String>,
    /// Who answers.
    pub assignee: Option<PersonId>,
    /// Which team answers.
    pub team: Option<TeamId>,
    /// The closed ticket it goes on from.
    pub follows: Option<TicketId>,
    /// Keys of finished uploads.
    pub file_keys: Vec<String>,
}

impl Ticket {
    /// The gate: no ticket without a decision. What one may not see is missing.
    pub async fn get(conn: &mut Conn, actor: &Actor, id: TicketId, action: Action) -> Result<Self> {
        let ticket: Option<Self> = conn.first(sql!(concat!("SELECT ", ticket_columns!(), ticket_tables!(), " WHERE t.id = $1"), id)).await?;
        let ticket = ticket.ok_or(Fault::Missing)?;
        let listens = if policy::depends_on_listening(actor, &ticket) { listener::listens(conn, id, actor.person).await? } else { false };
        policy::demand(actor, action, &ticket, listens)?;
        Ok(ticket)
    }

    /// The gate by number, as people type it: `#1042` or `1042`.
    pub async fn by_number(conn: &mut Conn, actor: &Actor, number: i64) -> Result<Option<Self>> {
        let Some(id) = conn.first::<TicketId>(sql!("SELECT id FROM tickets WHERE number = $1", number)).await? else { return Ok(None) };
        match Self::get(conn, actor, id, Action::See).await {
            Ok(ticket) => Ok(Some(ticket)),
            Err(Fault::Missing) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Makes one for `requester`, with its first message.
    pub async fn create(tx: &mut Tx, actor: &Actor, requester: &Person, new: NewTicket) -> Result<Self> {
        if (new.assignee.is_some() || new.team.is_some() || !new.tags.is_empty()) && !actor.is_staff() {
            return Err(Fault::Forbidden("Only staff assigns and tags.".to_owned()));
        }
        Self::assignee_to_set(tx, new.assignee).await?;
        Self::team_to_set(tx, new.team).await?;
        let (id, message_id, now) = (TicketId::new(), Id::<Message>::new(), tx.now());
        let number = tx.next_ticket_number().await?;
        tx.run(sql!(
            "INSERT INTO tickets (id, number, title, folded, status, is_active, priority, urgency, category, channel, requester_id, organization_id,
                                  assignee_id, team_id, follows_id, first_message_id, customer_at, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, 'OPEN', TRUE, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $15, 1)",
            id,
            number,
            &new.title,
            new.title.to_lowercase(),
            new.priority,
            new.priority.urgency(now),
            new.category,
            new.channel,
            requester.id,
            requester.organization_id,
            new.assignee,
            new.team,
            new.follows,
            message_id,
            now
        ))
        .await?;
        listener::add(tx, id, requester.id, Part::Requester).await?;
        let author = Actor { person: Some(requester.id), name: requester.name.clone(), ..Actor::stranger() };
        Message::insert(
            tx,
            &author,
            id,
            message_id,
            Draft { body: &new.content, is_internal: false, channel: new.channel, held_until: None, then_status: None },
        )
        .await?;
        if !new.file_keys.is_empty() {
            crate::message::attach(tx, actor, message_id, &new.file_keys).await?;
        }
        tx.record(actor.event(
            "ticket.created",
            ("ticket", id.uuid()),
            false,
            json!({
                "number": number, "priority": new.priority, "category": new.category, "channel": new.channel, "message": message_id, "people": [requester.id]
            }),
        ))
        .await?;
        if !new.tags.is_empty() {
            tag::replace(tx, id, &[], &tag::clean_all(&new.tags)?).await?;
        }
        for email in &new.cc {
            listener::invite(tx, actor, id, email, Part::Cc).await?;
        }
        Self::reload(tx, id).await
    }

    /// Keeps which article was read before it was asked; nothing where none was. For whoever just made it.
    pub(crate) async fn read_before(&self, tx: &mut Tx, article: Option<Uuid>) -> Result<()> {
        if let Some(article) = article {
            tx.run(sql!("UPDATE tickets SET article_id = $2 WHERE id = $1", self.id, article)).await?;
        }
        Ok(())
    }

    /// The row as it is now, for verbs that passed the gate already.
    pub(crate) async fn reload(conn: &mut Conn, id: TicketId) -> Result<Self> {
        Ok(conn.one(sql!(concat!("SELECT ", ticket_columns!(), ticket_tables!(), " WHERE t.id = $1"), id)).await?)
    }

    /// Nobody answered or took it yet.
    pub fn is_untouched(&self) -> bool {
        self.status == Status::Open && self.first_reply_at.is_none() && self.assignee_id.is_none()
    }

    /// The name of somebody who may answer tickets; nobody has none.
    pub(crate) async fn assignee_to_set(conn: &mut Conn, assignee: Option<PersonId>) -> Result<Option<String>> {
        let Some(id) = assignee else { return Ok(None) };
        let known: Option<String> =
            conn.first(sql!("SELECT name FROM people WHERE id = $1 AND role IN ('AGENT', 'SUPERVISOR', 'ADMIN') AND disabled_at IS NULL", id)).await?;
        known.map(Some).ok_or_else(|| Fault::field("assignedTo", "This is nobody of the staff."))
    }

    /// The name of a team that is there; none has none.
    pub(crate) async fn team_to_set(conn: &mut Conn, team: Option<TeamId>) -> Result<Option<String>> {
        let Some(id) = team else { return Ok(None) };
        let known: Option<String> = conn.first(sql!("SELECT name FROM teams WHERE id = $1", id)).await?;
        known.map(Some).ok_or_else(|| Fault::field("teamId", "There is no such team."))
    }
}
