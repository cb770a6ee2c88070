//! Renders parts of the Node package: its error classes and options, the declarations in `library.cjs`, the getters of each class,
//! and the types of all of these.

use crate::names::{
    Getter, Source, classes, declared, error_class, families, family, further, general_fields, getters, is_method,
    is_number, json_prefixes, keyword, keywords_of, lists, made_by, method_that_makes, options_heading, options_name,
    options_of, options_type, own_fields, owner, pascal, takers, takes_json, variable,
};
use crate::prose::{self, Words, base_of_errors, joined, listed, paragraphs, sentence};
use crate::replaced;
use std::fmt::Write;
use talkdesk_auth::{
    Blocks, ERRORS, ErrorSpec, Field, FieldKind, Function, FunctionSpec, Gives, Kind, OPTIONS, ObjectSpec, OptionSpec,
    Parameter, ParameterKind, ValueKind,
};

const FROM_ERRORS: &str =
    "// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.\n";
const FROM_OPTIONS: &str = "// Rendered from src/options/table.rs; `make generate` rewrites it.\n";
const FOLDER: &str = "bindings/node";
const WORDS: Words = Words { absent: "null", times_are_numbers: true };
/// In other languages, threads share an object.
const OWN: &str = "Each thread (`node:worker_threads`) and each process makes its own.";
const MARK: &str = "   *";
const WIDTH: usize = 132;

/// Each file that is rendered, whole or in regions, and its text. `read` returns the present text.
pub fn files(read: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let path = |name: &str| format!("{FOLDER}/lib/{name}");
    let mut files = vec![
        (format!("{FOLDER}/package.json"), package(&read(&format!("{FOLDER}/package.json")))),
        (path("generated/errors.cjs"), errors()),
        (path("generated/errors.mjs"), errors_of_the_module()),
        (path("generated/errors.d.cts"), error_types()),
        (path("generated/options.cjs"), options()),
        (path("generated/options.d.cts"), option_types()),
        (path("library.cjs"), region(&read(&path("library.cjs")), "functions", &declarations())),
    ];
    let base = paragraphs(&base_of_errors(), " *", WIDTH);
    let fields: String = general_fields().map(member).collect();
    let base = format!("/**\n{base} */\nexport class TalkdeskAuthError extends Error {{\n{fields}");
    let error = replaced(&read(&path("error.d.cts")), "// generated: base\n", "  // end of generated\n", &base);
    files.push((path("error.d.cts"), error));
    let types = read(&path("index.d.cts"));
    let mut types = replaced(&types, "// generated: option types\n", "// end of generated\n", &option_type_names());
    for object in classes() {
        let (name, file) = (pascal(object.name), path(&format!("{}.cjs", object.name)));
        let page = read(&file);
        let begin = format!("// generated: {name}\n");
        if method_that_makes(object.object).is_some() {
            let class = head(object) + &all_getters(object);
            files.push((file, replaced(&page, &begin, "  // end of generated\n", &class)));
            types = replaced(&types, &begin, "// end of generated\n", &class_type(object));
        } else {
            let page = replaced(&page, &begin, "  // end of generated\n", &head(object));
            files.push((file, region(&page, "getters", &all_getters(object))));
            types = replaced(&types, &begin, "  // end of generated\n", &head_type(object));
            types = region(&types, &format!("getters of {name}"), &getter_types(object));
            for spec in methods(object) {
                types = region(&types, spec.name, &method_type(spec));
            }
        }
    }
    files.push((path("index.d.cts"), types));
    files
}

fn region(page: &str, name: &str, text: &str) -> String {
    replaced(page, &format!("  // generated: {name}\n"), "  // end of generated\n", text)
}

