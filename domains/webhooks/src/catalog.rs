//! What webhooks may hear of: the closed list of events that the rooms offer, and whom to ask what one says.

use kernel::{Domain, EventKind, Offer, Offers};

/// Hears of everything that there is, also of kinds that come later.
pub(crate) const ALL: &str = "*";

/// Every kind of event, in the order of the rooms.
pub(crate) fn events(domains: &[Domain]) -> Vec<EventKind> {
    let of = |domain: &Domain| match domain.offer {
        Some(Offers::Own(offer)) => offer.events,
        Some(Offers::About(addition)) => addition.events,
        None => &[],
    };
    domains.iter().flat_map(of).copied().collect()
}

/// The offer of the room that owns this kind of thing.
pub(crate) fn offer(domains: &[Domain], kind: &str) -> Option<&'static Offer> {
    domains.iter().find_map(|domain| match domain.offer {
        Some(Offers::Own(offer)) if domain.kind == kind => Some(offer),
        _ => None,
    })
}
