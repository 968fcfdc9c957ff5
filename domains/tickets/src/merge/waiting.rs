//! What waits in two tickets when one goes on in the other: nothing goes out to people whom its author did not see, and no
//! word is lost.

use crate::{
    Ticket, TicketId, draft, later,
    policy::{self, Action},
};
use db::{Tx, sql};
use kernel::{Actor, PersonId, Result};

/// What is scheduled in the source is called off, and its text goes to the box of who wrote it; what is scheduled in the
/// target stops until somebody looks at it.
pub(super) async fn call_off(tx: &mut Tx, actor: &Actor, source: &Ticket, target: &Ticket) -> Result<()> {
    for later in later::of(tx, source.id).await? {
        let place = place(tx, later.by_id, source, target).await?;
        source.withdraw_later(tx, actor, &later, place).await?;
    }
    later::stop_for_merge(tx, actor, target.id).await
}

/// What people began to write in the source stands in the target's box, if they may write there.
pub(super) async fn drafts_follow(tx: &mut Tx, source: &Ticket, target: &Ticket) -> Result<()> {
    let drafts: Vec<(PersonId, bool, String, String)> =
        tx.all(sql!("SELECT person_id, is_internal, content, file_keys FROM drafts WHERE ticket_id = $1 ORDER BY person_id", source.id)).await?;
    for (person, is_internal, content, file_keys) in drafts {
        if place(tx, person, source, target).await? == target.id {
            draft::remove(tx, person, source.id).await?;
            let keys: Vec<String> = file_keys.split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect();
            draft::put_above(tx, person, target.id, is_internal, &content, &keys).await?;
        }
    }
    Ok(())
}

/// The target for whoever may write there; else the source, where it waits for an undo.
async fn place(tx: &mut Tx, person: PersonId, source: &Ticket, target: &Ticket) -> Result<TicketId> {
    let Some(author) = accounts::on_behalf_of(tx, person).await? else { return Ok(source.id) };
    Ok(if policy::may_now(tx, &author, Action::Reply, target).await? { target.id } else { source.id })
}
