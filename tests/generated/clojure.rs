//! Renders parts of the Clojure binding: the options with their documentation, the fields of errors, and for each object the record
//! that holds it, with the documentation of its keys.

use crate::names::{
    Getter, Source, camel, can_be_started, classes, families, family, fields, getters, is_method, keywords_of, made_by,
    method_that_makes, options_name, options_subject, owner, pascal, takers,
};
use crate::prose::{self, Shared, Words, details, joined, sentence};
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
    for spec in takers() {
        let text = if is_method(spec) { method(spec) } else { constructor(spec) };
        page = replaced(&page, &format!(";; generated: {}\n", spec.name), &format!("  {END}"), &text);
    }
    vec![(format!("{FOLDER}/options.clj"), options()), (core, page)]
}

/// The objects that methods of other objects make.
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
        let rows: Vec<_> = keywords_of(function)
            .map(|spec| format!("{} {}", keyword(spec), quoted(&described(spec, function))))
            .collect();
        let heading = format!("The {} of {}.", options_name(taker), functions_that_take(taker));
        definition(&mut text, &dashed(options_subject(taker)), &heading, &rows);
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
    let name = function_name(spec);
    let asynchronous = if can_be_started(spec) { format!(" and `{name}-async`") } else { String::new() };
    format!("`talkdesk-auth.core/{name}`{asynchronous}")
}

fn options_families() -> Vec<String> {
    families().map(|family| format!(":{family}s {}", quoted(&format!("{family}.")))).collect()
}

fn definition(text: &mut String, name: &str, heading: &str, rows: &[String]) {
    let _ = write!(text, "\n(def {name}\n  {}\n  {{{}}})\n", quoted(heading), rows.join("\n   "));
}

