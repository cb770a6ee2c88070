//! Parsed JSON that may hold secrets.

use serde_json::{Map, Value};
use zeroize::Zeroize;

/// A JSON document whose strings are wiped when it is dropped.
pub(crate) struct Json(Value);

impl Json {
    pub fn parse(text: &[u8]) -> Result<Json, serde_json::Error> {
        serde_json::from_slice(text).map(Json)
    }

    pub fn value(&self) -> &Value {
        &self.0
    }

    pub fn object(&self) -> Option<&Map<String, Value>> {
        self.0.as_object()
    }
}

impl Drop for Json {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(members) => members.values_mut().for_each(wipe),
        _ => (),
    }
}
