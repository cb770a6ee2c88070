//! Quotes a server's text in the library's messages: without secrets, on one line, and not too long.

use crate::wiped::Wiped;
use percent_encoding::percent_decode_str;
use std::collections::HashSet;
use url::form_urlencoded::byte_serialize;

/// Stands in the place of a secret.
pub(super) const HIDDEN: &str = "[hidden]";
/// The longest text that a message quotes, in characters.
const LONGEST_QUOTE: usize = 1000;
/// The same for a text that is no part of an OAuth error.
const LONGEST_EXCERPT: usize = 300;
/// A shorter value occurs in many texts by chance. Cutting it out would hide the text and reveal the value.
const SHORTEST_SECRET: usize = 4;
/// This many consecutive bytes of a secret reveal too much of it.
const TELLING_PART: usize = 12;

/// The secrets that a text must not show.
pub(crate) struct Redaction<'a> {
    secrets: Vec<&'a str>,
}

impl<'a> Redaction<'a> {
    pub fn new(secrets: impl Iterator<Item = &'a str>) -> Redaction<'a> {
        Redaction { secrets: secrets.filter(|secret| secret.len() >= SHORTEST_SECRET).collect() }
    }

    /// `text` in the form in which a message may quote it.
    pub fn quoted(&self, text: &str) -> String {
        self.cut(&self.without_secrets(text), LONGEST_QUOTE)
    }

    /// The beginning of a text of any kind. It also lacks values whose names sound like secrets.
    pub fn excerpt(&self, text: &str) -> String {
        let text = without_named_values(&self.without_secrets(text));
        let words = text.split(|c: char| c.is_whitespace() || breaks_or_turns(c)).filter(|word| !word.is_empty());
        self.cut(&words.collect::<Vec<_>>().join(" "), LONGEST_EXCERPT)
    }

    fn without_secrets(&self, text: &str) -> String {
        // The rest of a long text is never quoted. The work for each secret has this bound, too.
        let end = text.char_indices().nth(4 * LONGEST_QUOTE).map_or(text.len(), |(end, _)| end);
        let mut quoted = text[..end].to_owned();
        for secret in &self.secrets {
            quoted = without(&quoted, secret);
            // The secret as the form encoded it.
            quoted = without(&quoted, &byte_serialize(secret.as_bytes()).collect::<String>());
        }
        quoted
    }

    /// `text` as one line of at most `longest` characters.
    fn cut(&self, text: &str, longest: usize) -> String {
        let mut line: String = text.chars().map(|c| if breaks_or_turns(c) { ' ' } else { c }).collect();
        if line.chars().nth(longest).is_some() {
            line = line.chars().take(longest - 1).chain(['…']).collect();
        }
        if self.shows_a_part(&line) { HIDDEN.into() } else { line }
    }

    /// Whether a text contains a short secret, or too many consecutive bytes of a long one. The server may have changed the
    /// encoding or the case of the secret, or cut it short.
    fn shows_a_part(&self, text: &str) -> bool {
        let texts = [text.to_lowercase(), percent_decode_str(text).decode_utf8_lossy().to_lowercase()];
        let parts: HashSet<&[u8]> = texts.iter().flat_map(|text| text.as_bytes().windows(TELLING_PART)).collect();
        self.secrets.iter().map(|secret| lower(secret)).any(|secret| {
            let is_whole = secret.len() < TELLING_PART && texts.iter().any(|text| text.contains(secret.as_str()));
            is_whole || secret.as_bytes().windows(TELLING_PART).any(|part| parts.contains(part))
        })
    }
}

/// Names of secrets, without the characters between their words. A name that contains one of them sounds like a secret.
const SECRET_NAMES: &[&str] = &[
    "token",
    "secret",
    "passw",
    "passphrase",
    "pwd",
    "assertion",
    "credential",
    "authorizationcode",
    "cookie",
    "session",
    "jwt",
    "bearer",
    "signature",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "verifier",
    "samlresponse",
];
/// Names that sound like a secret only as a whole.
const SECRET_WORDS: &[&str] = &["key", "auth", "authorization", "proxyauthorization", "otp", "pin", "sid", "pass"];
/// Schemes of authentication, whose credentials follow (RFC 9110 §11.4).
const SCHEMES: &[&str] = &["basic", "bearer", "digest", "dpop", "negotiate", "ntlm"];
/// A word behind a secret's name is probably its value if it is as long as this and contains a digit.
const SHORTEST_VALUE: usize = 12;

/// Whether a value of this name may be a secret.
pub(super) fn sounds_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    SECRET_NAMES.iter().any(|secret| plain.contains(secret)) || SECRET_WORDS.contains(&plain.as_str())
}

