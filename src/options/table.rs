//! The table of options, and a typed key for each row.

use super::key::{Defaulted, Family, Key};
use super::spec::{Kind, OptionSpec};
use crate::algorithm::Algorithm;
use crate::functions::Function;
use crate::region::Region;
use std::time::Duration;

const CLIENT: &[Function] = &[Function::ClientNew];
const EXCHANGE: &[Function] = &[Function::TokenExchange];
const SIGNING: &[Function] = &[Function::ClientNew, Function::AssertionNew, Function::TokenExchange];
const PER_ASSERTION: &[Function] = &[Function::AssertionNew, Function::TokenExchange];
const TIMING: &[Function] = &[Function::ClientNew, Function::TokenExchange];

const fn row(
    name: &'static str,
    taken_by: &'static [Function],
    kind: Kind,
    default: Option<&'static str>,
    summary: &'static str,
) -> OptionSpec {
    OptionSpec { name, taken_by, kind, default, required: false, secret: false, summary }
}

const fn required(name: &'static str, taken_by: &'static [Function], kind: Kind, summary: &'static str) -> OptionSpec {
    OptionSpec { name, taken_by, kind, default: None, required: true, secret: false, summary }
}

const fn secret(name: &'static str, taken_by: &'static [Function], kind: Kind, summary: &'static str) -> OptionSpec {
    OptionSpec { name, taken_by, kind, default: None, required: false, secret: true, summary }
}

/// Makes the table and a key for each row, so that the name of an option is written only here.
macro_rules! table_of_options {
    ($($key:ident: $type:ty = $row:expr;)*) => {
        /// All options and parameters. `OPTIONS.md` and the bindings' keywords are rendered from it.
        pub const OPTIONS: &[OptionSpec] = &[$($row,)*];

        /// The keys that find values in [`super::Options`].
        pub(crate) mod keys {
            use crate::options::table::*;
            $(pub const $key: $type = <$type>::new(&$row);)*
        }

        /// The keys whose type differs from their row: in the type of the value, or in whether there is a default.
        #[cfg(test)]
        fn misfits() -> Vec<&'static str> {
            let fitting = [$((stringify!($key), keys::$key.fits()),)*];
            fitting.into_iter().filter(|(_, fits)| !fits).map(|(key, _)| key).collect()
        }
    };
}

