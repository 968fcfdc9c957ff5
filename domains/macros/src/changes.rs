//! Changes: what a macro or a change of many tickets does to each of them. Kept as JSON, told in words, made of tickets' own verbs.

use accounts::{Person, Team};
use db::{Conn, Word};
use kernel::{Actor, Fault, PersonId, Result, TeamId};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};
use tickets::{Category, Change, CustomStatus, Picked, Priority, STATUS_NAME, Status, Ticket, TicketId, message, policy::Action, variables};
use web::Fields;

/// A reply or note for each ticket, with its variables not yet filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Markdown, as written.
    pub text: String,
    /// A note for staff.
    pub is_internal: bool,
}

/// Who gets a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// Whoever does it.
    Me,
    /// Nobody.
    Nobody,
    /// This person.
    Person(PersonId),
}

/// Another ticket, by id and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other {
    /// Which one.
    pub id: TicketId,
    /// Its number; 0 until it is looked up.
    pub number: i64,
}

impl Other {
    /// Looks it up: whoever asks must be allowed to see it.
    async fn find(&mut self, conn: &mut Conn, actor: &Actor, field: &str) -> Result<()> {
        let found = Ticket::get(conn, actor, self.id, Action::See).await.map_err(|fault| match fault {
            Fault::Missing => Fault::field(field, "There is no such ticket, or not for you."),
            other => other,
        })?;
        self.number = found.number;
        Ok(())
    }
}

/// What is to be changed; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Where it stands.
    pub status: Option<Status>,
    /// The key of a custom status, which says where it stands too.
    pub custom_status: Option<String>,
    /// How much hangs on it.
    pub priority: Option<Priority>,
    /// What it is about.
    pub category: Option<Category>,
    /// Who answers.
    pub assignee: Option<Assignee>,
    /// Which team answers; `Some(None)` is none.
    pub team: Option<Option<TeamId>>,
    /// Labels to put on.
    pub add_tags: Vec<String>,
    /// Labels to take off.
    pub remove_tags: Vec<String>,
    /// Put it into the trash (only for many tickets).
    pub trash: bool,
    /// Let it go on in this one (only for many tickets).
    pub merge: Option<Other>,
    /// With that: people of other organizations may see what they did not see before.
    pub is_across: bool,
    /// Make it a child of this one (only for many tickets).
    pub parent: Option<Other>,
    /// What is said with it.
    pub said: Option<Said>,
}

/// One change in words, and what stands against it.
#[derive(Clone, Debug)]
pub struct Line {
    /// `Status`.
    pub what: &'static str,
    /// `Waiting on customer`.
    pub value: String,
    /// Why it can't be done: the team is gone.
    pub trouble: Option<String>,
}

impl Changes {
    /// From the fields of a form or JSON alike: `reply` or `note` is what is said.
    pub fn read(fields: &mut Fields) -> Self {
        let said = |text: Option<String>, is_internal| text.map(|text| Said { text, is_internal });
        let reply = said(fields.optional_text("reply", message::LENGTH), false);
        let note = said(fields.optional_text("note", message::LENGTH), true);
        for (field, said) in [("reply", &reply), ("note", &note)] {
            if let Some(sentence) = said.as_ref().and_then(|said| variables::unknown(&said.text)) {
                fields.errors.add(field, sentence);
            }
        }
        if reply.is_some() && note.is_some() {
            fields.errors.add("note", "Either a reply or a note.");
        }
        let assignee = fields.optional_text("assignedTo", 64).and_then(|text| match text.as_str() {
            "me" => Some(Assignee::Me),
            "none" => Some(Assignee::Nobody),
            id => id.parse().map(Assignee::Person).map_err(|_| fields.errors.add("assignedTo", "Must be an id, 'me' or 'none'.")).ok(),
        });
        let team = fields.optional_text("teamId", 64).and_then(|text| match text.as_str() {
            "none" => Some(None),
            id => id.parse().map(Some).map_err(|_| fields.errors.add("teamId", "Must be an id or 'none'.")).ok(),
        });
        let custom = fields.optional_text("customStatus", STATUS_NAME);
        let (status, custom_status) = match Picked::read(fields, "status") {
            Some(Picked::Custom(key)) => (None, Some(key)),
            Some(Picked::Plain(status)) => (Some(status), custom),
            None => (None, custom),
        };
        Self {
            status,
            custom_status,
            priority: fields.word("priority", Priority::WORDS),
            category: fields.word("category", Category::WORDS),
            assignee,
            team,
            add_tags: tags(fields, "addTags"),
            remove_tags: tags(fields, "removeTags"),
            trash: false,
            merge: None,
            is_across: false,
            parent: None,
            said: reply.or(note),
        }
    }

