//! Renders parts of the Python binding: its version, error classes, keywords and declarations, and for each class its getters and
//! the documentation of its methods.

use crate::names::{
    self, Getter, Source, can_be_started, classes, declared, error_class, families, fields, functions_of, further,
    general_fields, getters, is_method, is_number, json_prefixes, keyword, keywords_of, lists, looks_up, made_by,
    method_that_makes, options_name, options_type, own_fields, owner, pascal, takers, takes_json, variable,
};
use crate::prose::{self, Shared, Words, base_of_errors, details, joined, listed, sentence, wrapped};
use crate::replaced;
use std::fmt::Write;
use talkdesk_auth::{
    Blocks, ERRORS, ErrorSpec, Field, FieldKind, Function, FunctionSpec, Gives, Kind, OPTIONS, Object, ObjectSpec,
    OptionSpec, ParameterKind, ValueKind,
};

const FOLDER: &str = "bindings/python/src/talkdesk_auth";
/// How long a line may be, as in pyproject.toml.
const WIDTH: usize = 130;
const WORDS: Words = Words { absent: "None", times_are_numbers: true };

/// Each file that is rendered, whole or in regions, and its text. `read` returns the present text.
pub fn files(read: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let path = |name: &str| format!("{FOLDER}/_{name}.py");
    let region = |page: String, name: &str, indent: &str, text: &str| {
        replaced(&page, &format!("{indent}# generated: {name}\n"), &format!("{indent}# end of generated\n"), text)
    };
    let version = format!("VERSION = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    let library = region(read(&path("library")), "version", "", &version);
    let fields: String = general_fields().map(field).collect();
    let base = format!("class TalkdeskAuthError(Exception):\n{}\n{fields}\n", docstring(&base_of_errors(), "    "));
    let error = replaced(&read(&path("error")), "# generated: base\n", "    # end of generated\n", &base);
    let mut files = vec![
        (path("keywords"), options()),
        (path("error"), region(error, "errors", "", &errors())),
        (path("options"), region(read(&path("options")), "families", "", &all_families())),
        (path("library"), region(library, "functions", "", &declarations())),
    ];
    let package = region(read(&path("_init__")), "keywords", "    ", &keyword_imports(takers()));
    files.push((path("_init__"), region(package, "names", "", &public_names())));
    for object in classes() {
        let mut page = region(read(&path(object.name)), "imports", "", &format!("{}\n", imports(object)));
        if methods(object).next().is_some() {
            page = region(page, "keywords", "    ", &keyword_imports(methods(object)));
        }
        let begin = format!("# generated: {}\n", pascal(object.name));
        let (head, getters) = (format!("{}\n", head(object)), format!("{}\n", all_getters(object)));
        page = match method_that_makes(object.object) {
            Some(_) => replaced(&page, &begin, "    # end of generated\n", &(head + &getters)),
            None => {
                let page = replaced(&page, &begin, "    # end of generated\n", &head);
                region(page, "getters", "    ", &getters)
            }
        };
        for spec in methods(object) {
            let begin = format!("    # generated: {}\n", method_name(spec));
            page = replaced(&page, &begin, "        # end of generated\n", &method(spec));
        }
        files.push((path(object.name), page));
    }
    files
}

/// The C functions as this package calls them.
fn declarations() -> String {
    declared(|spec| {
        // A function that computes or waits releases the interpreter's lock, so that other threads can run.
        let library = if spec.blocks == Blocks::Never { "_holding" } else { "_releasing" };
        let (kind, result) = types(spec);
        let (name, symbol) = (spec.name.trim_start_matches("td_"), spec.name);
        format!("{name}: {kind} = _function({library}, \"{symbol}\"{result})\n")
    })
}

/// The type of a function for the type checker, and its result for ctypes.
fn types(spec: &FunctionSpec) -> (String, &'static str) {
    let (answer, result) = match spec.gives {
        Gives::Nothing => ("None", ""),
        Gives::Object(_) => return ("Callable[..., Handle]".to_owned(), ", Handle"),
        Gives::Value(ValueKind::Text | ValueKind::Json | ValueKind::JsonObject) => {
            // An object that is not open has every member that its getters look up.
            let is_closed = spec.object.is_some_and(|object| !object.spec().is_open);
            let is_sure = spec.documentation.absent.is_none() || (looks_up(spec) && is_closed);
            (if is_sure { "bytes" } else { "Text" }, ", c_char_p")
        }
        Gives::Value(ValueKind::Time | ValueKind::Seconds) => ("int", ", c_int64"),
        Gives::Value(ValueKind::Number | ValueKind::Boolean) => ("int", ", c_int32"),
        Gives::Value(ValueKind::Descriptor) => ("Descriptor", ", Descriptor"),
        Gives::Value(ValueKind::Tag) => ("int", ", c_size_t"),
        _ => unreachable!("a new kind of result needs its type here"),
    };
    let takes = match spec.parameters.get(1).map(|parameter| parameter.kind) {
        None => "[Handle]",
        Some(ParameterKind::Name) => "[Handle, bytes]",
        Some(_) => "...",
    };
    (format!("Callable[{takes}, {answer}]"), result)
}

fn imports(object: &ObjectSpec) -> String {
    let own = functions_of(object.object).filter(|spec| !waits(spec));
    let names = own.map(|spec| spec.name.trim_start_matches("td_").to_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    imported("", "_library", &names)
}

/// Whether `_call.py` and `_queue.py` call a function for all classes: it waits for a call, starts one, or does both.
fn waits(spec: &FunctionSpec) -> bool {
    spec.blocks == Blocks::Call || spec.gives == Gives::Object(Object::Call) || can_be_started(spec)
}

/// The line that imports the names, or several lines if one would be too long.
fn imported(indent: &str, module: &str, names: &[String]) -> String {
    let line = format!("{indent}from .{module} import {}\n", names.join(", "));
    if line.chars().count() <= WIDTH + 1 {
        return line;
    }
    let names: String = names.iter().map(|name| format!("{indent}    {name},\n")).collect();
    format!("{indent}from .{module} import (\n{names}{indent})\n")
}

/// The types of the keywords that these functions take.
fn keyword_types(takers: impl Iterator<Item = &'static FunctionSpec>) -> Vec<String> {
    let mut types: Vec<_> = takers.map(options_type).collect();
    types.sort();
    types
}

fn keyword_imports(takers: impl Iterator<Item = &'static FunctionSpec>) -> String {
    imported("    ", "_keywords", &keyword_types(takers))
}

/// The public names of the package, apart from the errors of `_error.py`.
fn public_names() -> String {
    let mut names: Vec<String> = classes().map(|object| pascal(object.name)).chain(keyword_types(takers())).collect();
    names.push("TalkdeskAuthError".to_owned());
    names.sort();
    names.push("__version__".to_owned());
    let names: String = names.iter().map(|name| format!("    \"{name}\",\n")).collect();
    format!("__all__ = [\n{names}]\n")
}

/// The methods of a class that take keyword arguments, and its constructor if that takes some.
fn methods(object: &ObjectSpec) -> impl Iterator<Item = &'static FunctionSpec> {
    takers().filter(|spec| owner(spec) == object.object)
}

fn method_name(spec: &FunctionSpec) -> &'static str {
    if is_method(spec) { spec.function.subject() } else { "__init__" }
}

