//! Who asks. Made once per request from a session or a token; every gate takes it.

use db::{Id, NewEvent};
use uuid::Uuid;

/// Names people in ids; the row lives in the room `accounts`.
#[derive(Debug)]
pub enum Person {}
/// Names teams in ids.
#[derive(Debug)]
pub enum Team {}
/// Names organizations in ids.
#[derive(Debug)]
pub enum Organization {}

/// The id of a person.
pub type PersonId = Id<Person>;
/// The id of a team.
pub type TeamId = Id<Team>;
/// The id of an organization.
pub type OrganizationId = Id<Organization>;

db::words! {
    /// What a person is, from the least to the most.
    pub enum Role {
        /// An end user.
        Customer = "CUSTOMER",
        /// Staff: the inbox of the own teams.
        Agent = "AGENT",
        /// Staff: every team, reports.
        Supervisor = "SUPERVISOR",
        /// Runs the system.
        Admin = "ADMIN",
    }
}

impl Role {
    /// As shown: `Agent`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Agent => "Agent",
            Self::Supervisor => "Supervisor",
            Self::Admin => "Admin",
        }
    }
}

db::words! {
    /// What a personal access token may be used for.
    pub enum Scope {
        /// Read tickets, messages, attachments and their events.
        TicketsRead = "tickets:read",
        /// Create and change tickets, send messages and files.
        TicketsWrite = "tickets:write",
        /// Read people, teams and organizations.
        PeopleRead = "people:read",
        /// Read articles, and for staff their drafts and versions.
        KnowledgeRead = "knowledge:read",
        /// Write, review and publish articles; vote on them.
        KnowledgeWrite = "knowledge:write",
    }
}

/// How the actor proved who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody: not signed in.
    Stranger,
    /// A signed-in person in a browser.
    Session,
    /// A person's token, with what it may be used for.
    Token(Vec<Scope>),
    /// Somebody with the signed link of one ticket.
    Guest(Uuid),
    /// The program itself: rules, imports, clockwork.
    System,
}

/// Who asks, with all that a decision needs.
#[derive(Clone, Debug)]
pub struct Actor {
    /// How it proved who it is.
    pub who: Who,
    /// The person behind it; none for strangers and the system.
    pub person: Option<PersonId>,
    /// Shown name.
    pub name: String,
    /// Address of the person; empty for strangers and the system.
    pub email: String,
    /// What the person is.
    pub role: Role,
    /// Teams of staff.
    pub teams: Vec<TeamId>,
    /// The person's organization.
    pub organization: Option<OrganizationId>,
    /// True when members of the organization may see each other's requests.
    pub shares_requests: bool,
    /// IANA name of the person's time zone.
    pub zone: String,
    /// BCP 47 tag of the person's language.
    pub language: String,
    /// True when single-key shortcuts are wanted (WCAG 2.1.4).
    pub keys_on: bool,
    /// The row of the session or token.
    pub session: Option<Uuid>,
}

impl Actor {
    /// Nobody.
    pub fn stranger() -> Self {
        Self {
            who: Who::Stranger,
            person: None,
            name: String::new(),
            email: String::new(),
            role: Role::Customer,
            teams: Vec::new(),
            organization: None,
            shares_requests: false,
            zone: "UTC".to_owned(),
            language: "en-GB".to_owned(),
            keys_on: true,
            session: None,
        }
    }

    /// The program itself; `name` says which part of it (`Clockwork`, `Demo`).
    pub fn system(name: &str) -> Self {
        Self { who: Who::System, name: name.to_owned(), role: Role::Admin, ..Self::stranger() }
    }

    /// Signed in as a person, by session or token.
    pub fn is_signed_in(&self) -> bool {
        matches!(self.who, Who::Session | Who::Token(_))
    }

    /// Agent or more, or the program.
    pub fn is_staff(&self) -> bool {
        match self.who {
            Who::Session | Who::Token(_) => self.role >= Role::Agent,
            Who::System => true,
            Who::Stranger | Who::Guest(_) => false,
        }
    }

    /// Supervisor or more, or the program.
    pub fn is_supervisor(&self) -> bool {
        self.is_staff() && self.role >= Role::Supervisor
    }

    /// Admin, or the program.
    pub fn is_admin(&self) -> bool {
        self.is_staff() && self.role >= Role::Admin
    }

    /// True unless a token lacks the scope.
    pub fn has_scope(&self, scope: Scope) -> bool {
        match &self.who {
            Who::Token(scopes) => scopes.contains(&scope),
            _ => true,
        }
    }

    /// A line for the journal in this actor's name.
    pub fn event(&self, kind: &'static str, subject: (&'static str, Uuid), staff_only: bool, data: serde_json::Value) -> NewEvent {
        NewEvent {
            kind,
            subject_kind: subject.0,
            subject_id: subject.1,
            actor_kind: match self.who {
                Who::Stranger | Who::Guest(_) => "guest",
                Who::Session | Who::Token(_) => "person",
                Who::System => "system",
            },
            actor_id: self.person.map(Id::uuid),
            actor_name: self.name.clone(),
            staff_only,
            data,
        }
    }
}
