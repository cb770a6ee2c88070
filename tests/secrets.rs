//! No message contains a secret. Every error path runs with known secrets, in wrong places too. Messages, fields, `Debug` output
//! and stderr are then searched for the secrets and for parts of them.

mod common;

use common::endpoint::Endpoint;
use common::host::{self, Host, Pairs, borrowed, path};
use common::proxy::{Manner, Proxy};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::collections::HashMap;
use std::fs;
use std::sync::LazyLock;
use talkdesk_auth::{Client, ERRORS, ErrorCode, Function, OPTIONS};

static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(Endpoint::start);

/// The length of the shortest part of a secret that is searched for.
const WINDOW: usize = 8;

const CODE: &str = "c0d3/qZ8+wLk2=vR5tXy";
const REFRESH_TOKEN: &str = "r7f~hT5xQ~2ndmK9pLw3";
const VERIFIER: &str = "v3r1f-hG6sDp0-oKj8aNm-bWq2zXcE4rTy7uIoP9lKjHg5f";
const PASSPHRASE: &str = "c0rrect-h0rse-Bq7";
const LOWERCASE_PASSPHRASE: &str = "privatepass";
const SHORT_PASSPHRASE: &str = "hunter2zq";
const NUMERIC: &str = "90210447";
const PARAMETER: &str = "p4r4m Zx9 é qKw7 vBn";
const CLIENT_SECRET: &str = "cl13nt-s3cr3t-hJ4kQ9";
const ACCESS_TOKEN: &str = "4cc3ss.tK7wPz.M2nBx";
const PROXY_ACCOUNT: &str = "pr0xy-us3r-Lm5:pr0xy-p4ss-Wz6";
const PROXY: &str = "http://pr0xy-us3r-Lm5:pr0xy-p4ss-Wz6@127.0.0.1:1";

/// A client that sends each request once, because a second one would fail alike.
fn client<'a>(endpoint: &Endpoint, url: &str) -> Pairs<'a> {
    let mut options = host::client(endpoint, url);
    options.retain(|(name, _)| *name != "max_retries");
    [options, vec![("max_retries", "0".to_owned())]].concat()
}

fn key() -> String {
    let file = ENDPOINT.client("ES256").private_key_file;
    fs::read_to_string(file).expect("it is text").trim().to_owned()
}

fn pem() -> String {
    fs::read_to_string(ENDPOINT.client("ES256").private_key_pem_file).expect("it is text")
}

/// Credentials as the vendor hands them out, with a valid key.
fn credentials() -> String {
    let entry = ENDPOINT.client("ES256");
    serde_json::json!({
        "id": entry.client_id,
        "secret": CLIENT_SECRET,
        "private_key": key(),
        "key_id": entry.key_id,
        "account_name": "acme",
    })
    .to_string()
}

fn secrets() -> Vec<String> {
    let fixed = [
        CODE,
        REFRESH_TOKEN,
        VERIFIER,
        PASSPHRASE,
        LOWERCASE_PASSPHRASE,
        SHORT_PASSPHRASE,
        NUMERIC,
        PARAMETER,
        CLIENT_SECRET,
        ACCESS_TOKEN,
        "pr0xy-us3r-Lm5",
        "pr0xy-p4ss-Wz6",
    ];
    fixed.into_iter().map(str::to_owned).chain([key()]).collect()
}

/// Searches for each part of each secret, ignoring case, both plain and percent-encoded.
struct Search {
    parts: Vec<String>,
    host: Host,
    clients: HashMap<String, Client>,
}

impl Search {
    fn new() -> Search {
        let spelled = secrets().into_iter().flat_map(|secret| {
            let encoded = utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string();
            [secret, encoded]
        });
        let parts = spelled.flat_map(|secret| {
            let letters: Vec<char> = secret.to_lowercase().chars().collect();
            letters.windows(WINDOW).map(|window| window.iter().collect()).collect::<Vec<String>>()
        });
        // The beginning of every JWT, and of every JSON object in base64url.
        Search { parts: parts.chain(["eyj".to_owned()]).collect(), host: Host::start(), clients: HashMap::new() }
    }

    #[track_caller]
    fn through(&self, text: &str) {
        let lower = text.to_lowercase();
        let decoded = percent_decode_str(&lower).decode_utf8_lossy();
        let found = self.parts.iter().find(|part| lower.contains(part.as_str()) || decoded.contains(part.as_str()));
        assert!(found.is_none(), "{found:?} is part of a secret and occurs in {text:?}");
    }

