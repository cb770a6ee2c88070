//! Finds the proxy for a destination, if any. Reads the options and the environment once, when the client is made.

use super::exceptions::Exceptions;
use crate::environment::{self, Variable};
use crate::error::Error;
use crate::message::is_loopback;
use crate::options::{Options, keys};
use crate::wiped::Wiped;
use base64::prelude::{BASE64_STANDARD, Engine};
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use url::Url;

/// The settings that decide whether there is a proxy: the option `proxy`, else HTTPS_PROXY or ALL_PROXY from the environment.
/// `no_proxy` or NO_PROXY lists hosts to reach without a proxy.
pub(super) struct Proxies {
    explicit: Option<Proxy>,
    inherited: Option<Variable>,
    exceptions: Exceptions,
    /// What to know of the environment if a connection without a proxy fails.
    about_no_proxy: Option<String>,
    /// The same for a connection through a proxy.
    about_exceptions: Option<String>,
}

/// How a destination is reached.
pub(super) struct Way {
    pub proxy: Option<Proxy>,
    /// What to know of the environment if the connection fails.
    pub remark: Option<String>,
}

const PROXY_VARIABLES: &[&str] = &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const EXCEPTIONS_VARIABLES: &[&str] = &["NO_PROXY", "no_proxy"];

impl Proxies {
    /// Always checks the options. Checks HTTPS_PROXY and ALL_PROXY only if a destination uses them.
    pub fn new(options: &Options<'_>) -> Result<Proxies, Error> {
        let explicit = options.get(&keys::PROXY).map(Proxy::parse).transpose();
        let explicit = explicit.map_err(|complaint| keys::PROXY.error(complaint))?;
        let (exceptions, about_exceptions) = match options.get(&keys::NO_PROXY) {
            Some(list) => (given(list)?, None),
            None => inherited(),
        };
        Ok(Proxies {
            about_no_proxy: if explicit.is_none() { environment::ignored(PROXY_VARIABLES) } else { None },
            explicit,
            inherited: environment::find(PROXY_VARIABLES),
            exceptions,
            about_exceptions,
        })
    }

    /// The way to a destination. Loopback never has a proxy.
    pub fn find(&self, url: &Url) -> Result<Way, Error> {
        if is_loopback(url) {
            return Ok(Way { proxy: None, remark: None });
        }
        let proxy = match (&self.explicit, &self.inherited) {
            (None, None) => return Ok(Way { proxy: None, remark: self.about_no_proxy.clone() }),
            _ if self.exceptions.cover(url) => return Ok(Way { proxy: None, remark: None }),
            (Some(proxy), _) => proxy.clone(),
            (None, Some(variable)) => Proxy::inherited(variable)?,
        };
        Ok(Way { proxy: Some(proxy), remark: self.about_exceptions.clone() })
    }
}

/// The exceptions of the option, which the user can mend.
fn given(list: &str) -> Result<Exceptions, Error> {
    let exceptions = Exceptions::parse(list);
    match exceptions.misunderstood() {
        None => Ok(exceptions),
        Some(number) => Err(keys::NO_PROXY.error(format_args!(
            "entry {number} is not understood; give names, addresses like 10.1.2.3 or ranges like 10.0.0.0/8, a name or an address \
             also as HOST:PORT, and separate them by commas"
        ))),
    }
}

/// The exceptions of the environment, which other programs may understand better.
fn inherited() -> (Exceptions, Option<String>) {
    let Some(Variable { name, value }) = environment::find(EXCEPTIONS_VARIABLES) else {
        return (Exceptions::default(), environment::ignored(EXCEPTIONS_VARIABLES));
    };
    let exceptions = Exceptions::parse(&value.to_string_lossy());
    let skipped = |number| format!("entry {number} of {name} in the environment is not understood, and was skipped");
    let remark = exceptions.misunderstood().map(skipped);
    (exceptions, remark)
}

/// An HTTP proxy; its URL may hold a user and a password.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Proxy(Url);

impl Proxy {
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The value of Proxy-Authorization for the account in the URL, if there is one (RFC 9110 §11.7.2, RFC 7617 §2).
    pub fn authorization(&self) -> Option<HeaderValue> {
        let value = self.has_account().then(|| HeaderValue::from_str(&format!("Basic {}", *self.encoded_account())))?;
        value.ok().map(|mut value| {
            value.set_sensitive(true);
            value
        })
    }

    pub fn has_account(&self) -> bool {
        !self.0.username().is_empty() || self.0.password().is_some()
    }

    fn account(&self) -> (Wiped<String>, Wiped<String>) {
        (decoded(self.0.username()), decoded(self.0.password().unwrap_or_default()))
    }

    fn encoded_account(&self) -> Wiped<String> {
        let (user, password) = self.account();
        let both = Wiped::new(format!("{}:{}", *user, *password));
        Wiped::new(BASE64_STANDARD.encode(both.as_bytes()))
    }