/// The C functions as koffi binds them.
fn declarations() -> String {
    declared(|spec| {
        let result = match spec.gives {
            Gives::Nothing => "'void'",
            Gives::Object(_) => "OBJECT",
            Gives::Value(ValueKind::Text | ValueKind::Json | ValueKind::JsonObject) => "'str'",
            Gives::Value(ValueKind::Time | ValueKind::Seconds) => "'int64_t'",
            Gives::Value(ValueKind::Number | ValueKind::Boolean | ValueKind::Descriptor) => "'int32_t'",
            Gives::Value(ValueKind::Tag) => "'uintptr_t'",
            _ => unreachable!("a new kind of result needs its type here"),
        };
        let parameters: Vec<_> = spec.parameters.iter().map(parameter_type).collect();
        let (name, symbol) = (spec.name.trim_start_matches("td_"), spec.name);
        format!("  {name}: library.func('{symbol}', {result}, [{}]),\n", parameters.join(", "))
    })
}

fn parameter_type(parameter: &Parameter) -> &'static str {
    match parameter.kind {
        ParameterKind::Object(_) | ParameterKind::Changed(_) | ParameterKind::AnyObject => "OBJECT",
        ParameterKind::Options | ParameterKind::OptionsOf(_) => "PAIRS",
        ParameterKind::Tag => "'uintptr_t'",
        ParameterKind::Milliseconds => "'int64_t'",
        ParameterKind::Name => "'str'",
        ParameterKind::Place(_) => "BUFFER",
        _ => unreachable!("a new kind of parameter needs its type here"),
    }
}

fn option_type_names() -> String {
    let mut names: Vec<_> = takers().map(options_type).collect();
    names.sort();
    let names = names.join(", ");
    let from = "from './generated/options.cjs'";
    format!("import type {{ {names} }} {from};\nexport type {{ {names} }} {from};\n")
}

/// The first lines of a class.
fn head(object: &ObjectSpec) -> String {
    format!("/** {} */\nclass {} extends Handle {{\n", object.documentation.summary, pascal(object.name))
}

fn all_getters(object: &ObjectSpec) -> String {
    getters(object).iter().map(getter).collect::<Vec<_>>().join("\n")
}

pub fn getter(getter: &Getter) -> String {
    let (name, function) = (getter.name, getter.function.name.trim_start_matches("td_"));
    let call = match getter.source {
        Source::Function => format!("library.{function}(pointerOf(this))"),
        Source::Member => format!("library.{function}(pointerOf(this), '{name}')"),
        Source::Lookup => format!("library.{function}(pointerOf(this), checkedName(name))"),
    };
    let is_optional = getter.documentation.absent.is_some();
    let is_text = getter.source != Source::Function || !is_number(getter.kind);
    let value = |read: &str| match (getter.kind, is_text) {
        (ValueKind::Boolean, true) => format!("{read} === 'true'"),
        (ValueKind::Boolean, false) => format!("{read} !== 0"),
        (ValueKind::JsonObject, _) => format!("JSON.parse({read})"),
        (ValueKind::Time | ValueKind::Seconds | ValueKind::Number, true) => format!("Number({read})"),
        _ => read.to_owned(),
    };
    // koffi's null is the value that the package has for an absent text.
    let body = if !is_optional || (is_text && value("text") == "text") {
        format!("    return {};\n", value(&call))
    } else {
        let (variable, absent) = if is_text { ("text", "=== null") } else { (variable(getter.kind), "< 0") };
        format!("    const {variable} = {call};\n    return {variable} {absent} ? null : {};\n", value(variable))
    };
    let head = if getter.source == Source::Lookup { format!("{name}(name)") } else { format!("get {name}()") };
    format!("  {head} {{\n{body}  }}\n")
}

/// The constructor and the methods of a class that take options.
fn methods(object: &ObjectSpec) -> impl Iterator<Item = &'static FunctionSpec> {
    takers().filter(|spec| owner(spec) == object.object)
}

/// The whole declaration of a class whose objects other objects make.
fn class_type(object: &ObjectSpec) -> String {
    let methods: String = methods(object).map(|spec| method_type(spec) + "\n").collect();
    format!(
        "{}  private constructor();\n\n{}\n{methods}  \
         close(): void;\n  readonly closed: boolean;\n  [Symbol.dispose](): void;\n  toJSON(): never;\n}}\n",
        head_type(object),
        getter_types(object)
    )
}

