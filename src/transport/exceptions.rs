//! The hosts that are reached without a proxy: the list in the option `no_proxy` or in NO_PROXY.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

#[derive(Default)]
pub(super) struct Exceptions {
    entries: Vec<Entry>,
    /// The number of the first entry that is not understood, from 1.
    misunderstood: Option<usize>,
}

enum Entry {
    All,
    /// The name and all names below it.
    Name(String, Option<u16>),
    Address(IpAddr, Option<u16>),
    /// The addresses that begin with the same bits.
    Range(IpAddr, u32),
}

impl Exceptions {
    /// Reads the list in each spelling that curl knows, and with ports. Leaves out what it does not understand.
    pub fn parse(list: &str) -> Exceptions {
        let mut exceptions = Exceptions::default();
        let texts = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|text| !text.is_empty());
        for (index, text) in texts.enumerate() {
            match entry(text) {
                Some(entry) => exceptions.entries.push(entry),
                None => exceptions.misunderstood = exceptions.misunderstood.or(Some(index + 1)),
            }
        }
        exceptions
    }

    pub fn misunderstood(&self) -> Option<usize> {
        self.misunderstood
    }

    pub fn cover(&self, url: &Url) -> bool {
        self.entries.iter().any(|entry| entry.covers(url))
    }
}

impl Entry {
    fn covers(&self, url: &Url) -> bool {
        let is_port = |port: &Option<u16>| port.is_none() || *port == url.port_or_known_default();
        match (self, address(url)) {
            (Entry::All, _) => true,
            (Entry::Name(name, port), None) => is_port(port) && is_below(url.host_str().unwrap_or_default(), name),
            (Entry::Address(expected, port), Some(address)) => is_port(port) && *expected == address,
            (Entry::Range(first, bits), Some(address)) => has_same_bits(*first, address, *bits),
            _ => false,
        }
    }
}

fn address(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(address) => Some(address.into()),
        Host::Ipv6(address) => Some(address.into()),
        Host::Domain(_) => None,
    }
}

fn is_below(host: &str, name: &str) -> bool {
    let host = host.trim_end_matches('.');
    host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn has_same_bits(first: IpAddr, address: IpAddr, bits: u32) -> bool {
    match (first, address) {
        (IpAddr::V4(first), IpAddr::V4(address)) => (first.to_bits() ^ address.to_bits()).leading_zeros() >= bits,
        (IpAddr::V6(first), IpAddr::V6(address)) => (first.to_bits() ^ address.to_bits()).leading_zeros() >= bits,
        _ => false,
    }
}

fn entry(text: &str) -> Option<Entry> {
    if text == "*" {
        return Some(Entry::All);
    }
    if let Some((first, bits)) = text.split_once('/') {
        let first = ip(first)?;
        let most = if first.is_ipv4() { Ipv4Addr::BITS } else { Ipv6Addr::BITS };
        return Some(Entry::Range(first, number(bits).filter(|bits| *bits <= most)?));
    }
    if let Some(address) = ip(text) {
        return Some(Entry::Address(address, None));
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => {
            (host, Some(number(port).and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0)?))
        }
        None => (text, None),
    };
    match ip(host).filter(|address| address.is_ipv4() || host.starts_with('[')) {
        Some(address) => Some(Entry::Address(address, port)),
        None => Some(Entry::Name(name(host)?, port)),
    }
}

/// An address; one of IPv6 may stand in brackets.
fn ip(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(text) => text.parse().ok().map(IpAddr::V6),
        None => text.parse().ok(),
    }
}

fn number(text: &str) -> Option<u32> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// The name without what some programs write around it: `.example.com`, `*.example.com`, `example.com.`.
fn name(text: &str) -> Option<String> {
    let text = text.strip_prefix('*').filter(|text| text.starts_with('.')).unwrap_or(text);
    let text = text.strip_prefix('.').unwrap_or(text);
    let text = text.strip_suffix('.').unwrap_or(text);
    let Ok(Host::Domain(name)) = Host::parse(text) else { return None };
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    is_plain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, covering: &[&str], others: &[&str]) {
        let url = Url::parse(url).unwrap();
        for (lists, expected) in [(covering, true), (others, false)] {
            for list in lists {
                let exceptions = Exceptions::parse(list);
                assert_eq!(exceptions.misunderstood(), None, "{list}");
                assert_eq!(exceptions.cover(&url), expected, "{url}: {list}");
            }
        }
    }

    /// As curl reads it: names in any case, also those below, with dots around them; commas and blanks.
    #[test]
    fn a_name_covers_itself_and_the_names_below_it() {
        let covering = [
            "example.com",
            "EXAMPLE.com",
            ".example.com",
            "example.com.",
            ".example.com.",
            "*.example.com",
            "com",
            "a.example.com",
            "b.example, example.com",
            "b.example example.com",
            " , ,example.com,",
            "\texample.com\n",
            "*",
            "b.example,*",
            "example.com:443",
            ".example.com:443",
        ];
        let others = [
            "",
            ",",
            "b.example",
            "xample.com",
            "a.example",
            "b.a.example.com",
            "example.com:80",
            "10.0.0.0/8",
            "::/0",
        ];
        check("https://a.example.com/oauth/token", &covering, &others);
        check("https://A.EXAMPLE.COM./oauth/token", &covering, &others);
        check(
            "https://bücher.example:8443/",
            &["bücher.example", "xn--bcher-kva.example:8443"],
            &["bücher.example:443"],
        );
    }

    #[test]
    fn an_address_covers_itself_and_a_range_its_addresses() {
        check(
            "https://10.1.2.3/oauth/token",
            &["10.1.2.3", "10.1.2.3:443", "10.0.0.0/8", "10.1.2.0/24", "10.1.2.3/32", "10.9.9.9/8", "0.0.0.0/0", "*"],
            &["10.1.2.4", "10.1.2.3:80", "11.0.0.0/8", "10.1.2.2/32", "::/0", "example.com"],
        );
        check(
            "https://[2001:db8::1]/oauth/token",
            &[
                "[2001:db8::1]",
                "2001:db8::1",
                "[2001:db8::]/32",
                "2001:db8::/32",
                "a, [2001:DB8::1] ",
                "[2001:db8:0::1]:443",
            ],
            &["[2001:db8::2]", "[2001:db8::1]:8080", "2001:db9::/32", "0.0.0.0/0", "2001:db8::1:443"],
        );
    }

    #[test]
    fn what_is_not_understood_is_left_out_and_counted() {
        for text in [
            "<local>",
            "http://b.example",
            "user:password@b.example",
            "10.*",
            "*b.example",
            "b.*",
            "10.1",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "::/129",
            "b.example/8",
            "b.example:",
            "b.example:0",
            "b.example:65536",
            "b.example:http",
            ":443",
            ".",
            "*.",
            "[*]",
            "[b.example]",
            "[10.0.0.1]",
            "2001:db8::1]",
            "[2001:db8::1",
            "[[2001:db8::1]]",
            "[]",
            "b.example;c.example",
            "b.example|c.example",
            "\u{fffd}",
            "10.0.0.0/8:443",
        ] {
            let exceptions = Exceptions::parse(&format!("a.example, {text},c.example"));
            assert_eq!(exceptions.misunderstood(), Some(2), "{text}");
            assert!(exceptions.cover(&Url::parse("https://c.example/").unwrap()), "{text}");
            assert!(!exceptions.cover(&Url::parse("https://d.example/").unwrap()), "{text}");
        }
    }
}
