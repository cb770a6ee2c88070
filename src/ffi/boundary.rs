//! The steps that all calls across the boundary share.

use super::error::td_error;
use super::object::{self, Handle};
use super::signal::CancelDeferred;
use crate::error::{Error, ErrorCode};
use crate::panics;
use std::panic;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs `work` and gives its value to C through `out`. Returns the error, or NULL.
///
/// # Safety
/// `out` is NULL or writable.
pub(super) unsafe fn create<H: Handle>(
    out: *mut *mut H,
    work: impl FnOnce() -> Result<H::Value, Error>,
) -> *mut td_error {
    if out.is_null() {
        return object::into_raw(null(&format!("the place for the {}", H::NAME)).into());
    }
    // SAFETY: not NULL, so writable.
    unsafe { out.write(ptr::null_mut()) };
    let _deferred = CancelDeferred::new();
    match without_panic(work) {
        Ok(value) => {
            // SAFETY: as above.
            unsafe { out.write(object::into_raw(value)) };
            ptr::null_mut()
        }
        Err(error) => object::into_raw(error.into()),
    }
}

/// Runs `work` for a function that can't return an error. `None` after a panic, which is a bug in the library.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    let _deferred = CancelDeferred::new();
    without_panic(|| Ok(work())).ok()
}

/// # Safety
/// As [`object::borrow`].
pub(super) unsafe fn required<'a, H: Handle>(handle: *const H) -> Result<&'a H::Value, Error> {
    // SAFETY: the caller's promise.
    unsafe { object::borrow(handle) }.ok_or_else(|| null(H::NAME))
}

fn null(what: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, format!("{what} is NULL"))
}

/// A panic is a bug in the library. It becomes an error, prints nothing and does not cross into C.
pub(super) fn without_panic<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    silence();
    panics::caught(work).unwrap_or_else(|_| {
        Err(Error::new(ErrorCode::Internal, "the call failed because of a bug in the library; please report it"))
    })
}

/// Runs once per process. It does not use `Once`: if a thread was in it at a fork, the child would wait for ever.
fn silence() {
    static SILENCED: AtomicBool = AtomicBool::new(false);
    if SILENCED.load(Ordering::Relaxed) || SILENCED.swap(true, Ordering::Relaxed) {
        return;
    }
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !panics::are_caught() {
            previous(info);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::env;
    use std::process::Command;

    /// The test runs itself once more, in a process whose stdout and stderr it can search.
    #[test]
    fn the_message_of_a_panic_is_never_shown() {
        const SECRET: &str = "s3cr3t-of-a-panic";
        const CHILD: &str = "TALKDESK_AUTH_TEST_PANICS";
        if env::var_os(CHILD).is_some() {
            let error = without_panic::<()>(|| panic!("{SECRET}")).expect_err("it panicked");
            assert_eq!(error.code(), ErrorCode::Internal);
            assert!(!format!("{error} {error:?}").contains(SECRET));
            return;
        }
        let name = "ffi::boundary::tests::the_message_of_a_panic_is_never_shown";
        let program = env::current_exe().expect("this program has a path");
        let child = Command::new(program).args(["--exact", name, "--nocapture"]).env(CHILD, "1").output();
        let child = child.expect("it runs");
        let printed = format!("{}{}", String::from_utf8_lossy(&child.stdout), String::from_utf8_lossy(&child.stderr));
        assert!(child.status.success() && printed.contains("1 passed"), "{printed}");
        assert!(!printed.contains(SECRET), "{printed}");
    }
}
