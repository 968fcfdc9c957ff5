//! What every page knows: the brand, where one can go, who looks, when and where.

use std::sync::Arc;

use db::Timestamp;
use jiff::tz::TimeZone;

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
    /// First word: "PromptCraft".
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

/// The menu an entry belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Header of the customer pages.
    Site,
    /// The agents' rail.
    Rail,
    /// Admin sidebar, "Workspace".
    AdminWorkspace,
    /// Admin sidebar, "People".
    AdminPeople,
    /// Admin sidebar, "Work".
    AdminWork,
    /// Admin sidebar, "Channels".
    AdminChannels,
    /// Admin sidebar, "System".
    AdminSystem,
}

/// An entry of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Which menu.
    pub place: Place,
    /// The words.
    pub label: &'static str,
    /// Name of a Lucide icon.
    pub icon: &'static str,
    /// A path of this site.
    pub href: &'static str,
    /// Only for staff.
    pub staff: bool,
    /// Only for admins.
    pub admin: bool,
}

/// A group of the admin sidebar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub label: &'static str,
    /// Its entries, at least one.
    pub items: Vec<NavItem>,
}

/// Who looks at the page.
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

const SECTIONS: [(Place, &str); 5] = [
    (Place::AdminWorkspace, "Workspace"),
    (Place::AdminPeople, "People"),
    (Place::AdminWork, "Work"),
    (Place::AdminChannels, "Channels"),
    (Place::AdminSystem, "System"),
];

impl Page {
    /// A page for nobody in particular: no viewer, no menus, UTC. For error pages before a session is known, and tests.
    pub fn plain(title: impl Into<String>, path: impl Into<String>, now: Timestamp) -> Self {
        Self {
            title: title.into(),
            path: path.into(),
            brand: Arc::default(),
            nav: Arc::default(),
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
        self.live.extend(topics);
        self
    }

    /// Entries of one menu that the viewer may see, in the order the rooms gave them.
    pub fn items(&self, place: Place) -> Vec<NavItem> {
        self.nav.iter().filter(|item| item.place == place && self.may_see(item)).copied().collect()
    }

    /// The header of customer pages.
    pub fn site_items(&self) -> Vec<NavItem> {
        self.items(Place::Site)
    }

    /// The agents' rail.
    pub fn rail_items(&self) -> Vec<NavItem> {
        self.items(Place::Rail)
    }

    /// The admin sidebar, without empty groups.
    pub fn admin_sections(&self) -> Vec<Section> {
        let sections = SECTIONS.into_iter().map(|(place, label)| Section { label, items: self.items(place) });
        sections.filter(|section| !section.items.is_empty()).collect()
    }

    /// Where the admin button leads: the first entry of the admin sidebar; `None` for anybody but admins.
    pub fn admin_href(&self) -> Option<&'static str> {
        self.viewer.as_ref().filter(|viewer| viewer.is_admin)?;
        self.admin_sections().first().and_then(|section| section.items.first()).map(|item| item.href)
    }

    /// The page lies in the admin area.
    pub fn is_admin_area(&self) -> bool {
        within(&self.path, "/admin")
    }

    /// For `aria-current`: of all entries of its menu, this one leads nearest to the page.
    pub fn is_current(&self, item: &NavItem) -> bool {
        let admin = |place| SECTIONS.iter().any(|(section, _)| *section == place);
        let same_menu = |other: &&NavItem| other.place == item.place || (admin(other.place) && admin(item.place));
        let nearest = self.nav.iter().filter(same_menu).filter(|other| within(&self.path, other.href)).map(|other| other.href.len()).max();
        within(&self.path, item.href) && nearest == Some(item.href.len())
    }

    /// The page itself, for links that are no entry of a menu.
    pub fn is_at(&self, href: &str) -> bool {
        self.path == href
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

    fn may_see(&self, item: &NavItem) -> bool {
        let viewer = self.viewer.as_ref();
        (!item.staff || viewer.is_some_and(|viewer| viewer.is_staff)) && (!item.admin || viewer.is_some_and(|viewer| viewer.is_admin))
    }
}

/// `/desk/tickets/1` lies within `/desk`, `/desktop` does not.
fn within(path: &str, href: &str) -> bool {
    path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') && href != "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(place: Place, href: &'static str, staff: bool, admin: bool) -> NavItem {
        NavItem { place, label: "x", icon: "x", href, staff, admin }
    }

    fn page(path: &str, viewer: Option<Viewer>) -> Page {
        let nav = vec![
            item(Place::Site, "/requests", false, false),
            item(Place::Rail, "/desk", true, false),
            item(Place::AdminPeople, "/admin/people", false, true),
            item(Place::AdminWorkspace, "/admin", false, true),
        ];
        Page { nav: Arc::new(nav), viewer, ..Page::plain("x", path, Timestamp::default()) }
    }

    #[test]
    fn menus_show_only_what_the_viewer_may_see() {
        let count = |page: &Page| (page.site_items().len(), page.rail_items().len(), page.admin_sections().len());
        let agent = Viewer { is_staff: true, ..Viewer::default() };
        let admin = Viewer { is_admin: true, ..agent.clone() };
        assert_eq!(count(&page("/", None)), (1, 0, 0));
        assert_eq!(count(&page("/", Some(Viewer::default()))), (1, 0, 0));
        assert_eq!(count(&page("/", Some(agent))), (1, 1, 0));
        assert_eq!(count(&page("/", Some(admin.clone()))), (1, 1, 2));
        assert_eq!(page("/", Some(admin)).admin_href(), Some("/admin"));
        assert_eq!(page("/", None).admin_href(), None);
    }

    #[test]
    fn the_entry_nearest_to_the_page_is_current() {
        let cases = [
            ("/admin", "/admin", true), ("/admin/people/7", "/admin", false), ("/admin/people/7", "/admin/people", true),
            ("/admin/outbox", "/admin", true), ("/administrator", "/admin", false), ("/desk/tickets/1", "/desk", true), ("/", "/requests", false),
        ];
        for (path, href, expected) in cases {
            let page = page(path, None);
            let item = *page.nav.iter().find(|item| item.href == href).unwrap();
            assert_eq!(page.is_current(&item), expected, "{path} {href}");
        }
    }

    #[test]
    fn the_theme_switch_goes_round() {
        let mut page = page("/", None);
        for expected in ["light", "dark", "system"] {
            page.theme = page.theme_next().value;
            assert_eq!(page.theme, expected);
        }
    }
}
