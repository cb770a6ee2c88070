//! The C ABI: translation, and the only place with `unsafe`. One file per object, like the header's sections.
//!
//! Every function that can fail goes through [`boundary::create`]: NULL checks, the panic guard and the out-parameter are written once.
//!
//! Safety: what a function may assume of its pointers is the contract in the header, in one sentence: a pointer is NULL, or was
//! returned by this library and is not yet freed, or is a C string or a NULL-terminated array of them.

#![allow(unsafe_code, non_camel_case_types, clippy::missing_safety_doc)]

mod boundary;
mod fork;
mod object;
mod signal;
mod strings;

// In the header's order, which rustfmt would sort without the blank lines.
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
/// The library's version, for example `"0.1.0"`: compare it with `TD_VERSION`, the version of the header.
///
/// It is static; do not free it. Any thread may ask at any time, on both sides of a fork.
// end of generated
#[unsafe(no_mangle)]
pub extern "C" fn td_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

// generated: td_free
/// Frees any object of this library, once: what came through an out-parameter, and every `td_error *`. It frees nothing else.
// end of generated
///
/// `object`: NULL does nothing. All strings borrowed from the object end with it. It may not overlap another use of the same
/// object. Keys, assertions and tokens are wiped.
///
/// Best effort: freeing twice, or freeing something else, ends the process with one line on stderr that says so.
///
/// In a child of `fork` it frees what the child made and forgets what belongs to the parent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_free(object: *mut c_void) {
    if object.is_null() {
        return;
    }
    // SAFETY: the contract of this function; the tag tells the type.
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
