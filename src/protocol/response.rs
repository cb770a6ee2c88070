//! What a token endpoint's answer means: a token, an OAuth error, or neither (RFC 6749 §5.1, §5.2).

use super::request::TokenRequest;
use super::token::{Moment, Token};
use crate::error::{Error, ErrorCode};
use crate::json::Json;
use crate::text::Text;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::time::{Duration, UNIX_EPOCH};
use url::form_urlencoded::byte_serialize;
use zeroize::Zeroizing;

/// A complete HTTP answer.
pub(crate) struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub retry_after: Option<String>,
    /// The origin that a redirect leads to.
    pub redirect_origin: Option<String>,
    pub body: Zeroizing<Vec<u8>>,
}

/// The longest body that is read, in bytes; one that is longer is no answer.
pub(crate) const LONGEST_BODY: usize = 1 << 20;
/// The longest text of the server's that an error repeats, in characters.
const LONGEST_QUOTE: usize = 1000;
/// A shorter value is found in any text, and cutting it out would hide the text and tell the value.
const SHORTEST_SECRET: usize = 4;
/// So many bytes of a secret in a row tell too much of it.
const TELLING_PART: usize = 12;
/// The errors of RFC 6749 §5.2 and what other endpoints of it answer (§4.1.2.1): shown whatever the request held.
const KNOWN_ERRORS: &[&str] = &[
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "access_denied",
    "server_error",
    "temporarily_unavailable",
];

/// Reads the answer to `request`, which carried `assertion` and was sent at `sent`.
pub(crate) fn read(answer: Answer, request: &TokenRequest<'_>, assertion: &str, sent: Moment) -> Result<Token, Error> {
    let reader = Reader { answer: &answer, request, assertion, sent };
    if answer.body.len() > LONGEST_BODY {
        return Err(reader.invalid(&format!("longer than {LONGEST_BODY} bytes")));
    }
    let document = Json::parse(&answer.body);
    let object = document.as_ref().ok().and_then(Json::object);
    match object {
        Some(object) if answer.status == 200 => reader.token(object),
        Some(object) if object.get("error").and_then(Value::as_str).is_some_and(|error| !error.is_empty()) => {
            Err(reader.oauth_error(object))
        }
        _ => Err(reader.invalid(&reader.describe(document.is_ok()))),
    }
}

struct Reader<'a> {
    answer: &'a Answer,
    request: &'a TokenRequest<'a>,
    assertion: &'a str,
    sent: Moment,
}

