//! Turns a Talkdesk client key into access tokens.
//!
//! A [`Client`] takes the key as its holder has it, signs JWT client assertions (`private_key_jwt`, RFC 7523) and exchanges grants for
//! tokens (RFC 6749). Programs in other languages use the same code through the C ABI, feature `capi`.
//!
//! ```no_run
//! use talkdesk_auth::Client;
//!
//! # fn main() -> Result<(), talkdesk_auth::Error> {
//! let client = Client::new([
//!     ("account", "acme"),
//!     ("region", "us"),
//!     ("client_id", "4c1b…"),
//!     ("key_id", "9f3a…"),
//!     ("private_key_file", "talkdesk.key"),
//! ])?;
//! let token = client.exchange([("grant_type", "client_credentials"), ("scope", "account:read")])?;
//! println!("{} for {:?} more seconds", token.token_type(), token.seconds_left());
//! # Ok(()) }
//! ```
//!
//! Calls block. Inside a tokio runtime they work too, on a thread of their own, but block the worker that makes them: use
//! `spawn_blocking`.

#![cfg_attr(not(feature = "capi"), forbid(unsafe_code))]
#![deny(unsafe_code)]
#![warn(missing_docs)]

#[cfg(not(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64"))))]
compile_error!(
    "talkdesk_auth is built for Linux with glibc on x86-64 and aarch64; another target needs its signal mask, \
     its clock that counts suspend, and its linker's versioned name of the shared library"
);

mod client;
mod clock;
mod error;
#[cfg(feature = "capi")]
mod ffi;
mod fork;
mod json;
mod options;
mod per_process;
mod protocol;
mod text;
mod transport;

pub use client::Client;
pub use error::{ERRORS, Error, ErrorCode, ErrorSpec, Field, FieldKind};
pub use options::{Function, Kind, OPTIONS, OptionSpec};
pub use protocol::assertion::Assertion;
pub use protocol::token::Token;
