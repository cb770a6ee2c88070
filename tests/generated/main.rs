//! The files that are rendered from the two tables are fresh. `make generate` (or `UPDATE=1`) rewrites them.

mod cpp;
mod markdown;

use std::path::Path;

#[test]
fn options_md_follows_the_table_of_options() {
    fresh("OPTIONS.md", &markdown::options());
}

#[test]
fn errors_md_follows_the_table_of_errors() {
    fresh("ERRORS.md", &markdown::errors());
}

#[test]
fn the_classes_of_c_plus_plus_follow_the_table_of_errors() {
    let header = "include/talkdesk_auth.hpp";
    fresh(header, &cpp::header(&read(header)));
}

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap_or_default()
}

/// Fails where `file` does not read `expected`; rewrites it instead under `UPDATE=1`.
fn fresh(file: &str, expected: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), expected).expect("the file can be written");
    }
    assert!(read(file) == expected, "{file} is stale: run make generate and commit what it writes");
}
