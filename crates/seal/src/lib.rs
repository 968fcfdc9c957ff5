//! Secrets that other servers know too (passwords, keys): sealed before they are written, so that a copy of the database opens nothing.

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, Mac as _};
use kernel::{Fault, Result};
use sha2::Sha256;

/// Bytes of a nonce (RFC 8439).
const NONCE: usize = 12;

/// Seals and opens with a key derived from that of the installation.
#[derive(Clone)]
pub struct Seal {
    secret: [u8; 32],
}

impl Seal {
    /// With the key of the installation.
    pub const fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// Seals a secret for one place (`mailbox 0190… smtp`): moved to another, it opens no more.
    pub fn seal(&self, place: &str, secret: &str) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|error| Fault::Broken(format!("no random numbers: {error}")))?;
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = self.cipher()?.encrypt(&Nonce::from(nonce), payload).map_err(|_| Fault::Broken("a secret could not be sealed".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens it again; a fault when the installation has another key by now.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<String> {
        let broken = || Fault::Broken("a stored secret can't be opened: SUPPORT_SECRET or the file `secret` is not the one it was sealed with".to_owned());
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(broken)?;
        let opened = self.cipher()?.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: place.as_bytes() }).map_err(|_| broken())?;
        String::from_utf8(opened).map_err(|_| broken())
    }

    fn cipher(&self) -> Result<ChaCha20Poly1305> {
        let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(&self.secret).map_err(|error| Fault::Broken(error.to_string()))?;
        mac.update(b"seal of mail secrets");
        Ok(ChaCha20Poly1305::new(&mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_at_its_place_with_its_key_alone() {
        let seal = Seal::new([1; 32]);
        let sealed = seal.seal("mailbox 1 smtp", "pass word").unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("pass"));
        assert_eq!(seal.open("mailbox 1 smtp", &sealed).unwrap(), "pass word");
        assert_ne!(sealed, seal.seal("mailbox 1 smtp", "pass word").unwrap());
        seal.open("mailbox 2 smtp", &sealed).unwrap_err();
        Seal::new([2; 32]).open("mailbox 1 smtp", &sealed).unwrap_err();
        seal.open("mailbox 1 smtp", &sealed[..5]).unwrap_err();
    }
}
