//! The key pairs that sign, and their algorithms.

use crate::algorithm::Algorithm;
use crate::fork::without_fork;
use crate::protocol::signer::{LONGEST_SIGNATURE, Signer};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, RsaEncoding};

pub(super) const RSA_LONGEST_BITS: usize = LONGEST_SIGNATURE * 8;

pub(super) enum Pair {
    /// With the only algorithm of its curve.
    Ec(Algorithm, EcdsaKeyPair),
    Rsa(RsaKeyPair, RsaUse),
    Ed25519(Ed25519KeyPair),
}

/// What an RSA key's object identifier allows (RFC 4055 §1.2, §3.1).
pub(super) enum RsaUse {
    Any,
    /// An RSA-PSS key, with the only algorithm of its hash if the key names a hash.
    Pss(Option<Algorithm>),
}

impl Pair {
    /// The algorithms that the pair can sign with (the default first), and the name of the pair in messages.
    pub fn algorithms(&self) -> (&'static [Algorithm], &'static str) {
        use Algorithm::*;
        match self {
            Pair::Ec(Es256, _) => (&[Es256], "P-256 key"),
            Pair::Ec(Es384, _) => (&[Es384], "P-384 key"),
            Pair::Ec(..) => (&[Es512], "P-521 key"),
            Pair::Ed25519(_) => (&[EdDsa, Ed25519], "Ed25519 key"),
            Pair::Rsa(_, RsaUse::Any) => (&[Ps256, Ps384, Ps512, Rs256, Rs384, Rs512], "RSA key"),
            Pair::Rsa(_, RsaUse::Pss(None)) => (&[Ps256, Ps384, Ps512], "RSA-PSS key"),
            Pair::Rsa(_, RsaUse::Pss(Some(Ps384))) => (&[Ps384], "RSA-PSS key for SHA-384"),
            Pair::Rsa(_, RsaUse::Pss(Some(Ps512))) => (&[Ps512], "RSA-PSS key for SHA-512"),
            Pair::Rsa(_, RsaUse::Pss(Some(_))) => (&[Ps256], "RSA-PSS key for SHA-256"),
        }
    }
}

/// A pair with the algorithm that it signs with.
pub(super) struct PairSigner {
    pair: Pair,
    algorithm: Algorithm,
}

impl PairSigner {
    /// `algorithm` is one of [`Pair::algorithms`].
    pub fn new(pair: Pair, algorithm: Algorithm) -> PairSigner {
        PairSigner { pair, algorithm }
    }

    fn signed(&self, input: &[u8], signature: &mut [u8]) -> Option<usize> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ec(_, pair) => copied(without_fork(|| pair.sign(&random, input)).ok()?.as_ref(), signature),
            Pair::Ed25519(pair) => copied(without_fork(|| pair.try_sign(input)).ok()?.as_ref(), signature),
            Pair::Rsa(pair, _) => {
                let signature = &mut signature[..pair.public_modulus_len()];
                let encoding = rsa_encoding(self.algorithm)?;
                without_fork(|| pair.sign(encoding, &random, input, signature)).ok()?;
                Some(signature.len())
            }
        }
    }
}

impl Signer for PairSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn longest_signature(&self) -> usize {
        match &self.pair {
            Pair::Ec(Algorithm::Es256, _) | Pair::Ed25519(_) => 64,
            Pair::Ec(Algorithm::Es384, _) => 96,
            Pair::Ec(..) => 132,
            Pair::Rsa(pair, _) => pair.public_modulus_len(),
        }
    }

    fn sign(&self, input: &[u8], signature: &mut [u8]) -> Result<usize, String> {
        self.signed(input, signature).ok_or_else(|| "failed in the crypto library".into())
    }
}

fn copied(from: &[u8], to: &mut [u8]) -> Option<usize> {
    to.get_mut(..from.len())?.copy_from_slice(from);
    Some(from.len())
}

fn rsa_encoding(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    Some(match algorithm {
        Algorithm::Ps256 => &signature::RSA_PSS_SHA256,
        Algorithm::Ps384 => &signature::RSA_PSS_SHA384,
        Algorithm::Ps512 => &signature::RSA_PSS_SHA512,
        Algorithm::Rs256 => &signature::RSA_PKCS1_SHA256,
        Algorithm::Rs384 => &signature::RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &signature::RSA_PKCS1_SHA512,
        _ => return None,
    })
}
