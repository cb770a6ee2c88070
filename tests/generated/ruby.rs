//! Renders parts of the Ruby binding: its version, error classes, signatures and declarations, the documentation of the keywords in
//! `client.rb`, and the getters of each class.

use crate::names::{
    self, Getter, Source, classes, declared, error_class, families, further, general_fields, getters, is_method,
    is_number, json_prefixes, keywords_of, lists, made_by, method_that_makes, options_name, own_fields, owner, pascal,
    takers,
};
use crate::prose::{self, Shared, Words, base_of_errors, details, joined, paragraphs, sentence};
use crate::replaced;
use std::fmt::Write;
use talkdesk_auth::{
    Blocks, ERRORS, ErrorSpec, Field, FieldKind, Function, FunctionSpec, Gives, Kind, Object, ObjectSpec, OptionSpec,
    Parameter, ParameterKind, ValueKind,
};

const SOURCES: &str = "Rendered from the tables of the library; `make generate` rewrites it.";
const FOLDER: &str = "bindings/ruby";
/// How long a line of a comment may be, as in .rubocop.yml.
const WIDTH: usize = 130;
const MARK: &str = "    #";

/// Each file that is rendered, whole or in regions, and its text. `read` returns the present text.
pub fn files(read: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let path = |name: &str| format!("{FOLDER}/lib/talkdesk_auth/{name}.rb");
    let region = |page: &str, name: &str, text: &str| {
        replaced(page, &format!("    # generated: {name}\n"), "    # end of generated\n", text)
    };
    let mut files = vec![
        (path("version"), version()),
        (path("errors"), errors()),
        (format!("{FOLDER}/sig/generated.rbs"), signatures()),
        (path("options"), region(&read(&path("options")), "families", &all_families())),
        (path("library"), region(&read(&path("library")), "functions", &declarations())),
    ];
    let base = paragraphs(&base_of_errors(), "  #", WIDTH)
        + "  class Error < StandardError\n"
        + &conversions(general_fields());
    let base = general_fields().map(field).fold(base, |base, field| base + &field) + "\n";
    let error = replaced(&read(&path("error")), "  # generated: base\n\n", "    # end of generated\n", &base);
    files.push((path("error"), error));
    for object in classes() {
        let page = read(&path(object.name));
        let begin = format!("  # generated: {}\n", pascal(object.name));
        let (head, getters) = (head(object), format!("{}\n", all_getters(object)));
        let mut page = match method_that_makes(object.object) {
            Some(_) => replaced(&page, &begin, "    # end of generated\n", &(head + &getters)),
            None => {
                let page = replaced(&page, &begin, "    # end of generated\n", &head);
                region(&page, "getters", &format!("\n{getters}"))
            }
        };
        for spec in takers().filter(|spec| owner(spec) == object.object) {
            let begin = format!("    # generated: {}\n", method_name(spec));
            page = replaced(&page, &begin, "      # end of generated\n", &format!("\n{}", documented(spec)));
        }
        files.push((path(object.name), page));
    }
    files
}

fn version() -> String {
    format!(
        "# frozen_string_literal: true\n\n# {SOURCES}\n\nmodule TalkdeskAuth\n  \
         # The version of this gem, and of the library inside it.\n  VERSION = \"{}\"\nend\n",
        env!("CARGO_PKG_VERSION")
    )
}

fn all_families() -> String {
    let families: Vec<String> = families().map(|family| format!("\"{family}s\" => \"{family}.\"")).collect();
    let lists: Vec<String> = lists().map(|name| format!("\"{name}\"")).collect();
    let json: Vec<String> = json_prefixes().map(|(text, json)| format!("\"{text}\" => \"{json}\"")).collect();
    format!(
        "    # The keywords that take a Hash, and the prefix of the names in it.\n    FAMILIES = {{ {} }}.freeze\n    \
         # The prefix of a family, and the prefix of the names whose values are JSON.\n    JSON_FAMILIES = {{ {} }}.freeze\n    \
         # The keywords that take a list of words.\n    LISTS = [{}].freeze\n",
        families.join(", "),
        json.join(", "),
        lists.join(", ")
    )
}

