//! The conformance cases, resolved for the runner of one language: it gets options as they are to be given and a list of checks, and so
//! needs no template, no key and no HTTP client.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use talkdesk_auth::ERRORS;

use crate::grants::{Authorization, challenge_of};
use crate::keys::Client;
use crate::service::Service;
use crate::spellings;

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

in texts stand
  {{NAME}}                 a member of this client or of the ready line
  {{code}} {{code VERIFIER}} {{refresh_token}}
                           fresh ones; for the scope openid contacts:read
  {{repeat N TEXT}}        the text N times
  {{folder}}               a folder for the runner's files
  {{key_of ALGORITHM ...}} another client's key, spelled like this one's:
";

type Members = Map<String, Value>;
type Outcome<T> = Result<T, Box<dyn Error>>;

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
        only(case, &["name", "call", "registered", "with", "client", "without", "options", "expect"])?;
        let own = |name: &str| case.get(name).or_else(|| group.get(name));
        let registered = own("registered").map_or(Some("ES256"), Value::as_str).ok_or("registered is no text")?;
        let mut resolver = Resolver {
            sources: self,
            registered: &self.ready["clients"][registered],
            client: self.client(registered)?,
            folder,
            files: folder.join(number.to_string()),
            known: HashMap::new(),
        };
        let mut client = merged(group, case, "client")?;
        let addressed = case.get("client").is_some_and(|own| own.get("token_endpoint").is_some());
        if addressed && case.contains_key("with") {
            return Err("with and token_endpoint, of which one is needed".into());
        }
        if let Some(faults) = own("with").filter(|_| !addressed) {
            let url = format!("{{{{http}}}}/with/{}/oauth/token", fault_list(faults)?);
            client.insert("token_endpoint".into(), url.into());
        }
        for name in case.get("without").and_then(Value::as_array).into_iter().flatten() {
            let name = name.as_str().ok_or("without lists names")?;
            client.remove(name).ok_or_else(|| format!("without {name}, which it has not"))?;
        }
        let call = own("call").and_then(Value::as_str).ok_or("call is missing")?;
        let expect = own("expect").and_then(Value::as_object).ok_or("expect is missing")?;
        Ok(json!({
            "name": text(case, "name")?,
            "call": call,
            "client": resolver.options(&client)?,
            "options": resolver.options(&merged(group, case, "options")?)?,
            "checks": resolver.checks(call, expect)?,
        }))
    }

    fn client(&self, algorithm: &str) -> Outcome<Rc<Client>> {
        let id = self.ready["clients"][algorithm]["client_id"].as_str().unwrap_or_default();
        self.service.client(id).ok_or_else(|| format!("no client is registered for {algorithm}").into())
    }
}

fn text<'a>(members: &'a Members, name: &str) -> Outcome<&'a str> {
    members.get(name).and_then(Value::as_str).ok_or_else(|| format!("{name} is no text").into())
}

fn only(members: &Members, known: &[&str]) -> Outcome<()> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => Err(format!("unknown member {unknown}").into()),
        None => Ok(()),
    }
}

fn merged(group: &Members, case: &Members, name: &str) -> Outcome<Members> {
    let mut all = Members::new();
    for value in [group.get(name), case.get(name)].into_iter().flatten() {
        all.extend(value.as_object().ok_or_else(|| format!("{name} is no object"))?.clone());
    }
    Ok(all)
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

/// What one case needs to become data.
struct Resolver<'a> {
    sources: &'a Sources<'a>,
    registered: &'a Value,
    client: Rc<Client>,
    folder: &'a Path,
    /// How the paths of its files begin.
    files: PathBuf,
    /// What templates became: the same one is the same code throughout its case.
    known: HashMap<String, Vec<u8>>,
}

