//! `td_client`

use super::boundary::create;
use super::error::td_error;
use super::object::{Handle, borrow};
use super::strings::{get, pairs};
use crate::client::Client;
use std::ffi::c_char;

// generated: td_client
/// A registered client, with its parsed private key and its token endpoint. Free it with `td_free`.
///
/// Make one client and keep it, because it holds connections and the trust store. Any number of threads may use it at once. It
/// works on both sides of a fork.
// end of generated
pub struct td_client {
    _private: (),
}

impl Handle for td_client {
    const TAG: u64 = u64::from_ne_bytes(*b"tdclient");
    const NAME: &'static str = "td_client";
    type Value = Client;
}

// generated: td_client_new
/// Makes a client. It checks all options, above all the key. It sends nothing and makes no connection. It reads HTTPS_PROXY,
/// ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR from the environment; later calls do not read them. In a set-user-ID
/// program, or in one with file capabilities, it ignores them.
// end of generated
///
/// `options`: alternating names and values and then NULL, as `TD_OPTIONS` writes them. The function copies them. A client needs
/// `client_id`, `key_id` and a key (`private_key` or `private_key_file`); `credentials` or `credentials_file` may hold all three.
/// It also needs `token_endpoint`, or `account` with `region`. These are all options:
// generated: options of td_client_new
/// - `account` (one label of a domain name): The account's name, as in `https://ACCOUNT.talkdeskid.com`; together with `region`, it
///   determines the token endpoint.
/// - `region` (`us`, `eu`, `ca`, `au`): The account's region; required with `account`.
/// - `token_endpoint` (text on one line): The URL of the token endpoint, instead of `account` and `region`; by default, it is also
///   the audience, exactly as given.
/// - `client_id` (text on one line): The client id (RFC 6749 §2.2); required unless the credentials contain it.
/// - `key_id` (text on one line): The key id, which is sent as `kid`; required unless the credentials or the JWK contain it.
/// - `algorithm` (`ES256`, `ES384`, `ES512`, `PS256`, `PS384`, `PS512`, `RS256`, `RS384`, `RS512`, `EdDSA`, `Ed25519`): The
///   signature algorithm (RFC 7518 §3.1); by default, the algorithm that fits the key (PS256 for RSA).
/// - `private_key` (text; secret): The private key in any common form: the vendor's bare base64, PEM or JWK.
/// - `private_key_file` (path of a file): The path of a file that contains the private key, in a form of `private_key` or as DER.
/// - `private_key_passphrase` (any text, which may be empty; secret): The passphrase of an encrypted private key.
/// - `credentials` (text; secret): The JSON that the vendor provides: the OAuth client file or the app.installed event.
/// - `credentials_file` (path of a file): The path of a file that contains the JSON of `credentials`.
/// - `audience` (text on one line): The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly
///   as given.
/// - `assertion_type_header` (text on one line; by default `JWT`): The assertion's `typ` header; newer drafts require
///   `client-authentication+jwt`.
/// - `assertion_lifetime` (whole seconds, 1 to 3600; by default `300`): Whole seconds from now until the assertion expires; `exp`
///   is never more than 3600 s after `iat`.
/// - `connect_timeout` (seconds, 0.001 to 3600; by default `10`): How many seconds making a connection may take (name resolution,
///   TCP and TLS), each time it is tried; the client's `timeout` limits them. All addresses of a name share this time; after 0.3 s,
///   the library also tries the addresses of the other family (IPv4 or IPv6).
/// - `timeout` (seconds, 0.001 to 3600; by default `30`): How many seconds the whole exchange may take, including waiting.
/// - `proxy` (text on one line; secret): The URL of an HTTP proxy, instead of HTTPS_PROXY and ALL_PROXY from the environment; it
///   may contain a user and a password. The library never uses a proxy for loopback (localhost, 127.0.0.0/8, ::1).
/// - `no_proxy` (any text, which may be empty): The hosts to reach without a proxy, separated by commas, instead of NO_PROXY from
///   the environment. Each is a name (which includes all names below it), an address, or a range like 10.0.0.0/8; a name or an
///   address may have a port (HOST:PORT); `*` turns proxies off.
/// - `ca_file` (path of a file): The path of a PEM file with certificate authorities to trust in addition to the system's.
/// - `user_agent` (text on one line; by default `talkdesk_auth/VERSION`): The request's User-Agent header.
/// - `clock_correction` (`true` or `false`; by default `true`): Whether an assertion that the server refused is signed and sent
///   once more by the server's clock, if this machine's clock is wrong.
/// - `max_retries` (whole number, 0 to 10; by default `2`): How often a call may send its request again after a failure that spends
///   no grant, while its `timeout` lasts. Before each time, it waits: half a second at most at first, then longer, and at least as
///   long as the server asks for (Retry-After).
/// - `allow_http` (`true` or `false`; by default `false`): Whether a token endpoint outside loopback may use plain HTTP; tokens
///   then cross the network unencrypted.
// end of generated
///
/// `client`: receives the client, or NULL on failure.
///
// generated: errors of td_client_new
/// Returns NULL, or an error: `invalid_argument`, `invalid_option`, `invalid_key`, `internal`.
// end of generated
///
/// The client follows RFC 7523 (client assertion), RFC 6749 (token endpoint) and RFC 7517 (JWK).
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_client_new(options: *const *const c_char, client: *mut *mut td_client) -> *mut td_error {
    // SAFETY: the contract of the header.
    unsafe { create(client, || Client::new(pairs(options)?)) }
}

// generated: td_client_get
/// The given, resolved or default value of a client option; NULL if the option is secret, unset or unknown.
///
/// `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A value may change if a later version
/// of the library reloads a changed key.
///
/// If `client` or `name` is NULL, the function returns NULL. The string lives as long as the client.
// end of generated
///
/// A string that was given out does not change when the value changes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_client_get(client: *const td_client, name: *const c_char) -> *const c_char {
    // SAFETY: the contract of the header.
    unsafe { get(client, name, Client::setting) }
}

// generated: td_client_clock_offset
/// The seconds by which the token endpoint's clock is ahead of this machine's, negative if behind, or 0.
///
/// The library learns them if the server refuses an assertion because of the clock, and accepts one that was signed by its own
/// clock (see `clock_correction`). It then signs by that clock. All clients of the endpoint in this process share the value.
///
/// If `client` is NULL, the function returns 0.
// end of generated
#[unsafe(no_mangle)]
pub unsafe extern "C" fn td_client_clock_offset(client: *const td_client) -> i32 {
    // SAFETY: the contract of the header.
    unsafe { borrow(client) }.map_or(0, Client::clock_offset)
}
