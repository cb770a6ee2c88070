//! The embedded token endpoint keeps its own contract, as seen by a client that shares no code with it.

mod common;

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair};
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, crypto};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pkcs8::PrivateKeyInfoRef;
use serde_json::{Map, Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use common::endpoint::{Connection, Endpoint, Reply, program};

/// For all tests that don't count. It ends with this process.
static SHARED: LazyLock<Endpoint> = LazyLock::new(Endpoint::start);

const TOKEN: &str = "/oauth/token";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const CREDENTIALS: [(&str, &str); 1] = [("grant_type", "client_credentials")];

// ---------------------------------------------------------------- assertions

#[test]
fn every_algorithm_is_accepted() {
    let algorithms = ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "EdDSA"];
    for algorithm in algorithms {
        let reply = Assertion::of(&SHARED, algorithm).post(&CREDENTIALS);
        assert_eq!(reply.status, 200, "{algorithm}: {}", reply.text());
    }
}

#[test]
fn each_rule_refuses() {
    let refuses = |cause: &str, spoil: &dyn Fn(&mut Assertion)| {
        let mut assertion = Assertion::of(&SHARED, "ES256");
        spoil(&mut assertion);
        let reply = assertion.post(&CREDENTIALS);
        assert_refused(&reply, 401, "invalid_client", cause);
    };
    let other = SHARED.client("PS256").client_id;

    refuses("unknown client", &|it| {
        it.claims["iss"] = "nobody".into();
        it.claims["sub"] = "nobody".into();
    });
    refuses("iss and sub differ", &|it| it.claims["sub"] = json!(other));
    refuses("missing iss", &|it| it.drop_claim("iss"));
    refuses("missing sub", &|it| it.drop_claim("sub"));
    refuses("unknown kid", &|it| it.header["kid"] = "other".into());
    refuses("unknown kid", &|it| it.header["kid"] = Value::Null);
    refuses("wrong algorithm", &|it| it.header["alg"] = "ES384".into());
    refuses("wrong algorithm", &|it| it.header["alg"] = "none".into());
    refuses("unknown critical header", &|it| {
        it.header["crit"] = json!(["b64"]);
    });
    refuses("wrong signature", &|it| {
        it.key = key_bytes(Path::new(SHARED.text("wrong_private_key_file")));
    });
    refuses("wrong audience", &|it| it.claims["aud"] = SHARED.url("").into());
    refuses("wrong audience", &|it| {
        it.claims["aud"] = json!([SHARED.url(TOKEN)]);
    });
    refuses("missing aud", &|it| it.drop_claim("aud"));
    refuses("expired", &|it| it.claims["exp"] = json!(now()));
    refuses("exp is no number", &|it| {
        it.claims["exp"] = json!((now() + 60).to_string());
    });
    refuses("missing exp", &|it| it.drop_claim("exp"));
    refuses("missing iat", &|it| it.drop_claim("iat"));
    refuses("iat in the future", &|it| {
        it.claims["iat"] = json!(now() + 90);
    });
    refuses("nbf in the future", &|it| {
        it.claims["nbf"] = json!(now() + 90);
    });
    refuses("lifetime over 3600 s", &|it| {
        it.claims["exp"] = json!(now() + 3601);
    });
    refuses("missing jti", &|it| it.drop_claim("jti"));
    refuses("missing jti", &|it| it.claims["jti"] = "".into());
}

#[test]
fn the_limits_themselves_are_accepted() {
    let accepts = |alter: &dyn Fn(&mut Assertion)| {
        let mut assertion = Assertion::of(&SHARED, "ES256");
        alter(&mut assertion);
        let reply = assertion.post(&CREDENTIALS);
        assert_eq!(reply.status, 200, "{}", reply.text());
    };
    accepts(&|it| it.claims["exp"] = json!(it.claims["iat"].as_u64().unwrap() + 3600));
    accepts(&|it| it.claims["iat"] = json!(now() + 55));
    accepts(&|it| it.claims["exp"] = json!(now() as f64 + 60.5));
}

#[test]
fn each_client_keeps_to_its_algorithm() {
    // The RSA clients share their key, so only the algorithm can be wrong.
    let mut assertion = Assertion::of(&SHARED, "PS256");
    assertion.header["alg"] = "RS256".into();
    let reply = assertion.post(&CREDENTIALS);
    assert_refused(&reply, 401, "invalid_client", "wrong algorithm");
}

