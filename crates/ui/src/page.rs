//! What every page knows: the brand, who looks, when and where. Where one can go is in `nav.rs`.

use std::sync::Arc;

use db::Timestamp;
use jiff::tz::TimeZone;

use crate::{NavItem, Panel};

/// The field `page` of every page template; the base templates read it.
#[derive(Clone, Debug)]
pub struct Page {
    /// Shown in `<title>` as "{title} · {brand.name} {brand.tagline}".
    pub title: String,
    /// Path of the request, without its query.
    pub path: String,
    /// Names, logo and texts of this installation.
    pub brand: Arc<Brand>,
    /// Entries of all menus, given by the rooms; the templates show what the viewer may see.
    pub nav: Arc<Vec<NavItem>>,
    /// Parts of pages that rooms fill for each other.
    pub panels: Arc<Vec<Panel>>,
    /// Who looks; `None` when nobody is signed in.
    pub viewer: Option<Viewer>,
    /// The `data-theme` of `<html>`: "system", "light" or "dark".
    pub theme: &'static str,
    /// BCP 47 tag for `<html lang>`: "en-GB".
    pub lang: String,
    /// The viewer's time zone.
    pub zone: TimeZone,
    /// The time of the request: all relative times count from here.
    pub now: Timestamp,
    /// For error pages and the log.
    pub request_id: String,
    /// Told once, after a redirect.
    pub flash: Option<Flash>,
    /// Topics this page listens to; empty for a page that does not change by itself.
    pub live: Vec<String>,
    /// The position of the journal at which the page was rendered.
    pub live_after: i64,
}

/// Names, logo and texts of an installation, from its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brand {
    /// The first word.
    pub name: String,
    /// Second, lighter word: "Support". May be empty.
    pub tagline: String,
    /// Same-origin picture instead of the mark.
    pub logo_url: Option<String>,
    /// Same-origin stylesheet that overrides the accent tokens.
    pub accent_css_url: Option<String>,
    /// The heading of the home page.
    pub home_title: String,
    /// The text below it.
    pub home_text: String,
    /// The text above the request form.
    pub request_intro: String,
    /// The first words of the footer.
    pub footer_text: String,
}

impl Default for Brand {
    fn default() -> Self {
        Self {
            name: "PromptCraft".into(),
            tagline: "Support".into(),
            logo_url: None,
            accent_css_url: None,
            home_title: "How can we help?".into(),
            home_text: String::new(),
            request_intro: String::new(),
            footer_text: "© PromptCraft.".into(),
        }
    }
}

/// Who looks at the page.
#[expect(clippy::struct_excessive_bools, reason = "each is a claim of its own, none excludes another")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// As shown.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Agents, supervisors and admins.
    pub is_staff: bool,
    /// May open /admin.
    pub is_admin: bool,
    /// May see the work of others.
    pub is_supervisor: bool,
    /// Single-key shortcuts are on (WCAG 2.1.4: they can be switched off).
    pub keys_on: bool,
}

/// A message told once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flash {
    /// "good", "warn", "bad" or "info".
    pub kind: &'static str,
    /// A sentence.
    pub text: String,
    /// How to take the act back.
    pub undo: Option<Undo>,
}

/// A form that takes an act back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undo {
    /// Where the form posts to.
    pub href: String,
    /// The word on its button.
    pub label: String,
}

/// A step of the theme switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// What is sent as `theme`.
    pub value: &'static str,
    /// How it is called.
    pub label: &'static str,
}

const THEMES: [Theme; 3] = [Theme { value: "system", label: "system" }, Theme { value: "light", label: "light" }, Theme { value: "dark", label: "dark" }];

impl Page {
    /// A page for nobody in particular: no viewer, no menus, UTC. For error pages before a session is known, and tests.
    pub fn plain(title: impl Into<String>, path: impl Into<String>, now: Timestamp) -> Self {
        Self {
            title: title.into(),
            path: path.into(),
            brand: Arc::default(),
            nav: Arc::default(),
            panels: Arc::default(),
            viewer: None,
            theme: "system",
            lang: "en-GB".into(),
            zone: TimeZone::UTC,
            now,
            request_id: String::new(),
            flash: None,
            live: Vec::new(),
            live_after: 0,
        }
    }

    /// The same page with another title.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The same page, listening to these topics.
    #[must_use]
    pub fn listening(mut self, topics: impl IntoIterator<Item = String>) -> Self {
        for topic in topics {
            if !self.live.contains(&topic) {
                self.live.push(topic);
            }
        }
        self
    }

    /// The page itself, for links that are no entry of a menu.
    pub fn is_at(&self, href: &str) -> bool {
        self.path == href
    }

    /// The help center: its home, its topics and its articles.
    pub fn is_help(&self) -> bool {
        self.path == "/" || self.path == "/help" || self.path.starts_with("/help/") || self.path.starts_with("/a/")
    }

    /// The chosen theme.
    pub fn theme_now(&self) -> Theme {
        THEMES.into_iter().find(|theme| theme.value == self.theme).unwrap_or(THEMES[0])
    }

    /// What the theme switch chooses next: system, light, dark, system.
    pub fn theme_next(&self) -> Theme {
        let at = THEMES.iter().position(|theme| theme.value == self.theme).unwrap_or(0);
        THEMES[(at + 1) % THEMES.len()]
    }

    /// The topics as a JSON list, for `data-live-topics-value`.
    pub fn live_json(&self) -> String {
        serde_json::Value::from(self.live.clone()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_theme_switch_goes_round() {
        let mut page = Page::plain("x", "/", Timestamp::default());
        for expected in ["light", "dark", "system"] {
            page.theme = page.theme_next().value;
            assert_eq!(page.theme, expected);
        }
    }
}
