//! How one destination is reached, and how a request goes there.

use super::body::{self, Form};
use super::connect::Connecting;
use super::deadlines::{ConnectLimit, Deadlines};
use super::failure::{self, Broken, Scene};
use super::group::Group;
use super::network::{Membership, Network, Shared};
use super::pool::Turn;
use super::proxy::{Proxy, Way};
use super::sender::Sender;
use super::trust::Trust;
use super::verdict::Verdict;
use crate::gate::Gate;
use crate::message::{Answer, Destination, Intermediary, Request};
use crate::per_process::{Inherited, PerProcess};
use crate::protocol::repetition::Failure;
use crate::wiped::Wiped;
use http::header::{CONTENT_TYPE, HOST, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue};
use hyper::ext::ReasonPhrase;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::timeout_at;

/// The way to one destination: directly or through a proxy. Each process uses the connections of its own network.
pub(crate) struct Route {
    destination: Destination,
    host: Arc<str>,
    client_id: Arc<str>,
    target: String,
    trust: Trust,
    proxy: Option<Proxy>,
    /// Whether the destination must be this machine, because nothing protects the request on the way.
    stays_here: bool,
    /// What to know of the environment if a connection fails.
    remark: Option<String>,
    secrets: Vec<Wiped<String>>,
    headers: HeaderMap,
    connect_limit: ConnectLimit,
    membership: PerProcess<Place>,
}

/// The membership of one process, made at its first use.
#[derive(Default)]
struct Place(Mutex<Option<Membership>>);

impl Inherited for Place {}

/// Whether a call may use a connection that was used before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Connection {
    /// An idle connection, if there is one. The server may close it at the same moment.
    Kept,
    /// A new connection (with TLS resumption), for a grant that may not be sent twice.
    Fresh,
}

/// The open connection of this call.
pub(crate) struct Open {
    sender: Sender,
    made: Instant,
    /// Present if the connection is new.
    verdict: Option<Verdict>,
    connection: Connection,
    turn: Turn,
}

/// The limits of one attempt: its deadlines, and whether it may still be sent.
#[derive(Clone)]
pub(crate) struct Limits {
    pub deadlines: Deadlines,
    pub gate: Arc<Gate>,
}

