//! OPTIONS.md and ERRORS.md.

use std::fmt::Write;
use talkdesk_auth::{ERRORS, FieldKind, Function, Kind, OPTIONS, OptionSpec};

pub fn options() -> String {
    let mut page = String::from(
        "# Options and parameters\n\n\
         In C every function takes them in one way: an array of alternating names and values, all text. Other languages give them as \
         they give a call its options, under the same names. A value is never empty unless its row says so; a name that is unknown, or given twice, is an error (but `waited` may be given for each queue, and adds up). What is secret is never shown and no getter answers it.\n",
    );
    for (function, heading) in [
        (Function::Client, "The options of a client: `td_client_new`"),
        (Function::Assertion, "The options of an assertion: `td_assertion_new`"),
        (Function::Exchange, "The parameters of an exchange: `td_token_exchange`"),
    ] {
        let _ = write!(page, "\n## {heading}\n\n| name | value | default | what it is |\n| --- | --- | --- | --- |\n");
        for spec in OPTIONS.iter().filter(|spec| spec.taken_by.contains(&function)) {
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

pub fn value(spec: &OptionSpec) -> String {
    let value = match spec.kind {
        Kind::Text => "text on one line".to_owned(),
        Kind::Block => "text".to_owned(),
        Kind::Any => "any text, also none".to_owned(),
        Kind::Path => "path of a file".to_owned(),
        Kind::Label => "one label of a domain name".to_owned(),
        Kind::Boolean => "`true` or `false`".to_owned(),
        Kind::Seconds(least, most) if least.fract() == 0.0 => format!("whole seconds, {least} to {most}"),
        Kind::Seconds(least, most) => format!("seconds, {least} to {most}"),
        Kind::Elapsed => "seconds, 0 or more".to_owned(),
        Kind::Choice(choices) => choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "),
        _ => unreachable!("a new kind of value needs its words here"),
    };
    if spec.secret { format!("{value}; secret") } else { value }
}

/// A default is the client's; where another function takes the same option, it is the client's value.
pub fn default(spec: &OptionSpec, function: Function) -> String {
    match spec.default {
        Some(_) if function != Function::Client && spec.taken_by.contains(&Function::Client) => {
            "the client's".to_owned()
        }
        Some(default) => format!("`{default}`").replace(env!("CARGO_PKG_VERSION"), "VERSION"),
        None => String::new(),
    }
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
    let mut seen = Vec::new();
    for field in ERRORS.iter().flat_map(|spec| spec.fields).filter(|field| {
        let new = !seen.contains(&field.name);
        seen.push(field.name);
        new
    }) {
        let kind = if field.kind == FieldKind::Number { "number" } else { "text" };
        let _ = writeln!(page, "| `{}` | {kind} | {} |", field.name, field.summary);
    }
    page.push_str("\nRendered from `src/error.rs`; `make generate` rewrites it.\n");
    page
}
