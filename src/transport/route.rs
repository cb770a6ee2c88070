//! How one destination is reached: directly or through a proxy, and by which connections.

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

    /// What a proxy learns beside the request. No message may show it.
    pub fn secrets(&self) -> &[Wiped<String>] {
        &self.secrets
    }

    pub(super) fn proxy(&self) -> Option<&Proxy> {
        self.proxy.as_ref()
    }

    pub(super) fn network(&self) -> &Network {
        self.network.get()
    }

    /// Whether TLS is spoken to the destination or to the proxy.
    pub(super) fn speaks_tls(&self) -> bool {
        let proxy = self.proxy.iter().map(Proxy::url);
        proxy.chain([&self.destination.url]).any(|url| url.scheme() == "https")
    }
}
