//! Renders made-up getters and methods in each language: for each object, one getter of each source and kind, sure and optional.

use crate::names::{Getter, Source, classes};
use crate::{c, clojure, cpp, java, node, python, ruby};
use std::panic::catch_unwind;
use talkdesk_auth::{Function, FunctionSpec, Gives, OBJECTS, Object, ObjectSpec, ParameterKind, ValueKind};

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
    (ValueKind::Number, ["long", "OptionalLong", "int", "Integer", "number", "std::int32_t"]),
    (ValueKind::Boolean, ["boolean", "Optional<Boolean>", "bool", "bool", "boolean", "bool"]),
];

#[test]
fn each_kind_of_getter_can_be_rendered_for_each_class_in_each_language() {
    for object in classes() {
        for_each_kind(|kind, is_optional, types| {
            for source in [Source::Function, Source::Member, Source::Lookup] {
                let (object, getter) = made_up(object, source, kind, is_optional);
                check_bindings(&object, &getter, types);
            }
        });
    }
}

/// C and C++ also have getters of errors, calls and queues.
#[test]
fn each_kind_of_getter_can_be_rendered_for_each_object_in_c_and_c_plus_plus() {
    for object in OBJECTS {
        for_each_kind(|kind, is_optional, types| {
            check_c(&made_up(object, Source::Function, kind, is_optional).1, types)
        });
    }
}

#[test]
fn ruby_reads_the_parts_of_an_assertion_from_the_jwt_and_refuses_all_else() {
    let body = |inside, source| {
        let (object, getter) = made_up(Object::Assertion.spec(), source, ValueKind::Text, false);
        catch_unwind(|| ruby::getter(&object, &Getter { inside, ..getter }))
    };
    let renders = |inside, part| holds(&body(Some(inside), Source::Member).expect("it is rendered"), part);
    renders("header", "def rain = header[\"rain\"]\n");
    renders("claims", "def rain = claims[\"rain\"]\n");
    let refuses = |inside, source, reason| {
        let panic = body(inside, source).expect_err("it is refused");
        holds(panic.downcast_ref::<String>().expect("a panic has a message"), reason);
    };
    refuses(None, Source::Member, "which part of the JWT holds `rain`");
    refuses(Some("signature"), Source::Member, "which part of the JWT holds `rain`");
    refuses(None, Source::Function, "can't call td_assertion_rain");
}

/// A method may take other objects before its options.
#[test]
fn a_method_of_each_class_may_take_another_object_in_each_language() {
    for object in classes() {
        let mut function = Function::TokenExchange.spec().clone();
        let mut parameters = function.parameters.to_vec();
        parameters[0].kind = ParameterKind::Object(object.object);
        parameters.insert(1, Function::TokenJson.spec().parameters[0]);
        function.parameters = Box::leak(parameters.into_boxed_slice());
        let function = &*Box::leak(Box::new(function));

        holds(
            &cpp::method(function),
            " token exchange(const token &token, std::initializer_list<option> parameters) const {\n",
        );
        holds(&cpp::method(function), " token exchange(const token &token, const Pairs &parameters) const {\n");
        holds(&cpp::method(function), "td_token_exchange(handle_.get(), token.native_handle(), rest...)");
        holds(&python::method(function), "def exchange(self, token: Token, **parameters: Unpack[ExchangeParameters])");
        holds(&ruby::documented(function), "# @param token [Token]\n");
        holds(&ruby::documented(function), "def exchange(token, **parameters)\n");
        holds(&ruby::method_signature(function), "def exchange: (\n      Token token,\n      ?audience: ");
        holds(&java::method(function), "@param token the token\n");
        holds(&java::method(function), "public Token exchange(Token token, ExchangeParameters parameters) {\n");
        holds(&node::method_type(function), "  exchange(token: Token, parameters: ExchangeParameters, ");
    }
}

fn for_each_kind(check: impl Fn(ValueKind, bool, &[&str; 6])) {
    for (kind, types) in TYPES {
        for is_optional in [false, true] {
            check(*kind, is_optional, types);
        }
    }
}

