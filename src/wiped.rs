//! Buffers that are wiped when they are dropped.

use std::mem;
use std::ops::{Deref, DerefMut};
use zeroize::Zeroize;

/// Like `zeroize::Zeroizing`, but wipes the whole buffer at once instead of byte by byte. The old memory of a buffer that grows is
/// not wiped, so reserve the capacity first.
#[derive(Clone, Default)]
pub(crate) struct Wiped<T: Buffer>(T);

pub(crate) trait Buffer: Default {
    fn into_bytes(self) -> Vec<u8>;
}

impl Buffer for Vec<u8> {
    fn into_bytes(self) -> Vec<u8> {
        self
    }
}

impl Buffer for String {
    fn into_bytes(self) -> Vec<u8> {
        String::into_bytes(self)
    }
}

impl<T: Buffer> Wiped<T> {
    pub fn new(buffer: T) -> Wiped<T> {
        Wiped(buffer)
    }
}

impl<T: Buffer> Drop for Wiped<T> {
    fn drop(&mut self) {
        let mut bytes = mem::take(&mut self.0).into_bytes();
        bytes.clear();
        bytes.spare_capacity_mut().zeroize();
    }
}

impl<T: Buffer> Deref for Wiped<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Buffer> DerefMut for Wiped<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl AsRef<[u8]> for Wiped<Vec<u8>> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
