//! The C ABI. It only translates, and it is the only place with `unsafe`. Each object has one file, as it has one section of the
//! header.
//!
//! Every function that can fail goes through [`boundary::create`], so the NULL checks, the panic guard and the out-parameter are
//! written once.
//!
//! Safety: a function relies on the contract in the header for its pointers. A pointer is NULL, or an object that this library
//! returned and that is not yet freed, or a C string, or a NULL-terminated array of C strings.

#![allow(unsafe_code, non_camel_case_types, clippy::missing_safety_doc)]

mod boundary;
mod load;
mod object;
mod signal;
mod strings;

// In the order of the header. Without the blank lines, rustfmt would sort them.
mod client;

mod assertion;

mod token;

mod call;

mod queue;

mod error;

use assertion::td_assertion;
use boundary::quietly;
use call::td_call;
use client::td_client;
use error::td_error;
use object::{FREED, Handle, abort, free, tag};
use queue::td_queue;
use std::ffi::{c_char, c_void};
use token::td_token;

// generated: td_version
/// The library's version, for example `"0.1.0"`.
///
/// Compare it with `TD_VERSION`, the version of the header. The string is static; do not free it. Any thread may call this at any
/// time, on both sides of a fork.
// end of generated
#[unsafe(no_mangle)]
pub extern "C" fn td_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

// generated: td_free
/// Frees an object of this library: one from an out-parameter, or a `td_error *`. Free each object once, and nothing else.
// end of generated
///
/// `object`: NULL does nothing. All strings from the object become invalid. The call may not overlap another use of the same
/// object. The library wipes keys, assertions and tokens.
///
/// The library tries to notice when a program frees an object twice, or frees something that is not an object. The library then
/// prints one line on stderr and ends the process.
///
/// In a child of `fork`, the function frees what the child made, and closes the child's copies of the parent's descriptors. The
/// parent loses nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_free(object: *mut c_void) {
    if object.is_null() {
        return;
    }
    // SAFETY: the contract of this function; the tag identifies the type.
    unsafe {
        match tag(object) {
            td_client::TAG => drop(quietly(|| free::<td_client>(object))),
            td_call::TAG => drop(quietly(|| free::<td_call>(object))),
            td_queue::TAG => drop(quietly(|| free::<td_queue>(object))),
            td_assertion::TAG => free::<td_assertion>(object),
            td_token::TAG => free::<td_token>(object),
            td_error::TAG => free::<td_error>(object),
            FREED => abort("td_free of an object that was freed before"),
            _ => abort("td_free of something that is not an object of this library"),
        }
    }
}
