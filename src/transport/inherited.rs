//! The descriptors of a parent's network. A child of a fork can't use them, and nobody else would close them.
//!
//! The runtime does not say which descriptors it has. But the kernel lists the descriptors that an epoll instance watches (proc(5),
//! `/proc/pid/fdinfo`). One of them is a pipe of this library, by which a child recognises the instance. Without `/proc`, the
//! descriptors stay open.

use crate::descriptors::{self, LOWEST};
use nix::unistd::close;
use std::fs;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::SeqCst;
use tokio::net::unix::pipe;

/// The inode of the pipe that marks this process's runtime. No lock guards it, because a child reads it.
#[derive(Default)]
pub(super) struct Mark(AtomicU64);

impl Mark {
    /// Makes a pipe that the current runtime watches. From now on, the pipe marks this runtime.
    pub fn set(&self) -> io::Result<pipe::Receiver> {
        let (_, receiver) = pipe::pipe()?;
        self.0.store(inode_of(receiver.as_raw_fd()).unwrap_or_default(), SeqCst);
        Ok(receiver)
    }

    /// Closes this process's copies of the descriptors of its parent's marked runtime. The parent keeps its own.
    pub fn close_copies(&self) {
        let inode = self.0.swap(0, SeqCst);
        if inode == 0 {
            return;
        }
        for (epoll, watched) in epolls() {
            if watched.iter().all(|watched| watched.inode != inode) {
                continue;
            }
            let is_copy = |watched: &&Watched| {
                watched.descriptor >= LOWEST && inode_of(watched.descriptor) == Some(watched.inode)
            };
            for copy in watched.iter().filter(is_copy) {
                let _ = close(copy.descriptor);
            }
            let _ = close(epoll);
        }
    }
}

struct Watched {
    descriptor: RawFd,
    inode: u64,
}

/// The epoll instances of this process, and the descriptors that each of them watches.
fn epolls() -> Vec<(RawFd, Vec<Watched>)> {
    descriptors::take_standard_ones();
    let descriptors = fs::read_dir("/proc/self/fd").into_iter().flatten();
    let numbers = descriptors.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    // List all of them before closing one.
    let numbers: Vec<RawFd> = numbers.collect();
    let is_epoll = |number: &RawFd| {
        fs::read_link(format!("/proc/self/fd/{number}")).is_ok_and(|link| link.as_os_str() == "anon_inode:[eventpoll]")
    };
    numbers.into_iter().filter(is_epoll).map(|number| (number, watched_by(number))).collect()
}

fn watched_by(epoll: RawFd) -> Vec<Watched> {
    let lines = fs::read_to_string(format!("/proc/self/fdinfo/{epoll}")).unwrap_or_default();
    lines.lines().filter_map(watched).collect()
}

/// A line such as `tfd:        4 events:       1f data:                4  pos:0 ino:12362e sdev:9`.
fn watched(line: &str) -> Option<Watched> {
    let descriptor = line.strip_prefix("tfd:")?.split_whitespace().next()?.parse().ok()?;
    let inode = line.split_whitespace().find_map(|word| word.strip_prefix("ino:"))?;
    Some(Watched { descriptor, inode: u64::from_str_radix(inode, 16).ok()? })
}

fn inode_of(descriptor: RawFd) -> Option<u64> {
    fs::metadata(format!("/proc/self/fd/{descriptor}")).ok().map(|file| file.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernel_tells_the_descriptor_and_its_inode() {
        let line = "tfd:        4 events:       1f data:                4  pos:0 ino:12362e sdev:9";
        let watched = watched(line).expect("it is understood");
        assert_eq!((watched.descriptor, watched.inode), (4, 0x12362e));
        assert!(super::watched("flags:\t02000002").is_none());
    }
}
