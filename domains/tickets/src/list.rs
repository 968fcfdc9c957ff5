//! Lists of tickets: built-in views, filters kept in the URL, sorts, keyset pages and counts.

use crate::{
    Category, Channel, Priority, Status, Ticket, TicketId, policy,
    ticket::{ticket_columns, ticket_tables},
};
use db::{Conn, Query, Timestamp, record, sql};
use kernel::{Actor, OrganizationId, PersonId, Result, TeamId};
use web::{Cursor, Fields, Form};

/// Counts are exact up to here.
pub const COUNTED: i64 = 1_000;

db::words! {
    /// The built-in views.
    pub enum View {
        /// Active, assigned to me.
        Mine = "mine",
        /// Active, in my teams.
        Teams = "teams",
        /// Active, nobody has it.
        Unassigned = "unassigned",
        /// Active, all that I may see.
        Open = "open",
        /// Waiting on the customer.
        Pending = "pending",
        /// On hold.
        Hold = "hold",
        /// Solved.
        Resolved = "resolved",
        /// All, closed ones too.
        All = "all",
        /// In the trash.
        Trash = "trash",
        /// Active, the deadline is near.
        Breaching = "breaching",
        /// Active, the deadline passed.
        Breached = "breached",
    }
}

db::words! {
    /// The orders of a list.
    pub enum Sort {
        /// Last changed first.
        Updated = "updated",
        /// Newest first.
        Newest = "newest",
        /// Oldest first.
        Oldest = "oldest",
        /// Urgent first, then last changed.
        Priority = "priority",
        /// By deadline, late first.
        Sla = "sla",
    }
}

/// What narrows a list. All of it stands in the URL.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Built-in view.
    pub view: Option<View>,
    /// Any of these statuses.
    pub status: Vec<Status>,
    /// Any of these priorities.
    pub priority: Vec<Priority>,
    /// Any of these categories.
    pub category: Vec<Category>,
    /// Any of these channels.
    pub channel: Vec<Channel>,
    /// With this label.
    pub tag: Option<String>,
    /// Of this team.
    pub team: Option<TeamId>,
    /// Of this assignee; `Some(None)` is nobody.
    pub assignee: Option<Option<PersonId>>,
    /// Asked by this person.
    pub requester: Option<PersonId>,
    /// Asked by somebody whose address or name begins so.
    pub requester_text: Option<String>,
    /// Asked by somebody of this organization.
    pub organization: Option<OrganizationId>,
    /// Created in this range.
    pub created: (Option<Timestamp>, Option<Timestamp>),
    /// Changed in this range.
    pub updated: (Option<Timestamp>, Option<Timestamp>),
    /// With these values of custom fields, by key: any of the values, all of the fields.
    pub fields: Vec<(String, Vec<String>)>,
    /// Number, or words of the subject.
    pub q: Option<String>,
    /// Order.
    pub sort: Option<Sort>,
    /// Rows of a page.
    pub limit: i64,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl Form for Filter {
    fn read(fields: &mut Fields) -> Self {
        let assignee = fields.optional_text("assignedTo", 64).or_else(|| fields.optional_text("assignee", 64));
        let requester = fields.optional_text("requester", 254);
        let requester_id = requester.as_deref().and_then(|text| text.parse().ok());
        let mut filter = Self {
            view: fields.word("view", View::WORDS),
            status: fields.words("status", Status::WORDS),
            priority: fields.words("priority", Priority::WORDS),
            category: fields.words("category", Category::WORDS),
            channel: fields.words("channel", Channel::WORDS),
            tag: fields.optional_text("tag", 40).map(|tag| tag.to_lowercase()),
            team: fields.id("team"),
            assignee: None,
            requester: requester_id,
            requester_text: requester.filter(|_| requester_id.is_none()),
            organization: fields.id("organization"),
            created: (fields.time("createdFrom"), fields.time("createdTo")),
            updated: (fields.time("updatedFrom"), fields.time("updatedTo")),
            fields: crate::field::filter::read(fields),
            q: fields.optional_text("q", 200),
            sort: fields.word("sort", Sort::WORDS),
            limit: fields.integer("limit", 1..=100).unwrap_or(50),
            cursor: fields.optional_text("cursor", 300),
        };
        match assignee.as_deref() {
            None => {}
            Some("none") => filter.assignee = Some(None),
            Some(text) => match text.parse() {
                Ok(id) => filter.assignee = Some(Some(id)),
                Err(_) => fields.errors.add("assignedTo", "This is not an id. Use 'none' for nobody."),
            },
        }
        filter
    }
}

