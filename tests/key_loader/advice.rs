//! Some messages advise a command. The tests run it as the message says, and then the key must load.

use crate::given::*;
use crate::made::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A key that doesn't load, the program that its message names, and the arguments that answer the questions of each command.
struct Advised {
    name: &'static str,
    key: Vec<u8>,
    program: &'static str,
    answers: &'static [&'static str],
    algorithm: &'static str,
}

fn advised(
    name: &'static str,
    key: Vec<u8>,
    program: &'static str,
    answers: &'static [&'static str],
    algorithm: &'static str,
) -> Advised {
    Advised { name, key, program, answers, algorithm }
}

const NONE: &[&str] = &[""];
const IN: &[&str] = &["-passin pass:correct-horse"];
/// The message says to add `-legacy`.
const LEGACY: &[&str] = &["-passin pass:correct-horse -legacy"];
const IN_AND_OUT: &[&str] = &["-passin pass:correct-horse -passout pass:correct-horse"];
const DECODED: &[&str] = &["", "-passin pass:correct-horse"];
const JAVA: &[&str] =
    &["-srcstorepass correct-horse -deststorepass correct-horse -noprompt", "-passin pass:correct-horse"];
const DECODED_JAVA: &[&str] =
    &["", "-srcstorepass correct-horse -deststorepass correct-horse -noprompt", "-passin pass:correct-horse"];
/// Debian's package libbcprov-java.
const BCPROV: &str = "/usr/share/java/bcprov.jar";

#[rustfmt::skip]
fn keys() -> Vec<Advised> {
    let openssh = |kind: &str, passphrase: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        run(&format!("ssh-keygen -q -t {kind} -N '{passphrase}' -f key"), folder.path());
        fs::read(folder.path().join("key")).expect("ssh-keygen writes a key")
    };
    let traditional = openssl(&format!("rsa -traditional -aes128 -passout pass:{PASSPHRASE}"), RSA2048.pem());
    let old = openssl(&format!("pkcs8 -topk8 -v1 PBE-SHA1-3DES -inform DER -passout pass:{PASSPHRASE}"), &P256.der);
    let store = |arguments: &str| openssl(&format!("pkcs12 -export -passout pass:{PASSPHRASE}{arguments}"), P256.pem() + &certificate());
    vec![
        advised("P-256 of OpenSSH", openssh("ecdsa", ""), "ssh-keygen", &["-P '' -N ''"], "ES256"),
        advised("P-521 of OpenSSH, encrypted", openssh("ecdsa -b 521", PASSPHRASE), "ssh-keygen", &["-P correct-horse -N ''"], "ES512"),
        advised("RSA of OpenSSH, kept encrypted", openssh("rsa", PASSPHRASE), "ssh-keygen", &["-P correct-horse -N correct-horse"], "PS256"),
        advised("Ed25519 of OpenSSH", openssh("ed25519", ""), "openssl", NONE, "EdDSA"),
        advised("Ed25519 of OpenSSH, encrypted", openssh("ed25519", PASSPHRASE), "openssl", NONE, "EdDSA"),
        advised("encrypted in the traditional way", traditional, "openssl", IN_AND_OUT, "PS256"),
        advised("PBES1", old, "openssl", IN_AND_OUT, "ES256"),
        advised("PKCS#12", store(""), "openssl", IN, "ES256"),
        advised("an old PKCS#12", store(" -legacy"), "openssl", LEGACY, "ES256"),
    ]
}

