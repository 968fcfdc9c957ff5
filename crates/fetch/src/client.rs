//! Sends one request and reads a bounded answer.

use crate::rules::{Refusal, Rules};
use futures::{FutureExt, future::BoxFuture};
use http::{HeaderMap, Method};
use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use std::{
    error::Error as StdError,
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use url::Url;

/// A connection must stand by then.
const CONNECT: Duration = Duration::from_secs(5);
/// Connections to one host that are kept for the next request, and for how long.
const IDLE: (usize, Duration) = (2, Duration::from_secs(30));
const USER_AGENT: &str = concat!("PromptCraft-Support/", env!("CARGO_PKG_VERSION"));

/// Finds the addresses of a name: the system's resolver, or a test's.
pub type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> + Send + Sync>;

/// What is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// How.
    pub method: Method,
    /// Where to; checked again when it is sent.
    pub url: Url,
    /// What stands above the body.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The whole answer must have come by then.
    pub timeout: Duration,
    /// No more bytes of the answer are read.
    pub most: usize,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status; a redirect is one like any other.
    pub status: u16,
    /// What stands above the body.
    pub headers: HeaderMap,
    /// The body, or its beginning.
    pub body: Vec<u8>,
    /// There was more of it.
    pub is_cut: bool,
    /// How long it took.
    pub took: Duration,
}

/// Why there is no answer. No address and no secret stands in the words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It was not asked.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// It took too long.
    #[error("There was no answer within {} seconds.", .0.as_secs())]
    TimedOut(Duration),
    /// No connection: no such name, nobody listens, no valid certificate.
    #[error("No connection: {0}.")]
    Unreachable(String),
    /// The connection broke off.
    #[error("The answer broke off: {0}.")]
    Broken(String),
}

/// The door. Cheap to copy.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    rules: Arc<Rules>,
}

impl Client {
    /// With the system's resolver.
    pub fn new(rules: Rules) -> Result<Self, Failure> {
        Self::with_lookup(rules, Arc::new(|name| system(name).boxed()))
    }

    /// With a resolver of one's own.
    pub fn with_lookup(rules: Rules, lookup: Lookup) -> Result<Self, Failure> {
        let rules = Arc::new(rules);
        let http = reqwest::Client::builder()
            .dns_resolver(Arc::new(Guard { rules: Arc::clone(&rules), lookup }))
            // a proxy of the environment would resolve names itself
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(IDLE.0)
            .pool_idle_timeout(IDLE.1)
            .user_agent(USER_AGENT)
            .build()
            .map_err(|error| Failure::Unreachable(innermost(&error)))?;
        Ok(Self { http, rules })
    }

    /// Reads an address and says whether it may be asked, as far as its text tells.
    pub fn check(&self, text: &str) -> Result<Url, Refusal> {
        self.rules.check(text)
    }

    /// Sends it once. Any status is an answer.
    pub async fn send(&self, request: Request) -> Result<Answer, Failure> {
        self.rules.check_url(&request.url)?;
        let begun = Instant::now();
        let failed = |error: reqwest::Error| failure(&error, request.timeout);
        let sent = self.http.request(request.method, request.url).headers(request.headers).body(request.body).timeout(request.timeout).send();
        let mut response = sent.await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let (mut body, mut is_cut) = (Vec::new(), false);
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            let room = request.most - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            is_cut = chunk.len() > room;
            if is_cut {
                break;
            }
        }
        Ok(Answer { status, headers, body, is_cut, took: begun.elapsed() })
    }
}

/// Gives the connector none but permitted addresses: what was checked is what is connected to, so a name that resolves to
/// something else a moment later (DNS rebinding) gains nothing.
struct Guard {
    rules: Arc<Rules>,
    lookup: Lookup,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (rules, name) = (Arc::clone(&self.rules), name.as_str().to_owned());
        let looking = (self.lookup)(name.clone());
        Box::pin(async move {
            let found = looking.await?;
            let permitted: Vec<SocketAddr> =
                found.iter().filter(|address| rules.permits(&name, **address)).map(|address| SocketAddr::new(*address, 0)).collect();
            if permitted.is_empty() && !found.is_empty() {
                return Err(Refusal::Private(name).into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

async fn system(name: String) -> io::Result<Vec<IpAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect())
}

fn failure(error: &reqwest::Error, timeout: Duration) -> Failure {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(one) = cause {
        if let Some(refusal) = one.downcast_ref::<Refusal>() {
            return Failure::Refused(refusal.clone());
        }
        cause = one.source();
    }
    if error.is_connect() {
        Failure::Unreachable(innermost(error))
    } else if error.is_timeout() {
        Failure::TimedOut(timeout)
    } else {
        Failure::Broken(innermost(error))
    }
}

/// The words of the cause, without what stands around it: that names the address.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string().trim_end_matches('.').to_owned()
}
