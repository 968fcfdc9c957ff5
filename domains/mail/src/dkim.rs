//! Signing by DKIM (RFC 6376): RSA of 2,048 bits with SHA-256, which every receiver checks.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::KeySize,
    signature::{KeyPair as _, RsaKeyPair},
};
use data_encoding::BASE64;
use kernel::{Fault, Result};
use mail_auth::{
    common::{
        crypto::{RsaKey, Sha256},
        headers::HeaderWriter as _,
    },
    dkim::{Canonicalization, DkimSigner, Done},
};
use rustls::pki_types::PrivateKeyDer;

/// What is signed. `From` is demanded; the others are what a reader sees and a client threads by (RFC 6376, 5.4.1).
const HEADERS: [&str; 16] = [
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// A key that was just made.
pub struct NewKey {
    /// PKCS #8 in base 64: to be sealed.
    pub(crate) private: String,
    /// As it stands in DNS after `p=`.
    pub public: String,
}

impl NewKey {
    /// Makes one; takes a part of a second.
    pub fn make() -> Result<Self> {
        let broken = |_| Fault::Broken("no key could be made".to_owned());
        let key = RsaKeyPair::generate(KeySize::Rsa2048).map_err(broken)?;
        let private: Pkcs8V1Der<'_> = key.as_der().map_err(broken)?;
        let public: PublicKeyX509Der<'_> = key.public_key().as_der().map_err(broken)?;
        Ok(Self { private: BASE64.encode(private.as_ref()), public: BASE64.encode(public.as_ref()) })
    }
}

/// Signs mails of one mailbox.
pub(crate) struct Signer(DkimSigner<RsaKey<Sha256>, Done>);

impl Signer {
    pub(crate) fn new(domain: &str, selector: &str, private: &str) -> Result<Self> {
        let der = BASE64.decode(private.as_bytes()).map_err(|_| Fault::Broken("a stored DKIM key is no base 64".to_owned()))?;
        let key = RsaKey::<Sha256>::from_key_der(PrivateKeyDer::Pkcs8(der.into()))
            .map_err(|error| Fault::Broken(format!("a stored DKIM key can't be read: {error}")))?;
        let signer = DkimSigner::from_key(key)
            .domain(domain)
            .selector(selector)
            .headers(HEADERS)
            .header_canonicalization(Canonicalization::Relaxed)
            .body_canonicalization(Canonicalization::Relaxed);
        Ok(Self(signer))
    }

    /// The mail with its signature before it.
    pub(crate) fn sign(&self, mail: Vec<u8>) -> Result<Vec<u8>> {
        let signature = self.0.sign(&mail).map_err(|error| Fault::Broken(format!("a mail can't be signed: {error}")))?;
        Ok([signature.to_header().into_bytes(), mail].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_auth::{
        AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt,
        common::{parse::TxtRecordParser as _, verify::DomainKey},
    };
    use std::{borrow::Borrow, hash::Hash, sync::Arc, time::Instant};

    /// A DNS that knows one key.
    struct Dns(Arc<DomainKey>);

    impl ResolverCache<Box<str>, Txt> for Dns {
        fn get<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<Txt>
        where
            Box<str>: Borrow<Q>,
        {
            Some(Txt::DomainKey(Arc::clone(&self.0)))
        }

        fn remove<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<Txt>
        where
            Box<str>: Borrow<Q>,
        {
            None
        }

        fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
    }

    async fn is_good(mail: &[u8], public: &str) -> bool {
        let dns = Dns(Arc::new(DomainKey::parse(format!("v=DKIM1; k=rsa; p={public}").as_bytes()).unwrap()));
        let read = AuthenticatedMessage::parse(mail).unwrap();
        let outputs = MessageAuthenticator::new_cloudflare().unwrap().verify_dkim(Parameters::new(&read).with_txt_cache(&dns)).await;
        outputs.len() == 1 && *outputs[0].result() == DkimResult::Pass
    }

    #[tokio::test]
    async fn what_is_signed_verifies_with_the_record_and_what_was_changed_does_not() {
        let (key, other) = (NewKey::make().unwrap(), NewKey::make().unwrap());
        let signer = Signer::new("help.example", "support1", &key.private).unwrap();
        let mail = "From: Support <support@help.example>\r\nTo: maya@lumen.example\r\nSubject: Hello\r\n\r\nWords.\r\n";
        let signed = signer.sign(mail.as_bytes().to_vec()).unwrap();
        let text = String::from_utf8(signed.clone()).unwrap();
        assert!(text.starts_with("DKIM-Signature: ") && text.ends_with(mail), "{text}");
        assert!(is_good(&signed, &key.public).await, "{text}");
        assert!(!is_good(&signed, &other.public).await);
        for (from, to) in [("Words.", "Other words."), ("Subject: Hello", "Subject: Hullo"), ("To: maya@", "To: mayo@")] {
            assert!(!is_good(text.replace(from, to).as_bytes(), &key.public).await, "{to}");
        }
        assert!(!is_good(format!("Cc: evil@c.example\r\n{text}").as_bytes(), &key.public).await, "no header is added");
    }
}
