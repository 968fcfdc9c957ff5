//! A database of its own for each test, copied from a template that was migrated once.

use db::{Clock, Db, Options};
use support::Config;
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
/// The server copies a template for one at a time.
static COPYING: Mutex<()> = Mutex::const_new(());

/// The server that tests may make databases on. Without one the half on `PostgreSQL` fails, it is never passed over.
fn server() -> String {
    std::env::var("SUPPORT_TEST_POSTGRES_URL").expect(
        "SUPPORT_TEST_POSTGRES_URL is not set, so the PostgreSQL half of this test can't run. \
         Set it to a superuser's URL of a throw-away server: bin/test does, or: eval \"$(tests/postgres.sh start)\"",
    )
}

/// The URL of a database on that server.
fn on_server(database: &str) -> String {
    let server = server();
    let (address, query) = server.split_once('?').map_or((server.as_str(), ""), |(address, query)| (address, query));
    let (root, _) = address.rsplit_once('/').filter(|(root, _)| root.contains("://") && !root.ends_with('/')).unwrap_or((address, ""));
    if query.is_empty() { format!("{root}/{database}") } else { format!("{root}/{database}?{query}") }
}

/// A new database with the schema of today; answers its name and URL.
pub async fn database() -> (String, String) {
    let template = TEMPLATE.get_or_init(make_template).await;
    let name = format!("support_test_{}", Uuid::new_v4().simple());
    let _turn = COPYING.lock().await;
    run(format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")).await;
    let url = on_server(&name);
    (name, url)
}

/// A new database without any schema.
pub async fn empty_database() -> (String, String) {
    let name = format!("support_test_{}", Uuid::new_v4().simple());
    run(format!("CREATE DATABASE {name}")).await;
    let url = on_server(&name);
    (name, url)
}

/// Removes a database.
pub async fn drop_database(name: &str) {
    run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
}

async fn make_template() -> String {
    let name = format!("support_template_{}", std::process::id());
    run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    run(format!("CREATE DATABASE {name}")).await;
    let folder = tempfile::tempdir().unwrap();
    let config = Config { database_url: Some(on_server(&name)), ..Config::in_folder(folder.path()) };
    let opened = support::open(&config, Clock::default()).await.unwrap();
    opened.app.db.close().await;
    name
}

async fn run(statement: String) {
    let db = Db::open(&Options::postgres(on_server("postgres")), Clock::default()).await.expect("the server of SUPPORT_TEST_POSTGRES_URL does not answer");
    db.raw(Box::leak(statement.into_boxed_str())).await.unwrap();
    db.close().await;
}
