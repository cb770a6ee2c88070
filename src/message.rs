//! The HTTP messages (RFC 9110 §6) that the protocol and the transport share: a request, its destination and its answer.

use crate::wiped::Wiped;
use http::HeaderMap;
use http::header::{AsHeaderName, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use std::fmt;
use url::{Host, Url};

/// Where a request goes.
pub(crate) struct Destination {
    pub url: Url,
    pub role: Role,
}

/// The role of a destination for the client.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    TokenEndpoint,
}

impl Role {
    /// The longest body that is a valid answer, in bytes.
    pub const fn longest_body(self) -> usize {
        match self {
            Role::TokenEndpoint => 1 << 20,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::TokenEndpoint => "the token endpoint",
        })
    }
}

pub(crate) enum Request {
    /// A form, `application/x-www-form-urlencoded`.
    Post(Wiped<Vec<u8>>),
}

/// A complete answer.
pub(crate) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// The reason phrase, if it is not the usual one of the status.
    pub reason: Option<String>,
    /// A body above the limit is cut off somewhere beyond it.
    pub body: Wiped<Vec<u8>>,
    /// Says that the body is not whole, if so.
    pub cut: Option<String>,
}

/// The proxy on the way of a request, as far as an answer may come from it or tell of it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Intermediary<'a> {
    /// The secrets that only the proxy received.
    pub secrets: &'a [Wiped<String>],
    pub has_account: bool,
    /// What to know of the environment if the answer comes from the proxy.
    pub remark: Option<&'a str>,
}

impl Answer {
    /// A header's text; `None` if it is absent or not ASCII.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the body is a page for a browser.
    pub fn is_page(&self) -> bool {
        let start = self.body.trim_ascii_start();
        let begins = |with: &[u8]| start.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        self.header(CONTENT_TYPE).is_some_and(|kind| kind.contains("html"))
            || begins(b"<!doctype html")
            || begins(b"<html")
    }

    /// The coding of the body, if it has one (RFC 9110 §8.4, RFC 9112 §7). The library asks for none.
    pub fn coding(&self) -> Option<String> {
        let values = [CONTENT_ENCODING, TRANSFER_ENCODING].into_iter().flat_map(|name| self.headers.get_all(name));
        let text = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(",");
        let is_coding = |coding: &&str| !["", "identity", "chunked"].contains(&coding.to_ascii_lowercase().as_str());
        let codings: Vec<&str> = text.split(',').map(str::trim).filter(is_coding).collect();
        (!codings.is_empty()).then(|| codings.join(", "))
    }

    /// Whether the answer says where its body ends (RFC 9112 §6.3). If it does, the HTTP library notices a body that was cut short.
    /// With any other transfer coding than `chunked`, the end of the connection ends the body. Status 204 and 304 have none.
    pub fn is_delimited(&self) -> bool {
        if [204, 304].contains(&self.status) {
            return true;
        }
        match self.header(TRANSFER_ENCODING) {
            Some(codings) => codings.rsplit(',').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked")),
            None => self.headers.contains_key(CONTENT_LENGTH),
        }
    }
}

/// Whether the URL points to this machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
