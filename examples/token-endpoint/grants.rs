//! Authorization codes, families of refresh tokens, and the scopes of both.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use hyper::StatusCode;
use uuid::Builder;

use crate::answer::Refusal;
use crate::form::Form;

/// The one redirection URI that the clients have registered.
pub const REDIRECT_URI: &str = "https://app.example/callback";

/// The scope of a grant that asks for none.
const DEFAULT_SCOPE: &str = "account:read contacts:read";

#[derive(Default)]
pub struct Grants {
    codes: HashMap<String, Code>,
    refresh_tokens: HashMap<String, RefreshToken>,
    families: Vec<Family>,
}

/// The parameters of an authorization request, which the exchange of its code must match.
pub struct Authorization {
    pub client_id: String,
    /// As the request gave it. If it gave one, the exchange must repeat it.
    pub redirect_uri: Option<String>,
    pub scope: Option<String>,
    pub nonce: Option<String>,
    pub challenge: Option<String>,
}

struct Code {
    authorization: Authorization,
    /// The refresh tokens that came from it, if it was used.
    family: Option<FamilyId>,
}

impl Code {
    fn new(authorization: Authorization) -> Self {
        Self { authorization, family: None }
    }
}

type FamilyId = usize;

/// All the refresh tokens that came from one code. They share one session and are revoked together.
struct Family {
    client_id: String,
    scope: String,
    session_id: String,
    revoked: bool,
}

impl Family {
    fn new(client_id: &str, scope: &str) -> Self {
        Self {
            client_id: client_id.into(),
            scope: scope.into(),
            session_id: Builder::from_random_bytes(random()).into_uuid().to_string(),
            revoked: false,
        }
    }
}

struct RefreshToken {
    family: FamilyId,
    used: bool,
}

/// The result of a grant, for the token response.
pub struct Granted {
    pub scope: String,
    pub session: Option<Session>,
}

/// The parts that only a user's grant has.
pub struct Session {
    pub id: String,
    pub refresh_token: String,
    pub nonce: Option<String>,
}

impl Grants {
    /// Answers the new code.
    pub fn authorize(&mut self, authorization: Authorization) -> String {
        let name = random_token();
        self.codes.insert(name.clone(), Code::new(authorization));
        name
    }

    /// Answers a refresh token as if a code had been exchanged.
    pub fn refresh_token(&mut self, client_id: &str, scope: &str) -> String {
        self.families.push(Family::new(client_id, scope));
        self.continue_session(self.families.len() - 1, None).refresh_token
    }

    /// RFC 6749 §4.1.3, §4.4.2 and §6.
    pub fn redeem(&mut self, form: &Form, client_id: &str) -> Result<Granted, Refusal> {
        match form.require("grant_type")? {
            "authorization_code" => self.exchange_code(form, client_id),
            "refresh_token" => self.refresh(form, client_id),
            "client_credentials" | "urn:example:echo" => {
                Ok(Granted { scope: form.get("scope").unwrap_or(DEFAULT_SCOPE).into(), session: None })
            }
            _ => Err(Refusal::oauth(StatusCode::BAD_REQUEST, "unsupported_grant_type", "unsupported grant_type")),
        }
    }

    fn exchange_code(&mut self, form: &Form, client_id: &str) -> Result<Granted, Refusal> {
        let name = form.require("code")?;
        if is_ready_made(name) && !self.codes.contains_key(name) {
            let authorization = Authorization::assumed(form, client_id);
            // Check before the code is stored, so that a wrong attempt doesn't bind it to a client.
            authorization.check(form, client_id)?;
            self.codes.insert(name.into(), Code::new(authorization));
        }
        let code = self.codes.get_mut(name).ok_or_else(|| Refusal::invalid_grant("unknown code"))?;
        // A second use means that the code has leaked (RFC 6749 §4.1.2).
        if let Some(family) = code.family {
            self.families[family].revoked = true;
            return Err(Refusal::invalid_grant("code was used"));
        }
        let authorization = &code.authorization;
        authorization.check(form, client_id)?;
        let nonce = authorization.nonce.clone();
        let scope = authorization.scope.as_deref().unwrap_or(DEFAULT_SCOPE);
        let scope = scope.to_owned();

        let family = self.families.len();
        code.family = Some(family);
        self.families.push(Family::new(client_id, &scope));
        Ok(Granted { scope, session: Some(self.continue_session(family, nonce)) })
    }

