//! Secrets and signatures, as Standard Webhooks 1.0.0 has them: `webhook-signature: v1,BASE64(HMAC-SHA256(secret,
//! "{id}.{timestamp}.{body}"))`, several with a blank between; secrets are shown as `whsec_` and base64.

use crate::WebhookId;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use kernel::{Fault, Result};
use sha2::Sha256;

/// 256 random bits, as they are given to the receiver.
pub(crate) fn fresh() -> Result<String> {
    let mut bytes = vec![0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Fault::Broken(format!("no random numbers: {error}")))?;
    Ok(format!("whsec_{}", STANDARD.encode(bytes)))
}

/// The bytes of a secret as it is shown.
pub(crate) fn bytes(shown: &str) -> Result<Vec<u8>> {
    let text = shown.strip_prefix("whsec_").unwrap_or(shown);
    STANDARD.decode(text).map_err(|error| Fault::Broken(format!("a stored secret is none: {error}")))
}

/// Where a secret of a webhook is sealed for.
pub fn secret_place(webhook: WebhookId) -> String {
    format!("webhook {webhook}")
}

/// The value of `webhook-signature`, one signature for each secret.
pub fn sign(secrets: &[&[u8]], id: &str, timestamp: i64, body: &str) -> Result<String> {
    let signature = |secret: &&[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|error| Fault::Broken(error.to_string()))?;
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    Ok(secrets.iter().map(signature).collect::<Result<Vec<_>>>()?.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks libraries.
    #[test]
    fn the_signature_is_that_of_the_standard() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = "{\"test\": 2432232314}";

        let signed = sign(&[&secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body).unwrap();
        let both = sign(&[b"new", &secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body).unwrap();

        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(both.ends_with(&format!(" {signed}")) && both.starts_with("v1,"), "{both}");
    }
}
