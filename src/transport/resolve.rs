//! Name resolution by the system. A call can stop waiting for it at its deadline.

use nix::sys::signal::{SigSet, SigmaskHow};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use tokio::sync::oneshot;

type Outcome = Result<Vec<SocketAddr>, Unresolved>;
type Waiting = HashMap<String, Vec<oneshot::Sender<Outcome>>>;

/// Resolves each name on a detached thread, which all calls that wait for this name share. `getaddrinfo` can't be interrupted, so a
/// stuck thread is left to itself. There is never more than one thread for a name.
#[derive(Clone, Default)]
pub(super) struct Resolver {
    waiting: Arc<Mutex<Waiting>>,
}

/// Why a name can't be resolved, in the system's words.
#[derive(Debug, Clone)]
pub(super) struct Unresolved {
    pub name: String,
    reason: String,
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
        if let Err(error) = without_signals(|| {
            thread::Builder::new().name("td-resolve".into()).spawn(move || {
                let outcome = look_up(&name_of_thread);
                resolver.answer(&name_of_thread, outcome);
            })
        }) {
            self.answer(
                name,
                Err(Unresolved { name: name.to_owned(), reason: format!("a thread can't be started: {error}") }),
            );
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
    match (name, 0).to_socket_addrs() {
        Ok(addresses) => Ok(addresses.collect()),
        Err(error) => Err(Unresolved { name: name.to_owned(), reason: error.to_string() }),
    }
}

/// Runs `spawn` with all signals blocked, so that the new thread takes no signal from the threads of the host.
pub(super) fn without_signals<T>(spawn: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let spawned = spawn();
    before.thread_set_mask()?;
    spawned
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let receiver = self.join(name.as_str());
        Box::pin(async move {
            let addresses = receiver.await??;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
