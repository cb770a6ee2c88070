//! Authorization grants (RFC 6749 §1.3), which the client exchanges for tokens.

use crate::error::Error;
use crate::options::{Key, Options, keys, meant};
use crate::wiped::Wiped;

/// One row of the table of grant types.
#[non_exhaustive]
pub struct GrantSpec {
    grant_type: GrantType,
    /// The value of `grant_type`. `None` stands for every grant type that only the server knows.
    pub name: Option<&'static str>,
    /// The section of RFC 6749.
    pub section: &'static str,
    /// Whose token the grant gives; empty if only the server knows.
    pub token_of: &'static str,
    /// Whether a request spends nothing, so that it may be sent twice.
    pub is_reusable: bool,
    needs: &'static [Key<str>],
    takes: &'static [Key<str>],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GrantType {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
    Extension,
}

/// All grant types. The grants in README.md and in the header are rendered from it.
#[rustfmt::skip]
pub const GRANTS: &[GrantSpec] = &[
    GrantSpec {
        grant_type: GrantType::AuthorizationCode, name: Some("authorization_code"), section: "4.1.3",
        token_of: "a user who has just logged in", is_reusable: false,
        needs: &[keys::CODE], takes: &[keys::REDIRECT_URI, keys::CODE_VERIFIER],
    },
    GrantSpec {
        grant_type: GrantType::RefreshToken, name: Some("refresh_token"), section: "6",
        token_of: "the same user", is_reusable: false,
        needs: &[keys::REFRESH_TOKEN], takes: &[keys::SCOPE],
    },
    GrantSpec {
        grant_type: GrantType::ClientCredentials, name: Some("client_credentials"), section: "4.4",
        token_of: "the client itself", is_reusable: true,
        needs: &[], takes: &[keys::SCOPE],
    },
    GrantSpec {
        grant_type: GrantType::Extension, name: None, section: "4.5",
        token_of: "", is_reusable: false,
        needs: &[], takes: PARAMETERS,
    },
];

impl GrantSpec {
    /// The parameters that the grant must have.
    pub fn needs(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.needs.iter().map(Key::name)
    }

    /// The parameters that the grant may have.
    pub fn takes(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.takes.iter().map(Key::name)
    }

    fn has(&self, parameter: &Key<str>) -> bool {
        self.needs().chain(self.takes()).any(|name| name == parameter.name())
    }

    fn of(grant_type: GrantType) -> &'static GrantSpec {
        GRANTS.iter().find(|spec| spec.grant_type == grant_type).expect("each grant type has a row")
    }

    /// The row of a grant type. A misspelt one is refused before a grant is sent. The message does not show it, because it may be a
    /// code that was passed in the wrong place.
    fn named(name: &str) -> Result<&'static GrantSpec, Error> {
        if let Some(known) = GRANTS.iter().find(|spec| spec.name == Some(name)) {
            return Ok(known);
        }
        match meant(name, GRANTS.iter().filter_map(|spec| spec.name)) {
            Some(known) => Err(keys::GRANT_TYPE.error(format_args!("unknown grant type; did you mean {known}?"))),
            None => Ok(GrantSpec::of(GrantType::Extension)),
        }
    }
}

/// The parameters of all grants, in the order in which they are checked.
pub(super) const PARAMETERS: &[Key<str>] =
    &[keys::CODE, keys::REDIRECT_URI, keys::CODE_VERIFIER, keys::REFRESH_TOKEN, keys::SCOPE];

/// A grant, with its own copy of all its text.
pub(crate) struct Grant {
    spec: &'static GrantSpec,
    grant_type: Wiped<String>,
    /// In the order in which they are sent.
    parameters: Vec<(&'static Key<str>, Wiped<String>)>,
}

impl Grant {
    /// RFC 6749 §4.1.3. The authorization request contained the challenge of `code_verifier` (RFC 7636 §4.5).
    pub fn authorization_code(
        code: &str,
        redirect_uri: Option<&str>,
        code_verifier: Option<&str>,
    ) -> Result<Grant, Error> {
        code_verifier.map_or(Ok(()), check_code_verifier)?;
        let optional = [(&keys::REDIRECT_URI, redirect_uri), (&keys::CODE_VERIFIER, code_verifier)];
        Ok(Grant::known(GrantType::AuthorizationCode, [(&keys::CODE, Some(code))].into_iter().chain(optional)))
    }

