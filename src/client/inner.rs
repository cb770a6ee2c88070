//! The parts of a client, which its clones and its calls share.

use crate::clock::Clock;
use crate::error::Error;
use crate::fork::Process;
use crate::protocol::assertion::{Assertion, Assertions, Parameters};
use crate::text::Text;
use crate::transport::{Network, Route};
use std::sync::Arc;
use std::time::Duration;

pub(super) struct Inner {
    pub assertions: Assertions,
    pub token_endpoint: Arc<Route>,
    pub client_id: Arc<str>,
    pub timeout: Duration,
    pub settings: Vec<(&'static str, Text)>,
    pub clock: Clock,
    pub process: Process,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.process != Process::current() {
            // This process closes what it inherited when it makes its own network.
            Network::of_this_process();
        }
    }
}

impl Inner {
    pub fn sign(&self, parameters: &Parameters) -> Result<Assertion, Error> {
        self.assertions.sign(parameters, self.clock.unix_seconds())
    }
}
