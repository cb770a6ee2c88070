//! The signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1).

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Es256,
    Es384,
    Es512,
    Ps256,
    Ps384,
    Ps512,
    Rs256,
    Rs384,
    Rs512,
    EdDsa,
}

impl Algorithm {
    /// In the order of [`crate::options::ALGORITHMS`], which holds their names.
    const ALL: [Algorithm; 10] = {
        use Algorithm::*;
        [Es256, Es384, Es512, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512, EdDsa]
    };

    pub fn name(self) -> &'static str {
        crate::options::ALGORITHMS[self as usize]
    }

    pub fn from_name(name: &str) -> Option<Algorithm> {
        Algorithm::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_the_algorithm_of_that_name() {
        for name in crate::options::ALGORITHMS {
            assert_eq!(Algorithm::from_name(name).map(Algorithm::name), Some(*name));
        }
    }
}
