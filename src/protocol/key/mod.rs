//! The private key: reads it in any spelling, and makes a signer from it.
//!
//! `spelling` finds the bytes. `der` and `jwk` recognise them. The bytes decide what a key is; its label never does. `container` and
//! `mangled` say what something is that is no key.

mod complaint;
mod container;
mod der;
mod jwk;
mod mangled;
mod pair;
mod spelling;

use super::signer::Signer;
use crate::algorithm::Algorithm;
use pair::{Pair, PairSigner};
use spelling::Spelled;

pub(crate) use complaint::Complaint;
pub(crate) use mangled::{unfilled, unfilled_identifier};

/// A private key, parsed and checked once. The crypto library wipes it when it is dropped.
pub(crate) struct Key {
    pair: Pair,
    /// The key id in the JWK.
    pub key_id: Option<String>,
    /// The algorithm in the JWK.
    pub algorithm: Option<String>,
}

impl Key {
    /// Reads a key in any spelling. `key_id` chooses the key in a JWK Set.
    pub fn load(bytes: &[u8], passphrase: Option<&str>, key_id: Option<&str>) -> Result<Key, Complaint> {
        let (blocks, encoding) = match spelling::read(bytes)? {
            Spelled::Json(text) => return jwk::load(&text, key_id).map(Key::from),
            Spelled::Der(blocks, encoding) => (blocks, encoding),
        };
        // Only a key that stands alone is loaded, because each decryption takes long.
        let mut keys = Vec::new();
        let mut other = None;
        for der in &blocks {
            match der::structure(der, encoding) {
                Ok(structure) => keys.push((der, structure)),
                Err(complaint) => other = other.or(Some(complaint)),
            }
        }
        match keys[..] {
            [(der, structure)] => der::load(der, structure, passphrase).map(Key::from),
            [] => Err(other.unwrap_or_else(|| spelling::NOTHING.into())),
            _ => {
                Err(format!("{} private keys, but only one is needed; keep the key that the key id names", keys.len()))
            }
        }
    }

    /// Makes a signer for the wanted algorithm, or for the key's default algorithm if none is wanted. The text beside the algorithm
    /// names its source.
    pub fn into_signer(self, wanted: Option<(Algorithm, &str)>) -> Result<impl Signer + use<>, Complaint> {
        let (fitting, what) = self.pair.algorithms();
        let Some((algorithm, holder)) = wanted else { return Ok(PairSigner::new(self.pair, fitting[0])) };
        if !fitting.contains(&algorithm) {
            let names: Vec<&str> = fitting.iter().map(|fitting| fitting.name()).collect();
            return Err(format!(
                "{what}, but {holder} is {algorithm}; it signs with {}: set algorithm to match, or give a key for {algorithm}",
                names.join(", ")
            ));
        }
        Ok(PairSigner::new(self.pair, algorithm))
    }
}

impl From<Pair> for Key {
    fn from(pair: Pair) -> Key {
        Key { pair, key_id: None, algorithm: None }
    }
}

impl From<jwk::Jwk> for Key {
    fn from(jwk: jwk::Jwk) -> Key {
        Key { pair: jwk.pair, key_id: jwk.key_id, algorithm: jwk.algorithm }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::signer::LONGEST_SIGNATURE;
    use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
    use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
    use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair};
    use base64::Engine;
    use pair::RsaUse;

    fn pkcs8<T>(pair: &T) -> Vec<u8>
    where
        T: AsDer<Pkcs8V1Der<'static>>,
    {
        pair.as_der().expect("PKCS#8").as_ref().to_vec()
    }

    fn ec(curve: &der::Curve) -> Vec<u8> {
        EcdsaKeyPair::generate(curve.signing).expect("a key").to_pkcs8v1().expect("PKCS#8").as_ref().to_vec()
    }

    /// A key of every kind. `rsa` is PKCS#8.
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
        let others = others.map(|der| Key::load(&der, None, None).expect("the key loads"));
        others.chain(rsa.map(Key::from)).collect()
    }

    #[test]
    fn every_key_signs_with_every_algorithm_that_it_accepts() {
        let rsa = pkcs8(&RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"));
        let algorithms = Algorithm::NAMES.iter().map(|name| Algorithm::from_name(name)).chain([None]);
        for (index, algorithm) in algorithms.enumerate() {
            for key in keys(&rsa) {
                let Ok(signer) = key.into_signer(algorithm.map(|algorithm| (algorithm, ""))) else { continue };
                let mut signature = vec![0; signer.longest_signature()];
                let length = signer.sign(b"header.claims", &mut signature);
                let length = length.unwrap_or_else(|_| panic!("{} does not sign ({index})", signer.algorithm()));
                assert!(length > 0 && length <= LONGEST_SIGNATURE);
            }
        }
    }

    /// Cuts a key at every place, and replaces every byte with bytes that have a meaning in DER, JSON or PEM.
    #[test]
    fn malformed_bytes_never_panic() {
        let der = ec(&der::CURVES[0]);
        let base64 = base64::engine::general_purpose::STANDARD.encode(&der);
        let pem = format!("\"-----BEGIN PRIVATE KEY-----\\n{base64}\\n-----END PRIVATE KEY-----\"");
        let number = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let jwk = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","d":"{number}","x":"{number}","y":"{number}="}}]}}"#);
        let utf16: Vec<u8> = format!("\u{feff}{base64}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        for good in [der, pem.into_bytes(), jwk.into_bytes(), utf16] {
            for at in 0..good.len() {
                let _ = Key::load(&good[..at], None, None);
                let _ = Key::load(&good[at..], None, None);
                for byte in [0, b'0', 0x80, 0x82, 0xff, b'\\', b'"', b'-', b'\n'] {
                    let mut changed = good.clone();
                    changed[at] = byte;
                    let _ = Key::load(&changed, None, None);
                }
            }
        }
    }
}
