//! `support mail import`: files in, a line with its fate for each mail, harmless twice.

use crate::{killed, mail_in::Letter};

#[tokio::test]
async fn files_are_taken_and_the_same_file_twice_gives_duplicates() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let letters: Vec<String> =
        (0..3).map(|n| Letter::of(&format!("p{n}@lumen.test"), &format!("Question {n}"), &format!("From {n}.\r\nFrom here on.")).raw()).collect();
    let one = file("one.eml", &letters[0]);
    let box_of = |raw: &String| {
        let quoted = raw.replace("\nFrom h", "\n>From h").replace("\nFrom 1", "\n>From 1").replace("\nFrom 2", "\n>From 2");
        ["From p@lumen.test Thu Nov 26 10:00:00 2026", &quoted, ""].join("\n")
    };
    let many = file("many.mbox", &letters[1..].iter().map(box_of).collect::<Vec<_>>().concat());

    let first = killed::run(folder.path(), None, &["mail", "import", &one, &many]).await;
    let second = killed::run(folder.path(), None, &["mail", "import", &one, &many]).await;
    let refused = killed::command(folder.path(), None).args(["mail", "import", &one, "--to", "nobody@help.test"]).output().await.unwrap();
    let missing = killed::command(folder.path(), None).args(["mail", "import", "no-such-file"]).output().await.unwrap();

    let fates = |said: &str| said.lines().map(|line| line.split('\t').nth(1).unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(fates(&first), ["NEW_TICKET"; 3], "{first}");
    assert_eq!(fates(&second), ["DUPLICATE"; 3], "{second}");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("no mailbox nobody@help.test"), "{refused:?}");
    assert!(!missing.status.success() && String::from_utf8_lossy(&missing.stderr).contains("no-such-file"), "{missing:?}");
}
