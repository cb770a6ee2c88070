//! The JSON in which the vendor hands out a client: the downloaded OAuth client file, or the `app.installed` event.

use crate::json::Json;
use serde_json::{Map, Value};
use url::Url;
use zeroize::Zeroizing;

/// What such a document says; options win over it.
#[derive(Default)]
pub(crate) struct Credentials {
    pub client_id: Option<String>,
    pub key_id: Option<String>,
    pub private_key: Option<Zeroizing<String>>,
    pub algorithm: Option<String>,
    pub account: Option<String>,
    pub token_endpoint: Option<String>,
}

impl Credentials {
    /// The complaint says what is wrong with the document, without any of its values.
    pub fn parse(text: &[u8]) -> Result<Credentials, String> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let document = Json::parse(text)
            .map_err(|error| format!("not JSON (line {}, column {})", error.line(), error.column()))?;
        let object = single(document.value())?;
        let object = match object.get("data") {
            Some(data) => data.as_object().ok_or("its member data is no object")?,
            None => object,
        };
        if object.contains_key("kty") {
            return Err("this is a JWK; give it as private_key or private_key_file".into());
        }
        let credentials = Credentials {
            client_id: text_of(object, &["client_id", "id"])?,
            key_id: text_of(object, &["key_id"])?,
            private_key: text_of(object, &["private_key"])?.map(Zeroizing::new),
            algorithm: text_of(object, &["key_algorithm"])?,
            account: text_of(object, &["account_name"])?,
            token_endpoint: linked_token_endpoint(object),
        };
        if credentials.client_id.is_none() && credentials.private_key.is_none() {
            return Err(
                "neither a client id nor a private key in it; give the OAuth client file or the app.installed event"
                    .into(),
            );
        }
        Ok(credentials)
    }
}

/// The object itself, or the only one of an array.
fn single(value: &Value) -> Result<&Map<String, Value>, String> {
    match value {
        Value::Object(object) => Ok(object),
        Value::Array(items) => match &items[..] {
            [Value::Object(object)] => Ok(object),
            [_] => Err("an array without an object in it".into()),
            _ => Err(format!("an array of {} clients; give the one that is meant", items.len())),
        },
        _ => Err("JSON, but no object".into()),
    }
}

fn text_of(object: &Map<String, Value>, names: &[&str]) -> Result<Option<String>, String> {
    for name in names {
        match object.get(*name) {
            None | Some(Value::Null) => (),
            Some(Value::String(text)) if text.trim().is_empty() => return Err(format!("its member {name} is empty")),
            Some(Value::String(text)) => return Ok(Some(text.clone())),
            Some(_) => return Err(format!("its member {name} is no string")),
        }
    }
    Ok(None)
}

/// Whatever a link is called, the one to the token endpoint ends with its path.
fn linked_token_endpoint(object: &Map<String, Value>) -> Option<String> {
    let links = object.get("_links")?.as_object()?;
    links
        .values()
        .filter_map(|link| link.get("href").unwrap_or(link).as_str())
        .find(|href| Url::parse(href).is_ok_and(|url| url.path() == "/oauth/token"))
        .map(str::to_owned)
}
