//! One request: who asks, from where, and what a page around the answer needs.

use crate::{
    App, Failure,
    cookie::{clear_cookie, cookie, full_name, set_cookie},
    room::Credential,
};
use axum::{extract::FromRequestParts, response::Response};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, Method, header, request::Parts};
use kernel::{Actor, Fault, Scope};
use sha2::{Digest, Sha256};
use std::{net::IpAddr, sync::Arc};

/// A request's circumstances. Handlers take it as an argument.
#[derive(Clone)]
pub struct Visit {
    /// What every request can reach.
    pub app: App,
    /// Who asks.
    pub actor: Arc<Actor>,
    /// From where.
    pub address: IpAddr,
    /// The path asked for.
    pub path: Arc<str>,
    /// Path and query asked for.
    pub target: Arc<str>,
    /// What the browser calls itself; for the list of sessions.
    pub user_agent: Arc<str>,
    /// Number of this request, to quote.
    pub request_id: Arc<str>,
    /// `system`, `light` or `dark`.
    pub theme: &'static str,
    /// Only a part of the page is wanted: the name of a turbo-frame.
    pub frame: Option<Arc<str>>,
    /// Where the journal stood before anything was read: what comes after it rings.
    position: i64,
    is_get: bool,
    flash: Option<Arc<str>>,
}

/// A word to show on the next page.
#[derive(Clone, Debug)]
pub struct Flash {
    /// `good`, `warn`, `bad` or `info`.
    pub kind: &'static str,
    /// One sentence.
    pub text: String,
    /// A path that takes it back by POST, and its label.
    pub undo: Option<(String, String)>,
}

