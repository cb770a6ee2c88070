//! The one network of a process: its runtime, the thread that drives it, and what clients share.

use super::aside;
use super::group::{Group, refused};
use super::inherited::Mark;
use super::intact::Intact;
use super::pool::Pool;
use super::proxy::Proxy;
use super::resolve::Resolver;
use super::trust::Trust;
use crate::descriptors;
use crate::error::{Error, ErrorCode};
use crate::fork::without_fork;
use crate::panics;
use crate::per_process::{Inherited, PerProcess};
use std::collections::HashMap;
use std::future::Future;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, yield_now};

/// How long the thread waits for another call before it ends. Starting it anew costs a call some microseconds.
const LINGER: Duration = Duration::from_millis(20);
/// How many turns the runtime gets to close connections that are no longer needed. In measurements, it needed two or three.
const ROUNDS_TO_CLOSE: usize = 6;

static NETWORK: PerProcess<Network> = PerProcess::new();

#[derive(Default)]
pub(crate) struct Network {
    resolver: Resolver,
    mark: Mark,
    groups: Mutex<Vec<Weak<Group>>>,
    state: Mutex<State>,
    /// Wakes the thread while it lingers.
    started: Condvar,
}

impl Inherited for Network {
    fn succeed(&self) {
        self.mark.close_copies();
    }
}

#[derive(Default)]
struct State {
    /// Present while a client of this process uses the network or a call is in flight.
    runtime: Option<Arc<Driven>>,
    clients: usize,
    /// The number of the thread that drives it, if there is one.
    driver: Option<u64>,
    last_driver: u64,
    /// Whether the runtime took a call since the thread last looked.
    has_new_call: bool,
}

/// The part of a call in flight that the network knows.
pub(crate) trait InFlight: Send + Sync {
    /// Ends the call, because the runtime broke down and can't go on with it.
    fn break_off(&self);
}

struct Driven {
    /// Taken when dropped.
    runtime: Option<Runtime>,
    /// Its connections.
    pool: Arc<Pool>,
    calls: Mutex<Calls>,
    none_left: Notify,
    intact: Arc<Intact>,
}

/// The calls in flight on a runtime, each by its number.
#[derive(Default)]
struct Calls {
    in_flight: HashMap<u64, Arc<dyn InFlight>>,
    last_number: u64,
}

/// The parts of its process's network that a call uses.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(super) pool: Arc<Pool>,
    pub(super) resolver: Resolver,
    pub(super) intact: Arc<Intact>,
}

/// The task of a call.
pub(crate) struct Task {
    handle: AbortHandle,
    intact: Arc<Intact>,
}

impl Task {
    pub fn abort(&self) {
        if self.intact.holds() {
            // It panics if the host closed another descriptor of the runtime.
            let _ = panics::caught(|| self.handle.abort());
        }
    }
}

impl Driven {
    fn new(mark: &'static Mark) -> Result<Arc<Driven>, Error> {
        // At the end of a thread, in an atexit handler for example, the runtime can't set itself up on that thread any more.
        let is_ending = Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed());
        if !is_ending {
            return Driven::set_up(mark);
        }
        let set_up = aside::spawn("td-set-up", || Driven::set_up(mark)).map_err(refused)?;
        set_up.join().unwrap_or_else(|_| Err(broken_down()))
    }

    fn set_up(mark: &Mark) -> Result<Arc<Driven>, Error> {
        descriptors::take_standard_ones();
        let runtime = Builder::new_current_thread().enable_io().enable_time().build().map_err(refused)?;
        let intact = {
            let _within = runtime.enter();
            Intact::new(mark, Network::lost).map_err(refused)?
        };
        Ok(Arc::new(Driven {
            runtime: Some(runtime),
            pool: Arc::default(),
            calls: Mutex::default(),
            none_left: Notify::new(),
            intact,
        }))
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has_calls(&self) -> bool {
        !self.calls().in_flight.is_empty()
    }

    /// Adds a call, and returns its number.
    fn add(&self, call: Arc<dyn InFlight>) -> u64 {
        let mut calls = self.calls();
        calls.last_number += 1;
        let number = calls.last_number;
        calls.in_flight.insert(number, call);
        number
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("the runtime lives as long as its owner")
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        if self.intact.holds() {
            // A plain drop would wait until the runtime has done all its work.
            without_fork(|| runtime.shutdown_background());
        } else {
            mem::forget(runtime);
        }
    }
}

/// The use of the network by one client.
pub(super) struct Membership {
    network: &'static Network,
    /// Taken when dropped.
    group: Option<Arc<Group>>,
}

impl Membership {
    pub fn group(&self) -> &Arc<Group> {
        self.group.as_ref().expect("it is taken when the membership is dropped")
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.group.take();
        let (left, runtime) = {
            let mut state = self.network.lock();
            state.clients -= 1;
            (state.unused(), state.runtime.clone())
        };
        drop(left);
        let Some(runtime) = runtime else { return };
        if !runtime.intact.holds() {
            self.network.abandon(runtime);
        } else if runtime.pool.close_abandoned() {
            // Their sockets close as the runtime turns.
            let _ = self.network.start(Arc::new(Nothing), |_| async {});
        }
    }
}

struct Nothing;

impl InFlight for Nothing {
    fn break_off(&self) {}
}

impl State {
    /// The runtime, if nobody uses it any more.
    fn unused(&mut self) -> Option<Arc<Driven>> {
        if self.clients > 0 {
            return None;
        }
        self.runtime.take_if(|runtime| !runtime.has_calls())
    }
}

