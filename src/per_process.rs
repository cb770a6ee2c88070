//! State that belongs to one process. A forked child leaves the state of its parent behind.

use crate::fork::Process;
use once_cell::race::OnceBox;
use std::mem;

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
    next: OnceBox<Node<T>>,
}

/// A value that a child of a fork finds.
pub(crate) trait Inherited: Default {
    /// What a child does with the value of its parent when it makes its own. By default, it touches nothing of it.
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
        let mut parent: Option<&T> = None;
        loop {
            let node = place.get_or_init(|| {
                if let Some(parent) = parent {
                    parent.succeed();
                }
                Box::new(Node { process, value: Some(T::default()), next: OnceBox::new() })
            });
            match &node.value {
                Some(value) if node.process == process => return value,
                inherited => {
                    parent = inherited.as_ref();
                    place = &node.next;
                }
            }
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