#[test]
fn a_signature_is_of_the_very_bytes() {
    let jwt = Assertion::of(&SHARED, "ES512").sign();
    let (message, signature) = jwt.rsplit_once('.').unwrap();
    assert_eq!(decoded(signature).len(), 132);
    let mut other = decoded(signature);
    other[70] ^= 1;
    let tampered = format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(other));
    let reply = SHARED.post(TOKEN, &form_with(&tampered, &CREDENTIALS));
    assert_refused(&reply, 401, "invalid_client", "wrong signature");
    // That didn't use up its jti.
    let reply = SHARED.post(TOKEN, &form_with(&jwt, &CREDENTIALS));
    assert_eq!(reply.status, 200);
}

#[test]
fn an_assertion_is_good_once() {
    let form = Assertion::of(&SHARED, "ES256").form(&CREDENTIALS);
    assert_eq!(SHARED.post(TOKEN, &form).status, 200);
    let reply = SHARED.post(TOKEN, &form);
    assert_refused(&reply, 401, "invalid_client", "replayed jti");
}

#[test]
fn the_audience_is_the_url_as_addressed() {
    let mut assertion = Assertion::of(&SHARED, "ES256");
    let path = "/with/set.scope=%22x%22/oauth/token?query=1";
    assertion.claims["aud"] = SHARED.url(path).into();
    let reply = SHARED.post(path, &assertion.form(&CREDENTIALS));
    assert_eq!(reply.json()["scope"], "x");

    let form = Assertion::for_url(&SHARED, "ES256", &SHARED.https_url(TOKEN)).form(&CREDENTIALS);
    let reply = SHARED.connect_tls().post(TOKEN, &form).unwrap().reply();
    assert_eq!(reply.unwrap().status, 200);
}

#[test]
fn the_form_must_carry_an_assertion() {
    let jwt = Assertion::of(&SHARED, "ES256").sign();
    let causes = [
        ("missing client_assertion", "grant_type=x".to_owned()),
        ("missing client_assertion_type", format!("client_assertion={jwt}")),
        ("wrong client_assertion_type", format!("client_assertion={jwt}&client_assertion_type=x")),
        ("malformed client_assertion", form_with("a.b", &[])),
        ("malformed client_assertion", form_with("e30.e30", &[])),
        ("client_id and sub differ", form_with(&jwt, &[("client_id", "x")])),
    ];
    for (cause, form) in causes {
        assert_refused(&SHARED.post(TOKEN, &form), 401, "invalid_client", cause);
    }
}

