//! Lines to mail servers under TLS: a certificate that the machine believes is needed, and nothing is said in the clear.

use crate::{
    client::Visitor,
    dovecot::{Dovecot, PASSWORD, USER, free},
    killed,
    mail_in::SUPPORT,
    smtp::Smtp,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// An authority of the test's own, and a certificate of it for localhost.
struct Trust {
    authority: String,
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Trust {
    fn new() -> Self {
        let (own, key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = authority.self_signed(&own).unwrap().pem();
        let issuer = Issuer::new(authority, own);
        let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        Self { authority: pem, certificate, key }
    }

    fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(vec![self.certificate.der().clone()], key).unwrap()))
    }
}

/// A port that speaks TLS before a server that does not; `upgrades`: once STARTTLS (RFC 3207) is asked for.
async fn before(smtp: &Smtp, trust: &Trust, upgrades: bool) -> u16 {
    let (listener, acceptor, port) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), trust.acceptor(), smtp.port);
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut line, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if upgrades {
                    asked_to_start(&mut line).await;
                }
                let (Ok(mut line), mut server) = (acceptor.accept(line).await, TcpStream::connect(("127.0.0.1", port)).await.unwrap()) else { return };
                if upgrades {
                    let mut greeting = [0; 200];
                    assert!(server.read(&mut greeting).await.unwrap() > 0);
                }
                let _ = tokio::io::copy_bidirectional(&mut line, &mut server).await;
            });
        }
    });
    address.port()
}

async fn asked_to_start(line: &mut TcpStream) {
    line.write_all(b"220 mx.test\r\n").await.unwrap();
    loop {
        let mut said = String::new();
        BufReader::with_capacity(1, &mut *line).read_line(&mut said).await.unwrap();
        match said.trim() {
            "STARTTLS" => break line.write_all(b"220 go on\r\n").await.unwrap(),
            other => assert!(other.starts_with("EHLO"), "nothing but this in the clear: {other}"),
        }
        line.write_all(b"250-mx.test\r\n250 STARTTLS\r\n").await.unwrap();
    }
}

/// A program that believes this authority alone, its admin, and the path of a mailbox.
async fn program(folder: &Path, trust: &Trust) -> (killed::Program, Visitor, String) {
    killed::run(folder, None, &["user", "add", "ada@staff.test", "--name", "Ada", "--role", "admin"]).await;
    let token = killed::run(folder, None, &["token", "add", "ada@staff.test", "--name", "tls", "--scope", "tickets:read", "--scope", "tickets:write"]).await;
    let bundle = folder.join("authority.pem");
    fs::write(&bundle, &trust.authority).unwrap();
    let mut command = killed::command(folder, None);
    command.env("SSL_CERT_FILE", &bundle).env_remove("SSL_CERT_DIR");
    let program = killed::serve(command).await;
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
    let ada = Visitor::new(http, &program.url).with_token(&token);
    let id = ada.post("/api/mail/mailboxes", &json!({ "address": SUPPORT, "name": "Support", "isOn": true })).await.is(201).id();
    (program, ada, format!("/api/mail/mailboxes/{id}"))
}

/// What comes of a test with this server.
async fn tried(ada: &Visitor, path: &str, server: Value) -> Value {
    ada.put(path, &server).await.is(200);
    ada.post(&format!("{path}/test"), &json!({})).await.is(200).json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_goes_out_under_tls_to_servers_that_prove_who_they_are() {
    let (folder, trust, other, smtp) = (tempfile::tempdir().unwrap(), Trust::new(), Trust::new(), Smtp::start().await);
    let (_program, ada, mailbox) = program(folder.path(), &trust).await;
    let path = format!("{mailbox}/sending");
    let server =
        |host: &str, port: u16, security: &str| json!({ "host": host, "port": port, "security": security, "userName": "ada", "password": "hush hush" });

    for upgrades in [false, true] {
        let security = if upgrades { "STARTTLS" } else { "TLS" };
        let good = before(&smtp, &trust, upgrades).await;
        assert_eq!(tried(&ada, &path, server("localhost", good, security)).await["isSent"], true, "{security}");
        let wrong_name = tried(&ada, &path, server("127.0.0.1", good, security)).await;
        let unknown = tried(&ada, &path, server("localhost", before(&smtp, &other, upgrades).await, security)).await;
        for refused in [wrong_name, unknown] {
            assert_eq!(refused["isSent"], false, "{security}: {refused}");
            assert!(refused["words"].as_str().unwrap().contains("certificate"), "{refused}");
        }
    }
    let clear = tried(&ada, &path, server("localhost", smtp.port, "STARTTLS")).await;
    assert_eq!(clear["isSent"], false, "a server that can't is not told the password: {clear}");
    assert_eq!((smtp.taken().len(), smtp.signed_in().len()), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_is_fetched_under_tls_from_servers_that_prove_who_they_are() {
    let (folder, trust, port) = (tempfile::tempdir().unwrap(), Trust::new(), free().await.port());
    let files = tempfile::tempdir().unwrap();
    fs::set_permissions(files.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let (certificate, key) = (files.path().join("certificate"), files.path().join("key"));
    fs::write(&certificate, trust.certificate.pem()).unwrap();
    fs::write(&key, trust.key.serialize_pem()).unwrap();
    let dovecot = Dovecot::with(&format!(
        "ssl = yes\nssl_cert = <{}\nssl_key = <{}\nservice imap-login {{\n inet_listener imaps {{\n  port = {port}\n  ssl = yes\n }}\n}}\n",
        certificate.display(),
        key.display()
    ))
    .await;
    let (_program, ada, mailbox) = program(folder.path(), &trust).await;
    let path = format!("{mailbox}/fetching");
    let server = |host: &str, port: u16, security: &str| json!({ "isOn": false, "host": host, "port": port, "security": security, "username": USER, "password": PASSWORD });

    for (port, security) in [(port, "TLS"), (dovecot.imap.port(), "STARTTLS")] {
        let good = tried(&ada, &path, server("localhost", port, security)).await;
        assert_eq!(good["works"], true, "{security}: {good}");
        let wrong_name = tried(&ada, &path, server("127.0.0.1", port, security)).await;
        assert_eq!(wrong_name["works"], false, "{security}: {wrong_name}");
        assert!(wrong_name["words"].as_str().unwrap().contains("certificate"), "{wrong_name}");
    }
    dovecot.end().await;
}
