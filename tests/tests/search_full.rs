//! The disk of the index is full while it commits: the program serves, finds what was there, says so, and goes on by itself when there is
//! room again. The disk is a small one in memory that the program alone sees (`unshare`, of Debian's util-linux).

use crate::{
    client::Visitor,
    killed,
    search::{article, titles},
    world::eventually,
};
use kernel::Scope;
use std::{io::Write as _, path::PathBuf, time::Duration};
use tokio::process::Command;

/// The program with a small disk at `search/` of its data folder.
fn on_a_small_disk(folder: &std::path::Path) -> Command {
    let search = folder.join("search");
    std::fs::create_dir_all(&search).unwrap();
    let plain = killed::command(folder, None);
    let plain = plain.as_std();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", "mount -t tmpfs -o size=6m tmpfs \"$0\" && exec \"$@\""]).arg(search);
    command.arg(plain.get_program()).args(plain.get_args()).env_remove("SUPPORT_DATABASE_URL").env("SUPPORT_MAIL_AUTHENTICATE", "false").kill_on_drop(true);
    command
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_stops_the_index_alone_and_it_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    killed::run(folder, None, &["user", "add", "sue@staff.test", "--name", "Sue", "--role", "admin"]).await;
    let scopes = [Scope::KnowledgeRead.to_string(), Scope::KnowledgeWrite.to_string()];
    let token = killed::run(folder, None, &["token", "add", "sue@staff.test", "--name", "full", "--scope", &scopes[0], "--scope", &scopes[1]]).await;
    let mut program = killed::serve(on_a_small_disk(folder)).await;
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    let (sue, stranger) = (Visitor::new(http.clone(), &program.url).with_token(&token), Visitor::new(http, &program.url));
    let state = async || stranger.get("/readyz").await.text();
    article(&sue, "Aardvark", "Words.", serde_json::json!({})).await;
    eventually("it is found", || async { titles(&stranger, "aardvark").await == ["Aardvark"] }).await;

    // the disk as the program sees it
    let seen = PathBuf::from(format!("/proc/{}/root", program.child.id().unwrap())).join(folder.strip_prefix("/").unwrap()).join("search/filler");
    let mut filler = std::fs::File::create(&seen).unwrap();
    while filler.write_all(&vec![b'x'; 64 * 1024]).is_ok() {}
    while filler.write_all(b"x").is_ok() {}
    for n in 0..20 {
        article(&sue, &format!("Buffalo {n}"), &"Many words. ".repeat(200), serde_json::json!({})).await;
    }
    eventually("it says that it can't be written", || async { state().await.contains("failing") }).await;
    let meanwhile = titles(&stranger, "aardvark").await;
    let page = stranger.get("/search?q=aardvark").await.is(200).text();
    stranger.get("/a/buffalo-3").await.is(200);
    std::fs::remove_file(&seen).unwrap();
    drop(filler);

    assert_eq!(meanwhile, ["Aardvark"]);
    assert!(page.contains("Aardvark"), "{page}");
    eventually("what was written meanwhile is found", || async { titles(&stranger, "buffalo").await.len() == 20 }).await;
    assert!(!state().await.contains("failing"), "{}", state().await);
    program.child.start_kill().unwrap();
    program.child.wait().await.unwrap();
}
