//! PyJWT, an independent implementation, verifies the library's assertions: 1,000 for each algorithm.

mod common;

use common::install;
use common::native::{need, root, run, workshop};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use talkdesk_auth::Client;

const COUNT: usize = 1_000;
const CLIENT_ID: &str = "client";
const KEY_ID: &str = "key";
const AUDIENCE: &str = "https://id.example.com/oauth/token";

/// Arguments of `openssl genpkey`.
const P256: &[&str] = &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const P384: &[&str] = &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
const P521: &[&str] = &["EC", "-pkeyopt", "ec_paramgen_curve:P-521"];
const RSA: &[&str] = &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
const ED25519: &[&str] = &["ED25519"];

const ALGORITHMS: [(&str, &[&str]); 10] = [
    ("ES256", P256),
    ("ES384", P384),
    ("ES512", P521),
    ("PS256", RSA),
    ("PS384", RSA),
    ("PS512", RSA),
    ("RS256", RSA),
    ("RS384", RSA),
    ("RS512", RSA),
    ("EdDSA", ED25519),
];

#[test]
fn assertions_of_every_algorithm_verify_with_pyjwt() {
    let python = python_with_pyjwt();
    need("openssl", "openssl");
    let keys = tempfile::tempdir_in(workshop("interop")).expect("a folder for keys");
    thread::scope(|scope| {
        for (algorithm, recipe) in ALGORITHMS {
            let (python, keys) = (&python, keys.path());
            scope.spawn(move || {
                let (private_key, public_key) = make_keys(keys, algorithm, recipe);
                let assertions = sign(algorithm, &private_key);
                assert_eq!(verify(python, algorithm, &public_key, &assertions), COUNT, "{algorithm}");
            });
        }
    });
}

fn make_keys(folder: &Path, algorithm: &str, recipe: &[&str]) -> (String, String) {
    let file = |kind: &str| folder.join(format!("{algorithm}-{kind}.pem")).display().to_string();
    let (private_key, public_key) = (file("private"), file("public"));
    run(Command::new("openssl").args(["genpkey", "-out", &private_key, "-algorithm"]).args(recipe));
    run(Command::new("openssl").args(["pkey", "-pubout", "-in", &private_key, "-out", &public_key]));
    (private_key, public_key)
}

/// Signs `COUNT` assertions, one per line.
fn sign(algorithm: &str, private_key: &str) -> String {
    let client = Client::new([
        ("token_endpoint", AUDIENCE),
        ("client_id", CLIENT_ID),
        ("key_id", KEY_ID),
        ("algorithm", algorithm),
        ("private_key_file", private_key),
    ])
    .unwrap_or_else(|error| panic!("{algorithm}: {error}"));
    (0..COUNT).map(|_| format!("{}\n", client.assertion([]).expect("an assertion").jwt())).collect()
}

/// Returns how many assertions are valid. The first invalid one fails the test.
fn verify(python: &Path, algorithm: &str, public_key: &str, assertions: &str) -> usize {
    let mut verifier = Command::new(python)
        .arg(root().join("tests/interop/verify.py"))
        .args(["--algorithm", algorithm, "--public-key", public_key])
        .args(["--client-id", CLIENT_ID, "--key-id", KEY_ID, "--audience", AUDIENCE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python runs");
    // A verifier that finds an error stops reading. Then its message matters, and this write may fail.
    let _ = verifier.stdin.take().expect("it is piped").write_all(assertions.as_bytes());
    let output = verifier.wait_with_output().expect("Python ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a count")
}

/// A Python environment for these tests, with the packages that `requirements.txt` pins.
fn python_with_pyjwt() -> PathBuf {
    need("python3", "python3-venv");
    let environment = workshop("interop").join("venv");
    let python = environment.join("bin/python");
    let requirements = root().join("tests/interop/requirements.txt");
    let mark = environment.join("installed");
    install::once(&requirements, &mark, || {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment));
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements));
        std::fs::write(&mark, "").expect("the mark is written");
    });
    python
}
