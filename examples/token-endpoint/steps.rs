//! The steps of a conformance case: the calls, the objects on which they are made, and the checks of their results.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};
use talkdesk_auth::ERRORS;

use crate::cases::{Layers, Members, Outcome, only, text};
use crate::templates::{Filler, Templates, is_family, is_to_be_shown};

/// A call that a step can make. A new call needs a row in `CALLS` and an entry in the table of each runner.
pub struct Call {
    name: &'static str,
    /// The kinds of object on which it can be made; empty if it needs no object.
    on: &'static [&'static str],
    effect: Effect,
    /// The members that a step with this call may have.
    pub members: &'static [&'static str],
}

enum Effect {
    Makes(&'static Kind),
    /// The step looks at the object again.
    Reads,
    /// The object can't be used afterwards.
    Ends,
}

/// A kind of object.
struct Kind {
    /// The name of the kind, and the default name of an object.
    name: &'static str,
    /// The parts that a runner can read. A path to a member begins with one of them.
    parts: &'static [&'static str],
}

static CLIENT: Kind = Kind { name: "client", parts: &["client"] };
static ASSERTION: Kind = Kind { name: "assertion", parts: &["assertion", "header", "claims"] };
static TOKEN: Kind = Kind { name: "token", parts: &["token", "request"] };

static CALLS: [Call; 5] = [
    Call {
        name: "client",
        on: &[],
        effect: Effect::Makes(&CLIENT),
        members: &["call", "as", "registered", "with", "client", "without", "expect"],
    },
    Call {
        name: "assertion",
        on: &["client"],
        effect: Effect::Makes(&ASSERTION),
        members: &["call", "on", "as", "registered", "options", "expect"],
    },
    Call {
        name: "exchange",
        on: &["client"],
        effect: Effect::Makes(&TOKEN),
        members: &["call", "on", "as", "registered", "options", "expect"],
    },
    Call {
        name: "read",
        on: &["client", "assertion", "token"],
        effect: Effect::Reads,
        members: &["call", "on", "registered", "expect"],
    },
    Call { name: "close", on: &["client", "token"], effect: Effect::Ends, members: &["call", "on"] },
];

impl Call {
    pub fn named(name: &str) -> Outcome<&'static Self> {
        CALLS.iter().find(|call| call.name == name).ok_or_else(|| format!("unknown call {name}").into())
    }

    /// The call with which every case begins.
    pub fn client() -> &'static Self {
        &CALLS[0]
    }

    pub fn is_client(&self) -> bool {
        self.name == Self::client().name
    }

    /// The name of the object on which a step makes the call.
    fn target<'a>(&self, layers: &'a Layers) -> Outcome<Option<&'a str>> {
        if self.on.is_empty() {
            return Ok(None);
        }
        Ok(Some(layers.own("on").map_or(Some(CLIENT.name), Value::as_str).ok_or("on is not text")?))
    }

    /// The name and the kind of the object that a step makes.
    fn made<'a>(&self, layers: &'a Layers, fails: bool) -> Outcome<Option<(&'a str, &'static Kind)>> {
        let name = layers.own("as").map(|name| name.as_str().ok_or("as is not text")).transpose()?;
        match (&self.effect, fails) {
            (Effect::Makes(kind), false) => Ok(Some((name.unwrap_or(kind.name), kind))),
            (Effect::Makes(_), true) if name.is_some() => Err("as beside an error; a failed call makes none".into()),
            (Effect::Reads | Effect::Ends, true) => Err(format!("{} never fails", self.name).into()),
            _ => Ok(None),
        }
    }
}

impl Effect {
    /// The kind of object that the step looks at afterwards.
    fn seen(&self, on: Option<&Object>) -> Option<&'static Kind> {
        match self {
            Self::Makes(kind) => Some(kind),
            Self::Reads => on.map(|object| object.kind),
            Self::Ends => None,
        }
    }
}

/// A case while its steps are resolved.
pub struct Course<'a> {
    templates: Templates<'a>,
    objects: Objects,
}

/// The objects that the steps have made so far, by name.
#[derive(Default)]
struct Objects(HashMap<String, Object>);

