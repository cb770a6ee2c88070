//! The deadlines of a call: for the connection, and for its end.

use std::time::Duration;
use tokio::time::Instant;

/// The options that limit the time for a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    ConnectTimeout,
    ClientTimeout,
    Timeout,
}

/// The time that an attempt of this client has to connect.
#[derive(Clone, Copy)]
pub(super) struct ConnectLimit {
    option: Limit,
    time: Duration,
}

impl ConnectLimit {
    /// Both values belong to the client.
    pub fn new(connect_timeout: Duration, timeout: Duration) -> ConnectLimit {
        if connect_timeout <= timeout {
            ConnectLimit { option: Limit::ConnectTimeout, time: connect_timeout }
        } else {
            ConnectLimit { option: Limit::ClientTimeout, time: timeout }
        }
    }

    pub fn time(self) -> Duration {
        self.time
    }
}

/// The deadlines of one call.
#[derive(Clone, Copy)]
pub(crate) struct Deadlines {
    connect: ConnectLimit,
    timeout: Duration,
    /// The part of `timeout` that was left when the call began.
    left: Duration,
    end: Instant,
}

impl Deadlines {
    /// The deadlines of a call that begins now. `waited` is the part of `timeout` that passed in a queue of the caller. The result is
    /// `None` if nothing of `timeout` is left.
    pub(super) fn new(connect: ConnectLimit, timeout: Duration, waited: Duration) -> Option<Deadlines> {
        let left = timeout.saturating_sub(waited);
        (!left.is_zero()).then(|| Deadlines { connect, timeout, left, end: Instant::now() + left })
    }

    pub fn are_over(&self) -> bool {
        Instant::now() >= self.end
    }

    pub(super) fn end(&self) -> Instant {
        self.end
    }

    /// The moment by which an attempt that starts now must be connected.
    pub(super) fn connect(&self) -> Instant {
        (Instant::now() + self.connect.time).min(self.end)
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How long the call waited before it began.
    pub(super) fn waited(&self) -> Duration {
        self.timeout - self.left
    }

    /// The option that ends an attempt without a connection, and its time.
    pub(super) fn connect_limit(&self) -> (Limit, Duration) {
        if self.connect.time < self.left {
            (self.connect.option, self.connect.time)
        } else {
            (Limit::Timeout, self.timeout)
        }
    }
}