#[rustfmt::skip]
table_of_options! {
    ACCOUNT: Key<str> = row("account", CLIENT, Kind::Label, None, "The account's name, as in `https://ACCOUNT.talkdeskid.com`; together with `region`, it determines the token endpoint.");
    REGION: Key<str> = row("region", CLIENT, Kind::Choice(Region::NAMES), None, "The account's region; required with `account`.");
    TOKEN_ENDPOINT: Key<str> = row("token_endpoint", CLIENT, Kind::Uri, None, "The URL of the token endpoint, instead of `account` and `region`; by default, it is also the audience, exactly as given.");
    CLIENT_ID: Key<str> = row("client_id", CLIENT, Kind::Text, None, "The client id (RFC 6749 §2.2); required unless the credentials contain it.");
    KEY_ID: Key<str> = row("key_id", CLIENT, Kind::Text, None, "The key id, which is sent as `kid`; required unless the credentials or the JWK contain it.");
    ALGORITHM: Key<str> = row("algorithm", CLIENT, Kind::Choice(Algorithm::NAMES), None, "The signature algorithm (RFC 7518 §3.1); by default, the algorithm that fits the key (PS256 for RSA).");
    PRIVATE_KEY: Key<str> = secret("private_key", CLIENT, Kind::Block, "The private key in any common form: the vendor's bare base64, PEM or JWK.");
    PRIVATE_KEY_FILE: Key<str> = row("private_key_file", CLIENT, Kind::Path, None, "The path of a file that contains the private key, in a form of `private_key` or as DER.");
    PRIVATE_KEY_PASSPHRASE: Key<str> = secret("private_key_passphrase", CLIENT, Kind::Any, "The passphrase of an encrypted private key.");
    CREDENTIALS: Key<str> = secret("credentials", CLIENT, Kind::Block, "The JSON that the vendor provides: the OAuth client file or the app.installed event.");
    CREDENTIALS_FILE: Key<str> = row("credentials_file", CLIENT, Kind::Path, None, "The path of a file that contains the JSON of `credentials`.");
    AUDIENCE: Key<str> = row("audience", SIGNING, Kind::Uri, None, "The assertion's `aud`; by default the client's `audience`, or else the token endpoint exactly as given.");
    ASSERTION_TYPE_HEADER: Key<str, Defaulted> = row("assertion_type_header", CLIENT, Kind::Text, Some("JWT"), "The assertion's `typ` header; newer drafts require `client-authentication+jwt`.");
    ASSERTION_LIFETIME: Key<Duration, Defaulted> = row("assertion_lifetime", SIGNING, Kind::Seconds(1.0, 3600.0), Some("300"), "Whole seconds from now until the assertion expires; `exp` is never more than 3600 s after `iat`.");
    CONNECT_TIMEOUT: Key<Duration, Defaulted> = row("connect_timeout", CLIENT, Kind::Seconds(0.001, 3600.0), Some("10"), "How many seconds making a connection may take (name resolution, TCP and TLS), each time it is tried; the client's `timeout` limits them. All addresses of a name share this time; after 0.3 s, the library also tries the addresses of the other family (IPv4 or IPv6).");
    TIMEOUT: Key<Duration, Defaulted> = row("timeout", TIMING, Kind::Seconds(0.001, 3600.0), Some("30"), "How many seconds the whole exchange may take, including waiting.");
    PROXY: Key<str> = secret("proxy", CLIENT, Kind::Uri, "The URL of an HTTP proxy, instead of HTTPS_PROXY and ALL_PROXY from the environment; it may contain a user and a password. The library never uses a proxy for loopback (localhost, 127.0.0.0/8, ::1).");
    NO_PROXY: Key<str> = row("no_proxy", CLIENT, Kind::Any, None, "The hosts to reach without a proxy, separated by commas, instead of NO_PROXY from the environment. Each is a name (which includes all names below it), an address, or a range like 10.0.0.0/8; a name or an address may have a port (HOST:PORT); `*` turns proxies off.");
    CA_FILE: Key<str> = row("ca_file", CLIENT, Kind::Path, None, "The path of a PEM file with certificate authorities to trust in addition to the system's.");
    USER_AGENT: Key<str, Defaulted> = row("user_agent", CLIENT, Kind::Text, Some(concat!("talkdesk_auth/", env!("CARGO_PKG_VERSION"))), "The request's User-Agent header.");
    CLOCK_CORRECTION: Key<bool, Defaulted> = row("clock_correction", CLIENT, Kind::Boolean, Some("true"), "Whether an assertion that the server refused is signed and sent once more by the server's clock, if this machine's clock is wrong.");
    MAX_RETRIES: Key<u32, Defaulted> = row("max_retries", CLIENT, Kind::Number(0, 10), Some("2"), "How often a call may send its request again after a failure that spends no grant, while its `timeout` lasts. Before each time, it waits: half a second at most at first, then longer, and at least as long as the server asks for (Retry-After).");
    ALLOW_HTTP: Key<bool, Defaulted> = row("allow_http", CLIENT, Kind::Boolean, Some("false"), "Whether a token endpoint outside loopback may use plain HTTP; tokens then cross the network unencrypted.");
    CLAIM: Family = row("claim.NAME", PER_ASSERTION, Kind::Any, None, "A further claim of the assertion; it can't replace a claim of RFC 7523 §3.");
    CLAIM_JSON: Family = row("claim_json.NAME", PER_ASSERTION, Kind::Json, None, "A further claim of the assertion that is no string: a number, true, false, a list, an object or null.");
    GRANT_TYPE: Key<str> = required("grant_type", EXCHANGE, Kind::Text, "The grant type: `authorization_code`, `refresh_token`, `client_credentials`, or another one that the server knows; required.");
    CODE: Key<str> = secret("code", EXCHANGE, Kind::Text, "The authorization code (RFC 6749 §4.1.3).");
    REDIRECT_URI: Key<str> = row("redirect_uri", EXCHANGE, Kind::Uri, None, "The redirect URI; it must be identical to the one in the authorization request.");
    CODE_VERIFIER: Key<str> = secret("code_verifier", EXCHANGE, Kind::Text, "The PKCE code verifier (RFC 7636 §4.1): 43 to 128 letters, digits or `-._~`.");
    REFRESH_TOKEN: Key<str> = secret("refresh_token", EXCHANGE, Kind::Text, "The refresh token (RFC 6749 §6).");
    SCOPE: Key<str> = row("scope", EXCHANGE, Kind::Words, None, "The requested scopes, separated by spaces.");
    PARAM: Family = secret("param.NAME", EXCHANGE, Kind::Any, "A further field of the token request; it can't replace a field that the library sets.");
}

/// The row of the option `name`. For a member of a family, this is the row of the family.
pub(crate) fn known(name: &str) -> Option<&'static OptionSpec> {
    OPTIONS.iter().find(|spec| spec.matches(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_the_type_of_its_row() {
        assert_eq!(misfits(), [""; 0]);
    }

    #[test]
    fn no_name_occurs_twice() {
        for (index, spec) in OPTIONS.iter().enumerate() {
            assert!(OPTIONS[..index].iter().all(|other| other.name != spec.name), "{}", spec.name);
        }
    }
}
