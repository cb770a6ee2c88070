//! Threads whose panics are told in another way than by printing.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::thread;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic becomes an error, and the panic hook of the C ABI does not print it.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> thread::Result<T> {
    let before = GUARDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    outcome
}

/// Whether this thread is within [`caught`].
#[cfg(feature = "capi")]
pub(crate) fn are_caught() -> bool {
    GUARDED.get()
}
