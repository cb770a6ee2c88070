//! Renders parts of the Java binding: its version, options and exceptions, the declarations in `Library`, and for each class its
//! getters and the documentation of its methods.

use crate::names::{
    Getter, Source, camel, classes, declared, error_class, family, fields, further, general_fields, getters, is_method,
    is_number, json_prefixes, keywords_of, made_by, method_that_makes, methods_of, options_heading, options_name,
    options_type, own_fields, owner, pascal, takers, takes_json, variable,
};
use crate::prose::{self, Shared, base_of_errors, details, wrapped};
use crate::replaced;
use std::fmt::Write;
use talkdesk_auth::{
    Blocks, ERRORS, ErrorSpec, Field, FieldKind, Function, FunctionSpec, Gives, Kind, OPTIONS, ObjectSpec, OptionSpec,
    ValueKind,
};

const FOLDER: &str = "bindings/java/src/main/java/talkdeskauth";
const FROM_ERRORS: &str = "// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.\n\
     package talkdeskauth;\n";
const FROM_OPTIONS: &str =
    "// Rendered from src/options/table.rs; `make generate` rewrites it.\npackage talkdeskauth;\n";
const WIDTH: usize = 132;

/// Each file that is rendered, whole or in regions, and its text. `read` returns the present text.
pub fn files(read: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let path = |class: &str| format!("{FOLDER}/{class}.java");
    let mut files = vec![(path("Version"), version()), (path("ErrorTable"), error_table())];
    files.extend(takers().map(|taker| (path(&options_class(taker)), options(taker))));
    files.extend(choices().map(|(class, text)| (path(&class), text)));
    files.extend(ERRORS.iter().map(|spec| (path(&class(spec)), exception(spec))));
    files.push((path("Options"), region(&read(&path("Options")), "    ", "families", &json_families())));
    files.push((path("Library"), region(&read(&path("Library")), "    ", "functions", &declarations())));
    let [summary, details] = base_of_errors();
    let base =
        comment(&[&summary, &details], &[], "") + "public class TalkdeskAuthException extends RuntimeException {\n";
    let page = read(&path("TalkdeskAuthException"));
    let page = replaced(&page, "// generated: base\n", "    // end of generated\n", &base);
    let fields: String = general_fields().map(field).collect();
    files.push((path("TalkdeskAuthException"), region(&page, "    ", "fields", fields.trim_start_matches('\n'))));
    for object in classes() {
        let name = pascal(object.name);
        let begin = format!("// generated: {name}\n");
        let mut page = region(&read(&path(&name)), "", "imports", &imports(object));
        page = match method_that_makes(object.object) {
            Some(_) => replaced(&page, &begin, "    // end of generated\n", &class_of(object)),
            None => {
                let page = replaced(&page, &begin, "    // end of generated\n", &head(object));
                region(&page, "    ", "getters", &all_getters(object))
            }
        };
        for spec in methods_of(object.object) {
            let begin = format!("    // generated: {}\n", spec.function.subject());
            page = replaced(&page, &begin, "        // end of generated\n", &method(spec));
        }
        files.push((path(&name), page));
    }
    files
}

fn region(page: &str, indent: &str, name: &str, text: &str) -> String {
    replaced(page, &format!("{indent}// generated: {name}\n"), &format!("{indent}// end of generated\n"), text)
}

/// The C functions as JNA binds them. Everything except a small number is a `long`.
fn declarations() -> String {
    declared(|spec| {
        let result = match spec.gives {
            Gives::Nothing => "void",
            Gives::Value(ValueKind::Number | ValueKind::Boolean | ValueKind::Descriptor) => "int",
            _ => "long",
        };
        let parameters: Vec<_> = spec.parameters.iter().map(|parameter| format!("long {}", parameter.name)).collect();
        format!("    static native {result} {}({});\n", spec.name, parameters.join(", "))
    })
}

