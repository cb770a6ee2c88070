//! Strings that cross the boundary: options come in, and the values of getters go out.

use super::object::{self, Handle};
use crate::error::{Error, ErrorCode};
use crate::options;
use crate::text::Text;
use std::ffi::{CStr, c_char};
use std::ptr;

/// Reads a NULL-terminated array of alternating names and values. NULL counts as an empty array.
///
/// # Safety
/// `array` is NULL or a NULL-terminated array of C strings, and the strings live for `'a`.
pub(super) unsafe fn pairs<'a>(array: *const *const c_char) -> Result<Vec<(&'a str, &'a str)>, Error> {
    let mut pairs = Vec::new();
    if array.is_null() {
        return Ok(pairs);
    }
    for index in (0..).step_by(2) {
        // SAFETY: no earlier element was NULL, so the array has this one.
        let name = unsafe { *array.add(index) };
        if name.is_null() {
            break;
        }
        // SAFETY: a C string by contract.
        let name = unsafe { text(name) }.map_err(|complaint| refused(None, index, complaint))?;
        // SAFETY: a name is followed by a value.
        let value = unsafe { *array.add(index + 1) };
        let value = if value.is_null() {
            Err("the value is NULL; names and values alternate".into())
        } else {
            // SAFETY: a C string by contract.
            unsafe { text(value) }
        };
        let value = value.map_err(|complaint| refused(Some(name), index + 1, complaint))?;
        // `TD_OPTIONAL` writes two empty texts if there is no value.
        if !(name.is_empty() && value.is_empty()) {
            pairs.push((name, value));
        }
    }
    Ok(pairs)
}

/// # Safety
/// `string` is a C string that lives for `'a`.
unsafe fn text<'a>(string: *const c_char) -> Result<&'a str, String> {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(string) }.to_str().map_err(|error| {
        format!("not UTF-8 (byte {}); write text in UTF-8, and put a binary key into a file", error.valid_up_to())
    })
}

/// A caller may have swapped names and values, so an unknown name may be a secret. Only names of the table are shown.
fn refused(name: Option<&str>, index: usize, complaint: String) -> Error {
    match name.and_then(|name| options::known(options::unmarked(name).0)) {
        Some(spec) => Error::option(spec.name, complaint),
        None => Error::new(ErrorCode::InvalidOption, format!("element {index} of the options: {complaint}")),
    }
}

/// The member `name` of the object behind `handle`, as a getter returns it.
///
/// # Safety
/// `handle` is as [`object::borrow`] requires. `name` is NULL or a C string.
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

/// Lends a string to C.
pub(super) fn lend(text: &Text) -> *const c_char {
    text.with_nul().as_ptr().cast()
}
