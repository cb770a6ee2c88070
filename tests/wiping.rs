//! Secrets are wiped when they are no longer needed. The test looks into every block of memory that is freed while a client is
//! made, used and dropped: none may contain a part of the key in any spelling. The same holds for assertions and tokens. The test
//! doesn't see what the crypto library allocates; that library wipes its own memory.

mod common;

use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::signature::{self, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::endpoint::Endpoint;
use pkcs8::PrivateKeyInfoRef;
use pkcs8::pkcs5::pbes2;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::{Cell, RefCell};
use std::env;
use std::net::TcpListener;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use talkdesk_auth::{Client, ErrorCode};

/// Looks into every block that is freed, on threads that ask for it.
struct Watching;

#[global_allocator]
static ALLOCATOR: Watching = Watching;

thread_local! {
    static MARKS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
    static LEAKS: Cell<usize> = const { Cell::new(0) };
}

/// What is looked for on all threads, and how often it was found.
static MARKS_EVERYWHERE: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
static LEAKS_EVERYWHERE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Watching {
    // Memory is zeroed so that every byte of a block may be read.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise about `layout`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the block is alive until it is freed below, and was initialised when it was allocated.
        let content = unsafe { std::slice::from_raw_parts(block, layout.size()) };
        if IS_WATCHED.get() {
            inspect(content);
        }
        if MARKS_EVERYWHERE.get().is_some_and(|marks| contains(content, marks)) {
            LEAKS_EVERYWHERE.fetch_add(1, Ordering::Relaxed);
        }
        // SAFETY: the caller's promise about `block` and `layout`.
        unsafe { System.dealloc(block, layout) }
    }
    // The trait's own `realloc` calls `alloc` and `dealloc`, so blocks that grow are seen too.
}

fn inspect(block: &[u8]) {
    MARKS.with_borrow(|marks| {
        if contains(block, marks) {
            LEAKS.set(LEAKS.get() + 1);
        }
    });
}

fn contains(block: &[u8], marks: &[Vec<u8>]) -> bool {
    marks.iter().any(|mark| block.windows(mark.len()).any(|window| window == mark))
}

/// How many blocks with a part of the secret were freed while `action` ran.
fn leaks(action: impl FnOnce()) -> usize {
    LEAKS.set(0);
    IS_WATCHED.set(true);
    action();
    IS_WATCHED.set(false);
    LEAKS.get()
}

const PASSPHRASE: &str = "correct-horse";

struct Secret {
    pkcs8: Vec<u8>,
    number: Vec<u8>,
    public: Vec<u8>,
}

impl Secret {
    fn new() -> Secret {
        let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::generate(algorithm).expect("a key");
        let pkcs8 = pair.to_pkcs8v1().expect("PKCS#8").as_ref().to_vec();
        let number: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().expect("its number");
        Secret { pkcs8, number: number.as_ref().to_vec(), public: pair.public_key().as_ref().to_vec() }
    }

    /// Twelve characters from the middle of every text that holds the number, and bytes of the number itself.
    fn marks(&self) -> Vec<Vec<u8>> {
        let at = self.pkcs8.windows(32).position(|window| window == self.number).expect("the number");
        // A multiple of nine: there a base64 group begins, and still begins when the text is encoded again.
        let group = (at + 12).next_multiple_of(9);
        let text = STANDARD.encode(&self.pkcs8[group..group + 9]);
        let url = URL_SAFE_NO_PAD.encode(&self.pkcs8[group..group + 9]);
        let twice = STANDARD.encode(STANDARD.encode(&self.pkcs8));
        let wide = text.bytes().flat_map(|byte| [byte, 0]).collect();
        let jwk = URL_SAFE_NO_PAD.encode(&self.number[12..21]);
        vec![
            self.number[12..21].to_vec(),
            text.clone().into(),
            jwk.into(),
            wide,
            twice[group / 9 * 16..][..12].into(),
            url.into(),
        ]
    }

