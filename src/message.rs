//! The HTTP messages (RFC 9110 §6) that the protocol and the transport share: a request, its destination and its answer.

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
    /// A body above the limit is cut off somewhere beyond it.
    pub body: Wiped<Vec<u8>>,
}

impl Answer {
    /// A header's text; `None` if it is absent or not ASCII.
    pub fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the answer says where its body ends (RFC 9112 §6.3). If it does, the HTTP library notices a body that was cut short.
    /// With any other transfer coding than `chunked`, the end of the connection ends the body.
    pub fn is_delimited(&self) -> bool {
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
