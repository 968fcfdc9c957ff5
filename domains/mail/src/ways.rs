//! What the ways in stand on, given at start.

use crate::Authentic;

/// Of this node.
#[derive(Clone)]
pub struct Ways {
    /// Its name, the same after a restart; no two nodes have the same.
    pub node: String,
    /// The name that it gives to mail servers.
    pub host: String,
    /// Whether mails are from whom they say; none when nobody looks.
    pub authentic: Option<Authentic>,
}
