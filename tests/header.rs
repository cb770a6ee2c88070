//! The committed C header is the one that build.rs generates from src/ffi.

/// The header that build.rs has just generated.
const GENERATED: &str = include_str!(concat!(env!("OUT_DIR"), "/talkdesk_auth.h"));
const COMMITTED: &str = include_str!("../include/talkdesk_auth.h");

#[test]
fn the_header_is_fresh() {
    assert!(GENERATED == COMMITTED, "include/talkdesk_auth.h is stale; run: make header");
}

#[test]
fn the_header_declares_exactly_the_symbols() {
    let mut declared: Vec<&str> = COMMITTED.lines().filter_map(declared_function).collect();
    declared.sort_unstable();
    let symbols: Vec<&str> = include_str!("symbols.txt").lines().collect();
    assert_eq!(declared, symbols);
}

/// The function's name, if the line begins a declaration such as `td_error *td_client_new(const char …`.
fn declared_function(line: &str) -> Option<&str> {
    let line = line.strip_prefix("TD_MUST_USE ").unwrap_or(line);
    let (before, _) = line.split_once('(')?;
    let name = &before[before.rfind([' ', '*'])? + 1..];
    (line.starts_with(|c: char| c.is_ascii_lowercase()) && name.starts_with("td_")).then_some(name)
}

#[test]
fn every_name_in_the_header_is_ours() {
    for line in COMMITTED.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["typedef", "struct", name, ..] => assert!(name.starts_with("td_"), "{line}"),
            ["#define", name, ..] => {
                assert!(name.starts_with("TD_") || name == "TALKDESK_AUTH_H", "{line}")
            }
            _ => {}
        }
    }
}
