//! Misbehaviour on request: `/with/NAME=VALUE,NAME=VALUE/rest/of/the/path`.
//!
//! The server treats the rest as if it were the whole path. Values are percent-encoded. Four kinds of fault act in this order:
//!
//! - *first*: `delay_ms`, then `close=before`; `clock`.
//! - *instead*: another answer replaces the true one. The assertion has been verified, but nothing is granted or spent.
//! - *edits*: changes to the answer, whether it is the true one or another.
//! - *wire*: how the answer is written. What was granted or spent remains so.
//!
//! A refused request gets the true refusal; only the first and the last kind of fault apply to it.

use std::borrow::Cow;
use std::str::FromStr;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hyper::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER};
use hyper::http::HeaderValue;
use hyper::{Response, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::answer::{Answer, Content, Refusal};
use crate::form::Form;
use crate::wire::{self, Ending, Script};

pub const HELP: &str = "\
  first=N                  only the first N requests with exactly this list of faults meet them, from the start or the last reset
first:
  delay_ms=N               wait N milliseconds before anything else
  close=before             close when the request's head has arrived, without reading its body
  clock=N                  the server's clock is N seconds ahead, or behind if N is negative: for assertions and the header Date
instead:
  status=N                 400 and above: the OAuth error temporarily_unavailable; below 400: the true answer with this status
  error=NAME               this OAuth error, with status 400 or `status`
  error_description=TEXT   the OAuth error of `error`, or invalid_request, with this description
  leak=1                   an OAuth error that repeats the assertion, code and refresh token of the request
  html=1                   a proxy's error page, with status 502 or `status`
  empty=1                  no body, with status 403 or `status`
  redirect=URL             a redirect to this URL, with status 302 or `status`
  body=TEXT                this body, with status 200 or `status`
edits:
  omit=MEMBER              leave a member out of the JSON; may be repeated
  set.MEMBER=JSON          set a member; may be repeated
  echo=1                   add the member `request`: the request as the server understood it
  huge=BYTES               add a member that pads the JSON to this size
  charset=latin1           add a member `note` that is not UTF-8
  type=TEXT                send this content type
  retry_after=VALUE        send this header as it is given; date+N sends the HTTP date N seconds from now
wire:
  drip_head_ms=N           write the head byte by byte, with pauses of N milliseconds, and with `connection: close`
  drip_ms=N                do the same with the body
  truncate=N               promise the whole body, write N bytes of it, then close
  length=unknown           promise no length: the body ends when the connection closes
  head=LINES               add these lines to the head as they are, however malformed
  headers=N                add N headers
  endless=WHERE            never end: interim (answers with status 103), headers, chunk_size, chunk_extension, chunks (of one byte) or
                           trailers
  status_line=garbage      write something that is not HTTP, then close
  close=after              close without an answer
  close=idle               answer as if the connection stayed open, then close
  reset=1                  reset the connection without an answer
";

/// A larger number of bytes is probably a mistake.
const HUGEST: usize = 256 << 20;
const MOST_HEADERS: usize = 100_000;

#[derive(Default)]
pub struct Faults {
    /// How many requests meet these faults; all, if it is not given.
    pub first: Option<u64>,
    pub delay: Duration,
    pub close: Option<Close>,
    clock: Option<i64>,
    status: Option<StatusCode>,
    error: Option<String>,
    error_description: Option<String>,
    leak: bool,
    html: bool,
    empty: bool,
    redirect: Option<HeaderValue>,
    body: Option<String>,
    omit: Vec<String>,
    set: Vec<(String, Value)>,
    echo: bool,
    huge: Option<usize>,
    latin1: bool,
    content_type: Option<HeaderValue>,
    retry_after: Option<RetryAfter>,
    drip_head: Option<Duration>,
    drip: Option<Duration>,
    truncate: Option<usize>,
    no_length: bool,
    head: Option<String>,
    headers: usize,
    endless: Option<Endless>,
    garbage: bool,
    reset: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Close {
    Before,
    After,
    Idle,
}

enum RetryAfter {
    Value(HeaderValue),
    DateIn(Duration),
}

impl Faults {
    /// Splits a path into its faults and the rest.
    pub fn split(path: &str) -> Result<(Self, &str), Refusal> {
        let Some(prefixed) = path.strip_prefix("/with/") else {
            return Ok((Self::default(), path));
        };
        let end = prefixed.find('/').unwrap_or(prefixed.len());
        let (list, rest) = prefixed.split_at(end);
        let mut faults = Self::default();
        for fault in list.split(',') {
            faults.add(fault).map_err(|problem| Refusal::NotFound(format!("{problem}: {fault}\n\n{HELP}")))?;
        }
        Ok((faults, rest))
    }

    fn add(&mut self, fault: &str) -> Result<(), &'static str> {
        let (name, value) = fault.split_once('=').ok_or("a fault without a value")?;
        let value = percent_decode_str(value).decode_utf8().map_err(|_| "a value that is not UTF-8")?;
        if let Some(member) = name.strip_prefix("set.") {
            let value = serde_json::from_str(&value).map_err(|_| "a value that is not JSON")?;
            self.set.push((member.into(), value));
            return Ok(());
        }
        match name {
            "first" => self.first = Some(value.parse().map_err(|_| "not a number")?),
            "delay_ms" => self.delay = milliseconds(&value)?,
            "close" => self.close = Some(Close::parse(&value)?),
            "clock" => self.clock = Some(value.parse().map_err(|_| "not a number of seconds")?),
            "status" => self.status = Some(status(&value)?),
            "error" => self.error = Some(value.into()),
            "error_description" => self.error_description = Some(value.into()),
            "leak" => self.leak = flag(&value)?,
            "html" => self.html = flag(&value)?,
            "empty" => self.empty = flag(&value)?,
            "redirect" => self.redirect = Some(header(&value)?),
            "body" => self.body = Some(value.into()),
            "omit" => self.omit.push(value.into()),
            "echo" => self.echo = flag(&value)?,
            "huge" => self.huge = Some(at_most(HUGEST, &value)?),
            "charset" => self.latin1 = is("latin1", &value)?,
            "type" => self.content_type = Some(header(&value)?),
            "retry_after" => self.retry_after = Some(RetryAfter::parse(&value)?),
            "drip_head_ms" => self.drip_head = Some(milliseconds(&value)?),
            "drip_ms" => self.drip = Some(milliseconds(&value)?),
            "length" => self.no_length = is("unknown", &value)?,
            "head" => self.head = Some(value.into()),
            "headers" => self.headers = at_most(MOST_HEADERS, &value)?,
            "endless" => self.endless = Some(Endless::parse(&value)?),
            "truncate" => self.truncate = Some(number(&value)?),
            "status_line" => self.garbage = is("garbage", &value)?,
            "reset" => self.reset = flag(&value)?,
            _ => return Err("an unknown fault"),
        }
        Ok(())
    }

    /// The server's time.
    pub fn now(&self) -> SystemTime {
        let offset = self.clock.unwrap_or_default();
        let by = Duration::from_secs(offset.unsigned_abs());
        if offset < 0 { SystemTime::now() - by } else { SystemTime::now() + by }
    }

    /// The header Date of an answer, if the server's clock is not right (RFC 9110 §6.6.1).
    pub fn date(&self) -> Option<HeaderValue> {
        self.clock?;
        HeaderValue::try_from(httpdate::fmt_http_date(self.now())).ok()
    }

    /// The answer that replaces the true one, if a fault asks for one.
    pub fn instead(&self, form: &Form) -> Option<Answer> {
        let status_or = |usual| self.status.unwrap_or(usual);
        if let Some(location) = &self.redirect {
            let status = status_or(StatusCode::FOUND);
            return Some(Answer::redirect(status, location.clone()));
        }
        if let Some(body) = &self.body {
            let status = status_or(StatusCode::OK);
            return Some(Answer::raw(status, "application/json", body.clone()));
        }
        if self.html {
            let status = status_or(StatusCode::BAD_GATEWAY);
            return Some(Answer::raw(status, "text/html", proxy_page(status)));
        }
        if self.empty {
            return Some(Answer::empty(status_or(StatusCode::FORBIDDEN)));
        }
        let failing = self.status.filter(|status| status.as_u16() >= 400);
        let named = self.error.is_some() || self.error_description.is_some() || self.leak;
        if !named && failing.is_none() {
            return None;
        }
        let usual = match failing {
            Some(_) => "temporarily_unavailable",
            None => "invalid_request",
        };
        let error = self.error.as_deref().unwrap_or(usual);
        let description = match &self.error_description {
            Some(description) => Cow::Borrowed(description.as_str()),
            None if self.leak => Cow::Owned(confession(form)),
            None => Cow::Borrowed("a fault was asked for"),
        };
        let status = status_or(StatusCode::BAD_REQUEST);
        Some(Answer::error(status, error, &description))
    }

    /// `request` describes the request, for the fault `echo`.
    pub fn edit(&self, mut answer: Answer, request: impl FnOnce() -> Value) -> Answer {
        if let Some(status) = self.status {
            answer.status = status;
        }
        if let Some(retry_after) = &self.retry_after {
            answer.headers.insert(RETRY_AFTER, retry_after.value());
        }
        if let Some(content_type) = &self.content_type {
            answer.headers.insert(CONTENT_TYPE, content_type.clone());
        }
        answer.content = match answer.content {
            Content::Json(value) => self.edit_json(value, request),
            raw => raw,
        };
        answer
    }

    fn edit_json(&self, mut value: Value, request: impl FnOnce() -> Value) -> Content {
        if let Some(members) = value.as_object_mut() {
            for (name, value) in &self.set {
                members.insert(name.clone(), value.clone());
            }
            for name in &self.omit {
                members.remove(name);
            }
            if self.echo {
                members.insert("request".into(), request());
            }
            if let Some(size) = self.huge {
                members.insert("padding".into(), "".into());
                let missing = size.saturating_sub(json!(members).to_string().len());
                members.insert("padding".into(), "x".repeat(missing).into());
            }
        }
        if self.latin1 {
            value["note"] = PLACEHOLDER.into();
            return Content::Raw(in_latin1(value.to_string().into_bytes()));
        }
        Content::Json(value)
    }

    /// How to write the answer by hand, if hyper can't write it.
    pub fn script(&self, head: &Response<()>, body: &Bytes) -> Option<Script> {
        if self.reset {
            return Some(Script { ending: Ending::Reset, ..Script::default() });
        }
        if self.close == Some(Close::After) {
            return Some(Script::default());
        }
        if self.garbage {
            return Some(Script { head: b"THIS IS NOT HTTP\r\n\r\n".into(), ..Script::default() });
        }
        if let Some(endless) = self.endless {
            return Some(endless.script(body));
        }
        let further = self.further_lines();
        let drips = self.drip.is_some() || self.drip_head.is_some();
        let ends_early = self.truncate.is_some() || self.close == Some(Close::Idle);
        if !drips && !ends_early && !self.no_length && further.is_empty() {
            return None;
        }
        let mut head = head.clone();
        if !ends_early && further.is_empty() {
            let close = HeaderValue::from_static("close");
            head.headers_mut().insert(CONNECTION, close);
        }
        Some(Script {
            head: wire::head(&head, (!self.no_length).then_some(body.len()), &further),
            head_pause: self.drip_head,
            body: body.slice(..self.truncate.unwrap_or(body.len()).min(body.len())),
            body_pause: self.drip,
            ending: match self.truncate {
                Some(_) if !self.no_length => Ending::Drop,
                _ => Ending::Shutdown,
            },
            ..Script::default()
        })
    }

    fn further_lines(&self) -> String {
        let headers = (0..self.headers).map(|number| format!("x-{number}: y\r\n"));
        let head = self.head.iter().map(|lines| format!("{lines}\r\n"));
        headers.chain(head).collect()
    }
}

/// The part of an answer that never ends.
#[derive(Clone, Copy)]
enum Endless {
    Interim,
    Headers,
    ChunkSize,
    ChunkExtension,
    Chunks,
    Trailers,
}

impl Endless {
    fn parse(value: &str) -> Result<Self, &'static str> {
        match value {
            "interim" => Ok(Self::Interim),
            "headers" => Ok(Self::Headers),
            "chunk_size" => Ok(Self::ChunkSize),
            "chunk_extension" => Ok(Self::ChunkExtension),
            "chunks" => Ok(Self::Chunks),
            "trailers" => Ok(Self::Trailers),
            _ => Err("not a part of an answer"),
        }
    }

    fn script(self, body: &Bytes) -> Script {
        const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let whole_body = || format!("{:x}\r\n{}\r\n0\r\n", body.len(), String::from_utf8_lossy(body));
        let (head, repeated) = match self {
            Self::Interim => (String::new(), "HTTP/1.1 103 Early Hints\r\n\r\n"),
            Self::Headers => ("HTTP/1.1 200 OK\r\n".into(), "x: y\r\n"),
            Self::ChunkSize => (CHUNKED.into(), "0"),
            Self::ChunkExtension => (CHUNKED.to_owned() + "1", ";x"),
            Self::Chunks => (CHUNKED.into(), "1\r\n \r\n"),
            Self::Trailers => (CHUNKED.to_owned() + &whole_body(), "x: y\r\n"),
        };
        Script { head: head.into(), repeated, ..Script::default() }
    }
}

