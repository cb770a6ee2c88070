//! Names for the rows of the tables. All languages share these notions of family, keyword, error class, field and getter.

use talkdesk_auth::{
    Documentation, ERRORS, ErrorSpec, FUNCTIONS, Field, Function, FunctionSpec, Gives, Kind, OBJECTS, OPTIONS, Object,
    ObjectSpec, OptionSpec, Parameter, ParameterKind, ValueKind,
};

/// The options that a function takes.
pub fn options_of(function: Function) -> impl Iterator<Item = &'static OptionSpec> {
    OPTIONS.iter().filter(move |spec| spec.taken_by.contains(&function))
}

/// The options that a function takes, as a binding's keywords. The keyword of a family also takes the values of its JSON family.
pub fn keywords_of(function: Function) -> impl Iterator<Item = &'static OptionSpec> {
    options_of(function).filter(|spec| !is_json_family(spec))
}

/// Whether the values of this family are JSON, and another family has their text: `claim_json.NAME` beside `claim.NAME`.
fn is_json_family(spec: &OptionSpec) -> bool {
    families().any(|family| json_family(family).is_some_and(|json| json.name == spec.name))
}

/// The JSON family beside a family.
fn json_family(family: &str) -> Option<&'static OptionSpec> {
    let name = format!("{family}_json.NAME");
    OPTIONS.iter().find(|spec| spec.name == name)
}

/// Whether the keyword of a family also takes values that are no text.
pub fn takes_json(spec: &OptionSpec) -> bool {
    family(spec).is_some_and(|family| json_family(family).is_some())
}

/// The prefixes of each family that has a JSON family, and of that family.
pub fn json_prefixes() -> impl Iterator<Item = (String, String)> {
    let with_json = families().filter(|family| json_family(family).is_some());
    with_json.map(|family| (format!("{family}."), format!("{family}_json.")))
}

/// The options whose value may be a list of words.
pub fn lists() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().filter(|spec| spec.kind == Kind::Words).map(|spec| spec.name)
}

/// `claim` of `claim.NAME`.
pub fn family(spec: &OptionSpec) -> Option<&'static str> {
    spec.name.strip_suffix(".NAME")
}

/// The families whose values are text.
pub fn families() -> impl Iterator<Item = &'static str> {
    OPTIONS.iter().filter(|spec| spec.kind != Kind::Json).filter_map(family)
}

/// The keyword of an option. The keyword of a family takes all its members: `claims` stands for `claim.NAME`.
pub fn keyword(spec: &OptionSpec) -> String {
    family(spec).map_or(spec.name.to_owned(), |family| format!("{family}s"))
}

/// The declarations of the C functions, with an empty line between objects. The version is declared apart, because it is checked
/// before anything else.
pub fn declared(declaration: impl Fn(&FunctionSpec) -> String) -> String {
    let functions: Vec<_> = FUNCTIONS.iter().filter(|spec| spec.function != Function::Version).collect();
    let of_objects = functions.chunk_by(|one, next| one.object == next.object);
    of_objects
        .map(|functions| functions.iter().map(|spec| declaration(spec)).collect())
        .collect::<Vec<String>>()
        .join("\n")
}

/// The functions that take options.
pub fn takers() -> impl Iterator<Item = &'static FunctionSpec> {
    FUNCTIONS.iter().filter(|spec| options_parameter(spec).is_some())
}

/// The function's own word for its options: `options` or `parameters`.
pub fn options_name(spec: &FunctionSpec) -> &'static str {
    options_parameter(spec).expect("the function takes options")
}

fn options_parameter(spec: &FunctionSpec) -> Option<&'static str> {
    spec.parameters.iter().find(|parameter| parameter.kind == ParameterKind::Options).map(|parameter| parameter.name)
}

/// The name that no other function's options have: the subject of the function, or its whole name if the subject is taken.
pub fn options_subject(spec: &FunctionSpec) -> &'static str {
    let subject = spec.function.subject();
    let first = takers().find(|taker| taker.function.subject() == subject).expect("the function takes options");
    if first.function == spec.function { subject } else { spec.name.trim_start_matches("td_") }
}

