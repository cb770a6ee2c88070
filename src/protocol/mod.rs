//! The rules of the RFCs, pure: no network, no file, no clock of its own.

pub(crate) mod algorithm;
pub(crate) mod assertion;
pub(crate) mod credentials;
pub(crate) mod key;
pub(crate) mod plain_text;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod token;
