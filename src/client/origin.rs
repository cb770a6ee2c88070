//! The origin of a client's value, so that an error can name the option that the user must change.

use crate::error::{Error, ErrorCode};
use crate::options::{Key, keys};

#[derive(Clone, Copy)]
pub(super) enum Origin {
    /// The option of this name.
    Option(&'static str),
    /// The credentials in the option of this name.
    Credentials(&'static str),
    /// The JWK that contains the private key.
    Jwk,
}

impl Origin {
    pub fn of<D>(option: &Key<str, D>) -> Origin {
        Origin::Option(option.name())
    }

    /// The origin of an algorithm, in the words of a message.
    pub fn of_algorithm(self) -> &'static str {
        match self {
            Origin::Option(name) => name,
            Origin::Credentials(_) => "the credentials' key_algorithm",
            Origin::Jwk => "the JWK's alg",
        }
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
            Origin::Jwk => keys::PRIVATE_KEY.name(),
        }
    }
}
