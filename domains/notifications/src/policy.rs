//! Rights over notices: everybody has their own, and nobody else's. Admins see what became of what goes out. Default no.

use kernel::{Actor, Fault, PersonId, Result};

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See and mark as read, choose what one is told of.
    Own,
    /// Have text messages sent to one's phone.
    Phone,
    /// See the log of what went out, try again, and set up who sends text messages.
    Log,
}

/// May this actor do this to what belongs to that person?
pub fn may(actor: &Actor, action: Action, person: PersonId) -> bool {
    match action {
        Action::Phone => actor.is_staff() && actor.person == Some(person),
        Action::Own => actor.is_signed_in() && actor.person == Some(person),
        Action::Log => actor.is_admin(),
    }
}

/// The person of the actor, or who has none signs in.
pub(crate) fn own(actor: &Actor) -> Result<PersonId> {
    let person = actor.person.ok_or(Fault::SignIn)?;
    if may(actor, Action::Own, person) { Ok(person) } else { Err(Fault::SignIn) }
}

/// The person of the actor, for their phone: staff alone, because each message costs money.
pub(crate) fn phone(actor: &Actor) -> Result<PersonId> {
    let person = own(actor)?;
    if may(actor, Action::Phone, person) { Ok(person) } else { Err(Fault::Forbidden("Text messages are for support staff.".to_owned())) }
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
            (actor(Who::Stranger, Role::Admin, None), [false, false, false]),
            (actor(Who::Guest(uuid::Uuid::nil()), Role::Customer, Some(me)), [false, false, false]),
            (actor(Who::Session, Role::Customer, Some(me)), [true, false, false]),
            (actor(Who::Session, Role::Customer, Some(PersonId::new())), [false, false, false]),
            (actor(Who::Session, Role::Admin, Some(PersonId::new())), [false, false, true]),
            (actor(Who::Token(Vec::new()), Role::Agent, Some(me)), [true, true, false]),
        ];
        for (actor, expected) in cases {
            let found = [Action::Own, Action::Phone, Action::Log].map(|action| may(&actor, action, me));
            assert_eq!(found, expected, "{:?} {:?}", actor.who, actor.role);
        }
    }
}
