//! The vendor's JSON for a client: the downloaded OAuth client file, or the `app.installed` event.

use super::key::unfilled;
use super::plain_text;
use crate::json::{self, Members};
use crate::options;
use crate::wiped::Wiped;
use url::Url;

/// The values of such a document. Options take precedence over them.
#[derive(Default)]
pub(crate) struct Credentials {
    pub client_id: Option<String>,
    pub key_id: Option<String>,
    /// Still with its JSON escapes, which the key loader decodes.
    pub private_key: Option<Wiped<String>>,
    pub algorithm: Option<String>,
    pub account: Option<String>,
    pub token_endpoint: Option<String>,
}

impl Credentials {
    /// Skips members that an option replaces, whatever they contain. The complaint says what is wrong with the document, but shows
    /// none of its values.
    pub fn parse(text: &[u8], is_replaced: impl Fn(&str) -> bool) -> Result<Credentials, String> {
        let text = plain_text::read(text).ok_or("not text; give the vendor's JSON")?;
        if let Some(complaint) = unfilled(text.trim()) {
            return Err(complaint);
        }
        let object = single(text.trim())?;
        let object = match object.raw("data") {
            Some(_) => object.object("data").ok_or("its member data is not an object")?,
            None => object,
        };
        if object.has("kty") || object.has("keys") {
            return Err("this is a JWK; give it as private_key or private_key_file".into());
        }
        if !["client_id", "id", "private_key"].iter().any(|name| object.has(name)) {
            return Err(
                "it contains neither a client id nor a private key; give the OAuth client file or the app.installed event"
                    .into(),
            );
        }
        let escaped = |name: &str| if is_replaced(name) { Ok(None) } else { escaped(&object, name) };
        let string = |name: &str| match escaped(name)?.and_then(|_| object.text(name)) {
            Some(text) => options::one_line(&text)
                .and_then(|_| unfilled(&text).map_or(Ok(()), Err))
                .map_err(|complaint| format!("its member {name}: {complaint}"))
                .map(|()| Some(text)),
            None => Ok(None),
        };
        Ok(Credentials {
            client_id: string("client_id")?.or(string("id")?),
            key_id: string("key_id")?,
            private_key: escaped("private_key")?.map(|text| Wiped::new(text.to_owned())),
            algorithm: string("key_algorithm")?,
            account: string("account_name")?,
            token_endpoint: linked_token_endpoint(&object),
        })
    }
}

/// The object itself, or the only item of an array.
fn single(text: &str) -> Result<Members<'_>, String> {
    let text = match json::items(text) {
        Some(items) => match items[..] {
            [item] => item,
            _ => return Err(format!("an array of {} clients; give only the client to use", items.len())),
        },
        None => text,
    };
    Members::parse(text).map_err(|error| match error.is_data() {
        true => "JSON, but not an object; give the OAuth client file or the app.installed event".into(),
        false if text.starts_with(['{', '[']) => {
            format!(
                "starts like JSON but is not valid JSON (line {}, column {}); copy it again",
                error.line(),
                error.column()
            )
        }
        false => "not JSON; give the OAuth client file or the app.installed event; a key goes into private_key".into(),
    })
}

fn escaped<'a>(object: &Members<'a>, name: &str) -> Result<Option<&'a str>, String> {
    match object.escaped(name) {
        Some(text) if text.trim().is_empty() => Err(format!("its member {name} is empty")),
        None if object.has(name) => Err(format!("its member {name} is not a string")),
        text => Ok(text),
    }
}

/// Finds the link to the token endpoint by its path, because the name of the link varies.
fn linked_token_endpoint(object: &Members<'_>) -> Option<String> {
    let links = object.object("_links")?;
    links
        .names()
        .filter_map(|name| links.object(name).and_then(|link| link.text("href")).or_else(|| links.text(name)))
        .find(|href| Url::parse(href).is_ok_and(|url| url.path() == "/oauth/token"))
}