/// Hides values whose names sound like secrets, in any notation: `name=value`, `name: "value"`, `<name>value<`, `Bearer value`. Also
/// hides each JWT.
fn without_named_values(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((before, word, after)) = next_word(rest) {
        shown.push_str(before);
        rest = after;
        if looks_like_jwt(word) {
            shown.push_str(HIDDEN);
            continue;
        }
        shown.push_str(word);
        let value = if !sounds_secret(word) && !is_scheme(word) || before.ends_with("</") {
            None
        } else if before.ends_with('<') {
            content_of_element(rest)
        } else {
            value_after(rest)
        };
        if let Some((gap, behind)) = value {
            shown.push_str(gap);
            shown.push_str(HIDDEN);
            rest = behind;
        }
    }
    shown.push_str(rest);
    shown
}

fn is_scheme(word: &str) -> bool {
    SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
}

fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || "_-.".contains(c)
}

/// The text before the next word, the word, and the text behind it.
fn next_word(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find(is_of_a_word)?;
    let end = text[start..].find(|c| !is_of_a_word(c)).map_or(text.len(), |length| start + length);
    Some((&text[..start], &text[start..end], &text[end..]))
}

fn looks_like_jwt(word: &str) -> bool {
    word.starts_with("eyJ") && word.len() > SHORTEST_VALUE
}

/// If the text is the rest of an XML tag: the text before the element's content, and the text behind it.
fn content_of_element(text: &str) -> Option<(&str, &str)> {
    let (gap, rest) = text.split_at(text.find('>')? + 1);
    let end = rest.find('<').unwrap_or(rest.len());
    (end > 0).then_some((gap, &rest[end..]))
}

/// If a value follows a name: the characters between both, and the text behind the value.
fn value_after(text: &str) -> Option<(&str, &str)> {
    let is_between = |c: char| c.is_whitespace() || "=:>\"'\\".contains(c);
    let (gap, rest) = text.split_at(text.find(|c| !is_between(c))?);
    if rest.starts_with(HIDDEN) {
        return None;
    }
    // A quote that follows the name at once ends the name.
    let opening = gap.trim_start_matches('\\').get(1..).unwrap_or_default();
    let quote = opening.chars().next_back().filter(|c| "\"'".contains(*c));
    let ends = |c: char| match quote {
        Some(quote) => c == quote || c == '\\',
        None => c.is_whitespace() || ",;&<>\"'})]".contains(c),
    };
    let end = rest.find(ends).unwrap_or(rest.len());
    let is_named = gap.contains(['=', ':', '>']) || quote.is_some();
    let value = &rest[..end];
    if is_named && is_scheme(value) {
        // `Authorization: Bearer VALUE`
        let (blank, behind) = rest[end..].split_at(rest[end..].find(|c: char| !c.is_whitespace())?);
        let length = behind.find(ends).unwrap_or(behind.len());
        return Some((&text[..gap.len() + end + blank.len()], &behind[length..])).filter(|_| length > 0);
    }
    let is_likely = value.len() >= SHORTEST_VALUE && value.contains(|c: char| c.is_ascii_digit());
    (end > 0 && (is_named || is_likely)).then_some((gap, &rest[end..]))
}

