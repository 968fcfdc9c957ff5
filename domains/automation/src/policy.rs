//! Rights over rules and assignment: admins make rules, supervisors give work out; why rules did what they did to a thing
//! sees whoever of the staff may see the thing. Default no.

use kernel::{Actor, Fault, Result};

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See, write, try and remove rules, and read their traces.
    KeepRules,
    /// Say how teams give their work out, and who takes how much.
    Assign,
    /// Read what became of the rules at a thing; the room of the thing has its own gate.
    SeeWhy,
}

/// May this actor do this?
pub fn may(actor: &Actor, action: Action) -> bool {
    match action {
        Action::KeepRules => actor.is_admin(),
        Action::Assign => actor.is_supervisor(),
        Action::SeeWhy => actor.is_staff(),
    }
}

/// Lets through, or says for whom it is.
pub(crate) fn demand(actor: &Actor, action: Action) -> Result<()> {
    if may(actor, action) {
        return Ok(());
    }
    let words = match action {
        Action::KeepRules => "Rules are for admins.",
        Action::Assign => "Assignment is for supervisors.",
        Action::SeeWhy => "The desk is for support staff.",
    };
    Err(Fault::Forbidden(words.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Role, Who};

    #[test]
    fn who_may_keep_rules_assign_and_see_why() {
        let actor = |who: Who, role| Actor { who, role, ..Actor::stranger() };
        let cases = [
            (actor(Who::Stranger, Role::Admin), [false, false, false]),
            (actor(Who::Guest(uuid::Uuid::nil()), Role::Admin), [false, false, false]),
            (actor(Who::Session, Role::Customer), [false, false, false]),
            (actor(Who::Session, Role::Agent), [false, false, true]),
            (actor(Who::Token(Vec::new()), Role::Agent), [false, false, true]),
            (actor(Who::Session, Role::Supervisor), [false, true, true]),
            (actor(Who::Session, Role::Admin), [true, true, true]),
            (actor(Who::Token(Vec::new()), Role::Admin), [true, true, true]),
        ];
        for (actor, expected) in cases {
            let found = [Action::KeepRules, Action::Assign, Action::SeeWhy].map(|action| may(&actor, action));
            assert_eq!(found, expected, "{:?} {:?}", actor.who, actor.role);
        }
    }
}
