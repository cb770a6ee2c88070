//! Reads the token endpoint's answer: a token, an OAuth error, or neither (RFC 6749 §5.1, §5.2).

use super::challenge;
use super::redaction::Redaction;
use super::repetition::{Failure, Outcome};
use super::request::TokenRequest;
use super::token::{FURTHEST, Moment, Token};
use super::words;
use crate::error::{Error, ErrorCode};
use crate::json::Members;
use crate::message::{Answer, Destination, Intermediary};
use crate::wiped::Wiped;
use http::header::{AGE, CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use std::ops::RangeInclusive;
use std::time::{Duration, UNIX_EPOCH};
use url::Origin;

/// The errors of RFC 6749 §5.2, and those of its other endpoints (§4.1.2.1). Messages show them even if a secret of the request has
/// the same text.
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

/// How many seconds two clocks may differ.
const TOLERANCE: u64 = 30;

/// The Unix seconds that a server's clock may show: those of 2024 to 2099.
const PLAUSIBLE: RangeInclusive<i64> = 1_704_067_200..=4_102_444_799;

/// The parts of a sent request that are needed to read its answer.
pub(crate) struct Sent<'a> {
    pub request: &'a TokenRequest,
    pub assertion: &'a str,
    pub destination: &'a Destination,
    pub intermediary: Intermediary<'a>,
    pub at: Moment,
    /// The offset by which the assertion was signed.
    pub clock_offset: i64,
}

impl Sent<'_> {
    /// The secrets of the request. The parts of an assertion are as secret as the whole.
    fn redaction(&self) -> Redaction<'_> {
        let of_the_proxy = self.intermediary.secrets.iter().map(|secret| secret.as_str());
        Redaction::new(self.assertion.split('.').chain(self.request.secrets()).chain(of_the_proxy))
    }
}

/// Reads the answer to a request.
pub(crate) fn read(answer: &Answer, sent: &Sent<'_>) -> Result<Token, Failure> {
    let reader = Reader { answer, sent };
    let longest = sent.destination.role.longest_body();
    if answer.body.len() > longest {
        return Err(reader.invalid(&format!("it is longer than {longest} bytes")));
    }
    let decoded;
    let text = match std::str::from_utf8(&answer.body) {
        Ok(text) => text,
        Err(_) => {
            decoded = lossy(&answer.body);
            &decoded
        }
    };
    // RFC 8259 §8.1
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match &Members::parse(text) {
        Ok(members) => match reader.token(text, members) {
            Ok(token) => Ok(token),
            // A whole object is the whole answer, whatever its framing says.
            Err(_) if members.text("error").is_some_and(|error| !error.is_empty()) => Err(reader.oauth_error(members)),
            Err(complaint) => Err(reader.unusable(&complaint)),
        },
        Err(error) if (error.is_eof() || is_open(text)) && reader.may_be_cut() => Err(reader.cut()),
        Err(error) => {
            // What stands behind the object costs no token.
            let token = Members::at_start(text).and_then(|(json, members)| reader.token(json, &members).ok());
            token.ok_or_else(|| reader.unusable(&reader.describe(error.is_data())))
        }
    }
}

/// The body as text. Bytes that are not UTF-8 become U+FFFD, because they cost no token.
fn lossy(body: &[u8]) -> Wiped<String> {
    let mut text = Wiped::new(String::with_capacity(3 * body.len()));
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

/// Whether a JSON object is not closed. If it ends in the middle of a number, the parser reports another fault.
fn is_open(text: &str) -> bool {
    text.trim_start().starts_with('{') && !text.trim_end().ends_with('}')
}

struct Reader<'a> {
    answer: &'a Answer,
    sent: &'a Sent<'a>,
}

