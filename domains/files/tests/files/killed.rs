//! The promise of an upload: what was acknowledged is there after `kill -9`. The server is another process.

use crate::world::{ANA, World, person};
use axum::http::StatusCode;
use files::Store;
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use uuid::Uuid;

const FOLDER: &str = "FILES_TEST_FOLDER";
const SIZE: usize = 3_000_000;
const PIECE: usize = 100_000;

/// Not a test of its own: the server that the test below starts and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the test below"]
async fn server() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let world = World::at(folder.clone().into(), Store::open(Path::new(&folder), None).unwrap()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::fs::write(Path::new(&folder).join("address.new"), address).unwrap();
    std::fs::rename(Path::new(&folder).join("address.new"), Path::new(&folder).join("address")).unwrap();
    let (_stop, stopped) = watch::channel(false);
    web::serve(listener, world.router.clone(), stopped).await;
}

async fn start(folder: &Path) -> (Child, String) {
    let _ = std::fs::remove_file(folder.join("address"));
    let program = std::env::current_exe().unwrap();
    let child = Command::new(program).args(["--exact", "killed::server", "--ignored"]).env(FOLDER, folder).stdout(Stdio::null()).spawn().unwrap();
    let mut address = String::new();
    for _ in 0..200 {
        address = std::fs::read_to_string(folder.join("address")).unwrap_or_default();
        if !address.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    (child, address)
}

/// One request on its own connection; the answer in lower case, none when the line broke.
async fn ask(address: &str, method: &str, path: &str, offset: usize, body: &[u8]) -> Option<String> {
    let mut line = TcpStream::connect(address).await.ok()?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: help.test\r\nconnection: close\r\nauthorization: Bearer {ANA}\r\ntus-resumable: 1.0.0\r\n\
         upload-offset: {offset}\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    line.write_all(head.as_bytes()).await.ok()?;
    line.write_all(body).await.ok()?;
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.ok()?;
    (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).to_lowercase())
}

fn offset(answer: &str) -> usize {
    answer.lines().find_map(|line| line.strip_prefix("upload-offset: ")?.trim().parse().ok()).unwrap_or_else(|| panic!("no offset in {answer}"))
}

/// Sends piece after piece until the line breaks, counting what was acknowledged.
async fn send(address: String, path: String, bytes: Arc<Vec<u8>>, acknowledged: Arc<AtomicUsize>) {
    let mut at = acknowledged.load(SeqCst);
    while at < SIZE {
        let Some(answer) = ask(&address, "PATCH", &path, at, &bytes[at..SIZE.min(at + PIECE)]).await else { return };
        at = offset(&answer);
        acknowledged.store(at, SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_bytes_survive_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let bytes: Arc<Vec<u8>> = Arc::new((0..SIZE).map(|at| if at % 64 == 0 { b'\n' } else { b'a' + u8::try_from(at / 64 % 26).unwrap() }).collect());
    let world = World::at(folder.path().to_owned(), Store::open(folder.path(), None).unwrap()).await;
    let path = world.begin(ANA, "server.log", SIZE).await;
    let acknowledged = Arc::new(AtomicUsize::new(0));

    for round in 1..=4 {
        let (mut server, address) = start(folder.path()).await;
        let stands = offset(&ask(&address, "HEAD", &path, 0, b"").await.unwrap());
        assert!(stands >= acknowledged.load(SeqCst), "{stands} of {acknowledged:?} acknowledged bytes are there");
        acknowledged.store(stands, SeqCst);
        let sending = tokio::spawn(send(address, path.clone(), Arc::clone(&bytes), Arc::clone(&acknowledged)));
        while acknowledged.load(SeqCst) < SIZE * round / 4 {
            tokio::task::yield_now().await;
        }
        // while the next piece is under way
        server.kill().unwrap();
        server.wait().unwrap();
        sending.await.unwrap();
    }

    let message = Uuid::now_v7();
    world.let_see(message, ANA.parse().unwrap()).await;
    let files = world.attach(&person(ANA), &[path.rsplit('/').next().unwrap()], message).await.unwrap();
    let told = world.send(ANA, "GET", &files::link(&world.app, &person(ANA), &files[0]), &[], "").await;
    assert_eq!((told.status, told.bytes == *bytes), (StatusCode::OK, true));
}
