//! `td_error`

use super::object::{Handle, borrow};
use super::strings::{get, lend};
use crate::error::Error;
use crate::text::Text;
use std::ffi::c_char;
use std::ptr;

// generated: td_error
/// The reason why a call failed. Free it with `td_free`.
///
/// It holds no key, assertion, token, code or other secret, so you may log it.
// end of generated
///
/// Every function that can fail returns an error, or NULL for success.
pub struct td_error {
    _private: (),
}

pub(super) struct Value {
    error: Error,
    name: Text,
}

impl From<Error> for Value {
    fn from(error: Error) -> Value {
        Value { name: Text::lossy(error.name()), error }
    }
}

impl Handle for td_error {
    const TAG: u64 = u64::from_ne_bytes(*b"td_error");
    const NAME: &'static str = "td_error";
    type Value = Value;
}

/// The constants of the header. Rust uses [`crate::ErrorCode`] instead.
#[allow(dead_code)]
mod codes {
    // generated: constants
    /// A pointer that must not be NULL was NULL.
    pub const TD_ERROR_INVALID_ARGUMENT: i32 = 1;
    /// An option or parameter is unknown, missing, malformed, given twice, or contradicts another.
    pub const TD_ERROR_INVALID_OPTION: i32 = 2;
    /// The private key can't be read, or can't be used with the given options.
    pub const TD_ERROR_INVALID_KEY: i32 = 3;
    /// The library could not connect to the token endpoint; nothing was sent.
    pub const TD_ERROR_CONNECTION_FAILED: i32 = 4;
    /// The TLS handshake failed; the server processed no request.
    pub const TD_ERROR_TLS_FAILED: i32 = 5;
    /// The deadline passed before anything was sent.
    pub const TD_ERROR_DEADLINE_EXCEEDED: i32 = 6;
    /// The request was sent, but no complete answer came; a code or a refresh token may be spent.
    pub const TD_ERROR_OUTCOME_UNKNOWN: i32 = 7;
    /// The token endpoint refused the request with an OAuth error (RFC 6749 §5.2).
    pub const TD_ERROR_OAUTH_ERROR: i32 = 8;
    /// The answer is neither a token nor an OAuth error.
    pub const TD_ERROR_INVALID_RESPONSE: i32 = 9;
    /// Something failed inside the library, or the operating system refused a resource.
    pub const TD_ERROR_INTERNAL: i32 = 10;
    /// The call was cancelled before anything was sent.
    pub const TD_ERROR_CANCELLED: i32 = 11;
    // end of generated
}

// generated: td_error_code
/// The stable code, one of the `TD_ERROR_` constants.
///
/// Later versions may add codes. 0 stands for success.
///
/// If `error` is NULL, the function returns 0.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_error_code(error: *const td_error) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { borrow(error) }.map_or(0, |value| value.error.code() as i32)
}

// generated: td_error_name
/// The name of the code, for example `"invalid_option"`; it is the same in every language.
///
/// If `error` is NULL, the function returns NULL. The string lives as long as the error.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_error_name(error: *const td_error) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { borrow(error) }.map_or(ptr::null(), |value| lend(&value.name))
}

// generated: td_error_message
/// The message: what happened and what to do, in English, on one line.
///
/// If `error` is NULL, the function returns NULL. The string lives as long as the error.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_error_message(error: *const td_error) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { borrow(error) }.map_or(ptr::null(), |value| lend(value.error.message_text()))
}

// generated: td_error_is_retryable
/// Whether you may repeat the call: 1 for yes, 0 for no.
///
/// The answer is no whenever a repeated call could spend a grant twice.
///
/// When it is safe, by code:
/// - `invalid_argument`: never.
/// - `invalid_option`: never.
/// - `invalid_key`: never.
/// - `connection_failed`: if no connection was made; not if the proxy refuses or localhost is another machine.
/// - `tls_failed`: if the handshake broke off; not if one side refused the other.
/// - `deadline_exceeded`: always.
/// - `outcome_unknown`: with grant_type client_credentials.
/// - `oauth_error`: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503 and 504.
/// - `invalid_response`: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503 and
///   504.
/// - `internal`: never.
/// - `cancelled`: always.
///
/// If `error` is NULL, the function returns 0.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_error_is_retryable(error: *const td_error) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { borrow(error) }.map_or(0, |value| value.error.is_retryable().into())
}

// generated: td_error_get
/// A field of the error, by name; NULL if the error has no such field.
///
/// A number is written in decimal.
///
/// The fields:
/// - `option` (text; of `invalid_option` and `invalid_key`): The name of the option or parameter that caused the error, if one did.
/// - `error` (text; of `oauth_error`): The error code of RFC 6749 §5.2, for example `invalid_client`.
/// - `error_description` (text; of `oauth_error`): The server's explanation; the library removes the secrets of the request from
///   it.
/// - `error_uri` (text; of `oauth_error`): The URI of a page about the error; the library removes the secrets of the request from
///   it.
/// - `http_status` (number; of `oauth_error` and `invalid_response`): The HTTP status code of the answer.
/// - `retry_after` (number; of `oauth_error` and `invalid_response`): Seconds to wait, from the answer's Retry-After header (RFC
///   9110 §10.2.3).
/// - `clock_offset` (number; of `oauth_error`): Seconds by which the server's clock is ahead of this machine's, negative if behind;
///   only if they differ by more than 30.
///
/// If `error` or `name` is NULL, the function returns NULL. The string lives as long as the error.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_error_get(error: *const td_error, name: *const c_char) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { get(error, name, |value, name| value.error.field(name)) }
}
