//! A real mail server that hands over to the listener, or to Dovecot, from which we fetch: Postfix with a folder of its own, ended with
//! the test. It must be started by root, which it leaves itself.

use crate::{
    dovecot::{Dovecot, free, is_root, listens},
    mail_fetch::fetched,
    mail_in::{Letter, SUPPORT, tokens},
    mail_listen::{last, listening},
    world::{World, eventually},
};
use db::{Engine, sql};
use mail::Protocol;
use std::{fmt::Write as _, fs, net::SocketAddr, path::Path};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    process::Command,
};

async fn postfix(folder: &Path, verb: &str) {
    let output = Command::new("/usr/sbin/postfix").arg("-c").arg(folder.join("etc")).arg(verb).output().await;
    let output = output.expect("Postfix is missing: on Debian 'apt-get install postfix'");
    assert!(output.status.success(), "postfix {verb}: {}", String::from_utf8_lossy(&output.stderr));
}

/// One that hands everything over there by LMTP, and where it listens.
async fn started(lmtp: SocketAddr) -> (TempDir, SocketAddr) {
    assert!(is_root(), "Postfix is started by root alone");
    let (folder, server) = (tempfile::tempdir().unwrap(), free().await);
    configure(folder.path(), server.port(), lmtp);
    postfix(folder.path(), "start").await;
    listens(server).await;
    (folder, server)
}

/// Writes its configuration: one port in, everything out by LMTP.
fn configure(folder: &Path, port: u16, lmtp: SocketAddr) {
    for part in ["etc", "queue", "data"] {
        fs::create_dir(folder.join(part)).unwrap();
    }
    let path = folder.display();
    fs::write(
        folder.join("etc/main.cf"),
        format!(
            "compatibility_level = 3.6\nqueue_directory = {path}/queue\ndata_directory = {path}/data\nmaillog_file = {path}/log\nmaillog_file_prefixes = {path}\n\
             myhostname = mta.help.test\nmydestination =\nalias_maps =\nlocal_recipient_maps =\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\n\
             virtual_mailbox_domains = help.test\nvirtual_transport = lmtp:inet:{lmtp}\nsmtp_dns_support_level = disabled\nlmtp_host_lookup = native\n\
             default_transport = error\nbounce_queue_lifetime = 1h\nminimal_backoff_time = 1s\nqueue_run_delay = 1s\n"
        ),
    )
    .unwrap();
    let mut master = format!("127.0.0.1:{port} inet n - n - - smtpd\n");
    for (name, wakeup, most, program) in [
        ("pickup", "60", "1", "pickup"),
        ("cleanup", "-", "0", "cleanup"),
        ("qmgr", "1", "1", "qmgr"),
        ("rewrite", "-", "-", "trivial-rewrite"),
        ("bounce", "-", "0", "bounce"),
        ("defer", "-", "0", "bounce"),
        ("trace", "-", "0", "bounce"),
        ("lmtp", "-", "-", "lmtp"),
        ("error", "-", "-", "error"),
        ("retry", "-", "-", "error"),
        ("anvil", "-", "1", "anvil"),
        ("proxymap", "-", "-", "proxymap"),
        ("scache", "-", "1", "scache"),
        ("postlog", "-", "1", "postlogd"),
    ] {
        let kind = if name == "postlog" { "unix-dgram" } else { "unix" };
        // these are reached by the public, the others by its own programs alone
        let private = if ["pickup", "cleanup", "qmgr", "postlog"].contains(&name) { "n" } else { "-" };
        writeln!(master, "{name} {kind} {private} - n {wakeup} {most} {program}").unwrap();
    }
    fs::write(folder.join("etc/master.cf"), master).unwrap();
    let user = |name: &str| {
        let all = fs::read_to_string("/etc/passwd").unwrap();
        all.lines().find_map(|line| line.strip_prefix(&format!("{name}:"))?.split(':').nth(1)?.parse().ok()).expect("there is a user postfix")
    };
    std::os::unix::fs::chown(folder.join("data"), Some(user("postfix")), None).unwrap();
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
}