/// The first lines of a class.
fn head(object: &ObjectSpec) -> String {
    let texts = [object.documentation.summary.to_owned(), respelled(&details(object, Shared::ByThreadsAndForks))];
    format!("class {}(Closable):\n{}\n    __slots__ = ()\n", pascal(object.name), docstring(&texts, "    "))
}

fn all_getters(object: &ObjectSpec) -> String {
    getters(object).iter().map(|getter| self::getter(object, getter)).collect::<Vec<_>>().join("\n")
}

pub fn getter(object: &ObjectSpec, getter: &Getter) -> String {
    let documentation = getter.documentation;
    let (name, kind) = (getter.name, getter.kind);
    let head = match getter.source {
        Source::Lookup => format!("    def {name}(self, name: str)"),
        _ => format!("    @property\n    def {name}(self)"),
    };
    let value = match kind {
        ValueKind::Text | ValueKind::Json => "str",
        ValueKind::JsonObject => "dict[str, Any]",
        ValueKind::Time | ValueKind::Seconds | ValueKind::Number => "int",
        ValueKind::Boolean => "bool",
        _ => unreachable!("a new kind of getter needs its type here"),
    };
    let absent = if documentation.absent.is_some() { " | None" } else { "" };
    let text = docstring(&[sentence(documentation, kind, &WORDS), documentation.details.to_owned()], "        ");
    format!("{head} -> {value}{absent}:\n{text}{}", body(object, getter))
}