impl Network {
    pub fn of_this_process() -> &'static Network {
        NETWORK.get()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one more client use the network.
    pub(super) fn join(&'static self, trust: &Trust, proxy: Option<&Proxy>) -> Membership {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        groups.retain(|group| match group.upgrade() {
            Some(group) if group.trust == *trust && group.proxy.as_ref() == proxy => {
                found = Some(group);
                true
            }
            group => group.is_some(),
        });
        let group = found.unwrap_or_else(|| {
            let group = Arc::new(Group::new(trust.clone(), proxy.cloned()));
            groups.push(Arc::downgrade(&group));
            group
        });
        self.lock().clients += 1;
        Membership { network: self, group: Some(group) }
    }

    /// Hands `call` to the thread that drives all calls.
    pub fn start<F: Future<Output = ()> + Send + 'static>(
        &'static self,
        in_flight: Arc<dyn InFlight>,
        call: impl FnOnce(Shared) -> F,
    ) -> Result<Task, Error> {
        let broken = self.lock().runtime.clone().filter(|runtime| !runtime.intact.holds());
        if let Some(broken) = broken {
            self.abandon(broken);
        }
        let mut state = self.lock();
        let runtime = match &state.runtime {
            Some(runtime) => runtime.clone(),
            None => state.runtime.insert(Driven::new(&self.mark)?).clone(),
        };
        if state.driver.is_none() {
            let number = state.last_driver + 1;
            aside::spawn("td-calls", move || self.drive(number)).map_err(refused)?;
            (state.driver, state.last_driver) = (Some(number), number);
        }
        let end = End { number: runtime.add(in_flight.clone()), call: in_flight, runtime: Arc::downgrade(&runtime) };
        drop(state);
        let (pool, intact) = (runtime.pool.clone(), runtime.intact.clone());
        let call = call(Shared { pool, resolver: self.resolver.clone(), intact: intact.clone() });
        let task = intact.guard(async move {
            let _end = end;
            // Let the runtime notice connections that servers closed while no call was running.
            yield_now().await;
            call.await;
        });
        // It panics if the host closed the runtime's descriptors.
        match panics::caught(|| runtime.runtime().spawn(task)) {
            Ok(task) => {
                // Only now may the thread enter the runtime. In a broken one, it would close descriptors of the host.
                self.lock().has_new_call = true;
                self.started.notify_one();
                Ok(Task { handle: task.abort_handle(), intact })
            }
            Err(_) => {
                self.abandon(runtime);
                Err(broken_down())
            }
        }
    }

    /// Drives calls until there was none for a while, or until the runtime broke down. `number` is the thread's own.
    fn drive(&'static self, number: u64) {
        let mut state = self.lock();
        while state.driver == Some(number) {
            let has_new_call = mem::take(&mut state.has_new_call);
            if let Some(runtime) = state.runtime.clone().filter(|runtime| has_new_call && runtime.has_calls()) {
                drop(state);
                let is_broken = panics::caught(|| runtime.turn()).is_err();
                if is_broken {
                    self.abandon(runtime)
                } else {
                    drop(runtime)
                };
                state = self.lock();
                if let Some(unused) = state.unused() {
                    drop(state);
                    drop(unused);
                    state = self.lock();
                }
                continue;
            }
            let (back, waited) = self.started.wait_timeout(state, LINGER).unwrap_or_else(PoisonError::into_inner);
            state = back;
            if waited.timed_out()
                && !state.has_new_call
                && !state.runtime.as_ref().is_some_and(|runtime| runtime.has_calls())
            {
                state.driver = None;
            }
        }
    }

    /// Forgets the runtime whose descriptors the host closed.
    fn lost(intact: &Intact) {
        let network = Network::of_this_process();
        let runtime = network.lock().runtime.clone().filter(|runtime| std::ptr::eq(&*runtime.intact, intact));
        if let Some(runtime) = runtime {
            network.abandon(runtime);
        }
    }

    /// Forgets a runtime that panicked, because the host closed its descriptors. It would panic again at each use and when it is
    /// dropped. The descriptors in it are left alone, because their numbers may belong to the host by now.
    fn abandon(&self, runtime: Arc<Driven>) {
        {
            let mut state = self.lock();
            if let Some(present) = state.runtime.take_if(|present| Arc::ptr_eq(present, &runtime)) {
                mem::forget(present);
                // It may be caught in that runtime.
                state.driver = None;
            }
        }
        let broken = mem::take(&mut runtime.calls().in_flight);
        mem::forget(runtime);
        for call in broken.into_values() {
            call.break_off();
        }
    }
}

/// The error of a call whose runtime can't go on.
pub(crate) fn broken_down() -> Error {
    Error::new(
        ErrorCode::Internal,
        "the network of this process broke down, as it does if the program closes descriptors that are not its own; \
         nothing was sent, and the next call sets it up anew",
    )
}

impl Driven {
    /// Runs until no call is left.
    fn turn(&self) {
        self.runtime().block_on(async {
            while self.has_calls() {
                self.none_left.notified().await;
            }
            for _ in 0..ROUNDS_TO_CLOSE {
                yield_now().await;
            }
        });
    }
}

/// It is dropped when the task of a call ends, for whatever reason.
struct End {
    runtime: Weak<Driven>,
    number: u64,
    call: Arc<dyn InFlight>,
}

impl Drop for End {
    fn drop(&mut self) {
        // This changes nothing if the call has ended.
        self.call.break_off();
        let Some(runtime) = self.runtime.upgrade() else { return };
        let ended = runtime.calls().in_flight.remove(&self.number);
        drop(ended);
        if !runtime.has_calls() {
            runtime.none_left.notify_one();
        }
    }
}
