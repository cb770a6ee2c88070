//! Options and parameters: one table, and the one place where text becomes typed values.

use crate::error::{Error, ErrorCode};
use crate::functions::Function;
use crate::wiped::Wiped;
use std::time::Duration;

/// What an option's value may be.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// Text on one line, not empty, without white space around it.
    Text,
    /// Text that may hold line breaks, not empty.
    Block,
    /// Any text, also none.
    Any,
    /// The path of a file.
    Path,
    /// One label of a domain name: letters, digits and inner hyphens, 63 at most.
    Label,
    /// A number of seconds between the two; a fraction is allowed where the first is one.
    Seconds(f64, f64),
    /// Seconds that went by, whole or not. Given more than once, they add up.
    Elapsed,
    /// `true` or `false`.
    Boolean,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// One row of the table of options.
#[derive(Debug)]
#[non_exhaustive]
pub struct OptionSpec {
    /// The name; one that ends with `.NAME` stands for a family, for example `param.resource`.
    pub name: &'static str,
    /// The functions that take it.
    pub taken_by: &'static [Function],
    /// What its value may be.
    pub kind: Kind,
    /// The value where none is given, if there is a fixed one.
    pub default: Option<&'static str>,
    /// Whether the value is secret: no getter answers it and no message shows it.
    pub secret: bool,
    /// One sentence: what it is.
    pub summary: &'static str,
}

const CLIENT: &[Function] = &[Function::ClientNew];
const EXCHANGE: &[Function] = &[Function::TokenExchange];
const SIGNING: &[Function] = &[Function::ClientNew, Function::AssertionNew, Function::TokenExchange];
const PER_ASSERTION: &[Function] = &[Function::AssertionNew, Function::TokenExchange];
const TIMING: &[Function] = &[Function::ClientNew, Function::TokenExchange];

/// The regions of the vendor's hosts.
pub(crate) const REGIONS: &[&str] = &["us", "eu", "ca", "au"];
/// The names of [`crate::protocol::algorithm::Algorithm`], in its order.
pub(crate) const ALGORITHMS: &[&str] =
    &["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "EdDSA"];

const fn row(
    name: &'static str,
    taken_by: &'static [Function],
    kind: Kind,
    default: Option<&'static str>,
    summary: &'static str,
) -> OptionSpec {
    OptionSpec { name, taken_by, kind, default, secret: false, summary }
}

const fn secret(name: &'static str, taken_by: &'static [Function], kind: Kind, summary: &'static str) -> OptionSpec {
    OptionSpec { name, taken_by, kind, default: None, secret: true, summary }
}

/// Every option and parameter there is. `OPTIONS.md` and the bindings' keywords follow it.
#[rustfmt::skip]
pub const OPTIONS: &[OptionSpec] = &[
    row("account", CLIENT, Kind::Label, None, "The account's name, as in `https://ACCOUNT.talkdeskid.com`; with `region` it gives the token endpoint."),
    row("region", CLIENT, Kind::Choice(REGIONS), None, "The account's region; needed with `account`."),
    row("token_endpoint", CLIENT, Kind::Text, None, "The URL of the token endpoint, in place of `account` and `region`; used as the audience exactly as given."),
    row("client_id", CLIENT, Kind::Text, None, "The client identifier (RFC 6749 §2.2); required unless the credentials hold it."),
    row("key_id", CLIENT, Kind::Text, None, "The key's identifier, sent as `kid`; required unless the credentials or the JWK hold it."),
    row("algorithm", CLIENT, Kind::Choice(ALGORITHMS), None, "The signature algorithm (RFC 7518 §3.1); by default the one that fits the key, PS256 for RSA."),
    secret("private_key", CLIENT, Kind::Block, "The private key in any usual form: the vendor's bare base64, PEM, or JWK."),
    row("private_key_file", CLIENT, Kind::Path, None, "The path of a file that holds the private key, as for `private_key` or as DER."),
    secret("private_key_passphrase", CLIENT, Kind::Any, "The passphrase of an encrypted private key."),
    secret("credentials", CLIENT, Kind::Block, "The JSON that the vendor hands out: the OAuth client file or the app.installed event."),
    row("credentials_file", CLIENT, Kind::Path, None, "The path of a file that holds such JSON."),
    row("audience", SIGNING, Kind::Text, None, "The assertion's `aud`; unless it is given here or to the client, the token endpoint exactly as given."),
    row("assertion_type_header", CLIENT, Kind::Text, Some("JWT"), "The assertion's `typ` header; newer drafts want `client-authentication+jwt`."),
    row("assertion_lifetime", SIGNING, Kind::Seconds(1.0, 3600.0), Some("300"), "Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`."),
    row("connect_timeout", TIMING, Kind::Seconds(0.001, 3600.0), Some("10"), "Seconds within which a connection must stand: name, TCP and TLS. A name's other family of addresses is tried after 0.3 s; several of one family share the client's time."),
    row("timeout", TIMING, Kind::Seconds(0.001, 3600.0), Some("30"), "Seconds for a whole exchange with all its waits; the call ends by then."),
    secret("proxy", CLIENT, Kind::Text, "The URL of an HTTP proxy, in place of HTTPS_PROXY and ALL_PROXY from the environment; may hold user and password. Loopback (localhost, 127.0.0.0/8, ::1) is never proxied."),
    row("no_proxy", CLIENT, Kind::Any, None, "Hosts to reach without a proxy, separated by commas, in place of NO_PROXY from the environment: names, which stand for those below them too, addresses, and ranges like 10.0.0.0/8; `*` turns proxies off."),
    row("ca_file", CLIENT, Kind::Path, None, "The path of a PEM file of certificate authorities to trust beside the system's."),
    row("user_agent", CLIENT, Kind::Text, Some(concat!("talkdesk_auth/", env!("CARGO_PKG_VERSION"))), "The request's User-Agent header."),
    row("allow_http", CLIENT, Kind::Boolean, Some("false"), "Whether the token endpoint may be plain HTTP beyond loopback; tokens then cross the network in the clear."),
    row("claim.NAME", PER_ASSERTION, Kind::Any, None, "A further claim of the assertion, a string; the claims of RFC 7523 §3 can't be replaced."),
    row("grant_type", EXCHANGE, Kind::Text, None, "`authorization_code`, `refresh_token`, `client_credentials`, or another that the server knows; required."),
    secret("code", EXCHANGE, Kind::Text, "The authorization code (RFC 6749 §4.1.3)."),
    row("redirect_uri", EXCHANGE, Kind::Text, None, "The redirect URI, identical to that of the authorization request."),
    secret("code_verifier", EXCHANGE, Kind::Text, "The PKCE code verifier (RFC 7636 §4.1): 43 to 128 of its characters."),
    secret("refresh_token", EXCHANGE, Kind::Text, "The refresh token (RFC 6749 §6)."),
    row("waited", EXCHANGE, Kind::Elapsed, None, "Seconds that the call waited for its turn, in a queue of the caller's; they count as part of `timeout`."),
    row("scope", EXCHANGE, Kind::Text, None, "The scopes asked for, separated by spaces."),
    secret("param.NAME", EXCHANGE, Kind::Any, "A further field of the token request; the fields that the library sets can't be replaced."),
];

/// A value that passed its row's check.
#[derive(Clone, Copy)]
enum Value<'a> {
    Text(&'a str),
    Seconds(Duration),
    Boolean(bool),
}

impl Value<'_> {
    fn seconds(&self) -> Option<Duration> {
        match self {
            Value::Seconds(seconds) => Some(*seconds),
            _ => None,
        }
    }
}