    /// The same with what is done to many tickets alone.
    pub fn read_for_many(fields: &mut Fields) -> Self {
        let other = |id: Option<TicketId>| id.map(|id| Other { id, number: 0 });
        let (merge, parent) = (other(fields.id("mergeInto")), other(fields.id("childOf")));
        Self { trash: fields.boolean("trash"), merge, is_across: fields.boolean("acrossOrganizations") && merge.is_some(), parent, ..Self::read(fields) }
    }

    /// Looks other tickets up that it names, and refuses what does not go together.
    pub(crate) async fn found(&self, conn: &mut Conn, actor: &Actor) -> Result<Self> {
        let mut found = self.clone();
        if let Some(merge) = &mut found.merge {
            merge.find(conn, actor, "mergeInto").await?;
            if (Self { merge: None, is_across: false, ..self.clone() }) != Self::default() {
                return Err(Fault::field("mergeInto", "Merging stands alone. Change the ticket afterwards."));
            }
        }
        if let Some(parent) = &mut found.parent {
            parent.find(conn, actor, "childOf").await?;
        }
        Ok(found)
    }

    /// The ticket that is none of those changed, though it may be chosen with them.
    pub(crate) fn spared(&self) -> Option<TicketId> {
        self.merge.or(self.parent).map(|other| other.id)
    }

    /// As it is kept; the same names as on the API.
    pub fn to_json(&self) -> Value {
        let mut all = Map::new();
        let mut put = |name: &str, value: Option<Value>| value.map(|value| all.insert(name.to_owned(), value));
        put("status", self.status.map(|word| json!(word)));
        put("customStatus", self.custom_status.as_ref().map(|key| json!(key)));
        put("priority", self.priority.map(|word| json!(word)));
        put("category", self.category.map(|word| json!(word)));
        put(
            "assignedTo",
            self.assignee.map(|who| match who {
                Assignee::Me => json!("me"),
                Assignee::Nobody => json!("none"),
                Assignee::Person(id) => json!(id),
            }),
        );
        put("teamId", self.team.map(|team| team.map_or(json!("none"), |id| json!(id))));
        put("addTags", (!self.add_tags.is_empty()).then(|| json!(self.add_tags)));
        put("removeTags", (!self.remove_tags.is_empty()).then(|| json!(self.remove_tags)));
        put("trash", self.trash.then_some(Value::Bool(true)));
        put("mergeInto", self.merge.map(|other| json!(other.id)));
        put("mergeIntoNumber", self.merge.map(|other| json!(other.number)));
        put("acrossOrganizations", self.is_across.then_some(Value::Bool(true)));
        put("childOf", self.parent.map(|other| json!(other.id)));
        put("childOfNumber", self.parent.map(|other| json!(other.number)));
        if let Some(said) = &self.said {
            put(if said.is_internal { "note" } else { "reply" }, Some(json!(said.text)));
        }
        Value::Object(all)
    }

