//! Protects a thread in a call from cancellation and from SIGPIPE. By default, SIGPIPE kills a C program when it writes to a
//! connection that the server has closed.

use std::ffi::c_int;
use std::mem::MaybeUninit;
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

/// Blocks SIGPIPE in this thread while it lives. Then it removes a SIGPIPE that came meanwhile, and restores the mask.
///
/// A write to a broken pipe signals the thread that writes, so no other thread's signal is lost. A SIGPIPE that was pending before
/// stays. The removal is a cancellation point, so cancellation is postponed too.
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
        // If a thread does not block the signal, none is pending for it.
        let pending_before = has_sigpipe(&mask_before) && is_pending();
        SigpipeBlocked { mask_before, pending_before, _deferred: deferred }
    }
}

impl Drop for SigpipeBlocked {
    fn drop(&mut self) {
        if !self.pending_before {
            let no_wait = libc::timespec { tv_sec: 0, tv_nsec: 0 };
            // SAFETY: the set and the time are valid. The call removes a pending SIGPIPE, and does not wait.
            unsafe { libc::sigtimedwait(&sigpipe(), ptr::null_mut(), &no_wait) };
        }
        // SAFETY: the set is the mask that this thread had before.
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
    // SAFETY: sigpending initialises the set if it succeeds, and it can't fail for a valid address.
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
