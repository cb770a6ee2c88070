//! How a key is given to a client, and what is then checked.

use crate::made::*;
use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use talkdesk_auth::Client;

pub enum Form {
    /// As `private_key` and as the content of `private_key_file`.
    Key(String),
    /// As the content of `private_key_file` only.
    File(Vec<u8>),
    /// As `credentials` and as the content of `credentials_file`.
    Credentials(String),
    CredentialsFile(Vec<u8>),
    /// As `private_key_file` itself.
    Path(String),
    /// As `credentials_file` itself.
    CredentialsPath(String),
}

pub struct Given {
    pub form: Form,
    pub options: Vec<(&'static str, String)>,
}

/// The client id and key id of every client here, whatever source they come from.
pub const REGISTRATION: [(&str, &str); 2] = [("client_id", "c"), ("key_id", "k")];

pub fn given(form: Form) -> Given {
    let options = REGISTRATION.map(|(name, value)| (name, value.to_owned()));
    Given { form, options: options.to_vec() }
}

pub fn key(text: impl Into<String>) -> Given {
    given(Form::Key(text.into()))
}

pub fn file(bytes: impl Into<Vec<u8>>) -> Given {
    given(Form::File(bytes.into()))
}

pub fn path(path: impl AsRef<Path>) -> Given {
    given(Form::Path(path.as_ref().to_str().expect("UTF-8").to_owned()))
}

/// Credentials contain the client id and key id.
pub fn credentials(text: impl Into<String>) -> Given {
    Given { form: Form::Credentials(text.into()), options: Vec::new() }
}

pub fn credentials_file(bytes: impl Into<Vec<u8>>) -> Given {
    Given { form: Form::CredentialsFile(bytes.into()), options: Vec::new() }
}

impl Given {
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Given {
        self.options.push((name, value.into()));
        self
    }

    pub fn without(mut self, name: &str) -> Given {
        self.options.retain(|(option, _)| *option != name);
        self
    }

    pub fn passphrase(self) -> Given {
        self.with("private_key_passphrase", PASSPHRASE)
    }

    /// Every way to give it to the client: the option's name and its value.
    pub fn ways(&self, folder: &Path) -> Vec<(&'static str, String)> {
        let file = |content: &[u8]| {
            let path = folder.join("given");
            fs::write(&path, content).expect("a file");
            path.to_str().expect("UTF-8").to_owned()
        };
        match &self.form {
            Form::Key(text) => vec![("private_key", text.clone()), ("private_key_file", file(text.as_bytes()))],
            Form::File(bytes) => vec![("private_key_file", file(bytes))],
            Form::Credentials(text) => vec![("credentials", text.clone()), ("credentials_file", file(text.as_bytes()))],
            Form::CredentialsFile(bytes) => vec![("credentials_file", file(bytes))],
            Form::Path(path) => vec![("private_key_file", path.clone())],
            Form::CredentialsPath(path) => vec![("credentials_file", path.clone())],
        }
    }

    pub fn client(&self, way: &(&'static str, String)) -> Result<Client, talkdesk_auth::Error> {
        let way = [(way.0, way.1.as_str()), ("token_endpoint", "https://t.example/oauth/token")];
        Client::new(way.into_iter().chain(self.options.iter().map(|(name, value)| (*name, value.as_str()))))
    }

    pub fn bytes(&self) -> &[u8] {
        match &self.form {
            Form::Key(text) | Form::Credentials(text) => text.as_bytes(),
            Form::File(bytes) | Form::CredentialsFile(bytes) => bytes,
            Form::Path(path) | Form::CredentialsPath(path) => path.as_bytes(),
        }
    }
}

/// Fails unless the client signs by `algorithm` with the key whose public half is `public`.
pub fn check_signature(client: &Client, algorithm: &str, public: &[u8]) -> Result<(), String> {
    let assertion = client.assertion([]).map_err(|error| error.to_string())?;
    let (input, encoded) = assertion.jwt().rsplit_once('.').ok_or("the JWT isn't a JWS")?;
    let header: serde_json::Value =
        serde_json::from_str(assertion.get("header").unwrap_or_default()).unwrap_or_default();
    let claims: serde_json::Value =
        serde_json::from_str(assertion.get("claims").unwrap_or_default()).unwrap_or_default();
    if header["alg"] != algorithm || client.get("algorithm") != Some(algorithm) {
        return Err(format!("it signs with {} instead of {algorithm}", header["alg"]));
    }
    if header["kid"] != "k" || claims["iss"] != "c" {
        return Err(format!("it has the client id {} and the key id {}", claims["iss"], header["kid"]));
    }
    let signature = URL_SAFE_NO_PAD.decode(encoded).map_err(|error| error.to_string())?;
    UnparsedPublicKey::new(verifier(algorithm), public)
        .verify(input.as_bytes(), &signature)
        .map_err(|_| "it signs with another key".to_owned())
}

pub fn verifier(algorithm: &str) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        "ES256" => &signature::ECDSA_P256_SHA256_FIXED,
        "ES384" => &signature::ECDSA_P384_SHA384_FIXED,
        "ES512" => &signature::ECDSA_P521_SHA512_FIXED,
        "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
        "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
        "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
        "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
        "EdDSA" | "Ed25519" => &signature::ED25519,
        _ => panic!("{algorithm}"),
    }
}

/// Every run of base64 in `bytes`, because such runs contain the key; and the base64 of the bytes themselves.
pub fn secrets(bytes: &[u8]) -> Vec<String> {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let text = String::from_utf8_lossy(bytes).replace('\0', "");
    let runs = text.split(|c| !is_base64(c)).filter(|run| run.len() >= 24).map(str::to_owned);
    runs.chain([STANDARD.encode(bytes)]).collect()
}

/// The first eight characters in a row of `shown` that are part of a secret.
pub fn leak(secrets: &[String], shown: &str) -> Option<String> {
    let windows = (0..shown.len()).filter_map(|at| shown.get(at..at + 8));
    windows.filter(|window| secrets.iter().any(|secret| secret.contains(window))).map(str::to_owned).next()
}

pub fn leak_of_error(secrets: &[String], error: &talkdesk_auth::Error) -> Option<String> {
    leak(secrets, &format!("{error} {error:?} {}", error.get("option").unwrap_or_default()))
}

/// Checks that no row has the name of another, and that there are at least `least` rows.
pub fn check_names<'a>(names: impl Iterator<Item = &'a str>, least: usize) {
    let names: Vec<&str> = names.collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "two rows have the same name");
    assert!(names.len() >= least, "only {} rows", names.len());
}
