//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use super::der::{self, CURVES};
use super::{Complaint, Key, Pair, RsaUse};
use crate::json::Json;
use crate::protocol::algorithm::Algorithm;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pkcs1::RsaPrivateKey;
use pkcs8::der::Encode;
use pkcs8::der::asn1::UintRef;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// A JWK, or a JWK Set with one private key among its keys.
pub(super) fn load(document: &Json) -> Result<Key, Complaint> {
    let jwk =
        document.object().ok_or("JSON, but no JWK: it is an array; the vendor's credentials go into credentials")?;
    let Some(keys) = jwk.get("keys").and_then(Value::as_array) else { return single(jwk) };
    let mut private = keys.iter().filter_map(Value::as_object).filter(|key| key.contains_key("d"));
    match (private.next(), private.next()) {
        (Some(key), None) => single(key),
        (None, _) => Err("a JWK Set without a private key; give the set that holds the private key".into()),
        _ => Err("a JWK Set with more than one private key; give the one that the key id names".into()),
    }
}

fn single(jwk: &Map<String, Value>) -> Result<Key, Complaint> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let Some(key_type) = text("kty") else {
        return Err(if jwk.contains_key("private_key") || jwk.contains_key("data") {
            "the vendor's credentials in JSON; give them as credentials or credentials_file"
        } else {
            "JSON, but no JWK: it has no kty; give a JWK, or the vendor's credentials as credentials"
        }
        .into());
    };
    if key_type == "oct" {
        return Err("a symmetric JWK (kty oct); give the private key of a key pair".into());
    }
    if !jwk.contains_key("d") {
        return Err("this is a public key: the JWK has no d; give the private JWK".into());
    }
    if text("use") == Some("enc") {
        return Err("a JWK for encryption (use enc); give the one for signatures".into());
    }
    let pair = match key_type {
        "EC" => ec(jwk),
        "RSA" => rsa(jwk),
        "OKP" => okp(jwk),
        _ => Err("a JWK of an unknown kty; use EC, RSA or OKP".into()),
    }?;
    let algorithm = text("alg")
        .map(|name| {
            Algorithm::from_name(name).ok_or("the JWK's alg is no signature algorithm known here; set algorithm")
        })
        .transpose()?;
    Ok(Key { pair, key_id: text("kid").map(str::to_owned), algorithm })
}

fn ec(jwk: &Map<String, Value>) -> Result<Pair, Complaint> {
    let (index, length) = match jwk.get("crv").and_then(Value::as_str) {
        Some("P-256") => (0, 32),
        Some("P-384") => (1, 48),
        Some("P-521") => (2, 66),
        Some("secp256k1") => return Err("EC key on the curve secp256k1; use P-256, P-384 or P-521".into()),
        _ => return Err("an EC JWK on an unknown curve (crv); use P-256, P-384 or P-521".into()),
    };
    let (algorithm, signing) = CURVES[index];
    let private = padded(&number(jwk, "d")?, length)?;
    let mut public = vec![4];
    public.extend_from_slice(&padded(&number(jwk, "x")?, length)?);
    public.extend_from_slice(&padded(&number(jwk, "y")?, length)?);
    EcdsaKeyPair::from_private_key_and_public_key(signing, &private, &public)
        .map(|pair| Pair::Ec(algorithm, pair))
        .map_err(|_| "an EC JWK, but damaged: d, x and y do not fit together; copy it again".into())
}

fn rsa(jwk: &Map<String, Value>) -> Result<Pair, Complaint> {
    if jwk.contains_key("oth") {
        return Err("RSA key of more than two primes; make one of two".into());
    }
    if !jwk.contains_key("p") {
        return Err("an RSA JWK without its primes (p, q, dp, dq, qi); export it with them".into());
    }
    let parts = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map(|name| number(jwk, name));
    let [n, e, d, p, q, dp, dq, qi] = parts;
    let parts = [n?, e?, d?, p?, q?, dp?, dq?, qi?];
    let damaged = "an RSA JWK, but damaged; copy it again";
    let uint = |index: usize| UintRef::new(&parts[index]).map_err(|_| damaged);
    let der = RsaPrivateKey {
        modulus: uint(0)?,
        public_exponent: uint(1)?,
        private_exponent: uint(2)?,
        prime1: uint(3)?,
        prime2: uint(4)?,
        exponent1: uint(5)?,
        exponent2: uint(6)?,
        coefficient: uint(7)?,
        other_prime_infos: None,
    }
    .to_der()
    .map_err(|_| damaged)?;
    der::rsa(&Zeroizing::new(der), RsaUse::Any)
}

fn okp(jwk: &Map<String, Value>) -> Result<Pair, Complaint> {
    match jwk.get("crv").and_then(Value::as_str) {
        Some("Ed25519") => Ed25519KeyPair::from_seed_and_public_key(&number(jwk, "d")?, &number(jwk, "x")?)
            .map(Pair::Ed25519)
            .map_err(|_| "an Ed25519 JWK, but damaged: d and x do not fit together; copy it again".into()),
        Some("Ed448") => Err("this is an Ed448 key; use a P-256, P-384, P-521, RSA or Ed25519 key".into()),
        _ => Err("an OKP JWK on a curve that does not sign here (crv); use Ed25519".into()),
    }
}

/// A member in base64url, with or without padding.
fn number(jwk: &Map<String, Value>, name: &str) -> Result<Zeroizing<Vec<u8>>, Complaint> {
    let text = jwk.get(name).and_then(Value::as_str).ok_or_else(|| format!("the JWK has no {name}; copy it again"))?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    URL_SAFE_NO_PAD
        .decode_vec(text.trim_end_matches('='), &mut bytes)
        .map_err(|_| format!("the JWK's {name} is no base64url; copy it again"))?;
    Ok(bytes)
}

/// To the field's length (RFC 7518 §6.2.1.2): some writers drop leading zeros.
fn padded(bytes: &[u8], length: usize) -> Result<Zeroizing<Vec<u8>>, Complaint> {
    let missing =
        length.checked_sub(bytes.len()).ok_or("an EC JWK with a number too long for its curve; copy it again")?;
    let mut padded = Zeroizing::new(vec![0; length]);
    padded[missing..].copy_from_slice(bytes);
    Ok(padded)
}
