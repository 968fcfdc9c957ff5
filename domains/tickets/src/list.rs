//! Lists of tickets: built-in views, filters kept in the URL, sorts, keyset pages and counts.

pub(crate) use crate::seen::saw;
use crate::{
    Category, Channel, Priority, Status, Ticket,
    lanes::status_is,
    ticket::{ticket_columns, ticket_tables},
};
use db::{Conn, Query, Timestamp, record, sql};
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
    /// The saved view that the desk's address names; it narrows nothing.
    pub saved: Option<db::Id<crate::saved::SavedView>>,
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
            tags: fields.texts("tag", TAGS, crate::tag::LENGTH).iter().map(|tag| tag.to_lowercase()).collect(),
            team: fields.id("team"),
            assignee: None,
            requester: requester_id,
            requester_text: requester.filter(|_| requester_id.is_none()),
            organization: fields.id("organization"),
            created: (moment(fields, "createdFrom"), moment(fields, "createdTo")),
            updated: (moment(fields, "updatedFrom"), moment(fields, "updatedTo")),
            saved: None,
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
        (Sort::Newest, _) => ("t.created_at", " ORDER BY t.created_at DESC, t.id DESC", " AND (t.created_at, t.id) < ("),
        (Sort::Oldest, _) => ("t.created_at", " ORDER BY t.created_at, t.id", " AND (t.created_at, t.id) > ("),
        (Sort::Priority, _) => ("t.urgency", " ORDER BY t.urgency DESC, t.id DESC", " AND (t.urgency, t.id) < ("),
    };
    let word = match aside {
        Some(View::Spam) => "spam",
        Some(_) => "trashed",
        None => sort.word(),
    };
    Order { word, key, by, beyond, of_keys: if sort == Sort::Oldest && aside.is_none() { " ORDER BY k, id" } else { DOWN } }
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

    /// The statement of a page; benches measure it bare.
    pub fn statement(&self, actor: &Actor) -> Result<Query> {
        let (order, lanes) = (self.order(actor), self.lanes(actor));
        let mut query = sql!(
            concat!(
                "SELECT ",
                ticket_columns!(),
                ", d.source, s.seen_at, t.spam_at, y.by_name, y.until_at, y.woke_at, y.woke_by",
                ticket_tables!(),
                " JOIN messages d ON d.id = t.first_message_id LEFT JOIN ticket_seen s ON s.ticket_id = t.id AND s.person_id = $1
                 LEFT JOIN snoozes y ON y.ticket_id = t.id WHERE 1 = 1"
            ),
            actor.person
        );
        let beyond = self.cursor.as_deref().map(|cursor| Cursor::decode(cursor, order.word)).transpose()?.map(|cursor| (cursor.value, cursor.id));
        if let [lane] = lanes[..]
            && Self::is_direct(&lanes)
        {
            self.narrow_lane(actor, lane, &mut query);
            if let Some((value, id)) = beyond {
                query.push(order.beyond).bind(value).push(", ").bind(id).push(")");
            }
            query.push(order.by).limit(self.limit + 1);
        } else {
            self.push_keys(actor, &lanes, &order, beyond, &mut query);
            query.push(order.by);
        }
        Ok(query)
    }

    /// How the engine would run this list; for plan tests.
    pub async fn plan(&self, conn: &mut Conn, actor: &Actor) -> Result<String> {
        Ok(conn.plan(self.statement(actor)?).await?)
    }

    fn order(&self, actor: &Actor) -> Order {
        order(self.sort.unwrap_or(Sort::Updated), self.view.filter(|_| self.is_set_aside(actor)), actor.is_staff())
    }

    /// Trash and spam are for staff; to others these views mean nothing.
    pub(crate) fn is_set_aside(&self, actor: &Actor) -> bool {
        matches!(self.view, Some(View::Trash | View::Spam)) && actor.is_staff()
    }

    fn sort_value(&self, actor: &Actor, row: &Listed) -> i64 {
        let ticket = &row.ticket;
        match (self.view, self.sort.unwrap_or(Sort::Updated)) {
            (Some(View::Trash), _) if actor.is_staff() => ticket.trashed_at.map_or(0, Timestamp::micros),
            (Some(View::Spam), _) if actor.is_staff() => row.spam_at.map_or(0, Timestamp::micros),
            (_, Sort::Updated | Sort::Priority) if !actor.is_staff() => ticket.public_at.micros(),
            (_, Sort::Updated) => ticket.updated_at.micros(),
            (_, Sort::Newest | Sort::Oldest) => ticket.created_at.micros(),
            (_, Sort::Priority) => ticket.priority.urgency(ticket.updated_at),
        }
    }

    /// The filter, without view and rights. `by_team`: the index of a team leads; `has_status`: the lane asked already.
    pub(crate) fn narrow(&self, actor: &Actor, by_team: bool, has_status: bool, query: &mut Query) {
        let status = if has_status { Vec::new() } else { self.status.iter().map(|word| word.word()).collect::<Vec<_>>() };
        for (clause, words) in [
            (" AND t.status IN ", status),
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
        for tag in &self.tags {
            query.push(" AND t.id IN (SELECT g.ticket_id FROM ticket_tags g WHERE g.tag = ").bind(tag).push(")");
        }
        if let Some(team) = self.team.filter(|_| !by_team) {
            query.push(" AND t.team_id = ").bind(team);
        }
        match self.assignee {
            None => {}
            Some(None) => drop(query.push(nobody(by_team))),
            Some(person) if by_team => drop(query.push(" AND COALESCE(t.assignee_id, NULL) = ").bind(person)),
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
        self.narrow_text(query);
    }

    /// What the view asks for beyond being active, which the lane says.
    pub(crate) fn narrow_view(&self, actor: &Actor, by_team: bool, query: &mut Query) {
        let Some(view) = self.view else { return };
        if !actor.is_staff() && !matches!(view, View::All | View::Trash | View::Spam | View::Snoozed) && view.status().is_none() {
            // whether staff put it away or marked it is none of a customer's business
            query.push(" AND t.status IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD')");
        }
        match view {
            View::All | View::Trash | View::Open | View::Snoozed => {}
            View::Mine => drop(query.push(" AND t.assignee_id = ").bind(actor.person)),
            View::Teams if by_team => {}
            View::Teams => drop(query.push(" AND t.team_id IN ").list(actor.teams.iter().copied())),
            View::Unassigned => drop(query.push(nobody(by_team))),
            View::Spam if actor.is_staff() => drop(query.push(" AND t.spam_at IS NOT NULL")),
            View::Spam => {}
            View::Pending | View::Hold | View::Resolved => drop(query.push(status_is(by_team)).bind(view.status())),
        }
    }

    /// True when the text is the number of a ticket.
    pub(crate) fn is_number(&self) -> bool {
        self.q.as_deref().is_some_and(|text| text.trim().trim_start_matches('#').parse::<i64>().is_ok())
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

impl View {
    /// The one status of its tickets.
    const fn status(self) -> Option<Status> {
        match self {
            Self::Pending => Some(Status::Pending),
            Self::Hold => Some(Status::OnHold),
            Self::Resolved => Some(Status::Resolved),
            _ => None,
        }
    }
}

/// As `status_is`: within a team the index of the team leads.
const fn nobody(by_team: bool) -> &'static str {
    if by_team { " AND COALESCE(t.assignee_id, NULL) IS NULL" } else { " AND t.assignee_id IS NULL" }
}

/// Words anywhere in the subject, in their order; what `LIKE` reads specially is escaped.
fn like(text: &str) -> String {
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
