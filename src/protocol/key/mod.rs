//! The private key: from whatever its holder has to something that signs.
//!
//! `spelling` finds the bytes, `der` and `jwk` say what they are. What a key is follows from its bytes, never from its label.

mod der;
mod jwk;
mod spelling;

use super::algorithm::Algorithm;
use crate::fork::without_fork;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{self, EcdsaKeyPair, Ed25519KeyPair, RsaEncoding};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What is wrong with a key and what to do, for people. Never a part of the key.
pub(crate) type Complaint = String;

/// A private key, parsed and checked once. The crypto library wipes it when it is dropped.
pub(crate) struct Key {
    pair: Pair,
    /// What a JWK says about itself.
    pub key_id: Option<String>,
    pub algorithm: Option<Algorithm>,
}

enum Pair {
    /// With the one algorithm of its curve.
    Ec(Algorithm, EcdsaKeyPair),
    Rsa(RsaKeyPair, RsaUse),
    Ed25519(Ed25519KeyPair),
}

/// What an RSA key's object identifier allows (RFC 4055 §1.2, §3.1).
enum RsaUse {
    Any,
    /// An RSA-PSS key; with the one algorithm of its hash where the key names one.
    Pss(Option<Algorithm>),
}

impl Key {
    /// Reads a key in any spelling.
    pub fn load(bytes: &[u8], passphrase: Option<&str>) -> Result<Key, Complaint> {
        let mut keys = Vec::new();
        let mut complaints = Vec::new();
        for spelled in spelling::read(bytes)? {
            let loaded = match spelled {
                spelling::Spelled::Der(bytes) => der::load(&bytes, passphrase).map(Key::from),
                spelling::Spelled::Json(document) => jwk::load(&document),
            };
            match loaded {
                Ok(key) => keys.push(key),
                Err(complaint) => complaints.push(complaint),
            }
        }
        match keys.len() {
            1 => Ok(keys.remove(0)),
            0 => Err(complaints.into_iter().next().unwrap_or_else(|| spelling::NOTHING.into())),
            count => Err(format!("{count} private keys where one is needed; keep the one that the key id names")),
        }
    }

    /// The key ready to sign by `algorithm`, or by the one that fits where none is asked for.
    pub fn into_signer(self, algorithm: Option<Algorithm>) -> Result<Signer, Complaint> {
        use Algorithm::*;
        let (fitting, what): (&[Algorithm], _) = match &self.pair {
            Pair::Ec(Es256, _) => (&[Es256], "P-256 key"),
            Pair::Ec(Es384, _) => (&[Es384], "P-384 key"),
            Pair::Ec(..) => (&[Es512], "P-521 key"),
            Pair::Ed25519(_) => (&[EdDsa], "Ed25519 key"),
            Pair::Rsa(_, RsaUse::Any) => (&[Ps256, Ps384, Ps512, Rs256, Rs384, Rs512], "RSA key"),
            Pair::Rsa(_, RsaUse::Pss(None)) => (&[Ps256, Ps384, Ps512], "RSA-PSS key"),
            Pair::Rsa(_, RsaUse::Pss(Some(Ps384))) => (&[Ps384], "RSA-PSS key for SHA-384"),
            Pair::Rsa(_, RsaUse::Pss(Some(Ps512))) => (&[Ps512], "RSA-PSS key for SHA-512"),
            Pair::Rsa(_, RsaUse::Pss(Some(_))) => (&[Ps256], "RSA-PSS key for SHA-256"),
        };
        let algorithm = algorithm.unwrap_or(fitting[0]);
        if !fitting.contains(&algorithm) {
            let names: Vec<&str> = fitting.iter().map(|fitting| fitting.name()).collect();
            return Err(format!(
                "{what}, but algorithm is {algorithm}; it signs by {}: give that, or the key that {algorithm} needs",
                names.join(", ")
            ));
        }
        Ok(Signer { pair: self.pair, algorithm })
    }
}

impl From<Pair> for Key {
    fn from(pair: Pair) -> Key {
        Key { pair, key_id: None, algorithm: None }
    }
}

/// A key pair with the algorithm that it signs by. Signs from any number of threads at once.
pub(crate) struct Signer {
    pair: Pair,
    algorithm: Algorithm,
}

impl Signer {
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The most that [`Signer::sign`] appends, in bytes.
    pub fn encoded_length(&self) -> usize {
        let bytes = match &self.pair {
            Pair::Ec(Algorithm::Es256, _) | Pair::Ed25519(_) => 64,
            Pair::Ec(Algorithm::Es384, _) => 96,
            Pair::Ec(..) => 132,
            Pair::Rsa(pair, _) => pair.public_modulus_len(),
        };
        1 + bytes.div_ceil(3) * 4
    }

    /// Completes a JWS signing input (RFC 7515 §5.1): appends the dot and the signature of what stands before it.
    /// `None` where the crypto library fails.
    pub fn sign(&self, jws: &mut String) -> Option<()> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Ec(_, pair) => append(jws, without_fork(|| pair.sign(&random, jws.as_bytes())).ok()?.as_ref()),
            Pair::Ed25519(pair) => append(jws, without_fork(|| pair.try_sign(jws.as_bytes())).ok()?.as_ref()),
            Pair::Rsa(pair, _) => {
                let mut signature = [0; der::RSA_LONGEST_BITS / 8];
                let signature = &mut signature[..pair.public_modulus_len()];
                let encoding = rsa_encoding(self.algorithm);
                without_fork(|| pair.sign(encoding, &random, jws.as_bytes(), signature)).ok()?;
                append(jws, signature);
            }
        }
        Some(())
    }
}

fn append(jws: &mut String, signature: &[u8]) {
    jws.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, jws);
}

fn rsa_encoding(algorithm: Algorithm) -> &'static dyn RsaEncoding {
    match algorithm {
        Algorithm::Ps256 => &signature::RSA_PSS_SHA256,
        Algorithm::Ps384 => &signature::RSA_PSS_SHA384,
        Algorithm::Ps512 => &signature::RSA_PSS_SHA512,
        Algorithm::Rs256 => &signature::RSA_PKCS1_SHA256,
        Algorithm::Rs384 => &signature::RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &signature::RSA_PKCS1_SHA512,
        _ => unreachable!("{algorithm} does not sign with an RSA key"),
    }
}