/// The first lines of the declaration of a class.
fn head_type(object: &ObjectSpec) -> String {
    let own = if object.threads.is_empty() { "" } else { OWN };
    let details = joined(&[&respelled(object.documentation.details), own]);
    let text = paragraphs(&[object.documentation.summary.to_owned(), details], " *", WIDTH);
    format!("/**\n{text} */\nexport class {} implements Closable {{\n", pascal(object.name))
}

fn getter_types(object: &ObjectSpec) -> String {
    getters(object).iter().map(getter_type).collect::<Vec<_>>().join("\n")
}

pub fn getter_type(getter: &Getter) -> String {
    let (name, documentation) = (getter.name, getter.documentation);
    let value = match getter.kind {
        ValueKind::Text | ValueKind::Json => "string",
        ValueKind::JsonObject => "Record<string, unknown>",
        ValueKind::Time | ValueKind::Seconds | ValueKind::Number => "number",
        ValueKind::Boolean => "boolean",
        _ => unreachable!("a new kind of getter needs its type here"),
    };
    let null = if documentation.absent.is_some() { " | null" } else { "" };
    let mut texts = vec![sentence(documentation, getter.kind, &WORDS), documentation.details.to_owned()];
    if getter.source == Source::Lookup {
        texts.push("@throws {InvalidOptionError} if a C string can't hold the name".to_owned());
        return format!("{}  {name}(name: string): {value}{null};\n", comment(&texts));
    }
    format!("{}  readonly {name}: {value}{null};\n", comment(&texts))
}

/// A constructor or a method that takes options. If it waits for the network, it returns a promise.
pub fn method_type(spec: &FunctionSpec) -> String {
    let (name, options, made) = (spec.function.subject(), options_name(spec), pascal(made_by(spec).name));
    let errors: Vec<String> = spec.errors.iter().map(|code| class_of_error(code.spec())).collect();
    let details = respelled(spec.documentation.details);
    let mark = if options == "options" && is_method(spec) { "?" } else { "" };
    let further = further(spec);
    let further: String = further.iter().map(|(name, object)| format!("{name}: {}, ", pascal(object.name))).collect();
    let options = format!("{further}{options}{mark}: {}", options_type(spec));
    let mut texts = vec![spec.documentation.summary.to_owned(), details];
    if spec.blocks != Blocks::Network {
        texts.push(format!("@throws {{{}}}", errors.join(" | ")));
        let head =
            if is_method(spec) { format!("{name}({options}): {made}") } else { format!("constructor({options})") };
        return format!("{}  {head};\n", comment(&texts));
    }
    texts.push("The call occupies no thread of libuv, and ends by its deadline (`timeout`).".to_owned());
    texts.push(
        "If `signal` aborts, the call ends at once, and the promise rejects with the signal's reason. If the request was sent \
         before, and a code or a refresh token may be spent, the promise rejects with an {@link OutcomeUnknownError}, and the \
         reason is its `cause`."
            .to_owned(),
    );
    texts.push(format!(
        "The promise rejects with {}. The error's `retryable` says whether it is safe to repeat the call.",
        listed(&errors)
    ));
    format!("{}  {name}({options}, call?: {{ signal?: AbortSignal | undefined }}): Promise<{made}>;\n", comment(&texts))
}

fn comment(texts: &[String]) -> String {
    let text = paragraphs(texts, MARK, WIDTH);
    match text.lines().count() {
        1 => format!("  /** {} */\n", text.trim_start_matches(MARK).trim()),
        _ => format!("  /**\n{text}   */\n"),
    }
}

fn respelled(text: &str) -> String {
    prose::respelled(
        text,
        |spec| {
            let class = pascal(owner(spec).spec().name);
            if is_method(spec) {
                format!("{{@link {class}.{}}}", spec.function.subject())
            } else {
                format!("{{@link {class}}}")
            }
        },
        |spec| format!("{{@link {}}}", class_of_error(spec)),
    )
}

