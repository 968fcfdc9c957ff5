//! Whether a mail is signed or encrypted: S/MIME (RFC 8551), PGP/MIME (RFC 3156), PGP in the text. It is named, not checked:
//! keys are not ours.

use mail_parser::{Message, MimeHeaders};

/// How a mail is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Signed with a certificate.
    SmimeSigned,
    /// Encrypted for a certificate.
    SmimeEncrypted,
    /// Signed with a PGP key.
    PgpSigned,
    /// Encrypted for a PGP key.
    PgpEncrypted,
}

impl Protection {
    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::SmimeSigned => "signed (S/MIME)",
            Self::SmimeEncrypted => "encrypted (S/MIME)",
            Self::PgpSigned => "signed (PGP)",
            Self::PgpEncrypted => "encrypted (PGP)",
        }
    }

    /// Its content can't be read here.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::SmimeEncrypted | Self::PgpEncrypted)
    }
}

pub(crate) fn tell(message: &Message<'_>, text: &str) -> Option<Protection> {
    let mut kinds = message.parts.iter().take(50).filter_map(|part| {
        let kind = part.content_type()?;
        let name = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()).to_ascii_lowercase();
        let parameter = |name: &str| kind.attribute(name).unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "multipart/encrypted" => Some(Protection::PgpEncrypted),
            "multipart/signed" if parameter("protocol").contains("pgp") => Some(Protection::PgpSigned),
            "multipart/signed" => Some(Protection::SmimeSigned),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" if parameter("smime-type").starts_with("signed") => Some(Protection::SmimeSigned),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => Some(Protection::SmimeEncrypted),
            _ => None,
        }
    });
    let begins = |mark: &str| text.lines().take(200).any(|line| line.trim() == mark);
    kinds
        .next()
        .or_else(|| begins("-----BEGIN PGP MESSAGE-----").then_some(Protection::PgpEncrypted))
        .or_else(|| begins("-----BEGIN PGP SIGNED MESSAGE-----").then_some(Protection::PgpSigned))
}

#[cfg(test)]
mod tests {
    use crate::{Protection, parse};

    #[test]
    fn what_is_signed_or_encrypted_is_named() {
        use Protection::{PgpEncrypted, PgpSigned, SmimeEncrypted, SmimeSigned};
        for (head, body, wanted) in [
            (
                "multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=x",
                "--x\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--x--",
                Some(PgpEncrypted),
            ),
            ("multipart/signed; protocol=\"application/pgp-signature\"; boundary=x", "--x\r\n\r\nHello\r\n--x--", Some(PgpSigned)),
            ("multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=x", "--x\r\n\r\nHello\r\n--x--", Some(SmimeSigned)),
            ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "AAAA", Some(SmimeEncrypted)),
            ("text/plain", "-----BEGIN PGP MESSAGE-----\r\n\r\nabc", Some(PgpEncrypted)),
            ("text/plain", "I got -----BEGIN PGP MESSAGE----- from you", None),
        ] {
            let mail = parse(format!("From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: {head}\r\n\r\n{body}\r\n").as_bytes());
            assert_eq!(mail.protection, wanted, "{head}");
        }
    }
}