    /// RFC 6749 §6.
    pub fn refresh_token(refresh_token: &str, scope: Option<&str>) -> Grant {
        Grant::known(GrantType::RefreshToken, [(&keys::REFRESH_TOKEN, Some(refresh_token)), (&keys::SCOPE, scope)])
    }

    /// RFC 6749 §4.4.
    pub fn client_credentials(scope: Option<&str>) -> Grant {
        Grant::known(GrantType::ClientCredentials, [(&keys::SCOPE, scope)])
    }

    /// RFC 6749 §4.5: a grant type that only the server knows. It may have every parameter.
    pub fn extension<'a>(grant_type: &str, parameter: impl Fn(&Key<str>) -> Option<&'a str>) -> Result<Grant, Error> {
        parameter(&keys::CODE_VERIFIER).map_or(Ok(()), check_code_verifier)?;
        let values = PARAMETERS.iter().map(|key| (key, parameter(key)));
        Ok(Grant::new(GrantSpec::of(GrantType::Extension), grant_type, values))
    }

    /// The grant that the parameters of an exchange describe.
    pub fn from_options(options: &Options<'_>) -> Result<Grant, Error> {
        let name = options.get(&keys::GRANT_TYPE).ok_or_else(|| {
            let known: Vec<&str> = GRANTS.iter().filter_map(|spec| spec.name).collect();
            let complaint = format!("missing; give {} or another one that the server knows", known.join(", "));
            keys::GRANT_TYPE.error(complaint)
        })?;
        let spec = GrantSpec::named(name)?;
        let needed = |parameter: &Key<str>| {
            let missing = || parameter.error(format_args!("missing; grant_type {name} needs it"));
            options.get(parameter).ok_or_else(missing)
        };
        let optional = |parameter: &Key<str>| options.get(parameter);
        let grant = match spec.grant_type {
            GrantType::AuthorizationCode => Grant::authorization_code(
                needed(&keys::CODE)?,
                optional(&keys::REDIRECT_URI),
                optional(&keys::CODE_VERIFIER),
            )?,
            GrantType::RefreshToken => Grant::refresh_token(needed(&keys::REFRESH_TOKEN)?, optional(&keys::SCOPE)),
            GrantType::ClientCredentials => Grant::client_credentials(optional(&keys::SCOPE)),
            GrantType::Extension => Grant::extension(name, optional)?,
        };
        match PARAMETERS.iter().find(|parameter| options.has(parameter) && !spec.has(parameter)) {
            Some(parameter) => Err(misplaced(parameter)),
            None => Ok(grant),
        }
    }

    fn known<'a>(
        grant_type: GrantType,
        values: impl IntoIterator<Item = (&'static Key<str>, Option<&'a str>)>,
    ) -> Grant {
        let spec = GrantSpec::of(grant_type);
        Grant::new(spec, spec.name.expect("a known grant type has a name"), values)
    }

    fn new<'a>(
        spec: &'static GrantSpec,
        grant_type: &str,
        values: impl IntoIterator<Item = (&'static Key<str>, Option<&'a str>)>,
    ) -> Grant {
        let given = values.into_iter().filter_map(|(parameter, value)| Some((parameter, copy(value?))));
        Grant { spec, grant_type: copy(grant_type), parameters: given.collect() }
    }

    pub fn grant_type(&self) -> &str {
        &self.grant_type
    }

    /// Whether a request with this grant may be sent twice. The first request may spend any other grant.
    pub fn is_reusable(&self) -> bool {
        self.spec.is_reusable
    }

    /// The requested scope. It is also the granted scope if the answer names none (RFC 6749 §5.1).
    pub fn scope(&self) -> Option<&str> {
        let scope = self.parameters.iter().find(|(parameter, _)| parameter.name() == keys::SCOPE.name());
        scope.map(|(_, value)| value.as_str())
    }

    /// The fields of the token request, without `grant_type`.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.parameters.iter().map(|(parameter, value)| (parameter.name(), value.as_str()))
    }

    /// The values that no message may show. An unknown grant type may be a code that was passed in the wrong place.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let extension = self.spec.name.is_none().then(|| self.grant_type());
        let parameters = self.parameters.iter().filter(|(parameter, _)| parameter.is_secret());
        parameters.map(|(_, value)| value.as_str()).chain(extension)
    }
}

