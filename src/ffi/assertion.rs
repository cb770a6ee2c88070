//! `td_assertion`

use super::boundary::{create, required};
use super::client::td_client;
use super::error::td_error;
use super::object::{Handle, borrow};
use super::strings::{get, lend, pairs};
use crate::protocol::assertion::Assertion;
use std::ffi::c_char;
use std::ptr;

// generated: td_assertion
/// A signed JWT client assertion (RFC 7523 §2.2), for one request before it expires. Free it with `td_free`.
///
/// It is a secret. `td_assertion_new` makes it.
// end of generated
pub struct td_assertion {
    _private: (),
}

impl Handle for td_assertion {
    const TAG: u64 = u64::from_ne_bytes(*b"tdassert");
    const NAME: &'static str = "td_assertion";
    type Value = Assertion;
}

// generated: td_assertion_new
/// Signs a fresh assertion, for a program that sends the token request itself. The program puts two fields into its form (RFC 7523
/// §2.2): `client_assertion_type`, which is `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, and `client_assertion`, which
/// is the JWT. `td_token_exchange` makes its own assertion.
// end of generated
///
/// `client`: the client that the assertion authenticates.
///
/// `options`: NULL, or alternating names and values and then NULL. The function copies them. These are the options:
// generated: options of td_assertion_new
/// - `audience` (text on one line): The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly
///   as given.
/// - `assertion_lifetime` (whole seconds, 1 to 3600; by default the client's value): Whole seconds from now until the assertion
///   expires; `exp` is never more than 3600 s after `iat`.
/// - `claim.NAME` (any text, which may be empty): A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
/// - `claim_json.NAME` (JSON text): A further claim of the assertion that is no string: a number, true, false, a list, an object or
///   null.
// end of generated
///
/// `assertion`: receives the assertion, or NULL on failure.
///
// generated: errors of td_assertion_new
/// Returns NULL, or an error: `invalid_argument`, `invalid_option`, `internal`.
// end of generated
///
/// The claims (RFC 7523 §3): `iss` and `sub` are the client id, `aud` is one string, `jti` is fresh and random, `iat` is 5 s in the
/// past because clocks differ, and `exp` is the end of the lifetime. The header has `alg`, `kid` and `typ` (RFC 7515 §4.1). Nothing
/// is cached: each call signs anew.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_assertion_new(
    client: *const td_client,
    options: *const *const c_char,
    assertion: *mut *mut td_assertion,
) -> *mut td_error {
    // SAFETY: the contract of the header.
    unsafe { create(assertion, || required(client)?.assertion(pairs(options)?)) }
}

// generated: td_assertion_jwt
/// The JWT as it is sent, in JWS compact serialisation (RFC 7515 §7.1).
///
/// It is the value of `client_assertion`. It is a secret.
///
/// If `assertion` is NULL, the function returns NULL. The string lives as long as the assertion.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_assertion_jwt(assertion: *const td_assertion) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { borrow(assertion) }.map_or(ptr::null(), |assertion| lend(assertion.jwt_text()))
}

// generated: td_assertion_get
/// A part of the assertion, by name; NULL if the assertion has no such part.
///
/// The names:
/// - `jti` (text): The assertion's identifier, fresh and random.
/// - `aud` (text): The audience.
/// - `iat` (Unix seconds in decimal): The time at which the assertion was issued. It is 5 s in the past, because clocks differ.
/// - `exp` (Unix seconds in decimal): The time at which the assertion expires.
/// - `header` (JSON): The whole header (RFC 7515 §4).
/// - `claims` (JSON): All claims (RFC 7519 §4).
///
/// If `assertion` or `name` is NULL, the function returns NULL. The string lives as long as the assertion.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_assertion_get(assertion: *const td_assertion, name: *const c_char) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { get(assertion, name, Assertion::member) }
}
