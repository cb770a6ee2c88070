//! `td_client`

use super::call::create;
use super::error::td_error;
use super::object::Handle;
use super::strings::{get, pairs};
use crate::client::Client;
use std::ffi::c_char;

/// A registered client: its private key, parsed once, and its token endpoint.
///
/// Make one and keep it: it holds connections and the trust store. Any number of threads may use it at once, and both sides of a
/// fork. Free it with `td_free`, which wipes the key.
pub struct td_client {
    _private: (),
}

impl Handle for td_client {
    const TAG: u64 = u64::from_ne_bytes(*b"tdclient");
    const NAME: &'static str = "td_client";
    type Value = Client;
}

/// Makes a client. Everything is checked here, the key above all; nothing is sent and no connection is made.
///
/// `options`: names and values, alternating, then NULL, as `TD_OPTIONS` writes them; copied. Needed are `client_id`, `key_id`, a key
/// (`private_key`, `private_key_file`, or in `credentials` or `credentials_file`, which may also hold the two ids), and
/// `token_endpoint` or `account` with `region`. OPTIONS.md lists all.
///
/// `client`: receives the client, or NULL on failure.
///
/// Returns NULL, or an error: `invalid_argument`, `invalid_option`, `invalid_key`, `internal`.
///
/// Reads the environment for HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR; no later call does.
///
/// The ways of the protocol: RFC 7523 (client assertion), RFC 6749 (token endpoint), RFC 7517 (JWK).
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_client_new(options: *const *const c_char, client: *mut *mut td_client) -> *mut td_error {
    // SAFETY: the contract of the header.
    unsafe { create(client, || Client::new(pairs(options)?)) }
}

/// The value of a client option, given, resolved or by default: `algorithm`, `audience`, `client_id`, `key_id` and
/// `token_endpoint` always have one. It never changes.
///
/// `client`, `name`: NULL answers NULL, and so does an option that is secret, unset or unknown. The string lives as long as the
/// client.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_client_get(client: *const td_client, name: *const c_char) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { get(client, name, Client::setting) }
}
