//! Lists of tickets: built-in views, filters kept in the URL, sorts, keyset pages and counts.

pub(crate) use crate::seen::saw;
use crate::{
    Category, Channel, Priority, Status, Ticket,
    ticket::{ticket_columns, ticket_joins},
};
use db::{Conn, Query, Timestamp, record};
use kernel::{Actor, OrganizationId, PersonId, Result, TeamId};
use web::{Cursor, Fields, Form};

/// Counts are exact up to here.
pub const COUNTED: i64 = 1_000;
/// A filter names at most this many labels.
const TAGS: usize = 10;

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
        /// Put away until a time or a reply.
        Snoozed = "snoozed",
        /// Solved.
        Resolved = "resolved",
        /// All, closed ones too.
        All = "all",
        /// Marked as spam.
        Spam = "spam",
        /// In the trash.
        Trash = "trash",
        /// Not settled, the deadline is near.
        Breaching = "breaching",
        /// Not settled, the deadline passed.
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
    /// With this custom status, by key.
    pub custom_status: Option<String>,
    /// Any of these priorities.
    pub priority: Vec<Priority>,
    /// Any of these categories.
    pub category: Vec<Category>,
    /// Any of these channels.
    pub channel: Vec<Channel>,
    /// With all of these labels.
    pub tags: Vec<String>,
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
    /// The saved view that the desk's address names; it narrows nothing.
    pub saved: Option<db::Id<crate::saved::SavedView>>,
    /// What the desk shows of each ticket; it narrows nothing.
    pub columns: Vec<crate::column::Column>,
    /// Number, or words.
    pub q: Option<String>,
    /// What the words found, after `find`.
    pub found: Option<crate::matches::Matches>,
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
            custom_status: fields.optional_text("customStatus", crate::custom_status::NAME),
            priority: fields.words("priority", Priority::WORDS),
            category: fields.words("category", Category::WORDS),
            channel: fields.words("channel", Channel::WORDS),
            tags: fields.texts("tag", TAGS, crate::tag::LENGTH).iter().map(|tag| tag.to_lowercase()).collect(),
            team: fields.id("team"),
            assignee: None,
            requester: requester_id,
            requester_text: requester.filter(|_| requester_id.is_none()),
            organization: fields.id("organization"),
            created: (moment(fields, "createdFrom"), moment(fields, "createdTo")),
            updated: (moment(fields, "updatedFrom"), moment(fields, "updatedTo")),
            fields: crate::field::filter::read(fields),
            saved: None,
            columns: crate::column::read(fields),
            q: fields.optional_text("q", 200),
            found: None,
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

/// A time as programs write it, or a day as forms do: from its first moment on, in UTC.
fn moment(fields: &mut Fields, name: &str) -> Option<Timestamp> {
    let text = fields.optional_text(name, 64)?;
    match text.parse::<jiff::civil::Date>().ok().and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok()) {
        Some(day) if text.len() == 10 => Some(Timestamp::from_micros(day.timestamp().as_microsecond())),
        _ => fields.time(name),
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
        /// When it was marked as spam, while it is. Like all that follows it is for staff.
        pub spam_at: Option<Timestamp>,
        /// The last time it was put away.
        pub snooze: crate::snooze::Brief,
    }
}

/// One page of a list.
pub struct Page {
    /// The rows.
    pub rows: Vec<Listed>,
    /// Where to go on; none at the end.
    pub next: Option<String>,
}

/// How a sort reads: word, column, order, comparison, and the order of gathered keys.
pub(crate) struct Order {
    word: &'static str,
    pub(crate) key: &'static str,
    pub(crate) by: &'static str,
    pub(crate) beyond: &'static str,
    pub(crate) of_keys: &'static str,
}

const DOWN: &str = " ORDER BY k DESC, id DESC";

