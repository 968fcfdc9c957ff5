//! The list of routes: what axum serves, and what the permission walk reads.

use crate::App;
use axum::{Router, handler::Handler, routing};

/// What a route is called with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes or acts.
    Post,
    /// Changes.
    Put,
    /// Goes on with an upload (tus).
    Patch,
    /// Removes.
    Delete,
    /// Asks how far an upload is (tus).
    Head,
    /// Asks what is possible (tus).
    Options,
}

/// One route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Its path as axum writes it: `/requests/{id}`.
    pub path: &'static str,
    /// Its method.
    pub method: Method,
}

/// All routes of the program.
pub type RoutesList = Vec<Route>;

/// Routes of a room.
#[derive(Default)]
pub struct Routes {
    pub(crate) router: Router<App>,
    pub(crate) list: RoutesList,
}

macro_rules! methods {
    ($($name:ident $method:ident;)+) => {$(
        #[doc = concat!("Adds a ", stringify!($method), " route.")]
        #[must_use]
        pub fn $name<H: Handler<T, App>, T: 'static>(self, path: &'static str, handler: H) -> Self {
            self.add(path, Method::$method, routing::$name(handler))
        }
    )+};
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    methods! { get Get; post Post; put Put; patch Patch; delete Delete; head Head; options Options; }

    /// Adds all of another room's.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.list.extend(other.list);
        self
    }

    /// What there is.
    pub fn list(&self) -> &[Route] {
        &self.list
    }

    fn add(mut self, path: &'static str, method: Method, handler: routing::MethodRouter<App>) -> Self {
        self.router = self.router.route(path, handler);
        self.list.push(Route { path, method });
        self
    }
}
