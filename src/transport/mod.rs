//! A form post in, an answer out: the only module that knows the HTTP library and its runtime.

mod failure;
mod proxy;
mod resolve;
mod tls;
mod trust;

use crate::error::{Error, ErrorCode};
use crate::options::{self, Options};
use crate::per_process::PerProcess;
use crate::protocol::response::{Answer, LONGEST_BODY};
use crate::wiped::Wiped;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use proxy::Proxy;
use reqwest::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER, TRANSFER_ENCODING,
    USER_AGENT,
};
use resolve::{Resolver, without_signals};
use rustls::{ClientConfig, RootCertStore};
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::mem;
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::yield_now;
use tokio::time::{Instant, timeout_at};
use trust::Trust;
use url::{Host, Origin, Url};
use zeroize::Zeroize;

/// After this time the next call connects anew, so that changes of names and trust reach a process that runs for months.
const RENEWAL: Duration = Duration::from_secs(3600);
/// Idle connections are closed before the servers and balancers in between do.
const LONGEST_IDLE: Duration = Duration::from_secs(30);
/// How often the runtime is to go round until what a call no longer needs is closed: two or three times, measured.
const ROUNDS_TO_CLOSE: usize = 6;

/// How to reach one token endpoint, and the connections of each process that does.
pub(crate) struct Transport {
    endpoint: Url,
    proxy: Option<Proxy>,
    secrets: Vec<Wiped<String>>,
    trust: Trust,
    headers: HeaderMap,
    /// The client's, as far as its `timeout` allows it.
    connect_timeout: Duration,
    network: PerProcess<Network>,
}

/// What one process holds.
#[derive(Default)]
struct Network {
    resolver: Resolver,
    connections: Mutex<Option<Arc<Connections>>>,
}

/// A runtime that only callers drive, and the connections on it.
struct Connections {
    /// Taken when dropped.
    runtime: Option<Runtime>,
    /// The longest that either client allows; of it, each address of a name that has several gets its share.
    connect_timeout: Duration,
    /// Keeps connections for the next call.
    kept: reqwest::Client,
    /// Makes one for each call.
    fresh: reqwest::Client,
    made: Instant,
}

/// Within which time each attempt of a call must be connected, and by when the call ends.
#[derive(Clone, Copy)]
pub(crate) struct Deadlines {
    connect_timeout: Duration,
    timeout: Duration,
    /// What was left of it when the call began.
    left: Duration,
    end: Instant,
}

impl Deadlines {
    /// `waited` is the part of `timeout` that went by before the call.
    pub fn new(connect_timeout: Duration, timeout: Duration, waited: Duration) -> Result<Deadlines, Error> {
        let left = timeout.saturating_sub(waited);
        if left.is_zero() {
            return Err(failure::no_turn(timeout));
        }
        Ok(Deadlines { connect_timeout, timeout, left, end: Instant::now() + left })
    }

    pub fn are_over(&self) -> bool {
        Instant::now() >= self.end
    }

    /// By when an attempt that starts now must be connected.
    fn connect(&self) -> Instant {
        (Instant::now() + self.connect_timeout).min(self.end)
    }
}

/// Whether a connection that was used before will do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    /// An idle one, if there is one. The server may close it just then.
    Kept,
    /// A new one (with TLS resumption), for a grant that may not be sent twice.
    Fresh,
}

