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
/// What the token endpoint answered: an access token and all that came with it. Free it with `td_free`.
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
/// Exchanges a grant for a token, authenticated by a fresh assertion (RFC 7523 §2.2). After `outcome_unknown` a code or refresh
/// token may be spent. The call blocks until the answer is there or the deadline has come; nothing ends it sooner.
// end of generated
///
/// `client`: the client to authenticate.
///
/// `parameters`: names and values, alternating, then NULL; copied. `grant_type` is required:
/// - `authorization_code` (RFC 6749 §4.1.3) needs `code` and takes `redirect_uri` and `code_verifier` (RFC 7636 §4.5);
/// - `refresh_token` (§6) needs `refresh_token` and takes `scope`;
/// - `client_credentials` (§4.4) takes `scope`;
/// - any other (§4.5) takes all of these, and its own fields as `param.NAME`.
///
/// Each also takes the others of these; where a call went through several queues, each may give its `waited`, and they add up:
// generated: options of td_token_exchange
/// - `audience` (text on one line): The assertion's `aud`: the value of the call, else the value of the client, else the token
///   endpoint exactly as given.
/// - `assertion_lifetime` (whole seconds, 1 to 3600; by default the client's): Whole seconds from now until the assertion expires;
///   `exp` is never more than 3600 s after `iat`.
/// - `timeout` (seconds, 0.001 to 3600; by default the client's): The seconds for a whole exchange, including all waiting; the call
///   ends by then.
/// - `claim.NAME` (any text, also none): A further claim of the assertion, as a string; it can't replace a claim of RFC 7523 §3.
/// - `grant_type` (text on one line): The grant type: `authorization_code`, `refresh_token`, `client_credentials`, or another one
///   that the server knows; required.
/// - `code` (text on one line; secret): The authorization code (RFC 6749 §4.1.3).
/// - `redirect_uri` (text on one line): The redirect URI; it must be identical to the one in the authorization request.
/// - `code_verifier` (text on one line; secret): The PKCE code verifier (RFC 7636 §4.1): 43 to 128 letters, digits or `-._~`.
/// - `refresh_token` (text on one line; secret): The refresh token (RFC 6749 §6).
/// - `waited` (seconds, 0 or more): The seconds that the call already waited in a queue of the caller; they count as part of
///   `timeout`.
/// - `scope` (text on one line): The requested scopes, separated by spaces.
/// - `param.NAME` (any text, also none; secret): A further field of the token request; it can't replace a field that the library
///   sets.
// end of generated
///
/// `token`: receives the token, or NULL on failure.
///
/// Returns NULL, or an error: `invalid_argument`, `invalid_option`; `connection_failed`, `tls_failed`, `deadline_exceeded`, where
/// nothing was sent; `outcome_unknown`, where a code or refresh token may be spent; `oauth_error`, `invalid_response`; `internal`.
///
/// A code or a refresh token goes over a fresh connection and is sent once. `client_credentials`, which spends nothing, goes over a
/// kept connection, if there is one, and is sent once more, with a new assertion and over a fresh connection, where no complete
/// answer came, or a 408 (RFC 9110 §15.5.9), and time is left.
///
/// SIGPIPE is blocked in the calling thread for the time of the call. After a fork the child connects anew.
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
/// The access token (RFC 6749 §1.4); never empty.
///
/// `token`: NULL answers NULL. The string lives as long as the token.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_access_token(token: *const td_token) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { borrow(token) }.map_or(ptr::null(), |token| lend(token.texts().0))
}

// generated: td_token_type
/// The token's type (RFC 6749 §7.1) as the server wrote it, `Bearer` where it said nothing.
///
/// Compare it without case.
///
/// `token`: NULL answers NULL. The string lives as long as the token.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_type(token: *const td_token) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { borrow(token) }.map_or(ptr::null(), |token| lend(token.texts().1))
}

// generated: td_token_expires_at
/// When the access token expires, in Unix seconds; -1 where the server did not say.
///
/// It is a time by the wall clock of the exchange.
///
/// `token`: NULL answers -1.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_expires_at(token: *const td_token) -> i64 {
    // SAFETY: the contract of the header.
    unsafe { borrow(token) }.and_then(Token::expires_at).unwrap_or(-1)
}

// generated: td_token_seconds_left
/// Whole seconds until the access token expires, 0 once it has; -1 where the server did not say.
///
/// It counts while the machine is suspended, and does not change when somebody sets the clock.
///
/// `token`: NULL answers -1.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_seconds_left(token: *const td_token) -> i64 {
    // SAFETY: the contract of the header.
    let left = unsafe { borrow(token) }.and_then(Token::seconds_left);
    left.map_or(-1, |seconds| i64::try_from(seconds).unwrap_or(i64::MAX))
}

// generated: td_token_get
/// Any member of the response: a string as it is, anything else as JSON; NULL where it is absent, null or holds a NUL.
///
/// An omitted `scope` reads as the requested one (RFC 6749 §5.1).
///
/// Some of the names:
/// - `scope` (text): The granted scopes, separated by spaces. Where the server left the scope out, they are the requested ones (RFC
///   6749 §5.1).
/// - `refresh_token` (text): The refresh token (RFC 6749 §6).
/// - `id_token` (text): The ID token (OpenID Connect Core §2), unchecked.
///
/// `token`, `name`: NULL answers NULL. The string lives as long as the token.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_get(token: *const td_token, name: *const c_char) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { get(token, name, Token::member) }
}

// generated: td_token_json
/// The whole response, JSON as the server wrote it.
///
/// `token`: NULL answers NULL. The string lives as long as the token.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_token_json(token: *const td_token) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { borrow(token) }.map_or(ptr::null(), |token| lend(token.texts().2))
}
