//! How the endpoint misbehaves when the URL asks for it.

use crate::common::endpoint::Endpoint;
use crate::{Assertion, SHARED, assert_refused, faulty, form_with, whatever_comes};
use serde_json::json;
use std::io::ErrorKind;
use std::time::{Duration, Instant, SystemTime};

#[test]
fn an_unknown_fault_lists_the_known_ones() {
    for list in ["nonsense=1", "delay_ms", "close=never", "delay_ms=x", "set.x=y", ""] {
        let reply = SHARED.get(&format!("/with/{list}/jwks"));
        assert_eq!(reply.status, 404, "{list}");
        assert!(reply.text().contains("drip_head_ms=N"), "{list}");
    }
}

#[test]
fn a_status_answers_an_oauth_error() {
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
    let reply = faulty("error_description=none%20of%20it");
    assert_refused(&reply, 400, "invalid_request", "none of it");
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
fn a_leak_repeats_the_secrets_of_the_request() {
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
fn an_echo_shows_the_request_as_understood() {
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
fn an_answer_can_be_other_than_utf_8() {
    let body = faulty("charset=latin1").body;
    assert!(std::str::from_utf8(&body).is_err());
    assert!(body.windows(4).any(|window| window == b"caf\xe9"));
}

#[test]
fn faults_change_no_answer_to_an_unverified_request() {
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
fn a_slow_answer_arrives_whole() {
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
        // TLS shows that the server didn't end the stream.
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
        assert_eq!(error, None, "the connection must end properly");
    }
}

#[test]
fn a_reset_resets_the_connection() {
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
fn a_replaced_answer_spends_no_code_and_a_lost_answer_spends_it() {
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
