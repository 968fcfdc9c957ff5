//! The screens of this room: the report, the tickets behind a figure, and the report as a spreadsheet.

mod export;
mod list;
mod overview;
mod view;

use crate::Sources;
use kernel::{Fault, Result};
use std::sync::Arc;
use ui::{NavItem, Place};
use web::{Routes, Visit};

/// Where the report stands.
pub(crate) const REPORT: &str = "/desk/analytics";

pub(crate) fn nav() -> Vec<NavItem> {
    vec![NavItem { place: Place::Rail, label: "Analytics", icon: "i-chart-line", href: REPORT, staff: true, admin: false }]
}

pub(crate) fn routes() -> Routes {
    Routes::new().get("/desk/analytics", overview::look).get("/desk/analytics/report.csv", export::csv).get("/desk/analytics/tickets", list::look)
}

/// What the roof handed over.
pub(crate) fn sources(visit: &Visit) -> Result<Arc<Sources>> {
    visit.app.state::<Sources>().ok_or_else(|| Fault::Broken("nobody told the reports what to count".to_owned()))
}

/// The viewer's zone.
pub(crate) fn zone(visit: &Visit) -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get(&visit.actor.zone).unwrap_or(jiff::tz::TimeZone::UTC)
}
