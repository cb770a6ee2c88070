//! The clock offsets of token endpoints whose clocks differ from this machine's.

use crate::per_process::{Inherited, PerProcess};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

static OFFSETS: PerProcess<Offsets> = PerProcess::new();

/// Only offsets by which an assertion was accepted. Clients of one token endpoint share its offset.
#[derive(Default)]
pub(super) struct Offsets {
    known: Mutex<HashMap<String, i64>>,
    /// Spares every other signature the lock.
    has_any: AtomicBool,
}

impl Inherited for Offsets {}

impl Offsets {
    pub fn of_this_process() -> &'static Offsets {
        OFFSETS.get()
    }

    /// By how many seconds the endpoint's clock is ahead of this machine's.
    pub fn get(&self, endpoint: &Url) -> i64 {
        if !self.has_any.load(Ordering::Acquire) {
            return 0;
        }
        self.lock().get(endpoint.as_str()).copied().unwrap_or(0)
    }

    pub fn keep(&self, endpoint: &Url, offset: i64) {
        self.lock().insert(endpoint.as_str().to_owned(), offset);
        self.has_any.store(true, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
