//! The table of signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2).

use std::fmt;

/// Makes the algorithms and their names from the same rows.
macro_rules! table_of_algorithms {
    ($($algorithm:ident = $name:literal)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Algorithm {
            $($algorithm,)*
        }

        impl Algorithm {
            pub const NAMES: &[&str] = &[$($name,)*];

            pub fn name(self) -> &'static str {
                match self {
                    $(Algorithm::$algorithm => $name,)*
                }
            }

            pub fn from_name(name: &str) -> Option<Algorithm> {
                match name {
                    $($name => Some(Algorithm::$algorithm),)*
                    _ => None,
                }
            }
        }
    };
}

table_of_algorithms! {
    Es256 = "ES256"
    Es384 = "ES384"
    Es512 = "ES512"
    Ps256 = "PS256"
    Ps384 = "PS384"
    Ps512 = "PS512"
    Rs256 = "RS256"
    Rs384 = "RS384"
    Rs512 = "RS512"
    EdDsa = "EdDSA"
    Ed25519 = "Ed25519"
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
