//! The URL of the token endpoint (RFC 6749 §3.2): makes the vendor's URL from account and region, and checks every URL.

use crate::message::is_loopback;
use crate::region::Region;
use url::{Host, Url};

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
    if ["http", "https"].contains(&url.scheme()) && !is_spelled_out(endpoint, &url) {
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

/// Whether a URL has two slashes with a host after them, and nothing that the parser drops or reads as something else. Otherwise, the
/// request would go to another URL than the audience says.
fn is_spelled_out(text: &str, url: &Url) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let is_dots = |segment: &str| [".", ".."].contains(&segment.to_ascii_lowercase().replace("%2e", ".").as_str());
    let is_decimal = match url.host() {
        // The parser also takes one number, and octal and hexadecimal numbers.
        Some(Host::Ipv4(address)) => host.split(':').next() == Some(&address.to_string()),
        _ => true,
    };
    // The parser also takes wide letters and other full stops, and turns them into ASCII.
    let is_international = match url.host() {
        Some(Host::Domain(name)) => {
            name.split('.').any(|label| label.starts_with("xn--")) && name.matches('.').eq(host.matches('.'))
        }
        _ => false,
    };
    !scheme.contains([':', '/'])
        && !host.is_empty()
        && !host.contains(['@', '%'])
        && is_decimal
        && (host.is_ascii() || is_international)
        && !path.split('/').any(is_dots)
        && !text.contains(|c: char| c == '\\' || c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_the_parser_would_change_is_refused() {
        for url in [
            "https://0x7f.0.0.1/oauth/token",
            "https://2130706433/oauth/token",
            "https://127.1/oauth/token",
            "https://0177.0.0.1/oauth/token",
            "https://127.0.0.1./oauth/token",
            "https://ac%6De.example/oauth/token",
            "https://acme.example%2e/oauth/token",
            "https://acme.example/a/../oauth/token",
            "https://acme.example/./oauth/token",
            "https://acme.example/oauth/%2E%2e/token",
            "https://acme.example/oauth/.%2e",
            "https://acme.example/oauth/..?a=b",
            "https://acme。example/oauth/token",
            "https://ａｃｍｅ.example/oauth/token",
            "https://äcme．example/oauth/token",
        ] {
            let refused = parse(url, false).expect_err(url);
            assert!(refused.starts_with("a URL with an unusual spelling"), "{url}: {refused}");
        }
        for url in [
            "https://127.0.0.1:8443/oauth/token",
            "https://[::1]:8443/oauth/token",
            "https://acme.example/oauth.d/..token/to%6Ben?next=../a",
            "https://1.2.3.4.example/oauth/token",
            "https://äcme.example/oauth/token",
        ] {
            parse(url, false).expect(url);
        }
    }
}
