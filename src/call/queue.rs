//! The queue in which an event loop finds the calls that have ended.

use super::signal::Signal;
use crate::error::{Error, ErrorCode};
use crate::per_process::{Inherited, PerProcess};
use once_cell::race::OnceBox;
use std::collections::VecDeque;
use std::mem;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Calls that have ended, by their tags. Each process that uses it has a line of its own.
pub(crate) struct Queue {
    line: PerProcess<Line>,
}

#[derive(Default)]
struct Line {
    signal: OnceBox<Signal>,
    ended: Mutex<VecDeque<Arc<Ended>>>,
}

impl Inherited for Line {
    fn succeed(&self) {
        if let Some(signal) = self.signal.get() {
            signal.close_copies();
        }
    }

    /// The parent's lock may be held; the descriptors are copies of the parent's.
    fn abandon(self) {
        drop(self.signal);
        mem::forget(self.ended);
    }
}

impl Line {
    /// `None` if no descriptor is left.
    fn signal(&self) -> Option<&Signal> {
        self.signal.get_or_try_init(|| Signal::new().map(Box::new)).ok()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Ended>>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    pub fn new() -> Result<Queue, Error> {
        let queue = Queue { line: PerProcess::new() };
        match queue.line.get().signal() {
            Some(_) => Ok(queue),
            None => Err(Error::new(ErrorCode::Internal, "no descriptor is left for the queue")),
        }
    }

    /// A new descriptor that is readable while ended calls wait in the queue.
    pub fn descriptor(&self) -> Option<OwnedFd> {
        let line = self.line.get();
        let ended = line.lock();
        let signal = line.signal()?;
        // An earlier end may have found no descriptor to signal it by.
        if !ended.is_empty() {
            signal.raise();
        }
        signal.descriptor()
    }

    /// The tag of the next call that has ended; 0 if there is none.
    pub fn next(&self) -> usize {
        let line = self.line.get();
        let mut ended = line.lock();
        while let Some(call) = ended.pop_front() {
            if !call.is_over.load(Ordering::Relaxed) {
                return call.tag;
            }
        }
        if let Some(signal) = line.signal() {
            signal.lower();
        }
        0
    }

    /// Reports a hang-up to all descriptors that this process gave out.
    pub fn hang_up(&self) {
        if let Some(signal) = self.line.get().signal() {
            signal.hang_up();
        }
    }
}

/// An entry of the queue: a call that has ended. It does not hold the queue.
struct Ended {
    tag: usize,
    /// Read and written under the lock of the line.
    is_over: AtomicBool,
}

/// Tells a queue of the end of one call, unless the queue is freed. It does not own the queue: a child of a fork forgets the calls of
/// its parent, and yet frees the queue.
pub(crate) struct Telling {
    queue: Weak<Queue>,
    ended: Arc<Ended>,
}

impl Telling {
    pub fn new(queue: &Arc<Queue>, tag: usize) -> Telling {
        Telling { queue: Arc::downgrade(queue), ended: Arc::new(Ended { tag, is_over: AtomicBool::new(false) }) }
    }

    /// Puts the call into the queue, because it has ended.
    pub(super) fn tell(&self) {
        let Some(queue) = self.queue.upgrade() else { return };
        let line = queue.line.get();
        let mut ended = line.lock();
        if self.ended.is_over.load(Ordering::Relaxed) {
            return;
        }
        ended.push_back(self.ended.clone());
        // The host may have read the descriptor's bytes, so each end writes one.
        if let Some(signal) = line.signal() {
            signal.raise();
        }
    }

    /// Takes the call out of the queue, because it is freed.
    pub(super) fn forget(&self) {
        let Some(queue) = self.queue.upgrade() else { return };
        let _line = queue.line.get().lock();
        self.ended.is_over.store(true, Ordering::Relaxed);
    }
}
