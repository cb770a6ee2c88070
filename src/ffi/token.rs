//! `td_token`

use super::boundary::{create, required};
use super::client::td_client;
use super::error::td_error;
use super::object::{Handle, borrow};
use super::strings::{get, lend, pairs};
use crate::protocol::token::Token;
use std::ffi::c_char;
use std::ptr;

// generated: td_token
/// The answer of the token endpoint: an access token and everything that came with it. Free it with `td_free`.
///
/// Everything in it is secret. `td_token_exchange` makes it.
// end of generated
pub struct td_token {
    _private: (),
}

impl Handle for td_token {
    const TAG: u64 = u64::from_ne_bytes(*b"td_token");
    const NAME: &'static str = "td_token";
    type Value = Token;
}

// generated: td_token_exchange
/// Exchanges a grant for a token, and authenticates the client with a fresh assertion (RFC 7523 §2.2). After `outcome_unknown`, a
/// code or a refresh token may be spent. The call blocks until the answer arrives or the deadline passes. Nothing can interrupt it.
// end of generated
///
/// `client`: the client to authenticate.
///
/// `parameters`: alternating names and values and then NULL. The function copies them. `grant_type` is required:
// generated: grants
/// - `authorization_code` (RFC 6749 §4.1.3) needs `code` and takes `redirect_uri` and `code_verifier`. The library uses a new
///   connection. It sends the request again only if no connection was made, if the handshake broke off or for status 429 with
///   Retry-After.
/// - `refresh_token` (RFC 6749 §6) needs `refresh_token` and takes `scope`. The library uses a new connection. It sends the request
///   again only if no connection was made, if the handshake broke off or for status 429 with Retry-After.
/// - `client_credentials` (RFC 6749 §4.4) takes `scope`. The library uses an open connection if it has one. It sends the request
///   again if no connection was made, if the handshake broke off, if no complete answer came, for status 429 with Retry-After, for
///   status 408 or for status 500, 502, 503 and 504.
/// - Any other grant type (§4.5) takes all of these. The library uses a new connection. It sends the request again only if no
///   connection was made, if the handshake broke off or for status 429 with Retry-After.
// end of generated
///
/// Every grant type also takes the other parameters in this list.
// generated: options of td_token_exchange
/// - `audience` (text on one line): The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly
///   as given.
/// - `assertion_lifetime` (whole seconds, 1 to 3600; by default the client's value): Whole seconds from now until the assertion
///   expires; `exp` is never more than 3600 s after `iat`.
/// - `timeout` (seconds, 0.001 to 3600; by default the client's value): How many seconds the whole exchange may take, including
///   waiting.
/// - `claim.NAME` (any text, which may be empty): A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
/// - `claim_json.NAME` (JSON text): A further claim of the assertion that is no string: a number, true, false, a list, an object or
///   null.
/// - `grant_type` (text on one line): The grant type: `authorization_code`, `refresh_token`, `client_credentials`, or another one
///   that the server knows; required.
/// - `code` (text on one line; secret): The authorization code (RFC 6749 §4.1.3).
/// - `redirect_uri` (text on one line): The redirect URI; it must be identical to the one in the authorization request.
/// - `code_verifier` (text on one line; secret): The PKCE code verifier (RFC 7636 §4.1): 43 to 128 letters, digits or `-._~`.
/// - `refresh_token` (text on one line; secret): The refresh token (RFC 6749 §6).
/// - `scope` (words on one line, separated by spaces): The requested scopes, separated by spaces.
/// - `param.NAME` (any text, which may be empty; secret): A further field of the token request; it can't replace a field that the
///   library sets.
// end of generated
///
/// `token`: receives the token, or NULL on failure.
///
// generated: errors of td_token_exchange
/// Returns NULL, or an error: `invalid_argument`, `invalid_option`, `connection_failed`, `tls_failed`, `deadline_exceeded`,
/// `outcome_unknown`, `oauth_error`, `invalid_response`, `internal`.
// end of generated
///
/// After a fork, the child makes new connections.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_exchange(
    client: *const td_client,
    parameters: *const *const c_char,
    token: *mut *mut td_token,
) -> *mut td_error {
    // SAFETY: the contract of the header.
    unsafe { create(token, || required(client)?.exchange(pairs(parameters)?)) }
}

// generated: td_token_access_token
/// The access token (RFC 6749 §1.4); it is never empty.
///
/// If `token` is NULL, the function returns NULL. The string lives as long as the token.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_access_token(token: *const td_token) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { borrow(token) }.map_or(ptr::null(), |token| lend(token.texts().0))
}

// generated: td_token_type
/// The token's type (RFC 6749 §7.1) as the server wrote it, or `Bearer` if the answer has none.
///
/// Ignore case when you compare it.
///
/// If `token` is NULL, the function returns NULL. The string lives as long as the token.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_type(token: *const td_token) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { borrow(token) }.map_or(ptr::null(), |token| lend(token.texts().1))
}

// generated: td_token_expires_at
/// The time at which the access token expires, in Unix seconds; -1 if the server did not say.
///
/// It is computed from the wall clock at the exchange.
///
/// If `token` is NULL, the function returns -1.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_expires_at(token: *const td_token) -> i64 {
    // SAFETY: the contract of the header.
    unsafe { borrow(token) }.and_then(Token::expires_at).unwrap_or(-1)
}

// generated: td_token_seconds_left
/// The whole seconds until the access token expires, or 0 if it has expired; -1 if the server did not say.
///
/// The countdown continues while the machine is suspended. It does not change when somebody sets the clock.
///
/// If `token` is NULL, the function returns -1.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_seconds_left(token: *const td_token) -> i64 {
    // SAFETY: the contract of the header.
    let left = unsafe { borrow(token) }.and_then(Token::seconds_left);
    left.map_or(-1, |seconds| i64::try_from(seconds).unwrap_or(i64::MAX))
}

// generated: td_token_get
/// A member of the response: a string as it is, anything else as JSON; NULL if it is absent or null, or has a NUL.
///
/// Some of the names:
/// - `scope` (text): The granted scopes, separated by spaces. If the server left the scope out, they are the requested ones (RFC
///   6749 §5.1).
/// - `refresh_token` (text): The refresh token (RFC 6749 §6).
/// - `id_token` (text): The ID token (OpenID Connect Core §2), which the library does not check.
///
/// If `token` or `name` is NULL, the function returns NULL. The string lives as long as the token.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_get(token: *const td_token, name: *const c_char) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { get(token, name, Token::member) }
}

// generated: td_token_json
/// The whole response, as the JSON text that the server wrote.
///
/// If `token` is NULL, the function returns NULL. The string lives as long as the token.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_json(token: *const td_token) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { borrow(token) }.map_or(ptr::null(), |token| lend(token.texts().2))
}