/// The body of a getter: it calls the library once, and turns the answer into a value of the language.
fn body(object: &ObjectSpec, getter: &Getter) -> String {
    let function = getter.function.name.trim_start_matches("td_");
    let call = match getter.source {
        Source::Function => format!("{function}(self._open())"),
        Source::Member => format!("{function}(self._open(), b\"{}\")", getter.name),
        Source::Lookup => format!("{function}(self._open(), encoded_name(name))"),
    };
    let may_be_absent = getter.documentation.absent.is_some();
    if getter.source == Source::Function && is_number(getter.kind) {
        return number(&call, getter.kind, may_be_absent);
    }
    assert!(
        may_be_absent || getter.source != Source::Member || !object.is_open,
        "{}: a member that may be absent must say when",
        getter.name
    );
    if getter.kind == ValueKind::JsonObject {
        return json_object(&call, may_be_absent);
    }
    if may_be_absent {
        return format!(
            "        text = {call}\n        return None if text is None else {}\n",
            read("text", getter.kind)
        );
    }
    format!("        return {}\n", read(&call, getter.kind))
}

/// The body of a getter whose function returns a number. A negative number means that there is no value.
fn number(call: &str, kind: ValueKind, may_be_absent: bool) -> String {
    let suffix = if kind == ValueKind::Boolean { " != 0" } else { "" };
    if !may_be_absent {
        return format!("        return {call}{suffix}\n");
    }
    let variable = variable(kind);
    format!("        {variable} = {call}\n        return None if {variable} < 0 else {variable}{suffix}\n")
}

/// The body of a getter whose function returns a JSON object.
fn json_object(call: &str, may_be_absent: bool) -> String {
    let (before, bytes) = if may_be_absent {
        (format!("        text = {call}\n        if text is None:\n            return None\n"), "text")
    } else {
        (String::new(), call)
    };
    format!(
        "{before}        import json  # which costs a cold start more than signing does\n\n        \
         members: dict[str, Any] = json.loads({bytes}.decode())\n        return members\n"
    )
}

/// The expression that turns bytes into a value.
fn read(bytes: &str, kind: ValueKind) -> String {
    match kind {
        ValueKind::Text | ValueKind::Json => format!("{bytes}.decode()"),
        ValueKind::Boolean => format!("{bytes} == b\"true\""),
        _ => format!("int({bytes})"),
    }
}

/// The first lines of a method that takes keyword arguments, with its documentation.
pub fn method(spec: &FunctionSpec) -> String {
    let documentation = &spec.documentation;
    let (name, options, keywords) = (method_name(spec), options_type(spec), options_name(spec));
    let made = if is_method(spec) { pascal(made_by(spec).name) } else { "None".to_owned() };
    let blocks = if spec.blocks == Blocks::Network {
        "The call blocks only this thread, until the answer arrives or the deadline passes. In the main thread, signal handlers run \
         meanwhile. Under gevent, other greenlets run in any thread. An exception that ends the wait, for example \
         `KeyboardInterrupt`, cancels the call. Its `__cause__` is an `OutcomeUnknownError` if the request was sent."
    } else {
        ""
    };
    let errors: Vec<String> = spec.errors.iter().map(|code| format!("`{}`", error(code.spec()))).collect();
    let texts = [
        documentation.summary.to_owned(),
        joined(&[&respelled(documentation.details), blocks]),
        format!("`help(talkdesk_auth.{options})` lists the keyword arguments. Raises {}.", listed(&errors)),
    ];
    let text = docstring(&texts, "        ");
    let further = further(spec);
    let further: String = further.iter().map(|(name, object)| format!(", {name}: {}", pascal(object.name))).collect();
    format!("    def {name}(self{further}, **{keywords}: Unpack[{options}]) -> {made}:\n{text}")
}

