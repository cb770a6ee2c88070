//! A call that was started: what its caller holds.

mod queue;
mod signal;
mod state;

use crate::error::Error;
use crate::fork::Process;
use crate::protocol::token::Token;
use crate::transport::Task;
use std::fmt;
use std::future::Future;
use std::mem;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

pub(crate) use queue::Queue;
pub(crate) use queue::Telling;
pub(crate) use state::State;

/// A started exchange. A thread of the library carries it out.
///
/// As a future, it gives the outcome once, on any executor. If you drop it, you cancel the call, and nothing more is sent.
/// If the request was sent before, a code or refresh token may be spent.
///
/// If a call ended before a fork, both sides can take its outcome. In the child, a call that was in flight has ended with
/// [`OutcomeUnknown`](crate::ErrorCode::OutcomeUnknown), because the parent may still send it.
#[must_use = "a call that is dropped is cancelled"]
pub struct Call {
    process: Process,
    /// Taken when dropped.
    state: Option<Arc<State>>,
    task: Option<Task>,
    /// Keeps the client alive.
    _client: Arc<dyn Send + Sync>,
}

impl Call {
    pub(crate) fn new(state: Arc<State>, task: Task, client: Arc<dyn Send + Sync>) -> Call {
        Call { process: Process::current(), state: Some(state), task: Some(task), _client: client }
    }

    /// Cancels the call, if it has not ended. If nothing was sent, it ends with
    /// [`Cancelled`](crate::ErrorCode::Cancelled); otherwise with [`OutcomeUnknown`](crate::ErrorCode::OutcomeUnknown).
    pub fn cancel(&self) {
        if self.is_ours()
            && let (Some(state), Some(task)) = (&self.state, &self.task)
            && state.cancel()
        {
            task.abort();
        }
    }

    /// Waits for the end until `deadline`, or without a limit; tells whether the call has ended.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> bool {
        !self.is_ours() || self.state().wait(deadline)
    }

    /// Waits until the call has ended, at most for `time`; tells whether it has ended.
    pub fn wait_for(&self, time: Duration) -> bool {
        self.wait(Instant::now().checked_add(time))
    }

    /// Waits for the end and takes the outcome.
    pub(crate) fn take(&self) -> Result<Token, Error> {
        self.wait(None);
        self.outcome()
    }

    /// A new descriptor that is readable once the call has ended.
    pub(crate) fn descriptor(&self) -> Option<OwnedFd> {
        if self.is_ours() { self.state().descriptor() } else { signal::raised() }
    }

    /// The outcome of a call that has ended, once.
    fn outcome(&self) -> Result<Token, Error> {
        match self.state().take() {
            Some(outcome) => outcome,
            // This is the child of a fork, and the call was in flight.
            None => {
                Err(if self.state().is_first_to_take() { self.state().left_to_the_parent() } else { state::taken() })
            }
        }
    }

    /// Whether this process started the call. Another process touches nothing that a lock guards.
    fn is_ours(&self) -> bool {
        self.process == Process::current()
    }

    fn state(&self) -> &State {
        self.state.as_ref().expect("it is taken when the call is dropped")
    }
}

impl Future for Call {
    type Output = Result<Token, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.is_ours() && !self.state().has_ended_or_wakes(context.waker()) {
            return Poll::Pending;
        }
        Poll::Ready(self.outcome())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.is_ours() {
            // In this order, the cancelled call doesn't make its queue readable.
            self.state().forget_in_queue();
            self.cancel();
        } else {
            // A thread that this process lacks may hold their locks.
            if let Some(state) = self.state.take() {
                state.close_copies();
                mem::forget(state);
            }
            mem::forget(self.task.take());
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Call { .. }")
    }
}
