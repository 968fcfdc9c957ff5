//! A real mail server for a test: Dovecot in a folder of its own, on free ports, ended with it. Mail comes to it as a file or by LMTP,
//! and is read by IMAP.

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, SystemTime},
};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

pub const USER: &str = "support@help.test";
pub const PASSWORD: &str = "secret-of-the-box";
/// Dovecot refuses to read mail as root, so root gives it to nobody.
const NOBODY: u32 = 65_534;

pub struct Dovecot {
    folder: TempDir,
    child: Child,
    pub imap: SocketAddr,
    pub lmtp: SocketAddr,
    count: u32,
}

/// A port that nobody listens on.
pub async fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

pub fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap()) == 0
}

/// Waits until somebody listens there.
pub async fn listens(address: SocketAddr) {
    for _ in 0..400 {
        if TcpStream::connect(address).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nobody listens on {address} after ten seconds");
}

/// The time of the mail server, which has no clock but the machine's.
#[expect(clippy::disallowed_methods, reason = "no clock of ours is seen by another program")]
pub fn now() -> SystemTime {
    SystemTime::now()
}

impl Dovecot {
    pub async fn start() -> Self {
        Self::with("").await
    }

    /// With more lines of configuration.
    pub async fn with(more: &str) -> Self {
        let (folder, imap, lmtp) = (tempfile::tempdir().unwrap(), free().await, free().await);
        let path = folder.path().display();
        let (user, group) = if is_root() { ("nobody".to_owned(), "nogroup".to_owned()) } else { (id("-un"), id("-gn")) };
        let config = format!(
            "protocols = imap lmtp\nbase_dir = {path}/run\nstate_dir = {path}/run\nlog_path = {path}/log\nlisten = 127.0.0.1\nssl = no\n\
             disable_plaintext_auth = no\ndefault_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n\
             mail_location = maildir:{path}/mail\nmail_fsync = never\nfirst_valid_uid = 1\nfirst_valid_gid = 1\n\
             passdb {{\n driver = static\n args = password={PASSWORD}\n}}\n\
             userdb {{\n driver = static\n args = uid={user} gid={group} home={path} allow_all_users=yes\n}}\n\
             service anvil {{\n chroot =\n}}\nservice stats {{\n chroot =\n}}\n\
             service imap-login {{\n chroot =\n inet_listener imap {{\n  port = {}\n }}\n inet_listener imaps {{\n  port = 0\n }}\n}}\n\
             service lmtp {{\n chroot =\n user = {user}\n inet_listener lmtp {{\n  address = 127.0.0.1\n  port = {}\n }}\n}}\n\
             hostname = mda.help.test\npostmaster_address = postmaster@help.test\n{more}",
            imap.port(),
            lmtp.port()
        );
        for part in ["run", "mail", "mail/new", "mail/cur", "mail/tmp"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        fs::write(folder.path().join("conf"), config).unwrap();
        for part in ["", "run", "mail", "mail/new", "mail/cur", "mail/tmp", "conf"] {
            give(&folder.path().join(part));
        }
        let child = spawn(folder.path());
        listens(imap).await;
        listens(lmtp).await;
        Self { folder, child, imap, lmtp, count: 0 }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a mail into the inbox, as if it had come at a time. `is_seen`: somebody read it already.
    pub fn puts(&mut self, raw: &[u8], came: SystemTime, is_seen: bool) -> PathBuf {
        self.count += 1;
        let name = format!("{}.M{}.test", self.count, self.count);
        let (folder, name) = if is_seen { ("cur", format!("{name}:2,S")) } else { ("new", name) };
        let (draft, path) = (self.path().join("mail/tmp").join(&name), self.path().join("mail").join(folder).join(&name));
        fs::write(&draft, raw).unwrap();
        fs::File::options().write(true).open(&draft).unwrap().set_modified(came).unwrap();
        give(&draft);
        fs::rename(&draft, &path).unwrap();
        path
    }

    /// A new mail.
    pub fn gets(&mut self, raw: &str) {
        self.puts(raw.as_bytes(), now(), false);
    }

    /// Numbers its mails anew (UIDVALIDITY).
    pub async fn renumbers(&mut self) {
        self.stop().await;
        for entry in fs::read_dir(self.path().join("mail")).unwrap().map(|entry| entry.unwrap()) {
            if entry.file_name().to_str().unwrap().starts_with("dovecot") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        // the number is made of seconds
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        self.child = spawn(self.folder.path());
        listens(self.imap).await;
    }

    pub async fn stop(&mut self) {
        let Some(pid) = self.child.id() else { return }; // it stands still already
        assert!(Command::new("kill").arg(pid.to_string()).status().await.unwrap().success());
        self.child.wait().await.unwrap();
    }

    pub async fn end(mut self) {
        self.stop().await;
    }
}

fn spawn(folder: &Path) -> Child {
    let mut command = Command::new("dovecot");
    if is_root() {
        command = Command::new("setpriv");
        command.args([&format!("--reuid={NOBODY}"), &format!("--regid={NOBODY}"), "--clear-groups", "dovecot"]);
    }
    command.arg("-F").arg("-c").arg(folder.join("conf")).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command.env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap()));
    command.spawn().expect("Dovecot is missing: on Debian 'apt-get install dovecot-imapd dovecot-lmtpd'")
}

fn id(what: &str) -> String {
    let output = std::process::Command::new("id").arg(what).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn give(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}
