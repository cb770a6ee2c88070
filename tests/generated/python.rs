//! The Python binding's rendered modules: `_generated.py` (version, keyword families, errors) and `_options.py` (keywords).

use crate::markdown;
use std::fmt::Write;
use talkdesk_auth::{ERRORS, ErrorSpec, FieldKind, Function, Kind, OPTIONS, OptionSpec};

const FUNCTIONS: [(Function, &str, &str); 3] = [
    (Function::Client, "ClientOptions", "The keyword arguments of `Client`"),
    (Function::Assertion, "AssertionOptions", "The keyword arguments of `Client.assertion`"),
    (
        Function::Exchange,
        "ExchangeParameters",
        "The keyword arguments of `Client.exchange` and `Client.exchange_async`",
    ),
];

pub fn tables() -> String {
    let mut module = String::from(
        "\"\"\"The version, the keywords that take a mapping, and the errors: rendered by `make generate`; do not edit.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from ._error import TalkdeskAuthError\n\n\
         TYPE_CHECKING = False\n\
         if TYPE_CHECKING:\n    from typing import Callable\n\n",
    );
    module.push_str("#: What the package shows of this module.\n__all__ = [\n");
    let mut classes: Vec<_> = ERRORS.iter().map(class).collect();
    classes.sort();
    for class in classes {
        let _ = writeln!(module, "    \"{class}\",");
    }
    let _ = writeln!(module, "]\n\nVERSION = \"{}\"\n", env!("CARGO_PKG_VERSION"));
    module.push_str("#: Each keyword that takes a mapping, and what stands before its names.\nFAMILIES = {\n");
    for prefix in OPTIONS.iter().filter_map(family) {
        let _ = writeln!(module, "    \"{}\": \"{prefix}.\",", keyword(prefix));
    }
    module.push_str(
        "}\n\n#: Each field that an error may have, and what reads its text.\n\
         FIELDS: dict[str, Callable[[str], str | int]] = {\n",
    );
    for (name, kind) in fields() {
        let _ = writeln!(module, "    \"{name}\": {},", field_type(kind));
    }
    module.push_str("}\n");
    for spec in ERRORS {
        error(&mut module, spec);
    }
    module.push_str("\n\n#: The class of each code.\nERRORS: dict[int, type[TalkdeskAuthError]] = {\n");
    for spec in ERRORS {
        let _ = writeln!(module, "    {}: {},", spec.code as i32, class(spec));
    }
    module.push_str("}\n");
    module
}

/// The fields of all errors, each once.
fn fields() -> Vec<(&'static str, FieldKind)> {
    let mut fields = Vec::new();
    for field in ERRORS.iter().flat_map(|spec| spec.fields) {
        if !fields.contains(&(field.name, field.kind)) {
            fields.push((field.name, field.kind));
        }
    }
    fields
}

fn field_type(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "str",
        FieldKind::Number => "int",
        _ => unreachable!("a new kind of field needs its type here"),
    }
}

fn error(module: &mut String, spec: &ErrorSpec) {
    let _ = write!(
        module,
        "\n\nclass {}(TalkdeskAuthError):\n    \"\"\"{}\n\n    May be repeated: {}.\n    \"\"\"\n\n    code = {}\n    name = \"{}\"\n",
        class(spec),
        spec.summary,
        spec.retryable(),
        spec.code as i32,
        spec.name,
    );
    for field in spec.fields {
        let (name, kind) = (field.name, field_type(field.kind));
        let _ = writeln!(module, "    #: {}\n    {name}: {kind} | None = None", field.summary);
    }
}

/// `invalid_option` gives `InvalidOptionError`, `oauth_error` gives `OauthError`.
fn class(spec: &ErrorSpec) -> String {
    let words = spec.name.trim_end_matches("_error").split('_');
    words.map(|word| word[..1].to_uppercase() + &word[1..]).collect::<String>() + "Error"
}

pub fn options() -> String {
    let mut module = String::from(
        "\"\"\"The keyword arguments of each call: rendered by `make generate`; do not edit.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         import os\n\
         from datetime import timedelta\n\
         from typing import Mapping, Optional, TypedDict, Union\n\n\
         #: What a claim or a form field is made of; None means not given.\n\
         Value = Union[str, bytes, float, timedelta, os.PathLike[str], None]\n",
    );
    for (function, class, heading) in FUNCTIONS {
        let taken: Vec<_> = OPTIONS.iter().filter(|spec| spec.taken_by.contains(&function)).collect();
        let _ = write!(
            module,
            "\n\nclass {class}(TypedDict, total=False):\n    \"\"\"{heading}; None means not given.\n\n"
        );
        for spec in &taken {
            documentation(&mut module, spec, function);
        }
        module.push_str("    \"\"\"\n\n");
        for spec in &taken {
            let _ = writeln!(
                module,
                "    {}: Optional[{}]",
                family(spec).map_or(spec.name.into(), keyword),
                value_type(spec)
            );
        }
    }
    module
}

fn documentation(module: &mut String, spec: &OptionSpec, function: Function) {
    let (name, value) = match family(spec) {
        Some(prefix) => (keyword(prefix), format!("a mapping of names to {}", markdown::value(spec))),
        None => (spec.name.into(), markdown::value(spec)),
    };
    let default = match markdown::default(spec, function) {
        default if default.is_empty() => default,
        default => format!("; {default} where not given"),
    };
    let _ = writeln!(module, "    {name}: {value}{default}\n        {}", spec.summary);
}

fn value_type(spec: &OptionSpec) -> &'static str {
    match spec.kind {
        _ if family(spec).is_some() => "Mapping[str, Value]",
        Kind::Text | Kind::Any | Kind::Label | Kind::Choice(_) => "str",
        Kind::Block => "Union[str, bytes]",
        Kind::Path => "Union[str, os.PathLike[str]]",
        Kind::Boolean => "bool",
        Kind::Seconds(least, _) if least.fract() == 0.0 => "Union[int, timedelta]",
        Kind::Seconds(..) | Kind::Elapsed => "Union[float, timedelta]",
        _ => unreachable!("a new kind of value needs its type here"),
    }
}

/// `claim` of `claim.NAME`.
fn family(spec: &OptionSpec) -> Option<&'static str> {
    spec.name.strip_suffix(".NAME")
}

/// The keyword that takes a family's members as a mapping.
fn keyword(family: &str) -> String {
    format!("{family}s")
}
