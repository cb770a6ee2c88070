//! Keys that `openssl` makes, and the DER and JWKs that represent them.

use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pkcs1::RsaPrivateKey;
use pkcs8::der::Decode;
use pkcs8::der::asn1::UintRef;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use std::fs;
use std::io::{ErrorKind, Write};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// The output of `openssl` for `input` and `arguments`, which are split at spaces.
pub fn openssl(arguments: &str, input: impl AsRef<[u8]>) -> Vec<u8> {
    let child = Command::new("openssl")
        .args(arguments.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap_or_else(|error| match error.kind() {
        ErrorKind::NotFound => {
            panic!("openssl is missing; install it: apt-get install openssl")
        }
        _ => panic!("openssl does not start: {error}"),
    });
    // A command that reads no input may have ended already.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_ref());
    let output = child.wait_with_output().expect("openssl ends");
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

pub fn openssl_text(arguments: &str, input: impl AsRef<[u8]>) -> String {
    String::from_utf8(openssl(arguments, input)).expect("openssl writes text")
}

/// A key that `openssl` made.
pub struct Made {
    /// PKCS#8.
    pub der: Vec<u8>,
    /// The public key in the form that the verifiers of `aws-lc-rs` expect: the content of the BIT STRING.
    pub public: Vec<u8>,
}

impl Made {
    /// Makes a key with an `openssl` command that writes a private key, such as `genpkey`.
    pub fn by(command: &str) -> Made {
        Made::from(&openssl(command, ""))
    }

    pub fn from(key: &[u8]) -> Made {
        let der = openssl("pkcs8 -topk8 -nocrypt -outform DER", key);
        let spki = openssl("pkey -inform DER -pubout -outform DER", &der);
        let public = SubjectPublicKeyInfoRef::from_der(&spki).expect("a public key").subject_public_key;
        Made { public: public.raw_bytes().to_vec(), der }
    }

    pub fn bare(&self) -> String {
        STANDARD.encode(&self.der)
    }

    pub fn pem(&self) -> String {
        armoured("PRIVATE KEY", &self.der)
    }

    /// PKCS#1 or SEC1.
    pub fn traditional(&self) -> Vec<u8> {
        openssl("pkey -inform DER -traditional -outform DER", &self.der)
    }

    pub fn public_pem(&self) -> String {
        openssl_text("pkey -inform DER -pubout", &self.der)
    }

    /// The key encrypted under PBES2, or as the arguments say.
    pub fn encrypted(&self, arguments: &str) -> String {
        openssl_text(&format!("pkcs8 -topk8 -inform DER {arguments} -passout pass:{PASSPHRASE}"), &self.der)
    }
}

pub const PASSPHRASE: &str = "correct-horse";

macro_rules! keys {
    ($($name:ident = $command:literal;)*) => { $(pub static $name: LazyLock<Made> = LazyLock::new(|| Made::by($command));)* };
}

keys! {
    P256 = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256";
    P384 = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384";
    P521 = "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521";
    ED25519 = "genpkey -algorithm ED25519";
    RSA2048 = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048";
    RSA2048_E3 = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3";
    RSA3072 = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072";
    RSA4096 = "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096";
    PSS = "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048";
    PSS256 = "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:32";
    PSS384 = "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha384 -pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:20";
    PSS512 = "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_pss_keygen_md:sha512 -pkeyopt rsa_pss_keygen_mgf1_md:sha512 -pkeyopt rsa_pss_keygen_saltlen:64";
}

/// Makes P-256 keys until one has the property. About one key in a thousand, or more, should have it.
pub fn rare(is_it: impl Fn(&[u8], &[u8]) -> bool) -> Made {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
    loop {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref()).expect("a key");
        if is_it(pkcs8.as_ref(), pair.public_key().as_ref()) {
            return Made::from(pkcs8.as_ref());
        }
    }
}

/// Its public x begins with a zero byte, which some writers of JWKs drop.
pub static SMALL: LazyLock<Made> = LazyLock::new(|| rare(|_, public| public[1] == 0));
/// Its base64url ends with a hyphen, like an armour line.
pub static HYPHEN: LazyLock<Made> = LazyLock::new(|| rare(|der, _| base64url(der).ends_with('-')));
/// The second line of its base64 begins neither like DER nor with a byte order mark.
pub static LETTER: LazyLock<Made> = LazyLock::new(|| rare(|der, _| STANDARD.encode(der)[64..].starts_with('g')));
/// The second line of its base64 begins with a slash, like a path, and not with a byte order mark.
pub static SLASH: LazyLock<Made> = LazyLock::new(|| rare(|der, _| STANDARD.encode(der)[64..].starts_with("/4")));

pub fn armoured(label: &str, der: &[u8]) -> String {
    wrapped(label, &STANDARD.encode(der), "\n")
}

pub fn wrapped(label: &str, body: &str, line_break: &str) -> String {
    let lines: Vec<&str> = (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
    [&format!("-----BEGIN {label}-----"), &lines.join(line_break)[..], &format!("-----END {label}-----"), ""]
        .join(line_break)
}

pub fn utf16(text: &str, unit: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
}

/// A DER value of up to 65535 bytes.
pub fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let mut der = vec![tag];
    match length {
        0..0x80 => der.push(length as u8),
        0x80..0x100 => der.extend([0x81, length as u8]),
        _ => der.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    der.extend(content);
    der
}

/// PKCS#8 version 2, with the public key under `[1]`. `tag` and `header` say how the public key is written.
pub fn version_two(made: &Made, tag: u8, header: &[u8]) -> Vec<u8> {
    let mut content = content_of(&made.der).to_vec();
    content[2] = 1;
    tlv(0x30, &[&content, &tlv(tag, &[header, &[0], &made.public])])
}

pub fn with_attributes(made: &Made) -> Vec<u8> {
    let key_usage = [0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x31, 0x04, 0x03, 0x02, 0x00, 0x80];
    tlv(0x30, &[content_of(&made.der), &key_usage])
}

/// The bytes after the header of a DER value.
pub fn content_of(der: &[u8]) -> &[u8] {
    &der[if der[1] < 0x80 { 2 } else { 2 + usize::from(der[1] & 0x7f) }..]
}

/// The bytes in a PEM block.
pub fn body_of(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).expect("PEM")
}

pub fn without_public(made: &Made) -> String {
    openssl_text("ec -inform DER -no_public", made.traditional())
}

pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn ec_numbers(made: &Made) -> [Vec<u8>; 3] {
    let length = (made.public.len() - 1) / 2;
    // SEC1: version 1, then the number.
    let sec1 = made.traditional();
    let private = &content_of(&sec1)[5..5 + length];
    [private.to_vec(), made.public[1..=length].to_vec(), made.public[1 + length..].to_vec()]
}

pub fn ec_jwk_of(curve: &str, numbers: &[Vec<u8>; 3], more: &str) -> String {
    let [d, x, y] = numbers.each_ref().map(|number| base64url(number));
    format!(r#"{{"kty":"EC","crv":"{curve}","d":"{d}","x":"{x}","y":"{y}"{more}}}"#)
}

pub fn ec_jwk(curve: &str, made: &Made) -> String {
    ec_jwk_of(curve, &ec_numbers(made), "")
}

pub fn okp_jwk(made: &Made) -> String {
    let d = base64url(&made.der[16..]);
    format!(r#"{{"kty":"OKP","crv":"Ed25519","d":"{d}","x":"{}"}}"#, base64url(&made.public))
}

pub fn rsa_jwk(made: &Made) -> String {
    let der = made.traditional();
    let key = RsaPrivateKey::<UintRef<'_>>::from_der(&der).expect("PKCS#1");
    let [n, e, d, p, q, dp, dq, qi] = [
        key.modulus,
        key.public_exponent,
        key.private_exponent,
        key.prime1,
        key.prime2,
        key.exponent1,
        key.exponent2,
        key.coefficient,
    ]
    .map(|number| base64url(number.as_bytes()));
    format!(
        r#"{{"kty":"RSA","n":"{n}","e":"{e}","d":"{d}","p":"{p}","q":"{q}","dp":"{dp}","dq":"{dq}","qi":"{qi}","use":"sig"}}"#
    )
}

pub fn without_member(jwk: &str, name: &str) -> String {
    let mut document: serde_json::Map<String, serde_json::Value> = serde_json::from_str(jwk).expect("JSON");
    document.remove(name).expect("the member");
    serde_json::to_string(&document).expect("JSON")
}

pub fn certificate() -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key.pem");
    fs::write(&key, P256.pem()).expect("a file");
    openssl_text(&format!("req -x509 -subj /CN=acme -days 30 -key {}", key.to_str().expect("UTF-8")), "")
}