/// The imports that the getters of a class need.
fn imports(object: &ObjectSpec) -> String {
    let types: String = getters(object).iter().map(value_type).collect();
    let all = [
        ("Instant", "java.time.Instant"),
        ("Optional<", "java.util.Optional"),
        ("OptionalLong", "java.util.OptionalLong"),
    ];
    all.iter().filter(|(name, _)| types.contains(name)).map(|(_, class)| format!("import {class};\n")).collect()
}

/// A class up to its own methods.
fn class_of(object: &ObjectSpec) -> String {
    let name = pascal(object.name);
    format!("{}    {name}(long address) {{\n        super(address);\n    }}\n\n{}", head(object), all_getters(object))
}

/// The first lines of a class.
fn head(object: &ObjectSpec) -> String {
    let texts = [object.documentation.summary, &details(object, Shared::ByThreads)];
    format!("{}public final class {} extends Closable {{\n", comment(&texts, &[], ""), pascal(object.name))
}

fn all_getters(object: &ObjectSpec) -> String {
    getters(object).iter().map(getter).collect::<Vec<_>>().join("\n")
}

pub fn getter(getter: &Getter) -> String {
    let documentation = getter.documentation;
    let answer = match getter.kind {
        ValueKind::Json | ValueKind::JsonObject => "JSON".to_owned(),
        ValueKind::Time => "the time".to_owned(),
        ValueKind::Seconds => "the seconds".to_owned(),
        ValueKind::Boolean => "whether it is so".to_owned(),
        _ if getter.source == Source::Lookup => "its value".to_owned(),
        _ => format!("the {}", getter.name.replace('_', " ")),
    };
    let answer = documentation.absent.map_or(answer.clone(), |absent| format!("{answer}; empty if {absent}"));
    let (parameter, described) = match getter.source {
        Source::Lookup => ("String name", vec!["@param name its name".to_owned()]),
        _ => ("", vec![]),
    };
    let tags = [described, vec![format!("@return {answer}")]].concat();
    format!(
        "{}    public {} {}({parameter}) {{\n{}    }}\n",
        comment(&[documentation.summary, documentation.details], &tags, "    "),
        value_type(getter),
        camel(getter.name),
        body(getter)
    )
}

fn value_type(getter: &Getter) -> String {
    let is_optional = getter.documentation.absent.is_some();
    match getter.kind {
        ValueKind::Seconds | ValueKind::Number if is_optional => "OptionalLong".to_owned(),
        ValueKind::Seconds | ValueKind::Number => "long".to_owned(),
        ValueKind::Boolean if !is_optional => "boolean".to_owned(),
        kind => {
            let value = match kind {
                ValueKind::Time => "Instant",
                ValueKind::Boolean => "Boolean",
                _ => "String",
            };
            if is_optional { format!("Optional<{value}>") } else { value.to_owned() }
        }
    }
}

fn body(getter: &Getter) -> String {
    let (function, name, kind) = (getter.function.name, getter.name, getter.kind);
    let is_optional = getter.documentation.absent.is_some();
    let text = match getter.source {
        Source::Lookup => format!("member(Library::{function}, name)"),
        Source::Member => format!("member(Library::{function}, \"{name}\")"),
        Source::Function if is_number(kind) => return number(function, kind, is_optional),
        Source::Function if is_optional => format!("Optional.ofNullable(text(Library::{function}))"),
        Source::Function => return format!("        return text(Library::{function});\n"),
    };
    let value = if is_optional { optional(&text, kind) } else { read(&format!("{text}.orElseThrow()"), kind) };
    format!("        return {value};\n")
}

/// The body of a getter whose function returns a number. A negative number means that there is no value.
fn number(function: &str, kind: ValueKind, is_optional: bool) -> String {
    let call = format!("number(Library::{function})");
    let value = |number: &str| match kind {
        ValueKind::Time => format!("Instant.ofEpochSecond({number})"),
        ValueKind::Boolean => format!("{number} != 0"),
        _ => number.to_owned(),
    };
    if !is_optional {
        return format!("        return {};\n", value(&call));
    }
    let class = if matches!(kind, ValueKind::Time | ValueKind::Boolean) { "Optional" } else { "OptionalLong" };
    let variable = variable(kind);
    format!(
        "        long {variable} = {call};\n        return {variable} < 0 ? {class}.empty() : {class}.of({});\n",
        value(variable)
    )
}

