//! The runtime and the connections of one process to one destination.

use super::proxy::Proxy;
use super::resolve::Resolver;
use super::tls;
use crate::error::{Error, ErrorCode};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// After this time, the next call makes new connections. So a process that runs for months uses new addresses and authorities.
const RENEWAL: Duration = Duration::from_secs(3600);
/// The client closes idle connections before servers and load balancers do.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

/// The network state of one process for one destination.
#[derive(Default)]
pub(super) struct Network {
    resolver: Resolver,
    connections: Mutex<Option<Arc<Connections>>>,
}

/// Whether a request may go over a connection that was used before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    /// An idle connection, if there is one. The server may close it at the same moment.
    Kept,
    /// A new connection (with TLS resumption), for a grant that must not be sent twice.
    Fresh,
}

/// The settings of new connections.
pub(super) struct Making<'a> {
    pub proxy: Option<&'a Proxy>,
    /// All addresses of a name share this time.
    pub connect_timeout: Duration,
}

/// A runtime that only calling threads drive, and its connections.
pub(super) struct Connections {
    /// `None` only while this is dropped.
    runtime: Option<Runtime>,
    /// Keeps its connections for the next call.
    kept: reqwest::Client,
    /// Makes a connection for each call.
    fresh: reqwest::Client,
    made: Instant,
}

impl Network {
    /// The connections of this process. Makes new ones if there are none or they are old; these trust the authorities in `roots`.
    pub fn connections(
        &self,
        making: &Making<'_>,
        roots: impl FnOnce() -> Result<RootCertStore, Error>,
    ) -> Result<Arc<Connections>, Error> {
        let mut place = self.lock();
        match place.as_ref().filter(|connections| connections.made.elapsed() < RENEWAL) {
            Some(connections) => Ok(connections.clone()),
            None => {
                let connections = Connections::new(making, roots()?, &self.resolver)?;
                Ok(place.insert(Arc::new(connections)).clone())
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Connections>>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    fn new(making: &Making<'_>, roots: RootCertStore, resolver: &Resolver) -> Result<Connections, Error> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build().map_err(refused)?;
        // Both HTTP clients share this, and with it the TLS sessions that they can resume.
        let tls = tls::configuration(roots)?;
        let client = |most_idle| client(making, &tls, resolver, most_idle);
        Ok(Connections { kept: client(usize::MAX)?, fresh: client(0)?, runtime: Some(runtime), made: Instant::now() })
    }

    pub fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("the runtime lives as long as its connections")
    }

    pub fn client(&self, connection: Connection) -> &reqwest::Client {
        match connection {
            Connection::Kept => &self.kept,
            Connection::Fresh => &self.fresh,
        }
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        // A plain drop would wait for the work that the runtime still does.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn client(
    making: &Making<'_>,
    tls: &ClientConfig,
    resolver: &Resolver,
    most_idle: usize,
) -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .dns_resolver(resolver.clone())
        .connect_timeout(making.connect_timeout)
        .pool_idle_timeout(LONGEST_IDLE)
        .pool_max_idle_per_host(most_idle);
    let builder = match making.proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.url().clone()).map_err(|_| cannot_build())?),
        None => builder.no_proxy(),
    };
    builder.build().map_err(|_| cannot_build())
}

fn cannot_build() -> Error {
    Error::new(ErrorCode::Internal, "the HTTP client can't be set up")
}

pub(super) fn refused(error: io::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("the operating system refuses a resource that an exchange needs: {error}"))
}

/// Abandons connections whose runtime panics. It panics if the host closed its descriptors, and would panic again at each use and
/// when it is dropped. So the next call makes another runtime.
pub(super) struct Abandoning<'a> {
    pub network: &'a Network,
    pub connections: &'a Arc<Connections>,
}

impl Drop for Abandoning<'_> {
    fn drop(&mut self) {
        if !thread::panicking() {
            return;
        }
        self.network.lock().take_if(|present| Arc::ptr_eq(present, self.connections));
        // Keep one extra reference, so that the runtime is never dropped.
        mem::forget(self.connections.clone());
    }
}
