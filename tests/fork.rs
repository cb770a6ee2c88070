//! Every object works on both sides of a fork, whatever the parent's threads were doing.
//!
//! By addresses only: glibc's own resolver does not survive a fork that falls into it.

mod common;

use common::endpoint::Endpoint;
use common::host::{Pairs, client_with, program};
use common::native::run;
use std::process::Command;

const CHILDREN: u64 = 200;

fn arguments(options: &Pairs<'_>) -> Vec<String> {
    options.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()]).collect()
}

fn https_by_address(endpoint: &Endpoint) -> String {
    endpoint.text("https_address").to_owned() + "/oauth/token"
}

/// 200 children in all, by both transports, and by a key of each kind: an RSA key has locks and state of its own.
#[test]
fn children_of_a_process_in_calls_exchange_and_so_does_the_parent() {
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
        assert_eq!(seen["tokens"], exchanges, "{url}: each exchange was one request, none was lost: {seen}");
        assert_eq!(seen["by_error"], serde_json::json!({}), "no assertion was used twice");
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
        // 4 by the parent, 3 by each of the 3 children.
        assert_eq!(seen["tokens"], 4 + 3 * 3);
        // One of the parent's, which it kept all the time; one of each child's for the inherited client, one for its own.
        assert_eq!(seen["connections"], 1 + 3 * 2, "{seen}");
    }
}

/// What is made at the first reading is made again where the thread that was at it is gone.
#[test]
fn a_child_reads_what_a_thread_was_reading() {
    let endpoint = Endpoint::start();
    let options = client_with(&endpoint, "ES256", &endpoint.url("/oauth/token"));
    run(Command::new(program("fork")).arg("reading").args(arguments(&options)));
}

/// As crash handlers and supervisors do. The thread that forks may itself be in the crypto library then.
#[test]
fn a_signal_handler_may_fork_in_the_midst_of_a_call() {
    let endpoint = Endpoint::start();
    let options = client_with(&endpoint, "PS256", &https_by_address(&endpoint));
    run(Command::new(program("fork")).arg("handler").args(arguments(&options)));
}
