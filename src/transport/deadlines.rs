//! The deadlines of a call: for the connection, and for its end.

use std::time::Duration;
use tokio::time::{Instant, sleep_until};

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
    end: Instant,
}

impl Deadlines {
    /// The deadlines of a call that begins now.
    pub(super) fn new(connect: ConnectLimit, timeout: Duration) -> Deadlines {
        Deadlines { connect, timeout, end: Instant::now() + timeout }
    }

    pub fn are_over(&self) -> bool {
        Instant::now() >= self.end
    }

    /// Waits for `time`, if the call has time left after that; tells whether it has.
    pub async fn pause(&self, time: Duration) -> bool {
        let goes_on = Instant::now().checked_add(time).filter(|moment| *moment < self.end);
        if let Some(moment) = goes_on {
            sleep_until(moment).await;
        }
        goes_on.is_some()
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

    /// The option that ends an attempt without a connection, and its time.
    pub(super) fn connect_limit(&self) -> (Limit, Duration) {
        if self.connect.time < self.timeout {
            (self.connect.option, self.connect.time)
        } else {
            (Limit::Timeout, self.timeout)
        }
    }
}
