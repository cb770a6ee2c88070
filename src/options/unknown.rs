//! The error for an unknown option name.

use super::spec::OptionSpec;
use super::table::{OPTIONS, keys, known};
use crate::error::{Error, ErrorCode};
use crate::functions::Function;
use crate::wiped::Wiped;

/// Names that other libraries and the RFCs use, and the name of this library's option.
const FOREIGN: &[(&str, &str)] = &[
    ("kid", keys::KEY_ID.name()),
    ("alg", keys::ALGORITHM.name()),
    ("aud", keys::AUDIENCE.name()),
    ("iss", keys::CLIENT_ID.name()),
    ("sub", keys::CLIENT_ID.name()),
    ("issuer", keys::CLIENT_ID.name()),
    ("subject", keys::CLIENT_ID.name()),
    ("tenant", keys::ACCOUNT.name()),
    ("subdomain", keys::ACCOUNT.name()),
    ("host", keys::TOKEN_ENDPOINT.name()),
    ("domain", keys::TOKEN_ENDPOINT.name()),
    ("base_url", keys::TOKEN_ENDPOINT.name()),
    ("url", keys::TOKEN_ENDPOINT.name()),
    ("token_url", keys::TOKEN_ENDPOINT.name()),
    ("token_uri", keys::TOKEN_ENDPOINT.name()),
    ("token_endpoint_url", keys::TOKEN_ENDPOINT.name()),
    ("key", keys::PRIVATE_KEY.name()),
    ("pem", keys::PRIVATE_KEY.name()),
    ("jwk", keys::PRIVATE_KEY.name()),
    ("pkcs8", keys::PRIVATE_KEY.name()),
    ("key_file", keys::PRIVATE_KEY_FILE.name()),
    ("key_path", keys::PRIVATE_KEY_FILE.name()),
    ("private_key_path", keys::PRIVATE_KEY_FILE.name()),
    ("passphrase", keys::PRIVATE_KEY_PASSPHRASE.name()),
    ("password", keys::PRIVATE_KEY_PASSPHRASE.name()),
    ("scopes", keys::SCOPE.name()),
    ("verify", keys::CA_FILE.name()),
    ("verify_ssl", keys::CA_FILE.name()),
    ("ssl_verify", keys::CA_FILE.name()),
    ("insecure", keys::CA_FILE.name()),
    ("ca", keys::CA_FILE.name()),
    ("cacert", keys::CA_FILE.name()),
    ("ca_bundle", keys::CA_FILE.name()),
    ("ca_certs", keys::CA_FILE.name()),
    ("cafile", keys::CA_FILE.name()),
    ("http_timeout", keys::TIMEOUT.name()),
    ("read_timeout", keys::TIMEOUT.name()),
    ("request_timeout", keys::TIMEOUT.name()),
    ("open_timeout", keys::CONNECT_TIMEOUT.name()),
    ("lifetime", keys::ASSERTION_LIFETIME.name()),
    ("ttl", keys::ASSERTION_LIFETIME.name()),
    ("exp", keys::ASSERTION_LIFETIME.name()),
    ("expires", keys::ASSERTION_LIFETIME.name()),
    ("expires_in", keys::ASSERTION_LIFETIME.name()),
    ("typ", keys::ASSERTION_TYPE_HEADER.name()),
    ("retries", keys::MAX_RETRIES.name()),
    ("retry", keys::MAX_RETRIES.name()),
    ("retry_count", keys::MAX_RETRIES.name()),
    ("max_attempts", keys::MAX_RETRIES.name()),
];