/// The C functions as this gem calls them.
fn declarations() -> String {
    declared(|spec| {
        let result = match spec.gives {
            Gives::Nothing => "void",
            Gives::Object(_) => "object",
            Gives::Value(ValueKind::Text | ValueKind::Json | ValueKind::JsonObject) => "string",
            Gives::Value(ValueKind::Time | ValueKind::Seconds) => "int64",
            Gives::Value(ValueKind::Number | ValueKind::Boolean | ValueKind::Descriptor) => "int32",
            Gives::Value(ValueKind::Tag) => "uintptr_t",
            _ => unreachable!("a new kind of result needs its type here"),
        };
        let parameters: Vec<_> = spec.parameters.iter().map(parameter_type).collect();
        let parameters = match parameters[..] {
            [parameter] => format!("[:{parameter}]"),
            _ => format!("%i[{}]", parameters.join(" ")),
        };
        let waits =
            if matches!(spec.blocks, Blocks::Files | Blocks::Network | Blocks::Call) { ", blocking: true" } else { "" };
        format!("    attach_function :{}, {parameters}, :{result}{waits}\n", spec.name)
    })
}

fn parameter_type(parameter: &Parameter) -> &'static str {
    match parameter.kind {
        ParameterKind::Object(_) | ParameterKind::Changed(_) | ParameterKind::AnyObject => "object",
        ParameterKind::Options | ParameterKind::OptionsOf(_) | ParameterKind::Place(_) => "pointer",
        ParameterKind::Tag => "uintptr_t",
        ParameterKind::Milliseconds => "int64",
        ParameterKind::Name => "string",
        _ => unreachable!("a new kind of parameter needs its type here"),
    }
}

/// The first lines of a class.
fn head(object: &ObjectSpec) -> String {
    let texts = [object.documentation.summary.to_owned(), respelled(&details(object, Shared::ByThreadsAndForks))];
    let comment = paragraphs(&texts, "  #", WIDTH);
    format!("\n{comment}  class {}\n    include Closable\n\n", pascal(object.name))
}

fn all_getters(object: &ObjectSpec) -> String {
    getters(object).iter().map(|getter| self::getter(object, getter)).collect::<Vec<_>>().join("\n")
}

pub fn getter(object: &ObjectSpec, getter: &Getter) -> String {
    let documentation = getter.documentation;
    let words = Words { absent: "nil", times_are_numbers: value_class(object, getter.kind) != "Time" };
    let text = [sentence(documentation, getter.kind, &words), documentation.details.to_owned()];
    let text = paragraphs(&text, MARK, WIDTH);
    let nil = if documentation.absent.is_some() { ", nil" } else { "" };
    let kind = match value_class(object, getter.kind) {
        "Hash" => "Hash{String => Object}",
        class => class,
    };
    let (parameter, described) = match getter.source {
        Source::Lookup => ("(name)", format!("{MARK} @param name [String, Symbol]\n")),
        _ => ("", String::new()),
    };
    let body = body(object, getter);
    let body = if body.contains('\n') { format!("\n{body}    end") } else { format!(" = {body}") };
    format!("{text}{MARK}\n{described}{MARK} @return [{kind}{nil}]\n    def {}{parameter}{body}\n", getter.name)
}

/// An assertion keeps only the JWT, and no object of the library. Its parts are read from the JWT.
fn is_kept_as_text(object: &ObjectSpec) -> bool {
    object.object == Object::Assertion
}

fn value_class(object: &ObjectSpec, kind: ValueKind) -> &'static str {
    match kind {
        ValueKind::Text | ValueKind::Json => "String",
        ValueKind::JsonObject => "Hash",
        // The JWT holds a number.
        ValueKind::Time if is_kept_as_text(object) => "Integer",
        ValueKind::Time => "Time",
        ValueKind::Seconds | ValueKind::Number => "Integer",
        ValueKind::Boolean => "Boolean",
        _ => unreachable!("a new kind of getter needs its class here"),
    }
}