/// The expression that turns text into a value.
fn read(text: &str, kind: ValueKind) -> String {
    match kind {
        ValueKind::Time => format!("Instant.ofEpochSecond(Long.parseLong({text}))"),
        ValueKind::Seconds | ValueKind::Number => format!("Long.parseLong({text})"),
        ValueKind::Boolean => format!("Boolean.parseBoolean({text})"),
        _ => text.to_owned(),
    }
}

/// The expression that turns text that may be absent into a value that may be absent.
fn optional(text: &str, kind: ValueKind) -> String {
    let conversion = match kind {
        ValueKind::Time => ".map(Long::valueOf).map(Instant::ofEpochSecond)",
        ValueKind::Seconds | ValueKind::Number => {
            ".map(Long::valueOf).map(OptionalLong::of).orElseGet(OptionalLong::empty)"
        }
        ValueKind::Boolean => ".map(Boolean::valueOf)",
        _ => "",
    };
    format!("{text}{conversion}")
}

/// The documentation and first line of a method that takes options. If the options may be left out, an overload without them comes
/// first.
pub fn method(spec: &FunctionSpec) -> String {
    let (name, made, options) = (spec.function.subject(), pascal(made_by(spec).name), options_name(spec));
    let blocks = if spec.blocks == Blocks::Network {
        "The call blocks this thread until the answer arrives or the deadline ({@code timeout}) passes. An interrupt cancels the call, \
         and the thread stays interrupted. A virtual thread that waits holds no carrier thread."
    } else {
        ""
    };
    let texts = [spec.documentation.summary, spec.documentation.details, blocks];
    let mut tags = outcome(spec);
    if spec.blocks == Blocks::Network {
        tags.push("@throws CancelledException if an interrupt came before anything was sent".to_owned());
    }
    let given = if keywords_of(spec.function).any(|option| option.name == "grant_type") {
        "the grant, and the values that differ from the client's"
    } else {
        "the values that differ from the client's"
    };
    let further = further(spec);
    let described: Vec<_> =
        further.iter().map(|(name, object)| format!("@param {name} the {}", object.name.replace('_', " "))).collect();
    let with_options = [described.clone(), vec![format!("@param {options} {given}")], tags.clone()].concat();
    let without_options = [described, tags].concat();
    let typed: Vec<_> = further.iter().map(|(name, object)| format!("{} {name}", pascal(object.name))).collect();
    let typed = typed.join(", ");
    let named: String = further.iter().map(|(name, _)| format!("{name}, ")).collect();
    let mut text = String::new();
    if options == "options" {
        let _ = write!(
            text,
            "{}    public {made} {name}({typed}) {{\n        return {name}({named}0);\n    }}\n\n",
            comment(&texts, &without_options, "    ")
        );
    }
    let before = if typed.is_empty() { typed } else { typed + ", " };
    let parameters = format!("{before}{} {options}", options_class(spec));
    let _ = writeln!(text, "{}    public {made} {name}({parameters}) {{", comment(&texts, &with_options, "    "));
    text
}

/// The result of a function: the object that it makes, or an exception.
fn outcome(spec: &FunctionSpec) -> Vec<String> {
    let mut tags = vec![format!("@return the {}", made_by(spec).name)];
    tags.extend(spec.errors.iter().map(|code| {
        let summary = code.spec().summary.trim_end_matches('.');
        format!("@throws {} if {}{}", class(code.spec()), summary[..1].to_lowercase(), javadoc(&summary[1..]))
    }));
    tags
}

