//! DER: recognises the structure around a private key, and loads the key pair inside.

use super::complaint::Complaint;
use super::container::{self, Encoding, SSH_ED25519};
use super::pair::{Pair, RSA_LONGEST_BITS, RsaUse};
use crate::algorithm::Algorithm;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair,
};
use pkcs1::{RsaPrivateKey, RsaPssParamsOwned};
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier, OctetStringRef, UintRef};
use pkcs8::der::{Decode, Encode, Tag, TagNumber, Tagged};
use pkcs8::pkcs5::pbes2::{Kdf, PBES2_OID};

const RSA_SHORTEST_BITS: usize = 2048;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// A curve of RFC 7518 §3.4.
pub(super) struct Curve {
    pub name: &'static str,
    oid: ObjectIdentifier,
    pub algorithm: Algorithm,
    pub signing: &'static EcdsaSigningAlgorithm,
    /// The length of a number, in bytes.
    pub length: usize,
}

pub(super) const CURVES: [Curve; 3] = [
    Curve {
        name: "P-256",
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
        algorithm: Algorithm::Es256,
        signing: &ECDSA_P256_SHA256_FIXED_SIGNING,
        length: 32,
    },
    Curve {
        name: "P-384",
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.34"),
        algorithm: Algorithm::Es384,
        signing: &ECDSA_P384_SHA384_FIXED_SIGNING,
        length: 48,
    },
    Curve {
        name: "P-521",
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.35"),
        algorithm: Algorithm::Es512,
        signing: &ECDSA_P521_SHA512_FIXED_SIGNING,
        length: 66,
    },
];

impl Curve {
    fn load(&self, der: &[u8]) -> Option<Pair> {
        EcdsaKeyPair::from_private_key_der(self.signing, der).ok().map(|pair| Pair::Ec(self.algorithm, pair))
    }
}

/// Tags: the attributes and the public key in PKCS#8 (RFC 5958 §2), and the curve in SEC1 (RFC 5915 §3).
const ATTRIBUTES: TagNumber = TagNumber(0);
const PUBLIC_KEY: TagNumber = TagNumber(1);
const CURVE: TagNumber = TagNumber(0);

/// Names of keys and curves that people give by mistake, by object identifier.
const NAMES: &[(&str, &str)] = &[
    ("1.2.840.10040.4.1", "a DSA key"),
    ("1.2.840.113549.1.3.1", "a Diffie-Hellman key"),
    ("1.2.840.10046.2.1", "a Diffie-Hellman key"),
    ("1.3.101.110", "an X25519 key, which does not sign"),
    ("1.3.101.111", "an X448 key, which does not sign"),
    ("1.3.101.113", "an Ed448 key"),
    ("1.3.132.0.10", "secp256k1"),
    ("1.3.132.0.33", "P-224"),
    ("1.2.840.10045.3.1.1", "P-192"),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1"),
];

fn name_of(oid: ObjectIdentifier) -> String {
    let number = oid.to_string();
    match NAMES.iter().find(|(known, _)| *known == number) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("object identifier {number}"),
    }
}

/// The structure around a private key.
#[derive(Clone, Copy)]
pub(super) enum Structure {
    Pkcs8,
    Encrypted,
    Pkcs1,
    Sec1,
}

/// Recognises a private key by its structure alone, which takes little time. The complaint says what the document is instead.
pub(super) fn structure(der: &[u8], encoding: Encoding) -> Result<Structure, Complaint> {
    use Tag::{Integer, OctetString, Sequence};
    let parts = children(der);
    let tags: Vec<Tag> = parts.iter().map(Tagged::tag).collect();
    match tags[..] {
        [Integer, Sequence, OctetString, ..] => Ok(Structure::Pkcs8),
        [Sequence, OctetString] => Ok(Structure::Encrypted),
        // The version and eight numbers; further primes may follow.
        [Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer, Integer, ..] => Ok(Structure::Pkcs1),
        [Integer, OctetString, ..] => Ok(Structure::Sec1),
        _ => Err(what_else(der, &parts, &tags, encoding)),
    }
}

pub(super) fn load(der: &[u8], structure: Structure, passphrase: Option<&str>) -> Result<Pair, Complaint> {
    let parts = children(der);
    match structure {
        Structure::Pkcs8 => pkcs8(der, &parts),
        Structure::Encrypted => decrypt(der, &parts[0], passphrase),
        Structure::Pkcs1 => rsa(der, RsaUse::Any),
        Structure::Sec1 => ec(der, named_curve(&parts[2..])),
    }
}

