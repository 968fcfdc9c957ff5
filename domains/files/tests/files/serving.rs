//! Who gets a file, and how it is dressed.

use crate::world::{ANA, BEN, World, guest, person};
use axum::http::StatusCode;
use std::time::Duration;
use uuid::Uuid;

#[tokio::test]
async fn a_link_is_for_its_reader_while_the_right_lasts() {
    let world = World::new().await;
    let (message, file) = world.message("a.txt", b"hello").await;
    let ticket = Uuid::now_v7();
    for reader in [BEN.parse().unwrap(), ticket] {
        world.let_see(message, reader).await;
    }
    let of_guest = format!("guest {ticket}");
    let for_ana = files::link(&world.app, &person(ANA), &file);
    let for_guest = files::link(&world.app, &guest(ticket), &file);

    for (who, link, status) in [
        (ANA, &for_ana, StatusCode::OK),
        (of_guest.as_str(), &for_guest, StatusCode::OK),
        (BEN, &for_ana, StatusCode::NOT_FOUND),
        (&of_guest, &for_ana, StatusCode::NOT_FOUND),
        ("", &for_ana, StatusCode::NOT_FOUND),
        (ANA, &for_guest, StatusCode::NOT_FOUND),
        (ANA, &for_ana.replace("?e=", "?e=9"), StatusCode::NOT_FOUND),
        (ANA, &format!("{}A", &for_ana[..for_ana.len() - 1]), if for_ana.ends_with('A') { StatusCode::OK } else { StatusCode::NOT_FOUND }),
        (ANA, &for_ana.split('?').next().unwrap().to_owned(), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(world.send(who, "GET", link, &[], "").await.status, status, "{who} {link}");
    }
    let mut tx = world.db.write().await.unwrap();
    tx.run(db::sql!("DELETE FROM subject_readers WHERE reader = $1", ANA.parse::<Uuid>().unwrap())).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.send(ANA, "GET", &for_ana, &[], "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_link_is_the_same_for_a_while_and_then_over() {
    let world = World::new().await;
    let (_, file) = world.message("a.txt", b"hello").await;
    let link = files::link(&world.app, &person(ANA), &file);

    world.clock.advance(Duration::from_mins(9));
    let good = world.send(ANA, "GET", &link, &[], "").await;
    world.clock.advance(Duration::from_mins(12));
    let over = world.send(ANA, "GET", &link, &[], "").await;

    assert_eq!((good.status, over.status), (StatusCode::OK, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn a_file_that_is_not_attached_is_for_its_owner() {
    let world = World::new().await;
    let stored = files::keep(&world.store, "a.txt", b"hello".to_vec()).await.unwrap();
    let mut tx = world.db.write().await.unwrap();
    let file = files::adopt(&mut tx, &person(ANA), stored, "message", Uuid::now_v7()).await.unwrap();
    tx.run(db::sql!("UPDATE files SET subject_kind = NULL, subject_id = NULL WHERE id = $1", file.id)).await.unwrap();
    tx.commit().await.unwrap();

    for (who, status) in [(ANA, StatusCode::OK), (BEN, StatusCode::NOT_FOUND)] {
        assert_eq!(world.send(who, "GET", &files::link(&world.app, &person(who), &file), &[], "").await.status, status);
    }
}

#[tokio::test]
async fn what_a_browser_would_run_is_a_download() {
    let world = World::new().await;
    for (name, bytes, sent_as) in [
        ("logo.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "application/octet-stream"),
        ("page.html", "<!doctype html><script>alert(1)</script>", "application/octet-stream"),
        ("page.txt", "<html><script>alert(1)</script>", "application/octet-stream"),
        ("doc.pdf", "%PDF-1.7\n", "application/pdf"),
        ("a.csv", "a,b\n", "text/plain; charset=utf-8"),
    ] {
        let (_, file) = world.message(name, bytes.as_bytes()).await;
        let told = world.send(ANA, "GET", &files::link(&world.app, &person(ANA), &file), &[], "").await;
        assert_eq!((told.status, told.header("content-type")), (StatusCode::OK, sent_as), "{name}");
        assert!(told.header("content-disposition").starts_with("attachment; "), "{name}");
        assert_eq!(told.header("content-security-policy"), "sandbox; default-src 'none'");
        assert_eq!((told.header("x-content-type-options"), told.header("cross-origin-resource-policy")), ("nosniff", "same-origin"));
        assert_eq!((told.header("cache-control"), told.header("content-length")), ("private, no-cache", bytes.len().to_string().as_str()));
        assert!(!file.has_preview);
        let again = world.send(ANA, "GET", &files::link(&world.app, &person(ANA), &file), &[("if-none-match", told.header("etag"))], "").await;
        assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    }
}

#[tokio::test]
async fn a_hostile_name_is_only_a_name() {
    let world = World::new().await;
    for (given, kept) in [
        ("../../../etc/passwd", "passwd"),
        ("a\"; filename=\"x.exe\r\nX: y.txt", "a_; filename=_x.exe X_ y.txt"),
        ("\u{202e}txt.exe.txt", "txt.exe.txt"),
        ("preview", "preview"),
        ("100% #?/\\検証.txt", "検証.txt"),
    ] {
        let (_, file) = world.message(given, b"hello").await;
        let told = world.send(ANA, "GET", &files::link(&world.app, &person(ANA), &file), &[], "").await;
        assert_eq!((told.status, file.name.as_str()), (StatusCode::OK, kept));
        assert!(told.header("content-disposition").starts_with("attachment; filename=\"") && told.headers.get("x").is_none());
    }
}

#[tokio::test]
async fn a_part_of_a_recording_can_be_fetched() {
    let world = World::new().await;
    let mut sound = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    sound.resize(1_000, 7);
    let (_, file) = world.message("call.wav", &sound).await;
    let link = files::link(&world.app, &person(ANA), &file);

    let whole = world.send(ANA, "GET", &link, &[], "").await;
    let part = world.send(ANA, "GET", &link, &[("range", "bytes=8-11")], "").await;
    let beyond = world.send(ANA, "GET", &link, &[("range", "bytes=1000-")], "").await;
    let changed = world.send(ANA, "GET", &link, &[("range", "bytes=8-11"), ("if-range", "\"another\"")], "").await;

    assert_eq!((whole.status, whole.bytes.len(), whole.header("accept-ranges")), (StatusCode::OK, 1_000, "bytes"));
    assert_eq!(
        (part.status, part.text().as_str(), part.header("content-range"), part.header("content-length")),
        (StatusCode::PARTIAL_CONTENT, "WAVE", "bytes 8-11/1000", "4")
    );
    assert_eq!((beyond.status, beyond.header("content-range")), (StatusCode::RANGE_NOT_SATISFIABLE, "bytes */1000"));
    assert_eq!((changed.status, changed.bytes.len()), (StatusCode::OK, 1_000));
}

#[tokio::test]
async fn files_go_with_what_they_belong_to() {
    let world = World::new().await;
    let (message, file) = world.message("a.txt", b"hello").await;
    let other = Uuid::now_v7();
    let link = files::link(&world.app, &person(ANA), &file);

    let mut tx = world.db.write().await.unwrap();
    assert_eq!(files::move_to(&mut tx, ("message", message), ("message", other)).await.unwrap(), 1);
    assert_eq!(files::drop_of(&mut tx, "message", &[message]).await.unwrap(), 0);
    assert_eq!(files::drop_of(&mut tx, "message", &[other, message]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(world.names("files").len(), 1);
    world.work().await;

    assert_eq!(world.send(ANA, "GET", &link, &[], "").await.status, StatusCode::NOT_FOUND);
    assert!(world.names("files").is_empty());
}

#[tokio::test]
async fn a_large_file_reaches_another_store_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = files::Store::over(std::sync::Arc::new(object_store::memory::InMemory::new()), folder.path()).unwrap();
    let world = World::with(folder, store).await;
    let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0".to_vec();
    bytes.extend((0..20_000_000_u32).map(|at| u8::try_from(at % 251).unwrap()));

    let (_, file) = world.message("model.zip", &bytes).await;
    let told = world.send(ANA, "GET", &files::link(&world.app, &person(ANA), &file), &[], "").await;

    assert_eq!((file.size, told.bytes == bytes), (20_000_010, true));
}
