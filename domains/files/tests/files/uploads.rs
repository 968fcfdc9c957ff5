//! tus as its clients speak it, cuts included.

use crate::world::{ANA, BEN, World, fields, person};
use axum::{
    body::{Body, Bytes},
    http::StatusCode,
};
use std::{convert::Infallible, time::Duration};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use uuid::Uuid;

#[tokio::test]
async fn a_file_comes_in_parts_and_is_attached_once() {
    let world = World::new().await;
    let message = Uuid::now_v7();
    world.let_see(message, ANA.parse().unwrap()).await;
    let path = world.begin(ANA, "notes.txt", 10).await;
    let key = path.rsplit('/').next().unwrap();

    let first = world.patch(ANA, &path, 0, "hello").await;
    let between = world.tus(ANA, "HEAD", &path, &[], "").await;
    let early = world.attach(&person(ANA), &[key], message).await;
    let second = world.patch(ANA, &path, 5, "world").await;
    let after = world.tus(ANA, "HEAD", &path, &[], "").await;
    let files = world.attach(&person(ANA), &[key], message).await.unwrap();
    let twice = world.attach(&person(ANA), &[key], message).await;

    assert_eq!((first.status, first.header("upload-offset"), first.header("tus-resumable")), (StatusCode::NO_CONTENT, "5", "1.0.0"));
    assert!(first.header("upload-expires").ends_with("GMT"));
    assert_eq!(
        (between.status, between.header("upload-offset"), between.header("upload-length"), between.header("cache-control")),
        (StatusCode::OK, "5", "10", "no-store")
    );
    assert!(fields(early.unwrap_err()).contains_key("fileId"));
    assert_eq!((second.status, second.header("upload-offset")), (StatusCode::NO_CONTENT, "10"));
    assert_eq!(after.header("upload-offset"), "10");
    assert!(fields(twice.unwrap_err()).contains_key("fileId"));
    assert_eq!((files[0].name.as_str(), files[0].kind.as_str(), files[0].size, files[0].subject_id), ("notes.txt", "text/plain", 10, Some(message)));
    assert!(world.names("uploads").is_empty());
    let listed = files::of(&mut world.db.read().await.unwrap(), "message", &[message]).await.unwrap();
    assert_eq!(listed.len(), 1);
    let told = world.send(ANA, "GET", &files::link(&world.app, &person(ANA), &listed[0]), &[], "").await;
    assert_eq!((told.status, told.text().as_str()), (StatusCode::OK, "helloworld"));
}