/// The type of a function's options: `ClientOptions`, `ExchangeParameters`.
pub fn options_type(spec: &FunctionSpec) -> String {
    pascal(options_subject(spec)) + &pascal(options_name(spec))
}

/// `options of a client`, `parameters of an exchange`
pub fn options_heading(spec: &FunctionSpec) -> String {
    let subject = options_subject(spec).replace('_', " ");
    let article = if subject.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{} of {article} {subject}", options_name(spec))
}

/// The functions that take options and are methods of this object, which is their first parameter.
pub fn methods_of(object: Object) -> impl Iterator<Item = &'static FunctionSpec> {
    takers().filter(move |spec| first_object(spec) == Some(object))
}

/// The objects that a method takes before its options, each as the name of the parameter and the object's class.
pub fn further(spec: &FunctionSpec) -> Vec<(&'static str, &'static ObjectSpec)> {
    let before = spec.parameters.iter().take_while(|parameter| parameter.kind != ParameterKind::Options);
    let further = before.skip(usize::from(is_method(spec)));
    further
        .map(|parameter| match parameter.kind {
            ParameterKind::Object(object) => (parameter.name, object.spec()),
            _ => unreachable!("{}: a new kind of parameter needs its type in the methods of each language", spec.name),
        })
        .collect()
}

/// The object that a function reads or changes.
fn first_object(spec: &FunctionSpec) -> Option<Object> {
    match spec.parameters.first()?.kind {
        ParameterKind::Object(object) | ParameterKind::Changed(object) => Some(object),
        _ => None,
    }
}

/// Whether another function starts the same call, and returns at once.
pub fn can_be_started(spec: &FunctionSpec) -> bool {
    let kind = ParameterKind::OptionsOf(spec.function);
    FUNCTIONS.iter().any(|starter| starter.parameters.iter().any(|parameter| parameter.kind == kind))
}

/// Whether a function that takes options is a method of the object that is its first parameter.
pub fn is_method(spec: &FunctionSpec) -> bool {
    first_object(spec).is_some()
}

/// The object whose class has the method that calls a function. The constructor of an object that is made from options alone
/// belongs to that object.
pub fn owner(spec: &FunctionSpec) -> Object {
    first_object(spec).unwrap_or_else(|| made_by(spec).object)
}

/// The function that makes this object, if it is a method of another one.
pub fn method_that_makes(object: Object) -> Option<&'static FunctionSpec> {
    takers().find(|spec| spec.gives == Gives::Object(object) && first_object(spec).is_some())
}

/// The objects that every binding shows as classes with getters. C++ shows the others, too. In other languages, an error becomes an
/// exception, and the functions that wait use calls and queues inside.
pub fn classes() -> impl Iterator<Item = &'static ObjectSpec> {
    OBJECTS.iter().filter(|spec| ![Object::Error, Object::Call, Object::Queue].contains(&spec.object))
}

/// The class of the object that a function makes.
pub fn made_by(spec: &FunctionSpec) -> &'static ObjectSpec {
    match spec.gives {
        Gives::Object(object) => object.spec(),
        _ => unreachable!("{} makes no object", spec.name),
    }
}

/// The functions that the class of an object calls: those whose first parameter is the object, and the one that makes it from
/// options alone.
pub fn functions_of(object: Object) -> impl Iterator<Item = &'static FunctionSpec> {
    FUNCTIONS.iter().filter(move |spec| match first_object(spec) {
        Some(first) => first == object,
        None => spec.gives == Gives::Object(object),
    })
}

/// The kind of the value that a plain getter reads: a function that takes only the object, or the object and a name.
pub fn value_read_by(spec: &FunctionSpec) -> Option<ValueKind> {
    match (spec.gives, spec.parameters) {
        (Gives::Value(kind), [Parameter { kind: ParameterKind::Object(_), .. }, rest @ ..]) => {
            rest.iter().all(|parameter| parameter.kind == ParameterKind::Name).then_some(kind)
        }
        _ => None,
    }
}

