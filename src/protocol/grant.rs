//! Authorization grants (RFC 6749 §1.3), which the client exchanges for tokens.

use crate::error::Error;
use crate::options::{Key, Options, keys};
use crate::wiped::Wiped;

/// A grant, with its own copy of all its text.
pub(crate) struct Grant {
    grant_type: GrantType,
    /// In the order in which they are sent.
    parameters: Vec<(&'static Key<str>, Wiped<String>)>,
}

enum GrantType {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
    /// A grant type that only the server knows (RFC 6749 §4.5).
    Extension(Wiped<String>),
}

impl GrantType {
    const KNOWN: [GrantType; 3] = [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials];

    fn name(&self) -> &str {
        match self {
            GrantType::AuthorizationCode => "authorization_code",
            GrantType::RefreshToken => "refresh_token",
            GrantType::ClientCredentials => Grant::REUSABLE,
            GrantType::Extension(name) => name,
        }
    }

    fn from_name(name: &str) -> GrantType {
        let known = GrantType::KNOWN.into_iter().find(|known| known.name() == name);
        known.unwrap_or_else(|| GrantType::Extension(copy(name)))
    }

    /// The parameters that a grant of this type takes.
    fn takes(&self) -> &'static [Key<str>] {
        match self {
            GrantType::AuthorizationCode => &[keys::CODE, keys::REDIRECT_URI, keys::CODE_VERIFIER],
            GrantType::RefreshToken => &[keys::REFRESH_TOKEN, keys::SCOPE],
            GrantType::ClientCredentials => &[keys::SCOPE],
            GrantType::Extension(_) => PARAMETERS,
        }
    }
}

/// The parameters of all grants, in the order in which they are checked.
pub(super) const PARAMETERS: &[Key<str>] =
    &[keys::CODE, keys::REDIRECT_URI, keys::CODE_VERIFIER, keys::REFRESH_TOKEN, keys::SCOPE];

impl Grant {
    /// The only grant type whose requests spend nothing.
    pub const REUSABLE: &str = "client_credentials";

    /// RFC 6749 §4.1.3. The authorization request contained the challenge of `code_verifier` (RFC 7636 §4.5).
    pub fn authorization_code(
        code: &str,
        redirect_uri: Option<&str>,
        code_verifier: Option<&str>,
    ) -> Result<Grant, Error> {
        code_verifier.map_or(Ok(()), check_code_verifier)?;
        let optional = [(&keys::REDIRECT_URI, redirect_uri), (&keys::CODE_VERIFIER, code_verifier)];
        Ok(Grant::new(GrantType::AuthorizationCode, [(&keys::CODE, Some(code))].into_iter().chain(optional)))
    }

    /// RFC 6749 §6.
    pub fn refresh_token(refresh_token: &str, scope: Option<&str>) -> Grant {
        Grant::new(GrantType::RefreshToken, [(&keys::REFRESH_TOKEN, Some(refresh_token)), (&keys::SCOPE, scope)])
    }

    /// RFC 6749 §4.4.
    pub fn client_credentials(scope: Option<&str>) -> Grant {
        Grant::new(GrantType::ClientCredentials, [(&keys::SCOPE, scope)])
    }

    /// The grant that the parameters of an exchange describe. A grant type that this library does not know (RFC 6749 §4.5) may have
    /// every parameter.
    pub fn from_options(options: &Options<'_>) -> Result<Grant, Error> {
        let name = options.get(&keys::GRANT_TYPE).ok_or_else(|| {
            keys::GRANT_TYPE.error(
                "missing; give authorization_code, refresh_token, client_credentials or another one that the server knows",
            )
        })?;
        let needed = |parameter: &Key<str>| {
            let missing = || parameter.error(format_args!("missing; grant_type {name} needs it"));
            options.get(parameter).ok_or_else(missing)
        };
        let (scope, code_verifier) = (options.get(&keys::SCOPE), options.get(&keys::CODE_VERIFIER));
        let grant = match GrantType::from_name(name) {
            GrantType::AuthorizationCode => {
                Grant::authorization_code(needed(&keys::CODE)?, options.get(&keys::REDIRECT_URI), code_verifier)?
            }
            GrantType::RefreshToken => Grant::refresh_token(needed(&keys::REFRESH_TOKEN)?, scope),
            GrantType::ClientCredentials => Grant::client_credentials(scope),
            extension => {
                code_verifier.map_or(Ok(()), check_code_verifier)?;
                Grant::new(extension, PARAMETERS.iter().map(|parameter| (parameter, options.get(parameter))))
            }
        };
        match PARAMETERS.iter().find(|parameter| options.has(parameter) && grant.value(parameter).is_none()) {
            Some(parameter) => Err(misplaced(parameter)),
            None => Ok(grant),
        }
    }

