//! A pair of descriptors: the library writes to one side, and the host waits until the other side is readable.

use crate::descriptors::{self, Own};
use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socketpair};
use nix::sys::socket::{MsgFlags, Shutdown, recv, send, shutdown};
use std::os::fd::{AsRawFd, OwnedFd};

/// Two sockets. Node refuses the kernel's event descriptors, and a write to a pipe may raise SIGPIPE.
pub(super) struct Signal {
    ours: Own,
    theirs: Own,
}

impl Signal {
    pub fn new() -> Result<Signal, Errno> {
        descriptors::take_standard_ones();
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::Stream, None, flags)?;
        Ok(Signal { ours: Own::new(ours), theirs: Own::new(theirs) })
    }

    /// Makes the other side readable. If its buffer is full, it is readable already.
    pub fn raise(&self) {
        raise(&self.ours);
    }

    /// Reads what was written, so that the other side is no longer readable. The host may have read it before.
    pub fn lower(&self) {
        let Some(theirs) = self.theirs.get() else { return };
        let mut bytes = [0; 64];
        while recv(theirs.as_raw_fd(), &mut bytes, MsgFlags::MSG_DONTWAIT).is_ok_and(|read| read > 0) {}
    }

    /// A new descriptor of the other side.
    pub fn descriptor(&self) -> Option<OwnedFd> {
        self.theirs.get()?.try_clone_to_owned().ok()
    }

    /// Reports a hang-up to every descriptor of the other side, even if a child of a fork holds a copy of our side.
    pub fn hang_up(&self) {
        let _ = self.ours.get().map(|ours| shutdown(ours.as_raw_fd(), Shutdown::Both));
    }

    /// Closes both sides in a child of a fork. The parent keeps its own.
    pub fn close_copies(&self) {
        self.ours.close_copy();
        self.theirs.close_copy();
    }

    /// Our side, and the other one for the host.
    pub fn split(self) -> Option<(Own, OwnedFd)> {
        Some((self.ours, self.theirs.into_inner()?))
    }
}

pub(super) fn raise(ours: &Own) {
    let _: Option<Result<usize, Errno>> = ours.get().map(|ours| send(ours.as_raw_fd(), &[1], MsgFlags::MSG_NOSIGNAL));
}

/// A descriptor that is readable for ever.
pub(super) fn raised() -> Option<OwnedFd> {
    let (ours, theirs) = Signal::new().ok()?.split()?;
    raise(&ours);
    Some(theirs)
}
