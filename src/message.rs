//! HTTP messages (RFC 9110 §6) as the protocol and the transport share them: a request to a destination, and its answer.

use crate::wiped::Wiped;
use http::HeaderMap;
use http::header::{AsHeaderName, CONTENT_LENGTH, TRANSFER_ENCODING};
use std::fmt;
use url::{Host, Url};

/// Where a request goes.
pub(crate) struct Destination {
    pub url: Url,
    pub role: Role,
}

/// What a destination is to the client.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    TokenEndpoint,
}

impl Role {
    /// The longest body that is read, in bytes. A longer one is not an answer.
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
    /// Of a body that is longer than the role allows, only a first part that is too long as well.
    pub body: Wiped<Vec<u8>>,
}

impl Answer {
    /// A header's text; `None` where it is absent or not ASCII.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the answer itself said where its body ends (RFC 9112 §6.3), so that a body that was cut short was noticed. A body
    /// under any transfer coding but `chunked` ends with the connection.
    pub fn is_delimited(&self) -> bool {
        match self.header(TRANSFER_ENCODING) {
            Some(codings) => codings.rsplit(',').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked")),
            None => self.headers.contains_key(CONTENT_LENGTH),
        }
    }
}

/// Whether the URL leads to this machine itself.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