impl Visit {
    pub(crate) async fn of(
        app: &App,
        method: &Method,
        uri: &http::Uri,
        headers: &HeaderMap,
        peer: IpAddr,
        request_id: Arc<str>,
    ) -> Result<Self, (Box<Self>, Fault)> {
        let text = |name: http::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let secure = app.config.is_secure();
        let mut visit = Self {
            app: app.clone(),
            actor: Arc::new(Actor::stranger()),
            address: address(app, headers, peer),
            path: uri.path().into(),
            target: uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).into(),
            user_agent: text(header::USER_AGENT).chars().take(200).collect::<String>().into(),
            request_id,
            theme: match cookie(headers, "theme") {
                Some("light") => "light",
                Some("dark") => "dark",
                _ => "system",
            },
            frame: headers.get("turbo-frame").and_then(|value| value.to_str().ok()).map(Into::into),
            position: app.live.position(),
            is_get: matches!(*method, Method::GET | Method::HEAD),
            flash: cookie(headers, &full_name(secure, "flash")).map(Into::into),
        };
        match visit.recognise(headers, secure).await {
            Ok(()) => Ok(visit),
            Err(fault) => Err((Box::new(visit), fault)),
        }
    }

    async fn recognise(&mut self, headers: &HeaderMap, secure: bool) -> Result<(), Fault> {
        // a token's scopes are asked for on the API alone, so it opens no page
        let takes_tokens = self.is_api() || self.path.starts_with("/files/") || &*self.path == "/live";
        if let Some(value) = headers.get(header::AUTHORIZATION).filter(|_| takes_tokens) {
            let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer "))).ok_or(Fault::SignIn)?;
            self.actor = self.known(Credential::Token(token.trim()), token).await?.ok_or(Fault::SignIn)?;
            return Ok(());
        }
        if let Some(session) = cookie(headers, &full_name(secure, "session"))
            && let Some(actor) = self.known(Credential::Session(session), session).await?
        {
            self.actor = actor;
            return Ok(());
        }
        if let Some(guest) = cookie(headers, &full_name(secure, "guest"))
            && let Some(actor) = self.known(Credential::Guest(guest), guest).await?
        {
            self.actor = actor;
        }
        Ok(())
    }

    async fn known(&self, credential: Credential<'_>, secret: &str) -> Result<Option<Arc<Actor>>, Fault> {
        if secret.len() > 512 {
            return Ok(None);
        }
        let kind: &[u8] = match credential {
            Credential::Session(_) => b"session ",
            Credential::Token(_) => b"token ",
            Credential::Guest(_) => b"guest ",
        };
        let key: [u8; 32] = Sha256::new().chain_update(kind).chain_update(secret.as_bytes()).finalize().into();
        if let Some(actor) = self.app.actors.get(&key) {
            return Ok(Some(actor));
        }
        let Some(actor) = (self.app.authenticate)(&self.app, credential).await? else { return Ok(None) };
        let actor = Arc::new(actor);
        self.app.actors.put(key, Arc::clone(&actor));
        Ok(Some(actor))
    }

    /// True under `/api/`.
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }

    /// Asks for a signed-in person: 401, or the sign-in page.
    pub fn signed_in(&self) -> Result<&Actor, Fault> {
        if self.actor.is_signed_in() { Ok(&self.actor) } else { Err(Fault::SignIn) }
    }

    /// Asks for staff. A customer is told that the desk is not theirs (a place, not a thing).
    pub fn staff(&self) -> Result<&Actor, Fault> {
        let actor = self.signed_in()?;
        if actor.is_staff() { Ok(actor) } else { Err(Fault::Forbidden("The desk is for support staff.".to_owned())) }
    }

    /// Asks for an admin.
    pub fn admin(&self) -> Result<&Actor, Fault> {
        let actor = self.signed_in()?;
        if actor.is_admin() { Ok(actor) } else { Err(Fault::Forbidden("These settings are for admins.".to_owned())) }
    }

    /// Asks a token for a scope; sessions have all.
    pub fn scope(&self, scope: Scope) -> Result<(), Fault> {
        if self.actor.has_scope(scope) { Ok(()) } else { Err(Fault::Forbidden(format!("This token lacks the scope {scope}."))) }
    }

    /// Who is counted in rate limits: the account, or the address.
    pub fn counted_as(&self) -> String {
        self.actor.person.map_or_else(|| self.address.to_string(), |person| person.to_string())
    }

    /// What the layout needs. `title` names the page.
    pub fn page(&self, title: impl Into<String>) -> ui::Page {
        let actor = &self.actor;
        ui::Page {
            title: title.into(),
            path: self.path.to_string(),
            brand: self.app.brand.load_full(),
            nav: Arc::clone(&self.app.nav),
            panels: Arc::clone(&self.app.panels),
            viewer: actor.is_signed_in().then(|| ui::Viewer {
                name: actor.name.clone(),
                email: actor.email.clone(),
                is_staff: actor.is_staff(),
                is_admin: actor.is_admin(),
                is_supervisor: actor.is_supervisor(),
                keys_on: actor.keys_on,
            }),
            theme: self.theme,
            // the words of the pages are English until there are locales; the person's choice is kept
            lang: "en-GB".to_owned(),
            zone: jiff::tz::TimeZone::get(&actor.zone).unwrap_or(jiff::tz::TimeZone::UTC),
            now: self.app.db.clock().now(),
            request_id: self.request_id.to_string(),
            flash: self.flash.as_deref().and_then(read_flash),
            // the bell of every page
            live: actor.person.filter(|_| actor.is_signed_in()).map(|person| format!("person:{person}")).into_iter().collect(),
            live_after: self.position,
        }
    }

    /// Puts a word on the next page.
    pub fn flash(&self, mut response: Response, flash: &Flash) -> Response {
        let json = serde_json::json!([flash.kind, flash.text, flash.undo]).to_string();
        if let Some(value) = set_cookie(self.app.config.is_secure(), "flash", &URL_SAFE_NO_PAD.encode(json), 60) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }

    /// After a page that showed it, the word is gone.
    pub(crate) fn forget_flash(&self, response: &mut Response) {
        let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if self.flash.is_some()
            && is_page
            && let Some(value) = clear_cookie(self.app.config.is_secure(), "flash")
        {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }

    /// Where to go after signing in.
    pub(crate) fn sign_in_path(&self) -> String {
        let next = if self.is_get && self.target.len() < 500 { &*self.target } else { "/" };
        format!("/sign-in?next={}", percent_encoding::utf8_percent_encode(next, percent_encoding::NON_ALPHANUMERIC))
    }
}

fn read_flash(value: &str) -> Option<ui::Flash> {
    let json = URL_SAFE_NO_PAD.decode(value).ok()?;
    let (kind, text, undo): (String, String, Option<(String, String)>) = serde_json::from_slice(&json).ok()?;
    let kind = ["good", "warn", "bad", "info"].into_iter().find(|known| *known == kind)?;
    let undo = undo.filter(|(href, _)| href.starts_with('/') && !href.starts_with("//"));
    Some(ui::Flash { kind, text, undo: undo.map(|(href, label)| ui::Undo { href, label }) })
}

/// The address of the client: the peer, or what a trusted proxy says of it.
fn address(app: &App, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
    if !app.config.trusted_proxies.contains(&peer) {
        return peer;
    }
    let forwarded: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|part| part.trim().parse().ok())
        .collect();
    forwarded.iter().rev().find(|address| !app.config.trusted_proxies.contains(address)).copied().unwrap_or(peer)
}

impl FromRequestParts<App> for Visit {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Failure(Fault::Broken("the house did not see this request".to_owned())))
    }
}
