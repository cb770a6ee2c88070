//! Renders parts of include/talkdesk_auth.hpp: the error classes, the comment and the getters of each class, the methods that take
//! parameters, and the comments of the other functions.

use crate::c::list;
use crate::names::{
    functions_of, further, general_fields, looks_up, made_by, methods_of, options_name, own_fields, owner,
    value_read_by,
};
use crate::prose::{self, Shared, Words, base_of_errors, joined, listed, paragraphs, sentence};
use crate::replaced;
use std::fmt::Write;
use talkdesk_auth::{
    Blocks, ERRORS, ErrorSpec, FUNCTIONS, Field, FieldKind, Function, FunctionSpec, Gives, OBJECTS, Object, ObjectSpec,
    ParameterKind, ValueKind,
};

const MARK: &str = "    ///";
const WIDTH: usize = 120;

/// `header`, with its generated parts rendered anew.
pub fn header(header: &str) -> String {
    let mut page = replaced(header, "// generated: error classes\n", "// end of generated\n", &error_classes());
    page = region(&page, "fields", &general_fields().map(field).collect::<String>());
    for object in OBJECTS {
        let begin = format!("\n// generated: td_{}\n", object.name);
        page = replaced(&page, &begin, "// end of generated\n", &comment_of(object));
        page = region(&page, &format!("getters of {}", object.name), &getters(object));
        for spec in methods_of(object.object).filter(is_rendered) {
            page = region(&page, spec.name, &method(spec));
        }
    }
    // The other functions are written by hand, except for the beginning of the comment and the list of the errors.
    let is_by_hand = |spec: &&FunctionSpec| {
        let is_whole = methods_of(owner(spec)).filter(is_rendered).any(|method| method.function == spec.function);
        value_read_by(spec).is_none() && !is_whole
    };
    let of_objects = FUNCTIONS.iter().filter(|spec| spec.object.is_some());
    for spec in of_objects.filter(is_by_hand) {
        page = region(&page, spec.name, &comment(spec));
        if matches!(spec.gives, Gives::Object(_)) {
            page = region(&page, &format!("errors of {}", spec.name), &throws(spec));
        }
    }
    page
}

/// Whether a method is rendered. A function named `new` is the constructor of the object that it makes.
fn is_rendered(method: &&FunctionSpec) -> bool {
    method.function.short_name() != "new"
}

fn region(page: &str, name: &str, text: &str) -> String {
    replaced(page, &format!("    // generated: {name}\n"), "    // end of generated\n", text)
}

fn comment_of(object: &ObjectSpec) -> String {
    if object.object == Object::Error {
        return paragraphs(&base_of_errors(), "///", WIDTH);
    }
    let details = respelled(&prose::details(object, Shared::ByThreadsAndForks));
    paragraphs(&[object.documentation.summary.to_owned(), details], "///", WIDTH)
}

/// The comment of a function, or its beginning.
fn comment(spec: &FunctionSpec) -> String {
    let summary = match spec.gives {
        Gives::Value(kind) => sentence(&spec.documentation, kind, &words(kind)),
        _ => spec.documentation.summary.to_owned(),
    };
    paragraphs(&[respelled(&summary), respelled(spec.documentation.details)], MARK, WIDTH)
}

fn words(kind: ValueKind) -> Words {
    Words { absent: if kind == ValueKind::Descriptor { "-1" } else { "nothing" }, times_are_numbers: true }
}

/// The getters of a class; they are those of C. Members that `get` finds by name have no getters of their own.
fn getters(object: &ObjectSpec) -> String {
    let getters = functions_of(object.object).filter_map(|spec| Some(getter(spec, value_read_by(spec)?)));
    let text = getters.collect::<Vec<_>>().join("\n");
    if object.object == Object::Error {
        return text;
    }
    let is_changed = |spec: &FunctionSpec| {
        spec.parameters.iter().any(|parameter| parameter.kind == ParameterKind::Changed(object.object))
    };
    let constant = if FUNCTIONS.iter().any(is_changed) { "" } else { "const " };
    let handle = format!(
        "    /// The object for functions of C; NULL after a move.\n    \
             [[nodiscard]] {constant}td_{} *native_handle() const noexcept {{ return handle_.get(); }}\n",
        object.name
    );
    format!("{text}\n{handle}")
}

pub fn getter(spec: &FunctionSpec, kind: ValueKind) -> String {
    let name = spec.function.short_name();
    let (parameter, argument) = if looks_up(spec) { ("const char *name", ", name") } else { ("", "") };
    let call = match kept(spec.function) {
        Some(kept) => kept.to_owned(),
        None => format!("{}(handle_.get(){argument})", spec.name),
    };
    let is_text = matches!(kind, ValueKind::Text | ValueKind::Json | ValueKind::JsonObject);
    let number = match kind {
        ValueKind::Time | ValueKind::Seconds => "std::int64_t",
        ValueKind::Descriptor => "int",
        _ => "std::int32_t",
    };
    let is_sure = spec.documentation.absent.is_none();
    let (value, read) = match kind {
        _ if is_text && is_sure && kept(spec.function).is_some() => ("std::string_view".to_owned(), call),
        _ if is_text && is_sure => ("std::string_view".to_owned(), format!("detail::text_or_empty({call})")),
        _ if is_text => ("std::optional<std::string_view>".to_owned(), format!("detail::optional_text({call})")),
        ValueKind::Boolean if is_sure => ("bool".to_owned(), format!("{call} != 0")),
        ValueKind::Boolean => (
            "std::optional<bool>".to_owned(),
            "answer < 0 ? std::nullopt : std::optional<bool>(answer != 0)".to_owned(),
        ),
        // Functions of C take the descriptor, and they know -1.
        ValueKind::Descriptor => (number.to_owned(), call.clone()),
        _ if is_sure => (number.to_owned(), call.clone()),
        _ => (format!("std::optional<{number}>"), format!("detail::optional_number({call})")),
    };
    let before = if read.starts_with("answer") {
        format!("const std::int32_t answer = {}(handle_.get());\n        ", spec.name)
    } else {
        String::new()
    };
    let mut text = comment(spec);
    let list = list(spec, MARK, WIDTH);
    if !list.is_empty() {
        let _ = write!(text, "{MARK}\n{list}");
    }
    let reference = if is_text { " &" } else { "" };
    let _ = write!(
        text,
        "    [[nodiscard]] {value} {name}({parameter}) const{reference} noexcept {{\n        {before}return {read};\n    }}\n"
    );
    if is_text {
        // The object owns the string, so a temporary object may not lend it.
        let _ = writeln!(text, "    {value} {name}({parameter}) const && = delete;");
    }
    text
}