    /// The user and the password, in each form that the proxy may repeat (RFC 7617 §2). If there is a password, a user that consists
    /// of letters is no secret. A server may use the same word, for example `client`.
    pub fn secrets(&self) -> Vec<Wiped<String>> {
        let (user, password) = self.account();
        let both = Wiped::new(format!("{}:{}", *user, *password));
        let encoded = self.encoded_account();
        let is_word = !password.is_empty() && user.chars().all(char::is_alphabetic);
        let mut secrets = vec![encoded, both, password];
        secrets.extend((!is_word).then_some(user));
        secrets
    }

    fn inherited(Variable { name, value }: &Variable) -> Result<Proxy, Error> {
        let given = value.to_str().ok_or("not UTF-8".to_owned());
        given
            .and_then(Proxy::parse)
            .map_err(|complaint| keys::PROXY.error(format_args!("{complaint}, or set no_proxy (it comes from {name})")))
    }

    fn parse(given: &str) -> Result<Proxy, String> {
        // As in curl, a URL without a scheme means an HTTP proxy.
        let (scheme, rest) = split_scheme(given).unwrap_or(("http", given));
        // The parser would take the text before such a character for the host.
        if rest.rsplit_once('@').is_some_and(|(account, _)| account.contains(['/', '?', '#', '\\'])) {
            return Err("a user or password that ends the URL's host too early; percent-encode both: write % as %25, / as %2F, \
                        ? as %3F, # as %23, \\ as %5C and @ as %40"
                .into());
        }
        let url = Url::parse(&format!("{scheme}://{rest}"));
        let url = url.map_err(|error| format!("not a URL ({error}); give http://HOST:PORT"))?;
        if !["", "/"].contains(&url.path()) || url.query().is_some() || url.fragment().is_some() {
            return Err("text after HOST:PORT; give http://HOST:PORT".into());
        }
        if decoded(url.username()).contains(':') {
            return Err("a user with a colon, which HTTP can't send (RFC 7617 §2); give another user".into());
        }
        match url.scheme() {
            "http" | "https" if url.has_host() => Ok(Proxy(url)),
            scheme if scheme.starts_with("socks") => {
                Err(format!("a SOCKS proxy ({scheme}), which is not supported; give an HTTP proxy"))
            }
            _ => Err("neither an http nor an https URL; give http://HOST:PORT".into()),
        }
    }
}

/// The user or the password of a URL, as HTTP sends it.
fn decoded(part: &str) -> Wiped<String> {
    Wiped::new(percent_decode_str(part).decode_utf8_lossy().into_owned())
}

/// The scheme of a URL and what follows `://`. A user is no scheme: `user:p://word@host`.
fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let is_scheme = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    url.split_once("://").filter(|(scheme, _)| is_scheme(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_a_secret_unless_it_is_a_word_and_has_a_password() {
        let hides_user = |account: &str| {
            let proxy = Proxy::parse(&format!("http://{account}@proxy.example")).unwrap();
            let (user, _) = account.split_once(':').unwrap_or((account, ""));
            proxy.secrets().iter().any(|secret| secret.as_str() == user)
        };
        assert!(["token", "token:", "user-1:password", "k3y:x"].into_iter().all(hides_user));
        assert!(!["client:password", "html:password"].into_iter().any(hides_user));
    }

    #[test]
    fn a_user_with_a_colon_is_refused_without_being_shown() {
        let complaint = Proxy::parse("http://us%3Aer:password@proxy.example").err().unwrap();
        assert!(complaint.contains("colon") && !complaint.contains("er:"), "{complaint}");
    }

    /// The advice must not depend on what stands around such a character.
    #[test]
    fn the_advice_for_an_account_that_ends_the_host_works() {
        for password in ["p/w", "/", "12/3", "p?w", "p#w", "p\\w", "a@b/c", "50%/", "p:/w", "s://w", "/#?", "%2F/"] {
            for (user, scheme, host) in
                [("u", "http://", "proxy.example:3128"), ("u", "", "[::1]:3128"), ("", "https://", "h")]
            {
                let complaint = Proxy::parse(&format!("{scheme}{user}:{password}@{host}")).err().unwrap();
                assert!(!complaint.contains(password) || password.len() == 1, "{complaint}");
                let (_, pairs) = complaint.split_once("write ").unwrap_or_else(|| panic!("{password}: {complaint}"));
                // The advice, followed to the letter.
                let encoded = pairs.replace(" and ", ", ").split(", ").fold(password.to_owned(), |text, pair| {
                    let (character, code) = pair.split_once(" as ").unwrap();
                    text.replace(character, code)
                });
                let proxy = Proxy::parse(&format!("{scheme}{user}:{encoded}@{host}")).unwrap();
                assert_eq!(proxy.account().1.as_str(), password);
            }
        }
    }
}