/// The body of a getter: an expression, or lines.
fn body(object: &ObjectSpec, getter: &Getter) -> String {
    let (variable, function, name) = (object.name, getter.function.name, getter.name);
    if is_kept_as_text(object) {
        return read_jwt(getter);
    }
    let may_be_absent = getter.documentation.absent.is_some();
    let (before, text) = match getter.source {
        Source::Function if is_number(getter.kind) => {
            return read_number(variable, function, getter.kind, may_be_absent);
        }
        Source::Function => ("", format!("read {{ |{variable}| Library.{function}({variable}) }}")),
        Source::Member if object.is_open => ("", format!("get(\"{name}\")")),
        Source::Member => ("", format!("read {{ |{variable}| Library.{function}({variable}, \"{name}\") }}")),
        Source::Lookup => (
            "      name = Options.name(name)\n",
            format!("read {{ |{variable}| Library.{function}({variable}, name) }}"),
        ),
    };
    match getter.kind {
        ValueKind::Text | ValueKind::Json if text.starts_with("get") => text,
        ValueKind::Text | ValueKind::Json => format!("{before}      {text}\n"),
        kind => {
            let unless = if may_be_absent { " if text" } else { "" };
            format!("{before}      text = {text}\n      {}{unless}\n", value("text", kind))
        }
    }
}

/// The expression that reads a value from the JWT that an assertion keeps.
fn read_jwt(getter: &Getter) -> String {
    match (getter.function.function, getter.inside, getter.name) {
        (Function::AssertionJwt, ..) => "held".to_owned(),
        (Function::AssertionGet, Some(part @ ("header" | "claims")), name) => format!("{part}[\"{name}\"]"),
        (Function::AssertionGet, None, part @ ("header" | "claims")) => format!("parsed(\"{part}\")"),
        (Function::AssertionGet, _, name) => {
            panic!("Ruby keeps only the JWT of an assertion: the table must say which part of the JWT holds `{name}`")
        }
        (_, _, name) => {
            panic!("Ruby keeps only the JWT of an assertion, and can't call {} for `{name}`", getter.function.name)
        }
    }
}

/// The body of a getter whose function returns a number. A negative number means that there is no value.
fn read_number(variable: &str, function: &str, kind: ValueKind, may_be_absent: bool) -> String {
    let number = names::variable(kind);
    let value = match kind {
        ValueKind::Time => format!("Time.at({number})"),
        ValueKind::Boolean => format!("{number}.positive?"),
        _ => number.to_owned(),
    };
    let unless = if may_be_absent { format!(" unless {number}.negative?") } else { String::new() };
    if value == number && !may_be_absent {
        return format!("      @handle.hold {{ |{variable}| Library.{function}({variable}) }}\n");
    }
    format!("      {number} = @handle.hold {{ |{variable}| Library.{function}({variable}) }}\n      {value}{unless}\n")
}

/// The expression that turns text into a value.
fn value(text: &str, kind: ValueKind) -> String {
    match kind {
        ValueKind::JsonObject => format!("Assertion.json.parse({text}, freeze: true)"),
        ValueKind::Time => format!("Time.at(Integer({text}, 10))"),
        ValueKind::Boolean => format!("{text} == \"true\""),
        _ => format!("Integer({text}, 10)"),
    }
}

fn method_name(spec: &FunctionSpec) -> &'static str {
    if is_method(spec) { spec.function.subject() } else { "initialize" }
}

