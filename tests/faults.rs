//! Each way in which a server can misbehave, over HTTP and TLS. The caller is a C host with SIGPIPE at its default. After every
//! call the host itself checks that its signal mask is unchanged and that no SIGPIPE is pending.

mod common;

use common::endpoint::Endpoint;
use common::host::{Host, Outcome, Pairs, client, program};
use common::native::{need, run};
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};
use talkdesk_auth::ErrorCode;

/// A short timeout, for servers that never answer.
const TIMEOUT: &str = "0.3";
const TIMEOUT_MS: u64 = 300;
/// How much later a call may return on a busy machine.
const SLACK_MS: u64 = 2500;

fn parameters<'a>(pairs: &[(&'a str, &str)]) -> Pairs<'a> {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// A grant that may be repeated and one that may not.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Grant {
    Credentials,
    Code,
}

use Grant::{Code, Credentials};

impl Grant {
    fn parameters(self, endpoint: &Endpoint, number: usize, timeout: &str) -> Pairs<'static> {
        match self {
            Credentials => parameters(&[("grant_type", "client_credentials"), ("timeout", timeout)]),
            Code => parameters(&[
                ("grant_type", "authorization_code"),
                ("code", &format!("code-{number}")),
                ("redirect_uri", endpoint.text("redirect_uri")),
                ("timeout", timeout),
            ]),
        }
    }
}

/// The result of a call with a fault, and what the server sees of the call.
struct Row {
    fault: &'static str,
    code: ErrorCode,
    /// First for a grant that may be repeated, then for one that may not.
    retryable: (bool, bool),
    /// How many tokens the server grants for each attempt.
    granted: u64,
    lasts: bool,
}

const fn row(fault: &'static str, code: ErrorCode, retryable: (bool, bool), granted: u64) -> Row {
    Row { fault, code, retryable, granted, lasts: false }
}

const fn lasting(fault: &'static str, code: ErrorCode, retryable: (bool, bool), granted: u64) -> Row {
    Row { fault, code, retryable, granted, lasts: true }
}

