//! The runtime of a process's network, and the calls that are in flight on it.

use super::aside;
use super::group::refused;
use super::inherited;
use super::intact::Intact;
use super::pool::Pool;
use crate::descriptors;
use crate::error::{Error, ErrorCode};
use crate::fork::without_fork;
use crate::panics;
use std::collections::HashMap;
use std::future::Future;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, yield_now};

/// How many turns the runtime gets to close connections that are no longer needed. In measurements, it needed two or three.
const ROUNDS_TO_CLOSE: usize = 6;

/// The part of a call in flight that the network knows.
pub(crate) trait InFlight: Send + Sync {
    /// Ends the call, because the runtime broke down and can't go on with it.
    fn break_off(&self);
}

pub(super) struct Driven {
    /// Taken when dropped.
    runtime: Option<Runtime>,
    /// Its connections.
    pub pool: Arc<Pool>,
    calls: Mutex<Calls>,
    none_left: Notify,
    pub intact: Arc<Intact>,
}

/// The calls in flight on a runtime, each by its number.
#[derive(Default)]
struct Calls {
    in_flight: HashMap<u64, Arc<dyn InFlight>>,
    last_number: u64,
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
    /// `on_loss` is called when a task finds that the host closed the runtime's descriptors.
    pub fn new(on_loss: fn(&Intact)) -> Result<Arc<Driven>, Error> {
        // At the end of a thread, in an atexit handler for example, the runtime can't set itself up on that thread any more.
        let is_ending = Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed());
        if !is_ending {
            return Driven::set_up(on_loss);
        }
        let set_up = aside::spawn("td-set-up", move || Driven::set_up(on_loss)).map_err(refused)?;
        set_up.join().unwrap_or_else(|_| Err(broken_down()))
    }

    fn set_up(on_loss: fn(&Intact)) -> Result<Arc<Driven>, Error> {
        descriptors::take_standard_ones();
        // A child of a fork in the middle of this would not know what it inherits.
        let (runtime, intact) = without_fork(|| {
            let likely = inherited::next_numbers();
            let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
            let intact = {
                let _within = runtime.enter();
                Intact::new(&likely, on_loss)?
            };
            Ok((runtime, intact))
        })
        .map_err(refused)?;
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

    pub fn has_calls(&self) -> bool {
        !self.calls().in_flight.is_empty()
    }

    /// Adds a call, which is in flight until what this returns is dropped.
    pub fn add(self: &Arc<Driven>, call: Arc<dyn InFlight>) -> End {
        let mut calls = self.calls();
        calls.last_number += 1;
        let number = calls.last_number;
        calls.in_flight.insert(number, call.clone());
        End { runtime: Arc::downgrade(self), number, call }
    }

    /// Starts a task; `None` if the runtime panics, because the host closed its descriptors.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> Option<Task> {
        let spawned = panics::caught(|| self.runtime().spawn(self.intact.guard(task))).ok()?;
        Some(Task { handle: spawned.abort_handle(), intact: self.intact.clone() })
    }

    /// Ends all calls in flight, because the runtime broke down. It would panic again at each use and when it is dropped. Its
    /// descriptors are left alone, because their numbers may belong to the host by now.
    pub fn break_off(self: Arc<Driven>) {
        let broken = mem::take(&mut self.calls().in_flight);
        mem::forget(self);
        for call in broken.into_values() {
            call.break_off();
        }
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
    pub fn turn(&self) {
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
pub(super) struct End {
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
