//! The challenge of a proxy that wants to know who asks (RFC 9110 §11.7.1).

use crate::options::listed;
use http::HeaderMap;
use http::header::PROXY_AUTHENTICATE;

/// The schemes that a message names. Any other name could be a secret that the proxy repeats.
const KNOWN: &[&str] =
    &["Basic", "Bearer", "Digest", "HOBA", "Kerberos", "Mutual", "Negotiate", "NTLM", "SCRAM-SHA-1", "SCRAM-SHA-256"];
const OTHER: &str = "another scheme";

/// What to do about status 407. It completes the sentence "the proxy …".
pub(crate) fn advice(headers: &HeaderMap, has_account: bool) -> String {
    let schemes = schemes(headers);
    let takes_basic = schemes.is_empty() || schemes.contains(&"Basic");
    match (takes_basic, has_account) {
        (true, true) => "does not accept the user and the password in its URL; correct them".into(),
        (true, false) => "requires a user and a password; give them in the URL of the proxy".into(),
        (false, _) => format!(
            "accepts only {}, but the library sends a user and a password only by Basic; use a proxy that accepts Basic, or none",
            listed(&schemes)
        ),
    }
}

/// The schemes that the proxy offers. Each stands before its parameters, which may be quoted.
fn schemes(headers: &HeaderMap) -> Vec<&'static str> {
    let mut schemes = Vec::new();
    for value in headers.get_all(PROXY_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()) {
        let mut is_quoted = false;
        let parts = value.split(|c| {
            is_quoted ^= c == '"';
            c == ',' && !is_quoted
        });
        let words = parts.filter_map(|part| part.split_whitespace().next());
        for word in words.filter(|word| !word.contains(['=', '"'])) {
            let known = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(word)).unwrap_or(&OTHER);
            if !schemes.contains(known) {
                schemes.push(*known);
            }
        }
    }
    schemes
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn the_schemes_are_read_in_every_form_of_the_header() {
        for (values, expected) in [
            (&["Basic realm=\"a\""][..], &["Basic"][..]),
            (&["NTLM", "Negotiate"], &["NTLM", "Negotiate"]),
            (&["Negotiate, NTLM TlRMTVNTUAAC=="], &["Negotiate", "NTLM"]),
            (&["Digest realm=\"Basic, NTLM or not\", nonce=\"x,y\", qop=auth", "ntlm", "NTLM"], &["Digest", "NTLM"]),
            (&["Digest realm=a , Basic realm=\"b\""], &["Digest", "Basic"]),
            (&["", ",", "=", "\"Basic\""], &[]),
            (&["us3r", "w0rd x=y"], &[OTHER]),
        ] {
            let headers: HeaderMap =
                values.iter().map(|value| (PROXY_AUTHENTICATE, HeaderValue::from_static(value))).collect();
            assert_eq!(schemes(&headers), expected, "{values:?}");
        }
    }

    #[test]
    fn a_password_is_asked_for_only_if_it_is_missing_and_helps() {
        let advice = |offered, has_account| {
            let headers = HeaderMap::from_iter([(PROXY_AUTHENTICATE, HeaderValue::from_static(offered))]);
            advice(&headers, has_account)
        };
        assert!(advice("Basic", false).contains("give them"));
        assert!(advice("NTLM, Basic realm=x", true).contains("correct them"));
        for has_account in [false, true] {
            let advice = advice("Negotiate, NTLM", has_account);
            assert!(advice.starts_with("accepts only Negotiate or NTLM,"), "{advice}");
            assert!(!advice.contains("give them") && !advice.contains("correct"), "{advice}");
        }
    }
}
