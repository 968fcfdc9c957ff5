//! Panels: parts of a page that another room fills, by address. Rooms compose pages without importing each other.

use crate::{Html, Page, escape};

/// Where a panel stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelPlace {
    /// Details beside an agent's ticket.
    Ticket,
    /// Foot of the box an agent writes in.
    Composer,
    /// Below a customer's thread.
    Request,
    /// Beside the request form.
    RequestForm,
    /// Below an article at the desk.
    Article,
}

/// A part of a page that its room fills. What answers at `path` renders a whole page for a browser without script, and a
/// `<turbo-frame>` of the id `panel-{name}` for one with; it decides by itself what the viewer may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Where it stands.
    pub place: PanelPlace,
    /// Its name, unique: `sla`.
    pub name: &'static str,
    /// What the link to it says where no script runs.
    pub label: &'static str,
    /// Its path; `{id}` becomes the id of the thing the page shows: `/desk/tickets/{id}/sla`.
    pub path: &'static str,
}

impl Page {
    /// The frames of one place, in the order of the rooms; they load by themselves and again when the page's topics ring; what is being typed in
    /// one stays.
    pub fn panels(&self, place: PanelPlace, id: &str) -> Html {
        let frames = self.panels.iter().filter(|panel| panel.place == place).map(|panel| {
            let (src, name, label) = (escape(&panel.path.replace("{id}", id)), escape(panel.name), escape(panel.label));
            format!(
                r#"<turbo-frame id="panel-{name}" class="panel" src="{src}" data-live-frame refresh="morph"><a class="unscripted t-xs" href="{src}">{label}</a></turbo-frame>"#
            )
        });
        Html::made(frames.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::Timestamp;
    use std::sync::Arc;

    #[test]
    fn a_place_shows_its_own_panels_in_order_for_the_thing_of_the_page_and_escapes_its_id() {
        let panel = |place, name, path| Panel { place, name, label: "Time & steps", path };
        let panels = vec![
            panel(PanelPlace::Ticket, "b", "/desk/tickets/{id}/b"),
            panel(PanelPlace::Request, "c", "/c"),
            panel(PanelPlace::Ticket, "a", "/desk/tickets/{id}/a"),
        ];
        let page = Page { panels: Arc::new(panels), ..Page::plain("x", "/", Timestamp::default()) };

        let html = page.panels(PanelPlace::Ticket, "7\"><script>");

        let frame = |name: &str| {
            let src = format!("/desk/tickets/7&quot;&gt;&lt;script&gt;/{name}");
            format!(
                r#"<turbo-frame id="panel-{name}" class="panel" src="{src}" data-live-frame refresh="morph"><a class="unscripted t-xs" href="{src}">Time &amp; steps</a></turbo-frame>"#
            )
        };
        assert_eq!(html.as_str(), frame("b") + &frame("a"));
        assert_eq!(page.panels(PanelPlace::Composer, "7").as_str(), "");
    }
}
