//! What may be reached: schemes, ports, hosts and addresses.

use crate::address::{is_metadata, is_public, meant};
use ipnet::IpNet;
use std::{net::IpAddr, str::FromStr};
use url::{Host, Url};

/// The longest address that is taken.
const LONGEST: usize = 2_000;
/// Ports from 1024 on that no web server has and other protocols listen to: the "bad ports" of the Fetch standard (WHATWG)
/// and what databases and caches use.
const OTHER_PROTOCOLS: [u16; 25] =
    [1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9200, 10080, 11211, 27017];

/// What the operator allows beyond https to the public Internet.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Places in private networks that may be reached.
    pub private: Vec<Place>,
    /// True when plain http is taken too.
    pub http: bool,
}

/// A place in a private network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Addresses: `10.20.0.0/16`, `127.0.0.1`.
    Network(IpNet),
    /// A name, whatever it resolves to: `hooks.internal`.
    Host(String),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(network) = text.parse::<IpNet>() {
            return Ok(Self::Network(network));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Network(address.into()));
        }
        match Host::parse(text) {
            Ok(Host::Domain(name)) if !text.contains('/') => Ok(Self::Host(name)),
            _ => Err(format!("{text} is neither an address, a network like 10.20.0.0/16, nor a name")),
        }
    }
}

/// Why an address is not asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not readable.
    #[error("This is not an address, like https://example.com/hooks.")]
    NotAnAddress,
    /// Another scheme than the allowed ones.
    #[error("It must begin with https://.")]
    Scheme,
    /// Name and password in the address.
    #[error("An address must not hold a name and password.")]
    Credentials,
    /// A port of another protocol.
    #[error("Port {0} is not taken: use 443, 80 or one above 1023 on which no other protocol runs.")]
    Port(u16),
    /// A private network, or nobody's.
    #[error("{0} is in a private network. An operator can allow it by the configuration.")]
    Private(String),
}

impl Rules {
    /// Reads an address and says whether it may be asked, as far as the text alone tells: names are looked up when one
    /// connects. Decimal, octal and hexadecimal forms of IPv4 are understood (WHATWG URL).
    pub fn check(&self, text: &str) -> Result<Url, Refusal> {
        if text.len() > LONGEST {
            return Err(Refusal::NotAnAddress);
        }
        let url = Url::parse(text).map_err(|_| Refusal::NotAnAddress)?;
        self.check_url(&url)?;
        Ok(url)
    }

