//! `td_assertion_new`, `td_assertion_jwt` and `td_free`, compared with the crypto library's signature of the same
//! bytes by the same key.

use crate::Bench;
use crate::report::{Report, microseconds};
use crate::rounds::{self, median};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{self, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding};
use base64::prelude::{BASE64_STANDARD, Engine};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// Each algorithm with its target: the lowest ratio of the rates.
const ALGORITHMS: [(&str, Option<f64>); 7] = [
    ("ES256", Some(0.92)),
    ("RS256", Some(0.98)),
    ("PS256", Some(0.98)),
    ("ES384", None),
    ("ES512", None),
    ("PS512", None),
    ("EdDSA", None),
];
const ROUNDS: usize = 600;
const SECONDS_PER_TURN: f64 = 0.001;

pub fn measure(bench: &Bench, report: &mut Report) {
    report.group(
        "Signing",
        "The rate of `td_assertion_new` + `td_assertion_jwt` + `td_free`. 1 is the rate at which raw aws-lc-rs, with the key\n\
         parsed beforehand, signs the same bytes.",
    );
    for (algorithm, least) in ALGORITHMS {
        let entry = bench.endpoint.client(algorithm);
        let client = bench.library.client(&entry, &[("token_endpoint", bench.endpoint.text("token_endpoint"))]);
        let jwt = client.jwt();
        let (message, _) = jwt.rsplit_once('.').expect("a JWS has three parts");
        let raw = Raw::new(&entry.algorithm, &entry.private_key_file);

        let mut raw = || raw.sign(message.as_bytes());
        let calls = calls_per_turn(&mut raw);
        let taken = rounds::take(bench.rounds(ROUNDS), calls, [&mut raw, &mut || client.sign()]);
        let ratio = median(&taken, |[raw, library]| raw.wall / library.wall);
        let (raw, library) = (median(&taken, |round| round[0].wall), median(&taken, |round| round[1].wall));
        let detail = format!("{} beside {}", microseconds(library), microseconds(raw));
        match least {
            Some(least) => report.at_least(algorithm, ratio, least, &detail),
            None => report.for_information(algorithm, &format!("{ratio:.3}"), &detail),
        }
    }
}

fn calls_per_turn(call: &mut dyn FnMut()) -> usize {
    let start = Instant::now();
    (0..10).for_each(|_| call());
    (SECONDS_PER_TURN * 10.0 / start.elapsed().as_secs_f64()).ceil() as usize
}

/// The crypto library alone, with the key parsed beforehand.
pub struct Raw {
    key: Key,
    random: SystemRandom,
}

enum Key {
    Ecdsa(EcdsaKeyPair),
    Rsa(rsa::KeyPair, &'static dyn RsaEncoding),
    Ed25519(Ed25519KeyPair),
}

impl Raw {
    /// The file contains the key in the vendor's form.
    pub fn new(algorithm: &str, private_key_file: &Path) -> Raw {
        let text = std::fs::read_to_string(private_key_file).expect("the key file can be read");
        let pkcs8 = BASE64_STANDARD.decode(text).expect("the key is base64");
        let ecdsa = |algorithm: &'static EcdsaSigningAlgorithm| {
            Key::Ecdsa(EcdsaKeyPair::from_pkcs8(algorithm, &pkcs8).expect("the key is for that curve"))
        };
        let rsa = |encoding| Key::Rsa(rsa::KeyPair::from_pkcs8(&pkcs8).expect("the key is RSA"), encoding);
        let key = match algorithm {
            "ES256" => ecdsa(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
            "ES384" => ecdsa(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
            "ES512" => ecdsa(&signature::ECDSA_P521_SHA512_FIXED_SIGNING),
            "RS256" => rsa(&signature::RSA_PKCS1_SHA256),
            "PS256" => rsa(&signature::RSA_PSS_SHA256),
            "PS512" => rsa(&signature::RSA_PSS_SHA512),
            _ => Key::Ed25519(Ed25519KeyPair::from_pkcs8(&pkcs8).expect("the key is Ed25519")),
        };
        Raw { key, random: SystemRandom::new() }
    }

    pub fn sign(&self, message: &[u8]) {
        match &self.key {
            Key::Ecdsa(pair) => drop(black_box(pair.sign(&self.random, message).expect("the key signs"))),
            Key::Ed25519(pair) => drop(black_box(pair.sign(message))),
            Key::Rsa(pair, encoding) => {
                let mut signature = [0; 512];
                let signature = &mut signature[..pair.public_modulus_len()];
                pair.sign(*encoding, &self.random, message, signature).expect("the key signs");
                black_box(signature);
            }
        }
    }
}
