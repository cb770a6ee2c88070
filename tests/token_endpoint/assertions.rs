//! What the endpoint requires of a client assertion.

use crate::{Assertion, CREDENTIALS, SHARED, TOKEN, assert_refused, decoded, form_with, key_bytes, now};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Value, json};
use std::path::Path;

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
    refuses("exp is not a number", &|it| {
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
    // The refused request didn't use up the jti.
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