record! {
    /// A ticket in a list.
    #[derive(Clone, Debug)]
    pub struct Listed {
        /// The ticket.
        pub ticket: Ticket,
        /// Its description, as written.
        pub description: String,
        /// When the actor last looked.
        pub seen_at: Option<Timestamp>,
    }
}

/// One page of a list.
pub struct Page {
    /// The rows.
    pub rows: Vec<Listed>,
    /// Where to go on; none at the end.
    pub next: Option<String>,
}

/// How a sort reads: column, direction, comparison.
struct Order {
    word: &'static str,
    by: &'static str,
    beyond: &'static str,
}

fn order(sort: Sort, is_trash: bool, is_staff: bool) -> Order {
    let (by, beyond) = match (sort, is_trash) {
        // customers have few tickets and must not learn when a note was written
        (Sort::Updated | Sort::Priority, false) if !is_staff => {
            (" ORDER BY COALESCE(t.public_at, t.created_at) DESC, t.id DESC", " AND (COALESCE(t.public_at, t.created_at), t.id) < (")
        }
        (_, true) => (" ORDER BY t.trashed_at DESC, t.id DESC", " AND (t.trashed_at, t.id) < ("),
        (Sort::Updated, _) => (" ORDER BY t.updated_at DESC, t.id DESC", " AND (t.updated_at, t.id) < ("),
        (Sort::Newest, _) => (" ORDER BY t.created_at DESC, t.id DESC", " AND (t.created_at, t.id) < ("),
        (Sort::Oldest, _) => (" ORDER BY t.created_at, t.id", " AND (t.created_at, t.id) > ("),
        // deadlines are for staff
        (Sort::Sla, _) if !is_staff => (" ORDER BY t.created_at DESC, t.id DESC", " AND (t.created_at, t.id) < ("),
        (Sort::Sla, _) => (" ORDER BY t.sla_sort, t.id", " AND (t.sla_sort, t.id) > ("),
        (Sort::Priority, _) => (" ORDER BY t.urgency DESC, t.id DESC", " AND (t.urgency, t.id) < ("),
    };
    Order { word: if is_trash { "trashed" } else { sort.word() }, by, beyond }
}

impl Filter {
    /// A page of what the actor may see.
    pub async fn page(&self, conn: &mut Conn, actor: &Actor) -> Result<Page> {
        let mut rows: Vec<Listed> = conn.all(self.statement(actor)?).await?;
        let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > self.limit;
        if more {
            rows.pop();
        }
        let word = self.order(actor).word;
        let next = rows
            .last()
            .filter(|_| more)
            .map(|last| Cursor { sort: word.to_owned(), value: self.sort_value(actor, &last.ticket), id: last.ticket.id.uuid() }.encode());
        Ok(Page { rows, next })
    }

    /// The statement of a page; benches measure it bare.
    pub fn statement(&self, actor: &Actor) -> Result<Query> {
        let order = self.order(actor);
        let mut query = sql!(
            concat!(
                "SELECT ",
                ticket_columns!(),
                ", d.source, s.seen_at",
                ticket_tables!(),
                " JOIN messages d ON d.id = t.first_message_id LEFT JOIN ticket_seen s ON s.ticket_id = t.id AND s.person_id = $1 WHERE 1 = 1"
            ),
            actor.person
        );
        self.narrow(actor, &mut query);
        if let Some(cursor) = &self.cursor {
            let cursor = Cursor::decode(cursor, order.word)?;
            query.push(order.beyond).bind(cursor.value).push(", ").bind(cursor.id).push(")");
        }
        query.push(order.by).limit(self.limit + 1);
        Ok(query)
    }

