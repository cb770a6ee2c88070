//! Name resolution by the system. A call can stop waiting for it at its deadline.

use super::aside;
use crate::descriptors;
use hyper_util::client::legacy::connect::dns::Name;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::vec;
use tokio::sync::oneshot;
use tower_service::Service;

type Outcome = Result<Vec<SocketAddr>, Unresolved>;
type Waiting = HashMap<String, Vec<oneshot::Sender<Outcome>>>;

/// Resolves each name on a detached thread, which all calls that wait for this name share. `getaddrinfo` can't be interrupted, so a
/// stuck thread is left to itself. There is never more than one thread for a name.
#[derive(Clone, Default)]
pub(super) struct Resolver {
    waiting: Arc<Mutex<Waiting>>,
    stays_here: bool,
}

/// Why a name gives no address.
#[derive(Debug, Clone)]
pub(super) enum Unresolved {
    /// The name, and the reason in the system's words.
    Unknown(String, String),
    /// The name should be this machine, but is this other one.
    Elsewhere(String, IpAddr),
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unresolved::Unknown(name, reason) => write!(f, "the name {name} can't be resolved ({reason})"),
            Unresolved::Elsewhere(name, address) => write!(
                f,
                "the name {name} belongs to another machine ({address}), and plain HTTP would show tokens to others on the way; \
                 correct the name's entry in /etc/hosts, or give the https URL"
            ),
        }
    }
}

impl std::error::Error for Unresolved {}

impl Resolver {
    /// The same resolver. If `stays_here`, it gives only addresses of this machine.
    pub fn staying_here(&self, stays_here: bool) -> Resolver {
        Resolver { waiting: self.waiting.clone(), stays_here }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the running resolution of `name`, or starts one.
    fn join(&self, name: &str) -> oneshot::Receiver<Outcome> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        if let Some(others) = waiting.get_mut(name) {
            // Drop callers that gave up, because a stuck resolution would collect them.
            others.retain(|other| !other.is_closed());
            others.push(sender);
            return receiver;
        }
        waiting.insert(name.to_owned(), vec![sender]);
        drop(waiting);
        let resolver = self.clone();
        let name_of_thread = name.to_owned();
        let started = aside::spawn("td-resolve", move || {
            let outcome = look_up(&name_of_thread);
            resolver.answer(&name_of_thread, outcome);
        });
        if let Err(error) = started {
            self.answer(name, Err(Unresolved::Unknown(name.to_owned(), format!("a thread can't be started: {error}"))));
        }
        receiver
    }

    fn answer(&self, name: &str, outcome: Outcome) {
        for sender in self.lock().remove(name).unwrap_or_default() {
            // This fails if the caller gave up waiting.
            let _ = sender.send(outcome.clone());
        }
    }
}

fn look_up(name: &str) -> Outcome {
    descriptors::take_standard_ones();
    match (name, 0).to_socket_addrs() {
        Ok(addresses) => Ok(addresses.collect()),
        Err(error) => Err(Unresolved::Unknown(name.to_owned(), error.to_string())),
    }
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Unresolved;
    type Future = Pin<Box<dyn Future<Output = Result<vec::IntoIter<SocketAddr>, Unresolved>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Unresolved>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let receiver = self.join(name.as_str());
        let stays_here = self.stays_here;
        Box::pin(async move {
            let abandoned = |_| Unresolved::Unknown(name.to_string(), "its resolution broke off".into());
            let mut addresses = receiver.await.map_err(abandoned)??;
            if let Some(first) = addresses.first().map(SocketAddr::ip).filter(|_| stays_here) {
                addresses.retain(|address| address.ip().to_canonical().is_loopback());
                if addresses.is_empty() {
                    return Err(Unresolved::Elsewhere(name.to_string(), first));
                }
            }
            // The sockets are made next.
            descriptors::take_standard_ones();
            Ok(addresses.into_iter())
        })
    }
}
