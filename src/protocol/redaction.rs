//! The words of others in messages of ours: without secrets, on one line, not too long.

use crate::wiped::Wiped;
use percent_encoding::percent_decode_str;
use std::collections::HashSet;
use url::form_urlencoded::byte_serialize;

/// The longest text that a message repeats, in characters.
const LONGEST_QUOTE: usize = 1000;
/// A shorter value is found in any text. To cut it out would hide the text and tell the value.
const SHORTEST_SECRET: usize = 4;
/// So many bytes of a secret in a row tell too much of it.
const TELLING_PART: usize = 12;

/// The secrets that a text may not show.
pub(crate) struct Redaction<'a> {
    secrets: Vec<&'a str>,
}

impl<'a> Redaction<'a> {
    pub fn new(secrets: impl Iterator<Item = &'a str>) -> Redaction<'a> {
        Redaction { secrets: secrets.filter(|secret| secret.len() >= SHORTEST_SECRET).collect() }
    }

    /// `text` as a message may repeat it.
    pub fn quoted(&self, text: &str) -> String {
        let mut quoted = text.to_owned();
        for secret in &self.secrets {
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

    /// Whether a text holds a short secret, or so much of a long one in a row that it tells of it: in another encoding, in the other
    /// case, or cut short by the server.
    fn shows_a_part(&self, text: &str) -> bool {
        let texts = [text.to_lowercase(), percent_decode_str(text).decode_utf8_lossy().to_lowercase()];
        let parts: HashSet<&[u8]> = texts.iter().flat_map(|text| text.as_bytes().windows(TELLING_PART)).collect();
        self.secrets.iter().map(|secret| lower(secret)).any(|secret| {
            let is_whole = secret.len() < TELLING_PART && texts.iter().any(|text| text.contains(secret.as_str()));
            is_whole || secret.as_bytes().windows(TELLING_PART).any(|part| parts.contains(part))
        })
    }
}

/// What would break a line, or show text in another order than it has.
fn breaks_or_turns(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text with `secret` cut out, in either case: a host's name, for example, loses its capitals.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_in_no_spelling() {
        let redaction = Redaction::new(["SECRET-REFRESH-TOKEN", "abc"].into_iter());
        for echo in ["%53ECRET-REFRESH-TOKEN", "secret-refresh-tok...", "SECRET-REFRESH%2dTOKEN"] {
            assert_eq!(redaction.quoted(&format!("no {echo}")), "[hidden]", "{echo}");
        }
        assert_eq!(redaction.quoted("a secret-refresh-token\nabc"), "a [hidden] abc");
    }

    #[test]
    fn a_text_is_one_line_of_a_thousand_characters() {
        let quoted = Redaction::new([].into_iter()).quoted(&"\u{202e}é".repeat(600));
        assert_eq!((quoted.chars().count(), quoted.contains('\u{202e}')), (1001, false));
    }
}
