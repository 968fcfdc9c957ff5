//! One connection: commands, and mails that are kept before they are accepted.

use super::{
    Ground, Protocol,
    data::{Data, MOST, Whole},
};
use crate::{Arrival, ArrivalId, Mailbox, MailboxId, Origin, Via, sender::clean};
use bytes::Bytes;
use kernel::Result as HouseResult;
use smtp_proto::{Error, MAIL_BODY_BINARYMIME, MailFrom, Request};
use std::{borrow::Cow, io, net::IpAddr, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream},
    net::TcpStream,
    time::timeout,
};

/// The longest command (RFC 5321, 4.5.3.1, with room for parameters).
const LINE: usize = 2_048;
/// Recipients of one mail.
const RECIPIENTS: usize = 100;
/// So many mistakes, and it is over.
const MISTAKES: usize = 20;
/// Somebody who says nothing for so long is gone (RFC 5321, 4.5.3.2).
const SILENCE: Duration = Duration::from_mins(5);
/// The longest address.
const ADDRESS: usize = 320;

/// Who gets the mail.
struct Recipient {
    mailbox: MailboxId,
    address: String,
}

#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<Recipient>,
}

pub(super) struct Session {
    ground: Ground,
    stream: BufStream<TcpStream>,
    peer: IpAddr,
    /// As it called itself.
    name: Option<String>,
    envelope: Envelope,
    mistakes: usize,
}

/// What to say, and whether to go on.
enum Next {
    Say(Cow<'static, str>),
    Bad(Cow<'static, str>),
    TakeMail,
    End(&'static str),
}

const fn say(text: &'static str) -> Next {
    Next::Say(Cow::Borrowed(text))
}

const fn bad(text: &'static str) -> Next {
    Next::Bad(Cow::Borrowed(text))
}

impl Session {
    pub(super) fn new(ground: Ground, stream: TcpStream, peer: IpAddr) -> Self {
        let _ = stream.set_nodelay(true);
        Self { ground, stream: BufStream::new(stream), peer, name: None, envelope: Envelope::default(), mistakes: 0 }
    }

    pub(super) async fn run(mut self) -> io::Result<()> {
        let protocol = if self.ground.protocol == Protocol::Lmtp { "LMTP" } else { "ESMTP" };
        let greeting = format!("220 {} {protocol}", self.ground.host);
        self.answer(&greeting).await?;
        loop {
            let Some(line) = timeout(SILENCE, self.line()).await?? else { return self.answer("500 5.5.2 Too long, or not ended with CRLF").await };
            if line.is_empty() {
                return Ok(());
            }
            match self.command(&line).await {
                Next::Say(text) => self.answer(&text).await?,
                Next::Bad(text) => {
                    self.mistakes += 1;
                    if self.mistakes >= MISTAKES {
                        return self.answer("421 4.7.0 Too many mistakes").await;
                    }
                    self.answer(&text).await?;
                }
                Next::TakeMail => self.mail().await?,
                Next::End(text) => return self.answer(text).await,
            }
        }
    }

    /// A line with its CRLF; empty at the end, none when it is no line.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        loop {
            let some = self.stream.fill_buf().await?;
            if some.is_empty() {
                return Ok(Some(Vec::new()));
            }
            let end = some.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let used = end.unwrap_or(some.len());
            line.extend_from_slice(&some[..used]);
            self.stream.consume(used);
            if line.len() > LINE {
                return Ok(None);
            }
            if end.is_some() {
                return Ok(Some(line).filter(|line| line.ends_with(b"\r\n")));
            }
        }
    }

    async fn answer(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes()).await?;
        self.stream.write_all(b"\r\n").await?;
        self.stream.flush().await
    }

    async fn command(&mut self, line: &[u8]) -> Next {
        let request = match Request::parse(&mut line.iter()) {
            Ok(request) => request,
            Err(error) => return wrong(&error),
        };
        match (self.ground.protocol, request) {
            (Protocol::Lmtp, Request::Lhlo { host }) | (Protocol::Smtp, Request::Ehlo { host }) => self.hello(&host),
            (Protocol::Smtp, Request::Helo { host }) => {
                self.hello(&host);
                Next::Say(format!("250 {}", self.ground.host).into())
            }
            (Protocol::Lmtp, Request::Ehlo { .. } | Request::Helo { .. }) => bad("500 5.5.1 This is LMTP: say LHLO"),
            (_, Request::Mail { from }) => self.from(&from),
            (_, Request::Rcpt { to }) => self.to(&to.address).await,
            (_, Request::Data) if self.envelope.from.is_none() => bad("503 5.5.1 MAIL first"),
            (_, Request::Data) if self.envelope.to.is_empty() => bad("503 5.5.1 No valid recipients"),
            (_, Request::Data) => Next::TakeMail,
            (_, Request::Rset) => {
                self.envelope = Envelope::default();
                say("250 2.0.0 OK")
            }
            (_, Request::Noop { .. }) => say("250 2.0.0 OK"),
            (_, Request::Vrfy { .. }) => say("252 2.1.5 Send a mail and see"),
            (_, Request::Quit) => Next::End("221 2.0.0 Bye"),
            _ => bad("502 5.5.1 Not spoken here"),
        }
    }

    fn hello(&mut self, host: &str) -> Next {
        self.name = Some(clean(host));
        self.envelope = Envelope::default();
        Next::Say(format!("250-{}\r\n250-PIPELINING\r\n250-SIZE {MOST}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES", self.ground.host).into())
    }

