//! The open connections of a process: how many there may be, which are idle, and who waits for one.

use super::group::{Group, RENEWAL};
use super::sender::Sender;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// The most connections that a process has open, idle ones included.
pub(super) const MOST_OPEN: usize = 200;
/// The most connections to one host. If a host hangs, the rest is left for others.
pub(super) const MOST_PER_HOST: usize = MOST_OPEN / 4;
/// How long a connection may be idle. Most servers and load balancers wait longer before they close one.
const LONGEST_IDLE: Duration = Duration::from_secs(30);

pub(super) struct Pool {
    turns: Arc<Semaphore>,
    state: Mutex<State>,
    /// Tells that a connection was closed.
    closed: Notify,
}

#[derive(Default)]
struct State {
    hosts: HashMap<Arc<str>, Arc<Host>>,
    open: HashMap<Arc<str>, usize>,
    /// The connection that was used last comes last.
    idle: Vec<Idle>,
}

struct Host {
    turns: Arc<Semaphore>,
}

/// An open connection on which no request is under way.
pub(super) struct Idle {
    group: Weak<Group>,
    host: Arc<str>,
    client_id: Arc<str>,
    sender: Sender,
    made: Instant,
    since: Instant,
}

/// The right to have one request under way.
pub(super) struct Turn {
    pool: Arc<Pool>,
    host: Arc<str>,
    /// Taken when dropped.
    own: Option<(OwnedSemaphorePermit, OwnedSemaphorePermit, Arc<Host>)>,
}

/// The place of an open connection.
pub(super) struct Place {
    pool: Arc<Pool>,
    host: Arc<str>,
}

impl Default for Pool {
    fn default() -> Pool {
        Pool { turns: Arc::new(Semaphore::new(MOST_OPEN)), state: Mutex::default(), closed: Notify::new() }
    }
}

impl State {
    fn open(&self) -> usize {
        self.open.values().sum()
    }

    fn close_oldest(&mut self, of: impl Fn(&Idle) -> bool) -> bool {
        match self.idle.iter().position(of) {
            Some(index) => {
                self.idle.remove(index);
                true
            }
            None => false,
        }
    }
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits in line for a turn, behind earlier calls to the same host and then behind earlier calls to any host.
    pub async fn turn(self: &Arc<Pool>, host: &Arc<str>) -> Turn {
        let own = self.lock().hosts.entry(host.clone()).or_insert_with(Host::new).clone();
        let of_host = own.turns.clone().acquire_owned().await.expect("the semaphore is never closed");
        let of_all = self.turns.clone().acquire_owned().await.expect("the semaphore is never closed");
        Turn { pool: self.clone(), host: host.clone(), own: Some((of_host, of_all, own)) }
    }

    /// An idle connection of the group to the host, and when it was made. Only clients of one id share a connection: if the server
    /// answers a request twice, the second answer may be taken for that to the next request.
    pub fn take_idle(&self, group: &Arc<Group>, host: &str, client_id: &str) -> Option<(Sender, Instant)> {
        let mut state = self.lock();
        state.idle.retain(Idle::is_good);
        let fits = |idle: &Idle| {
            idle.group.as_ptr() == Arc::as_ptr(group) && *idle.host == *host && *idle.client_id == *client_id
        };
        let index = state.idle.iter().rposition(fits)?;
        let idle = state.idle.remove(index);
        Some((idle.sender, idle.made))
    }

    pub fn put_idle(&self, group: &Arc<Group>, host: &Arc<str>, client_id: &Arc<str>, sender: Sender, made: Instant) {
        let (group, host, client_id) = (Arc::downgrade(group), host.clone(), client_id.clone());
        self.lock().idle.push(Idle { group, host, client_id, sender, made, since: Instant::now() });
    }

    /// A place for a new connection. A call that has a turn finds one: if there are too many connections, an idle one is closed.
    pub fn place(self: &Arc<Pool>, host: &Arc<str>) -> Place {
        let mut state = self.lock();
        if state.open.get(host).is_some_and(|open| *open >= MOST_PER_HOST) {
            state.close_oldest(|idle| idle.host == *host);
        }
        if state.open() >= MOST_OPEN {
            state.close_oldest(|_| true);
        }
        *state.open.entry(host.clone()).or_default() += 1;
        Place { pool: self.clone(), host: host.clone() }
    }

    /// Frees a descriptor if the process has no more: closes the oldest idle connection, or waits until another connection is closed.
    /// `false` if there is none.
    pub async fn free_a_descriptor(&self) -> bool {
        let closed = self.closed.notified();
        {
            let mut state = self.lock();
            if !state.close_oldest(|_| true) && state.open.is_empty() {
                return false;
            }
        }
        closed.await;
        true
    }

    /// Closes the idle connections of groups that no client uses any more, and returns whether there were any.
    pub fn close_abandoned(&self) -> bool {
        let mut state = self.lock();
        let before = state.idle.len();
        state.idle.retain(|idle| idle.group.strong_count() > 0);
        state.idle.len() < before
    }
}

impl Idle {
    fn is_good(&self) -> bool {
        self.sender.is_ready()
            && self.group.strong_count() > 0
            && self.since.elapsed() < LONGEST_IDLE
            && self.made.elapsed() < RENEWAL
    }
}

impl Host {
    fn new() -> Arc<Host> {
        Arc::new(Host { turns: Arc::new(Semaphore::new(MOST_PER_HOST)) })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.own.take();
        let mut state = self.pool.lock();
        // Only the map holds it, so no call has a turn or waits for one.
        if state.hosts.get(&self.host).is_some_and(|host| Arc::strong_count(host) == 1) {
            state.hosts.remove(&self.host);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        if let Some(open) = state.open.get_mut(&self.host) {
            *open -= 1;
            if *open == 0 {
                state.open.remove(&self.host);
            }
        }
        drop(state);
        self.pool.closed.notify_waiters();
    }
}
