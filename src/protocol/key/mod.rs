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

/// Why a document is not the key that is needed.
enum Refusal {
    /// It holds a private key, but not one that can be used.
    Unusable(Complaint),
    /// It is something else, a certificate for example, which may well stand beside a key.
    SomethingElse(Complaint),
}

/// A private key, parsed and checked once. The crypto library wipes it when it is dropped.
pub(crate) struct Key {
    pair: Pair,
    /// What a JWK says about itself.
    pub key_id: Option<String>,
    pub algorithm: Option<String>,
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
        let mut private = Vec::new();
        let mut others = Vec::new();
        for spelled in spelling::read(bytes)? {
            let loaded = match spelled {
                spelling::Spelled::Der(der) => der::load(&der, passphrase).map(Key::from),
                spelling::Spelled::Json(text) => jwk::load(&text).map_err(Refusal::Unusable),
            };
            match loaded {
                Ok(key) => private.push(Ok(key)),
                Err(Refusal::Unusable(complaint)) => private.push(Err(complaint)),
                Err(Refusal::SomethingElse(complaint)) => others.push(complaint),
            }
        }
        match (private.len(), private.pop()) {
            (1, Some(key)) => key,
            (0, _) => Err(others.into_iter().next().unwrap_or_else(|| spelling::NOTHING.into())),
            (count, _) => Err(format!("{count} private keys where one is needed; keep the one that the key id names")),
        }
    }

    /// The key ready to sign by the algorithm that what is named beside it asks for, or by the one that fits where nothing does.
    pub fn into_signer(self, wanted: Option<(Algorithm, &str)>) -> Result<Signer, Complaint> {
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
        let (algorithm, holder) = wanted.unwrap_or((fitting[0], "algorithm"));
        if !fitting.contains(&algorithm) {
            let names: Vec<&str> = fitting.iter().map(|fitting| fitting.name()).collect();
            return Err(format!(
                "{what}, but {holder} is {algorithm}; it signs by {}: give that as algorithm, or the key that {algorithm} needs",
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
                let encoding = rsa_encoding(self.algorithm)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::KeySize;

    fn pkcs8<T>(pair: &T) -> Vec<u8>
    where
        T: AsDer<Pkcs8V1Der<'static>>,
    {
        pair.as_der().expect("PKCS#8").as_ref().to_vec()
    }

    fn ec(curve: &der::Curve) -> Vec<u8> {
        EcdsaKeyPair::generate(curve.signing).expect("a key").to_pkcs8v1().expect("PKCS#8").as_ref().to_vec()
    }

    /// A key of every kind that there is; `rsa` is PKCS#8.
    fn keys(rsa: &[u8]) -> Vec<Key> {
        let uses = [
            RsaUse::Any,
            RsaUse::Pss(None),
            RsaUse::Pss(Some(Algorithm::Ps256)),
            RsaUse::Pss(Some(Algorithm::Ps384)),
            RsaUse::Pss(Some(Algorithm::Ps512)),
        ];
        let rsa = uses.map(|allowed| Pair::Rsa(RsaKeyPair::from_pkcs8(rsa).expect("the key"), allowed));
        let ed25519 = pkcs8(&Ed25519KeyPair::generate().expect("a key"));
        let others = der::CURVES.iter().map(ec).chain([ed25519]);
        let others = others.map(|der| Key::load(&der, None).expect("the key loads"));
        others.chain(rsa.map(Key::from)).collect()
    }

    #[test]
    fn every_key_signs_by_every_algorithm_that_it_does_not_refuse() {
        let rsa = pkcs8(&RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"));
        let algorithms = crate::options::ALGORITHMS.iter().map(|name| Algorithm::from_name(name)).chain([None]);
        for (index, algorithm) in algorithms.enumerate() {
            for key in keys(&rsa) {
                let Ok(signer) = key.into_signer(algorithm.map(|algorithm| (algorithm, ""))) else { continue };
                let mut jws = String::from("header.claims");
                signer.sign(&mut jws).unwrap_or_else(|| panic!("{} does not sign ({index})", signer.algorithm()));
                assert!(jws.len() - "header.claims".len() <= signer.encoded_length());
            }
        }
    }

    /// Every way to cut a key short, and every byte replaced by those that begin, lengthen and end things.
    #[test]
    fn no_malformed_bytes_panic() {
        let der = ec(&der::CURVES[0]);
        let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
        let pem = format!("\"-----BEGIN PRIVATE KEY-----\\n{base64}\\n-----END PRIVATE KEY-----\"");
        let number = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let jwk = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","d":"{number}","x":"{number}","y":"{number}="}}]}}"#);
        let utf16: Vec<u8> = format!("\u{feff}{base64}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        for good in [der, pem.into_bytes(), jwk.into_bytes(), utf16] {
            for at in 0..good.len() {
                let _ = Key::load(&good[..at], None);
                let _ = Key::load(&good[at..], None);
                for byte in [0, b'0', 0x80, 0x82, 0xff, b'\\', b'"', b'-', b'\n'] {
                    let mut changed = good.clone();
                    changed[at] = byte;
                    let _ = Key::load(&changed, None);
                }
            }
        }
    }
}
