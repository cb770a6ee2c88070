//! Name resolution by the system, in a way that a deadline can leave behind.

use super::aside;
use hyper_util::client::legacy::connect::dns::Name;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::net::{SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::vec;
use tokio::sync::oneshot;
use tower_service::Service;

type Outcome = Result<Vec<SocketAddr>, Unresolved>;
type Waiting = HashMap<String, Vec<oneshot::Sender<Outcome>>>;

/// One detached thread for each name that is being resolved, shared by all who wait for it: `getaddrinfo` can't be interrupted, so a
/// stuck one is left to itself, and there is never more than one for a name.
#[derive(Clone, Default)]
pub(super) struct Resolver {
    waiting: Arc<Mutex<Waiting>>,
}

/// The system's reason, in words.
#[derive(Debug, Clone)]
pub(super) struct Unresolved {
    pub name: String,
    pub reason: String,
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Unresolved {}

impl Resolver {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the resolution of `name` under way, or starts one.
    fn join(&self, name: &str) -> oneshot::Receiver<Outcome> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        if let Some(others) = waiting.get_mut(name) {
            // A stuck resolution would gather whoever gave up.
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
            self.answer(
                name,
                Err(Unresolved { name: name.to_owned(), reason: format!("no thread to resolve it on: {error}") }),
            );
        }
        receiver
    }

    fn answer(&self, name: &str, outcome: Outcome) {
        for sender in self.lock().remove(name).unwrap_or_default() {
            // Whoever gave up waiting is gone.
            let _ = sender.send(outcome.clone());
        }
    }
}

fn look_up(name: &str) -> Outcome {
    match (name, 0).to_socket_addrs() {
        Ok(addresses) => Ok(addresses.collect()),
        Err(error) => Err(Unresolved { name: name.to_owned(), reason: error.to_string() }),
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
        Box::pin(async move {
            let abandoned = |_| Unresolved { name: name.to_string(), reason: "its resolution broke off".into() };
            receiver.await.map_err(abandoned)?.map(Vec::into_iter)
        })
    }
}
