//! The store over S3: a real peer that checks signatures, started in this process.

use crate::world::{ANA, World, person};
use axum::http::StatusCode;
use files::{S3, Store};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use tokio::net::TcpListener;

async fn peer(root: &std::path::Path) -> String {
    std::fs::create_dir_all(root.join("attachments")).unwrap();
    let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    builder.set_auth(SimpleAuth::from_single("key", "secret"));
    let service = builder.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move { Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await.map_err(drop) });
        }
    });
    format!("http://{address}")
}

fn options(endpoint: &str, secret: &str) -> S3 {
    S3 {
        endpoint: endpoint.to_owned(),
        bucket: "attachments".to_owned(),
        region: "eu-central-1".to_owned(),
        access_key: "key".to_owned(),
        secret_key: secret.to_owned(),
    }
}

#[tokio::test]
async fn a_bucket_keeps_serves_and_forgets_files() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = peer(&folder.path().join("s3")).await;
    let store = Store::open(folder.path(), Some(&options(&endpoint, "secret"))).unwrap();
    let world = World::with(folder, store).await;
    let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0".to_vec();
    bytes.resize(20_000_000, 7);

    let (message, file) = world.message("model.zip", &bytes).await;
    let link = files::link(&world.app, &person(ANA), &file);
    let whole = world.send(ANA, "GET", &link, &[], "").await;
    let part = world.send(ANA, "GET", &link, &[("range", "bytes=0-1")], "").await;
    files::keep(&world.store, "orphan.txt", b"hello".to_vec()).await.unwrap();
    let before = objects(&world);
    world.clock.advance(std::time::Duration::from_hours(26));
    files::sweep(&world.db, &world.store).await.unwrap();
    let swept = objects(&world);
    let mut tx = world.db.write().await.unwrap();
    files::drop_of(&mut tx, "message", &[message]).await.unwrap();
    tx.commit().await.unwrap();
    world.work().await;

    assert_eq!((whole.status, whole.bytes == bytes), (StatusCode::OK, true));
    assert_eq!((part.status, part.text().as_str()), (StatusCode::PARTIAL_CONTENT, "PK"));
    assert_eq!((before, swept, objects(&world)), (2, 1, 0));
}

fn objects(world: &World) -> usize {
    world.names("s3/attachments").iter().filter(|name| name.contains('-')).count()
}

#[tokio::test]
async fn a_bucket_that_refuses_leaves_no_file_behind() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = peer(&folder.path().join("s3")).await;
    let store = Store::open(folder.path(), Some(&options(&endpoint, "wrong"))).unwrap();
    let world = World::with(folder, store).await;
    let path = world.begin(ANA, "a.txt", 5).await;

    let told = world.patch(ANA, &path, 0, "hello").await;

    assert_eq!(told.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(objects(&world) == 0 && world.names("uploads").len() == 1);
}