impl Reader<'_> {
    fn token(&self, object: &Map<String, Value>) -> Result<Token, Error> {
        if object.contains_key("error") {
            return Err(self.invalid("status 200 with an error in it"));
        }
        let text = |name: &str| match object.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => {
                Text::new(text).map(Some).ok_or_else(|| self.invalid(&format!("{name} holds a NUL")))
            }
            Some(_) => Err(self.invalid(&format!("{name} is no string"))),
        };
        let access_token = text("access_token")?
            .filter(|token| !token.as_str().is_empty())
            .ok_or_else(|| self.invalid("status 200 without an access_token"))?;
        let token_type = text("token_type")?.unwrap_or_else(|| Text::lossy("Bearer"));
        for name in ["refresh_token", "id_token"] {
            text(name)?;
        }
        let requested = self.request.scope().map(Text::lossy);
        let scope = text("scope")?.or(requested).map(|scope| ("scope".to_owned(), scope));
        let others = object.iter().filter(|(name, _)| *name != "scope");
        let members = others.filter_map(|(name, value)| Some((name.clone(), member(value)?))).chain(scope).collect();
        let json = std::str::from_utf8(&self.answer.body).ok().and_then(Text::new);
        Ok(Token {
            json: json.ok_or_else(|| self.invalid("the answer holds a NUL"))?,
            access_token,
            token_type,
            members,
            expiry: self.lifetime(object)?.map(|lifetime| self.sent.after(lifetime)),
        })
    }

    fn lifetime(&self, object: &Map<String, Value>) -> Result<Option<Duration>, Error> {
        match object.get("expires_in") {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value
                .as_f64()
                .filter(|seconds| *seconds >= 0.0)
                .map(|seconds| Some(Duration::try_from_secs_f64(seconds.trunc()).unwrap_or(Duration::MAX)))
                .ok_or_else(|| self.invalid("expires_in is no number of seconds")),
        }
    }

    fn oauth_error(&self, object: &Map<String, Value>) -> Error {
        let text = |name: &str| object.get(name).and_then(Value::as_str).map(|text| self.quoted(text));
        let error = match object.get("error").and_then(Value::as_str) {
            Some(known) if KNOWN_ERRORS.contains(&known) => known.to_owned(),
            _ => text("error").unwrap_or_default(),
        };
        let description = text("error_description");
        let message = match &description {
            Some(description) => format!("the token endpoint answers {error}: {description}"),
            None => format!("the token endpoint answers {error}"),
        };
        let mut failure = Error::new(ErrorCode::OauthError, self.advised(&message, &error)).with("error", error);
        for name in ["error_description", "error_uri"] {
            if let Some(value) = text(name) {
                failure = failure.with(name, value);
            }
        }
        self.complete(failure)
    }

    /// What a user of this library can do about it, where the code tells.
    fn advised(&self, message: &str, error: &str) -> String {
        let status = self.answer.status;
        let advice = match error {
            "invalid_client" => {
                "; check client_id, key_id, that the private key is the registered one, the token endpoint \
                 and this machine's clock"
            }
            "invalid_grant" => "; the code or refresh token is used up, expired or not this client's: get a new one",
            _ => "",
        };
        format!("{message} (status {status}){advice}")
    }

    fn invalid(&self, what: &str) -> Error {
        let status = self.answer.status;
        let message =
            format!("the token endpoint's answer is neither a token nor an OAuth error: {what} (status {status})");
        self.complete(Error::new(ErrorCode::InvalidResponse, message))
    }

    /// What came in place of an OAuth answer, told by its kind and never by its text.
    fn describe(&self, is_json: bool) -> String {
        let answer = self.answer;
        if (300..400).contains(&answer.status) {
            let target = self.quoted(answer.redirect_origin.as_deref().unwrap_or("nowhere"));
            return format!("a redirect to {target}, which is not followed; give that server's token endpoint");
        }
        let kind = answer.content_type.as_deref().map(|kind| self.quoted(kind));
        let starts_like_a_page = answer.body.trim_ascii_start().first() == Some(&b'<');
        match (&answer.body[..], kind) {
            ([], _) => "no content".into(),
            _ if is_json => "JSON of another kind".into(),
            (_, Some(kind)) if kind.contains("html") => {
                format!("a page ({kind}), perhaps a proxy's; is the URL right?")
            }
            _ if starts_like_a_page => "a page, perhaps a proxy's; is the URL right?".into(),
            (body, Some(kind)) => format!("{} bytes of {kind} that are no JSON", body.len()),
            (body, None) => format!("{} bytes that are no JSON", body.len()),
        }
    }

    /// Status, delay and whether the call may be repeated: the same for both kinds of error.
    fn complete(&self, error: Error) -> Error {
        let status = self.answer.status;
        let error = error
            .with("http_status", status)
            .retryable(status == 429 || (status == 503 && !self.request.spends_a_grant()));
        match self.retry_after() {
            Some(seconds) => error.with("retry_after", seconds),
            None => error,
        }
    }

    /// Seconds to wait, from either form of the header (RFC 9110 §10.2.3).
    fn retry_after(&self) -> Option<u64> {
        let header = self.answer.retry_after.as_deref()?.trim();
        header.parse().ok().or_else(|| {
            let when = httpdate::parse_http_date(header).ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs();
            Some(when.saturating_sub(self.sent.unix_seconds().unsigned_abs()))
        })
    }

    /// A text of the server's for people: without what was secret in the request, on one line, not too long.
    fn quoted(&self, text: &str) -> String {
        let mut quoted = text.to_owned();
        for secret in self.secrets().filter(|secret| secret.len() >= SHORTEST_SECRET) {
            quoted = without(&quoted, secret);
            // As it stood in the form.
            quoted = without(&quoted, &byte_serialize(secret.as_bytes()).collect::<String>());
        }
        let mut line: String = quoted.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if let Some((end, _)) = line.char_indices().nth(LONGEST_QUOTE) {
            line.truncate(end);
            line.push('…');
        }
        if self.shows_a_part(&line) { "[hidden]".into() } else { line }
    }

    /// Whether a text holds so much of a secret in a row that it tells of it: in another encoding, or cut short by the server.
    fn shows_a_part(&self, text: &str) -> bool {
        let lower =
            |part: &[u8]| <[u8; TELLING_PART]>::try_from(part).map(|part| part.map(|byte| byte.to_ascii_lowercase()));
        let decoded = percent_decode_str(text).collect::<Vec<u8>>();
        let parts: HashSet<_> = [text.as_bytes(), &decoded]
            .iter()
            .flat_map(|text| text.windows(TELLING_PART))
            .filter_map(|part| lower(part).ok())
            .collect();
        self.secrets()
            .flat_map(|secret| secret.as_bytes().windows(TELLING_PART))
            .any(|part| lower(part).is_ok_and(|part| parts.contains(&part)))
    }

    /// What was secret in the request. The parts of an assertion are as secret as the whole.
    fn secrets(&self) -> impl Iterator<Item = &str> {
        self.assertion.split('.').chain(self.request.secrets())
    }
}