impl Resolver<'_> {
    fn options(&mut self, given: &Members) -> Outcome<Members> {
        given.iter().map(|(name, value)| Ok((name.clone(), self.option(name, value)?))).collect()
    }

    fn option(&mut self, name: &str, value: &Value) -> Outcome<Value> {
        match value {
            Value::Object(members) if ["claims", "params"].contains(&name) => Ok(self.options(members)?.into()),
            Value::Object(members) => match members.get("file") {
                Some(content) => {
                    only(members, &["file", "as"])?;
                    let path = self.files.with_extension(members.get("as").and_then(Value::as_str).unwrap_or(name));
                    fs::write(&path, self.content(content)?)?;
                    Ok(path.to_str().ok_or("the path of a file is no text")?.into())
                }
                None => Ok(String::from_utf8(self.content(value)?)?.into()),
            },
            Value::String(text) => Ok(String::from_utf8(self.filled(text)?)?.into()),
            Value::Array(_) => Err(format!("{name} is a list").into()),
            other => Ok(other.clone()),
        }
    }

    fn content(&mut self, value: &Value) -> Outcome<Vec<u8>> {
        match value {
            Value::String(text) => self.filled(text),
            Value::Object(members) if members.len() == 1 && members.contains_key("json") => {
                Ok(self.json(&members["json"])?.to_string().into())
            }
            _ => Err("neither text nor json".into()),
        }
    }

    fn json(&mut self, value: &Value) -> Outcome<Value> {
        Ok(match value {
            Value::String(text) => String::from_utf8(self.filled(text)?)?.into(),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect::<Outcome<_>>()?,
            Value::Object(members) => {
                let pairs = members.iter().map(|(name, value)| Ok((name.clone(), self.json(value)?)));
                Value::Object(pairs.collect::<Outcome<_>>()?)
            }
            other => other.clone(),
        })
    }

    /// The text with its templates filled in; with a key, it may be none.
    fn filled(&mut self, text: &str) -> Outcome<Vec<u8>> {
        let mut filled = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("{{") {
            let (template, behind) = behind.split_once("}}").ok_or("a template that does not end")?;
            filled.extend_from_slice(before.as_bytes());
            if !self.known.contains_key(template) {
                let value = self.value(template).map_err(|problem| format!("{{{{{template}}}}}: {problem}"))?;
                self.known.insert(template.into(), value);
            }
            filled.extend_from_slice(&self.known[template]);
            rest = behind;
        }
        filled.extend_from_slice(rest.as_bytes());
        Ok(filled)
    }

    fn value(&self, template: &str) -> Outcome<Vec<u8>> {
        let words: Vec<&str> = template.split_whitespace().collect();
        let text = match words[..] {
            ["key", ref steps @ ..] => return spellings::spell(&self.client.pair, steps),
            ["key_of", algorithm, ref steps @ ..] => {
                return spellings::spell(&self.sources.client(algorithm)?.pair, steps);
            }
            ["code"] => self.code(None),
            ["code", verifier] => self.code(Some(verifier)),
            ["refresh_token"] => self.sources.service.grants().refresh_token(&self.client.id, SCOPE),
            ["repeat", count, text] => text.repeat(count.parse()?),
            ["folder"] => self.folder.to_str().ok_or("the path of the folder is no text")?.into(),
            [name] => {
                let known = [self.registered, self.sources.ready].into_iter().find_map(|source| source[name].as_str());
                known.ok_or("unknown")?.into()
            }
            _ => return Err("unknown".into()),
        };
        Ok(text.into())
    }

    fn code(&self, verifier: Option<&str>) -> String {
        self.sources.service.grants().authorize(Authorization {
            client_id: self.client.id.clone(),
            redirect_uri: None,
            scope: Some(SCOPE.into()),
            nonce: None,
            challenge: verifier.map(challenge_of),
        })
    }

    fn checks(&mut self, call: &str, expect: &Members) -> Outcome<Vec<Value>> {
        if let Some(error) = expect.get("error") {
            only(expect, &["error"])?;
            return self.error_checks(error.as_object().ok_or("error is no object")?);
        }
        only(
            expect,
            match call {
                "client" => &["client"],
                "assertion" => &["assertion", "header", "claims"],
                "exchange" => &["token", "request"],
                _ => return Err(format!("unknown call {call}").into()),
            },
        )?;
        let mut checks = Vec::new();
        for (part, members) in expect {
            for (name, value) in members.as_object().ok_or_else(|| format!("{part} is no object"))? {
                self.add_checks(&mut checks, &[part, name], value)?;
            }
        }
        if checks.is_empty() { Err("nothing is expected".into()) } else { Ok(checks) }
    }

    /// The name brings the code. Every field of any error that is not listed must be absent, and the message is shown.
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
                    // The request is a tree.
                    _ if path[0] == "request" => {
                        for (name, value) in members {
                            self.add_checks(checks, &[path, &[name]].concat(), value)?;
                        }
                        return Ok(());
                    }
                    _ => return Err(format!("{path:?}: unknown matcher {expected}").into()),
                }
            }
            Value::String(text) => {
                let filled = String::from_utf8(self.filled(text)?)?;
                let is = if is_to_be_shown(text, &filled) { "literal" } else { "hidden" };
                (is, filled.into())
            }
            Value::Number(_) | Value::Bool(_) => ("literal", expected.clone()),
            Value::Null | Value::Array(_) => return Err(format!("{path:?}: {expected} is no literal").into()),
        };
        checks.push(json!({ "path": path, "is": is, "value": value }));
        Ok(())
    }
}

const SCOPE: &str = "openid contacts:read";

/// Whether a runner's line may tell the value: it is the same for every runner, and short text on one line.
fn is_to_be_shown(template: &str, filled: &str) -> bool {
    let is_the_runners_own = ["{{code", "{{refresh_token", "{{folder"].iter().any(|start| template.contains(start));
    !is_the_runners_own && filled.len() <= 200 && !filled.contains(char::is_control)
}
