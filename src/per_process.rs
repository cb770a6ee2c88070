//! State that belongs to one process and is left behind at a fork.

use crate::fork::Process;
use once_cell::race::OnceBox;
use std::mem;

/// A value for each process that asks, made when it first does.
///
/// After a fork the child finds the parent's value under a foreign process and walks on to one of its own: it never locks, drives or
/// drops what it inherited, since a lock may be held by a thread that the child doesn't have. Getting the value blocks nobody.
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
        loop {
            let node =
                place.get_or_init(|| Box::new(Node { process, value: Some(T::default()), next: OnceBox::new() }));
            match &node.value {
                Some(value) if node.process == process => return value,
                _ => place = &node.next,
            }
        }
    }
}

impl<T: Inherited> Drop for Node<T> {
    fn drop(&mut self) {
        if self.process != Process::current() {
            self.value.take().map(T::abandon);
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
    fn a_child_has_a_value_of_its_own_also_under_its_parents_id() {
        let state: PerProcess<u8> = PerProcess::new();
        let parents: *const u8 = state.get();
        assert!(ptr::eq(parents, state.get()));
        next_generation();
        assert!(!ptr::eq(parents, state.get()));
    }
}
