//! Keeps forks out of the crypto library.
//!
//! Its generator, its detection of forks and its RSA keys have locks that all threads share. A child of a fork that fell between a
//! thread's locking and unlocking would find them locked for ever, and an RSA key in use by a thread that it hasn't got. So whatever
//! takes them runs within [`without_fork`], and the process forks between `before` and `after`.
//!
//! Two counters and no lock: a child can set them right, and nobody who waits can be kept waiting for ever.

use std::cell::Cell;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Threads within [`without_fork`].
static INSIDE: AtomicUsize = AtomicUsize::new(0);
/// Threads between `before` and `after`.
static FORKING: AtomicUsize = AtomicUsize::new(0);
/// Forks that lie between this process and the one that loaded the library.
static GENERATION: AtomicUsize = AtomicUsize::new(0);

/// What tells this process from its ancestors. Its id alone does not: a child in a name space of its own may have its parent's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    id: u32,
    generation: usize,
}

impl Process {
    pub fn current() -> Process {
        Process { id: std::process::id(), generation: GENERATION.load(SeqCst) }
    }
}

thread_local! {
    /// What this thread adds to `INSIDE`: 1, or 0.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

/// Longer than any signature takes. Whoever has waited so long goes on.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_micros(50);

/// Runs `work`, which is short and waits for nothing, while no other thread forks.
pub(crate) fn without_fork<T>(work: impl FnOnce() -> T) -> T {
    let _entry = Entry::new();
    work()
}

struct Entry(usize);

impl Entry {
    fn new() -> Entry {
        let before = OWN.replace(1);
        // Within another entry there is nothing to wait for: a fork waits for that one.
        if before == 0 {
            INSIDE.fetch_add(1, SeqCst);
            wait_until(|| {
                if FORKING.load(SeqCst) == 0 {
                    return true;
                }
                INSIDE.fetch_sub(1, SeqCst);
                sleep(PAUSE);
                INSIDE.fetch_add(1, SeqCst);
                false
            });
        }
        Entry(before)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if self.0 == 0 {
            INSIDE.fetch_sub(1, SeqCst);
        }
        OWN.set(self.0);
    }
}

fn wait_until(mut condition: impl FnMut() -> bool) {
    if condition() {
        return;
    }
    let end = Instant::now() + PATIENCE;
    while !condition() && Instant::now() < end {}
}

/// To be called before the process forks: waits until all other threads are outside. A signal handler may fork in the midst of our
/// own work, and does not wait for that.
#[cfg(feature = "capi")]
pub(crate) fn before() {
    if OWN.get() == 0 {
        // Gives this thread, the only one of the child's, its own generator: making one takes a lock that ending threads take too.
        let _ = without_fork(|| aws_lc_rs::rand::fill(&mut [0]));
    }
    FORKING.fetch_add(1, SeqCst);
    wait_until(|| {
        let at_rest = INSIDE.load(SeqCst) <= OWN.get();
        if !at_rest {
            sleep(PAUSE);
        }
        at_rest
    });
}

#[cfg(feature = "capi")]
pub(crate) fn after_in_parent() {
    FORKING.fetch_sub(1, SeqCst);
}

#[cfg(any(feature = "capi", test))]
pub(crate) fn next_generation() {
    GENERATION.fetch_add(1, SeqCst);
}

/// No other thread is there any more.
#[cfg(feature = "capi")]
pub(crate) fn after_in_child() {
    next_generation();
    FORKING.store(0, SeqCst);
    INSIDE.store(OWN.get(), SeqCst);
}
