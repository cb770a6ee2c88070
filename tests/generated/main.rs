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
fn the_error_classes_of_cpp_follow_the_table_of_errors() {
    let file = "include/talkdesk_auth.hpp";
    fresh(file, &with_block(&read(file), "error classes", &cpp::error_classes()));
}

/// `text` with `block` in place of what stands between the two comments that name it.
fn with_block(text: &str, name: &str, block: &str) -> String {
    let (begin, end) = (format!("// generated: {name}\n"), "// end of generated");
    let start = text.find(&begin).unwrap_or_else(|| panic!("no line reads {begin}")) + begin.len();
    let length = text[start..].find(end).unwrap_or_else(|| panic!("no line reads {end}"));
    format!("{}{block}{}", &text[..start], &text[start + length..])
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