/// A value that bindings read from an object.
pub struct Getter {
    /// Its name in the bindings.
    pub name: &'static str,
    pub source: Source,
    /// The function that reads it.
    pub function: &'static FunctionSpec,
    pub kind: ValueKind,
    /// The member that holds it, if one does.
    pub inside: Option<&'static str>,
    pub documentation: &'static Documentation,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Source {
    /// The getter has a function of its own.
    Function,
    /// The getter calls `get` with its own name.
    Member,
    /// The getter is `get` itself, and takes any name.
    Lookup,
}

/// The plain getters of an object, in the order of the table. The getters that use `get` come before it.
pub fn getters(object: &ObjectSpec) -> Vec<Getter> {
    let mut getters = Vec::new();
    for function in functions_of(object.object) {
        let Some(kind) = value_read_by(function) else { continue };
        let getter =
            |name, source, kind, documentation| Getter { name, source, function, kind, inside: None, documentation };
        if !looks_up(function) {
            getters.push(getter(getter_name(function), Source::Function, kind, &function.documentation));
            continue;
        }
        getters.extend(object.members.iter().map(|member| Getter {
            inside: member.inside,
            ..getter(member.name, Source::Member, member.kind, &member.documentation)
        }));
        if object.is_open {
            getters.push(getter("get", Source::Lookup, kind, &function.documentation));
        }
    }
    getters
}

/// Whether a function of the library returns this kind as a number, not as text.
pub fn is_number(kind: ValueKind) -> bool {
    matches!(kind, ValueKind::Time | ValueKind::Seconds | ValueKind::Number | ValueKind::Boolean)
}

/// The variable that holds a number until a getter has turned it into a value.
pub fn variable(kind: ValueKind) -> &'static str {
    if matches!(kind, ValueKind::Time | ValueKind::Seconds) { "seconds" } else { "answer" }
}

/// Whether a function finds values by name.
pub fn looks_up(function: &FunctionSpec) -> bool {
    function.parameters.iter().any(|parameter| parameter.kind == ParameterKind::Name)
}

/// `type` is a reserved word in some languages, so the getter has the RFC's name, `token_type`.
fn getter_name(function: &FunctionSpec) -> &'static str {
    match function.function.short_name() {
        "type" => function.name.trim_start_matches("td_"),
        name => name,
    }
}

/// The fields of all errors. Each field occurs once, with the errors that have it.
pub fn fields() -> Vec<(&'static Field, Vec<&'static ErrorSpec>)> {
    let mut fields: Vec<(&Field, Vec<&ErrorSpec>)> = Vec::new();
    for spec in ERRORS {
        for field in spec.fields {
            match fields.iter_mut().find(|(known, _)| known.name == field.name) {
                Some((_, errors)) => errors.push(spec),
                None => fields.push((field, vec![spec])),
            }
        }
    }
    fields
}

/// The fields of the base of all errors.
pub fn general_fields() -> impl Iterator<Item = &'static Field> {
    fields().into_iter().map(|(field, _)| field).filter(|field| field.general)
}

/// The fields of the class of an error, apart from those of the base.
pub fn own_fields(spec: &ErrorSpec) -> impl Iterator<Item = &'static Field> {
    spec.fields.iter().filter(|field| !field.general)
}

/// `invalid_option` gives `InvalidOptionError`, and `oauth_error` gives `OauthError`; `ending` is `Error` or `Exception`.
pub fn error_class(spec: &ErrorSpec, ending: &str) -> String {
    pascal(spec.name.trim_end_matches("_error")) + ending
}

/// `SecondsLeft` of `seconds_left`.
pub fn pascal(name: &str) -> String {
    name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect()
}

/// `secondsLeft` of `seconds_left`.
pub fn camel(name: &str) -> String {
    let name = pascal(name);
    name[..1].to_lowercase() + &name[1..]
}
