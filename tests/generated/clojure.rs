//! Renders parts of the Clojure binding: the options with their documentation, the fields of errors, and for each object the record
//! that holds it, with the documentation of its keys.

use crate::names::{
    Getter, Source, camel, families, family, fields, getters, made_by, method_that_makes, methods_of, options_name,
    options_of, pascal, takers,
};
use crate::prose::{self, Words, joined, sentence};
use crate::replaced;
use std::fmt::Write;
use talkdesk_auth::{Blocks, FieldKind, Function, FunctionSpec, OBJECTS, Object, ObjectSpec, OptionSpec, ValueKind};

const FOLDER: &str = "bindings/clojure/src/talkdesk_auth";
const WORDS: Words = Words { absent: "nil", times_are_numbers: false };
const END: &str = ";; end of generated\n";

/// Each file that is rendered, whole or in regions, and its text. `read` returns the present text.
pub fn files(read: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let core = format!("{FOLDER}/core.clj");
    let mut page = replaced(&read(&core), ";; generated: records\n", END, &records());
    page = replaced(&page, ";; generated: getters\n", END, &functions());
    for spec in methods_of(Object::Client) {
        page = replaced(
            &page,
            &format!(";; generated: {}\n", spec.function.subject()),
            &format!("  {END}"),
            &method(spec),
        );
    }
    vec![(format!("{FOLDER}/options.clj"), options()), (core, page)]
}

/// The objects that calls of a client make.
fn made() -> impl Iterator<Item = &'static ObjectSpec> {
    OBJECTS.iter().filter(|object| method_that_makes(object.object).is_some())
}

fn options() -> String {
    let mut text = String::from(
        "(ns talkdesk-auth.options\n  \
         \"The keywords that the functions of `talkdesk-auth.core` take and return, with their documentation.\n\n  \
         Rendered from the tables of the library; `make generate` rewrites it.\")\n",
    );
    for taker in takers() {
        let function = taker.function;
        let rows: Vec<_> = options_of(function)
            .map(|spec| format!("{} {}", keyword(spec), quoted(&described(spec, function))))
            .collect();
        let heading = format!("The {} of {}.", options_name(taker), functions_that_take(taker));
        definition(&mut text, taker.function.subject(), &heading, &rows);
    }
    let all = options_families();
    definition(&mut text, "families", "Each keyword that takes a map, and the prefix of the names in it.", &all);
    for object in made() {
        let rows: Vec<_> =
            values(object).iter().map(|getter| format!("{} {}", key(getter), quoted(&says(getter)))).collect();
        let heading = format!("The keys of the map that stands for a {}.", object.name).replace(" a a", " an a");
        definition(&mut text, &format!("{}-keys", object.name), &heading, &rows);
    }
    let fields = fields();
    let fields: Vec<_> = fields
        .iter()
        .map(|(field, _)| {
            let read = if field.kind == FieldKind::Number { "parse-long" } else { "identity" };
            format!("{} {read}", quoted(field.name))
        })
        .collect();
    definition(
        &mut text,
        "error-fields",
        "Each field that an error may have, and the function that reads its text.",
        &fields,
    );
    text
}

fn functions_that_take(spec: &FunctionSpec) -> String {
    let name = spec.function.subject();
    let asynchronous = if spec.blocks == Blocks::Network { format!(" and `{name}-async`") } else { String::new() };
    format!("`talkdesk-auth.core/{name}`{asynchronous}")
}

fn options_families() -> Vec<String> {
    families().map(|family| format!(":{family}s {}", quoted(&format!("{family}.")))).collect()
}

fn definition(text: &mut String, name: &str, heading: &str, rows: &[String]) {
    let _ = write!(text, "\n(def {name}\n  {}\n  {{{}}})\n", quoted(heading), rows.join("\n   "));
}

fn described(spec: &OptionSpec, function: Function) -> String {
    let value = prose::value(spec);
    let value = if family(spec).is_some() { format!("a map of names to {value}") } else { value };
    match prose::default(spec, function) {
        default if default.is_empty() => format!("{} ({value})", spec.summary),
        default => format!("{} ({value}; by default {default})", spec.summary),
    }
}

