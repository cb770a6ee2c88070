//! The conformance cases, resolved for the runner of one language. It gets steps, each with its options as they are to be given and
//! a list of checks. So it needs no template, no key and no HTTP client.

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
a file of cases is a list of groups: {\"group\": NAME, \"cases\": [...]}, and any member of its cases by default; a case has
  name                     told in the runner's line
  call                     client, assertion or exchange
  registered               the algorithm of the registered client that it is about; ES256 by default
  with                     faults by name, for this endpoint as token_endpoint; a list repeats one
  client, options          what the client and the call get, added to the group's; {\"json\": ...} gives JSON and
                           {\"file\": CONTENT, \"as\": NAME} a path, with a name by default
  without                  options of the client that it does without
  expect                   error, client, assertion, header, claims, token and request, with what each of their members must be:
                           a literal, {\"present\": true}, {\"absent\": true}, {\"contains\": TEXT}, or {\"near_now\": SECONDS} for a time
                           that lies so many seconds after the call
  steps                    in place of call, options and expect: a list of steps, for several calls

a case with steps makes its client, whose name is client, and then takes one step after the other; a step has
  call                     client, assertion or exchange; read, to look at an object again; or close, for a client or a token
  on                       the name of the object that the call is made on; client by default
  as                       the name of the object that the call makes; assertion or token by default
  registered, with, client, without
                           for a further client; the case's are its defaults. Any step can have registered: its templates are then
                           about that client, and not about the one that its object came from
  options                  what the call gets; {\"from\": [OBJECT, PART, MEMBER]} gives what an earlier object answers
  expect                   as above, and {\"same_as\": [OBJECT, PART, MEMBER]} or {\"other_than\": [OBJECT, PART, MEMBER]}
                           compares with what an earlier object answers. A step without it must not fail

in texts stand
  {{NAME}}                 a member of this client or of the ready line
  {{code}} {{code VERIFIER}} {{refresh_token}}
                           fresh ones, each the same throughout its case; for the scope openid contacts:read
  {{repeat N TEXT}}        the text N times
  {{folder}}               a folder for the runner's files
  {{key_of ALGORITHM ...}} another client's key, spelled like this one's:
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
            Some(steps) => several(&mut course, group, case, steps.as_array().ok_or("steps is no list")?)?,
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

/// The steps of a case that is written without a list. Unless its call makes the client, a step before it does.
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
        return Err(format!("{name} beside steps, each of which has its own").into());
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

/// Where a member of a step can stand: in its group, its case or the step itself, in this order. The last one counts.
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
            all.extend(value.as_object().ok_or_else(|| format!("{name} is no object"))?.clone());
        }
        Ok(all)
    }

    /// The options of a client, with the token endpoint that has its faults.
    pub fn client(&self) -> Outcome<Members> {
        let mut client = self.merged("client")?;
        if let Some(faults) = self.faults()? {
            let url = format!("{{{{http}}}}/with/{}/oauth/token", fault_list(faults)?);
            client.insert("token_endpoint".into(), url.into());
        }
        for name in self.0.iter().filter_map(|layer| layer.get("without")?.as_array()).flatten() {
            let name = name.as_str().ok_or("without lists names")?;
            client.remove(name).ok_or_else(|| format!("without {name}, which it has not"))?;
        }
        Ok(client)
    }

    /// The faults, unless a later layer gives a token endpoint.
    fn faults(&self) -> Outcome<Option<&Value>> {
        for layer in self.0.iter().rev() {
            let addressed = layer.get("client").is_some_and(|own| own.get("token_endpoint").is_some());
            match layer.get("with") {
                Some(_) if addressed => return Err("with and token_endpoint, of which one is needed".into()),
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
        self.own("expect").map(|expect| expect.as_object().ok_or("expect is no object".into())).transpose()
    }
}

/// Faults as they stand in a path.
fn fault_list(faults: &Value) -> Outcome<String> {
    let mut list = Vec::new();
    for (name, value) in faults.as_object().ok_or("with is no object")? {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            list.push(format!("{name}={}", utf8_percent_encode(&text, NON_ALPHANUMERIC)));
        }
    }
    Ok(list.join(","))
}

pub fn text<'a>(members: &'a Members, name: &str) -> Outcome<&'a str> {
    members.get(name).and_then(Value::as_str).ok_or_else(|| format!("{name} is no text").into())
}

pub fn only(members: &Members, known: &[&str]) -> Outcome<()> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(format!("unknown member {unknown}").into()),
        None => Ok(()),
    }
}