fn order(sort: Sort, aside: Option<View>, is_staff: bool) -> Order {
    let (key, by, beyond) = match (sort, aside) {
        // customers have few tickets and must not learn when a note was written
        (Sort::Updated | Sort::Priority, None) if !is_staff => (
            "COALESCE(t.public_at, t.created_at)",
            " ORDER BY COALESCE(t.public_at, t.created_at) DESC, t.id DESC",
            " AND (COALESCE(t.public_at, t.created_at), t.id) < (",
        ),
        (_, Some(View::Spam)) => ("t.spam_at", " ORDER BY t.spam_at DESC, t.id DESC", " AND (t.spam_at, t.id) < ("),
        (_, Some(_)) => ("t.trashed_at", " ORDER BY t.trashed_at DESC, t.id DESC", " AND (t.trashed_at, t.id) < ("),
        (Sort::Updated, _) => ("t.updated_at", " ORDER BY t.updated_at DESC, t.id DESC", " AND (t.updated_at, t.id) < ("),
        // deadlines are for staff
        (Sort::Sla, _) if is_staff => ("t.sla_sort", " ORDER BY t.sla_sort, t.id", " AND (t.sla_sort, t.id) > ("),
        (Sort::Newest | Sort::Sla, _) => ("t.created_at", " ORDER BY t.created_at DESC, t.id DESC", " AND (t.created_at, t.id) < ("),
        (Sort::Oldest, _) => ("t.created_at", " ORDER BY t.created_at, t.id", " AND (t.created_at, t.id) > ("),
        (Sort::Priority, _) => ("t.urgency", " ORDER BY t.urgency DESC, t.id DESC", " AND (t.urgency, t.id) < ("),
    };
    let word = match aside {
        Some(View::Spam) => "spam",
        Some(_) => "trashed",
        None => sort.word(),
    };
    Order { word, key, by, beyond, of_keys: if by.contains("DESC") { DOWN } else { " ORDER BY k, id" } }
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
        let next =
            rows.last().filter(|_| more).map(|last| Cursor { sort: word.to_owned(), value: self.sort_value(actor, last), id: last.ticket.id.uuid() }.encode());
        Ok(Page { rows, next })
    }

    /// The statement of a page; benches measure it bare. The tickets of the page are found first, by themselves: beside all
    /// that a row shows, PostgreSQL joins that to every ticket before it looks which ones are asked for (it orders eight
    /// tables at most).
    pub fn statement(&self, actor: &Actor) -> Result<Query> {
        let (order, lanes) = (self.order(actor), self.lanes(actor, true));
        let beyond = self.cursor.as_deref().map(|cursor| Cursor::decode(cursor, order.word)).transpose()?.map(|cursor| (cursor.value, cursor.id));
        let select = concat!("SELECT ", ticket_columns!(), ", d.source, s.seen_at, t.spam_at, y.by_name, y.until_at, y.woke_at, y.woke_by FROM (");
        let mut query = Query::with(select, Vec::new());
        self.push_found(actor, &lanes, &order, beyond, &mut query);
        query.push(concat!(") AS t", ticket_joins!(), " JOIN messages d ON d.id = t.first_message_id LEFT JOIN snoozes y ON y.ticket_id = t.id"));
        query.push(" LEFT JOIN ticket_seen s ON s.ticket_id = t.id AND s.person_id = ").bind(actor.person).push(order.by);
        Ok(query)
    }

    /// How the engine would run this list; for plan tests.
    pub async fn plan(&self, conn: &mut Conn, actor: &Actor) -> Result<String> {
        Ok(conn.plan(self.statement(actor)?).await?)
    }

    fn order(&self, actor: &Actor) -> Order {
        order(self.sorted_by(), self.view.filter(|_| self.is_set_aside(actor)), actor.is_staff())
    }

    /// The order that is asked for, or the view's own: what is about deadlines is sorted by them.
    pub fn sorted_by(&self) -> Sort {
        let usual = if matches!(self.view, Some(View::Breaching | View::Breached)) { Sort::Sla } else { Sort::Updated };
        self.sort.unwrap_or(usual)
    }

    /// Trash and spam are for staff; to others these views mean nothing.
    pub(crate) fn is_set_aside(&self, actor: &Actor) -> bool {
        matches!(self.view, Some(View::Trash | View::Spam)) && actor.is_staff()
    }

    fn sort_value(&self, actor: &Actor, row: &Listed) -> i64 {
        let ticket = &row.ticket;
        match (self.view, self.sorted_by()) {
            (Some(View::Trash), _) if actor.is_staff() => ticket.trashed_at.map_or(0, Timestamp::micros),
            (Some(View::Spam), _) if actor.is_staff() => row.spam_at.map_or(0, Timestamp::micros),
            (_, Sort::Updated | Sort::Priority) if !actor.is_staff() => ticket.public_at.micros(),
            (_, Sort::Updated) => ticket.updated_at.micros(),
            (_, Sort::Newest | Sort::Oldest) => ticket.created_at.micros(),
            (_, Sort::Priority) => ticket.priority.urgency(ticket.updated_at),
            (_, Sort::Sla) if !actor.is_staff() => ticket.created_at.micros(),
            (_, Sort::Sla) => ticket.deadline.sort,
        }
    }
}
