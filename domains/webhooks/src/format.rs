//! Bodies: JSON for programs, messages for chats. What customers write is tamed in chats: it mentions nobody, makes no
//! link and no format; the one link there is leads here. Links and format go only into parts that the chat does not read
//! as markup.

use crate::{Format, payload::Brief};
use serde_json::{Value, json};

/// Characters of a label and of a text in a chat.
const LABEL: usize = 200;
const TEXT: usize = 500;
/// Stands within what a chat would take for a mention or a link.
const BREAK: char = '\u{200b}';

/// The body of a delivery in this form.
pub(crate) fn body(format: Format, payload: &str, brief: &Brief, public_url: &str) -> String {
    let words = Words::of(brief, public_url);
    match format {
        Format::Json => payload.to_owned(),
        Format::Slack => slack(&words).to_string(),
        Format::Discord => discord(&words).to_string(),
        Format::Teams => teams(&words).to_string(),
    }
}

/// A brief, tamed.
struct Words {
    label: String,
    what: String,
    text: String,
    link: String,
}

impl Words {
    fn of(brief: &Brief, public_url: &str) -> Self {
        let (who, mut letters) = (tame(&brief.who, LABEL), brief.what.chars());
        let what: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        Self {
            label: tame(&brief.label, LABEL),
            what: if who.is_empty() { what } else { format!("{what} ({who})") },
            text: tame(&brief.text, TEXT),
            link: format!("{public_url}{}", brief.href),
        }
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        [self.what.as_str(), self.text.as_str()].into_iter().filter(|line| !line.is_empty())
    }
}

/// Takes from a text what chats read as more than text: mentions, addresses, directions, what is not shown.
fn tame(text: &str, most: usize) -> String {
    let mut tamed = String::new();
    let mut letters = text.chars().filter(|letter| !is_hidden(*letter)).peekable();
    for _ in 0..most {
        let Some(letter) = letters.next() else { return tamed.trim().to_owned() };
        let ends_a_scheme = letter == ':' && letters.peek() == Some(&'/');
        let joins = letter == '.' && letters.peek().is_some_and(|next| next.is_alphanumeric());
        tamed.push(if letter.is_control() && letter != '\n' { ' ' } else { letter });
        if matches!(letter, '@' | '\u{ff20}' | '<') || ends_a_scheme || joins {
            tamed.push(BREAK);
        }
    }
    let mut tamed = tamed.trim().to_owned();
    if letters.next().is_some() {
        tamed.push('…');
    }
    tamed
}

/// Characters without a shape: they turn lines around or hide what stands between.
fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Slack: `plain_text` is not read as markup; what is, has `&`, `<` and `>` escaped.
fn slack(words: &Words) -> Value {
    let plain = |text: &str| json!({ "type": "section", "text": { "type": "plain_text", "text": text, "emoji": false } });
    let link = json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": format!("<{}|Open>", words.link) }] });
    let blocks: Vec<Value> = std::iter::once(words.label.as_str()).chain(words.lines()).map(plain).chain([link]).collect();
    let notice = format!("{}: {}", words.label, words.what).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({ "text": notice, "mrkdwn": false, "link_names": false, "parse": "none", "unfurl_links": false, "unfurl_media": false, "blocks": blocks })
}

/// Discord: Markdown with a backslash before each sign of it; `allowed_mentions` lets nobody be mentioned. 4: no previews.
fn discord(words: &Words) -> Value {
    let escaped = |text: &str| {
        let signs = |letter: char| if letter.is_ascii_punctuation() { vec!['\\', letter] } else { vec![letter] };
        text.chars().flat_map(signs).collect::<String>()
    };
    let lines: Vec<String> = words.lines().map(escaped).collect();
    let content = format!("**{}**\n{}\n<{}>", escaped(&words.label), lines.join("\n"), words.link);
    json!({ "content": content, "allowed_mentions": { "parse": [] }, "flags": 4 })
}