/// A docstring whose first paragraph is one line.
fn docstring(texts: &[String], indent: &str) -> String {
    let texts: Vec<&String> = texts.iter().filter(|text| !text.is_empty()).collect();
    let first = format!("{indent}\"\"\"{}", texts[0]);
    let length = first.chars().count() + if texts.len() == 1 { 3 } else { 0 };
    assert!(length <= WIDTH, "the first line of a docstring is too long: {first}");
    if texts.len() == 1 {
        return format!("{first}\"\"\"\n");
    }
    let rest: Vec<String> = texts[1..].iter().map(|text| wrapped(text, indent, indent, WIDTH)).collect();
    format!("{first}\n\n{}{indent}\"\"\"\n", rest.join("\n"))
}

fn respelled(text: &str) -> String {
    let function = |spec: &'static FunctionSpec| format!("`{}`", qualified(spec));
    prose::respelled(text, function, |spec| format!("`{}`", error(spec)))
}

/// `Client.exchange`; a constructor is `Client`.
fn qualified(spec: &FunctionSpec) -> String {
    let class = pascal(owner(spec).spec().name);
    if is_method(spec) { format!("{class}.{}", spec.function.subject()) } else { class }
}

/// The keywords that take a mapping.
fn all_families() -> String {
    let rows: String = families().map(|family| format!("    \"{family}s\": \"{family}.\",\n")).collect();
    let lists: Vec<String> = lists().map(|name| format!("\"{name}\"")).collect();
    let lists = lists.join(", ");
    let json: String = json_prefixes().map(|(text, json)| format!("    \"{text}\": \"{json}\",\n")).collect();
    format!(
        "#: Each keyword that takes a mapping, and the prefix of the names in it.\nFAMILIES = {{\n{rows}}}\n\n\
         #: The prefix of a family, and the prefix of the names whose values are JSON.\nJSON_FAMILIES = {{\n{json}}}\n\n\
         #: The keywords that take a list of words.\nLISTS = {{{lists}}}\n"
    )
}

fn errors() -> String {
    let mut module =
        String::from("#: The names that the package shows from this module, apart from the base class.\n__all__ = [\n");
    let mut classes: Vec<_> = ERRORS.iter().map(error).collect();
    classes.sort();
    for class in classes {
        let _ = writeln!(module, "    \"{class}\",");
    }
    module.push_str(
        "]\n\n#: Each field that an error may have, and the type that reads its text.\n\
         FIELDS: dict[str, Callable[[str], str | int]] = {\n",
    );
    for (field, _) in fields() {
        let _ = writeln!(module, "    \"{}\": {},", field.name, field_type(field.kind));
    }
    module.push_str("}\n");
    for spec in ERRORS {
        error_definition(&mut module, spec);
    }
    module.push_str("\n\n#: The class of each code.\nERRORS: dict[int, type[TalkdeskAuthError]] = {\n");
    for spec in ERRORS {
        let _ = writeln!(module, "    {}: {},", spec.code as i32, error(spec));
    }
    module.push_str("}\n");
    module
}

fn field_type(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "str",
        FieldKind::Number => "int",
        _ => unreachable!("a new kind of field needs its type here"),
    }
}

fn error_definition(module: &mut String, spec: &ErrorSpec) {
    let retryable = format!("When it is safe to repeat: {}.", spec.retryable());
    let retryable = wrapped(&retryable, "    ", "    ", WIDTH);
    let _ = write!(
        module,
        "\n\nclass {}(TalkdeskAuthError):\n    \"\"\"{}\n\n{retryable}    \"\"\"\n\n    \
         code = {}\n    name = \"{}\"\n",
        error(spec),
        spec.summary,
        spec.code as i32,
        spec.name,
    );
    module.extend(own_fields(spec).map(field));
}

