//! The library sends a request again by the table of src/protocol/repetition.rs, and never otherwise. The endpoint counts.

mod common;

use common::endpoint::Endpoint;
use common::host::{self, Pairs, borrowed};
use common::proxy::{Manner, Proxy};
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;
use talkdesk_auth::{Call, Client, Error, ErrorCode, Token};

/// A client whose first requests, or all, meet these faults.
fn client(endpoint: &Endpoint, faults: &str, further: &[(&'static str, &str)]) -> Client {
    client_for(endpoint, &endpoint.https_url(&format!("/with/{faults}/oauth/token")), further)
}

fn client_for(endpoint: &Endpoint, url: &str, further: &[(&'static str, &str)]) -> Client {
    let mut options = host::client(endpoint, url);
    options.retain(|(name, _)| *name != "max_retries" && further.iter().all(|(further, _)| further != name));
    options.extend(further.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Client::new(borrowed(&options)).expect("the options are right")
}

fn credentials() -> Pairs<'static> {
    vec![("grant_type", "client_credentials".into())]
}

fn code(endpoint: &Endpoint, number: usize) -> Pairs<'static> {
    let redirect_uri = endpoint.text("redirect_uri").to_owned();
    vec![
        ("grant_type", "authorization_code".into()),
        ("code", format!("code-{number}")),
        ("redirect_uri", redirect_uri),
    ]
}

fn exchange(client: &Client, parameters: &Pairs<'_>) -> Result<Token, Error> {
    client.exchange(borrowed(parameters))
}

fn outcome(call: Call) -> Result<Token, Error> {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("the call has ended"),
    }
}

fn requests(endpoint: &Endpoint) -> u64 {
    endpoint.seen()["requests"].as_u64().expect("a number")
}

/// What the first two requests meet, and whether the library goes on: with client_credentials, and with a code.
const ANSWERS: &[(&str, bool, bool)] = &[
    ("status=429,retry_after=0", true, true),
    ("html=1,status=429,retry_after=0", true, true),
    ("status=429", false, false),
    ("status=408", true, false),
    ("status=500", true, false),
    ("status=502", true, false),
    ("status=503", true, false),
    ("status=503,retry_after=0", true, false),
    ("html=1,status=504", true, false),
    ("close=before", true, false),
    ("close=after", true, false),
    ("reset=1", true, false),
    ("truncate=5", true, false),
    ("error=invalid_grant", false, false),
    ("error=invalid_client,status=401", false, false),
    ("status=501", false, false),
    ("empty=1,status=403", false, false),
    ("html=1,status=200", false, false),
];

#[test]
fn each_answer_is_followed_by_as_many_requests_as_the_table_says() {
    let endpoint = Endpoint::start();
    let mut codes = 0;
    for (fault, repeats_credentials, repeats_code) in ANSWERS {
        for is_code in [false, true] {
            endpoint.reset_seen();
            codes += 1;
            let client = client(&endpoint, &format!("first=2,{fault}"), &[]);
            let parameters = if is_code { code(&endpoint, codes) } else { credentials() };
            let outcome = exchange(&client, &parameters);
            let what = format!("{fault} {parameters:?}: {outcome:?}");
            let repeats = if is_code { *repeats_code } else { *repeats_credentials };
            assert_eq!(outcome.is_ok(), repeats, "{what}");
            let seen = endpoint.seen();
            assert_eq!(seen["requests"], if repeats { 3 } else { 1 }, "{what}");
            // Each request has a new assertion, or the endpoint would refuse it.
            let refused = seen["by_error"]["invalid_client"].as_u64().unwrap_or_default();
            assert_eq!(refused, u64::from(fault.contains("invalid_client")), "{what}");
        }
    }
}

#[test]
fn max_retries_is_a_limit_and_zero_turns_repetition_off() {
    let endpoint = Endpoint::start();
    for (max_retries, expected) in [(None, 3), (Some("0"), 1), (Some("1"), 2), (Some("3"), 4)] {
        endpoint.reset_seen();
        let further: Vec<_> = max_retries.iter().map(|value| ("max_retries", *value)).collect();
        let error = exchange(&client(&endpoint, "status=503", &further), &credentials()).expect_err("it fails");
        assert_eq!((error.get("http_status"), error.is_retryable()), (Some("503"), true));
        assert_eq!(requests(&endpoint), expected, "max_retries {max_retries:?}");
    }
}

#[test]
fn a_pause_that_would_end_after_the_deadline_is_not_begun() {
    let endpoint = Endpoint::start();
    for fault in ["status=429,retry_after=3600", "status=503,retry_after=3600", "status=429,retry_after=date+3700"] {
        endpoint.reset_seen();
        let client = client(&endpoint, fault, &[("timeout", "3600")]);
        let error = exchange(&client, &credentials()).expect_err("it fails at once");
        let told: u64 = error.get("retry_after").expect("the server asks for it").parse().expect("a number");
        assert!(told >= 3600);
        assert_eq!(requests(&endpoint), 1, "{fault}");
    }
}

#[test]
fn a_call_that_is_cancelled_while_it_waits_has_spent_nothing() {
    let endpoint = Endpoint::start();
    let client = client(&endpoint, "status=429,retry_after=3000", &[("timeout", "3600")]);
    let cancelled_after = |number: usize, moment: Duration| {
        endpoint.reset_seen();
        let call = client.start(borrowed(&code(&endpoint, number))).expect("it starts");
        while endpoint.seen()["by_error"]["temporarily_unavailable"] != 1 {
            thread::yield_now();
        }
        thread::sleep(moment);
        call.cancel();
        let error = outcome(call).expect_err("it is cancelled");
        assert_eq!(requests(&endpoint), 1);
        error
    };
    // While the answer is on its way, the outcome is unknown. So a slow machine may need a longer moment.
    let moments = (0..8).map(|doubled| Duration::from_millis(50 << doubled));
    let errors = moments.enumerate().map(|(number, moment)| cancelled_after(number + 1, moment));
    let error = { errors }.find(|error| error.code() != ErrorCode::OutcomeUnknown).expect("the call waits");
    assert_eq!((error.code(), error.is_retryable()), (ErrorCode::Cancelled, true));
}

#[test]
fn a_corrected_clock_stays_corrected_in_later_requests() {
    let endpoint = Endpoint::start();
    let error = exchange(&client(&endpoint, "clock=600,status=503", &[]), &credentials()).expect_err("it fails");
    assert_eq!(error.get("http_status"), Some("503"));
    let seen = endpoint.seen();
    assert_eq!((seen["requests"].as_u64(), seen["by_error"]["invalid_client"].as_u64()), (Some(4), Some(1)), "{seen}");
}

#[test]
fn a_connection_that_is_not_made_is_tried_again_with_every_grant() {
    let endpoint = Endpoint::start();
    for (number, parameters) in [credentials(), code(&endpoint, 7)].into_iter().enumerate() {
        // The handshake breaks off.
        endpoint.reset_seen();
        let door = Door::start(endpoint.text("https").trim_start_matches("https://"), 2);
        exchange(&client_for(&endpoint, &door.url(), &[]), &parameters).expect("the third connection is served");
        assert_eq!((door.connections(), requests(&endpoint)), (3, 1), "{number}");
    }
    for (head, expected) in [("HTTP/1.1 503 Busy\r\n\r\n", 3), ("HTTP/1.1 403 No\r\n\r\n", 1)] {
        for parameters in [credentials(), code(&endpoint, 8)] {
            let proxy = Proxy::start(None, Manner::Answer(head));
            let options = [("proxy", &*format!("http://{}", proxy.address()))];
            let client = client_for(&endpoint, "https://t.example/oauth/token", &options);
            let error = exchange(&client, &parameters).expect_err("no connection");
            assert_eq!(error.code(), ErrorCode::ConnectionFailed);
            assert_eq!(proxy.take_passed().len(), expected, "{head}");
        }
    }
}

#[test]
fn a_server_that_refuses_connections_for_a_moment_is_found() {
    let endpoint = Endpoint::start();
    let reserved = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 9), 0)).expect("a free port");
    let address = reserved.local_addr().expect("it has an address");
    drop(reserved);
    let options = [("max_retries", "10"), ("timeout", "120"), ("allow_http", "true")];
    let client = client_for(&endpoint, &format!("http://{address}/oauth/token"), &options);
    let call = client.start(borrowed(&code(&endpoint, 1))).expect("it starts");
    assert!(!call.wait_for(Duration::from_millis(300)), "it has not failed");
    let _door = Door::at(address, endpoint.text("http").trim_start_matches("http://"), 0);
    assert!(call.wait_for(Duration::from_secs(120)));
    outcome(call).expect("a token");
    assert_eq!(requests(&endpoint), 1);
}

