//! A conversation with a mail server (RFC 5321), bounded in time. After an answer that is no yes it is over.

use crate::{
    send::Answered,
    send_letter::address,
    send_route::{Route, Security},
    sender::clean,
    words::of_machine,
};
use kernel::Result;
use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
        response::Response,
    },
};
use std::{error::Error as _, time::Duration};
use tokio::time::timeout;

/// From the first packet to being signed in.
const OPENING: Duration = Duration::from_secs(45);
/// For the first packets alone.
const CONNECTING: Duration = Duration::from_secs(20);
/// For one mail; shorter than the lease of a mail that was taken.
const HANDING_OVER: Duration = Duration::from_mins(3);
/// For a good-bye.
const CLOSING: Duration = Duration::from_secs(2);

/// An open line to a mail server.
pub(crate) struct Line(AsyncSmtpConnection);

impl Line {
    /// Opens it and signs in; else says what is wrong, in the server's words where it had some.
    pub(crate) async fn open(route: &Route, password: Option<&str>) -> std::result::Result<Self, String> {
        match timeout(OPENING, Self::connect(route, password)).await {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(error)) => Err(words_of(&error)),
            Err(_) => Err(format!("{} did not answer in {} seconds.", route.host, OPENING.as_secs())),
        }
    }

    async fn connect(route: &Route, password: Option<&str>) -> std::result::Result<Self, Error> {
        let hello = ClientId::Domain(route.domain().to_owned());
        let port = u16::try_from(route.port).unwrap_or_default();
        let tls = || TlsParameters::new_rustls(route.host.clone());
        let at_once = if route.security == Security::Tls { Some(tls()?) } else { None };
        let mut line = AsyncSmtpConnection::connect_tokio1((route.host.as_str(), port), Some(CONNECTING), &hello, at_once, None).await?;
        if route.security == Security::StartTls {
            line.starttls(tls()?, &hello).await?;
        }
        if let Some(password) = password {
            line.auth(DEFAULT_MECHANISMS, &Credentials::new(route.user_name.clone(), password.to_owned())).await?;
        }
        Ok(Self(line))
    }

    /// Hands over one mail to one address.
    pub(crate) async fn send(&mut self, from: &str, to: &str, mail: &[u8]) -> Result<Answered> {
        let envelope = Envelope::new(Some(address(from)?), vec![address(to)?]).map_err(|error| kernel::Fault::Broken(error.to_string()))?;
        Ok(match timeout(HANDING_OVER, self.0.send(&envelope, mail)).await {
            Ok(Ok(response)) => Answered::Taken(said(&response)),
            Ok(Err(error)) if error.is_permanent() || error.is_client() => Answered::Never(words_of(&error)),
            Ok(Err(error)) => Answered::Later(words_of(&error)),
            Err(_) => Answered::Later(format!("The server did not answer in {} minutes.", HANDING_OVER.as_secs() / 60)),
        })
    }

    /// Says good-bye.
    pub(crate) async fn close(mut self) {
        // whoever does not answer that is left
        let _ = timeout(CLOSING, self.0.quit()).await;
    }
}

fn said(response: &Response) -> String {
    clean(&format!("{} {}", response.code(), response.message().collect::<Vec<_>>().join(" ")))
}

/// `550 No such user`, or what broke.
fn words_of(error: &Error) -> String {
    let source = error.source().map(ToString::to_string).unwrap_or_default();
    clean(&match error.status() {
        Some(code) => format!("{code} {source}"),
        None if source.is_empty() => error.to_string(),
        None => format!("No connection: {}", of_machine(&source)),
    })
}
