//! The route to one destination: directly or through a proxy, and over which connections.

use super::connections::Network;
use super::proxy::Proxy;
use crate::message::Destination;
use crate::per_process::PerProcess;
use crate::wiped::Wiped;

pub(crate) struct Route {
    destination: Destination,
    proxy: Option<Proxy>,
    secrets: Vec<Wiped<String>>,
    network: PerProcess<Network>,
}

impl Route {
    pub(super) fn new(destination: Destination, proxy: Option<Proxy>) -> Route {
        let secrets = proxy.as_ref().map(Proxy::secrets).unwrap_or_default();
        Route { destination, proxy, secrets, network: PerProcess::new() }
    }

    pub fn destination(&self) -> &Destination {
        &self.destination
    }

    /// The secrets that only a proxy receives. No message may show them.
    pub fn secrets(&self) -> &[Wiped<String>] {
        &self.secrets
    }

    pub(super) fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    pub(super) fn network(&self) -> &Network {
        self.network.get()
    }

    /// Whether the client uses TLS with the destination or with the proxy.
    pub(super) fn speaks_tls(&self) -> bool {
        let proxy = self.proxy.iter().map(Proxy::url);
        proxy.chain([&self.destination.url]).any(|url| url.scheme() == "https")
    }
}
