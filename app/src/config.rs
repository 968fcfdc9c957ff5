//! Configuration: flags over environment over `support.toml` in the data folder. Unknown keys are errors.

use crate::Error;
use serde::Deserialize;
use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

/// With fewer, what one request needs at once could wait for itself.
const FEWEST_CONNECTIONS: usize = 4;

/// How the program runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder of the database, the files and the secret.
    pub data: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// `postgres://…`; SQLite in the data folder when none.
    pub database_url: Option<String>,
    /// Connections to PostgreSQL, beside the one that hears other nodes.
    pub database_connections: usize,
    /// Where people reach it.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Off for load tests only.
    pub rate_limits: bool,
    /// Requests worked on at once.
    pub concurrency: usize,
    /// S3 instead of the data folder for files.
    pub s3: Option<files::S3>,
    /// The ways by which mail comes in.
    pub mail: MailConfig,
    /// What may be reached beyond https to the public Internet: webhooks go out by it.
    pub outgoing: fetch::Rules,
}

/// The ways by which mail comes in.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// Where a mail server hands mail over (LMTP).
    pub lmtp_listen: Option<SocketAddr>,
    /// Where mail servers deliver (SMTP).
    pub smtp_listen: Option<SocketAddr>,
    /// The name that it gives to mail servers; none: that of `public_url`.
    pub host: Option<String>,
    /// Whether DKIM, SPF and DMARC are looked at where no host says so.
    pub authenticate: bool,
    /// The DNS server that is asked for it; none: the system's.
    pub dns_server: Option<SocketAddr>,
}

impl Default for MailConfig {
    fn default() -> Self {
        Self { lmtp_listen: None, smtp_listen: None, host: None, authenticate: true, dns_server: None }
    }
}

/// What flags and environment say; the rest comes from the file.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// `--listen`
    pub listen: Option<SocketAddr>,
    /// `--database-url`
    pub database_url: Option<String>,
    /// `--public-url`
    pub public_url: Option<String>,
    /// `--rate-limits`
    pub rate_limits: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<SocketAddr>,
    database_url: Option<String>,
    database_connections: Option<usize>,
    public_url: Option<String>,
    #[serde(default)]
    trusted_proxies: Vec<IpAddr>,
    rate_limits: Option<bool>,
    concurrency: Option<usize>,
    s3: Option<FileS3>,
    #[serde(default)]
    outgoing: FileOutgoing,
    #[serde(default)]
    mail: FileMail,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct FileMail {
    lmtp_listen: Option<SocketAddr>,
    smtp_listen: Option<SocketAddr>,
    host: Option<String>,
    authenticate: Option<bool>,
    dns_server: Option<SocketAddr>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct FileOutgoing {
    /// Addresses, networks and names in private networks.
    #[serde(default)]
    private: Vec<String>,
    #[serde(default)]
    http: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileS3 {
    endpoint: Option<String>,
    bucket: String,
    region: String,
    access_key: String,
    secret_key: Option<String>,
    /// The secret may stand in a file of its own.
    secret_key_file: Option<PathBuf>,
}

impl Config {
    /// The defaults for a data folder; tests begin here.
    pub fn in_folder(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            database_url: None,
            database_connections: db::CONNECTIONS,
            public_url: "http://127.0.0.1:8080".to_owned(),
            trusted_proxies: Vec::new(),
            rate_limits: true,
            concurrency: 512,
            s3: None,
            outgoing: fetch::Rules::default(),
            mail: MailConfig::default(),
        }
    }

    /// Reads `support.toml` of the data folder, if there is one, below what was given.
    pub fn load(data: &Path, given: Given) -> Result<Self, Error> {
        let path = data.join("support.toml");
        let file: File = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| Error::Config(format!("{}: {error}", path.display())))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => File::default(),
            Err(error) => return Err(Error::Io { what: format!("{} can't be read", path.display()), error }),
        };
        let defaults = Self::in_folder(data);
        let listen = given.listen.or(file.listen).unwrap_or(defaults.listen);
        let public_url = given.public_url.or(file.public_url).unwrap_or_else(|| format!("http://{listen}"));
        if !public_url.starts_with("http://") && !public_url.starts_with("https://") {
            return Err(Error::Config(format!("public_url must begin with http:// or https://, but is {public_url}")));
        }
        let database_connections = file.database_connections.unwrap_or(defaults.database_connections);
        if database_connections < FEWEST_CONNECTIONS {
            return Err(Error::Config(format!("database_connections must be {FEWEST_CONNECTIONS} or more, but is {database_connections}")));
        }
        Ok(Self {
            listen,
            public_url: public_url.trim_end_matches('/').to_owned(),
            database_url: given.database_url.or(file.database_url),
            database_connections,
            trusted_proxies: file.trusted_proxies,
            rate_limits: given.rate_limits.or(file.rate_limits).unwrap_or(true),
            concurrency: file.concurrency.unwrap_or(defaults.concurrency),
            s3: file.s3.map(s3).transpose()?,
            outgoing: outgoing(&file.outgoing)?,
            mail: mail(file.mail)?,
            data: defaults.data,
        })
    }

    /// Where the database is.
    pub fn database(&self) -> db::Options {
        match &self.database_url {
            Some(url) => db::Options::Postgres { url: url.clone(), connections: self.database_connections },
            None => db::Options::Sqlite(self.data.join("support.sqlite")),
        }
    }

    pub(crate) fn web(&self) -> web::Config {
        web::Config {
            public_url: self.public_url.clone(),
            trusted_proxies: self.trusted_proxies.clone(),
            rate_limits: self.rate_limits,
            concurrency: self.concurrency,
        }
    }
}

/// The environment goes before the file: `SUPPORT_MAIL_LMTP_LISTEN` and its like.
fn mail(file: FileMail) -> Result<MailConfig, Error> {
    Ok(MailConfig {
        lmtp_listen: env("SUPPORT_MAIL_LMTP_LISTEN")?.or(file.lmtp_listen),
        smtp_listen: env("SUPPORT_MAIL_SMTP_LISTEN")?.or(file.smtp_listen),
        host: env("SUPPORT_MAIL_HOST")?.or(file.host),
        authenticate: env("SUPPORT_MAIL_AUTHENTICATE")?.or(file.authenticate).unwrap_or(true),
        dns_server: env("SUPPORT_MAIL_DNS_SERVER")?.or(file.dns_server),
    })
}

fn env<T: std::str::FromStr>(name: &str) -> Result<Option<T>, Error> {
    match std::env::var(name) {
        Ok(text) => text.parse().map(Some).map_err(|_| Error::Config(format!("{name} is {text}, which can't be"))),
        Err(_) => Ok(None),
    }
}

fn outgoing(file: &FileOutgoing) -> Result<fetch::Rules, Error> {
    let place = |text: &String| text.parse().map_err(|error| Error::Config(format!("outgoing.private: {error}")));
    Ok(fetch::Rules { private: file.private.iter().map(place).collect::<Result<_, _>>()?, http: file.http })
}

fn s3(file: FileS3) -> Result<files::S3, Error> {
    let secret_key = match (file.secret_key, file.secret_key_file) {
        (Some(secret), None) => secret,
        (None, Some(path)) => std::fs::read_to_string(&path).map_err(Error::io(format!("{} can't be read", path.display())))?.trim().to_owned(),
        _ => return Err(Error::Config("s3 needs either secret_key or secret_key_file".to_owned())),
    };
    Ok(files::S3 { endpoint: file.endpoint.unwrap_or_default(), bucket: file.bucket, region: file.region, access_key: file.access_key, secret_key })
}