    fn refresh(&mut self, form: &Form, client_id: &str) -> Result<Granted, Refusal> {
        let token = self
            .refresh_tokens
            .get_mut(form.require("refresh_token")?)
            .ok_or_else(|| Refusal::invalid_grant("unknown refresh token"))?;
        let family = &mut self.families[token.family];
        if family.client_id != client_id {
            return Err(Refusal::invalid_grant("refresh token of another client"));
        }
        // A second use means that either this use or the first one is by a thief (RFC 9700 §4.14.2).
        if token.used {
            family.revoked = true;
            return Err(Refusal::invalid_grant("refresh token was used"));
        }
        if family.revoked {
            return Err(Refusal::invalid_grant("refresh token was revoked"));
        }
        let scope = narrowed(&family.scope, form.get("scope"))?;
        token.used = true;
        let id = token.family;
        Ok(Granted {
            scope,
            // A refreshed ID token should have no nonce (OpenID Connect Core §12.2).
            session: Some(self.continue_session(id, None)),
        })
    }

    fn continue_session(&mut self, family: FamilyId, nonce: Option<String>) -> Session {
        let refresh_token = random_token();
        self.refresh_tokens.insert(refresh_token.clone(), RefreshToken { family, used: false });
        Session { id: self.families[family].session_id.clone(), refresh_token, nonce }
    }
}

impl Authorization {
    /// A ready-made code stands for a request by the client that uses it, with the scope that the exchange asks for.
    fn assumed(form: &Form, client_id: &str) -> Self {
        Self {
            client_id: client_id.into(),
            redirect_uri: None,
            scope: form.get("scope").map(Into::into),
            nonce: None,
            // Any code_verifier is accepted.
            challenge: form.get("code_verifier").map(challenge_of),
        }
    }

    fn check(&self, form: &Form, client_id: &str) -> Result<(), Refusal> {
        if self.client_id != client_id {
            return Err(Refusal::invalid_grant("code of another client"));
        }
        let redirect_uri = form.get("redirect_uri");
        let same = match &self.redirect_uri {
            Some(requested) => redirect_uri == Some(requested),
            None => redirect_uri.is_none_or(|uri| uri == REDIRECT_URI),
        };
        if !same {
            return Err(Refusal::invalid_grant("wrong redirect_uri"));
        }
        match (&self.challenge, form.get("code_verifier")) {
            (None, None) => Ok(()),
            (Some(challenge), Some(verifier)) if *challenge == challenge_of(verifier) => Ok(()),
            (Some(_), Some(_)) => Err(Refusal::invalid_grant("wrong code_verifier")),
            (Some(_), None) => Err(Refusal::invalid_grant("missing code_verifier")),
            // Otherwise nobody would notice that an attacker removed the challenge (RFC 9700 §4.8.2).
            (None, Some(_)) => Err(Refusal::invalid_grant("code_verifier without code_challenge")),
        }
    }
}

/// `code-1`, `code-2` and so on need no authorization request.
fn is_ready_made(name: &str) -> bool {
    name.strip_prefix("code-").is_some_and(|number| {
        number.bytes().all(|byte| byte.is_ascii_digit()) && !number.is_empty() && !number.starts_with('0')
    })
}

/// RFC 7636 §4.6, S256.
pub fn challenge_of(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

fn narrowed(granted: &str, requested: Option<&str>) -> Result<String, Refusal> {
    let Some(requested) = requested else {
        return Ok(granted.into());
    };
    let within = |scope| granted.split(' ').any(|known| known == scope);
    if requested.split(' ').all(within) {
        Ok(requested.into())
    } else {
        Err(Refusal::oauth(StatusCode::BAD_REQUEST, "invalid_scope", "scope exceeds what was granted"))
    }
}

/// An opaque token of 256 bits.
pub fn random_token() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random::<32>())
}

fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system has randomness");
    bytes
}
