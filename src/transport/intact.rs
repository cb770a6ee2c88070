//! Notices that the host closed the runtime's descriptors, as some daemons close all that they find open. Their numbers may belong to
//! files of the host by then, so nothing of the runtime may be used or dropped any more.

use super::inherited;
use crate::descriptors::Identity;
use crate::fork::without_fork;
use std::future::Future;
use std::io;
use std::mem;
use std::os::fd::RawFd;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use tokio::net::unix::pipe;

/// The pipe that marks a runtime. As long as it is open, the other descriptors of the runtime count as open.
pub(super) struct Intact {
    /// Taken when dropped.
    pipe: Option<pipe::Receiver>,
    identity: Option<Identity>,
    on_loss: fn(&Intact),
}

impl Intact {
    /// Marks the current runtime, whose epoll instance has two of the `likely` numbers. `on_loss` is called when a task finds its descriptors closed.
    pub fn new(likely: &[RawFd], on_loss: fn(&Intact)) -> io::Result<Arc<Intact>> {
        let pipe = inherited::mark(likely)?;
        Ok(Arc::new(Intact { identity: Identity::of(&pipe), pipe: Some(pipe), on_loss }))
    }

    pub fn holds(&self) -> bool {
        self.pipe.as_ref().and_then(Identity::of) == self.identity
    }

    /// `future`, as a task of the runtime.
    pub fn guard<F: Future>(self: &Arc<Intact>, future: F) -> Guarded<F> {
        Guarded { intact: self.clone(), future: Some(Box::pin(future)) }
    }
}

/// A task of the runtime. The process does not fork while it is polled or dropped: the child could inherit a socket that the runtime
/// does not watch yet, or no longer, and nobody would close it.
pub(super) struct Guarded<F: Future> {
    intact: Arc<Intact>,
    /// Taken when it has ended, or when dropped.
    future: Option<Pin<Box<F>>>,
}

impl<F: Future> Future for Guarded<F> {
    type Output = F::Output;

    /// Once the descriptors are closed, the thread stays here for ever: whatever the runtime did next, it would do to descriptors of
    /// the host.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        if !self.intact.holds() {
            (self.intact.on_loss)(&self.intact);
            loop {
                thread::park();
            }
        }
        without_fork(|| {
            let future = self.future.as_mut().expect("a future that has ended is not polled again");
            let polled = future.as_mut().poll(context);
            if polled.is_ready() {
                self.future = None;
            }
            polled
        })
    }
}

impl<F: Future> Drop for Guarded<F> {
    fn drop(&mut self) {
        without_fork(|| self.future = None);
    }
}

impl Drop for Intact {
    fn drop(&mut self) {
        if !self.holds() {
            mem::forget(self.pipe.take());
        }
        // It may be the last that keeps the epoll instance open. In a child, nothing would mark that any more.
        without_fork(|| self.pipe = None);
    }
}
