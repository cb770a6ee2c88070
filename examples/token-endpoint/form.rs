//! The parameters of a request (RFC 6749 §3.2).

use std::borrow::Cow;
use std::collections::BTreeMap;

use url::form_urlencoded;

use crate::answer::Refusal;

#[derive(Default)]
pub struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Form<'a> {
    /// A parameter without a value counts as omitted. No parameter may come twice (RFC 6749 §3.2).
    pub fn parse(encoded: &'a [u8]) -> Result<Self, Refusal> {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(encoded) {
            if value.is_empty() {
                continue;
            }
            if form.get(&name).is_some() {
                return Err(Refusal::invalid_request(format!("duplicate parameter {name}")));
            }
            form.0.push((name, value));
        }
        Ok(form)
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_ref())
    }

    pub fn require(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::invalid_request(format!("missing {name}")))
    }

    pub fn to_map(&self) -> BTreeMap<&str, &str> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect()
    }
}
