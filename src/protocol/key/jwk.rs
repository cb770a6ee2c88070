//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2).

use super::complaint::Complaint;
use super::der::{self, CURVES};
use super::pair::{Pair, RsaUse};
use super::spelling;
use crate::json::{self, Members};
use crate::options::one_line;
use crate::wiped::Wiped;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair};
use pkcs1::RsaPrivateKey;
use pkcs8::der::Encode;
use pkcs8::der::asn1::UintRef;

/// A private JWK, with the key id and the algorithm that it names.
pub(super) struct Jwk {
    pub pair: Pair,
    pub key_id: Option<String>,
    pub algorithm: Option<String>,
}

/// Loads a JWK, or the private key of a JWK Set. If the set has several for signatures, `key_id` chooses one by its `kid`.
pub(super) fn load(text: &str, key_id: Option<&str>) -> Result<Jwk, Complaint> {
    if json::items(text).is_some() {
        return Err("JSON, but not a JWK: it is an array; give the vendor's credentials as credentials".into());
    }
    let jwk = Members::parse(text).map_err(|error| {
        format!(
            "starts like JSON but is not valid JSON (line {}, column {}); copy it again",
            error.line(),
            error.column()
        )
    })?;
    let Some(keys) = jwk.raw("keys").and_then(json::items) else { return single(&jwk) };
    let private: Vec<Members<'_>> =
        keys.into_iter().filter_map(|key| Members::parse(key).ok()).filter(|key| key.has("d")).collect();
    let signing: Vec<&Members<'_>> = private.iter().filter(|key| !is_for_encryption(key)).collect();
    match (&private[..], &signing[..]) {
        ([], _) => Err("a JWK Set without a private key; give the set that contains the private key".into()),
        ([key, ..], []) => single(key),
        (_, [key]) => single(key),
        _ => single(chosen(&signing, key_id)?),
    }
}

fn chosen<'a, 'b>(keys: &[&'b Members<'a>], key_id: Option<&str>) -> Result<&'b Members<'a>, Complaint> {
    let key_id = key_id.ok_or("a JWK Set with more than one private key; set key_id to the kid of one of them")?;
    let is_named = |key: &&&Members<'_>| key.read("kid", |kid| kid == key_id) == Some(true);
    let named: Vec<_> = keys.iter().filter(is_named).collect();
    match named[..] {
        [key] => Ok(key),
        [] => Err(format!(
            "a JWK Set with {} private keys, but none has the key id as its kid; check the key id",
            keys.len()
        )),
        _ => Err("a JWK Set with more than one private key of this kid; keep one of them".into()),
    }
}

fn is_for_encryption(jwk: &Members<'_>) -> bool {
    jwk.text("use").as_deref() == Some("enc")
}

fn single(jwk: &Members<'_>) -> Result<Jwk, Complaint> {
    let Some(key_type) = jwk.text("kty") else {
        return Err(if jwk.has("private_key") || jwk.has("data") {
            "these are the vendor's credentials in JSON; give them as credentials or credentials_file"
        } else if jwk.has("ciphertext") {
            "this is an encrypted JWK (JWE); decrypt it and give the private JWK"
        } else {
            "JSON, but not a JWK: it has no kty; give a JWK, or the vendor's credentials as credentials"
        }
        .into());
    };
    if key_type == "oct" {
        return Err("a symmetric JWK (kty oct); give the private key of a key pair".into());
    }
    if !jwk.has("d") {
        return Err("this is a public key: the JWK has no d; give the private JWK".into());
    }
    if is_for_encryption(jwk) {
        return Err("a JWK for encryption (use enc); give the one for signatures".into());
    }
    let pair = match key_type.as_str() {
        "EC" => ec(jwk),
        "RSA" => rsa(jwk),
        "OKP" => okp(jwk),
        _ => Err("a JWK with an unknown kty; use EC, RSA or OKP".into()),
    }?;
    let named = |name| jwk.text(name).filter(|text| !text.is_empty());
    let key_id = named("kid");
    if let Some(Err(complaint)) = key_id.as_deref().map(one_line) {
        return Err(format!("its member kid: {complaint}"));
    }
    Ok(Jwk { pair, key_id, algorithm: named("alg") })
}

fn ec(jwk: &Members<'_>) -> Result<Pair, Complaint> {
    let name = jwk.text("crv").unwrap_or_default();
    let Some(curve) = CURVES.iter().find(|curve| curve.name == name) else {
        let curve = if name == "secp256k1" { "the curve secp256k1" } else { "an unknown curve (crv)" };
        return Err(format!("EC key on {curve}; use P-256, P-384 or P-521"));
    };
    let private = padded(&number(jwk, "d")?, curve.length)?;
    let mut public = vec![4];
    public.extend_from_slice(&padded(&number(jwk, "x")?, curve.length)?);
    public.extend_from_slice(&padded(&number(jwk, "y")?, curve.length)?);
    EcdsaKeyPair::from_private_key_and_public_key(curve.signing, &private, &public)
        .map(|pair| Pair::Ec(curve.algorithm, pair))
        .map_err(|_| "an EC JWK, but damaged: d, x and y do not fit together; copy it again".into())
}

fn rsa(jwk: &Members<'_>) -> Result<Pair, Complaint> {
    if jwk.has("oth") {
        return Err("RSA key with more than two primes; make a key with two primes".into());
    }
    if !jwk.has("p") {
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
    der::rsa(&Wiped::new(der), RsaUse::Any)
}

fn okp(jwk: &Members<'_>) -> Result<Pair, Complaint> {
    match jwk.text("crv").as_deref() {
        Some("Ed25519") => Ed25519KeyPair::from_seed_and_public_key(&number(jwk, "d")?, &number(jwk, "x")?)
            .map(Pair::Ed25519)
            .map_err(|_| "an Ed25519 JWK, but damaged: d and x do not fit together; copy it again".into()),
        Some("Ed448") => Err("this is an Ed448 key; use a P-256, P-384, P-521, RSA or Ed25519 key".into()),
        Some("X25519" | "X448") => Err("an OKP JWK for key agreement, which does not sign; use Ed25519".into()),
        _ => Err("an OKP JWK on an unknown curve (crv); use Ed25519".into()),
    }
}

/// Decodes a member in base64url, with or without padding.
fn number(jwk: &Members<'_>, name: &str) -> Result<Wiped<Vec<u8>>, Complaint> {
    let text =
        jwk.escaped(name).ok_or_else(|| format!("the JWK's {name} is missing or not a string; copy it again"))?;
    spelling::base64(&spelling::unescaped(text))
        .map_err(|_| format!("the JWK's {name} is not base64url; copy it again"))
}

/// Makes a number as long as its curve requires (RFC 7518 §6.2.1.2). Some programs drop leading zeros, others add one.
fn padded(bytes: &[u8], length: usize) -> Result<Wiped<Vec<u8>>, Complaint> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let digits = &bytes[zeros..];
    let missing = length
        .checked_sub(digits.len())
        .ok_or("an EC JWK with a number that is too long for its curve; copy it again")?;
    let mut padded = Wiped::new(vec![0; length]);
    padded[missing..].copy_from_slice(digits);
    Ok(padded)
}