#[tokio::test]
async fn what_the_protocol_refuses() {
    let world = World::new().await;
    let path = world.begin(ANA, "notes.txt", 10).await;
    world.patch(ANA, &path, 0, "hello").await;

    let offset = world.patch(ANA, &path, 3, "x").await;
    let version = world.send(ANA, "HEAD", &path, &[("tus-resumable", "0.2.2")], "").await;
    let kind = world.tus(ANA, "PATCH", &path, &[("upload-offset", "5"), ("content-type", "text/plain")], "x").await;
    let more = world.patch(ANA, &path, 5, "far too much").await;
    let large = world.create(ANA, "film.mp4", 25 * 1024 * 1024 + 1).await;
    let unknown = world.tus(ANA, "HEAD", "/files/uploads/00000000000000000000000000000000", &[], "").await;
    let hostile = world.tus(ANA, "HEAD", "/files/uploads/..%2f..%2fsupport.db", &[], "").await;
    let nameless = world.tus(ANA, "POST", "/files/uploads", &[("upload-length", "ten")], "").await;
    let program = world.create(ANA, "setup.exe", 10).await;
    let able = world.send("", "OPTIONS", "/files/uploads", &[], "").await;

    assert_eq!(offset.status, StatusCode::CONFLICT);
    assert_eq!((version.status, version.header("tus-version")), (StatusCode::PRECONDITION_FAILED, "1.0.0"));
    assert_eq!(kind.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(more.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(large.status == StatusCode::PAYLOAD_TOO_LARGE && large.text().contains("25 MB"), "{}", large.text());
    assert_eq!((unknown.status, hostile.status, nameless.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST));
    assert_eq!(program.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!((able.status, able.header("tus-max-size")), (StatusCode::NO_CONTENT, "26214400"));
    assert!(able.header("tus-extension").contains("termination"));
    assert_eq!(world.tus(ANA, "HEAD", &path, &[], "").await.header("upload-offset"), "5");
}

#[tokio::test]
async fn an_upload_goes_on_after_a_cut() {
    let world = World::new().await;
    let path = world.begin(ANA, "big.log", 1_000).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let server = tokio::spawn(web::serve(listener, world.router.clone(), stopped));

    let mut line = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: help.test\r\nauthorization: Bearer {ANA}\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: 1000\r\n\r\n"
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&[b'a'; 400]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(line);
    let asked = world.tus(ANA, "HEAD", &path, &[], "").await;
    let rest = world.patch(ANA, &path, 400, vec![b'b'; 600]).await;

    assert_eq!((asked.status, asked.header("upload-offset")), (StatusCode::OK, "400"));
    assert_eq!((rest.status, rest.header("upload-offset")), (StatusCode::NO_CONTENT, "1000"));
    stop.send(true).unwrap();
    server.await.unwrap();
}

#[tokio::test]
async fn a_question_takes_an_upload_over_from_a_line_that_hangs() {
    let world = World::new().await;
    let path = world.begin(ANA, "big.log", 10).await;
    let (sender, body) = futures::channel::mpsc::unbounded::<Result<Bytes, Infallible>>();
    sender.unbounded_send(Ok(Bytes::from_static(b"abc"))).unwrap();
    let hanging = world.patch(ANA, &path, 0, Body::from_stream(body));
    let others = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let second = world.patch(ANA, &path, 0, "0123456789").await;
        let asked = world.tus(ANA, "HEAD", &path, &[], "").await;
        let rest = world.patch(ANA, &path, 3, "defghij").await;
        (second.status, asked.header("upload-offset").to_owned(), rest.status)
    };

    let (hung, (second, asked, rest)) = tokio::join!(hanging, others);

    assert_eq!((second, asked.as_str(), rest), (StatusCode::CONFLICT, "3", StatusCode::NO_CONTENT));
    assert_eq!(hung.status, StatusCode::CONFLICT);
    drop(sender);
}

#[tokio::test]
async fn a_program_that_was_killed_knows_its_uploads() {
    let world = World::new().await;
    let half = world.begin(ANA, "half.log", 10).await;
    world.patch(ANA, &half, 0, "hello").await;
    let whole = world.begin(ANA, "whole.log", 5).await;
    let key = whole.rsplit('/').next().unwrap();
    // all bytes are on disk, and the program ended before it made a file of them
    std::fs::write(world.folder.join("uploads").join(key), "hello").unwrap();

    let world = world.again().await;
    let half = world.tus(ANA, "HEAD", &half, &[], "").await;
    let told = world.tus(ANA, "HEAD", &whole, &[], "").await;

    assert_eq!(half.header("upload-offset"), "5");
    assert_eq!((told.status, told.header("upload-offset")), (StatusCode::OK, "5"));
    assert_eq!(world.attach(&person(ANA), &[key], Uuid::now_v7()).await.unwrap()[0].name, "whole.log");
}

#[tokio::test]
async fn an_upload_that_is_taken_back_is_gone() {
    let world = World::new().await;
    let half = world.begin(ANA, "half.log", 10).await;
    world.patch(ANA, &half, 0, "hello").await;
    let whole = format!("/files/uploads/{}", world.upload(ANA, "whole.log", b"hello").await);

    for path in [&half, &whole] {
        assert_eq!(world.tus(ANA, "DELETE", path, &[], "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.tus(ANA, "HEAD", path, &[], "").await.status, StatusCode::NOT_FOUND);
    }
    world.work().await;

    assert!(world.names("uploads").is_empty() && world.names("files").is_empty());
}

#[tokio::test]
async fn programs_are_refused_by_their_content() {
    let world = World::new().await;
    let path = world.begin(ANA, "holiday.png", 64).await;
    let mut program = b"MZ\x90\0\x03".to_vec();
    program.resize(64, 0);

    let told = world.patch(ANA, &path, 0, program.clone()).await;
    let kept = files::keep(&world.store, "holiday.png", program).await;

    assert_eq!(told.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(told.text().contains("Taken are images"), "{}", told.text());
    assert!(matches!(kept, Err(kernel::Fault::Unsupported(_))));
    assert_eq!(world.tus(ANA, "HEAD", &path, &[], "").await.status, StatusCode::NOT_FOUND);
    assert!(world.names("uploads").is_empty() && world.names("files").is_empty());
}

#[tokio::test]
async fn an_upload_of_somebody_else_can_not_be_used() {
    let world = World::new().await;
    let key = world.upload(ANA, "a.txt", b"hello").await;
    let path = format!("/files/uploads/{key}");
    let open = world.upload("", "b.txt", b"hello").await;

    for who in [BEN, ""] {
        assert_eq!(world.tus(who, "HEAD", &path, &[], "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.tus(who, "DELETE", &path, &[], "").await.status, StatusCode::NOT_FOUND);
    }
    let taken = world.attach(&person(BEN), &[&key], Uuid::now_v7()).await;
    let mixed = world.attach(&person(BEN), &[&open, &key], Uuid::now_v7()).await;
    let many = world.attach(&person(BEN), &[open.as_str(); 21], Uuid::now_v7()).await;
    let doubled = world.attach(&person(BEN), &[open.as_str(); 2], Uuid::now_v7()).await;

    for refused in [taken, mixed, many, doubled] {
        assert!(fields(refused.unwrap_err()).contains_key("fileId"));
    }
    let kept = files::kept(&mut world.db.read().await.unwrap(), &person(BEN), &[key, open.clone()]).await.unwrap();
    assert_eq!((kept.len(), kept[0].name.as_str()), (1, "b.txt"));
    assert_eq!(world.attach(&person(BEN), &[&open], Uuid::now_v7()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_two_forms_at_once_one_gets_the_file() {
    let world = World::new().await;
    let key = world.upload(ANA, "a.txt", b"hello").await;
    let ana = person(ANA);
    let keys = [key.as_str()];

    let (one, other) = tokio::join!(world.attach(&ana, &keys, Uuid::now_v7()), world.attach(&ana, &keys, Uuid::now_v7()));

    assert_eq!(u8::from(one.is_ok()) + u8::from(other.is_ok()), 1);
}

#[tokio::test]
async fn a_stranger_may_have_four_files_waiting() {
    let world = World::new().await;
    let most = 25 * 1024 * 1024;
    for _ in 0..4 {
        world.begin("", "a.zip", most).await;
    }

    let stranger = world.create("", "b.zip", 1).await;
    let person = world.create(ANA, "b.zip", most).await;

    assert!(stranger.status == StatusCode::PAYLOAD_TOO_LARGE && stranger.text().contains("100 MB"));
    assert_eq!(person.status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_nobody_came_back_for_is_swept_out() {
    let world = World::new().await;
    let half = world.begin(ANA, "half.log", 10).await;
    world.patch(ANA, &half, 0, "hello").await;
    let whole = world.upload(ANA, "whole.log", b"hello").await;
    let (message, _) = world.message("kept.log", b"hello").await;
    files::keep(&world.store, "orphan.txt", b"hello".to_vec()).await.unwrap();
    std::fs::write(world.folder.join("files/0199-cut#1"), "half of an obj").unwrap();
    files::sweep(&world.db, &world.store).await.unwrap();
    assert_eq!((world.names("uploads").len(), world.names("files").len()), (1, 4));

    world.clock.advance(Duration::from_hours(26));
    let late = world.tus(ANA, "HEAD", &half, &[], "").await;
    let attached = world.attach(&person(ANA), &[&whole], message).await;
    files::sweep(&world.db, &world.store).await.unwrap();
    world.work().await;

    assert_eq!(late.status, StatusCode::NOT_FOUND);
    assert!(attached.is_err());
    assert_eq!((world.names("uploads").len(), world.names("files").len()), (0, 1));
}

#[tokio::test]
async fn a_network_that_lets_only_post_through_can_upload() {
    let world = World::new().await;
    let path = world.begin(ANA, "a.txt", 5).await;
    let headers = [("x-http-method-override", "PATCH"), ("upload-offset", "0"), ("content-type", "application/offset+octet-stream")];

    let told = world.tus(ANA, "POST", &path, &headers, "hello").await;

    assert_eq!((told.status, told.header("upload-offset")), (StatusCode::NO_CONTENT, "5"));
}
