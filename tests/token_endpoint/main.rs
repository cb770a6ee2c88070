//! Tests of the embedded token endpoint, by a client that shares no code with it.

mod assertions;
mod cases;
#[path = "../common/mod.rs"]
mod common;
mod faults;
mod grants;
mod process;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use common::endpoint::{Connection, Endpoint, Reply};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, crypto};
use pkcs8::PrivateKeyInfoRef;
use serde_json::{Map, Value, json};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};
use url::Url;
use url::form_urlencoded::Serializer;

/// Shared by all tests that count no requests. It ends with this process.
static SHARED: LazyLock<Endpoint> = LazyLock::new(Endpoint::start);

const TOKEN: &str = "/oauth/token";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const CREDENTIALS: [(&str, &str); 1] = [("grant_type", "client_credentials")];

/// An assertion before it is signed. It is valid until a test changes it.
struct Assertion<'a> {
    endpoint: &'a Endpoint,
    header: Value,
    claims: Value,
    /// The algorithm to sign with, whatever the header says.
    algorithm: String,
    /// PKCS#8.
    key: Vec<u8>,
}

impl<'a> Assertion<'a> {
    fn of(endpoint: &'a Endpoint, algorithm: &str) -> Self {
        Self::for_url(endpoint, algorithm, &endpoint.url(TOKEN))
    }

    fn for_url(endpoint: &'a Endpoint, algorithm: &str, audience: &str) -> Self {
        let client = endpoint.client(algorithm);
        Self {
            endpoint,
            header: json!({ "alg": algorithm, "kid": client.key_id, "typ": "JWT" }),
            claims: json!({
                "iss": client.client_id,
                "sub": client.client_id,
                "aud": audience,
                "iat": now(),
                "exp": now() + 300,
                "jti": random_id(),
            }),
            algorithm: client.algorithm,
            key: key_bytes(&client.private_key_file),
        }
    }

    fn drop_claim(&mut self, name: &str) {
        self.claims.as_object_mut().unwrap().remove(name);
    }

    fn sign(&self) -> String {
        let message = format!("{}.{}", encoded(&self.header), encoded(&self.claims));
        format!("{message}.{}", self.signature(message.as_bytes()))
    }

    fn signature(&self, message: &[u8]) -> String {
        let key = match self.algorithm.as_str() {
            // jsonwebtoken has no ES512.
            "ES512" => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P521_SHA512_FIXED_SIGNING, &self.key);
                let signature = pair.unwrap().sign(&SystemRandom::new(), message).unwrap();
                return BASE64_URL_SAFE_NO_PAD.encode(signature);
            }
            "ES256" | "ES384" => EncodingKey::from_ec_der(&self.key),
            "EdDSA" => EncodingKey::from_ed_der(&self.key),
            _ => {
                let pkcs8 = PrivateKeyInfoRef::try_from(self.key.as_slice()).unwrap();
                EncodingKey::from_rsa_der(pkcs8.private_key.as_bytes())
            }
        };
        crypto::sign(message, &key, self.algorithm.parse().unwrap()).unwrap()
    }

    fn form(&self, parameters: &[(&str, &str)]) -> String {
        form_with(&self.sign(), parameters)
    }

    fn post(&self, parameters: &[(&str, &str)]) -> Reply {
        self.endpoint.post(TOKEN, &self.form(parameters))
    }
}

fn form_with(assertion: &str, parameters: &[(&str, &str)]) -> String {
    Serializer::new(String::new())
        .append_pair("client_assertion_type", ASSERTION_TYPE)
        .append_pair("client_assertion", assertion)
        .extend_pairs(parameters)
        .finish()
}

/// Exchanges `client_credentials` at an endpoint with these faults.
fn faulty(faults: &str) -> Reply {
    let path = format!("/with/{faults}/oauth/token");
    let assertion = Assertion::for_url(&SHARED, "ES256", &SHARED.url(&path));
    SHARED.post(&path, &assertion.form(&CREDENTIALS))
}

fn exchange(code: &str, parameters: &[(&str, &str)]) -> Reply {
    let grant = [("grant_type", "authorization_code"), ("code", code)];
    Assertion::of(&SHARED, "ES256").post(&[&grant, parameters].concat())
}

fn refresh(token: &Value, parameters: &[(&str, &str)]) -> Reply {
    let refresh_token = token["refresh_token"].as_str().unwrap();
    let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    Assertion::of(&SHARED, "ES256").post(&[&grant, parameters].concat())
}

/// Sends an authorization request and returns the URL of the redirect. `parameters` override those of a plain request.
fn authorize(parameters: &[(&str, &str)]) -> Url {
    let mut query = Map::new();
    query.insert("response_type".into(), "code".into());
    query.insert("client_id".into(), "client-es256".into());
    for (name, value) in parameters {
        query.insert((*name).into(), (*value).into());
    }
    let query = Serializer::new(String::new())
        .extend_pairs(query.iter().map(|(name, value)| (name, value.as_str().unwrap())))
        .finish();
    let reply = SHARED.get(&format!("/oauth/authorize?{query}"));
    assert_eq!(reply.status, 302, "{}", reply.text());
    Url::parse(reply.header("location").unwrap()).unwrap()
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_else(|| panic!("no {name} in {url}"))
}

/// Verifies the ID token by the published key and returns its claims.
fn id_token_claims(token: &Value) -> Value {
    let jwks: JwkSet = serde_json::from_value(SHARED.get("/jwks").json()).unwrap();
    let key = DecodingKey::from_jwk(jwks.find("server-es256").unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&["client-es256"]);
    let id_token = token["id_token"].as_str().unwrap();
    jsonwebtoken::decode(id_token, &key, &validation).unwrap().claims
}

/// Sends a request and reads until the end: the error that ended it, if any, and all bytes.
fn whatever_comes(connection: Connection, path: &str) -> (Option<ErrorKind>, Vec<u8>) {
    let mut connection = connection.get(path).unwrap().connection;
    let mut bytes = Vec::new();
    let error = connection.read_to_end(&mut bytes).err();
    (error.map(|error| error.kind()), bytes)
}

#[track_caller]
fn assert_refused(reply: &Reply, status: u16, error: &str, cause: &str) {
    let body = reply.json();
    assert_eq!((reply.status, body["error"].as_str()), (status, Some(error)), "{cause}: {body}");
    let description = body["error_description"].as_str().unwrap();
    let (stable, _) = description.split_once(':').unwrap_or((description, ""));
    assert_eq!(stable, cause);
}

fn key_bytes(file: &Path) -> Vec<u8> {
    BASE64_STANDARD.decode(fs::read(file).unwrap()).unwrap()
}

fn encoded(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decoded(part: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn random_id() -> String {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
