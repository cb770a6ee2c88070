//! The two clocks: what time it is, and how much time has passed.

use nix::time::{ClockId, clock_gettime};
use std::time::{Duration, SystemTime};

/// Handed to whatever needs time, so that tests can move it.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    wall: fn() -> i64,
    boot: fn() -> Duration,
}

impl Clock {
    pub const SYSTEM: Clock = Clock { wall: system_wall, boot: system_boot };

    /// Unix seconds, for the claims of an assertion and for `expires_at`. Steps when somebody sets the clock.
    pub fn unix_seconds(&self) -> i64 {
        (self.wall)()
    }

    /// Time since the machine started, suspended or not; never steps.
    pub fn since_boot(&self) -> Duration {
        (self.boot)()
    }

    #[cfg(test)]
    pub const fn new(wall: fn() -> i64, boot: fn() -> Duration) -> Clock {
        Clock { wall, boot }
    }
}

fn system_wall() -> i64 {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    }
}

fn system_boot() -> Duration {
    clock_gettime(ClockId::CLOCK_BOOTTIME).map(Duration::from).expect("Linux has this clock since 2.6.39")
}
