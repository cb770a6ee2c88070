//! The challenge of a proxy that wants to know who asks (RFC 9110 §11.7.1).

use crate::options::listed;
use http::HeaderMap;
use http::header::PROXY_AUTHENTICATE;

/// The most schemes that a message names, and the longest name of one.
const MOST: usize = 5;
const LONGEST: usize = 20;

/// What to do about status 407. It completes the sentence "the proxy …".
pub(crate) fn advice(headers: &HeaderMap, has_account: bool) -> String {
    let schemes = schemes(headers);
    let takes_basic = schemes.is_empty() || schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("Basic"));
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
fn schemes(headers: &HeaderMap) -> Vec<&str> {
    let is_name = |word: &&str| {
        word.len() <= LONGEST
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !word.is_empty()
    };
    let mut schemes: Vec<&str> = Vec::new();
    for value in headers.get_all(PROXY_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()) {
        let mut is_quoted = false;
        let parts = value.split(|c| {
            is_quoted ^= c == '"';
            c == ',' && !is_quoted
        });
        for scheme in parts.filter_map(|part| part.split_whitespace().next()).filter(is_name) {
            if schemes.len() < MOST && !schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
                schemes.push(scheme);
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
            (&["Digest realm=\"Basic, NTLM or not\", nonce=\"x,y\", qop=auth", "ntlm", "NTLM"], &["Digest", "ntlm"]),
            (&["Digest realm=a , Basic realm=\"b\""], &["Digest", "Basic"]),
            (&["", ",", "=", "\"Basic\"", "an-overlong-name-of-a-scheme"], &[]),
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
