//! What can be told: the rooms' tellings, as the roof hands them over.

use kernel::{Actor, Audience, Fault, NoticeKind, Result, Role, Telling};
use std::sync::Arc;
use web::App;

/// What rooms tell; the roof keeps it with the state of the house.
#[derive(Clone, Copy)]
pub struct Sources(pub &'static [Telling]);

/// What rooms tell here.
pub(crate) fn sources(app: &App) -> Result<Arc<Sources>> {
    app.state::<Sources>().ok_or_else(|| Fault::Broken("nobody says what is told".to_owned()))
}

impl Sources {
    /// Who tells of this kind of event.
    pub(crate) fn of_event(&self, event: &str) -> Option<&'static Telling> {
        self.0.iter().find(|telling| telling.events.contains(&event))
    }

    /// Who names this kind of thing.
    pub(crate) fn of_thing(&self, kind: &str) -> Option<&'static Telling> {
        self.0.iter().find(|telling| telling.of == kind)
    }

    /// A kind by its word.
    pub(crate) fn kind(&self, word: &str) -> Option<&'static NoticeKind> {
        self.0.iter().flat_map(|telling| telling.kinds).find(|kind| kind.word == word)
    }

    /// The kinds for people of a role, in the order of the rooms.
    pub(crate) fn kinds_for(&self, role: Role) -> Vec<&'static NoticeKind> {
        self.0.iter().flat_map(|telling| telling.kinds).filter(|kind| is_for(kind, role)).collect()
    }

    /// The kinds for somebody.
    pub(crate) fn kinds_of(&self, actor: &Actor) -> Vec<&'static NoticeKind> {
        self.kinds_for(actor.role)
    }
}

/// Whether people of this role get such notices.
pub(crate) fn is_for(kind: &NoticeKind, role: Role) -> bool {
    match kind.audience {
        Audience::Staff => role >= Role::Agent,
        Audience::Customers => role == Role::Customer,
    }
}
