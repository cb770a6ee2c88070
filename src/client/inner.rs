//! The parts of a client, which its clones and its calls share.

use super::offsets::Offsets;
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
    pub corrects_clock: bool,
    pub max_retries: u32,
    pub process: Process,
}

/// An assertion, and the clock by which it was signed.
pub(super) struct Signed {
    pub assertion: Assertion,
    /// By how many seconds that clock is ahead of this machine's.
    pub clock_offset: i64,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.process != Process::current() {
            // This process closes what it inherited when it makes its own network.
            Network::of_this_process();
        }
        self.token_endpoint.leave();
    }
}

impl Inner {
    /// Signs by the clock of the token endpoint, as far as it is known.
    pub fn sign(&self, parameters: &Parameters) -> Result<Signed, Error> {
        self.sign_by(self.clock_offset(), parameters)
    }

    /// By how many seconds the token endpoint's clock is ahead of this machine's, as far as it is known.
    pub fn clock_offset(&self) -> i64 {
        let endpoint = &self.token_endpoint.destination().url;
        if self.corrects_clock { Offsets::of_this_process().get(endpoint) } else { 0 }
    }

    /// Signs by a clock that is ahead of this machine's by `offset`.
    pub fn sign_by(&self, clock_offset: i64, parameters: &Parameters) -> Result<Signed, Error> {
        let now = self.clock.unix_seconds().saturating_add(clock_offset);
        Ok(Signed { assertion: self.assertions.sign(parameters, now)?, clock_offset })
    }
}
