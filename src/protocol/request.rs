//! The token request (RFC 6749 §4.1.3, §4.4.2, §4.5, §6; RFC 7523 §2.2; RFC 7636 §4.5).

use crate::error::Error;
use crate::options::{OPTIONS, Options};
use crate::wiped::Wiped;
use url::form_urlencoded::byte_serialize;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a grant type asks for: the parameters that it needs, and those that it may have beside them.
struct Rule {
    grant_type: &'static str,
    needs: &'static [&'static str],
    allows: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule { grant_type: "authorization_code", needs: &["code"], allows: &["redirect_uri", "code_verifier"] },
    Rule { grant_type: "refresh_token", needs: &["refresh_token"], allows: &["scope"] },
    Rule { grant_type: "client_credentials", needs: &[], allows: &["scope"] },
];
/// All that the rules speak of.
const GRANT_PARAMETERS: &[&str] = &["code", "redirect_uri", "code_verifier", "refresh_token", "scope"];
/// Any other grant type may know each of them; its own fields come as `param.NAME`.
const OTHER: Rule = Rule { grant_type: "", needs: &[], allows: GRANT_PARAMETERS };

/// A token request that lacks only its assertion.
pub(crate) struct TokenRequest<'a> {
    grant_type: &'a str,
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> TokenRequest<'a> {
    pub fn new(options: &Options<'a>) -> Result<TokenRequest<'a>, Error> {
        let grant_type = options.text("grant_type").ok_or_else(|| {
            Error::option(
                "grant_type",
                "missing; give authorization_code, refresh_token, client_credentials or another that the server knows",
            )
        })?;
        let rule = RULES.iter().find(|rule| rule.grant_type == grant_type).unwrap_or(&OTHER);
        for needed in rule.needs {
            if !options.has(needed) {
                return Err(Error::option(needed, format_args!("missing; grant_type {grant_type} needs it")));
            }
        }
        let mut fields = Vec::new();
        for name in GRANT_PARAMETERS {
            let Some(value) = options.text(name) else { continue };
            if !rule.needs.contains(name) && !rule.allows.contains(name) {
                return Err(misplaced(name));
            }
            fields.push((*name, value));
        }
        if let Some(verifier) = options.text("code_verifier") {
            check_code_verifier(verifier)?;
        }
        for (name, value) in options.family("param.") {
            check_further_field(name)?;
            fields.push((name, value));
        }
        Ok(TokenRequest { grant_type, fields })
    }

    /// Whether the grant is good once only, so that the request may not be sent twice.
    pub fn spends_a_grant(&self) -> bool {
        self.grant_type != "client_credentials"
    }

    /// The scope asked for, which is the one granted where the answer names none (RFC 6749 §5.1).
    pub fn scope(&self) -> Option<&'a str> {
        self.fields.iter().find(|(name, _)| *name == "scope").map(|(_, value)| *value)
    }

    /// The values that may not appear in what is said about the answer. A grant type that is none may be a code in the wrong place.
    pub fn secrets(&self) -> impl Iterator<Item = &'a str> {
        let is_known = RULES.iter().any(|rule| rule.grant_type == self.grant_type);
        let fields = self.fields.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| *value);
        fields.chain((!is_known).then_some(self.grant_type))
    }

    /// The form (RFC 6749 Appendix B), in a buffer that is wiped and never moved.
    pub fn form(&self, client_id: &str, assertion: &str) -> Wiped<Vec<u8>> {
        let own = [
            ("grant_type", self.grant_type),
            ("client_id", client_id),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ];
        let fields = || own.iter().chain(&self.fields);
        // Room for the case that every byte is escaped, which is quicker than counting those that are.
        let length = fields().map(|(name, value)| 3 * (name.len() + value.len()) + 2).sum();
        let mut form = Wiped::new(Vec::with_capacity(length));
        for (name, value) in fields() {
            if !form.is_empty() {
                form.push(b'&');
            }
            append_encoded(&mut form, name);
            form.push(b'=');
            append_encoded(&mut form, value);
        }
        form
    }
}

fn append_encoded(form: &mut Vec<u8>, text: &str) {
    for piece in byte_serialize(text.as_bytes()) {
        form.extend_from_slice(piece.as_bytes());
    }
}

fn is_secret(field: &str) -> bool {
    OPTIONS.iter().find(|spec| spec.name == field).is_none_or(|spec| spec.secret)
}

fn misplaced(name: &str) -> Error {
    let takers: Vec<&str> = RULES
        .iter()
        .filter(|rule| rule.needs.contains(&name) || rule.allows.contains(&name))
        .map(|rule| rule.grant_type)
        .collect();
    Error::option(name, format_args!("contradicts grant_type; it belongs to {}", takers.join(" or ")))
}

/// RFC 7636 §4.1: 43 to 128 unreserved characters.
fn check_code_verifier(verifier: &str) -> Result<(), Error> {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
        return Err(Error::option(
            "code_verifier",
            format_args!(
                "{} bytes that are no code verifier; give the 43 to 128 letters, digits or -._~ \
                 whose challenge went into the authorization request",
                verifier.len()
            ),
        ));
    }
    Ok(())
}

/// What the library writes itself can't come as a further field.
fn check_further_field(name: &str) -> Result<(), Error> {
    let complaint = match name {
        "client_secret" => "a second way to authenticate beside the assertion (RFC 6749 §2.3); leave it out",
        "client_assertion_type" | "client_assertion" | "client_id" => "a field that the library sets; leave it out",
        name if name == "grant_type" || GRANT_PARAMETERS.contains(&name) => {
            "a field with a parameter of its own; give it without param., if grant_type takes it"
        }
        _ => return Ok(()),
    };
    Err(Error::option(&format!("param.{name}"), complaint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::Function;
    use proptest::prelude::*;

    #[test]
    fn a_further_field_replaces_none_of_the_library_s() {
        let refused = ["client_assertion_type", "client_assertion", "client_id", "client_secret", "grant_type"];
        for name in refused.iter().chain(GRANT_PARAMETERS) {
            let further = format!("param.{name}");
            let given = [("grant_type", "client_credentials"), (further.as_str(), "x")];
            let options = Options::parse(Function::TokenExchange, given).unwrap();
            let Err(error) = TokenRequest::new(&options) else { panic!("{further} was taken") };
            assert_eq!(error.get("option"), Some(further.as_str()));
        }
    }

    #[test]
    fn another_grant_type_may_know_every_parameter() {
        for name in GRANT_PARAMETERS {
            let value = "x".repeat(43);
            let given = [("grant_type", "urn:example"), (name, value.as_str())];
            let options = Options::parse(Function::TokenExchange, given).unwrap();
            let Ok(request) = TokenRequest::new(&options) else { panic!("{name} was refused") };
            assert!(request.fields.contains(&(name, value.as_str())));
        }
    }

    proptest! {
        /// A form parser of another hand reads back what was written, whatever the values hold.
        #[test]
        fn a_form_reads_back(value in ".*", name in "[^\0]{1,20}") {
            let further = format!("param.{name}");
            let options = Options::parse(Function::TokenExchange, [("grant_type", "urn:example"), (further.as_str(), value.as_str())]).unwrap();
            let Ok(request) = TokenRequest::new(&options) else { return Ok(()) };
            let form = request.form("client", "a.b.c");
            let read: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
            prop_assert_eq!(&read[0], &("grant_type".to_owned(), "urn:example".to_owned()));
            prop_assert_eq!(&read[4], &(name, value));
        }
    }
}
