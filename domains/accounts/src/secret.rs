//! Secrets that we give out: random, shown once, stored hashed.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Fault;
use sha2::{Digest, Sha256};

/// 256 random bits as text, after a prefix that says what it is (secret scanners look for it).
pub fn make(prefix: &str) -> Result<String, Fault> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Fault::Broken(format!("no random numbers: {error}")))?;
    Ok(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// What is stored of a secret. SHA-256 is enough for 256 random bits; passwords go through `password`.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