    fn new<'a>(grant_type: GrantType, values: impl IntoIterator<Item = (&'static Key<str>, Option<&'a str>)>) -> Grant {
        let given = values.into_iter().filter_map(|(parameter, value)| Some((parameter, copy(value?))));
        Grant { grant_type, parameters: given.collect() }
    }

    pub fn grant_type(&self) -> &str {
        self.grant_type.name()
    }

    /// Whether a request with this grant may be sent twice. The first request may spend any other grant.
    pub fn is_reusable(&self) -> bool {
        matches!(self.grant_type, GrantType::ClientCredentials)
    }

    /// The requested scope. It is also the granted scope if the answer names none (RFC 6749 §5.1).
    pub fn scope(&self) -> Option<&str> {
        self.value(&keys::SCOPE)
    }

    /// The fields of the token request, without `grant_type`.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.parameters.iter().map(|(parameter, value)| (parameter.name(), value.as_str()))
    }

    /// The values that no message may show. An unknown grant type may be a code that was passed in the wrong place.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let extension = match &self.grant_type {
            GrantType::Extension(name) => Some(name.as_str()),
            _ => None,
        };
        let parameters = self.parameters.iter().filter(|(parameter, _)| parameter.is_secret());
        parameters.map(|(_, value)| value.as_str()).chain(extension)
    }

    fn value(&self, parameter: &Key<str>) -> Option<&str> {
        self.parameters.iter().find(|(own, _)| own.name() == parameter.name()).map(|(_, value)| value.as_str())
    }
}

fn copy(text: &str) -> Wiped<String> {
    Wiped::new(text.to_owned())
}

fn misplaced(parameter: &Key<str>) -> Error {
    let takes = |known: &GrantType| known.takes().iter().any(|taken| taken.name() == parameter.name());
    let takers: Vec<&str> = GrantType::KNOWN.iter().filter(|known| takes(known)).map(GrantType::name).collect();
    parameter.error(format_args!("contradicts grant_type; it belongs to {}", takers.join(" or ")))
}

/// RFC 7636 §4.1: 43 to 128 unreserved characters.
fn check_code_verifier(verifier: &str) -> Result<(), Error> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        return Err(keys::CODE_VERIFIER.error(format_args!(
            "not a code verifier ({} bytes); give the 43 to 128 letters, digits or -._~ \
             from which the challenge of the authorization request was made",
            verifier.len()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::Function;

    #[test]
    fn an_unknown_grant_type_may_have_every_parameter() {
        for parameter in PARAMETERS {
            let value = "x".repeat(43);
            let given = [("grant_type", "urn:example"), (parameter.name(), value.as_str())];
            let options = Options::parse(Function::TokenExchange, given).unwrap();
            let grant = Grant::from_options(&options).unwrap();
            assert_eq!(grant.fields().collect::<Vec<_>>(), [(parameter.name(), value.as_str())]);
        }
    }

    #[test]
    fn a_grant_takes_exactly_the_parameters_of_its_row() {
        let value = "x".repeat(43);
        for known in &GrantType::KNOWN {
            let (grant_type, taken) = (known.name(), known.takes());
            let own = taken.iter().map(|parameter| (parameter.name(), value.as_str()));
            let own: Vec<_> = own.chain([("grant_type", grant_type)]).collect();
            let parse = |given: &[(&'static str, &str)]| {
                Grant::from_options(&Options::parse(Function::TokenExchange, given.iter().copied()).unwrap())
            };
            assert_eq!(parse(&own).unwrap().fields().count(), taken.len());
            for other in PARAMETERS.iter().filter(|other| own.iter().all(|(name, _)| *name != other.name())) {
                let error = parse(&[&own[..], &[(other.name(), value.as_str())]].concat()).err().unwrap();
                assert_eq!(error.get("option"), Some(other.name()), "{grant_type}");
            }
        }
    }
}
