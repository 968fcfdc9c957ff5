//! A `PostgreSQL` server of a test alone, which may crash. It refuses root, who starts it as somebody else.

use crate::dovecot::{free, is_root};
use std::{
    fs,
    os::unix::fs::chown,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use tokio::process::Command;

pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Cluster {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            let users = fs::read_to_string("/etc/passwd").unwrap();
            let user = users.lines().find_map(|line| line.strip_prefix("postgres:")?.split(':').nth(1)?.parse().ok());
            chown(folder.path(), Some(user.expect("there is a user postgres")), None).unwrap();
        }
        let cluster = Self { folder, programs: programs(), port: free().await.port() };
        let data = cluster.data();
        cluster.run("initdb", &["-D", &data, "-U", "support", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]).await;
        cluster.control("start").await;
        cluster
    }

    pub fn url(&self) -> String {
        format!("postgres://support@127.0.0.1:{}/postgres", self.port)
    }

    /// As after a failure of power: nothing is said to anybody, and what was not on disk is gone.
    pub async fn crashes_and_starts(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]).await;
        self.control("start").await;
    }

    pub async fn end(self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]).await;
    }

    fn data(&self) -> String {
        self.folder.path().join("data").to_str().unwrap().to_owned()
    }

    async fn control(&self, verb: &str) {
        let options = format!("-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories= -c max_connections=100", self.port);
        let log = self.folder.path().join("log");
        self.run("pg_ctl", &["-D", &self.data(), "-l", log.to_str().unwrap(), "-o", &options, "-w", verb]).await;
    }

    async fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        let done = command.current_dir("/").args(arguments).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status().await.unwrap();
        assert!(done.success(), "{arguments:?}");
    }
}

/// Of the newest version that is installed.
fn programs() -> PathBuf {
    let version = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let versions = fs::read_dir("/usr/lib/postgresql").map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect::<Vec<_>>());
    let newest = versions.unwrap_or_default().into_iter().max_by_key(|path| version(path));
    newest.expect("PostgreSQL is missing: on Debian 'apt-get install postgresql'").join("bin")
}
