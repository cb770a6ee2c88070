//! JSON that may hold secrets.

use crate::wiped::Wiped;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The members of a JSON object, each as unparsed JSON text. The parser decodes escapes in a buffer that is not wiped, so no secret
/// may pass through it. For the secrets of a key, use only the methods that return slices of the document.
pub(crate) struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    pub fn parse(text: &'a str) -> Result<Members<'a>, serde_json::Error> {
        serde_json::from_str(text).map(Members)
    }

    /// The object at the start of a text, and its members. Anything may stand behind it.
    pub fn at_start(text: &'a str) -> Option<(&'a str, Members<'a>)> {
        let mut values = serde_json::Deserializer::from_str(text).into_iter();
        let members = values.next()?.ok()?;
        Some((&text[..values.byte_offset()], Members(members)))
    }

    /// A member's JSON text; `None` if the member is absent or `null`.
    pub fn raw(&self, name: &str) -> Option<&'a str> {
        self.0.get(name).map(|value| value.get()).filter(|text| *text != "null")
    }

    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// A string as it is written, with its escapes.
    pub fn escaped(&self, name: &str) -> Option<&'a str> {
        self.raw(name)?.strip_prefix('"')?.strip_suffix('"')
    }

    /// Passes a string's text to `read` and returns the result. Only a string with escapes passes through the parser's buffer.
    pub fn read<T>(&self, name: &str, read: impl FnOnce(&str) -> T) -> Option<T> {
        match self.escaped(name)? {
            plain if !plain.contains('\\') => Some(read(plain)),
            _ => serde_json::from_str(self.raw(name)?).ok().map(|text: String| read(&Wiped::new(text))),
        }
    }

    /// A string that is not secret.
    pub fn text(&self, name: &str) -> Option<String> {
        self.read(name, str::to_owned)
    }

    pub fn object(&self, name: &str) -> Option<Members<'a>> {
        Members::parse(self.raw(name)?).ok()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The members in the order in which they are written.
    pub fn in_order(&self) -> Vec<(&str, &'a str)> {
        let mut members: Vec<_> = self.0.iter().map(|(name, value)| (name.as_str(), value.get())).collect();
        members.sort_by_key(|(_, value)| value.as_ptr());
        members
    }
}

/// The items of a JSON array, each as unparsed JSON text.
pub(crate) fn items(text: &str) -> Option<Vec<&str>> {
    let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    Some(items.into_iter().map(RawValue::get).collect())
}
