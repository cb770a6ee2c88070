//! The files that are rendered from the two tables are fresh. `make generate` (or `UPDATE=1`) rewrites them.

mod markdown;
mod ruby;

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
fn the_ruby_gem_has_the_version_of_the_library() {
    fresh("bindings/ruby/lib/talkdesk_auth/version.rb", &ruby::version());
}

#[test]
fn the_ruby_methods_document_every_keyword() {
    let file = "bindings/ruby/lib/talkdesk_auth/client.rb";
    fresh(file, &ruby::client(read(file)));
}

#[test]
fn the_ruby_gem_has_a_class_for_every_error() {
    fresh("bindings/ruby/lib/talkdesk_auth/errors.rb", &ruby::errors());
}

#[test]
fn the_ruby_signatures_list_every_keyword_and_error() {
    fresh("bindings/ruby/sig/generated.rbs", &ruby::signatures());
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
