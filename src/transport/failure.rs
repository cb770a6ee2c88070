//! Says why no answer came. The failed step decides, and whether anything was sent.

use super::deadlines::{Deadlines, Limit};
use super::head::Fault;
use super::proxy::Proxy;
use super::resolve::Unresolved;
use crate::error::{Error, ErrorCode};
use crate::message::Destination;
use crate::options::keys;
use crate::protocol::challenge;
use crate::protocol::redaction::Redaction;
use crate::protocol::repetition::{Failure, Outcome};
use http::{HeaderMap, Response, StatusCode};
use hyper::ext::ReasonPhrase;
use nix::errno::Errno;
use rustls::CertificateError;
use std::fmt;
use std::io;

/// Who is on the other side of a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    Proxy,
    Destination,
}

/// The step that failed.
pub(super) enum Broken {
    /// The call's turn did not come.
    InLine,
    /// The time ran out.
    TooSlow,
    Unresolved(Unresolved),
    Unconnected(Peer, io::Error),
    /// The proxy gave no answer to CONNECT that can be read.
    NoTunnel(hyper::Error),
    Denied(Denial),
    Handshake(Peer, io::Error),
    /// Something else failed before the request.
    NotSent(Box<dyn std::error::Error + Send + Sync>),
    /// The request, or the head of the answer.
    Lost(hyper::Error),
    Internal(Error),
}

/// The proxy's refusal to make a tunnel.
pub(super) struct Denial {
    status: StatusCode,
    reason: String,
    headers: HeaderMap,
}

impl Denial {
    pub fn of<B>(response: &Response<B>) -> Denial {
        let own = response.extensions().get::<ReasonPhrase>();
        let reason = own.map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned());
        let usual = || response.status().canonical_reason().unwrap_or_default().to_owned();
        Denial { status: response.status(), reason: reason.unwrap_or_else(usual), headers: response.headers().clone() }
    }
}

impl Broken {
    /// Whether the process had no descriptor left.
    pub fn lacks_descriptors(&self) -> bool {
        matches!(self, Broken::Unconnected(_, error) if is_shortage(error))
    }
}

/// Whether the process has no descriptor left. It may have some again later.
pub(super) fn is_shortage(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| [Errno::EMFILE as i32, Errno::ENFILE as i32].contains(&code))
}

/// An exchange that failed.
pub(super) struct Scene<'a> {
    pub destination: &'a Destination,
    pub proxy: Option<&'a Proxy>,
    /// What to know of the environment if a connection fails.
    pub remark: Option<&'a str>,
    pub sent: bool,
    pub deadlines: Deadlines,
    /// Whether there is no authority to trust.
    pub has_no_roots: bool,
    /// Says that a variable that names authorities does not count, if so.
    pub ignored_authorities: Option<&'a str>,
}

