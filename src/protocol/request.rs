//! The token request (RFC 6749 §4.1.3, §4.4.2, §4.5, §6; RFC 7523 §2.2).

use super::grant::{Grant, PARAMETERS};
use crate::error::Error;
use crate::options::{Options, keys};
use crate::wiped::Wiped;
use url::form_urlencoded::byte_serialize;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A token request without its assertion.
pub(crate) struct TokenRequest {
    grant: Grant,
    /// Name and value of each `param.NAME`.
    further: Vec<(String, Wiped<String>)>,
}

impl TokenRequest {
    /// The request that the parameters of an exchange describe.
    pub fn from_options(options: &Options<'_>) -> Result<TokenRequest, Error> {
        let grant = Grant::from_options(options)?;
        let further = options.family(&keys::PARAM).map(|(name, value)| {
            check_further_field(name)?;
            Ok((name.to_owned(), Wiped::new(value.to_owned())))
        });
        Ok(TokenRequest { grant, further: further.collect::<Result<_, Error>>()? })
    }

    pub fn grant(&self) -> &Grant {
        &self.grant
    }

    /// The values that no message about the answer may show.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.grant.secrets().chain(self.further.iter().map(|(_, value)| value.as_str()))
    }

    /// The form (RFC 6749 Appendix B), in a buffer that is wiped and never moves.
    pub fn form(&self, client_id: &str, assertion: &str) -> Wiped<Vec<u8>> {
        let own = [
            ("grant_type", self.grant.grant_type()),
            ("client_id", client_id),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ];
        let further = self.further.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields = own.into_iter().chain(self.grant.fields()).chain(further);
        // Reserve room as if every byte were escaped. That is faster than counting the bytes to escape.
        let length = fields.clone().map(|(name, value)| 3 * (name.len() + value.len()) + 2).sum();
        let mut form = Wiped::new(Vec::with_capacity(length));
        for (name, value) in fields {
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

/// Refuses a further field that the library writes itself.
fn check_further_field(name: &str) -> Result<(), Error> {
    let complaint = match name {
        "client_secret" => "a second way to authenticate besides the assertion (RFC 6749 §2.3); leave it out",
        "client_assertion_type" | "client_assertion" | "client_id" => "a field that the library sets; leave it out",
        name if name == keys::GRANT_TYPE.name() || PARAMETERS.iter().any(|parameter| parameter.name() == name) => {
            "a field that has its own parameter; use that one, if grant_type takes it"
        }
        _ => return Ok(()),
    };
    Err(keys::PARAM.error(name, complaint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::Function;
    use proptest::prelude::*;

    #[test]
    fn a_further_field_replaces_no_field_of_the_library() {
        let refused = ["client_assertion_type", "client_assertion", "client_id", "client_secret", "grant_type"];
        for name in refused.into_iter().chain(PARAMETERS.iter().map(|parameter| parameter.name())) {
            let further = format!("param.{name}");
            let given = [("grant_type", "client_credentials"), (further.as_str(), "x")];
            let options = Options::parse(Function::TokenExchange, given).unwrap();
            let Err(error) = TokenRequest::from_options(&options) else { panic!("{further} was taken") };
            assert_eq!(error.get("option"), Some(further.as_str()));
        }
    }

    proptest! {
        /// A form parser by other authors reads back what was written, whatever the values contain.
        #[test]
        fn a_form_reads_back(value in ".*", name in "[^\0]{1,20}") {
            let further = format!("param.{name}");
            let options = Options::parse(Function::TokenExchange, [("grant_type", "urn:example"), (further.as_str(), value.as_str())]).unwrap();
            let Ok(request) = TokenRequest::from_options(&options) else { return Ok(()) };
            let form = request.form("client", "a.b.c");
            let read: Vec<(String, String)> = url::form_urlencoded::parse(&form).into_owned().collect();
            prop_assert_eq!(&read[0], &("grant_type".to_owned(), "urn:example".to_owned()));
            prop_assert_eq!(&read[4], &(name, value));
        }
    }
}