fn described(spec: &OptionSpec, function: Function) -> String {
    let value = prose::keyword_value(spec);
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

pub fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

fn key(getter: &Getter) -> String {
    format!(":{}", dashed(getter.name))
}

pub fn says(getter: &Getter) -> String {
    let kind = match getter.kind {
        ValueKind::Time => "instant",
        ValueKind::Json | ValueKind::JsonObject => "JSON text",
        ValueKind::Seconds | ValueKind::Number => "number",
        ValueKind::Boolean => "true or false",
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

/// Whether more can be read from an object than its record holds.
fn has_more(object: &ObjectSpec) -> bool {
    !asking(object).is_empty()
}

/// The records, and the functions that make them from Java's objects. A record keeps its object if the object has more to read.
fn records() -> String {
    let mut text = String::new();
    for object in made() {
        let (class, name) = (pascal(object.name), object.name);
        let mut keys: Vec<_> = values(object).iter().map(|getter| dashed(getter.name)).collect();
        let mut rows: Vec<_> = values(object).iter().map(read).collect();
        let mut closes = "";
        if has_more(object) {
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
pub fn read(getter: &Getter) -> String {
    present(getter, &format!("(.{} object)", camel(getter.name)))
}

/// The value of a call of Java, or nil if it is absent.
fn present(getter: &Getter, call: &str) -> String {
    match getter.kind {
        _ if getter.documentation.absent.is_none() => call.to_owned(),
        // Java has another class for numbers that may be absent.
        ValueKind::Seconds | ValueKind::Number => format!("(known {call})"),
        _ => format!("(optional {call})"),
    }
}

/// The functions that read from an object.
fn functions() -> String {
    let functions = classes().flat_map(|object| asking(object).into_iter().map(|getter| function(object, &getter)));
    functions.collect::<Vec<_>>().join("\n")
}

/// The values of an object that need a function: those that its map can't hold. A client is no map.
fn asking(object: &ObjectSpec) -> Vec<Getter> {
    let is_map = method_that_makes(object.object).is_some();
    let changes = |getter: &Getter| getter.source == Source::Lookup || getter.kind == ValueKind::Seconds;
    getters(object).into_iter().filter(|getter| !is_map || changes(getter)).collect()
}

/// The name of the function that reads a value. A function that reads any value has the name of its argument: `option`, `member`.
fn reader_name(object: &ObjectSpec, getter: &Getter) -> String {
    match (getter.source, object.object) {
        (Source::Lookup, Object::Client) => "option".to_owned(),
        (Source::Lookup, Object::Token) => "member".to_owned(),
        (Source::Lookup, _) => format!("{}-member", object.name),
        _ => dashed(getter.name),
    }
}

fn function(object: &ObjectSpec, getter: &Getter) -> String {
    let (name, argument, class) = (reader_name(object, getter), object.name, pascal(object.name));
    let target = match method_that_makes(object.object) {
        Some(_) => format!("^talkdeskauth.{class} (:object {argument})"),
        None => argument.to_owned(),
    };
    let method = camel(getter.name);
    let (asked, value, how) = match getter.source {
        Source::Lookup => {
            let value = present(getter, &format!("(.{method} {target} (underscored {name}))"));
            (format!(" {name}"), format!("(translating {value})"), format!("`{name}` is a keyword or text."))
        }
        _ => (String::new(), present(getter, &format!("(.{method} {target})")), String::new()),
    };
    let details = joined(&[getter.documentation.details, &how]);
    let texts = [sentence(getter.documentation, getter.kind, &WORDS), details];
    format!("(defn {name}\n{}  [^{class} {argument}{asked}]\n  {value})\n", docstring(&texts))
}

/// The name of the function for a method. If the method is not the client's, the name begins with its object.
fn function_name(spec: &FunctionSpec) -> String {
    let name = dashed(spec.function.subject());
    match owner(spec) {
        Object::Client => name,
        owner => format!("{}-{name}", owner.spec().name),
    }
}

/// The name and documentation of the function that makes an object from options alone.
fn constructor(spec: &FunctionSpec) -> String {
    let object = made_by(spec);
    let texts = [
        spec.documentation.summary.to_owned(),
        respelled(spec.documentation.details),
        format!(
            "`talkdesk-auth.options/{}` lists the {}. Close the {} with `with-open`.",
            dashed(options_subject(spec)),
            options_name(spec),
            object.name
        ),
        joined(&[object.documentation.summary, &respelled(&details(object, Shared::ByThreads))]),
    ];
    format!("(defn {}\n{}", function_name(spec), docstring(&texts))
}

/// The name and documentation of a function that takes options.
fn method(spec: &FunctionSpec) -> String {
    let (options, documentation) = (options_name(spec), &spec.documentation);
    let made = made_by(spec);
    let blocks = if spec.blocks == Blocks::Network {
        "The call blocks this thread until the answer arrives or the deadline (:timeout) passes. An interrupt, `future-cancel` for \
        example, cancels the call; the error is then :cancelled if nothing was sent, or else :outcome-unknown."
    } else {
        ""
    };
    let open = if has_more(made) {
        let asking = asking(made);
        let asking: Vec<_> = asking.iter().map(|getter| format!("`{}`", reader_name(made, getter))).collect();
        let asking = prose::listed(&asking);
        format!(" Close the map with `with-open`. That frees the object behind it, which {asking} read.")
    } else {
        String::new()
    };
    let texts = [
        documentation.summary.to_owned(),
        joined(&[&respelled(documentation.details), blocks]),
        format!(
            "`talkdesk-auth.options/{}` lists the {options}. The function returns a map; `talkdesk-auth.options/{}-keys` \
             lists its keys.{open} The map prints only its kind. But a plain map that is made from it, for example with `dissoc`, \
             prints everything.",
            dashed(options_subject(spec)),
            made.name
        ),
    ];
    format!("(defn {}\n{}", function_name(spec), docstring(&texts))
}

fn docstring(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().filter(|text| !text.is_empty()).collect();
    let texts: Vec<_> = texts.iter().map(|text| prose::wrapped(&text.replace('"', "\\\""), "  ", "  ", 132)).collect();
    format!("  \"{}\"\n", texts.join("\n").trim())
}

fn respelled(text: &str) -> String {
    prose::respelled(text, |spec| format!("`{}`", function_name(spec)), |spec| format!(":{}", dashed(spec.name)))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