/// Decrypts and loads an encrypted PKCS#8 key (RFC 8018 §6.2).
fn decrypt(der: &[u8], scheme: &AnyRef<'_>, passphrase: Option<&str>) -> Result<Pair, Complaint> {
    if children_of(scheme).first().and_then(oid).is_some_and(is_pbes1) {
        return Err(format!("encrypted with PBES1, which is not secure; {RE_ENCRYPT}"));
    }
    let encrypted = EncryptedPrivateKeyInfoRef::from_der(der)
        .map_err(|_| format!("encrypted with an algorithm that is not supported, or damaged; {RE_ENCRYPT}"))?;
    let parameters = encrypted.encryption_algorithm.pbes2().ok_or("encrypted, but damaged; copy it again")?;
    check_cost(&parameters.kdf)?;
    let passphrase = passphrase.ok_or("encrypted: set private_key_passphrase")?;
    let document = encrypted
        .decrypt(passphrase)
        .map_err(|_| "encrypted, but private_key_passphrase does not open it; check the passphrase")?;
    let inner = structure(document.as_bytes(), Encoding::AsTheyAre)
        .map_err(|_| "encrypted, but the decrypted content is not a key; check private_key_passphrase")?;
    // Without a passphrase, a second layer of encryption fails, so this recursion ends.
    load(document.as_bytes(), inner, None)
}

/// Refuses to derive the key from the passphrase if that takes more than a few seconds or more than 64 MiB.
fn check_cost(kdf: &Kdf) -> Result<(), Complaint> {
    const MOST_ROUNDS: u32 = 2_000_000;
    const MOST_MEMORY: u64 = 64 << 20;
    const MOST_WORK: u64 = 1 << 21;
    match kdf {
        Kdf::Pbkdf2(parameters) if !(1..=MOST_ROUNDS).contains(&parameters.iteration_count) => Err(format!(
            "encrypted by PBKDF2 with {} rounds, but only 1 to {MOST_ROUNDS} are allowed; {RE_ENCRYPT}",
            parameters.iteration_count
        )),
        Kdf::Pbkdf2(_) => Ok(()),
        Kdf::Scrypt(parameters) => {
            let (cost, size) = (parameters.cost_parameter, u64::from(parameters.block_size));
            let blocks = cost.saturating_mul(size);
            let work = blocks.saturating_mul(u64::from(parameters.parallelization));
            let memory = blocks.saturating_mul(128);
            if cost.is_power_of_two() && memory <= MOST_MEMORY && (1..=MOST_WORK).contains(&work) {
                return Ok(());
            }
            Err(format!(
                "encrypted by scrypt with N={cost}, r={size}, p={}, which is not allowed \
                 (N is a power of two, N·r at most 2^19, N·r·p at most 2^21); {RE_ENCRYPT}",
                parameters.parallelization
            ))
        }
        _ => Err(format!("encrypted with an algorithm that is not supported; {RE_ENCRYPT}")),
    }
}

/// Whether this is a scheme of RFC 8018 §A.3 or of PKCS#12 (RFC 7292 §C).
fn is_pbes1(scheme: ObjectIdentifier) -> bool {
    let number = scheme.to_string();
    scheme != PBES2_OID && (number.starts_with("1.2.840.113549.1.5.") || number.starts_with("1.2.840.113549.1.12.1."))
}

const RE_ENCRYPT: &str = "encrypt it again: openssl pkcs8 -topk8 -v2 aes256 -in FILE -out NEW";

