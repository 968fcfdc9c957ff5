//! The words within attachments: a PDF as our own pages give it, an office document, plain text. A file of a note is for staff alone.

use crate::search::{article, asks, indexed};
use serde_json::{Value, json};
use std::io::{Cursor, Write as _};
use zip::{ZipWriter, write::SimpleFileOptions};

fn word(text: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, part) in [
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("word/document.xml", format!("<w:document><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>")),
    ] {
        zip.start_file(path, SimpleFileOptions::default()).unwrap();
        zip.write_all(part.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn kinds(found: &Value) -> Vec<(String, String)> {
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    found["items"].as_array().unwrap().iter().map(|item| (text(item, "type"), text(item, "title"))).collect()
}

both! {
    async fn words_within_attachments_are_found_by_who_may_open_them(world) {
        let (sue, cleo, otto, ana) = (world.supervisor("Sue").await, world.customer("Cleo").await, world.customer("Otto").await, world.agent("Ana").await);
        article(&sue, "Paper", "The warranty names a quokka and a wombat.", json!({ "visibility": "STAFF" })).await;
        let paper = sue.get("/a/paper/pdf").await.is(200).bytes.clone();
        let keys = [
            cleo.uploads("terms.pdf", &paper).await,
            cleo.uploads("letter.docx", &word("A numbat signed it.")).await,
            cleo.uploads("log.txt", "the kakapo failed".as_bytes()).await,
        ];
        let ticket = cleo.post("/api/support/tickets", &json!({ "title": "See my files", "description": "All of them.", "category": "BUG", "priority": "LOW", "fileId": keys })).await.is(201).id();
        let secret = ana.uploads("secret.txt", "the dugong pays".as_bytes()).await;
        ana.post(&format!("/api/support/tickets/{ticket}/messages"), &json!({ "content": "Only for us.", "internal": true, "fileId": [secret] })).await.is(201);
        indexed(world).await;

        for (who, query, count) in [
            (&cleo, "quokka", 1), (&cleo, "numbat", 1), (&cleo, "kakapo", 1), (&cleo, "dugong", 0),
            (&otto, "quokka", 0), (&otto, "numbat", 0), (&otto, "kakapo", 0),
            (&ana, "numbat", 1), (&ana, "dugong", 1), (&ana, "quokka", 2),
        ] {
            let found = asks(who, &format!("q={query}")).await;
            let hits = kinds(&found);
            assert_eq!(hits.len(), count, "{query}: {found}");
            assert!(hits.iter().all(|(kind, title)| kind == "article" || title == "See my files"), "{query}: {found}");
        }
        assert_eq!(asks(&cleo, "q=dugongs").await["correction"], Value::Null, "a word of a hidden file is no word");
    }
}
