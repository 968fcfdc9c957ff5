//! Our own look at whether a mail is from whom it says: DKIM (RFC 6376), SPF (RFC 7208) where we know who handed it over, DMARC
//! (RFC 7489). For mailboxes that believe no host's Authentication-Results. What DNS does not answer proves nothing.

use crate::{
    arrival::Arrival,
    verdict::{Verdict, aligned},
};
use bytes::Bytes;
use mail_auth::{
    AuthenticatedMessage, DkimResult, DmarcResult, MessageAuthenticator, SpfOutput, SpfResult,
    common::verify::VerifySignature as _,
    dmarc::verify::DmarcParameters,
    hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts},
    spf::verify::SpfParameters,
};
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{runtime::Handle, task::spawn_blocking, time::timeout};

/// Longer nobody waits for a verdict.
const PATIENCE: Duration = Duration::from_secs(5);
/// One question to DNS; it is asked twice.
const QUESTION: Duration = Duration::from_secs(2);
/// Answers that are remembered, as long as they say.
const REMEMBERED: u64 = 4_096;
/// Signatures that are looked at; more is a way to keep us busy (RFC 6376, 8.4).
const SIGNATURES: usize = 10;

/// Asks DNS, and remembers what it answers.
#[derive(Clone)]
pub struct Authentic {
    dns: MessageAuthenticator,
    host: String,
}

impl Authentic {
    /// With a DNS server, or those of the system. `host`: our own name.
    pub fn new(server: Option<SocketAddr>, host: &str) -> Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("no resolver for DNS: {error}");
        let (config, mut options) = match server {
            Some(server) => (of_server(server), ResolverOpts::default()),
            None => mail_auth::hickory_resolver::system_conf::read_system_conf().map_err(|error| told(&error))?,
        };
        (options.timeout, options.attempts, options.cache_size) = (QUESTION, 2, REMEMBERED);
        let dns = MessageAuthenticator::new(config, options).map_err(|error| told(&error))?;
        Ok(Self { dns, host: host.to_owned() })
    }

    /// What is known of the sender's address, soon.
    pub(crate) async fn verdict(&self, arrival: &Arrival, raw: Bytes, from_domain: &str) -> Verdict {
        if from_domain.is_empty() {
            return Verdict::Neutral;
        }
        let (this, from_domain, envelope) = (self.clone(), from_domain.to_owned(), Envelope::of(arrival));
        // hashing a large mail takes its time
        let look = spawn_blocking(move || Handle::current().block_on(timeout(PATIENCE, this.look(&raw, &from_domain, &envelope))));
        match look.await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(_)) => Verdict::Neutral,
            Err(error) => {
                tracing::error!(%error, "a mail's authenticity could not be looked at");
                Verdict::Neutral
            }
        }
    }

    async fn look(&self, raw: &[u8], from_domain: &str, envelope: &Envelope) -> Verdict {
        let Some(mut message) = AuthenticatedMessage::parse(raw) else { return Verdict::Neutral };
        message.dkim_headers.truncate(SIGNATURES);
        let dkim = self.dns.verify_dkim(&message).await;
        let spf = self.spf(envelope).await;
        let dmarc = self.dns.verify_dmarc(DmarcParameters::new(&message, &dkim, envelope.domain(), &spf)).await;
        let is_signed = dkim
            .iter()
            .any(|output| *output.result() == DkimResult::Pass && output.signature().is_some_and(|signature| aligned(signature.domain(), from_domain)));
        let found = Found {
            is_signed,
            is_any_signed: dkim.iter().any(|output| *output.result() == DkimResult::Pass),
            is_unsure: dkim.iter().any(|output| matches!(output.result(), DkimResult::TempError(_))) || spf.result() == SpfResult::TempError,
            spf: envelope.client.is_some().then(|| (spf.result(), aligned(envelope.domain(), from_domain))),
            dmarc: dmarc.result(),
        };
        found.verdict()
    }

    async fn spf(&self, envelope: &Envelope) -> SpfOutput {
        let Some((ip, name)) = &envelope.client else { return SpfOutput::new(envelope.domain().to_owned()) };
        if envelope.from.is_empty() {
            return self.dns.verify_spf(SpfParameters::verify_ehlo(*ip, name, &self.host)).await;
        }
        self.dns.verify_spf(SpfParameters::verify_mail_from(*ip, name, &self.host, &envelope.from)).await
    }
}