/// `:client-id` of `client_id`, `:claims` of `claim.NAME`.
fn keyword(spec: &OptionSpec) -> String {
    format!(":{}", dashed(&crate::names::keyword(spec)))
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

fn key(getter: &Getter) -> String {
    format!(":{}", dashed(getter.name))
}

fn says(getter: &Getter) -> String {
    let kind = match getter.kind {
        ValueKind::Time => "instant",
        ValueKind::Json | ValueKind::JsonObject => "JSON text",
        _ => "text",
    };
    let text = joined(&[&sentence(getter.documentation, getter.kind, &WORDS), getter.documentation.details]);
    format!("{text} ({kind})")
}

/// The values of an object that never change, so that a map can hold them.
fn values(object: &ObjectSpec) -> Vec<Getter> {
    getters(object)
        .into_iter()
        .filter(|getter| getter.source != Source::Lookup && getter.kind != ValueKind::Seconds)
        .collect()
}

/// The records, and the functions that make them from Java's objects. A record keeps its object if the object has more to read.
fn records() -> String {
    let mut text = String::new();
    for object in made() {
        let (class, name) = (pascal(object.name), object.name);
        let mut keys: Vec<_> = values(object).iter().map(|getter| dashed(getter.name)).collect();
        let mut rows: Vec<_> = values(object).iter().map(read).collect();
        let mut closes = "";
        if object.is_open {
            keys.push(format!("^talkdeskauth.{class} object"));
            rows.push("object".to_owned());
            closes = "\n  java.lang.AutoCloseable\n  (close [_] (.close object))";
        }
        let (keys, rows) = (keys.join(" "), rows.join("\n   "));
        let _ = write!(
            text,
            "(defrecord {class} [{keys}]{closes})\n\n\
             (defn- {name}-of [^talkdeskauth.{class} object]\n  (->{class}\n   {rows}))\n\n"
        );
    }
    let classes: Vec<_> = made().map(|object| pascal(object.name)).collect();
    let _ = writeln!(text, "(def ^:private records\n  [{}])", classes.join(" "));
    text
}

/// The call that reads a value from Java's object.
fn read(getter: &Getter) -> String {
    let call = format!("(.{} object)", camel(getter.name));
    if getter.documentation.absent.is_some() { format!("(optional {call})") } else { call }
}

/// The functions that read from an object, which must be open.
fn functions() -> String {
    let mut all = Vec::new();
    for object in made().filter(|object| object.is_open) {
        let class = pascal(object.name);
        for getter in getters(object).iter().filter(|getter| getter.kind == ValueKind::Seconds) {
            let texts = [sentence(getter.documentation, getter.kind, &WORDS), getter.documentation.details.to_owned()];
            all.push(format!(
                "(defn {}\n{}  [^{class} {name}]\n  (known (.{} ^talkdeskauth.{class} (:object {name}))))\n",
                dashed(getter.name),
                docstring(&texts),
                camel(getter.name),
                name = object.name
            ));
        }
    }
    all.join("\n")
}

/// The name and documentation of a function that takes options.
fn method(spec: &FunctionSpec) -> String {
    let (name, options, documentation) = (spec.function.subject(), options_name(spec), &spec.documentation);
    let made = made_by(spec);
    let blocks = if spec.blocks == Blocks::Network {
        "The call blocks this thread until the answer arrives or the deadline (:timeout) passes. Nothing can interrupt it."
    } else {
        ""
    };
    let open = if made.is_open {
        let changing = getters(made).into_iter().filter(|getter| getter.kind == ValueKind::Seconds);
        let asking = changing.map(|getter| format!("`{}`", dashed(getter.name))).chain(["`member`".to_owned()]);
        let asking = prose::listed(&asking.collect::<Vec<_>>());
        format!(" Close the map with `with-open`. That frees the object behind it, which {asking} read.")
    } else {
        String::new()
    };
    let texts = [
        documentation.summary.to_owned(),
        joined(&[&respelled(documentation.details), blocks]),
        format!(
            "`talkdesk-auth.options/{name}` lists the {options}. The function returns a map; `talkdesk-auth.options/{}-keys` \
             lists its keys.{open} The map prints only its kind. But a plain map that is made from it, for example with `dissoc`, \
             prints everything.",
            made.name
        ),
    ];
    format!("(defn {name}\n{}", docstring(&texts))
}

fn docstring(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().filter(|text| !text.is_empty()).collect();
    let texts: Vec<_> = texts.iter().map(|text| prose::wrapped(&text.replace('"', "\\\""), "  ", "  ", 132)).collect();
    format!("  \"{}\"\n", texts.join("\n").trim())
}

fn respelled(text: &str) -> String {
    prose::respelled(text, |spec| format!("`{}`", spec.function.subject()), |spec| format!(":{}", dashed(spec.name)))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