struct Object {
    kind: &'static Kind,
    /// The algorithm of the registered client that it came from.
    registered: String,
    closed: bool,
}

impl<'a> Course<'a> {
    pub fn new(templates: Templates<'a>) -> Self {
        Self { templates, objects: Objects::default() }
    }

    /// Resolves a step into the form that the runner gets.
    pub fn step(&mut self, number: usize, call: &Call, layers: &Layers, expect: Option<&Members>) -> Outcome<Value> {
        let on = call.target(layers)?;
        let object = on.map(|name| self.objects.for_call(name, call)).transpose()?;
        let registered = registered(layers, object)?;
        let seen = call.effect.seen(object);
        let given = if call.is_client() { layers.client()? } else { layers.merged("options")? };

        let filler = self.templates.filler(number, &registered)?;
        let mut resolver = Resolver { objects: &self.objects, filler };
        let (options, from) = resolver.options(&given)?;
        let checks = match (seen, expect) {
            (Some(kind), Some(expect)) => resolver.checks(kind, expect)?,
            _ => Vec::new(),
        };
        if checks.is_empty() && (expect.is_some() || matches!(call.effect, Effect::Reads)) {
            return Err("nothing is expected".into());
        }
        let fails = expect.is_some_and(|expect| expect.contains_key("error"));
        let made = call.made(layers, fails)?;
        if let Some((name, kind)) = made {
            self.objects.add(name, Object { kind, registered, closed: false })?;
        }
        if let (Effect::Ends, Some(name)) = (&call.effect, on) {
            self.objects.close(name);
        }
        Ok(json!({
            "step": number,
            "call": call.name,
            "on": on,
            "as": made.map(|(name, _)| name),
            "options": options,
            "from": from,
            "fails": fails,
            "checks": checks,
        }))
    }
}

/// The algorithm of the registered client that a step uses.
fn registered(layers: &Layers, on: Option<&Object>) -> Outcome<String> {
    let given = match on {
        None => layers.own("registered").map_or(Some("ES256"), Value::as_str),
        Some(object) => layers.nearest("registered").map_or(Some(object.registered.as_str()), Value::as_str),
    };
    Ok(given.ok_or("registered is not text")?.into())
}

impl Objects {
    fn open(&self, name: &str) -> Outcome<&Object> {
        match self.0.get(name) {
            None => Err(format!("nothing is named {name}").into()),
            Some(object) if object.closed => Err(format!("{name} is closed").into()),
            Some(object) => Ok(object),
        }
    }

    fn for_call(&self, name: &str, call: &Call) -> Outcome<&Object> {
        let object = self.open(name)?;
        if call.on.contains(&object.kind.name) {
            Ok(object)
        } else {
            Err(format!("{} on {name}, which is of kind {}", call.name, object.kind.name).into())
        }
    }

    fn add(&mut self, name: &str, object: Object) -> Outcome<()> {
        match self.0.insert(name.into(), object) {
            Some(_) => Err(format!("two objects are named {name}").into()),
            None => Ok(()),
        }
    }

    fn close(&mut self, name: &str) {
        self.0.entry(name.into()).and_modify(|object| object.closed = true);
    }

    /// The path OBJECT, PART, MEMBER. If the part is a tree, further members may follow.
    fn reference(&self, path: &Value) -> Outcome<Value> {
        let words: Option<Vec<&str>> = path.as_array().and_then(|words| words.iter().map(Value::as_str).collect());
        let Some([object, part, _, deeper @ ..]) = words.as_deref() else {
            return Err(format!("{path} is not [OBJECT, PART, MEMBER]").into());
        };
        let kind = self.open(object)?.kind;
        if !kind.parts.contains(part) {
            return Err(format!("{path}: {part} is not a part of a {}", kind.name).into());
        }
        if !deeper.is_empty() && !is_tree(part) {
            return Err(format!("{path}: a member of {part} has no members").into());
        }
        Ok(path.clone())
    }
}

fn is_tree(part: &str) -> bool {
    part == "request"
}

/// Resolves the options and the checks of one step.
struct Resolver<'r, 't, 'a> {
    objects: &'r Objects,
    filler: Filler<'t, 'a>,
}

