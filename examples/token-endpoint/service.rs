//! The answer of each path: the token endpoint and the pages around it.

use std::cell::{RefCell, RefMut};
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::header::DATE;
use hyper::http::HeaderValue;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::answer::{Answer, Refusal};
use crate::assertion::{Assertion, Verifier};
use crate::call::Call;
use crate::faults::Faults;
use crate::form::Form;
use crate::grants::{Authorization, Granted, Grants, REDIRECT_URI, random_token};
use crate::keys::{Client, Clients, Issuer};
use crate::seen::Seen;

/// How long an access token lives, in seconds.
const EXPIRES_IN: u64 = 600;

const TOKEN_PATH: &str = "/oauth/token";

/// It belongs to one thread.
pub struct Service {
    verifier: RefCell<Verifier>,
    grants: RefCell<Grants>,
    issuer: Issuer,
    seen: RefCell<Seen>,
}

impl Service {
    pub fn new(clients: Clients, issuer: Issuer) -> Self {
        Self {
            verifier: RefCell::new(Verifier::new(clients)),
            grants: RefCell::default(),
            issuer,
            seen: RefCell::default(),
        }
    }

    pub fn seen(&self) -> RefMut<'_, Seen> {
        self.seen.borrow_mut()
    }

    pub fn grants(&self) -> RefMut<'_, Grants> {
        self.grants.borrow_mut()
    }

    pub fn client(&self, id: &str) -> Option<Rc<Client>> {
        self.verifier.borrow().client(id).cloned()
    }

    pub fn answer(&self, call: &Call, faults: &Faults) -> Answer {
        if call.path == TOKEN_PATH {
            self.seen().token_requests += 1;
            let mut answer = self.token(call, faults).unwrap_or_else(|refusal| refusal.into());
            answer.headers.extend(faults.date().map(|date| (DATE, date)));
            if let Some(error) = answer.oauth_error() {
                self.seen().error(error);
            }
            return answer;
        }
        match self.page(call) {
            Ok(page) => {
                let answer = faults.instead(&Form::default()).unwrap_or(page);
                faults.edit(answer, || call.to_json(&Form::default(), None))
            }
            Err(refusal) => refusal.into(),
        }
    }

    /// The token endpoint (RFC 6749 §3.2).
    fn token(&self, call: &Call, faults: &Faults) -> Result<Answer, Refusal> {
        call.require(Method::POST)?;
        if !call.is_form() {
            return Err(Refusal::invalid_request("content type is not application/x-www-form-urlencoded"));
        }
        let form = Form::parse(call.body)?;
        let assertion = self.verifier.borrow_mut().verify(&form, &call.url(), faults.now())?;
        self.seen().accepted += 1;
        let answer = match faults.instead(&form) {
            Some(instead) => instead,
            None => self.grant(call, &form, &assertion)?,
        };
        Ok(faults.edit(answer, || call.to_json(&form, Some(&assertion))))
    }

    fn grant(&self, call: &Call, form: &Form, assertion: &Assertion) -> Result<Answer, Refusal> {
        let client_id = &assertion.client.id;
        let granted = self.grants.borrow_mut().redeem(form, client_id)?;
        {
            let mut seen = self.seen();
            seen.tokens += 1;
            seen.codes_used += u64::from(form.get("grant_type") == Some("authorization_code"));
        }
        Ok(Answer::json(StatusCode::OK, self.token_response(call, client_id, granted)))
    }

    /// A token response in the vendor's schema.
    fn token_response(&self, call: &Call, client_id: &str, granted: Granted) -> Value {
        let mut response = json!({
            "access_token": random_token(),
            "token_type": "Bearer",
            "expires_in": EXPIRES_IN,
            "scope": granted.scope,
        });
        if let Some(session) = granted.session {
            if granted.scope.split(' ').any(|scope| scope == "openid") {
                let nonce = session.nonce.as_deref();
                response["id_token"] = self.id_token(call, client_id, nonce).into();
            }
            response["refresh_token"] = session.refresh_token.into();
            response["sid"] = session.id.into();
        }
        response
    }

    /// An ID token (OpenID Connect Core §2).
    fn id_token(&self, call: &Call, client_id: &str, nonce: Option<&str>) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut claims = json!({
            "iss": call.origin(),
            "sub": "user-1",
            "aud": client_id,
            "iat": now,
            "exp": now + EXPIRES_IN,
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        self.issuer.sign(&claims)
    }

    /// The paths other than the token endpoint.
    fn page(&self, call: &Call) -> Result<Answer, Refusal> {
        match call.path {
            "/oauth/authorize" => {
                call.require(Method::GET)?;
                self.authorize(call)
            }
            "/jwks" => {
                call.require(Method::GET)?;
                Ok(Answer::json(StatusCode::OK, self.issuer.jwks()))
            }
            "/.well-known/openid-configuration" => {
                call.require(Method::GET)?;
                Ok(Answer::json(StatusCode::OK, configuration(&call.origin())))
            }
            "/seen" => {
                call.require(Method::GET)?;
                Ok(Answer::json(StatusCode::OK, self.seen().to_json()))
            }
            "/seen/reset" => {
                call.require(Method::POST)?;
                self.seen().reset();
                Ok(Answer::json(StatusCode::OK, self.seen().to_json()))
            }
            _ => Err(Refusal::NotFound("no such page\n".into())),
        }
    }

    /// The authorization endpoint (RFC 6749 §4.1.1). The user always agrees.
    fn authorize(&self, call: &Call) -> Result<Answer, Refusal> {
        let form = Form::parse(call.head.uri.query().unwrap_or_default().as_bytes())?;
        let client_id = form.require("client_id")?;
        if self.client(client_id).is_none() {
            return Err(Refusal::invalid_request("unknown client"));
        }
        let redirect_uri = form.get("redirect_uri");
        let mut location = Url::parse(redirect_uri.unwrap_or(REDIRECT_URI))
            .map_err(|_| Refusal::invalid_request("redirect_uri is not an absolute URL"))?;
        let outcome = match authorization_error(&form) {
            Some(error) => ("error", error.to_owned()),
            None => {
                let authorization = Authorization {
                    client_id: client_id.into(),
                    redirect_uri: redirect_uri.map(Into::into),
                    scope: form.get("scope").map(Into::into),
                    nonce: form.get("nonce").map(Into::into),
                    challenge: form.get("code_challenge").map(Into::into),
                };
                ("code", self.grants.borrow_mut().authorize(authorization))
            }
        };
        {
            let mut query = location.query_pairs_mut();
            query.append_pair(outcome.0, &outcome.1);
            if let Some(state) = form.get("state") {
                query.append_pair("state", state);
            }
            query.append_pair("iss", &call.origin());
        }
        let location = HeaderValue::from_str(location.as_str())
            .map_err(|_| Refusal::invalid_request("redirect_uri is not a valid header value"))?;
        Ok(Answer::redirect(StatusCode::FOUND, location))
    }
}

/// The error of a wrong authorization request (RFC 6749 §4.1.2.1 and RFC 7636 §4.4.1).
fn authorization_error(form: &Form) -> Option<&'static str> {
    match form.get("response_type") {
        Some("code") => {}
        Some(_) => return Some("unsupported_response_type"),
        None => return Some("invalid_request"),
    }
    let method = form.get("code_challenge_method");
    match form.get("code_challenge") {
        Some(_) if method != Some("S256") => Some("invalid_request"),
        None if method.is_some() => Some("invalid_request"),
        _ => None,
    }
}

/// OpenID Connect Discovery §3.
fn configuration(origin: &str) -> Value {
    json!({
        "issuer": origin,
        "authorization_endpoint": format!("{origin}/oauth/authorize"),
        "token_endpoint": format!("{origin}{TOKEN_PATH}"),
        "jwks_uri": format!("{origin}/jwks"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}
