//! Notices that the host closed the runtime's descriptors, as some daemons close all that they find open. Their numbers may belong to
//! files of the host by then, so nothing of the runtime may be used or dropped any more.

use super::inherited::Mark;
use crate::descriptors::Identity;
use std::future::{Future, poll_fn};
use std::io;
use std::mem;
use std::pin::pin;
use std::sync::Arc;
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
    /// Marks the current runtime. `on_loss` is called when a task finds its descriptors closed.
    pub fn new(mark: &Mark, on_loss: fn(&Intact)) -> io::Result<Arc<Intact>> {
        let pipe = mark.set()?;
        Ok(Arc::new(Intact { identity: Identity::of(&pipe), pipe: Some(pipe), on_loss }))
    }

    pub fn holds(&self) -> bool {
        self.pipe.as_ref().and_then(Identity::of) == self.identity
    }

    /// `future`, as a task of the runtime. Once the descriptors are closed, the thread that polls it stays here for ever: whatever the
    /// runtime did next, it would do to descriptors of the host.
    pub fn guard<F: Future>(self: &Arc<Intact>, future: F) -> impl Future<Output = F::Output> + use<F> {
        let intact = self.clone();
        async move {
            let mut future = pin!(future);
            let guarded = poll_fn(|context| {
                if !intact.holds() {
                    (intact.on_loss)(&intact);
                    loop {
                        thread::park();
                    }
                }
                future.as_mut().poll(context)
            });
            guarded.await
        }
    }
}

impl Drop for Intact {
    fn drop(&mut self) {
        if !self.holds() {
            mem::forget(self.pipe.take());
        }
    }
}
