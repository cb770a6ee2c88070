//! What a token endpoint's answer means: a token, an OAuth error, or neither (RFC 6749 §5.1, §5.2).

use super::request::TokenRequest;
use super::token::{FURTHEST, Moment, Token};
use crate::error::{Error, ErrorCode};
use crate::json::Members;
use crate::text::Text;
use crate::wiped::Wiped;
use percent_encoding::percent_decode_str;
use std::collections::HashSet;
use std::time::{Duration, UNIX_EPOCH};
use url::form_urlencoded::byte_serialize;

/// A complete HTTP answer.
pub(crate) struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub retry_after: Option<String>,
    /// The origin that a redirect leads to.
    pub redirect_origin: Option<String>,
    /// Whether the answer itself told where it ends, so that one which was cut short was found out.
    pub is_delimited: bool,
    pub body: Wiped<Vec<u8>>,
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

/// Reads the answer to `request`, which carried `assertion`, and further secrets beside it, and was sent at `sent`.
pub(crate) fn read(
    answer: Answer,
    request: &TokenRequest<'_>,
    assertion: &str,
    further_secrets: &[Wiped<String>],
    sent: Moment,
) -> Result<Token, Error> {
    let reader = Reader { answer: &answer, request, assertion, further_secrets, sent };
    if answer.body.len() > LONGEST_BODY {
        return Err(reader.invalid(&format!("longer than {LONGEST_BODY} bytes")));
    }
    let text = match std::str::from_utf8(&answer.body) {
        // RFC 8259 §8.1
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) if error.error_len().is_none() && reader.may_be_cut() => return Err(cut()),
        Err(_) => return Err(reader.invalid(&reader.describe(false))),
    };
    let (status, document) = (answer.status, Members::parse(text));
    match &document {
        Ok(members) if status == 200 => reader.token(text, members),
        Ok(members) if members.text("error").is_some_and(|error| !error.is_empty()) => Err(reader.oauth_error(members)),
        Err(error) if (error.is_eof() || is_open(text)) && reader.may_be_cut() => Err(cut()),
        Ok(_) => Err(reader.invalid(&reader.describe(true))),
        Err(error) => Err(reader.invalid(&reader.describe(error.is_data()))),
    }
}

fn cut() -> Error {
    Error::new(
        ErrorCode::OutcomeUnknown,
        "the answer ends before its JSON does: whether the server acted on the request is unknown",
    )
}

/// A JSON object that does not close; in the middle of a number, the parser finds something else wrong with it.
fn is_open(text: &str) -> bool {
    text.trim_start().starts_with('{') && !text.trim_end().ends_with('}')
}

struct Reader<'a> {
    answer: &'a Answer,
    request: &'a TokenRequest<'a>,
    assertion: &'a str,
    further_secrets: &'a [Wiped<String>],
    sent: Moment,
}

