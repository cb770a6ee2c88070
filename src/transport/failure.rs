//! Finds out why no answer came, from the HTTP library's error and from whether anything was sent.

use super::deadlines::{Deadlines, Limit};
use super::proxy::Proxy;
use super::resolve::Unresolved;
use super::route::Route;
use crate::error::{Error, ErrorCode};
use crate::options::keys;
use crate::protocol::repetition::{Failure, Outcome};
use rustls::CertificateError;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

/// The failure of an exchange whose deadline passed.
pub(super) fn out_of_time(route: &Route, sent: bool, deadlines: Deadlines) -> Failure {
    if sent {
        let timeout = deadlines.timeout().as_secs_f64();
        return answer_lost(format_args!("no complete answer within the timeout of {timeout} s"));
    }
    let (limit, time) = deadlines.connect_limit();
    let option = match limit {
        Limit::ConnectTimeout => keys::CONNECT_TIMEOUT.name(),
        Limit::ClientTimeout => "client's timeout",
        Limit::Timeout => keys::TIMEOUT.name(),
    };
    let waited = deadlines.waited();
    let waited = if limit == Limit::Timeout && !waited.is_zero() {
        format!(", of which the call had waited {} s", waited.as_secs_f64())
    } else {
        String::new()
    };
    let (role, time) = (route.destination().role, time.as_secs_f64());
    Failure::new(
        Outcome::TooLate,
        Error::new(
            ErrorCode::DeadlineExceeded,
            format!("no connection to {role} within the {option} of {time} s{waited}; nothing was sent"),
        ),
    )
}

/// The failure of a call that waited for its turn until its deadline passed.
pub(super) fn no_turn(timeout: Duration) -> Failure {
    let timeout = timeout.as_secs_f64();
    let message = format!("the call's turn did not come within its timeout of {timeout} s; nothing was sent");
    Failure::new(Outcome::TooLate, Error::new(ErrorCode::DeadlineExceeded, message))
}

/// An exchange that failed before its deadline.
pub(super) struct Scene<'a> {
    pub route: &'a Route,
    pub sent: bool,
    pub deadlines: Deadlines,
    /// Whether there is no trusted certificate authority at all.
    pub has_no_roots: &'a dyn Fn() -> bool,
}

