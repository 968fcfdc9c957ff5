//! Secrets that other servers know too: sealed before they are written, so that a copy of the database opens nothing.

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit as _, Nonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, Mac as _};
use kernel::{Fault, Result};
use sha2::Sha256;

/// Bytes of a nonce (RFC 8439).
const NONCE: usize = 12;

/// Seals a secret for one place: moved to another, it opens no more.
pub(crate) fn seal(secret: &[u8], place: &str, text: &str) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|error| Fault::Broken(format!("no random numbers: {error}")))?;
    let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
    let sealed = cipher(secret)?.encrypt(&Nonce::from(nonce), payload).map_err(|_| Fault::Broken("a secret could not be sealed".to_owned()))?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens it again; a fault when the installation has another key by now.
pub(crate) fn open(secret: &[u8], place: &str, sealed: &[u8]) -> Result<String> {
    let broken = || Fault::Broken("a stored secret can't be opened: SUPPORT_SECRET or the file `secret` is not the one it was sealed with".to_owned());
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or_else(broken)?;
    let opened = cipher(secret)?.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: place.as_bytes() }).map_err(|_| broken())?;
    String::from_utf8(opened).map_err(|_| broken())
}

fn cipher(secret: &[u8]) -> Result<ChaCha20Poly1305> {
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(secret).map_err(|error| Fault::Broken(error.to_string()))?;
    mac.update(b"notices.seal");
    Ok(ChaCha20Poly1305::new(&mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_at_its_place_with_its_key_alone() {
        let sealed = seal(&[1; 32], "sms", "pass word").unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("pass"));
        assert_eq!(open(&[1; 32], "sms", &sealed).unwrap(), "pass word");
        open(&[1; 32], "other", &sealed).unwrap_err();
        open(&[2; 32], "sms", &sealed).unwrap_err();
        open(&[1; 32], "sms", &sealed[..5]).unwrap_err();
    }
}
