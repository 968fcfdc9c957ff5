//! Rights over figures: supervisors and admins see all; agents those of their teams and their own; nobody else any.
//! Default no.

use kernel::{Actor, Fault, PersonId, Result, TeamId};

/// Whose tickets are counted for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    All,
    /// Those of these teams, and those that this person has.
    Own {
        /// The teams.
        teams: Vec<TeamId>,
        /// The person.
        person: Option<PersonId>,
    },
}

/// May this actor see reports at all?
pub fn may(actor: &Actor) -> bool {
    actor.is_staff()
}

/// The gate: whose tickets are counted for this actor.
pub fn scope(actor: &Actor) -> Result<Scope> {
    if !may(actor) {
        return Err(Fault::Forbidden("Reports are for support staff.".to_owned()));
    }
    Ok(if actor.is_supervisor() { Scope::All } else { Scope::Own { teams: actor.teams.clone(), person: actor.person } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::Id;
    use kernel::{Role, Who};

    #[test]
    fn who_may_see_whose_figures() {
        let person = Id::new();
        let team: TeamId = Id::new();
        let actor = |who: Who, role| Actor { who, role, person: Some(person), teams: vec![team], ..Actor::stranger() };
        let own = Scope::Own { teams: vec![team], person: Some(person) };
        let cases = [
            (actor(Who::Session, Role::Customer), None),
            (actor(Who::Guest(person.uuid()), Role::Admin), None),
            (actor(Who::Stranger, Role::Admin), None),
            (actor(Who::Session, Role::Agent), Some(own.clone())),
            (actor(Who::Token(Vec::new()), Role::Agent), Some(own)),
            (actor(Who::Session, Role::Supervisor), Some(Scope::All)),
            (actor(Who::Session, Role::Admin), Some(Scope::All)),
        ];
        for (actor, expected) in cases {
            assert_eq!(may(&actor), expected.is_some(), "{:?} {:?}", actor.who, actor.role);
            assert_eq!(scope(&actor).ok(), expected, "{:?} {:?}", actor.who, actor.role);
        }
    }
}