/// The options of one call, each known, well-formed and, but for what adds up, given once.
pub(crate) struct Options<'a> {
    given: Vec<Given<'a>>,
}

struct Given<'a> {
    name: &'a str,
    text: &'a str,
    value: Value<'a>,
}

impl<'a> Options<'a> {
    pub fn parse(
        function: Function,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Options<'a>, Error> {
        let mut given: Vec<Given<'a>> = Vec::new();
        for (index, (name, text)) in pairs.into_iter().enumerate() {
            let spec = known(name).ok_or_else(|| unknown(function, name, index))?;
            if !spec.taken_by.contains(&function) {
                return Err(Error::option(spec.name, format_args!("not an option of {function}; {}", spec.takers())));
            }
            let value = check(spec.kind, text).map_err(|complaint| Error::option(spec.name, complaint))?;
            match given.iter_mut().find(|other| other.name == name) {
                None => given.push(Given { name, text, value }),
                Some(Given { value: Value::Seconds(sum), .. }) if spec.kind == Kind::Elapsed => {
                    *sum = sum.saturating_add(value.seconds().unwrap_or_default());
                }
                Some(_) => return Err(Error::option(spec.name, "given twice; give it once")),
            }
        }
        Ok(Options { given })
    }

    fn value(&self, name: &str) -> Option<Value<'a>> {
        debug_assert!(OPTIONS.iter().any(|spec| spec.name == name), "{name} is not in the table");
        self.given.iter().find(|given| given.name == name).map(|given| given.value)
    }

    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    pub fn text(&self, name: &str) -> Option<&'a str> {
        match self.value(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn seconds(&self, name: &str) -> Option<Duration> {
        self.value(name)?.seconds()
    }

    pub fn boolean(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The value as it was written.
    pub fn given(&self, name: &str) -> Option<&'a str> {
        self.given.iter().find(|given| given.name == name).map(|given| given.text)
    }

    /// The members of a family: for `param.` what stands behind it, and the values.
    pub fn family(&self, prefix: &'static str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.given.iter().filter_map(move |given| Some((given.name.strip_prefix(prefix)?, given.text)))
    }

    /// Errs where two options are given that say the same thing in two ways.
    pub fn exclusive(&self, one: &str, other: &str) -> Result<(), Error> {
        if self.has(one) && self.has(other) {
            return Err(contradiction(one, other, "give one of the two"));
        }
        Ok(())
    }
}

