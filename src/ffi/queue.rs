//! `td_queue`

use super::boundary::{create, quietly};
use super::error::td_error;
use super::object::{Handle, borrow};
use crate::call::{Queue, Telling};
use std::ffi::c_int;
use std::os::fd::IntoRawFd;
use std::sync::Arc;

// generated: td_queue
/// A queue tells an event loop which calls have ended. Free it with `td_free`.
///
/// Make one for each event loop. If you free the queue, its calls go on, and its descriptors report a hang-up. Any thread may use
/// it at any time. Free it only when nobody uses it. After a fork, the child's queue has descriptors of its own, and reports only
/// the child's calls.
// end of generated
pub struct td_queue {
    _private: (),
}

/// The host owns a queue by this.
pub(super) struct Held(Arc<Queue>);

impl Held {
    /// Tells the queue of the end of a call.
    pub fn telling(&self, tag: usize) -> Telling {
        Telling::new(&self.0, tag)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.hang_up();
    }
}

impl Handle for td_queue {
    const TAG: u64 = u64::from_ne_bytes(*b"td_queue");
    const NAME: &'static str = "td_queue";
    type Value = Held;
}

// generated: td_queue_new
/// Makes a queue.
// end of generated
///
/// `queue`: receives the queue, or NULL on failure.
///
// generated: errors of td_queue_new
/// Returns NULL, or an error: `invalid_argument`, `internal`.
// end of generated
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_queue_new(queue: *mut *mut td_queue) -> *mut td_error {
    // SAFETY: the contract of the header.
    unsafe { create(queue, || Queue::new().map(|queue| Held(Arc::new(queue)))) }
}

// generated: td_queue_fd
/// A new descriptor that is readable while ended calls wait in the queue; -1 if no descriptor is left.
///
/// Each use of this function makes another descriptor of the same queue. Close it when you no longer need it. It may be readable
/// although no call has ended. You may read its bytes, which mean nothing. The next call that ends makes it readable again.
///
/// If `queue` is NULL, the function returns -1.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_queue_fd(queue: *const td_queue) -> c_int {
    // SAFETY: the contract of the header.
    let queue = unsafe { borrow(queue) };
    queue.and_then(|queue| quietly(|| queue.0.descriptor()).flatten()).map_or(-1, IntoRawFd::into_raw_fd)
}

// generated: td_queue_next
/// The tag of the next call that has ended; 0 if no ended call waits in the queue.
///
/// When a descriptor of the queue is readable, call this function until no ended call waits.
///
/// If `queue` is NULL, the function returns 0.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_queue_next(queue: *mut td_queue) -> usize {
    // SAFETY: the contract of the header.
    let queue = unsafe { borrow(queue.cast_const()) };
    queue.and_then(|queue| quietly(|| queue.0.next())).unwrap_or_default()
}
