//! Codes, refresh tokens, scopes and the rest of a token request.

use crate::{
    Assertion, CREDENTIALS, SHARED, TOKEN, assert_refused, authorize, exchange, id_token_claims, parameter, refresh,
};
use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Value, json};

#[test]
fn a_token_response_has_the_vendors_members() {
    let reply = exchange("code-1", &[("scope", "openid account:read")]);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let token = reply.json();
    let names: Vec<_> = token.as_object().unwrap().keys().collect();
    assert_eq!(names, ["access_token", "expires_in", "id_token", "refresh_token", "scope", "sid", "token_type"]);
    assert_eq!(token["token_type"], "Bearer");
    assert_eq!(token["expires_in"], 600);
    assert_eq!(token["scope"], "openid account:read");
}

#[test]
fn a_code_is_good_once_and_its_replay_revokes() {
    let token = exchange("code-2", &[]).json();
    let replay = exchange("code-2", &[]);
    assert_refused(&replay, 400, "invalid_grant", "code was used");
    let reply = refresh(&token, &[]);
    assert_refused(&reply, 400, "invalid_grant", "refresh token was revoked");
}

#[test]
fn a_failed_exchange_spends_no_code() {
    let reply = exchange("code-3", &[("redirect_uri", "https://other.example/")]);
    assert_refused(&reply, 400, "invalid_grant", "wrong redirect_uri");
    let redirect_uri = SHARED.text("redirect_uri");
    // The failed exchange doesn't bind the code to its client either.
    let reply = Assertion::of(&SHARED, "EdDSA").post(&[
        ("grant_type", "authorization_code"),
        ("code", "code-3"),
        ("redirect_uri", redirect_uri),
        ("code_verifier", "any"),
    ]);
    assert_eq!(reply.status, 200, "{}", reply.text());
}

#[test]
fn only_numbered_codes_are_ready_made() {
    for code in ["code-0", "code-", "code-01", "code-x", "x"] {
        assert_refused(&exchange(code, &[]), 400, "invalid_grant", "unknown code");
    }
}

