//! Turns the texts of the tables into the texts of a language.

use crate::names::takes_json;
use std::fmt::Write;
use talkdesk_auth::{
    Documentation, ERRORS, ErrorSpec, FUNCTIONS, Function, FunctionSpec, Kind, Object, ObjectSpec, OptionSpec,
    ValueKind,
};

/// Describes the values that a binding's keyword may have, or each member of a family.
pub fn keyword_value(spec: &OptionSpec) -> String {
    match spec.kind {
        _ if takes_json(spec) => "text, a number, true or false, a list or a map".to_owned(),
        Kind::Words => format!("{}, or a list of them", value(spec)),
        _ => value(spec),
    }
}

/// Describes the values that an option may have.
pub fn value(spec: &OptionSpec) -> String {
    let value = match spec.kind {
        Kind::Text | Kind::Uri => "text on one line".to_owned(),
        Kind::Words => "words on one line, separated by spaces".to_owned(),
        Kind::Block => "text".to_owned(),
        Kind::Any => "any text, which may be empty".to_owned(),
        Kind::Path => "path of a file".to_owned(),
        Kind::Label => "one label of a domain name".to_owned(),
        Kind::Json => "JSON text".to_owned(),
        Kind::Boolean => "`true` or `false`".to_owned(),
        Kind::Seconds(least, most) if least.fract() == 0.0 => format!("whole seconds, {least} to {most}"),
        Kind::Seconds(least, most) => format!("seconds, {least} to {most}"),
        Kind::Number(least, most) => format!("whole number, {least} to {most}"),
        Kind::Choice(choices) => choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", "),
        _ => unreachable!("a new kind of value needs its words here"),
    };
    if spec.secret { format!("{value}; secret") } else { value }
}

/// The default of an option. If the client takes the option too, the default of another function is the client's value.
pub fn default(spec: &OptionSpec, function: Function) -> String {
    match spec.default {
        Some(_) if function != Function::ClientNew && spec.taken_by.contains(&Function::ClientNew) => {
            "the client's value".to_owned()
        }
        Some(default) => format!("`{default}`").replace(env!("CARGO_PKG_VERSION"), "VERSION"),
        None => String::new(),
    }
}

/// The words that a language adds to the texts of the tables.
pub struct Words {
    /// The value that the language uses for an absent value.
    pub absent: &'static str,
    /// Whether a time is a number in the language, so that the text must name its unit.
    pub times_are_numbers: bool,
}

/// The sentence about a getter: its value, the unit, and when the value is absent.
pub fn sentence(documentation: &Documentation, kind: ValueKind, words: &Words) -> String {
    let mut sentence = documentation.summary.trim_end_matches('.').to_owned();
    if kind == ValueKind::Time && words.times_are_numbers {
        sentence += ", in Unix seconds";
    }
    if let Some(absent) = documentation.absent {
        let _ = write!(sentence, "; {} if {absent}", words.absent);
    }
    sentence + "."
}

/// How a language shares objects: its documentation says only what is true there.
#[derive(Clone, Copy, PartialEq)]
pub enum Shared {
    /// Threads share objects. The process can't fork.
    ByThreads,
    /// Threads share objects, and so do both sides of a fork.
    ByThreadsAndForks,
}

/// The sentences that follow the summary of an object.
pub fn details(object: &ObjectSpec, shared: Shared) -> String {
    let fork = if shared == Shared::ByThreadsAndForks { object.fork } else { "" };
    joined(&[object.documentation.details, object.threads, fork])
}

/// The paragraphs about the base class of all errors.
pub fn base_of_errors() -> [String; 2] {
    let documentation = &Object::Error.spec().documentation;
    let classes =
        "Each code has a class of its own. If this version does not know a code, its errors have this base class.";
    [documentation.summary.to_owned(), joined(&[documentation.details, classes])]
}

/// `text`, with the language's own names for functions and errors.
pub fn respelled(
    text: &str,
    function: impl Fn(&'static FunctionSpec) -> String,
    error: impl Fn(&'static ErrorSpec) -> String,
) -> String {
    let mut text = text.to_owned();
    for spec in FUNCTIONS {
        let name = format!("`{}`", spec.name);
        if text.contains(&name) {
            text = text.replace(&name, &function(spec));
        }
    }
    for spec in ERRORS {
        text = text.replace(&format!("`{}`", spec.name), &error(spec));
    }
    text
}

/// `text` in lines of at most `width` characters. The first line begins with `first`, and the others begin with `further`.
pub fn wrapped(text: &str, first: &str, further: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            let _ = writeln!(lines, "{line}");
            line = further.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    let _ = writeln!(lines, "{line}");
    lines
}

/// Paragraphs in lines that begin with `mark`. Empty texts are left out.
pub fn paragraphs(texts: &[String], mark: &str, width: usize) -> String {
    let texts = texts.iter().filter(|text| !text.is_empty());
    let texts: Vec<String> = texts.map(|text| wrapped(text, &format!("{mark} "), &format!("{mark} "), width)).collect();
    texts.join(&format!("{mark}\n"))
}

/// One paragraph of these texts. Empty texts are left out.
pub fn joined(texts: &[&str]) -> String {
    texts.iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// `one, two and three`
pub fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => name.clone(),
        [names @ .., last] => format!("{} and {last}", names.join(", ")),
    }
}