/// A comment of paragraphs, followed by tags that begin with `@`.
fn comment(texts: &[&str], tags: &[String], indent: &str) -> String {
    let mark = format!("{indent} * ");
    let texts = texts.iter().filter(|text| !text.is_empty());
    let mut paragraphs = Vec::new();
    for (index, text) in texts.enumerate() {
        let text = javadoc(&respelled(text));
        let first = if index > 0 { format!("{mark}<p>") } else { mark.clone() };
        paragraphs.push(wrapped(&text, &first, &mark, WIDTH));
    }
    if !tags.is_empty() {
        paragraphs.push(tags.iter().map(|tag| wrapped(tag, &mark, &mark, WIDTH)).collect());
    }
    format!("{indent}/**\n{}{indent} */\n", paragraphs.join(&format!("{indent} *\n")))
}

fn respelled(text: &str) -> String {
    prose::respelled(
        text,
        |spec| format!("{{@link {}#{}}}", pascal(owner(spec).spec().name), method_name(spec)),
        |spec| format!("{{@link {}}}", class(spec)),
    )
}

/// The name of the method that calls a function. A builder makes an object that is made from options alone.
fn method_name(spec: &FunctionSpec) -> &'static str {
    if is_method(spec) { spec.function.subject() } else { "builder" }
}

/// The class of a function's options. If an object is made from options alone, this class is its builder.
fn options_class(spec: &FunctionSpec) -> String {
    match method_that_makes(made_by(spec).object) {
        Some(_) => options_type(spec),
        None => format!("{}Builder", pascal(made_by(spec).name)),
    }
}

/// The page, with the version of the library in its region, which holds one `<version>`.
pub fn versioned(page: &str) -> String {
    let (before, rest) = page.split_once("<!-- generated: version -->").expect("the region has a start");
    let (region, after) = rest.split_once("<!-- end of generated -->").expect("the region has an end");
    let (ahead, old) = region.split_once("<version>").expect("the region holds a version");
    let (_, behind) = old.split_once("</version>").expect("the version ends");
    format!(
        "{before}<!-- generated: version -->{ahead}<version>{}</version>{behind}<!-- end of generated -->{after}",
        env!("CARGO_PKG_VERSION")
    )
}

fn version() -> String {
    format!(
        "// Rendered from Cargo.toml; `make generate` rewrites it.\npackage talkdeskauth;\n\n\
         /** The version of this package, and of the shared library inside it. */\nfinal class Version {{\n    \
         static final String VALUE = \"{}\";\n\n    private Version() {{\n    }}\n}}\n",
        env!("CARGO_PKG_VERSION")
    )
}

/// The prefix of each family that has a JSON family.
fn json_families() -> String {
    let rows: Vec<_> = json_prefixes().map(|(text, json)| format!("\"{text}\", \"{json}\"")).collect();
    format!(
        "    /** The prefix of a family, and the prefix of the names whose values are JSON. */\n    \
         private static final Map<String, String> JSON_FAMILIES = Map.of({});\n",
        rows.join(", ")
    )
}

fn options(taker: &FunctionSpec) -> String {
    let (function, class) = (taker.function, &options_class(taker));
    let summary = format!("The {}.", options_heading(taker));
    let taken: Vec<_> = keywords_of(function).collect();
    let has = |fits: fn(&Kind) -> bool| taken.iter().any(|spec| fits(&spec.kind));
    let mut text = format!("{FROM_OPTIONS}\n");
    for (needed, import) in [
        (has(|kind| matches!(kind, Kind::Path)), "java.nio.file.Path"),
        (has(|kind| matches!(kind, Kind::Seconds(..))), "java.time.Duration"),
        (has(|kind| *kind == Kind::Words), "java.util.Collection"),
        (taken.iter().any(|spec| family(spec).is_some()), "java.util.Map"),
    ] {
        if needed {
            let _ = writeln!(text, "import {import};");
        }
    }
    let _ = write!(
        text,
        "\n/** {summary} null means not given. */\npublic final class {class} extends Options<{class}> {{\n"
    );
    if method_that_makes(made_by(taker).object).is_some() {
        let _ = write!(text, "    /** Makes an object in which nothing is set. */\n    public {class}() {{\n    }}\n");
    } else {
        text.push_str(&builder(taker));
    }
    for spec in taken {
        match family(spec) {
            Some(family) => members(&mut text, class, spec, function, family),
            None => {
                for value in value_types(spec) {
                    setter(&mut text, class, spec, function, &value);
                }
            }
        }
    }
    text.push_str("}\n");
    text
}

