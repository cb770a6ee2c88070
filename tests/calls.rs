//! Started calls and the one network of a process: many at once, cancelled, forked, and with many clients and hosts.

mod common;

use common::endpoint::Endpoint;
use common::host::{borrowed, client, client_with, program};
use common::server::{Server, read_request};
use std::future::Future;
use std::io::Read;
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;
use talkdesk_auth::{Client, ErrorCode};

/// What a mode of tests/c/hosts/calls.c prints. `url` is a second URL that the mode uses.
#[track_caller]
fn run(mode: &str, count: usize, options: &[(&str, String)], url: &str) -> Vec<u64> {
    let arguments = options.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()]);
    let output = Command::new(program("calls"))
        .args([mode.to_owned(), count.to_string()])
        .args(arguments)
        .env_clear()
        .env("TD_URL", url)
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{mode}: {}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    told.split_whitespace().map(|number| number.parse().expect("a number")).collect()
}

#[test]
fn a_thousand_calls_and_five_thousand_start_from_one_thread_and_all_end() {
    let endpoint = Endpoint::start();
    let server = Server::start(Duration::from_millis(20));
    for count in [1000, 5000] {
        assert_eq!(run("many", count, &client(&endpoint, &server.url()), ""), [count as u64]);
    }
    let most = server.most_at_once.load(Ordering::SeqCst);
    // A host gets a quarter of the 200 connections that a process may have.
    assert!((20..=50).contains(&most), "{most} at once");
}

#[test]
fn a_cancelled_call_has_sent_nothing() {
    let endpoint = Endpoint::start();
    for url in [endpoint.url("/oauth/token"), endpoint.https_url("/oauth/token")] {
        endpoint.reset_seen();
        let counts = run("cancelled", 1000, &client(&endpoint, &url), "");
        let [done, unknown, cancelled] = counts[..] else { panic!("{counts:?}") };
        assert!(cancelled > 0 && done > 0, "each outcome must be there: {counts:?}");
        let requests = endpoint.seen()["token_requests"].as_u64().expect("a number");
        assert!((done..=done + unknown).contains(&requests), "{requests} requests, {counts:?}");
    }
}

/// The certificates may be the same; what counts is the content of `ca_file`, and the proxy.
#[test]
fn clients_share_connections_only_if_they_have_the_same_id_and_proxy_and_trust_the_same() {
    let endpoint = Endpoint::start();
    let folder = tempfile::tempdir().expect("a folder");
    let more = folder.path().join("more.pem");
    let both = [endpoint.ca_file().to_path_buf(), endpoint.text("other_ca_file").into()];
    let both: Vec<String> = both.iter().map(|file| std::fs::read_to_string(file).expect("a file")).collect();
    std::fs::write(&more, both.concat()).expect("it is written");
    let base = client(&endpoint, &endpoint.https_url("/oauth/token"));
    let with = |name: &'static str, value: &str| {
        let kept = base.iter().filter(|(other, _)| *other != name).cloned();
        let options: Vec<_> = kept.chain([(name, value.to_owned())]).collect();
        Client::new(borrowed(&options)).expect("a client")
    };
    let exchange =
        |client: &Client| client.exchange([("grant_type", "client_credentials")]).map(drop).expect("a token");
    let first = Client::new(borrowed(&base)).expect("a client");
    exchange(&first);
    for (client, connections) in [
        (Client::new(borrowed(&base)).expect("a client"), 1),
        (with("user_agent", "another"), 1),
        (with("timeout", "20"), 1),
        (with("ca_file", more.to_str().expect("UTF-8")), 2),
        (
            Client::new(borrowed(&client_with(&endpoint, "RS256", &endpoint.https_url("/oauth/token"))))
                .expect("a client"),
            2,
        ),
    ] {
        endpoint.reset_seen();
        exchange(&client);
        exchange(&first);
        let seen = endpoint.seen();
        assert_eq!((seen["tokens"].as_u64(), seen["connections"].as_u64()), (Some(2), Some(connections - 1)), "{seen}");
    }
}

#[test]
fn ten_thousand_clients_of_one_host_share_its_connections() {
    let endpoint = Endpoint::start();
    let server = Server::start(Duration::ZERO);
    let descriptors = run("clients", 10_000, &client(&endpoint, &server.url()), &server.url());
    // The queue's three, the runtime's, and one connection.
    assert!(descriptors[0] <= 10, "{descriptors:?}");
}

#[test]
fn ten_thousand_hosts_fit_into_256_descriptors() {
    let endpoint = Endpoint::start();
    let server = Server::start(Duration::ZERO);
    let url = format!("http://127.%d.%d.%d:{}/oauth/token", server.port);
    run("clients", 10_000, &client(&endpoint, &server.url()), &url);
}

#[test]
fn a_host_that_never_answers_holds_up_no_other() {
    let endpoint = Endpoint::start();
    let silent = format!("https://{}/oauth/token", endpoint.text("silent"));
    assert_eq!(run("hanging", 1000, &client(&endpoint, &endpoint.https_url("/oauth/token")), &silent), [50]);
}