    fn is_part_of_a_secret(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        self.parts.iter().any(|part| lower.contains(part.as_str()))
    }

    /// Makes a client and the call, from Rust and from C. Returns the code, 0 for success.
    #[track_caller]
    fn exchange(&mut self, options: &Pairs<'_>, parameters: &Pairs<'_>) -> i32 {
        let kept = format!("{options:?}");
        if !self.clients.contains_key(&kept) {
            match self.make(options) {
                Ok(client) => self.clients.insert(kept.clone(), client),
                Err(error) => {
                    let outcome = self.host.call(options, parameters);
                    self.through(&outcome.text());
                    assert_eq!(outcome.code, error as i32, "{outcome:?}");
                    return outcome.code;
                }
            };
        }
        let client = &self.clients[&kept];
        let code = match client.exchange(borrowed(parameters)) {
            Ok(token) => {
                self.through(&format!("{token:?}"));
                0
            }
            Err(error) => {
                self.error(&error);
                error.code() as i32
            }
        };
        let signing = parameters.iter().filter(|(name, _)| name.starts_with("claim.") || *name == "audience");
        match client.assertion(signing.map(|(name, value)| (*name, value.as_str()))) {
            Ok(assertion) => self.through(&format!("{assertion:?}")),
            Err(error) => self.error(&error),
        }
        let outcome = self.host.call(options, parameters);
        if outcome.code != 0 {
            self.through(&outcome.text());
        }
        code
    }

    #[track_caller]
    fn make(&self, options: &Pairs<'_>) -> Result<Client, ErrorCode> {
        match Client::new(borrowed(options)) {
            Ok(client) => {
                // A short value that was accepted as an identifier is shown as one, even if it looks like a secret.
                let shows = ["client_id", "key_id", "account"];
                let misplaced = options
                    .iter()
                    .any(|(name, value)| shows.contains(name) && value.len() <= 64 && self.is_part_of_a_secret(value));
                if !misplaced && !options.iter().any(|(_, value)| value.contains("/with/")) {
                    self.through(&format!("{client:?}"));
                }
                Ok(client)
            }
            Err(error) => {
                self.error(&error);
                Err(error.code())
            }
        }
    }

    #[track_caller]
    fn error(&self, error: &talkdesk_auth::Error) {
        let fields: Vec<_> = error.code().spec().fields.iter().map(|field| error.get(field.name)).collect();
        self.through(&format!("{error} {error:?} {error:#?} {fields:?} {}", error.message()));
    }
}

/// The index of this grant in `grants`.
const CLIENT_CREDENTIALS: usize = 2;

fn grants<'a>() -> Vec<Pairs<'a>> {
    // A server can repeat only secrets that it was sent, so these are sent.
    let sent = [
        ("param.1", CODE),
        ("param.2", REFRESH_TOKEN),
        ("param.3", VERIFIER),
        ("param.4", PARAMETER),
        ("param.5", SHORT_PASSPHRASE),
    ];
    let further = [sent.as_slice(), &[("timeout", "20")]].concat();
    let further: Pairs<'_> = further.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
    let grants: [Pairs<'_>; 4] = [
        vec![
            ("grant_type", "authorization_code".into()),
            ("code", CODE.into()),
            ("code_verifier", VERIFIER.into()),
            ("redirect_uri", "https://app.example/callback".into()),
        ],
        vec![("grant_type", "refresh_token".into()), ("refresh_token", REFRESH_TOKEN.into())],
        vec![("grant_type", "client_credentials".into())],
        // A code in the wrong place.
        vec![("grant_type", CODE.into())],
    ];
    grants.into_iter().map(|grant| [grant, further.clone()].concat()).collect()
}

