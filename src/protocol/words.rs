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
    if is_page { title(text) } else { Some(Wiped::new(text.to_owned())) }
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
                    self.push(&path, "[hidden]");
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

/// The title of an HTML page, without the escapes in which a secret could hide.
fn title(page: &str) -> Option<Wiped<String>> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title").unwrap_or(lower.len() - start);
    Some(Wiped::new(unescaped(page[start..end].trim())))
}

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