impl Reader<'_> {
    fn is_success(&self) -> bool {
        (200..300).contains(&self.answer.status)
    }

    /// The token in an answer of success. The grant is spent, so nothing beside a usable access token matters.
    fn token(&self, json: &str, members: &Members<'_>) -> Result<Token, String> {
        if !self.is_success() {
            return Err(self.describe(true));
        }
        Token::from_answer(json, members, self.sent.request.grant().scope(), self.sent.at)
    }

    /// Whether the body may be cut short, because only the end of the connection marks the end of the body.
    fn may_be_cut(&self) -> bool {
        self.is_success() && !self.answer.is_delimited() && self.answer.coding().is_none()
    }

    /// The failure of an answer that is not whole.
    fn cut(&self) -> Failure {
        let what = self.answer.cut.as_deref().unwrap_or("the answer ends in the middle of its JSON");
        let remark = self.remark();
        let message = format!("{what}{remark}; it is unknown whether the server acted on the request");
        Failure::new(Outcome::AnswerLost, Error::new(ErrorCode::OutcomeUnknown, message))
    }

    fn remark(&self) -> String {
        self.sent.intermediary.remark.map(|remark| format!("; {remark}")).unwrap_or_default()
    }

    fn unusable(&self, complaint: &str) -> Failure {
        if self.answer.cut.is_some() { self.cut() } else { self.invalid(complaint) }
    }

    fn oauth_error(&self, members: &Members<'_>) -> Failure {
        let redaction = self.sent.redaction();
        let text = |name: &str| members.text(name).map(|text| redaction.quoted(&text));
        let error = match members.text("error") {
            Some(known) if KNOWN_ERRORS.contains(&known.as_str()) => known,
            _ => text("error").unwrap_or_default(),
        };
        let description = text("error_description");
        let message = match &description {
            Some(description) => format!("the token endpoint answers {error}: {description}"),
            None => format!("the token endpoint answers {error}"),
        };
        let said = || words::of(self.answer, &["error", "error_uri"], &redaction).unwrap_or_default();
        let said = if description.is_none() { said() } else { String::new() };
        let offset = self.clock_offset().filter(|_| error == "invalid_client");
        let wrong_clock = offset.filter(|offset| offset.abs_diff(0) > TOLERANCE);
        let mut failure =
            Error::new(ErrorCode::OauthError, self.advised(&message, &said, &error, wrong_clock)).with("error", error);
        if let Some(offset) = wrong_clock {
            failure = failure.with("clock_offset", offset);
        }
        for name in ["error_description", "error_uri"] {
            if let Some(value) = text(name) {
                failure = failure.with(name, value);
            }
        }
        let differs = |offset: &i64| offset.abs_diff(self.sent.clock_offset) > TOLERANCE;
        self.complete(failure).with_correction(offset.filter(differs))
    }

    /// By how many seconds the server's clock is ahead of this machine's, from the header Date (RFC 9110 §6.6.1). Only a server that
    /// is authenticated, and that answers itself, is believed.
    fn clock_offset(&self) -> Option<i64> {
        if self.sent.destination.url.scheme() != "https" || self.answer.headers.contains_key(AGE) {
            return None;
        }
        let date = httpdate::parse_http_date(self.answer.header(DATE)?.trim()).ok()?;
        let shown = i64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()?;
        PLAUSIBLE.contains(&shown).then(|| self.sent.at.offset(shown))
    }

    /// The message, with advice if there is any for this error.
    fn advised(&self, message: &str, said: &str, error: &str, wrong_clock: Option<i64>) -> String {
        let status = self.answer.status;
        if let Some(offset) = wrong_clock {
            let (seconds, side) = (offset.unsigned_abs(), if offset < 0 { "ahead of" } else { "behind" });
            return format!(
                "{message} (status {status}){said}; this machine's clock is {seconds} s {side} the server's, so set it right"
            );
        }
        let advice = match error {
            "invalid_client" => {
                "; check client_id, key_id, algorithm, that the private key is the registered one, the token endpoint \
                 and this machine's clock"
            }
            "invalid_grant" => {
                "; the code or refresh token is spent, has expired, or belongs to another client; get a new one"
            }
            _ => "",
        };
        format!("{message} (status {status}){said}{advice}")
    }

    fn invalid(&self, what: &str) -> Failure {
        let status = self.answer.status;
        let said = words::of(self.answer, &[], &self.sent.redaction()).unwrap_or_default();
        let remark = self.remark();
        let message = format!(
            "the token endpoint's answer is neither a token nor an OAuth error: {what} (status {status}){said}{remark}"
        );
        self.complete(Error::new(ErrorCode::InvalidResponse, message))
    }

    /// Describes an answer that is not an OAuth answer: its kind.
    fn describe(&self, is_json: bool) -> String {
        let answer = self.answer;
        if (300..400).contains(&answer.status) {
            return match self.redirect_origin() {
                Some(target) => format!(
                    "it redirects to {}, which the library does not follow; give the URL of the redirect as token_endpoint",
                    self.sent.redaction().quoted(&target)
                ),
                None => "it redirects without a valid URL; check the token endpoint".into(),
            };
        }
        if answer.status == 407 {
            let advice = challenge::advice(&answer.headers, self.sent.intermediary.has_account);
            return format!("it comes from a proxy, which {advice}");
        }
        if let Some(coding) = answer.coding() {
            return format!(
                "it is encoded ({}), although the library asked for no coding",
                self.sent.redaction().excerpt(&coding)
            );
        }
        let kind = answer.header(CONTENT_TYPE);
        match (&answer.body[..], kind.map(|kind| self.sent.redaction().quoted(kind))) {
            ([], _) => "it is empty".into(),
            _ if is_json => "it is JSON of another kind".into(),
            (_, Some(kind)) if answer.is_page() => {
                format!("it is a web page ({kind}), perhaps from a proxy; check the URL")
            }
            (_, None) if answer.is_page() => "it is a web page, perhaps from a proxy; check the URL".into(),
            (body, Some(kind)) => format!("it is not JSON, but {} bytes of {kind}", body.len()),
            (body, None) => format!("it is not JSON ({} bytes)", body.len()),
        }
    }

    fn redirect_origin(&self) -> Option<String> {
        let target = self.sent.destination.url.join(self.answer.header(LOCATION)?).ok()?;
        Some(target.origin()).filter(Origin::is_tuple).map(|origin| origin.ascii_serialization())
    }

    /// Adds the fields that both kinds of error have: the status and the delay.
    fn complete(&self, error: Error) -> Failure {
        let status = self.answer.status;
        let error = error.with("http_status", status);
        let told = self.retry_after();
        let error = match told {
            Some(seconds) => error.with("retry_after", seconds),
            None => error,
        };
        Failure::new(Outcome::of_status(status), error).with_delay(told.map(Duration::from_secs))
    }

    /// Seconds to wait, from either form of the header (RFC 9110 §10.2.3).
    fn retry_after(&self) -> Option<u64> {
        let header = self.answer.header(RETRY_AFTER)?.trim();
        let seconds = if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
            header.parse().unwrap_or(u64::MAX)
        } else {
            let when = httpdate::parse_http_date(header).ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs();
            when.saturating_sub(self.sent.at.unix_seconds().unsigned_abs())
        };
        Some(seconds.min(FURTHEST.as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::Function;
    use crate::message::Role;
    use crate::options::Options;
    use crate::protocol::token::tests::CLOCK;
    use http::{HeaderMap, HeaderValue};
    use url::Url;

    fn answered(status: u16, body: &str) -> Result<Token, Error> {
        answered_with(status, body.as_bytes(), true)
    }

    fn answered_with(status: u16, body: &[u8], is_delimited: bool) -> Result<Token, Error> {
        let parameters = [("grant_type", "refresh_token"), ("refresh_token", "SECRET-REFRESH-TOKEN"), ("scope", "a b")];
        let options = Options::parse(Function::TokenExchange, parameters).unwrap();
        let request = TokenRequest::from_options(&options).ok().unwrap();
        let mut headers =
            HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("Tue, 14 Nov 2023 22:13:30 GMT"))]);
        if is_delimited {
            headers.insert(http::header::CONTENT_LENGTH, body.len().into());
        }
        let url = Url::parse("https://t.example/oauth/token").unwrap();
        let sent = Sent {
            request: &request,
            assertion: "SECRET-H.SECRET-C.SECRET-S",
            destination: &Destination { url, role: Role::TokenEndpoint },
            intermediary: Intermediary::default(),
            at: Moment::now(CLOCK),
            clock_offset: 0,
        };
        let answer = Answer { status, headers, reason: None, body: Wiped::new(body.to_vec()), cut: None };
        read(&answer, &sent).map_err(|failure| failure.into_error(request.grant().is_reusable()))
    }

    #[test]
    fn every_member_is_text_and_an_omitted_scope_is_the_requested_one() {
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
    fn the_outcome_is_unknown_wherever_an_answer_without_length_is_cut() {
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
    fn a_usable_access_token_is_a_token_whatever_is_beside_it() {
        let token = |side: &str| answered(201, &format!(r#"{{"access_token":"x",{side}}}"#)).expect(side);
        for (written, lifetime) in [
            (r#""3599""#, Some(3599)),
            ("3599", Some(3599)),
            ("1.5", Some(1)),
            (r#""""#, None),
            (r#""-1""#, None),
            (r#""1.5""#, None),
            (r#""1e3""#, None),
            ("-1", None),
            ("true", None),
            ("null", None),
            ("{}", None),
        ] {
            assert_eq!(token(&format!(r#""expires_in":{written}"#)).seconds_left(), lifetime, "{written}");
        }
        let far = format!(r#""expires_in":"{}""#, "9".repeat(400));
        assert_eq!(token(&far).seconds_left(), Some(FURTHEST.as_secs()));
        for (written, scope) in [
            (r#"["a","b"]"#, Some("a b")),
            (r#""c""#, Some("c")),
            ("null", Some("a b")),
            ("[]", None),
            ("[1]", None),
            (r#"["a",{}]"#, None),
            ("0", None),
            (r#""\u0000""#, None),
        ] {
            assert_eq!(token(&format!(r#""scope":{written}"#)).get("scope"), scope, "{written}");
        }
        for name in ["refresh_token", "id_token"] {
            for written in ["{}", "1", "true", r#""\u0000""#] {
                let token = token(&format!(r#""{name}":{written}"#));
                assert_eq!(token.get(name), None, "{written}");
                assert!(token.json().contains(written));
            }
        }
        assert_eq!(token(r#""token_type":0"#).token_type(), "Bearer");
        assert_eq!(token(r#""error":"invalid_scope""#).access_token(), "x");
    }

    #[test]
    fn an_oauth_error_without_a_token_is_that_error_with_any_status() {
        for status in [200, 201, 400, 500] {
            let error = answered(status, r#"{"error":"invalid_grant","error_description":"spent"}"#).unwrap_err();
            assert_eq!((error.name(), error.get("error_description")), ("oauth_error", Some("spent")), "{status}");
        }
    }

    #[test]
    fn an_answer_with_status_200_but_no_valid_token_is_an_invalid_response() {
        for body in [
            "",
            "[]",
            "null",
            "{}",
            "{",
            r#"{"access_token":""}"#,
            r#"{"access_token":1}"#,
            r#"{"access_token":"\u0000"}"#,
            r#"{"error":""}"#,
            r#"{"error":{}}"#,
        ] {
            let error = answered(200, body).unwrap_err();
            assert_eq!((error.name(), error.get("http_status")), ("invalid_response", Some("200")), "{body}");
        }
    }

    #[test]
    fn an_oauth_error_has_its_fields_but_no_secret_of_the_request() {
        let body = r#"{"error":"invalid_grant","error_description":"no\n\u2028\u202eSECRET-REFRESH-TOKEN SECRET-C","error_uri":"u"}"#;
        let error = answered(400, body).unwrap_err();
        assert_eq!((error.name(), error.get("error")), ("oauth_error", Some("invalid_grant")));
        assert_eq!(error.get("error_description"), Some("no   [hidden] [hidden]"));
        assert_eq!((error.get("http_status"), error.get("retry_after")), (Some("400"), Some("10")));
        assert!(!error.message().contains("SECRET"));
    }

    #[test]
    fn only_a_429_may_be_repeated_if_a_grant_can_be_spent() {
        let retryable = |status| answered(status, r#"{"error":"x"}"#).unwrap_err().is_retryable();
        assert_eq!([429, 503, 408, 400].map(retryable), [true, false, false, false]);
    }
}