// -------------------------------------------------------------------- grants

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
    // Nor does it bind the code to its client.
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
fn a_refresh_token_is_its_clients() {
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
fn only_the_allowed_method_will_do() {
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
    // Told by the head alone.
    let sent = SHARED.connect().send("POST", TOKEN, &headers, "").unwrap();
    let reply = sent.reply().unwrap();
    assert_refused(&reply, 413, "invalid_request", "body over 1 MiB");
}

#[test]
fn the_configuration_leads_everywhere() {
    let configuration = SHARED.get("/.well-known/openid-configuration").json();
    assert_eq!(configuration["issuer"], SHARED.url(""));
    assert_eq!(configuration["token_endpoint"], SHARED.text("token_endpoint"));
    assert_eq!(configuration["jwks_uri"], SHARED.url("/jwks"));
    let authorize = SHARED.url("/oauth/authorize");
    assert_eq!(configuration["authorization_endpoint"], authorize);
}

// -------------------------------------------------------------------- faults

#[test]
fn an_unknown_fault_lists_the_known_ones() {
    for list in ["nonsense=1", "delay_ms", "close=never", "delay_ms=x", "set.x=y", ""] {
        let reply = SHARED.get(&format!("/with/{list}/jwks"));
        assert_eq!(reply.status, 404, "{list}");
        assert!(reply.text().contains("drip_head_ms=N"), "{list}");
    }
}

#[test]
fn a_status_brings_an_oauth_error() {
    for status in [400, 429, 500, 503] {
        let reply = faulty(&format!("status={status},retry_after=7"));
        assert_eq!(reply.status, status);
        assert_eq!(reply.json()["error"], "temporarily_unavailable");
        assert_eq!(reply.header("retry-after"), Some("7"));
    }
    let true_answer = faulty("status=201");
    assert_eq!(true_answer.status, 201);
    assert!(true_answer.json()["access_token"].is_string());
}

#[test]
fn an_error_can_be_chosen() {
    let reply = faulty("error=invalid_scope,error_description=none%20of%20it");
    assert_refused(&reply, 400, "invalid_scope", "none of it");
    assert_eq!(faulty("error=x,status=200").status, 200);
}

#[test]
fn retry_after_can_be_a_date() {
    let reply = faulty("status=503,retry_after=date+30");
    let date = httpdate::parse_http_date(reply.header("retry-after").unwrap()).unwrap();
    let ahead = date.duration_since(SystemTime::now()).unwrap();
    assert!((1..=30).contains(&ahead.as_secs()));
    let verbatim = faulty("retry_after=Fri,%2031%20Dec".replace(',', "%2C").as_str());
    assert_eq!(verbatim.header("retry-after"), Some("Fri, 31 Dec"));
}

#[test]
fn other_bodies_take_the_answers_place() {
    let html = faulty("html=1");
    assert_eq!((html.status, html.header("content-type")), (502, Some("text/html")));
    assert!(html.text().starts_with("<!DOCTYPE html>"));
    assert_eq!(faulty("html=1,status=504").status, 504);

    let empty = faulty("empty=1");
    assert_eq!((empty.status, empty.body.len()), (403, 0));
    assert_eq!(faulty("empty=1,status=200").status, 200);

    let body = faulty("body=%7B%22a%22:1%7D,type=text%2Fplain");
    assert_eq!((body.status, body.text()), (200, "{\"a\":1}".to_owned()));
    assert_eq!(body.header("content-type"), Some("text/plain"));

    let redirect = faulty("redirect=https:%2F%2Felsewhere.example%2F");
    let location = redirect.header("location");
    assert_eq!((redirect.status, location), (302, Some("https://elsewhere.example/")));
    assert_eq!(faulty("redirect=x,status=307").status, 307);
}

#[test]
fn a_leak_repeats_what_it_was_sent() {
    let path = "/with/leak=1/oauth/token";
    let jwt = Assertion::for_url(&SHARED, "ES256", &SHARED.url(path)).sign();
    let form = form_with(&jwt, &[("code", "a-code"), ("refresh_token", "a-refresh-token")]);
    let reply = SHARED.post(path, &form);
    assert_eq!(reply.status, 400);
    let description = reply.json()["error_description"].to_string();
    for secret in [&jwt, "a-code", "a-refresh-token"] {
        assert!(description.contains(secret), "{description}");
    }
}

#[test]
fn members_can_be_set_and_left_out() {
    let reply = faulty("omit=scope,set.expires_in=%22abc%22,set.extra=%5B1%5D,omit=token_type");
    let token = reply.json();
    assert_eq!(token["expires_in"], "abc");
    assert_eq!(token["extra"], json!([1]));
    assert_eq!(token.get("scope"), None);
    assert_eq!(token.get("token_type"), None);
    let error = faulty("error=x,omit=error_description").json();
    assert_eq!(error, json!({ "error": "x" }));
}

#[test]
fn an_echo_tells_what_was_understood() {
    let reply = faulty("echo=1");
    let request = &reply.json()["request"];
    assert_eq!(request["method"], "POST");
    assert_eq!(request["path"], "/with/echo=1/oauth/token");
    assert_eq!(request["form"]["grant_type"], "client_credentials");
    assert_eq!(request["assertion"]["header"]["kid"], "key-es256");
    assert_eq!(request["assertion"]["claims"]["sub"], "client-es256");
    let content_type = &request["headers"]["content-type"];
    assert_eq!(content_type, "application/x-www-form-urlencoded");
}

#[test]
fn a_huge_answer_is_json_of_that_size() {
    let reply = faulty("huge=3000000");
    assert_eq!(reply.body.len(), 3_000_000);
    assert!(reply.json()["access_token"].is_string());
}

#[test]
fn an_answer_can_be_no_utf_8() {
    let body = faulty("charset=latin1").body;
    assert!(std::str::from_utf8(&body).is_err());
    assert!(body.windows(4).any(|window| window == b"caf\xe9"));
}

#[test]
fn faults_are_for_verified_requests() {
    let path = "/with/status=503,omit=error/oauth/token";
    let reply = SHARED.post(path, "");
    assert_refused(&reply, 401, "invalid_client", "missing client_assertion");
}

#[test]
fn a_delay_comes_first() {
    let start = Instant::now();
    assert_eq!(SHARED.get("/with/delay_ms=200/jwks").status, 200);
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[test]
fn drips_take_their_time_and_are_whole() {
    let start = Instant::now();
    let reply = SHARED.get("/with/drip_ms=5,body=0123456789/jwks");
    assert_eq!(reply.text(), "0123456789");
    assert!(start.elapsed() >= Duration::from_millis(45));

    let start = Instant::now();
    let (_, bytes) = whatever_comes(SHARED.connect_tls(), "/with/drip_head_ms=1/jwks");
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(head.contains("connection: close"));
    assert!(head.contains(&format!("content-length: {}", body.len())));
    assert!(start.elapsed() >= Duration::from_millis(head.len() as u64));
}

#[test]
fn a_truncated_answer_promises_more() {
    for connection in [SHARED.connect(), SHARED.connect_tls()] {
        let (reply, bytes) = whatever_comes(connection, "/with/truncate=3,body=0123456789/jwks");
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("content-length: 10\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\n012"), "{text}");
        // TLS tells that the end is not the server's.
        assert!(reply.is_none_or(|error| error == ErrorKind::UnexpectedEof));
    }
}

#[test]
fn a_close_leaves_without_an_answer() {
    for close in ["before", "after"] {
        for connection in [SHARED.connect(), SHARED.connect_tls()] {
            let path = format!("/with/close={close}/jwks");
            let (_, bytes) = whatever_comes(connection, &path);
            assert_eq!(bytes, b"", "{close}");
        }
    }
}

#[test]
fn an_idle_close_answers_first() {
    for connection in [SHARED.connect(), SHARED.connect_tls()] {
        let (error, bytes) = whatever_comes(connection, "/with/close=idle/jwks");
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(text.starts_with("http/1.1 200 ok"), "{text}");
        assert!(text.ends_with('}'), "{text}");
        assert!(!text.contains("connection:"), "{text}");
        assert_eq!(error, None, "it ends properly");
    }
}

#[test]
fn a_reset_is_one() {
    for connection in [SHARED.connect(), SHARED.connect_tls()] {
        let (error, bytes) = whatever_comes(connection, "/with/reset=1/jwks");
        assert_eq!((error, bytes), (Some(ErrorKind::ConnectionReset), vec![]));
    }
}

#[test]
fn garbage_is_no_http() {
    for connection in [SHARED.connect(), SHARED.connect_tls()] {
        let (_, bytes) = whatever_comes(connection, "/with/status_line=garbage/jwks");
        assert_eq!(bytes, b"THIS IS NOT HTTP\r\n\r\n");
    }
}

#[test]
fn an_instead_spends_nothing_and_a_lost_answer_does() {
    let endpoint = Endpoint::start();
    let exchange = |fault: &str| {
        let path = format!("/with/{fault}/oauth/token");
        let form = Assertion::for_url(&endpoint, "ES256", &endpoint.url(&path))
            .form(&[("grant_type", "authorization_code"), ("code", "code-1")]);
        endpoint.connect().post(&path, &form).unwrap().reply()
    };
    assert_eq!(exchange("status=503").unwrap().status, 503);
    assert!(exchange("close=before").is_err());
    assert_eq!(endpoint.seen()["codes_used"], 0);
    assert!(exchange("close=after").is_err());
    let reply = exchange("delay_ms=0").unwrap();
    assert_refused(&reply, 400, "invalid_grant", "code was used");

    let seen = endpoint.seen();
    assert_eq!(seen["connections"], 4);
    assert_eq!(seen["requests"], 4);
    assert_eq!(seen["token_requests"], 3);
    assert_eq!(seen["accepted"], 3);
    assert_eq!(seen["tokens"], 1);
    assert_eq!(seen["codes_used"], 1);
    let by_error = json!({ "invalid_grant": 1, "temporarily_unavailable": 1 });
    assert_eq!(seen["by_error"], by_error);
}

// ------------------------------------------------------ counts and connections

#[test]
fn a_connection_stays_open() {
    let endpoint = Endpoint::start();
    let mut connection = endpoint.connect_tls();
    for _ in 0..3 {
        let form = Assertion::for_url(&endpoint, "ES256", &endpoint.https_url(TOKEN)).form(&CREDENTIALS);
        let (reply, kept) = connection.post(TOKEN, &form).unwrap().reply_and_keep().unwrap();
        assert_eq!(reply.status, 200);
        connection = kept;
    }
    let seen = endpoint.seen();
    let counts = ["connections", "tls_handshakes", "requests", "tokens"];
    assert_eq!(counts.map(|name| seen[name].as_u64().unwrap()), [1, 1, 3, 3]);

    endpoint.reset_seen();
    let seen = endpoint.seen();
    assert_eq!(counts.map(|name| seen[name].as_u64().unwrap()), [0; 4]);
    // It was opened before the reset.
    assert_eq!(connection.get("/jwks").unwrap().reply().unwrap().status, 200);
    assert_eq!(endpoint.seen()["connections"], 0);
}

#[test]
fn clients_that_leave_early_do_no_harm() {
    for start in [&b""[..], b"POST /oau", b"\x16\x03\x01", b"POST /oauth/token HTTP/1.1\r\ncontent-length: 9\r\n\r\nx"]
    {
        for origin in ["http", "https"] {
            let port = Url::parse(SHARED.text(origin)).unwrap().port().unwrap();
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(start).unwrap();
        }
    }
    let drip = SHARED.connect().get("/with/drip_ms=1,huge=9999/jwks");
    drop(drip);
    assert_eq!(SHARED.get("/jwks").status, 200);
}

#[test]
fn many_connections_are_served_at_once() {
    let connections: Vec<_> = (0..200).map(|_| SHARED.connect()).collect();
    let waiting: Vec<_> =
        connections.into_iter().map(|connection| connection.get("/with/delay_ms=100/jwks").unwrap()).collect();
    let start = Instant::now();
    for exchange in waiting {
        assert_eq!(exchange.reply().unwrap().status, 200);
    }
    // One after the other would take 20 seconds.
    assert!(start.elapsed() < Duration::from_secs(15));
}

// ------------------------------------------------------- listeners and process

#[test]
fn each_listener_has_its_certificate() {
    let endpoint = Endpoint::start_with(&["--name", "extra.example", "--name", "127.0.0.9"]);
    let ca = Some(endpoint.ca_file());
    let port = Url::parse(endpoint.text("https")).unwrap().port().unwrap();
    for name in ["localhost", "127.0.0.1", "[::1]", "extra.example", "127.0.0.9"] {
        let opened = Connection::open(&format!("https://{name}:{port}"), ca);
        assert!(opened.is_ok(), "{name}: {:?}", opened.err());
    }
    assert!(Connection::open(endpoint.text("https_address"), ca).is_ok());

    let refused = [
        (format!("https://other.example:{port}"), endpoint.ca_file(), "NotValidForName"),
        (endpoint.text("expired_https").into(), endpoint.ca_file(), "Expired"),
        (endpoint.text("wrong_name_https").into(), endpoint.ca_file(), "NotValidForName"),
        (endpoint.text("https").into(), Path::new(endpoint.text("other_ca_file")), "UnknownIssuer"),
    ];
    for (origin, ca, reason) in refused {
        let error = Connection::open(&origin, Some(ca)).err().expect("it is refused");
        assert!(format!("{error:?}").contains(reason), "{error:?}");
    }
}

#[test]
fn the_silent_listener_says_nothing_and_the_closing_one_closes() {
    let mut silent = TcpStream::connect(SHARED.text("silent")).unwrap();
    let patience = Some(Duration::from_millis(200));
    silent.set_read_timeout(patience).unwrap();
    silent.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let error = silent.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);

    let mut closing = TcpStream::connect(SHARED.text("closing")).unwrap();
    assert_eq!(closing.read(&mut [0]).unwrap(), 0);
}