/// The documentation and first line of a method. YARD needs the two next to each other.
pub fn documented(spec: &FunctionSpec) -> String {
    let (name, list, documentation) = (method_name(spec), options_name(spec), &spec.documentation);
    let blocks = if spec.blocks == Blocks::Network {
        "Other threads run meanwhile, and so do the other fibers of a fiber scheduler. A timeout, Thread#kill or Ctrl-C ends the \
         call at once. If the request was out, the cause of the exception is an {OutcomeUnknownError}."
    } else {
        ""
    };
    let nil = "nil means not given.";
    let text = joined(&[documentation.summary, &respelled(documentation.details), blocks, nil]);
    let mut text = paragraphs(&[text], MARK, WIDTH) + MARK + "\n";
    let further = further(spec);
    for (name, object) in &further {
        let _ = writeln!(text, "{MARK} @param {name} [{}]", pascal(object.name));
    }
    let further: String = further.iter().map(|(name, _)| format!("{name}, ")).collect();
    for option in keywords_of(spec.function) {
        let default = prose::default(option, spec.function).replace('`', "");
        let default = if default.is_empty() { default } else { format!("({default}) ") };
        let (value, keyword) = (yard_type(option), names::keyword(option));
        let _ = writeln!(text, "{MARK} @option {list} [{value}] :{keyword} {default}{}", option.summary);
    }
    if name != "initialize" {
        let _ = writeln!(text, "{MARK} @return [{}]", pascal(made_by(spec).name));
    }
    let errors: Vec<String> = spec.errors.iter().map(|code| error(code.spec())).collect();
    let _ = writeln!(text, "{MARK} @raise [{}]\n    def {name}({further}**{list})", errors.join(", "));
    text
}

fn respelled(text: &str) -> String {
    prose::respelled(
        text,
        |spec| format!("{{{}#{}}}", pascal(owner(spec).spec().name), method_name(spec)),
        |spec| format!("{{{}}}", error(spec)),
    )
}

fn yard_type(spec: &OptionSpec) -> &'static str {
    if names::family(spec).is_some() {
        return if names::takes_json(spec) {
            "Hash{String, Symbol => String, Numeric, Boolean, Array, Hash, nil}"
        } else {
            "Hash{String, Symbol => String, nil}"
        };
    }
    match spec.kind {
        Kind::Path => "String, Pathname",
        Kind::Seconds(..) => "Numeric",
        Kind::Number(..) => "Integer",
        Kind::Boolean => "Boolean",
        Kind::Choice(_) => "String, Symbol",
        Kind::Words => "String, Array<String, Symbol>",
        _ => "String",
    }
}

fn errors() -> String {
    let mut text = format!("# frozen_string_literal: true\n\n# {SOURCES}\n\nmodule TalkdeskAuth\n");
    for spec in ERRORS {
        let retryable = format!("When it is safe to repeat: {}.", spec.retryable());
        let comment = paragraphs(&[spec.summary.to_owned(), retryable], "  #", WIDTH);
        let _ = writeln!(
            text,
            "{comment}  class {} < Error\n    # The stable code.\n    CODE = {}\n    \
             # The stable name.\n    NAME = \"{}\"",
            error(spec),
            spec.code as i32,
            spec.name
        );
        if !spec.fields.is_empty() {
            text.push_str(&conversions(spec.fields));
        }
        text.extend(own_fields(spec).map(field));
        text.push_str("  end\n\n");
    }
    text.push_str("  class Error\n    # The class of each code.\n    #\n    # @private\n    CLASSES = [\n");
    let names: Vec<String> = ERRORS.iter().map(|spec| format!("      {}", error(spec))).collect();
    let _ = write!(text, "{}\n    ].to_h {{ |kind| [kind::CODE, kind] }}.freeze\n  end\nend\n", names.join(",\n"));
    text
}

fn conversions(fields: impl IntoIterator<Item = &'static Field>) -> String {
    let conversion =
        |field: &Field| format!("      {}: {}", field.name, if number(field.kind) { ":to_i" } else { ":to_s" });
    let conversions: Vec<String> = fields.into_iter().map(conversion).collect();
    let conversions = conversions.join(",\n");
    format!(
        "    # The fields, and the methods that convert their text.\n    FIELDS = {{\n{conversions}\n    }}.freeze\n"
    )
}

