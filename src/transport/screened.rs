//! A stream between a server and the HTTP library. It mends the head of each answer, and never keeps its task busy for long.

use super::body;
use super::head::{self, Fault, Head};
use crate::wiped::Wiped;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// After this many bytes, other tasks get their turn. The HTTP library reads on as long as there is something to read. A server that
/// sends without end could otherwise hold up all calls, and their deadlines too.
const LONGEST_STRETCH: usize = 64 << 10;

const CHUNK: usize = 2 << 10;

/// A head, and the bytes behind it.
type Complete = (Head, Wiped<Vec<u8>>);

pub(super) struct Screened<S> {
    stream: S,
    awaits_head: Arc<AtomicBool>,
    head: Collected,
    /// Bytes for the HTTP library, and how many of them it has.
    mended: (Wiped<Vec<u8>>, usize),
    /// How many bytes came since the server last made us wait.
    stretch: usize,
}

/// The part of a head that has arrived. The body may follow in the same bytes.
#[derive(Default)]
struct Collected {
    bytes: Wiped<Vec<u8>>,
    /// Where the last line begins, and how far it was searched for its end.
    line: usize,
    searched: usize,
    /// Whether a line was not empty. Empty lines may come before a head.
    has_line: bool,
    /// The length of the interim answers before.
    passed: usize,
}

impl<S> Screened<S> {
    /// If `awaits_head` is set, the next bytes are the head of an answer.
    pub fn new(stream: S, awaits_head: Arc<AtomicBool>) -> Screened<S> {
        Screened { stream, awaits_head, head: Collected::default(), mended: Default::default(), stretch: 0 }
    }

    fn hand_over(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let (bytes, taken) = &mut self.mended;
        let length = buffer.remaining().min(bytes.len() - *taken);
        buffer.put_slice(&bytes[*taken..*taken + length]);
        *taken += length;
        if *taken == bytes.len() {
            self.mended = Default::default();
        }
        length > 0
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Screened<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.hand_over(buffer) {
                return Poll::Ready(Ok(()));
            }
            if this.stretch >= LONGEST_STRETCH {
                this.stretch = 0;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            if !this.awaits_head.load(Ordering::Relaxed) {
                let before = buffer.filled().len();
                let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
                this.stretch = if polled.is_ready() { this.stretch + buffer.filled().len() - before } else { 0 };
                return polled;
            }
            let Poll::Ready(read) = this.head.poll_more(&mut this.stream, context) else {
                this.stretch = 0;
                return Poll::Pending;
            };
            let read = read?;
            this.stretch += read;
            match this.head.take().map_err(io::Error::other)? {
                Some((head, rest)) => {
                    this.awaits_head.store(false, Ordering::Relaxed);
                    let mut mended = Wiped::new(Vec::with_capacity(head.text.len() + rest.len()));
                    mended.extend_from_slice(&head.text);
                    mended.extend_from_slice(&rest);
                    this.mended = (mended, 0);
                }
                // The end of the stream. The HTTP library knows that it misses a head.
                None if read == 0 => return Poll::Ready(Ok(())),
                None => {}
            }
        }
    }
}

impl Collected {
    /// Reads more bytes, and tells how many.
    fn poll_more<S: AsyncRead + Unpin>(
        &mut self,
        stream: &mut S,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut space = Wiped::new(vec![0; CHUNK]);
        let mut chunk = ReadBuf::new(&mut space);
        ready!(Pin::new(stream).poll_read(context, &mut chunk))?;
        body::append(&mut self.bytes, chunk.filled());
        Poll::Ready(Ok(chunk.filled().len()))
    }

    /// The head of the final answer, if it is complete. Leaves out interim answers (RFC 9110 §15.2), of
    /// which there may be any number.
    fn take(&mut self) -> Result<Option<Complete>, Fault> {
        while let Some(end) = self.end() {
            let head = head::read(&self.bytes[..end])?;
            let mut rest = Wiped::new(Vec::with_capacity(self.bytes.len() - end));
            rest.extend_from_slice(&self.bytes[end..]);
            let passed = self.passed + end;
            *self = Collected::default();
            if !head.status.is_informational() || head.status.as_u16() == 101 {
                return Ok(Some((head, rest)));
            }
            *self = Collected { bytes: rest, passed, ..Collected::default() };
        }
        if self.passed + self.bytes.len() > head::LONGEST { Err(Fault::TooLong) } else { Ok(None) }
    }

    /// Where the head ends: after its first empty line.
    fn end(&mut self) -> Option<usize> {
        while let Some(found) = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n') {
            let next = self.searched + found + 1;
            let is_empty = matches!(&self.bytes[self.line..next], b"\n" | b"\r\n");
            (self.line, self.searched) = (next, next);
            if is_empty && self.has_line {
                return Some(next);
            }
            self.has_line |= !is_empty;
        }
        self.searched = self.bytes.len();
        None
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Screened<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
