//! Which proxy, if any, stands between here and the token endpoint: decided once, when the client is made.

use crate::error::Error;
use crate::options::Options;
use hyper_util::client::proxy::matcher::Matcher;
use std::env;
use url::Url;

/// An HTTP proxy; its URL may hold a user and a password.
pub(crate) struct Proxy(pub(super) Url);

impl Proxy {
    /// The proxy for `endpoint`: an explicit one, else HTTPS_PROXY or ALL_PROXY from the environment; `no_proxy` or NO_PROXY
    /// excepts hosts from either. Loopback is never proxied.
    pub fn find(options: &Options<'_>, endpoint: &Url) -> Result<Option<Proxy>, Error> {
        // Checked also where nothing is proxied, unlike what happens to stand in the environment.
        let explicit = options.text("proxy").map(Proxy::parse).transpose();
        let explicit = explicit.map_err(|complaint| Error::option("proxy", complaint))?;
        if super::is_loopback(endpoint) {
            return Ok(None);
        }
        let inherited = match explicit {
            Some(_) => None,
            None => from_environment("proxy", &["HTTPS_PROXY", "ALL_PROXY"])?,
        };
        if explicit.is_none() && inherited.is_none() {
            return Ok(None);
        }
        let exceptions = match options.text("no_proxy") {
            Some(exceptions) => exceptions.to_owned(),
            None => from_environment("no_proxy", &["NO_PROXY"])?.map(|(_, value)| value).unwrap_or_default(),
        };
        if is_excepted(endpoint, exceptions) {
            return Ok(None);
        }
        let inherited = inherited.map(|(variable, given)| {
            Proxy::parse(&given).map_err(|complaint| {
                Error::option("proxy", format_args!("{complaint}, or no_proxy (it comes from {variable})"))
            })
        });
        Ok(explicit.or(inherited.transpose()?))
    }

    fn parse(given: &str) -> Result<Proxy, String> {
        // As curl reads it: what names no scheme is an HTTP proxy.
        let url = if given.contains("://") { given.to_owned() } else { format!("http://{given}") };
        let url = Url::parse(&url).map_err(|error| format!("not a URL ({error}); give http://HOST:PORT"))?;
        // Such a character of a password ends what the parser takes for the host.
        if !["", "/"].contains(&url.path()) || url.query().is_some() || url.fragment().is_some() {
            return Err(
                "something behind HOST:PORT; in a user or password write / as %2F, ? as %3F and # as %23".into()
            );
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

/// The first of the variables that is set to something, in either case; they stand in for `option`.
fn from_environment(option: &str, names: &[&'static str]) -> Result<Option<(&'static str, String)>, Error> {
    let found = names.iter().find_map(|name| {
        let spellings = [name.to_string(), name.to_lowercase()];
        spellings
            .iter()
            .find_map(|name| env::var_os(name).filter(|value| !value.is_empty()))
            .map(|value| (*name, value))
    });
    let Some((name, value)) = found else { return Ok(None) };
    let value =
        value.into_string().map_err(|_| Error::option(option, format_args!("not UTF-8 (it comes from {name})")))?;
    Ok(Some((name, value)))
}

fn is_excepted(endpoint: &Url, exceptions: String) -> bool {
    let any_proxy = Matcher::builder().all("http://proxy.invalid").no(exceptions).build();
    endpoint.as_str().parse().is_ok_and(|endpoint| any_proxy.intercept(&endpoint).is_none())
}
