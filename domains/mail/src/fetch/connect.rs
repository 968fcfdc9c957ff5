//! From a host and a port to a folder that is open: TCP, TLS, signing in, `EXAMINE`. Nothing is changed on the server: a mail that
//! was not seen stays so.

use super::{
    Ground, oauth,
    source::{Fetching, place},
    trouble::Trouble,
    words::{Security, SignIn},
};
use async_imap::{Authenticator, Client, Session, types::Mailbox};
use rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName};
use std::{
    fmt::Debug,
    sync::{Arc, LazyLock},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

/// Each step must be done by then.
pub(crate) const STEP: Duration = Duration::from_secs(30);
/// Connection and signing in together.
const WHOLE: Duration = Duration::from_mins(1);

/// What mails come through.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Sync + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync + Debug> Wire for T {}

pub(crate) type Imap = Session<Box<dyn Wire>>;

/// The certificates that this machine trusts.
static TLS: LazyLock<Result<Arc<ClientConfig>, String>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions();
    Ok(Arc::new(config.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth()))
});

/// Signs in and opens the folder.
pub(crate) async fn open(ground: &Ground, fetching: &Fetching) -> Result<(Imap, Mailbox), Trouble> {
    timeout(WHOLE, async {
        let client = greeted(fetching).await?;
        let mut session = signed_in(ground, fetching, client).await?;
        let folder = session.examine(&fetching.folder).await?;
        Ok((session, folder))
    })
    .await?
}

async fn greeted(fetching: &Fetching) -> Result<Client<Box<dyn Wire>>, Trouble> {
    let port = u16::try_from(fetching.port).map_err(|_| Trouble::Unreachable("the port is none".to_owned()))?;
    let tcp = timeout(STEP, TcpStream::connect((fetching.host.as_str(), port))).await??;
    tcp.set_nodelay(true)?;
    let mut client = Client::new(match fetching.security {
        Security::Tls => encrypted(&fetching.host, Box::new(tcp)).await?,
        Security::StartTls | Security::None => Box::new(tcp) as Box<dyn Wire>,
    });
    if client.read_response().await?.is_none() {
        return Err(Trouble::Unreachable("it was closed by the server".to_owned()));
    }
    if fetching.security == Security::StartTls {
        client.run_command_and_check_ok("STARTTLS", None).await?;
        // what came with the answer, in the clear, is dropped here (CVE-2011-0411 and its like)
        client = Client::new(encrypted(&fetching.host, client.into_inner()).await?);
    }
    Ok(client)
}

async fn encrypted(host: &str, wire: Box<dyn Wire>) -> Result<Box<dyn Wire>, Trouble> {
    let config = TLS.as_ref().map_err(|error| Trouble::Unreachable(error.clone()))?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| Trouble::Unreachable("the host is no name".to_owned()))?;
    Ok(Box::new(timeout(STEP, TlsConnector::from(Arc::clone(config)).connect(name, wire)).await??))
}

async fn signed_in(ground: &Ground, fetching: &Fetching, client: Client<Box<dyn Wire>>) -> Result<Imap, Trouble> {
    let session = match fetching.sign_in {
        SignIn::Password => {
            let sealed = fetching.password.as_deref().unwrap_or_default();
            let password = ground.seal.open(&place(fetching.mailbox_id, "password"), sealed)?;
            client.login(&fetching.username, password).await
        }
        SignIn::OAuth2 => {
            let token = oauth::access_token(ground, fetching).await?;
            client.authenticate("XOAUTH2", Bearer { user: fetching.username.clone(), token, is_sent: false }).await
        }
    };
    session.map_err(|(error, _)| error.into())
}

/// XOAUTH2 as Google and Microsoft speak it: the token, and an empty answer to what a refusal says.
struct Bearer {
    user: String,
    token: String,
    is_sent: bool,
}

impl Authenticator for Bearer {
    type Response = String;

    fn process(&mut self, _: &[u8]) -> String {
        if std::mem::replace(&mut self.is_sent, true) {
            return String::new();
        }
        format!("user={}\u{1}auth=Bearer {}\u{1}\u{1}", self.user, self.token)
    }
}
