//! Makes a fork wait while a thread is in the crypto library.
//!
//! The library's random number generator, its detection of forks and its RSA keys have locks that all threads share. If the process
//! forked while a thread held such a lock, the child would lack that thread. Its copy of the lock would stay locked for ever, and
//! an RSA key would stay in use for ever. So all code that takes these locks runs within [`without_fork`], and the process forks
//! between `before` and `after_in_…`.
//!
//! Two counters do this instead of a lock: a child can correct a counter, and no thread waits for ever.

use std::cell::Cell;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// The number of threads within [`without_fork`].
static INSIDE: AtomicUsize = AtomicUsize::new(0);
/// The number of threads between `before` and `after_in_parent`.
static FORKING: AtomicUsize = AtomicUsize::new(0);
/// The number of forks between the process that loaded the library and this process.
static GENERATION: AtomicUsize = AtomicUsize::new(0);

/// Distinguishes this process from its ancestors. The process id alone is not enough: a child in another PID namespace may have the
/// id of its parent.
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
    /// The number that this thread adds to `INSIDE`: 0 or 1.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

/// Longer than any signature takes. A thread that has waited this long goes on.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_micros(50);

/// Runs `work` while no other thread forks. `work` must be short, and must not wait for anything.
pub(crate) fn without_fork<T>(work: impl FnOnce() -> T) -> T {
    let _entry = Entry::new();
    work()
}

struct Entry(usize);

impl Entry {
    fn new() -> Entry {
        let before = OWN.replace(1);
        // If this thread already has an entry, it need not wait: a fork waits for that entry.
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

/// Must be called before the process forks. Waits until all other threads are outside. It does not wait for the calling thread,
/// because a signal handler may fork in the middle of that thread's work.
#[cfg(feature = "capi")]
pub(crate) fn before() {
    if OWN.get() == 0 {
        // Make the random number generator of this thread now. It will be the child's only thread, and making a generator takes a
        // lock that other threads take when they end.
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

/// Corrects the counters, because the child has no other thread.
#[cfg(feature = "capi")]
pub(crate) fn after_in_child() {
    next_generation();
    FORKING.store(0, SeqCst);
    INSIDE.store(OWN.get(), SeqCst);
}
