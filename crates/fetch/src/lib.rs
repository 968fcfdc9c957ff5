//! The one door to other servers. Whoever sends something out (webhooks, later SMS and Web Push) sends it by [`Client`]:
//! it resolves names itself and connects to the very address that it checked, follows no redirect, and takes little
//! time and few bytes. What a person typed as an address may otherwise reach the database, the metadata of the cloud or
//! a printer (server-side request forgery).

mod address;
mod again;
mod client;
mod rules;

pub use address::{is_metadata, is_public};
pub use again::pause;
pub use client::{Answer, Client, Failure, Lookup, Request};
pub use rules::{Place, Refusal, Rules};
pub use url::Url;
