//! Says why no answer came. The failed step decides, and whether anything was sent.

use super::chain::Chain;
use super::deadlines::{Deadlines, Limit};
use super::proxy::Proxy;
use super::refusal::Circumstances;
use super::resolve::Unresolved;
use crate::error::{Error, ErrorCode};
use crate::message::Destination;
use crate::options::keys;
use crate::protocol::repetition::{Failure, Outcome};
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
    /// The proxy answered CONNECT with this status, or not at all.
    NoTunnel(Option<u16>),
    /// The TLS handshake; with the certificates that were refused, if any were.
    Handshake(Peer, io::Error, Option<Chain>),
    /// The peer refused the handshake by an alert, after the client's part of it was done.
    Refused(Peer, AlertDescription),
    /// Something else failed before the request.
    NotSent(Box<dyn std::error::Error + Send + Sync>),
    /// The request, or the head of the answer.
    Lost(hyper::Error),
    /// The body of the answer.
    Cut,
    Internal(Error),
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
            Broken::Cut => answer_lost(format_args!("the request was sent, but the answer broke off")),
            Broken::Lost(error) if self.sent => lost(&error),
            Broken::Lost(error) => self.not_connected(format_args!("{}", innermost(&error))),
            Broken::NotSent(error) => self.not_connected(format_args!("{}", innermost(error.as_ref()))),
            Broken::Unresolved(Unresolved { name, reason }) => {
                self.not_connected(format_args!("the name {name} can't be resolved ({reason})"))
            }
            Broken::Unconnected(peer, error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                self.not_connected(format_args!("{} refuses the connection", self.name(peer)))
            }
            Broken::Unconnected(_, error) => self.not_connected(format_args!("{error}")),
            Broken::NoTunnel(Some(407)) => self.proxy_refused(),
            Broken::NoTunnel(_) => self.not_connected(format_args!(
                "{} does not connect to it (it answers CONNECT with an error or not at all)",
                self.name(Peer::Proxy)
            )),
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

    fn proxy_refused(&self) -> Failure {
        let proxy = self.name(Peer::Proxy);
        let what = format_args!("{proxy} requires a valid user and password (407); give them in the URL of the proxy");
        Failure::new(Outcome::ProxyRefused, self.connection_failed(what))
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

fn answer_lost(what: fmt::Arguments<'_>) -> Failure {
    let message = format!("{what}; it is unknown whether the server acted on the request");
    Failure::new(Outcome::AnswerLost, Error::new(ErrorCode::OutcomeUnknown, message))
}

fn lost(error: &hyper::Error) -> Failure {
    let io = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    let what = match io.map(io::Error::kind).find(|kind| *kind == io::ErrorKind::ConnectionReset) {
        Some(_) => "the connection was reset",
        None => "no valid HTTP answer came",
    };
    answer_lost(format_args!("the request was sent, but {what}"))
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
