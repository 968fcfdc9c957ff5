//! From a change by one client to the change in another's hands: post, ring on the socket, fetch of the page.

use crate::{Outcome, client::Client, fill::Filled};
use futures::{SinkExt as _, StreamExt as _};
use std::time::Instant;
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _};

/// Milliseconds of each round.
pub(crate) async fn rounds(address: &str, filled: &Filled, count: usize) -> Outcome<Vec<f64>> {
    let (token, ticket) = (&filled.token, filled.ticket);
    let mut request = format!("ws://{address}/live").into_client_request()?;
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await?;
    socket.send(Message::text(format!(r#"{{"subscribe":["ticket:{ticket}"],"after":9007199254740991}}"#))).await?;
    let (mut writer, mut reader) = (Client::new(address, token).await?, Client::browser(address, &filled.session).await?);
    let mut taken = Vec::new();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    for round in 0..count {
        let words = format!("round {round} of {ticket}");
        let began = Instant::now();
        let body = format!(r#"{{"content":"{words}"}}"#);
        let post = writer.post("/api/support/tickets/{id}/messages".replace("{id}", &ticket.to_string()).leak(), &body);
        let heard = async {
            loop {
                socket.next().await.ok_or("the socket closed")??;
                let (_, page) = reader.get(&format!("/desk/tickets/{ticket}")).await?;
                if page.windows(words.len()).any(|window| window == words.as_bytes()) {
                    return Outcome::Ok(began.elapsed().as_secs_f64() * 1_000.0);
                }
            }
        };
        let (posted, heard) = tokio::join!(post, heard);
        posted?;
        taken.push(heard?);
    }
    Ok(taken)
}
