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
    fn hostile_words_stay_words() {
        let errors = Errors::new().with(r#""><script>"#, "<script>alert(1)</script>");
        let all = format!("{}{}{}", errors.summary_html(), errors.field_html(r#""><script>"#), errors.attrs(r#""><script>"#, r#""x="#));
        assert!(!all.contains("<script>"), "{all}");
        assert!(!all.contains(r#""x="#), "{all}");
    }
}
