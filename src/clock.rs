//! The two clocks: one tells the time of day, and one measures how much time has passed.

use nix::time::{ClockId, clock_gettime};
use std::time::{Duration, SystemTime};

/// Code that needs the time gets a clock as a value, so that tests can move it.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    wall: fn() -> i64,
    boot: fn() -> Duration,
}

impl Clock {
    pub const SYSTEM: Clock = Clock { wall: system_wall, boot: system_boot };

    /// Unix seconds, for the claims of an assertion and for `expires_at`. Jumps when somebody sets the clock.
    pub fn unix_seconds(&self) -> i64 {
        (self.wall)()
    }

    /// The time since the machine started, including suspended time. Never jumps.
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

/// Asks the C library, because it finds the kernel's clock even under a debugger such as valgrind.
fn system_boot() -> Duration {
    clock_gettime(ClockId::CLOCK_BOOTTIME).expect("Linux has this clock").into()
}
