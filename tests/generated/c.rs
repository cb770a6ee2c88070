//! Renders comments and constants of src/ffi. cbindgen copies them into the header.

use crate::names::{fields, looks_up, options_of, takers};
use crate::prose::{self, Shared, Words, details, joined, paragraphs, sentence, wrapped};
use crate::replaced;
use std::fmt::Write;
use talkdesk_auth::{
    Blocks, ERRORS, ErrorCode, FUNCTIONS, FieldKind, Function, FunctionSpec, GRANTS, Gives, GrantSpec, Member, OBJECTS,
    Object, ObjectSpec, ParameterKind, ValueKind,
};

/// How long a line of a comment may be.
const WIDTH: usize = 132;
const MARK: &str = "///";
const END: &str = "// end of generated\n";

/// The files of src/ffi that hold rendered regions: one for each object, and one for the functions without an object.
pub fn files() -> impl Iterator<Item = (String, Option<Object>)> {
    let objects = OBJECTS.iter().map(|spec| (format!("src/ffi/{}.rs", spec.name), Some(spec.object)));
    objects.chain([("src/ffi/mod.rs".to_owned(), None)])
}

/// The source of an object's functions, with its regions rendered anew.
pub fn source(source: &str, object: Option<Object>) -> String {
    let mut regions: Vec<(String, String)> = Vec::new();
    if let Some(object) = object.map(Object::spec) {
        regions.push((format!("td_{}", object.name), comment_of(object)));
    }
    for spec in FUNCTIONS.iter().filter(|spec| spec.object == object) {
        regions.push((spec.name.to_owned(), comment(spec)));
    }
    for spec in FUNCTIONS.iter().filter(|spec| spec.object == object && matches!(spec.gives, Gives::Object(_))) {
        regions.push((format!("errors of {}", spec.name), errors(spec)));
    }
    for spec in takers().filter(|spec| spec.object == object) {
        regions.push((format!("options of {}", spec.name), options(spec.function)));
    }
    if object == Some(Object::Token) {
        regions.push(("grants".to_owned(), grants()));
    }
    if object == Some(Object::Error) {
        regions.push(("constants".to_owned(), constants()));
    }
    let region = |source: String, (name, text): &(String, String)| {
        let indent = if name == "constants" { "    " } else { "" };
        replaced(&source, &format!("{indent}// generated: {name}\n"), &format!("{indent}{END}"), text)
    };
    regions.iter().fold(source.to_owned(), region)
}

fn errors(spec: &FunctionSpec) -> String {
    let errors = spec.errors.iter().map(|code| code.spec());
    let errors = [ErrorCode::InvalidArgument.spec()].into_iter().chain(errors);
    let names: Vec<String> = errors.map(|error| format!("`{}`", error.name)).collect();
    paragraphs(&[format!("Returns NULL, or an error: {}.", names.join(", "))], MARK, WIDTH)
}

fn constants() -> String {
    let constant = |spec: &talkdesk_auth::ErrorSpec| {
        let (name, code) = (spec.name.to_uppercase(), spec.code as i32);
        format!("    /// {}\n    pub const TD_ERROR_{name}: i32 = {code};\n", spec.summary)
    };
    ERRORS.iter().map(constant).collect()
}

fn comment_of(object: &ObjectSpec) -> String {
    let summary = format!("{} Free it with `td_free`.", object.documentation.summary);
    paragraphs(&[summary, details(object, Shared::ByThreadsAndForks)], MARK, WIDTH)
}

/// The whole comment of a getter, and the beginning of another function's.
pub fn comment(spec: &FunctionSpec) -> String {
    let details = spec.documentation.details.to_owned();
    let Gives::Value(kind) = spec.gives else {
        let blocks = if spec.blocks == Blocks::Network {
            "The call blocks until the answer arrives or the deadline passes. Nothing can interrupt it."
        } else {
            ""
        };
        return paragraphs(&[joined(&[spec.documentation.summary, &details, blocks])], MARK, WIDTH);
    };
    let words = Words { absent: nothing(spec, kind), times_are_numbers: true };
    let mut summary = sentence(&spec.documentation, kind, &words);
    if kind == ValueKind::Boolean {
        let absent =
            spec.documentation.absent.map(|absent| format!("; {} if {absent}", words.absent)).unwrap_or_default();
        summary = format!("{}: 1 for yes, 0 for no{absent}.", spec.documentation.summary.trim_end_matches('.'));
    }
    let mut text = paragraphs(&[summary, details], MARK, WIDTH);
    for part in [list(spec, MARK, WIDTH), paragraphs(&[null(spec, kind)], MARK, WIDTH)] {
        if !part.is_empty() {
            let _ = write!(text, "{MARK}\n{part}");
        }
    }
    text
}

