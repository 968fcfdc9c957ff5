//! The look of every page: the shells (`templates/`), the bundle (`dist/`, made by `build.mjs`) and the small
//! parts that rooms put into their templates. All that makes HTML here escapes what it is given.

extern crate self as ui;

mod assets;
mod countdown;
mod errors;
mod failure;
mod html;
mod nav;
mod page;
mod panel;
mod parts;
mod time;

#[cfg(test)]
mod gallery;

pub use assets::{Served, asset, preloads, serve};
pub use countdown::Countdown;
pub use errors::{Errors, name_fields};
pub use failure::Failure;
pub use html::{Html, escape};
pub use nav::{NavItem, Place, Section};
pub use page::{Brand, Flash, Page, Theme, Undo, Viewer};
pub use panel::{Panel, PanelPlace};
pub use parts::{Status, avatar, flash_icon, icon, initials, priority, priority_bare, size};
