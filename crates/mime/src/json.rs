//! A mail as JSON, one shape for the command line and the API.

use crate::{Attachment, Mail, Mailbox};
use serde_json::{Value, json};

impl Mailbox {
    fn json(&self) -> Value {
        json!({ "name": self.name, "address": self.address })
    }
}

impl Attachment {
    fn json(&self) -> Value {
        json!({ "name": self.name, "type": self.kind, "size": self.bytes.len(), "contentId": self.content_id, "inline": self.is_inline })
    }
}

impl Mail {
    /// All that was read, without the bytes of files.
    pub fn json(&self) -> Value {
        let all = |mailboxes: &[Mailbox]| mailboxes.iter().map(Mailbox::json).collect::<Vec<_>>();
        json!({
            "subject": self.subject,
            "from": self.from.as_ref().map(Mailbox::json),
            "replyTo": all(&self.reply_to),
            "to": all(&self.to),
            "cc": all(&self.cc),
            "date": self.date,
            "messageId": self.message_id,
            "inReplyTo": self.in_reply_to,
            "references": self.references,
            "text": self.text,
            "html": self.html,
            "reply": self.reply,
            "quoted": self.quoted,
            "signature": self.signature,
            "attachments": self.attachments.iter().map(Attachment::json).collect::<Vec<_>>(),
            "invitation": self.invitation.as_ref().map(|event| json!({ "method": event.method, "summary": event.summary, "starts": event.starts, "ends": event.ends, "place": event.place })),
            "protection": self.protection.map(crate::Protection::label),
            "automatic": self.automatic.map(crate::Automatic::word),
            "bounce": self.bounce.as_ref().map(|bounce| json!({ "hard": bounce.is_hard, "for": bounce.address, "code": bounce.code, "words": bounce.words })),
            "returned": self.returned,
            "report": self.report.map(crate::Report::word),
            "list": self.is_list,
            "notes": self.notes,
        })
    }
}
