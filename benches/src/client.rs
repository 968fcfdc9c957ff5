//! A client that costs little, so that it does not take the cores from what it measures: one connection,
//! requests written by hand, answers read by their Content-Length.

use crate::Outcome;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// One kept-alive connection.
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    head: String,
}

impl Client {
    /// Connects; `token` goes along with each request.
    pub(crate) async fn new(address: &str, token: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 1024 * 1024], head: format!("Host: {address}\r\nAuthorization: Bearer {token}\r\nAccept: text/html\r\n") })
    }

    /// With a session, as a browser has it.
    pub(crate) async fn browser(address: &str, session: &str) -> Outcome<Self> {
        let mut client = Self::new(address, "").await?;
        client.head = format!("Host: {address}\r\nCookie: session={session}\r\nAccept: text/html\r\n");
        Ok(client)
    }

    /// Reads a page.
    pub(crate) async fn get(&mut self, path: &str) -> Outcome<(u16, Vec<u8>)> {
        let request = format!("GET {path} HTTP/1.1\r\n{}\r\n", self.head);
        self.send(request.as_bytes()).await
    }

    /// Sends JSON.
    pub(crate) async fn post(&mut self, path: &str, json: &str) -> Outcome<(u16, Vec<u8>)> {
        let request = format!("POST {path} HTTP/1.1\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}", self.head, json.len());
        self.send(request.as_bytes()).await
    }

    async fn send(&mut self, request: &[u8]) -> Outcome<(u16, Vec<u8>)> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        loop {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err("the server closed the connection".into());
            }
            filled += read;
            let Some(end) = self.buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let head = std::str::from_utf8(&self.buffer[..end])?;
            let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
            let length: usize = head
                .lines()
                .find_map(|line| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")))
                .and_then(|(_, value)| value.trim().parse().ok())
                .unwrap_or(0);
            while filled < end + 4 + length {
                if filled == self.buffer.len() {
                    self.buffer.resize(filled * 2, 0);
                }
                let read = self.stream.read(&mut self.buffer[filled..]).await?;
                if read == 0 {
                    return Err("the answer broke off".into());
                }
                filled += read;
            }
            return Ok((status, self.buffer[end + 4..end + 4 + length].to_vec()));
        }
    }
}
