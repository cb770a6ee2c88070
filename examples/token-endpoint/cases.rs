//! Resolves the conformance cases for the runner of one language. The runner gets steps. Each step has its options in their final
//! form, and a list of checks. So the runner needs no template, no key and no HTTP client.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::rc::Rc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::keys::Client;
use crate::service::Service;
use crate::steps::{Call, Course};
use crate::templates::Templates;

pub const HELP: &str = "\
A file of cases is a list of groups: {\"group\": NAME, \"cases\": [...]}; other members of a group are defaults for its cases.
A case has
  name                     the name; the runner prints it in the line of the case
  call                     client, assertion or exchange
  registered               the algorithm of the registered client that the case uses; ES256 by default
  with                     faults by name; this endpoint with these faults becomes token_endpoint. A list repeats a fault
  client, options          the options of the client and of the call, added to the group's. {\"json\": ...} becomes JSON text, and
                           {\"file\": CONTENT, \"as\": NAME} becomes the path of a file; NAME may be left out
  without                  the options of the client that the case leaves out
  expect                   error, client, assertion, header, claims, token and request, with the expected value of each member:
                           a literal, {\"present\": true}, {\"absent\": true}, {\"contains\": TEXT}, or {\"near_now\": SECONDS} for a time
                           that many seconds after the call
  steps                    a list of steps, for several calls; it replaces call, options and expect

A case with steps first makes its client, which is named client. Then it takes one step after the other. A step has
  call                     client, assertion or exchange; read, to look at an object again; or close, for a client or a token
  on                       the name of the object on which the call is made; client by default
  as                       the name of the object that the call makes; assertion or token by default
  registered, with, client, without
                           for a further client; the defaults are those of the case. Any step can have registered: then its
                           templates use that client, instead of the client that its object came from
  options                  the options of the call; {\"from\": [OBJECT, PART, MEMBER]} takes a value from an earlier object
  expect                   as above; {\"same_as\": [OBJECT, PART, MEMBER]} or {\"other_than\": [OBJECT, PART, MEMBER]} compares
                           with a value of an earlier object. A step without expect must not fail

Texts can contain
  {{NAME}}                 a member of this client or of the ready line
  {{code}} {{code VERIFIER}} {{refresh_token}}
                           a fresh code or refresh token for the scope openid contacts:read; it stays the same throughout its case
  {{repeat N TEXT}}        the text N times
  {{folder}}               a folder for the runner's files
  {{key_of ALGORITHM ...}} another client's key, with the same steps as this client's key:
";

pub type Members = Map<String, Value>;
pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Where templates get their values.
pub struct Sources<'a> {
    pub ready: &'a Value,
    pub service: &'a Service,
}

impl Sources<'_> {
    /// Writes `out/RUNNER.json` for each runner.
    pub fn expand(&self, file: &Path, out: &Path, runners: &[String]) -> Outcome<()> {
        let groups: Vec<Members> = serde_json::from_slice(&fs::read(file)?)?;
        for runner in runners {
            let folder = out.join(runner);
            fs::create_dir_all(&folder)?;
            let mut cases = Vec::new();
            for group in &groups {
                let name = text(group, "group")?;
                for case in group.get("cases").and_then(Value::as_array).ok_or("a group without cases")? {
                    let case = case.as_object().ok_or("a case is an object")?;
                    let resolved = self.resolve(group, case, &folder, cases.len());
                    let label = case.get("name").unwrap_or(&Value::Null);
                    cases.push(resolved.map_err(|problem| format!("{name}: {label}: {problem}"))?);
                }
            }
            let names: BTreeSet<_> = cases.iter().map(|case| case["name"].to_string()).collect();
            if names.len() != cases.len() {
                return Err("two cases have the same name".into());
            }
            fs::write(out.join(format!("{runner}.json")), format!("{:#}\n", Value::from(cases)))?;
        }
        Ok(())
    }

    fn resolve(&self, group: &Members, case: &Members, folder: &Path, number: usize) -> Outcome<Value> {
        only(group, &["group", "cases", "call", "registered", "with", "client", "options", "expect"])?;
        only(case, &["name", "call", "registered", "with", "client", "without", "options", "expect", "steps"])?;
        let mut course = Course::new(Templates::new(self, folder, number));
        let steps = match case.get("steps") {
            Some(steps) => several(&mut course, group, case, steps.as_array().ok_or("steps is not a list")?)?,
            None => single(&mut course, &Layers(&[group, case]))?,
        };
        if steps.iter().all(|step| step["checks"] == json!([])) {
            return Err("nothing is expected".into());
        }
        Ok(json!({ "name": text(case, "name")?, "steps": steps }))
    }

    pub fn client(&self, algorithm: &str) -> Outcome<Rc<Client>> {
        let id = self.ready["clients"][algorithm]["client_id"].as_str().unwrap_or_default();
        self.service.client(id).ok_or_else(|| format!("no client is registered for {algorithm}").into())
    }
}

/// The steps of a case that is written without a list. If its call does not make the client, an extra first step makes it.
fn single(course: &mut Course, layers: &Layers) -> Outcome<Vec<Value>> {
    let call = layers.call()?;
    let expected = layers.expected()?;
    if call.is_client() {
        return Ok(vec![course.step(0, call, layers, expected)?]);
    }
    let client = course.step(0, Call::client(), layers, None)?;
    Ok(vec![client, course.step(1, call, layers, expected)?])
}

fn several(course: &mut Course, group: &Members, case: &Members, steps: &[Value]) -> Outcome<Vec<Value>> {
    let layers = Layers(&[group, case]);
    if let Some(name) = ["call", "options", "expect"].into_iter().find(|name| layers.own(name).is_some()) {
        return Err(format!("{name} beside steps; each step has its own").into());
    }
    let mut all = vec![course.step(0, Call::client(), &layers, None)?];
    for (number, step) in (1..).zip(steps) {
        let resolved = further(course, number, &[group, case], step);
        all.push(resolved.map_err(|problem| format!("step {number}: {problem}"))?);
    }
    Ok(all)
}

fn further(course: &mut Course, number: usize, around: &[&Members], step: &Value) -> Outcome<Value> {
    let step = step.as_object().ok_or("a step is an object")?;
    let layers = [around, &[step]].concat();
    let layers = Layers(&layers);
    let call = layers.call()?;
    only(step, call.members)?;
    course.step(number, call, &layers, layers.expected()?)
}

/// The places where a member of a step can be: its group, its case and the step itself, in this order. The last one counts.
pub struct Layers<'a>(&'a [&'a Members]);

impl Layers<'_> {
    pub fn own(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find_map(|layer| layer.get(name))
    }

    /// A member of the last layer alone.
    pub fn nearest(&self, name: &str) -> Option<&Value> {
        self.0.last()?.get(name)
    }

    pub fn merged(&self, name: &str) -> Outcome<Members> {
        let mut all = Members::new();
        for value in self.0.iter().filter_map(|layer| layer.get(name)) {
            all.extend(value.as_object().ok_or_else(|| format!("{name} is not an object"))?.clone());
        }
        Ok(all)
    }

    /// The options of a client, including the token endpoint with its faults.
    pub fn client(&self) -> Outcome<Members> {
        let mut client = self.merged("client")?;
        if let Some(faults) = self.faults()? {
            let url = format!("{{{{http}}}}/with/{}/oauth/token", fault_list(faults)?);
            client.insert("token_endpoint".into(), url.into());
        }
        for name in self.0.iter().filter_map(|layer| layer.get("without")?.as_array()).flatten() {
            let name = name.as_str().ok_or("without lists names")?;
            client.remove(name).ok_or_else(|| format!("without {name}, which the client does not have"))?;
        }
        Ok(client)
    }

    /// The faults, unless a later layer gives a token endpoint.
    fn faults(&self) -> Outcome<Option<&Value>> {
        for layer in self.0.iter().rev() {
            let addressed = layer.get("client").is_some_and(|own| own.get("token_endpoint").is_some());
            match layer.get("with") {
                Some(_) if addressed => return Err("with contradicts token_endpoint".into()),
                Some(faults) => return Ok(Some(faults)),
                None if addressed => return Ok(None),
                None => {}
            }
        }
        Ok(None)
    }

    fn call(&self) -> Outcome<&'static Call> {
        Call::named(self.own("call").and_then(Value::as_str).ok_or("call is missing")?)
    }

    fn expected(&self) -> Outcome<Option<&Members>> {
        self.own("expect").map(|expect| expect.as_object().ok_or("expect is not an object".into())).transpose()
    }
}

/// The faults, as a path contains them.
fn fault_list(faults: &Value) -> Outcome<String> {
    let mut list = Vec::new();
    for (name, value) in faults.as_object().ok_or("with is not an object")? {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            list.push(format!("{name}={}", utf8_percent_encode(&text, NON_ALPHANUMERIC)));
        }
    }
    Ok(list.join(","))
}

pub fn text<'a>(members: &'a Members, name: &str) -> Outcome<&'a str> {
    members.get(name).and_then(Value::as_str).ok_or_else(|| format!("{name} is not text").into())
}

pub fn only(members: &Members, known: &[&str]) -> Outcome<()> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(format!("unknown member {unknown}").into()),
        None => Ok(()),
    }
}
