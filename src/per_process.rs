//! State that belongs to one process. A forked child leaves the state of its parent behind.

use crate::fork::{Process, without_fork};
use once_cell::race::OnceBox;
use std::mem;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

/// Holds one value for each process. A value is made when its process first asks for it.
///
/// After a fork, the child sees that the value belongs to its parent, and makes its own. It never locks, drives or drops the
/// inherited value, because a thread that the child lacks may hold a lock. [`PerProcess::get`] never blocks.
pub(crate) struct PerProcess<T: Inherited> {
    first: OnceBox<Node<T>>,
}

struct Node<T: Inherited> {
    process: Process,
    value: Option<T>,
    /// Whether this process has succeeded the value's: one of the constants below.
    succession: AtomicU8,
    next: OnceBox<Node<T>>,
}

const AHEAD: u8 = 0;
const UNDER_WAY: u8 = 1;
const DONE: u8 = 2;

/// A value that a child of a fork finds.
pub(crate) trait Inherited: Default {
    /// What a child does with the value of its parent, once, before it makes its own. By default, it touches nothing of it. The process
    /// does not fork meanwhile.
    fn succeed(&self) {}

    /// What a child does when it frees what its parent made. By default, it touches nothing of it.
    fn abandon(self)
    where
        Self: Sized,
    {
        mem::forget(self);
    }
}

impl<T: Inherited> PerProcess<T> {
    pub const fn new() -> PerProcess<T> {
        PerProcess { first: OnceBox::new() }
    }

    pub fn get(&self) -> &T {
        let process = Process::current();
        let mut place = &self.first;
        let mut parent: Option<&Node<T>> = None;
        loop {
            let node = place.get_or_init(|| {
                if let Some(parent) = parent {
                    parent.succeed_once();
                }
                Box::new(Node::new(process))
            });
            match &node.value {
                Some(value) if node.process == process => return value,
                _ => {
                    parent = Some(node);
                    place = &node.next;
                }
            }
        }
    }
}

impl<T: Inherited> Node<T> {
    fn new(process: Process) -> Node<T> {
        Node { process, value: Some(T::default()), succession: AtomicU8::new(AHEAD), next: OnceBox::new() }
    }

    /// Several threads of a child may come here at once. None goes on before the succession is done, because the thread that does it
    /// must not meet what another one has already made.
    fn succeed_once(&self) {
        let Some(value) = &self.value else { return };
        let first = self.succession.compare_exchange(AHEAD, UNDER_WAY, Ordering::SeqCst, Ordering::SeqCst);
        if first.is_ok() {
            without_fork(|| value.succeed());
            self.succession.store(DONE, Ordering::SeqCst);
        }
        while self.succession.load(Ordering::SeqCst) == UNDER_WAY {
            thread::yield_now();
        }
    }
}

impl<T: Inherited> Drop for Node<T> {
    fn drop(&mut self) {
        if self.process != Process::current()
            && let Some(inherited) = self.value.take()
        {
            inherited.abandon();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fork::next_generation;
    use std::ptr;

    impl Inherited for u8 {}

    #[test]
    fn a_child_has_its_own_value_even_if_it_has_the_process_id_of_its_parent() {
        let state: PerProcess<u8> = PerProcess::new();
        let parents: *const u8 = state.get();
        assert!(ptr::eq(parents, state.get()));
        next_generation();
        assert!(!ptr::eq(parents, state.get()));
    }
}
