//! The descriptors of a parent's network. A child of a fork can't use them, and nobody else would close them.
//!
//! The runtime does not say which descriptors it has. But the kernel lists the descriptors that an epoll instance watches (proc(5),
//! `/proc/pid/fdinfo`). The list is recorded before each fork: parent and child share the instance, so later it lacks what the
//! parent has closed since. Where no fork handler records it, the child reads it. Without `/proc`, the descriptors stay open.

use super::pool::MOST_OPEN;
use crate::descriptors::{self, LOWEST};
use nix::unistd::close;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::iter;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::process;
use std::str;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, AtomicUsize};
use tokio::net::unix::pipe;

/// Enough for all connections, also if each is tried over several addresses at once.
const MOST: usize = 4 * MOST_OPEN;

/// The runtime has its epoll instance under two numbers.
const EPOLLS: usize = 2;

/// Among so many descriptors, the first that the runtime makes, are both of these.
const FIRST: usize = 3;

/// The runtime that this process or an ancestor of it made last. No lock guards it, because a child reads it.
struct Marked {
    /// The process that made it.
    owner: AtomicU32,
    /// The epoll instance; -1 where there is none.
    epolls: [AtomicI32; EPOLLS],
    /// A pipe that it watches, by which it is recognised.
    pipe: Watched,
    /// What it watched when the owner forked.
    copies: [Watched; MOST],
    count: AtomicUsize,
}

static MARKED: Marked = Marked {
    owner: AtomicU32::new(0),
    epolls: [const { AtomicI32::new(-1) }; EPOLLS],
    pipe: Watched::NOTHING,
    copies: [Watched::NOTHING; MOST],
    count: AtomicUsize::new(0),
};

struct Watched {
    descriptor: AtomicI32,
    inode: AtomicU64,
}

impl Watched {
    #[expect(clippy::declare_interior_mutable_const, reason = "it is only copied")]
    const NOTHING: Watched = Watched { descriptor: AtomicI32::new(-1), inode: AtomicU64::new(0) };

    fn set(&self, (descriptor, inode): (RawFd, u64)) {
        self.descriptor.store(descriptor, SeqCst);
        self.inode.store(inode, SeqCst);
    }

    /// The descriptor, if it is still the same file.
    fn get(&self) -> Option<RawFd> {
        let descriptor = self.descriptor.load(SeqCst);
        (descriptor >= LOWEST && inode_of(descriptor)? == self.inode.load(SeqCst)).then_some(descriptor)
    }
}

/// The numbers that the next descriptors will have, unless another thread makes one.
pub(super) fn next_numbers() -> Vec<RawFd> {
    let held: Vec<File> = (0..FIRST).map_while(|_| File::open("/").ok()).collect();
    held.iter().map(File::as_raw_fd).collect()
}

/// Makes a pipe that the current runtime watches. From now on, the pipe marks this runtime. `likely` are the numbers that its epoll
/// instance probably has; to try all takes long in a program with many descriptors.
pub(super) fn mark(likely: &[RawFd]) -> io::Result<pipe::Receiver> {
    let (_, receiver) = pipe::pipe()?;
    let pipe = receiver.as_raw_fd();
    let inode = inode_of(pipe).unwrap_or_default();
    let others = open_descriptors().filter(|number| !likely.contains(number));
    let mut epolls = likely.iter().copied().chain(others).filter(|&number| watches(number, inode));
    MARKED.owner.store(process::id(), SeqCst);
    for epoll in &MARKED.epolls {
        epoll.store(epolls.next().unwrap_or(-1), SeqCst);
    }
    MARKED.pipe.set((pipe, inode));
    Ok(receiver)
}

/// Records what a child will inherit. It takes no memory, because the fork may come from a signal handler.
#[cfg(feature = "capi")]
pub(crate) fn before_fork() {
    // What a child inherited itself is recorded already.
    if MARKED.owner.load(SeqCst) == process::id() {
        record();
    }
}

/// Two threads that fork at once record the same: no task of the runtime runs meanwhile.
fn record() {
    let mark = MARKED.pipe.inode.load(SeqCst);
    let (mut count, mut is_marked) = (0, false);
    descriptors::take_standard_ones();
    let _ = each_watched(MARKED.epolls[0].load(SeqCst), |descriptor, inode| {
        is_marked |= inode == mark;
        if let Some(copy) = MARKED.copies.get(count) {
            copy.set((descriptor, inode));
            count += 1;
        }
    });
    MARKED.count.store(if is_marked { count } else { 0 }, SeqCst);
}

/// Closes this process's copies of the descriptors of its parent's runtime. The parent keeps its own.
pub(super) fn close_copies() {
    let has_mark = MARKED.pipe.get().is_some();
    if MARKED.count.load(SeqCst) == 0 {
        record();
    }
    let count = MARKED.count.swap(0, SeqCst);
    let epolls = MARKED.epolls.each_ref().map(|epoll| epoll.swap(-1, SeqCst));
    // Without the pipe, this process has closed all that it inherited.
    if !has_mark || count == 0 {
        return;
    }
    for copy in MARKED.copies[..count].iter().filter_map(Watched::get) {
        let _ = close(copy);
    }
    for epoll in epolls.into_iter().filter(|&number| is_epoll(number)) {
        let _ = close(epoll);
    }
}

fn open_descriptors() -> impl Iterator<Item = RawFd> {
    let entries = iter::once_with(|| fs::read_dir("/proc/self/fd").into_iter().flatten()).flatten();
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

fn is_epoll(number: RawFd) -> bool {
    fs::read_link(format!("/proc/self/fd/{number}")).is_ok_and(|link| link.as_os_str() == "anon_inode:[eventpoll]")
}

fn watches(epoll: RawFd, inode: u64) -> bool {
    let mut is_watched = false;
    let _ = each_watched(epoll, |_, watched| is_watched |= watched == inode);
    is_watched
}

/// Calls `each` with the descriptor and inode of every file that the epoll instance watches.
fn each_watched(epoll: RawFd, mut each: impl FnMut(RawFd, u64)) -> io::Result<()> {
    let mut path = [0; 40];
    let mut left = &mut path[..];
    write!(left, "/proc/self/fdinfo/{epoll}")?;
    let length = 40 - left.len();
    let mut file = File::open(str::from_utf8(&path[..length]).map_err(io::Error::other)?)?;
    let mut buffer = [0; 4096];
    let mut filled = 0;
    loop {
        let read = file.read(&mut buffer[filled..])?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        let mut start = 0;
        while let Some(length) = buffer[start..filled].iter().position(|&byte| byte == b'\n') {
            if let Some((descriptor, inode)) = str::from_utf8(&buffer[start..start + length]).ok().and_then(watched) {
                each(descriptor, inode);
            }
            start += length + 1;
        }
        buffer.copy_within(start..filled, 0);
        filled -= start;
    }
}

/// The descriptor and inode in a line such as `tfd:        4 events:       1f data:                4  pos:0 ino:12362e sdev:9`.
fn watched(line: &str) -> Option<(RawFd, u64)> {
    let descriptor = line.strip_prefix("tfd:")?.split_whitespace().next()?.parse().ok()?;
    let inode = line.split_whitespace().find_map(|word| word.strip_prefix("ino:"))?;
    Some((descriptor, u64::from_str_radix(inode, 16).ok()?))
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
        assert_eq!(watched(line), Some((4, 0x12362e)));
        assert_eq!(watched("flags:\t02000002"), None);
    }
}
