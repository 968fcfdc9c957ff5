//! Which addresses belong to the public Internet. Sources: the IANA registries of special-purpose addresses for IPv4 (RFC
//! 6890 and later) and IPv6, RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo).

use ipnet::{Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const fn v4(a: u8, b: u8, c: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), prefix)
}

/// Everything else of IPv4 is public.
const NOT_PUBLIC: [Ipv4Net; 15] = [
    v4(0, 0, 0, 8),       // this network
    v4(10, 0, 0, 8),      // private
    v4(100, 64, 0, 10),   // carrier-grade NAT
    v4(127, 0, 0, 8),     // loopback
    v4(169, 254, 0, 16),  // link-local, metadata of most clouds
    v4(172, 16, 0, 12),   // private
    v4(192, 0, 0, 24),    // protocol assignments
    v4(192, 0, 2, 24),    // documentation
    v4(192, 88, 99, 24),  // 6to4 relays
    v4(192, 168, 0, 16),  // private
    v4(198, 18, 0, 15),   // benchmarks
    v4(198, 51, 100, 24), // documentation
    v4(203, 0, 113, 24),  // documentation
    v4(224, 0, 0, 4),     // multicast
    v4(240, 0, 0, 4),     // reserved, broadcast
];

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// Global unicast: what lies outside is not public, so that unique local, link-local and multicast need no line.
const GLOBAL: Ipv6Net = v6(0x2000, 0, 0, 3);
/// What of it is not public either.
const NOT_GLOBAL: [Ipv6Net; 5] = [
    v6(0x2001, 0, 0, 23),     // protocol assignments, Teredo, ORCHID
    v6(0x2001, 0xdb8, 0, 32), // documentation
    v6(0x2002, 0, 0, 16),     // 6to4: an IPv4 address within
    v6(0x3ffe, 0, 0, 16),     // the old 6bone
    v6(0x3fff, 0, 0, 20),     // documentation
];
/// The prefix under which a network without IPv4 reaches it.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// Where clouds tell a machine its own credentials. Never reached, whatever an operator allows beside them.
const METADATA: [IpAddr; 6] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// The address that is meant: an IPv4 address within IPv6 is itself.
pub(crate) fn meant(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) if NAT64.contains(&six) => {
            let [.., a, b, c, d] = six.octets();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Anybody may be reached there: not private, loopback, link-local, multicast, reserved, nor the metadata of a cloud.
pub fn is_public(address: IpAddr) -> bool {
    match meant(address) {
        four if is_metadata(four) => false,
        IpAddr::V4(four) => !NOT_PUBLIC.iter().any(|net| net.contains(&four)),
        IpAddr::V6(six) => GLOBAL.contains(&six) && !NOT_GLOBAL.iter().any(|net| net.contains(&six)),
    }
}

/// Where a cloud tells a machine its own credentials.
pub fn is_metadata(address: IpAddr) -> bool {
    METADATA.contains(&meant(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00::1",
            "64:ff9b::808:808",
            "::ffff:8.8.8.8",
        ];
        let not = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "100.100.100.200",
            "168.63.129.16",
            "169.254.170.2",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::7f00:1",
            "100::1",
            "2001::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "3ffe::1",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
            "4000::1",
        ];
        let wrong = |list: &[&str], expected: bool| {
            list.iter().filter(|text| is_public(text.parse().unwrap()) != expected).map(|text| (*text).to_owned()).collect::<Vec<_>>()
        };

        assert_eq!((wrong(&public, true), wrong(&not, false)), (Vec::new(), Vec::new()));
    }
}
