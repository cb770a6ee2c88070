//! Resolves the values of a client from its options and its credentials.

use super::origin::{Holder, Origin};
use crate::algorithm::Algorithm;
use crate::error::{Error, ErrorCode};
use crate::file;
use crate::functions::Function;
use crate::options::{Key as OptionKey, OPTIONS, OptionSpec, Options, keys, listed};
use crate::protocol::credentials::Credentials;
use crate::protocol::endpoint;
use crate::protocol::key::{Key, unfilled_identifier};
use crate::protocol::signer::Signer;
use crate::region::Region;
use crate::text::Text;
use crate::wiped::Wiped;
use url::Url;

/// The values of a client. Each comes from its option, else from the credentials or the JWK, else from the default.
pub(super) struct Settings<S> {
    pub account: Option<String>,
    /// Exactly as the caller gave it.
    pub token_endpoint: String,
    pub url: Url,
    pub client_id: String,
    pub key_id: String,
    pub audience: String,
    pub signer: S,
}

pub(super) fn resolve(options: &Options<'_>) -> Result<Settings<impl Signer + use<>>, Error> {
    options.exclusive(&keys::CREDENTIALS, &keys::CREDENTIALS_FILE)?;
    options.exclusive(&keys::PRIVATE_KEY, &keys::PRIVATE_KEY_FILE)?;
    let credentials = credentials(options)?;
    let (private_key, origin) = private_key(options, &credentials)?;

    let (token_endpoint, origin_of_endpoint) = token_endpoint(options, &credentials)?;
    let url = endpoint::parse(&token_endpoint, options.or_default(&keys::ALLOW_HTTP))
        .map_err(|complaint| origin_of_endpoint.endpoint_error(&complaint))?;
    let client_id = filled(options, &keys::CLIENT_ID)?
        .or(credentials.client_id.as_deref())
        .ok_or_else(|| keys::CLIENT_ID.error("missing; give the client id, or credentials that contain it"))?;
    let key_id = filled(options, &keys::KEY_ID)?
        .or(described(origin, &credentials.key_id, &private_key.key_id).map(|(value, _)| value))
        .ok_or_else(|| keys::KEY_ID.error("missing; give the key id, or credentials or a JWK that contain it"))?;
    let (client_id, key_id) = (client_id.to_owned(), key_id.to_owned());
    let wanted = options.get(&keys::ALGORITHM).map(|name| (name, Holder::Option));
    let wanted = wanted.or(described(origin, &credentials.algorithm, &private_key.algorithm));
    let wanted = wanted.map(algorithm).transpose()?;
    let signer = private_key.into_signer(wanted).map_err(|complaint| origin.key_error(&complaint))?;
    // The account in the credentials counts only if a region is given.
    let account = options.get(&keys::ACCOUNT).or(credentials.account.as_deref().filter(|_| options.has(&keys::REGION)));
    let audience = options.get(&keys::AUDIENCE).unwrap_or(&token_endpoint).to_owned();
    Ok(Settings { account: account.map(str::to_owned), token_endpoint, url, client_id, key_id, audience, signer })
}

impl<S: Signer> Settings<S> {
    /// The value of each client option that may be shown: as resolved, as given, or by default.
    pub fn shown(&self, options: &Options<'_>) -> Vec<(&'static str, Text)> {
        let resolved = [
            (keys::ACCOUNT.name(), self.account.as_deref()),
            (keys::TOKEN_ENDPOINT.name(), Some(self.token_endpoint.as_str())),
            (keys::CLIENT_ID.name(), Some(&self.client_id)),
            (keys::KEY_ID.name(), Some(&self.key_id)),
            (keys::ALGORITHM.name(), Some(self.signer.algorithm().name())),
            (keys::AUDIENCE.name(), Some(&self.audience)),
        ];
        let value = |spec: &'static OptionSpec| {
            let resolved = resolved.iter().find(|(name, _)| *name == spec.name).and_then(|(_, value)| *value);
            resolved.or_else(|| options.text(spec)).or(spec.default)
        };
        OPTIONS
            .iter()
            .filter(|spec| spec.taken_by.contains(&Function::ClientNew) && !spec.secret)
            .filter_map(|spec| Some((spec.name, Text::lossy(value(spec)?))))
            .collect()
    }
}

/// The value of an identifier's option.
fn filled<'a>(options: &Options<'a>, key: &OptionKey<str>) -> Result<Option<&'a str>, Error> {
    match options.get(key) {
        Some(value) => unfilled_identifier(value).map_or(Ok(Some(value)), |complaint| Err(key.error(complaint))),
        None => Ok(None),
    }
}

fn credentials(options: &Options<'_>) -> Result<Credentials, Error> {
    let is_replaced = |member: &str| match member {
        "client_id" | "id" => options.has(&keys::CLIENT_ID),
        "key_id" => options.has(&keys::KEY_ID),
        "private_key" => options.has(&keys::PRIVATE_KEY) || options.has(&keys::PRIVATE_KEY_FILE),
        "key_algorithm" => options.has(&keys::ALGORITHM),
        "account_name" => options.has(&keys::ACCOUNT) || options.has(&keys::TOKEN_ENDPOINT),
        _ => false,
    };
    let (option, document) = match (options.get(&keys::CREDENTIALS), options.get(&keys::CREDENTIALS_FILE)) {
        (Some(text), _) => (keys::CREDENTIALS, Wiped::new(text.as_bytes().to_vec())),
        (None, Some(path)) => {
            (keys::CREDENTIALS_FILE, file::read(&keys::CREDENTIALS_FILE, path, ErrorCode::InvalidOption)?)
        }
        (None, None) => return Ok(Credentials::default()),
    };
    Credentials::parse(&document, is_replaced).map_err(|complaint| option.error(complaint))
}

