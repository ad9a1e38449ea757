//! Which addresses of the network Sheaf may call. A webhook's address is chosen by a manager, who must not reach through
//! it what only the server can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far webhooks may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Addresses of the public internet.
    #[default]
    Public,
    /// Also this machine and private networks, because the operator says so. What is never an endpoint (link-local
    /// addresses and those of a cloud's metadata among them) stays refused.
    Private,
}

impl Reach {
    /// Whether an address may be connected to.
    pub fn allows(self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(ip) => is_public_v4(ip) || self == Self::Private && is_private_v4(ip),
            IpAddr::V6(ip) => is_public_v6(ip) || self == Self::Private && is_private_v6(ip),
        }
    }
}

/// Networks of IPv4 that are not of the public internet (IANA's special-purpose registry), and one address that Azure
/// serves to its machines although it looks public.
const NOT_PUBLIC_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([168, 63, 129, 16], 32),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 3),
];

/// Of these, what may be somebody's own endpoint.
const PRIVATE_V4: &[([u8; 4], u32)] = &[
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([172, 16, 0, 0], 12),
    ([192, 168, 0, 0], 16),
];

/// Alibaba's metadata, in the middle of the carriers' network.
const METADATA_V4: &[([u8; 4], u32)] = &[([100, 100, 100, 200], 32)];

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !within_v4(ip, NOT_PUBLIC_V4)
}

fn is_private_v4(ip: Ipv4Addr) -> bool {
    within_v4(ip, PRIVATE_V4) && !within_v4(ip, METADATA_V4)
}

fn within_v4(ip: Ipv4Addr, networks: &[([u8; 4], u32)]) -> bool {
    networks.iter().any(|(network, bits)| {
        let mask = u32::MAX << (32 - bits);
        u32::from(ip) & mask == u32::from_be_bytes(*network) & mask
    })
}

/// Only 2000::/3 is given out. What carries another address inside (mapped, NAT64) lies outside of it.
const GIVEN_OUT_V6: (u128, u32) = (0x2000 << 112, 3);

/// Within it: protocol assignments (Teredo among them), documentation, 6to4, documentation again.
const NOT_PUBLIC_V6: &[(u128, u32)] =
    &[(0x2001 << 112, 23), (0x2001_0db8 << 96, 32), (0x2002 << 112, 16), (0x3fff << 112, 20)];

/// Loopback and unique local addresses.
const PRIVATE_V6: &[(u128, u32)] = &[(1, 128), (0xfc00 << 112, 7)];

/// Amazon's metadata.
const METADATA_V6: &[(u128, u32)] = &[(0xfd00_0ec2 << 96, 32)];

fn is_public_v6(ip: Ipv6Addr) -> bool {
    within_v6(ip, &[GIVEN_OUT_V6]) && !within_v6(ip, NOT_PUBLIC_V6)
}

fn is_private_v6(ip: Ipv6Addr) -> bool {
    within_v6(ip, PRIVATE_V6) && !within_v6(ip, METADATA_V6)
}

fn within_v6(ip: Ipv6Addr, networks: &[(u128, u32)]) -> bool {
    networks.iter().any(|(network, bits)| {
        let mask = u128::MAX << (128 - bits);
        u128::from(ip) & mask == network & mask
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, public: bool, private: bool) {
        let ip: IpAddr = text.parse().unwrap();
        assert_eq!((Reach::Public.allows(ip), Reach::Private.allows(ip)), (public, private), "{text}");
    }

    #[test]
    fn edges_of_the_networks() {
        for text in
            ["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"]
        {
            check(text, true, true);
        }
        for text in ["128.0.0.1", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0"] {
            check(text, true, true);
        }
        for text in
            ["192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"]
        {
            check(text, true, true);
        }
        for text in ["2000::1", "2606:4700::1111", "2001:200::1", "2a00:1450::1", "3ffe::1", "2003::"] {
            check(text, true, true);
        }
        for text in
            ["10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1", "127.255.255.255"]
        {
            check(text, false, true);
        }
        for text in ["172.16.0.0", "172.31.255.255", "192.168.0.1", "::1", "fc00::", "fdff::1"] {
            check(text, false, true);
        }
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "100.100.100.200",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::2",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fd00:ec2::254",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ] {
            check(text, false, false);
        }
    }

    proptest! {
        #[test]
        fn what_carries_another_address_is_refused(inner: u32) {
            for ip in [
                (0xffff_u128 << 32) | u128::from(inner),
                (0x0064_ff9b_u128 << 96) | u128::from(inner),
                (0x2002_u128 << 112) | (u128::from(inner) << 80),
                u128::from(inner) & !1,
            ] {
                for reach in [Reach::Public, Reach::Private] {
                    prop_assert!(!reach.allows(IpAddr::V6(ip.into())), "{}", Ipv6Addr::from(ip));
                }
            }
        }

        #[test]
        fn private_reach_is_more_than_public(v4: u32, v6: u128) {
            for ip in [IpAddr::V4(v4.into()), IpAddr::V6(v6.into())] {
                prop_assert!(Reach::Private.allows(ip) || !Reach::Public.allows(ip));
            }
        }
    }
}
