//! The table of spellings that load.

use crate::given::*;
use crate::made::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::process::Command;

struct Spelling {
    name: &'static str,
    algorithm: &'static str,
    public: Vec<u8>,
    given: Given,
}

fn spelling(name: &'static str, algorithm: &'static str, made: &Made, given: Given) -> Spelling {
    Spelling { name, algorithm, public: made.public.clone(), given }
}

/// The same P-256 key in every form that it can have in a text, a file or an environment variable.
#[rustfmt::skip]
fn spellings_of_a_text() -> Vec<Spelling> {
    let (bare, pem) = (P256.bare(), P256.pem());
    let sec1 = armoured("EC PRIVATE KEY", &P256.traditional());
    let es256 = |name, given| spelling(name, "ES256", &P256, given);
    let es384 = |name, given| spelling(name, "ES384", &P384, given);
    let hyphen = |name, given| spelling(name, "ES256", &HYPHEN, given);
    let armoured_hyphen = wrapped("PRIVATE KEY", &base64url(&HYPHEN.der), "\n");
    let without_begin = pem.split_once('\n').expect("lines").1;
    let without_end = pem.rsplit_once("-----END").expect("an end").0;
    let armoured_again = |label: &str| format!("-----BEGIN {label}-----\n{pem}\n-----END {label}-----\n");
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
        es256("PEM under a label with a hyphen", key(armour_only("MY-KEY"))),
        es256("PEM under a label with a hyphen, on one line", key(armour_only("MY-KEY").replace('\n', ""))),
        es256("PEM under the label of OpenPGP", key(armour_only("PGP PRIVATE KEY BLOCK"))),
        es256("PEM under the label of SSH2", key(armour_only("SSH2 ENCRYPTED PRIVATE KEY"))),
        es256("PEM below an SSH public key", key(format!("ssh-ed25519 AAAA me@host\n{pem}"))),
        es256("armour around armour", key(armoured_again("PRIVATE KEY"))),
        es256("armour of another label around armour", key(armoured_again("RSA PRIVATE KEY"))),
        es256("PEM without a label", key(pem.replace(" PRIVATE KEY", " "))),
        es256("SEC1 PEM", key(&sec1)),
        es256("SEC1 under the label of PKCS#8", key(armoured("PRIVATE KEY", &P256.traditional()))),
        es256("bare base64 of SEC1", key(STANDARD.encode(P256.traditional()))),
        es256("CRLF", key(pem.replace('\n', "\r\n"))),
        es256("CR only", key(pem.replace('\n', "\r"))),
        es256("literal \\n", key(pem.replace('\n', "\\n"))),
        es256("literal \\r\\n", key(pem.replace('\n', "\\r\\n"))),
        es256("literal \\n, escaped twice", key(pem.replace('\n', "\\\\n"))),
        es256("literal \\n before real line breaks", key(pem.replace('\n', "\\n\n"))),
        es256("escaped as JSON with \\/", key(pem.replace('\n', "\\n").replace('/', "\\/"))),
        es384("escaped as JSON with \\u003d", key(P384.bare().replace('=', "\\u003d").replace('+', "\\u002B"))),
        es256("lines that a shell continues", key(pem.replace('\n', "\\\n"))),
        es256("double quotes", key(format!("\"{pem}\""))),
        es256("single quotes", key(format!("'{}'", pem.trim()))),
        es256("quotes within quotes", key(format!("\"'{bare}'\"\n"))),
        es256("typographic quotes", key(format!("“{bare}”"))),
        es256("copied from JSON, with quotes and comma", key(format!("\"{bare}\",\n"))),
        es256("bytes as Python prints them", key(format!("b'{}'", pem.replace('\n', "\\n")))),
        es256("the bare body as Python prints bytes", key(format!("b'{bare}'"))),
        es256("string literals of a program", key(pem.lines().map(|line| format!("  \"{line}\\n\"\n")).collect::<String>())),
        es256("an assignment before the key", key(format!("PRIVATE_KEY=\"{}\"", pem.replace('\n', "\\n")))),
        es256("a byte order mark", key(format!("\u{feff}{pem}"))),
        es256("a byte order mark before the bare body", key(format!("\u{feff}{bare}\r\n"))),
        es256("UTF-16, little endian", file(utf16(&pem, u16::to_le_bytes, true))),
        es256("UTF-16, big endian", file(utf16(&pem, u16::to_be_bytes, true))),
        es256("UTF-16 without a mark", file(utf16(&bare, u16::to_le_bytes, false))),
        es256("zero-width spaces", key(bare.replace('A', "\u{200b}A\u{2060}"))),
        es256("zero-width spaces in the armour", key(pem.replace("BEGIN", "\u{200b}BEGIN\u{ad}"))),
        es256("no-break spaces", key(pem.replace('\n', "\n\u{a0}\u{3000}"))),
        es256("white space around every line", key(pem.lines().map(|line| format!(" \t{line}  \n")).collect::<String>())),
        es256("empty lines between the lines", key(format!("\n\n{}\n\n", pem.replace('\n', "\n\n")))),
        es256("PEM on one line, with spaces", key(pem.replace('\n', " "))),
        es256("PEM on one line, without spaces", key(pem.replace('\n', ""))),
        es256("PEM in lines of 20 characters", key(wrapped("PRIVATE KEY", &bare, "\n").replace("AA", "AA\n"))),
        es256("one hyphen", key(pem.replace("-----", "-"))),
        es256("one hyphen, on one line", key(pem.replace("-----", "-").replace('\n', ""))),
        es256("four hyphens", key(pem.replace("-----", "----"))),
        es256("spaces within the armour", key(pem.replace("-----BEGIN", "----- BEGIN").replace("KEY-----", "KEY -----").replace("-----END", "-----  END"))),
        es256("armour in lower case", key(pem.replace("BEGIN PRIVATE KEY", "begin private key").replace("END PRIVATE KEY", "end private key"))),
        es256("dashes in place of hyphens", key(pem.replace("-----", "—–"))),
        es256("no BEGIN line", key(without_begin)),
        es256("no END line", key(without_end)),
        es256("headers above the body", key(pem.replacen("KEY-----\n", "KEY-----\nComment: a key\nX-Name: k\n\n", 1))),
        es256("text around the block", key(openssl_text("pkey -text", &pem))),
        es256("a name in Latin-1 above the block", file([b"friendlyName: M\xfcller\n", pem.as_bytes()].concat())),
        es256("base64url", key(base64url(&P256.der))),
        hyphen("base64url that ends with a hyphen", key(base64url(&HYPHEN.der))),
        hyphen("base64url that ends with a hyphen, in armour", key(&armoured_hyphen)),
        hyphen("base64url that ends with a hyphen, in armour on one line, with spaces", key(armoured_hyphen.replace('\n', " "))),
        hyphen("base64url that ends with a hyphen, in armour on one line, with nothing between", key(armoured_hyphen.replace('\n', ""))),
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
        spelling("PKCS#8 as DER followed by a line break", "ES256", &P256, file(newline(&P256.der))),
        spelling("base64 of DER followed by a line break", "ES256", &P256, key(STANDARD.encode(newline(&P256.der)))),
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
        spelling("Ed25519 DER followed by a line break", "EdDSA", &ED25519, file(newline(&ED25519.der))),
        spelling("Ed25519 PKCS#8 v2", "EdDSA", &ED25519, file(version_two(&ED25519, 0x81, &[]))),
        spelling("Ed25519 PKCS#8 v2 as ring writes it", "EdDSA", &ED25519, file(version_two(&ED25519, 0xa1, &[3, 33]))),
        spelling("Ed25519 with attributes", "EdDSA", &ED25519, file(with_attributes(&ED25519))),
        spelling("RSA PKCS#8 PEM", "PS256", &RSA2048, key(RSA2048.pem())),
        spelling("RSA PKCS#8 bare", "PS256", &RSA2048, key(RSA2048.bare())),
        spelling("RSA PKCS#8 DER", "PS256", &RSA2048, file(RSA2048.der.clone())),
        spelling("PKCS#1 PEM", "PS256", &RSA2048, key(pkcs1(&RSA2048))),
        spelling("PKCS#1 DER", "PS256", &RSA2048, file(RSA2048.traditional())),
        spelling("PKCS#1 bare", "PS256", &RSA2048, key(STANDARD.encode(RSA2048.traditional()))),
        spelling("PKCS#1 under OpenSSL's label of an RSA-PSS key", "PS256", &RSA2048, key(armoured("RSA-PSS PRIVATE KEY", &RSA2048.traditional()))),
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
    assert!(bags.starts_with(b"Bag Attributes") && std::str::from_utf8(&bags).is_err(), "the name must be in Latin-1");
    let parameters = openssl_text("genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048", "");
    let es256 = |name, given| spelling(name, "ES256", &P256, given);
    vec![
        es256("the output of openssl pkcs12 for a store, with bag attributes", file(bags)),
        es256("a certificate before the key", key(certificate.clone() + &P256.pem())),
        es256("a certificate after the key", key(P256.pem() + &certificate)),
        es256("a certificate before an encrypted key", key(certificate.clone() + &P256.encrypted("-v2 aes256")).passphrase()),
        es256("the public key after the private key", key(P256.pem() + &P256.public_pem())),
        es256("Diffie-Hellman parameters before the key", key(parameters + &P256.pem())),
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
    let several = format!(r#"{{"keys":[{},{},{}]}}"#, okp_jwk(&ED25519).replace("{", r#"{"kid":"other","#), named(r#","kid":"k""#), ec_jwk("P-384", &P384));
    let es256 = |name, given| spelling(name, "ES256", &P256, given);
    let rsa = |alg: &str| rsa_jwk(&RSA2048).replace("\"use\"", &format!("\"alg\":\"{alg}\",\"use\""));
    vec![
        es256("JWK of P-256", key(&p256)),
        spelling("JWK of P-384", "ES384", &P384, key(ec_jwk("P-384", &P384))),
        spelling("JWK of P-521", "ES512", &P521, key(ec_jwk("P-521", &P521))),
        spelling("JWK of Ed25519", "EdDSA", &ED25519, key(okp_jwk(&ED25519))),
        spelling("JWK of RSA", "PS256", &RSA2048, key(rsa_jwk(&RSA2048))),
        spelling("JWK of RSA of 4096 bits", "PS256", &RSA4096, key(rsa_jwk(&RSA4096))),
        spelling("RSA JWK with an alg", "RS512", &RSA2048, key(rsa("RS512"))),
        spelling("JWK whose alg the option overrides", "PS384", &RSA2048, key(rsa("RS512")).with("algorithm", "PS384")),
        spelling("JWK whose unknown alg the option overrides", "PS384", &RSA2048, key(rsa("RSA-OAEP")).with("algorithm", "PS384")),
        es256("JWK whose kid is the key id", key(named(r#","kid":"k","alg":"ES256""#)).without("key_id")),
        es256("JWK whose kid the option overrides", key(named(r#","kid":"other""#))),
        es256("JWK with padding", key(padded)),
        es256("JWK in the alphabet of plain base64", key(p256.replace('-', "+").replace("P+256", "P-256").replace('_', "/"))),
        spelling("JWK without leading zeros", "ES256", &SMALL, key(ec_jwk_of("P-256", &stripped, ""))),
        es256("JWK with a zero before each number", key(ec_jwk_of("P-256", &signed, ""))),
        es256("JWK over several lines, with a byte order mark", key(format!("\u{feff}{}\n", p256.replace(',', ",\r\n  ")))),
        es256("JWK in UTF-16", file(utf16(&p256, u16::to_le_bytes, true))),
        es256("JWK in quotes, escaped", key(format!("\"{}\"", p256.replace('"', "\\\"")))),
        es256("base64 of a JWK", key(STANDARD.encode(&p256))),
        es256("JWK Set with one private key", key(set)),
        es256("JWK Set whose key the key id names", key(several.clone())),
        es256("JWK Set whose key the credentials' key id names", credentials(format!(r#"{{"id":"c","key_id":"k","private_key":"{}"}}"#, several.replace('"', "\\\"")))),
        es256("JWK Set with another private key for encryption", key(format!(r#"{{"keys":[{},{p256}]}}"#, rsa_jwk(&RSA2048).replace("\"sig\"", "\"enc\"")))),
        es256("JWK Set with one private key of another name", key(format!(r#"{{"keys":[{}]}}"#, named(r#","kid":"other""#)))),
        spelling("JWK whose alg is Ed25519", "Ed25519", &ED25519, key(okp_jwk(&ED25519).replace("{", r#"{"alg":"Ed25519","#))),
        spelling("JWK whose alg is EdDSA", "EdDSA", &ED25519, key(okp_jwk(&ED25519).replace("{", r#"{"alg":"EdDSA","#))),
        spelling("Ed25519 for the algorithm Ed25519", "Ed25519", &ED25519, key(ED25519.pem()).with("algorithm", "Ed25519")),
        spelling("JWK whose alg EdDSA the option overrides", "Ed25519", &ED25519, key(okp_jwk(&ED25519).replace("{", r#"{"alg":"EdDSA","#)).with("algorithm", "Ed25519")),
    ]
}

/// The forms in which the vendor hands out a client's credentials.
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
        es256("credentials with PEM", credentials(event(&P256.pem().replace('\n', "\\n"), "ES256"))),
        es256("credentials with PEM, escaped with \\/ and twice", credentials(event(&P256.pem().replace('/', "\\/").replace('\n', "\\\\n"), "ES256"))),
        es256("null in place of missing members", credentials(client_file.replace("\"s\"", "null").replace("}", ",\"key_algorithm\":null}"))),
        es256("credentials with a JWK", credentials(client_file.replace(&bare, &ec_jwk("P-256", &P256).replace('"', "\\\"")))),
        spelling("key_algorithm that chooses the algorithm", "RS384", &RSA2048, credentials(event(&RSA2048.bare(), "RS384"))),
        spelling("key_algorithm that the option overrides", "PS512", &RSA2048, credentials(event(&RSA2048.bare(), "RS384")).with("algorithm", "PS512")),
        spelling("credentials with an encrypted key", "ES256", &P256, credentials(event(&P256.encrypted("-v2 aes256").replace('\n', "\\n"), "ES256")).passphrase()),
        es256("options that override empty members and members that are not text", key(&bare).with("credentials", r#"{"id":7,"private_key":"","key_id":" ","key_algorithm":[]}"#).with("algorithm", "ES256")),
        spelling("credentials with key_algorithm, and private_key with the key", "RS512", &RSA2048, key(RSA2048.bare()).without("client_id").without("key_id").with("credentials", event("", "RS512"))),
        es256("options that override every member", key(&bare).with("credentials", other).with("algorithm", "ES256")),
        es256("credentials that hold everything but the key", key(&bare).without("client_id").without("key_id").with("credentials", without_member(&client_file, "private_key"))),
    ]
}

#[test]
fn every_spelling_loads_and_signs_with_its_key() {
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

#[test]
fn a_key_can_come_through_a_pipe() {
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
    check_signature(&client, "ES256", &P256.public).expect("the client has the key of the pipe");
    writer.join().expect("the writer ends");
}
