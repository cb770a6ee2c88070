//! The error for an unknown option name.

use super::table::OPTIONS;
use crate::error::{Error, ErrorCode};
use crate::functions::Function;
use crate::wiped::Wiped;

/// The message shows an unknown name only if it differs from a known name by a few letters. If names and values are out of step,
/// the unknown name may be a secret.
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
        (None, Function::TokenExchange) => {
            "is it a value in the place of a name? Give a further field of the request as param.NAME".to_owned()
        }
        (None, _) => "is it a value in the place of a name?".to_owned(),
    };
    Error::new(
        ErrorCode::InvalidOption,
        format!(
            "option name number {} ({} bytes) is not an option of {function} (OPTIONS.md lists all options); {question}",
            index + 1,
            name.len()
        ),
    )
}

/// Spells a name as the table does. Other languages and tools write `clientId`, `client-id` or `CLIENT_ID`.
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
            let message = unknown(Function::ClientNew, given, 0).message().to_owned();
            assert_eq!(message, format!("{given}: unknown option; did you mean {meant}?"));
        }
    }
}
