//! Spellings of a key: the values of `{{key STEP STEP …}}` in the conformance cases.

use std::error::Error;

use aws_lc_rs::encoding::{AsBigEndian, AsDer, EcPrivateKeyBin, EcPrivateKeyRfc5915Der};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use pkcs1::RsaPrivateKey;
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::Decode;
use pkcs8::der::asn1::UintRef;
use pkcs8::pkcs5::pbes2::Parameters;
use rcgen::{KeyPair, PublicKeyData};
use serde_json::{Map, Value, json};

pub const HELP: &str = "\
{{key STEP STEP ...}} begins with the key as PKCS#8 in DER; each step changes it
  sec1, pkcs1, public      makes it that structure
  encrypted                encrypts it with PBES2 and the passphrase correct-horse
  jwk, public_jwk          makes it a JWK
  omit=MEMBER              removes that member of the JWK
  set=MEMBER=TEXT          sets that member of the JWK
  label=LABEL              sets the label for pem; _ stands for a blank
  pem, base64, base64url   makes it that text
  lines                    breaks the line after every 64 characters
  newline=KIND             replaces each line break with CRLF, CR, escaped, blank or none
  utf16                    encodes it in UTF-16 with a byte order mark
  cut=N                    keeps the first N bytes
  flip=N                   changes the byte at N
";

const PASSPHRASE: &str = "correct-horse";

/// The key after all steps, or an error that says what is wrong with the steps.
pub fn spell(pair: &KeyPair, steps: &[&str]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut label = String::from("PRIVATE KEY");
    let mut key = pair.serialized_der().to_vec();
    for step in steps {
        let (name, value) = step.split_once('=').unwrap_or((step, ""));
        key = match name {
            "sec1" => {
                label = "EC PRIVATE KEY".into();
                let der: EcPrivateKeyRfc5915Der<'_> = ec(pair)?.private_key().as_der()?;
                der.as_ref().to_vec()
            }
            "pkcs1" => {
                label = "RSA PRIVATE KEY".into();
                pkcs1_of(&key)?
            }
            "public" => {
                label = "PUBLIC KEY".into();
                pair.subject_public_key_info()
            }
            "encrypted" => {
                label = "ENCRYPTED PRIVATE KEY".into();
                encrypted(&key)?
            }
            "jwk" => jwk(pair)?.to_string().into(),
            "public_jwk" => public_jwk(pair)?.to_string().into(),
            "omit" => edited(&key, |members| drop(members.remove(value)))?,
            "set" => {
                let (member, text) = value.split_once('=').ok_or("set needs MEMBER=TEXT")?;
                edited(&key, |members| drop(members.insert(member.into(), text.into())))?
            }
            "label" => {
                label = value.replace('_', " ");
                key
            }
            "pem" => {
                let body = in_lines(&BASE64_STANDARD.encode(&key));
                format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").into()
            }
            "base64" => BASE64_STANDARD.encode(&key).into(),
            "base64url" => BASE64_URL_SAFE_NO_PAD.encode(&key).into(),
            "lines" => in_lines(std::str::from_utf8(&key)?).into(),
            "newline" => std::str::from_utf8(&key)?.replace('\n', line_break(value)?).into(),
            "utf16" => {
                format!("\u{feff}{}", std::str::from_utf8(&key)?).encode_utf16().flat_map(u16::to_le_bytes).collect()
            }
            "cut" => key.get(..value.parse()?).ok_or("cut goes beyond the end")?.to_vec(),
            "flip" => {
                *key.get_mut(value.parse::<usize>()?).ok_or("flip goes beyond the end")? ^= 1;
                key
            }
            _ => return Err(format!("unknown step {step}").into()),
        };
    }
    Ok(key)
}

fn in_lines(text: &str) -> String {
    let lines: Vec<&str> = (0..text.len()).step_by(64).map(|at| &text[at..text.len().min(at + 64)]).collect();
    lines.join("\n")
}

