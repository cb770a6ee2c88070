//! Registers the handlers that run around each fork of the host program.

use crate::fork;
use std::sync::atomic::{AtomicBool, Ordering};

/// Makes each fork of this process wait until no thread is in the crypto library. One call is enough; children inherit the
/// handlers.
pub(super) fn watch() {
    static WATCHED: AtomicBool = AtomicBool::new(false);
    if !WATCHED.load(Ordering::Relaxed) && !WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: the functions live as long as the process, because the library is never unloaded. The call fails only if memory
        // has run out; then forks go on without the handlers.
        unsafe { libc::pthread_atfork(Some(before), Some(after_in_parent), Some(after_in_child)) };
    }
}

extern "C" fn before() {
    fork::before();
}

extern "C" fn after_in_parent() {
    fork::after_in_parent();
}

extern "C" fn after_in_child() {
    fork::after_in_child();
}