#[test]
fn the_key_files_are_private_and_in_their_forms() {
    for algorithm in SHARED.ready["clients"].as_object().unwrap().keys() {
        let client = SHARED.client(algorithm);
        for file in [&client.private_key_file, &client.private_key_pem_file] {
            assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let bare = fs::read_to_string(&client.private_key_file).unwrap();
        let pem = fs::read_to_string(&client.private_key_pem_file).unwrap();
        let (body, armour): (Vec<_>, Vec<_>) = pem.lines().partition(|line| !line.contains("-----"));
        assert_eq!(bare, body.concat());
        assert_eq!(armour[0], "-----BEGIN PRIVATE KEY-----");
        let public = fs::read_to_string(&client.public_key_pem_file).unwrap();
        assert!(public.starts_with("-----BEGIN PUBLIC KEY-----"));
    }
    // The vendor's P-256 keys are of this size.
    assert_eq!(key_bytes(&SHARED.client("ES256").private_key_file).len(), 138);
}

#[test]
fn it_cleans_up_when_told_to_end() {
    let stops: [&dyn Fn(&mut Child); 3] = [
        &|process| kill(Pid::from_raw(process.id() as i32), Signal::SIGTERM).unwrap(),
        &|process| kill(Pid::from_raw(process.id() as i32), Signal::SIGINT).unwrap(),
        &|process| drop(process.stdin.take()),
    ];
    for stop in stops {
        let mut process = Command::new(program())
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let directory = Path::new(ready["ca_file"].as_str().unwrap()).parent().unwrap();
        assert!(directory.is_dir());

        stop(&mut process);
        assert!(process.wait().unwrap().success());
        assert!(!directory.exists());
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "its first line is its only one");
    }
}

