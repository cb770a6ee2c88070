//! What it makes of a file of conformance cases.

use crate::common::endpoint::{Endpoint, program};
use crate::{Assertion, key_bytes};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

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
        if let Some(path) = case["steps"][0]["options"]["private_key_file"].as_str() {
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
    let [client, exchange] = [&one["steps"][0], &one["steps"][1]];
    let code = exchange["options"]["code"].as_str().unwrap();
    let credentials = json!({ "ca": [endpoint.text("ca_file")] }).to_string();
    assert_eq!(
        *client,
        json!({
            "step": 0,
            "call": "client",
            "on": null,
            "as": "client",
            "options": {
                "client_id": "client-es384",
                "token_endpoint": endpoint.url("/with/body=%7B%7D%2F%2C%20%C3%A9,echo=1,omit=a,omit=b/oauth/token"),
                "credentials": credentials,
                "private_key_file": client["options"]["private_key_file"],
                "timeout": 1.5,
            },
            "from": {},
            "fails": false,
            "checks": [],
        })
    );
    assert_eq!(
        *exchange,
        json!({
            "step": 1,
            "call": "exchange",
            "on": "client",
            "as": "token",
            "options": { "grant_type": "authorization_code", "code": code, "claims": { "c": "ababab" } },
            "from": {},
            "fails": false,
            "checks": [
                { "path": ["request", "form", "code"], "is": "hidden", "value": code },
                { "path": ["request", "form", "n"], "is": "literal", "value": 5 },
                { "path": ["token", "scope"], "is": "literal", "value": "s" },
                { "path": ["token", "x"], "is": "absent", "value": null },
            ],
        })
    );
    assert_eq!(one["steps"].as_array().unwrap().len(), 2);
    let [two_client, two_exchange] = [&two["steps"][0], &two["steps"][1]];
    assert_ne!(two_exchange["options"]["code"], code);
    assert_ne!(two_client["options"]["private_key_file"], client["options"]["private_key_file"]);

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
        ("clock_offset", "absent", Value::Null),
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
    let [step] = &case["steps"].as_array().unwrap()[..] else { panic!("{case}") };
    assert_eq!(step["checks"], json!(expected));
    assert_eq!((&step["fails"], &step["as"]), (&json!(true), &Value::Null));
}

#[test]
fn steps_are_resolved_with_the_objects_that_they_name() {
    let (endpoint, [case, _]) = resolved(&json!({
        "group": "g",
        "with": { "echo": 1 },
        "client": { "client_id": "{{client_id}}", "private_key_file": { "file": "{{key}}" } },
        "cases": [{
            "name": "n",
            "client": { "key_id": "x" },
            "steps": [
                { "call": "client", "as": "other", "registered": "ES384", "with": { "empty": 1 }, "without": ["key_id"] },
                { "call": "exchange", "as": "first", "options": { "code": "{{code}}", "scope": "{{key_id}}" } },
                { "call": "exchange", "on": "other", "registered": "ES256", "options": { "code": "{{code}}" },
                    "expect": { "error": { "name": "outcome_unknown" } } },
                { "call": "exchange", "on": "other", "options": {
                    "refresh_token": { "from": ["first", "token", "refresh_token"] }, "scope": "{{key_id}}" },
                    "expect": {
                        "token": { "sid": { "same_as": ["first", "token", "sid"] } },
                        "request": { "form": { "a": { "other_than": ["first", "request", "form", "a"] } } } } },
                { "call": "close" },
                { "call": "read", "on": "other", "expect": { "client": { "client_id": "{{client_id}}" } } },
            ],
        }],
    }));
    let steps = case["steps"].as_array().unwrap();
    let told: Vec<_> = steps.iter().map(|step| ["call", "on", "as"].map(|name| step[name].as_str())).collect();
    assert_eq!(
        told,
        [
            [Some("client"), None, Some("client")],
            [Some("client"), None, Some("other")],
            [Some("exchange"), Some("client"), Some("first")],
            [Some("exchange"), Some("other"), None],
            [Some("exchange"), Some("other"), Some("token")],
            [Some("close"), Some("client"), None],
            [Some("read"), Some("other"), None],
        ]
    );
    let fails: Vec<_> = steps.iter().map(|step| step["fails"].as_bool().unwrap()).collect();
    assert_eq!(fails, [false, false, false, true, false, false, false]);

    let [own, other] = [&steps[0]["options"], &steps[1]["options"]];
    assert_eq!(own["key_id"], "x");
    assert_eq!(own["token_endpoint"], endpoint.url("/with/echo=1/oauth/token"));
    assert_eq!(other["client_id"], "client-es384");
    assert_eq!(other["key_id"], Value::Null);
    assert_eq!(other["token_endpoint"], endpoint.url("/with/empty=1/oauth/token"));
    assert_ne!(own["private_key_file"], other["private_key_file"]);

    assert_eq!(steps[2]["options"]["code"], steps[3]["options"]["code"], "both are of the first client");
    assert_eq!(steps[2]["options"]["scope"], "key-es256");
    assert_eq!(steps[4]["options"], json!({ "scope": "key-es384" }));
    assert_eq!(steps[4]["from"], json!({ "refresh_token": ["first", "token", "refresh_token"] }));
    assert_eq!(
        steps[4]["checks"],
        json!([
            { "path": ["request", "form", "a"], "is": "other_than", "value": ["first", "request", "form", "a"] },
            { "path": ["token", "sid"], "is": "same_as", "value": ["first", "token", "sid"] },
        ])
    );
    assert_eq!(
        steps[6]["checks"],
        json!([{ "path": ["client", "client_id"], "is": "literal", "value": "client-es384" }])
    );
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
        (with("without", json!(["key_id"])), "without key_id, which the client does not have"),
        (with("client", json!({ "key_id": "{{nothing}}" })), "{{nothing}}: unknown"),
        (with("client", json!({ "key_id": "{{key upside_down}}" })), "unknown step upside_down"),
        (with("client", json!({ "key_id": "{{key" })), "a template that does not end"),
        (with("expect", json!({})), "nothing is expected"),
        (with("expect", json!({ "token": { "scope": "s" } })), "unknown member token"),
        (with("expect", json!({ "client": { "key_id": { "likely": true } } })), "unknown matcher"),
        (with("expect", json!({ "client": { "key_id": null } })), "null is not a literal"),
        (with("expect", json!({ "error": { "name": "out_of_luck" } })), "no error is named out_of_luck"),
        (
            with("expect", json!({ "error": { "name": "invalid_key", "http_status": 400 } })),
            "unknown member http_status",
        ),
        (vec![good.clone(), good.clone()], "two cases have the same name"),
    ];
    for (cases, complaint) in cases {
        assert_refused(&json!([{ "group": "g", "cases": cases }]), complaint);
    }
}