#[test]
fn no_server_can_put_a_secret_into_a_message() {
    let mut search = Search::new();
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let all = secrets()[..8].join(" ");
    let in_a_form = encoded(&[CODE, REFRESH_TOKEN, VERIFIER, PARAMETER].map(encoded).join(" "));
    let json = |text: &str| encoded(&serde_json::json!(text).to_string());
    let sent = [CODE, REFRESH_TOKEN, VERIFIER, PARAMETER].join(" ");
    // In a server's text the library can recognise only the secrets that it sent, and values whose names sound like secrets.
    // Each fault stands with the code of a client_credentials call, which shows that the fault took effect: without the fault this
    // call would succeed, while the endpoint refuses the other grants.
    let faults = [
        (8, "leak=1".to_owned()),
        (8, format!("error_description={}", encoded(&sent))),
        (8, format!("error_description={in_a_form}")),
        (8, format!("error_description={}", encoded(&sent.to_uppercase()))),
        (8, format!("error_description={}", encoded(&format!("for {}", SHORT_PASSPHRASE.replace('u', "%75"))))),
        (8, format!("error={}", encoded(&sent))),
        (8, format!("set.error_uri={},status=400", json(&format!("https://x.example/?code={CODE}&r={REFRESH_TOKEN}")))),
        (8, format!("omit=access_token,set.error={},set.error_description={}", json("no"), json(&sent))),
        (9, format!("redirect={}", encoded(&format!("https://{VERIFIER}.example/{REFRESH_TOKEN}")))),
        (9, format!("redirect={}", encoded(&format!("https://user:{REFRESH_TOKEN}@x.example/?{CODE}#{CODE}")))),
        (9, format!("type={},body=x", encoded(&format!("text/{REFRESH_TOKEN}; code={CODE}; v={VERIFIER}")))),
        (9, format!("body={}", encoded(&all))),
        (9, format!("body={},status=500", encoded(&format!("<html>{all}</html>")))),
        (9, format!("body={},status=500", encoded(&format!("<html><title>{sent}</title>{all}</html>")))),
        (9, format!("body={},status=400", encoded(&sent))),
        (9, format!("body={},status=400", encoded(&sent.replace(' ', "\n")))),
        (9, format!("body={},status=400", encoded(&("x".repeat(280) + &sent)))),
        (
            9,
            format!(
                "body={},status=400",
                encoded(&serde_json::json!({"message": sent, CODE: [REFRESH_TOKEN]}).to_string())
            ),
        ),
        (
            9,
            format!(
                "body={},status=400",
                encoded(&serde_json::json!({"access_token": ACCESS_TOKEN, "debug": {"password": all}}).to_string())
            ),
        ),
        (
            9,
            format!(
                "body={},status=400",
                encoded(&format!("password={PASSPHRASE}; Authorization: Bearer {ACCESS_TOKEN}"))
            ),
        ),
        (8, format!("body={},status=400", encoded(&serde_json::json!({"error": "no", "message": sent}).to_string()))),
        (
            9,
            format!(
                "empty=1,status=401,head={}",
                encoded(&format!("WWW-Authenticate: Bearer realm=\"{CODE} {REFRESH_TOKEN}\""))
            ),
        ),
        (9, format!("status=400,body=x,head={}", encoded(&format!("Content-Encoding: {REFRESH_TOKEN}")))),
        (7, format!("head={}", encoded(&format!("Content-Length {CODE}: {ACCESS_TOKEN}")))),
        (0, format!("set.access_token={},set.error={}", json(ACCESS_TOKEN), json("no"))),
        (0, format!("set.access_token={},set.expires_in={}", json(ACCESS_TOKEN), json(ACCESS_TOKEN))),
        (0, format!("set.access_token={},set.token_type=7", json(ACCESS_TOKEN))),
        (0, format!("set.access_token={},set.refresh_token=7", json(ACCESS_TOKEN))),
        (0, format!("set.access_token={},charset=latin1", json(ACCESS_TOKEN))),
        (7, format!("set.access_token={},truncate=80", json(ACCESS_TOKEN))),
        (9, format!("set.access_token={},huge=1048577", json(ACCESS_TOKEN))),
        (9, format!("set.access_token={}", json(&format!("{ACCESS_TOKEN}\0")))),
        (0, format!("set.access_token={}", json(ACCESS_TOKEN))),
        (0, format!("set.{}=1", encoded(ACCESS_TOKEN))),
        (8, format!("retry_after={},status=429", encoded(REFRESH_TOKEN))),
        (7, "status_line=garbage".to_owned()),
        (7, "close=after".to_owned()),
        (7, "reset=1".to_owned()),
    ];
    for (code, fault) in &faults {
        // The endpoint may close an idle connection as it is used again, so one retry is allowed.
        let options = host::client(&ENDPOINT, &ENDPOINT.url(&format!("/with/{fault}/oauth/token")));
        let codes: Vec<i32> = grants().iter().map(|grant| search.exchange(&options, grant)).collect();
        assert_eq!(codes[CLIENT_CREDENTIALS], *code, "{fault}: {codes:?}");
    }
    search.host.end();
}

