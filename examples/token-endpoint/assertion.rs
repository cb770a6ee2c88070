//! Verifies client assertions as RFC 7523 §3 and OpenID Connect Core §9 require, and says exactly what is wrong.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Map, Value};

use crate::answer::Refusal;
use crate::form::Form;
use crate::keys::{Client, Clients};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The longest time from `iat` to `exp`, in seconds.
const LONGEST_LIFETIME: f64 = 3600.0;

/// How far ahead the client's clock may be, in seconds.
const CLOCK_SKEW: f64 = 60.0;

type Members = Map<String, Value>;

/// A verified assertion.
pub struct Assertion {
    pub client: Rc<Client>,
    pub header: Members,
    pub claims: Members,
}

pub struct Verifier {
    clients: Clients,
    used: UsedIds,
}

impl Verifier {
    pub fn new(clients: Clients) -> Self {
        Self { clients, used: UsedIds::default() }
    }

    pub fn client(&self, id: &str) -> Option<&Rc<Client>> {
        self.clients.get(id)
    }

    /// `audience` is the URL that the request was sent to, and `now` the server's time.
    pub fn verify(&mut self, form: &Form, audience: &str, now: SystemTime) -> Result<Assertion, Refusal> {
        let jwt = assertion_of(form)?;
        let parts = Parts::split(jwt).ok_or_else(|| refuse("malformed client_assertion"))?;
        let client = self.client_of(&parts.claims, form)?;
        check_signature(&parts, &client)?;
        check_audience(&parts.claims, audience)?;
        let expires_at = check_times(&parts.claims, unix_seconds(now))?;
        let id = text(&parts.claims, "jti").unwrap_or_default();
        if id.is_empty() {
            return Err(refuse("missing jti"));
        }
        // This check is the last one, because it stores the jti.
        self.used.add(&client.id, id, expires_at)?;
        Ok(Assertion { client, header: parts.header, claims: parts.claims })
    }

    fn client_of(&self, claims: &Members, form: &Form) -> Result<Rc<Client>, Refusal> {
        let issuer = text(claims, "iss").ok_or_else(|| refuse("missing iss"))?;
        let subject = text(claims, "sub").ok_or_else(|| refuse("missing sub"))?;
        if issuer != subject {
            return Err(refuse("iss and sub differ"));
        }
        if form.get("client_id").is_some_and(|id| id != subject) {
            return Err(refuse("client_id and sub differ"));
        }
        self.client(subject).cloned().ok_or_else(|| refuse("unknown client"))
    }
}

fn refuse(cause: &'static str) -> Refusal {
    Refusal::invalid_client(cause)
}

fn assertion_of<'a>(form: &'a Form) -> Result<&'a str, Refusal> {
    let assertion = form.get("client_assertion");
    match form.get("client_assertion_type") {
        _ if assertion.is_none() => Err(refuse("missing client_assertion")),
        None => Err(refuse("missing client_assertion_type")),
        Some(ASSERTION_TYPE) => Ok(assertion.unwrap_or_default()),
        Some(_) => Err(refuse("wrong client_assertion_type")),
    }
}

/// A JWS in compact serialization (RFC 7515 §3.1).
struct Parts<'a> {
    header: Members,
    claims: Members,
    /// The signed text: the encoded header and claims.
    message: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn split(jwt: &'a str) -> Option<Self> {
        let (message, signature) = jwt.rsplit_once('.')?;
        let (header, claims) = message.split_once('.')?;
        Some(Self { header: decode(header)?, claims: decode(claims)?, message, signature })
    }
}

fn decode(part: &str) -> Option<Members> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn check_signature(parts: &Parts, client: &Client) -> Result<(), Refusal> {
    if text(&parts.header, "alg") != Some(client.algorithm) {
        return Err(refuse("wrong algorithm"));
    }
    if text(&parts.header, "kid") != Some(&client.key_id) {
        return Err(refuse("unknown kid"));
    }
    // This server supports no extension, so it must refuse critical ones (RFC 7515 §4.1.11).
    if parts.header.contains_key("crit") {
        return Err(refuse("unknown critical header"));
    }
    if !client.has_signed(parts.message, parts.signature) {
        return Err(refuse("wrong signature"));
    }
    Ok(())
}

fn check_audience(claims: &Members, audience: &str) -> Result<(), Refusal> {
    match claims.get("aud") {
        Some(Value::String(claimed)) if claimed == audience => Ok(()),
        Some(_) => Err(Refusal::invalid_client(format!("wrong audience: it must be the string {audience}"))),
        None => Err(refuse("missing aud")),
    }
}

/// Answers `exp`.
fn check_times(claims: &Members, now: f64) -> Result<f64, Refusal> {
    let expires_at = seconds(claims, "exp")?.ok_or_else(|| refuse("missing exp"))?;
    let issued_at = seconds(claims, "iat")?.ok_or_else(|| refuse("missing iat"))?;
    if expires_at <= now {
        return Err(refuse("expired"));
    }
    if issued_at > now + CLOCK_SKEW {
        return Err(refuse("iat in the future"));
    }
    if seconds(claims, "nbf")?.is_some_and(|not_before| not_before > now + CLOCK_SKEW) {
        return Err(refuse("nbf in the future"));
    }
    if expires_at - issued_at > LONGEST_LIFETIME {
        return Err(refuse("lifetime over 3600 s"));
    }
    Ok(expires_at)
}

fn text<'a>(members: &'a Members, name: &str) -> Option<&'a str> {
    members.get(name)?.as_str()
}

/// A NumericDate, which may have a fraction (RFC 7519 §2).
fn seconds(claims: &Members, name: &str) -> Result<Option<f64>, Refusal> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    match value.as_f64() {
        Some(seconds) => Ok(Some(seconds)),
        None => Err(Refusal::invalid_client(format!("{name} is not a number"))),
    }
}

fn unix_seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// The `jti` values of accepted assertions. Each is kept until its assertion expires.
#[derive(Default)]
struct UsedIds {
    expiries: HashMap<String, f64>,
    /// When there are this many, the expired ones are removed. This is rare enough to cost a request next to nothing.
    prune_at: usize,
}

impl UsedIds {
    fn add(&mut self, client: &str, id: &str, expires_at: f64) -> Result<(), Refusal> {
        if self.expiries.len() >= self.prune_at {
            let now = unix_seconds(SystemTime::now());
            self.expiries.retain(|_, expires_at| *expires_at > now);
            self.prune_at = 2 * self.expiries.len().max(1024);
        }
        // A client id contains no space, so the pair is unambiguous.
        match self.expiries.entry(format!("{client} {id}")) {
            Entry::Occupied(_) => Err(refuse("replayed jti")),
            Entry::Vacant(place) => {
                place.insert(expires_at);
                Ok(())
            }
        }
    }
}
