//! Why no answer came, told from what the HTTP library says and from whether anything was sent.

use super::resolve::Unresolved;
use super::{Deadlines, Transport};
use crate::error::{Error, ErrorCode};
use rustls::CertificateError;
use std::error::Error as StdError;
use std::io;
use std::time::Duration;

/// The error of an exchange that ran out of time.
pub(super) fn out_of_time(sent: bool, deadlines: Deadlines) -> Error {
    if sent {
        return unknown(&format!("no complete answer within the timeout of {} s", deadlines.timeout.as_secs_f64()));
    }
    let Deadlines { connect_timeout, timeout, left, .. } = deadlines;
    let (option, limit) =
        if connect_timeout < left { ("connect_timeout", connect_timeout) } else { ("timeout", timeout) };
    let waited = if option == "timeout" && left < timeout {
        format!(", of which the call had waited {} s", (timeout - left).as_secs_f64())
    } else {
        String::new()
    };
    Error::new(
        ErrorCode::DeadlineExceeded,
        format!(
            "no connection to the token endpoint within the {option} of {} s{waited}; nothing was sent",
            limit.as_secs_f64()
        ),
    )
    .retryable(true)
}

/// The error of a call that waited for its turn until its time was over.
pub(super) fn no_turn(timeout: Duration) -> Error {
    Error::new(
        ErrorCode::DeadlineExceeded,
        format!("the call's turn did not come within its timeout of {} s; nothing was sent", timeout.as_secs_f64()),
    )
    .retryable(true)
}

/// An exchange that failed before its deadline.
pub(super) struct Scene<'a> {
    pub transport: &'a Transport,
    pub sent: bool,
    pub deadlines: Deadlines,
}

impl Scene<'_> {
    pub fn explain(&self, failure: &reqwest::Error) -> Error {
        if failure.is_timeout() {
            return out_of_time(self.sent, self.deadlines);
        }
        if self.sent {
            return unknown(&format!("the request was sent, but {}", broken_off(failure)));
        }
        let causes = || causes(failure);
        // The proxy's answer to CONNECT has no type that is public.
        let tunnel = causes().map(|cause| cause.to_string()).find(|text| text.starts_with("tunnel error"));
        let peer = self.peer(tunnel.as_deref());
        if let Some(refused) = causes().find_map(tls_error) {
            return self.tls_failed(refused, &peer);
        }
        if let Some(unresolved) = causes().find_map(|cause| cause.downcast_ref::<Unresolved>()) {
            return not_connected(&format!("the name {} can't be resolved ({unresolved})", unresolved.name))
                .retryable(true);
        }
        match tunnel.as_deref() {
            Some(tunnel) if tunnel.contains("authorization required") => {
                return not_connected(&format!(
                    "{peer} asks for a user and a password that it accepts (407); give them in its URL"
                ));
            }
            Some(tunnel) if !tunnel.contains(NO_PROXY_REACHED) => {
                return not_connected(&format!(
                    "{peer} does not connect to it (it answers CONNECT with an error, or not at all)"
                ))
                .retryable(true);
            }
            _ => (),
        }
        // The innermost, since TLS wraps the true one in another.
        let reason = causes().filter_map(|cause| cause.downcast_ref::<io::Error>()).last();
        match reason.map(io::Error::kind) {
            // TCP stood, so these come out of the handshake.
            Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
                if self.transport.endpoint.scheme() == "https" =>
            {
                Error::new(ErrorCode::TlsFailed, format!("the TLS handshake with {peer} broke off; nothing was sent"))
                    .retryable(true)
            }
            Some(io::ErrorKind::ConnectionRefused) => {
                not_connected(&format!("{peer} refuses the connection")).retryable(true)
            }
            Some(_) => not_connected(&reason.map(io::Error::to_string).unwrap_or_default()).retryable(true),
            None => not_connected("the connection did not come about").retryable(true),
        }
    }

    /// Who was spoken to: the proxy as long as there is no tunnel through it.
    fn peer(&self, tunnel: Option<&str>) -> String {
        let Transport { endpoint, proxy, .. } = self.transport;
        let is_proxy = tunnel.is_some() || endpoint.scheme() == "http";
        match proxy.as_ref().filter(|_| is_proxy) {
            Some(proxy) => format!("the proxy {}", proxy.0.host_str().unwrap_or_default()),
            None => endpoint.host_str().unwrap_or_default().to_owned(),
        }
    }

    /// What the certificate of `host`, or its side of the handshake, was refused for.
    fn tls_failed(&self, error: &rustls::Error, host: &str) -> Error {
        let reason = match error {
            rustls::Error::InvalidCertificate(certificate) => match certificate {
                CertificateError::UnknownIssuer if self.transport.roots().is_ok_and(|roots| roots.is_empty()) => {
                    "no certificate authority is known here to trust; install the system's (package ca-certificates), \
                     mend SSL_CERT_FILE or SSL_CERT_DIR where one is set, or give ca_file"
                        .into()
                }
                CertificateError::UnknownIssuer => {
                    "its certificate comes from an authority that is not trusted; if it is your own, give it as ca_file"
                        .into()
                }
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                    "its certificate has expired, or this machine's clock is wrong".into()
                }
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    "its certificate is not valid yet, or this machine's clock is wrong".into()
                }
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                    "its certificate is for another name; is the URL right?".into()
                }
                // The type behind it belongs to a library that this one does not know.
                CertificateError::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                    "its certificate is a certificate authority's own, which no server may show; make it one that is none \
                     (openssl req -x509 … -addext basicConstraints=critical,CA:FALSE)"
                        .into()
                }
                other => format!("its certificate is refused ({other})"),
            },
            rustls::Error::InvalidMessage(_) => "it does not speak TLS; is the port right?".into(),
            rustls::Error::AlertReceived(alert) => format!("it refuses the handshake ({alert:?})"),
            rustls::Error::PeerIncompatible(_) => {
                "it offers no TLS version or cipher that is safe; TLS 1.2 is the least".into()
            }
            other => other.to_string(),
        };
        Error::new(ErrorCode::TlsFailed, format!("the TLS handshake with {host} failed: {reason}; nothing was sent"))
    }
}

/// How the HTTP library says that it failed to reach the proxy, as opposed to what the proxy said.
const NO_PROXY_REACHED: &str = "failed to create underlying connection";

fn unknown(what: &str) -> Error {
    Error::new(ErrorCode::OutcomeUnknown, format!("{what}: whether the server acted on the request is unknown"))
}

fn not_connected(what: &str) -> Error {
    Error::new(ErrorCode::ConnectionFailed, format!("no connection to the token endpoint: {what}; nothing was sent"))
}

fn broken_off(failure: &reqwest::Error) -> &'static str {
    if failure.is_decode() || failure.is_body() {
        return "the answer broke off";
    }
    let reset = causes(failure)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::ConnectionReset);
    if reset { "the connection was reset" } else { "the connection brought no HTTP answer that can be read" }
}

/// The error and all that it wraps.
fn causes<'a>(failure: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let first: &'a (dyn StdError + 'static) = failure;
    std::iter::successors(Some(first), |cause| cause_of(*cause))
}

/// An `io::Error` hides what it wraps from `source`.
fn cause_of<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => cause.source(),
    }
}

fn tls_error<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    cause.downcast_ref()
}
