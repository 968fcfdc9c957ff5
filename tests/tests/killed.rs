//! The real binary, killed with `kill -9` in the middle of its work again and again: what was acknowledged is
//! there, whole, and nothing is there by half.

use crate::{
    client::{Told, Visitor},
    postgres,
    world::{Dice, eventually},
};
use db::{Clock, Db, Options, sql};
use serde_json::json;
use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

const CLIENTS: usize = 8;

/// The binary beside this test's own: `bin/test` builds it first.
fn binary() -> PathBuf {
    let binary = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("support");
    assert!(binary.exists(), "{} is not there; build it first: cargo build -p support", binary.display());
    binary
}

/// What the server said yes to.
#[derive(Default)]
struct Acknowledged {
    tickets: Vec<(String, String)>,
    uploads: Vec<(String, usize)>,
}

pub struct Program {
    pub child: Child,
    pub url: String,
    /// Kept open: the program says more than its address.
    _words: Lines<BufReader<ChildStdout>>,
}

pub fn command(folder: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(binary());
    command.arg("--data").arg(folder).env_remove("SUPPORT_DATABASE_URL").env("SUPPORT_MAIL_AUTHENTICATE", "false").kill_on_drop(true);
    if let Some(url) = database {
        command.args(["--database-url", url]);
    }
    command
}

pub async fn start(folder: &Path, database: Option<&str>) -> Program {
    serve(command(folder, database)).await
}