/// PKCS#8 (RFC 5958 §2): a version, an algorithm, the key; attributes and the public key may follow.
fn pkcs8(der: &[u8], parts: &[AnyRef<'_>]) -> Result<Pair, Complaint> {
    let algorithm = children_of(&parts[1]);
    if algorithm.len() > 2 || !may_follow_the_key(&parts[3..]) {
        return Err(damaged("PKCS#8 key"));
    }
    let parameters = algorithm.get(1);
    let inner = parts[2].value();
    match algorithm.first().and_then(oid) {
        Some(RSA) => rsa(inner, RsaUse::Any),
        Some(RSA_PSS) => rsa(inner, RsaUse::Pss(pss_algorithm(parameters)?)),
        Some(EC) => match parameters.and_then(oid) {
            Some(curve) => ec(inner, Some(curve)),
            // The structure spells out the parameters of the curve instead of naming it.
            None => ec(der, None),
        },
        Some(ED25519) => ed25519(der_integer(&parts[0]), inner, &parts[3..]),
        Some(oid) => Err(format!("this is {}; use a P-256, P-384, P-521, RSA or Ed25519 key", name_of(oid))),
        None => Err(damaged("PKCS#8 key")),
    }
}

fn may_follow_the_key(rest: &[AnyRef<'_>]) -> bool {
    let number = |part: &AnyRef<'_>| match part.tag() {
        Tag::ContextSpecific { number, .. } => Some(number),
        _ => None,
    };
    let numbers: Option<Vec<TagNumber>> = rest.iter().map(number).collect();
    matches!(numbers.as_deref(), Some([] | [ATTRIBUTES | PUBLIC_KEY] | [ATTRIBUTES, PUBLIC_KEY]))
}

/// An Ed25519 key (RFC 8410 §7), with its public key if the version says so (RFC 5958 §2).
fn ed25519(version: Option<u8>, inner: &[u8], rest: &[AnyRef<'_>]) -> Result<Pair, Complaint> {
    let damaged = || damaged("Ed25519 key");
    let seed = <&OctetStringRef>::from_der(inner).map_err(|_| damaged())?.as_bytes();
    let public = rest.iter().find(|part| matches!(part.tag(), Tag::ContextSpecific { number: PUBLIC_KEY, .. }));
    match (version, public) {
        (Some(0), None) => Ed25519KeyPair::from_seed_unchecked(seed),
        (Some(1), Some(public)) => {
            // The tag should contain only the content of a BIT STRING: one octet and the key. Some programs add its header.
            let public = public.value().strip_prefix(&[3, 33]).unwrap_or(public.value());
            Ed25519KeyPair::from_seed_and_public_key(seed, public.strip_prefix(&[0]).ok_or_else(damaged)?)
        }
        _ => return Err(damaged()),
    }
    .map(Pair::Ed25519)
    .map_err(|_| damaged())
}

/// An RSA-PSS key may be bound to one hash (RFC 4055 §3.1).
fn pss_algorithm(parameters: Option<&AnyRef<'_>>) -> Result<Option<Algorithm>, Complaint> {
    let Some(parameters) = parameters.filter(|parameters| parameters.tag() != Tag::Null) else { return Ok(None) };
    let der = parameters.to_der().map_err(|_| damaged("RSA-PSS key"))?;
    let parameters = RsaPssParamsOwned::from_der(&der).map_err(|_| damaged("RSA-PSS key"))?;
    let (algorithm, hash_length) = match parameters.hash.oid {
        SHA256 => (Algorithm::Ps256, 32),
        SHA384 => (Algorithm::Ps384, 48),
        SHA512 => (Algorithm::Ps512, 64),
        oid => return Err(format!("an RSA-PSS key bound to a hash that is not supported ({oid}); make another key")),
    };
    // RFC 7518 §3.5: the mask must use the same hash.
    if parameters.mask_gen.parameters.is_none_or(|mask| mask.oid != parameters.hash.oid) {
        return Err("an RSA-PSS key bound to two different hashes; make another key, \
                    with the same value for openssl's rsa_pss_keygen_md and rsa_pss_keygen_mgf1_md"
            .into());
    }
    if parameters.salt_len > hash_length {
        return Err(format!(
            "an RSA-PSS key bound to a salt of {} bytes, but {algorithm} uses {hash_length}; make another key",
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
        return Err(format!("RSA key of {bits} bits; use a key of at least {RSA_SHORTEST_BITS} bits"));
    }
    if bits > RSA_LONGEST_BITS {
        return Err(format!("RSA key of {bits} bits; use a key of at most {RSA_LONGEST_BITS} bits"));
    }
    if key.other_prime_infos.is_some() {
        return Err("RSA key with more than two primes; make a key with two primes".into());
    }
    RsaKeyPair::from_der(der).map(|pair| Pair::Rsa(pair, allowed)).map_err(|_| damaged("RSA key"))
}

/// Loads an EC key from PKCS#8 or SEC1. `curve` is `None` if the structure names no curve; it may spell out the parameters instead.
fn ec(der: &[u8], curve: Option<ObjectIdentifier>) -> Result<Pair, Complaint> {
    let Some(oid) = curve else {
        return CURVES.iter().find_map(|curve| curve.load(der)).ok_or_else(|| {
            "EC key on an unknown curve, or damaged; use a named curve: P-256, P-384 or P-521".to_owned()
        });
    };
    match CURVES.iter().find(|curve| curve.oid == oid) {
        Some(curve) => curve.load(der).ok_or_else(|| damaged(&format!("{} key", curve.name))),
        None => Err(format!("EC key on the curve {}; use P-256, P-384 or P-521", name_of(oid))),
    }
}

fn damaged(what: &str) -> Complaint {
    format!("{what}, but damaged: its parts do not fit together; copy it again")
}

/// The curve that a SEC1 structure names after its number (RFC 5915 §3).
fn named_curve(parts: &[AnyRef<'_>]) -> Option<ObjectIdentifier> {
    let parameters = parts.first().filter(|part| matches!(part.tag(), Tag::ContextSpecific { number: CURVE, .. }))?;
    ObjectIdentifier::from_der(parameters.value()).ok()
}

/// Says what a DER document is if it is not a private key.
fn what_else(der: &[u8], parts: &[AnyRef<'_>], tags: &[Tag], encoding: Encoding) -> Complaint {
    use Tag::{BitString, Integer, Sequence};
    let what = match tags {
        [Sequence, BitString] => "this is a public key; give the private key",
        [Integer, Integer] if der_integer(&parts[1]) == Some(2) => {
            "these are Diffie-Hellman parameters; give the private key"
        }
        [Integer, Integer] => "this is an RSA public key; give the private key",
        [Sequence, Sequence, BitString] => return signed(&parts[0]),
        [Integer, Sequence, ..] if der_integer(&parts[0]) == Some(3) => return container::PKCS12.complaint(encoding),
        [Sequence, Sequence] if is_encrypted(&parts[0]) => return container::BCFKS.complaint(encoding),
        [Tag::ObjectIdentifier, ..] => match oid(&parts[0]) {
            Some(oid) if oid.to_string().starts_with(TPM) => {
                "this key can be used only inside the TPM that made it; give a key that can leave its place"
            }
            _ => return container::CMS.complaint(encoding),
        },
        [Integer, Integer, Integer, Integer, Integer, Integer] => {
            "this is a DSA key; use a P-256, P-384, P-521, RSA or Ed25519 key"
        }
        [] => return no_sequence(der, encoding),
        _ => "DER, but not a known kind of private key; give a PKCS#8, PKCS#1 or SEC1 key",
    };
    what.into()
}

/// The object identifiers of the TCG, for keys that stay in a TPM.
const TPM: &str = "2.23.133.";

fn is_encrypted(part: &AnyRef<'_>) -> bool {
    let tags: Vec<Tag> = children_of(part).iter().map(Tagged::tag).collect();
    matches!(tags[..], [Tag::Sequence, Tag::OctetString])
}

fn no_sequence(bytes: &[u8], encoding: Encoding) -> Complaint {
    if let Some(container) = container::of(bytes) {
        return container.complaint(encoding);
    }
    let what = if bytes.starts_with(b"openssh-key-v1\0") {
        // The public key comes first, even if the private key is encrypted.
        if bytes.windows(SSH_ED25519.len()).any(|window| window == SSH_ED25519.as_bytes()) {
            "this is an Ed25519 key in OpenSSH's own format, which not every ssh-keygen converts; \
             make a new key: openssl genpkey -algorithm ed25519 -out NEW"
        } else {
            "this is a key in OpenSSH's own format; convert a copy of it: ssh-keygen -p -m PKCS8 -f FILE"
        }
    } else if bytes.starts_with(&[0, 0, 0]) && [Some(&b"ssh-"[..]), Some(b"ecds")].contains(&bytes.get(4..8)) {
        "this is an SSH public key; give the private key"
    } else if <ObjectIdentifier>::from_der(bytes).is_ok() {
        "these are the parameters of a curve; give the private key, which is in the next block"
    } else if let 32 | 48 | 64 | 66 = bytes.len() {
        "perhaps a key's bare number, without its structure; give it as PKCS#8, or as a JWK"
    } else {
        "neither a key nor other DER; give PEM, the bare base64 of a PKCS#8 key, DER or a JWK"
    };
    what.into()
}

fn signed(body: &AnyRef<'_>) -> Complaint {
    let parts = children_of(body);
    let tags: Vec<Tag> = parts.iter().map(Tagged::tag).collect();
    let what = match tags[..] {
        // A request has at most four parts and starts with version 0. A certificate has at least six parts.
        _ if parts.len() <= 4 && parts.first().and_then(der_integer) == Some(0) => "certificate request",
        // RFC 5280 §5.1: the version or not, the algorithm, the issuer, a time.
        [Tag::Integer, Tag::Sequence, Tag::Sequence, Tag::UtcTime | Tag::GeneralizedTime, ..]
        | [Tag::Sequence, Tag::Sequence, Tag::UtcTime | Tag::GeneralizedTime, ..] => {
            return "this is a list of revoked certificates; give the private key".into();
        }
        _ => "certificate",
    };
    format!("this is a {what}; give the private key that belongs to it")
}

fn children(der: &[u8]) -> Vec<AnyRef<'_>> {
    AnyRef::from_der(der).map(|outer| children_of(&outer)).unwrap_or_default()
}

/// The parts of a SEQUENCE; none if any of its bytes belong to no part, or if there are more parts than in any known structure.
fn children_of<'a>(outer: &AnyRef<'a>) -> Vec<AnyRef<'a>> {
    const MOST_PARTS: usize = 16;
    let mut parts = Vec::new();
    let mut rest = if outer.tag() == Tag::Sequence { outer.value() } else { &[] };
    while !rest.is_empty() {
        match AnyRef::from_der_partial(rest) {
            Ok((part, after)) if parts.len() < MOST_PARTS => {
                parts.push(part);
                rest = after;
            }
            _ => return Vec::new(),
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
