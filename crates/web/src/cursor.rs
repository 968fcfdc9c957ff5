//! Keyset cursors: where a page ended. Opaque to callers, meaningless in another sort.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Fault;
use uuid::Uuid;

/// The last row of a page: its sort value and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The sort it belongs to.
    pub sort: String,
    /// The sort value.
    pub value: i64,
    /// The id, which breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// As text for a URL.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}|{}|{}", self.sort, self.value, self.id.simple()))
    }

    /// From a URL; refuses one of another sort.
    pub fn decode(text: &str, sort: &str) -> Result<Self, Fault> {
        let parse = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let mut parts = text.split('|');
            let cursor = Self { sort: parts.next()?.to_owned(), value: parts.next()?.parse().ok()?, id: Uuid::parse_str(parts.next()?).ok()? };
            (cursor.sort == sort).then_some(cursor)
        };
        parse().ok_or_else(|| Fault::field("cursor", "This cursor does not belong to this list. Begin again without one."))
    }
}
