//! What every call across the boundary has in common.

use super::error::td_error;
use super::fork;
use super::object::{self, Handle};
use crate::error::{Error, ErrorCode};
use crate::text::Text;
use std::cell::Cell;
use std::ffi::{CStr, c_char};
use std::panic::{self, AssertUnwindSafe};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs `work` and gives its value to C through `out`; the error, if any, is what the function returns.
///
/// # Safety
/// `out` is NULL or may be written.
pub(super) unsafe fn create<H: Handle>(
    out: *mut *mut H,
    work: impl FnOnce() -> Result<H::Value, Error>,
) -> *mut td_error {
    if out.is_null() {
        return object::into_raw(null(&format!("the {} to write", H::NAME)).into());
    }
    // SAFETY: not NULL, so writable.
    unsafe { out.write(ptr::null_mut()) };
    fork::watch();
    match without_panic(work) {
        Ok(value) => {
            // SAFETY: as above.
            unsafe { out.write(object::into_raw(value)) };
            ptr::null_mut()
        }
        Err(error) => object::into_raw(error.into()),
    }
}

/// # Safety
/// As [`object::borrow`].
pub(super) unsafe fn required<'a, H: Handle>(handle: *const H) -> Result<&'a H::Value, Error> {
    // SAFETY: the caller's promise.
    unsafe { object::borrow(handle) }.ok_or_else(|| null(H::NAME))
}

fn null(what: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, format!("NULL where {what} belongs"))
}

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// A panic is a bug of the library's. It becomes an error, prints nothing and does not cross into C.
fn without_panic<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    silence();
    let before = GUARDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    outcome.unwrap_or_else(|_| {
        Err(Error::new(
            ErrorCode::Internal,
            "the call failed inside the library, by a mistake of its own; please report it",
        ))
    })
}

/// Once per process. No `Once`, on which a child would wait for ever that was forked while a thread was in it.
fn silence() {
    static SILENCED: AtomicBool = AtomicBool::new(false);
    if SILENCED.load(Ordering::Relaxed) || SILENCED.swap(true, Ordering::Relaxed) {
        return;
    }
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !GUARDED.get() {
            previous(info);
        }
    }));
}

/// Reads a NULL-terminated array of alternating names and values; NULL is an empty one.
///
/// # Safety
/// `array` is NULL or such an array, and the strings live for `'a`.
pub(super) unsafe fn pairs<'a>(array: *const *const c_char) -> Result<Vec<(&'a str, &'a str)>, Error> {
    let mut pairs = Vec::new();
    if array.is_null() {
        return Ok(pairs);
    }
    for index in (0..).step_by(2) {
        // SAFETY: no NULL stood before this index, so the array goes on.
        let name = unsafe { *array.add(index) };
        if name.is_null() {
            break;
        }
        // SAFETY: a name is followed by a value.
        let value = unsafe { *array.add(index + 1) };
        if value.is_null() {
            return Err(Error::new(
                ErrorCode::InvalidOption,
                format!(
                    "element {} of the options is NULL where a value belongs; names and values alternate",
                    index + 1
                ),
            ));
        }
        // SAFETY: both are C strings by contract.
        pairs.push(unsafe { (text(name, index)?, text(value, index + 1)?) });
    }
    Ok(pairs)
}

/// # Safety
/// `string` is a C string that lives for `'a`.
unsafe fn text<'a>(string: *const c_char, index: usize) -> Result<&'a str, Error> {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(string) }.to_str().map_err(|error| {
        let message = format!(
            "element {index} of the options is not UTF-8 (byte {}); give text in UTF-8, and binary keys as a file",
            error.valid_up_to()
        );
        Error::new(ErrorCode::InvalidOption, message)
    })
}

/// A getter's answer: a member of the object behind `handle`, by name.
///
/// # Safety
/// `handle` as for [`object::borrow`]; `name` is NULL or a C string.
pub(super) unsafe fn get<H: Handle>(
    handle: *const H,
    name: *const c_char,
    member: impl for<'a> FnOnce(&'a H::Value, &str) -> Option<&'a Text>,
) -> *const c_char {
    if name.is_null() {
        return ptr::null();
    }
    // SAFETY: the caller's promises.
    let (value, name) = unsafe { (object::borrow(handle), CStr::from_ptr(name)) };
    match (value, name.to_str()) {
        (Some(value), Ok(name)) => member(value, name).map_or(ptr::null(), lend),
        _ => ptr::null(),
    }
}

/// A borrowed string for C.
pub(super) fn lend(text: &Text) -> *const c_char {
    text.with_nul().as_ptr().cast()
}