/// The expression for a value that the class of errors keeps. An error that the header itself makes has no object of C.
fn kept(function: Function) -> Option<&'static str> {
    match function {
        Function::ErrorCode => Some("code_"),
        Function::ErrorName => Some("name_"),
        Function::ErrorMessage => Some("what()"),
        _ => None,
    }
}

/// A method that takes options or parameters, and its overload for containers.
pub fn method(spec: &FunctionSpec) -> String {
    let (name, options, made) = (spec.function.subject(), options_name(spec), made_by(spec).name);
    let blocks = if spec.blocks == Blocks::Network {
        "The call blocks until the answer arrives or the deadline passes. Nothing can interrupt it."
    } else {
        ""
    };
    let texts = [
        spec.documentation.summary.to_owned(),
        joined(&[&respelled(spec.documentation.details), blocks]),
        format!("`{options}`: OPTIONS.md lists them; see also the comment of {}.", spec.name),
    ];
    let further = further(spec);
    let parameters: String = further.iter().map(|(name, object)| format!("const {} &{name}, ", object.name)).collect();
    let arguments: String = further.iter().map(|(name, _)| format!("{name}.native_handle(), ")).collect();
    let body = format!(
        "return {made}(detail::made<td_{made}>(detail::arguments({options}), [&](auto... rest) {{\n            \
             return {}(handle_.get(), {arguments}rest...);\n        }}));",
        spec.name
    );
    format!(
        "{}{MARK}\n{}    [[nodiscard]] {made} {name}({parameters}std::initializer_list<option> {options}) const {{\n        \
             {body}\n    }}\n\n    \
         /// The same from a container of pairs of strings.\n    \
         template <class Pairs, class = detail::if_pairs<Pairs>>\n    \
         [[nodiscard]] {made} {name}({parameters}const Pairs &{options}) const {{\n        \
             {body}\n    }}\n",
        paragraphs(&texts, MARK, WIDTH),
        throws(spec),
    )
}

fn throws(spec: &FunctionSpec) -> String {
    let errors: Vec<String> = spec.errors.iter().map(|code| code.spec().name.to_owned()).collect();
    paragraphs(&[format!("@throws {}", listed(&errors))], MARK, WIDTH)
}

fn respelled(text: &str) -> String {
    prose::respelled(text, function_name, |spec| spec.name.to_owned())
}

/// `client::exchange`, `client::start`; a constructor is `assertion::assertion`.
fn function_name(spec: &'static FunctionSpec) -> String {
    let class = owner(spec).spec().name;
    let starts = |parameter: &talkdesk_auth::Parameter| matches!(parameter.kind, ParameterKind::OptionsOf(_));
    if spec.function.short_name() == "new" {
        let made = made_by(spec).name;
        return format!("{made}::{made}");
    }
    let name = if spec.parameters.iter().any(starts) { "start" } else { spec.function.subject() };
    format!("{class}::{name}")
}

fn error_classes() -> String {
    let mut text: String = ERRORS.iter().map(error_class).collect();
    text.push_str(
        "\nnamespace detail {\n\n\
         [[noreturn]] inline void throw_error(std::shared_ptr<const td_error> error) {\n    \
             switch (td_error_code(error.get())) {\n",
    );
    for ErrorSpec { name, .. } in ERRORS {
        let _ = writeln!(text, "    case TD_ERROR_{}: throw {name}(std::move(error));", name.to_uppercase());
    }
    text + "    default: throw auth_error(std::move(error));\n    }\n}\n\n} // namespace detail\n\n"
}

fn error_class(spec: &ErrorSpec) -> String {
    let fields: String = own_fields(spec).map(field).collect();
    format!(
        "\n/// {}\nclass {} : public auth_error {{\n  public:\n    using auth_error::auth_error;\n{fields}}};\n",
        spec.summary, spec.name
    )
}

/// The error owns the string, so a temporary error may not lend it.
fn field(field: &Field) -> String {
    let (name, summary) = (field.name, field.summary);
    match field.kind {
        FieldKind::Number => format!(
            "\n    /// {summary}\n    [[nodiscard]] std::optional<std::int64_t> {name}() const noexcept {{\n        \
             return number(\"{name}\");\n    }}\n"
        ),
        _ => format!(
            "\n    /// {summary}\n    [[nodiscard]] std::optional<std::string_view> {name}() const & noexcept {{\n        \
             return get(\"{name}\");\n    }}\n    std::optional<std::string_view> {name}() const && = delete;\n"
        ),
    }
}
