//! Sends a request to a destination, and returns its answer. Only this folder knows the HTTP library and its runtime.

mod aside;
mod body;
mod chain;
mod connect;
mod deadlines;
mod driven;
mod exceptions;
mod failure;
mod group;
mod head;
mod inherited;
mod intact;
mod network;
mod pool;
mod proxy;
mod refusal;
mod resolve;
mod route;
mod screened;
mod sender;
mod tls;
mod trust;
mod verdict;

use crate::error::Error;
use crate::message::Destination;
use crate::options::{Options, keys};
use deadlines::ConnectLimit;
use http::header::{ACCEPT, ACCEPT_ENCODING, USER_AGENT};
use http::{HeaderMap, HeaderValue};
use proxy::Proxies;
use std::sync::Arc;
use trust::Trust;

pub(crate) use deadlines::Deadlines;
pub(crate) use driven::{InFlight, Task, broken_down};
#[cfg(feature = "capi")]
pub(crate) use inherited::before_fork;
pub(crate) use network::{Network, Shared};
pub(crate) use route::{Connection, Limits, Route};

/// The network settings that all destinations of a client share.
pub(crate) struct Transport {
    proxies: Proxies,
    trust: Trust,
    headers: HeaderMap,
    connect_limit: ConnectLimit,
    allow_http: bool,
}

impl Transport {
    /// `ca_file` is the content of that option's file.
    pub fn new(options: &Options<'_>, ca_file: Option<&[u8]>) -> Result<Transport, Error> {
        let user_agent = HeaderValue::from_bytes(options.or_default(&keys::USER_AGENT).as_bytes())
            .map_err(|_| keys::USER_AGENT.error("not a valid value of an HTTP header; use visible characters"))?;
        let headers = [
            (ACCEPT, HeaderValue::from_static("application/json")),
            (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
            (USER_AGENT, user_agent),
        ];
        Ok(Transport {
            proxies: Proxies::new(options)?,
            trust: Trust::new(ca_file)?,
            headers: headers.into_iter().collect(),
            connect_limit: ConnectLimit::new(
                options.or_default(&keys::CONNECT_TIMEOUT),
                options.or_default(&keys::TIMEOUT),
            ),
            allow_http: options.or_default(&keys::ALLOW_HTTP),
        })
    }

    /// Decides how to reach `destination` for the client with this id.
    pub fn route(&self, destination: Destination, client_id: Arc<str>) -> Result<Route, Error> {
        let way = self.proxies.find(&destination.url)?;
        let (trust, headers) = (self.trust.clone(), self.headers.clone());
        Ok(Route::new(destination, client_id, trust, way, headers, self.connect_limit, self.allow_http))
    }
}
