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