    fn pem(&self) -> String {
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(&self.pkcs8))
    }

    fn encrypted(&self) -> Vec<u8> {
        let scheme = pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(1000, &[7; 8], [7; 16]).expect("a scheme");
        let key = PrivateKeyInfoRef::try_from(&self.pkcs8[..]).expect("PKCS#8");
        key.encrypt_with_params(scheme, PASSPHRASE).expect("encrypted").as_bytes().to_vec()
    }

    fn jwk(&self) -> String {
        let [d, x, y] =
            [&self.number[..], &self.public[1..33], &self.public[33..]].map(|number| URL_SAFE_NO_PAD.encode(number));
        format!(r#"{{"kty":"EC","crv":"P-256","d":"{d}","x":"{x}","y":"{y}"}}"#)
    }
}

#[test]
fn freed_memory_contains_nothing_of_the_key() {
    let secret = Secret::new();
    MARKS.set(secret.marks());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("key");
    let file_option = file.to_str().expect("UTF-8").to_owned();
    let (pem, jwk, bare) = (secret.pem(), secret.jwk(), STANDARD.encode(&secret.pkcs8));
    let escaped = pem.replace('\n', "\\n");
    let client_file = format!(r#"{{"id":"c","secret":"s","private_key":"{escaped}","key_id":"k"}}"#);
    let utf16: Vec<u8> = format!("\u{feff}{pem}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let der = &secret.pkcs8;

    // First prove that the allocator finds the key in each spelling. Otherwise finding nothing would mean nothing.
    for spelled in [pem.as_bytes(), jwk.as_bytes(), der, &utf16, STANDARD.encode(&bare).as_bytes()] {
        assert_eq!(leaks(|| drop(spelled.to_vec())), 1);
    }

    let loading = [
        ("PEM", "private_key", pem.clone()),
        ("the bare body", "private_key", bare.clone()),
        ("literal \\n", "private_key", escaped.clone()),
        ("base64url", "private_key", URL_SAFE_NO_PAD.encode(der)),
        ("base64 of base64", "private_key", STANDARD.encode(&bare)),
        ("JWK", "private_key", jwk.clone()),
        ("JWK in quotes, escaped", "private_key", format!("\"{}\"", jwk.replace('"', "\\\""))),
        ("JWK Set", "private_key", format!(r#"{{"keys":[{jwk}]}}"#)),
        ("the OAuth client file", "credentials", client_file.clone()),
        (
            "the app.installed event",
            "credentials",
            format!(r#"{{"data":{}}}"#, client_file.replace("\"id\"", "\"client_id\"")),
        ),
        ("credentials without a client", "credentials", client_file.replace("\"id\"", "\"di\"")),
    ];
    let failing = [
        ("PEM with bytes after the key", "private_key", pem.replace("\n-----END", "AAAA\n-----END")),
        ("a body that is cut short", "private_key", bare[..160].to_owned()),
        ("a foreign character after the key", "private_key", format!("{bare}*")),
        ("two keys", "private_key", pem.repeat(2)),
        ("JWK Set with two keys", "private_key", format!(r#"{{"keys":[{jwk},{jwk}]}}"#)),
        ("PEM without its backslashes", "private_key", pem.replace('\n', "n")),
        ("a body with a blank", "private_key", format!("{} {}", &bare[..100], &bare[101..])),
        ("PEM in hexadecimal", "private_key", pem.bytes().map(|byte| format!("{byte:02x}")).collect()),
        ("incomplete JWK", "private_key", jwk[..jwk.len() - 1].to_owned()),
        ("JWK without y", "private_key", jwk.replace("\"y\"", "\"z\"")),
        ("JWK for another algorithm", "private_key", jwk.replace("\"EC\"", "\"EC\",\"alg\":\"ES384\"")),
        ("incomplete credentials", "credentials", client_file[..client_file.len() - 1].to_owned()),
        ("credentials in private_key", "private_key", client_file.clone()),
        ("JWK in credentials", "credentials", jwk.clone()),
    ];
    let files = [
        ("DER", der.clone()),
        ("UTF-16", utf16),
        ("PBES2", secret.encrypted()),
        ("PEM in a file", pem.clone().into_bytes()),
    ];
    let mut leaking = Vec::new();
    for (name, option, value) in &loading {
        assert!(count(&mut leaking, name, (option, value)), "{name} must load");
    }
    for (name, option, value) in &failing {
        assert!(!count(&mut leaking, name, (option, value)), "{name} must fail");
    }
    for (name, content) in &files {
        std::fs::write(&file, content).expect("a file");
        assert!(count(&mut leaking, name, ("private_key_file", &file_option)), "{name} must load");
    }
    std::fs::write(&file, &client_file).expect("a file");
    assert!(count(&mut leaking, "credentials in a file", ("credentials_file", &file_option)));
    assert!(leaking.is_empty(), "freed blocks contain a part of the key: {leaking:?}");
}

#[test]
fn freed_memory_contains_nothing_of_a_key_beside_an_authority() {
    let secret = Secret::new();
    MARKS.set(secret.marks());
    let authority = rcgen::generate_simple_self_signed(["acme".to_owned()]).expect("a certificate").cert.pem();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("combined.pem");
    for combined in [format!("{}{authority}", secret.pem()), format!("{authority}{}", secret.pem())] {
        std::fs::write(&file, combined).expect("a file");
        let pem = secret.pem();
        let options = [
            ("token_endpoint", "https://t.example/oauth/token"),
            ("client_id", "c"),
            ("key_id", "k"),
            ("private_key", pem.as_str()),
            ("ca_file", file.to_str().expect("UTF-8")),
        ];
        assert_eq!(leaks(|| drop(Client::new(options).expect("a client"))), 0);
    }
}

/// Another thread loads the system's store. The test runs itself once more, in a process whose variables name files with a key.
#[test]
fn freed_memory_contains_nothing_of_a_key_in_the_systems_store() {
    const MARK: &str = "MARK_OF_THE_KEY";
    if let Ok(mark) = env::var(MARK) {
        return load_the_store(mark);
    }
    let secret = Secret::new();
    let text = &secret.marks()[1];
    let authority = rcgen::generate_simple_self_signed(["acme".to_owned()]).expect("a certificate").cert.pem();
    let folder = tempfile::tempdir().expect("a folder");
    let in_folder = folder.path().join("folder");
    std::fs::create_dir(&in_folder).expect("a folder");
    let [file, other] = [folder.path().join("combined.pem"), in_folder.join("0a1b2c3d.0")];
    std::fs::write(&file, format!("{}{authority}", secret.pem())).expect("a file");
    // A name in Latin-1 makes the file no UTF-8.
    std::fs::write(&other, [b"M\xfcller\n", authority.as_bytes(), secret.pem().as_bytes()].concat()).expect("a file");
    let name = "freed_memory_contains_nothing_of_a_key_in_the_systems_store";
    let child = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", name])
        .env("SSL_CERT_FILE", &file)
        .env("SSL_CERT_DIR", &in_folder)
        .env(MARK, String::from_utf8_lossy(text).as_ref())
        .output()
        .expect("it starts");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
}

/// `mark` is a part of the key that stands in the files, in base64.
fn load_the_store(mark: String) {
    let secret = Secret::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}/oauth/token", listener.local_addr().expect("its address"));
    thread::spawn(move || listener.incoming().for_each(drop));
    let pem = secret.pem();
    let options = [("token_endpoint", url.as_str()), ("client_id", "c"), ("key_id", "k"), ("private_key", &pem)];
    let client = Client::new(options).expect("a client");
    let file = env::var_os("SSL_CERT_FILE").expect("it is set");
    MARKS_EVERYWHERE.set([STANDARD.decode(&mark).expect("base64"), mark.into_bytes()]).expect("it is set once");
    // First prove that the key is found.
    drop(std::fs::read(file).expect("a file"));
    assert_eq!(LEAKS_EVERYWHERE.swap(0, Ordering::Relaxed), 1);
    // The server ends the handshake, and the store is loaded before.
    let error = client.exchange([("grant_type", "client_credentials")]).expect_err("no handshake");
    assert_eq!(error.code(), ErrorCode::TlsFailed, "{error}");
    assert_eq!(LEAKS_EVERYWHERE.load(Ordering::Relaxed), 0);
}

#[test]
fn freed_memory_contains_nothing_of_an_assertion() {
    let secret = Secret::new();
    let client = Client::new([
        ("token_endpoint", "https://t.example/oauth/token"),
        ("client_id", "c"),
        ("key_id", "k"),
        ("private_key", &secret.pem()),
    ]);
    let client = client.expect("a client");
    let first = client.assertion([]).expect("an assertion");
    let header = first.jwt().split('.').next().expect("a header");
    let confidence = "in confidence, \"quoted\" and \u{1}";
    MARKS.set(vec![b"in confidenc".to_vec()]);
    let (long, longer) = (confidence.repeat(20), confidence.repeat(100));
    assert_eq!(leaks(|| drop(long.clone())), 1);
    for (further, signs) in [
        (vec![("claim.note", confidence)], true),
        (vec![("claim.one", long.as_str()), ("claim.two", longer.as_str())], true),
        (vec![("claim.one", confidence), ("claim.nbf", "1")], false),
    ] {
        let mut signed = None;
        assert_eq!(leaks(|| signed = client.assertion(further.iter().copied()).ok()), 0, "signing");
        assert_eq!(signed.is_some(), signs);
        let Some(assertion) = signed else { continue };
        let jwt = assertion.jwt();
        let [signature, claims] = [jwt.len() - 12, header.len() + 30].map(|at| jwt.as_bytes()[at..][..12].to_vec());
        MARKS.with_borrow_mut(|marks| marks.extend([signature, claims]));
        assert_eq!(leaks(|| drop(jwt.to_owned())), 1);
        let length = |name| assertion.get(name).map(str::len);
        assert_eq!(leaks(|| assert!(length("claims") > length("header"))), 0, "reading");
        assert_eq!(leaks(|| drop(assertion)), 0, "dropping");
    }
}

#[test]
fn memory_that_a_dropped_token_frees_contains_nothing_of_it() {
    let endpoint = Endpoint::start();
    let entry = endpoint.client("ES256");
    let file = entry.private_key_file.to_str().expect("UTF-8");
    let client = Client::new([
        ("token_endpoint", endpoint.text("token_endpoint")),
        ("client_id", &entry.client_id),
        ("key_id", &entry.key_id),
        ("private_key_file", file),
    ]);
    let client = client.expect("a client");
    let token = client.exchange([
        ("grant_type", "authorization_code"),
        ("code", "code-1"),
        ("redirect_uri", endpoint.text("redirect_uri")),
    ]);
    let token = token.expect("a token");
    let refresh_token = token.get("refresh_token").expect("a refresh token");
    let copies = [token.access_token().to_owned(), refresh_token.to_owned(), token.json().to_owned()];
    MARKS.set(copies[..2].iter().map(|secret| secret.as_bytes()[4..16].to_vec()).collect());
    assert_eq!(leaks(|| drop(copies)), 3);
    assert_eq!(leaks(|| drop(token)), 0);
}

/// Makes a client, signs with it, and drops it, and counts the leaks. Returns whether the client was made and signed.
fn count<'a>(leaking: &mut Vec<(&'a str, usize)>, name: &'a str, given: (&str, &str)) -> bool {
    let common = [("token_endpoint", "https://t.example/oauth/token"), ("client_id", "c"), ("key_id", "k")];
    let options = [given].into_iter().chain(common).chain([("private_key_passphrase", PASSPHRASE)]);
    let options: Vec<(&str, &str)> = options.collect();
    let mut loads = false;
    let leaks = leaks(|| {
        let client = Client::new(options.iter().copied());
        loads = client.is_ok_and(|client| client.assertion([]).is_ok());
    });
    if leaks > 0 {
        leaking.push((name, leaks));
    }
    loads
}
