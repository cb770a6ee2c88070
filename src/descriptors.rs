//! Keeps the library's descriptors away from 0 to 2.
//!
//! The kernel gives a new descriptor the lowest number that is free. If the host has closed standard error, a socket of the library would
//! become standard error, and the next line of a log would go into the connection. The runtime and the resolver make descriptors of
//! their own, so it is not enough to move those that this code makes. Instead, free numbers below 3 are taken before.

use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use std::os::fd::{AsRawFd, IntoRawFd, RawFd};

/// The lowest number that a descriptor of the library may have.
pub(crate) const LOWEST: RawFd = 3;

/// Takes those of the numbers 0 to 2 that are free. Must be called before the library makes a descriptor.
///
/// What takes them behaves like a closed descriptor: reads and writes fail with EBADF, and a program that is executed does not have it.
/// It stays. To close it later would risk closing what the host has put there in the meantime.
pub(crate) fn take_standard_ones() {
    let flags = OFlag::O_PATH | OFlag::O_CLOEXEC;
    while let Ok(descriptor) = open("/", flags, Mode::empty())
        && descriptor.as_raw_fd() < LOWEST
    {
        let _stays = descriptor.into_raw_fd();
    }
}