/// The text with `secret` cut out, in whatever case: a host's name, for one, loses it.
fn without(text: &str, secret: &str) -> String {
    let (lower_text, lower_secret) = (text.to_ascii_lowercase(), secret.to_ascii_lowercase());
    let mut kept = String::new();
    let mut start = 0;
    while let Some(found) = lower_text[start..].find(&lower_secret).filter(|_| !secret.is_empty()) {
        kept.push_str(&text[start..start + found]);
        kept.push_str("[hidden]");
        start += found + secret.len();
    }
    kept.push_str(&text[start..]);
    kept
}

/// `None` for what C can't tell: `null`, and strings with a NUL.
fn member(value: &Value) -> Option<Text> {
    match value {
        Value::Null => None,
        Value::String(text) => Text::new(text),
        other => Text::new(&Zeroizing::new(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Function, Options};
    use crate::protocol::token::tests::CLOCK;

    fn answered(status: u16, body: &str) -> Result<Token, Error> {
        let parameters = [("grant_type", "refresh_token"), ("refresh_token", "SECRET-REFRESH-TOKEN"), ("scope", "a b")];
        let request = TokenRequest::new(&Options::parse(Function::Exchange, parameters).unwrap()).unwrap();
        let answer = Answer {
            status,
            content_type: None,
            retry_after: Some("Tue, 14 Nov 2023 22:13:30 GMT".into()),
            redirect_origin: None,
            body: Zeroizing::new(body.as_bytes().to_vec()),
        };
        read(answer, &request, "SECRET-H.SECRET-C.SECRET-S", Moment::now(CLOCK))
    }

    #[test]
    fn every_member_reads_as_text_and_an_omitted_scope_as_the_requested_one() {
        let token =
            answered(200, r#"{"access_token":"x","n":1.5,"o":{"a":[]},"s":"\u00e9","t":true,"z":null,"nul":"\u0000"}"#);
        let token = token.unwrap();
        let get = |name| token.get(name);
        assert_eq!(
            (get("n"), get("o"), get("s"), get("t")),
            (Some("1.5"), Some(r#"{"a":[]}"#), Some("é"), Some("true"))
        );
        assert_eq!((get("z"), get("nul"), get("scope")), (None, None, Some("a b")));
        assert_eq!((token.token_type(), token.expires_at()), ("Bearer", None));
    }

    #[test]
    fn what_is_no_token_is_an_invalid_response() {
        for body in [
            "",
            "[]",
            "null",
            "{}",
            "{",
            r#"{"access_token":""}"#,
            r#"{"access_token":1}"#,
            r#"{"access_token":"\u0000"}"#,
            r#"{"access_token":"x","error":"y"}"#,
            r#"{"access_token":"x","expires_in":"1"}"#,
            r#"{"access_token":"x","expires_in":-1}"#,
            r#"{"access_token":"x","refresh_token":{}}"#,
            r#"{"access_token":"x","scope":[]}"#,
            r#"{"access_token":"x","token_type":0}"#,
        ] {
            let error = answered(200, body).unwrap_err();
            assert_eq!((error.name(), error.get("http_status")), ("invalid_response", Some("200")), "{body}");
        }
    }

    #[test]
    fn an_oauth_error_carries_its_fields_without_what_was_secret() {
        let body =
            r#"{"error":"invalid_grant","error_description":"no\nSECRET-REFRESH-TOKEN SECRET-C","error_uri":"u"}"#;
        let error = answered(400, body).unwrap_err();
        assert_eq!((error.name(), error.get("error")), ("oauth_error", Some("invalid_grant")));
        assert_eq!(error.get("error_description"), Some("no [hidden] [hidden]"));
        assert_eq!((error.get("http_status"), error.get("retry_after")), (Some("400"), Some("10")));
        assert!(!error.message().contains("SECRET"));
    }

    #[test]
    fn a_secret_shows_in_no_other_spelling_either() {
        for echo in ["%53ECRET-REFRESH-TOKEN", "secret-refresh-tok...", "SECRET-REFRESH%2dTOKEN"] {
            let body = format!(r#"{{"error":"invalid_grant","error_description":"no {echo}"}}"#);
            assert_eq!(answered(400, &body).unwrap_err().get("error_description"), Some("[hidden]"), "{echo}");
        }
    }

    #[test]
    fn only_a_429_may_be_repeated_where_a_grant_is_spent() {
        let retryable = |status| answered(status, r#"{"error":"x"}"#).unwrap_err().is_retryable();
        assert_eq!((retryable(429), retryable(503), retryable(400)), (true, false, false));
    }
}
