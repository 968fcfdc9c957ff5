//! The server: one listener, bounded connections, and a stop that finishes what it began.

use crate::{Answer, App, Fields, Form, Routes, answer, cookie::set_cookie, house, input::Input, live};
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    middleware,
};
use http::header;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use kernel::Fault;
use std::{sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{Predicate as _, SizeAbove},
    },
    csrf::CsrfLayer,
};

/// Open connections at most; more wait to be accepted.
const CONNECTIONS: usize = 20_000;
/// A stop waits this long for requests that are under way.
const LAST_CALL: Duration = Duration::from_secs(30);

/// The routes that belong to no room.
pub fn ground() -> Routes {
    Routes::new().get("/healthz", alive).get("/live", live::socket).post("/theme", theme).get("/favicon.ico", favicon)
}

/// Everything the program serves, with the house around it.
pub fn router(app: App, routes: Routes) -> Router {
    let places = Places { requests: Arc::new(Semaphore::new(app.config.concurrency)), uploads: Arc::new(Semaphore::new(app.config.concurrency / 4)) };
    let mut csrf = CsrfLayer::new();
    if let Ok(trusting) = CsrfLayer::new().add_trusted_origin(app.config.public_url.clone()) {
        csrf = trusting;
    }
    routes
        .merge(ground())
        .router
        .fallback(async || -> Answer { Err(Fault::Missing.into()) })
        .layer(DefaultBodyLimit::disable())
        .layer(CatchPanicLayer::custom(|_| axum::response::IntoResponse::into_response(answer::Failure(Fault::Broken("a handler panicked".to_owned())))))
        .layer(csrf)
        .layer(middleware::from_fn_with_state(places, admit))
        .layer(middleware::from_fn_with_state(app.clone(), house::around))
        // pages and JSON on their way out; nothing secret stands in them beside what a stranger can choose (no CSRF tokens), so BREACH finds nothing
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(SizeAbove::new(1_024).and(is_page)))
        .with_state(app)
}

/// Pages and JSON are compressed; files go out as they are.
fn is_page(_: http::StatusCode, _: http::Version, headers: &http::HeaderMap, _: &http::Extensions) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html") || kind.as_bytes().starts_with(b"application/json"))
}

/// Requests worked on at once. Uploads have places of their own, so that slow ones keep nobody else out.
#[derive(Clone)]
struct Places {
    requests: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
}

/// At the limit of work it answers 503 rather than dying. A socket does not count once it is open.
async fn admit(State(places): State<Places>, request: axum::extract::Request, next: middleware::Next) -> axum::response::Response {
    let kind = if request.uri().path().starts_with("/files/uploads") { places.uploads } else { places.requests };
    match kind.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => axum::response::IntoResponse::into_response(answer::Failure(Fault::Busy)),
    }
}

/// Serves until `stop` says so, then finishes requests under way.
pub async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let mut http1 = auto::Builder::new(TokioExecutor::new()).http1_only();
    http1.http1().timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(15)).max_buf_size(64 * 1024);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stopped| *stopped) => break,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let _ = stream.set_nodelay(true);
        let service = tower::ServiceBuilder::new()
            .map_request(move |mut request: http::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(house::Peer(peer.ip()));
                request
            })
            .service(router.clone());
        let connection = http1.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service)).into_owned();
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(LAST_CALL, graceful.shutdown()).await;
}

async fn alive() -> Answer {
    answer::json(&serde_json::json!({ "status": "alive" }))
}

async fn favicon() -> Answer {
    answer::see_other(ui::asset("favicon.svg"))
}

struct Theme {
    theme: String,
    return_to: Option<String>,
}

impl Form for Theme {
    fn read(fields: &mut Fields) -> Self {
        Self { theme: fields.text("theme", 10), return_to: fields.optional_text("return_to", 500) }
    }
}

/// `POST /theme`: light, dark, or as the system has it. Anyone.
async fn theme(headers: http::HeaderMap, input: Input<Theme>) -> Answer {
    let wish = input.take()?;
    let value =
        ["light", "dark", "system"].into_iter().find(|known| *known == wish.theme).ok_or_else(|| Fault::field("theme", "Must be light, dark or system."))?;
    let referer = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<http::Uri>().ok())
        .and_then(|uri| uri.path_and_query().map(ToString::to_string));
    let back =
        wish.return_to.or(referer).filter(|path| path.starts_with('/') && !path.starts_with("//") && !path.contains('\\')).unwrap_or_else(|| "/".to_owned());
    let mut response = answer::see_other(&back)?;
    if let Some(cookie) = set_cookie(false, "theme", value, 31_536_000) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
