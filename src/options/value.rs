//! Turns the text of a value into a typed value.

use super::spec::Kind;
use std::time::Duration;

/// A value that passed its row's check.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Seconds(Duration),
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
        Kind::Any | Kind::Block | Kind::Path => Ok(Value::Text(text)),
        Kind::Text => one_line(text).map(Value::Text),
        Kind::Label => label(text).map(Value::Text),
        Kind::Seconds(least, most) => seconds(text, least, most).map(Value::Seconds),
        Kind::Boolean => match text {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err(format!("{} is neither true nor false", shown(text))),
        },
        Kind::Choice(choices) if choices.contains(&text) => Ok(Value::Text(text)),
        Kind::Choice(choices) => Err(format!("{} is not a choice; use {}", shown(text), listed(choices))),
    }
}

/// Checks text that goes into a token, a header or a URL.
pub(crate) fn one_line(text: &str) -> Result<&str, String> {
    if let Some(at) = text.find(|c: char| c.is_control()) {
        return Err(format!("a line break or control character at byte {at}; remove it"));
    }
    if text.trim() != text {
        return Err("white space around the value; remove it".into());
    }
    Ok(text)
}

fn label(text: &str) -> Result<&str, String> {
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
    let (last, others) = choices.split_last().expect("the list is not empty");
    format!("{} or {last}", others.join(", "))
}
