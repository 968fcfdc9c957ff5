//! Where a link may lead and where an image may come from.

use std::borrow::Cow;

use crate::text::is_unwelcome;

/// Longest address, in bytes; a longer one is none. Other attribute values are cut there.
pub(crate) const MAX_ADDRESS: usize = 8_000;

/// Schemes that a link may have, with what must follow them.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// The address of a link as it may be written, or None. Tabs and newlines within are left out, as browsers do, before
/// the scheme is looked at: what is judged is what is written.
pub(crate) fn link(address: &str) -> Option<Cow<'_, str>> {
    let address = address.trim();
    let address: Cow<'_, str> = if address.contains(['\n', '\t', '\r']) { address.replace(['\n', '\t', '\r'], "").into() } else { address.into() };
    let is_known = SCHEMES.iter().any(|scheme| address.len() > scheme.len() && address.as_bytes()[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes()));
    (is_known && address.len() <= MAX_ADDRESS && !address.contains(is_unwelcome)).then_some(address)
}

/// Whether an image of this address lies here: a plain path under `/files/` that leads nowhere else.
pub(crate) fn is_own_image(address: &str) -> bool {
    let Some(path) = address.strip_prefix("/files/") else { return false };
    let lower = path.to_ascii_lowercase();
    path.len() <= MAX_ADDRESS
        && path.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._~/%?=&+".contains(&c))
        && !["..", "//", "%2e", "%2f", "%5c"].iter().any(|trick| lower.contains(trick))
        && !path.starts_with('/')
}
