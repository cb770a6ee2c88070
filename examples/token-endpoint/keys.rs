//! The clients and their keys, and the key that signs ID tokens.

use std::collections::HashMap;
use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, Ed25519KeyPair, UnparsedPublicKey};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto};
use rcgen::KeyPair;
use serde_json::{Value, json};

/// One client is registered for each of these.
const ALGORITHMS: [&str; 11] =
    ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "EdDSA", "Ed25519"];

pub struct Client {
    pub id: String,
    pub key_id: String,
    pub algorithm: &'static str,
    /// The client's own key pair. No request is verified with it.
    pub pair: Rc<KeyPair>,
    key: VerifyingKey,
}

pub type Clients = HashMap<String, Rc<Client>>;

impl Client {
    /// Whether this client's key made `signature` (base64url) over `message`, with the registered algorithm.
    pub fn has_signed(&self, message: &str, signature: &str) -> bool {
        let message = message.as_bytes();
        match &self.key {
            VerifyingKey::Jwt(algorithm, key) => crypto::verify(signature, message, key, *algorithm).unwrap_or(false),
            VerifyingKey::Es512(point) => BASE64_URL_SAFE_NO_PAD.decode(signature).is_ok_and(|signature| {
                UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point).verify(message, &signature).is_ok()
            }),
        }
    }
}

enum VerifyingKey {
    Jwt(Algorithm, DecodingKey),
    /// The public point. jsonwebtoken has no ES512.
    Es512(Vec<u8>),
}

impl VerifyingKey {
    fn new(algorithm: &str, pair: &KeyPair) -> Result<Self, Box<dyn Error>> {
        let public = pair.public_key_raw();
        if algorithm == "ES512" {
            return Ok(Self::Es512(public.to_vec()));
        }
        let key = match &algorithm[..2] {
            "ES" => DecodingKey::from_ec_der(public),
            "Ed" => DecodingKey::from_ed_der(public),
            _ => DecodingKey::from_rsa_der(public),
        };
        // jsonwebtoken knows Ed25519 only by its older name.
        let algorithm = if algorithm == "Ed25519" { Algorithm::EdDSA } else { algorithm.parse()? };
        Ok(Self::Jwt(algorithm, key))
    }
}

/// Makes the clients, writes their key files into `directory`, and describes clients and files for the ready line.
pub fn register_clients(directory: &Path) -> Result<(Clients, Value), Box<dyn Error>> {
    // The RSA clients share one key: to generate it takes longer than everything else together.
    let rsa = Rc::new(KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256)?);
    let mut clients = Clients::new();
    let mut descriptions = serde_json::Map::new();
    for algorithm in ALGORITHMS {
        let pair = generate(algorithm)?.map_or_else(|| rsa.clone(), Rc::new);
        let name = algorithm.to_lowercase();
        let files = KeyFiles::write(directory, &name, &pair)?;
        let client = Client {
            id: format!("client-{name}"),
            key_id: format!("key-{name}"),
            algorithm,
            key: VerifyingKey::new(algorithm, &pair)?,
            pair,
        };
        descriptions.insert(
            algorithm.into(),
            json!({
                "client_id": client.id,
                "key_id": client.key_id,
                "algorithm": algorithm,
                "private_key_file": files.private,
                "private_key_pem_file": files.private_pem,
                "public_key_pem_file": files.public_pem,
            }),
        );
        clients.insert(client.id.clone(), Rc::new(client));
    }
    Ok((clients, descriptions.into()))
}

/// Writes the file of a key that belongs to no client.
pub fn write_wrong_key(directory: &Path) -> Result<PathBuf, Box<dyn Error>> {
    Ok(KeyFiles::write(directory, "wrong", &KeyPair::generate()?)?.private)
}

/// A new key, or `None` for the algorithms that use the shared RSA key.
fn generate(algorithm: &str) -> Result<Option<KeyPair>, Box<dyn Error>> {
    Ok(Some(match algorithm {
        "ES256" => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?,
        "ES384" => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384)?,
        "ES512" => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512)?,
        // rcgen would make PKCS#8 version 2, which some readers refuse.
        "EdDSA" | "Ed25519" => KeyPair::try_from(Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new())?.as_ref())?,
        _ => return Ok(None),
    }))
}

struct KeyFiles {
    private: PathBuf,
    private_pem: PathBuf,
    public_pem: PathBuf,
}

impl KeyFiles {
    fn write(directory: &Path, name: &str, pair: &KeyPair) -> io::Result<Self> {
        let files = Self {
            private: directory.join(format!("{name}.key")),
            private_pem: directory.join(format!("{name}.pem")),
            public_pem: directory.join(format!("{name}.pub.pem")),
        };
        // The form that the vendor hands out: the bare base64 of a PKCS#8 key, on one line.
        write_private(&files.private, &BASE64_STANDARD.encode(pair.serialized_der()))?;
        write_private(&files.private_pem, &pair.serialize_pem())?;
        write_private(&files.public_pem, &pair.public_key_pem())?;
        Ok(files)
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    // The mode applies to new files only.
    if path.exists() {
        fs::remove_file(path)?;
    }
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// Signs ID tokens.
pub struct Issuer {
    key: EncodingKey,
    header: Header,
    jwk: Value,
}

impl Issuer {
    pub fn generate() -> Result<Self, Box<dyn Error>> {
        let pair = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        let key_id = "server-es256";
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(key_id.into());
        // An uncompressed point: the byte 4, x, y.
        let (x, y) = pair.public_key_raw()[1..].split_at(32);
        Ok(Self {
            key: EncodingKey::from_ec_der(pair.serialized_der()),
            header,
            jwk: json!({
                "kty": "EC",
                "crv": "P-256",
                "x": BASE64_URL_SAFE_NO_PAD.encode(x),
                "y": BASE64_URL_SAFE_NO_PAD.encode(y),
                "kid": key_id,
                "alg": "ES256",
                "use": "sig",
            }),
        })
    }

    pub fn sign(&self, claims: &Value) -> String {
        jsonwebtoken::encode(&self.header, claims, &self.key).expect("a P-256 key signs any JSON object")
    }

    pub fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk] })
    }
}