#[test]
fn no_failure_puts_a_secret_into_a_message() {
    let mut search = Search::new();
    let silent = format!("https://{}/oauth/token", ENDPOINT.text("silent"));
    let https = ENDPOINT.https_url("/oauth/token");
    let mut distrusting = client(&ENDPOINT, &https);
    distrusting.retain(|(name, _)| *name != "ca_file");
    let by = |proxy: String, url: &str| [client(&ENDPOINT, url), vec![("proxy", proxy)]].concat();
    let proxied = |url: &str| by(PROXY.to_owned(), url);
    let through_to = |url: &str, account: &str, manner| {
        let proxy = Proxy::start(Some(account), manner);
        by(format!("http://{PROXY_ACCOUNT}@{}", proxy.address()), url)
    };
    let through = |account: &str, manner| through_to("https://name.invalid/oauth/token", account, manner);
    let plain = |account, manner| {
        [through_to("http://name.invalid/oauth/token", account, manner), vec![("allow_http", "true".into())]].concat()
    };
    let cases = [
        client(&ENDPOINT, "https://127.0.0.1:1/oauth/token"),
        client(&ENDPOINT, &silent),
        client(&ENDPOINT, &format!("https://{}/oauth/token", ENDPOINT.text("closing"))),
        client(&ENDPOINT, &format!("{}/oauth/token", ENDPOINT.text("expired_https"))),
        client(&ENDPOINT, &format!("{}/oauth/token", ENDPOINT.text("wrong_name_https"))),
        distrusting,
        proxied("https://name.invalid/oauth/token"),
        [proxied("http://name.invalid/oauth/token"), vec![("allow_http", "true".into())]].concat(),
        plain(PROXY_ACCOUNT, Manner::Tell),
        plain(PROXY_ACCOUNT, Manner::Refuse),
        plain("another:account", Manner::Connect),
        through("another:account", Manner::Connect),
        through(PROXY_ACCOUNT, Manner::Refuse),
        through(PROXY_ACCOUNT, Manner::Silent),
        through(PROXY_ACCOUNT, Manner::Close),
        through(PROXY_ACCOUNT, Manner::Answer("HTTP/1.1 403 pr0xy-us3r-Lm5:pr0xy-p4ss-Wz6\r\n")),
        through(PROXY_ACCOUNT, Manner::Answer("HTTP/1.1 407 pr0xy-p4ss-Wz6\r\nproxy-authenticate: pr0xy-us3r-Lm5\r\n")),
        plain(PROXY_ACCOUNT, Manner::Answer("HTTP/1.1 403 pr0xy-p4ss-Wz6\r\ncontent-length: 0\r\n")),
        plain(
            PROXY_ACCOUNT,
            Manner::Answer("HTTP/1.1 407 x\r\ncontent-length: 0\r\nproxy-authenticate: pr0xy-us3r-Lm5\r\n"),
        ),
    ];
    for options in &cases {
        for grant in grants() {
            let grant = grant.into_iter().filter(|(name, _)| *name != "timeout");
            let grant: Pairs<'_> = grant.chain([("timeout", "0.2".to_owned())]).collect();
            assert_ne!(search.exchange(options, &grant), 0, "{}", options[0].1);
        }
    }
    search.host.end();
}

