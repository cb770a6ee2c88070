//! `pthread_cancel`, which may hit a thread in a call.

use std::ffi::c_int;
use std::ptr;

unsafe extern "C" {
    // The libc crate does not have it.
    fn pthread_setcancelstate(state: c_int, before: *mut c_int) -> c_int;
}
const PTHREAD_CANCEL_DISABLE: c_int = 1;

/// Postpones `pthread_cancel` while it lives, because cancellation unwinds the stack, and may not unwind Rust code.
pub(super) struct CancelDeferred {
    state_before: c_int,
}

impl CancelDeferred {
    pub fn new() -> CancelDeferred {
        let mut state_before = 0;
        // SAFETY: the place is writable.
        unsafe { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &mut state_before) };
        CancelDeferred { state_before }
    }
}

impl Drop for CancelDeferred {
    fn drop(&mut self) {
        // SAFETY: NULL is allowed if the caller does not need the previous state.
        unsafe { pthread_setcancelstate(self.state_before, ptr::null_mut()) };
    }
}