/// The origin of a value in the credentials.
fn of_credentials(options: &Options<'_>) -> Origin {
    let is_text = options.has(&keys::CREDENTIALS);
    Origin::Credentials(if is_text { keys::CREDENTIALS.name() } else { keys::CREDENTIALS_FILE.name() })
}

fn private_key(options: &Options<'_>, credentials: &Credentials) -> Result<(Key, Origin), Error> {
    let (bytes, origin) = if let Some(text) = options.get(&keys::PRIVATE_KEY) {
        (Wiped::new(text.as_bytes().to_vec()), Origin::of(&keys::PRIVATE_KEY))
    } else if let Some(path) = options.get(&keys::PRIVATE_KEY_FILE) {
        let content = file::read(&keys::PRIVATE_KEY_FILE, path, ErrorCode::InvalidKey)?;
        (content, Origin::of(&keys::PRIVATE_KEY_FILE))
    } else if let Some(text) = &credentials.private_key {
        (Wiped::new(text.as_bytes().to_vec()), of_credentials(options))
    } else {
        return Err(
            keys::PRIVATE_KEY.error("missing; give private_key, private_key_file, or credentials that contain the key")
        );
    };
    let key_id = options.get(&keys::KEY_ID).or(credentials.key_id.as_deref());
    let key = Key::load(&bytes, options.get(&keys::PRIVATE_KEY_PASSPHRASE), key_id);
    key.map(|key| (key, origin)).map_err(|complaint| origin.key_error(&complaint))
}

/// A value that describes the private key, if no option gives it. Credentials describe their own key best; a JWK describes itself.
fn described<'a>(
    origin_of_key: Origin,
    by_credentials: &'a Option<String>,
    by_jwk: &'a Option<String>,
) -> Option<(&'a str, Holder)> {
    let by_credentials = by_credentials.as_deref().map(|value| (value, Holder::Credentials));
    let by_jwk = by_jwk.as_deref().map(|value| (value, Holder::Jwk));
    match origin_of_key {
        Origin::Credentials(_) => by_credentials.or(by_jwk),
        Origin::Option(_) => by_jwk.or(by_credentials),
    }
}

fn algorithm((name, holder): (&str, Holder)) -> Result<(Algorithm, &'static str), Error> {
    let asking = holder.of_the_algorithm();
    Algorithm::from_name(name)
        .map(|algorithm| (algorithm, asking))
        .ok_or_else(|| keys::ALGORITHM.error(format_args!("missing, and {asking} is not a known algorithm; give one")))
}

/// Options come first. With a region, the credentials must name the account; without one, they must link to the endpoint.
fn token_endpoint(options: &Options<'_>, credentials: &Credentials) -> Result<(String, Origin), Error> {
    const ADVICE: &str = "give the URL, or account and region";
    let regions = || listed(Region::NAMES);
    let region = options.get(&keys::REGION).and_then(Region::from_name);
    match (options.get(&keys::TOKEN_ENDPOINT), options.get(&keys::ACCOUNT), region) {
        (Some(_), Some(_), _) => Err(keys::TOKEN_ENDPOINT.contradicts(&keys::ACCOUNT, ADVICE)),
        (Some(_), None, Some(_)) => Err(keys::TOKEN_ENDPOINT.contradicts(&keys::REGION, ADVICE)),
        (Some(url), None, None) => Ok((url.to_owned(), Origin::of(&keys::TOKEN_ENDPOINT))),
        (None, Some(account), Some(region)) => Ok((endpoint::of_account(account, region), Origin::of(&keys::ACCOUNT))),
        (None, Some(_), None) => Err(keys::REGION.error(format_args!("missing; account needs it; give {}", regions()))),
        (None, None, region) => match (region, &credentials.account, &credentials.token_endpoint) {
            (Some(region), Some(account), _) => {
                let account = checked_account(account)?;
                Ok((endpoint::of_account(account, region), of_credentials(options)))
            }
            (Some(_), None, _) => Err(keys::ACCOUNT.error("missing; region needs it")),
            (None, _, Some(linked)) => Ok((linked.clone(), of_credentials(options))),
            (None, Some(_), None) => Err(keys::REGION
                .error(format_args!("missing; the credentials contain only the account; give {}", regions()))),
            (None, None, None) => Err(keys::TOKEN_ENDPOINT.error(format_args!("missing; {ADVICE}"))),
        },
    }
}

/// Checks the account in the credentials by the rules of the option.
fn checked_account(account: &str) -> Result<&str, Error> {
    Options::parse(Function::ClientNew, [(keys::ACCOUNT.name(), account)])
        .map(|_| account)
        .map_err(|_| keys::ACCOUNT.error("missing, and the credentials' account_name is not a valid account; give one"))
}