fn of_server(server: SocketAddr) -> ResolverConfig {
    let at_port = |mut connection: ConnectionConfig| {
        connection.port = server.port();
        connection
    };
    let connections = vec![at_port(ConnectionConfig::udp()), at_port(ConnectionConfig::tcp())];
    ResolverConfig::from_parts(None, Vec::new(), vec![NameServerConfig::new(server.ip(), true, connections)])
}

/// Who handed it over, and in whose name.
struct Envelope {
    client: Option<(IpAddr, String)>,
    from: String,
}

impl Envelope {
    fn of(arrival: &Arrival) -> Self {
        let ip = arrival.client_ip.as_deref().and_then(|ip| ip.parse().ok());
        Self { client: ip.zip(arrival.client_name.clone()), from: arrival.envelope_from.clone().unwrap_or_default() }
    }

    fn domain(&self) -> &str {
        match self.from.rsplit_once('@') {
            Some((_, domain)) => domain,
            None => self.client.as_ref().map_or("", |(_, name)| name),
        }
    }
}

/// What the three said.
struct Found {
    /// A signature of the author's domain is good.
    is_signed: bool,
    is_any_signed: bool,
    /// DNS did not answer something that may decide.
    is_unsure: bool,
    /// What it says, and whether of the author's domain; none when nobody knows who handed the mail over.
    spf: Option<(SpfResult, bool)>,
    dmarc: DmarcResult,
}

impl Found {
    fn verdict(&self) -> Verdict {
        let is_sent = self.spf == Some((SpfResult::Pass, true));
        if self.is_signed || is_sent || self.dmarc == DmarcResult::Pass {
            return Verdict::Pass;
        }
        if self.is_unsure || self.spf.is_none() {
            return Verdict::Neutral;
        }
        let is_refused = self.spf.is_some_and(|(result, _)| result == SpfResult::Fail) && !self.is_any_signed;
        if is_refused || matches!(self.dmarc, DmarcResult::Fail(_)) { Verdict::Fail } else { Verdict::Neutral }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_auth::Error;

    #[test]
    fn what_proves_it_what_disproves_it_and_what_says_nothing() {
        use Verdict::{Fail, Neutral, Pass};
        let failed = || DmarcResult::Fail(Error::NotAligned);
        let spf = |result| Some((result, true));
        for (is_signed, is_any_signed, is_unsure, spf, dmarc, verdict) in [
            (true, true, false, None, DmarcResult::None, Pass),
            (true, true, true, spf(SpfResult::Fail), failed(), Pass),
            (false, false, false, spf(SpfResult::Pass), DmarcResult::None, Pass),
            (false, false, false, Some((SpfResult::Pass, false)), DmarcResult::None, Neutral),
            (false, false, false, Some((SpfResult::Pass, false)), failed(), Fail),
            (false, false, false, spf(SpfResult::Fail), DmarcResult::None, Fail),
            (false, true, false, spf(SpfResult::Fail), DmarcResult::None, Neutral),
            (false, false, false, spf(SpfResult::SoftFail), DmarcResult::None, Neutral),
            (false, false, true, spf(SpfResult::None), failed(), Neutral),
            (false, false, false, None, failed(), Neutral),
            (false, true, false, None, DmarcResult::None, Neutral),
        ] {
            let found = Found { is_signed, is_any_signed, is_unsure, spf, dmarc: dmarc.clone() };
            assert_eq!(found.verdict(), verdict, "{is_signed} {is_any_signed} {is_unsure} {spf:?} {dmarc:?}");
        }
    }
}
