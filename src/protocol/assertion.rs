//! The JWT client assertion (RFC 7523 §2.2 and §3, OpenID Connect Core §9): a fresh one for each use.

use super::signer::{LONGEST_SIGNATURE, Signer};
use crate::error::{Error, ErrorCode};
use crate::fork::without_fork;
use crate::options::{Family, Options, keys};
use crate::text::Text;
use crate::wiped::Wiped;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use once_cell::race::OnceBox;
use std::collections::HashSet;
use std::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;
use std::{io, mem};
use uuid::Uuid;

/// The seconds that `iat` lies in the past, because the server's clock may be slow.
const CLOCK_DIFFERENCE: i64 = 5;
/// The most seconds between `iat` and `exp` that common servers accept.
const LONGEST_LIFE: i64 = 3600;
/// At least the length of the text after the audience: names, an identifier, two numbers, a brace and a NUL.
const OWN_LENGTH: usize = 111;
const OWN_CLAIMS: &[&str] = &["iss", "sub", "aud", "jti", "iat", "exp"];

/// Makes the assertions of one client. The parts that are the same in all assertions are written once.
pub(crate) struct Assertions {
    signer: Box<dyn Signer>,
    header: Arc<Text>,
    encoded_header: String,
    /// The claims up to the audience.
    opening: String,
    audience: Audience,
    lifetime: Duration,
}

#[derive(Clone)]
struct Audience {
    text: Arc<Text>,
    json: String,
}

impl Audience {
    fn new(audience: &str) -> Audience {
        Audience { text: Arc::new(Text::lossy(audience)), json: json_string(audience) }
    }
}

/// What a call may say of its assertion.
#[derive(Default)]
pub(crate) struct Parameters {
    audience: Option<Audience>,
    lifetime: Option<Duration>,
    /// The further claims as JSON, each with a comma before it.
    claims: Wiped<String>,
}

impl Parameters {
    /// Reads `audience`, `assertion_lifetime`, `claim.NAME` and `claim_json.NAME`.
    pub fn from_options(options: &Options<'_>) -> Result<Parameters, Error> {
        let texts = || options.family(&keys::CLAIM);
        let values = || options.family(&keys::CLAIM_JSON);
        let room = |(name, value): (&str, &str)| escaped_length(name) + escaped_length(value) + 2;
        let mut claims = Wiped::new(String::with_capacity(texts().chain(values()).map(room).sum()));
        for (name, text) in texts() {
            check_further_claim(&keys::CLAIM, name, None)?;
            push_name(name, &mut claims);
            escape(text, &mut claims);
        }
        let names: HashSet<&str> = texts().map(|(name, _)| name).collect();
        for (name, json) in values() {
            check_further_claim(&keys::CLAIM_JSON, name, Some(json))?;
            if names.contains(name) {
                // The name may be a secret in the wrong place.
                return Err(
                    keys::CLAIM_JSON.error("NAME", "contradicts claim.NAME of the same name; give one of the two")
                );
            }
            push_name(name, &mut claims);
            claims.push_str(json);
        }
        Ok(Parameters {
            audience: options.get(&keys::AUDIENCE).map(Audience::new),
            lifetime: options.get(&keys::ASSERTION_LIFETIME),
            claims,
        })
    }
}

/// A further claim can't be one that the library sets. `json` is its value, unless that is text.
fn check_further_claim(family: &Family, name: &str, json: Option<&str>) -> Result<(), Error> {
    let is_number = json.is_some_and(|json| json.starts_with(|c: char| c == '-' || c.is_ascii_digit()));
    let complaint = match name {
        "nbf" if !is_number => "a claim that must be a number (RFC 7519 §4.1.5); give one, or leave it out",
        name if OWN_CLAIMS.contains(&name) => {
            "a claim that the library sets; use audience or assertion_lifetime, or leave it out"
        }
        _ => return Ok(()),
    };
    Err(family.error(name, complaint))
}

fn push_name(name: &str, claims: &mut Wiped<String>) {
    claims.push(',');
    escape(name, claims);
    claims.push(':');
}

/// A signed client assertion (RFC 7523 §2.2). It is valid for one request, until it expires.
///
/// Until then, keep it as secret as a password. `Debug` does not show it.
pub struct Assertion {
    jwt: Text,
    header: Arc<Text>,
    claims: Text,
    jti: Uuid,
    aud: Arc<Text>,
    iat: i64,
    exp: i64,
    asked_for: AskedFor,
}

/// Texts that are made on first use. Threads race instead of locking, because a forked child could wait for ever on a lock whose
/// owner it lacks.
#[derive(Default)]
struct AskedFor {
    jti: OnceBox<Text>,
    iat: OnceBox<Text>,
    exp: OnceBox<Text>,
}

