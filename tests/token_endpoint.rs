//! The embedded token endpoint keeps its own contract.

mod common;

use common::endpoint::Endpoint;

#[test]
fn it_counts() {
    let endpoint = Endpoint::start();
    assert_eq!(endpoint.seen()["connections"], 0);
}