/// Containers, as their own tools make them.
#[rustfmt::skip]
fn containers() -> Vec<Advised> {
    let pkcs12 = openssl(&format!("pkcs12 -export -passout pass:{PASSPHRASE}"), P256.pem() + &certificate());
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).expect("a file");
    file("p12", &pkcs12);
    file("pem", P256.pem().as_bytes());
    file("rsa", &RSA2048.traditional());
    let made = |command: &str| {
        run(command, folder.path());
        fs::read(folder.path().join("made")).expect("the command writes a file")
    };
    let java = |kind: &str| {
        let provider = format!("-provider org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath {BCPROV}");
        made(&format!(
            "rm -f made; keytool -importkeystore -noprompt -srckeystore p12 -srcstoretype PKCS12 -srcstorepass {PASSPHRASE} \
             -destkeystore made -deststoretype {kind} -deststorepass {PASSPHRASE} -destkeypass {PASSPHRASE} {provider}"
        ))
    };
    let base64 = |bytes: &[u8]| STANDARD.encode(bytes).into_bytes();
    let jks = java("JKS");
    vec![
        advised("JKS in base64", base64(&jks), "sed", DECODED_JAVA, "ES256"),
        advised("JKS", jks, "keytool", JAVA, "ES256"),
        advised("JCEKS", java("JCEKS"), "keytool", JAVA, "ES256"),
        advised("BKS", java("BKS"), "keytool", JAVA, "ES256"),
        advised("BCFKS", java("BCFKS"), "keytool", JAVA, "ES256"),
        advised("PKCS#12 in base64", base64(&pkcs12), "sed", DECODED, "ES256"),
        advised("PKCS#12 in armour", armoured("PKCS12", &pkcs12).into_bytes(), "sed", DECODED, "ES256"),
        advised("PVK", made("openssl rsa -inform DER -in rsa -outform PVK -pvk-none -out made"), "openssl", NONE, "PS256"),
        advised("a key blob", made("openssl rsa -inform DER -in rsa -outform MSBLOB -out made"), "openssl", NONE, "PS256"),
        advised("PuTTY", made("rm -f made; openssl ec -in pem -out sec1 && puttygen -q sec1 -O private -o made"), "puttygen", NONE, "ES256"),
        advised("SSH2", made("openssl rsa -inform DER -in rsa -traditional -out rsa.pem && puttygen -q rsa.pem -O private-sshcom -o made"), "puttygen", NONE, "PS256"),
        advised("Ed25519 of PuTTY", made("rm -f made; touch none; puttygen -q -t ed25519 --new-passphrase none -O private -o made"), "openssl", NONE, "EdDSA"),
        advised("an OpenPGP key", made("mkdir -m 700 home; gpg --homedir home --batch --quiet --passphrase '' --quick-gen-key a rsa2048 && gpg --homedir home --batch --export-secret-keys > made"), "openssl", NONE, "ES256"),
        advised("a file that OpenPGP encrypted", made("gpg --homedir home --batch --yes --pinentry-mode loopback --passphrase correct-horse -o made -c pem"), "gpg", GPG, "ES256"),
        advised("the same in armour", made("gpg --homedir home --batch --yes --pinentry-mode loopback --passphrase correct-horse -a -o made -c pem"), "gpg", GPG, "ES256"),
        advised("gzip", made("gzip -c pem > made"), "gzip", NONE, "ES256"),
        advised("gzip in base64", base64(&made("gzip -c pem > made")), "sed", &["", ""], "ES256"),
        advised("bzip2", made("bzip2 -c pem > made"), "bzip2", NONE, "ES256"),
        advised("xz", made("xz -c pem > made"), "xz", NONE, "ES256"),
        advised("ZIP", made("rm -f made; python3 -m zipfile -c made pem"), "unzip", NONE, "ES256"),
        advised("tar", made("tar -cf made pem"), "tar", NONE, "ES256"),
        advised("PBKDF2 that costs too much", P256.encrypted("-v2 aes256 -iter 2000001").into_bytes(), "openssl", IN_AND_OUT, "ES256"),
    ]
}

const GPG: &[&str] = &["--homedir . --batch --quiet --pinentry-mode loopback --passphrase correct-horse"];

#[test]
fn the_command_that_a_message_advises_makes_a_key_that_loads() {
    for Advised { name, key, program, answers, algorithm } in keys().into_iter().chain(containers()) {
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
        let advice = message[at..].split(['(', ';']).next().unwrap_or_default();
        let commands: Vec<&str> = advice.split(" && ").collect();
        assert_eq!(commands.len(), answers.len(), "{name}: {message}");
        let answered: Vec<String> =
            commands.iter().zip(answers).map(|(command, answer)| format!("{command} {answer}")).collect();
        run(&answered.join(" && ").replace("bcprov.jar", BCPROV), folder.path());
        let client = load(if new.exists() { &new } else { &old }).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(client.get("algorithm"), Some(algorithm), "{name}");
    }
}

fn run(command: &str, folder: &Path) {
    let output =
        Command::new("sh").args(["-c", command]).current_dir(folder).stdin(Stdio::null()).output().expect("sh starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("not found"), "{said}; install it: tests/install");
    assert!(output.status.success(), "{command}: {said}");
}
