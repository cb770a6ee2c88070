//! The lists in the comments of src/ffi, which become the header's.

use crate::{markdown, replaced};
use std::fmt::Write;
use talkdesk_auth::{ERRORS, Field, FieldKind, Function, OPTIONS};

/// How long a line of a comment may be.
const WIDTH: usize = 132;
const END: &str = "// end of generated\n";

/// The sources that hold such lists, and what the lists tell of.
pub const SOURCES: &[(&str, &[&str])] = &[
    ("src/ffi/client.rs", &["td_client_new"]),
    ("src/ffi/assertion.rs", &["td_assertion_new"]),
    ("src/ffi/token.rs", &["td_token_exchange"]),
    ("src/ffi/error.rs", &["td_error_is_retryable", "td_error_get"]),
];

/// `source` with these lists as they should read.
pub fn source(source: String, lists: &[&str]) -> String {
    let rendered =
        |source: String, name: &&str| replaced(&source, &format!("// generated: {name}\n"), END, &list(name));
    lists.iter().fold(source, rendered)
}

fn list(name: &str) -> String {
    match name {
        "td_client_new" => options(Function::Client),
        "td_assertion_new" => options(Function::Assertion),
        "td_token_exchange" => options(Function::Exchange),
        "td_error_is_retryable" => {
            ERRORS.iter().map(|spec| item(&format!("`{}`: {}.", spec.name, spec.retryable()))).collect()
        }
        "td_error_get" => fields(),
        _ => unreachable!("{name} has no list"),
    }
}

fn options(function: Function) -> String {
    let taken = OPTIONS.iter().filter(|spec| spec.taken_by.contains(&function));
    taken
        .map(|spec| {
            let default = match markdown::default(spec, function) {
                none if none.is_empty() => none,
                default => format!("; by default {default}"),
            };
            item(&format!("`{}` ({}{default}): {}", spec.name, markdown::value(spec), spec.summary))
        })
        .collect()
}

fn fields() -> String {
    let mut fields: Vec<(&Field, Vec<String>)> = Vec::new();
    for spec in ERRORS {
        for field in spec.fields {
            let name = format!("`{}`", spec.name);
            match fields.iter_mut().find(|(known, _)| known.name == field.name) {
                Some((_, errors)) => errors.push(name),
                None => fields.push((field, vec![name])),
            }
        }
    }
    fields
        .into_iter()
        .map(|(field, errors)| {
            let kind = if field.kind == FieldKind::Number { "number" } else { "text" };
            item(&format!("`{}` ({kind}; of {}): {}", field.name, errors.join(" and "), field.summary))
        })
        .collect()
}

/// One item of a list, in lines of a comment.
fn item(text: &str) -> String {
    let mut lines = String::new();
    let mut line = String::from("/// -");
    for word in text.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(lines, "{line}");
            line = String::from("///  ");
        }
        let _ = write!(line, " {word}");
    }
    let _ = writeln!(lines, "{line}");
    lines
}