impl Transport {
    /// `ca_file` is the content of that option's file.
    pub fn new(options: &Options<'_>, endpoint: &Url, ca_file: Option<&[u8]>) -> Result<Transport, Error> {
        let user_agent = options.text("user_agent").unwrap_or(options::default_text("user_agent"));
        let user_agent = HeaderValue::from_bytes(user_agent.as_bytes())
            .map_err(|_| Error::option("user_agent", "not the value of an HTTP header; use visible characters"))?;
        let headers = [
            (ACCEPT, HeaderValue::from_static("application/json")),
            (CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
            (USER_AGENT, user_agent),
        ];
        let time = |name| options.seconds(name).unwrap_or(options::default_seconds(name));
        let proxy = Proxy::find(options, endpoint)?;
        Ok(Transport {
            endpoint: endpoint.clone(),
            secrets: proxy.as_ref().map(Proxy::secrets).unwrap_or_default(),
            proxy,
            trust: Trust::new(ca_file)?,
            headers: headers.into_iter().collect(),
            connect_timeout: time("connect_timeout").min(time("timeout")),
            network: PerProcess::new(),
        })
    }

    /// What it tells a proxy, beside the request, that an answer may not bring into an error.
    pub fn secrets(&self) -> &[Wiped<String>] {
        &self.secrets
    }

    /// The authorities to trust, where TLS is spoken at all.
    fn roots(&self) -> Result<RootCertStore, Error> {
        let proxy = self.proxy.iter().map(|proxy| &proxy.0);
        if proxy.chain([&self.endpoint]).any(|url| url.scheme() == "https") {
            return self.trust.load();
        }
        Ok(RootCertStore::empty())
    }

    /// Posts `form` and reads the whole answer. Blocks the caller, who drives the runtime; ends by the deadlines.
    pub fn post(&self, form: Wiped<Vec<u8>>, connection: Connection, deadlines: Deadlines) -> Result<Answer, Error> {
        // Inside somebody's runtime of our kind a second one can't be driven; on a thread of its own it can.
        if Handle::try_current().is_ok() {
            return thread::scope(|scope| {
                let call = || self.drive(form, connection, deadlines);
                let thread =
                    without_signals(|| thread::Builder::new().name("td-call".into()).spawn_scoped(scope, call));
                thread.map_err(refused)?.join().unwrap_or_else(|panic| resume_unwind(panic))
            });
        }
        self.drive(form, connection, deadlines)
    }

    fn drive(&self, form: Wiped<Vec<u8>>, connection: Connection, deadlines: Deadlines) -> Result<Answer, Error> {
        let connections = self.connections(deadlines.connect_timeout.min(deadlines.timeout))?;
        let _abandoning = Abandoning { network: self.network.get(), connections: &connections };
        let sent = Arc::new(AtomicBool::new(false));
        let client = match connection {
            Connection::Kept => &connections.kept,
            Connection::Fresh => &connections.fresh,
        };
        let exchange = self.round_trip(client, form, sent.clone());
        let outcome = connections.runtime().block_on(async {
            // Lets the runtime see that a server closed an idle connection, which nobody watched since the last call.
            yield_now().await;
            let outcome = within(deadlines, &sent, exchange).await;
            let is_whole = matches!(&outcome, Some(Ok(answer)) if answer.body.len() <= LONGEST_BODY);
            if connection == Connection::Fresh || !is_whole {
                // What isn't kept closes now, since nobody drives the runtime until the next call.
                for _ in 0..ROUNDS_TO_CLOSE {
                    yield_now().await;
                }
            }
            outcome
        });
        let sent = sent.load(Ordering::Relaxed);
        match outcome {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(failure)) => Err(failure::Scene { transport: self, sent, deadlines }.explain(&failure)),
            None => Err(failure::out_of_time(sent, deadlines)),
        }
    }

    async fn round_trip(
        &self,
        client: &reqwest::Client,
        form: Wiped<Vec<u8>>,
        sent: Arc<AtomicBool>,
    ) -> reqwest::Result<Answer> {
        let request = client.post(self.endpoint.clone()).headers(self.headers.clone());
        let mut response = request.body(reqwest::Body::wrap(Form::new(form, sent))).send().await?;
        let text =
            |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answer {
            status: response.status().as_u16(),
            content_type: text(CONTENT_TYPE),
            retry_after: text(RETRY_AFTER),
            redirect_origin: text(LOCATION)
                .and_then(|target| self.endpoint.join(&target).ok())
                .map(|target| target.origin())
                .filter(Origin::is_tuple)
                .map(|origin| origin.ascii_serialization()),
            is_delimited: text(TRANSFER_ENCODING).map_or(response.headers().contains_key(CONTENT_LENGTH), is_chunked),
            body: read_body(&mut response).await?,
        })
    }

    /// This process's connections, made anew when there are none, they are old, or a call has more time to connect than they allow.
    fn connections(&self, connect_timeout: Duration) -> Result<Arc<Connections>, Error> {
        let network = self.network.get();
        let mut place = network.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let present = place.as_ref().filter(|connections| connections.made.elapsed() < RENEWAL);
        let allowed = present.map_or(self.connect_timeout, |connections| connections.connect_timeout);
        match present {
            Some(connections) if connect_timeout <= allowed => Ok(connections.clone()),
            _ => {
                let connections = Connections::new(self, &network.resolver, connect_timeout.max(allowed))?;
                Ok(place.insert(Arc::new(connections)).clone())
            }
        }
    }
}