fn field(field: &Field) -> String {
    format!("    #: {}\n    {}: {} | None = None\n", field.summary, field.name, field_type(field.kind))
}

fn error(spec: &ErrorSpec) -> String {
    error_class(spec, "Error")
}

fn options() -> String {
    let mut module = String::from(
        "\"\"\"The keyword arguments of each call: rendered by `make generate`; do not edit.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         import os\n\
         from datetime import timedelta\n\
         from typing import Literal, Mapping, Optional, Sequence, TypedDict, Union\n\n\
         #: The value of a form field; None means not given.\n\
         Value = Union[str, bytes, float, timedelta, os.PathLike[str], None]\n\
         #: The value of a claim. A number, a boolean, a list or a mapping stays one; None means not given.\n\
         Claim = Union[Value, Sequence[object], Mapping[str, object]]\n",
    );
    module.push_str(&choices());
    for taker in takers() {
        let (function, class) = (taker.function, options_type(taker));
        let heading = format!("The keyword arguments of {}", methods_that_take(taker));
        let taken: Vec<_> = keywords_of(function).collect();
        let needed: Vec<_> = taken.iter().filter(|spec| spec.required).collect();
        let mut base = "TypedDict".to_owned();
        if !needed.is_empty() {
            base = format!("_Required{class}");
            let _ = write!(module, "\n\nclass {base}(TypedDict):\n");
            for spec in needed {
                let _ = writeln!(module, "    {}: {}", keyword(spec), value_type(spec));
            }
        }
        let _ =
            write!(module, "\n\nclass {class}({base}, total=False):\n    \"\"\"{heading}; None means not given.\n\n");
        for spec in &taken {
            documentation(&mut module, spec, function);
        }
        module.push_str("    \"\"\"\n\n");
        for spec in taken.iter().filter(|spec| !spec.required) {
            let _ = writeln!(module, "    {}: Optional[{}]", keyword(spec), value_type(spec));
        }
    }
    module
}

/// The class or the methods that take the keyword arguments of this function.
fn methods_that_take(spec: &FunctionSpec) -> String {
    let name = qualified(spec);
    if can_be_started(spec) { format!("`{name}` and `{name}_async`") } else { format!("`{name}`") }
}

fn documentation(module: &mut String, spec: &OptionSpec, function: Function) {
    let value = match names::family(spec) {
        Some(_) => format!("a mapping of names to {}", prose::keyword_value(spec)),
        None => prose::keyword_value(spec),
    };
    let default = match prose::default(spec, function) {
        default if default.is_empty() => default,
        default => format!("; by default {default}"),
    };
    let _ = writeln!(module, "    {}: {value}{default}\n        {}", keyword(spec), spec.summary);
}

/// The choices of each option that has some, as the type checker knows them.
fn choices() -> String {
    let literal = |spec: &OptionSpec| match spec.kind {
        Kind::Choice(choices) => {
            let choices: String = choices.iter().map(|choice| format!("    \"{choice}\",\n")).collect();
            let (class, name) = (pascal(spec.name), spec.name);
            Some(format!("#: A choice of `{name}`.\n{class} = Literal[\n{choices}]\n"))
        }
        _ => None,
    };
    OPTIONS.iter().filter_map(literal).collect()
}

fn value_type(spec: &OptionSpec) -> String {
    let value = match spec.kind {
        _ if takes_json(spec) => "Mapping[str, Claim]",
        _ if names::family(spec).is_some() => "Mapping[str, Value]",
        Kind::Text | Kind::Uri | Kind::Any | Kind::Label => "str",
        Kind::Choice(_) => return pascal(spec.name),
        Kind::Words => "Union[str, Sequence[str]]",
        Kind::Block => "Union[str, bytes]",
        Kind::Path => "Union[str, os.PathLike[str]]",
        Kind::Boolean => "bool",
        Kind::Seconds(least, _) if least.fract() == 0.0 => "Union[int, timedelta]",
        Kind::Seconds(..) => "Union[float, timedelta]",
        Kind::Number(..) => "int",
        _ => unreachable!("a new kind of value needs its type here"),
    };
    value.to_owned()
}
