//! Rights over notices: everybody has their own, and nobody else's. Admins see what became of what goes out. Default no.

use kernel::{Actor, Fault, PersonId, Result};

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See and mark as read, choose what one is told of.
    Own,
    /// See the log of what went out, and try again.
    Log,
}

/// May this actor do this to what belongs to that person?
pub fn may(actor: &Actor, action: Action, person: PersonId) -> bool {
    match action {
        Action::Own => actor.is_signed_in() && actor.person == Some(person),
        Action::Log => actor.is_admin(),
    }
}

/// The person of the actor, or who has none signs in.
pub(crate) fn own(actor: &Actor) -> Result<PersonId> {
    let person = actor.person.ok_or(Fault::SignIn)?;
    if may(actor, Action::Own, person) { Ok(person) } else { Err(Fault::SignIn) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Role, Who};

    #[test]
    fn notices_are_for_their_person_and_the_log_for_admins() {
        let me = PersonId::new();
        let actor = |who: Who, role, person| Actor { who, role, person, ..Actor::stranger() };
        let cases = [
            (actor(Who::Stranger, Role::Admin, None), false, false),
            (actor(Who::Guest(uuid::Uuid::nil()), Role::Customer, Some(me)), false, false),
            (actor(Who::Session, Role::Customer, Some(me)), true, false),
            (actor(Who::Session, Role::Customer, Some(PersonId::new())), false, false),
            (actor(Who::Session, Role::Admin, Some(PersonId::new())), false, true),
            (actor(Who::Token(Vec::new()), Role::Agent, Some(me)), true, false),
        ];
        for (actor, own, log) in cases {
            assert_eq!((may(&actor, Action::Own, me), may(&actor, Action::Log, me)), (own, log), "{:?} {:?}", actor.who, actor.role);
        }
    }
}
