//! A server's own words in a refusal that is not an OAuth error: JSON of another kind (RFC 9457, for example), the title of a page, other
//! text, a challenge, or the reason phrase.

use super::redaction::{self, Redaction};
use crate::json::{Members, items};
use crate::message::Answer;
use crate::wiped::Wiped;
use http::header::WWW_AUTHENTICATE;
use serde_json::value::RawValue;

/// JSON within more objects and lists is shown as it is written.
const DEEPEST: usize = 6;
/// More text than a message quotes, even if most of it is hidden.
const ENOUGH: usize = 4000;

/// The words of an answer with status 400 or above. An answer with a lower status may hold a token, so it is never quoted. `left_out`
/// are members of its JSON.
pub(super) fn of(answer: &Answer, left_out: &[&str], redaction: &Redaction<'_>) -> Option<String> {
    if answer.status < 400 {
        return None;
    }
    let text = body(answer, left_out).into_iter();
    let texts = text.chain(challenge(answer)).chain(answer.reason.clone().map(Wiped::new));
    let said = texts.map(|text| redaction.excerpt(&text)).find(|said| !said.is_empty());
    said.map(|said| format!("; it says: {said}"))
}

fn body(answer: &Answer, left_out: &[&str]) -> Option<Wiped<String>> {
    let is_text = |c: char| !c.is_control() || c.is_whitespace();
    let text = Wiped::new(String::from_utf8_lossy(&answer.body).into_owned());
    if answer.coding().is_some() || !text.chars().take(ENOUGH).all(is_text) {
        return None;
    }
    let text = text.trim_start_matches('\u{feff}').trim();
    if serde_json::from_str::<&RawValue>(text).is_ok() {
        let mut said = Said { text: Wiped::default(), left_out };
        said.add(text, "", 0);
        return Some(said.text);
    }
    let is_page = answer.is_page() || text.to_ascii_lowercase().contains("<title");
    if is_page {
        return title(text);
    }
    let is_markup = text.starts_with('<');
    Some(Wiped::new(if is_markup { unescaped(text) } else { text.to_owned() }))
}

fn challenge(answer: &Answer) -> Option<Wiped<String>> {
    let values = answer.headers.get_all(WWW_AUTHENTICATE).iter();
    let texts: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    Some(Wiped::new(texts.join(", ")))
}

/// The texts in JSON, each with its name.
struct Said<'a> {
    text: Wiped<String>,
    left_out: &'a [&'a str],
}

impl Said<'_> {
    fn add(&mut self, json: &str, path: &str, depth: usize) {
        if self.text.len() > ENOUGH {
            return;
        }
        if let Some(members) = Members::parse(json).ok().filter(|_| depth < DEEPEST) {
            for (name, value) in members.in_order() {
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                if depth == 0 && self.left_out.contains(&name) {
                    continue;
                } else if redaction::sounds_secret(name) {
                    self.push(&path, redaction::HIDDEN);
                } else {
                    self.add(value, &path, depth + 1);
                }
            }
        } else if let Some(items) = items(json).filter(|_| depth < DEEPEST) {
            items.into_iter().for_each(|item| self.add(item, path, depth + 1));
        } else {
            match serde_json::from_str::<String>(json).map(Wiped::new) {
                Ok(text) => self.push(path, text.trim()),
                Err(_) if json == "null" => {}
                Err(_) => self.push(path, json),
            }
        }
    }

    fn push(&mut self, path: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push_str(", ");
        }
        if !path.is_empty() {
            self.text.push_str(path);
            self.text.push_str(": ");
        }
        self.text.push_str(value);
    }
}

/// The title of an HTML page.
fn title(page: &str) -> Option<Wiped<String>> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title").unwrap_or(lower.len() - start);
    Some(Wiped::new(unescaped(page[start..end].trim())))
}

/// The text without the escapes of HTML and XML, in which a secret could hide.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once(';').and_then(|(name, rest)| Some((character(name)?, rest))) {
            Some((c, rest)) => {
                plain.push(c);
                plain.push_str(rest);
            }
            None => {
                plain.push('&');
                plain.push_str(piece);
            }
        }
    }
    plain
}