#[test]
fn a_given_directory_stays() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("new");
    for _ in 0..2 {
        let endpoint = Endpoint::start_with(&["--dir", inner.to_str().unwrap()]);
        assert!(endpoint.ca_file().starts_with(inner.canonicalize().unwrap()));
    }
    assert!(inner.join("es256.key").exists());
}

#[test]
fn a_wrong_argument_gets_the_usage() {
    for arguments in [&["--nonsense"][..], &["--dir"], &["x"], &["--cases", "x", "--out", "y"]] {
        let output = Command::new(program()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(output.stdout, b"");
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage: token-endpoint"));
    }
    let help = Command::new(program()).arg("--help").output().unwrap();
    assert!(help.status.success());
}

// -------------------------------------------------------------- conformance cases

/// Starts an endpoint that resolves one group with one case for the two runners, and answers what each of them gets.
fn resolved(group: &Value) -> (Endpoint, [Value; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("cases.json"), folder.path().join("out"));
    fs::write(&file, json!([group]).to_string()).unwrap();
    let [file, out_text] = [&file, &out].map(|path| path.to_str().unwrap());
    let endpoint = Endpoint::start_with(&["--cases", file, "--out", out_text, "--runner", "one", "--runner", "two"]);
    let cases = ["one", "two"].map(|runner| {
        let mut case = serde_json::from_str::<Value>(&fs::read_to_string(out.join(format!("{runner}.json"))).unwrap())
            .unwrap()[0]
            .take();
        // Before the folder is gone.
        if let Some(path) = case["client"]["private_key_file"].as_str() {
            case["content"] = fs::read(path).unwrap().into();
        }
        case
    });
    (endpoint, cases)
}

#[test]
fn a_case_is_resolved_for_each_runner() {
    let (endpoint, [one, two]) = resolved(&json!({
        "group": "g",
        "call": "exchange",
        "with": { "echo": 1, "omit": ["a", "b"], "body": "{}/, é" },
        "client": { "client_id": "{{client_id}}", "key_id": "x" },
        "options": { "grant_type": "authorization_code" },
        "cases": [{
            "name": "n",
            "registered": "ES384",
            "client": { "credentials": { "json": { "ca": ["{{ca_file}}"] } }, "private_key_file": { "file": "{{key sec1}}" }, "timeout": 1.5 },
            "without": ["key_id"],
            "options": { "code": "{{code}}", "claims": { "c": "{{repeat 3 ab}}" } },
            "expect": { "token": { "scope": "s", "x": { "absent": true } }, "request": { "form": { "code": "{{code}}", "n": 5 } } },
        }],
    }));
    let code = one["options"]["code"].as_str().unwrap();
    let credentials = json!({ "ca": [endpoint.text("ca_file")] }).to_string();
    assert_eq!(
        one["options"],
        json!({ "grant_type": "authorization_code", "code": code, "claims": { "c": "ababab" } })
    );
    assert_eq!(
        one["client"],
        json!({
            "client_id": "client-es384",
            "token_endpoint": endpoint.url("/with/body=%7B%7D%2F%2C%20%C3%A9,echo=1,omit=a,omit=b/oauth/token"),
            "credentials": credentials,
            "private_key_file": one["client"]["private_key_file"],
            "timeout": 1.5,
        })
    );
    assert_eq!(
        one["checks"],
        json!([
            { "path": ["request", "form", "code"], "is": "hidden", "value": code },
            { "path": ["request", "form", "n"], "is": "literal", "value": 5 },
            { "path": ["token", "scope"], "is": "literal", "value": "s" },
            { "path": ["token", "x"], "is": "absent", "value": null },
        ])
    );
    assert_ne!(two["options"]["code"], code);
    assert_ne!(two["client"]["private_key_file"], one["client"]["private_key_file"]);

    let sec1: Vec<u8> = serde_json::from_value(one["content"].clone()).unwrap();
    let pkcs8 = key_bytes(&endpoint.client("ES384").private_key_file);
    assert!(sec1.starts_with(&[0x30, 0x81]) && !sec1.windows(9).any(|part| pkcs8.starts_with(part)), "no PKCS#8");
    let reply = Assertion::of(&endpoint, "ES384").post(&[("grant_type", "authorization_code"), ("code", code)]);
    assert_eq!(reply.json()["scope"], "openid contacts:read");
}

#[test]
fn an_error_is_expected_with_every_field() {
    let (_endpoint, [case, _]) = resolved(&json!({
        "group": "g",
        "call": "client",
        "cases": [{ "name": "n", "expect": { "error": { "name": "invalid_option", "option": "region", "message": { "contains": "m" } } } }],
    }));
    let expected = [
        ("code", "literal", json!(2)),
        ("retryable", "literal", json!(false)),
        ("error", "absent", Value::Null),
        ("error_description", "absent", Value::Null),
        ("error_uri", "absent", Value::Null),
        ("http_status", "absent", Value::Null),
        ("option", "literal", json!("region")),
        ("retry_after", "absent", Value::Null),
        ("name", "literal", json!("invalid_option")),
        ("message", "contains", json!("m")),
        ("message", "shown", Value::Null),
    ];
    let expected = expected.map(|(name, is, value)| json!({ "path": ["error", name], "is": is, "value": value }));
    assert_eq!(case["checks"], json!(expected));
}

#[test]
fn a_case_that_is_not_understood_ends_the_endpoint() {
    let good = json!({ "name": "n", "call": "client", "expect": { "client": { "key_id": "k" } } });
    let with = |name: &str, value: Value| {
        let mut case = good.clone();
        case[name] = value;
        vec![case]
    };
    let cases = [
        (with("skip", json!(true)), "unknown member skip"),
        (with("call", json!("sign")), "unknown call sign"),
        (with("registered", json!("HS256")), "no client is registered for HS256"),
        (with("without", json!(["key_id"])), "without key_id, which it has not"),
        (with("client", json!({ "key_id": "{{nothing}}" })), "{{nothing}}: unknown"),
        (with("client", json!({ "key_id": "{{key upside_down}}" })), "unknown step upside_down"),
        (with("client", json!({ "key_id": "{{key" })), "a template that does not end"),
        (with("expect", json!({})), "nothing is expected"),
        (with("expect", json!({ "token": { "scope": "s" } })), "unknown member token"),
        (with("expect", json!({ "client": { "key_id": { "likely": true } } })), "unknown matcher"),
        (with("expect", json!({ "client": { "key_id": null } })), "null is no literal"),
        (with("expect", json!({ "error": { "name": "out_of_luck" } })), "no error is named out_of_luck"),
        (
            with("expect", json!({ "error": { "name": "invalid_key", "http_status": 400 } })),
            "unknown member http_status",
        ),
        (vec![good.clone(), good.clone()], "two cases have the same name"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.json");
    for (cases, complaint) in cases {
        fs::write(&file, json!([{ "group": "g", "cases": cases }]).to_string()).unwrap();
        let output = Command::new(program())
            .args(["--runner", "r", "--out", folder.path().to_str().unwrap(), "--cases", file.to_str().unwrap()])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && output.stdout.is_empty() && said.contains(complaint),
            "{complaint}: {said}"
        );
    }
}

// -------------------------------------------------------------------- helpers

/// An assertion in the making: right in all, until a test alters it.
struct Assertion<'a> {
    endpoint: &'a Endpoint,
    header: Value,
    claims: Value,
    /// What it is signed with, whatever the header says.
    algorithm: String,
    /// PKCS#8.
    key: Vec<u8>,
}

impl<'a> Assertion<'a> {
    fn of(endpoint: &'a Endpoint, algorithm: &str) -> Self {
        Self::for_url(endpoint, algorithm, &endpoint.url(TOKEN))
    }

    fn for_url(endpoint: &'a Endpoint, algorithm: &str, audience: &str) -> Self {
        let client = endpoint.client(algorithm);
        Self {
            endpoint,
            header: json!({ "alg": algorithm, "kid": client.key_id, "typ": "JWT" }),
            claims: json!({
                "iss": client.client_id,
                "sub": client.client_id,
                "aud": audience,
                "iat": now(),
                "exp": now() + 300,
                "jti": random_id(),
            }),
            algorithm: client.algorithm,
            key: key_bytes(&client.private_key_file),
        }
    }

    fn drop_claim(&mut self, name: &str) {
        self.claims.as_object_mut().unwrap().remove(name);
    }

    fn sign(&self) -> String {
        let message = format!("{}.{}", encoded(&self.header), encoded(&self.claims));
        format!("{message}.{}", self.signature(message.as_bytes()))
    }

    fn signature(&self, message: &[u8]) -> String {
        let key = match self.algorithm.as_str() {
            // jsonwebtoken has none.
            "ES512" => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P521_SHA512_FIXED_SIGNING, &self.key);
                let signature = pair.unwrap().sign(&SystemRandom::new(), message).unwrap();
                return BASE64_URL_SAFE_NO_PAD.encode(signature);
            }
            "ES256" | "ES384" => EncodingKey::from_ec_der(&self.key),
            "EdDSA" => EncodingKey::from_ed_der(&self.key),
            _ => {
                let pkcs8 = PrivateKeyInfoRef::try_from(self.key.as_slice()).unwrap();
                EncodingKey::from_rsa_der(pkcs8.private_key.as_bytes())
            }
        };
        crypto::sign(message, &key, self.algorithm.parse().unwrap()).unwrap()
    }

    fn form(&self, parameters: &[(&str, &str)]) -> String {
        form_with(&self.sign(), parameters)
    }

    fn post(&self, parameters: &[(&str, &str)]) -> Reply {
        self.endpoint.post(TOKEN, &self.form(parameters))
    }
}

