//! How a call goes on and ends, shared by its caller and the thread that drives it.

use super::queue::Telling;
use super::signal::Signal;
use super::signal::raise;
use crate::descriptors::Own;
use crate::error::{Error, ErrorCode};
use crate::gate::Gate;
use crate::protocol::repetition::{self, Failure};
use crate::protocol::token::Token;
use crate::transport::{InFlight, broken_down};
use once_cell::race::OnceBox;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Instant;

type Outcome = Result<Token, Error>;

/// The state of a call. No lock guards the outcome, so that a child of a fork can read it.
pub(crate) struct State {
    pub gate: Arc<Gate>,
    is_reusable: bool,
    outcome: OnceBox<Outcome>,
    is_taken: AtomicBool,
    watching: Mutex<Watching>,
    ended: Condvar,
    telling: Option<Telling>,
}

/// The parties that wait for the end.
#[derive(Default)]
struct Watching {
    /// Our sides of signals.
    signals: Vec<Own>,
    waker: Option<Waker>,
}

impl State {
    pub fn new(is_reusable: bool, telling: Option<Telling>) -> Arc<State> {
        Arc::new(State {
            gate: Arc::default(),
            is_reusable,
            outcome: OnceBox::new(),
            is_taken: AtomicBool::new(false),
            watching: Mutex::default(),
            ended: Condvar::new(),
            telling,
        })
    }

    /// Ends the call. Only the first end counts; tells whether this is the first.
    pub fn end(&self, outcome: Outcome) -> bool {
        if self.outcome.set(Box::new(outcome)).is_err() {
            return false;
        }
        let Watching { signals, waker } = std::mem::take(&mut *self.lock());
        self.ended.notify_all();
        signals.iter().for_each(raise);
        if let Some(waker) = waker {
            waker.wake();
        }
        if let Some(telling) = &self.telling {
            telling.tell();
        }
        true
    }

    /// Ends the call at once, if it has not ended; tells whether it did so.
    pub(super) fn cancel(&self) -> bool {
        let cancelled = || {
            let error = Error::new(ErrorCode::Cancelled, "the call was cancelled; nothing was sent");
            Failure::new(repetition::Outcome::Cancelled, error).into_error(self.is_reusable)
        };
        self.cut_short(cancelled, "the call was cancelled after its request was sent")
    }

    /// Ends a call that does not go on, if it has not ended; tells whether it did so. `unsent` is its error if nothing was sent.
    fn cut_short(&self, unsent: impl FnOnce() -> Error, sent: &str) -> bool {
        if self.outcome.get().is_some() {
            return false;
        }
        self.end(Err(if self.gate.close() { unsent() } else { unknown(sent, self.is_reusable) }))
    }

    /// Waits for the end until `deadline`, or without a limit; tells whether the call has ended.
    pub fn wait(&self, deadline: Option<Instant>) -> bool {
        let mut watching = self.lock();
        while self.outcome.get().is_none() {
            watching = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => self.ended.wait(watching).unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return false,
                Some(left) => self.ended.wait_timeout(watching, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
        true
    }

    /// The outcome, if the call has ended. It can be taken once.
    pub fn take(&self) -> Option<Outcome> {
        let outcome = self.outcome.get()?;
        Some(if self.is_first_to_take() { outcome.clone() } else { Err(taken()) })
    }

    pub(super) fn is_first_to_take(&self) -> bool {
        !self.is_taken.swap(true, Ordering::SeqCst)
    }

    /// Whether the call has ended. If not, its end wakes the waker.
    pub(super) fn has_ended_or_wakes(&self, waker: &Waker) -> bool {
        let mut watching = self.lock();
        if self.outcome.get().is_none() {
            watching.waker = Some(waker.clone());
            return false;
        }
        true
    }

    /// A new descriptor that is readable once the call has ended.
    pub(super) fn descriptor(&self) -> Option<OwnedFd> {
        let (ours, theirs) = Signal::new().ok()?.split()?;
        let mut watching = self.lock();
        if self.outcome.get().is_some() {
            raise(&ours);
        } else {
            watching.signals.push(ours);
        }
        Some(theirs)
    }

    /// The error of a call that was in flight when the process forked, in the child.
    pub(super) fn left_to_the_parent(&self) -> Error {
        unknown("the call belongs to the process that this one was forked from", self.is_reusable)
    }

    /// Closes the signals' descriptors that a child of a fork inherited.
    pub(super) fn close_copies(&self) {
        if let Ok(mut watching) = self.watching.try_lock() {
            watching.signals.clear();
        }
    }

    /// From now on, the queue does not tell of the call.
    pub(super) fn forget_in_queue(&self) {
        if let Some(telling) = &self.telling {
            telling.forget();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Watching> {
        self.watching.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl InFlight for State {
    fn break_off(&self) {
        self.cut_short(broken_down, "the network of this process broke down after the request was sent");
    }
}

pub(super) fn taken() -> Error {
    Error::new(ErrorCode::InvalidArgument, "the outcome of the call was taken before; a call gives it once")
}

fn unknown(what: &str, is_reusable: bool) -> Error {
    let message = format!("{what}; it is unknown whether the server acted on the request");
    let error = Error::new(ErrorCode::OutcomeUnknown, message);
    Failure::new(repetition::Outcome::AnswerLost, error).into_error(is_reusable)
}
