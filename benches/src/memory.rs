//! Resident memory while 64 clients read and write.

use crate::{Outcome, client::Client, fill::Filled, server::Server};
use std::time::{Duration, Instant};

/// MB at the worst moment.
pub(crate) async fn under_clients(server: &Server, filled: &Filled) -> Outcome<f64> {
    let began = Instant::now();
    let mut tasks = Vec::new();
    for index in 0..64_usize {
        let mut client =
            if index % 4 == 2 { Client::browser(&server.address, &filled.session).await? } else { Client::new(&server.address, &filled.token).await? };
        let detail = format!("/api/support/tickets/{}", filled.ticket);
        tasks.push(tokio::spawn(async move {
            while began.elapsed() < Duration::from_secs(6) {
                let sent = match index % 4 {
                    0 => client.post("/api/support/tickets", crate::writers::CREATE).await,
                    1 => client.get(&detail).await,
                    2 => client.get("/desk?view=open").await,
                    _ => client.get("/api/support/tickets").await,
                };
                if sent.is_err() {
                    return;
                }
            }
        }));
    }
    let mut worst = 0.0_f64;
    while began.elapsed() < Duration::from_secs(6) {
        worst = worst.max(server.memory());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for task in tasks {
        task.await?;
    }
    Ok(worst)
}
