//! The files that are rendered from the two tables are fresh. `make generate` (or `UPDATE=1`) rewrites them.

mod clojure;
mod java;
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
fn the_java_binding_follows_the_tables() {
    for (file, text) in java::files() {
        fresh(&file, &text);
    }
    for page in ["bindings/java/pom.xml", "bindings/java/README.md"] {
        fresh(page, &java::versioned(&read(page)));
    }
}

#[test]
fn the_clojure_binding_follows_the_tables() {
    fresh("bindings/clojure/src/talkdesk_auth/options.clj", &clojure::options());
    fresh("bindings/clojure/pom.xml", &java::versioned(&read("bindings/clojure/pom.xml")));
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