    /// How the engine would run this list; for plan tests.
    pub async fn plan(&self, conn: &mut Conn, actor: &Actor) -> Result<String> {
        Ok(conn.plan(self.statement(actor)?).await?)
    }

    fn order(&self, actor: &Actor) -> Order {
        order(self.sorted_by(), self.is_trash(actor), actor.is_staff())
    }

    /// How many there are, exact up to `COUNTED`.
    pub async fn count(&self, conn: &mut Conn, actor: &Actor) -> Result<i64> {
        // not a whole statement yet, so not one for `sql!`
        let mut query = Query::with("SELECT COUNT(*) FROM (SELECT 1 FROM tickets t WHERE 1 = 1", Vec::new());
        self.narrow(actor, &mut query);
        query.limit(COUNTED).push(") AS counted");
        Ok(conn.one(query).await?)
    }

    /// The order that is asked for, or the view's own: what is about deadlines is sorted by them.
    pub fn sorted_by(&self) -> Sort {
        let usual = if matches!(self.view, Some(View::Breaching | View::Breached)) { Sort::Sla } else { Sort::Updated };
        self.sort.unwrap_or(usual)
    }

    /// The trash is for staff; to others the view means nothing.
    fn is_trash(&self, actor: &Actor) -> bool {
        self.view == Some(View::Trash) && actor.is_staff()
    }

    fn sort_value(&self, actor: &Actor, ticket: &Ticket) -> i64 {
        match (self.is_trash(actor), self.sorted_by()) {
            (true, _) => ticket.trashed_at.map_or(0, Timestamp::micros),
            (_, Sort::Updated | Sort::Priority) if !actor.is_staff() => ticket.public_at.micros(),
            (_, Sort::Updated) => ticket.updated_at.micros(),
            (_, Sort::Newest | Sort::Oldest) => ticket.created_at.micros(),
            (_, Sort::Priority) => ticket.priority.urgency(ticket.updated_at),
            (_, Sort::Sla) if !actor.is_staff() => ticket.created_at.micros(),
            (_, Sort::Sla) => ticket.deadline.sort,
        }
    }

    /// Narrows a query on `tickets t` to this filter and to what the actor may see: for work on all that match.
    pub fn narrow(&self, actor: &Actor, query: &mut Query) {
        if self.is_trash(actor) {
            query.push(" AND t.trashed_at IS NOT NULL");
            policy::narrow(actor, query);
        } else {
            policy::visible_to(actor, query);
        }
        self.narrow_view(actor, query);
        for (clause, words) in [
            (" AND t.status IN ", self.status.iter().map(|word| word.word()).collect::<Vec<_>>()),
            (" AND t.priority IN ", self.priority.iter().map(|word| word.word()).collect()),
            (" AND t.category IN ", self.category.iter().map(|word| word.word()).collect()),
            (" AND t.channel IN ", self.channel.iter().map(|word| word.word()).collect()),
        ] {
            match words.as_slice() {
                [] => {}
                [one] => drop(query.push(clause).push("(").bind(*one).push(")")),
                many => drop(query.push(clause).list(many.iter().copied())),
            }
        }
        if let Some(tag) = &self.tag {
            query.push(" AND t.id IN (SELECT g.ticket_id FROM ticket_tags g WHERE g.tag = ").bind(tag).push(")");
        }
        if let Some(team) = self.team {
            query.push(" AND t.team_id = ").bind(team);
        }
        match self.assignee {
            None => {}
            Some(None) => drop(query.push(" AND t.assignee_id IS NULL")),
            Some(person) => drop(query.push(" AND t.assignee_id = ").bind(person)),
        }
        if let Some(requester) = self.requester {
            query.push(" AND t.requester_id = ").bind(requester);
        }
        if let Some(organization) = self.organization {
            query.push(" AND t.organization_id = ").bind(organization);
        }
        for (clause, time) in [
            (" AND t.created_at >= ", self.created.0),
            (" AND t.created_at < ", self.created.1),
            (if actor.is_staff() { " AND t.updated_at >= " } else { " AND COALESCE(t.public_at, t.created_at) >= " }, self.updated.0),
            (if actor.is_staff() { " AND t.updated_at < " } else { " AND COALESCE(t.public_at, t.created_at) < " }, self.updated.1),
        ] {
            if let Some(time) = time {
                query.push(clause).bind(time);
            }
        }
        crate::field::filter::narrow(&self.fields, actor, query);
        self.narrow_text(query);
    }

