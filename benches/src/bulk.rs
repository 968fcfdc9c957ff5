//! A change of ten thousand tickets at once, every tenth of which is not there: tickets a second, from the asking to the end.

use crate::{Outcome, client::Client, report::line};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Tickets of the change.
pub(crate) const TICKETS: i64 = 10_000;

/// Asks for it, waits for its end, and takes it back; answers tickets a second of the change and of the undo.
pub(crate) async fn rate(address: &str, token: &str) -> Outcome<(f64, f64)> {
    let mut client = Client::new(address, token).await?;
    // the bench's tickets are numbered from 1; what is beyond them is not there
    let tickets: Vec<uuid::Uuid> = (1..=u128::try_from(TICKETS)?).map(|n| uuid::Uuid::from_u128(if n % 10 == 0 { n + 1_000_000_000_000 } else { n })).collect();
    let body = json!({ "tickets": tickets, "status": "IN_PROGRESS", "priority": "HIGH", "addTags": ["bench"] });
    let began = Instant::now();
    let (status, answer) = client.post("/api/support/bulk", &body.to_string()).await?;
    if status != 202 {
        return Err(format!("bulk answered {status}: {}", String::from_utf8_lossy(&answer)).into());
    }
    let id = serde_json::from_slice::<Value>(&answer)?["id"].as_str().ok_or("no id")?.to_owned();
    let done = ended(&mut client, &id, "DONE").await?;
    let change = began.elapsed();
    let began = Instant::now();
    client.post(&format!("/api/support/bulk/{id}/undo"), "{}").await?;
    let undone = ended(&mut client, &id, "UNDONE").await?;
    let undo = began.elapsed();
    line(&format!(
        "       bulk: {} done, {} refused in {:.2} s; {} restored in {:.2} s",
        done["done"],
        done["refused"],
        change.as_secs_f64(),
        undone["restored"],
        undo.as_secs_f64()
    ));
    #[expect(clippy::cast_precision_loss, reason = "ten thousand is exact")]
    let tickets = TICKETS as f64;
    Ok((tickets / change.as_secs_f64(), tickets / undo.as_secs_f64()))
}

async fn ended(client: &mut Client, id: &str, state: &str) -> Outcome<Value> {
    loop {
        let (_, answer) = client.get(&format!("/api/support/bulk/{id}")).await?;
        let bulk: Value = serde_json::from_slice(&answer)?;
        if bulk["state"] == state {
            return Ok(bulk);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