/// `package`, the text of package.json, with the version of the library.
fn package(package: &str) -> String {
    package
        .lines()
        .map(|line| match line.strip_prefix("  \"version\": ") {
            Some(_) => format!("  \"version\": \"{}\",\n", env!("CARGO_PKG_VERSION")),
            None => format!("{line}\n"),
        })
        .collect()
}

fn errors() -> String {
    let mut page =
        format!("'use strict';\n\n{FROM_ERRORS}\nconst {{ TalkdeskAuthError, define }} = require('../error.cjs');\n\n");
    let _ = writeln!(page, "TalkdeskAuthError.fields = {};", constructors(general_fields()));
    for field in general_fields() {
        let _ = writeln!(page, "TalkdeskAuthError.prototype.{} = null;", field.name);
    }
    for spec in ERRORS {
        let fields = constructors(spec.fields);
        let (class, code, name, summary) = (class_of_error(spec), spec.code as i32, spec.name, spec.summary);
        let _ = write!(
            page,
            "\n/** {summary} */\nclass {class} extends TalkdeskAuthError {{}}\ndefine({class}, {code}, '{name}', {fields});\n"
        );
    }
    page.push_str("\nmodule.exports = {\n");
    for spec in ERRORS {
        let _ = writeln!(page, "  {},", class_of_error(spec));
    }
    page.push_str("};\n");
    page
}

/// The classes by name, because `export *` from CommonJS would also export `module.exports`.
fn errors_of_the_module() -> String {
    let classes: String = ERRORS.iter().map(|spec| format!("  {},\n", class_of_error(spec))).collect();
    format!("{FROM_ERRORS}\nexport {{\n{classes}}} from './errors.cjs';\n")
}

fn error_types() -> String {
    let mut page = format!("{FROM_ERRORS}\nimport {{ ErrorDetails, TalkdeskAuthError }} from '../error.cjs';\n");
    for spec in ERRORS {
        let (class, name, summary, retryable) = (class_of_error(spec), spec.name, spec.summary, spec.retryable());
        let mut details = Vec::new();
        let mut members = String::new();
        for field in spec.fields {
            details.push(format!("{}?: {} | null", field.name, type_of_field(field.kind)));
        }
        members.extend(own_fields(spec).map(member));
        let details = if details.is_empty() { String::new() } else { format!(" & {{ {} }}", details.join("; ")) };
        let _ = write!(
            page,
            "\n/**\n * `{name}`: {summary}\n *\n * When it is safe to repeat: {retryable}.\n */\n\
             export class {class} extends TalkdeskAuthError {{\n  \
             constructor(message: string, details?: ErrorDetails{details});\n{members}}}\n"
        );
    }
    page
}

/// Each field, and the function that reads its text.
fn constructors(fields: impl IntoIterator<Item = &'static Field>) -> String {
    let fields: Vec<String> =
        fields.into_iter().map(|field| format!("{}: {}", field.name, constructor(field.kind))).collect();
    if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
}

fn member(field: &Field) -> String {
    format!("  /** {} */\n  readonly {}: {} | null;\n", field.summary, field.name, type_of_field(field.kind))
}

fn class_of_error(spec: &ErrorSpec) -> String {
    error_class(spec, "Error")
}

fn constructor(kind: FieldKind) -> &'static str {
    if kind == FieldKind::Number { "Number" } else { "String" }
}

fn type_of_field(kind: FieldKind) -> &'static str {
    if kind == FieldKind::Number { "number" } else { "string" }
}

