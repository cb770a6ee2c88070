//! What the Node package knows of the two tables: its error classes, its options, and the types of both.

use std::fmt::Write;
use talkdesk_auth::{ERRORS, ErrorSpec, FieldKind, Function, Kind, OPTIONS, OptionSpec};

const FROM_ERRORS: &str = "// Rendered from src/error.rs; `make generate` rewrites it.\n";
const FROM_OPTIONS: &str = "// Rendered from src/options.rs; `make generate` rewrites it.\n";

/// `package`, the text of package.json, with the version of the library.
pub fn package(package: &str) -> String {
    package
        .lines()
        .map(|line| match line.strip_prefix("  \"version\": ") {
            Some(_) => format!("  \"version\": \"{}\",\n", env!("CARGO_PKG_VERSION")),
            None => format!("{line}\n"),
        })
        .collect()
}

pub fn errors() -> String {
    let mut page =
        format!("'use strict';\n\n{FROM_ERRORS}\nconst {{ TalkdeskAuthError, define }} = require('../error.cjs');\n");
    for spec in ERRORS {
        let fields: Vec<String> =
            spec.fields.iter().map(|field| format!("{}: {}", field.name, constructor(field.kind))).collect();
        let fields = if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) };
        let (class, code, name, summary) = (class(spec), spec.code as i32, spec.name, spec.summary);
        let _ = write!(
            page,
            "\n/** {summary} */\nclass {class} extends TalkdeskAuthError {{}}\ndefine({class}, {code}, '{name}', {fields});\n"
        );
    }
    page.push_str("\nmodule.exports = {\n");
    for spec in ERRORS {
        let _ = writeln!(page, "  {},", class(spec));
    }
    page.push_str("};\n");
    page
}

/// The classes by name, since `export *` from CommonJS would also bring `module.exports`.
pub fn errors_of_the_module() -> String {
    let classes: String = ERRORS.iter().map(|spec| format!("  {},\n", class(spec))).collect();
    format!("{FROM_ERRORS}\nexport {{\n{classes}}} from './errors.cjs';\n")
}

pub fn error_types() -> String {
    let mut page = format!("{FROM_ERRORS}\nimport {{ ErrorDetails, TalkdeskAuthError }} from '../error.cjs';\n");
    for spec in ERRORS {
        let (class, name, summary, retryable) = (class(spec), spec.name, spec.summary, spec.retryable());
        let mut details = Vec::new();
        let mut members = String::new();
        for field in spec.fields {
            let (field, kind, summary) = (field.name, type_of_field(field.kind), field.summary);
            details.push(format!("{field}?: {kind} | null"));
            let _ = write!(members, "  /** {summary} */\n  readonly {field}: {kind} | null;\n");
        }
        let details = if details.is_empty() { String::new() } else { format!(" & {{ {} }}", details.join("; ")) };
        let _ = write!(
            page,
            "\n/**\n * `{name}`: {summary}\n *\n * May be repeated: {retryable}.\n */\n\
             export class {class} extends TalkdeskAuthError {{\n  \
             constructor(message: string, details?: ErrorDetails{details});\n{members}}}\n"
        );
    }
    page
}

/// `oauth_error` gives `OauthError`, `invalid_key` gives `InvalidKeyError`.
fn class(spec: &ErrorSpec) -> String {
    let mut class: String = spec.name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
    if !class.ends_with("Error") {
        class.push_str("Error");
    }
    class
}

fn constructor(kind: FieldKind) -> &'static str {
    if kind == FieldKind::Number { "Number" } else { "String" }
}

fn type_of_field(kind: FieldKind) -> &'static str {
    if kind == FieldKind::Number { "number" } else { "string" }
}

pub fn options() -> String {
    let mut page = format!(
        "'use strict';\n\n{FROM_OPTIONS}\n\
         /** The options that hold a further mapping, and what the names in it begin with. */\nconst families = new Map([\n"
    );
    for prefix in OPTIONS.iter().filter_map(family) {
        let _ = writeln!(page, "  ['{prefix}s', '{prefix}.'],");
    }
    page.push_str("]);\n\n/** The options of a client that are no secret. */\nconst shown = [\n");
    for spec in OPTIONS.iter().filter(|spec| spec.taken_by.contains(&Function::Client) && !spec.secret) {
        let _ = writeln!(page, "  '{}',", spec.name);
    }
    page.push_str("];\n\nmodule.exports = { families, shown };\n");
    page
}

pub fn option_types() -> String {
    let mut page = FROM_OPTIONS.to_owned();
    for (function, interface, summary) in [
        (Function::Client, "ClientOptions", "The options of a client."),
        (Function::Assertion, "AssertionOptions", "The options of an assertion."),
        (Function::Exchange, "ExchangeParameters", "The parameters of an exchange."),
    ] {
        let _ = write!(
            page,
            "\n/** {summary} What is undefined or null is not given. */\nexport interface {interface} {{\n"
        );
        for spec in OPTIONS.iter().filter(|spec| spec.taken_by.contains(&function)) {
            let name = family(spec).map_or(spec.name.to_owned(), |prefix| format!("{prefix}s"));
            let default = match spec.default {
                Some(default) if function == Function::Client => {
                    format!(" @default {}", default.replace(env!("CARGO_PKG_VERSION"), "VERSION"))
                }
                Some(_) => " By default the client's.".to_owned(),
                None => String::new(),
            };
            let _ =
                write!(page, "  /** {}{default} */\n  {name}?: {} | null | undefined;\n", spec.summary, type_of(spec));
        }
        page.push_str("}\n");
    }
    page
}

/// `claim` for `claim.NAME`.
fn family(spec: &OptionSpec) -> Option<&'static str> {
    spec.name.strip_suffix(".NAME")
}

fn type_of(spec: &OptionSpec) -> String {
    if family(spec).is_some() {
        return "Record<string, string | number | bigint | boolean | null | undefined>".to_owned();
    }
    match spec.kind {
        Kind::Boolean => "boolean".to_owned(),
        Kind::Seconds(..) | Kind::Elapsed => "number".to_owned(),
        // Any string, since it may come from the environment; an editor still offers the choices.
        Kind::Choice(choices) => {
            choices.iter().map(|choice| format!("'{choice}' | ")).collect::<String>() + "(string & {})"
        }
        _ => "string".to_owned(),
    }
}
