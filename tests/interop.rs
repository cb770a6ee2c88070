//! The library talks to oidc-provider, a certified OpenID provider: each grant and each refusal, with ES256, ES512, PS256, RS256
//! and EdDSA, over HTTP and over TLS with a private CA.

mod common;
#[path = "interop/provider.rs"]
mod provider;
#[path = "interop/relay.rs"]
mod relay;

use provider::{Provider, Registration, fresh_trace};
use std::thread;
use std::time::Duration;
use talkdesk_auth::{Assertion, Client, ErrorCode, Token};

/// How long the provider accepts an assertion after its `exp`.
const LEEWAY: Duration = Duration::from_secs(15);
const CLIENT_CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");

/// The provider's answer, and the cause that it only logs.
struct Refusal {
    status: &'static str,
    error: &'static str,
    cause: &'static str,
}

const fn invalid_client(cause: &'static str) -> Refusal {
    Refusal { status: "401", error: "invalid_client", cause }
}

const fn invalid_grant(cause: &'static str) -> Refusal {
    Refusal { status: "400", error: "invalid_grant", cause }
}

#[test]
fn a_code_becomes_tokens() {
    let provider = Provider::shared();
    for registration in provider.registrations() {
        let token = exchange(&registration, &registration.client(), &registration.log_in().grant());
        assert_eq!(token.token_type(), "Bearer", "{registration}");
        assert_eq!(token.get("scope"), Some("openid calls:read calls:write"), "{registration}");
        assert!(token.get("id_token").is_some(), "{registration}");
        assert!(token.get("refresh_token").is_some(), "{registration}");
    }
}

#[test]
fn client_credentials_become_a_token_with_the_requested_scope() {
    let provider = Provider::shared();
    for registration in provider.registrations() {
        let token = exchange(&registration, &registration.client(), &[CLIENT_CREDENTIALS, ("scope", "calls:read")]);
        assert_eq!(token.get("scope"), Some("calls:read"), "{registration}");
        assert!(token.get("refresh_token").is_none(), "{registration}");
    }
}

#[test]
fn a_refresh_token_is_replaced_by_the_next_and_refused_from_then_on() {
    let provider = Provider::shared();
    for registration in provider.registrations() {
        let client = registration.client();
        let login = exchange(&registration, &client, &registration.log_in().grant());
        let second = exchange(&registration, &client, &refresh(&login));
        let third = exchange(&registration, &client, &refresh(&second));
        assert_ne!(second.get("refresh_token"), login.get("refresh_token"), "{registration}");
        assert_ne!(third.get("refresh_token"), second.get("refresh_token"), "{registration}");
        assert_ne!(third.access_token(), second.access_token(), "{registration}");

        let used = invalid_grant("refresh token already used");
        assert_refused(&provider, &registration, &client, &refresh(&second), &used);
    }
}

#[test]
fn a_code_is_accepted_once() {
    let provider = Provider::shared();
    for registration in provider.registrations() {
        let (client, login) = (registration.client(), registration.log_in());
        exchange(&registration, &client, &login.grant());
        let consumed = invalid_grant("authorization code already consumed");
        assert_refused(&provider, &registration, &client, &login.grant(), &consumed);
    }
}

#[test]
fn a_code_needs_the_verifier_of_its_own_login() {
    let provider = Provider::shared();
    for registration in provider.registrations() {
        let (login, other) = (registration.log_in(), registration.log_in());
        let mixed = provider::Login { code_verifier: other.code_verifier, ..login };
        let mismatch = invalid_grant("code_verifier does not match code_challenge");
        assert_refused(&provider, &registration, &registration.client(), &mixed.grant(), &mismatch);
    }
}

#[test]
fn a_key_that_is_not_registered_is_refused() {
    let provider = Provider::shared();
    for registration in provider.registrations() {
        let forged = invalid_client("signature verification failed");
        assert_refused(&provider, &registration, &registration.client_with_stray_key(), &[CLIENT_CREDENTIALS], &forged);
    }
}

#[test]
fn an_assertion_for_another_audience_is_refused() {
    let provider = Provider::shared();
    for registration in provider.registrations() {
        let parameters = [CLIENT_CREDENTIALS, ("audience", "https://other.example.com/token")];
        let elsewhere =
            invalid_client("audience (aud) must equal the endpoint url, issuer identifier or token endpoint url");
        assert_refused(&provider, &registration, &registration.client(), &parameters, &elsewhere);
    }
}

#[test]
fn an_assertion_is_accepted_once() {
    let provider = Provider::shared();
    for registration in provider.registrations() {
        let assertion = registration.client().assertion([]).expect("an assertion");
        let sends_it = || registration.client_that_sends(assertion.jwt());
        exchange(&registration, &sends_it(), &[CLIENT_CREDENTIALS]);
        let replayed = invalid_client("client assertion tokens must only be used once");
        assert_refused(&provider, &registration, &sends_it(), &[CLIENT_CREDENTIALS], &replayed);
    }
}

#[test]
fn an_expired_assertion_is_refused() {
    let provider = Provider::shared();
    let short_lived = |registration: &Registration<'_>| -> Assertion {
        registration.client().assertion([("assertion_lifetime", "1")]).expect("an assertion")
    };
    let assertions: Vec<_> =
        provider.registrations().map(|registration| (short_lived(&registration), registration)).collect();
    thread::sleep(LEEWAY + Duration::from_secs(2));
    for (assertion, registration) in &assertions {
        let client = registration.client_that_sends(assertion.jwt());
        assert_refused(&provider, registration, &client, &[CLIENT_CREDENTIALS], &invalid_client("jwt expired"));
    }
}

#[test]
fn a_private_ca_is_trusted_only_if_ca_file_names_it() {
    let provider = Provider::shared();
    for registration in provider.registrations_over("https") {
        let error = registration.client_without_ca().exchange([CLIENT_CREDENTIALS]).expect_err("the CA isn't trusted");
        assert_eq!(error.code(), ErrorCode::TlsFailed, "{registration}: {error}");
    }
}

fn exchange(registration: &Registration<'_>, client: &Client, parameters: &[(&str, &str)]) -> Token {
    client.exchange(parameters.iter().copied()).unwrap_or_else(|error| panic!("{registration}: {error}"))
}

fn refresh(token: &Token) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token.get("refresh_token").expect("a refresh token"))]
}

/// Checks that the exchange fails with exactly this `error`, status and cause, and that the error is not retryable.
fn assert_refused(
    provider: &Provider,
    registration: &Registration<'_>,
    client: &Client,
    parameters: &[(&str, &str)],
    refusal: &Refusal,
) {
    let trace = fresh_trace();
    let traced = parameters.iter().copied().chain([("param.trace", trace.as_str())]);
    let error = client.exchange(traced).expect_err(&format!("{registration}: {} was accepted", refusal.cause));
    assert_eq!(error.code(), ErrorCode::OauthError, "{registration}: {error}");
    assert_eq!(error.get("error"), Some(refusal.error), "{registration}: {error}");
    assert_eq!(error.get("http_status"), Some(refusal.status), "{registration}: {error}");
    assert_eq!(provider.cause(&trace).as_deref(), Some(refusal.cause), "{registration}");
    assert!(!error.is_retryable(), "{registration}: {error}");
}