#[test]
fn a_refused_certificate_is_not_tried_again() {
    let endpoint = Endpoint::start();
    let door = Door::start(endpoint.text("https").trim_start_matches("https://"), 0);
    let mut options = host::client(&endpoint, &door.url());
    options.retain(|(name, _)| *name != "ca_file");
    let client = Client::new(borrowed(&options)).expect("the options are right");
    let error = exchange(&client, &credentials()).expect_err("it is refused");
    assert_eq!((error.code(), door.connections()), (ErrorCode::TlsFailed, 1));
}

/// A way to the endpoint that closes the first connections and forwards the others. It runs until the process ends.
struct Door {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Door {
    fn start(to: &str, closes: usize) -> Door {
        Door::at((Ipv4Addr::LOCALHOST, 0).into(), to, closes)
    }

    fn at(address: SocketAddr, to: &str, closes: usize) -> Door {
        let listener = TcpListener::bind(address).expect("a free port");
        let door = Door { address: listener.local_addr().expect("it has an address"), connections: Arc::default() };
        let (to, connections) = (to.to_owned(), door.connections.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if connections.fetch_add(1, Ordering::SeqCst) >= closes {
                    let _ = forward(stream, &to);
                }
            }
        });
        door
    }

    fn url(&self) -> String {
        format!("https://{}/oauth/token", self.address)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn forward(near: TcpStream, to: &str) -> io::Result<()> {
    let far = TcpStream::connect(to)?;
    for (mut from, mut to) in [(near.try_clone()?, far.try_clone()?), (far, near)] {
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            to.shutdown(Shutdown::Write)
        });
    }
    Ok(())
}
