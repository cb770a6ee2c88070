//! Sends a request to a destination, and returns its answer. Only this folder knows the HTTP library and its runtime.

mod body;
mod connections;
mod deadlines;
mod failure;
mod proxy;
mod resolve;
mod route;
mod tls;
mod trust;

use crate::error::Error;
use crate::message::{Answer, Destination, Request};
use crate::options::{Options, keys};
use crate::protocol::repetition::Failure;
use connections::{Abandoning, Making, refused};
use deadlines::ConnectLimit;
use proxy::Proxies;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use resolve::without_signals;
use rustls::RootCertStore;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::timeout_at;
use trust::Trust;

pub(crate) use connections::Connection;
pub(crate) use deadlines::Deadlines;
pub(crate) use route::Route;

/// The turns that the runtime gets to close connections that a call no longer needs. By measurement, it needs two or three.
const ROUNDS_TO_CLOSE: usize = 6;

/// The network settings that all destinations of a client share.
pub(crate) struct Transport {
    proxies: Proxies,
    trust: Trust,
    headers: HeaderMap,
    connect_limit: ConnectLimit,
}

impl Transport {
    /// `ca_file` is the content of that option's file.
    pub fn new(options: &Options<'_>, ca_file: Option<&[u8]>) -> Result<Transport, Error> {
        let user_agent = HeaderValue::from_bytes(options.or_default(&keys::USER_AGENT).as_bytes())
            .map_err(|_| keys::USER_AGENT.error("not a valid value of an HTTP header; use visible characters"))?;
        let headers = [
            (ACCEPT, HeaderValue::from_static("application/json")),
            (CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
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
        })
    }

    /// Decides how to reach `destination`.
    pub fn route(&self, destination: Destination) -> Result<Route, Error> {
        let proxy = self.proxies.find(&destination.url)?;
        Ok(Route::new(destination, proxy))
    }

    /// The deadlines of a call that begins now. `waited` is the part of `timeout` that passed in a queue of the caller.
    pub fn deadlines(&self, timeout: Duration, waited: Duration) -> Result<Deadlines, Failure> {
        let left = timeout.saturating_sub(waited);
        if left.is_zero() {
            return Err(failure::no_turn(timeout));
        }
        Ok(Deadlines::new(self.connect_limit, timeout, left))
    }

    /// Sends the request and reads the whole answer. Blocks until a deadline at most; the calling thread drives the runtime.
    pub fn send(
        &self,
        request: Request,
        route: &Route,
        connection: Connection,
        deadlines: Deadlines,
    ) -> Result<Answer, Failure> {
        // A thread inside another tokio runtime can't drive this one, so start a thread that can.
        if Handle::try_current().is_ok() {
            return thread::scope(|scope| {
                let call = || self.drive(request, route, connection, deadlines);
                let thread =
                    without_signals(|| thread::Builder::new().name("td-call".into()).spawn_scoped(scope, call));
                thread.map_err(refused)?.join().unwrap_or_else(|panic| resume_unwind(panic))
            });
        }
        self.drive(request, route, connection, deadlines)
    }

    fn drive(
        &self,
        request: Request,
        route: &Route,
        connection: Connection,
        deadlines: Deadlines,
    ) -> Result<Answer, Failure> {
        let network = route.network();
        let making = Making { proxy: route.proxy(), connect_timeout: self.connect_limit.time() };
        let connections = &network.connections(&making, || self.roots(route))?;
        let _abandoning = Abandoning { network, connections };
        let sent = Arc::new(AtomicBool::new(false));
        let longest_body = route.destination().role.longest_body();
        let exchange = self.round_trip(connections.client(connection), request, route, sent.clone());
        let outcome = connections.runtime().block_on(async {
            // Let the runtime notice connections that servers closed while no call was running.
            yield_now().await;
            let outcome = within(deadlines, &sent, exchange).await;
            let is_whole = matches!(&outcome, Some(Ok(answer)) if answer.body.len() <= longest_body);
            if connection == Connection::Fresh || !is_whole {
                // A connection that is not kept must close now, because no thread drives the runtime until the next call.
                for _ in 0..ROUNDS_TO_CLOSE {
                    yield_now().await;
                }
            }
            outcome
        });
        let sent = sent.load(Ordering::Relaxed);
        match outcome {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => {
                let has_no_roots = || self.roots(route).is_ok_and(|roots| roots.is_empty());
                Err(failure::Scene { route, sent, deadlines, has_no_roots: &has_no_roots }.explain(&error))
            }
            None => Err(failure::out_of_time(route, sent, deadlines)),
        }
    }

    async fn round_trip(
        &self,
        client: &reqwest::Client,
        request: Request,
        route: &Route,
        sent: Arc<AtomicBool>,
    ) -> reqwest::Result<Answer> {
        let Destination { url, role } = route.destination();
        let Request::Post(form) = request;
        let request = client.post(url.clone()).headers(self.headers.clone());
        let mut response = request.body(reqwest::Body::wrap(body::Form::new(form, sent))).send().await?;
        let body = body::read(&mut response, role.longest_body()).await?;
        Ok(Answer { status: response.status().as_u16(), headers: std::mem::take(response.headers_mut()), body })
    }

    /// The certificate authorities to trust. There are none if the route does not use TLS.
    fn roots(&self, route: &Route) -> Result<RootCertStore, Error> {
        if route.speaks_tls() { self.trust.load() } else { Ok(RootCertStore::empty()) }
    }
}

/// The outcome of an exchange within its deadlines; `None` if a deadline passed.
async fn within<T>(deadlines: Deadlines, sent: &AtomicBool, exchange: impl Future<Output = T>) -> Option<T> {
    let mut exchange = pin!(exchange);
    if let Ok(outcome) = timeout_at(deadlines.connect(), &mut exchange).await {
        return Some(outcome);
    }
    if !sent.load(Ordering::Relaxed) {
        return None;
    }
    timeout_at(deadlines.end(), exchange).await.ok()
}
