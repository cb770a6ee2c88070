//! Renders the tables anew, and fails if a file of the project differs. `make generate` (or `UPDATE=1`) rewrites the files.

mod c;
mod clojure;
mod cpp;
mod getters;
mod java;
mod markdown;
mod names;
mod node;
mod prose;
mod python;
mod readme;
mod ruby;

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn options_md_follows_the_table_of_options() {
    fresh("OPTIONS.md", &markdown::options());
}

#[test]
fn errors_md_follows_the_table_of_errors() {
    fresh("ERRORS.md", &markdown::errors());
}

/// The header itself is made from these comments (tests/header.rs).
#[test]
fn the_comments_of_the_c_functions_follow_the_tables() {
    for (file, object) in c::files() {
        fresh(&file, &c::source(&read(&file), object));
    }
    fresh("cbindgen.toml", &replaced(&read("cbindgen.toml"), "#define TD_ERROR_FIELDS ", "\n", &c::field_names()));
}

#[test]
fn the_header_of_c_plus_plus_follows_the_tables() {
    let header = "include/talkdesk_auth.hpp";
    fresh(header, &cpp::header(&read(header)));
}

#[test]
fn the_python_binding_follows_the_tables() {
    for (file, text) in python::files(read) {
        fresh(&file, &text);
    }
}

#[test]
fn the_ruby_gem_follows_the_tables() {
    for (file, text) in ruby::files(read) {
        fresh(&file, &text);
    }
}

#[test]
fn the_java_binding_follows_the_tables() {
    for (file, text) in java::files(read) {
        fresh(&file, &text);
    }
    fresh("bindings/java/pom.xml", &java::versioned(&read("bindings/java/pom.xml")));
}

#[test]
fn the_clojure_binding_follows_the_tables() {
    for (file, text) in clojure::files(read) {
        fresh(&file, &text);
    }
    fresh("bindings/clojure/pom.xml", &java::versioned(&read("bindings/clojure/pom.xml")));
}

#[test]
fn the_node_package_follows_the_tables() {
    for (file, text) in node::files(read) {
        fresh(&file, &text);
    }
}

/// The READMEs tell one story in each language, from `tests/generated/readme/`.
#[test]
fn the_readmes_of_the_bindings_follow_their_template() {
    for (file, text) in readme::files() {
        fresh(&file, &text);
    }
    fresh("README.md", &readme::project(&read("README.md")));
}

#[test]
fn contributing_explains_each_make_target_and_no_other() {
    let (makefile, page) = (read("Makefile"), read("CONTRIBUTING.md"));
    let targets = makefile.lines().find_map(|line| line.strip_prefix(".PHONY: lib ")).expect("the list of the targets");
    let targets: BTreeSet<&str> = targets.split(' ').chain(["lib"]).collect();
    let rows = page.lines().filter(|line| line.starts_with("| `make ")).filter_map(|line| line.split('|').nth(1));
    let explained: BTreeSet<&str> = rows
        .flat_map(|row| row.split(','))
        .map(|name| name.trim_matches([' ', '`']).trim_start_matches("make "))
        .collect();
    assert_eq!(explained, targets);
}

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap_or_default()
}

/// `page` with new text between these two lines.
fn replaced(page: &str, begin: &str, end: &str, between: &str) -> String {
    let (before, rest) = page.split_once(begin).unwrap_or_else(|| panic!("this line is missing: {begin}"));
    let (_, after) = rest.split_once(end).unwrap_or_else(|| panic!("no end follows this line: {begin}"));
    format!("{before}{begin}{between}{end}{after}")
}

/// Fails if the text of `file` is not `expected`. Under `UPDATE=1`, it rewrites the file instead.
fn fresh(file: &str, expected: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), expected).expect("the file can be written");
    }
    assert!(read(file) == expected, "{file} is stale: run make generate and commit what it writes");
}
