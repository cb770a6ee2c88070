//! Turns the text of a value into a typed value.

use super::spec::Kind;
use serde_json::value::RawValue;
use std::time::Duration;

/// A value that passed its row's check.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Seconds(Duration),
    Number(u32),
    Boolean(bool),
}

const LONGEST: usize = 1 << 20;

pub(super) fn read(kind: Kind, text: &str) -> Result<Value<'_>, String> {
    if text.is_empty() && kind != Kind::Any {
        return Err("empty; give a value or leave the option out".into());
    }
    if text.len() > LONGEST {
        return Err(format!("{} bytes long; a value may have at most {LONGEST} bytes", text.len()));
    }
    match kind {
        Kind::Any | Kind::Block => Ok(Value::Text(text)),
        Kind::Path => without_invisible(text).map(Value::Text),
        Kind::Text | Kind::Uri | Kind::Words => one_line(text).map(Value::Text),
        Kind::Json => json(text).map(Value::Text),
        Kind::Label => label(text).map(Value::Text),
        Kind::Seconds(least, most) => seconds(text, least, most).map(Value::Seconds),
        Kind::Number(least, most) => number(text, least, most).map(Value::Number),
        Kind::Boolean => match text {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err(format!("{} is neither true nor false", shown(text))),
        },
        Kind::Choice(choices) => match choices.iter().find(|choice| choice.eq_ignore_ascii_case(text)) {
            Some(choice) => Ok(Value::Text(choice)),
            None => Err(format!("{} is not a choice; use {}", shown(text), listed(choices))),
        },
    }
}

fn without_invisible(text: &str) -> Result<&str, String> {
    match text.char_indices().find(|(_, c)| is_invisible(*c)) {
        Some((at, c)) => Err(format!(
            "an invisible character (U+{:04X}) at byte {at}, as copied text may have; remove it",
            u32::from(c)
        )),
        None => Ok(text),
    }
}

/// Characters that nobody sees: those that Unicode calls default ignorable, and the separators of lines and paragraphs.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Checks text that goes into a token, a header or a URL.
pub(crate) fn one_line(text: &str) -> Result<&str, String> {
    if let Some(at) = text.find(|c: char| c.is_control()) {
        return Err(format!("a line break or control character at byte {at}; remove it"));
    }
    if text.trim() != text {
        return Err("white space around the value; remove it".into());
    }
    without_invisible(text)
}

/// Checks a JSON text, and takes the white space around it away.
fn json(text: &str) -> Result<&str, String> {
    match serde_json::from_str::<&RawValue>(text) {
        Ok(value) => Ok(value.get()),
        Err(_) => Err(format!(
            "{} is not JSON; give a number, true, false, a list, an object or null, as JSON text",
            shown(text)
        )),
    }
}

fn label(text: &str) -> Result<&str, String> {
    without_invisible(text)?;
    let well_formed = text.len() <= 63
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-');
    well_formed.then_some(text).ok_or_else(|| {
        "not one label of a domain name (letters, digits and inner hyphens, at most 63); \
         give the part before .talkdeskid, or use token_endpoint"
            .into()
    })
}

fn seconds(text: &str, least: f64, most: f64) -> Result<Duration, String> {
    let fraction_allowed = least.fract() != 0.0;
    let whole = if fraction_allowed { "" } else { "whole " };
    decimal(text)
        .filter(|seconds| (fraction_allowed || !text.contains('.')) && (least..=most).contains(seconds))
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("{} is not a {whole}number of seconds from {least} to {most}", shown(text)))
}

fn number(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits
        .and_then(|digits| digits.parse().ok())
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("{} is not a whole number from {least} to {most}", shown(text)))
}

/// A number of digits and at most one point, which must stand between two digits.
fn decimal(text: &str) -> Option<f64> {
    let well_formed = text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if well_formed { text.parse().ok() } else { None }
}

/// Shows a value only if it is too short to be a secret, else its length. It may be a key that was passed in the wrong place.
fn shown(text: &str) -> String {
    if text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        format!("\"{text}\"")
    } else {
        format!("a value of {} bytes", text.len())
    }
}

pub(crate) fn listed(choices: &[&str]) -> String {
    match choices.split_last().expect("the list is not empty") {
        (only, []) => (*only).to_owned(),
        (last, others) => format!("{} or {last}", others.join(", ")),
    }
}