#[test]
fn an_authorization_binds_its_code() {
    let verifier = "a-verifier-that-is-long-enough-for-the-rfc-to-like-it";
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    let redirect_uri = "https://app.example/elsewhere?keep=1";
    let callback = authorize(&[
        ("redirect_uri", redirect_uri),
        ("scope", "openid"),
        ("state", "a state"),
        ("nonce", "a nonce"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    assert!(callback.as_str().starts_with(redirect_uri));
    assert_eq!(parameter(&callback, "state"), "a state");
    assert_eq!(parameter(&callback, "iss"), SHARED.url(""));
    let code = &parameter(&callback, "code");

    let wrong = [
        ("missing code_verifier", vec![("redirect_uri", redirect_uri)]),
        ("wrong code_verifier", vec![("redirect_uri", redirect_uri), ("code_verifier", "other")]),
        ("wrong redirect_uri", vec![("code_verifier", verifier)]),
    ];
    for (cause, parameters) in wrong {
        assert_refused(&exchange(code, &parameters), 400, "invalid_grant", cause);
    }
    let thief = Assertion::of(&SHARED, "RS256").post(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("code_verifier", verifier),
    ]);
    assert_refused(&thief, 400, "invalid_grant", "code of another client");

    let parameters = [("redirect_uri", redirect_uri), ("code_verifier", verifier)];
    let token = exchange(code, &parameters).json();
    let claims = id_token_claims(&token);
    assert_eq!(claims["nonce"], "a nonce");
    assert_eq!(claims["iss"], SHARED.url(""));
    let refreshed = id_token_claims(&refresh(&token, &[]).json());
    assert_eq!(refreshed["nonce"], Value::Null);
    assert_eq!(refreshed["sub"], claims["sub"]);
}

#[test]
fn a_verifier_needs_a_challenge() {
    let code = parameter(&authorize(&[]), "code");
    let reply = exchange(&code, &[("code_verifier", "v")]);
    let cause = "code_verifier without code_challenge";
    assert_refused(&reply, 400, "invalid_grant", cause);
    assert_eq!(exchange(&code, &[]).status, 200);
}

#[test]
fn a_wrong_authorization_request_is_refused() {
    let plain = authorize(&[("code_challenge", "x"), ("code_challenge_method", "plain")]);
    assert_eq!(parameter(&plain, "error"), "invalid_request");
    let token = authorize(&[("response_type", "token")]);
    assert_eq!(parameter(&token, "error"), "unsupported_response_type");
    let nobody = SHARED.get("/oauth/authorize?response_type=code&client_id=nobody");
    assert_refused(&nobody, 400, "invalid_request", "unknown client");
}

#[test]
fn refresh_tokens_rotate_and_a_second_use_revokes_all() {
    let first = exchange("code-4", &[]).json();
    let second = refresh(&first, &[]).json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(first["sid"], second["sid"]);
    let third = refresh(&second, &[]).json();
    let reply = refresh(&first, &[]);
    assert_refused(&reply, 400, "invalid_grant", "refresh token was used");
    let reply = refresh(&third, &[]);
    assert_refused(&reply, 400, "invalid_grant", "refresh token was revoked");
}

#[test]
fn a_refresh_may_only_narrow_the_scope() {
    let token = exchange("code-5", &[("scope", "a b")]).json();
    let wider = refresh(&token, &[("scope", "a c")]);
    assert_refused(&wider, 400, "invalid_scope", "scope exceeds what was granted");
    let narrow = refresh(&token, &[("scope", "b")]).json();
    assert_eq!(narrow["scope"], "b");
    assert_eq!(refresh(&narrow, &[]).json()["scope"], "a b");
}

#[test]
fn a_refresh_token_works_for_its_client_only() {
    let token = exchange("code-6", &[]).json();
    let thief = Assertion::of(&SHARED, "ES384")
        .post(&[("grant_type", "refresh_token"), ("refresh_token", token["refresh_token"].as_str().unwrap())]);
    assert_refused(&thief, 400, "invalid_grant", "refresh token of another client");
    assert_eq!(refresh(&token, &[]).status, 200);
    let reply = refresh(&json!({ "refresh_token": "x" }), &[]);
    assert_refused(&reply, 400, "invalid_grant", "unknown refresh token");
}

#[test]
fn other_grants_have_no_session() {
    for grant_type in ["client_credentials", "urn:example:echo"] {
        let parameters = [("grant_type", grant_type), ("scope", "openid x")];
        let token = Assertion::of(&SHARED, "ES256").post(&parameters).json();
        assert_eq!(token["scope"], "openid x");
        assert_eq!(token.as_object().unwrap().len(), 4);
    }
    let reply = Assertion::of(&SHARED, "ES256").post(&[("grant_type", "password")]);
    let cause = "unsupported grant_type";
    assert_refused(&reply, 400, "unsupported_grant_type", cause);
}

#[test]
fn a_malformed_request_is_refused() {
    let post = |parameters: &[(&str, &str)]| Assertion::of(&SHARED, "ES256").post(parameters);
    let cases = [
        ("missing grant_type", post(&[])),
        ("missing grant_type", post(&[("grant_type", "")])),
        ("missing code", post(&[("grant_type", "authorization_code")])),
        ("missing refresh_token", post(&[("grant_type", "refresh_token")])),
        ("duplicate parameter scope", post(&[("scope", "a"), ("scope", "b")])),
    ];
    for (cause, reply) in cases {
        assert_refused(&reply, 400, "invalid_request", cause);
    }
    let form = Assertion::of(&SHARED, "ES256").form(&CREDENTIALS);
    let json = [("content-type", "application/json")];
    let sent = SHARED.connect().send("POST", TOKEN, &json, &form).unwrap();
    let cause = "content type is not application/x-www-form-urlencoded";
    assert_refused(&sent.reply().unwrap(), 400, "invalid_request", cause);
}

#[test]
fn only_the_allowed_method_is_accepted() {
    let get = SHARED.get(TOKEN);
    assert_eq!((get.status, get.header("allow")), (405, Some("POST")));
    for path in ["/oauth/authorize", "/jwks", "/seen"] {
        let post = SHARED.post(path, "");
        assert_eq!((post.status, post.header("allow")), (405, Some("GET")));
    }
    assert_eq!(SHARED.get("/nowhere").status, 404);
}

#[test]
fn a_body_over_1_mib_is_refused() {
    let form = |length: usize| "x=".to_owned() + &"y".repeat(length - 2);
    let fits = SHARED.post(TOKEN, &form(1 << 20));
    assert_refused(&fits, 401, "invalid_client", "missing client_assertion");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("content-length", "1048577")];
    // The request's head alone is enough for the refusal.
    let sent = SHARED.connect().send("POST", TOKEN, &headers, "").unwrap();
    let reply = sent.reply().unwrap();
    assert_refused(&reply, 413, "invalid_request", "body over 1 MiB");
}

#[test]
fn the_configuration_names_every_url() {
    let configuration = SHARED.get("/.well-known/openid-configuration").json();
    assert_eq!(configuration["issuer"], SHARED.url(""));
    assert_eq!(configuration["token_endpoint"], SHARED.text("token_endpoint"));
    assert_eq!(configuration["jwks_uri"], SHARED.url("/jwks"));
    let authorize = SHARED.url("/oauth/authorize");
    assert_eq!(configuration["authorization_endpoint"], authorize);
}