impl Scene<'_> {
    pub fn explain(&self, broken: Broken) -> Failure {
        match broken {
            Broken::InLine => self.no_turn(),
            Broken::TooSlow => self.out_of_time(),
            Broken::Internal(error) => error.into(),
            Broken::Lost(error) if self.sent => lost(&error),
            Broken::Lost(error) => self.not_connected(format_args!("{}", innermost(&error))),
            Broken::NotSent(error) => self.not_connected(format_args!("{}", innermost(error.as_ref()))),
            Broken::Unresolved(unresolved @ Unresolved::Elsewhere(..)) => {
                Failure::new(Outcome::NotAllowed, self.connection_failed(format_args!("{unresolved}")))
            }
            Broken::Unresolved(unresolved) => self.not_connected(format_args!("{unresolved}")),
            Broken::Unconnected(peer, error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                self.not_connected(format_args!("{} refuses the connection", self.name(peer)))
            }
            Broken::Unconnected(_, error) => self.not_connected(format_args!("{error}")),
            Broken::NoTunnel(error) => self.no_tunnel(&error),
            Broken::Denied(denial) => self.denied(&denial),
            Broken::Handshake(peer, error) => self.handshake_failed(&self.name(peer), &error),
        }
    }

    /// The failure of a call that waited in line until its deadline passed.
    fn no_turn(&self) -> Failure {
        let timeout = self.deadlines.timeout().as_secs_f64();
        too_late(format!("the call's turn did not come within its timeout of {timeout} s; nothing was sent"))
    }

    /// The failure of an exchange that ran out of time.
    fn out_of_time(&self) -> Failure {
        let deadlines = self.deadlines;
        if self.sent {
            let timeout = deadlines.timeout().as_secs_f64();
            return answer_lost(format_args!("no complete answer within the timeout of {timeout} s"));
        }
        let (limit, time) = deadlines.connect_limit();
        let option = match limit {
            Limit::ConnectTimeout => keys::CONNECT_TIMEOUT.name(),
            Limit::ClientTimeout => "client's timeout",
            Limit::Timeout => keys::TIMEOUT.name(),
        };
        let (role, time, remark) = (self.destination.role, time.as_secs_f64(), self.remark());
        too_late(format!("no connection to {role} within the {option} of {time} s{remark}; nothing was sent"))
    }

    fn not_connected(&self, what: fmt::Arguments<'_>) -> Failure {
        Failure::new(Outcome::NotConnected, self.connection_failed(what))
    }

    fn no_tunnel(&self, error: &hyper::Error) -> Failure {
        let proxy = self.name(Peer::Proxy);
        match fault(error) {
            Some(fault) => {
                self.not_connected(format_args!("{proxy} answers CONNECT, but its answer can't be read: {fault}"))
            }
            None => self.not_connected(format_args!("{proxy} does not connect to it: it does not answer CONNECT")),
        }
    }

    fn denied(&self, denial: &Denial) -> Failure {
        let (name, status) = (self.name(Peer::Proxy), denial.status.as_u16());
        let secrets = self.proxy.map(Proxy::secrets).unwrap_or_default();
        let reason = Redaction::new(secrets.iter().map(|secret| secret.as_str())).excerpt(&denial.reason);
        let status_line = format!("status {status} {reason}");
        let status_line = status_line.trim_end();
        let what = if denial.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            let advice = challenge::advice(&denial.headers, self.proxy.is_some_and(Proxy::has_account));
            format!("{name} {advice} ({status_line})")
        } else {
            format!("{name} does not connect to it: it answers CONNECT with {status_line}")
        };
        Failure::new(Outcome::of_proxy(status), self.connection_failed(format_args!("{what}")))
    }

    fn connection_failed(&self, what: fmt::Arguments<'_>) -> Error {
        let role = self.destination.role;
        let remark = self.remark();
        Error::new(ErrorCode::ConnectionFailed, format!("no connection to {role}: {what}{remark}; nothing was sent"))
    }

    fn remark(&self) -> String {
        self.remark.map(|remark| format!("; {remark}")).unwrap_or_default()
    }

    fn name(&self, peer: Peer) -> String {
        let host = |url: &url::Url| url.host_str().unwrap_or_default().to_owned();
        match self.proxy.filter(|_| peer == Peer::Proxy) {
            Some(proxy) => format!("the proxy {}", host(proxy.url())),
            None => host(&self.destination.url),
        }
    }

    fn handshake_failed(&self, host: &str, error: &io::Error) -> Failure {
        let refusal = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        let ignored = self.ignored_authorities.map(|ignored| format!("; {ignored}")).unwrap_or_default();
        let remark = self.remark() + &ignored;
        let (outcome, message) = match refusal {
            Some(refusal) => (
                Outcome::HandshakeRefused,
                format!("the TLS handshake with {host} failed: {}{remark}; nothing was sent", self.reason(refusal)),
            ),
            None => {
                (Outcome::HandshakeBroken, format!("the TLS handshake with {host} broke off{remark}; nothing was sent"))
            }
        };
        Failure::new(outcome, Error::new(ErrorCode::TlsFailed, message))
    }

    /// Says why one side refused the other's certificate or handshake.
    fn reason(&self, error: &rustls::Error) -> String {
        match error {
            rustls::Error::InvalidCertificate(certificate) => match certificate {
                CertificateError::UnknownIssuer if self.has_no_roots => {
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
            rustls::Error::FailedToGetCurrentTime => "this machine's clock stands before 1970; set it".into(),
            rustls::Error::InvalidMessage(_) => "it does not speak TLS; check the port".into(),
            rustls::Error::AlertReceived(alert) => format!("it refuses the handshake ({alert:?})"),
            rustls::Error::PeerIncompatible(_) => {
                "it offers no secure TLS version or cipher; it must support TLS 1.2 or later".into()
            }
            other => other.to_string(),
        }
    }
}

fn too_late(message: String) -> Failure {
    Failure::new(Outcome::TooLate, Error::new(ErrorCode::DeadlineExceeded, message))
}

fn answer_lost(what: fmt::Arguments<'_>) -> Failure {
    let message = format!("{what}; it is unknown whether the server acted on the request");
    Failure::new(Outcome::AnswerLost, Error::new(ErrorCode::OutcomeUnknown, message))
}

fn lost(error: &hyper::Error) -> Failure {
    if let Some(fault) = fault(error) {
        return answer_lost(format_args!("the request was sent, but its answer can't be read: {fault}"));
    }
    let what = match io_errors(error).map(io::Error::kind).find(|kind| *kind == io::ErrorKind::ConnectionReset) {
        Some(_) => "the connection was reset",
        None => "no valid HTTP answer came",
    };
    answer_lost(format_args!("the request was sent, but {what}"))
}

/// Says why the body of an answer broke off.
pub(super) fn cut(error: &hyper::Error) -> &'static str {
    // The HTTP library's errors about chunks are of these kinds. Those of TLS are too.
    let is_kind = |error: &io::Error| matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData);
    let is_of_tls = |error: &io::Error| error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
    if io_errors(error).any(|error| is_kind(error) && !is_of_tls(error)) {
        "its answer can't be read: its chunks (Transfer-Encoding: chunked) are malformed"
    } else {
        "the answer broke off"
    }
}

/// The fault in the head of the answer, if that is the reason.
fn fault(error: &hyper::Error) -> Option<&Fault> {
    io_errors(error).find_map(|error| error.get_ref()?.downcast_ref())
}

fn io_errors(error: &hyper::Error) -> impl Iterator<Item = &io::Error> {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>())
}

pub(super) type AnyError = dyn std::error::Error + 'static;

/// The error and all that it wraps.
pub(super) fn causes(error: &AnyError) -> impl Iterator<Item = &AnyError> {
    std::iter::successors(Some(error), |cause| cause.source())
}

/// The true cause of an error.
fn innermost(error: &AnyError) -> &AnyError {
    causes(error).last().unwrap_or(error)
}
