//! Every object works on both sides of a fork, whatever the parent's threads were doing.
//!
//! The URLs have addresses instead of names: glibc's resolver doesn't work in a child that was forked during a name resolution.

mod common;

use common::endpoint::Endpoint;
use common::host::{Pairs, client_with, program, program_with};
use common::native::{links, run};
use std::process::Command;

const CHILDREN: u64 = 200;

fn arguments(options: &Pairs<'_>) -> Vec<String> {
    options.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()]).collect()
}

fn https_by_address(endpoint: &Endpoint) -> String {
    endpoint.text("https_address").to_owned() + "/oauth/token"
}

/// 200 children in all, over HTTP and over HTTPS, with an EC and an RSA key: an RSA key has locks and state of its own.
#[test]
fn children_forked_during_calls_can_exchange_and_so_can_the_parent() {
    let endpoint = Endpoint::start();
    let program = program("fork");
    let ways = [(endpoint.url("/oauth/token"), "ES256"), (https_by_address(&endpoint), "PS256")];
    for (url, algorithm) in &ways {
        endpoint.reset_seen();
        let times = CHILDREN / ways.len() as u64;
        let mut command = Command::new(&program);
        command.args(["busy", &times.to_string()]).args(arguments(&client_with(&endpoint, algorithm, url)));
        let output = run(&mut command);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let exchanges: u64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number");
        let seen = endpoint.seen();
        assert_eq!(seen["tokens"], exchanges, "{url}: each exchange must get one token: {seen}");
        assert_eq!(seen["by_error"], serde_json::json!({}), "no assertion may be used twice");
    }
}

#[test]
fn a_child_leaves_its_parents_connection_alone() {
    let endpoint = Endpoint::start();
    let program = program("fork");
    for url in [endpoint.url("/oauth/token"), https_by_address(&endpoint)] {
        endpoint.reset_seen();
        run(Command::new(&program).arg("kept").args(arguments(&client_with(&endpoint, "ES256", &url))));
        let seen = endpoint.seen();
        // The parent gets 4 tokens, each of the 3 children gets 3.
        assert_eq!(seen["tokens"], 4 + 3 * 3);
        // The parent keeps one connection all the time. Each child opens one for the inherited client, and one for its own client unless
        // that one still finds the first.
        let connections = seen["connections"].as_u64().expect("a number");
        assert!((1 + 3..=1 + 3 * 2).contains(&connections), "{seen}");
    }
}

/// Some strings are built on first use. A child builds them again if the thread that was building them is gone.
#[test]
fn a_child_can_read_what_a_thread_was_reading_at_the_fork() {
    let endpoint = Endpoint::start();
    let options = client_with(&endpoint, "ES256", &endpoint.url("/oauth/token"));
    run(Command::new(program("fork")).arg("reading").args(arguments(&options)));
}

/// Crash handlers and supervisors do this. The thread that forks may itself be inside the crypto library.
#[test]
fn a_signal_handler_may_fork_during_a_call() {
    let endpoint = Endpoint::start();
    let options = client_with(&endpoint, "PS256", &https_by_address(&endpoint));
    run(Command::new(program("fork")).arg("handler").args(arguments(&options)));
}

/// A runtime with a lock of its own does this. While the fork waits for the lock, its owner must get on.
#[test]
fn a_hosts_own_fork_handlers_may_take_a_lock_under_which_it_calls_the_library() {
    let endpoint = Endpoint::start();
    let options = client_with(&endpoint, "ES256", &https_by_address(&endpoint));
    for link in links() {
        run(Command::new(program_with("fork", *link)).arg("handlers").args(arguments(&options)));
    }
}

#[test]
fn a_fork_within_a_fork_does_not_wait_for_itself() {
    let endpoint = Endpoint::start();
    let options = client_with(&endpoint, "PS256", &endpoint.url("/oauth/token"));
    run(Command::new(program("fork")).arg("nested").args(arguments(&options)));
}
