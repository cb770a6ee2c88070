//! The server's answer to a request: an `Answer`, or a `Refusal` that becomes one.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, LOCATION};
use hyper::http::HeaderValue;
use hyper::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub content: Content,
}

/// JSON remains a value until it is sent, so that faults can edit it.
pub enum Content {
    Json(Value),
    Raw(Bytes),
}

impl Answer {
    pub fn json(status: StatusCode, value: Value) -> Self {
        Self::new(status, Content::Json(value))
            .with(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .with(CACHE_CONTROL, HeaderValue::from_static("no-store"))
    }

    /// An OAuth error response (RFC 6749 §5.2).
    pub fn error(status: StatusCode, error: &str, description: &str) -> Self {
        let members = json!({ "error": error, "error_description": description });
        Self::json(status, members)
    }

    pub fn raw(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::new(status, Content::Raw(body.into())).with(CONTENT_TYPE, HeaderValue::from_static(content_type))
    }

    pub fn text(status: StatusCode, text: String) -> Self {
        Self::raw(status, "text/plain; charset=utf-8", text)
    }

    pub fn empty(status: StatusCode) -> Self {
        Self::new(status, Content::Raw(Bytes::new()))
    }

    pub fn redirect(status: StatusCode, location: HeaderValue) -> Self {
        Self::empty(status).with(LOCATION, location)
    }

    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The `error` member, if this is an OAuth error response.
    pub fn oauth_error(&self) -> Option<&str> {
        match &self.content {
            Content::Json(value) => value.get("error")?.as_str(),
            Content::Raw(_) => None,
        }
    }

    fn new(status: StatusCode, content: Content) -> Self {
        Self { status, headers: HeaderMap::new(), content }
    }
}

impl Content {
    pub fn into_bytes(self) -> Bytes {
        match self {
            Content::Json(value) => value.to_string().into(),
            Content::Raw(bytes) => bytes,
        }
    }
}

/// Why the server refuses a request. Faults never edit a refusal, so that a test with a fault still sees that its request is wrong.
#[derive(Debug)]
pub enum Refusal {
    OAuth { status: StatusCode, error: &'static str, description: Cow<'static, str> },
    MethodNotAllowed { allowed: Method },
    NotFound(String),
}

impl Refusal {
    pub fn invalid_client(description: impl Into<Cow<'static, str>>) -> Self {
        Self::oauth(StatusCode::UNAUTHORIZED, "invalid_client", description)
    }

    pub fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::oauth(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    pub fn invalid_grant(description: impl Into<Cow<'static, str>>) -> Self {
        Self::oauth(StatusCode::BAD_REQUEST, "invalid_grant", description)
    }

    pub fn oauth(status: StatusCode, error: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self::OAuth { status, error, description: description.into() }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OAuth { status, error, description } => Answer::error(status, error, &description),
            Refusal::MethodNotAllowed { allowed } => {
                let value = HeaderValue::from_str(allowed.as_str());
                Answer::text(StatusCode::METHOD_NOT_ALLOWED, format!("only {allowed} is allowed here\n"))
                    .with(ALLOW, value.expect("a method is a token"))
            }
            Refusal::NotFound(text) => Answer::text(StatusCode::NOT_FOUND, text),
        }
    }
}