#[test]
fn steps_that_are_not_understood_end_the_endpoint() {
    let first = json!({ "call": "exchange", "as": "first", "options": { "grant_type": "client_credentials" } });
    let assertion = json!({ "call": "assertion" });
    let close = json!({ "call": "close" });
    let reading = |expect: Value| json!({ "call": "read", "on": "first", "expect": expect });
    let same_as = |path: Value| reading(json!({ "token": { "scope": { "same_as": path } } }));
    let from = |path: Value| json!({ "call": "exchange", "options": { "scope": { "from": path } } });
    let refused = json!({ "error": { "name": "internal" } });
    let cases = [
        (vec![], "nothing is expected"),
        (vec![first.clone()], "nothing is expected"),
        (vec![json!(1)], "step 1: a step is an object"),
        (vec![json!({ "as": "first" })], "step 1: call is missing"),
        (vec![json!({ "call": "sign" })], "step 1: unknown call sign"),
        (vec![first.clone(), json!({ "call": "exchange", "client": {} })], "step 2: unknown member client"),
        (vec![json!({ "call": "client", "options": {} })], "unknown member options"),
        (vec![json!({ "call": "client" })], "two objects are named client"),
        (vec![first.clone(), first.clone()], "two objects are named first"),
        (vec![json!({ "call": "exchange", "as": 1 })], "as is not text"),
        (vec![json!({ "call": "exchange", "as": "x", "expect": refused })], "as beside an error"),
        (vec![json!({ "call": "exchange", "expect": refused }), reading(json!({}))], "nothing is named first"),
        (vec![json!({ "call": "exchange", "on": "other" })], "nothing is named other"),
        (vec![json!({ "call": "exchange", "on": 1 })], "on is not text"),
        (
            vec![first.clone(), json!({ "call": "exchange", "on": "first" })],
            "exchange on first, which is of kind token",
        ),
        (vec![assertion.clone(), json!({ "call": "close", "on": "assertion" })], "close on assertion"),
        (vec![close.clone(), first.clone()], "client is closed"),
        (vec![json!({ "call": "close", "expect": { "client": {} } })], "unknown member expect"),
        (vec![first.clone(), json!({ "call": "read", "on": "first" })], "nothing is expected"),
        (vec![first.clone(), reading(json!({}))], "nothing is expected"),
        (vec![first.clone(), reading(json!({ "claims": { "iss": "c" } }))], "unknown member claims"),
        (vec![first.clone(), reading(refused.clone())], "read never fails"),
        (vec![first.clone(), same_as(json!(["second", "token", "scope"]))], "nothing is named second"),
        (vec![first.clone(), same_as(json!(["first", "claims", "scope"]))], "claims is not a part of a token"),
        (vec![first.clone(), same_as(json!(["first", "token"]))], "is not [OBJECT, PART, MEMBER]"),
        (vec![first.clone(), same_as(json!(["first", "token", 1]))], "is not [OBJECT, PART, MEMBER]"),
        (vec![first.clone(), same_as(json!(["first", "token", "a", "b"]))], "a member of token has no members"),
        (vec![first.clone(), same_as(json!("first"))], "unknown matcher"),
        (vec![from(json!(["first", "token", "scope"]))], "nothing is named first"),
        (vec![first.clone(), from(json!("first"))], "is not [OBJECT, PART, MEMBER]"),
        (
            vec![
                json!({ "call": "exchange", "options": { "scope": { "from": ["client", "client", "a"], "else": "b" } } }),
            ],
            "unknown member else",
        ),
        (
            vec![
                json!({ "call": "exchange", "options": { "claims": { "c": { "from": ["client", "client", "a"] } } } }),
            ],
            "neither text nor json",
        ),
    ];
    for (steps, complaint) in cases {
        assert_refused(&json!([{ "group": "g", "cases": [{ "name": "n", "steps": steps }] }]), complaint);
    }
    for beside in ["call", "options", "expect"] {
        let mut case = json!({ "name": "n", "steps": [reading(json!({}))] });
        case[beside] = json!({});
        assert_refused(&json!([{ "group": "g", "cases": [case] }]), &format!("{beside} beside steps"));
    }
    assert_refused(&json!([{ "group": "g", "cases": [{ "name": "n", "steps": {} }] }]), "steps is not a list");
}

#[track_caller]
fn assert_refused(groups: &Value, complaint: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.json");
    fs::write(&file, groups.to_string()).unwrap();
    let output = Command::new(program())
        .args(["--runner", "r", "--out", folder.path().to_str().unwrap(), "--cases", file.to_str().unwrap()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && output.stdout.is_empty() && said.contains(complaint), "{complaint}: {said}");
}
