//! Some messages advise a command. The tests run it as the message says, and then the key must load.

use crate::given::*;
use crate::made::*;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A key that doesn't load, the program that its message names, and arguments that answer that program's questions.
struct Advised {
    name: &'static str,
    key: Vec<u8>,
    program: &'static str,
    answers: &'static str,
    algorithm: &'static str,
}

const IN: &str = "-passin pass:correct-horse";
/// The message says to add `-legacy`.
const LEGACY: &str = "-passin pass:correct-horse -legacy";
const IN_AND_OUT: &str = "-passin pass:correct-horse -passout pass:correct-horse";

#[rustfmt::skip]
fn keys() -> Vec<Advised> {
    let openssh = |kind: &str, passphrase: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        run(&format!("ssh-keygen -q -t {kind} -N '{passphrase}' -f key"), folder.path());
        fs::read(folder.path().join("key")).expect("ssh-keygen writes a key")
    };
    let advised = |name, key, program, answers, algorithm| Advised { name, key, program, answers, algorithm };
    let traditional = openssl(&format!("rsa -traditional -aes128 -passout pass:{PASSPHRASE}"), RSA2048.pem());
    let old = openssl(&format!("pkcs8 -topk8 -v1 PBE-SHA1-3DES -inform DER -passout pass:{PASSPHRASE}"), &P256.der);
    let store = |arguments: &str| openssl(&format!("pkcs12 -export -passout pass:{PASSPHRASE}{arguments}"), P256.pem() + &certificate());
    vec![
        advised("P-256 of OpenSSH", openssh("ecdsa", ""), "ssh-keygen", "-P '' -N ''", "ES256"),
        advised("P-521 of OpenSSH, encrypted", openssh("ecdsa -b 521", PASSPHRASE), "ssh-keygen", "-P correct-horse -N ''", "ES512"),
        advised("RSA of OpenSSH, kept encrypted", openssh("rsa", PASSPHRASE), "ssh-keygen", "-P correct-horse -N correct-horse", "PS256"),
        advised("Ed25519 of OpenSSH", openssh("ed25519", ""), "openssl", "", "EdDSA"),
        advised("Ed25519 of OpenSSH, encrypted", openssh("ed25519", PASSPHRASE), "openssl", "", "EdDSA"),
        advised("encrypted in the traditional way", traditional, "openssl", IN_AND_OUT, "PS256"),
        advised("PBES1", old, "openssl", IN_AND_OUT, "ES256"),
        advised("PKCS#12", store(""), "openssl", IN, "ES256"),
        advised("an old PKCS#12", store(" -legacy"), "openssl", LEGACY, "ES256"),
    ]
}

#[test]
fn the_command_that_a_message_advises_makes_a_key_that_loads() {
    for Advised { name, key, program, answers, algorithm } in keys() {
        let folder = tempfile::tempdir().expect("a folder");
        let [old, new] = ["FILE", "NEW"].map(|name| folder.path().join(name));
        fs::write(&old, &key).expect("a file");
        // ssh-keygen refuses a key that others may read.
        run("chmod 600 FILE", folder.path());
        let load = |file: &Path| {
            let given = path(file).passphrase();
            given.client(&given.ways(folder.path())[0])
        };
        let error = load(&old).expect_err(name);
        let message = error.message();
        let at = message.find(&format!(": {program} ")).unwrap_or_else(|| panic!("{name}: {message}")) + 2;
        let command = message[at..].split(['(', ';']).next().unwrap_or_default();
        run(&format!("{command} {answers}"), folder.path());
        let client = load(if new.exists() { &new } else { &old }).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(client.get("algorithm"), Some(algorithm), "{name}");
    }
}

fn run(command: &str, folder: &Path) {
    let output =
        Command::new("sh").args(["-c", command]).current_dir(folder).stdin(Stdio::null()).output().expect("sh starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("not found"), "{said}; install it: apt-get install openssl openssh-client");
    assert!(output.status.success(), "{command}: {said}");
}
