//! Passwords: Argon2id, length instead of composition, none that everybody knows. (OWASP ASVS 5.0, V6.2)

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier, password_hash::SaltString};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use kernel::Fault;
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Fewer characters are refused.
const LEAST: usize = 10;
/// More bytes are refused: hashing must stay bounded.
const MOST: usize = 256;
/// Passwords known from leaks, in lower case, sorted by nobody.
const LEAKED: &str = include_str!("leaked.txt");
/// Hashes at once: each takes 19 MB and a core.
static TURNS: Semaphore = Semaphore::const_new(2);

/// A password that may be stored.
pub struct Password(String);

impl Password {
    /// Checks length, the leaked list, and that it is not the person's own address or name.
    pub fn new(text: &str, email: &str, name: &str) -> Result<Self, Fault> {
        let folded = text.to_lowercase();
        let refuse = |sentence: &str| Err(Fault::field("password", sentence));
        if text.chars().count() < LEAST {
            return refuse("Use at least 10 characters. A few words in a row are easy to remember.");
        }
        if text.len() > MOST {
            return refuse("Use at most 256 characters.");
        }
        if LEAKED.lines().any(|leaked| leaked == folded) || folded.chars().collect::<std::collections::BTreeSet<_>>().len() < 4 {
            return refuse("This password is known from leaks. Choose another one.");
        }
        let own = |part: &str| part.chars().count() >= 4 && folded.contains(&part.to_lowercase()) && folded.chars().count() < part.chars().count() + 6;
        if own(email) || own(email.split('@').next().unwrap_or_default()) || own(name) {
            return refuse("This is too close to your name or address. Choose another one.");
        }
        Ok(Self(text.to_owned()))
    }

    /// The Argon2id hash, in PHC form; worked out off the async threads, before any transaction.
    pub async fn hash(self) -> Result<String, Fault> {
        let mut salt = [0_u8; 16];
        getrandom::fill(&mut salt).map_err(|error| Fault::Broken(error.to_string()))?;
        let salt = SaltString::from_b64(&STANDARD_NO_PAD.encode(salt)).map_err(|error| Fault::Broken(error.to_string()))?;
        work(move || Argon2::default().hash_password(self.0.as_bytes(), &salt).map(|hash| hash.to_string()).map_err(|error| Fault::Broken(error.to_string())))
            .await?
    }
}

/// True when the password is the stored one. Without a stored hash it takes as long and is false.
pub(crate) async fn verify(password: String, stored: Option<String>) -> Result<bool, Fault> {
    static NOBODY: LazyLock<String> = LazyLock::new(|| {
        let salt = SaltString::from_b64("bm90aGluZyB0byBzZWUgaGVyZQ");
        salt.and_then(|salt| Argon2::default().hash_password(b"nobody's password", &salt).map(|hash| hash.to_string())).unwrap_or_default()
    });
    if password.len() > MOST {
        return Ok(false);
    }
    let known = stored.is_some();
    work(move || {
        let stored = stored.unwrap_or_else(|| NOBODY.clone());
        PasswordHash::new(&stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()) && known
    })
    .await
}

async fn work<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
    let _turn = TURNS.acquire().await.map_err(|_| Fault::Busy)?;
    tokio::task::spawn_blocking(job).await.map_err(|error| Fault::Broken(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_leaked_and_own_passwords_are_refused() {
        for (text, good) in [
            ("short", false),
            ("1234567890", false),
            ("password123", false),
            ("ana@example.com", false),
            ("aaaaaaaaaaaa", false),
            ("correct horse battery", true),
        ] {
            assert_eq!(Password::new(text, "ana@example.com", "Ana").is_ok(), good, "{text}");
        }
    }
}
