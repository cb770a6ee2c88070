//! Fills in the templates in the options and texts of a conformance case.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::Value;

use crate::cases::{Members, Outcome, Sources, only};
use crate::grants::{Authorization, challenge_of};
use crate::keys::Client;
use crate::spellings;

/// The scope of the codes and refresh tokens that templates make.
const SCOPE: &str = "openid contacts:read";

/// The templates of one case.
pub struct Templates<'a> {
    sources: &'a Sources<'a>,
    folder: &'a Path,
    case: usize,
    /// The values of the templates so far, by registered client. So a template keeps its value throughout its case.
    known: HashMap<(String, String), Vec<u8>>,
}

/// Fills in the templates of one step.
pub struct Filler<'t, 'a> {
    templates: &'t mut Templates<'a>,
    step: usize,
    /// The algorithm of the registered client that the templates use.
    algorithm: String,
    client: Rc<Client>,
}

impl<'a> Templates<'a> {
    pub fn new(sources: &'a Sources<'a>, folder: &'a Path, case: usize) -> Self {
        Self { sources, folder, case, known: HashMap::new() }
    }

    pub fn filler(&mut self, step: usize, algorithm: &str) -> Outcome<Filler<'_, 'a>> {
        let client = self.sources.client(algorithm)?;
        Ok(Filler { templates: self, step, algorithm: algorithm.into(), client })
    }
}

impl Filler<'_, '_> {
    pub fn option(&mut self, name: &str, value: &Value) -> Outcome<Value> {
        match value {
            Value::Object(members) if is_family(name) => self.family(members),
            Value::Object(members) => match members.get("file") {
                Some(content) => {
                    only(members, &["file", "as"])?;
                    let path = self.path(members.get("as").and_then(Value::as_str).unwrap_or(name));
                    fs::write(&path, self.content(content)?)?;
                    Ok(path.to_str().ok_or("the path of a file is not text")?.into())
                }
                None => Ok(String::from_utf8(self.content(value)?)?.into()),
            },
            Value::String(text) => Ok(self.text(text)?.into()),
            Value::Array(_) => Err(format!("{name} is a list").into()),
            other => Ok(other.clone()),
        }
    }

    pub fn text(&mut self, text: &str) -> Outcome<String> {
        Ok(String::from_utf8(self.filled(text)?)?)
    }

    fn family(&mut self, members: &Members) -> Outcome<Value> {
        let options = members.iter().map(|(name, value)| Ok((name.clone(), self.member(name, value)?)));
        Ok(Value::Object(options.collect::<Outcome<_>>()?))
    }

    /// A list or an object is the value of a claim, unless the object says how text is made.
    fn member(&mut self, name: &str, value: &Value) -> Outcome<Value> {
        match value {
            Value::Array(_) => Ok(value.clone()),
            Value::Object(members) if !["json", "file", "from"].iter().any(|way| members.contains_key(*way)) => {
                Ok(value.clone())
            }
            _ => self.option(name, value),
        }
    }

    /// The path of a file of this step.
    fn path(&self, name: &str) -> PathBuf {
        self.templates.folder.join(format!("{}-{}.{name}", self.templates.case, self.step))
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
            Value::String(text) => self.text(text)?.into(),
            Value::Array(items) => items.iter().map(|item| self.json(item)).collect::<Outcome<_>>()?,
            Value::Object(members) => {
                let pairs = members.iter().map(|(name, value)| Ok((name.clone(), self.json(value)?)));
                Value::Object(pairs.collect::<Outcome<_>>()?)
            }
            other => other.clone(),
        })
    }

    /// Bytes, because a key is not always text.
    fn filled(&mut self, text: &str) -> Outcome<Vec<u8>> {
        let mut filled = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("{{") {
            let (template, behind) = behind.split_once("}}").ok_or("a template that does not end")?;
            filled.extend_from_slice(before.as_bytes());
            filled.extend_from_slice(self.known(template)?);
            rest = behind;
        }
        filled.extend_from_slice(rest.as_bytes());
        Ok(filled)
    }

    fn known(&mut self, template: &str) -> Outcome<&[u8]> {
        let key = (self.algorithm.clone(), template.to_owned());
        if !self.templates.known.contains_key(&key) {
            let value = self.value(template).map_err(|problem| format!("{{{{{template}}}}}: {problem}"))?;
            self.templates.known.insert(key.clone(), value);
        }
        Ok(&self.templates.known[&key])
    }

    fn value(&self, template: &str) -> Outcome<Vec<u8>> {
        let Sources { ready, service } = self.templates.sources;
        let words: Vec<&str> = template.split_whitespace().collect();
        let text = match words[..] {
            ["key", ref steps @ ..] => return spellings::spell(&self.client.pair, steps),
            ["key_of", algorithm, ref steps @ ..] => {
                return spellings::spell(&self.templates.sources.client(algorithm)?.pair, steps);
            }
            ["code"] => self.code(None),
            ["code", verifier] => self.code(Some(verifier)),
            ["refresh_token"] => service.grants().refresh_token(&self.client.id, SCOPE),
            ["repeat", count, text] => text.repeat(count.parse()?),
            ["folder"] => self.templates.folder.to_str().ok_or("the path of the folder is not text")?.into(),
            [name] => {
                let places = [&ready["clients"][&self.algorithm], ready];
                places.into_iter().find_map(|place| place[name].as_str()).ok_or("unknown")?.into()
            }
            _ => return Err("unknown".into()),
        };
        Ok(text.into())
    }

    fn code(&self, verifier: Option<&str>) -> String {
        self.templates.sources.service.grants().authorize(Authorization {
            client_id: self.client.id.clone(),
            redirect_uri: None,
            scope: Some(SCOPE.into()),
            nonce: None,
            challenge: verifier.map(challenge_of),
        })
    }
}

/// Whether the value of an option is a mapping whose members are options themselves.
pub fn is_family(option: &str) -> bool {
    ["claims", "params"].contains(&option)
}

/// Whether a runner may print the value in its line. The value must be the same for every runner, and be short text on one line.
pub fn is_to_be_shown(template: &str, filled: &str) -> bool {
    let is_the_runners_own = ["{{code", "{{refresh_token", "{{folder"].iter().any(|start| template.contains(start));
    !is_the_runners_own && filled.len() <= 200 && !filled.contains(char::is_control)
}
