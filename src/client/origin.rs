//! The origin of a client's value, so that an error can name the option that the user must change.

use crate::error::{Error, ErrorCode};
use crate::options::{Key, keys};

/// Where a key or a URL came from.
#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// The option of this name.
    Option(&'static str),
    /// The credentials in the option of this name.
    Credentials(&'static str),
}

impl Origin {
    pub fn of(option: &Key<str>) -> Origin {
        Origin::Option(option.name())
    }

    /// The error for a key that can't be used.
    pub fn key_error(self, complaint: &str) -> Error {
        let option = self.option();
        Error::new(ErrorCode::InvalidKey, format!("{option}: {complaint}")).with("option", option)
    }

    /// The error for a URL that can't be the token endpoint.
    pub fn endpoint_error(self, complaint: &str) -> Error {
        match self.option() {
            name if name == keys::TOKEN_ENDPOINT.name() => Error::option(name, complaint),
            name => Error::option(name, format_args!("the token endpoint that it leads to is {complaint}")),
        }
    }

    fn option(self) -> &'static str {
        match self {
            Origin::Option(name) | Origin::Credentials(name) => name,
        }
    }
}

/// Who names the algorithm or the id of a key.
#[derive(Clone, Copy)]
pub(super) enum Holder {
    Option,
    Credentials,
    /// The JWK that contains the private key.
    Jwk,
}

impl Holder {
    /// The place of the algorithm, in the words of a message.
    pub fn of_the_algorithm(self) -> &'static str {
        match self {
            Holder::Option => keys::ALGORITHM.name(),
            Holder::Credentials => "the credentials' key_algorithm",
            Holder::Jwk => "the JWK's alg",
        }
    }
}