fn character(name: &str) -> Option<char> {
    let number = match name.strip_prefix('#') {
        Some(hex) if hex.starts_with(['x', 'X']) => u32::from_str_radix(&hex[1..], 16),
        Some(decimal) => decimal.parse(),
        None => {
            let named = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", ' ')];
            return named.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
        }
    };
    char::from_u32(number.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};

    fn said(status: u16, body: &str, headers: &[(&'static str, &'static str)], reason: Option<&str>) -> Option<String> {
        let headers =
            headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)));
        let answer = Answer {
            status,
            headers: HeaderMap::from_iter(headers),
            reason: reason.map(str::to_owned),
            body: Wiped::new(body.as_bytes().to_vec()),
            cut: None,
        };
        of(&answer, &[], &Redaction::new(["r3fresh-t0ken"].into_iter())).map(|said| said.replacen("; it says: ", "", 1))
    }

    #[test]
    fn the_text_of_json_stands_in_the_order_of_the_server() {
        for (body, expected) in [
            (r#"{"errorCode":"E1","errorSummary":"no"}"#, "errorCode: E1, errorSummary: no"),
            (r#"{"z":{"b":[1,true,{"c":"\u0041"}]},"a":null,"e":"","l":[],"o":{}}"#, "z.b: 1, z.b: true, z.b.c: A"),
            (r#""Forbidden""#, "Forbidden"),
            ("17", "17"),
            (r#"["a",["b"]]"#, "a, b"),
            (r#"{"error":{"message":"the r3fresh-t0ken is spent"}}"#, "error.message: the [hidden] is spent"),
            (
                r#"{"token":{"message":"x"},"apiKey":["y"],"PASSWORD":1}"#,
                "token: [hidden], apiKey: [hidden], PASSWORD: [hidden]",
            ),
            (r#"{"a":{"a":{"a":{"a":{"a":{"a":{"token": "x"}}}}}}}"#, r#"a.a.a.a.a.a: {"token": "[hidden]"}"#),
            (r#"{"message":"{\"access_token\":\"x y\"}"}"#, r#"message: {"access_token":"[hidden]"}"#),
        ] {
            assert_eq!(said(400, body, &[], None).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn of_a_page_only_the_title_is_shown_and_of_other_text_all() {
        for (body, expected) in [
            (
                "<!DOCTYPE html><html><TITLE lang=en>\n 403&#32;&lt;no&gt; &#x72;3fresh-t0ken &x; </TITLE>body",
                Some("403 <no> [hidden] &x;"),
            ),
            ("<html><body>text</body></html>", None),
            ("<html><title>no end", Some("no end")),
            (
                "<Error><Code>A&#66;</Code><Password a='b'>x y</Password></Error>",
                Some("<Error><Code>AB</Code><Password a='b'>[hidden]</Password></Error>"),
            ),
            ("upstream\r\n\ttimed out", Some("upstream timed out")),
            ("error=no&access_token=x", Some("error=no&access_token=[hidden]")),
            ("\u{1f}\u{8b}binary", None),
            (" \r\n ", None),
        ] {
            assert_eq!(said(502, body, &[], None).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn a_challenge_and_the_reason_phrase_speak_for_a_body_that_says_nothing() {
        let challenge =
            [("www-authenticate", "Bearer error=\"invalid_token\""), ("www-authenticate", "Basic eHg6eHg0MjQyNA==")];
        let both = "Bearer error=\"invalid_token\", Basic [hidden]";
        assert_eq!(said(401, "", &challenge, Some("Locked")).as_deref(), Some(both));
        assert_eq!(
            said(401, "<html></html>", &challenge[..1], None).as_deref(),
            Some("Bearer error=\"invalid_token\"")
        );
        assert_eq!(said(401, "no", &challenge, None).as_deref(), Some("no"));
        assert_eq!(said(403, "{}", &[], Some("Account locked")).as_deref(), Some("Account locked"));
        assert_eq!(said(403, "gzipped", &[("content-encoding", "gzip")], None), None);
    }

    #[test]
    fn an_answer_below_400_is_never_quoted() {
        for status in [200, 204, 302, 399] {
            assert_eq!(said(status, "text", &[("www-authenticate", "Basic")], Some("reason")), None);
        }
    }

    #[test]
    fn a_body_of_any_size_and_depth_is_quoted() {
        for body in [
            "[".repeat(500_000),
            format!("[{}null]", "null,".repeat(200_000)),
            format!("{{{}}}", r#""a":"b","#.repeat(100_000)),
            "<title".repeat(150_000),
            "&".repeat(1_000_000),
        ] {
            let said = said(500, &body, &[], None).unwrap_or_default();
            assert!(said.chars().count() <= 300);
        }
    }
}
