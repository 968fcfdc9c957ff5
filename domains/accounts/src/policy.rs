//! Rights over people, teams and organizations. Default no.

use db::{Conn, Query, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Fault, PersonId, Result, Role};
use uuid::Uuid;

/// What may be done to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See name, address and organization.
    See,
    /// Change role, organization, access.
    Administer,
}

/// May this actor do this to somebody with that id and role?
pub fn may(actor: &Actor, action: Action, person: PersonId, role: Role) -> bool {
    match action {
        Action::See => actor.is_supervisor() || actor.is_staff() || actor.person == Some(person) && actor.is_signed_in() && role >= Role::Customer,
        Action::Administer => actor.is_admin(),
    }
}

/// The same for many: ends a `WHERE` on `people p`.
pub fn visible_to(actor: &Actor, query: &mut Query) {
    if actor.is_staff() {
        return;
    }
    query.push(" AND p.id = ").bind(if actor.is_signed_in() { actor.person } else { None });
}

/// The gate by id.
pub fn may_see_person<'a>(conn: &'a mut Conn, actor: &'a Actor, id: Uuid) -> BoxFuture<'a, Result<bool>> {
    Box::pin(async move {
        let role: Option<Role> = conn.first(sql!("SELECT role FROM people WHERE id = $1", id)).await?;
        Ok(role.is_some_and(|role| may(actor, Action::See, PersonId::from(id), role)))
    })
}

/// Asks for the right to administer, else the person is missing.
pub fn administer(actor: &Actor) -> Result<()> {
    if actor.is_admin() { Ok(()) } else { Err(Fault::Missing) }
}
