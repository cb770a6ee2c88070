//! Connections, routes and the token response.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::pending;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Incoming};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::http::HeaderValue;
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::sink;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::spawn_local;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::HandshakeKind;
use url::Url;

use crate::answer::{Answer, Refusal};
use crate::assertion::{Assertion, Verifier};
use crate::faults::{Close, Faults};
use crate::form::Form;
use crate::grants::{Authorization, Granted, Grants, REDIRECT_URI, random_token};
use crate::keys::{Clients, Issuer};
use crate::seen::{Seen, Sighting};
use crate::wire::{Script, Transport};

const LARGEST_BODY: usize = 1 << 20;

/// How long an access token lives, in seconds.
const EXPIRES_IN: u64 = 600;

const TOKEN_PATH: &str = "/oauth/token";

/// All of it belongs to one thread.
pub struct Server {
    verifier: RefCell<Verifier>,
    grants: RefCell<Grants>,
    issuer: Issuer,
    seen: RefCell<Seen>,
}

/// What a listener does with a connection.
#[derive(Clone)]
pub enum Manner {
    Http,
    Https(TlsAcceptor),
    /// Never says a word.
    Silent,
    /// Closes at once.
    Closing,
}

impl Server {
    pub fn new(clients: Clients, issuer: Issuer) -> Self {
        Self {
            verifier: RefCell::new(Verifier::new(clients)),
            grants: RefCell::default(),
            issuer,
            seen: RefCell::default(),
        }
    }

    pub async fn listen(self: Rc<Self>, listener: TcpListener, manner: Manner) {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Out of file descriptors, most likely: some will come free.
                sleep(Duration::from_millis(10)).await;
                continue;
            };
            let sighting = self.seen.borrow_mut().connection();
            spawn_local(self.clone().attend(stream, sighting, manner.clone()));
        }
    }

    async fn attend(self: Rc<Self>, mut stream: TcpStream, sighting: Sighting, manner: Manner) {
        match manner {
            Manner::Http => {
                // An answer's parts must not wait for the client's acknowledgement.
                let _ = stream.set_nodelay(true);
                self.serve(stream, sighting, "http").await;
            }
            Manner::Https(acceptor) => {
                let _ = stream.set_nodelay(true);
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
                {
                    let mut seen = self.seen.borrow_mut();
                    seen.tls_handshakes += 1;
                    seen.tls_resumed += u64::from(resumed);
                }
                self.serve(stream, sighting, "https").await;
            }
            Manner::Silent => {
                let _ = tokio::io::copy(&mut stream, &mut sink()).await;
            }
            Manner::Closing => {}
        }
    }

    /// Serves requests until one asks for what hyper can't do: then that is done by hand, and ends the connection.
    async fn serve(
        self: Rc<Self>,
        stream: impl Transport,
        sighting: Sighting,
        scheme: &'static str,
    ) {
        let sighting = RefCell::new(sighting);
        let (hand_over, mut handed_over) = mpsc::channel(1);
        let service = service_fn(|request| async {
            let outcome = self.outcome(request, &sighting, scheme).await;
            match outcome {
                Outcome::Response(response) => Ok::<_, Infallible>(response),
                Outcome::Script(script) => {
                    let _ = hand_over.try_send(script);
                    pending().await
                }
            }
        });
        let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::select! {
            // Errors are the client's: it left early, or spoke no HTTP.
            _ = &mut connection => {}
            Some(script) = handed_over.recv() => {
                script.play(connection.into_parts().io.into_inner()).await;
            }
        }
    }

    async fn outcome(
        &self,
        request: Request<Incoming>,
        sighting: &RefCell<Sighting>,
        scheme: &'static str,
    ) -> Outcome {
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        self.seen
            .borrow_mut()
            .request(&mut sighting.borrow_mut(), is_observation(path));
        let (faults, rest) = match Faults::split(path) {
            Ok(split) => split,
            Err(refusal) => return Outcome::of(refusal.into(), &Faults::default()),
        };
        if !faults.delay.is_zero() {
            sleep(faults.delay).await;
        }
        if faults.close == Some(Close::Before) {
            return Outcome::Script(Script::default());
        }
        let answer = match read(body).await {
            Ok(body) => {
                let call = Call {
                    head: &head,
                    scheme,
                    path: rest,
                    body: &body,
                };
                self.answer(&call, &faults)
            }
            Err(refusal) => refusal.into(),
        };
        Outcome::of(answer, &faults)
    }

    fn answer(&self, call: &Call, faults: &Faults) -> Answer {
        if call.path == TOKEN_PATH {
            self.seen.borrow_mut().token_requests += 1;
            let answer = self
                .token(call, faults)
                .unwrap_or_else(|refusal| refusal.into());
            if let Some(error) = answer.oauth_error() {
                self.seen.borrow_mut().error(error);
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
        call.require(Method::POST, "POST")?;
        if !call.is_form() {
            return Err(Refusal::invalid_request(
                "content type is not application/x-www-form-urlencoded",
            ));
        }
        let form = Form::parse(call.body)?;
        let assertion = self.verifier.borrow_mut().verify(&form, &call.url())?;
        self.seen.borrow_mut().accepted += 1;
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
            let mut seen = self.seen.borrow_mut();
            seen.tokens += 1;
            seen.codes_used += u64::from(form.get("grant_type") == Some("authorization_code"));
        }
        Ok(Answer::json(
            StatusCode::OK,
            self.token_response(call, client_id, granted),
        ))
    }

    /// The vendor's schema.
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

    /// OpenID Connect Core §2.
    fn id_token(&self, call: &Call, client_id: &str, nonce: Option<&str>) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
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

    /// Whatever is not the token endpoint.
    fn page(&self, call: &Call) -> Result<Answer, Refusal> {
        match call.path {
            "/oauth/authorize" => {
                call.require(Method::GET, "GET")?;
                self.authorize(call)
            }
            "/jwks" => {
                call.require(Method::GET, "GET")?;
                Ok(Answer::json(StatusCode::OK, self.issuer.jwks()))
            }
            "/.well-known/openid-configuration" => {
                call.require(Method::GET, "GET")?;
                Ok(Answer::json(StatusCode::OK, configuration(&call.origin())))
            }
            "/seen" => {
                call.require(Method::GET, "GET")?;
                Ok(Answer::json(StatusCode::OK, self.seen.borrow().to_json()))
            }
            "/seen/reset" => {
                call.require(Method::POST, "POST")?;
                self.seen.borrow_mut().reset();
                Ok(Answer::json(StatusCode::OK, self.seen.borrow().to_json()))
            }
            _ => Err(Refusal::NotFound("no such page\n".into())),
        }
    }

    /// The authorization endpoint (RFC 6749 §4.1.1), of a user who always says yes.
    fn authorize(&self, call: &Call) -> Result<Answer, Refusal> {
        let form = Form::parse(call.head.uri.query().unwrap_or_default().as_bytes())?;
        let client_id = form.require("client_id")?;
        if self.verifier.borrow().client(client_id).is_none() {
            return Err(Refusal::invalid_request("unknown client"));
        }
        let redirect_uri = form.get("redirect_uri");
        let mut location = Url::parse(redirect_uri.unwrap_or(REDIRECT_URI))
            .map_err(|_| Refusal::invalid_request("redirect_uri is no absolute URL"))?;
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
            .map_err(|_| Refusal::invalid_request("redirect_uri is no header value"))?;
        Ok(Answer::redirect(StatusCode::FOUND, location))
    }
}

