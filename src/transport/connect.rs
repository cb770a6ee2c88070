//! A new connection: name, TCP, proxy and TLS, each a step that can fail in its own way.

use super::chain;
use super::failure::{Broken, Denial, Peer, causes};
use super::group::Group;
use super::intact::Intact;
use super::proxy::Proxy;
use super::resolve::{Resolver, Unresolved};
use super::sender::Sender;
use super::verdict::Verdict;
use crate::descriptors::{self, LOWEST};
use crate::message::Destination;
use bytes::Bytes;
use http::header::{HOST, PROXY_AUTHORIZATION};
use http::{Method, Request, Uri};
use http_body_util::Empty;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ProtocolVersion};
use std::error::Error as StdError;
use std::future::poll_fn;
use std::io;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;
use url::{Host, Url};

/// A value that is kept while a connection is open.
pub(super) type Held = Box<dyn Send>;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that is being made.
pub(super) struct Connecting<'a> {
    pub resolver: &'a Resolver,
    pub group: &'a Group,
    pub destination: &'a Destination,
    /// Whether the destination must be this machine.
    pub stays_here: bool,
    pub intact: &'a Arc<Intact>,
    /// Shared by the addresses of a name.
    pub connect_timeout: Duration,
}

impl Connecting<'_> {
    /// Makes the connection, and also returns what becomes of its handshake. When the connection is closed, `held` is dropped.
    pub async fn run(&self, held: Held) -> Result<(Sender, Verdict), Broken> {
        let (stream, verdict) = self.stream().await?;
        let lost = |error| Broken::NotSent(Box::new(error));
        let (sender, connection) = Sender::new(stream).await.map_err(lost)?;
        tokio::spawn(self.intact.guard(async move {
            // The request gets the same error.
            let _ = connection.await;
            drop(held);
        }));
        Ok((sender, verdict))
    }

    async fn stream(&self) -> Result<(Box<dyn Stream>, Verdict), Broken> {
        let url = &self.destination.url;
        let is_secure = url.scheme() == "https";
        let tls = |peer| async move { self.group.tls().await.map_err(Broken::Internal).map(|tls| (peer, tls)) };
        let mut verdict = Verdict::new(Peer::Destination);
        let stream = match &self.group.proxy {
            None => self.tcp(url, Peer::Destination).await?,
            Some(proxy) => {
                let mut stream = self.tcp(proxy.url(), Peer::Proxy).await?;
                if proxy.url().scheme() == "https" {
                    let (peer, tls) = tls(Peer::Proxy).await?;
                    (stream, verdict) = handshake(stream, proxy.url(), peer, tls).await?;
                }
                if is_secure {
                    tunnel(stream, proxy, url, self.intact).await.map_err(|broken| verdict.or(broken))?
                } else {
                    stream
                }
            }
        };
        if !is_secure {
            return Ok((stream, verdict));
        }
        let (peer, tls) = tls(Peer::Destination).await?;
        handshake(stream, url, peer, tls).await
    }

    async fn tcp(&self, url: &Url, peer: Peer) -> Result<Box<dyn Stream>, Broken> {
        let mut connector = HttpConnector::new_with_resolver(self.resolver.staying_here(self.stays_here));
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(self.connect_timeout));
        let uri: Uri = authority(url).parse().map_err(|error| Broken::NotSent(Box::new(error)))?;
        poll_fn(|context| connector.poll_ready(context)).await.map_err(|error| untied(&error, peer))?;
        descriptors::take_standard_ones();
        let stream = connector.call(uri).await.map_err(|error| untied(&error, peer))?;
        let stream = raised(stream.into_inner()).map_err(|error| Broken::Unconnected(peer, error))?;
        Ok(Box::new(stream))
    }
}

/// The connection with a number that it may have, even if the host closed 0 to 2 while it was made.
fn raised(stream: TcpStream) -> io::Result<TcpStream> {
    if stream.as_raw_fd() >= LOWEST {
        return Ok(stream);
    }
    // The standard library gives a clone a number above 2.
    TcpStream::from_std(stream.into_std()?.try_clone()?)
}

/// The scheme, host and port of a URL.
fn authority(url: &Url) -> String {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    format!("{}://{host}:{port}", url.scheme())
}

/// Says why TCP did not connect.
fn untied(error: &(dyn StdError + 'static), peer: Peer) -> Broken {
    let causes = || causes(error);
    if let Some(unresolved) = causes().find_map(|cause| cause.downcast_ref::<Unresolved>()) {
        return Broken::Unresolved(unresolved.clone());
    }
    match causes().find_map(|cause| cause.downcast_ref::<io::Error>()) {
        Some(error) if error.kind() == io::ErrorKind::TimedOut && error.raw_os_error().is_none() => Broken::TooSlow,
        Some(error) => Broken::Unconnected(peer, copy(error)),
        None => Broken::NotSent(error.to_string().into()),
    }
}

fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

async fn handshake(
    stream: Box<dyn Stream>,
    url: &Url,
    peer: Peer,
    tls: Arc<ClientConfig>,
) -> Result<(Box<dyn Stream>, Verdict), Broken> {
    let name = match url.host() {
        Some(Host::Domain(name)) => ServerName::try_from(name.to_owned()),
        Some(Host::Ipv4(address)) => Ok(ServerName::from(std::net::IpAddr::from(address))),
        Some(Host::Ipv6(address)) => Ok(ServerName::from(std::net::IpAddr::from(address))),
        None => ServerName::try_from(String::new()),
    };
    let name = name.map_err(|_| Broken::Handshake(peer, io::Error::other(rustls::Error::UnsupportedNameType), None))?;
    let (stream, refused) = chain::observed(TlsConnector::from(tls).connect(name, stream)).await;
    let stream = stream.map_err(|error| Broken::Handshake(peer, error, refused))?;
    let verdict = Verdict::new(peer);
    let is_judged_later = stream.get_ref().1.protocol_version() == Some(ProtocolVersion::TLSv1_3);
    let stream: Box<dyn Stream> = if is_judged_later { Box::new(verdict.judged(stream)) } else { Box::new(stream) };
    Ok((stream, verdict))
}

/// A tunnel through a proxy (RFC 9110 §9.3.6).
async fn tunnel(
    stream: Box<dyn Stream>,
    proxy: &Proxy,
    url: &Url,
    intact: &Arc<Intact>,
) -> Result<Box<dyn Stream>, Broken> {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    let target = format!("{host}:{port}");
    let mut request = Request::builder().method(Method::CONNECT).uri(&target).header(HOST, &target);
    if let Some(authorization) = proxy.authorization() {
        request = request.header(PROXY_AUTHORIZATION, authorization);
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|error| Broken::NotSent(Box::new(error)))?;
    let (mut sender, connection) = Sender::new(stream).await.map_err(Broken::NoTunnel)?;
    tokio::spawn(intact.guard(connection.with_upgrades()));
    let response = sender.send(request).await.map_err(|unsent| Broken::NoTunnel(unsent.into_error()))?;
    if !response.status().is_success() {
        return Err(Broken::Denied(Denial::of(&response)));
    }
    let upgraded = hyper::upgrade::on(response).await.map_err(Broken::NoTunnel)?;
    Ok(Box::new(TokioIo::new(upgraded)))
}
