//! Finds the proxy for a destination, if any. Reads the options and the environment once, when the client is made.

use crate::error::Error;
use crate::message::is_loopback;
use crate::options::{Key, Options, keys};
use crate::wiped::Wiped;
use base64::prelude::{BASE64_STANDARD, Engine};
use http::HeaderValue;
use hyper_util::client::proxy::matcher::Matcher;
use percent_encoding::percent_decode_str;
use std::env;
use std::ffi::OsString;
use std::net::Ipv6Addr;
use url::Url;

/// The settings that decide whether there is a proxy: the option `proxy`, else HTTPS_PROXY or ALL_PROXY from the environment.
/// `no_proxy` or NO_PROXY lists hosts to reach without a proxy.
pub(super) struct Proxies {
    explicit: Option<Proxy>,
    inherited: Option<Variable>,
    exceptions: Exceptions,
}

enum Exceptions {
    Given(String),
    Inherited(Option<Variable>),
}

impl Proxies {
    /// Always checks the option `proxy`. Checks the environment only if a destination uses it.
    pub fn new(options: &Options<'_>) -> Result<Proxies, Error> {
        let explicit = options.get(&keys::PROXY).map(Proxy::parse).transpose();
        Ok(Proxies {
            explicit: explicit.map_err(|complaint| keys::PROXY.error(complaint))?,
            inherited: Variable::find(&["HTTPS_PROXY", "ALL_PROXY"]),
            exceptions: match options.get(&keys::NO_PROXY) {
                Some(exceptions) => Exceptions::Given(exceptions.to_owned()),
                None => Exceptions::Inherited(Variable::find(&["NO_PROXY"])),
            },
        })
    }

    /// The proxy for a destination. Loopback never has a proxy.
    pub fn find(&self, url: &Url) -> Result<Option<Proxy>, Error> {
        if is_loopback(url) || (self.explicit.is_none() && self.inherited.is_none()) {
            return Ok(None);
        }
        let inherited = match (&self.explicit, &self.inherited) {
            (None, Some(variable)) => Some((variable, variable.text(&keys::PROXY)?)),
            _ => None,
        };
        let exceptions = match &self.exceptions {
            Exceptions::Given(exceptions) => exceptions,
            Exceptions::Inherited(Some(variable)) => variable.text(&keys::NO_PROXY)?,
            Exceptions::Inherited(None) => "",
        };
        if is_excepted(url, exceptions) {
            return Ok(None);
        }
        let inherited = inherited.map(|(variable, given)| {
            Proxy::parse(given).map_err(|complaint| {
                keys::PROXY.error(format_args!("{complaint}, or set no_proxy (it comes from {})", variable.name))
            })
        });
        Ok(self.explicit.clone().or(inherited.transpose()?))
    }
}

/// An environment variable that is set and not empty.
struct Variable {
    name: &'static str,
    value: OsString,
}

impl Variable {
    /// The first of these variables that is set, in upper or lower case.
    fn find(names: &[&'static str]) -> Option<Variable> {
        let value = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        names.iter().find_map(|name| {
            let value = value(name).or_else(|| value(&name.to_lowercase()))?;
            Some(Variable { name, value })
        })
    }

    /// The text that replaces `option`.
    fn text(&self, option: &Key<str>) -> Result<&str, Error> {
        self.value.to_str().ok_or_else(|| option.error(format_args!("not UTF-8 (it comes from {})", self.name)))
    }
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
        let has_account = !self.0.username().is_empty() || self.0.password().is_some();
        let value = has_account.then(|| HeaderValue::from_str(&format!("Basic {}", *self.encoded_account())))?;
        value.ok().map(|mut value| {
            value.set_sensitive(true);
            value
        })
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

    fn parse(given: &str) -> Result<Proxy, String> {
        // As in curl, a URL without a scheme means an HTTP proxy.
        let url = if given.contains("://") { given.to_owned() } else { format!("http://{given}") };
        let url = Url::parse(&url).map_err(|error| format!("not a URL ({error}); give http://HOST:PORT"))?;
        // If a password contains such a character, the parser takes the text before it for the host.
        if !["", "/"].contains(&url.path()) || url.query().is_some() || url.fragment().is_some() {
            return Err("text after HOST:PORT; in a user or password, write / as %2F, ? as %3F and # as %23".into());
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

fn is_excepted(url: &Url, exceptions: &str) -> bool {
    // Other programs also take the spellings `*.example.com` and `[::1]`.
    let plain = |host: &str| {
        let host = host.trim();
        let host = host.strip_prefix('*').filter(|domain| domain.starts_with('.')).unwrap_or(host);
        let bracketed = host.strip_prefix('[').and_then(|host| host.split_once(']'));
        match bracketed.filter(|(address, _)| address.parse::<Ipv6Addr>().is_ok()) {
            Some((address, range)) if range.is_empty() || range.starts_with('/') => format!("{address}{range}"),
            _ => host.to_owned(),
        }
    };
    let exceptions: Vec<String> = exceptions.split(',').map(plain).collect();
    // The matcher would apply `*` to names only.
    if exceptions.iter().any(|host| host == "*") {
        return true;
    }
    let exceptions = exceptions.join(",");
    let any_proxy = Matcher::builder().all("http://proxy.invalid").no(exceptions).build();
    url.as_str().parse().is_ok_and(|url| any_proxy.intercept(&url).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_enclose_an_address_and_nothing_else() {
        let endpoint = Url::parse("https://[2001:db8::1]/oauth/token").unwrap();
        for exceptions in ["[2001:db8::1]", "2001:db8::1", "[2001:db8::]/32", "a, [2001:db8::1] ", "*"] {
            assert!(is_excepted(&endpoint, exceptions), "{exceptions}");
        }
        let other = Url::parse("https://[2001:db8::1:8080]/oauth/token").unwrap();
        assert!(!is_excepted(&other, "[2001:db8::1]:8080"), "text after an address is not part of the address");
        for exceptions in ["[*]", "[2001:db8::2]", "2001:db8::1]", "[2001:db8::1", "[[2001:db8::1]]", "[]", ""] {
            assert!(!is_excepted(&endpoint, exceptions), "{exceptions}");
        }
    }

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
}
