//! Renders the getters of a made-up object in each language: one getter of each source and kind, sure and optional.

use crate::names::{Getter, Source};
use crate::{c, clojure, cpp, java, node, python, ruby};
use talkdesk_auth::{Function, FunctionSpec, Gives, Object, ObjectSpec, ValueKind};

/// A kind of value, and its type in Java, in Java where it may be absent, in Python, Ruby, Node and C++.
type Types = (ValueKind, [&'static str; 6]);

const TYPES: &[Types] = &[
    (ValueKind::Text, ["String", "Optional<String>", "str", "String", "string", "std::string_view"]),
    (ValueKind::Json, ["String", "Optional<String>", "str", "String", "string", "std::string_view"]),
    (
        ValueKind::JsonObject,
        [
            "String",
            "Optional<String>",
            "dict[str, Any]",
            "Hash[String, untyped]",
            "Record<string, unknown>",
            "std::string_view",
        ],
    ),
    (ValueKind::Time, ["Instant", "Optional<Instant>", "int", "Time", "number", "std::int64_t"]),
    (ValueKind::Seconds, ["long", "OptionalLong", "int", "Integer", "number", "std::int64_t"]),
    (ValueKind::Number, ["long", "OptionalLong", "int", "Integer", "number", "std::int64_t"]),
    (ValueKind::Boolean, ["boolean", "Optional<Boolean>", "bool", "bool", "boolean", "bool"]),
];

#[test]
fn each_kind_of_getter_can_be_rendered_in_each_language() {
    for (kind, types) in TYPES {
        for source in [Source::Function, Source::Member, Source::Lookup] {
            for is_optional in [false, true] {
                let (object, getter) = made_up(&source, *kind, is_optional);
                check(&object, &getter, types);
            }
        }
    }
}

/// An object that is open if the getter looks up any name, and its getter.
fn made_up(source: &Source, kind: ValueKind, is_optional: bool) -> (ObjectSpec, Getter) {
    let mut object = Object::Token.spec().clone();
    object.name = "trial";
    object.is_open = *source == Source::Lookup;
    let (source, function) = match source {
        Source::Function => (Source::Function, Function::TokenJson),
        Source::Member => (Source::Member, Function::AssertionGet),
        Source::Lookup => (Source::Lookup, Function::TokenGet),
    };
    let mut function = function.spec().clone();
    function.gives = Gives::Value(if source == Source::Function { kind } else { ValueKind::Text });
    function.documentation.summary = "Whether it rains.";
    function.documentation.details = "";
    function.documentation.absent = is_optional.then_some("nobody looks");
    let function: &FunctionSpec = Box::leak(Box::new(function));
    (object, Getter { name: "rain", source, function, kind, documentation: &function.documentation })
}

fn check(object: &ObjectSpec, getter: &Getter, types: &[&str; 6]) {
    let [sure_java, optional_java, python, ruby, node, cpp] = *types;
    let is_optional = getter.documentation.absent.is_some();
    let marked = |sure: String, optional: String| if is_optional { optional } else { sure };
    let is_lookup = getter.source == Source::Lookup;

    let (java_type, name) =
        (marked(sure_java.to_owned(), optional_java.to_owned()), if is_lookup { "String name" } else { "" });
    holds(&java::getter(getter), &format!("    public {java_type} rain({name}) {{\n"));
    let absent = if is_optional { " | None" } else { "" };
    holds(&python::getter(object, getter), &format!(") -> {python}{absent}:\n"));
    assert_eq!(python::getter(object, getter).contains("return None"), is_optional);
    holds(&ruby::getter_signature(object, getter), &format!(") -> {ruby}{}\n", marked(String::new(), "?".to_owned())));
    assert_eq!(ruby::getter(object, getter).contains(", nil]\n"), is_optional);
    holds(&node::getter_type(getter), &format!(": {node}{};\n", marked(String::new(), " | null".to_owned())));
    holds(&node::getter(getter), "    return ");
    let clojure = clojure::read(getter);
    assert_eq!(clojure.starts_with("(optional ") || clojure.starts_with("(known "), is_optional, "{clojure}");
    assert_eq!(clojure::says(getter).contains("; nil if nobody looks. ("), is_optional);

    // C has no getters of members.
    if getter.source == Source::Function {
        let cpp_type = marked(cpp.to_owned(), format!("std::optional<{cpp}>"));
        holds(
            &cpp::getter(object, getter.function, getter.kind),
            &format!("    [[nodiscard]] {cpp_type} json() const"),
        );
        let comment = c::comment(getter.function);
        assert_eq!(comment.contains("; NULL if nobody looks") || comment.contains("; -1 if nobody looks"), is_optional);
    }
}

fn holds(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is missing:\n{text}");
}