impl Reader<'_> {
    /// Nothing but the end of the connection said where the body ends.
    fn may_be_cut(&self) -> bool {
        self.answer.status == 200 && !self.answer.is_delimited
    }

    fn token(&self, json: &str, members: &Members<'_>) -> Result<Token, Error> {
        if members.has("error") {
            return Err(self.invalid("status 200 with an error in it"));
        }
        let text = |name: &str| match members.raw(name) {
            None => Ok(None),
            Some(_) => {
                let text =
                    members.read(name, Text::new).ok_or_else(|| self.invalid(&format!("{name} is no string")))?;
                text.map(Some).ok_or_else(|| self.invalid(&format!("{name} holds a NUL")))
            }
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
        let others = members.names().filter(|name| *name != "scope");
        Ok(Token {
            json: Text::lossy(json),
            access_token,
            token_type,
            members: others.filter_map(|name| Some((name.to_owned(), member(members, name)?))).chain(scope).collect(),
            expiry: self.lifetime(members)?.map(|lifetime| self.sent.after(lifetime)),
        })
    }

    fn lifetime(&self, members: &Members<'_>) -> Result<Option<Duration>, Error> {
        let Some(written) = members.raw("expires_in") else { return Ok(None) };
        // JSON's numbers are Rust's too; one that is too great for a float is infinite.
        let seconds = written.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0);
        let seconds = seconds.ok_or_else(|| self.invalid("expires_in is no number of seconds"))?;
        Ok(Some(Duration::try_from_secs_f64(seconds.trunc()).unwrap_or(Duration::MAX)))
    }

    fn oauth_error(&self, members: &Members<'_>) -> Error {
        let text = |name: &str| members.text(name).map(|text| self.quoted(&text));
        let error = match members.text("error") {
            Some(known) if KNOWN_ERRORS.contains(&known.as_str()) => known,
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
            return match &answer.redirect_origin {
                Some(target) => format!(
                    "a redirect to {}, which is not followed; give the URL that it leads to as token_endpoint",
                    self.quoted(target)
                ),
                None => "a redirect that leads to no URL; is the token endpoint right?".into(),
            };
        }
        if answer.status == 407 {
            return "a proxy asks for a user and a password that it accepts; give them in its URL".into();
        }
        let kind = answer.content_type.as_deref().map(|kind| self.quoted(kind));
        let is_page = answer.content_type.as_deref().is_some_and(|kind| kind.contains("html"));
        let starts_like_a_page = answer.body.trim_ascii_start().first() == Some(&b'<');
        match (&answer.body[..], kind) {
            ([], _) => "no content".into(),
            _ if is_json => "JSON of another kind".into(),
            (_, Some(kind)) if is_page => {
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
            .retryable(status == 429 || (matches!(status, 408 | 503) && !self.request.spends_a_grant()));
        match self.retry_after() {
            Some(seconds) => error.with("retry_after", seconds),
            None => error,
        }
    }

    /// Seconds to wait, from either form of the header (RFC 9110 §10.2.3).
    fn retry_after(&self) -> Option<u64> {
        let header = self.answer.retry_after.as_deref()?.trim();
        let seconds = if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
            header.parse().unwrap_or(u64::MAX)
        } else {
            let when = httpdate::parse_http_date(header).ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs();
            when.saturating_sub(self.sent.unix_seconds().unsigned_abs())
        };
        Some(seconds.min(FURTHEST.as_secs()))
    }

    /// A text of the server's for people: without what was secret in the request, on one line, not too long.
    fn quoted(&self, text: &str) -> String {
        let mut quoted = text.to_owned();
        for secret in self.secrets().filter(|secret| secret.len() >= SHORTEST_SECRET) {
            quoted = without(&quoted, secret);
            // As it stood in the form.
            quoted = without(&quoted, &byte_serialize(secret.as_bytes()).collect::<String>());
        }
        let mut line: String = quoted.chars().map(|c| if breaks_or_turns(c) { ' ' } else { c }).collect();
        if let Some((end, _)) = line.char_indices().nth(LONGEST_QUOTE) {
            line.truncate(end);
            line.push('…');
        }
        if self.shows_a_part(&line) { "[hidden]".into() } else { line }
    }

    /// Whether a text holds a short secret, or so much of a long one in a row that it tells of it: in another encoding or in letters
    /// of the other case, or cut short by the server.
    fn shows_a_part(&self, text: &str) -> bool {
        let texts = [text.to_lowercase(), percent_decode_str(text).decode_utf8_lossy().to_lowercase()];
        let parts: HashSet<&[u8]> = texts.iter().flat_map(|text| text.as_bytes().windows(TELLING_PART)).collect();
        self.secrets().filter(|secret| secret.len() >= SHORTEST_SECRET).map(lower).any(|secret| {
            let is_whole = secret.len() < TELLING_PART && texts.iter().any(|text| text.contains(secret.as_str()));
            is_whole || secret.as_bytes().windows(TELLING_PART).any(|part| parts.contains(part))
        })
    }

    /// What was secret in the request. The parts of an assertion are as secret as the whole.
    fn secrets(&self) -> impl Iterator<Item = &str> {
        let further = self.further_secrets.iter().map(|secret| secret.as_str());
        self.assertion.split('.').chain(self.request.secrets()).chain(further)
    }
}