fn copy(text: &str) -> Wiped<String> {
    Wiped::new(text.to_owned())
}

fn misplaced(parameter: &Key<str>) -> Error {
    let takers = GRANTS.iter().filter(|spec| spec.has(parameter)).filter_map(|spec| spec.name);
    let takers: Vec<&str> = takers.collect();
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
    use crate::options::OPTIONS;

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
    fn a_misspelt_grant_type_is_asked_about_and_one_that_only_the_server_knows_passes() {
        let grant = |grant_type| {
            let given = [("grant_type", grant_type), ("refresh_token", "r"), ("code", "c")];
            Grant::from_options(&Options::parse(Function::TokenExchange, given).unwrap()).map(|grant| grant.spec.name)
        };
        for (given, meant) in [
            ("client_credential", "client_credentials"),
            ("client-credentials", "client_credentials"),
            ("clientCredentials", "client_credentials"),
            ("Client_Credentials", "client_credentials"),
            ("CLIENT_CREDENTIALS", "client_credentials"),
            ("client credentials", "client_credentials"),
            ("cleint_credentials", "client_credentials"),
            ("clientcredentials", "client_credentials"),
            ("refresh-token", "refresh_token"),
            ("refreshToken", "refresh_token"),
            ("refresh_tokens", "refresh_token"),
            ("refreshtoken", "refresh_token"),
            ("authorization-code", "authorization_code"),
            ("authorisation_code", "authorization_code"),
            ("authorizationCode", "authorization_code"),
        ] {
            let error = grant(given).expect_err(given);
            let message = format!("grant_type: unknown grant type; did you mean {meant}?");
            assert_eq!((error.get("option"), error.message()), (Some("grant_type"), message.as_str()));
        }
        for other in [
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "urn:client_credentials",
            "https://auth.example/grants/refresh-token",
            "password",
            "device_code",
            "token_exchange",
            "implicit",
        ] {
            assert_eq!(grant(other).expect(other), None);
        }
    }

    #[test]
    fn a_grant_takes_exactly_the_parameters_of_its_row() {
        let value = "x".repeat(43);
        for spec in GRANTS {
            let Some(grant_type) = spec.name else { continue };
            let own = spec.needs().chain(spec.takes()).map(|parameter| (parameter, value.as_str()));
            let own: Vec<_> = own.chain([("grant_type", grant_type)]).collect();
            let parse = |given: &[(&'static str, &str)]| {
                Grant::from_options(&Options::parse(Function::TokenExchange, given.iter().copied()).unwrap())
            };
            assert_eq!(parse(&own).unwrap().fields().count(), own.len() - 1);
            let refused = |given: &[(&'static str, &str)]| {
                let error = parse(given).err().expect("the parameters must be refused");
                error.get("option").map(str::to_owned)
            };
            for other in PARAMETERS.iter().map(Key::name).filter(|other| own.iter().all(|(name, _)| name != other)) {
                let given = [&own[..], &[(other, value.as_str())]].concat();
                assert_eq!(refused(&given).as_deref(), Some(other), "{grant_type}");
            }
            for needed in spec.needs() {
                let given: Vec<_> = own.iter().copied().filter(|(name, _)| *name != needed).collect();
                assert_eq!(refused(&given).as_deref(), Some(needed), "{grant_type}");
            }
        }
    }

    #[test]
    fn the_summary_of_grant_type_lists_all_types() {
        let summary = OPTIONS.iter().find(|spec| spec.name == keys::GRANT_TYPE.name()).expect("the option").summary;
        let names: Vec<String> = GRANTS.iter().filter_map(|spec| spec.name).map(|name| format!("`{name}`")).collect();
        assert!(summary.contains(&names.join(", ")), "{summary}");
    }
}
