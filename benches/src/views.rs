//! The desk with twelve saved views: the page of a list, and the numbers beside the views, which come as a fragment.

use crate::{
    Outcome,
    client::Client,
    fill::Filled,
    report::{line, quantile},
    server::Server,
};
use serde_json::json;
use std::time::Instant;

const LOOKS: usize = 100;

/// What teams keep. Some match nothing, some a few, most more than is counted.
const VIEWS: [&str; 12] = [
    "view=open&priority=MEDIUM",
    "view=open&priority=URGENT",
    "view=unassigned&sort=oldest",
    "view=mine",
    "view=breached",
    "view=all&channel=web&sort=newest",
    "view=all&category=BILLING",
    "view=open&tag=vip",
    "view=open&requester=c17@example.com",
    "view=all&requester=c18@example.com",
    "view=open&createdFrom=2026-01-01",
    "view=all&q=run%2077",
];

/// p95 of a list and of all numbers, in ms.
pub(crate) struct Tails {
    pub(crate) list: f64,
    pub(crate) counts: f64,
}

/// Saves the views, then looks at a list and at the numbers.
pub(crate) async fn tails(server: &Server, filled: &Filled) -> Outcome<Tails> {
    let mut api = Client::new(&server.address, &filled.token).await?;
    for (number, query) in VIEWS.iter().enumerate() {
        let body = json!({ "name": format!("View {number}"), "query": query }).to_string();
        let (status, answer) = api.post("/api/support/views", &body).await?;
        if status != 201 {
            return Err(format!("a view answered {status}: {}", String::from_utf8_lossy(&answer)).into());
        }
    }
    let mut client = Client::browser(&server.address, &filled.session).await?;
    let tails = Tails { list: looks(&mut client, "/desk?view=open").await?, counts: looks(&mut client, "/desk/counts").await? };
    line(&format!("       twelve views: list p95 {:.1} ms, all numbers p95 {:.1} ms", tails.list, tails.counts));
    Ok(tails)
}

async fn looks(client: &mut Client, path: &str) -> Outcome<f64> {
    let mut taken = Vec::new();
    for look in 0..LOOKS + 5 {
        let began = Instant::now();
        let (status, _) = client.get(path).await?;
        if status != 200 {
            return Err(format!("{path} answered {status}").into());
        }
        if look >= 5 {
            taken.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    Ok(quantile(taken, 0.95))
}