#[test]
fn both_sides_of_a_fork_go_on_with_calls_in_flight() {
    let endpoint = Endpoint::start();
    let address = |path: &str| endpoint.https_url(path).replace("localhost", "127.0.0.1");
    for (url, slow) in [
        (endpoint.url("/oauth/token"), endpoint.url("/with/delay_ms=60/oauth/token")),
        (address("/oauth/token"), address("/with/delay_ms=60/oauth/token")),
    ] {
        assert_eq!(run("forks", 30, &client(&endpoint, &url), &slow), [30]);
    }
}

#[test]
fn each_side_of_a_fork_has_its_rights_to_a_call_in_each_state() {
    let endpoint = Endpoint::start();
    let slow = endpoint.url("/with/delay_ms=2000/oauth/token");
    assert_eq!(run("states", 1, &client(&endpoint, &endpoint.url("/oauth/token")), &slow), [1]);
}

#[test]
fn a_child_that_frees_all_has_no_descriptor_of_its_parents_even_if_the_parent_has_closed_it() {
    let endpoint = Endpoint::start();
    let slow = endpoint.url("/with/delay_ms=500/oauth/token");
    assert_eq!(run("heirs", 1, &client(&endpoint, &endpoint.url("/oauth/token")), &slow), [1]);
}

#[test]
fn threads_of_a_child_may_use_the_network_for_the_first_time_at_once() {
    let endpoint = Endpoint::start();
    let url = endpoint.url("/oauth/token");
    assert_eq!(run("newcomers", 200, &client(&endpoint, &url), &url), [200]);
}

#[test]
fn each_end_of_a_call_makes_the_queue_readable() {
    let endpoint = Endpoint::start();
    let url = endpoint.url("/oauth/token");
    assert_eq!(run("drained", 20, &client(&endpoint, &url), &url), [20]);
}

#[test]
fn a_process_that_forks_on_and_on_gathers_no_descriptors() {
    let endpoint = Endpoint::start();
    let address = |path: &str| endpoint.https_url(path).replace("localhost", "127.0.0.1");
    let options = client(&endpoint, &address("/oauth/token"));
    assert_eq!(run("generations", 8, &options, &address("/with/delay_ms=200/oauth/token")), [8]);
}

#[test]
fn a_process_may_end_with_calls_in_flight() {
    let endpoint = Endpoint::start();
    let slow = endpoint.https_url("/with/delay_ms=300/oauth/token");
    for _ in 0..20 {
        run("leaves", 20, &client(&endpoint, &slow), "");
    }
}

struct Unparking(thread::Thread);

impl Wake for Unparking {
    fn wake(self: Arc<Unparking>) {
        self.0.unpark();
    }
}

/// An executor of nobody's.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    let waker = Waker::from(Arc::new(Unparking(thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            std::task::Poll::Ready(value) => return value,
            std::task::Poll::Pending => thread::park(),
        }
    }
}

#[test]
fn a_started_call_is_a_future_of_any_executor() {
    fn is_send<T: Send + 'static>(value: T) -> T {
        value
    }
    let endpoint = Endpoint::start();
    let options = client(&endpoint, &endpoint.https_url("/oauth/token"));
    let client = Client::new(borrowed(&options)).expect("a client");
    let calls: Vec<_> =
        (0..20).map(|_| is_send(client.start([("grant_type", "client_credentials")]).expect("it starts"))).collect();
    drop(client);
    for call in calls {
        assert_eq!(block_on(call).expect("a token").token_type(), "Bearer");
    }
}

#[test]
fn a_call_goes_on_while_nobody_polls_it() {
    let endpoint = Endpoint::start();
    let options = client(&endpoint, &endpoint.url("/oauth/token"));
    let client = Client::new(borrowed(&options)).expect("a client");
    let call = client.start([("grant_type", "client_credentials")]).expect("it starts");
    assert!(call.wait_for(Duration::from_secs(20)));
    assert!(block_on(call).is_ok());
}

#[test]
fn a_cancelled_call_is_a_future_too() {
    let endpoint = Endpoint::start();
    let silent = format!("https://{}/oauth/token", endpoint.text("silent"));
    let options = client(&endpoint, &silent);
    let client = Client::new(borrowed(&options)).expect("a client");
    let call = client.start([("grant_type", "client_credentials")]).expect("it starts");
    assert!(!call.wait_for(Duration::from_millis(100)));
    call.cancel();
    let error = block_on(call).expect_err("it was cancelled");
    assert_eq!((error.code(), error.is_retryable()), (ErrorCode::Cancelled, true));
}

#[test]
fn a_call_that_is_dropped_is_cancelled() {
    let endpoint = Endpoint::start();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/oauth/token", listener.local_addr().expect("it has an address"));
    let options = client(&endpoint, &url);
    let client = Client::new(borrowed(&options)).expect("a client");
    let call = client.start([("grant_type", "client_credentials"), ("timeout", "600")]).expect("it starts");
    let (mut connection, _) = listener.accept().expect("a connection");
    read_request(&mut connection).expect("a request");
    drop(call);
    connection.set_read_timeout(Some(Duration::from_secs(60))).expect("a time limit");
    assert_eq!(connection.read(&mut [0]).expect("the connection is closed before its time"), 0);
}