/// The object, which is open if the getter looks up any name, and its getter.
fn made_up(object: &ObjectSpec, source: Source, kind: ValueKind, is_optional: bool) -> (ObjectSpec, Getter) {
    let mut object = object.clone();
    object.is_open = source == Source::Lookup;
    let like = match source {
        Source::Function => Function::TokenJson,
        Source::Member if object.object == Object::Assertion => Function::AssertionGet,
        Source::Member | Source::Lookup => Function::TokenGet,
    };
    let mut function = like.spec().clone();
    function.name = Box::leak(format!("td_{}_rain", object.name).into_boxed_str());
    function.object = Some(object.object);
    function.gives = Gives::Value(if source == Source::Function { kind } else { ValueKind::Text });
    function.documentation.summary = "Whether it rains.";
    function.documentation.details = "";
    function.documentation.absent = is_optional.then_some("nobody looks");
    let function: &FunctionSpec = Box::leak(Box::new(function));
    let inside = (source == Source::Member).then_some("claims");
    (object, Getter { name: "rain", source, function, kind, inside, documentation: &function.documentation })
}

fn check_bindings(object: &ObjectSpec, getter: &Getter, types: &[&str; 6]) {
    let [sure_java, optional_java, python, ruby, node, _] = *types;
    let is_optional = getter.documentation.absent.is_some();
    let marked = |sure: String, optional: String| if is_optional { optional } else { sure };
    let is_lookup = getter.source == Source::Lookup;
    let function = getter.function.name;

    let (java_type, name) =
        (marked(sure_java.to_owned(), optional_java.to_owned()), if is_lookup { "String name" } else { "" });
    holds(&java::getter(getter), &format!("    public {java_type} rain({name}) {{\n"));
    holds(&java::getter(getter), &format!("(Library::{function}"));
    let absent = if is_optional { " | None" } else { "" };
    holds(&python::getter(object, getter), &format!(") -> {python}{absent}:\n"));
    holds(&python::getter(object, getter), &format!("{}(self._open()", function.trim_start_matches("td_")));
    assert_eq!(python::getter(object, getter).contains("return None"), is_optional);
    check_ruby(object, getter, ruby);
    holds(&node::getter_type(getter), &format!(": {node}{};\n", marked(String::new(), " | null".to_owned())));
    holds(&node::getter(getter), "    return ");
    holds(&node::getter(getter), &format!("library.{}(pointerOf(this)", function.trim_start_matches("td_")));
    let clojure = clojure::read(getter);
    assert_eq!(clojure.starts_with("(optional ") || clojure.starts_with("(known "), is_optional, "{clojure}");
    assert_eq!(clojure::says(getter).contains("; nil if nobody looks. ("), is_optional);
}

/// An assertion keeps only its JWT, which has none of the library's functions, and tells times as numbers.
fn check_ruby(object: &ObjectSpec, getter: &Getter, class: &str) {
    let is_assertion = object.object == Object::Assertion;
    if is_assertion && getter.source != Source::Member {
        return;
    }
    let class = if is_assertion && class == "Time" { "Integer" } else { class };
    let is_optional = getter.documentation.absent.is_some();
    let mark = if is_optional { "?" } else { "" };
    holds(&ruby::getter_signature(object, getter), &format!(") -> {class}{mark}\n"));
    let text = ruby::getter(object, getter);
    assert_eq!(text.contains(", nil]\n"), is_optional);
    holds(
        &text,
        &if is_assertion { "claims[\"rain\"]".to_owned() } else { format!("Library.{}(", getter.function.name) },
    );
}

fn check_c(getter: &Getter, types: &[&str; 6]) {
    let is_optional = getter.documentation.absent.is_some();
    let cpp = if is_optional { format!("std::optional<{}>", types[5]) } else { types[5].to_owned() };
    let text = cpp::getter(getter.function, getter.kind);
    holds(&text, &format!("    [[nodiscard]] {cpp} json() const"));
    holds(&text, &format!("{}(handle_.get())", getter.function.name));
    let comment = c::comment(getter.function);
    assert_eq!(comment.contains("; NULL if nobody looks") || comment.contains("; -1 if nobody looks"), is_optional);
}

fn holds(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is missing:\n{text}");
}
