//! What is to happen around each fork of the host.

use crate::fork;
use std::sync::atomic::{AtomicBool, Ordering};

/// Has each fork of this process wait for the crypto library to be at rest. Once is enough, and the children inherit it.
pub(super) fn watch() {
    static WATCHED: AtomicBool = AtomicBool::new(false);
    if !WATCHED.load(Ordering::Relaxed) && !WATCHED.swap(true, Ordering::Relaxed) {
        // SAFETY: the functions live as long as the process, since the library is never unloaded. It fails where memory has run out;
        // then forks go on as they would without.
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