impl Assertions {
    pub fn new(
        signer: impl Signer + 'static,
        typ: &str,
        key_id: &str,
        client_id: &str,
        audience: &str,
        lifetime: Duration,
    ) -> Assertions {
        let header =
            format!(r#"{{"alg":"{}","typ":{},"kid":{}}}"#, signer.algorithm(), json_string(typ), json_string(key_id));
        let mut encoded_header = URL_SAFE_NO_PAD.encode(&header);
        encoded_header.push('.');
        let client_id = json_string(client_id);
        let opening = format!(r#"{{"iss":{client_id},"sub":{client_id},"aud":"#);
        Assertions {
            signer: Box::new(signer),
            header: Arc::new(Text::own(header)),
            encoded_header,
            opening,
            audience: Audience::new(audience),
            lifetime,
        }
    }

    /// Signs an assertion at `now` (Unix seconds).
    pub fn sign(&self, parameters: &Parameters, now: i64) -> Result<Assertion, Error> {
        let audience = parameters.audience.as_ref().unwrap_or(&self.audience);
        let lifetime = parameters.lifetime.unwrap_or(self.lifetime).as_secs().cast_signed();
        let iat = now.saturating_sub(CLOCK_DIFFERENCE);
        let exp = now.saturating_add(lifetime).min(iat.saturating_add(LONGEST_LIFE));

        let mut random = [0; 16];
        without_fork(|| aws_lc_rs::rand::fill(&mut random))
            .map_err(|_| internal("drawing a random jti", "failed in the crypto library"))?;
        let jti = uuid::Builder::from_random_bytes(random).into_uuid();

        let further = parameters.claims.len();
        let mut claims =
            Wiped::new(String::with_capacity(self.opening.len() + audience.json.len() + OWN_LENGTH + further));
        claims.push_str(&self.opening);
        claims.push_str(&audience.json);
        let _ = write!(claims, r#","jti":"{jti}","iat":{iat},"exp":{exp}"#);
        claims.push_str(&parameters.claims);
        claims.push('}');
        let jwt = self.jwt(&claims)?;

        Ok(Assertion {
            jwt,
            header: self.header.clone(),
            claims: Text::own(mem::take(&mut claims)),
            jti,
            aud: audience.text.clone(),
            iat,
            exp,
            asked_for: AskedFor::default(),
        })
    }

    /// JWS compact serialisation (RFC 7515 §7.1), in one buffer.
    fn jwt(&self, claims: &str) -> Result<Text, Error> {
        let encoded_claims = claims.len().div_ceil(3) * 4;
        let longest_signature = self.signer.longest_signature();
        let dot_and_nul = 2;
        let mut jwt = Wiped::new(String::with_capacity(
            self.encoded_header.len() + encoded_claims + longest_signature.div_ceil(3) * 4 + dot_and_nul,
        ));
        jwt.push_str(&self.encoded_header);
        URL_SAFE_NO_PAD.encode_string(claims, &mut jwt);
        let mut signature = [0; LONGEST_SIGNATURE];
        let length = self.signer.sign(jwt.as_bytes(), &mut signature[..longest_signature]);
        let length = length.map_err(|complaint| internal("signing the assertion", &complaint))?;
        jwt.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature[..length], &mut jwt);
        Ok(Text::own(mem::take(&mut jwt)))
    }
}

fn internal(step: &str, complaint: &str) -> Error {
    Error::new(ErrorCode::Internal, format!("{step} {complaint}"))
}

/// Appends a JSON string. Writes it directly into `json`, because other memory is not wiped.
fn escape(text: &str, json: &mut Wiped<String>) {
    // This can't fail: a `String` accepts all text, and JSON is UTF-8.
    let _ = serde_json::to_writer(Appended(json), text);
}

/// The most bytes that [`escape`] appends.
fn escaped_length(text: &str) -> usize {
    let quotes = 2;
    quotes
        + text
            .bytes()
            .map(|byte| if byte < b' ' { r"\u0000".len() } else { 1 + usize::from(b"\"\\".contains(&byte)) })
            .sum::<usize>()
}

struct Appended<'a>(&'a mut String);

impl io::Write for Appended<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.push_str(str::from_utf8(bytes).map_err(io::Error::other)?);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Assertion {
    /// The assertion as the client sends it: in JWS compact serialisation (RFC 7515 §7.1).
    pub fn jwt(&self) -> &str {
        self.jwt.as_str()
    }

    /// `jti`, `aud`, `iat` or `exp` as text, or the whole `header` or `claims` as JSON; `None` for any other name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.member(name).map(Text::as_str)
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Text> {
        let AskedFor { jti, iat, exp } = &self.asked_for;
        let own = |text: String| Box::new(Text::own(text));
        Some(match name {
            "jti" => jti.get_or_init(|| own(self.jti.to_string())),
            "aud" => &self.aud,
            "iat" => iat.get_or_init(|| own(self.iat.to_string())),
            "exp" => exp.get_or_init(|| own(self.exp.to_string())),
            "header" => &self.header,
            "claims" => &self.claims,
            _ => return None,
        })
    }

