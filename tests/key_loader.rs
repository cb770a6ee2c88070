//! The key loader's contract: every spelling of a key in the first table loads and signs as the key that it is; every broken one in the
//! second fails when the client is made, with a message that says what was found and what to do, and that shows nothing of the key.

use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair, UnparsedPublicKey, VerificationAlgorithm};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pkcs1::RsaPrivateKey;
use pkcs8::der::Decode;
use pkcs8::der::asn1::UintRef;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use talkdesk_auth::{Client, ErrorCode};

// ------------------------------------------------------------------------------------------------------------------ openssl

/// What `openssl` writes for `arguments`, which are split at spaces, and `input`.
fn openssl(arguments: &str, input: impl AsRef<[u8]>) -> Vec<u8> {
    let child = Command::new("openssl")
        .args(arguments.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.unwrap_or_else(|error| match error.kind() {
        ErrorKind::NotFound => {
            panic!("these tests make their keys with openssl, which is missing: apt-get install openssl")
        }
        _ => panic!("openssl does not start: {error}"),
    });
    // A command that reads no input may be gone already.
    let _ = child.stdin.take().expect("a pipe").write_all(input.as_ref());
    let output = child.wait_with_output().expect("openssl ends");
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn openssl_text(arguments: &str, input: impl AsRef<[u8]>) -> String {
    String::from_utf8(openssl(arguments, input)).expect("openssl writes text")
}

/// A key as `openssl` made it.
struct Made {
    /// PKCS#8.
    der: Vec<u8>,
    /// The public key as the verifiers of `aws-lc-rs` take it: the content of the BIT STRING.
    public: Vec<u8>,
}

impl Made {
    /// By `openssl genpkey`, or by whatever command writes a private key.
    fn by(command: &str) -> Made {
        Made::from(&openssl(command, ""))
    }

    fn from(key: &[u8]) -> Made {
        let der = openssl("pkcs8 -topk8 -nocrypt -outform DER", key);
        let spki = openssl("pkey -inform DER -pubout -outform DER", &der);
        let public = SubjectPublicKeyInfoRef::from_der(&spki).expect("a public key").subject_public_key;
        Made { public: public.raw_bytes().to_vec(), der }
    }

    fn bare(&self) -> String {
        STANDARD.encode(&self.der)
    }

    fn pem(&self) -> String {
        armoured("PRIVATE KEY", &self.der)
    }

    /// PKCS#1 or SEC1.
    fn traditional(&self) -> Vec<u8> {
        openssl("pkey -inform DER -traditional -outform DER", &self.der)
    }

    fn public_pem(&self) -> String {
        openssl_text("pkey -inform DER -pubout", &self.der)
    }

    /// Under PBES2, or as the arguments say.
    fn encrypted(&self, arguments: &str) -> String {
        openssl_text(&format!("pkcs8 -topk8 -inform DER {arguments} -passout pass:{PASSPHRASE}"), &self.der)
    }
}

const PASSPHRASE: &str = "correct-horse";

macro_rules! keys {
    ($($name:ident = $command:literal;)*) => { $(static $name: LazyLock<Made> = LazyLock::new(|| Made::by($command));)* };
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

/// A P-256 key that one in 64 or in 256 is.
fn rare(is_it: impl Fn(&[u8], &[u8]) -> bool) -> Made {
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
static SMALL: LazyLock<Made> = LazyLock::new(|| rare(|_, public| public[1] == 0));
/// Its base64url ends with a hyphen, as armour does.
static HYPHEN: LazyLock<Made> = LazyLock::new(|| rare(|der, _| base64url(der).ends_with('-')));
/// The second line of its base64 begins with a slash, as the name of a file does.
static SLASH: LazyLock<Made> = LazyLock::new(|| rare(|der, _| STANDARD.encode(der)[64..].starts_with('/')));

// ---------------------------------------------------------------------------------------------------- spellings of bytes

fn armoured(label: &str, der: &[u8]) -> String {
    wrapped(label, &STANDARD.encode(der), "\n")
}

fn wrapped(label: &str, body: &str, line_break: &str) -> String {
    let lines: Vec<&str> = (0..body.len()).step_by(64).map(|at| &body[at..body.len().min(at + 64)]).collect();
    [&format!("-----BEGIN {label}-----"), &lines.join(line_break)[..], &format!("-----END {label}-----"), ""]
        .join(line_break)
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xfeff);
    mark.into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
}

/// A DER value of up to 65535 bytes.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
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

/// PKCS#8 in its second version, with the public key under `[1]`, as `tag` and what stands in front of it write it.
fn version_two(made: &Made, tag: u8, header: &[u8]) -> Vec<u8> {
    let mut content = content_of(&made.der).to_vec();
    content[2] = 1;
    tlv(0x30, &[&content, &tlv(tag, &[header, &[0], &made.public])])
}

fn with_attributes(made: &Made) -> Vec<u8> {
    let key_usage = [0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x31, 0x04, 0x03, 0x02, 0x00, 0x80];
    tlv(0x30, &[content_of(&made.der), &key_usage])
}

/// What stands behind the header of a DER value.
fn content_of(der: &[u8]) -> &[u8] {
    &der[if der[1] < 0x80 { 2 } else { 2 + usize::from(der[1] & 0x7f) }..]
}

/// The bytes in a PEM block.
fn body_of(pem: &str) -> Vec<u8> {
    STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).expect("PEM")
}

fn without_public(made: &Made) -> String {
    openssl_text("ec -inform DER -no_public", made.traditional())
}

// ---------------------------------------------------------------------------------------------------------------- JWKs

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn ec_numbers(made: &Made) -> [Vec<u8>; 3] {
    let length = (made.public.len() - 1) / 2;
    // SEC1: version 1, then the number.
    let sec1 = made.traditional();
    let private = &content_of(&sec1)[5..5 + length];
    [private.to_vec(), made.public[1..=length].to_vec(), made.public[1 + length..].to_vec()]
}

fn ec_jwk_of(curve: &str, numbers: &[Vec<u8>; 3], more: &str) -> String {
    let [d, x, y] = numbers.each_ref().map(|number| base64url(number));
    format!(r#"{{"kty":"EC","crv":"{curve}","d":"{d}","x":"{x}","y":"{y}"{more}}}"#)
}

fn ec_jwk(curve: &str, made: &Made) -> String {
    ec_jwk_of(curve, &ec_numbers(made), "")
}

fn okp_jwk(made: &Made) -> String {
    let d = base64url(&made.der[16..]);
    format!(r#"{{"kty":"OKP","crv":"Ed25519","d":"{d}","x":"{}"}}"#, base64url(&made.public))
}

fn rsa_jwk(made: &Made) -> String {
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

fn without_member(jwk: &str, name: &str) -> String {
    let mut document: serde_json::Map<String, serde_json::Value> = serde_json::from_str(jwk).expect("JSON");
    document.remove(name).expect("the member");
    serde_json::to_string(&document).expect("JSON")
}

// ---------------------------------------------------------------------------------------------- how a key reaches the client

enum Form {
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

struct Given {
    form: Form,
    options: Vec<(&'static str, String)>,
}

/// The client id and key id that every client has here, from whatever source.
const REGISTRATION: [(&str, &str); 2] = [("client_id", "c"), ("key_id", "k")];

fn given(form: Form) -> Given {
    let options = REGISTRATION.map(|(name, value)| (name, value.to_owned()));
    Given { form, options: options.to_vec() }
}

fn key(text: impl Into<String>) -> Given {
    given(Form::Key(text.into()))
}

fn file(bytes: impl Into<Vec<u8>>) -> Given {
    given(Form::File(bytes.into()))
}

fn path(path: impl AsRef<Path>) -> Given {
    given(Form::Path(path.as_ref().to_str().expect("UTF-8").to_owned()))
}

/// Credentials say themselves which client and which key it is.
fn credentials(text: impl Into<String>) -> Given {
    Given { form: Form::Credentials(text.into()), options: Vec::new() }
}

fn credentials_file(bytes: impl Into<Vec<u8>>) -> Given {
    Given { form: Form::CredentialsFile(bytes.into()), options: Vec::new() }
}

impl Given {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Given {
        self.options.push((name, value.into()));
        self
    }

    fn without(mut self, name: &str) -> Given {
        self.options.retain(|(option, _)| *option != name);
        self
    }

    fn passphrase(self) -> Given {
        self.with("private_key_passphrase", PASSPHRASE)
    }

    /// Every way to hand it over: the option's name and its value.
    fn ways(&self, folder: &Path) -> Vec<(&'static str, String)> {
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

    fn client(&self, way: &(&'static str, String)) -> Result<Client, talkdesk_auth::Error> {
        let way = [(way.0, way.1.as_str()), ("token_endpoint", "https://t.example/oauth/token")];
        Client::new(way.into_iter().chain(self.options.iter().map(|(name, value)| (*name, value.as_str()))))
    }

    fn bytes(&self) -> &[u8] {
        match &self.form {
            Form::Key(text) | Form::Credentials(text) => text.as_bytes(),
            Form::File(bytes) | Form::CredentialsFile(bytes) => bytes,
            Form::Path(path) | Form::CredentialsPath(path) => path.as_bytes(),
        }
    }
}

// ------------------------------------------------------------------------------------------------------------ the checks

/// Fails unless the client signs by `algorithm` with the key whose public half is `public`.
fn check_signature(client: &Client, algorithm: &str, public: &[u8]) -> Result<(), String> {
    let assertion = client.assertion([]).map_err(|error| error.to_string())?;
    let (input, encoded) = assertion.jwt().rsplit_once('.').ok_or("no JWS")?;
    let header: serde_json::Value =
        serde_json::from_str(assertion.get("header").unwrap_or_default()).unwrap_or_default();
    let claims: serde_json::Value =
        serde_json::from_str(assertion.get("claims").unwrap_or_default()).unwrap_or_default();
    if header["alg"] != algorithm || client.get("algorithm") != Some(algorithm) {
        return Err(format!("signs by {}, not by {algorithm}", header["alg"]));
    }
    if header["kid"] != "k" || claims["iss"] != "c" {
        return Err(format!("registered as {} with key {}", claims["iss"], header["kid"]));
    }
    let signature = URL_SAFE_NO_PAD.decode(encoded).map_err(|error| error.to_string())?;
    UnparsedPublicKey::new(verifier(algorithm), public)
        .verify(input.as_bytes(), &signature)
        .map_err(|_| "signs with another key".to_owned())
}

fn verifier(algorithm: &str) -> &'static dyn VerificationAlgorithm {
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
        "EdDSA" => &signature::ED25519,
        _ => panic!("{algorithm}"),
    }
}

/// Every run of base64 in `bytes`, which is where a key is, and the base64 of the bytes themselves.
fn secrets(bytes: &[u8]) -> Vec<String> {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let text = String::from_utf8_lossy(bytes).replace('\0', "");
    let runs = text.split(|c| !is_base64(c)).filter(|run| run.len() >= 24).map(str::to_owned);
    runs.chain([STANDARD.encode(bytes)]).collect()
}

/// The first eight characters in a row that `shown` has from a secret.
fn leak(secrets: &[String], shown: &str) -> Option<String> {
    let windows = (0..shown.len()).filter_map(|at| shown.get(at..at + 8));
    windows.filter(|window| secrets.iter().any(|secret| secret.contains(window))).map(str::to_owned).next()
}

fn leak_of_error(secrets: &[String], error: &talkdesk_auth::Error) -> Option<String> {
    leak(secrets, &format!("{error} {error:?} {}", error.get("option").unwrap_or_default()))
}

// ------------------------------------------------------------------------------------------------------- what loads

struct Spelling {
    name: &'static str,
    algorithm: &'static str,
    public: Vec<u8>,
    given: Given,
}

fn spelling(name: &'static str, algorithm: &'static str, made: &Made, given: Given) -> Spelling {
    Spelling { name, algorithm, public: made.public.clone(), given }
}

/// The same P-256 key in every form that a text, a file or an environment variable gives it.
#[rustfmt::skip]
fn spellings_of_a_text() -> Vec<Spelling> {
    let (bare, pem) = (P256.bare(), P256.pem());
    let sec1 = armoured("EC PRIVATE KEY", &P256.traditional());
    let es256 = |name, given| spelling(name, "ES256", &P256, given);
    let es384 = |name, given| spelling(name, "ES384", &P384, given);
    let without_begin = pem.split_once('\n').expect("lines").1;
    let without_end = pem.rsplit_once("-----END").expect("an end").0;
    let armour_only = |label: &str| wrapped(label, &bare, "\n");
    vec![
        es256("the vendor's bare base64 body on one line", key(&bare)),
        es256("the bare body in lines of 64 characters", key(without_begin.split_once("-----").expect("an end").0)),
        es256("PEM", key(&pem)),
        es256("PEM under the label of SEC1, as in the vendor's mobile example", key(armour_only("EC PRIVATE KEY"))),
        es256("PEM under the label of PKCS#1", key(armour_only("RSA PRIVATE KEY"))),
        es256("PEM under the label of an encrypted key", key(armour_only("ENCRYPTED PRIVATE KEY"))),
        es256("PEM under the label of a public key", key(armour_only("PUBLIC KEY"))),
        es256("PEM under the label of a certificate", key(armour_only("CERTIFICATE"))),
        es256("PEM under the label of OpenSSH", key(armour_only("OPENSSH PRIVATE KEY"))),
        es256("PEM without a label", key(pem.replace(" PRIVATE KEY", " "))),
        es256("SEC1 PEM", key(&sec1)),
        es256("SEC1 under the label of PKCS#8", key(armoured("PRIVATE KEY", &P256.traditional()))),
        es256("bare base64 of SEC1", key(STANDARD.encode(P256.traditional()))),
        es256("CRLF", key(pem.replace('\n', "\r\n"))),
        es256("CR only", key(pem.replace('\n', "\r"))),
        es256("literal \\n", key(pem.replace('\n', "\\n"))),
        es256("literal \\r\\n", key(pem.replace('\n', "\\r\\n"))),
        es256("literal \\n, escaped twice", key(pem.replace('\n', "\\\\n"))),
        es256("\\n on lines that break as well", key(pem.replace('\n', "\\n\n"))),
        es256("escaped as JSON with \\/", key(pem.replace('\n', "\\n").replace('/', "\\/"))),
        es384("escaped as JSON with \\u003d", key(P384.bare().replace('=', "\\u003d").replace('+', "\\u002B"))),
        es256("lines that a shell continues", key(pem.replace('\n', "\\\n"))),
        es256("double quotes", key(format!("\"{pem}\""))),
        es256("single quotes", key(format!("'{}'", pem.trim()))),
        es256("quotes within quotes", key(format!("\"'{bare}'\"\n"))),
        es256("typographic quotes", key(format!("“{bare}”"))),
        es256("copied from JSON, with quotes and comma", key(format!("\"{bare}\",\n"))),
        es256("what Python prints of bytes", key(format!("b'{}'", pem.replace('\n', "\\n")))),
        es256("what Python prints of the bare body", key(format!("b'{bare}'"))),
        es256("string literals of a program", key(pem.lines().map(|line| format!("  \"{line}\\n\"\n")).collect::<String>())),
        es256("an assignment in front", key(format!("PRIVATE_KEY=\"{}\"", pem.replace('\n', "\\n")))),
        es256("a byte order mark", key(format!("\u{feff}{pem}"))),
        es256("a byte order mark before the bare body", key(format!("\u{feff}{bare}\r\n"))),
        es256("UTF-16, little endian", file(utf16(&pem, u16::to_le_bytes, true))),
        es256("UTF-16, big endian", file(utf16(&pem, u16::to_be_bytes, true))),
        es256("UTF-16 without a mark", file(utf16(&bare, u16::to_le_bytes, false))),
        es256("zero-width blanks", key(bare.replace('A', "\u{200b}A\u{2060}"))),
        es256("zero-width blanks in the armour", key(pem.replace("BEGIN", "\u{200b}BEGIN\u{ad}"))),
        es256("no-break spaces", key(pem.replace('\n', "\n\u{a0}\u{3000}"))),
        es256("white space at every line's ends", key(pem.lines().map(|line| format!(" \t{line}  \n")).collect::<String>())),
        es256("empty lines in between", key(format!("\n\n{}\n\n", pem.replace('\n', "\n\n")))),
        es256("PEM on one line, with spaces", key(pem.replace('\n', " "))),
        es256("PEM on one line, with nothing between", key(pem.replace('\n', ""))),
        es256("PEM in lines of 20 characters", key(wrapped("PRIVATE KEY", &bare, "\n").replace("AA", "AA\n"))),
        es256("four hyphens", key(pem.replace("-----", "----"))),
        es256("blanks within the armour", key(pem.replace("-----BEGIN", "----- BEGIN").replace("KEY-----", "KEY -----").replace("-----END", "-----  END"))),
        es256("armour in small letters", key(pem.replace("BEGIN PRIVATE KEY", "begin private key").replace("END PRIVATE KEY", "end private key"))),
        es256("dashes in place of hyphens", key(pem.replace("-----", "—–"))),
        es256("no BEGIN line", key(without_begin)),
        es256("no END line", key(without_end)),
        es256("headers above the body", key(pem.replacen("KEY-----\n", "KEY-----\nComment: a key\nX-Name: k\n\n", 1))),
        es256("text around the block", key(openssl_text("pkey -text", &pem))),
        es256("a name in Latin-1 above the block", file([b"friendlyName: M\xfcller\n", pem.as_bytes()].concat())),
        es256("base64url", key(base64url(&P256.der))),
        spelling("base64url that ends with a hyphen", "ES256", &HYPHEN, key(base64url(&HYPHEN.der))),
        spelling("base64url that ends with a hyphen, in armour", "ES256", &HYPHEN, key(wrapped("PRIVATE KEY", &base64url(&HYPHEN.der), "\n"))),
        es384("base64 without its padding", key(P384.bare().trim_end_matches('='))),
        es384("base64 with too much padding", key(P384.bare() + "==")),
        es384("base64url with padding", key(P384.bare().replace('+', "-").replace('/', "_"))),
        es256("base64 of the whole PEM", key(STANDARD.encode(&pem))),
        es256("base64 of the bare body", key(STANDARD.encode(&bare))),
        es256("base64 of base64 of the PEM", key(STANDARD.encode(STANDARD.encode(&pem)))),
        es256("base64 of PEM in UTF-16", key(STANDARD.encode(utf16(&pem, u16::to_le_bytes, true)))),
    ]
}

/// Every structure, curve and size.
#[rustfmt::skip]
fn spellings_of_bytes() -> Vec<Spelling> {
    let pkcs1 = |made: &Made| armoured("RSA PRIVATE KEY", &made.traditional());
    let explicit = openssl("ec -inform DER -param_enc explicit", P256.traditional());
    let generated = openssl_text("ecparam -name secp384r1 -genkey", "");
    let of_generated = Made::from(generated.as_bytes());
    let newline = |der: &[u8]| [der, b"\r\n"].concat();
    vec![
        spelling("PKCS#8 as DER", "ES256", &P256, file(P256.der.clone())),
        spelling("PKCS#8 as DER with a line break behind it", "ES256", &P256, file(newline(&P256.der))),
        spelling("base64 of DER with a line break behind it", "ES256", &P256, key(STANDARD.encode(newline(&P256.der)))),
        spelling("SEC1 as DER", "ES256", &P256, file(P256.traditional())),
        spelling("PKCS#8 with attributes", "ES256", &P256, key(armoured("PRIVATE KEY", &with_attributes(&P256)))),
        spelling("PKCS#8 v2 of P-256", "ES256", &P256, file(version_two(&P256, 0x81, &[]))),
        spelling("SEC1 without the public key", "ES256", &P256, key(without_public(&P256))),
        spelling("PKCS#8 without the public key", "ES256", &P256, key(openssl_text("pkcs8 -topk8 -nocrypt", without_public(&P256)))),
        spelling("SEC1 with the curve's parameters spelled out", "ES256", &P256, file(explicit.clone())),
        spelling("PKCS#8 with the curve's parameters spelled out", "ES256", &P256, file(openssl("pkcs8 -topk8 -nocrypt", explicit))),
        spelling("openssl ecparam -genkey with its EC PARAMETERS", "ES384", &of_generated, key(generated)),
        spelling("P-384 PEM", "ES384", &P384, key(P384.pem())),
        spelling("P-384 SEC1", "ES384", &P384, key(armoured("EC PRIVATE KEY", &P384.traditional()))),
        spelling("P-521 PEM", "ES512", &P521, key(P521.pem())),
        spelling("P-521 SEC1 as DER", "ES512", &P521, file(P521.traditional())),
        spelling("P-521 bare", "ES512", &P521, key(P521.bare())),
        spelling("Ed25519 PKCS#8 v1 PEM", "EdDSA", &ED25519, key(ED25519.pem())),
        spelling("Ed25519 bare", "EdDSA", &ED25519, key(ED25519.bare())),
        spelling("Ed25519 DER", "EdDSA", &ED25519, file(ED25519.der.clone())),
        spelling("Ed25519 DER with a line break behind it", "EdDSA", &ED25519, file(newline(&ED25519.der))),
        spelling("Ed25519 PKCS#8 v2", "EdDSA", &ED25519, file(version_two(&ED25519, 0x81, &[]))),
        spelling("Ed25519 PKCS#8 v2 as ring writes it", "EdDSA", &ED25519, file(version_two(&ED25519, 0xa1, &[3, 33]))),
        spelling("Ed25519 with attributes", "EdDSA", &ED25519, file(with_attributes(&ED25519))),
        spelling("RSA PKCS#8 PEM", "PS256", &RSA2048, key(RSA2048.pem())),
        spelling("RSA PKCS#8 bare", "PS256", &RSA2048, key(RSA2048.bare())),
        spelling("RSA PKCS#8 DER", "PS256", &RSA2048, file(RSA2048.der.clone())),
        spelling("PKCS#1 PEM", "PS256", &RSA2048, key(pkcs1(&RSA2048))),
        spelling("PKCS#1 DER", "PS256", &RSA2048, file(RSA2048.traditional())),
        spelling("PKCS#1 bare", "PS256", &RSA2048, key(STANDARD.encode(RSA2048.traditional()))),
        spelling("PKCS#1 under the label of PKCS#8", "PS256", &RSA2048, key(armoured("PRIVATE KEY", &RSA2048.traditional()))),
        spelling("PKCS#1 under the label of an EC key", "PS256", &RSA2048, key(armoured("EC PRIVATE KEY", &RSA2048.traditional()))),
        spelling("PKCS#1 with literal \\n", "PS256", &RSA2048, key(pkcs1(&RSA2048).replace('\n', "\\n"))),
        spelling("RSA with attributes", "PS256", &RSA2048, file(with_attributes(&RSA2048))),
        spelling("RSA with the public exponent 3", "PS256", &RSA2048_E3, key(RSA2048_E3.pem())),
        spelling("RSA of 3072 bits", "PS384", &RSA3072, key(RSA3072.pem()).with("algorithm", "PS384")),
        spelling("RSA of 4096 bits", "PS512", &RSA4096, key(RSA4096.pem()).with("algorithm", "PS512")),
        spelling("RSA for RS256", "RS256", &RSA2048, key(RSA2048.pem()).with("algorithm", "RS256")),
        spelling("RSA for RS384", "RS384", &RSA2048, key(RSA2048.pem()).with("algorithm", "RS384")),
        spelling("RSA for RS512", "RS512", &RSA2048, key(pkcs1(&RSA2048)).with("algorithm", "RS512")),
        spelling("RSA-PSS", "PS256", &PSS, key(PSS.pem())),
        spelling("RSA-PSS for PS512", "PS512", &PSS, key(PSS.bare()).with("algorithm", "PS512")),
        spelling("RSA-PSS bound to SHA-256", "PS256", &PSS256, key(PSS256.pem())),
        spelling("RSA-PSS bound to SHA-384 and a salt of 20 bytes at least", "PS384", &PSS384, key(PSS384.pem())),
        spelling("RSA-PSS bound to SHA-512", "PS512", &PSS512, file(PSS512.der.clone())),
    ]
}

#[rustfmt::skip]
fn spellings_of_encryption() -> Vec<Spelling> {
    let p256 = |name, arguments| spelling(name, "ES256", &P256, key(P256.encrypted(arguments)).passphrase());
    let bare = |pem: String| pem.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    let foreign = openssl_text("pkcs8 -topk8 -inform DER -passout pass:pässwörd", &P256.der);
    vec![
        p256("PBES2 as openssl writes it", "-v2 aes-256-cbc"),
        p256("PBES2 with AES-128", "-v2 aes-128-cbc"),
        p256("PBES2 with AES-192", "-v2 aes-192-cbc"),
        p256("PBES2 with triple DES and HMAC-SHA-1", "-v2 des3 -v2prf hmacWithSHA1"),
        p256("PBES2 with HMAC-SHA-256", "-v2 aes-128-cbc -v2prf hmacWithSHA256"),
        p256("PBES2 with HMAC-SHA-512", "-v2 aes-256-cbc -v2prf hmacWithSHA512"),
        p256("PBES2 with scrypt", "-scrypt"),
        spelling("PBES2 as DER", "ES256", &P256, file(openssl(&format!("pkcs8 -topk8 -inform DER -outform DER -passout pass:{PASSPHRASE}"), &P256.der)).passphrase()),
        spelling("PBES2 bare", "ES384", &P384, key(bare(P384.encrypted("-v2 aes256"))).passphrase()),
        spelling("PBES2 under the label of PKCS#8", "ES256", &P256, key(P256.encrypted("-v2 aes256").replace("ENCRYPTED ", "")).passphrase()),
        spelling("PBES2 with literal \\n", "PS256", &RSA2048, key(RSA2048.encrypted("-v2 aes256").replace('\n', "\\n")).passphrase()),
        spelling("PBES2 of Ed25519", "EdDSA", &ED25519, key(ED25519.encrypted("-v2 aes256")).passphrase()),
        spelling("PBES2 of RSA-PSS", "PS512", &PSS512, key(PSS512.encrypted("-v2 aes256")).passphrase()),
        spelling("a passphrase beyond ASCII", "ES256", &P256, key(foreign).with("private_key_passphrase", "pässwörd")),
        spelling("a passphrase that is not needed", "ES256", &P256, key(P256.pem()).passphrase()),
    ]
}

#[rustfmt::skip]
fn spellings_in_bundles() -> Vec<Spelling> {
    let certificate = certificate();
    let store = openssl(&format!("pkcs12 -export -name müller -passout pass:{PASSPHRASE}"), P256.pem() + &certificate);
    let bags = openssl(&format!("pkcs12 -nodes -passin pass:{PASSPHRASE}"), store);
    assert!(bags.starts_with(b"Bag Attributes") && std::str::from_utf8(&bags).is_err(), "a name in Latin-1");
    let parameters = openssl_text("genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048", "");
    let es256 = |name, given| spelling(name, "ES256", &P256, given);
    vec![
        es256("what openssl pkcs12 takes out of a store, with its bag attributes", file(bags)),
        es256("a certificate in front", key(certificate.clone() + &P256.pem())),
        es256("a certificate behind", key(P256.pem() + &certificate)),
        es256("a certificate in front of an encrypted key", key(certificate.clone() + &P256.encrypted("-v2 aes256")).passphrase()),
        es256("the public key behind", key(P256.pem() + &P256.public_pem())),
        es256("Diffie-Hellman parameters in front", key(parameters + &P256.pem())),
    ]
}

#[rustfmt::skip]
fn spellings_of_jwks() -> Vec<Spelling> {
    let p256 = ec_jwk("P-256", &P256);
    let named = |more: &str| ec_jwk_of("P-256", &ec_numbers(&P256), more);
    let [d, x, y] = ec_numbers(&SMALL);
    let stripped = [&d, &x, &y].map(|number| number.iter().copied().skip_while(|byte| *byte == 0).collect());
    let signed = ec_numbers(&P256).map(|number| [vec![0], number].concat());
    let padded = p256.replace("\",\"", "=\",\"").replace("EC=", "EC").replace("P-256=", "P-256");
    let public = |made: &Made, curve| without_member(&ec_jwk(curve, made), "d");
    let set = format!(r#"{{"keys":[{},{p256},{}]}}"#, public(&P384, "P-384"), public(&P521, "P-521"));
    let es256 = |name, given| spelling(name, "ES256", &P256, given);
    let rsa = |alg: &str| rsa_jwk(&RSA2048).replace("\"use\"", &format!("\"alg\":\"{alg}\",\"use\""));
    vec![
        es256("JWK of P-256", key(&p256)),
        spelling("JWK of P-384", "ES384", &P384, key(ec_jwk("P-384", &P384))),
        spelling("JWK of P-521", "ES512", &P521, key(ec_jwk("P-521", &P521))),
        spelling("JWK of Ed25519", "EdDSA", &ED25519, key(okp_jwk(&ED25519))),
        spelling("JWK of RSA", "PS256", &RSA2048, key(rsa_jwk(&RSA2048))),
        spelling("JWK of RSA of 4096 bits", "PS256", &RSA4096, key(rsa_jwk(&RSA4096))),
        spelling("JWK of RSA whose alg says how to sign", "RS512", &RSA2048, key(rsa("RS512"))),
        spelling("JWK whose alg gives way to the option", "PS384", &RSA2048, key(rsa("RS512")).with("algorithm", "PS384")),
        spelling("JWK whose unknown alg gives way to the option", "PS384", &RSA2048, key(rsa("RSA-OAEP")).with("algorithm", "PS384")),
        es256("JWK whose kid is the key id", key(named(r#","kid":"k","alg":"ES256""#)).without("key_id")),
        es256("JWK whose kid gives way to the option", key(named(r#","kid":"other""#))),
        es256("JWK with padding", key(padded)),
        es256("JWK in the alphabet of plain base64", key(p256.replace('-', "+").replace("P+256", "P-256").replace('_', "/"))),
        spelling("JWK without leading zeros", "ES256", &SMALL, key(ec_jwk_of("P-256", &stripped, ""))),
        es256("JWK with a zero before each number", key(ec_jwk_of("P-256", &signed, ""))),
        es256("JWK over several lines, with a byte order mark", key(format!("\u{feff}{}\n", p256.replace(',', ",\r\n  ")))),
        es256("JWK in UTF-16", file(utf16(&p256, u16::to_le_bytes, true))),
        es256("JWK in quotes, escaped", key(format!("\"{}\"", p256.replace('"', "\\\"")))),
        es256("base64 of a JWK", key(STANDARD.encode(&p256))),
        es256("JWK Set with one private key", key(set)),
    ]
}

/// The shapes in which the vendor hands a client out.
#[rustfmt::skip]
fn spellings_of_credentials() -> Vec<Spelling> {
    let bare = P256.bare();
    let client_file = format!(r#"{{"id":"c","secret":"s","private_key":"{bare}","key_id":"k"}}"#);
    let event = |private_key: &str, algorithm: &str| {
        format!(
            r#"{{"type":"app.installed","data":{{"client_id":"c","client_secret":"s","private_key":"{private_key}","public_key":"{}",
            "key_id":"k","key_algorithm":"{algorithm}","account_id":"1","account_name":"acme",
            "_links":{{"token":{{"href":"https://acme.talkdeskid.com/oauth/token"}}}}}}}}"#,
            base64url(&P256.public)
        )
    };
    let es256 = |name, given| spelling(name, "ES256", &P256, given);
    let other = format!(r#"{{"id":"other","private_key":"{}","key_id":"other","key_algorithm":"ES384"}}"#, P384.bare());
    vec![
        es256("the OAuth client file", credentials(&client_file)),
        es256("the OAuth client file inside an array", credentials(format!("[\n{client_file}\n]"))),
        es256("the OAuth client file with a byte order mark", credentials(format!("\u{feff}{client_file}\r\n"))),
        es256("the OAuth client file in UTF-16", credentials_file(utf16(&client_file, u16::to_le_bytes, true))),
        es256("the app.installed event", credentials(event(&bare, "ES256"))),
        es256("PEM in it", credentials(event(&P256.pem().replace('\n', "\\n"), "ES256"))),
        es256("PEM in it, escaped with \\/ and twice", credentials(event(&P256.pem().replace('/', "\\/").replace('\n', "\\\\n"), "ES256"))),
        es256("null in place of what is not there", credentials(client_file.replace("\"s\"", "null").replace("}", ",\"key_algorithm\":null}"))),
        es256("a JWK in it", credentials(client_file.replace(&bare, &ec_jwk("P-256", &P256).replace('"', "\\\"")))),
        spelling("key_algorithm says how to sign", "RS384", &RSA2048, credentials(event(&RSA2048.bare(), "RS384"))),
        spelling("key_algorithm gives way to the option", "PS512", &RSA2048, credentials(event(&RSA2048.bare(), "RS384")).with("algorithm", "PS512")),
        spelling("an encrypted key in it", "ES256", &P256, credentials(event(&P256.encrypted("-v2 aes256").replace('\n', "\\n"), "ES256")).passphrase()),
        es256("options that win over what is empty or no text", key(&bare).with("credentials", r#"{"id":7,"private_key":"","key_id":" ","key_algorithm":[]}"#).with("algorithm", "ES256")),
        spelling("key_algorithm beside a key of its own", "RS512", &RSA2048, key(RSA2048.bare()).without("client_id").without("key_id").with("credentials", event("", "RS512"))),
        es256("options that win over all of it", key(&bare).with("credentials", other).with("algorithm", "ES256")),
        es256("credentials that hold everything but the key", key(&bare).without("client_id").without("key_id").with("credentials", without_member(&client_file, "private_key"))),
    ]
}

fn certificate() -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key.pem");
    fs::write(&key, P256.pem()).expect("a file");
    openssl_text(&format!("req -x509 -subj /CN=acme -days 30 -key {}", key.to_str().expect("UTF-8")), "")
}

#[test]
fn every_spelling_loads_and_signs_as_the_key_that_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let tables = [
        spellings_of_a_text(),
        spellings_of_bytes(),
        spellings_of_encryption(),
        spellings_in_bundles(),
        spellings_of_jwks(),
        spellings_of_credentials(),
    ];
    let rows: Vec<Spelling> = tables.into_iter().flatten().collect();
    let mut failures = Vec::new();
    for row in &rows {
        for way in row.given.ways(folder.path()) {
            let outcome = row.given.client(&way).map_err(|error| error.to_string()).and_then(|client| {
                check_signature(&client, row.algorithm, &row.public)?;
                leak(&secrets(row.given.bytes()), &format!("{client:?}"))
                    .map_or(Ok(()), |leak| Err(format!("leaks {leak}")))
            });
            if let Err(failure) = outcome {
                failures.push(format!("{} as {}: {failure}", row.name, way.0));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {} spellings:\n{}", failures.len(), rows.len(), failures.join("\n"));
    check_names(rows.iter().map(|row| row.name), 55);
}

/// No row stands twice, and none got lost.
fn check_names<'a>(names: impl Iterator<Item = &'a str>, least: usize) {
    let names: Vec<&str> = names.collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "a name stands twice");
    assert!(names.len() >= least, "{} rows", names.len());
}

#[test]
fn a_key_comes_through_a_pipe() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::write(pipe, P256.pem()).expect("the pipe takes the key")
    });
    let given = path(&pipe);
    let client = given.client(&given.ways(folder.path())[0]).expect("the key loads");
    check_signature(&client, "ES256", &P256.public).expect("the key is the one");
    writer.join().expect("the writer ends");
}

// -------------------------------------------------------------------------------------------------------- what fails

struct Broken {
    name: &'static str,
    /// What the message must say.
    phrase: &'static str,
    code: ErrorCode,
    /// The option at fault; the one that the key came by where it is not named.
    option: Option<&'static str>,
    given: Given,
}

fn broken(name: &'static str, phrase: &'static str, given: Given) -> Broken {
    Broken { name, phrase, code: ErrorCode::InvalidKey, option: None, given }
}

impl Broken {
    fn option(self, option: Option<&'static str>) -> Broken {
        Broken { code: ErrorCode::InvalidOption, option, ..self }
    }
}

/// Other things than private keys.
#[rustfmt::skip]
fn what_is_no_private_key() -> Vec<Broken> {
    let certificate = certificate();
    let folder = tempfile::tempdir().expect("a folder");
    let file_of = |name: &str, content: &str| {
        fs::write(folder.path().join(name), content).expect("a file");
        folder.path().join(name).to_str().expect("UTF-8").to_owned()
    };
    let request = openssl_text(&format!("req -new -subj /CN=acme -key {}", file_of("key", &P256.pem())), "");
    let pkcs7 = openssl_text(&format!("crl2pkcs7 -nocrl -certfile {}", file_of("certificate", &certificate)), "");
    let pkcs12 = openssl(&format!("pkcs12 -export -passout pass:{PASSPHRASE}"), P256.pem() + &certificate);
    let parameters = openssl_text("ecparam -name prime256v1", "");
    let of_dh = openssl_text("dhparam 512", "");
    let ssh = [&b"\0\0\0\x0bssh-ed25519\0\0\0\x20"[..], &ED25519.public].concat();
    let openssh = [&b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01"[..], &ssh, &ED25519.der].concat();
    let public_jwk = without_member(&ec_jwk("P-256", &P256), "d");
    vec![
        broken("public key", "this is a public key; give the private key", key(P256.public_pem())),
        broken("public key as DER", "this is a public key", file(body_of(&RSA2048.public_pem()))),
        broken("public key under a private key's label", "this is a public key", key(P256.public_pem().replace("PUBLIC", "PRIVATE"))),
        broken("RSA public key of PKCS#1", "this is an RSA public key; give the private key", key(openssl_text("rsa -RSAPublicKey_out", RSA2048.pem()))),
        broken("SSH public key", "this is an SSH public key; give the private key", key(format!("ssh-ed25519 {} me@host\n", STANDARD.encode(&ssh)))),
        broken("SSH public key's base64", "this is an SSH public key", key(STANDARD.encode(&ssh))),
        broken("public JWK", "this is a public key: the JWK has no d", key(&public_jwk)),
        broken("public JWK Set", "a JWK Set without a private key", key(format!(r#"{{"keys":[{public_jwk}]}}"#))),
        broken("certificate", "this is a certificate; give the private key that belongs to it", key(&certificate)),
        broken("certificate as DER", "this is a certificate", file(body_of(&certificate))),
        broken("certificate under a private key's label", "this is a certificate", key(certificate.replace("CERTIFICATE", "PRIVATE KEY"))),
        broken("certificate request", "this is a certificate request; give the private key", key(request)),
        broken("PKCS#7", "this is a PKCS#7 or CMS message", key(pkcs7)),
        broken("PKCS#12", "take the key out of it: openssl pkcs12", file(pkcs12.clone())),
        broken("base64 of PKCS#12", "take the key out of it: openssl pkcs12", key(STANDARD.encode(pkcs12))),
        broken("OpenSSH", "convert a copy of it: ssh-keygen -p -m PKCS8", key(armoured("OPENSSH PRIVATE KEY", &openssh))),
        broken("OpenSSH without armour", "convert a copy of it: ssh-keygen -p -m PKCS8", key(STANDARD.encode(&openssh))),
        broken("SSH2", "convert it: ssh-keygen -i -m PKCS8", key(format!("---- BEGIN SSH2 PUBLIC KEY ----\n{}\n---- END SSH2 PUBLIC KEY ----\n", STANDARD.encode(&ssh)))),
        broken("PuTTY", "convert it: puttygen", key(format!("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 2\n{}\n", ED25519.bare()))),
        broken("PGP", "this is an OpenPGP key", key(format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n", RSA2048.bare()))),
        broken("curve parameters", "these are the parameters of a curve; give the private key", key(parameters)),
        broken("Diffie-Hellman parameters", "these are Diffie-Hellman parameters", key(of_dh)),
        broken("symmetric JWK", "a symmetric JWK", key(format!(r#"{{"kty":"oct","k":"{}","d":"AA"}}"#, base64url(&P256.der)))),
        broken("HTML", "this is HTML or XML", key("<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1></body></html>\n")),
        broken("JSON that is no key", "it has no kty", key(r#"{"error":"not_found"}"#)),
        broken("JSON that is an array", "it is an array", key("[1, 2]")),
        broken("JSON that breaks off", "begins like JSON, but is none", key(&ec_jwk("P-256", &P256)[..100])),
        broken("the vendor's client file", "give them as credentials or credentials_file", key(format!(r#"{{"id":"c","private_key":"{}","key_id":"k"}}"#, P256.bare()))),
        broken("the vendor's event", "give them as credentials or credentials_file", key(format!(r#"{{"data":{{"client_id":"c","private_key":"{}"}}}}"#, P256.bare()))),
        broken("a JWT", "this is a JWT", key("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl")),
        broken("hexadecimal", "hexadecimal; give PEM", key(P256.der.iter().map(|byte| format!("{byte:02x}")).collect::<String>())),
        broken("hexadecimal as openssl prints it", "hexadecimal; give PEM", key(P256.der.iter().map(|byte| format!("{byte:02X}:")).collect::<String>())),
        broken("a path", "use private_key_file", key("/etc/talkdesk/client.key")),
        broken("a relative path", "use private_key_file", key("keys/talkdesk.pem")),
        broken("a Windows path", "use private_key_file", key("C:\\keys\\new.pem")),
        broken("prose", "is none of its characters; copy the key again", key("see the password safe (ask Ann)")),
        broken("a word", "give PEM, the bare base64 of a PKCS#8 key, DER or a JWK", key("TODO")),
        broken("white space only", "empty; give the private key", key(" \r\n\t\u{feff}\n")),
        broken("quotes only", "empty; give the private key", key("\"\"")),
        broken("binary junk", "neither text nor DER", file([0x80, 0x02, 0xff, 0x00, 0xfe, 0x91])),
        broken("a compressed file", "neither text nor DER", file([&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0], &P256.der[..]].concat())),
        broken("other DER", "DER, but no private key that is known here", file(tlv(0x30, &[&tlv(0x30, &[]), &tlv(0x30, &[])]))),
    ]
}

/// Private keys that can't be used.
#[rustfmt::skip]
fn keys_of_the_wrong_kind() -> Vec<Broken> {
    let made = |command: &str| key(openssl_text(command, ""));
    let curve = |name: &str| key(openssl_text(&format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:{name}"), ""));
    let dsa = openssl_text("dsaparam -genkey -noout 1024", "");
    let long = tlv(0x30, &[&[2, 1, 0], &tlv(2, &[&[1; 1025]]), &[2, 3, 1, 0, 1].repeat(7)]);
    let jwk = ec_jwk("P-256", &P256);
    let pss = |options: &str| {
        key(openssl_text(&format!("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 {options}"), ""))
    };
    vec![
        broken("RSA of 1024 bits", "RSA key of 1024 bits: 2048 or more are needed", made("genrsa 1024")),
        broken("PKCS#1 of 1024 bits", "RSA key of 1024 bits: 2048 or more are needed", made("genrsa -traditional 1024")),
        broken("RSA of 512 bits", "RSA key of 512 bits: 2048 or more are needed", made("genrsa 512")),
        broken("RSA-PSS of 1024 bits", "RSA key of 1024 bits", made("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:1024")),
        broken("JWK of 1024 bits", "RSA key of 1024 bits", key(rsa_jwk(&Made::by("genrsa 1024")))),
        broken("RSA of 8193 bits", "RSA key of 8193 bits: 8192 is the most", file(long)),
        broken("RSA of three primes", "RSA key of more than two primes; make one of two", made("genrsa -primes 3 2048")),
        broken("JWK of three primes", "RSA key of more than two primes", key(rsa_jwk(&RSA2048).replace("\"use\"", "\"oth\":[{}],\"use\""))),
        broken("JWK without primes", "an RSA JWK without its primes", key(without_member(&rsa_jwk(&RSA2048), "p"))),
        broken("secp256k1", "EC key on the curve secp256k1; use P-256, P-384 or P-521", curve("secp256k1")),
        broken("secp256k1 as SEC1", "EC key on the curve secp256k1", made("ecparam -genkey -noout -name secp256k1")),
        broken("secp256k1 without its public key", "EC key on the curve secp256k1", key(openssl_text("pkcs8 -topk8 -nocrypt", openssl("ec -no_public", openssl("ecparam -genkey -noout -name secp256k1", ""))))),
        broken("secp256k1 with its parameters spelled out", "EC key on an unknown curve", made("ecparam -genkey -noout -name secp256k1 -param_enc explicit")),
        broken("JWK of secp256k1", "EC key on the curve secp256k1", key(jwk.replace("P-256", "secp256k1"))),
        broken("JWK of an unknown curve", "use P-256, P-384 or P-521", key(jwk.replace("P-256", "P-255"))),
        broken("P-224", "EC key on the curve P-224", curve("P-224")),
        broken("P-192", "EC key on the curve P-192", curve("P-192")),
        broken("brainpool", "EC key on the curve brainpoolP256r1", curve("brainpoolP256r1")),
        broken("Ed448", "this is an Ed448 key; use a P-256, P-384, P-521, RSA or Ed25519 key", made("genpkey -algorithm ED448")),
        broken("JWK of Ed448", "this is an Ed448 key", key(okp_jwk(&ED25519).replace("Ed25519", "Ed448"))),
        broken("X25519", "this is an X25519 key, which does not sign", made("genpkey -algorithm X25519")),
        broken("X448", "this is an X448 key, which does not sign", made("genpkey -algorithm X448")),
        broken("JWK of X25519", "which does not sign; use Ed25519", key(okp_jwk(&ED25519).replace("Ed25519", "X25519"))),
        broken("DSA", "this is a DSA key", key(openssl_text("pkcs8 -topk8 -nocrypt", &dsa))),
        broken("DSA in OpenSSL's form", "this is a DSA key", key(openssl_text("dsa", &dsa))),
        broken("Diffie-Hellman", "this is a Diffie-Hellman key", made("genpkey -algorithm DH -pkeyopt group:ffdhe2048")),
        broken("JWK of an unknown kty", "a JWK of an unknown kty; use EC, RSA or OKP", key(jwk.replace("\"EC\"", "\"EK\""))),
        broken("JWK for encryption", "give the one for signatures", key(rsa_jwk(&RSA2048).replace("\"sig\"", "\"enc\""))),
        broken("RSA-PSS bound to SHA-1", "bound to a hash that no algorithm here uses", pss("-pkeyopt rsa_pss_keygen_md:sha1 -pkeyopt rsa_pss_keygen_mgf1_md:sha1 -pkeyopt rsa_pss_keygen_saltlen:20")),
        broken("RSA-PSS bound to two hashes", "bound to two different hashes; make another", pss("-pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:32")),
        broken("RSA-PSS bound to a long salt", "bound to a salt of 48 bytes, where PS256 has 32", pss("-pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:48")),
    ]
}

#[rustfmt::skip]
fn keys_that_stay_closed() -> Vec<Broken> {
    let encrypted = P256.encrypted("-v2 aes256");
    let traditional = openssl_text(&format!("rsa -traditional -aes128 -passout pass:{PASSPHRASE}"), RSA2048.pem());
    let md5_des = tlv(
        0x30,
        &[
            &tlv(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 3]]),
            &tlv(0x30, &[&tlv(4, &[&[7; 8]]), &[2, 2, 8, 0]]),
        ],
    );
    let pbes1 = tlv(0x30, &[&md5_des, &tlv(4, &[&P256.der])]);
    vec![
        broken("no passphrase", "encrypted: set private_key_passphrase", key(&encrypted)),
        broken("no passphrase for a key behind a certificate", "encrypted: set private_key_passphrase", key(certificate() + &encrypted)),
        broken("the wrong passphrase", "private_key_passphrase does not open it; check the passphrase", key(&encrypted).with("private_key_passphrase", "wrong")),
        broken("an empty passphrase", "private_key_passphrase does not open it", key(&encrypted).with("private_key_passphrase", "")),
        broken("encrypted in the traditional way", "convert it: openssl pkcs8 -topk8", key(&traditional).passphrase()),
        broken("PBES1", "encrypted by PBES1, which is broken; encrypt it anew", file(pbes1).passphrase()),
        broken("PBES1 of PKCS#12", "encrypted by PBES1, which is broken; encrypt it anew", key(P256.encrypted("-v1 PBE-SHA1-3DES")).passphrase()),
        broken("PBES2 with Camellia", "encrypted by an algorithm that is not supported", key(P256.encrypted("-v2 camellia256")).passphrase()),
        broken("PBES2 of a curve that is not supported", "EC key on the curve P-224", key(Made::by("ecparam -genkey -noout -name secp224r1").encrypted("-v2 aes256")).passphrase()),
        broken("scrypt at no cost", "a cost that is out of bounds", file(scrypt(&[2, 1, 0])).passphrase()),
        broken("scrypt at a cost that no machine pays", "a cost that is out of bounds", file(scrypt(&[2, 6, 0x40, 0, 0, 0, 0, 0])).passphrase()),
        broken("PBKDF2 for hours", "a cost that is out of bounds", file(pbkdf2(&[2, 4, 0x7f, 0xff, 0xff, 0xff])).passphrase()),
    ]
}

#[rustfmt::skip]
fn keys_that_suffered() -> Vec<Broken> {
    let flipped = |der: &[u8], at: usize| {
        let mut der = der.to_vec();
        der[at] ^= 1;
        der
    };
    let bare = P256.bare();
    let jwk = ec_jwk("P-256", &P256);
    let (middle, rsa) = (P256.der.len() / 3, RSA2048.traditional());
    let other = [P256.pem(), P384.pem()].concat();
    let mut swapped = ec_numbers(&P256);
    swapped.swap(1, 2);
    vec![
        broken("a body cut short", "cut short: its encoding says 138 bytes", key(&bare[..160])),
        broken("PEM cut short", "cut short", key(&P256.pem()[..120])),
        broken("DER cut short", "cut short", file(&P384.der[..100])),
        broken("Ed25519 DER cut short", "cut short", file(&version_two(&ED25519, 0x81, &[])[..40])),
        broken("a body that lost its first line", "give PEM, the bare base64 of a PKCS#8 key, DER or a JWK", key(&bare[64..])),
        broken("a body that lost its first line and begins with a slash", "give PEM, the bare base64 of a PKCS#8 key, DER or a JWK", key(&SLASH.bare()[64..])),
        broken("a file's name in place of the key", "this looks like the name of a file; use private_key_file", key("/etc/talkdesk/key")),
        broken("a long file's name", "this looks like the name of a file; use private_key_file", key(format!("/{}/of_a_client", "srv/keys".repeat(8)))),
        broken("a body that lost a character", "cut short", key(format!("{}{}", &bare[..90], &bare[91..]))),
        broken("a body that lost three characters", "damaged base64", key(format!("{}{}", &bare[..90], &bare[93..]))),
        broken("a foreign character", "is none of its characters; copy the key again", key(bare.replacen(&bare[100..101], "*", 1))),
        broken("bytes behind the DER", "3 bytes too many behind the key", file([&P256.der[..], &[1, 2, 3]].concat())),
        broken("bytes behind the DER in base64", "3 bytes too many behind the key", key(STANDARD.encode([&P256.der[..], &[1, 2, 3]].concat()))),
        broken("bytes behind the DER of Ed25519", "1 bytes too many behind the key", key(STANDARD.encode([&ED25519.der[..], &[1]].concat()))),
        broken("a flipped bit in a P-256 key", "P-256 key, but damaged", file(flipped(&P256.der, middle))),
        broken("a flipped bit in a P-521 key", "P-521 key, but damaged", file(flipped(&P521.traditional(), 20))),
        broken("a flipped bit in an RSA key", "RSA key, but damaged", file(flipped(&rsa, rsa.len() / 2))),
        broken("a flipped bit in an RSA key's PKCS#8", "RSA key, but damaged", key(STANDARD.encode(flipped(&RSA3072.der, 900)))),
        broken("a flipped bit in an Ed25519 key", "Ed25519 key, but damaged", file(flipped(&version_two(&ED25519, 0x81, &[]), 20))),
        broken("PKCS#8 v2 of Ed25519 without its public key", "Ed25519 key, but damaged", file(flipped(&ED25519.der, 4))),
        broken("JWK whose numbers do not fit", "d, x and y do not fit together", key(ec_jwk_of("P-256", &swapped, ""))),
        broken("JWK with a number of another curve", "a number too long for its curve", key(ec_jwk("P-256", &P384))),
        broken("JWK without y", "the JWK has no text y", key(without_member(&jwk, "y"))),
        broken("JWK whose d is no text", "the JWK has no text d", key(jwk.replace("\"d\":\"", "\"d\":1,\"d2\":\""))),
        broken("JWK whose d is no base64url", "the JWK's d is no base64url", key(jwk.replace("\"d\":\"", "\"d\":\"*"))),
        broken("JWK of Ed25519 with another x", "d and x do not fit together", key(okp_jwk(&Made { public: P256.public[1..33].to_vec(), der: ED25519.der.clone() }))),
        broken("two keys", "2 private keys where one is needed", key(&other)),
        broken("two keys of which one can't be used", "2 private keys where one is needed", key(P256.pem() + &P384.encrypted("-v2 aes256"))),
        broken("JWK Set with two private keys", "a JWK Set with more than one private key", key(format!(r#"{{"keys":[{jwk},{}]}}"#, okp_jwk(&ED25519)))),
        broken("armour with nothing in it", "nothing between the armour lines", key("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")),
        broken("an armour line that does not end", "it reads -----BEGIN PRIVATE KEY-----", key(format!("-----BEGIN PRIVATE KEY {bare}"))),
    ]
}

/// Each family with an algorithm of another.
#[rustfmt::skip]
fn keys_for_another_algorithm() -> Vec<Broken> {
    let with = |given: Given, algorithm: &str| given.with("algorithm", algorithm);
    let client_file = format!(r#"{{"id":"c","private_key":"{}","key_id":"k","key_algorithm":"ES384"}}"#, P256.bare());
    vec![
        broken("P-256 for ES384", "P-256 key, but algorithm is ES384; it signs by ES256", with(key(P256.bare()), "ES384")),
        broken("P-384 for ES256", "P-384 key, but algorithm is ES256; it signs by ES384", with(key(P384.pem()), "ES256")),
        broken("P-521 for EdDSA", "P-521 key, but algorithm is EdDSA; it signs by ES512", with(key(P521.pem()), "EdDSA")),
        broken("Ed25519 for RS256", "Ed25519 key, but algorithm is RS256; it signs by EdDSA", with(key(ED25519.pem()), "RS256")),
        broken("RSA for ES256", "RSA key, but algorithm is ES256; it signs by PS256, PS384", with(key(RSA2048.pem()), "ES256")),
        broken("RSA-PSS for RS256", "RSA-PSS key, but algorithm is RS256; it signs by PS256, PS384, PS512", with(key(PSS.pem()), "RS256")),
        broken("RSA-PSS of SHA-256 for PS384", "RSA-PSS key for SHA-256, but algorithm is PS384; it signs by PS256", with(key(PSS256.pem()), "PS384")),
        broken("RSA-PSS of SHA-384 for PS512", "RSA-PSS key for SHA-384, but algorithm is PS512", with(key(PSS384.pem()), "PS512")),
        broken("RSA-PSS of SHA-512 for RS512", "RSA-PSS key for SHA-512, but algorithm is RS512", with(key(PSS512.pem()), "RS512")),
        broken("JWK whose alg does not fit", "P-256 key, but algorithm is ES512", key(ec_jwk_of("P-256", &ec_numbers(&P256), r#","alg":"ES512""#))),
        broken("credentials whose key_algorithm does not fit", "P-256 key, but algorithm is ES384", credentials(client_file)),
        broken("JWK with an alg for encryption", "missing, and the JWK's alg is none that is known; give it", key(rsa_jwk(&RSA2048).replace("\"use\"", r#""alg":"RSA-OAEP","use""#))).option(Some("algorithm")),
    ]
}

#[rustfmt::skip]
fn broken_credentials() -> Vec<Broken> {
    let bare = P256.bare();
    let client_file = format!(r#"{{"id":"c","private_key":"{bare}","key_id":"k"}}"#);
    let document = |name, phrase, given| broken(name, phrase, given).option(None);
    vec![
        document("a JWK as credentials", "this is a JWK; give it as private_key or private_key_file", credentials(ec_jwk("P-256", &P256))),
        document("PEM as credentials", "a key goes into private_key", credentials(P256.pem())),
        document("a bare key as credentials", "a key goes into private_key", credentials(&bare)),
        document("HTML as credentials", "not JSON; give the OAuth client file or the app.installed event", credentials("<html></html>")),
        document("credentials that break off", "begins like JSON, but is none (line 1, column ", credentials(&client_file[..150])),
        document("credentials that are a number", "JSON, but no object", credentials("17")),
        document("credentials of two clients", "an array of 2 clients; give the one that is meant", credentials(format!("[{client_file},{client_file}]"))),
        document("credentials of no client", "an array of 0 clients", credentials("[]")),
        document("an array of something else", "JSON, but no object", credentials("[\"c\"]")),
        document("an event without an object in it", "its member data is no object", credentials(r#"{"data":"c"}"#)),
        document("JSON of something else", "give the OAuth client file or the app.installed event", credentials(r#"{"error":"not_found"}"#)),
        document("a key that is no text", "its member private_key is no string", credentials(client_file.replace(&format!("\"{bare}\""), "[1]"))),
        document("an empty key", "its member private_key is empty", credentials(client_file.replace(&bare, " "))),
        document("a blank behind a client id", "its member id: white space around the value; remove it", credentials(client_file.replace("\"c\"", "\"c \""))),
        document("a line break behind a key id", "its member key_id: a line break or control character", credentials(client_file.replace("\"k\"", "\"k\\n\""))),
        document("an unknown key_algorithm", "the credentials' key_algorithm is none that is known; give it", credentials(client_file.replace("}", r#","key_algorithm":"SHA256withECDSA"}"#))).option(Some("algorithm")),
        document("credentials without a key", "missing; give private_key, private_key_file, or credentials that hold the key", credentials(without_member(&client_file, "private_key"))).option(Some("private_key")),
        broken("a broken key in them", "cut short", credentials(client_file.replace(&bare, &bare[..160]))),
        broken("an encrypted key in them", "encrypted: set private_key_passphrase", credentials(client_file.replace(&bare, &P256.encrypted("-v2 aes256").replace('\n', "\\n")))),
    ]
}

/// A PBES2 structure around anything, with scrypt at this cost, a DER INTEGER.
fn scrypt(cost: &[u8]) -> Vec<u8> {
    let oid = tlv(6, &[&[0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 0x0b]]);
    pbes2(&tlv(0x30, &[&oid, &tlv(0x30, &[&tlv(4, &[&[7; 8]]), cost, &[2, 1, 8], &[2, 1, 1]])]))
}

fn pbkdf2(iterations: &[u8]) -> Vec<u8> {
    let oid = tlv(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0c]]);
    pbes2(&tlv(0x30, &[&oid, &tlv(0x30, &[&tlv(4, &[&[7; 8]]), iterations])]))
}

fn pbes2(derivation: &[u8]) -> Vec<u8> {
    let oid = tlv(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0d]]);
    let aes = tlv(0x30, &[&tlv(6, &[&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a]]), &tlv(4, &[&[7; 16]])]);
    tlv(0x30, &[&tlv(0x30, &[&oid, &tlv(0x30, &[derivation, &aes])]), &tlv(4, &[&[7; 160]])])
}

/// Files that hold no key, in a folder that holds them.
#[rustfmt::skip]
fn broken_files(folder: &Path) -> Vec<Broken> {
    let made = |name: &str, length: u64| {
        let path = folder.join(name);
        fs::File::create(&path).and_then(|file| file.set_len(length)).expect("a file");
        path
    };
    let credentials = |path: &Path| Given { form: Form::CredentialsPath(path.display().to_string()), options: vec![] };
    vec![
        broken("an empty file", "the file is empty", path(made("empty", 0))),
        broken("a huge file", "larger than 1048576 bytes", path(made("huge", 1 << 21))),
        broken("a folder", "a directory; give the path of the file in it", path(folder)),
        broken("no such file", "no such file; check the path, and the folder that the program runs in", path(folder.join("missing"))),
        broken("a file in a file", "the file can't be opened", path(folder.join("empty/key.pem"))),
        broken("a file that fails when it is read", "the file can't be read", path("/proc/self/mem")),
        broken("PEM in the place of its path", "not a path, but what the file should hold", path(P256.pem())),
        broken("a body in the place of its path", "not a path, but what the file should hold", path(P256.bare())),
        broken("RSA in the place of its path", "not a path, but what the file should hold", path(RSA4096.bare())),
        broken("no such file of credentials", "no such file", credentials(&folder.join("missing"))).option(None),
        broken("a folder of credentials", "a directory", credentials(folder)).option(None),
        broken("an empty file of credentials", "the file is empty", credentials(&folder.join("empty"))).option(None),
    ]
}

#[test]
fn whatever_is_broken_fails_and_says_what_to_do_without_showing_the_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = tempfile::tempdir().expect("a folder");
    let tables = [
        what_is_no_private_key(),
        keys_of_the_wrong_kind(),
        keys_that_stay_closed(),
        keys_that_suffered(),
        keys_for_another_algorithm(),
        broken_credentials(),
        broken_files(files.path()),
    ];
    let rows: Vec<Broken> = tables.into_iter().flatten().collect();
    let mut failures = Vec::new();
    for row in &rows {
        for way in row.given.ways(folder.path()) {
            if let Err(failure) = check_error(row, &way) {
                failures.push(format!("{} as {}: {failure}", row.name, way.0));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {} rows:\n{}", failures.len(), rows.len(), failures.join("\n"));
    check_names(rows.iter().map(|row| row.name), 40);
}

fn check_error(row: &Broken, way: &(&'static str, String)) -> Result<(), String> {
    let error = row.given.client(way).err().ok_or("loads")?;
    let option = row.option.unwrap_or(way.0);
    if let Some(leak) = leak_of_error(&secrets(row.given.bytes()), &error) {
        return Err(format!("leaks {leak}: {error}"));
    }
    let says_it = error.message().strip_prefix(&format!("{option}: ")).is_some_and(|rest| rest.contains(row.phrase));
    if !says_it || error.code() != row.code || error.get("option") != Some(option) || error.is_retryable() {
        return Err(format!("{error:?}, with option {:?}", error.get("option")));
    }
    Ok(())
}

#[test]
fn a_file_that_may_not_be_read_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key.pem");
    fs::write(&file, P256.pem()).expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("its mode changes");
    let given = path(&file);
    let way = given.ways(folder.path()).remove(0);
    // Root reads everything, unless its thread gives that up.
    let error = std::thread::spawn(move || {
        let none = rustix::thread::CapabilitySet::empty();
        let sets = rustix::thread::CapabilitySets { effective: none, permitted: none, inheritable: none };
        rustix::thread::set_capabilities(None, sets).expect("a thread may give up what it may do");
        given.client(&way).expect_err("the file may not be read")
    });
    let error = error.join().expect("the thread ends");
    assert_eq!(error.code(), ErrorCode::InvalidKey);
    assert_eq!(error.message(), "private_key_file: the file is not readable; give this user the right to read it");
}

// ------------------------------------------------------------------------------------------------ whatever else may come

/// One change to a good spelling: a kind, a place as a fraction of the length, a byte.
type Mutation = (u8, prop::sample::Index, u8);

fn mutated(good: &[u8], mutations: &[Mutation]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for (kind, place, byte) in mutations {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match kind {
            0 => bytes[at] = *byte,
            1 => bytes[at] ^= 1 << (byte % 8),
            2 => bytes.insert(at, *byte),
            3 => drop(bytes.remove(at)),
            4 => bytes.truncate(at),
            5 => drop(bytes.drain(..at)),
            6 => bytes.extend_from_within(at..),
            _ => drop(bytes.drain(at..(at + usize::from(*byte)).min(bytes.len()))),
        }
    }
    bytes
}

/// Good spellings that hold the public key too, so that no change of the private one goes unnoticed.
static REDUNDANT: LazyLock<Vec<(&'static Made, &'static str, Vec<u8>)>> = LazyLock::new(|| {
    vec![
        (&P256, "ES256", P256.pem().into_bytes()),
        (&P256, "ES256", P256.bare().into_bytes()),
        (&P256, "ES256", P256.der.clone()),
        (&P256, "ES256", armoured("EC PRIVATE KEY", &P256.traditional()).into_bytes()),
        (&P521, "ES512", P521.traditional()),
        (&P256, "ES256", ec_jwk("P-256", &P256).into_bytes()),
        (&P256, "ES256", utf16(&P256.pem(), u16::to_le_bytes, true)),
        (&P256, "ES256", P256.pem().replace('\n', "\\n").into_bytes()),
        (&RSA2048, "PS256", RSA2048.der.clone()),
        (&RSA2048, "PS256", armoured("RSA PRIVATE KEY", &RSA2048.traditional()).into_bytes()),
        (&RSA2048, "PS256", rsa_jwk(&RSA2048).into_bytes()),
        (&ED25519, "EdDSA", version_two(&ED25519, 0x81, &[])),
        (&ED25519, "EdDSA", okp_jwk(&ED25519).into_bytes()),
    ]
});

/// The very same key, or an error that says something, and nothing of the key.
fn check_same_or_error(given: &Given, algorithm: &str, public: &[u8], secrets: &[String]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().expect("a folder");
    for way in given.ways(folder.path()) {
        match given.client(&way) {
            Ok(client) => {
                check_signature(&client, algorithm, public).map_err(TestCaseError::fail)?;
                prop_assert_eq!(leak(secrets, &format!("{client:?}")), None);
            }
            Err(error) => {
                prop_assert!(error.message().len() > way.0.len() + 10, "{}", error);
                prop_assert_eq!(leak_of_error(secrets, &error), None, "{}", error);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_key_is_the_same_key_or_an_error(
        which in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((0..8u8, any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (made, algorithm, good) = which.get(&REDUNDANT);
        let changed = mutated(good, &mutations);
        check_same_or_error(&file(changed.clone()), algorithm, &made.public, &secrets(good))?;
        if let Ok(text) = String::from_utf8(changed) {
            check_same_or_error(&key(text), algorithm, &made.public, &secrets(good))?;
        }
    }

    #[test]
    fn changed_credentials_hold_the_same_key_or_are_an_error(
        mutations in prop::collection::vec((0..8u8, any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let good = format!(r#"{{"id":"c","private_key":"{}","key_id":"k"}}"#, P256.pem().replace('\n', "\\n"));
        let given = credentials_file(mutated(good.as_bytes(), &mutations)).with("client_id", "c").with("key_id", "k");
        check_same_or_error(&given, "ES256", &P256.public, &secrets(good.as_bytes()))?;
    }

    #[test]
    fn no_bytes_are_taken_for_a_key(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{1,400}") {
        for given in [file(bytes.clone()), key(text.clone()), credentials(text.clone()), credentials_file(bytes.clone())] {
            check_same_or_error(&given, "", &[], &secrets(given.bytes()))?;
        }
    }

    #[test]
    fn no_der_is_taken_for_a_key(parts in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..10)) {
        let parts: Vec<Vec<u8>> = parts.iter().map(|(tag, content)| tlv([2, 4, 3, 6, 0x30, 0xa0, 0xa1][usize::from(*tag) % 7], &[content])).collect();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let given = file(tlv(0x30, &parts));
        check_same_or_error(&given, "", &[], &secrets(given.bytes()))?;
    }
}
