//! The error classes in include/talkdesk_auth.hpp.

use crate::replaced;
use std::fmt::Write;
use talkdesk_auth::{ERRORS, ErrorSpec, Field, FieldKind};

const BEGIN: &str = "// generated: error classes\n";
const END: &str = "// end of generated\n";

/// `header` with its generated part as it should read.
pub fn header(header: &str) -> String {
    replaced(header, BEGIN, END, &classes())
}

fn classes() -> String {
    let mut text: String = ERRORS.iter().map(class).collect();
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

fn class(spec: &ErrorSpec) -> String {
    let fields: String = spec.fields.iter().map(getter).collect();
    format!(
        "\n/// {}\nclass {} : public auth_error {{\n  public:\n    using auth_error::auth_error;\n{fields}}};\n",
        spec.summary, spec.name
    )
}

/// A string is borrowed from the error, so it is not asked of a temporary.
fn getter(field: &Field) -> String {
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
