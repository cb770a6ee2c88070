//! Quotes a server's text in the library's messages: without secrets, on one line, and not too long.

use crate::wiped::Wiped;
use percent_encoding::percent_decode_str;
use std::collections::HashSet;
use url::form_urlencoded::byte_serialize;

/// The longest text that a message quotes, in characters.
const LONGEST_QUOTE: usize = 1000;
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
        // The rest of a long text is never quoted. The work for each secret has this bound, too.
        let end = text.char_indices().nth(4 * LONGEST_QUOTE).map_or(text.len(), |(end, _)| end);
        let mut quoted = text[..end].to_owned();
        for secret in &self.secrets {
            quoted = without(&quoted, secret);
            // The secret as the form encoded it.
            quoted = without(&quoted, &byte_serialize(secret.as_bytes()).collect::<String>());
        }
        let mut line: String = quoted.chars().map(|c| if breaks_or_turns(c) { ' ' } else { c }).collect();
        if let Some((end, _)) = line.char_indices().nth(LONGEST_QUOTE) {
            line.truncate(end);
            line.push('…');
        }
        if self.shows_a_part(&line) { "[hidden]".into() } else { line }
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
        kept.push_str("[hidden]");
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
        assert_eq!((quoted.chars().count(), quoted.contains('\u{202e}')), (1001, false));
    }
}
