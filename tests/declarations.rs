//! Checks that the header, the table of functions and the bindings declare the functions of tests/symbols.txt, and no others.

use std::collections::BTreeSet;
use std::path::Path;
use talkdesk_auth::{FUNCTIONS, FunctionSpec, Gives, OBJECTS, Parameter, ParameterKind, ValueKind};

/// The file in which each binding declares functions, and the words before the name in a declaration.
const DECLARATIONS: &[(&str, &[&str])] = &[
    ("bindings/python/src/talkdesk_auth/_library.py", &["_function(_holding, \"", "_function(_releasing, \""]),
    ("bindings/ruby/lib/talkdesk_auth/library.rb", &["attach_function :"]),
    (
        "bindings/java/src/main/java/talkdeskauth/Library.java",
        &["static native void ", "static native long ", "static native int ", "getFunction(\""],
    ),
    ("bindings/node/lib/library.cjs", &["library.func('"]),
];

fn symbols() -> BTreeSet<String> {
    include_str!("symbols.txt").lines().map(str::to_owned).collect()
}

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("the file can be read")
}

/// The names that follow one of these words.
fn names_after(text: &str, words: &[&str]) -> BTreeSet<String> {
    let after = |word: &&str| text.split(*word).skip(1).map(name_at_start).collect::<Vec<_>>();
    words.iter().flat_map(after).collect()
}

fn name_at_start(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()
}

#[test]
fn every_binding_declares_exactly_the_symbols() {
    for (file, words) in DECLARATIONS {
        let declared = names_after(&read(file), words);
        // Ruby declares one of them by a second name, too.
        let of_this_library: BTreeSet<String> = declared.into_iter().filter(|name| name.starts_with("td_")).collect();
        assert_eq!(of_this_library, symbols(), "{file}");
    }
}

/// The header of C declares all functions, and the header of C++ includes it. So this test looks at uses instead.
#[test]
fn the_header_of_c_plus_plus_uses_exactly_the_symbols() {
    let header = read("include/talkdesk_auth.hpp");
    let (_, code) = header.split_once("#include \"talkdesk_auth.h\"").expect("it includes the header of C");
    let mut used = BTreeSet::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        used.extend(names_after(line, &["td_"]).into_iter().map(|name| format!("td_{name}")));
    }
    let types = OBJECTS.iter().map(|object| format!("td_{}", object.name)).collect();
    assert_eq!(&used - &types, symbols());
}

#[test]
fn the_table_of_functions_is_that_of_the_symbols() {
    let names: BTreeSet<String> = FUNCTIONS.iter().map(|spec| spec.name.to_owned()).collect();
    assert_eq!(names, symbols());
}

/// If the table and the header differed, a binding would read memory that is not its own.
#[test]
fn the_table_of_functions_declares_what_the_header_declares() {
    let header = read("include/talkdesk_auth.h");
    let header = header.split_whitespace().collect::<Vec<_>>().join(" ");
    for spec in FUNCTIONS {
        let declaration = declaration(spec);
        let in_header = [" ", "TD_MUST_USE "].iter().any(|before| header.contains(&format!("{before}{declaration}")));
        assert!(in_header, "the header has no {declaration}");
    }
}

/// The declaration of a function, as C writes it on one line.
pub fn declaration(spec: &FunctionSpec) -> String {
    let result = match spec.gives {
        Gives::Nothing => "void ",
        Gives::Object(_) => "td_error *",
        Gives::Value(ValueKind::Text | ValueKind::Json | ValueKind::JsonObject) => "const char *",
        Gives::Value(ValueKind::Time | ValueKind::Seconds) => "int64_t ",
        Gives::Value(ValueKind::Number | ValueKind::Boolean) => "int32_t ",
        Gives::Value(ValueKind::Descriptor) => "int ",
        Gives::Value(ValueKind::Tag) => "uintptr_t ",
        _ => unreachable!("a new kind of result needs its type here"),
    };
    let parameters: Vec<String> = spec.parameters.iter().map(parameter).collect();
    let parameters = if parameters.is_empty() { "void".to_owned() } else { parameters.join(", ") };
    format!("{result}{}({parameters});", spec.name)
}

fn parameter(parameter: &Parameter) -> String {
    let name = parameter.name;
    match parameter.kind {
        ParameterKind::Object(object) => format!("const td_{} *{name}", object.spec().name),
        ParameterKind::AnyObject => format!("void *{name}"),
        ParameterKind::Changed(object) => format!("td_{} *{name}", object.spec().name),
        ParameterKind::Options | ParameterKind::OptionsOf(_) => format!("const char *const *{name}"),
        ParameterKind::Tag => format!("uintptr_t {name}"),
        ParameterKind::Milliseconds => format!("int64_t {name}"),
        ParameterKind::Name => format!("const char *{name}"),
        ParameterKind::Place(object) => format!("td_{} **{name}", object.spec().name),
        _ => unreachable!("a new kind of parameter needs its type here"),
    }
}
