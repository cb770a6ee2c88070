//! DER: which of the many structures around a private key this is, and the key pair inside.

use super::{Complaint, Pair, RsaUse};
use crate::protocol::algorithm::Algorithm;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair,
};
use pkcs1::{RsaPrivateKey, RsaPssParamsOwned};
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use pkcs8::der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};
use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef};
use sec1::EcPrivateKey;

pub(super) const RSA_LONGEST_BITS: usize = 8192;
const RSA_SHORTEST_BITS: usize = 2048;

pub(super) const CURVES: [(Algorithm, &EcdsaSigningAlgorithm); 3] = [
    (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED_SIGNING),
    (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED_SIGNING),
    (Algorithm::Es512, &ECDSA_P521_SHA512_FIXED_SIGNING),
];

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// Names for what people hold by mistake, by object identifier.
const NAMES: &[(&str, &str)] = &[
    ("1.2.840.10040.4.1", "a DSA key"),
    ("1.2.840.113549.1.3.1", "a Diffie-Hellman key"),
    ("1.3.101.110", "an X25519 key, which does not sign"),
    ("1.3.101.111", "an X448 key, which does not sign"),
    ("1.3.101.113", "an Ed448 key"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.33", "P-224"),
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.3.132.0.34", "P-384"),
    ("1.3.132.0.35", "P-521"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
];

fn name_of(oid: ObjectIdentifier) -> String {
    let number = oid.to_string();
    match NAMES.iter().find(|(known, _)| *known == number) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("object identifier {number}"),
    }
}

pub(super) fn load(der: &[u8], passphrase: Option<&str>) -> Result<Pair, Complaint> {
    if let Ok(info) = PrivateKeyInfoRef::from_der(der) {
        pkcs8(der, &info)
    } else if let Ok(encrypted) = EncryptedPrivateKeyInfoRef::from_der(der) {
        decrypt(&encrypted, passphrase)
    } else if RsaPrivateKey::<UintRef<'_>>::from_der(der).is_ok() {
        rsa(der, RsaUse::Any)
    } else if let Ok(key) = EcPrivateKey::from_der(der) {
        ec(der, key.parameters.and_then(|parameters| parameters.named_curve()))
    } else {
        Err(what_else(der))
    }
}

fn decrypt(encrypted: &EncryptedPrivateKeyInfoRef<'_>, passphrase: Option<&str>) -> Result<Pair, Complaint> {
    use pkcs8::pkcs5::{EncryptionScheme, Error as Pkcs5Error};
    let passphrase = passphrase.ok_or("encrypted: set private_key_passphrase")?;
    if !matches!(encrypted.encryption_algorithm, EncryptionScheme::Pbes2(_)) {
        return Err(format!("encrypted by PBES1, which is broken; {RE_ENCRYPT}"));
    }
    match encrypted.decrypt(passphrase) {
        Ok(document) => match PrivateKeyInfoRef::from_der(document.as_bytes()) {
            Ok(info) => pkcs8(document.as_bytes(), &info),
            Err(_) => Err("encrypted, and what came out is no PKCS#8 key; is private_key_passphrase right?".into()),
        },
        Err(pkcs8::Error::EncryptedPrivateKey(Pkcs5Error::UnsupportedAlgorithm { oid })) => {
            Err(format!("encrypted by an algorithm that is not supported ({}); {RE_ENCRYPT}", name_of(oid)))
        }
        Err(_) => Err("encrypted, and private_key_passphrase does not open it; check the passphrase".into()),
    }
}

const RE_ENCRYPT: &str = "encrypt it anew: openssl pkcs8 -topk8 -v2 aes256 -in FILE -out NEW";

fn pkcs8(der: &[u8], info: &PrivateKeyInfoRef<'_>) -> Result<Pair, Complaint> {
    let inner = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => rsa(inner, RsaUse::Any),
        RSA_PSS => rsa(inner, RsaUse::Pss(pss_algorithm(info.algorithm.parameters)?)),
        EC => ec(der, info.algorithm.parameters_oid().ok()),
        ED25519 => {
            Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map(Pair::Ed25519).map_err(|_| damaged("Ed25519 key"))
        }
        oid => Err(format!("this is {}; use a P-256, P-384, P-521, RSA or Ed25519 key", name_of(oid))),
    }
}

/// An RSA-PSS key may be bound to one hash (RFC 4055 §3.1).
fn pss_algorithm(parameters: Option<AnyRef<'_>>) -> Result<Option<Algorithm>, Complaint> {
    let Some(parameters) = parameters.filter(|parameters| parameters.tag() != Tag::Null) else { return Ok(None) };
    let der = parameters.to_der().map_err(|_| damaged("RSA-PSS key"))?;
    let parameters = RsaPssParamsOwned::from_der(&der).map_err(|_| damaged("RSA-PSS key"))?;
    let (algorithm, hash_length) = match parameters.hash.oid {
        SHA256 => (Algorithm::Ps256, 32),
        SHA384 => (Algorithm::Ps384, 48),
        SHA512 => (Algorithm::Ps512, 64),
        oid => return Err(format!("an RSA-PSS key bound to a hash that no algorithm here uses ({oid}); make another")),
    };
    if parameters.salt_len > hash_length {
        return Err(format!(
            "an RSA-PSS key bound to a salt of {} bytes, where {algorithm} has {hash_length}; make another",
            parameters.salt_len
        ));
    }
    Ok(Some(algorithm))
}