/// The constructor of a builder, and its method `build`.
fn builder(taker: &FunctionSpec) -> String {
    let (class, made, documentation) = (options_class(taker), pascal(made_by(taker).name), &taker.documentation);
    let comment = comment(&[documentation.summary, documentation.details], &outcome(taker), "    ");
    format!(
        "    {class}() {{\n    }}\n\n{comment}    public {made} build() {{\n        return new {made}(this);\n    }}\n"
    )
}

fn setter(text: &mut String, class: &str, spec: &OptionSpec, function: Function, value: &str) {
    documented(text, spec, function, &[("value", &prose::keyword_value(spec))]);
    let (method, name) = (camel(spec.name), spec.name);
    let _ =
        write!(text, "    public {class} {method}({value} value) {{\n        return set(\"{name}\", value);\n    }}\n");
}

fn members(text: &mut String, class: &str, spec: &OptionSpec, function: Function, family: &str) {
    let value = if takes_json(spec) { "Object" } else { "String" };
    documented(text, spec, function, &[("name", "its name"), ("value", &prose::keyword_value(spec))]);
    let _ = write!(
        text,
        "    public {class} {family}(String name, {value} value) {{\n        return member(\"{family}.\", name, value);\n    }}\n"
    );
    documented(
        text,
        spec,
        function,
        &[("members", &format!("names and their values; a value is {}", prose::keyword_value(spec)))],
    );
    let _ = write!(
        text,
        "    public {class} {family}s(Map<String, ?> members) {{\n        \
         if (members != null) {{\n            members.forEach((name, value) -> member(\"{family}.\", name, value));\n        }}\n        \
         return this;\n    }}\n"
    );
}

fn documented(text: &mut String, spec: &OptionSpec, function: Function, parameters: &[(&str, &str)]) {
    let _ = write!(text, "\n    /**\n     * {}\n     *\n", javadoc(spec.summary));
    for (index, (name, summary)) in parameters.iter().enumerate() {
        let default = match prose::default(spec, function) {
            default if default.is_empty() || index + 1 < parameters.len() => String::new(),
            default => format!("; by default {}", javadoc(&default)),
        };
        let _ = writeln!(text, "     * @param {name} {}{default}", javadoc(summary));
    }
    text.push_str("     * @return this\n     */\n");
}

/// The types that a setter takes. A path may also be text, because not every locale can write every path.
fn value_types(spec: &OptionSpec) -> Vec<String> {
    let types: &[&str] = match spec.kind {
        Kind::Path => &["String", "Path"],
        Kind::Seconds(..) => &["Duration"],
        Kind::Number(..) => &["int"],
        Kind::Boolean => &["boolean"],
        Kind::Words => &["String", "Collection<String>"],
        Kind::Choice(_) => &["String", &pascal(spec.name)],
        Kind::Text | Kind::Uri | Kind::Block | Kind::Any | Kind::Label => &["String"],
        _ => unreachable!("a new kind of value needs its type here"),
    };
    types.iter().map(|name| (*name).to_owned()).collect()
}

