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
    /// The number that this thread adds to `FORKING`. It may be more than 1: a signal handler may fork during a fork.
    static FORKS: Cell<usize> = const { Cell::new(0) };
}

/// Longer than any signature takes. A thread that has waited this long goes on.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_micros(50);

/// Runs `work` while no other thread forks. `work` must be short, and must not wait for anything.
pub(crate) fn without_fork<T>(work: impl FnOnce() -> T) -> T {
    let _entry = Entry::new();
    work()
}

struct Entry {
    /// If this thread already has an entry, this one does nothing.
    is_outer: bool,
}

impl Entry {
    fn new() -> Entry {
        let is_outer = OWN.get() == 0;
        if is_outer {
            enter();
            // A thread that forks would wait for itself. It comes here from a handler: of a signal, or of the host around the fork.
            if FORKS.get() == 0 {
                wait_until(|| {
                    if FORKING.load(SeqCst) == 0 {
                        return true;
                    }
                    leave();
                    sleep(PAUSE);
                    enter();
                    false
                });
            }
        }
        Entry { is_outer }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if self.is_outer {
            leave();
        }
    }
}

fn enter() {
    OWN.set(1);
    INSIDE.fetch_add(1, SeqCst);
}

fn leave() {
    INSIDE.fetch_sub(1, SeqCst);
    OWN.set(0);
}

fn wait_until(mut condition: impl FnMut() -> bool) {
    if condition() {
        return;
    }
    let end = Instant::now() + PATIENCE;
    while !condition() && Instant::now() < end {}
}

#[cfg(feature = "capi")]
thread_local! {
    /// One bit for each fork of this thread, the last one lowest: whether the thread was inside when it forked.
    static WAS_INSIDE: Cell<usize> = const { Cell::new(0) };
}

/// Must be called before the process forks. Waits until all other threads are outside. It does not wait for threads that fork: a
/// signal handler may fork in the middle of their work, and they leave only after their forks.
#[cfg(feature = "capi")]
pub(crate) fn before() {
    let own = OWN.get();
    if own == 0 && FORKS.get() == 0 {
        // Make the random number generator of this thread now. It will be the child's only thread, and making a generator takes a
        // lock that other threads take when they end.
        let _ = without_fork(|| aws_lc_rs::rand::fill(&mut [0]));
    }
    FORKS.set(FORKS.get() + 1);
    FORKING.fetch_add(1, SeqCst);
    WAS_INSIDE.set(WAS_INSIDE.get() << 1 | own);
    if own == 1 {
        leave();
    }
    wait_until(|| {
        let at_rest = INSIDE.load(SeqCst) == 0;
        if !at_rest {
            sleep(PAUSE);
        }
        at_rest
    });
}

#[cfg(feature = "capi")]
pub(crate) fn after_in_parent() {
    FORKING.fetch_sub(1, SeqCst);
    go_on();
}

/// Corrects the counters, because the child has no other thread.
#[cfg(feature = "capi")]
pub(crate) fn after_in_child() {
    next_generation();
    FORKING.store(FORKS.get() - 1, SeqCst);
    INSIDE.store(0, SeqCst);
    OWN.set(0);
    go_on();
}

/// Goes on where this thread forked.
#[cfg(feature = "capi")]
fn go_on() {
    FORKS.set(FORKS.get() - 1);
    let was_inside = WAS_INSIDE.get();
    WAS_INSIDE.set(was_inside >> 1);
    if was_inside & 1 == 1 {
        enter();
    }
}

#[cfg(any(feature = "capi", test))]
pub(crate) fn next_generation() {
    GENERATION.fetch_add(1, SeqCst);
}

#[cfg(all(test, feature = "capi"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_forks_in_the_middle_of_its_work_is_outside_during_the_fork() {
        without_fork(|| {
            before();
            assert_eq!((OWN.get(), FORKS.get()), (0, 1), "no other fork may wait for this thread");
            without_fork(|| {
                before();
                assert_eq!((OWN.get(), FORKS.get()), (0, 2));
                after_in_parent();
                assert_eq!((OWN.get(), FORKS.get()), (1, 1));
            });
            after_in_parent();
            assert_eq!((OWN.get(), FORKS.get()), (1, 0), "it goes on with its work");
        });
        assert_eq!(OWN.get(), 0);
    }
}
