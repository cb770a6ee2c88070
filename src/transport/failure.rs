//! Says why no answer came. The failed step decides, and whether anything was sent.

use super::chain::Chain;
use super::deadlines::{Deadlines, Limit};
use super::head::Fault;
use super::proxy::Proxy;
use super::refusal::Circumstances;
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
use rustls::AlertDescription;
use rustls::pki_types::CertificateDer;
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
    /// The TLS handshake; with the certificates that were refused, if any were.
    Handshake(Peer, io::Error, Option<Chain>),
    /// The peer refused the handshake by an alert, after the client's part of it was done.
    Refused(Peer, AlertDescription),
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
    /// The authorities of `ca_file`.
    pub authorities: &'a [CertificateDer<'static>],
    /// Says that a variable that names authorities does not count, if so.
    pub ignored_authorities: Option<&'a str>,
}

impl Scene<'_> {
    pub fn explain(&self, broken: Broken) -> Failure {
        match broken {
            Broken::InLine => self.no_turn(),
            Broken::TooSlow => self.out_of_time(),
            Broken::Internal(error) => error.into(),
            Broken::Lost(error) if self.sent => self.lost(&error),
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
            Broken::Handshake(peer, error, chain) => self.handshake_failed(peer, &error, chain.as_ref()),
            Broken::Refused(peer, alert) => self.refused(peer, &rustls::Error::AlertReceived(alert), None),
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
            return self.answer_lost(&too_slow(&deadlines));
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

    fn lost(&self, error: &hyper::Error) -> Failure {
        if let Some(fault) = fault(error) {
            return self.answer_lost(&format!("the request was sent, but its answer can't be read: {fault}"));
        }
        let what = match io_errors(error).map(io::Error::kind).find(|kind| *kind == io::ErrorKind::ConnectionReset) {
            Some(_) => "the connection was reset",
            None => "no valid HTTP answer came",
        };
        self.answer_lost(&format!("the request was sent, but {what}"))
    }

    fn answer_lost(&self, what: &str) -> Failure {
        // Over plain HTTP, the proxy gets the request and should answer it.
        let is_forwarded = self.proxy.is_some() && self.destination.url.scheme() == "http";
        let remark = if is_forwarded { self.remark() } else { String::new() };
        let message = format!("{what}{remark}; it is unknown whether the server acted on the request");
        Failure::new(Outcome::AnswerLost, Error::new(ErrorCode::OutcomeUnknown, message))
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

    fn handshake_failed(&self, peer: Peer, error: &io::Error, chain: Option<&Chain>) -> Failure {
        match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(refusal) => self.refused(peer, refusal, chain),
            None => self.tls_failed(Outcome::HandshakeBroken, peer, "broke off"),
        }
    }

    /// One side refused the other.
    fn refused(&self, peer: Peer, refusal: &rustls::Error, chain: Option<&Chain>) -> Failure {
        let (has_no_roots, authorities) = (self.has_no_roots, self.authorities);
        let circumstances = Circumstances { has_no_roots, authorities, chain };
        self.tls_failed(Outcome::HandshakeRefused, peer, &format!("failed: {}", circumstances.reason(refusal)))
    }

    fn tls_failed(&self, outcome: Outcome, peer: Peer, what: &str) -> Failure {
        let host = self.name(peer);
        let ignored = self.ignored_authorities.map(|ignored| format!("; {ignored}")).unwrap_or_default();
        let remark = self.remark() + &ignored;
        let state = if self.sent { "the server did not process the request" } else { "nothing was sent" };
        let message = format!("the TLS handshake with {host} {what}{remark}; {state}");
        Failure::new(outcome, Error::new(ErrorCode::TlsFailed, message))
    }
}

fn too_late(message: String) -> Failure {
    Failure::new(Outcome::TooLate, Error::new(ErrorCode::DeadlineExceeded, message))
}

/// Says that the body of an answer is not whole.
pub(super) fn cut(error: &hyper::Error) -> String {
    // The HTTP library's errors about chunks are of these kinds. Those of TLS are too.
    let is_kind = |error: &io::Error| matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData);
    let is_of_tls = |error: &io::Error| error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
    let what = if io_errors(error).any(|error| is_kind(error) && !is_of_tls(error)) {
        "its answer can't be read: its chunks (Transfer-Encoding: chunked) are malformed"
    } else {
        "the answer broke off"
    };
    format!("the request was sent, but {what}")
}

/// The same if the answer did not end in time.
pub(super) fn too_slow(deadlines: &Deadlines) -> String {
    format!("no complete answer within the timeout of {} s", deadlines.timeout().as_secs_f64())
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
