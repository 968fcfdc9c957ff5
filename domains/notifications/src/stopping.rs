//! The signed link that stops one kind of mail without signing in (RFC 8058). It does nothing else.

use crate::catalog::Sources;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use kernel::{Fault, PersonId, Result};
use sha2::Sha256;
use web::App;

/// What a link stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub person: PersonId,
    pub kind: &'static str,
}

impl Stop {
    /// As text for an address.
    pub(crate) fn token(self, secret: &[u8]) -> Result<String> {
        let facts = format!("{} {}", self.person, self.kind);
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(&facts), URL_SAFE_NO_PAD.encode(sign(secret, &facts)?.finalize().into_bytes())))
    }

    /// From an address; one that was not made here names nothing.
    pub(crate) fn open(app: &App, sources: &Sources, token: &str) -> Result<Self> {
        let (facts, signature) = token.split_once('.').ok_or(Fault::Missing)?;
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Missing);
        let facts = String::from_utf8(bytes(facts)?).map_err(|_| Fault::Missing)?;
        sign(&app.secret, &facts)?.verify_slice(&bytes(signature)?).map_err(|_| Fault::Missing)?;
        let (person, kind) = facts.split_once(' ').ok_or(Fault::Missing)?;
        let kind = sources.kind(kind).ok_or(Fault::Missing)?.word;
        Ok(Self { person: person.parse().map_err(|_| Fault::Missing)?, kind })
    }
}

fn sign(secret: &[u8], facts: &str) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|error| Fault::Broken(error.to_string()))?;
    mac.update(format!("notices.stop {facts}").as_bytes());
    Ok(mac)
}
