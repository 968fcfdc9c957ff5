//! A mail server of a test (RFC 5321): it answers as its script says and keeps what it took.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the server does with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// Takes it.
    Takes,
    /// Answers this to DATA's end.
    Says(&'static str),
    /// Answers this to RCPT.
    SaysToReceiver(&'static str),
    /// Closes the line before it takes DATA.
    CutsBefore,
    /// Takes the whole of it and closes the line without an answer.
    CutsAfter,
    /// Answers nothing more.
    Sleeps,
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub raw: String,
}

impl Taken {
    pub fn mail(&self) -> mime::Mail {
        mime::parse(self.raw.as_bytes())
    }

    /// A header, unfolded; empty when there is none.
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
        let found =
            head.lines().find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()));
        found.unwrap_or_default()
    }
}

#[derive(Default)]
struct State {
    script: VecDeque<Does>,
    taken: Vec<Taken>,
    /// What came in whole, whether it was taken or not.
    seen: Vec<Taken>,
    lines: usize,
    most_lines: usize,
    /// The greeting of new lines, when it is no welcome.
    greeting: Option<&'static str>,
    auth: Vec<String>,
}

/// A mail server.
pub struct Smtp {
    pub port: u16,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Smtp {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<Mutex<State>>::default();
        let known = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let (line, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(line, Arc::clone(&known)));
            }
        });
        Self { port, state, task }
    }

    /// What it does with the next mails; then it takes all.
    pub fn plays(&self, script: &[Does]) {
        self.state.lock().unwrap().script = script.iter().copied().collect();
    }

    /// Greets with this instead of a welcome; nothing: welcomes again.
    pub fn greets(&self, words: Option<&'static str>) {
        self.state.lock().unwrap().greeting = words;
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().taken.clone()
    }

    pub fn seen(&self) -> Vec<Taken> {
        self.state.lock().unwrap().seen.clone()
    }

    pub fn most_lines(&self) -> usize {
        self.state.lock().unwrap().most_lines
    }

    pub fn signed_in(&self) -> Vec<String> {
        self.state.lock().unwrap().auth.clone()
    }
}

async fn serve(line: TcpStream, state: Arc<Mutex<State>>) {
    {
        let mut state = state.lock().unwrap();
        state.lines += 1;
        state.most_lines = state.most_lines.max(state.lines);
    }
    let _ = talk(line, &state).await;
    state.lock().unwrap().lines -= 1;
}

async fn talk(line: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let (read, mut write) = line.into_split();
    let mut read = BufReader::new(read);
    let greeting = state.lock().unwrap().greeting;
    write.write_all(format!("{}\r\n", greeting.unwrap_or("220 mx.test ESMTP")).as_bytes()).await?;
    if greeting.is_some() {
        return Ok(());
    }
    let (mut from, mut to, mut does) = (String::new(), Vec::new(), Does::Takes);
    loop {
        let mut command = String::new();
        if read.read_line(&mut command).await? == 0 {
            return Ok(());
        }
        let command = command.trim_end().to_owned();
        let upper = command.to_uppercase();
        let answer = if upper.starts_with("EHLO") {
            "250-mx.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN".to_owned()
        } else if upper.starts_with("AUTH PLAIN") {
            state.lock().unwrap().auth.push(command[11..].to_owned());
            "235 welcome".to_owned()
        } else if upper.starts_with("MAIL FROM") {
            does = state.lock().unwrap().script.pop_front().unwrap_or(Does::Takes);
            (from, to) = (between(&command), Vec::new());
            "250 ok".to_owned()
        } else if upper.starts_with("RCPT TO") {
            to.push(between(&command));
            match does {
                Does::SaysToReceiver(words) => words.to_owned(),
                Does::Sleeps => {
                    tokio::time::sleep(Duration::from_mins(10)).await;
                    return Ok(());
                }
                _ => "250 ok".to_owned(),
            }
        } else if upper == "DATA" {
            if does == Does::CutsBefore {
                return Ok(());
            }
            write.write_all(b"354 go on\r\n").await?;
            let raw = body(&mut read).await?;
            let mail = Taken { from: from.clone(), to: to.clone(), raw };
            state.lock().unwrap().seen.push(mail.clone());
            match does {
                Does::CutsAfter => return Ok(()),
                Does::Says(words) => words.to_owned(),
                _ => {
                    state.lock().unwrap().taken.push(mail);
                    "250 queued as 42".to_owned()
                }
            }
        } else if upper == "QUIT" {
            write.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "250 ok".to_owned()
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}

fn between(command: &str) -> String {
    command.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// The lines of a mail, without the dots that were doubled.
async fn body(read: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> std::io::Result<String> {
    let mut raw = String::new();
    loop {
        let mut line = String::new();
        if read.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