    fn narrow_view(&self, actor: &Actor, query: &mut Query) {
        match self.view {
            None | Some(View::All | View::Trash) => {}
            Some(View::Mine) => drop(query.push(" AND t.is_active = TRUE AND t.assignee_id = ").bind(actor.person)),
            Some(View::Teams) => drop(query.push(" AND t.is_active = TRUE AND t.team_id IN ").list(actor.teams.iter().copied())),
            Some(View::Unassigned) => drop(query.push(" AND t.is_active = TRUE AND t.assignee_id IS NULL")),
            Some(View::Open) => drop(query.push(" AND t.is_active = TRUE")),
            Some(View::Pending) => drop(query.push(" AND t.status = 'PENDING'")),
            Some(View::Hold) => drop(query.push(" AND t.status = 'ON_HOLD'")),
            Some(View::Resolved) => drop(query.push(" AND t.status = 'RESOLVED'")),
            // deadlines are for staff: to others the views mean nothing
            Some(View::Breaching | View::Breached) if !actor.is_staff() => {}
            Some(View::Breaching) => drop(query.push(" AND t.sla_state = 'warn'")),
            Some(View::Breached) => drop(query.push(" AND t.sla_state = 'late'")),
        }
    }

    fn narrow_text(&self, query: &mut Query) {
        if let Some(text) = &self.requester_text {
            let text = text.to_lowercase();
            query
                .push(" AND t.requester_id IN (SELECT p.id FROM people p WHERE p.folded >= ")
                .bind(&text)
                .push(" AND p.folded < ")
                .bind(format!("{text}\u{10FFFF}"));
            query.push(" OR p.email >= ").bind(&text).push(" AND p.email < ").bind(format!("{text}\u{10FFFF}")).push(")");
        }
        if let Some(text) = &self.q {
            match text.trim().trim_start_matches('#').parse::<i64>() {
                Ok(number) => drop(query.push(" AND t.number = ").bind(number)),
                Err(_) => drop(query.push(" AND t.folded LIKE ").bind(like(text)).push(" ESCAPE '\\'")),
            }
        }
    }
}

/// Words anywhere in the subject, in their order; what `LIKE` reads specially is escaped.
pub fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.trim().to_lowercase().chars() {
        match c {
            '%' | '_' | '\\' => {
                pattern.push('\\');
                pattern.push(c);
            }
            c if c.is_whitespace() => pattern.push('%'),
            c => pattern.push(c),
        }
    }
    pattern.push('%');
    pattern
}

/// Notes that the actor looked; without waiting and only when there was something new.
pub(crate) fn saw(app: &web::App, actor: &Actor, ticket: TicketId) {
    let (Some(person), db) = (actor.person, app.db.clone()) else { return };
    tokio::spawn(async move {
        let noted = async {
            let mut tx = db.write().await?;
            let now = tx.now();
            tx.run(sql!(
                "INSERT INTO ticket_seen (person_id, ticket_id, seen_at) VALUES ($1, $2, $3) ON CONFLICT (person_id, ticket_id) DO UPDATE SET seen_at = excluded.seen_at",
                person, ticket, now
            )).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a look at a ticket could not be noted");
        }
    });
}
