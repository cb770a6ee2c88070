//! `td_call`

use super::boundary::{create, quietly, required};
use super::client::td_client;
use super::error::td_error;
use super::object::{Handle, borrow};
use super::queue::td_queue;
use super::strings::pairs;
use super::token::td_token;
use crate::call::Call;
use crate::error::{Error, ErrorCode};
use std::ffi::{c_char, c_int};
use std::os::fd::IntoRawFd;
use std::time::{Duration, Instant};

// generated: td_call
/// A started call. A thread of the library carries it out. Free it with `td_free`.
///
/// `td_token_exchange_start` makes it. A call keeps its client alive. If you free a running call, it is cancelled. Any thread may
/// use it at any time, also while another thread waits for it. Free it only when nobody uses it. In a child of a fork, a call that
/// was in flight has ended with `outcome_unknown`, because the parent may still send it.
// end of generated
pub struct td_call {
    _private: (),
}

impl Handle for td_call {
    const TAG: u64 = u64::from_ne_bytes(*b"td_call_");
    const NAME: &'static str = "td_call";
    type Value = Call;
}

// generated: td_token_exchange_start
/// Starts an exchange as `td_token_exchange` makes it, and returns at once. The time of `timeout` starts now. An error that occurs
/// later is the outcome of the call. The call may have ended when this function returns.
// end of generated
///
/// `client`: the client to authenticate. The call keeps it alive: you may free it at once.
///
/// `parameters`: those of `td_token_exchange`; copied and checked before this function returns.
///
/// `queue`: the queue that returns `tag` when the call has ended, or NULL. With a queue, `tag` must not be 0. The queue returns a tag
/// once, possibly before this function returns. It never returns the tag of a call that was freed or did not start.
///
/// `call`: receives the call, or NULL on failure.
///
// generated: errors of td_token_exchange_start
/// Returns NULL, or an error: `invalid_argument`, `invalid_option`, `internal`.
// end of generated
///
/// Do not call the function from a signal handler.
///
/// One thread of the library carries out all calls of the process. It ends soon after the last call. It signs the assertion when it
/// sends the request.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_exchange_start(
    client: *const td_client,
    parameters: *const *const c_char,
    queue: *mut td_queue,
    tag: usize,
    call: *mut *mut td_call,
) -> *mut td_error {
    let start = || {
        // SAFETY: the contract of the header.
        let (client, queue) = unsafe { (required(client)?, borrow(queue.cast_const())) };
        let telling = match queue {
            Some(_) if tag == 0 => {
                return Err(Error::new(
                    ErrorCode::InvalidArgument,
                    "tag is 0, which td_queue_next returns for none; give another",
                ));
            }
            Some(queue) => Some(queue.telling(tag)),
            None => None,
        };
        // SAFETY: as above.
        client.start_telling(unsafe { pairs(parameters)? }, telling)
    };
    // SAFETY: as above.
    unsafe { create(call, start) }
}

// generated: td_call_wait
/// Waits until the call has ended or the time is over, and tells whether the call has ended: 1 for yes, 0 for no.
///
/// If `call` is NULL, the function returns 1.
// end of generated
///
/// `milliseconds`: the longest wait. With 0, the function does not wait. A negative number sets no limit. A signal does not make the wait longer.
///
/// Do not call it from a signal handler.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_call_wait(call: *const td_call, milliseconds: i64) -> i32 {
    // SAFETY: the contract of the header.
    let Some(call) = (unsafe { borrow(call) }) else { return 1 };
    let limit = u64::try_from(milliseconds).ok().map(Duration::from_millis);
    let deadline = limit.map(|limit| Instant::now().checked_add(limit));
    // A limit beyond all time is none.
    quietly(|| call.wait(deadline.flatten())).unwrap_or(true).into()
}

// generated: td_call_fd
/// A new descriptor that is readable once the call has ended; -1 if no descriptor is left.
///
/// Each use of this function makes another descriptor. Wait for it with `poll`, and close it when you no longer need it. It stays
/// readable after the end of the call. It may also report a hang-up.
///
/// If `call` is NULL, the function returns -1.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_call_fd(call: *const td_call) -> c_int {
    // SAFETY: the contract of the header.
    let call = unsafe { borrow(call) };
    call.and_then(|call| quietly(|| call.descriptor()).flatten()).map_or(-1, IntoRawFd::into_raw_fd)
}

// generated: td_call_token
/// Waits for the end of the call, and gives its outcome, once. If the outcome was taken before, the error is `invalid_argument`. If
/// the call was cancelled and nothing was sent, the error is `cancelled`. If it was cancelled after its request was sent, the error
/// is `outcome_unknown`.
// end of generated
///
/// `token`: receives the token, or NULL. A later version may add calls without a result. If such a
/// call succeeds, token and error are both NULL.
///
// generated: errors of td_call_token
/// Returns NULL, or an error: `invalid_argument`, `connection_failed`, `tls_failed`, `deadline_exceeded`, `outcome_unknown`,
/// `oauth_error`, `invalid_response`, `internal`, `cancelled`.
// end of generated
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_call_token(call: *mut td_call, token: *mut *mut td_token) -> *mut td_error {
    // SAFETY: the contract of the header.
    unsafe { create(token, || required(call.cast_const())?.take()) }
}

// generated: td_call_cancel
/// Ends the call now, if it has not ended. If nothing was sent, nothing will be sent, and the outcome is `cancelled`. Otherwise the
/// outcome is `outcome_unknown`.
// end of generated
///
/// `call`: NULL does nothing. The function returns at once. The library does not repeat a call that was cancelled.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_call_cancel(call: *mut td_call) {
    // SAFETY: the contract of the header.
    if let Some(call) = unsafe { borrow(call.cast_const()) } {
        quietly(|| call.cancel());
    }
}