fn line_break(kind: &str) -> Result<&'static str, String> {
    Ok(match kind {
        "CRLF" => "\r\n",
        "CR" => "\r",
        "escaped" => "\\n",
        "blank" => " ",
        "none" => "",
        _ => return Err(format!("unknown line break {kind}")),
    })
}

fn pkcs1_of(pkcs8: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    Ok(PrivateKeyInfoRef::try_from(pkcs8)?.private_key.as_bytes().to_vec())
}

/// Uses few iterations, because the key protects nothing and this program is built without optimisation.
fn encrypted(pkcs8: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    aws_lc_rs::rand::fill(&mut salt)?;
    aws_lc_rs::rand::fill(&mut iv)?;
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(1000, &salt, iv)?;
    let key = PrivateKeyInfoRef::try_from(pkcs8)?;
    Ok(key.encrypt_with_params(parameters, PASSPHRASE)?.as_bytes().to_vec())
}

fn ec(pair: &KeyPair) -> Result<EcdsaKeyPair, Box<dyn Error>> {
    let algorithm = match curve(pair).ok_or("not an EC key")? {
        "P-256" => &ECDSA_P256_SHA256_FIXED_SIGNING,
        "P-384" => &ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &ECDSA_P521_SHA512_FIXED_SIGNING,
    };
    Ok(EcdsaKeyPair::from_pkcs8(algorithm, pair.serialized_der())?)
}

/// The curve of an EC key, by the length of its uncompressed point.
fn curve(pair: &KeyPair) -> Option<&'static str> {
    match pair.public_key_raw() {
        [4, point @ ..] if point.len() == 2 * 32 => Some("P-256"),
        [4, point @ ..] if point.len() == 2 * 48 => Some("P-384"),
        [4, point @ ..] if point.len() == 2 * 66 => Some("P-521"),
        _ => None,
    }
}

fn public_jwk(pair: &KeyPair) -> Result<Value, Box<dyn Error>> {
    let public = pair.public_key_raw();
    if let Some(curve) = curve(pair) {
        let (x, y) = public[1..].split_at(public.len() / 2);
        return Ok(json!({ "kty": "EC", "crv": curve, "x": number(x), "y": number(y) }));
    }
    if public.len() == 32 {
        return Ok(json!({ "kty": "OKP", "crv": "Ed25519", "x": number(public) }));
    }
    let der = pkcs1_of(pair.serialized_der())?;
    let key = RsaPrivateKey::<UintRef<'_>>::from_der(&der)?;
    Ok(json!({ "kty": "RSA", "n": number(key.modulus.as_bytes()), "e": number(key.public_exponent.as_bytes()) }))
}

fn jwk(pair: &KeyPair) -> Result<Value, Box<dyn Error>> {
    let mut jwk = public_jwk(pair)?;
    let pkcs8 = PrivateKeyInfoRef::try_from(pair.serialized_der())?;
    match jwk["kty"].as_str() {
        Some("EC") => {
            let d: EcPrivateKeyBin<'_> = ec(pair)?.private_key().as_be_bytes()?;
            jwk["d"] = number(d.as_ref());
        }
        // RFC 8410 §7: one OCTET STRING contains the other.
        Some("OKP") => jwk["d"] = number(&pkcs8.private_key.as_bytes()[2..]),
        _ => {
            let key = RsaPrivateKey::<UintRef<'_>>::from_der(pkcs8.private_key.as_bytes())?;
            for (name, value) in [
                ("d", key.private_exponent),
                ("p", key.prime1),
                ("q", key.prime2),
                ("dp", key.exponent1),
                ("dq", key.exponent2),
                ("qi", key.coefficient),
            ] {
                jwk[name] = number(value.as_bytes());
            }
        }
    }
    Ok(jwk)
}

fn number(bytes: &[u8]) -> Value {
    BASE64_URL_SAFE_NO_PAD.encode(bytes).into()
}

fn edited(jwk: &[u8], edit: impl FnOnce(&mut Map<String, Value>)) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut members = serde_json::from_slice(jwk)?;
    edit(&mut members);
    Ok(Value::Object(members).to_string().into())
}