    fn from(&mut self, from: &MailFrom<Cow<'_, str>>) -> Next {
        if self.name.is_none() {
            return bad("503 5.5.1 Say hello first");
        }
        if self.envelope.from.is_some() {
            return bad("503 5.5.1 One mail after the other");
        }
        if from.size > MOST {
            return say("552 5.3.4 The mail is too large");
        }
        if from.flags & MAIL_BODY_BINARYMIME != 0 {
            return bad("555 5.5.4 BINARYMIME is not offered");
        }
        if !is_plain(&from.address) {
            return bad("553 5.1.7 This sender can't be");
        }
        self.envelope.from = Some(from.address.clone().into_owned());
        say("250 2.1.0 OK")
    }

    /// Only addresses of our own mailboxes are taken.
    async fn to(&mut self, address: &str) -> Next {
        if self.envelope.from.is_none() {
            return bad("503 5.5.1 MAIL first");
        }
        if self.envelope.to.len() >= RECIPIENTS {
            return say("452 4.5.3 Too many recipients");
        }
        if !is_plain(address) {
            return bad("553 5.1.3 This recipient can't be");
        }
        match self.mailbox(address).await {
            Ok(Some(mailbox)) if mailbox.is_on => {
                self.envelope.to.push(Recipient { mailbox: mailbox.id, address: address.to_owned() });
                say("250 2.1.5 OK")
            }
            Ok(Some(_)) => say("450 4.2.1 This mailbox takes no mail now"),
            Ok(None) => bad("550 5.1.1 There is no such mailbox"),
            Err(error) => {
                tracing::error!(%error, "it can't be asked which mailboxes there are");
                say("451 4.3.0 Try again later")
            }
        }
    }

    async fn mailbox(&self, address: &str) -> HouseResult<Option<Mailbox>> {
        Mailbox::of_address(&mut self.ground.intake.db.read().await?, address).await
    }

    /// Takes a mail: it is safe for each recipient, or its sender hears that it is not. Their fates come after the answer.
    async fn mail(&mut self) -> io::Result<()> {
        self.answer("354 Go on, and end with a dot").await?;
        let mut data = Data::default();
        let whole = loop {
            let some = timeout(SILENCE, self.stream.fill_buf()).await??;
            if some.is_empty() {
                return Ok(()); // it was never whole
            }
            let (used, whole) = data.take(some);
            self.stream.consume(used);
            if let Some(whole) = whole {
                break whole;
            }
        };
        let envelope = std::mem::take(&mut self.envelope);
        let (answers, kept) = self.keep(&envelope, whole).await;
        match self.ground.protocol {
            Protocol::Lmtp => {
                for answer in answers {
                    self.answer(answer).await?;
                }
            }
            // one answer for all: what came for some comes again, and is known then
            Protocol::Smtp => self.answer(answers.iter().find(|answer| !answer.starts_with('2')).copied().unwrap_or(SAFE)).await?,
        }
        for id in kept {
            if let Err(error) = self.ground.intake.decide(id).await {
                tracing::warn!(mail = %id, %error, "a mail waits for its fate");
            }
        }
        Ok(())
    }

    /// An answer for each recipient, and what was kept.
    async fn keep(&self, envelope: &Envelope, whole: Whole) -> (Vec<&'static str>, Vec<ArrivalId>) {
        let all = |answer| (vec![answer; envelope.to.len()], Vec::new());
        let raw = match whole {
            Whole::Mail(raw) if raw.is_empty() => return all("554 5.6.0 The mail is empty"),
            Whole::Mail(raw) => Bytes::from(raw),
            Whole::TooLarge => return all("552 5.3.4 The mail is too large"),
            Whole::BareLineFeed => return all("554 5.6.11 Lines must end with CRLF"),
        };
        let (mut answers, mut kept) = (Vec::new(), Vec::new());
        for recipient in &envelope.to {
            match Arrival::keep(&self.ground.intake.db, &self.ground.intake.store, &self.origin(envelope, recipient), raw.clone()).await {
                Ok(id) => {
                    kept.push(id);
                    answers.push(SAFE);
                }
                Err(error) => {
                    tracing::error!(%error, "a mail could not be kept");
                    answers.push("451 4.3.0 Try again later");
                }
            }
        }
        (answers, kept)
    }

    fn origin(&self, envelope: &Envelope, recipient: &Recipient) -> Origin {
        let is_smtp = self.ground.protocol == Protocol::Smtp;
        Origin {
            mailbox: Some(recipient.mailbox),
            via: if is_smtp { Via::Smtp } else { Via::Lmtp },
            envelope_from: envelope.from.clone(),
            envelope_to: Some(recipient.address.clone()),
            uid: None,
            // a mail server of our own says nothing about the sender's
            client: Some((self.peer, self.name.clone().unwrap_or_default())).filter(|_| is_smtp && ::fetch::is_public(self.peer)),
        }
    }
}

const SAFE: &str = "250 2.0.0 Kept";

fn is_plain(address: &str) -> bool {
    address.len() <= ADDRESS && !address.chars().any(char::is_control)
}

fn wrong(error: &Error) -> Next {
    match error {
        Error::UnknownCommand => bad("500 5.5.1 Not understood"),
        Error::InvalidSenderAddress => bad("501 5.1.7 This is no sender's address"),
        Error::InvalidRecipientAddress => bad("501 5.1.3 This is no recipient's address"),
        Error::UnsupportedParameter { .. } => bad("555 5.5.4 A parameter is not known"),
        _ => bad("501 5.5.4 Not understood"),
    }
}
