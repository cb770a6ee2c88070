//! What an action costs: an allocator that counts, and a watchdog. A test crate makes [`Counting`] its global allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicIsize, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

pub struct Counting;

/// All bytes that the process allocated, the bytes that are alive, and the most that were alive at once.
static ALL: AtomicUsize = AtomicUsize::new(0);
static ALIVE: AtomicIsize = AtomicIsize::new(0);
static MOST: AtomicIsize = AtomicIsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALL.fetch_add(layout.size(), Relaxed);
        let size = layout.size().cast_signed();
        MOST.fetch_max(ALIVE.fetch_add(size, Relaxed) + size, Relaxed);
        // SAFETY: the caller's promise about `layout`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        ALIVE.fetch_sub(layout.size().cast_signed(), Relaxed);
        // SAFETY: the caller's promise about `block` and `layout`.
        unsafe { System.dealloc(block, layout) }
    }
    // The trait's own `realloc` calls `alloc` and `dealloc`, so blocks that grow are counted too.
}

#[derive(Debug)]
pub struct Cost {
    pub allocated: usize,
    pub most_at_once: usize,
}

/// The cost of `action` on all threads that work for it. Nothing else may run in the process meanwhile.
pub fn of(action: impl FnOnce()) -> Cost {
    let (all, alive) = (ALL.load(Relaxed), ALIVE.load(Relaxed));
    MOST.store(alive, Relaxed);
    action();
    let most = MOST.load(Relaxed) - alive;
    Cost { allocated: ALL.load(Relaxed) - all, most_at_once: most.unsigned_abs() }
}

/// The cost of `action`, which must end within the watchdog's limit. Tests of one process take turns.
pub fn watched(name: &str, action: impl FnOnce() + Send + 'static) -> Cost {
    const WATCHDOG: Duration = Duration::from_secs(120);
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(of(action)));
    receiver.recv_timeout(WATCHDOG).unwrap_or_else(|_| panic!("{name} panics, or takes longer than {WATCHDOG:?}"))
}