    #[cfg(feature = "capi")]
    pub(crate) fn jwt_text(&self) -> &Text {
        &self.jwt
    }
}

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assertion {{ jti: {}, exp: {} }}", self.jti, self.exp)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::Function;
    use crate::protocol::key::Key;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    use serde_json::Value;

    const NOW: i64 = 1_700_000_000;

    fn assertions() -> Assertions {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let signer = Key::load(pair.to_pkcs8v1().unwrap().as_ref(), None, None).unwrap().into_signer(None).unwrap();
        Assertions::new(signer, "JWT", "kid \"1\"", "client", "https://t.example/oauth/token", Duration::from_secs(300))
    }

    fn signed(options: &[(&str, &str)]) -> Result<(Value, Value), Error> {
        let options = Options::parse(Function::AssertionNew, options.iter().copied())?;
        let assertion = assertions().sign(&Parameters::from_options(&options)?, NOW)?;
        let part = |index: usize| {
            let part = assertion.jwt().split('.').nth(index).unwrap();
            serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        let said = |name| serde_json::from_str::<Value>(assertion.get(name).unwrap()).unwrap();
        assert_eq!((part(0), part(1)), (said("header"), said("claims")), "the getters must return what is signed");
        Ok((part(0), part(1)))
    }

    #[test]
    fn the_header_and_the_claims_are_those_of_rfc_7523() {
        let (header, claims) = signed(&[]).unwrap();
        assert_eq!(header, serde_json::json!({"alg": "ES256", "typ": "JWT", "kid": "kid \"1\""}));
        assert_eq!((&claims["iss"], &claims["sub"]), (&Value::from("client"), &Value::from("client")));
        assert_eq!(claims["aud"], "https://t.example/oauth/token");
        assert_eq!((&claims["iat"], &claims["exp"]), (&Value::from(NOW - 5), &Value::from(NOW + 300)));
        assert_eq!(claims.as_object().unwrap().len(), 6);
        assert_ne!(claims["jti"], signed(&[]).unwrap().1["jti"]);
    }

    #[test]
    fn exp_is_never_more_than_an_hour_after_iat() {
        let (_, claims) = signed(&[("assertion_lifetime", "3600")]).unwrap();
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
    }

    #[test]
    fn a_further_claim_is_a_string_and_replaces_nothing() {
        let (_, claims) = signed(&[("claim.\"q", "a\\b\n"), ("audience", "https://issuer")]).unwrap();
        assert_eq!((&claims["\"q"], &claims["aud"]), (&Value::from("a\\b\n"), &Value::from("https://issuer")));
        for name in OWN_CLAIMS.iter().chain(&["nbf"]) {
            let error = signed(&[(&format!("claim.{name}"), "x")]).unwrap_err();
            assert_eq!(error.get("option"), Some(format!("claim.{name}").as_str()));
        }
    }

    #[test]
    fn a_claim_that_is_no_string_stays_what_it_is() {
        let values = [
            "7",
            "-0.5e-3",
            "true",
            "null",
            " [1, \"\\u00e9\"]\n",
            r#"{"a":{"b":[]}}"#,
            "\"text\"",
            "12345678901234567890123",
        ];
        for text in values {
            let (_, claims) = signed(&[("claim_json.\"q", text), ("claim.x", "y")]).unwrap();
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!((&claims["\"q"], &claims["x"]), (&expected, &Value::from("y")));
        }
        for text in ["", "seven", "[1,]", "1 2", "{\"a\":1", "'x'", "NaN", "[".repeat(200).as_str()] {
            let error = signed(&[("claim_json.q", text)]).unwrap_err();
            assert_eq!(error.get("option"), Some("claim_json.NAME"), "{text}: {error}");
        }
    }

    #[test]
    fn a_claim_that_is_no_string_replaces_nothing_either() {
        for name in OWN_CLAIMS {
            let error = signed(&[(&format!("claim_json.{name}"), "1")]).unwrap_err();
            assert_eq!(error.get("option"), Some(format!("claim_json.{name}").as_str()));
        }
        let error = signed(&[("claim.a", "1"), ("claim_json.a", "1")]).unwrap_err();
        assert_eq!(error.get("option"), Some("claim_json.NAME"));
        assert!(error.message().contains("give one of the two"), "{error}");
        assert_eq!(signed(&[("claim_json.nbf", "1700000000")]).unwrap().1["nbf"], 1_700_000_000);
        for nbf in ["\"1\"", "[1]", "null"] {
            assert!(signed(&[("claim_json.nbf", nbf)]).unwrap_err().message().contains("must be a number"));
        }
    }
}