fn form_with(assertion: &str, parameters: &[(&str, &str)]) -> String {
    Serializer::new(String::new())
        .append_pair("client_assertion_type", ASSERTION_TYPE)
        .append_pair("client_assertion", assertion)
        .extend_pairs(parameters)
        .finish()
}

/// A client credentials grant under faults.
fn faulty(faults: &str) -> Reply {
    let path = format!("/with/{faults}/oauth/token");
    let assertion = Assertion::for_url(&SHARED, "ES256", &SHARED.url(&path));
    SHARED.post(&path, &assertion.form(&CREDENTIALS))
}

fn exchange(code: &str, parameters: &[(&str, &str)]) -> Reply {
    let grant = [("grant_type", "authorization_code"), ("code", code)];
    Assertion::of(&SHARED, "ES256").post(&[&grant, parameters].concat())
}

fn refresh(token: &Value, parameters: &[(&str, &str)]) -> Reply {
    let refresh_token = token["refresh_token"].as_str().unwrap();
    let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
    Assertion::of(&SHARED, "ES256").post(&[&grant, parameters].concat())
}

/// Where the user is sent. `parameters` win over those that make up a plain request.
fn authorize(parameters: &[(&str, &str)]) -> Url {
    let mut query = Map::new();
    query.insert("response_type".into(), "code".into());
    query.insert("client_id".into(), "client-es256".into());
    for (name, value) in parameters {
        query.insert((*name).into(), (*value).into());
    }
    let query = Serializer::new(String::new())
        .extend_pairs(query.iter().map(|(name, value)| (name, value.as_str().unwrap())))
        .finish();
    let reply = SHARED.get(&format!("/oauth/authorize?{query}"));
    assert_eq!(reply.status, 302, "{}", reply.text());
    Url::parse(reply.header("location").unwrap()).unwrap()
}

