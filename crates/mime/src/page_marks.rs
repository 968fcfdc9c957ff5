//! What the markup of known clients says: earlier mail, signature.

use richtext::tokens::Tag;

/// Classes of what holds an earlier mail.
const HOLDERS: [&str; 14] = [
    "gmail_quote",
    "gmail_quote_container",
    "yahoo_quoted",
    "protonmail_quote",
    "zmail_extra",
    "freshdesk_quote",
    "tutanota_quote",
    "hey-quote",
    "moz-forward-container",
    "front-blockquote",
    "sh-quoted-content",
    "missive_quote",
    "bloop_original_html",
    "mail-quote-collapse",
];
/// Classes and ids of the line before an earlier mail.
const LEADS: [&str; 6] = ["gmail_attr", "moz-cite-prefix", "moz-email-headers-table", "yahoo_quoted_header", "reply-intro", "k9mail-header"];
/// Ids of the place from where on everything is an earlier mail.
const BEGINS: [&str; 11] = [
    "divrplyfwdmsg",
    "appendonsend",
    "olk_src_body_section",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message",
    "replysplit",
    "isforwardcontent",
    "isreplycontent",
    "zwchr",
    "stopspelling",
    "originalmessage",
];
/// Parts of classes and ids of signatures.
const SIGNATURES: [&str; 22] = [
    "gmail_signature",
    "moz-signature",
    "applemailsignature",
    "lineBreakAtBeginningOfSignature",
    "protonmail_signature",
    "ms-outlook-mobile-signature",
    "outlook-signature",
    "yahoo_signature",
    "ydp-signature",
    "composer_signature",
    "zm_signature",
    "x_signature",
    "data-signature",
    "bloop_sign",
    "mail-signature",
    "front-signature",
    "missive_signature",
    "_rc_sig",
    "spneditorsign",
    "qqmail_sign",
    "canarysig",
    "mb_sig",
];

/// What the markup of an element says.
#[expect(clippy::struct_excessive_bools, reason = "claims that stand beside each other; an element may make several")]
pub(crate) struct Marks {
    /// An earlier mail.
    pub holds: bool,
    /// The line before one.
    pub leads: bool,
    /// From here to the end.
    pub begins: bool,
    /// Signature.
    pub signs: bool,
}

impl Marks {
    pub(crate) fn of(tag: &Tag<'_>) -> Self {
        let id = tag.attribute("id").unwrap_or_default().to_lowercase();
        // Outlook on the web puts x_ before what it quotes
        let id = id.trim_start_matches("x_");
        let mut marks = Self { holds: false, leads: false, begins: BEGINS.contains(&id), signs: id == "signature" };
        for class in tag.attribute("class").unwrap_or_default().split_whitespace().map(str::to_lowercase).chain([id.to_owned()]) {
            let class = class.trim_start_matches("x_");
            marks.holds |= HOLDERS.contains(&class) || class.ends_with("yahoo_quoted");
            marks.leads |= LEADS.contains(&class);
            marks.signs |= SIGNATURES.iter().any(|signature| class.starts_with(&signature.to_lowercase())) || class.ends_with("-signature");
        }
        marks.signs |= tag.attribute("data-signature-widget").is_some();
        // Spark, GMX, Zimbra
        match tag.attribute("name").or_else(|| tag.attribute("data-marker")).unwrap_or_default() {
            "messageSignatureSection" | "__SIG_PRE__" | "__SIG_POST__" => marks.signs = true,
            "messageReplySection" | "quote" | "__QUOTED_TEXT__" => marks.holds = true,
            "__DIVIDER__" => marks.begins = true,
            _ => {}
        }
        // Outlook for the desktop: a line above "From:"
        let style: String = tag.attribute("style").unwrap_or_default().to_lowercase().split_whitespace().collect();
        marks.begins |= style.contains("border-top:solid#e1e1e1") || style.contains("border-top:solid#b5c4df");
        marks
    }
}

/// A paragraph without space around it: Outlook's lines.
pub(crate) fn is_tight(tag: &Tag<'_>) -> bool {
    let style: String = tag.attribute("style").unwrap_or_default().split_whitespace().collect();
    tag.attribute("class").is_some_and(|class| class.contains("MsoNormal") || class.contains("MsoPlainText"))
        || style.contains("margin:0") && !style.contains("margin:0cm0cm8")
        || style.contains("margin-bottom:0")
}
