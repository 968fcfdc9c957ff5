//! Rights over macros: staff uses its own, those of its teams and those for all; agents write their own, supervisors
//! the shared ones too. `may` decides for one, `visible_to` for many. Default no.

use crate::{Audience, Macro};
use db::Query;
use kernel::Actor;

/// What may be done to a macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See and apply it.
    Use,
    /// Change and delete it.
    Edit,
}

/// May this actor do this to that macro?
pub fn may(actor: &Actor, action: Action, thing: &Macro) -> bool {
    let is_own = actor.person == Some(thing.owner_id);
    actor.is_staff()
        && match (thing.audience, action) {
            (Audience::Personal, _) => is_own,
            (Audience::Team, Action::Use) => actor.is_supervisor() || thing.team_id.is_some_and(|team| actor.teams.contains(&team)),
            (Audience::All, Action::Use) => true,
            (Audience::Team | Audience::All, Action::Edit) => actor.is_supervisor(),
        }
}

/// Narrows a query on `macros m` to what the actor may use.
pub fn visible_to(actor: &Actor, query: &mut Query) {
    if !actor.is_staff() {
        query.push(" AND 1 = 0");
        return;
    }
    query.push(" AND (m.audience = 'ALL' OR m.audience = 'PERSONAL' AND m.owner_id = ").bind(actor.person);
    if actor.is_supervisor() {
        query.push(" OR m.audience = 'TEAM')");
    } else {
        query.push(" OR m.audience = 'TEAM' AND m.team_id IN ").list(actor.teams.iter().copied()).push(")");
    }
}
