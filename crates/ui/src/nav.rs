//! Where one can go: the entries of all menus, which of them a viewer may see, and which one is current.

use crate::Page;

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

const SECTIONS: [(Place, &str); 5] = [
    (Place::AdminWorkspace, "Workspace"),
    (Place::AdminPeople, "People"),
    (Place::AdminWork, "Work"),
    (Place::AdminChannels, "Channels"),
    (Place::AdminSystem, "System"),
];

impl Page {
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
    use std::sync::Arc;

    use db::Timestamp;

    use super::*;
    use crate::Viewer;

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
            ("/admin", "/admin", true),
            ("/admin/people/7", "/admin", false),
            ("/admin/people/7", "/admin/people", true),
            ("/admin/outbox", "/admin", true),
            ("/administrator", "/admin", false),
            ("/desk/tickets/1", "/desk", true),
            ("/", "/requests", false),
        ];
        for (path, href, expected) in cases {
            let page = page(path, None);
            let item = *page.nav.iter().find(|item| item.href == href).unwrap();
            assert_eq!(page.is_current(&item), expected, "{path} {href}");
        }
    }
}