/// There is at least one way to each code, from C. A code that has none yet fails here.
#[test]
fn no_error_code_was_left_out() {
    let mut search = Search::new();
    let at = |path: &str| client(&ENDPOINT, &ENDPOINT.https_url(path));
    let without =
        |name: &str| at("/oauth/token").into_iter().filter(|(known, _)| *known != name).collect::<Pairs<'_>>();
    for spec in ERRORS {
        let mut further: Pairs<'_> = vec![];
        let options = match spec.code {
            ErrorCode::InvalidArgument => at("/oauth/token"),
            ErrorCode::InvalidOption => [at("/oauth/token"), vec![("client_secret", CLIENT_SECRET.into())]].concat(),
            ErrorCode::InvalidKey => [without("algorithm"), vec![("algorithm", "ES384".into())]].concat(),
            ErrorCode::ConnectionFailed => client(&ENDPOINT, "https://127.0.0.1:1/oauth/token"),
            ErrorCode::TlsFailed => without("ca_file"),
            ErrorCode::DeadlineExceeded => {
                further.push(("timeout", "0.2".into()));
                client(&ENDPOINT, &format!("https://{}/oauth/token", ENDPOINT.text("silent")))
            }
            ErrorCode::OutcomeUnknown => at("/with/close=after/oauth/token"),
            ErrorCode::OauthError => at("/with/leak=1/oauth/token"),
            ErrorCode::InvalidResponse => at("/with/body=x/oauth/token"),
            ErrorCode::Internal => at("/oauth/token"),
            ErrorCode::Cancelled => client(&ENDPOINT, &format!("https://{}/oauth/token", ENDPOINT.text("silent"))),
            _ => panic!("no call in this test fails with {}", spec.name),
        };
        // For each way: the number of the argument that is NULL, or 0; and how many descriptors a call may open, if limited.
        let ways: &[(u32, Option<u32>)] = match spec.code {
            ErrorCode::InvalidArgument => &[(1, None), (3, None)],
            ErrorCode::Internal => &[(0, Some(0)), (0, Some(1)), (0, Some(2))],
            _ => &[(0, None)],
        };
        search.host.cancel_calls(spec.code == ErrorCode::Cancelled);
        for (null, descriptors) in ways {
            search.host.give_null(*null);
            search.host.limit_descriptors(*descriptors);
            // All grants except the one with the code in the wrong place.
            for grant in &grants()[..3] {
                if spec.code == ErrorCode::Internal {
                    // With the last client the network goes, for which the next call needs descriptors.
                    search.host.free_clients();
                }
                let grant = grant.iter().filter(|(name, _)| !further.iter().any(|(other, _)| other == name)).cloned();
                let outcome = search.host.call(&options, &grant.chain(further.clone()).collect());
                search.through(&outcome.text());
                assert_eq!(outcome.code, spec.code as i32, "{}, {null}, {descriptors:?}: {outcome:?}", spec.name);
            }
        }
        search.host.give_null(0);
        search.host.limit_descriptors(None);
    }
    search.host.end();
}

/// Each secret as the value of each option and parameter, and as a name.
#[test]
fn a_secret_in_the_wrong_place_is_not_shown() {
    let mut search = Search::new();
    let mut misplaced = secrets();
    misplaced.extend([pem(), pem().replace('\n', "\\n"), credentials(), PROXY.to_owned(), format!("{} ", key())]);
    let good = client(&ENDPOINT, "https://127.0.0.1:1/oauth/token");
    for secret in &misplaced {
        for spec in OPTIONS.iter().filter(|spec| spec.taken_by.contains(&Function::ClientNew)) {
            let mut options = good.clone();
            options.retain(|(name, _)| *name != spec.name);
            options.push((spec.name, secret.clone()));
            // `no_proxy` is read only if there is a proxy to use.
            if spec.name.ends_with("proxy") {
                options.retain(|(name, _)| *name != "token_endpoint");
                options.push(("token_endpoint", "https://name.invalid/oauth/token".into()));
            }
            if spec.name == "no_proxy" {
                options.push(("proxy", PROXY.to_owned()));
            }
            if spec.name == "region" || spec.name == "account" {
                options.retain(|(name, _)| *name != "token_endpoint");
                options.push(if spec.name == "region" { ("account", "acme".into()) } else { ("region", "us".into()) });
            }
            if spec.name.starts_with("private_key") || spec.name.starts_with("credentials") {
                options.retain(|(name, _)| *name == spec.name || *name != "private_key_file");
            }
            let made = search.make(&options).map(drop);
            // If the value was accepted, there is no message. A host name is not secret.
            if let Err(code) = made {
                assert_eq!(search.exchange(&options, &vec![]), code as i32);
            }
        }
        let in_family = |family: &str| format!("{family}.{secret}");
        let (param, claim, json) = (in_family("param"), in_family("claim"), in_family("claim_json"));
        for name in [secret.as_str(), &param, &claim, &json, &secret.to_lowercase()] {
            let named = vec![(name, "value".to_owned())];
            let twice = [named.clone(), named.clone()].concat();
            let in_both = vec![(claim.as_str(), "value".to_owned()), (json.as_str(), "7".to_owned())];
            for wrong in [&named, &twice, &in_both] {
                search.exchange(&[good.clone(), wrong.clone()].concat(), &vec![]);
                search.exchange(&good, wrong);
                search.exchange(&good, &[vec![("grant_type", "client_credentials".into())], wrong.clone()].concat());
            }
        }
        for spec in OPTIONS.iter().filter(|spec| spec.taken_by.contains(&Function::TokenExchange)) {
            let name = spec.name.replace("NAME", "further");
            for grant_type in ["authorization_code", "refresh_token", "client_credentials", "urn:example:other"] {
                let mut parameters = vec![(name.as_str(), secret.clone())];
                if spec.name != "grant_type" {
                    parameters.push(("grant_type", grant_type.into()));
                }
                search.exchange(&good, &parameters);
            }
        }
    }
    search.host.end();
}

