//! A client whose machine's clock is wrong signs by the server's clock, if the server says what time it is.

mod common;

use common::endpoint::Endpoint;
use common::host::{self, Host, borrowed, preloadable};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use talkdesk_auth::{Client, Error, ErrorCode, Token};

/// Each test has an endpoint of its own, because all clients of an endpoint share its offset.
fn client(endpoint: &Endpoint, faults: &str, further: &[(&'static str, &str)]) -> Client {
    let mut options = host::client(endpoint, &endpoint.https_url(&format!("/with/{faults}/oauth/token")));
    options.retain(|(name, _)| further.iter().all(|(further, _)| further != name));
    options.extend(further.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Client::new(borrowed(&options)).expect("the options are right")
}

fn exchange(client: &Client) -> Result<Token, Error> {
    client.exchange([("grant_type", "client_credentials")])
}

fn requests(endpoint: &Endpoint) -> u64 {
    endpoint.seen()["token_requests"].as_u64().expect("a number")
}

#[test]
fn a_clock_that_is_ten_minutes_off_costs_one_request() {
    for offset in ["600", "-600"] {
        let endpoint = Endpoint::start();
        let faults = format!("clock={offset}");
        let first = client(&endpoint, &faults, &[]);
        assert_eq!(first.clock_offset(), 0, "nothing is known yet");
        exchange(&first).expect("the second assertion is accepted");
        assert_eq!(requests(&endpoint), 2);
        let known: i32 = offset.parse().expect("a number");
        assert!((first.clock_offset() - known).abs() <= 2, "{}", first.clock_offset());
        exchange(&first).expect("the offset is known");
        exchange(&client(&endpoint, &faults, &[])).expect("another client of the endpoint knows the offset");
        assert_eq!(requests(&endpoint), 4);
    }
}

#[test]
fn a_code_is_sent_once_more_because_a_refused_assertion_spends_none() {
    let endpoint = Endpoint::start();
    let client = client(&endpoint, "clock=600", &[]);
    let redirect_uri = endpoint.text("redirect_uri").to_owned();
    let code = [("grant_type", "authorization_code"), ("code", "code-1"), ("redirect_uri", &redirect_uri)];
    client.exchange(code).expect("a token");
    assert_eq!((requests(&endpoint), endpoint.seen()["codes_used"].as_u64()), (2, Some(1)));
}

#[test]
fn a_started_call_is_corrected_as_well() {
    let endpoint = Endpoint::start();
    let client = client(&endpoint, "clock=600", &[]);
    let call = client.start([("grant_type", "client_credentials")]).expect("it starts");
    assert!(call.wait_for(Duration::from_secs(60)));
    let Poll::Ready(outcome) = pin!(call).poll(&mut Context::from_waker(Waker::noop())) else { panic!("it has ended") };
    outcome.expect("a token");
}

#[test]
fn an_assertion_alone_follows_the_known_offset() {
    let endpoint = Endpoint::start();
    let client = client(&endpoint, "clock=600", &[]);
    let issued_at = || -> i64 {
        let assertion = client.assertion([]).expect("it signs");
        assertion.get("iat").expect("the claim").parse().expect("a number")
    };
    let before = issued_at();
    exchange(&client).expect("a token");
    assert!((595..660).contains(&(issued_at() - before)));
}

#[test]
fn without_clock_correction_the_error_tells_the_offset() {
    for (faults, offset, side) in [("clock=600", 600, "behind"), ("clock=-600", -600, "ahead of")] {
        let endpoint = Endpoint::start();
        let error = exchange(&client(&endpoint, faults, &[("clock_correction", "false")])).expect_err("it is refused");
        assert_eq!((error.code(), error.get("error")), (ErrorCode::OauthError, Some("invalid_client")));
        let told: i64 = error.get("clock_offset").expect("the field").parse().expect("a number");
        assert!((told - offset).abs() <= 2, "{told}");
        assert!(error.message().contains(&format!("this machine's clock is {} s {side} the server's", told.abs())));
        assert_eq!(requests(&endpoint), 1);
    }
}

#[test]
fn an_offset_whose_request_is_refused_is_not_kept() {
    let endpoint = Endpoint::start();
    let client = client(&endpoint, "clock=600", &[("private_key_file", endpoint.text("wrong_private_key_file"))]);
    for requests_so_far in [2, 4] {
        let error = exchange(&client).expect_err("the key is wrong");
        assert_eq!(error.get("error"), Some("invalid_client"));
        assert_eq!(requests(&endpoint), requests_so_far);
    }
}

#[test]
fn only_a_date_that_can_be_believed_counts() {
    let endpoint = Endpoint::start();
    for (faults, is_believed) in [("clock=600,head=age:%203", false), ("clock=-1700000000", false), ("clock=600", true)]
    {
        let client = client(&endpoint, faults, &[("clock_correction", "false")]);
        let error = exchange(&client).expect_err(faults);
        assert_eq!(error.get("error"), Some("invalid_client"));
        assert_eq!(error.get("clock_offset").is_some(), is_believed, "{faults}: {error}");
    }
    let client = client(&endpoint, "", &[("token_endpoint", &endpoint.url("/with/clock=600/oauth/token"))]);
    let error = exchange(&client).expect_err("the clocks differ");
    assert_eq!(error.get("clock_offset"), None, "nobody vouches for the date of plain HTTP");
}

#[test]
fn a_machine_whose_clock_really_is_off_gets_its_token() {
    for offset in ["-600", "600"] {
        let endpoint = Endpoint::start();
        let mut host =
            Host::start_with(&[("LD_PRELOAD", preloadable("clock", "clock")), ("CLOCK_OFFSET", offset.to_owned())]);
        let options = host::client(&endpoint, &endpoint.https_url("/oauth/token"));
        let outcome = host.call(&options, &vec![("grant_type", "client_credentials".into())]);
        assert_eq!(outcome.code, 0, "{offset}: {}", outcome.text());
        assert_eq!(requests(&endpoint), 2);
    }
}