/// Hands a mail to the server, as any client does.
async fn sends(server: SocketAddr, to: &[&str], raw: &str) {
    let mut stream = TcpStream::connect(server).await.unwrap();
    let mut lines = vec!["EHLO client.test".to_owned(), "MAIL FROM:<maya@lumen.test>".to_owned()];
    lines.extend(to.iter().map(|to| format!("RCPT TO:<{to}>")));
    lines.push("DATA".to_owned());
    let mut buffer = [0; 4_096];
    let _ = stream.read(&mut buffer).await.unwrap();
    for line in lines {
        stream.write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(matches!(buffer[0], b'2' | b'3'), "{line}: {}", String::from_utf8_lossy(&buffer[..read]));
    }
    stream.write_all(format!("{raw}.\r\n").as_bytes()).await.unwrap();
    let read = stream.read(&mut buffer).await.unwrap();
    assert_eq!(buffer[0], b'2', "{}", String::from_utf8_lossy(&buffer[..read]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postfix_hands_mail_over_and_hears_of_unknown_recipients() {
    let (world, ada) = listening(Engine::Sqlite).await;
    let lmtp = world.mail.iter().find(|(protocol, _)| *protocol == Protocol::Lmtp).unwrap().1;
    let (folder, server) = started(lmtp).await;

    sends(server, &[SUPPORT, "nobody@help.test"], &Letter::of("maya@lumen.test", "By Postfix", "Words.").raw()).await;
    eventually("it came", || async { world.count(sql!("SELECT COUNT(*) FROM mails")).await == 1 }).await;
    let told = last(&world, &ada).await;
    // through it, too, an answer finds its ticket, and a stranger who knows an id is held
    let ticket = told["ticketId"].as_str().unwrap();
    let signed = tokens(&world).address(SUPPORT, ticket.parse().unwrap());
    let first = world.read().await.one::<String>(sql!("SELECT header_id FROM mails")).await.unwrap();
    for (count, letter, to, fate, rule) in [
        (2, Letter::of("maya@lumen.test", "Re: By Postfix", "To the signed address."), signed.as_str(), "JOINED", "ADDRESS"),
        (3, Letter::of("maya@lumen.test", "Re: By Postfix", "By the id.").with(format!("In-Reply-To: <{first}>")), SUPPORT, "JOINED", "FOREIGN_ID"),
        (4, Letter::of("eve@evil.test", "Re: By Postfix", "Let me in.").with(format!("In-Reply-To: <{first}>")), SUPPORT, "NEW_TICKET", "null"),
        (5, Letter::of("eve@evil.test", "Re: By Postfix", "Let me in there.").to(&signed), signed.as_str(), "HELD", "ADDRESS"),
    ] {
        sends(server, &[to], &letter.raw()).await;
        eventually("it came as well", || async { world.count(sql!("SELECT COUNT(*) FROM mails WHERE fate IS NOT NULL")).await == count }).await;
        let told = last(&world, &ada).await;
        assert_eq!((told["fate"].as_str().unwrap(), told["rule"].as_str().unwrap_or("null")), (fate, rule), "{told}");
    }
    let log = || fs::read_to_string(folder.path().join("log")).unwrap();
    eventually("the server heard of it", || async { log().contains("550 5.1.1") && log().contains("status=sent") }).await;
    postfix(folder.path(), "stop").await;

    assert_eq!((&told["fate"], &told["via"]), (&"NEW_TICKET".into(), &"lmtp".into()), "{told}");
    let raw = ada.get(&format!("/api/mail/{}/source", told["id"].as_str().unwrap())).await.is(200).text();
    assert!(raw.contains("Received: from client.test") && raw.contains("By Postfix"), "{raw}");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postfix_gives_mail_to_dovecot_by_lmtp_and_it_is_fetched_by_imap() {
    let (world, dovecot) = (World::new(Engine::Sqlite).await, Dovecot::start().await);
    let (ada, path) = fetched(&world, &dovecot, "ALL").await;
    let (folder, server) = started(dovecot.lmtp).await;
    sends(server, &[SUPPORT], &Letter::of("maya@lumen.test", "By way of Dovecot", "Words.").raw()).await;
    eventually("it came", || async { world.count(sql!("SELECT COUNT(*) FROM mails WHERE fate IS NOT NULL")).await == 1 }).await;
    let told = last(&world, &ada).await;
    assert_eq!((&told["fate"], &told["via"]), (&"NEW_TICKET".into(), &"imap".into()), "{told}");
    let raw = ada.get(&format!("/api/mail/{}/source", told["id"].as_str().unwrap())).await.is(200).text();
    assert!(raw.contains("with LMTP") && raw.contains("by mda.help.test"), "Dovecot took it by LMTP: {raw}");

    // the signed address survives both servers, though the mail itself names another one
    let signed = tokens(&world).address(SUPPORT, told["ticketId"].as_str().unwrap().parse().unwrap());
    sends(server, &[&signed], &Letter::of("maya@lumen.test", "Another subject", "To the signed address.").raw()).await;
    eventually("the answer came", || async { world.count(sql!("SELECT COUNT(*) FROM mails WHERE fate IS NOT NULL")).await == 2 }).await;
    let joined = last(&world, &ada).await;
    assert_eq!((&joined["fate"], &joined["rule"], &joined["ticketId"]), (&"JOINED".into(), &"ADDRESS".into(), &told["ticketId"]), "{joined}");
    assert_eq!(ada.get(&path).await.is(200).json()["waiting"], 0);
    postfix(folder.path(), "stop").await;
    dovecot.end().await;
    world.end().await;
}