#[test]
fn a_key_or_credentials_that_cannot_be_read_are_not_shown() {
    let mut search = Search::new();
    let key = key();
    let half = &key[..key.len() / 2];
    let encrypted = encrypted_pem();
    let jwk = format!(r#"{{"kty":"EC","crv":"P-256","d":"{half}","x":"{CLIENT_SECRET}","y":"{CODE}"}}"#);
    let keys = [
        half.to_owned(),
        format!("{key}{key}"),
        key.replace('A', "!"),
        format!("-----BEGIN PRIVATE KEY-----\n{half}\n-----END PRIVATE KEY-----\n"),
        format!("-----BEGIN PRIVATE KEY-----\n{key}"),
        format!("-----BEGIN {CLIENT_SECRET}-----\n{key}\n-----END {CLIENT_SECRET}-----"),
        format!("{}{}", pem(), pem()),
        pem().replace("PRIVATE", "PUBLIC"),
        encrypted.clone(),
        jwk.clone(),
        jwk.replace("EC", CLIENT_SECRET),
        jwk.replace("P-256", CLIENT_SECRET),
        jwk[..jwk.len() - 10].to_owned(),
        CLIENT_SECRET.to_owned(),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    // A new file each time, because the host keeps the clients that it made.
    let mut files = 0;
    let mut file_of = |content: &str| {
        files += 1;
        let file = folder.path().join(files.to_string());
        fs::write(&file, content).expect("the file is written");
        path(&file)
    };
    let base: Pairs<'_> = vec![
        ("token_endpoint", "https://127.0.0.1:1/oauth/token".into()),
        ("client_id", "client".into()),
        ("key_id", "key".into()),
    ];
    let with = |further: Pairs<'static>| [base.clone(), further].concat();
    for bad in &keys {
        let document = serde_json::json!({"id": "client", "private_key": bad, "secret": CLIENT_SECRET}).to_string();
        for option in [("private_key", bad.clone()), ("private_key_file", file_of(bad)), ("credentials", document)] {
            for passphrase in [None, Some(PASSPHRASE), Some(LOWERCASE_PASSPHRASE)] {
                let further = passphrase.map(|passphrase| ("private_key_passphrase", passphrase.to_owned()));
                let options = with([option.clone()].into_iter().chain(further).collect());
                assert_ne!(search.exchange(&options, &vec![]), 0, "{option:?}");
            }
        }
    }
    for algorithm in ["ES384", "RS256", "EdDSA"] {
        let options = with(vec![("private_key", key.clone()), ("algorithm", algorithm.into())]);
        assert_eq!(search.exchange(&options, &vec![]), ErrorCode::InvalidKey as i32, "{algorithm}");
    }

    let good = credentials();
    let documents = [
        good[..good.len() - 3].to_owned(),
        good.replace(':', "="),
        format!("[{good},{good}]"),
        format!("[\"{CLIENT_SECRET}\"]"),
        format!("\"{CLIENT_SECRET}\""),
        good.replace("\"id\"", "\"other\"").replace("\"private_key\"", "\"another\""),
        good.replace("\"acme\"", "7").replace("\"key_id\"", "\"data\""),
        good.replace("\"account_name\"", "\"key_algorithm\"").replace("acme", CLIENT_SECRET),
        good.replace("acme", "not an account, but secret"),
        good.replace("\"secret\"", "\"key_algorithm\""),
        good.replace(&format!("\"{CLIENT_SECRET}\""), "{").to_owned(),
    ];
    let bare: Pairs<'_> = vec![("region", "us".into())];
    for bad in &documents {
        for option in [("credentials", bad.clone()), ("credentials_file", file_of(bad))] {
            search.exchange(&[bare.clone(), vec![option.clone()]].concat(), &vec![]);
            search.exchange(&with(vec![option]), &vec![]);
        }
    }
    search.host.end();
}

/// The key, encrypted with a passphrase that no test tries.
fn encrypted_pem() -> String {
    let found = std::process::Command::new("openssl").arg("version").output().is_ok();
    assert!(found, "openssl is missing; install it: apt-get install openssl");
    let output = common::native::run(
        std::process::Command::new("openssl")
            .args(["pkcs8", "-topk8", "-passout", "pass:another one", "-in"])
            .arg(ENDPOINT.client("ES256").private_key_pem_file),
    );
    String::from_utf8(output.stdout).expect("PEM is text")
}
