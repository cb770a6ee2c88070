//! OPTIONS.md and ERRORS.md.

use crate::names::{fields, options_heading, options_of, takers};
use crate::prose::{default, value};
use std::fmt::Write;
use talkdesk_auth::{ERRORS, FieldKind};

pub fn options() -> String {
    let mut page = String::from(
        "# Options and parameters\n\n\
         In C every function takes them in one way: an array of alternating names and values, all text. Other languages give them as \
         they give a call its options, under the same names. A value is never empty unless its row says so; a name that is unknown, or given twice, is an error (but `waited` may be given for each queue, and adds up). What is secret is never shown and no getter answers it.\n",
    );
    for taker in takers() {
        let (function, heading) = (taker.function, format!("The {}: `{}`", options_heading(taker), taker.name));
        let _ = write!(page, "\n## {heading}\n\n| name | value | default | what it is |\n| --- | --- | --- | --- |\n");
        for spec in options_of(function) {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} |",
                spec.name,
                value(spec),
                default(spec, function),
                spec.summary
            );
        }
    }
    page.push_str("\nRendered from `src/options.rs`; `make generate` rewrites it.\n");
    page
}

pub fn errors() -> String {
    let mut page = String::from(
        "# Errors\n\n\
         Every error has a stable code and name, a message that says what to do, and fields. Whether a call may be repeated is told by \
         each error itself; the table says when. No error holds a secret; where a server repeats one of at least 4 bytes, as it was sent, or 12 \
         bytes of one, that is cut out.\n\n\
         | code | name | what happened | may be repeated | fields |\n| --- | --- | --- | --- | --- |\n",
    );
    for spec in ERRORS {
        let fields: Vec<String> = spec.fields.iter().map(|field| format!("`{}`", field.name)).collect();
        let (code, fields) = (spec.code as i32, fields.join(", "));
        let _ = writeln!(page, "| {code} | `{}` | {} | {} | {fields} |", spec.name, spec.summary, spec.retryable());
    }
    page.push_str("\n## Fields\n\n| name | value | what it is |\n| --- | --- | --- |\n");
    for (field, _) in fields() {
        let kind = if field.kind == FieldKind::Number { "number" } else { "text" };
        let _ = writeln!(page, "| `{}` | {kind} | {} |", field.name, field.summary);
    }
    page.push_str("\nRendered from `src/error.rs`; `make generate` rewrites it.\n");
    page
}