    /// As it was kept.
    pub fn from_text(text: &str) -> Self {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        let text = |name: &str| value[name].as_str();
        let list = |name: &str| value[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let said = |name: &str, is_internal| text(name).map(|text| Said { text: text.to_owned(), is_internal });
        let other =
            |name: &str, number: &str| text(name).and_then(|text| text.parse().ok()).map(|id| Other { id, number: value[number].as_i64().unwrap_or_default() });
        Self {
            status: text("status").and_then(<Status as Word>::from_word),
            custom_status: text("customStatus").map(str::to_owned),
            priority: text("priority").and_then(<Priority as Word>::from_word),
            category: text("category").and_then(<Category as Word>::from_word),
            assignee: text("assignedTo").and_then(|text| match text {
                "me" => Some(Assignee::Me),
                "none" => Some(Assignee::Nobody),
                id => id.parse().ok().map(Assignee::Person),
            }),
            team: text("teamId").and_then(|text| if text == "none" { Some(None) } else { text.parse().ok().map(Some) }),
            add_tags: list("addTags"),
            remove_tags: list("removeTags"),
            trash: value["trash"].as_bool().unwrap_or(false),
            merge: other("mergeInto", "mergeIntoNumber"),
            is_across: value["acrossOrganizations"].as_bool().unwrap_or(false),
            parent: other("childOf", "childOfNumber"),
            said: said("reply", false).or_else(|| said("note", true)),
        }
    }

    /// Nothing but words, or nothing at all.
    pub fn changes_nothing(&self) -> bool {
        Self { said: None, ..self.clone() } == Self::default()
    }

    /// Every change in words, with what stands against it.
    pub fn lines(&self, known: &Known) -> Vec<Line> {
        let line = |what, value: &str| Line { what, value: value.to_owned(), trouble: None };
        let mut lines = Vec::new();
        lines.extend(match &self.custom_status {
            Some(key) => Some(self.custom_line(key, known)),
            None => self.status.map(|word| line("Status", word.label())),
        });
        lines.extend(self.priority.map(|word| line("Priority", word.label())));
        lines.extend(self.category.map(|word| line("Category", word.label())));
        lines.extend(self.assignee.map(|who| match who {
            Assignee::Me => line("Assignee", "You"),
            Assignee::Nobody => line("Assignee", "Nobody"),
            Assignee::Person(id) => gone("Assignee", known.staff.get(&id), "The person it assigns to is not on the staff any more."),
        }));
        lines.extend(self.team.map(|team| match team {
            None => line("Team", "None"),
            Some(id) => gone("Team", known.teams.get(&id), "The team it names is gone."),
        }));
        if !self.add_tags.is_empty() {
            lines.push(line("Add tags", &self.add_tags.join(", ")));
        }
        if !self.remove_tags.is_empty() {
            lines.push(line("Remove tags", &self.remove_tags.join(", ")));
        }
        if self.trash {
            lines.push(line("Delete", "Into the trash, for 30 days"));
        }
        lines.extend(self.merge.map(|other| line("Merge into", &format!("#{}", other.number))));
        lines.extend(self.parent.map(|other| line("Child of", &format!("#{}", other.number))));
        lines
    }

    fn custom_line(&self, key: &str, known: &Known) -> Line {
        let found = known.statuses.get(key);
        let line = gone("Status", found.map(|status| &status.name), "The status it sets was removed.");
        let other = found.filter(|status| self.status.is_some_and(|word| word != status.status));
        Line { trouble: line.trouble.or_else(|| other.map(|status| format!("“{}” belongs to {}.", status.name, status.status.word()))), ..line }
    }

    /// The first thing that stands against it: nothing of it is done then.
    pub fn trouble(&self, known: &Known) -> Option<String> {
        self.lines(known).into_iter().find_map(|line| line.trouble)
    }

    /// What it means for one ticket with these tags; only what would really change.
    pub(crate) fn of(&self, ticket: &Ticket, tags: &[String], actor: &Actor) -> Change {
        let assignee = self.assignee.map(|who| match who {
            Assignee::Me => actor.person,
            Assignee::Nobody => None,
            Assignee::Person(id) => Some(id),
        });
        let mut wanted: Vec<String> = tags.iter().filter(|tag| !self.remove_tags.contains(tag)).chain(&self.add_tags).cloned().collect();
        wanted.sort();
        wanted.dedup();
        Change {
            version: ticket.version,
            status: self.status.filter(|word| self.custom_status.is_none() && (*word != ticket.status || ticket.named.key.is_some())),
            custom_status: self.custom_status.clone().filter(|key| ticket.named.key.as_ref() != Some(key)),
            priority: self.priority.filter(|word| *word != ticket.priority),
            category: self.category.filter(|word| *word != ticket.category),
            assignee: assignee.filter(|who| *who != ticket.assignee_id),
            team: self.team.filter(|team| *team != ticket.team_id),
            tags: (wanted != tags).then_some(wanted),
            ..Change::default()
        }
    }
}

fn tags(fields: &mut Fields, name: &str) -> Vec<String> {
    let texts = fields.texts(name, tickets::tag::MOST, tickets::tag::LENGTH);
    let mut clean = Vec::new();
    for text in texts {
        match tickets::tag::clean(&text) {
            Ok(tag) if !clean.contains(&tag) => clean.push(tag),
            Ok(_) => {}
            Err(_) => fields.errors.add(name, format!("A tag has 1 to {} characters and no comma.", tickets::tag::LENGTH)),
        }
    }
    clean
}

fn gone(what: &'static str, name: Option<&String>, sentence: &str) -> Line {
    match name {
        Some(name) => Line { what, value: name.clone(), trouble: None },
        None => Line { what, value: "gone".to_owned(), trouble: Some(sentence.to_owned()) },
    }
}

/// The teams and the staff of this moment, by id.
pub struct Known {
    /// Names of teams.
    pub teams: HashMap<TeamId, String>,
    /// Names of staff that may come in.
    pub staff: HashMap<PersonId, String>,
    /// Custom statuses that can be set, by key.
    pub statuses: BTreeMap<String, CustomStatus>,
}

impl Known {
    /// Read once for any number of macros.
    pub async fn now(conn: &mut Conn) -> Result<Self> {
        Ok(Self {
            teams: Team::all(conn).await?.into_iter().map(|team| (team.id, team.name)).collect(),
            staff: Person::staff(conn).await?.into_iter().map(|person| (person.id, person.name)).collect(),
            statuses: CustomStatus::active(conn).await?.into_iter().map(|status| (status.key.clone(), status)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_the_same_after_being_kept() {
        let all = Changes {
            status: Some(Status::Pending),
            custom_status: Some("needs_a_log".to_owned()),
            priority: Some(Priority::High),
            category: Some(Category::Billing),
            assignee: Some(Assignee::Person(PersonId::new())),
            team: Some(Some(TeamId::new())),
            add_tags: vec!["refund".to_owned()],
            remove_tags: vec!["new".to_owned()],
            trash: true,
            merge: Some(Other { id: TicketId::new(), number: 1050 }),
            is_across: true,
            parent: Some(Other { id: TicketId::new(), number: 1051 }),
            said: Some(Said { text: "Hello \"you\"".to_owned(), is_internal: true }),
        };
        let some = [
            Changes::default(),
            Changes { assignee: Some(Assignee::Me), team: Some(None), said: Some(Said { text: "r".to_owned(), is_internal: false }), ..Changes::default() },
            Changes { assignee: Some(Assignee::Nobody), ..Changes::default() },
            all,
        ];

        for changes in some {
            assert_eq!(Changes::from_text(&changes.to_json().to_string()), changes);
        }
    }

    #[test]
    fn a_person_team_or_status_that_is_gone_is_told() {
        let known = Known { teams: HashMap::new(), staff: HashMap::new(), statuses: BTreeMap::new() };
        let team = Changes { status: Some(Status::Open), team: Some(Some(TeamId::new())), ..Changes::default() };
        let person = Changes { assignee: Some(Assignee::Person(PersonId::new())), ..Changes::default() };
        let status = Changes { custom_status: Some("gone".to_owned()), ..Changes::default() };
        let fine = Changes { status: Some(Status::Open), assignee: Some(Assignee::Me), team: Some(None), ..Changes::default() };

        assert_eq!(team.trouble(&known).as_deref(), Some("The team it names is gone."));
        assert!(person.trouble(&known).is_some());
        assert_eq!(status.trouble(&known).as_deref(), Some("The status it sets was removed."));
        assert_eq!(fine.trouble(&known), None);
    }
}
