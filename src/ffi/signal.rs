//! What may hit a thread in a call: cancellation, and SIGPIPE, which kills a C program by default when the server has closed the connection that it writes to.

use std::ffi::c_int;
use std::mem::MaybeUninit;
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

/// Blocks SIGPIPE in this thread while it lives; then takes away what came meanwhile and restores the mask.
///
/// A write to a broken pipe signals the thread that writes, so nobody else's signal is lost. One that was pending before stays.
/// Taking it away is a cancellation point, which is put off too.
pub(super) struct SigpipeBlocked {
    mask_before: libc::sigset_t,
    pending_before: bool,
    _deferred: CancelDeferred,
}

impl SigpipeBlocked {
    pub fn new() -> SigpipeBlocked {
        let deferred = CancelDeferred::new();
        let mut mask_before = MaybeUninit::uninit();
        // SAFETY: both sets are valid for the call, and it fills the second.
        let mask_before = unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, &sigpipe(), mask_before.as_mut_ptr());
            mask_before.assume_init()
        };
        // A thread that did not block it has none pending.
        let pending_before = has_sigpipe(&mask_before) && is_pending();
        SigpipeBlocked { mask_before, pending_before, _deferred: deferred }
    }
}

impl Drop for SigpipeBlocked {
    fn drop(&mut self) {
        if !self.pending_before {
            let no_wait = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            // SAFETY: the set and the time are valid; a SIGPIPE that is pending is taken, and nothing is waited for.
            unsafe { libc::sigtimedwait(&sigpipe(), ptr::null_mut(), &no_wait) };
        }
        // SAFETY: the set is the one that this thread had.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.mask_before, ptr::null_mut()) };
    }
}

fn sigpipe() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the set.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE);
        set.assume_init()
    }
}

fn is_pending() -> bool {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigpending initialises the set where it succeeds, and it fails for no valid address.
    let pending = unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        libc::sigpending(set.as_mut_ptr());
        set.assume_init()
    };
    has_sigpipe(&pending)
}

fn has_sigpipe(set: &libc::sigset_t) -> bool {
    // SAFETY: the set is initialised, and the signal exists.
    unsafe { libc::sigismember(set, libc::SIGPIPE) == 1 }
}
