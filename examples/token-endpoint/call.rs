//! A request that was read completely.

use hyper::Method;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::http::request::Parts;
use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::assertion::Assertion;
use crate::form::Form;

pub struct Call<'a> {
    pub head: &'a Parts,
    pub scheme: &'static str,
    /// The path without the prefix that asks for faults.
    pub path: &'a str,
    pub body: &'a [u8],
}

impl Call<'_> {
    /// The scheme, host and port that the client addressed.
    pub fn origin(&self) -> String {
        // A request through a proxy has the whole URL as its target.
        let authority = match self.head.uri.authority() {
            Some(authority) => authority.as_str(),
            None => self.header(HOST.as_str()),
        };
        format!("{}://{authority}", self.scheme)
    }

    /// The whole URL that the client addressed.
    pub fn url(&self) -> String {
        self.origin() + self.target()
    }

    fn target(&self) -> &str {
        self.head.uri.path_and_query().map_or("", |it| it.as_str())
    }

    fn header(&self, name: &str) -> &str {
        self.head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn is_form(&self) -> bool {
        let content_type = self.header(CONTENT_TYPE.as_str());
        let (essence, _) = content_type.split_once(';').unwrap_or((content_type, ""));
        essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    pub fn require(&self, allowed: Method) -> Result<(), Refusal> {
        if self.head.method == allowed { Ok(()) } else { Err(Refusal::MethodNotAllowed { allowed }) }
    }

    /// Describes the request, for the fault `echo`.
    pub fn to_json(&self, form: &Form, assertion: Option<&Assertion>) -> Value {
        let mut headers = serde_json::Map::new();
        for (name, value) in &self.head.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = match headers.get(name.as_str()).and_then(Value::as_str) {
                Some(before) => format!("{before}, {value}"),
                None => value.into_owned(),
            };
            headers.insert(name.to_string(), value.into());
        }
        json!({
            "method": self.head.method.as_str(),
            "path": self.target(),
            "headers": headers,
            "form": form.to_map(),
            "assertion": assertion.map(|assertion| json!({
                "header": assertion.header,
                "claims": assertion.claims,
            })),
        })
    }
}
