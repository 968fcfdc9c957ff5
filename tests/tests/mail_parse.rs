//! `support mail parse`: a mail in, one line of JSON out, whatever the mail is.

use crate::killed;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

const MAIL: &str = "From: Anna <anna@client.example>\r\nSubject: Re: [#1042-c] Stuck\r\nMessage-ID: <a1@client.example>\r\n\r\nIt works, thanks.\r\n\r\nOn Mon, 4 May 2026 at 16:40, Support <support@shop.example> wrote:\r\n> Does it work?\r\n";

fn value(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

#[tokio::test]
async fn files_and_lines_of_base64_give_a_line_each_and_a_mistake_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (file, lines, wrong) = (folder.path().join("a.eml"), folder.path().join("all.txt"), folder.path().join("wrong.txt"));
    std::fs::write(&file, MAIL).unwrap();
    std::fs::write(&lines, format!("{}\n{}\n", STANDARD.encode(MAIL), STANDARD.encode(b"\0\xff"))).unwrap();
    std::fs::write(&wrong, "no base64!\n").unwrap();
    let path = |path: &std::path::Path| path.to_str().unwrap().to_owned();

    let one = killed::run(folder.path(), None, &["mail", "parse", &path(&file), "--json"]).await;
    let two = killed::run(folder.path(), None, &["mail", "parse", "--jsonl", &path(&lines)]).await;
    let refused = killed::command(folder.path(), None).args(["mail", "parse", "--jsonl", &path(&wrong)]).output().await.unwrap();
    let missing = killed::command(folder.path(), None).args(["mail", "parse", "no-such-file"]).output().await.unwrap();
    let nothing = killed::command(folder.path(), None).args(["mail", "parse"]).output().await.unwrap();

    let found = value(&one);
    assert_eq!((found["reply"].as_str(), found["quoted"].as_str().map(|text| text.contains("Does it work?"))), (Some("It works, thanks."), Some(true)));
    assert_eq!(found["from"]["address"], "anna@client.example");
    let rows: Vec<Value> = two.lines().map(value).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0], found);
    assert_eq!(rows[1]["from"], Value::Null);
    let told = |output: &std::process::Output| (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(told(&refused).1.contains("Line 1 is not base64") && told(&refused).0 == Some(1), "{refused:?}");
    assert!(told(&missing).1.contains("no-such-file") && told(&missing).0 == Some(1), "{missing:?}");
    assert_eq!(told(&nothing).0, Some(2));
}
