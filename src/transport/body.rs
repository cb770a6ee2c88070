//! The body of a request and that of an answer, in buffers that are wiped.

use crate::gate::Gate;
use crate::wiped::Wiped;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use zeroize::Zeroize;

/// A request body that is wiped when it is dropped. It notes when the HTTP library takes the first byte, because from then on, the
/// request may have been sent.
pub(super) struct Form {
    bytes: Option<Bytes>,
    length: usize,
    sent: Arc<AtomicBool>,
    gate: Arc<Gate>,
}

/// The call was cancelled before its request was sent.
#[derive(Debug)]
pub(super) struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call was cancelled")
    }
}

impl std::error::Error for Cancelled {}

impl Form {
    pub fn new(form: Wiped<Vec<u8>>, sent: Arc<AtomicBool>, gate: Arc<Gate>) -> Form {
        let length = form.len();
        Form { bytes: Some(Bytes::from_owner(form)), length, sent, gate }
    }
}

impl Body for Form {
    type Data = Bytes;
    type Error = Cancelled;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Cancelled>>> {
        if !self.gate.pass() {
            return Poll::Ready(Some(Err(Cancelled)));
        }
        self.sent.store(true, Ordering::Relaxed);
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(if self.bytes.is_some() { self.length as u64 } else { 0 })
    }
}

/// The whole body, or a first part that is longer than `longest`. If the body breaks off, it comes with the error.
pub(super) async fn read(mut incoming: Incoming, longest: usize) -> (Wiped<Vec<u8>>, Option<hyper::Error>) {
    let announced = incoming.size_hint().exact().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut body = Wiped::new(Vec::with_capacity(announced.min(longest + 1)));
    while let Some(frame) = std::future::poll_fn(|context| pin!(&mut incoming).poll_frame(context)).await {
        let chunk = match frame.map(Frame::into_data) {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(_)) => continue,
            Err(error) => return (body, Some(error)),
        };
        append(&mut body, &chunk);
        wipe(chunk);
        if body.len() > longest {
            break;
        }
    }
    (body, None)
}

/// Appends to a larger buffer if there is no room, and wipes the old one. `Vec` would not wipe it.
pub(super) fn append(body: &mut Wiped<Vec<u8>>, chunk: &[u8]) {
    let needed = body.len() + chunk.len();
    if needed > body.capacity() {
        let mut larger = Wiped::new(Vec::with_capacity(needed.next_power_of_two()));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(chunk);
}

fn wipe(chunk: Bytes) {
    if let Ok(mut bytes) = chunk.try_into_mut() {
        bytes.as_mut().zeroize();
    }
}