impl Resolver<'_, '_, '_> {
    /// The options that have values, and the options whose values come from an earlier object.
    fn options(&mut self, given: &Members) -> Outcome<(Members, Members)> {
        let (mut options, mut from) = (Members::new(), Members::new());
        for (name, value) in given {
            match value.as_object().filter(|members| members.contains_key("from") && !is_family(name)) {
                Some(members) => {
                    only(members, &["from"])?;
                    from.insert(name.clone(), self.objects.reference(&members["from"])?);
                }
                None => {
                    options.insert(name.clone(), self.filler.option(name, value)?);
                }
            }
        }
        Ok((options, from))
    }

    fn checks(&mut self, kind: &Kind, expect: &Members) -> Outcome<Vec<Value>> {
        if let Some(error) = expect.get("error") {
            only(expect, &["error"])?;
            return self.error_checks(error.as_object().ok_or("error is not an object")?);
        }
        only(expect, kind.parts)?;
        let mut checks = Vec::new();
        for (part, members) in expect {
            for (name, value) in members.as_object().ok_or_else(|| format!("{part} is not an object"))? {
                self.add_checks(&mut checks, &[part, name], value)?;
            }
        }
        Ok(checks)
    }

    /// The code follows from the name. Every field that the case does not list must be absent. The runner shows the message.
    fn error_checks(&mut self, expected: &Members) -> Outcome<Vec<Value>> {
        let name = text(expected, "name")?;
        let spec = ERRORS.iter().find(|spec| spec.name == name).ok_or_else(|| format!("no error is named {name}"))?;
        let own: Vec<&str> = spec.fields.iter().map(|field| field.name).collect();
        only(expected, &[&["name", "retryable", "message"], &own[..]].concat())?;
        let fields: BTreeSet<&str> = ERRORS.iter().flat_map(|spec| spec.fields).map(|field| field.name).collect();

        let mut checks = vec![json!({ "path": ["error", "code"], "is": "literal", "value": spec.code as i32 })];
        let retryable = expected.get("retryable").cloned().unwrap_or(false.into());
        self.add_checks(&mut checks, &["error", "retryable"], &retryable)?;
        for field in fields {
            let value = expected.get(field).cloned().unwrap_or(json!({ "absent": true }));
            self.add_checks(&mut checks, &["error", field], &value)?;
        }
        self.add_checks(&mut checks, &["error", "name"], &name.into())?;
        if let Some(message) = expected.get("message") {
            self.add_checks(&mut checks, &["error", "message"], message)?;
        }
        checks.push(json!({ "path": ["error", "message"], "is": "shown", "value": null }));
        Ok(checks)
    }

    fn add_checks(&mut self, checks: &mut Vec<Value>, path: &[&str], expected: &Value) -> Outcome<()> {
        let (is, value) = match expected {
            Value::Object(members) => {
                let matcher = members.iter().next().filter(|_| members.len() == 1);
                match matcher.map(|(kind, value)| (kind.as_str(), value)) {
                    Some((kind @ ("present" | "absent"), Value::Bool(true))) => (kind, Value::Null),
                    Some((kind @ "near_now", Value::Number(seconds))) => (kind, seconds.clone().into()),
                    Some((kind @ "contains", Value::String(_))) => (kind, members[kind].clone()),
                    Some((kind @ ("same_as" | "other_than"), Value::Array(_))) => {
                        (kind, self.objects.reference(&members[kind])?)
                    }
                    _ if is_tree(path[0]) => {
                        for (name, value) in members {
                            self.add_checks(checks, &[path, &[name]].concat(), value)?;
                        }
                        return Ok(());
                    }
                    _ => return Err(format!("{path:?}: unknown matcher {expected}").into()),
                }
            }
            Value::String(text) => {
                let filled = self.filler.text(text)?;
                let is = if is_to_be_shown(text, &filled) { "literal" } else { "hidden" };
                (is, filled.into())
            }
            Value::Number(_) | Value::Bool(_) => ("literal", expected.clone()),
            Value::Null | Value::Array(_) => return Err(format!("{path:?}: {expected} is not a literal").into()),
        };
        checks.push(json!({ "path": path, "is": is, "value": value }));
        Ok(())
    }
}
