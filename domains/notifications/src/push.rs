//! One message to one browser: what it says, encrypted for it alone (RFC 8291), and what is made of the answer of its push
//! service (RFC 8030).

use crate::{browser::Way, catalog::Sources, notice::Shown, vapid::Vapid};
use db::Timestamp;
use fetch::{Answer, Failure, Request, Url};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use kernel::{Fault, Result};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// The push service keeps it so long for a browser that is off.
const KEPT: Duration = Duration::from_hours(24);
/// The push service must have answered by then.
const TIMEOUT: Duration = Duration::from_secs(10);
/// So many bytes of an answer are kept.
const ANSWER: usize = 300;
/// So many characters of a title and of a text: what is encrypted must fit into 4,096 bytes (RFC 8291, 4).
const LONGEST: usize = 240;
/// Tries of one message.
const TRIES: i64 = 10;
/// The first pause; each later one is three times as long, up to the longest, and none that is asked for is longer than the last.
const PAUSES: [Duration; 3] = [Duration::from_secs(10), Duration::from_hours(1), Duration::from_hours(4)];

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    title: String,
    text: String,
    /// What it is about: a later one takes its place.
    subject: Uuid,
    path: String,
    is_urgent: bool,
}

impl Note {
    /// Of notices about one thing, the oldest first; none of none.
    pub(crate) fn of(sources: &Sources, shown: &[Shown]) -> Option<Self> {
        let newest = shown.last()?;
        let more = shown.len() - 1;
        let text = if more == 0 { newest.says.clone() } else { format!("{}, and {more} more", newest.says) };
        let cut = |text: &str| text.chars().take(LONGEST).collect();
        Some(Self {
            title: cut(&newest.label),
            text: cut(&text),
            subject: newest.notice.subject_id,
            path: format!("/notifications/{}", newest.notice.id),
            // what is mailed where nobody chose is what should not wait
            is_urgent: shown.iter().any(|shown| sources.kind(&shown.notice.kind).is_some_and(|kind| kind.ways.mail)),
        })
    }

    /// As a text message.
    pub(crate) fn line(&self, url: &str) -> String {
        format!("{}: {}. {url}{}", self.title, self.text, self.path)
    }

    /// As a request to the push service of a browser.
    pub(crate) fn request(&self, way: &Way, vapid: &Vapid, contact: &str, now: Timestamp) -> Result<Request> {
        let broken = |error: &dyn std::fmt::Display| Fault::Broken(format!("a message can't be made: {error}"));
        let url: Url = way.endpoint.parse().map_err(|error| broken(&error))?;
        let said = json!({ "title": self.title, "body": self.text, "tag": self.subject, "path": self.path }).to_string();
        let body = web_push_native::encrypt(said.into_bytes(), &way.public_key, &way.auth).map_err(|error| broken(&error))?;
        let topic = self.subject.simple().to_string();
        let lines = [
            (header::AUTHORIZATION, vapid.authorization(&url, contact, now)),
            (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
            (header::CONTENT_ENCODING, "aes128gcm".to_owned()),
            (HeaderName::from_static("ttl"), KEPT.as_secs().to_string()),
            (HeaderName::from_static("urgency"), if self.is_urgent { "high" } else { "normal" }.to_owned()),
            // 32 characters at most (RFC 8030, 5.4)
            (HeaderName::from_static("topic"), topic),
        ];
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.insert(name, HeaderValue::from_str(&value).map_err(|error| broken(&error))?);
        }
        Ok(Request { method: Method::POST, url, headers, body, timeout: TIMEOUT, most: ANSWER })
    }
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The push service took it.
    Taken,
    /// The browser is not there any more.
    Gone,
    /// Tried again then.
    Again(Timestamp),
    /// Not tried again.
    Failed,
}

/// Judges an answer of a push service, or of the server for text messages; `tries` has this one in it.
pub(crate) fn judge(result: &std::result::Result<Answer, Failure>, tries: i64, now: Timestamp) -> Verdict {
    let asked = match result {
        Ok(answer) => match answer.status {
            200..300 => return Verdict::Taken,
            404 | 410 => return Verdict::Gone,
            429 | 500.. => answer.retry_after(now.to_jiff()),
            _ => return Verdict::Failed,
        },
        Err(Failure::Refused(_)) => return Verdict::Failed,
        Err(_) => None,
    };
    if tries >= TRIES {
        return Verdict::Failed;
    }
    let [first, longest, most] = PAUSES;
    let own = fetch::pause(first, longest, tries);
    Verdict::Again(now.plus(asked.map_or(own, |asked| asked.max(own).min(most))))
}

/// What was answered, for the log.
pub(crate) fn words(result: &std::result::Result<Answer, Failure>) -> String {
    match result {
        Ok(answer) => format!("{} {}", answer.status, String::from_utf8_lossy(&answer.body).replace('\0', "\u{fffd}")).trim_end().to_owned(),
        Err(failure) => failure.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use web_push_native::p256::SecretKey;

    const fn second(n: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + n)
    }

    #[test]
    fn each_answer_has_its_verdict() {
        let answer = |status: u16, retry_after: &'static str| {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static(retry_after))]);
            Ok(Answer { status, headers, body: Vec::new(), is_cut: false, took: Duration::ZERO })
        };
        let again = |n| Verdict::Again(second(n));
        let cases = [
            (answer(201, ""), 1, Verdict::Taken),
            (answer(404, ""), 1, Verdict::Gone),
            (answer(410, ""), 1, Verdict::Gone),
            (answer(400, ""), 1, Verdict::Failed),
            (answer(403, ""), 1, Verdict::Failed),
            (answer(413, ""), 1, Verdict::Failed),
            (answer(307, ""), 1, Verdict::Failed),
            (answer(429, "60"), 1, again(60)),
            (answer(429, "1"), 1, again(10)),
            (answer(503, "999999"), 1, again(4 * 3600)),
            (answer(500, ""), 2, again(30)),
            (answer(500, ""), 9, again(3600)),
            (answer(500, ""), 10, Verdict::Failed),
            (Err(Failure::TimedOut(TIMEOUT)), 3, again(90)),
        ];
        for (result, tries, expected) in cases {
            assert_eq!(judge(&result, tries, second(0)), expected, "{result:?} {tries}");
        }
    }

    /// The example of RFC 8291, appendix A: what the library opens is what browsers open.
    #[test]
    fn messages_are_encrypted_as_the_standard_has_it() {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let key = SecretKey::from_slice(&bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")).unwrap();
        let auth: [u8; 16] = bytes("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap();
        let message = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

        let opened = web_push_native::decrypt(bytes(message), &key, &auth.into()).unwrap();

        assert_eq!(opened, b"When I grow up, I want to be a watermelon");
    }
}
