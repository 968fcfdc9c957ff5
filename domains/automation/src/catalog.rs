//! Everything that can be asked and done by one kind of thing: what its room offers, what other rooms add, and what admins
//! made, with the lists of choices as they are now.

use crate::folded;
use db::{Conn, Tx};
use kernel::{Actor, Addition, Argument, Choice, Command, Domain, EventKind, Fault, Field, FieldKind, Made, Offer, Offers, Result, Thing};
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use uuid::Uuid;

/// The lists of choices, by name.
pub type Book = HashMap<String, Vec<Choice>>;

/// What can be asked and done by one kind of thing.
#[derive(Debug)]
pub struct Catalog {
    /// The kind of thing: `ticket`.
    pub kind: &'static str,
    /// What its room offers.
    pub offer: &'static Offer,
    /// What can happen to it.
    pub events: Vec<EventKind>,
    /// What can be asked of it.
    pub fields: Vec<Arc<Field>>,
    /// What can be done to it.
    pub commands: Vec<Arc<Command>>,
    /// The choices.
    pub book: Book,
    additions: Vec<&'static Addition>,
}

impl Catalog {
    /// One of each kind that something is offered about.
    pub async fn all(conn: &mut Conn, domains: &[Domain]) -> Result<HashMap<&'static str, Arc<Self>>> {
        let mut all = HashMap::new();
        for domain in domains {
            if let Some(Offers::Own(offer)) = domain.offer {
                all.insert(domain.kind, Arc::new(Self::read(conn, domain.kind, offer, domains).await?));
            }
        }
        Ok(all)
    }

    /// That of one kind.
    pub async fn of(conn: &mut Conn, domains: &[Domain], kind: &'static str) -> Result<Arc<Self>> {
        let offer = domains.iter().find_map(|domain| match domain.offer {
            Some(Offers::Own(offer)) if domain.kind == kind => Some(offer),
            _ => None,
        });
        let offer = offer.ok_or_else(|| Fault::Broken(format!("nothing offers {kind}")))?;
        Ok(Arc::new(Self::read(conn, kind, offer, domains).await?))
    }

    async fn read(conn: &mut Conn, kind: &'static str, offer: &'static Offer, domains: &[Domain]) -> Result<Self> {
        let additions = domains.iter().filter_map(|domain| match domain.offer {
            Some(Offers::About(addition)) if addition.kind == kind => Some(addition),
            _ => None,
        });
        let made = (offer.made)(conn).await?;
        let mut catalog = Self::new(kind, offer, additions.collect(), made, Book::new());
        for list in catalog.lists() {
            let mut choices = (offer.choices)(conn, &list).await?;
            for addition in &catalog.additions {
                choices.extend((addition.choices)(conn, &list).await?);
            }
            catalog.book.insert(list, choices);
        }
        Ok(catalog)
    }

    /// Put together from its parts.
    pub fn new(kind: &'static str, offer: &'static Offer, additions: Vec<&'static Addition>, made: Made, book: Book) -> Self {
        let events = additions.iter().flat_map(|addition| addition.events);
        let fields = additions.iter().flat_map(|addition| addition.fields);
        let commands = additions.iter().flat_map(|addition| addition.commands);
        Self {
            events: offer.events.iter().chain(events).copied().collect(),
            fields: offer.fields.iter().chain(fields).cloned().chain(made.fields).map(Arc::new).collect(),
            commands: offer.commands.iter().chain(commands).cloned().chain(made.commands).map(Arc::new).collect(),
            kind,
            offer,
            book,
            additions,
        }
    }

    /// The names of all lists that something is chosen from.
    fn lists(&self) -> BTreeSet<String> {
        let fields = self.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::Choice(list) | FieldKind::Choices(list) => Some(list.to_string()),
            _ => None,
        });
        let commands = self.commands.iter().filter_map(|command| match &command.argument {
            Argument::Choice(list) | Argument::ChoiceOrNone(list) => Some(list.to_string()),
            _ => None,
        });
        fields.chain(commands).chain(["teams".to_owned()]).collect()
    }

    /// The field of a name.
    pub fn field(&self, name: &str) -> Option<&Arc<Field>> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The command of a name.
    pub fn command(&self, name: &str) -> Option<&Arc<Command>> {
        self.commands.iter().find(|command| command.name == name)
    }

    /// The event of a kind.
    pub fn event(&self, kind: &str) -> Option<&EventKind> {
        self.events.iter().find(|event| event.kind == kind)
    }

    /// What people call a choice; none when it is gone.
    pub fn label(&self, list: &str, value: &str) -> Option<&str> {
        self.book.get(list)?.iter().find(|choice| choice.value == value).map(|choice| choice.label.as_str())
    }

    /// Which variable of a text there is not, in words.
    pub fn unknown_variable(&self, text: &str) -> Option<String> {
        self.offer.variables.and_then(|variables| (variables.unknown)(text))
    }

    /// Things with the values of the wanted fields, texts in lower case; those that rules let alone are left out.
    pub async fn things(&self, conn: &mut Conn, ids: &[Uuid], wanted: &[String]) -> Result<Vec<Thing>> {
        let mut things = (self.offer.things)(conn, ids, wanted).await?;
        for addition in &self.additions {
            if !wanted.iter().any(|name| addition.fields.iter().any(|field| field.name == *name)) {
                continue;
            }
            let mut found: HashMap<Uuid, _> = (addition.facts)(conn, ids, wanted).await?.into_iter().collect();
            for thing in &mut things {
                thing.facts.extend(found.remove(&thing.id).unwrap_or_default());
            }
        }
        for thing in &mut things {
            folded(&mut thing.facts, &self.fields);
        }
        Ok(things)
    }

    /// Does a command by whoever offers it.
    pub async fn run(&self, tx: &mut Tx, actor: &Actor, id: Uuid, command: &str, argument: &Value) -> Result<()> {
        let added = self.additions.iter().find(|addition| addition.commands.iter().any(|known| known.name == command));
        let run = added.map_or(self.offer.run, |addition| addition.run);
        run(tx, actor, id, command, argument).await
    }
}
