//! The door as its callers meet it: a real server behind it, names that lead where they should not.
#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use axum::{
    Router,
    http::{StatusCode, header},
    routing::{any, get},
};
use fetch::{Answer, Client, Failure, Lookup, Refusal, Request, Rules};
use futures::FutureExt as _;
use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new()
        .route("/ok", any(|body: String| async move { format!("heard {body}") }))
        .route("/huge", get(|| async { "x".repeat(3_000_000) }))
        .route("/slow", get(|| async { tokio::time::sleep(Duration::from_secs(30)).await }))
        .route("/away", get(|| async { (StatusCode::FOUND, [(header::LOCATION, "http://169.254.169.254/")]) }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A server that promises more than it sends.
async fn breaks_off() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await.unwrap();
    });
    address
}

fn rules(private: &[&str]) -> Rules {
    Rules { private: private.iter().map(|text| text.parse().unwrap()).collect(), http: true }
}

/// Every name leads to the next of these.
fn leads(to: &[&str]) -> (Lookup, Arc<AtomicUsize>) {
    let (to, asked): (Vec<IpAddr>, _) = (to.iter().map(|text| text.parse().unwrap()).collect(), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&asked);
    (Arc::new(move |_| std::future::ready(Ok(vec![to[count.fetch_add(1, Ordering::SeqCst).min(to.len() - 1)]])).boxed()), asked)
}

async fn get_it(client: &Client, url: &str) -> Result<Answer, Failure> {
    let (method, url) = (http::Method::GET, url.parse().unwrap());
    client.send(Request { method, url, headers: http::HeaderMap::new(), body: b"it".to_vec(), timeout: Duration::from_millis(700), most: 4096 }).await
}

#[tokio::test]
async fn an_allowed_place_is_asked_and_its_answer_is_bounded() {
    let (address, client) = (server().await, Client::new(rules(&["127.0.0.1"])).unwrap());
    let url = |path: &str| format!("http://{address}{path}");

    let (ok, huge, away) =
        (get_it(&client, &url("/ok")).await.unwrap(), get_it(&client, &url("/huge")).await.unwrap(), get_it(&client, &url("/away")).await.unwrap());
    let begun = Instant::now();
    let slow = get_it(&client, &url("/slow")).await.unwrap_err();
    let cut = get_it(&client, &format!("http://{}/", breaks_off().await)).await.unwrap_err();
    let nobody = get_it(&client, "http://127.0.0.1:1024/").await.unwrap_err();

    assert_eq!((ok.status, ok.body.as_slice(), ok.is_cut), (200, &b"heard it"[..], false));
    assert_eq!((huge.status, huge.body.len(), huge.is_cut), (200, 4096, true));
    assert_eq!(away.status, 302, "a redirect is not followed");
    assert!(matches!(slow, Failure::TimedOut(_)) && begun.elapsed() < Duration::from_secs(3), "{slow}");
    assert!(matches!(cut, Failure::Broken(_)), "{cut}");
    assert!(matches!(nobody, Failure::Unreachable(_)), "{nobody}");
}

#[tokio::test]
async fn a_name_that_leads_into_a_private_network_is_refused_before_anything_is_sent() {
    let address = server().await;
    for target in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fd00::1", "0.0.0.0"] {
        let client = Client::with_lookup(rules(&[]), leads(&[target]).0).unwrap();

        let refused = get_it(&client, &format!("http://rebound.example:{}/ok", address.port())).await.unwrap_err();

        assert_eq!(refused, Failure::Refused(Refusal::Private("rebound.example".to_owned())), "{target}");
    }
    let real = Client::new(rules(&[])).unwrap();
    assert!(matches!(get_it(&real, &format!("http://localhost:{}/ok", address.port())).await.unwrap_err(), Failure::Refused(_)));
    assert!(matches!(get_it(&real, &format!("http://{address}/ok")).await.unwrap_err(), Failure::Refused(_)));
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_what_was_checked_is_connected_to() {
    let address = server().await;
    // the first answer is allowed, every later one is not: a second look-up would lead elsewhere
    let (lookup, asked) = leads(&["127.0.0.1", "10.0.0.1"]);
    let client = Client::with_lookup(rules(&["127.0.0.1"]), lookup).unwrap();
    let url = format!("http://rebound.example:{}/ok", address.port());

    let answer = get_it(&client, &url).await.unwrap();

    assert_eq!((answer.status, asked.load(Ordering::SeqCst)), (200, 1));
}

#[tokio::test]
async fn a_named_host_may_be_private_and_another_name_for_it_may_not() {
    let address = server().await;
    let client = Client::with_lookup(rules(&["hooks.internal"]), leads(&["127.0.0.1"]).0).unwrap();
    let url = |name: &str| format!("http://{name}:{}/ok", address.port());

    assert_eq!(get_it(&client, &url("hooks.internal")).await.unwrap().status, 200);
    assert!(matches!(get_it(&client, &url("other.example")).await.unwrap_err(), Failure::Refused(_)));
}
