//! Renders OPTIONS.md and ERRORS.md.

use crate::names::{fields, options_heading, options_of, takers};
use crate::prose::{self, default, joined, value};
use std::fmt::Write;
use talkdesk_auth::{ERRORS, FieldKind, GRANTS};

pub fn options() -> String {
    let mut page = String::from(
        "# Options and parameters\n\n\
         In C, every function takes its options or parameters as an array of alternating names and values, all of them text. The \
         other languages use the same names, in the form that is usual there. A value may be empty only if its row says so. An \
         unknown name is an error, and so is a name that is given twice. The library never shows a secret value, and no getter returns it.\n",
    );
    for taker in takers() {
        let (function, heading) = (taker.function, format!("The {}: `{}`", options_heading(taker), taker.name));
        let text = joined(&[taker.documentation.summary, taker.documentation.details]);
        let _ = write!(
            page,
            "\n## {heading}\n\n{text}\n\n| name | value | default | what it is |\n| --- | --- | --- | --- |\n"
        );
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
    page.push_str("\nRendered from `src/options/table.rs` and `src/functions.rs`; `make generate` rewrites it.\n");
    page
}

pub fn errors() -> String {
    let mut page = String::from(
        "# Errors\n\n\
         Every error has a stable code, a stable name, a message that says what to do, and fields. Each error says itself whether \
         it is safe to repeat the call; the table says when it is safe. No error holds a secret. If a server repeats a secret of \
         at least 4 bytes as it was sent, or any 12 bytes of a secret, the library cuts them out. From \
         the text of a refusal that is not an OAuth error, it also cuts values whose names sound like secrets.\n\n\
         | code | name | what happened | when it is safe to repeat | fields |\n| --- | --- | --- | --- | --- |\n",
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
    page.push_str("\nRendered from `src/error.rs` and `src/protocol/repetition.rs`; `make generate` rewrites it.\n");
    page
}

/// The table of the grants.
pub fn grants() -> String {
    let mut table =
        String::from("| `grant_type` | it needs | it may take | it gives a token of |\n| --- | --- | --- | --- |\n");
    let listed = |names: Vec<&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    for spec in GRANTS {
        let (needs, takes) = (listed(spec.needs().collect()), listed(spec.takes().collect()));
        let _ = match spec.name {
            Some(name) => {
                writeln!(table, "| `{name}` (RFC 6749 §{}) | {needs} | {takes} | {} |", spec.section, spec.token_of)
            }
            None => {
                writeln!(
                    table,
                    "| any other that the server knows (§{}) | {needs} | all parameters above | |",
                    spec.section
                )
            }
        };
    }
    table
}

/// Says how often the library sends a request with each grant.
pub fn sending() -> String {
    let named = |is_reusable: bool| {
        let specs = GRANTS.iter().filter(|spec| spec.is_reusable == is_reusable);
        let names: Vec<String> = specs.filter_map(|spec| Some(format!("`{}`", spec.name?))).collect();
        (names, GRANTS.iter().find(|spec| spec.is_reusable == is_reusable).expect("there is such a grant").sending())
    };
    let [(reusable, twice), (_, once)] = [true, false].map(named);
    format!(
        "- A code and a refresh token each work only once. {once}\n- A {} request spends nothing. {twice}\n\
         - A request that is sent again has a new assertion and uses a new connection. The option `max_retries` limits how often, and \
         `timeout` how long. If the next request would come too late, the call ends at once with the last error.\n",
        prose::listed(&reusable)
    )
}
