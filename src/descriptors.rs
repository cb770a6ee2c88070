//! Keeps the library's descriptors away from 0 to 2, and away from those of the host.
//!
//! The kernel gives a new descriptor the lowest number that is free. If the host has closed standard error, a socket of the library would
//! become standard error, and the next line of a log would go into the connection. The runtime and the resolver make descriptors of
//! their own, so it is not enough to move those that this code makes. Instead, free numbers below 3 are taken before.

use crate::fork::without_fork;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::{Mode, fstat};
use nix::unistd::close;
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd, RawFd};

/// The lowest number that a descriptor of the library may have.
pub(crate) const LOWEST: RawFd = 3;

/// Takes those of the numbers 0 to 2 that are free. Must be called before the library makes a descriptor.
///
/// What takes them behaves like a closed descriptor: reads and writes fail with EBADF, and a program that is executed does not have it.
/// It stays. To close it later would risk closing what the host has put there in the meantime.
pub(crate) fn take_standard_ones() {
    let flags = OFlag::O_PATH | OFlag::O_CLOEXEC;
    without_fork(|| {
        while let Ok(descriptor) = open("/", flags, Mode::empty())
            && descriptor.as_raw_fd() < LOWEST
        {
            let _stays = descriptor.into_raw_fd();
        }
    });
}

/// Tells an open file from any other, even if that has the same descriptor later.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// `None` if the descriptor is closed.
    pub fn of(descriptor: impl AsFd) -> Option<Identity> {
        fstat(descriptor).ok().map(|file| Identity { device: file.st_dev, inode: file.st_ino })
    }
}

/// A descriptor of the library. If the host closes it by mistake, its number may belong to a file of the host. Then it is neither
/// used nor closed.
pub(crate) struct Own {
    /// Taken when dropped.
    descriptor: Option<OwnedFd>,
    identity: Option<Identity>,
}

impl Own {
    pub fn new(descriptor: OwnedFd) -> Own {
        Own { identity: Identity::of(&descriptor), descriptor: Some(descriptor) }
    }

    /// The descriptor, unless the host closed it.
    pub fn get(&self) -> Option<BorrowedFd<'_>> {
        let descriptor = self.descriptor.as_ref()?.as_fd();
        (Identity::of(descriptor) == self.identity).then_some(descriptor)
    }

    /// Closes the copy of a child of a fork. From then on, the descriptor counts as closed by the host.
    pub fn close_copy(&self) {
        if let Some(copy) = self.get() {
            let _ = close(copy.as_raw_fd());
        }
    }

    /// The descriptor, for the host.
    pub fn into_inner(mut self) -> Option<OwnedFd> {
        self.descriptor.take()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if self.get().is_none() {
            mem::forget(self.descriptor.take());
        }
    }
}