/// Whether the character would break the line, or change the order in which text is shown.
fn breaks_or_turns(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Cuts `secret` out of the text, whatever its case; a host name, for example, loses its capital letters.
fn without(text: &str, secret: &str) -> String {
    let (lower_text, lower_secret) = (text.to_ascii_lowercase(), secret.to_ascii_lowercase());
    let mut kept = String::new();
    let mut start = 0;
    while let Some(found) = lower_text[start..].find(&lower_secret).filter(|_| !secret.is_empty()) {
        kept.push_str(&text[start..start + found]);
        kept.push_str(HIDDEN);
        start += found + secret.len();
    }
    kept.push_str(&text[start..]);
    kept
}

/// The secret in lower case.
fn lower(secret: &str) -> Wiped<String> {
    // A lower-case letter takes less than twice the bytes, so the buffer never moves.
    let mut lower = Wiped::new(String::with_capacity(2 * secret.len()));
    lower.extend(secret.chars().flat_map(char::to_lowercase));
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_of_a_secret_is_shown() {
        let redaction = Redaction::new(["SECRET-REFRESH-TOKEN", "abc"].into_iter());
        for echo in ["%53ECRET-REFRESH-TOKEN", "secret-refresh-tok...", "SECRET-REFRESH%2dTOKEN"] {
            assert_eq!(redaction.quoted(&format!("no {echo}")), "[hidden]", "{echo}");
        }
        assert_eq!(redaction.quoted("a secret-refresh-token\nabc"), "a [hidden] abc");
    }

    #[test]
    fn a_quoted_text_is_one_line_of_at_most_a_thousand_characters() {
        let quoted = Redaction::new([].into_iter()).quoted(&"\u{202e}é".repeat(600));
        assert_eq!((quoted.chars().count(), quoted.contains('\u{202e}')), (1000, false));
    }

    fn excerpt(text: &str) -> String {
        Redaction::new([].into_iter()).excerpt(text)
    }

    #[test]
    fn an_excerpt_is_one_line_of_at_most_three_hundred_characters() {
        assert_eq!(excerpt(&"é\n".repeat(150)).chars().count(), 299);
        let long = excerpt(&"é".repeat(5000));
        assert_eq!((long.chars().count(), long.ends_with('…')), (300, true));
        assert_eq!(excerpt(" a\r\n\tb\u{2028}c\u{202e} "), "a b c");
    }

    #[test]
    fn an_excerpt_lacks_values_whose_names_sound_like_secrets() {
        for secret in [
            "access_token=VALUE",
            "a=b&refresh_token=VALUE&c=d",
            "client_secret: VALUE",
            "password = 'VALUE with blanks'",
            "{\"id_token\":\"VALUE\"}",
            "{\\\"apiKey\\\":\\\"VALUE\\\"}",
            "<access_token>VALUE</access_token>",
            "<Password type=\"text\">VALUE</Password>",
            "Authorization: Bearer VALUE",
            "authorization: basic VALUE",
            "\"Authorization\": \"Bearer VALUE\"",
            "Cookie: VALUE",
            "X-Api-Key: VALUE",
            "the API key 'VALUE' is unknown",
            "token eyJVALUE.VALUE.VALUE",
            "expired: eyJVALUE.VALUE.VALUE",
            "Bearer 0123456789VALUE",
            "the session 0123456789VALUE is over",
            "PIN: VALUE",
            "clientSecret=VALUE",
            "secret:VALUE",
            "key=VALUE",
        ] {
            let shown = excerpt(secret);
            assert!(!shown.contains("VALUE") && shown.contains("[hidden]"), "{secret}: {shown}");
        }
        for harmless in [
            "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"The access token expired\"",
            "Bearer authorization_uri=\"https://login.example/v2.0/authorize\"",
            "errorCode: E0000011, errorSummary: Invalid token provided",
            "status: 403, title: Forbidden, detail: The key is revoked.",
            "Invalid password",
            "code: 42",
            "key_id: key-es256",
            "</token> is missing",
            "a = b",
        ] {
            assert_eq!(excerpt(harmless), harmless);
        }
    }
}
