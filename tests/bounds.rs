//! Time and memory are bounded by the size of the input. Each shape of input made some program of this kind slow once, or could.
//!
//! The allocator counts: twice the input may take about twice the memory, at most so many bytes for each byte of input. What needs
//! time without memory is watched: a shape that takes seconds where milliseconds are right takes hours where they are not. So the limit
//! of the watchdog decides nothing on a slow machine.

mod common;

use common::cost::{Counting, watched};
use talkdesk_auth::{Client, ErrorCode};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Checks that memory grows with the input and not faster.
fn check(name: &str, length: usize, action: impl Fn(usize) + Clone + Send + 'static) {
    const FIXED: usize = 200_000;
    const MOST_FOR_A_BYTE: usize = 100;
    let [once, twice] = [length, 2 * length].map(|length| {
        let action = action.clone();
        (length, watched(name, move || action(length)))
    });
    assert!(twice.1.allocated <= 3 * once.1.allocated + FIXED, "{name}: {once:?}, {twice:?}");
    assert!(twice.1.most_at_once <= MOST_FOR_A_BYTE * twice.0 + FIXED, "{name}: {twice:?}");
}

fn repeated(before: &str, part: &str, after: &str, length: usize) -> String {
    let count = |room: usize| room / part.len();
    if after == "\\a" {
        return [before, &part.repeat(count(length / 2)), &after.repeat(length / 2 / after.len())].concat();
    }
    [before, &part.repeat(count(length.saturating_sub(before.len() + after.len()))), after].concat()
}

/// A name, what comes first, what repeats, and what comes last. If the last part is an escape, it repeats as often.
const SHAPES: &[(&str, &str, &str, &str)] = &[
    ("blanks and escapes after a brace", "{", " ", "\\a"),
    ("escapes that may be JSON", "{", "\\a", ""),
    ("escapes in JSON", "{\"", "\\a", ""),
    ("escapes after blanks", "{   ", "\\a", ""),
    ("backslashes", "", "\\", ""),
    ("Unicode escapes", "x", "\\u003d", ""),
    ("line breaks as escapes", "x", "\\n", ""),
    ("braces", "", "{", ""),
    ("brackets", "", "[", ""),
    ("nested JSON", "", "{\"a\":", ""),
    ("members of JSON", "{", "\"a\":1,", "\"b\":1}"),
    ("members of JSON with escapes", "{", "\"\\u0061\":1,", "\"b\":1}"),
    ("a JWK Set", "{\"keys\":[", "{\"d\":\"\",\"kid\":\"k\"},", "{}]}"),
    ("items of an array", "[", "{},", "{}]"),
    ("BEGIN", "", "BEGIN ", ""),
    ("BEGIN with hyphens", "", "-BEGIN ", ""),
    ("BEGIN after blanks", "-", " ", "BEGIN A-----"),
    ("BEGIN lines", "", "-----BEGIN A-----\n", ""),
    ("END lines", "-----BEGIN A-----\n", "-----END A-----\n", ""),
    ("empty blocks", "", "-----BEGIN A-----\n-----END A-----\n", ""),
    ("blocks", "", "-----BEGIN A-----\nMAA=\n-----END A-----\n", ""),
    ("headers in a block", "-----BEGIN A-----\n", "a:b\n", "-----END A-----\n"),
    ("hyphens", "-----BEGIN A", "-", "A"),
    ("blanks", "A", " ", "A"),
    ("quotes", "A", "\"", "A"),
    ("line breaks", "A", "\n", "A"),
    ("base64", "", "MAAA", ""),
    ("base64 with bare escapes", "nM", "AAAn", ""),
    ("dots", "eyJ", ".", ""),
    ("an ellipsis", "A", "…", ""),
    ("numbers of DER in base64", "MIMH//8=", "AgEA", ""),
    ("parts of DER in base64", "MIMF//v", "BQAFAAUA", ""),
    ("placeholders", "", "${", ""),
    ("links in credentials", "{\"id\":\"c\",\"_links\":{", "\"a\":{\"href\":\"https://a/oauth/token\"},", "\"b\":1}}"),
    ("certificates", "", "-----BEGIN CERTIFICATE-----\n", ""),
];

const REGISTRATION: [(&str, &str); 3] =
    [("token_endpoint", "https://t.example/oauth/token"), ("client_id", "c"), ("key_id", "k")];

