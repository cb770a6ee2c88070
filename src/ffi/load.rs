//! What happens when the library is loaded.

use crate::{environment, fork, transport};

/// The loader calls this before the program can register fork handlers of its own. So `before` runs after the program's handlers: a thread
/// that a handler of the program waits for may still finish its work in the library.
#[used]
// SAFETY: the loader calls the functions of this section, which have this type.
#[unsafe(link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = at_load;

extern "C" fn at_load() {
    // SAFETY: the functions live as long as the process, because the library is never unloaded. The call fails only if memory
    // has run out; then forks go on without the handlers. Children inherit the handlers.
    unsafe { libc::pthread_atfork(Some(before), Some(after_in_parent), Some(after_in_child)) };
    // SAFETY: the function only reads.
    if unsafe { libc::getauxval(libc::AT_SECURE) } != 0 {
        environment::distrust();
    }
}

extern "C" fn before() {
    fork::before();
    transport::before_fork();
}

extern "C" fn after_in_parent() {
    fork::after_in_parent();
}

extern "C" fn after_in_child() {
    fork::after_in_child();
}