const NEVER: (bool, bool) = (false, false);
const ALWAYS: (bool, bool) = (true, true);
const REPEATABLE: (bool, bool) = (true, false);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    row("close=before", ErrorCode::OutcomeUnknown, REPEATABLE, 0),
    row("close=after", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    row("reset=1", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    row("status_line=garbage", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    row("length=unknown,head=Content%20Length:%205", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    row("endless=headers", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    row("endless=interim", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    row("endless=chunk_extension", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    row("truncate=5", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    row("truncate=5,length=unknown", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    row("html=1,status=200,length=unknown", ErrorCode::InvalidResponse, NEVER, 0),
    row("error=invalid_grant", ErrorCode::OauthError, NEVER, 0),
    row("status=500", ErrorCode::OauthError, REPEATABLE, 0),
    row("status=503", ErrorCode::OauthError, REPEATABLE, 0),
    row("status=408", ErrorCode::OauthError, REPEATABLE, 0),
    row("empty=1,status=408", ErrorCode::InvalidResponse, REPEATABLE, 0),
    row("status=429,retry_after=0", ErrorCode::OauthError, ALWAYS, 0),
    row("status=429", ErrorCode::OauthError, ALWAYS, 0),
    row("html=1", ErrorCode::InvalidResponse, REPEATABLE, 0),
    row("html=1,status=504", ErrorCode::InvalidResponse, REPEATABLE, 0),
    row("html=1,status=501", ErrorCode::InvalidResponse, NEVER, 0),
    row("html=1,status=503", ErrorCode::InvalidResponse, REPEATABLE, 0),
    row("html=1,status=429", ErrorCode::InvalidResponse, ALWAYS, 0),
    row("empty=1", ErrorCode::InvalidResponse, NEVER, 0),
    row("body=hello", ErrorCode::InvalidResponse, NEVER, 0),
    row("body=%5B%5D", ErrorCode::InvalidResponse, NEVER, 0),
    row("redirect=%2Foauth%2Ftoken", ErrorCode::InvalidResponse, NEVER, 0),
    row("redirect=%2Foauth%2Ftoken,status=307", ErrorCode::InvalidResponse, NEVER, 0),
    row("omit=access_token", ErrorCode::InvalidResponse, NEVER, 1),
    row("set.access_token=7", ErrorCode::InvalidResponse, NEVER, 1),
    row("omit=access_token,set.error=%22no%22", ErrorCode::OauthError, NEVER, 1),
    row("huge=1048577", ErrorCode::InvalidResponse, NEVER, 1),
    lasting("drip_ms=50", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    lasting("drip_head_ms=50", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    lasting("endless=chunk_size", ErrorCode::OutcomeUnknown, REPEATABLE, 1),
    lasting("delay_ms=60000", ErrorCode::OutcomeUnknown, REPEATABLE, 0),
];

impl Row {
    fn check(&self, outcome: &Outcome, grant: Grant) {
        let what = format!("{} {grant:?}: {outcome:?}", self.fault);
        assert_eq!(outcome.code, self.code as i32, "{what}");
        let (repeatable, other) = self.retryable;
        assert_eq!(outcome.retryable, if grant == Credentials { repeatable } else { other }, "{what}");
        assert_eq!(outcome.threads, 1, "{what}");
        // The connection is kept only if the answer came whole and the grant may be repeated.
        let may_keep = grant == Credentials && self.code != ErrorCode::OutcomeUnknown;
        assert!(outcome.sockets <= u32::from(may_keep), "{what}");
        if self.lasts {
            assert!((TIMEOUT_MS..TIMEOUT_MS + SLACK_MS).contains(&outcome.milliseconds), "{what}");
        }
    }

    /// There is no second attempt after the deadline, and none after 429 if the server names no time.
    fn attempts(&self, grant: Grant) -> u64 {
        let (repeatable, other) = self.retryable;
        let may_be_sent_again = if grant == Credentials { repeatable } else { other };
        let names_no_time = self.fault.contains("status=429") && !self.fault.contains("retry_after");
        1 + u64::from(may_be_sent_again && !self.lasts && !names_no_time)
    }
}

#[test]
fn each_fault_has_its_code_and_its_number_of_requests() {
    let endpoint = Endpoint::start();
    let mut host = Host::start();
    let mut codes = 0;
    for (base, scheme) in [(endpoint.url(""), "http"), (endpoint.https_url(""), "https")] {
        for row in ROWS {
            for grant in [Code, Credentials] {
                endpoint.reset_seen();
                codes += 1;
                let timeout = if row.lasts { TIMEOUT } else { "20" };
                let url = format!("{base}/with/{}/oauth/token", row.fault);
                let outcome = host.call(&client(&endpoint, &url), &grant.parameters(&endpoint, codes, timeout));
                row.check(&outcome, grant);

                let seen = endpoint.seen();
                let what = format!("{scheme} {} {grant:?}: {seen}", row.fault);
                let attempts = row.attempts(grant);
                assert_eq!(seen["requests"], attempts, "{what}");
                assert_eq!(seen["connections"], attempts, "{what}");
                assert_eq!(seen["tokens"], attempts * row.granted, "{what}");
                assert_eq!(seen["codes_used"], if grant == Code { row.granted } else { 0 }, "{what}");
                // A second attempt with the same assertion would have been refused.
                assert_eq!(seen["by_error"]["invalid_client"], serde_json::Value::Null, "{what}");
                // Otherwise this client's sockets would be counted with those of the next one.
                assert_eq!(host.free_clients(), 0, "{what}");
            }
        }
    }
    host.end();
}

#[test]
fn an_error_has_the_fields_that_the_server_sent() {
    let endpoint = Endpoint::start();
    let mut host = Host::start();
    let mut call = |fault: &str| {
        let url = endpoint.url(&format!("/with/{fault}/oauth/token"));
        host.call(&client(&endpoint, &url), &Credentials.parameters(&endpoint, 0, "20"))
    };
    let limited = call("status=429,retry_after=70");
    assert_eq!(limited.get("http_status"), Some("429"));
    assert_eq!(limited.get("retry_after"), Some("70"));
    assert_eq!(limited.get("error"), Some("temporarily_unavailable"));
    let redirected = call("redirect=https%3A%2F%2Fother.example%2Fsecret-path");
    assert!(redirected.message.contains("https://other.example,"), "{redirected:?}");
    assert!(!redirected.text().contains("secret-path"), "{redirected:?}");
    let longest = call("huge=1048576");
    assert_eq!(longest.code, 0, "an answer of 1 MiB must be accepted");
    // An answer beyond 1 MiB is not read to its end.
    let endless = call("huge=100000000");
    assert_eq!(endless.code, ErrorCode::InvalidResponse as i32);
    assert!(endless.message.contains("1048576 bytes"), "{endless:?}");
    assert_eq!((longest.sockets, endless.sockets), (1, 0), "the connection must be closed: {endless:?}");
    host.end();
}

#[test]
fn an_error_before_the_request_says_that_nothing_was_sent() {
    let endpoint = Endpoint::start();
    let mut host = Host::start();
    let silent = endpoint.text("silent");
    let closing = endpoint.text("closing");
    let http_port = endpoint.text("http").trim_start_matches("http://");
    let refusing = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("it has an address")
    };
    let wrong_ca = {
        let mut options = client(&endpoint, &endpoint.https_url("/oauth/token"));
        options.pop();
        [options, vec![("ca_file", endpoint.text("other_ca_file").to_owned())]].concat()
    };
    let at = |url: String| client(&endpoint, &url);
    let expired = endpoint.text("expired_https").to_owned();
    let wrong_name = endpoint.text("wrong_name_https").to_owned();
    let of_authority = endpoint.text("authority_https").to_owned();
    #[rustfmt::skip]
    let cases = [
        (at(format!("https://{refusing}/oauth/token")), ErrorCode::ConnectionFailed, true, "refuses the connection"),
        (at(format!("http://{refusing}/oauth/token")), ErrorCode::ConnectionFailed, true, "refuses the connection"),
        (at(format!("https://{closing}/oauth/token")), ErrorCode::TlsFailed, true, "broke off"),
        (at(format!("https://{http_port}/oauth/token")), ErrorCode::TlsFailed, false, "does not speak TLS"),
        (at(format!("{expired}/oauth/token")), ErrorCode::TlsFailed, false, "expired"),
        (at(format!("{wrong_name}/oauth/token")), ErrorCode::TlsFailed, false, "another name"),
        (at(format!("{of_authority}/oauth/token")), ErrorCode::TlsFailed, false, "belongs to a certificate authority"),
        (wrong_ca, ErrorCode::TlsFailed, false, "ca_file"),
        (at(format!("https://{silent}/oauth/token")), ErrorCode::DeadlineExceeded, true, "timeout of 0.3 s"),
    ];
    for (options, code, retryable, says) in &cases {
        for grant in [Code, Credentials] {
            endpoint.reset_seen();
            let timeout = if *code == ErrorCode::DeadlineExceeded { TIMEOUT } else { "20" };
            let outcome = host.call(options, &grant.parameters(&endpoint, 1, timeout));
            let what = format!("{} {grant:?}: {outcome:?}", options[0].1);
            assert_eq!(outcome.code, *code as i32, "{what}");
            assert_eq!(outcome.retryable, *retryable, "{what}");
            assert!(outcome.message.contains(says) && outcome.message.contains("nothing was sent"), "{what}");
            assert_eq!((outcome.sockets, outcome.threads), (0, 1), "{what}");
            assert_eq!(endpoint.seen()["requests"], 0, "{what}");
            assert_eq!(endpoint.seen()["tls_handshakes"], 0, "{what}");
        }
    }
    assert_eq!(host.free_clients(), 0);
    host.end();
}

/// The clients live through all 1,000 failures.
#[test]
fn a_thousand_failures_leave_no_descriptor_open() {
    let endpoint = Endpoint::start();
    let mut host = Host::start();
    let quick: Vec<&Row> = ROWS.iter().filter(|row| !row.lasts && !row.fault.starts_with("huge")).collect();
    let mut failures = 0;
    while failures < 1000 {
        for row in &quick {
            for base in [endpoint.url(""), endpoint.https_url("")] {
                let url = format!("{base}/with/{}/oauth/token", row.fault);
                // A code that was used before fails too, though with another error.
                let outcome = host.call(&client(&endpoint, &url), &Code.parameters(&endpoint, failures, "20"));
                assert_ne!(outcome.code, 0);
                assert_eq!((outcome.sockets, outcome.threads), (0, 1), "{} {outcome:?}", row.fault);
                failures += 1;
            }
        }
    }
    assert_eq!(host.free_clients(), 0);
    host.end();
}

#[test]
fn threads_share_a_client_and_leave_nothing_open() {
    let endpoint = Endpoint::start();
    for url in [endpoint.url("/oauth/token"), endpoint.https_url("/oauth/token")] {
        endpoint.reset_seen();
        let options = client(&endpoint, &url);
        let mut command = Command::new(program("threads"));
        run(command.args(options.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()])));
        let seen = endpoint.seen();
        assert_eq!(seen["requests"], 2 * 8 * 125, "{seen}");
        assert_eq!(seen["tokens"], 4 * 125, "{seen}");
    }
}

/// The server closes an idle connection just before the next call, or long before. No grant may be lost by that.
#[test]
fn a_connection_that_the_server_closed_while_idle_costs_no_grant() {
    const ROUNDS: u64 = 100;
    let endpoint = Endpoint::start();
    let mut host = Host::start();
    for (half, base) in [endpoint.url(""), endpoint.https_url("")].iter().enumerate() {
        endpoint.reset_seen();
        let options = client(&endpoint, &format!("{base}/with/close=idle/oauth/token"));
        for round in 0..ROUNDS {
            let number = 1 + half * 1000 + usize::try_from(round).expect("a small number");
            for grant in [Credentials, Code] {
                let outcome = host.call(&options, &grant.parameters(&endpoint, number, "20"));
                assert_eq!(outcome.code, 0, "{base} {grant:?} in round {round}: {outcome:?}");
            }
            // In some rounds the close has arrived long before the next call; in the others it is still on its way.
            if round % 10 == 0 {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        let seen = endpoint.seen();
        assert_eq!(seen["codes_used"], ROUNDS, "{seen}");
        assert_eq!(seen["by_error"], serde_json::json!({}), "no code may be sent twice: {seen}");
    }
    assert_eq!(host.free_clients(), 0);
    host.end();
}

/// The library must assume that a grant of an unknown type can't be repeated.
#[test]
fn a_grant_of_another_type_is_sent_once() {
    let endpoint = Endpoint::start();
    let mut host = Host::start();
    let other =
        parameters(&[("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("param.device_code", "d")]);
    for fault in ["close=before", "close=after", "reset=1"] {
        endpoint.reset_seen();
        let url = endpoint.url(&format!("/with/{fault}/oauth/token"));
        let outcome = host.call(&client(&endpoint, &url), &other);
        assert_eq!(
            (outcome.code, outcome.retryable),
            (ErrorCode::OutcomeUnknown as i32, false),
            "{fault}: {outcome:?}"
        );
        assert!(outcome.message.contains("the grant may be spent"), "{fault}: {outcome:?}");
        assert_eq!(endpoint.seen()["requests"], 1, "{fault}");
    }
    host.end();
}

/// The second attempt has its own time to connect. If it sends nothing, the error still says that the first one was sent.
#[test]
fn a_second_attempt_has_its_own_time_and_does_not_hide_the_first() {
    let endpoint = Endpoint::start();
    let mut host = Host::start();
    // The first attempt ends after the connect timeout.
    let url = endpoint.https_url("/with/delay_ms=600,close=after/oauth/token");
    let mut impatient = client(&endpoint, &url);
    impatient.push(("connect_timeout", "0.5".into()));
    let outcome = host.call(&impatient, &Credentials.parameters(&endpoint, 0, "20"));
    assert_eq!((outcome.code, outcome.retryable), (ErrorCode::OutcomeUnknown as i32, true), "{outcome:?}");
    assert_eq!(endpoint.seen()["accepted"], 2);

    // This server accepts one connection, then it is gone.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/oauth/token", listener.local_addr().expect("it has an address"));
    let server = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().expect("the client connects");
        drop(listener);
        let _ = std::io::Read::read(&mut connection, &mut [0; 100]);
    });
    let outcome = host.call(&client(&endpoint, &url), &Credentials.parameters(&endpoint, 0, "20"));
    server.join().expect("the server ends");
    assert_eq!((outcome.code, outcome.retryable), (ErrorCode::OutcomeUnknown as i32, true), "{outcome:?}");
    assert!(outcome.message.contains("the request was sent"), "{outcome:?}");
    host.end();
}

/// The shorter of the two timeouts ends a call. Each is kept, and neither ends a call too soon.
#[test]
fn both_deadlines_are_kept() {
    let endpoint = Endpoint::start();
    let mut host = Host::start();
    let silent = endpoint.text("silent");
    let cases = [
        // connect_timeout and timeout of the client, timeout of the call; the limit that ends it.
        ([Some("0.3"), None, None], "connect_timeout of 0.3 s"),
        ([None, Some("0.3"), None], "timeout of 0.3 s"),
        ([None, None, Some("0.3")], "timeout of 0.3 s"),
        ([Some("0.3"), Some("30"), Some("20")], "connect_timeout of 0.3 s"),
        ([Some("20"), Some("0.3"), Some("20")], "client's timeout of 0.3 s"),
        ([Some("20"), Some("20"), Some("0.3")], "timeout of 0.3 s"),
    ];
    for ([connect_timeout, client_timeout, call_timeout], says) in cases {
        let given = |name, value: Option<&str>| value.map(|value| (name, value.to_owned()));
        let mut options = client(&endpoint, &format!("https://{silent}/oauth/token"));
        options.extend(given("connect_timeout", connect_timeout));
        options.extend(given("timeout", client_timeout));
        let mut call = parameters(&[("grant_type", "client_credentials")]);
        call.extend(given("timeout", call_timeout));
        let outcome = host.call(&options, &call);
        assert_eq!(outcome.code, ErrorCode::DeadlineExceeded as i32, "{says}: {outcome:?}");
        assert!(outcome.message.contains(&format!("the {says};")), "{says}: {outcome:?}");
        assert!((TIMEOUT_MS..TIMEOUT_MS + SLACK_MS).contains(&outcome.milliseconds), "{says}: {outcome:?}");
        assert_eq!(outcome.sockets, 0, "{says}: {outcome:?}");
    }
    // After the connection is made, only `timeout` counts.
    let url = endpoint.https_url("/with/delay_ms=500/oauth/token");
    let mut options = client(&endpoint, &url);
    options.push(("connect_timeout", "0.4".into()));
    assert_eq!(host.call(&options, &Code.parameters(&endpoint, 1, "20")).code, 0);
    assert_eq!(host.free_clients(), 0);

    // A call with a longer timeout than its client's leaves the kept connection for the next calls.
    endpoint.reset_seen();
    let options = client(&endpoint, &endpoint.https_url("/oauth/token"));
    for timeout in ["40", "20", "35", "40"] {
        assert_eq!(host.call(&options, &Credentials.parameters(&endpoint, 0, timeout)).code, 0);
    }
    assert_eq!(endpoint.seen()["connections"], 1);
    assert_eq!(host.free_clients(), 0);
    host.end();
}

/// A call without enough descriptors fails, and later calls succeed.
#[test]
fn a_lack_of_descriptors_passes() {
    let endpoint = Endpoint::start();
    let options = client(&endpoint, &endpoint.https_url("/oauth/token"));
    for further in 0..12 {
        let mut host = Host::start();
        let call = Code.parameters(&endpoint, 1 + further, "20");
        // This call makes the client, whose key and CA come from files.
        let failed = host.call(&options, &parameters(&[]));
        assert_eq!(failed.get("option"), Some("grant_type"));
        host.limit_descriptors(Some(u32::try_from(further).expect("a small number")));
        let scarce = host.call(&options, &call);
        let expected = [0, ErrorCode::ConnectionFailed as i32, ErrorCode::Internal as i32];
        assert!(expected.contains(&scarce.code), "with {further} descriptors: {scarce:?}");
        host.limit_descriptors(None);
        if scarce.code != 0 {
            let later = host.call(&options, &call);
            assert_eq!(later.code, 0, "after {further} descriptors: {scarce:?}, then {later:?}");
        }
        assert_eq!(host.free_clients(), 0, "{further}");
        host.end();
    }
}

/// The host's signal settings stay as they are, and frequent signals don't make a call longer.
#[test]
fn the_signal_settings_of_the_host_stay_unchanged() {
    let endpoint = Endpoint::start();
    let mut command = Command::new(program("signals"));
    let url = endpoint.https_url("/with/close=after/oauth/token");
    command.args(client(&endpoint, &url).iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()]));
    let start = Instant::now();
    run(command.env("SILENT", format!("https://{}/oauth/token", endpoint.text("silent"))));
    assert!(start.elapsed() < Duration::from_secs(20));
}

/// A thread that is cancelled during a call ends after the call, and its cleanup handler can free the call's result.
#[test]
fn a_cancelled_thread_finishes_its_call() {
    let endpoint = Endpoint::start();
    let mut command = Command::new(program("cancel"));
    let url = endpoint.https_url("/with/delay_ms=300/oauth/token");
    run(command.args(client(&endpoint, &url).iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()])));
    assert_eq!(endpoint.seen()["tokens"], 3);
}

/// Some daemons close every descriptor that they didn't open themselves. Their own files then have numbers that the library knew.
#[test]
fn a_host_that_closes_the_librarys_descriptors_keeps_its_own_and_calls_work_again() {
    let endpoint = Endpoint::start();
    let slow = endpoint.https_url("/with/delay_ms=5000/oauth/token");
    let silent = format!("https://{}/oauth/token", endpoint.text("silent"));
    let mut command = Command::new(program("closed"));
    command.args([slow, silent]);
    let options = client(&endpoint, &endpoint.https_url("/oauth/token"));
    let output = run(command.args(options.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()])));
    assert!(output.stderr.is_empty(), "{output:?}");
}

/// Otherwise a line of the host's log would go into a connection of the library.
#[test]
fn no_descriptor_of_the_library_is_standard_input_output_or_error() {
    let endpoint = Endpoint::start();
    let slow = endpoint.https_url("/with/delay_ms=300/oauth/token");
    for base in [endpoint.https_url("/oauth/token"), endpoint.url("/oauth/token")] {
        let options = client(&endpoint, &base);
        for closed in ["0", "1", "2", "01", "02", "12", "012"] {
            let mut command = Command::new(program("standard"));
            command.args([closed, &slow]);
            run(command.args(options.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()])));
        }
    }
}

/// At these moments, the thread-local state that the library's dependencies use is gone.
#[test]
fn an_exchange_works_at_the_end_of_a_process_and_of_a_thread() {
    let endpoint = Endpoint::start();
    let moments =
        ["atexit", "exit_in_a_thread", "quick_exit", "destructor", "fork", "thread_local", "main_thread_local", "key"];
    for algorithm in ["ES256", "PS256"] {
        let options = common::host::client_with(&endpoint, algorithm, &endpoint.https_url("/oauth/token"));
        for moment in moments {
            for used in ["0", "1", "2"] {
                let mut command = Command::new(program("ending"));
                command.args([moment, used]);
                command.args(options.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()]));
                let output = run(&mut command);
                let times = if moment == "fork" { 2 } else { 1 };
                assert_eq!(String::from_utf8_lossy(&output.stdout), "exchanged\n".repeat(times), "{moment} {used}");
            }
        }
    }
}