/// Teams: an Adaptive Card whose text stands in runs, which are not read as Markdown; it names nobody in `msteams.entities`.
fn teams(words: &Words) -> Value {
    let run = |text: &str, weight: &str| json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": text, "weight": weight }] });
    let body: Vec<Value> = std::iter::once(run(&words.label, "Bolder")).chain(words.lines().map(|line| run(line, "Default"))).collect();
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4", "body": body,
        "actions": [{ "type": "Action.OpenUrl", "title": "Open", "url": words.link }]
    });
    json!({ "type": "message", "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "content": card }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "@everyone <!channel> <@U1> <https://evil.example|here> [here](https://evil.example) http://evil.example/x www.evil.example mailto:a@evil.example \u{202e}gnp.exe **b** `c` ||d|| # e\u{0007}";

    fn made(format: Format) -> Value {
        let brief = Brief {
            label: format!("#7 {HOSTILE}"),
            href: "/desk/tickets/7".to_owned(),
            what: "the customer replies".to_owned(),
            who: HOSTILE.to_owned(),
            text: HOSTILE.to_owned(),
        };
        serde_json::from_str(&body(format, "{}", &brief, "https://help.example.com")).unwrap()
    }

    /// All strings within.
    fn strings(value: &Value) -> Vec<String> {
        match value {
            Value::String(text) => vec![text.clone()],
            Value::Array(list) => list.iter().flat_map(strings).collect(),
            Value::Object(map) => map.values().flat_map(strings).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn no_chat_gets_a_mention_or_a_link_from_a_customer() {
        for format in [Format::Slack, Format::Discord, Format::Teams] {
            let all = strings(&made(format))
                .join("\n")
                .replace("https://help.example.com/desk/tickets/7", "")
                .replace("http://adaptivecards.io/schemas/adaptive-card.json", "");
            for wrong in ["@everyone", "@U1", "://", "evil.example", "www.e", "a@evil", "<!", "<@", "\u{202e}", "\u{0007}"] {
                assert!(!all.contains(wrong), "{format:?} has {wrong:?} in {all:?}");
            }
        }
    }

    #[test]
    fn each_chat_reads_as_markup_only_what_is_ours() {
        let (slack, discord, teams) = (made(Format::Slack), made(Format::Discord), made(Format::Teams));

        assert!(slack["blocks"].as_array().unwrap().iter().all(|block| block["type"] == "context" || block["text"]["type"] == "plain_text"), "{slack}");
        assert_eq!(slack["blocks"].as_array().unwrap().last().unwrap()["elements"][0]["text"], "<https://help.example.com/desk/tickets/7|Open>");
        assert!(!slack["text"].as_str().unwrap().contains(['<', '>']), "{slack}");
        let content = discord["content"].as_str().unwrap();
        assert!(
            content.contains("\\[here\\]\\(") && content.contains("\\*\\*b\\*\\*") && content.contains("\\!channel\\>") && content.contains("\\`c\\`"),
            "{content}"
        );
        assert_eq!(discord["allowed_mentions"], json!({ "parse": [] }));
        assert!(content.chars().count() < 2000, "Discord takes 2,000 characters");
        let card = &teams["attachments"][0]["content"];
        assert!(card["body"].as_array().unwrap().iter().all(|block| block["type"] == "RichTextBlock"), "{card}");
        assert!(card["msteams"].is_null());
    }

    #[test]
    fn what_is_harmless_stays_as_it_is_and_what_is_long_is_cut() {
        assert_eq!(tame("Printer 3.5 is on fire. Help!\nNow", 100), "Printer 3.\u{200b}5 is on fire. Help!\nNow");
        assert_eq!(tame(&"x".repeat(20), 10), format!("{}…", "x".repeat(10)));
        assert_eq!(body(Format::Json, "{\"a\":1}", &Brief::default(), ""), "{\"a\":1}");
    }
}
