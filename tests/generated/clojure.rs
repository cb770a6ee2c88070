//! What the Clojure binding knows of the two tables: the options with their documentation, and the fields of errors.

use crate::markdown;
use std::fmt::Write;
use talkdesk_auth::{ERRORS, FieldKind, Function, OPTIONS, OptionSpec};

pub fn options() -> String {
    let mut text = String::from(
        "(ns talkdesk-auth.options\n  \"What each function of `talkdesk-auth.core` takes: keywords and what they are.\n\n  \
         Rendered from the tables of the library; `make generate` rewrites it.\")\n",
    );
    for (function, name, heading) in [
        (Function::Client, "client", "The options of `talkdesk-auth.core/client`."),
        (Function::Assertion, "assertion", "The options of `talkdesk-auth.core/assertion`."),
        (Function::Exchange, "exchange", "The parameters of `talkdesk-auth.core/exchange` and `exchange-async`."),
    ] {
        let taken = OPTIONS.iter().filter(|spec| spec.taken_by.contains(&function));
        let rows: Vec<_> =
            taken.map(|spec| format!("{} {}", keyword(spec), quoted(&described(spec, function)))).collect();
        definition(&mut text, name, heading, &rows);
    }
    let families = OPTIONS.iter().filter_map(|spec| Some((spec, spec.name.strip_suffix("NAME")?)));
    let rows: Vec<_> = families.map(|(spec, prefix)| format!("{} {}", keyword(spec), quoted(prefix))).collect();
    definition(&mut text, "families", "Each keyword that takes a map, and what stands before its names.", &rows);

    let mut fields = Vec::new();
    for field in ERRORS.iter().flat_map(|spec| spec.fields) {
        let read = if field.kind == FieldKind::Number { "parse-long" } else { "identity" };
        let row = format!("{} {read}", quoted(field.name));
        if !fields.contains(&row) {
            fields.push(row);
        }
    }
    definition(&mut text, "error-fields", "Each field that an error may have, and what reads its text.", &fields);
    text
}

fn definition(text: &mut String, name: &str, heading: &str, rows: &[String]) {
    let _ = write!(text, "\n(def {name}\n  {}\n  {{{}}})\n", quoted(heading), rows.join("\n   "));
}

fn described(spec: &OptionSpec, function: Function) -> String {
    let value = markdown::value(spec);
    let value = if spec.name.ends_with(".NAME") { format!("a map of names to {value}") } else { value };
    match markdown::default(spec, function) {
        default if default.is_empty() => format!("{} ({value})", spec.summary),
        default => format!("{} ({value}; {default} where not given)", spec.summary),
    }
}

/// `:client-id` of `client_id`, `:claims` of `claim.NAME`.
fn keyword(spec: &OptionSpec) -> String {
    let name = spec.name.replace('_', "-");
    format!(":{}", name.strip_suffix(".NAME").map_or(name.clone(), |family| format!("{family}s")))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
