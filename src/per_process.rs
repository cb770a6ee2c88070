//! State that belongs to one process and is left behind at a fork.

use once_cell::race::OnceBox;

/// A value for each process that asks, made when it first does.
///
/// After a fork the child finds the parent's value by a foreign process id and walks on to one of its own: it never locks, drives or
/// drops what it inherited, since a lock may be held by a thread that the child doesn't have. Getting the value blocks nobody.
pub(crate) struct PerProcess<T> {
    first: OnceBox<Node<T>>,
}

struct Node<T> {
    process: u32,
    value: Option<T>,
    next: OnceBox<Node<T>>,
}

impl<T: Default> PerProcess<T> {
    pub fn new() -> PerProcess<T> {
        PerProcess { first: OnceBox::new() }
    }

    pub fn get(&self) -> &T {
        let process = std::process::id();
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

impl<T> Drop for Node<T> {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            std::mem::forget(self.value.take());
        }
    }
}
