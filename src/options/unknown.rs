//! The error of a name that is no option's.

use super::spec::Function;
use super::table::OPTIONS;
use crate::error::{Error, ErrorCode};
use crate::wiped::Wiped;

/// Shows an unknown name only where it is a few letters away from a known one. Where names and values are out of step, a secret
/// stands in its place.
pub(super) fn unknown(function: Function, name: &str, index: usize) -> Error {
    let respelled = respelled(name);
    let nearest = OPTIONS
        .iter()
        .filter(|spec| could_be_a_name(&respelled) && spec.taken_by.contains(&function))
        .map(|spec| (strsim::jaro_winkler(spec.name, &respelled), spec.name))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .filter(|(likeness, _)| *likeness > 0.8)
        .map(|(_, nearest)| nearest);
    let most = if respelled.contains('_') { 4 } else { 2 };
    if let Some(nearest) = nearest.filter(|nearest| strsim::osa_distance(nearest, &respelled) <= most) {
        return Error::option(name, format_args!("unknown option; did you mean {nearest}?"));
    }
    let question = match (nearest, function) {
        (Some(nearest), _) => format!("did you mean {nearest}?"),
        (None, Function::Exchange) => {
            "is it a value in the place of a name? A further field of the request is param.NAME".to_owned()
        }
        (None, _) => "is it a value in the place of a name?".to_owned(),
    };
    Error::new(
        ErrorCode::InvalidOption,
        format!(
            "option name number {} ({} bytes) is none of {function}'s, which OPTIONS.md lists; {question}",
            index + 1,
            name.len()
        ),
    )
}

/// A name as the table writes names: `clientId`, `client-id` and `CLIENT_ID` are habits of other languages and places.
fn respelled(name: &str) -> Wiped<String> {
    let mut respelled = Wiped::new(String::with_capacity(2 * name.len()));
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            respelled.push('_');
        }
        respelled.push(if c == '-' { '_' } else { c.to_ascii_lowercase() });
        before = c;
    }
    respelled
}

fn could_be_a_name(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_the_spelling_of_another_language_is_understood() {
        for (given, meant) in [
            ("clientId", "client_id"),
            ("ClientID", "client_id"),
            ("client-id", "client_id"),
            ("CLIENT_ID", "client_id"),
            ("privateKeyFile", "private_key_file"),
            ("allowHttp", "allow_http"),
            ("allowHTTP", "allow_http"),
            ("tokenEndpont", "token_endpoint"),
        ] {
            let message = unknown(Function::Client, given, 0).message().to_owned();
            assert_eq!(message, format!("{given}: unknown option; did you mean {meant}?"));
        }
    }
}
