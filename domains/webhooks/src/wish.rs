//! What a webhook is to be, and whether it may be that.

use crate::{Format, catalog::ALL};
use fetch::{Client, Url};
use kernel::{EventKind, FieldErrors, Result};
use std::sync::Arc;

/// What a webhook is to be.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Shown name.
    pub name: String,
    /// Where events go.
    pub url: String,
    /// How they look there.
    pub format: Format,
    /// Kinds of events, or `*`.
    pub events: Vec<String>,
    /// Internal notes go there too.
    pub sends_notes: bool,
    /// It is sent to.
    pub is_on: bool,
}

/// What a wish is checked by.
pub struct Checks {
    /// Which addresses may be asked.
    pub client: Arc<Client>,
    /// The kinds of events that there are.
    pub events: Vec<EventKind>,
}

impl Wish {
    /// Refuses an address that may not be asked and events that there are not; answers the address and its host and port.
    pub(crate) fn check(&self, checks: &Checks) -> Result<(Url, String)> {
        let mut errors = FieldErrors::default();
        let url = checks.client.check(&self.url).map_err(|refusal| errors.add("url", refusal.to_string())).ok();
        if self.events.is_empty() {
            errors.add("events", "Choose at least one.");
        }
        if let Some(kind) = self.events.iter().find(|kind| *kind != ALL && !checks.events.iter().any(|event| event.kind == kind.as_str())) {
            errors.add("events", format!("There is no event {kind}."));
        }
        match url {
            Some(url) if errors.is_empty() => {
                let place = format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
                Ok((url, place))
            }
            _ => Err(errors.into()),
        }
    }

    pub(crate) fn words(&self) -> String {
        if self.events.iter().any(|kind| kind == ALL) { ALL.to_owned() } else { self.events.join(" ") }
    }
}
