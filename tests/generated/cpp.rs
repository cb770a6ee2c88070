//! The error classes of talkdesk_auth.hpp.

use std::fmt::Write;
use talkdesk_auth::{ERRORS, Field, FieldKind};

pub fn error_classes() -> String {
    let mut classes = String::new();
    let mut cases = String::new();
    for spec in ERRORS {
        let (name, summary) = (spec.name, spec.summary);
        let _ = write!(
            classes,
            "\n/// {summary}\nclass {name} : public auth_error {{\n  public:\n    using auth_error::auth_error;\n"
        );
        for field in spec.fields {
            classes.push_str(&getter(field));
        }
        classes.push_str("};\n");
        let _ = writeln!(cases, "    case TD_ERROR_{}: throw {name}(std::move(error));", name.to_uppercase());
    }
    format!(
        "{classes}\nnamespace detail {{\n\n\
         [[noreturn]] inline void throw_error(std::shared_ptr<const td_error> error) {{\n    \
         switch (td_error_code(error.get())) {{\n{cases}    default: throw auth_error(std::move(error));\n    }}\n}}\n\n\
         }} // namespace detail\n\n"
    )
}

/// A string is borrowed from the error, so it is not asked of a temporary.
fn getter(field: &Field) -> String {
    let name = field.name;
    let text = format!("std::optional<std::string_view> {name}() const &");
    let (signature, call, temporary) = match field.kind {
        FieldKind::Number => (format!("std::optional<std::int64_t> {name}() const noexcept"), "number", String::new()),
        _ => (format!("{text} noexcept"), "get", format!("    {text}& = delete;\n")),
    };
    let line = format!("    [[nodiscard]] {signature} {{ return {call}(\"{name}\"); }}\n");
    let body = if line.trim_end().chars().count() <= 120 {
        line
    } else {
        format!("    [[nodiscard]] {signature} {{\n        return {call}(\"{name}\");\n    }}\n")
    };
    format!("\n    /// {}\n{body}{temporary}", field.summary)
}