pub(super) fn rsa(der: &[u8], allowed: RsaUse) -> Result<Pair, Complaint> {
    let key = RsaPrivateKey::<UintRef<'_>>::from_der(der).map_err(|_| damaged("RSA key"))?;
    let modulus = key.modulus.as_bytes();
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    if bits < RSA_SHORTEST_BITS {
        return Err(format!("RSA key of {bits} bits: {RSA_SHORTEST_BITS} or more are needed"));
    }
    if bits > RSA_LONGEST_BITS {
        return Err(format!("RSA key of {bits} bits: {RSA_LONGEST_BITS} is the most"));
    }
    if key.other_prime_infos.is_some() {
        return Err("RSA key of more than two primes; make one of two".into());
    }
    RsaKeyPair::from_der(der).map(|pair| Pair::Rsa(pair, allowed)).map_err(|_| damaged("RSA key"))
}

/// An EC key as PKCS#8 or SEC1; `curve` where the structure names one (it may spell the curve's parameters out instead).
fn ec(der: &[u8], curve: Option<ObjectIdentifier>) -> Result<Pair, Complaint> {
    for (algorithm, signing) in CURVES {
        if let Ok(pair) = EcdsaKeyPair::from_private_key_der(signing, der) {
            return Ok(Pair::Ec(algorithm, pair));
        }
    }
    Err(match curve.map(name_of) {
        Some(name) if ["P-256", "P-384", "P-521"].contains(&name.as_str()) => damaged(&format!("{name} key")),
        Some(name) => format!("EC key on the curve {name}; use P-256, P-384 or P-521"),
        None => "EC key on an unknown curve, or damaged; use a named curve: P-256, P-384 or P-521".into(),
    })
}

fn damaged(what: &str) -> Complaint {
    format!("{what}, but damaged: its parts do not fit together; copy it again")
}

/// What a DER document is that is no private key.
fn what_else(der: &[u8]) -> Complaint {
    const SEQUENCE: Tag = Tag::Sequence;
    let parts = children(der);
    let tags: Vec<Tag> = parts.iter().map(|part| part.tag()).collect();
    let first_oid = parts.first().and_then(|part| children_of(part).first().and_then(oid));
    let what = match tags[..] {
        [SEQUENCE, Tag::BitString] if first_oid.is_some() => "this is a public key; give the private key",
        [Tag::Integer, Tag::Integer] => "this is an RSA public key; give the private key",
        [SEQUENCE, SEQUENCE, Tag::BitString] => return signed(&parts[0]),
        [SEQUENCE, Tag::OctetString] => return encrypted_otherwise(first_oid),
        [Tag::Integer, SEQUENCE, ..] if der_integer(&parts[0]) == Some(3) => {
            "this is a PKCS#12 store; take the key out of it: openssl pkcs12 -in FILE -nocerts -nodes -out NEW"
        }
        [Tag::ObjectIdentifier, ..] => "this is a PKCS#7 or CMS message; give the private key",
        [Tag::Integer, Tag::Integer, Tag::Integer, Tag::Integer, Tag::Integer, Tag::Integer] => {
            "this is a DSA key; use a P-256, P-384, P-521, RSA or Ed25519 key"
        }
        [] => "neither a key nor any other DER; give PEM, the bare base64 of a PKCS#8 key, DER or a JWK",
        _ => "DER, but no private key that is known here; give a PKCS#8, PKCS#1 or SEC1 key",
    };
    what.into()
}

fn signed(body: &AnyRef<'_>) -> Complaint {
    // A certificate starts with its [0] version or a serial number and an algorithm, a request with version 0 and a name.
    let parts = children_of(body);
    let request = parts.first().and_then(der_integer) == Some(0)
        && parts.get(2).is_some_and(|part| children_of(part).first().and_then(oid).is_some());
    let what = if request { "certificate request" } else { "certificate" };
    format!("this is a {what}; give the private key that belongs to it")
}

fn encrypted_otherwise(scheme: Option<ObjectIdentifier>) -> Complaint {
    match scheme {
        Some(oid) => format!("encrypted by an algorithm that is not supported ({oid}); {RE_ENCRYPT}"),
        None => "DER, but no private key that is known here; give a PKCS#8, PKCS#1 or SEC1 key".into(),
    }
}

fn children(der: &[u8]) -> Vec<AnyRef<'_>> {
    AnyRef::from_der(der).map(|outer| children_of(&outer)).unwrap_or_default()
}

fn children_of<'a>(outer: &AnyRef<'a>) -> Vec<AnyRef<'a>> {
    let mut parts = Vec::new();
    if outer.tag() == Tag::Sequence
        && let Ok(mut reader) = SliceReader::new(outer.value())
    {
        while let Ok(part) = AnyRef::decode(&mut reader) {
            parts.push(part);
        }
        if !reader.is_finished() {
            parts.clear();
        }
    }
    parts
}

fn oid(part: &AnyRef<'_>) -> Option<ObjectIdentifier> {
    part.decode_as().ok()
}

fn der_integer(part: &AnyRef<'_>) -> Option<u8> {
    part.decode_as().ok()
}