impl Close {
    fn parse(value: &str) -> Result<Self, &'static str> {
        match value {
            "before" => Ok(Self::Before),
            "after" => Ok(Self::After),
            "idle" => Ok(Self::Idle),
            _ => Err("neither before, after nor idle"),
        }
    }
}

impl RetryAfter {
    fn parse(value: &str) -> Result<Self, &'static str> {
        match value.strip_prefix("date+") {
            Some(seconds) => {
                let seconds: u32 = number(seconds)?;
                Ok(Self::DateIn(Duration::from_secs(seconds.into())))
            }
            None => Ok(Self::Value(header(value)?)),
        }
    }

    fn value(&self) -> HeaderValue {
        match self {
            Self::Value(value) => value.clone(),
            Self::DateIn(time) => {
                let date = httpdate::fmt_http_date(SystemTime::now() + *time);
                HeaderValue::from_str(&date).expect("a date is printable")
            }
        }
    }
}

fn number<N: FromStr>(value: &str) -> Result<N, &'static str> {
    value.parse().map_err(|_| "not a number")
}

fn at_most(limit: usize, value: &str) -> Result<usize, &'static str> {
    let number = number(value)?;
    if number > limit {
        return Err("a number that is too large");
    }
    Ok(number)
}

fn milliseconds(value: &str) -> Result<Duration, &'static str> {
    // A u32, so that adding it to the time can't overflow.
    number::<u32>(value).map(|number| Duration::from_millis(number.into()))
}

