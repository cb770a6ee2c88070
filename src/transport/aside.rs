//! Threads that each do one piece of work. So the thread that drives the calls never waits for a file or a name.

use nix::sys::signal::{SigSet, SigmaskHow};
use std::io;
use std::thread::{Builder, JoinHandle};

/// The standard library would otherwise ask the environment (RUST_MIN_STACK), which may be hostile.
const STACK: usize = 2 << 20;

/// Starts a thread with all signals blocked. The host means its signals for its own threads.
pub(super) fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let spawned = Builder::new().name(name.into()).stack_size(STACK).spawn(work);
    before.thread_set_mask()?;
    spawned
}

/// Runs `work` on a thread of its own, and gives its result.
pub(super) async fn run<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    // The caller may have stopped waiting.
    spawn(name, move || drop(sender.send(work())))?;
    receiver.await.map_err(io::Error::other)
}
