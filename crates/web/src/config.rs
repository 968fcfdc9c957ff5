//! What the operator decides about HTTP.

use std::net::IpAddr;

/// HTTP settings, given at start.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where people reach the program: `https://help.example.com`, without a slash at the end.
    pub public_url: String,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// False switches rate limits off: for load tests only.
    pub rate_limits: bool,
    /// Requests worked on at once; more are answered 503.
    pub concurrency: usize,
}

impl Config {
    /// True when cookies may only travel over TLS.
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// How much may be uploaded; an admin changes it at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadLimit {
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Files of one message.
    pub files: usize,
}

impl Default for UploadLimit {
    fn default() -> Self {
        Self { file_bytes: 25 * 1024 * 1024, files: 20 }
    }
}
