//! `pthread_cancel`, which may hit a thread in a call.

use std::ffi::c_int;
use std::ptr;

unsafe extern "C" {
    // Not in the libc crate.
    fn pthread_setcancelstate(state: c_int, before: *mut c_int) -> c_int;
}
const PTHREAD_CANCEL_DISABLE: c_int = 1;

/// Puts `pthread_cancel` off while it lives: cancellation unwinds the stack, and may not pass through Rust.
pub(super) struct CancelDeferred {
    state_before: c_int,
}

impl CancelDeferred {
    pub fn new() -> CancelDeferred {
        let mut state_before = 0;
        // SAFETY: the place may be written.
        unsafe { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &mut state_before) };
        CancelDeferred { state_before }
    }
}

impl Drop for CancelDeferred {
    fn drop(&mut self) {
        // SAFETY: NULL is allowed for what is not asked for.
        unsafe { pthread_setcancelstate(self.state_before, ptr::null_mut()) };
    }
}
