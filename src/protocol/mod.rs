//! The rules of the RFCs. This code is pure: it uses no network, no file and no clock of its own.

pub(crate) mod assertion;
pub(crate) mod challenge;
pub(crate) mod credentials;
pub(crate) mod endpoint;
pub(crate) mod grant;
pub(crate) mod key;
pub(crate) mod plain_text;
pub(crate) mod redaction;
pub(crate) mod repetition;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod signer;
pub(crate) mod token;
mod words;
