//! What is wrong with a form, field by field, in the order of the form.
//!
//! In a form the id of an input is the name of its field; its message has the id `{field}-error`.

use crate::{Html, escape, icon};

/// Ordered messages by field. Several messages may belong to one field; the field `""` is the form as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(String, String)>);

impl Errors {
    /// No error yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message that says what to do: "Enter your email address".
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push((field.into(), message.into()));
    }

    /// The same, for building in one expression.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.add(field, message);
        self
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The first message of a field.
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, message)| message.as_str())
    }

    /// Field and message, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, message)| (field.as_str(), message.as_str()))
    }

    /// The message below a field, or nothing. Goes with [`Errors::attrs`] on the input.
    pub fn field_html(&self, field: &str) -> Html {
        let message = self.of(field).map(|message| format!(r#"<p class="error" id="{}-error">{}{}</p>"#, escape(field), icon("circle-alert"), escape(message)));
        Html::made(message.unwrap_or_default())
    }

    /// Attributes for the input: `aria-invalid` and `aria-describedby` when the field has an error. `hint` is the id
    /// of its hint, or `""`.
    pub fn attrs(&self, field: &str, hint: &str) -> Html {
        let error = self.of(field).map(|_| format!("{field}-error"));
        let described: Vec<&str> = error.as_deref().into_iter().chain((!hint.is_empty()).then_some(hint)).collect();
        let invalid = if error.is_some() { r#" aria-invalid="true""# } else { "" };
        let described = if described.is_empty() { String::new() } else { format!(r#" aria-describedby="{}""#, escape(&described.join(" "))) };
        Html::made(format!("{invalid}{described}"))
    }

    /// The summary above the form, with links to the fields, or nothing. Takes focus when the page is shown.
    pub fn summary_html(&self) -> Html {
        if self.is_empty() {
            return Html::default();
        }
        let items: String = self.iter().map(|(field, message)| item(field, message)).collect();
        let title = if self.len() == 1 { "There is a problem" } else { "There are some problems" };
        Html::made(format!(
            r#"<div class="error-summary" id="error-summary" role="alert" tabindex="-1" aria-labelledby="error-summary-title" autofocus><h2 id="error-summary-title">{title}</h2><ul>{items}</ul></div>"#
        ))
    }
}

/// Names the fields in the summary of a finished page, by the labels that the page has: "This is needed." becomes "Name: this
/// is needed." What has no field on the page goes by the field's own name, without a link.
pub fn name_fields(page: String) -> String {
    let Some((before, list)) = page.split_once(r#"<h2 id="error-summary-title">"#) else { return page };
    let Some((list, after)) = list.split_once("</ul>") else { return page };
    let items: Vec<String> = list.split(LINK).enumerate().map(|(at, part)| if at == 0 { part.to_owned() } else { named(&page, part) }).collect();
    format!(r#"{before}<h2 id="error-summary-title">{}</ul>{after}"#, items.concat())
}

/// What a link of the summary begins with.
const LINK: &str = r##"<a href="#"##;

/// One item of the summary, from the name of its field on.
fn named(page: &str, part: &str) -> String {
    let Some((field, (message, after))) = part.split_once(r#"">"#).and_then(|(field, rest)| Some((field, rest.split_once("</a>")?))) else {
        return format!("{LINK}{part}");
    };
    let Some(place) = page.find(&format!(r#" id="{field}""#)) else { return format!("{}: {}{after}", words_of(field), within(message)) };
    let label = label(page, field, place).filter(|label| !message.to_lowercase().contains(&label.to_lowercase()));
    let message = label.map_or_else(|| message.to_owned(), |label| format!("{label}: {}", within(message)));
    format!(r#"{LINK}{field}">{message}</a>{after}"#)
}

/// The words of `<label for>`, else of `aria-label` in the tag at `place`; escaped, as they stand on the page.
fn label<'a>(page: &'a str, field: &str, place: usize) -> Option<&'a str> {
    let (tag, _) = page.get(page.get(..place)?.rfind('<')?..)?.split_once('>')?;
    let visible = page.match_indices(&format!(r#" for="{field}""#)).find_map(|(at, _)| {
        let is_label = page.get(..at)?.rsplit_once('<')?.1.starts_with("label");
        page.get(at..).filter(|_| is_label)?.split_once('>')?.1.split('<').next()
    });
    let hidden = tag.split_once(r#" aria-label=""#).and_then(|(_, rest)| rest.split('"').next());
    visible.into_iter().chain(hidden).map(str::trim).find(|words| !words.is_empty())
}

/// The name of a field that the page does not show: `teamId` is "Team id".
fn words_of(field: &str) -> String {
    let apart = field.chars().flat_map(|letter| letter.is_uppercase().then_some(' ').into_iter().chain(letter.to_lowercase()));
    let mut words: String = apart.collect();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

/// A sentence within another one: small at first, unless it begins with a name.
fn within(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let (first, second) = (letters.next(), letters.clone().next());
    match (first, second) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => first.to_lowercase().chain(letters).collect(),
        _ => sentence.to_owned(),
    }
}

fn item(field: &str, message: &str) -> String {
    if field.is_empty() {
        return format!("<li>{}</li>", escape(message));
    }
    format!(r##"<li><a href="#{}">{}</a></li>"##, escape(field), escape(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_links_to_the_fields_in_order() {
        let errors = Errors::new().with("email", "Enter your email address").with("", "Try again");
        let html = errors.summary_html().to_string();
        assert!(html.contains(r##"<li><a href="#email">Enter your email address</a></li><li>Try again</li>"##));
        assert_eq!(errors.attrs("email", "email-hint").as_str(), r#" aria-invalid="true" aria-describedby="email-error email-hint""#);
        assert_eq!(errors.attrs("name", "").as_str(), "");
        assert_eq!(errors.field_html("name").as_str(), "");
        assert!(Errors::new().summary_html().as_str().is_empty());
    }

    #[test]
    fn the_summary_of_a_page_names_the_fields_by_their_labels() {
        let page = |label: &str, errors: Errors| name_fields(format!("<main>{}<form>{label}</form></main>", errors.summary_html()));
        let name = r#"<label class="vh" for="name">Your name <i>optional</i></label><input id="name" name="name">"#;
        let cases = [
            (name, "This is needed.", r##"<li><a href="#name">Your name: this is needed.</a></li>"##),
            (name, "Enter your name.", r##"<li><a href="#name">Enter your name.</a></li>"##),
            (name, "“Ana” is taken.", r##"<li><a href="#name">Your name: “Ana” is taken.</a></li>"##),
            (name, "SMTP failed.", r##"<li><a href="#name">Your name: SMTP failed.</a></li>"##),
            (r#"<input aria-label="Cats &amp; dogs" id="name">"#, "A list.", r##"<li><a href="#name">Cats &amp; dogs: a list.</a></li>"##),
            (r#"<input id="name">"#, "This is needed.", r##"<li><a href="#name">This is needed.</a></li>"##),
            (r#"<input name="name">"#, "This is needed.", "<li>Name: this is needed.</li>"),
            (
                r#"<i for="name">Bar</i><label for="name">Title</label><input id="name">"#,
                "This is needed.",
                r##"<li><a href="#name">Title: this is needed.</a></li>"##,
            ),
        ];
        for (form, message, expected) in cases {
            let html = page(form, Errors::new().with("name", message));
            assert!(html.contains(expected) && html.ends_with("</form></main>"), "{html}");
        }
        assert_eq!(words_of("audienceTeamId"), "Audience team id");
        let two = page(name, Errors::new().with("", "Try again.").with("name", "This is needed."));
        assert!(two.contains(r##"<ul><li>Try again.</li><li><a href="#name">Your name: this is needed.</a></li></ul>"##), "{two}");
        assert_eq!(name_fields("<p>No form</p>".to_owned()), "<p>No form</p>");
    }

    #[test]
    fn hostile_words_stay_words() {
        let errors = Errors::new().with(r#""><script>"#, "<script>alert(1)</script>");
        let all = format!("{}{}{}", errors.summary_html(), errors.field_html(r#""><script>"#), errors.attrs(r#""><script>"#, r#""x="#));
        assert!(!all.contains("<script>"), "{all}");
        assert!(!all.contains(r#""x="#), "{all}");
    }
}
