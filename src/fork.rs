//! Keeps forks out of the crypto library.
//!
//! Its generator, its detection of forks and its RSA keys have locks that all threads share. A child of a fork that fell between a
//! thread's locking and unlocking would find them locked for ever, and an RSA key in use by a thread that it hasn't got. So whatever
//! takes them runs within [`without_fork`], and the process forks between [`before`] and [`after`].

use std::cell::Cell;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

static GATE: RwLock<()> = RwLock::new(());

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    static FORKING: Cell<Option<RwLockWriteGuard<'static, ()>>> = const { Cell::new(None) };
}

/// Runs `work`, which is short, waits for nothing and does not come here again, while no other thread forks.
pub(crate) fn without_fork<T>(work: impl FnOnce() -> T) -> T {
    debug_assert!(!INSIDE.get(), "a waiting fork would block the second entry");
    let _entered = GATE.read().unwrap_or_else(PoisonError::into_inner);
    INSIDE.set(true);
    let outcome = work();
    INSIDE.set(false);
    outcome
}

/// To be called before the process forks: waits until all other threads are outside.
#[cfg(feature = "capi")]
pub(crate) fn before() {
    // A signal handler that forks in the midst of our work would wait for itself.
    if INSIDE.get() {
        return;
    }
    // Gives this thread, the only one that the child has, its own generator: making one takes a lock that ending threads take too.
    let _ = without_fork(|| aws_lc_rs::rand::fill(&mut [0]));
    // Fails where the thread is ending and forks in a destructor.
    let _ = FORKING.try_with(|forking| forking.set(Some(GATE.write().unwrap_or_else(PoisonError::into_inner))));
}

/// To be called after it, in the parent and in the child.
#[cfg(feature = "capi")]
pub(crate) fn after() {
    let _ = FORKING.try_with(|forking| drop(forking.take()));
}