impl Route {
    pub(super) fn new(
        destination: Destination,
        client_id: Arc<str>,
        trust: Trust,
        Way { proxy, remark }: Way,
        mut headers: HeaderMap,
        connect_limit: ConnectLimit,
        allow_http: bool,
    ) -> Route {
        let url = &destination.url;
        let stays_here = url.scheme() == "http" && !allow_http;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let authority = format!("{}{port}", url.host_str().unwrap_or_default());
        if let Ok(authority) = HeaderValue::from_str(&authority) {
            headers.insert(HOST, authority);
        }
        let origin_form = &url[url::Position::BeforePath..url::Position::AfterQuery];
        // For plain HTTP, the proxy gets the whole URL and the account (RFC 9112 §3.2.2).
        let forwarding = proxy.as_ref().filter(|_| url.scheme() == "http");
        let target = if forwarding.is_some() { url.as_str() } else { origin_form }.to_owned();
        headers.extend(forwarding.and_then(Proxy::authorization).map(|account| (PROXY_AUTHORIZATION, account)));
        let origin = url.origin().ascii_serialization();
        Route {
            // A client that may leave this machine shares no connection with one that may not.
            host: if stays_here { format!("{origin} on this machine") } else { origin }.into(),
            stays_here,
            target,
            client_id,
            secrets: proxy.as_ref().map(Proxy::secrets).unwrap_or_default(),
            destination,
            trust,
            proxy,
            remark,
            headers,
            connect_limit,
            membership: PerProcess::new(),
        }
    }

    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// The proxy, as far as an answer may tell of it. Only over plain HTTP can an answer come from the proxy.
    pub fn intermediary(&self) -> Intermediary<'_> {
        let forwarding = self.proxy().filter(|_| self.destination.url.scheme() == "http");
        Intermediary {
            secrets: &self.secrets,
            has_account: forwarding.is_some_and(Proxy::has_account),
            remark: self.remark.as_deref().filter(|_| forwarding.is_some()),
        }
    }

    pub(super) fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    /// The deadlines of a call that begins now.
    pub fn deadlines(&self, timeout: Duration) -> Deadlines {
        Deadlines::new(self.connect_limit, timeout)
    }

    /// The group whose connections the route shares in this process.
    fn group(&self) -> Arc<Group> {
        let join = || Network::of_this_process().join(&self.trust, self.proxy());
        self.place().get_or_insert_with(join).group().clone()
    }

    /// Leaves the network, because the client is freed. In a child of a fork, calls of the parent keep the route for ever.
    pub fn leave(&self) {
        let left = self.place().take();
        drop(left);
    }

    fn place(&self) -> MutexGuard<'_, Option<Membership>> {
        self.membership.get().0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection for one request. Waits in line for it if there are too many requests.
    pub async fn connect(&self, shared: &Shared, connection: Connection, limits: &Limits) -> Result<Open, Failure> {
        let end = limits.deadlines.end();
        let Ok(turn) = timeout_at(end, shared.pool.turn(&self.host)).await else {
            return Err(self.explain(Broken::InLine, false, limits));
        };
        if connection == Connection::Kept
            && let Some((sender, made)) = shared.pool.take_idle(&self.group(), &self.host, &self.client_id)
        {
            return Ok(Open { sender, made, verdict: None, connection, turn });
        }
        let (sender, verdict) = self.new_connection(shared, limits).await?;
        Ok(Open { sender, made: Instant::now(), verdict: Some(verdict), connection, turn })
    }

    async fn new_connection(&self, shared: &Shared, limits: &Limits) -> Result<(Sender, Verdict), Failure> {
        let limit = limits.deadlines.connect();
        loop {
            let connecting = Connecting {
                resolver: &shared.resolver,
                intact: &shared.intact,
                group: &self.group(),
                destination: &self.destination,
                stays_here: self.stays_here,
                connect_timeout: self.connect_limit.time(),
            };
            let place = shared.pool.place(&self.host);
            let broken = match timeout_at(limit, connecting.run(Box::new(place))).await {
                Ok(Ok(connected)) => return Ok(connected),
                Ok(Err(broken)) => broken,
                Err(_) => Broken::TooSlow,
            };
            let has_room = || timeout_at(limit, shared.pool.free_a_descriptor());
            if !broken.lacks_descriptors() || !has_room().await.unwrap_or_default() {
                return Err(self.explain(broken, false, limits));
            }
        }
    }

    /// Sends the request over the connection, and reads the whole answer.
    pub async fn send(
        &self,
        shared: &Shared,
        open: Open,
        request: Request,
        limits: &Limits,
    ) -> Result<Answer, Failure> {
        let sent = Arc::new(AtomicBool::new(false));
        let exchange = self.exchange(shared, open, request, sent.clone(), limits);
        let outcome = timeout_at(limits.deadlines.end(), exchange).await;
        let has_sent = || sent.load(Ordering::Relaxed);
        match outcome {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(Unanswered::Broken(broken))) => Err(self.explain(broken, has_sent(), limits)),
            Ok(Err(Unanswered::Failed(failure))) => Err(failure),
            Err(_) => Err(self.explain(Broken::TooSlow, has_sent(), limits)),
        }
    }

    async fn exchange(
        &self,
        shared: &Shared,
        open: Open,
        request: Request,
        sent: Arc<AtomicBool>,
        limits: &Limits,
    ) -> Result<Answer, Unanswered> {
        let Open { mut sender, mut made, mut verdict, connection, turn: _turn } = open;
        let Request::Post(form) = request;
        let mut request = self.request(Form::new(form, sent, limits.gate.clone())).map_err(Broken::NotSent)?;
        let response = loop {
            let mut unsent = match sender.send(request).await {
                Ok(response) => break response,
                Err(unsent) => unsent,
            };
            // A server closed the idle connection just now, and nothing was written to it.
            match (unsent.take_message(), &verdict) {
                (Some(again), None) => request = again,
                (None, None) => return Err(Broken::Lost(unsent.into_error()).into()),
                (_, Some(verdict)) => return Err(verdict.or(Broken::Lost(unsent.into_error())).into()),
            }
            let connected = self.new_connection(shared, limits).await.map_err(Unanswered::Failed)?;
            (sender, verdict, made) = (connected.0, Some(connected.1), Instant::now());
        };
        let (parts, incoming) = response.into_parts();
        let longest = self.destination.role.longest_body();
        let mut body = body::room(&incoming, longest);
        let cut = match timeout_at(limits.deadlines.end(), body::read(incoming, longest, &mut body)).await {
            Ok(read) => read.err().as_ref().map(failure::cut),
            // The part that came may be enough.
            Err(_) => Some(failure::too_slow(&limits.deadlines)),
        };
        let is_whole = cut.is_none() && body.len() <= longest;
        if connection == Connection::Kept && is_whole && sender.becomes_ready().await {
            shared.pool.put_idle(&self.group(), &self.host, &self.client_id, sender, made);
        }
        let reason = parts.extensions.get::<ReasonPhrase>();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            reason: reason.map(|reason| String::from_utf8_lossy(reason.as_bytes()).into_owned()),
            body,
            cut,
        })
    }

    fn request(&self, form: Form) -> Result<http::Request<Form>, Box<dyn std::error::Error + Send + Sync>> {
        let mut request = http::Request::post(&self.target).body(form)?;
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        Ok(request)
    }

    fn explain(&self, broken: Broken, sent: bool, limits: &Limits) -> Failure {
        let group = self.group();
        if matches!(broken, Broken::Handshake(..)) {
            group.doubt();
        }
        let scene = Scene {
            destination: &self.destination,
            proxy: self.proxy(),
            remark: self.remark.as_deref(),
            sent,
            deadlines: limits.deadlines,
            has_no_roots: group.has_no_roots(),
            authorities: group.trust.of_ca_file(),
            ignored_authorities: group.trust.ignored(),
        };
        scene.explain(broken)
    }
}

/// Says why an exchange brought no answer.
enum Unanswered {
    Broken(Broken),
    Failed(Failure),
}

impl From<Broken> for Unanswered {
    fn from(broken: Broken) -> Unanswered {
        Unanswered::Broken(broken)
    }
}
