//! The mail that a report gives back, whole (RFC 3462) or its head alone (RFC 6522, section 4).

use mail_parser::{Message, MimeHeaders as _, PartType};

/// Its Message-ID, without brackets.
pub(crate) fn id(message: &Message<'_>) -> Option<String> {
    message.parts.iter().find_map(|part| {
        let is_head = part.is_content_type("text", "rfc822-headers") || part.is_content_type("message", "rfc822-headers");
        match &part.body {
            PartType::Message(inner) if !part.is_content_type("message", "delivery-status") => inner.message_id().map(str::to_owned),
            _ if is_head => in_head(&String::from_utf8_lossy(part.contents())),
            _ => None,
        }
    })
}

fn in_head(text: &str) -> Option<String> {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let (_, value) = unfolded.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.trim().eq_ignore_ascii_case("message-id"))?;
    let (_, rest) = value.split_once('<')?;
    rest.split_once('>').map(|(id, _)| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    fn returned(parts: &str) -> Option<String> {
        let mail = format!(
            "From: MAILER-DAEMON@mx.test\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\n\r\nIt did not arrive.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n\
             Final-Recipient: rfc822; a@lumen.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n{parts}--b--\r\n"
        );
        crate::parse(mail.as_bytes()).returned
    }

    #[test]
    fn the_whole_mail_or_its_head_names_it() {
        let id = Some("a.b@help.test".to_owned());
        assert_eq!(returned("--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: s@help.test\r\nMessage-ID: <a.b@help.test>\r\n\r\nx\r\n"), id);
        assert_eq!(returned("--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: s@help.test\r\nMessage-Id:\r\n <a.b@help.test>\r\n"), id);
        assert_eq!(returned("--b\r\nContent-Type: message/rfc822-headers\r\n\r\nSubject: x\r\nMESSAGE-ID: <a.b@help.test>\r\n"), id);
        assert_eq!(returned("--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-Id: none\r\n"), None);
        assert_eq!(returned(""), None);
    }
}