/// RFC 6749 §4.1.2.1 and RFC 7636 §4.4.1.
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

fn is_observation(path: &str) -> bool {
    path == "/seen" || path.starts_with("/seen/")
}

async fn read(body: Incoming) -> Result<Bytes, Refusal> {
    let too_large = || {
        Refusal::oauth(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request",
            "body over 1 MiB",
        )
    };
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return Err(too_large());
    }
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        // Or the client left, and hears nothing anyway.
        Err(_) => Err(too_large()),
    }
}

/// A request that was read.
struct Call<'a> {
    head: &'a Parts,
    scheme: &'static str,
    /// Without its faults.
    path: &'a str,
    body: &'a [u8],
}

impl Call<'_> {
    /// The scheme, host and port that the client addressed.
    fn origin(&self) -> String {
        // Through a proxy, the target is the whole URL.
        let authority = match self.head.uri.authority() {
            Some(authority) => authority.as_str(),
            None => self.header(HOST.as_str()),
        };
        format!("{}://{authority}", self.scheme)
    }

    /// The whole URL that the client addressed.
    fn url(&self) -> String {
        self.origin() + self.target()
    }

    fn target(&self) -> &str {
        self.head.uri.path_and_query().map_or("", |it| it.as_str())
    }

    fn header(&self, name: &str) -> &str {
        self.head
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    fn is_form(&self) -> bool {
        let content_type = self.header(CONTENT_TYPE.as_str());
        let (essence, _) = content_type.split_once(';').unwrap_or((content_type, ""));
        essence
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }

    fn require(&self, method: Method, allowed: &'static str) -> Result<(), Refusal> {
        if self.head.method == method {
            Ok(())
        } else {
            Err(Refusal::MethodNotAllowed { allowed })
        }
    }

    fn to_json(&self, form: &Form, assertion: Option<&Assertion>) -> Value {
        let mut headers = serde_json::Map::new();
        for (name, value) in &self.head.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            let value = match headers.get(name.as_str()).and_then(Value::as_str) {
                Some(before) => format!("{before}, {value}"),
                None => value.into_owned(),
            };
            headers.insert(name.to_string(), value.into());
        }
        json!({
            "method": self.head.method.as_str(),
            "path": self.target(),
            "headers": headers,
            "form": form.to_map(),
            "assertion": assertion.map(|assertion| json!({
                "header": assertion.header,
                "claims": assertion.claims,
            })),
        })
    }
}

enum Outcome {
    Response(Response<Full<Bytes>>),
    Script(Script),
}

impl Outcome {
    fn of(answer: Answer, faults: &Faults) -> Self {
        let mut head = Response::new(());
        *head.status_mut() = answer.status;
        *head.headers_mut() = answer.headers;
        let body = answer.content.into_bytes();
        match faults.script(&head, &body) {
            Some(script) => Self::Script(script),
            None => Self::Response(head.map(|()| Full::new(body))),
        }
    }
}