/// What would break a line, or show text in another order than it has.
fn breaks_or_turns(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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

/// In small letters.
fn lower(secret: &str) -> Wiped<String> {
    // A letter's small one is never twice as long, so that the buffer never moves.
    let mut lower = Wiped::new(String::with_capacity(2 * secret.len()));
    lower.extend(secret.chars().flat_map(char::to_lowercase));
    lower
}

/// A member as text: a string as what it means, anything else as it is written. `None` for what C can't tell: `null`, and strings
/// with a NUL.
fn member(members: &Members<'_>, name: &str) -> Option<Text> {
    match members.raw(name)? {
        string if string.starts_with('"') => members.read(name, Text::new)?,
        other => Text::new(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::Function;
    use crate::options::Options;
    use crate::protocol::token::tests::CLOCK;

    fn answered(status: u16, body: &str) -> Result<Token, Error> {
        answered_with(status, body.as_bytes(), true)
    }

    fn answered_with(status: u16, body: &[u8], is_delimited: bool) -> Result<Token, Error> {
        let parameters = [("grant_type", "refresh_token"), ("refresh_token", "SECRET-REFRESH-TOKEN"), ("scope", "a b")];
        let request = TokenRequest::new(&Options::parse(Function::TokenExchange, parameters).unwrap()).unwrap();
        let answer = Answer {
            status,
            content_type: None,
            retry_after: Some("Tue, 14 Nov 2023 22:13:30 GMT".into()),
            redirect_origin: None,
            is_delimited,
            body: Wiped::new(body.to_vec()),
        };
        read(answer, &request, "SECRET-H.SECRET-C.SECRET-S", &[], Moment::now(CLOCK))
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
        let exact = r#"{"z": 12345678901234567890123.10, "a": [1E3]}"#;
        let token =
            answered(200, &format!(r#"{{"access_token":"x","error":null,"escaped":"\u0041\/","exact":{exact}}}"#));
        let token = token.unwrap();
        assert_eq!((token.get("exact"), token.get("escaped")), (Some(exact), Some("A/")));
        assert_eq!((token.token_type(), token.expires_at()), ("Bearer", None));
        let everlasting = answered(200, r#"{"access_token":"x","expires_in":1e400}"#).unwrap();
        assert_eq!(everlasting.seconds_left(), Some(FURTHEST.as_secs()));
        let marked = answered(200, "\u{feff}{\"access_token\":\"x\"}").unwrap();
        assert_eq!((marked.access_token(), marked.json()), ("x", r#"{"access_token":"x"}"#));
    }

    #[test]
    fn an_answer_that_may_be_cut_is_unknown_wherever_it_was_cut() {
        let body = r#"{"access_token":"é","n":-12.5e3,"o":{"a":[true,null]}}"#.as_bytes();
        let code =
            |body: &[u8], is_delimited| answered_with(200, body, is_delimited).map_err(|error| error.code()).err();
        assert_eq!(code(body, false), None);
        for end in 0..body.len() {
            assert_eq!(code(&body[..end], false), Some(ErrorCode::OutcomeUnknown), "after {end} bytes");
            assert_eq!(code(&body[..end], true), Some(ErrorCode::InvalidResponse), "after {end} bytes");
        }
        for other in [&b"<html>"[..], b"{]}", b"\xff{", b"no"] {
            assert_eq!(code(other, false), Some(ErrorCode::InvalidResponse));
        }
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
            r#"{"access_token":"x","expires_in":true}"#,
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
        let body = r#"{"error":"invalid_grant","error_description":"no\n\u2028\u202eSECRET-REFRESH-TOKEN SECRET-C","error_uri":"u"}"#;
        let error = answered(400, body).unwrap_err();
        assert_eq!((error.name(), error.get("error")), ("oauth_error", Some("invalid_grant")));
        assert_eq!(error.get("error_description"), Some("no   [hidden] [hidden]"));
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
        assert_eq!([429, 503, 408, 400].map(retryable), [true, false, false, false]);
    }
}
