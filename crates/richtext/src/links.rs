//! Where a link may lead and where an image may come from.

use std::borrow::Cow;

use crate::{IMAGES, Mode, slug, text::is_unwelcome};

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

/// The same in an article, where a link may also lead to a path of this site, or to a heading of the text by the words of it.
pub(crate) fn article_link(address: &str) -> Option<Cow<'_, str>> {
    let address = address.trim();
    if let Some(words) = address.strip_prefix('#') {
        return Some(format!("#{}", heading(words)).into());
    }
    if !address.starts_with('/') {
        return link(address);
    }
    let is_path = address.len() <= MAX_ADDRESS && !address.starts_with("//") && !address.contains(is_unwelcome) && !address.contains(['\\', '\n', '\t']);
    match address.split_once('#').filter(|(path, _)| path.starts_with("/a/")) {
        Some((path, words)) => is_path.then(|| format!("{path}#{}", heading(words)).into()),
        None => is_path.then_some(address.into()),
    }
}

/// The id that `outline` gives to a heading of these words.
fn heading(words: &str) -> String {
    let slug = slug(words);
    if slug.starts_with("s-") { slug } else { format!("s-{slug}") }
}

/// The address of a link in words of this mode.
pub(crate) fn link_in(mode: Mode, address: &str) -> Option<Cow<'_, str>> {
    match mode {
        Mode::Message => link(address),
        Mode::Article => article_link(address),
    }
}

/// Whether an image of this address lies here: a plain path under `/files/`, in articles under [`IMAGES`] too, that leads nowhere
/// else.
pub(crate) fn is_own_image(mode: Mode, address: &str) -> bool {
    let own = address.strip_prefix("/files/").or_else(|| address.strip_prefix(IMAGES).filter(|_| mode == Mode::Article));
    let Some(path) = own else { return false };
    let lower = path.to_ascii_lowercase();
    path.len() <= MAX_ADDRESS
        && path.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._~/%?=&+".contains(&c))
        && !["..", "//", "%2e", "%2f", "%5c"].iter().any(|trick| lower.contains(trick))
        && !path.starts_with('/')
}