/// koffi, for example, runs calls on a stack of 128 kB.
#[test]
fn a_whole_exchange_fits_on_64_kb_of_stack() {
    let endpoint = Endpoint::start();
    let folder = tempfile::tempdir().expect("a folder");
    let encrypted = folder.path().join("encrypted.pem");
    need("openssl", "openssl");
    let mut openssl = Command::new("openssl");
    openssl.args(["pkcs8", "-topk8", "-scrypt", "-passout", "pass:word", "-in"]);
    run(openssl.arg(endpoint.client("PS256").private_key_pem_file).arg("-out").arg(&encrypted));
    let algorithms = ["ES256", "ES512", "EdDSA", "PS256"];
    for algorithm in algorithms {
        let url = endpoint.https_url("/oauth/token");
        let mut options = common::host::client_with(&endpoint, algorithm, &url);
        if algorithm == "PS256" {
            options.retain(|(name, _)| *name != "private_key_file");
            options.push(("private_key_file", common::host::path(&encrypted)));
            options.push(("private_key_passphrase", "word".into()));
        }
        let mut command = Command::new(program("stack"));
        run(command.args(options.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()])));
    }
    let seen = endpoint.seen();
    assert_eq!(seen["connections"], 2 * algorithms.len(), "the first two calls must share a connection: {seen}");
    assert_eq!(seen["requests"], 3 * algorithms.len(), "{seen}");
}