    pub(crate) fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        match url.scheme() {
            "https" => {}
            "http" if self.http => {}
            _ => return Err(Refusal::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Credentials);
        }
        let port = url.port_or_known_default().ok_or(Refusal::NotAnAddress)?;
        if !(matches!(port, 80 | 443) || port > 1023 && !OTHER_PROTOCOLS.contains(&port)) {
            return Err(Refusal::Port(port));
        }
        let literal = match url.host().ok_or(Refusal::NotAnAddress)? {
            Host::Ipv4(four) => IpAddr::V4(four),
            Host::Ipv6(six) => IpAddr::V6(six),
            // these never leave the machine or the house (RFC 6761, RFC 8375), so it can be said at once
            Host::Domain(name) if is_local(name) && !self.names(name) && !self.names_addresses() => return Err(Refusal::Private(name.to_owned())),
            Host::Domain(_) => return Ok(()),
        };
        if self.permits("", literal) { Ok(()) } else { Err(Refusal::Private(literal.to_string())) }
    }

    /// May this address be connected to, to which this name leads?
    pub(crate) fn permits(&self, name: &str, address: IpAddr) -> bool {
        let address = meant(address);
        if is_metadata(address) || address.is_unspecified() || address.is_multicast() {
            return false;
        }
        let is_allowed = |place: &Place| matches!(place, Place::Network(network) if network.contains(&address));
        is_public(address) || self.names(name) || self.private.iter().any(is_allowed)
    }

    fn names(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.');
        self.private.iter().any(|place| matches!(place, Place::Host(host) if host.eq_ignore_ascii_case(name)))
    }

    fn names_addresses(&self) -> bool {
        self.private.iter().any(|place| matches!(place, Place::Network(_)))
    }
}

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || [".localhost", ".local", ".internal", ".home.arpa"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_as_an_address_is_refused_unless_it_is_https_to_the_public_internet() {
        let rules = Rules::default();
        let private = |text: &str| Err(Refusal::Private(text.to_owned()));
        let cases: &[(&str, Result<(), Refusal>)] = &[
            ("https://example.com/hook?x=1", Ok(())),
            ("https://example.com:8443/", Ok(())),
            ("https://1.1.1.1/", Ok(())),
            ("https://[2606:4700::1111]/", Ok(())),
            ("https://xn--bcher-kva.example/", Ok(())),
            ("", Err(Refusal::NotAnAddress)),
            ("example.com/hook", Err(Refusal::NotAnAddress)),
            ("https://", Err(Refusal::NotAnAddress)),
            ("https://exa mple.com/", Err(Refusal::NotAnAddress)),
            ("http://example.com/", Err(Refusal::Scheme)),
            ("ftp://example.com/", Err(Refusal::Scheme)),
            ("file:///etc/passwd", Err(Refusal::Scheme)),
            ("gopher://example.com/", Err(Refusal::Scheme)),
            ("https://a:b@example.com/", Err(Refusal::Credentials)),
            ("https://example.com@127.0.0.1/", Err(Refusal::Credentials)),
            ("https://example.com:22/", Err(Refusal::Port(22))),
            ("https://example.com:25/", Err(Refusal::Port(25))),
            ("https://example.com:6379/", Err(Refusal::Port(6379))),
            ("https://example.com:0/", Err(Refusal::Port(0))),
            ("https://127.0.0.1/", private("127.0.0.1")),
            ("https://127.1/", private("127.0.0.1")),
            ("https://2130706433/", private("127.0.0.1")),
            ("https://0x7f000001/", private("127.0.0.1")),
            ("https://0x7f.0.0.0x1/", private("127.0.0.1")),
            ("https://0177.0.0.1/", private("127.0.0.1")),
            ("https://017700000001/", private("127.0.0.1")),
            ("https://127.0.0.1./", private("127.0.0.1")),
            ("https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/", private("127.0.0.1")),
            ("https://%31%32%37.0.0.1/", private("127.0.0.1")),
            ("https://0/", private("0.0.0.0")),
            ("https://10.0.0.1/", private("10.0.0.1")),
            ("https://192.168.1.1/", private("192.168.1.1")),
            ("https://169.254.169.254/latest/meta-data", private("169.254.169.254")),
            ("https://2852039166/", private("169.254.169.254")),
            ("https://[::1]/", private("::1")),
            ("https://[::]/", private("::")),
            ("https://[::ffff:127.0.0.1]/", private("::ffff:127.0.0.1")),
            ("https://[::ffff:a9fe:a9fe]/", private("::ffff:169.254.169.254")),
            ("https://[64:ff9b::7f00:1]/", private("64:ff9b::7f00:1")),
            ("https://[fd00:ec2::254]/", private("fd00:ec2::254")),
            ("https://[fe80::1]/", private("fe80::1")),
            ("https://localhost/", private("localhost")),
            ("https://LOCALHOST./", private("localhost.")),
            ("https://metadata.google.internal/", private("metadata.google.internal")),
            ("https://printer.local/", private("printer.local")),
        ];

        for (text, expected) in cases {
            assert_eq!(&rules.check(text).map(drop), expected, "{text}");
        }
    }

    #[test]
    fn an_operator_opens_places_but_never_metadata_nobody_or_a_group() {
        let place = |text: &str| text.parse::<Place>();
        let rules = Rules {
            private: ["10.20.0.0/16", "127.0.0.1", "fd12::/16", "169.254.0.0/16", "hooks.internal"].iter().map(|text| place(text).unwrap()).collect(),
            http: true,
        };
        let address = |text: &str| text.parse::<IpAddr>().unwrap();

        let open = ["http://10.20.1.1:9000/", "http://127.0.0.1:4000/", "https://[fd12::1]/", "http://hooks.internal/", "http://[::ffff:10.20.0.9]/"];
        let shut = [
            "http://10.21.1.1/",
            "http://127.0.0.2/",
            "http://169.254.169.254/",
            "http://[::ffff:169.254.169.254]/",
            "http://0.0.0.0/",
            "http://224.0.0.1/",
            "http://10.20.1.1:22/",
        ];

        for text in open {
            assert!(rules.check(text).is_ok(), "{text}");
        }
        for text in shut {
            assert!(rules.check(text).is_err(), "{text}");
        }
        assert!(rules.permits("hooks.internal", address("192.168.0.1")) && rules.permits("HOOKS.internal.", address("192.168.0.1")));
        assert!(!rules.permits("other.internal", address("192.168.0.1")) && !rules.permits("hooks.internal", address("169.254.169.254")));
        assert!(place("10.0.0.0/33").is_err() && place("a b").is_err() && place("").is_err() && place("http://x").is_err());
    }
}