/// The error of two options that can't both hold.
pub(crate) fn contradiction(one: &str, other: &str, advice: &str) -> Error {
    Error::option(one, format_args!("contradicts {other}; {advice}"))
}

/// The row's default as typed seconds.
pub(crate) fn default_seconds(name: &str) -> Duration {
    default_value(name).seconds().expect("the option is a number of seconds")
}

pub(crate) fn default_boolean(name: &str) -> bool {
    matches!(default_value(name), Value::Boolean(true))
}

pub(crate) fn default_text(name: &str) -> &'static str {
    row_of(name).default.expect("the option has a default")
}

fn default_value(name: &str) -> Value<'static> {
    check(row_of(name).kind, default_text(name)).expect("the default is well-formed")
}

/// The row of a name that somebody gives, also of a member of a family.
pub(crate) fn known(name: &str) -> Option<&'static OptionSpec> {
    OPTIONS.iter().find(|spec| spec.matches(name))
}

fn row_of(name: &str) -> &'static OptionSpec {
    OPTIONS.iter().find(|spec| spec.name == name).expect("the option is in the table")
}

impl OptionSpec {
    fn matches(&self, name: &str) -> bool {
        match self.name.strip_suffix("NAME") {
            Some(prefix) => name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()),
            None => self.name == name,
        }
    }

    fn takers(&self) -> String {
        let names: Vec<String> = self.taken_by.iter().map(Function::to_string).collect();
        format!("give it to {}", names.join(" or "))
    }
}

/// An unknown name is shown only where it is but some letters away from a known one: names and values that are out of step put a
/// secret in its place.
fn unknown(function: Function, name: &str, index: usize) -> Error {
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

const LONGEST: usize = 1 << 20;

fn check(kind: Kind, text: &str) -> Result<Value<'_>, String> {
    if text.is_empty() && kind != Kind::Any {
        return Err("empty; give a value or leave the option out".into());
    }
    if text.len() > LONGEST {
        return Err(format!("{} bytes long; the longest value is {LONGEST} bytes", text.len()));
    }
    match kind {
        Kind::Any | Kind::Block | Kind::Path => Ok(Value::Text(text)),
        Kind::Text => one_line(text).map(Value::Text),
        Kind::Label => label(text).map(Value::Text),
        Kind::Seconds(least, most) => seconds(text, least, most).map(Value::Seconds),
        Kind::Elapsed => elapsed(text).map(Value::Seconds),
        Kind::Boolean => match text {
            "true" => Ok(Value::Boolean(true)),
            "false" => Ok(Value::Boolean(false)),
            _ => Err(format!("{} is neither true nor false", shown(text))),
        },
        Kind::Choice(choices) if choices.contains(&text) => Ok(Value::Text(text)),
        Kind::Choice(choices) => Err(format!("{} is not a choice; use {}", shown(text), listed(choices))),
    }
}

/// Text as it goes into a token, a header or a URL.
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
        "not one label of a domain name (letters, digits and inner hyphens, 63 at most); \
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

fn elapsed(text: &str) -> Result<Duration, String> {
    decimal(text)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| format!("{} is not a number of seconds, 0 or more", shown(text)))
}

/// A number in digits with at most one point, that neither begins nor ends with it.
fn decimal(text: &str) -> Option<f64> {
    let well_formed = text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if well_formed { text.parse().ok() } else { None }
}

/// A value as it is where it is too short to be a secret, else its length: a key may stand in the wrong place.
fn shown(text: &str) -> String {
    if text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_graphic()) {
        format!("\"{text}\"")
    } else {
        format!("a value of {} bytes", text.len())
    }
}

fn listed(choices: &[&str]) -> String {
    let (last, others) = choices.split_last().expect("a choice has choices");
    format!("{} or {last}", others.join(", "))
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

    #[test]
    fn each_name_stands_once_and_each_default_is_well_formed() {
        for (index, spec) in OPTIONS.iter().enumerate() {
            assert!(OPTIONS[..index].iter().all(|other| other.name != spec.name), "{}", spec.name);
            if let Some(default) = spec.default {
                assert!(check(spec.kind, default).is_ok(), "{}", spec.name);
            }
        }
    }
}
