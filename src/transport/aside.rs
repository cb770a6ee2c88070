//! Threads for one piece of work each, so that the thread that drives the calls waits for no file and no name.

use nix::sys::signal::{SigSet, SigmaskHow};
use std::io;
use std::thread::{Builder, JoinHandle};

/// The standard library would otherwise ask the environment (RUST_MIN_STACK), which may be hostile.
const STACK: usize = 2 << 20;

/// Starts a thread with all signals blocked, so that it takes none that the host means for its own threads.
pub(super) fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let spawned = Builder::new().name(name.into()).stack_size(STACK).spawn(work);
    before.thread_set_mask()?;
    spawned
}

/// The result of `work`, which a thread of its own does.
pub(super) async fn run<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // Whoever waits may have given up.
    spawn(name, move || drop(sender.send(work())))?;
    receiver.await.map_err(io::Error::other)
}
