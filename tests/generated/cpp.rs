//! Renders parts of include/talkdesk_auth.hpp: the error classes, the getters of each class, and the methods that take parameters.

use crate::c::{member_item, names_heading};
use crate::names::{classes, functions_of, looks_up, made_by, methods_of, options_name};
use crate::prose::{self, Words, joined, listed, paragraphs, sentence, wrapped};
use crate::replaced;
use std::fmt::Write;
use talkdesk_auth::{Blocks, ERRORS, ErrorSpec, Field, FieldKind, FunctionSpec, Gives, ObjectSpec, ValueKind};

const WORDS: Words = Words { absent: "nothing", times_are_numbers: true };
const MARK: &str = "    ///";
const WIDTH: usize = 120;

/// `header`, with its generated parts rendered anew.
pub fn header(header: &str) -> String {
    let mut page = replaced(header, "// generated: error classes\n", "// end of generated\n", &error_classes());
    for object in classes() {
        page = region(&page, &format!("getters of {}", object.name), &getters(object));
        // A function named `new` is the constructor of its object.
        for spec in methods_of(object.object).filter(|spec| spec.function.short_name() != "new") {
            page = region(&page, spec.function.subject(), &method(spec));
        }
    }
    page
}

fn region(page: &str, name: &str, text: &str) -> String {
    replaced(page, &format!("    // generated: {name}\n"), "    // end of generated\n", text)
}

/// The same getters as in C. Members that `get` finds by name have no getters of their own.
fn getters(object: &ObjectSpec) -> String {
    let mut text = String::new();
    for spec in functions_of(object.object) {
        if let Gives::Value(kind) = spec.gives {
            text.push_str(&getter(object, spec, kind));
        }
    }
    let handle = format!(
        "    [[nodiscard]] const td_{} *native_handle() const noexcept {{ return handle_.get(); }}\n",
        object.name
    );
    text + "    /// The object for functions of C; NULL after a move.\n" + &handle
}

fn getter(object: &ObjectSpec, spec: &FunctionSpec, kind: ValueKind) -> String {
    let (name, documentation) = (spec.function.short_name(), &spec.documentation);
    let (parameter, argument) = if looks_up(spec) { ("const char *name", ", name") } else { ("", "") };
    let call = format!("{}(handle_.get(){argument})", spec.name);
    let is_text = matches!(kind, ValueKind::Text | ValueKind::Json);
    let (value, read) = match (is_text, documentation.absent) {
        (true, Some(_)) => ("std::optional<std::string_view>", format!("detail::optional_text({call})")),
        (true, None) => ("std::string_view", format!("detail::text_or_empty({call})")),
        (false, Some(_)) => ("std::optional<std::int64_t>", format!("detail::optional_time({call})")),
        (false, None) => ("std::int64_t", call),
    };
    let mut text = paragraphs(&[sentence(documentation, kind, &WORDS), respelled(documentation.details)], MARK, WIDTH);
    if looks_up(spec) && !object.members.is_empty() {
        let item = |member| wrapped(&member_item(member), &format!("{MARK} - "), &format!("{MARK}   "), WIDTH);
        let items: String = object.members.iter().map(item).collect();
        let _ = write!(text, "{MARK}\n{MARK} {}\n{items}", names_heading(spec));
    }
    let reference = if is_text { " &" } else { "" };
    let _ = write!(
        text,
        "    [[nodiscard]] {value} {name}({parameter}) const{reference} noexcept {{\n        return {read};\n    }}\n"
    );
    if is_text {
        // The object owns the string, so a temporary object may not lend it.
        let _ = writeln!(text, "    {value} {name}({parameter}) const && = delete;");
    }
    text + "\n"
}

/// A method that takes options or parameters, and its overload for containers.
fn method(spec: &FunctionSpec) -> String {
    let (name, options, made) = (spec.function.subject(), options_name(spec), made_by(spec).name);
    let blocks = if spec.blocks == Blocks::Network {
        "The call blocks until the answer arrives or the deadline passes. Nothing can interrupt it."
    } else {
        ""
    };
    let errors: Vec<String> = spec.errors.iter().map(|code| code.spec().name.to_owned()).collect();
    let texts = [
        spec.documentation.summary.to_owned(),
        joined(&[&respelled(spec.documentation.details), blocks]),
        format!("`{options}`: OPTIONS.md lists them; see also the comment of {}.", spec.name),
        format!("@throws {}", listed(&errors)),
    ];
    format!(
        "{}    [[nodiscard]] {made} {name}(std::initializer_list<option> {options}) const {{\n        \
             return make<{made}>({function}, detail::arguments({options}));\n    }}\n\n    \
         /// The same from a container of pairs of strings.\n    \
         template <class Pairs, class = detail::if_pairs<Pairs>>\n    \
         [[nodiscard]] {made} {name}(const Pairs &{options}) const {{\n        \
             return make<{made}>({function}, detail::arguments({options}));\n    }}\n",
        paragraphs(&texts, MARK, WIDTH),
        function = spec.name,
    )
}

fn respelled(text: &str) -> String {
    prose::respelled(text, |spec| format!("client::{}", spec.function.subject()), |spec| spec.name.to_owned())
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
    let fields: String = spec.fields.iter().map(field).collect();
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
