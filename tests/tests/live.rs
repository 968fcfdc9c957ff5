//! Live updates over a real WebSocket: who is rung, how fast, what a break loses, and who is not let in.

use crate::{
    client::Visitor,
    world::{World, eventually},
};
use db::sql;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};

/// The socket of a page.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens it and subscribes; `after` is where the page was rendered, `i64::MAX` for "only what comes".
    pub async fn open(world: &World, who: &Visitor, topics: &[&str], after: i64) -> Self {
        let last: i64 = world.count(sql!("SELECT COALESCE(MAX(seq), 0) FROM events")).await;
        eventually("what happened before has rung", || async { world.app.live.position() >= last }).await;
        let mut socket = Self::connect(world, who, None).await.unwrap();
        socket.says(&json!({ "subscribe": topics, "after": after })).await;
        // the answer to a subscription is silence: a look at the server's clock is not enough, so wait a moment
        tokio::time::sleep(Duration::from_millis(150)).await;
        socket
    }

    /// The status of a refusal.
    pub async fn connect(world: &World, who: &Visitor, origin: Option<&str>) -> Result<Self, u16> {
        let mut request = format!("{}/live", world.url.replace("http", "ws")).into_client_request().unwrap();
        if !who.cookies().is_empty() {
            request.headers_mut().insert("cookie", HeaderValue::from_str(&who.cookies()).unwrap());
        }
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    pub async fn says(&mut self, words: &Value) {
        self.0.send(Message::text(words.to_string())).await.unwrap();
    }

    /// The next word of the server; none when there is none in time or the socket ended.
    pub async fn next(&mut self, within: Duration) -> Option<Value> {
        let until = Instant::now() + within;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match tokio::time::timeout(left, self.0.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
                _ => return None,
            }
        }
    }

    /// True when this topic rings in time.
    pub async fn hears(&mut self, topic: &str, within: Duration) -> bool {
        let until = Instant::now() + within;
        while let Some(said) = self.next(until.saturating_duration_since(Instant::now())).await {
            if said["topic"] == topic {
                return true;
            }
        }
        false
    }
}

both! {
    async fn an_answer_rings_at_the_customers_page_within_a_second(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let topic = format!("ticket:{ticket}");
        let mut socket = Socket::open(world, &cleo, &[&topic], i64::MAX).await;

        ana.replies(&ticket, "On it").await;
        let acknowledged = Instant::now();

        assert!(socket.hears(&topic, Duration::from_secs(5)).await, "it rings");
        assert!(acknowledged.elapsed() < Duration::from_secs(1), "within a second, not {:?}", acknowledged.elapsed());
    }

    async fn the_desk_rings_when_a_request_comes_in(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let mut socket = Socket::open(world, &ana, &["desk"], i64::MAX).await;

        cleo.asks("Printer").await;

        assert!(socket.hears("desk", Duration::from_secs(2)).await);
    }

    async fn a_page_that_comes_back_after_a_break_is_told_what_it_missed(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let topic = format!("ticket:{ticket}");
        let mut socket = Socket::open(world, &cleo, &[&topic], i64::MAX).await;
        ana.replies(&ticket, "One").await;
        let seen = socket.next(Duration::from_secs(2)).await.unwrap()["seq"].as_i64().unwrap();
        drop(socket);

        ana.replies(&ticket, "Two").await;
        eventually("the ring is out", || async { world.app.live.position() > seen }).await;

        let mut again = Socket::open(world, &cleo, &[&topic], seen).await;
        assert!(again.next(Duration::from_secs(2)).await.unwrap()["seq"].as_i64().unwrap() > seen, "the missed one");
        assert_eq!(again.next(Duration::from_millis(300)).await, None, "and nothing that it had");
    }

    async fn a_socket_of_a_foreign_page_or_of_a_stranger_is_refused(world) {
        let cleo = world.customer("Cleo").await;

        let foreign = Socket::connect(world, &cleo, Some("https://evil.test")).await.err();
        let nobody = Socket::connect(world, &world.stranger(), None).await.err();
        let own = Socket::connect(world, &cleo, Some(&world.url)).await.err();

        assert_eq!((foreign, nobody, own), (Some(403), Some(401), None));
    }

    async fn nobody_hears_of_what_they_may_not_see(world) {
        let team = world.team("Billing").await;
        let (cleo, otto, fay) = (world.customer("Cleo").await, world.customer("Otto").await, world.agent("Fay").await);
        let ana = world.agent_of("Ana", &team).await;
        let ticket = ana.asks_with(json!({ "title": "T", "description": "d", "userId": cleo.id(), "teamId": team.id })).await["id"].as_str().unwrap().to_owned();
        let (topic, person) = (format!("ticket:{ticket}"), format!("person:{}", cleo.id()));
        let mut customer = Socket::open(world, &otto, &[&topic, &person, "desk", "nonsense", "ticket:nonsense"], 0).await;
        let mut agent = Socket::open(world, &fay, &[&topic, &person], 0).await;

        ana.replies(&ticket, "Hello").await;

        assert_eq!(customer.next(Duration::from_millis(600)).await, None, "another customer");
        assert_eq!(agent.next(Duration::from_millis(100)).await, None, "an agent of another team");
    }

    async fn a_page_is_told_when_its_session_was_ended(world) {
        let cleo = world.customer("Cleo").await;
        let mut socket = Socket::open(world, &cleo, &[&format!("person:{}", cleo.id())], i64::MAX).await;
        let mut tx = world.write().await;
        tx.run(sql!("DELETE FROM sessions WHERE person_id = $1", cleo.id())).await.unwrap();
        tx.commit().await.unwrap();
        world.app.actors.clear();

        let said = socket.next(Duration::from_secs(20)).await;

        assert_eq!(said, Some(json!({ "ended": true })));
    }

    async fn staff_sees_who_else_is_at_a_ticket_and_customers_do_not(world) {
        let (cleo, ana, ben) = (world.customer("Cleo").await, world.agent("Ana").await, world.agent("Ben").await);
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let topic = format!("ticket:{ticket}");
        let mut first = Socket::open(world, &ana, &[&topic], i64::MAX).await;
        let mut customer = Socket::open(world, &cleo, &[&topic], i64::MAX).await;
        first.says(&json!({ "viewing": ticket })).await;
        assert_eq!(first.next(Duration::from_secs(1)).await.unwrap()["people"], json!([]));
        let mut second = Socket::open(world, &ben, &[&topic], i64::MAX).await;

        second.says(&json!({ "typing": ticket, "as": "note" })).await;

        let said = first.next(Duration::from_secs(1)).await.unwrap();
        assert_eq!(said, json!({ "here": ticket, "people": [{ "name": "Ben", "doing": "noting" }] }));
        drop(second);
        assert_eq!(first.next(Duration::from_secs(1)).await.unwrap()["people"], json!([]), "gone when the page is gone");
        assert_eq!(customer.next(Duration::from_millis(200)).await, None);
    }
}
