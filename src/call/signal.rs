//! A pair of descriptors: the library writes to one side, and the host waits until the other side is readable.

use crate::descriptors;
use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use nix::sys::socket::{MsgFlags, Shutdown, recv, send, shutdown};
use std::os::fd::{AsRawFd, OwnedFd};

/// Two sockets. Node refuses the kernel's event descriptors, and a write to a pipe may raise SIGPIPE.
pub(super) struct Signal {
    ours: OwnedFd,
    theirs: OwnedFd,
}

impl Signal {
    pub fn new() -> Result<Signal, Errno> {
        descriptors::take_standard_ones();
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::Stream, None, flags)?;
        Ok(Signal { ours, theirs })
    }

    /// Makes the other side readable. If its buffer is full, it is readable already.
    pub fn raise(&self) {
        raise(&self.ours);
    }

    /// Reads what was written, so that the other side is no longer readable. The host may have read it before.
    pub fn lower(&self) {
        let mut bytes = [0; 64];
        while recv(self.theirs.as_raw_fd(), &mut bytes, MsgFlags::MSG_DONTWAIT).is_ok_and(|read| read > 0) {}
    }

    /// A new descriptor of the other side.
    pub fn descriptor(&self) -> Option<OwnedFd> {
        self.theirs.try_clone().ok()
    }

    /// Reports a hang-up to every descriptor of the other side, even if a child of a fork holds a copy of our side.
    pub fn hang_up(&self) {
        let _ = shutdown(self.ours.as_raw_fd(), Shutdown::Both);
    }

    /// Our side and the other one.
    pub fn split(self) -> (OwnedFd, OwnedFd) {
        (self.ours, self.theirs)
    }
}

pub(super) fn raise(ours: &OwnedFd) {
    let _: Result<usize, Errno> = send(ours.as_raw_fd(), &[1], MsgFlags::MSG_NOSIGNAL);
}

/// A descriptor that is readable for ever.
pub(super) fn raised() -> Option<OwnedFd> {
    let (ours, theirs) = Signal::new().ok()?.split();
    raise(&ours);
    Some(theirs)
}
