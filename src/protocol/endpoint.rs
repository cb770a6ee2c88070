//! The URL of the token endpoint (RFC 6749 §3.2): the vendor's by account and region, and what any of them must be.

use crate::message::is_loopback;
use crate::region::Region;
use url::Url;

const EXAMPLE: &str = "it reads https://ACCOUNT.talkdeskid.com/oauth/token";

/// The token endpoint of an account, as the vendor documents it.
pub(crate) fn of_account(account: &str, region: Region) -> String {
    format!("https://{}.{}/oauth/token", account.to_ascii_lowercase(), region.domain())
}

/// Checks for TLS, and for what a server to whom the URL goes as the audience would read in another way. The complaint completes the
/// sentence "the token endpoint is …".
pub(crate) fn parse(endpoint: &str, allow_http: bool) -> Result<Url, String> {
    let url = Url::parse(endpoint).map_err(|error| format!("not a URL ({error}); {EXAMPLE}"))?;
    if url.fragment().is_some() {
        return Err("a URL with a fragment (#), which a token endpoint has not; remove it".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with a user or password in it; remove them".into());
    }
    if ["http", "https"].contains(&url.scheme()) && !is_spelled_out(endpoint) {
        return Err(format!("a URL in another spelling; {EXAMPLE}"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_http || is_loopback(&url) => Ok(url),
        "http" => Err("plain HTTP, where tokens can be read on the way; give the https URL, or set allow_http".into()),
        _ => Err(format!("neither https nor http; {EXAMPLE}")),
    }
}

/// Whether a URL has its two slashes, a host behind them and nothing that its parser drops or turns round.
fn is_spelled_out(url: &str) -> bool {
    let Some((scheme, behind)) = url.split_once("://") else { return false };
    let host = behind.split(['/', '?', '#']).next().unwrap_or_default();
    !scheme.contains([':', '/'])
        && !host.is_empty()
        && !host.contains('@')
        && !url.contains(|c: char| c == '\\' || c.is_whitespace())
}