/// A method of several lines: rdoc 6.4, which comes with Ruby 3.1, loses all classes after a method of one line that ends with `]`.
fn field(field: &Field) -> String {
    let (name, value) = (field.name, if number(field.kind) { "Integer" } else { "String" });
    format!("\n    # @return [{value}, nil] {}\n    def {name}\n      fields[:{name}]\n    end\n", field.summary)
}

fn error(spec: &ErrorSpec) -> String {
    error_class(spec, "Error")
}

fn number(kind: FieldKind) -> bool {
    kind == FieldKind::Number
}

fn signatures() -> String {
    let mut text = format!("# {SOURCES}\n\nmodule TalkdeskAuth\n  VERSION: String\n");
    for object in classes() {
        let methods = takers().filter(|spec| owner(spec) == object.object).map(method_signature);
        let getters = getters(object).into_iter().map(|getter| getter_signature(object, &getter));
        let members: Vec<String> = methods.chain([getters.collect()]).collect();
        let _ = writeln!(
            text,
            "\n  class {}\n    include Closable\n\n{}    def inspect: () -> String\n  end",
            pascal(object.name),
            members.join("\n")
        );
    }
    let fields: String = general_fields().map(field_signature).collect();
    let _ = write!(text, "\n  class Error\n{fields}  end\n");
    for spec in ERRORS {
        let _ = writeln!(text, "\n  class {} < Error", error(spec));
        text.extend(own_fields(spec).map(field_signature));
        text.push_str("  end\n");
    }
    text.push_str("end\n");
    text
}

fn field_signature(field: &Field) -> String {
    let value = if number(field.kind) { "Integer" } else { "String" };
    format!("    def {}: () -> {value}?\n", field.name)
}

pub fn method_signature(spec: &FunctionSpec) -> String {
    let keyword = |option: &OptionSpec| {
        let (name, value) = (names::keyword(option), rbs_type(option));
        if option.required {
            format!("{name}: {value}")
        } else {
            format!("?{name}: {}?", if value.contains(' ') { format!("({value})") } else { value })
        }
    };
    let keywords: Vec<String> = keywords_of(spec.function).map(keyword).collect();
    let (name, class, keywords) = (method_name(spec), pascal(made_by(spec).name), keywords.join(",\n      "));
    if name != "initialize" {
        let further = further(spec);
        let further: String =
            further.iter().map(|(name, object)| format!("{} {name},\n      ", pascal(object.name))).collect();
        return format!("    def {name}: (\n      {further}{keywords}\n    ) -> {class}\n");
    }
    format!(
        "    def {name}: (\n      {keywords}\n    ) -> void\n\n    \
         def self.open: (\n      {keywords}\n    ) -> {class}\n    | [T] (\n      {keywords}\n    ) {{ ({class}) -> T }} -> T\n"
    )
}

pub fn getter_signature(object: &ObjectSpec, getter: &Getter) -> String {
    let value = match value_class(object, getter.kind) {
        "Hash" => "Hash[String, untyped]",
        "Boolean" => "bool",
        class => class,
    };
    let absent = if getter.documentation.absent.is_some() { "?" } else { "" };
    let parameter = if getter.source == Source::Lookup { "String | Symbol name" } else { "" };
    format!("    def {}: ({parameter}) -> {value}{absent}\n", getter.name)
}

fn rbs_type(spec: &OptionSpec) -> String {
    let value = match spec.kind {
        _ if names::takes_json(spec) => "claims",
        _ if names::family(spec).is_some() => "family",
        Kind::Choice(choices) => {
            return choices.iter().map(|choice| format!("\"{choice}\" | :{choice}")).collect::<Vec<_>>().join(" | ");
        }
        Kind::Words => "words",
        Kind::Path => "file",
        Kind::Seconds(..) => "seconds",
        Kind::Number(..) => "Integer | string",
        Kind::Boolean => "switch",
        _ => "text",
    };
    value.to_owned()
}