/// The answer of a getter if there is no value. A number that may be absent is never negative.
fn nothing(spec: &FunctionSpec, kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text | ValueKind::Json | ValueKind::JsonObject => "NULL",
        ValueKind::Time | ValueKind::Seconds | ValueKind::Descriptor => "-1",
        ValueKind::Number | ValueKind::Boolean if spec.documentation.absent.is_some() => "-1",
        ValueKind::Number | ValueKind::Boolean | ValueKind::Tag => "0",
        _ => unreachable!("a new kind of value needs its words here"),
    }
}

/// Says what the function returns for NULL, and how long the string lives.
fn null(spec: &FunctionSpec, kind: ValueKind) -> String {
    let Some(object) = spec.object.map(Object::spec) else { return String::new() };
    let pointers = spec.parameters.iter().filter(|parameter| parameter.kind != ParameterKind::Milliseconds);
    let names: Vec<String> = pointers.map(|parameter| format!("`{}`", parameter.name)).collect();
    // Without a call, nothing is left to wait for.
    let answer = if spec.function == Function::CallWait { "1" } else { nothing(spec, kind) };
    let text = format!("If {} is NULL, the function returns {answer}.", names.join(" or "));
    if nothing(spec, kind) == "NULL" {
        format!("{text} The string lives as long as the {}.", object.name)
    } else {
        text
    }
}

/// The list in the comment of a function. `mark` begins each line, and a line has at most `width` characters.
pub fn list(spec: &FunctionSpec, mark: &str, width: usize) -> String {
    let members = spec.object.map_or(&[][..], |object| object.spec().members);
    let (heading, items) = match spec.function {
        Function::ErrorIsRetryable => ("When it is safe, by code:", retryable()),
        Function::ErrorGet => ("The fields:", field_items()),
        _ if looks_up(spec) => (names_heading(spec), members.iter().map(member_item).collect()),
        _ => return String::new(),
    };
    if items.is_empty() {
        return String::new();
    }
    let items: String = items.iter().map(|text| item(text, mark, width)).collect();
    format!("{mark} {heading}\n{items}")
}

/// The heading above the names that a function knows.
fn names_heading(spec: &FunctionSpec) -> &'static str {
    let is_open = spec.object.is_some_and(|object| object.spec().is_open);
    if is_open { "Some of the names:" } else { "The names:" }
}

/// A member in a list: its name, the form of its text, and its explanation.
fn member_item(member: &Member) -> String {
    let kind = match member.kind {
        ValueKind::Text => "text",
        ValueKind::Time => "Unix seconds in decimal",
        ValueKind::Json | ValueKind::JsonObject => "JSON",
        ValueKind::Seconds | ValueKind::Number => "decimal number",
        ValueKind::Boolean => "`true` or `false`",
        _ => unreachable!("a new kind of member needs its words here"),
    };
    let text = joined(&[member.documentation.summary, member.documentation.details]);
    format!("`{}` ({kind}): {text}", member.name)
}

fn retryable() -> Vec<String> {
    ERRORS.iter().map(|spec| format!("`{}`: {}.", spec.name, spec.retryable())).collect()
}

/// The names of all fields, as the elements of an array.
pub fn field_names() -> String {
    fields().iter().map(|(field, _)| format!("\"{}\"", field.name)).collect::<Vec<_>>().join(", ")
}

fn field_items() -> Vec<String> {
    let field = |(field, errors): (&talkdesk_auth::Field, Vec<&talkdesk_auth::ErrorSpec>)| {
        let errors: Vec<String> = errors.iter().map(|spec| format!("`{}`", spec.name)).collect();
        let kind = if field.kind == FieldKind::Number { "number" } else { "text" };
        format!("`{}` ({kind}; of {}): {}", field.name, prose::listed(&errors), field.summary)
    };
    fields().into_iter().map(field).collect()
}

/// The values of `grant_type`, and their parameters.
fn grants() -> String {
    let grant = |spec: &GrantSpec| {
        let listed =
            |names: Vec<&str>| prose::listed(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>());
        let needs = listed(spec.needs().collect());
        let needs = if needs.is_empty() { needs } else { format!("needs {needs} and ") };
        let what = match spec.name {
            Some(name) => {
                format!("`{name}` (RFC 6749 §{}) {needs}takes {}.", spec.section, listed(spec.takes().collect()))
            }
            None => format!("Any other grant type (§{}) takes all of these.", spec.section),
        };
        item(&format!("{what} {}", spec.sending()), MARK, WIDTH)
    };
    GRANTS.iter().map(grant).collect()
}

fn options(function: Function) -> String {
    options_of(function)
        .map(|spec| {
            let default = match prose::default(spec, function) {
                none if none.is_empty() => none,
                default => format!("; by default {default}"),
            };
            let text = format!("`{}` ({}{default}): {}", spec.name, prose::value(spec), spec.summary);
            item(&text, MARK, WIDTH)
        })
        .collect()
}

/// One item of a list, in lines of a comment.
fn item(text: &str, mark: &str, width: usize) -> String {
    wrapped(text, &format!("{mark} - "), &format!("{mark}   "), width)
}