/// If names and values are out of step, the unknown name may be a secret. So the message shows it only if it is marked, or if it
/// differs from a known name by a few letters.
pub(super) fn unknown(function: Function, name: &str, index: usize, is_marked: bool) -> Error {
    let respelled = respelled(name);
    if ["client_secret", "secret"].contains(&respelled.as_str()) {
        return Error::option(
            name,
            "unknown option; this library authenticates by a signed assertion, and the private key takes the secret's place",
        );
    }
    if let Some(spec) = foreign(&respelled) {
        let place = if spec.taken_by.contains(&function) { String::new() } else { format!(" Then {}.", spec.takers()) };
        return Error::option(name, format_args!("unknown option; did you mean {}?{place}", spec.name));
    }
    let names = OPTIONS.iter().filter(|spec| spec.taken_by.contains(&function)).map(|spec| spec.name);
    let nearest = nearest(&respelled, names);
    if let Some(nearest) = nearest.filter(|nearest| differs_by_a_few_letters(&respelled, nearest)) {
        return Error::option(name, format_args!("unknown option; did you mean {nearest}?"));
    }
    if is_marked && name.len() <= LONGEST && !name.contains(char::is_control) {
        let advice = match (nearest, function) {
            (Some(nearest), _) => format!("did you mean {nearest}?"),
            (None, Function::TokenExchange) => "give a further field of the request in params".to_owned(),
            (None, _) => format!("OPTIONS.md lists all options of {function}"),
        };
        return Error::option(name, format_args!("unknown option; {advice}"));
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

/// The longest unknown name that a message shows, in bytes.
const LONGEST: usize = 40;

fn foreign(name: &str) -> Option<&'static OptionSpec> {
    FOREIGN.iter().find(|(foreign, _)| *foreign == name).and_then(|(_, own)| known(own))
}

/// The name that was meant, if `given` differs from it by a few letters or by the spelling of another language.
pub(crate) fn meant(given: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let respelled = respelled(given);
    nearest(&respelled, names).filter(|nearest| differs_by_a_few_letters(&respelled, nearest))
}

fn nearest(respelled: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    names
        .filter(|_| could_be_a_name(respelled))
        .map(|name| (strsim::jaro_winkler(name, respelled), name))
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .filter(|(likeness, _)| *likeness > 0.8)
        .map(|(_, nearest)| nearest)
}

fn differs_by_a_few_letters(respelled: &str, name: &str) -> bool {
    let most = if respelled.contains('_') { 4 } else { 2 };
    strsim::osa_distance(name, respelled) <= most
}

/// Spells a name as the table does. Other languages and tools write `clientId`, `client-id`, `CLIENT_ID` or `client id`.
fn respelled(name: &str) -> Wiped<String> {
    let mut respelled = Wiped::new(String::with_capacity(2 * name.len()));
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            respelled.push('_');
        }
        respelled.push(if c == '-' || c == ' ' { '_' } else { c.to_ascii_lowercase() });
        before = c;
    }
    respelled
}

fn could_be_a_name(name: &str) -> bool {
    (1..=LONGEST).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || b"_.".contains(&byte))
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
            ("client id", "client_id"),
            ("privateKeyFile", "private_key_file"),
            ("allowHttp", "allow_http"),
            ("allowHTTP", "allow_http"),
            ("tokenEndpont", "token_endpoint"),
        ] {
            let message = unknown(Function::ClientNew, given, 0, false).message().to_owned();
            assert_eq!(message, format!("{given}: unknown option; did you mean {meant}?"));
        }
    }

    #[test]
    fn a_name_that_another_library_uses_leads_to_the_option() {
        let told = |function, name| unknown(function, name, 0, false).message().to_owned();
        for (foreign, own) in FOREIGN {
            assert!(known(foreign).is_none(), "{foreign} is an option");
            let spec = known(own).expect("the option exists");
            for function in spec.taken_by {
                assert_eq!(told(*function, foreign), format!("{foreign}: unknown option; did you mean {own}?"));
            }
        }
        assert_eq!(
            told(Function::TokenExchange, "kid"),
            "kid: unknown option; did you mean key_id? Then give it to the client."
        );
        assert!(told(Function::ClientNew, "clientSecret").contains("the private key takes the secret's place"));
    }
}
