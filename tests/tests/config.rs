//! `support.toml`: what is wrong is said at the start.

use support::{Config, config::Given};

fn loaded(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("support.toml"), text).unwrap();
    Config::load(folder.path(), Given::default()).map_err(|error| error.to_string())
}

#[test]
fn a_node_has_as_many_connections_as_it_is_told_but_not_too_few() {
    let url = "database_url = \"postgres://support@db/support\"\n";
    let connections = |text: &str| match loaded(&format!("{url}{text}")).unwrap().database() {
        db::Options::Postgres { connections, .. } => connections,
        db::Options::Sqlite(_) => 0,
    };

    assert_eq!((connections(""), connections("database_connections = 4")), (db::CONNECTIONS, 4));
    let refused = loaded("database_connections = 3").unwrap_err();
    assert!(refused.contains("database_connections must be 4 or more, but is 3"), "{refused}");
    assert!(loaded("database_connection = 5").unwrap_err().contains("unknown field"), "a slip is seen");
}
