//! What the Java binding knows of the two tables: its options, its exceptions, and the version.

use crate::markdown;
use std::fmt::Write;
use talkdesk_auth::{ERRORS, ErrorSpec, FieldKind, Function, Kind, OPTIONS, OptionSpec};

const FOLDER: &str = "bindings/java/src/main/java/talkdeskauth";
const FROM_ERRORS: &str = "// Rendered from src/error.rs; `make generate` rewrites it.\npackage talkdeskauth;\n";
const FROM_OPTIONS: &str = "// Rendered from src/options.rs; `make generate` rewrites it.\npackage talkdeskauth;\n";

/// Each rendered source file and its text.
pub fn files() -> Vec<(String, String)> {
    let mut files = vec![
        ("Version".to_owned(), version()),
        ("ClientBuilder".to_owned(), options(Function::Client, "ClientBuilder", "The options of a client.")),
        (
            "AssertionOptions".to_owned(),
            options(Function::Assertion, "AssertionOptions", "The options of an assertion."),
        ),
        (
            "ExchangeParameters".to_owned(),
            options(Function::Exchange, "ExchangeParameters", "The parameters of an exchange."),
        ),
        ("ErrorTable".to_owned(), error_table()),
    ];
    files.extend(ERRORS.iter().map(|spec| (class(spec), exception(spec))));
    files.into_iter().map(|(class, text)| (format!("{FOLDER}/{class}.java"), text)).collect()
}

/// A page with the version of the library in its region, which holds one `<version>`.
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

fn options(function: Function, class: &str, summary: &str) -> String {
    let taken: Vec<_> = OPTIONS.iter().filter(|spec| spec.taken_by.contains(&function)).collect();
    let has = |fits: fn(&Kind) -> bool| taken.iter().any(|spec| fits(&spec.kind));
    let mut text = format!("{FROM_OPTIONS}\n");
    for (needed, import) in [
        (has(|kind| matches!(kind, Kind::Path)), "java.nio.file.Path"),
        (has(|kind| matches!(kind, Kind::Seconds(..) | Kind::Elapsed)), "java.time.Duration"),
        (taken.iter().any(|spec| family(spec).is_some()), "java.util.Map"),
    ] {
        if needed {
            let _ = writeln!(text, "import {import};");
        }
    }
    let _ = write!(
        text,
        "\n/** {summary} What is null is as if it were not given. */\npublic final class {class} extends Options<{class}> {{\n"
    );
    text.push_str(match function {
        Function::Client => {
            "    ClientBuilder() {\n    }\n\n    \
             /**\n     * Makes the client. Everything is checked here, the key above all; nothing is sent and no connection is made.\n     *\n     \
             * @return the client\n     * @throws InvalidOptionException where an option is at fault\n     \
             * @throws InvalidKeyException where the key is\n     */\n    \
             public Client build() {\n        return new Client(this);\n    }\n"
        }
        _ => "    /** None is set. */\n    public ",
    });
    if function != Function::Client {
        let _ = write!(text, "{class}() {{\n    }}\n");
    }
    for spec in taken {
        match family(spec) {
            Some(family) => members(&mut text, class, spec, function, family),
            None => {
                for value in value_types(spec.kind) {
                    setter(&mut text, class, spec, function, value);
                }
            }
        }
    }
    text.push_str("}\n");
    text
}

fn setter(text: &mut String, class: &str, spec: &OptionSpec, function: Function, value: &str) {
    documented(text, spec, function, &[("value", &markdown::value(spec))]);
    let (method, name) = (camel(spec.name), spec.name);
    let _ =
        write!(text, "    public {class} {method}({value} value) {{\n        return set(\"{name}\", value);\n    }}\n");
}

fn members(text: &mut String, class: &str, spec: &OptionSpec, function: Function, family: &str) {
    documented(text, spec, function, &[("name", "its name"), ("value", &markdown::value(spec))]);
    let _ = write!(
        text,
        "    public {class} {family}(String name, String value) {{\n        return member(\"{family}.\", name, value);\n    }}\n"
    );
    documented(text, spec, function, &[("members", &format!("names, and for each {}", markdown::value(spec)))]);
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
        let default = match markdown::default(spec, function) {
            default if default.is_empty() || index + 1 < parameters.len() => String::new(),
            default => format!("; {} where not given", javadoc(&default)),
        };
        let _ = writeln!(text, "     * @param {name} {}{default}", javadoc(summary));
    }
    text.push_str("     * @return this\n     */\n");
}

/// What a setter takes: text serves also where there is a type for it, since not every locale can write every path.
fn value_types(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Path => &["String", "Path"],
        Kind::Seconds(..) | Kind::Elapsed => &["Duration"],
        Kind::Boolean => &["boolean"],
        Kind::Text | Kind::Block | Kind::Any | Kind::Label | Kind::Choice(_) => &["String"],
        _ => unreachable!("a new kind of value needs its type here"),
    }
}

fn error_table() -> String {
    let mut fields: Vec<_> = ERRORS.iter().flat_map(|spec| spec.fields).map(|field| field.name).collect();
    fields.sort_unstable();
    fields.dedup();
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
    let has = |kind| spec.fields.iter().any(|field| field.kind == kind);
    let mut text = format!("{FROM_ERRORS}\nimport java.util.Map;\n");
    if has(FieldKind::Text) {
        text.push_str("import java.util.Optional;\n");
    }
    if has(FieldKind::Number) {
        text.push_str("import java.util.OptionalLong;\n");
    }
    let _ = write!(
        text,
        "\n/**\n * {}\n *\n * <p>May be repeated: {}.\n */\npublic final class {class} extends TalkdeskAuthException {{\n    \
         /** The stable code. */\n    public static final int CODE = {};\n    \
         private static final long serialVersionUID = 1;\n\n    \
         {class}(String message, boolean retryable, Map<String, String> fields) {{\n        \
         super(CODE, \"{}\", message, retryable, fields);\n    }}\n",
        javadoc(spec.summary),
        javadoc(&spec.retryable()),
        spec.code as i32,
        spec.name
    );
    for field in spec.fields {
        let (method, name) = (camel(field.name), field.name);
        let (value, read) = match field.kind {
            FieldKind::Text => ("Optional<String>", format!("get(\"{name}\")")),
            FieldKind::Number => (
                "OptionalLong",
                format!("get(\"{name}\").map(Long::valueOf).map(OptionalLong::of).orElseGet(OptionalLong::empty)"),
            ),
            _ => unreachable!("a new kind of field needs its type here"),
        };
        let _ = write!(
            text,
            "\n    /**\n     * {}\n     *\n     * @return the field, where this error has it\n     */\n    \
             public {value} {method}() {{\n        return {read};\n    }}\n",
            javadoc(field.summary)
        );
    }
    text.push_str("}\n");
    text
}

/// `invalid_option` gives `InvalidOptionException`, `oauth_error` gives `OauthException`.
fn class(spec: &ErrorSpec) -> String {
    let name = camel(spec.name.trim_end_matches("_error"));
    format!("{}{}Exception", name[..1].to_uppercase(), &name[1..])
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
}

/// `claim` of `claim.NAME`.
fn family(spec: &OptionSpec) -> Option<&'static str> {
    spec.name.strip_suffix(".NAME")
}

/// Text in back quotes becomes code.
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
