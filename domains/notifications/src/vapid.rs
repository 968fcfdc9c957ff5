//! Who sends: the key of the installation for push services, and its word for each of them (VAPID, RFC 8292).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use db::Timestamp;
use fetch::Url;
use hmac::{Hmac, Mac as _};
use kernel::{Fault, Result};
use p256::{
    ecdsa::{Signature, SigningKey, signature::Signer as _},
    elliptic_curve::sec1::ToEncodedPoint as _,
};
use serde_json::json;
use sha2::Sha256;
use std::time::Duration;

/// A word is good for so long; a push service takes none for more than a day.
const GOOD_FOR: Duration = Duration::from_hours(12);

/// The key. It is derived from that of the installation, so all nodes have it and no copy of the database does.
pub(crate) struct Vapid {
    key: SigningKey,
}

impl Vapid {
    /// The key of this installation.
    pub(crate) fn of(secret: &[u8]) -> Result<Self> {
        // a number in 2^32 is no key of the curve: then the next one is
        for n in 0..8_u8 {
            let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(secret).map_err(|error| Fault::Broken(error.to_string()))?;
            mac.update(b"notices.vapid ");
            mac.update(&[n]);
            if let Ok(key) = SigningKey::from_slice(&mac.finalize().into_bytes()) {
                return Ok(Self { key });
            }
        }
        Err(Fault::Broken("no key for push services can be derived".to_owned()))
    }

    /// As browsers take it: an uncompressed point in base64url.
    pub(crate) fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_affine().to_encoded_point(false).as_bytes())
    }

    /// The value of `Authorization` for a push service; `contact` is where its operator reaches us.
    pub(crate) fn authorization(&self, endpoint: &Url, contact: &str, now: Timestamp) -> String {
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims = json!({ "aud": endpoint.origin().ascii_serialization(), "exp": now.plus(GOOD_FOR).seconds(), "sub": contact });
        let said = format!("{}.{}", part(&json!({ "typ": "JWT", "alg": "ES256" })), part(&claims));
        let signature: Signature = self.key.sign(said.as_bytes());
        format!("vapid t={said}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::Verifier as _;

    #[test]
    fn the_key_is_the_same_each_time_and_the_word_names_the_service() {
        let vapid = Vapid::of(&[7; 32]).unwrap();
        let endpoint: Url = "https://push.example.net:8443/send/abc".parse().unwrap();

        let value = vapid.authorization(&endpoint, "https://help.example.com", Timestamp::from_seconds(1_800_000_000));

        let (token, key) = value.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!((key, URL_SAFE_NO_PAD.decode(key).unwrap().len()), (Vapid::of(&[7; 32]).unwrap().public().as_str(), 65));
        assert_ne!(vapid.public(), Vapid::of(&[8; 32]).unwrap().public());
        let (said, signature) = token.rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        vapid.key.verifying_key().verify(said.as_bytes(), &signature).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said.split_once('.').unwrap().1).unwrap()).unwrap();
        assert_eq!(claims, json!({ "aud": "https://push.example.net:8443", "exp": 1_800_043_200, "sub": "https://help.example.com" }));
    }
}
