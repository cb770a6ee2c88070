//! The URL of the token endpoint (RFC 6749 §3.2): makes the vendor's URL from account and region, and checks every URL.

use crate::message::is_loopback;
use crate::region::Region;
use url::Url;

const EXAMPLE: &str = "write it like https://ACCOUNT.talkdeskid.com/oauth/token";

/// The token endpoint of an account, as the vendor documents it.
pub(crate) fn of_account(account: &str, region: Region) -> String {
    format!("https://{}.{}/oauth/token", account.to_ascii_lowercase(), region.domain())
}

/// Checks that the URL uses TLS, and that no server can understand it in another way when it gets the URL as the audience. The
/// complaint completes the sentence "the token endpoint is …".
pub(crate) fn parse(endpoint: &str, allow_http: bool) -> Result<Url, String> {
    let url = Url::parse(endpoint).map_err(|error| format!("not a URL ({error}); {EXAMPLE}"))?;
    if url.fragment().is_some() {
        return Err("a URL with a fragment (#), which is not allowed (RFC 6749 §3.2); remove it".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with a user or password; remove them".into());
    }
    if ["http", "https"].contains(&url.scheme()) && !is_spelled_out(endpoint) {
        return Err(format!("a URL with an unusual spelling; {EXAMPLE}"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_http || is_loopback(&url) => Ok(url),
        "http" => {
            Err("plain HTTP, so that others can read tokens on the way; give the https URL, or set allow_http".into())
        }
        _ => Err(format!("neither https nor http; {EXAMPLE}")),
    }
}

/// Whether a URL has two slashes with a host after them, and nothing that the parser drops or changes.
fn is_spelled_out(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !scheme.contains([':', '/'])
        && !host.is_empty()
        && !host.contains('@')
        && !url.contains(|c: char| c == '\\' || c.is_whitespace())
}