/// Where the runtime panics, as it does when the host has closed its descriptors, it would panic again at each use and when dropped:
/// the next call makes another.
struct Abandoning<'a> {
    network: &'a Network,
    connections: &'a Arc<Connections>,
}

impl Drop for Abandoning<'_> {
    fn drop(&mut self) {
        if !thread::panicking() {
            return;
        }
        let mut place = self.network.connections.lock().unwrap_or_else(PoisonError::into_inner);
        place.take_if(|present| Arc::ptr_eq(present, self.connections));
        // One owner more than will ever let go.
        mem::forget(self.connections.clone());
    }
}

/// What comes of an exchange by its deadlines; `None` when one has passed.
async fn within<T>(deadlines: Deadlines, sent: &AtomicBool, exchange: impl Future<Output = T>) -> Option<T> {
    let mut exchange = pin!(exchange);
    if let Ok(outcome) = timeout_at(deadlines.connect(), &mut exchange).await {
        return Some(outcome);
    }
    if !sent.load(Ordering::Relaxed) {
        return None;
    }
    timeout_at(deadlines.end, exchange).await.ok()
}

/// RFC 9112 §6.3: a body under any other transfer coding ends with the connection.
fn is_chunked(codings: String) -> bool {
    codings.rsplit(',').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("chunked"))
}

impl Connections {
    fn new(transport: &Transport, resolver: &Resolver, connect_timeout: Duration) -> Result<Connections, Error> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build().map_err(refused)?;
        // Shared, and with it the sessions that can be resumed.
        let tls = tls::configuration(transport.roots()?)?;
        let client = |most_idle| client(transport, &tls, resolver, most_idle, connect_timeout);
        Ok(Connections {
            kept: client(usize::MAX)?,
            fresh: client(0)?,
            runtime: Some(runtime),
            connect_timeout,
            made: Instant::now(),
        })
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("the runtime lives as long as its connections")
    }
}

impl Drop for Connections {
    fn drop(&mut self) {
        // A plain drop would wait for whatever the runtime still does.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn client(
    transport: &Transport,
    tls: &ClientConfig,
    resolver: &Resolver,
    most_idle: usize,
    connect_timeout: Duration,
) -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .dns_resolver(resolver.clone())
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(LONGEST_IDLE)
        .pool_max_idle_per_host(most_idle);
    let builder = match &transport.proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.0.clone()).map_err(|_| cannot_build())?),
        None => builder.no_proxy(),
    };
    builder.build().map_err(|_| cannot_build())
}

fn refused(error: io::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("the operating system refuses what an exchange needs: {error}"))
}

fn cannot_build() -> Error {
    Error::new(ErrorCode::Internal, "the HTTP client can't be set up")
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

/// A request body that is wiped when it is dropped and tells when the first byte was asked for: from then on the request may have
/// been sent.
struct Form {
    bytes: Option<Bytes>,
    length: usize,
    sent: Arc<AtomicBool>,
}

impl Form {
    fn new(form: Wiped<Vec<u8>>, sent: Arc<AtomicBool>) -> Form {
        let length = form.len();
        Form { bytes: Some(Bytes::from_owner(form)), length, sent }
    }
}

impl Body for Form {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.sent.store(true, Ordering::Relaxed);
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(if self.bytes.is_some() { self.length as u64 } else { 0 })
    }
}

/// The whole body, or the first part of one that is too long, which the caller then refuses by its length.
async fn read_body(response: &mut reqwest::Response) -> reqwest::Result<Wiped<Vec<u8>>> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut body = Wiped::new(Vec::with_capacity(announced.min(LONGEST_BODY + 1)));
    while let Some(chunk) = response.chunk().await? {
        append(&mut body, &chunk);
        wipe(chunk);
        if body.len() > LONGEST_BODY {
            break;
        }
    }
    Ok(body)
}

/// Grows by a wiped copy, where `Vec` would leave one behind.
fn append(body: &mut Wiped<Vec<u8>>, chunk: &[u8]) {
    let needed = body.len() + chunk.len();
    if needed > body.capacity() {
        let mut larger = Wiped::new(Vec::with_capacity(needed.next_power_of_two()));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

fn wipe(chunk: Bytes) {
    if let Ok(mut bytes) = chunk.try_into_mut() {
        bytes.as_mut().zeroize();
    }
}
