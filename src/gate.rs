//! Whether a request may still be taken back.

use std::sync::atomic::AtomicU8;
use std::sync::atomic::Ordering::SeqCst;

/// Decides once whether a call's request is sent or the call is cancelled before: whoever comes first wins.
#[derive(Default)]
pub(crate) struct Gate(AtomicU8);

const OPEN: u8 = 0;
const PASSED: u8 = 1;
const CLOSED: u8 = 2;

impl Gate {
    /// Lets a request pass. `false` if the call was cancelled: then nothing may be sent.
    pub fn pass(&self) -> bool {
        self.0.compare_exchange(OPEN, PASSED, SeqCst, SeqCst).map_or_else(|state| state == PASSED, |_| true)
    }

    /// Begins anew, because the server has refused what was sent. The next request passes only if the call is not cancelled before.
    pub fn reopen(&self) {
        let _ = self.0.compare_exchange(PASSED, OPEN, SeqCst, SeqCst);
    }

    /// `true` if nothing was sent and nothing will be.
    pub fn close(&self) -> bool {
        self.0.compare_exchange(OPEN, CLOSED, SeqCst, SeqCst).map_or_else(|state| state == CLOSED, |_| true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_decides() {
        let (sent, cancelled) = (Gate::default(), Gate::default());
        assert!(sent.pass() && !sent.close() && sent.pass(), "a second request of the same call passes too");
        assert!(cancelled.close() && !cancelled.pass() && cancelled.close());
        sent.reopen();
        cancelled.reopen();
        assert!(sent.close() && !sent.pass() && !cancelled.pass());
    }
}