/// The choices of each option that has some, each as the name and the text of an enum.
fn choices() -> impl Iterator<Item = (String, String)> {
    OPTIONS.iter().filter_map(|spec| {
        let Kind::Choice(choices) = spec.kind else { return None };
        let class = pascal(spec.name);
        let constants: Vec<_> = choices.iter().map(|choice| format!("    /** {{@code {choice}}}. */\n    {}(\"{choice}\")", choice.to_uppercase())).collect();
        let text = format!(
            "{FROM_OPTIONS}\n/** {} */\npublic enum {class} {{\n{};\n\n    private final String text;\n\n    \
             {class}(String text) {{\n        this.text = text;\n    }}\n\n    \
             /** The text of the option. */\n    @Override\n    public String toString() {{\n        return text;\n    }}\n}}\n",
            javadoc(&format!("The choices of the option `{}`.", spec.name)),
            constants.join(",\n\n")
        );
        Some((class, text))
    })
}

fn error_table() -> String {
    let mut fields: Vec<_> = fields().into_iter().map(|(field, _)| field.name).collect();
    fields.sort_unstable();
    let fields: Vec<_> = fields.iter().map(|name| format!("\"{name}\"")).collect();
    let mut text = format!(
        "{FROM_ERRORS}\nimport java.util.List;\nimport java.util.Map;\n\n/** The class of each code. */\nfinal class ErrorTable {{\n    \
         /** Each field that an error may have. */\n    \
         static final List<String> FIELDS = List.of(\n        {});\n\n    private ErrorTable() {{\n    }}\n\n    \
         static TalkdeskAuthException exception(int code, String name, String message, boolean retryable, Map<String, String> fields) {{\n        \
         switch (code) {{\n",
        fields.join(", ")
    );
    for spec in ERRORS {
        let class = class(spec);
        let _ = write!(
            text,
            "            case {class}.CODE:\n                return new {class}(message, retryable, fields);\n"
        );
    }
    text.push_str(
        "            default:\n                return new TalkdeskAuthException(code, name, message, retryable, fields);\n        \
         }\n    }\n}\n",
    );
    text
}

fn exception(spec: &ErrorSpec) -> String {
    let class = class(spec);
    let has = |kind| own_fields(spec).any(|field| field.kind == kind);
    let mut text = format!("{FROM_ERRORS}\nimport java.util.Map;\n");
    if has(FieldKind::Text) {
        text.push_str("import java.util.Optional;\n");
    }
    if has(FieldKind::Number) {
        text.push_str("import java.util.OptionalLong;\n");
    }
    let _ = write!(
        text,
        "\n/**\n * {}\n *\n * <p>When it is safe to repeat: {}.\n */\n\
         public final class {class} extends TalkdeskAuthException {{\n    \
         /** The stable code. */\n    public static final int CODE = {};\n    \
         private static final long serialVersionUID = 1;\n\n    \
         {class}(String message, boolean retryable, Map<String, String> fields) {{\n        \
         super(CODE, \"{}\", message, retryable, fields);\n    }}\n",
        javadoc(spec.summary),
        javadoc(&spec.retryable()),
        spec.code as i32,
        spec.name
    );
    text.extend(own_fields(spec).map(field));
    text.push_str("}\n");
    text
}

fn field(field: &Field) -> String {
    let (method, name) = (camel(field.name), field.name);
    let (value, read) = match field.kind {
        FieldKind::Text => ("Optional<String>", format!("get(\"{name}\")")),
        FieldKind::Number => (
            "OptionalLong",
            format!("get(\"{name}\").map(Long::valueOf).map(OptionalLong::of).orElseGet(OptionalLong::empty)"),
        ),
        _ => unreachable!("a new kind of field needs its type here"),
    };
    format!(
        "\n    /**\n     * {}\n     *\n     * @return the field, if this error has it\n     */\n    \
         public {value} {method}() {{\n        return {read};\n    }}\n",
        javadoc(field.summary)
    )
}

fn class(spec: &ErrorSpec) -> String {
    error_class(spec, "Exception")
}

/// The text, with text in back quotes as code.
fn javadoc(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut parts = escaped.split('`');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(
        first,
        |text, (index, part)| {
            if index % 2 == 0 { format!("{text}{{@code {part}}}") } else { text + part }
        },
    )
}
