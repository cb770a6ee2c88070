//! The library's dependencies: one crypto library only, and licences that its users can accept.

use spdx::{Expression, ParseMode};
use std::collections::{HashMap, HashSet};
use std::process::Command;

/// Other crypto libraries, and bindings to them.
const OTHER_CRYPTO: &[&str] = &[
    "boring",
    "boring-sys",
    "graviola",
    "native-tls",
    "openssl",
    "openssl-sys",
    "ring",
    "rustls-rustcrypto",
    "sodiumoxide",
];

/// Packages with the keyword or category cryptography that are allowed: the crypto library, TLS on top of it, encodings, and
/// packages that wipe or compare. `pkcs5` and its dependencies are allowed too: it decrypts keys with its own ciphers and hashes.
const AROUND_CRYPTO: &[&str] = &[
    "aws-lc-rs",
    "const-oid",
    "der",
    "pkcs1",
    "pkcs8",
    "rustls",
    "rustls-pki-types",
    "rustls-webpki",
    "spki",
    "subtle",
    "tokio-rustls",
    "zeroize",
];

const LICENCES: &[&str] =
    &["0BSD", "Apache-2.0", "BSD-3-Clause", "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "Unicode-3.0", "Zlib"];

#[test]
fn one_crypto_library_signs_and_speaks_tls() {
    let all = linked(&[]);
    assert!(all.contains_key("aws-lc-rs"));
    for name in OTHER_CRYPTO {
        assert!(!all.contains_key(*name), "{name} must not be linked into the library");
    }
    let beside_pkcs5 = linked(&["--prune", "pkcs5"]);
    let cryptographic = cryptographic();
    assert!(cryptographic.contains("sha2") && all.contains_key("sha2"), "sha2 must be found as a dependency of pkcs5");
    for name in beside_pkcs5.keys().filter(|name| cryptographic.contains(*name)) {
        assert!(AROUND_CRYPTO.contains(&name.as_str()), "{name} is linked for more than the decryption of keys");
    }
}

/// The packages in the lock file that have a keyword or category of cryptography.
fn cryptographic() -> HashSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--features", "capi"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let packages = metadata["packages"].as_array().expect("packages").iter();
    let says = |package: &serde_json::Value| {
        let words = ["categories", "keywords"].map(|list| package[list].as_array().cloned().unwrap_or_default());
        words.concat().iter().any(|word| word.as_str().is_some_and(|word| word.starts_with("crypto")))
    };
    packages.filter(|package| says(package)).filter_map(|package| Some(package["name"].as_str()?.to_owned())).collect()
}

/// Otherwise every program that depends on the crate would link them as well. `make lib` asks for them by itself.
#[test]
fn the_crate_as_a_dependency_builds_no_c_library() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let targets = metadata["packages"][0]["targets"].as_array().expect("targets").iter();
    let library = targets.filter(|target| target["name"] == env!("CARGO_PKG_NAME")).collect::<Vec<_>>();
    assert_eq!(library.len(), 1, "{metadata}");
    assert_eq!(library[0]["crate_types"], serde_json::json!(["lib"]));
}

#[test]
fn every_licence_is_on_the_list() {
    for (name, licence) in linked(&[]) {
        let expression =
            Expression::parse_mode(&licence, ParseMode::LAX).unwrap_or_else(|error| panic!("{name}: {error}"));
        let allowed = expression.evaluate(|term| term.license.id().is_some_and(|id| LICENCES.contains(&id.name)));
        assert!(allowed, "{name} has the licence {licence}");
    }
}

/// The licences require these notices from everyone who distributes the library.
#[test]
fn the_notices_name_all_that_is_linked() {
    let output = Command::new("python3")
        .arg("packaging/notices.py")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("python3 is missing; install it: apt-get install python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let notices = String::from_utf8(output.stdout).expect("it is UTF-8");
    for name in linked(&[]).keys().filter(|name| *name != env!("CARGO_PKG_NAME")) {
        assert!(notices.lines().any(|line| line.starts_with(&format!("{name} "))), "the notices don't name {name}");
    }
    assert!(
        notices.contains("Redistribution and use in source and binary forms"),
        "the notices lack the licences' texts"
    );
}

/// The names and licences of the packages that are linked into the library. Packages that only build or test it are left out.
fn linked(options: &[&str]) -> HashMap<String, String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--features",
            "capi",
            "--edges",
            "normal,no-proc-macro",
            "--prefix",
            "none",
            "--format",
            "{p}|{l}",
        ])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("names are UTF-8");
    let packages = lines.lines().filter_map(|line| {
        let (package, licence) = line.split_once('|')?;
        Some((package.split(' ').next()?.to_owned(), licence.trim_end_matches(" (*)").to_owned()))
    });
    packages.collect()
}
