//! What a room offers to engines that must not import it.

use crate::{Actor, Offers, Result};
use db::Conn;
use futures::future::BoxFuture;
use uuid::Uuid;

/// One kind of thing that a room owns. Live updates and files ask here before they show anything.
#[derive(Clone, Copy)]
pub struct Domain {
    /// The kind as events name it: `ticket`.
    pub kind: &'static str,
    /// May this actor see that one? The room's own gate.
    pub may_see: for<'a> fn(&'a mut Conn, &'a Actor, Uuid) -> BoxFuture<'a, Result<bool>>,
    /// A topic that rings for staff at every event of this kind: what lists listen to.
    pub staff_list: Option<&'static str>,
    /// What rules may ask and do by it; none if nothing.
    pub offer: Option<Offers>,
}