fn parameter(url: &Url, name: &str) -> String {
    url.query_pairs()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
        .unwrap_or_else(|| panic!("no {name} in {url}"))
}

/// The claims of an ID token that is verified by the published key.
fn id_token_claims(token: &Value) -> Value {
    let jwks: JwkSet = serde_json::from_value(SHARED.get("/jwks").json()).unwrap();
    let key = DecodingKey::from_jwk(jwks.find("server-es256").unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&["client-es256"]);
    let id_token = token["id_token"].as_str().unwrap();
    jsonwebtoken::decode(id_token, &key, &validation).unwrap().claims
}

/// All that follows a request, and the error that ends it, if any.
fn whatever_comes(connection: Connection, path: &str) -> (Option<ErrorKind>, Vec<u8>) {
    let mut connection = connection.get(path).unwrap().connection;
    let mut bytes = Vec::new();
    let error = connection.read_to_end(&mut bytes).err();
    (error.map(|error| error.kind()), bytes)
}

#[track_caller]
fn assert_refused(reply: &Reply, status: u16, error: &str, cause: &str) {
    let body = reply.json();
    assert_eq!((reply.status, body["error"].as_str()), (status, Some(error)), "{cause}: {body}");
    let description = body["error_description"].as_str().unwrap();
    let (stable, _) = description.split_once(':').unwrap_or((description, ""));
    assert_eq!(stable, cause);
}

fn key_bytes(file: &Path) -> Vec<u8> {
    BASE64_STANDARD.decode(fs::read(file).unwrap()).unwrap()
}

fn encoded(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decoded(part: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn random_id() -> String {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}