/// Serves by a command, to which only what is the same for all is missing.
pub async fn serve(mut command: Command) -> Program {
    let mut child = command.args(["serve", "--listen", "127.0.0.1:0", "--rate-limits", "false"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().expect("the program ended before it listened");
    Program { child, url: line.rsplit_once("http").map(|(_, rest)| format!("http{rest}")).unwrap(), _words: lines }
}

/// The database of a folder, or the one of this address.
pub fn options(folder: &Path, database: Option<&str>) -> Options {
    database.map_or_else(|| Options::Sqlite(folder.join("support.sqlite")), Options::postgres)
}

/// Kills the program, and opens its database to count what it left.
pub async fn left_by(mut program: Program, options: &Options) -> Db {
    program.child.start_kill().unwrap();
    program.child.wait().await.unwrap();
    Db::open(options, Clock::default()).await.unwrap()
}

pub async fn run(folder: &Path, database: Option<&str>, arguments: &[&str]) -> String {
    let output = command(folder, database).args(arguments).output().await.unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn heard(request: reqwest::RequestBuilder) -> Option<Told> {
    let response = request.send().await.ok()?;
    let (status, headers) = (response.status(), response.headers().clone());
    Some(Told { status, headers, bytes: response.bytes().await.ok()?.to_vec() })
}

/// Asks and uploads until the server is gone; keeps what was acknowledged.
async fn work(client: Visitor, number: usize, round: usize, known: Arc<Mutex<Acknowledged>>) {
    for n in 0.. {
        let title = format!("R{round} C{number} N{n}");
        let Some(told) = heard(client.request("POST", "/api/support/tickets").json(&json!({ "title": title, "description": title }))).await else { return };
        assert_eq!(told.status, 201, "{}", told.text());
        known.lock().unwrap().tickets.push((told.id(), title));
        let request = client
            .request("POST", "/files/uploads")
            .header("tus-resumable", "1.0.0")
            .header("upload-length", 40_000)
            .header("upload-metadata", "filename dHJhY2UudHh0");
        let Some(begun) = heard(request).await else { return };
        let path = begun.header("location").to_owned();
        for offset in (0..40_000).step_by(10_000) {
            let request = client
                .request("PATCH", &path)
                .header("tus-resumable", "1.0.0")
                .header("upload-offset", offset)
                .header("content-type", "application/offset+octet-stream");
            let Some(told) = heard(request.body(vec![b'a'; 10_000])).await else { return };
            assert_eq!(told.status, 204, "{}", told.text());
            let mut known = known.lock().unwrap();
            match known.uploads.iter_mut().find(|(known, _)| *known == path) {
                Some(upload) => upload.1 = offset + 10_000,
                None => known.uploads.push((path.clone(), offset + 10_000)),
            }
        }
    }
}

/// Everything that was acknowledged is there; nothing is there by half.
async fn whole(client: &Visitor, database: &Options, known: &Acknowledged) {
    let db = Db::open(database, Clock::default()).await.unwrap();
    let mut conn = db.read().await.unwrap();
    for (id, title) in &known.tickets {
        let id: uuid::Uuid = id.parse().unwrap();
        let found: i64 = conn
            .one(sql!(
                "SELECT (SELECT COUNT(*) FROM tickets t JOIN messages m ON m.id = t.first_message_id WHERE t.id = $1 AND t.title = $2 AND m.source = $2)
             + (SELECT COUNT(*) FROM events WHERE subject_id = $1 AND kind = 'ticket.created')",
                id,
                title
            ))
            .await
            .unwrap();
        assert_eq!(found, 2, "the acknowledged ticket {title} has its message and its event");
    }
    let halves: i64 = conn
        .one(sql!(
            "SELECT (SELECT COUNT(*) FROM tickets t WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = t.first_message_id))
         + (SELECT COUNT(*) FROM messages m WHERE NOT EXISTS (SELECT 1 FROM tickets t WHERE t.id = m.ticket_id))
         + (SELECT COUNT(*) FROM tickets t WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.subject_id = t.id))
         + (SELECT COUNT(*) FROM events e WHERE e.subject_kind = 'ticket' AND NOT EXISTS (SELECT 1 FROM tickets t WHERE t.id = e.subject_id))"
        ))
        .await
        .unwrap();
    assert_eq!(halves, 0, "no half ticket");
    drop(conn);
    db.close().await;
    for (path, offset) in &known.uploads {
        let told = client.send(client.request("HEAD", path).header("tus-resumable", "1.0.0")).await.is(200);
        let stands: usize = told.header("upload-offset").parse().unwrap();
        assert!(stands >= *offset, "{path}: {offset} bytes were acknowledged, {stands} are there");
    }
}

async fn kill_again_and_again(rounds: usize, database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    run(folder, database, &["user", "add", "cleo@customer.test", "--name", "Cleo", "--role", "customer"]).await;
    let token = run(folder, database, &["token", "add", "cleo@customer.test", "--name", "kill", "--scope", "tickets:read", "--scope", "tickets:write"]).await;
    let options = options(folder, database);
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    let (known, mut dice) = (Arc::new(Mutex::new(Acknowledged::default())), Dice(9));
    let (mut all_tickets, mut all_uploads) = (0, 0);

    for round in 0..rounds {
        let mut program = start(folder, database).await;
        let client = || Visitor::new(http.clone(), &program.url).with_token(&token);
        let earlier = std::mem::take(&mut *known.lock().unwrap());
        (all_tickets, all_uploads) = (all_tickets + earlier.tickets.len(), all_uploads + earlier.uploads.len());
        whole(&client(), &options, &earlier).await;
        let clients: Vec<_> = (0..CLIENTS).map(|number| tokio::spawn(work(client(), number, round, Arc::clone(&known)))).collect();
        let enough = 5 + dice.below(25);
        eventually("the clients are at work", || async { known.lock().unwrap().tickets.len() >= enough }).await;
        tokio::time::sleep(Duration::from_millis(dice.next() % 60)).await;
        program.child.start_kill().unwrap(); // SIGKILL
        program.child.wait().await.unwrap();
        for client in clients {
            client.await.unwrap();
        }
    }

    let program = start(folder, database).await;
    let last = std::mem::take(&mut *known.lock().unwrap());
    whole(&Visitor::new(http, &program.url).with_token(&token), &options, &last).await;
    let _ = writeln!(
        std::io::stderr(),
        "killed {rounds} times: {} tickets and {} uploads were acknowledged and are there",
        all_tickets + last.tickets.len(),
        all_uploads + last.uploads.len()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_twenty_times_on_sqlite_nothing_acknowledged_is_lost_and_nothing_is_half() {
    kill_again_and_again(20, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_five_times_on_postgresql_nothing_acknowledged_is_lost_and_nothing_is_half() {
    let (name, url) = postgres::database().await;
    kill_again_and_again(5, Some(&url)).await;
    postgres::drop_database(&name).await;
}
