//! Turns a Talkdesk client key into access tokens.
//!
//! A [`Client`] takes the key in any common form, signs JWT client assertions (`private_key_jwt`, RFC 7523) and exchanges grants
//! for tokens (RFC 6749). Programs in other languages use the same code through the C ABI (feature `capi`).
//!
//! ```
//! use talkdesk_auth::{Client, ErrorCode};
//!
//! # fn main() -> Result<(), talkdesk_auth::Error> {
//! // The key of RFC 7515, Appendix A.3. Yours may also be PEM or the vendor's base64 line; give a file as private_key_file.
//! let private_key = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
//!     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
//! let client = Client::new([
//!     ("token_endpoint", "https://127.0.0.1:9/oauth/token"),
//!     ("client_id", "4c1b8f"),
//!     ("key_id", "9f3a02"),
//!     ("private_key", private_key),
//! ])?;
//! assert_eq!(client.get("algorithm"), Some("ES256"));
//!
//! let assertion = client.assertion([("assertion_lifetime", "60")])?;
//! assert_eq!(assertion.get("aud"), Some("https://127.0.0.1:9/oauth/token"));
//!
//! // No server listens on this port.
//! let grant = [("grant_type", "authorization_code"), ("code", "SplxlOBeZQQYbYS6WxSbIA")];
//! let error = client.exchange(grant).unwrap_err();
//! assert_eq!(error.code(), ErrorCode::ConnectionFailed);
//! assert!(error.is_retryable());
//! # Ok(()) }
//! ```
//!
//! [`Client::exchange`] blocks its thread. [`Client::start`] does not: its [`Call`] is a future that any executor can await.

#![cfg_attr(not(feature = "capi"), forbid(unsafe_code))]
#![deny(unsafe_code)]
#![warn(missing_docs)]

#[cfg(not(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64"))))]
compile_error!(
    "talkdesk_auth supports Linux with glibc on x86-64 and aarch64; another target needs code for its signal mask, for its \
     clock that counts suspended time, and for the versioned name that its linker gives the shared library"
);

mod algorithm;
// Descriptors and queues are for C.
#[cfg_attr(not(feature = "capi"), allow(dead_code, unused_imports))]
mod call;
mod client;
mod clock;
mod descriptors;
mod environment;
mod error;
#[cfg(feature = "capi")]
mod ffi;
mod file;
mod fork;
mod functions;
mod gate;
mod json;
mod message;
mod options;
mod panics;
mod per_process;
mod protocol;
mod region;
mod text;
mod transport;
mod wiped;

pub use call::Call;
pub use client::Client;
pub use error::{ERRORS, Error, ErrorCode, ErrorSpec, Field, FieldKind};
pub use functions::{
    Blocks, Documentation, FUNCTIONS, Function, FunctionSpec, Gives, Member, OBJECTS, Object, ObjectSpec, Parameter,
    ParameterKind, ValueKind,
};
pub use options::{Kind, OPTIONS, OptionSpec};
pub use protocol::assertion::Assertion;
pub use protocol::grant::{GRANTS, GrantSpec};
pub use protocol::token::Token;
