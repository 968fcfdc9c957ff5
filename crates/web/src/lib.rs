//! HTTP: session to `Actor`, input from form and JSON alike, origin checks, limits, problem+json and error
//! pages, live updates. Rooms give routes and verbs; nobody else touches HTTP.

mod answer;
mod app;
mod config;
mod cookie;
pub mod csv;
mod cursor;
mod fields;
mod follow;
mod house;
mod input;
mod limits;
mod live;
mod multipart;
mod once;
mod presence;
mod problem;
mod room;
mod routes;
mod server;
mod visit;

pub use answer::{Answer, Failure, disposition, download, html, html_with, json, json_with, no_content, pieces, see_other};
pub use app::{App, House};
pub use axum::body::Bytes;
pub use axum::extract::Path;
pub use axum::response::{IntoResponse, Response};
pub use config::{Config, UploadLimit};
pub use cookie::{clear_cookie, set_cookie};
pub use cursor::Cursor;
pub use fields::{Fields, Form, Group};
pub use follow::{Follower, begin, follow};
pub use http::{HeaderMap, HeaderValue, StatusCode, header};
pub use input::{Asked, Input, Raw, query};
pub use limits::{Bucket, Limits};
pub use live::Live;
pub use multipart::Upload;
pub use once::{Seal, sweep};
pub use presence::{Doing, Presence};
pub use room::{Authenticate, Credential, Fill, OnHome, Room};
pub use routes::{Method, Route, Routes, RoutesList};
pub use server::{ground, router, serve};
pub use visit::{Flash, Visit};

/// The schema of this crate.
pub const MIGRATIONS: &[db::Migration] = &[db::Migration { name: "web/0001_answers", text: include_str!("../migrations/0001_answers.sql") }];
