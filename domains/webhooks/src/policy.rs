//! Rights over webhooks: admins alone, since a webhook hears of every ticket. Default no.

use kernel::{Actor, Fault, Result};

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See webhooks and their log.
    See,
    /// Make, change, test and remove them, and send a delivery again.
    Keep,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::See, Self::Keep];
}

/// May this actor do this?
pub fn may(actor: &Actor, action: Action) -> bool {
    match action {
        Action::See | Action::Keep => actor.is_admin(),
    }
}

/// Lets through, or says for whom it is.
pub(crate) fn demand(actor: &Actor, action: Action) -> Result<()> {
    if may(actor, action) { Ok(()) } else { Err(Fault::Forbidden("Webhooks are for admins.".to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Role, Who};

    #[test]
    fn webhooks_are_for_admins() {
        let actor = |who: Who, role| Actor { who, role, ..Actor::stranger() };
        let cases = [
            (actor(Who::Stranger, Role::Admin), false),
            (actor(Who::Guest(uuid::Uuid::nil()), Role::Admin), false),
            (actor(Who::Session, Role::Customer), false),
            (actor(Who::Session, Role::Agent), false),
            (actor(Who::Session, Role::Supervisor), false),
            (actor(Who::Session, Role::Admin), true),
            (actor(Who::Token(Vec::new()), Role::Admin), true),
        ];
        for (actor, expected) in cases {
            assert!(Action::ALL.iter().all(|action| may(&actor, *action) == expected), "{:?} {:?}", actor.who, actor.role);
        }
    }
}