fn status(value: &str) -> Result<StatusCode, &'static str> {
    let code: u16 = number(value)?;
    // A status below 200 doesn't end a request.
    if !(200..600).contains(&code) {
        return Err("not a final status");
    }
    StatusCode::from_u16(code).map_err(|_| "not a status")
}

fn header(value: &str) -> Result<HeaderValue, &'static str> {
    HeaderValue::from_str(value).map_err(|_| "not a header value")
}

fn flag(value: &str) -> Result<bool, &'static str> {
    is("1", value)
}

fn is(only: &str, value: &str) -> Result<bool, &'static str> {
    if value != only {
        return Err("not the only value that this fault can have");
    }
    Ok(true)
}

fn proxy_page(status: StatusCode) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><title>{status}</title></head>\n\
         <body><h1>{status}</h1><p>The proxy could not reach the server.</p></body></html>\n"
    )
}

/// A text that a hostile server could send, so that secrets appear in the client's logs.
fn confession(form: &Form) -> String {
    ["client_assertion", "code", "refresh_token", "code_verifier"]
        .into_iter()
        .filter_map(|name| Some(format!("{name}={}", form.get(name)?)))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Its last byte is replaced, which makes it "café".
const PLACEHOLDER: &str = "caf#";

fn in_latin1(mut json: Vec<u8>) -> Bytes {
    let length = PLACEHOLDER.len();
    let is_placeholder = |window: &[u8]| window == PLACEHOLDER.as_bytes();
    if let Some(start) = json.windows(length).position(is_placeholder) {
        json[start + length - 1] = 0xe9;
    }
    json.into()
}