impl Scene<'_> {
    pub fn explain(&self, error: &reqwest::Error) -> Failure {
        if error.is_timeout() {
            return out_of_time(self.route, self.sent, self.deadlines);
        }
        if self.sent {
            return answer_lost(format_args!("the request was sent, but {}", broken_off(error)));
        }
        let causes = || causes(error);
        // The HTTP library has no public type for the proxy's answer to CONNECT.
        let tunnel = causes().map(|cause| cause.to_string()).find(|text| text.starts_with("tunnel error"));
        let peer = self.peer(tunnel.as_deref());
        if let Some(refusal) = causes().find_map(tls_error) {
            return self.handshake_refused(refusal, &peer);
        }
        if let Some(unresolved) = causes().find_map(|cause| cause.downcast_ref::<Unresolved>()) {
            return self.not_connected(format_args!("the name {} can't be resolved ({unresolved})", unresolved.name));
        }
        match tunnel.as_deref() {
            Some(tunnel) if tunnel.contains("authorization required") => return self.proxy_refused(&peer),
            Some(tunnel) if !tunnel.contains(NO_PROXY_REACHED) => {
                return self.not_connected(format_args!(
                    "{peer} does not connect to it (it answers CONNECT with an error or not at all)"
                ));
            }
            _ => (),
        }
        // Take the innermost error, because TLS wraps the true error in another one.
        let reason = causes().filter_map(|cause| cause.downcast_ref::<io::Error>()).last();
        match reason.map(io::Error::kind) {
            // TCP was connected, so these errors come from the handshake.
            Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
                if self.route.destination().url.scheme() == "https" =>
            {
                let message = format!("the TLS handshake with {peer} broke off; nothing was sent");
                Failure::new(Outcome::HandshakeBroken, Error::new(ErrorCode::TlsFailed, message))
            }
            Some(io::ErrorKind::ConnectionRefused) => self.not_connected(format_args!("{peer} refuses the connection")),
            Some(_) => self.not_connected(format_args!("{}", reason.map(io::Error::to_string).unwrap_or_default())),
            None => self.not_connected(format_args!("the HTTP library gives no reason")),
        }
    }

    fn not_connected(&self, what: fmt::Arguments<'_>) -> Failure {
        Failure::new(Outcome::NotConnected, self.connection_failed(what))
    }

    fn proxy_refused(&self, peer: &str) -> Failure {
        let what = format_args!("{peer} requires a valid user and password (407); give them in the URL of the proxy");
        Failure::new(Outcome::ProxyRefused, self.connection_failed(what))
    }

    fn connection_failed(&self, what: fmt::Arguments<'_>) -> Error {
        let role = self.route.destination().role;
        Error::new(ErrorCode::ConnectionFailed, format!("no connection to {role}: {what}; nothing was sent"))
    }

    /// The host at the other end of the connection: the proxy, as long as there is no tunnel through it.
    fn peer(&self, tunnel: Option<&str>) -> String {
        let url = &self.route.destination().url;
        let is_proxy = tunnel.is_some() || url.scheme() == "http";
        match self.route.proxy().map(Proxy::url).filter(|_| is_proxy) {
            Some(proxy) => format!("the proxy {}", proxy.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        }
    }

    /// Explains why `host` or this side refused the handshake.
    fn handshake_refused(&self, error: &rustls::Error, host: &str) -> Failure {
        let reason = match error {
            rustls::Error::InvalidCertificate(certificate) => match certificate {
                CertificateError::UnknownIssuer if (self.has_no_roots)() => {
                    "this machine has no trusted certificate authorities; install the package ca-certificates, \
                     correct SSL_CERT_FILE or SSL_CERT_DIR if one is set, or give ca_file"
                        .into()
                }
                CertificateError::UnknownIssuer => {
                    "its certificate comes from an authority that is not trusted; if it is yours, give its certificate as ca_file"
                        .into()
                }
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                    "its certificate has expired, or this machine's clock is wrong".into()
                }
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    "its certificate is not valid yet, or this machine's clock is wrong".into()
                }
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    "its certificate is for another name; check the URL".into()
                }
                // The type of this error belongs to a library that this one does not use directly.
                CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                    "its certificate belongs to a certificate authority, and a server must not use it; make a server certificate \
                     (openssl req -x509 … -addext basicConstraints=critical,CA:FALSE)"
                        .into()
                }
                other => format!("its certificate is refused ({other})"),
            },
            rustls::Error::InvalidMessage(_) => "it does not speak TLS; check the port".into(),
            rustls::Error::AlertReceived(alert) => format!("it refuses the handshake ({alert:?})"),
            rustls::Error::PeerIncompatible(_) => {
                "it offers no secure TLS version or cipher; it must support TLS 1.2 or later".into()
            }
            other => other.to_string(),
        };
        let message = format!("the TLS handshake with {host} failed: {reason}; nothing was sent");
        Failure::new(Outcome::HandshakeRefused, Error::new(ErrorCode::TlsFailed, message))
    }
}

/// The HTTP library uses these words if it failed to reach the proxy. Other words come from the proxy's answer.
const NO_PROXY_REACHED: &str = "failed to create underlying connection";

fn answer_lost(what: fmt::Arguments<'_>) -> Failure {
    let message = format!("{what}; it is unknown whether the server acted on the request");
    Failure::new(Outcome::AnswerLost, Error::new(ErrorCode::OutcomeUnknown, message))
}

fn broken_off(error: &reqwest::Error) -> &'static str {
    if error.is_decode() || error.is_body() {
        return "the answer broke off";
    }
    let reset = causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::ConnectionReset);
    if reset { "the connection was reset" } else { "no valid HTTP answer came" }
}

/// The error and all errors that it wraps.
fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let first: &'a (dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |cause| cause_of(*cause))
}

/// `source` does not return the error that an `io::Error` wraps.
fn cause_of<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => cause.source(),
    }
}

fn tls_error<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    cause.downcast_ref()
}
