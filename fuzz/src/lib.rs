//! Checks an input of the fuzzer: tests/common/targets.rs says what holds for it. What it costs is counted, not timed.

// The tests use more of it.
#[allow(dead_code)]
#[path = "../../tests/common/cost.rs"]
mod cost;
#[path = "../../tests/common/targets.rs"]
mod targets;

use std::sync::OnceLock;
use targets::{TARGETS, Target, most_allocated};

#[global_allocator]
static ALLOCATOR: cost::Counting = cost::Counting;

unsafe extern "C" {
    safe fn work_so_far() -> u64;
}

/// How many basic blocks may run for an input.
const fn most_work(length: usize) -> u64 {
    5_000_000 + 5_000 * length as u64
}

pub fn check(name: &str, input: &[u8]) {
    static TARGET: OnceLock<&Target> = OnceLock::new();
    let target = TARGET.get_or_init(|| {
        let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
        // What is made once, such as a client, counts for no input.
        (target.run)(b"assertion");
        assert!(work_so_far() > 0, "the compiler counts no work");
        target
    });
    let before = work_so_far();
    let cost = cost::of(|| (target.run)(input));
    // Threads may set the count back (work.c).
    let work = work_so_far().saturating_sub(before);
    assert!(cost.allocated <= most_allocated(input.len()), "{} bytes cost {cost:?}", input.len());
    assert!(work <= most_work(input.len()), "{} bytes take {work} steps", input.len());
}