fn options() -> String {
    let mut page = format!(
        "'use strict';\n\n{FROM_OPTIONS}\n\
         /** The options whose value is a mapping, and the prefix of the names in it. */\nconst families = new Map([\n"
    );
    for family in families() {
        let _ = writeln!(page, "  ['{family}s', '{family}.'],");
    }
    page.push_str("]);\n\n/** The prefix of a family, and the prefix of the names whose values are JSON. */\nconst jsonFamilies = new Map([\n");
    for (text, json) in json_prefixes() {
        let _ = writeln!(page, "  ['{text}', '{json}'],");
    }
    let mut sets = String::new();
    for (says, name, fits) in [
        (
            "that may be an object, as JSON, or bytes that are no text",
            "documents",
            (|kind| kind == Kind::Block) as fn(Kind) -> bool,
        ),
        ("that are paths", "paths", |kind| kind == Kind::Path),
        ("that are URIs", "uris", |kind| kind == Kind::Uri),
        (
            "that are seconds, and may have a fraction",
            "times",
            |kind| matches!(kind, Kind::Seconds(least, _) if least.fract() != 0.0),
        ),
    ] {
        let names: Vec<String> =
            OPTIONS.iter().filter(|spec| fits(spec.kind)).map(|spec| format!("'{}'", spec.name)).collect();
        let _ = write!(sets, "\n/** The options {says}. */\nconst {name} = new Set([{}]);\n", names.join(", "));
    }
    let lists: Vec<String> = lists().map(|name| format!("'{name}'")).collect();
    let _ = write!(
        page,
        "]);\n\n/** The options that may be a list of words. */\nconst lists = new Set([{}]);\n",
        lists.join(", ")
    );
    page.push_str(&sets);
    page.push_str("\n/** The options of a client that are not secret. */\nconst shown = [\n");
    for spec in options_of(Function::ClientNew).filter(|spec| !spec.secret) {
        let _ = writeln!(page, "  '{}',", spec.name);
    }
    page.push_str("];\n\nmodule.exports = { documents, families, jsonFamilies, lists, paths, shown, times, uris };\n");
    page
}

fn option_types() -> String {
    let mut page = format!(
        "{FROM_OPTIONS}import type {{ KeyObject }} from 'node:crypto';\n\n\
         /** The value of a claim. A number, a boolean, a list or an object stays one. */\n\
         export type Claim = string | number | boolean | readonly unknown[] | {{ readonly [name: string]: unknown }};\n"
    );
    for taker in takers() {
        let (function, interface) = (taker.function, options_type(taker));
        let summary = format!("The {}.", options_heading(taker));
        let _ =
            write!(page, "\n/** {summary} undefined and null mean not given. */\nexport interface {interface} {{\n");
        for spec in keywords_of(function) {
            let name = keyword(spec);
            let default = match spec.default {
                Some(default) if function == Function::ClientNew => {
                    format!(" @default {}", default.replace(env!("CARGO_PKG_VERSION"), "VERSION"))
                }
                Some(_) => " The default is the client's value.".to_owned(),
                None => String::new(),
            };
            let (mark, absent) = if spec.required { ("", "") } else { ("?", " | null | undefined") };
            let _ = write!(page, "  /** {}{default} */\n  {name}{mark}: {}{absent};\n", spec.summary, type_of(spec));
        }
        page.push_str("}\n");
    }
    page
}

fn type_of(spec: &OptionSpec) -> String {
    match spec.kind {
        _ if takes_json(spec) => "Record<string, Claim | bigint | null | undefined>".to_owned(),
        _ if family(spec).is_some() => {
            "Record<string, string | number | bigint | boolean | null | undefined>".to_owned()
        }
        Kind::Uri => "string | URL".to_owned(),
        Kind::Words => "string | readonly string[]".to_owned(),
        Kind::Block => "string | Uint8Array | KeyObject | object".to_owned(),
        Kind::Path => "string | URL | Uint8Array".to_owned(),
        Kind::Boolean => "boolean".to_owned(),
        Kind::Seconds(..) | Kind::Number(..) => "number".to_owned(),
        Kind::Choice(choices) => choices.iter().map(|choice| format!("'{choice}'")).collect::<Vec<_>>().join(" | "),
        _ => "string".to_owned(),
    }
}