#[test]
fn a_text_costs_as_much_as_it_is_long() {
    for (name, before, part, after) in SHAPES {
        for option in ["private_key", "credentials", "ca_file"] {
            check(&format!("{name} as {option}"), 1 << 18, move |length| {
                let text = repeated(before, part, after, length);
                let folder = tempfile::tempdir().expect("a folder");
                let file = folder.path().join("given");
                let value = if option == "ca_file" {
                    std::fs::write(&file, &text).expect("a file");
                    file.to_str().expect("UTF-8")
                } else {
                    &text
                };
                let key = (option == "ca_file").then_some(("private_key", KEY));
                let given = REGISTRATION.into_iter().chain([(option, value)]).chain(key);
                assert!(Client::new(given).is_err(), "{name} is no {option}");
            });
        }
    }
}

/// An Ed25519 key for tests only (RFC 8410 §10.3).
const KEY: &str = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";

fn client(further: &[(&str, &str)]) -> Client {
    let given = REGISTRATION.into_iter().chain([("private_key", KEY)]).chain(further.iter().copied());
    Client::new(given).expect("a client")
}

#[test]
fn options_cost_as_much_as_there_are() {
    check("claims", 1 << 20, |length| {
        let names: Vec<String> = (0..length / 12).map(|index| format!("claim.{index}")).collect();
        client(&[]).assertion(names.iter().map(|name| (name.as_str(), "x"))).expect("an assertion");
    });
    check("parameters", 1 << 20, |length| {
        let names: Vec<String> = (0..length / 12).map(|index| format!("param.{index}")).collect();
        let error = client(&[]).exchange(names.iter().map(|name| (name.as_str(), "x"))).expect_err("no grant type");
        assert_eq!(error.get("option"), Some("grant_type"));
    });
}

#[test]
fn a_list_of_hosts_costs_as_much_as_it_is_long() {
    for part in ["a.example,", "10.0.0.0/8,", "[::1]/64,", ",", "*.", "[", " "] {
        check(&format!("no_proxy of {part}"), 1 << 18, move |length| {
            let hosts = repeated("", part, "", length);
            let _ = Client::new(REGISTRATION.into_iter().chain([
                ("private_key", KEY),
                ("proxy", "http://proxy.example:8080"),
                ("no_proxy", &hosts),
            ]));
        });
    }
}

/// PBES2 with scrypt, 1 MiB times `size` for each of `parallel` blocks.
fn scrypt(size: u8, parallel: u8) -> Vec<u8> {
    let tlv = |tag: u8, parts: &[&[u8]]| [&[tag, parts.concat().len() as u8][..], &parts.concat()].concat();
    let scrypt = tlv(6, &[&[0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 0x0b]]);
    let cost = tlv(0x30, &[&tlv(4, &[&[7; 8]]), &[2, 2, 0x20, 0, 2, 1, size, 2, 1, parallel]]);
    let aes = tlv(0x30, &[&tlv(6, &[&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a]]), &tlv(4, &[&[7; 16]])]);
    let pbes2 = tlv(6, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 0x0d]]);
    let scheme = tlv(0x30, &[&pbes2, &tlv(0x30, &[&tlv(0x30, &[&scrypt, &cost]), &aes])]);
    tlv(0x30, &[&scheme, &tlv(4, &[&[7; 16]])])
}

#[test]
fn only_one_key_is_decrypted_and_none_that_costs_too_much() {
    let load = |name: &'static str, size, parallel, count: usize| {
        watched(name, move || {
            use base64::Engine;
            let body = base64::engine::general_purpose::STANDARD.encode(scrypt(size, parallel));
            let block = format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{body}\n-----END ENCRYPTED PRIVATE KEY-----\n");
            let given = [("private_key", block.repeat(count)), ("private_key_passphrase", "x".to_owned())];
            let given = given.iter().map(|(name, value)| (*name, value.as_str()));
            let error = Client::new(REGISTRATION.into_iter().chain(given)).expect_err("there is no key in it");
            assert_eq!(error.code(), ErrorCode::InvalidKey);
        })
    };
    const MEBIBYTE: usize = 1 << 20;
    let one = load("one key", 8, 1, 1);
    assert!((8 * MEBIBYTE..10 * MEBIBYTE).contains(&one.allocated), "the test must see the work: {one:?}");
    for refused in [load("two keys", 8, 1, 2), load("much memory", 65, 1, 1), load("much work", 33, 8, 1)] {
        assert!(refused.allocated < MEBIBYTE, "{refused:?}");
    }
}
