//! The table of broken keys, which fail.

use crate::given::*;
use crate::made::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::path::Path;
use talkdesk_auth::ErrorCode;

struct Broken {
    name: &'static str,
    /// A phrase that the message must contain.
    phrase: &'static str,
    code: ErrorCode,
    /// The option that the error names. `None` means the option that gave the key.
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

/// Things that are not private keys.
#[rustfmt::skip]
fn other_than_private_keys() -> Vec<Broken> {
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
    let ssh2 = |label: &str| format!("---- BEGIN SSH2 {label} KEY ----\n{}\n---- END SSH2 {label} KEY ----\n", STANDARD.encode(&ssh));
    let putty = |kind: &str, made: &Made| format!("PuTTY-User-Key-File-3: {kind}\nEncryption: none\nPrivate-Lines: 2\n{}\n", made.bare());
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
        broken("PKCS#12", "a PKCS#12 store; get the key out of it: openssl pkcs12", file(pkcs12.clone())),
        broken("base64 of PKCS#12", "a PKCS#12 store in base64; decode it and get the key out of it: sed", key(STANDARD.encode(pkcs12))),
        broken("Ed25519 of OpenSSH", "make a new key: openssl genpkey -algorithm ed25519 -out NEW", key(armoured("OPENSSH PRIVATE KEY", &openssh))),
        broken("Ed25519 of OpenSSH without armour", "make a new key: openssl genpkey", key(STANDARD.encode(&openssh))),
        broken("SSH2 public key", "this is an SSH public key; give the private key", key(ssh2("PUBLIC"))),
        broken("SSH2", "a key in SSH2's format; get the key out of it: puttygen FILE -O private-openssh -o NEW", key(ssh2("ENCRYPTED PRIVATE"))),
        broken("PuTTY", "a PuTTY key; get the key out of it: puttygen FILE -O private-openssh -o NEW", key(putty("ecdsa-sha2-nistp256", &P256))),
        broken("Ed25519 of PuTTY", "make a new key: openssl genpkey -algorithm ed25519 -out NEW", key(putty("ssh-ed25519", &ED25519))),
        broken("PGP", "this is an OpenPGP key", key(format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\n", RSA2048.bare()))),
        broken("curve parameters", "these are the parameters of a curve; give the private key", key(parameters)),
        broken("Diffie-Hellman parameters", "these are Diffie-Hellman parameters", key(of_dh)),
        broken("symmetric JWK", "a symmetric JWK", key(format!(r#"{{"kty":"oct","k":"{}","d":"AA"}}"#, base64url(&P256.der)))),
        broken("HTML", "this is HTML or XML", key("<!DOCTYPE html>\n<html><body><h1>502 Bad Gateway</h1></body></html>\n")),
        broken("JSON that is not a key", "it has no kty", key(r#"{"error":"not_found"}"#)),
        broken("JSON that is an array", "it is an array", key("[1, 2]")),
        broken("incomplete JSON", "starts like JSON but is not valid JSON", key(&ec_jwk("P-256", &P256)[..100])),
        broken("the vendor's client file", "give them as credentials or credentials_file", key(format!(r#"{{"id":"c","private_key":"{}","key_id":"k"}}"#, P256.bare()))),
        broken("the vendor's event", "give them as credentials or credentials_file", key(format!(r#"{{"data":{{"client_id":"c","private_key":"{}"}}}}"#, P256.bare()))),
        broken("a JWT", "this is a JWT", key("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl")),
        broken("hexadecimal", "this is hexadecimal; give PEM", key(P256.der.iter().map(|byte| format!("{byte:02x}")).collect::<String>())),
        broken("hexadecimal as openssl prints it", "this is hexadecimal; give PEM", key(P256.der.iter().map(|byte| format!("{byte:02X}:")).collect::<String>())),
        broken("a path", "this looks like the name of a file", key("/etc/talkdesk/client.key")),
        broken("a relative path", "this looks like the name of a file", key("keys/talkdesk.pem")),
        broken("a Windows path", "this looks like the name of a file", key("C:\\keys\\new.pem")),
        broken("prose", "the base64 has an invalid character at position ", key("see the password safe (ask Ann)")),
        broken("a word", "give PEM, the bare base64 of a PKCS#8 key, DER or a JWK", key("word")),
        broken("white space only", "empty; give the private key", key(" \r\n\t\u{feff}\n")),
        broken("quotes only", "empty; give the private key", key("\"\"")),
        broken("binary junk", "neither text nor DER", file([0x80, 0x02, 0xff, 0x00, 0xfe, 0x91])),
        broken("a compressed file", "gzip compressed; get the key out of it: gzip -dc < FILE > NEW", file([&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0], &P256.der[..]].concat())),
        broken("other DER", "DER, but not a known kind of private key", file(tlv(0x30, &[&tlv(0x30, &[]), &tlv(0x30, &[])]))),
    ]
}

/// Text that an environment mangled or never filled in.
#[rustfmt::skip]
fn text_in_the_place_of_a_key() -> Vec<Broken> {
    const PLACEHOLDER: &str = "this is a placeholder that nobody filled in";
    const VARIABLE: &str = "this is the name of an environment variable";
    const STORE: &str = "this is a reference to a secret store (";
    const DEVICE: &str = "this is a reference to a key that stays in a device or a service (";
    const LOST: &str = "the backslashes of \\n are lost";
    let (bare, pem) = (P256.bare(), P256.pem());
    let lines = pem.lines().filter(|line| !line.starts_with('-')).collect::<Vec<_>>();
    let armour = |body: &str| key(format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"));
    let plus = rare(|der, _| STANDARD.encode(der).contains('+') && !STANDARD.encode(der).ends_with('+')).bare().replace('+', " ");
    let rows = [
        ("a placeholder of a shell", PLACEHOLDER, key("${TALKDESK_PRIVATE_KEY}")),
        ("a placeholder with a default", PLACEHOLDER, key("${KEY:-}")),
        ("a placeholder of a template", PLACEHOLDER, key("{{ .Values.privateKey }}")),
        ("a placeholder of GitHub", PLACEHOLDER, key("${{ secrets.PRIVATE_KEY }}")),
        ("a placeholder of make", PLACEHOLDER, key("$(PRIVATE_KEY)")),
        ("a placeholder of Windows", PLACEHOLDER, key("%PRIVATE_KEY%")),
        ("a placeholder of ERB", PLACEHOLDER, key("<%= ENV['KEY'] %>")),
        ("a placeholder of ERB in quotes", PLACEHOLDER, key("<%= ENV.fetch(\"KEY\", nil) %>")),
        ("a placeholder of Octopus", PLACEHOLDER, key("#{PrivateKey}")),
        ("the vendor's placeholder", PLACEHOLDER, key("<client_private_key>")),
        ("the vendor's placeholder in quotes", PLACEHOLDER, key("\"<client_private_key>\"")),
        ("a placeholder in brackets", PLACEHOLDER, key("[your private key]")),
        ("a placeholder in words", PLACEHOLDER, key("YOUR_PRIVATE_KEY_HERE")),
        ("a placeholder in one word", PLACEHOLDER, key("change-me")),
        ("TODO", PLACEHOLDER, key("TODO")),
        ("null", PLACEHOLDER, key("null")),
        ("undefined", PLACEHOLDER, key("undefined")),
        ("an object as JavaScript prints it", PLACEHOLDER, key("[object Object]")),
        ("stars", PLACEHOLDER, key("***")),
        ("a placeholder in armour", PLACEHOLDER, armour("<private key>")),
        ("dots in armour", PLACEHOLDER, armour("...")),
        ("a shortened key", "shortened: dots stand for a part of it", armour(&format!("{}...{}", &bare[..40], &bare[140..]))),
        ("a variable", VARIABLE, key("$PRIVATE_KEY")),
        ("a variable of PowerShell", VARIABLE, key("$env:PRIVATE_KEY")),
        ("a variable's name", VARIABLE, key("TALKDESK_PRIVATE_KEY")),
        ("a variable in code", VARIABLE, key("process.env.PRIVATE_KEY")),
        ("Amazon's secret store", STORE, key("arn:aws:secretsmanager:eu-west-1:123456789012:secret:talkdesk-AbCdEf")),
        ("1Password", STORE, key("op://vault/talkdesk/private key")),
        ("Vault", STORE, key("vault:secret/data/talkdesk#private_key")),
        ("Google's secret store", STORE, key("projects/1/secrets/td")),
        ("Azure's secret store", STORE, key("@Microsoft.KeyVault(SecretUri=https://x.vault.azure.net/secrets/k)")),
        ("CloudFormation", STORE, key("{{resolve:secretsmanager:talkdesk:SecretString:key}}")),
        ("a key in a service", DEVICE, key("arn:aws:kms:eu-west-1:123456789012:key/1")),
        ("a key in a device", DEVICE, key("pkcs11:token=t;object=k;type=private")),
        ("a URL", "this is a URL (https://…)", key("https://talkdesk.example/key.pem")),
        ("a URL of a file", "this is a reference to a file (file:…)", key("file:///etc/talkdesk/key.pem")),
        ("PEM whose backslashes are lost", LOST, key(pem.replace('\n', "n"))),
        ("PEM with \\r\\n whose backslashes are lost", LOST, key(pem.replace('\n', "rn"))),
        ("PEM with slashes for backslashes", LOST, key(pem.replace('\n', "/n"))),
        ("PEM with \\x0a whose backslashes are lost", LOST, key(pem.replace('\n', "x0a"))),
        ("RSA PEM whose backslashes are lost", LOST, key(RSA2048.pem().replace('\n', "n"))),
        ("Ed25519 PEM whose backslashes are lost", LOST, key(ED25519.pem().replace('\n', "n"))),
        ("a bare body whose backslashes are lost", LOST, key(lines.join("n"))),
        ("PEM escaped for HTML", "escaped for HTML", key(pem.replace('\n', "&#10;"))),
        ("a body without its plus signs", "its plus signs are blanks now", key(plus)),
        ("the BEGIN line alone", "only the BEGIN line arrived; write \\n in place of each line break", key("-----BEGIN PRIVATE KEY-----")),
        ("the BEGIN line alone after a quote", "only the BEGIN line arrived", key("\"-----BEGIN EC PRIVATE KEY-----")),
        ("the first line of a body alone", "perhaps only its first line arrived", key(lines[0])),
        ("the first two lines of PEM", "perhaps only its first line arrived", key(format!("-----BEGIN PRIVATE KEY-----\n{}\n", lines[0]))),
        ("the first line of JSON alone", "only the first line of JSON arrived", key("{")),
    ];
    rows.into_iter().map(|(name, phrase, given)| broken(name, phrase, given)).collect()
}

/// Containers of keys, and other files, by their first bytes. `advice.rs` has those whose command the tests run.
#[rustfmt::skip]
fn other_containers() -> Vec<Broken> {
    let junk = [0x5a; 300];
    let file = |start: &[u8]| file([start, &junk].concat());
    let base64 = |start: &[u8]| key(STANDARD.encode([start, &junk].concat()));
    let tpm = tlv(0x30, &[&tlv(6, &[&[0x67, 0x81, 5, 10, 1, 3]]), &tlv(4, &[&junk])]);
    let revoked = tlv(0x30, &[&tlv(0x30, &[&[2, 1, 1], &tlv(0x30, &[]), &tlv(0x30, &[]), &tlv(0x17, &[b"260101000000Z"])]), &tlv(0x30, &[]), &tlv(3, &[&[0]])]);
    vec![
        broken("JKS in base64", "this is a JKS keystore of Java in base64; decode it", base64(b"\xfe\xed\xfe\xed\0\0\0\x02")),
        broken("BKS in base64", "this is a BKS keystore of Bouncy Castle in base64", base64(b"\0\0\0\x02\0\0\0\x14")),
        broken("PKCS#12 in BER", "this is a PKCS#12 store; get", file(b"\x30\x80\x02\x01\x03\x30\x80")),
        broken("PKCS#12 of more than 64 kB", "this is a PKCS#12 store; get", super::given::file([&[0x30, 0x83, 1, 0, 9, 2, 1, 3, 0x30, 0x83, 1, 0, 1][..], &[0; 0x10001]].concat())),
        broken("CMS in BER", "this is a PKCS#7 or CMS message", file(b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03")),
        broken("a secret key of OpenPGP", "this is an OpenPGP key", file(b"\x95\x00\x40\x04")),
        broken("a secret key of OpenPGP in base64", "this is an OpenPGP key", base64(b"\xc5\x40\x06")),
        broken("a public key of OpenPGP", "this is an OpenPGP public key", file(b"\x99\x00\x40\x04")),
        broken("a public key of OpenPGP in armour", "this is an OpenPGP public key", key("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDM=\n-----END PGP PUBLIC KEY BLOCK-----\n")),
        broken("a key in GnuPG's own file", "this is an OpenPGP key", file(b"(21:protected-private-key(3:rsa")),
        broken("GnuPG's box", "this is GnuPG's box of public keys", file(b"\0\0\0\x20\x01\x01\0\x02KBXf")),
        broken("a public key blob", "this is a public key blob of Windows", file(b"\x06\x02\0\0\0\xa4\0\0RSA1")),
        broken("a key of CNG", "this is a key blob of Windows CNG; export it as PKCS#8", base64(b"ECS2\x20\0\0\0")),
        broken("a key of SSH 1", "this is a key of SSH 1", file(b"SSH PRIVATE KEY FILE FORMAT 1.1\n\0")),
        broken("openssl enc", "this is a file that openssl enc encrypted", base64(b"Salted__")),
        broken("an archive of 7z", "this is a 7z archive", file(b"7z\xbc\xaf\x27\x1c")),
        broken("a database", "perhaps the key store of NSS", file(b"SQLite format 3\0")),
        broken("a keychain", "this is a keychain of macOS", file(b"kych\0\x01\0\0")),
        broken("KeePass", "this is a KeePass database", file(b"\x03\xd9\xa2\x9a")),
        broken("a PDF", "this is a PDF", file(b"%PDF-1.7\n\xff")),
        broken("formatted text", "this is formatted text (RTF); save it as plain text", key(format!("{{\\rtf1\\ansi {}}}", P256.bare()))),
        broken("a key of a TPM", "inside the TPM that made it", key(armoured("TSS2 PRIVATE KEY", &tpm))),
        broken("a list of revoked certificates", "this is a list of revoked certificates", super::given::file(revoked)),
        broken("the seed of an Ed25519 key", "perhaps a key's bare number", key("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")),
        broken("an encrypted JWT", "this is an encrypted JWT or JWK (JWE)", key("eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn")),
        broken("an encrypted JWK in JSON", "this is an encrypted JWK (JWE)", key(r#"{"protected":"e30","ciphertext":"AA","iv":"AA","tag":"AA"}"#)),
        broken(".NET", "this is an RSA key of .NET in XML; export it as PKCS#8", key("<RSAKeyValue><Modulus>AA==</Modulus></RSAKeyValue>")),
        broken("Ansible Vault", "this is a file that Ansible Vault encrypted", key("$ANSIBLE_VAULT;1.1;AES256\n6162\n")),
        broken("age", "this is a file that age encrypted", key("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n")),
        broken("cosign", "this is a key in cosign's own encryption", key("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\neyJr\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n")),
        broken("BIND", "this is a DNSSEC key of BIND", key("Private-key-format: v1.3\nAlgorithm: 13 (ECDSAP256SHA256)\nPrivateKey: AA==\n")),
        broken("minisign", "this is a key of signify or minisign", key("untrusted comment: minisign encrypted secret key\nRWQ=\n")),
        broken("Git LFS", "fetch the file itself: git lfs pull", key("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")),
        broken("Kubernetes", "this is a manifest of Kubernetes", key("apiVersion: v1\nkind: Secret\ndata:\n  key: TUk=\n")),
        broken("SOPS", "this is a file that SOPS encrypted", key("key: ENC[AES256_GCM,data:AA==,iv:AA==]\n")),
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
        broken("RSA of 1024 bits", "RSA key of 1024 bits; use a key of at least 2048 bits", made("genrsa 1024")),
        broken("PKCS#1 of 1024 bits", "RSA key of 1024 bits; use a key of at least 2048 bits", made("genrsa -traditional 1024")),
        broken("RSA of 512 bits", "RSA key of 512 bits; use a key of at least 2048 bits", made("genrsa 512")),
        broken("RSA-PSS of 1024 bits", "RSA key of 1024 bits", made("genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:1024")),
        broken("JWK of 1024 bits", "RSA key of 1024 bits", key(rsa_jwk(&Made::by("genrsa 1024")))),
        broken("RSA of 8193 bits", "RSA key of 8193 bits; use a key of at most 8192 bits", file(long)),
        broken("RSA of three primes", "RSA key with more than two primes; make a key with two primes", made("genrsa -primes 3 2048")),
        broken("JWK of three primes", "RSA key with more than two primes", key(rsa_jwk(&RSA2048).replace("\"use\"", "\"oth\":[{}],\"use\""))),
        broken("JWK without primes", "an RSA JWK without its primes", key(without_member(&rsa_jwk(&RSA2048), "p"))),
        broken("secp256k1", "EC key on the curve secp256k1; use P-256, P-384 or P-521", curve("secp256k1")),
        broken("secp256k1 as SEC1", "EC key on the curve secp256k1", made("ecparam -genkey -noout -name secp256k1")),
        broken("secp256k1 without its public key", "EC key on the curve secp256k1", key(openssl_text("pkcs8 -topk8 -nocrypt", openssl("ec -no_public", openssl("ecparam -genkey -noout -name secp256k1", ""))))),
        broken("secp256k1 with its parameters spelled out", "EC key on an unknown curve", made("ecparam -genkey -noout -name secp256k1 -param_enc explicit")),
        broken("JWK of secp256k1", "EC key on the curve secp256k1", key(jwk.replace("P-256", "secp256k1"))),
        broken("JWK of an unknown curve", "EC key on an unknown curve (crv); use P-256, P-384 or P-521", key(jwk.replace("P-256", "P-255"))),
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
        broken("JWK of an unknown kty", "a JWK with an unknown kty; use EC, RSA or OKP", key(jwk.replace("\"EC\"", "\"EK\""))),
        broken("JWK for encryption", "give the one for signatures", key(rsa_jwk(&RSA2048).replace("\"sig\"", "\"enc\""))),
        broken("RSA-PSS bound to SHA-1", "bound to a hash that is not supported", pss("-pkeyopt rsa_pss_keygen_md:sha1 -pkeyopt rsa_pss_keygen_mgf1_md:sha1 -pkeyopt rsa_pss_keygen_saltlen:20")),
        broken("RSA-PSS bound to two hashes", "bound to two different hashes; make another key, with the same value for openssl's rsa_pss_keygen_md", pss("-pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha384 -pkeyopt rsa_pss_keygen_saltlen:32")),
        broken("RSA-PSS bound to a long salt", "bound to a salt of 48 bytes, but PS256 uses 32", pss("-pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 -pkeyopt rsa_pss_keygen_saltlen:48")),
    ]
}

#[rustfmt::skip]
fn keys_that_cannot_be_decrypted() -> Vec<Broken> {
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
        broken("no passphrase for a key after a certificate", "encrypted: set private_key_passphrase", key(certificate() + &encrypted)),
        broken("the wrong passphrase", "private_key_passphrase does not open it; check the passphrase", key(&encrypted).with("private_key_passphrase", "wrong")),
        broken("an empty passphrase", "private_key_passphrase does not open it", key(&encrypted).with("private_key_passphrase", "")),
        broken("encrypted in the traditional way", "in its traditional way; get the key out of it: openssl pkcs8 -topk8", key(&traditional).passphrase()),
        broken("PBES1", "encrypted with PBES1, which is not secure; encrypt it again", file(pbes1).passphrase()),
        broken("PBES1 of PKCS#12", "encrypted with PBES1, which is not secure; encrypt it again", key(P256.encrypted("-v1 PBE-SHA1-3DES")).passphrase()),
        broken("PBES2 with Camellia", "encrypted with an algorithm that is not supported", key(P256.encrypted("-v2 camellia256")).passphrase()),
        broken("PBES2 of a curve that is not supported", "EC key on the curve P-224", key(Made::by("ecparam -genkey -noout -name secp224r1").encrypted("-v2 aes256")).passphrase()),
        broken("scrypt with too low a cost", "scrypt with N=0, r=8, p=1, which is not allowed", file(scrypt(&[2, 1, 0], 8, 1)).passphrase()),
        broken("scrypt with too high a cost", "scrypt with N=70368744177664, r=8, p=1, which is not allowed", file(scrypt(&[2, 6, 0x40, 0, 0, 0, 0, 0], 8, 1)).passphrase()),
        broken("scrypt that works long", "N=2097152, r=1, p=16, which is not allowed", file(scrypt(&[2, 3, 0x20, 0, 0], 1, 16)).passphrase()),
        broken("scrypt that needs much memory", "N=1048576, r=2, p=1, which is not allowed", file(scrypt(&[2, 3, 0x10, 0, 0], 2, 1)).passphrase()),
        broken("scrypt without a passphrase that costs too much", "which is not allowed", file(scrypt(&[2, 3, 0x20, 0, 0], 1, 16))),
        broken("PBKDF2 with one round too many", "PBKDF2 with 2000001 rounds", file(pbkdf2(&[2, 3, 0x1e, 0x84, 0x81])).passphrase()),
        broken("twenty encrypted keys", "20 private keys, but only one is needed", key(P256.encrypted("-v2 aes256 -iter 2000000").repeat(20)).passphrase()),
        broken("PBKDF2 with too high a cost", "PBKDF2 with 2147483647 rounds, but only 1 to 2000000 are allowed", file(pbkdf2(&[2, 4, 0x7f, 0xff, 0xff, 0xff])).passphrase()),
    ]
}

#[rustfmt::skip]
fn damaged_keys() -> Vec<Broken> {
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
        broken("a body cut short", "cut short: its encoding says 138 bytes, but it has 120", key(&bare[..160])),
        broken("PEM cut short", "cut short", key(&P256.pem()[..120])),
        broken("DER cut short", "cut short", file(&P384.der[..100])),
        broken("Ed25519 DER cut short", "cut short", file(&version_two(&ED25519, 0x81, &[])[..40])),
        broken("a body without its first line", "give PEM, the bare base64 of a PKCS#8 key, DER or a JWK", key(&LETTER.bare()[64..])),
        broken("a body without its first line that begins with a slash", "give PEM, the bare base64 of a PKCS#8 key, DER or a JWK", key(&SLASH.bare()[64..])),
        broken("a misspelt armour", "no valid BEGIN line, or no key after it", key(P256.pem().replace("BEGIN", "BEGN"))),
        broken("armour without its spaces", "no valid BEGIN line, or no key after it", key(P256.pem().replace("BEGIN PRIVATE", "BEGINPRIVATE"))),
        broken("hyphens only", "no valid BEGIN line, or no key after it", key("-----")),
        broken("an END line only", "no valid BEGIN line, or no key after it", key("-----END PRIVATE KEY-----")),
        broken("padding only", "it contains no private key", key("==")),
        broken("PEM escaped for a URL", "this is escaped for a URL", key(P256.pem().replace(' ', "%20").replace('\n', "%0A"))),
        broken("PEM as a form field", "this is escaped for a URL", key(P256.pem().replace('+', "%2B").replace(' ', "+").replace('\n', "%0a"))),
        broken("a line of YAML", "the base64 has an invalid character at position ", key(format!("private_key: {bare}"))),
        broken("a full stop after the key", "the base64 has an invalid character at position ", key(format!("{bare}."))),
        broken("a path in place of the key", "this looks like the name of a file", key("/etc/talkdesk/key")),
        broken("a long path in place of the key", "this looks like the name of a file", key(format!("{}/key", "/srv/the-keys".repeat(8)))),
        broken("a body that lacks a character", "cut short", key(format!("{}{}", &bare[..90], &bare[91..]))),
        broken("a body that lacks three characters", "damaged base64", key(format!("{}{}", &bare[..90], &bare[93..]))),
        broken("a foreign character", "the base64 has an invalid character at position ", key(bare.replacen(&bare[100..101], "*", 1))),
        broken("bytes after the DER", "too long: its encoding says 138 bytes, but it has 141", file([&P256.der[..], &[1, 2, 3]].concat())),
        broken("bytes after the DER in base64", "too long: its encoding says 138 bytes, but it has 141", key(STANDARD.encode([&P256.der[..], &[1, 2, 3]].concat()))),
        broken("bytes after the DER of Ed25519", "too long: its encoding says 48 bytes, but it has 49", key(STANDARD.encode([&ED25519.der[..], &[1]].concat()))),
        broken("a flipped bit in a P-256 key", "P-256 key, but damaged", file(flipped(&P256.der, middle))),
        broken("a flipped bit in a P-521 key", "P-521 key, but damaged", file(flipped(&P521.traditional(), 20))),
        broken("a flipped bit in an RSA key", "RSA key, but damaged", file(flipped(&rsa, rsa.len() / 2))),
        broken("a flipped bit in an RSA key's PKCS#8", "RSA key, but damaged", key(STANDARD.encode(flipped(&RSA3072.der, 900)))),
        broken("a flipped bit in an Ed25519 key", "Ed25519 key, but damaged", file(flipped(&version_two(&ED25519, 0x81, &[]), 20))),
        broken("PKCS#8 v2 of Ed25519 without its public key", "Ed25519 key, but damaged", file(flipped(&ED25519.der, 4))),
        broken("JWK whose numbers do not fit", "d, x and y do not fit together", key(ec_jwk_of("P-256", &swapped, ""))),
        broken("JWK with a number of another curve", "a number that is too long for its curve", key(ec_jwk("P-256", &P384))),
        broken("JWK without y", "the JWK's y is missing or not a string", key(without_member(&jwk, "y"))),
        broken("JWK whose d is not text", "the JWK's d is missing or not a string", key(jwk.replace("\"d\":\"", "\"d\":1,\"d2\":\""))),
        broken("JWK whose kid has a line break", "its member kid: a line break", key(jwk.replace("{\"", "{\"kid\":\"k\\n\",\""))),
        broken("JWK whose d is not base64url", "the JWK's d is not base64url", key(jwk.replace("\"d\":\"", "\"d\":\"*"))),
        broken("JWK of Ed25519 with another x", "d and x do not fit together", key(okp_jwk(&Made { public: P256.public[1..33].to_vec(), der: ED25519.der.clone() }))),
        broken("two keys", "2 private keys, but only one is needed", key(&other)),
        broken("two keys, one of them unusable", "2 private keys, but only one is needed", key(P256.pem() + &P384.encrypted("-v2 aes256"))),
        broken("JWK Set with two private keys of other names", "a JWK Set with 2 private keys, but none has the key id as its kid", key(format!(r#"{{"keys":[{jwk},{}]}}"#, okp_jwk(&ED25519)))),
        broken("JWK Set with two private keys and no key id", "more than one private key; set key_id to the kid of one of them", key(format!(r#"{{"keys":[{jwk},{}]}}"#, okp_jwk(&ED25519))).without("key_id")),
        broken("JWK Set with two private keys of one name", "more than one private key of this kid", key(format!(r#"{{"keys":[{0},{0}]}}"#, ec_jwk_of("P-256", &ec_numbers(&P256), r#","kid":"k""#)))),
        broken("JWK Set with a key for encryption only", "give the one for signatures", key(format!(r#"{{"keys":[{}]}}"#, rsa_jwk(&RSA2048).replace("\"sig\"", "\"enc\"")))),
        broken("junk inside the SEQUENCE of an Ed25519 key", "PKCS#8 key, but damaged", file(with_junk(&ED25519.der, &[2, 1, 7]))),
        broken("junk inside the SEQUENCE of a P-256 key", "PKCS#8 key, but damaged", file(with_junk(&P256.der, &[2, 1, 7]))),
        broken("junk inside the SEQUENCE of an RSA key", "PKCS#8 key, but damaged", file(with_junk(&RSA2048.der, &[4, 1, 7]))),
        broken("a byte inside the SEQUENCE of an Ed25519 key that is no DER", "neither a key nor other DER", file(with_junk(&ED25519.der, &[7]))),
        broken("a cut part inside the SEQUENCE of an Ed25519 key", "neither a key nor other DER", file(with_junk(&ED25519.der, &[0xa0, 9]))),
        broken("junk inside the SEQUENCE of an EC key of SEC1", "P-256 key, but damaged", file(with_junk(&P256.traditional(), &[2, 1, 7]))),
        broken("junk inside the SEQUENCE of an RSA key of PKCS#1", "RSA key, but damaged", file(with_junk(&RSA2048.traditional(), &[2, 1, 7]))),
        broken("armour around nothing", "nothing between the BEGIN line and the END line", key("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")),
        broken("an armour line without an end", "the BEGIN line does not end with five hyphens; write it like -----BEGIN PRIVATE KEY-----", key(format!("-----BEGIN PRIVATE KEY {bare}"))),
    ]
}

/// Keys of each family, with the algorithm of another family.
#[rustfmt::skip]
fn keys_for_another_algorithm() -> Vec<Broken> {
    let with = |given: Given, algorithm: &str| given.with("algorithm", algorithm);
    let client_file = format!(r#"{{"id":"c","private_key":"{}","key_id":"k","key_algorithm":"ES384"}}"#, P256.bare());
    vec![
        broken("P-256 for ES384", "P-256 key, but algorithm is ES384; it signs with ES256", with(key(P256.bare()), "ES384")),
        broken("P-384 for ES256", "P-384 key, but algorithm is ES256; it signs with ES384", with(key(P384.pem()), "ES256")),
        broken("P-521 for EdDSA", "P-521 key, but algorithm is EdDSA; it signs with ES512", with(key(P521.pem()), "EdDSA")),
        broken("Ed25519 for RS256", "Ed25519 key, but algorithm is RS256; it signs with EdDSA", with(key(ED25519.pem()), "RS256")),
        broken("RSA for ES256", "RSA key, but algorithm is ES256; it signs with PS256, PS384", with(key(RSA2048.pem()), "ES256")),
        broken("RSA-PSS for RS256", "RSA-PSS key, but algorithm is RS256; it signs with PS256, PS384, PS512", with(key(PSS.pem()), "RS256")),
        broken("RSA-PSS of SHA-256 for PS384", "RSA-PSS key for SHA-256, but algorithm is PS384; it signs with PS256", with(key(PSS256.pem()), "PS384")),
        broken("RSA-PSS of SHA-384 for PS512", "RSA-PSS key for SHA-384, but algorithm is PS512", with(key(PSS384.pem()), "PS512")),
        broken("RSA-PSS of SHA-512 for RS512", "RSA-PSS key for SHA-512, but algorithm is RS512", with(key(PSS512.pem()), "RS512")),
        broken("JWK whose alg does not fit", "P-256 key, but the JWK's alg is ES512", key(ec_jwk_of("P-256", &ec_numbers(&P256), r#","alg":"ES512""#))),
        broken("credentials whose key_algorithm does not fit", "P-256 key, but the credentials' key_algorithm is ES384", credentials(client_file)),
        broken("JWK with an alg for encryption", "missing, and the JWK's alg is not a known algorithm; give one", key(rsa_jwk(&RSA2048).replace("\"use\"", r#""alg":"RSA-OAEP","use""#))).option(Some("algorithm")),
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
        document("a placeholder as credentials", "this is a placeholder that nobody filled in", credentials("${TALKDESK_CREDENTIALS}")),
        document("a reference as credentials", "this is a reference to a secret store (op://…)", credentials("op://v/talkdesk/c")),
        document("the first line of credentials", "only the first line of JSON arrived", credentials("{\n")),
        document("a placeholder in a client id", "its member id: this is a placeholder that nobody filled in", credentials(client_file.replace("\"c\"", "\"<client_id>\""))),
        broken("a placeholder in credentials", "this is a placeholder that nobody filled in", credentials(client_file.replace(&bare, "<client_private_key>"))),
        document("HTML as credentials", "not JSON; give the OAuth client file or the app.installed event", credentials("<html></html>")),
        document("incomplete credentials", "starts like JSON but is not valid JSON (line 1, column ", credentials(&client_file[..150])),
        document("credentials that are a number", "JSON, but not an object", credentials("17")),
        document("credentials of two clients", "an array of 2 clients; give only the client to use", credentials(format!("[{client_file},{client_file}]"))),
        document("credentials of no client", "an array of 0 clients", credentials("[]")),
        document("an array of something else", "JSON, but not an object", credentials("[\"c\"]")),
        document("an event without an object in it", "its member data is not an object", credentials(r#"{"data":"c"}"#)),
        document("JSON of something else", "give the OAuth client file or the app.installed event", credentials(r#"{"error":"not_found"}"#)),
        document("a private_key that is not text", "its member private_key is not a string", credentials(client_file.replace(&format!("\"{bare}\""), "[1]"))),
        document("an empty key", "its member private_key is empty", credentials(client_file.replace(&bare, " "))),
        document("a space after a client id", "its member id: white space around the value; remove it", credentials(client_file.replace("\"c\"", "\"c \""))),
        document("a line break after a key id", "its member key_id: a line break or control character", credentials(client_file.replace("\"k\"", "\"k\\n\""))),
        document("an unknown key_algorithm", "the credentials' key_algorithm is not a known algorithm; give one", credentials(client_file.replace("}", r#","key_algorithm":"SHA256withECDSA"}"#))).option(Some("algorithm")),
        document("credentials without a key", "missing; give private_key, private_key_file, or credentials that contain the key", credentials(without_member(&client_file, "private_key"))).option(Some("private_key")),
        broken("a broken key in them", "cut short", credentials(client_file.replace(&bare, &bare[..160]))),
        broken("an encrypted key in them", "encrypted: set private_key_passphrase", credentials(client_file.replace(&bare, &P256.encrypted("-v2 aes256").replace('\n', "\\n")))),
    ]
}

/// The SEQUENCE with further bytes at its end.
fn with_junk(der: &[u8], junk: &[u8]) -> Vec<u8> {
    tlv(0x30, &[content_of(der), junk])
}

/// A PBES2 structure with scrypt and any content. `cost` is a DER INTEGER.
fn scrypt(cost: &[u8], size: u8, parallel: u8) -> Vec<u8> {
    let oid = tlv(6, &[&[0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 0x0b]]);
    pbes2(&tlv(0x30, &[&oid, &tlv(0x30, &[&tlv(4, &[&[7; 8]]), cost, &[2, 1, size], &[2, 1, parallel]])]))
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

/// Files without a key, which are made in `folder`.
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
        broken("a folder", "); give the path of the file in it", path(folder)),
        broken("no such file", "/missing); check the path, and the folder that the program runs in", path(folder.join("missing"))),
        broken("a file in a file", "the file can't be opened", path(folder.join("empty/key.pem"))),
        broken("a file that fails when it is read", "the file can't be read", path("/proc/self/mem")),
        broken("PEM in place of its path", "not a path, but the content of a file", path(P256.pem())),
        broken("a body in place of its path", "not a path, but the content of a file", path(P256.bare())),
        broken("an RSA key in place of its path", "not a path, but the content of a file", path(RSA4096.bare())),
        broken("no such file of credentials", "no such file", credentials(&folder.join("missing"))).option(None),
        broken("a path with a blank", "no such file; check", path(folder.join("my key"))),
        broken("a path that may be a key", "no such file; check", path("/60/characters/of/base64/in/a/row/may/be/a/part/of/a/private/key")),
        broken("a folder of credentials", "a directory", credentials(folder)).option(None),
        broken("an empty file of credentials", "the file is empty", credentials(&folder.join("empty"))).option(None),
    ]
}

#[test]
fn every_broken_key_fails_with_advice_and_is_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = tempfile::tempdir().expect("a folder");
    let tables = [
        other_than_private_keys(),
        other_containers(),
        text_in_the_place_of_a_key(),
        keys_of_the_wrong_kind(),
        keys_that_cannot_be_decrypted(),
        damaged_keys(),
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

/// Every type of key, as base64 and base64url, whole and without its first characters: no message may show it as a path.
#[test]
fn no_key_in_the_place_of_a_path_is_shown() {
    let keys: [&Made; 8] = [&P256, &P384, &P521, &ED25519, &RSA2048, &RSA4096, &PSS, &PSS256];
    for made in keys {
        for body in [
            STANDARD.encode(&made.der),
            base64url(&made.der),
            base64url(&made.traditional()),
            made.pem().replace('\n', "/"),
        ] {
            for start in [0, 1, 2, 3] {
                for folder in ["", "/", "/etc/", "./"] {
                    let given = path(format!("{folder}{}", &body[start..]));
                    let error = given.client(&given.ways(Path::new("/"))[0]).expect_err("this is no path");
                    assert_eq!(leak_of_error(&secrets(body.as_bytes()), &error), None, "{error}");
                }
            }
        }
    }
}

#[test]
fn the_error_of_an_unreadable_file_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key.pem");
    fs::write(&file, P256.pem()).expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).expect("its mode changes");
    let given = path(&file);
    let way = given.ways(folder.path()).remove(0);
    // Root can read every file, unless its thread gives up that capability.
    let error = std::thread::spawn(move || {
        let none = rustix::thread::CapabilitySet::empty();
        let sets = rustix::thread::CapabilitySets { effective: none, permitted: none, inheritable: none };
        rustix::thread::set_capabilities(None, sets).expect("a thread may give up capabilities");
        given.client(&way).expect_err("the file may not be read")
    });
    let error = error.join().expect("the thread ends");
    assert_eq!(error.code(), ErrorCode::InvalidKey);
    let expected =
        format!("private_key_file: the file is not readable ({}); give this user the right to read it", file.display());
    assert_eq!(error.message(), expected);
}
