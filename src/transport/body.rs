//! The body of a request and that of an answer, in buffers that are wiped.

use crate::wiped::Wiped;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use zeroize::Zeroize;

/// A request body that is wiped when it is dropped. It sets `sent` when the HTTP library asks for its first byte, because from then
/// on the request may have been sent.
pub(super) struct Form {
    bytes: Option<Bytes>,
    length: usize,
    sent: Arc<AtomicBool>,
}

impl Form {
    pub fn new(form: Wiped<Vec<u8>>, sent: Arc<AtomicBool>) -> Form {
        let length = form.len();
        Form { bytes: Some(Bytes::from_owner(form)), length, sent }
    }
}

impl Body for Form {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
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

/// Reads the whole body, or a first part that is longer than `longest`.
pub(super) async fn read(response: &mut reqwest::Response, longest: usize) -> reqwest::Result<Wiped<Vec<u8>>> {
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut body = Wiped::new(Vec::with_capacity(announced.min(longest + 1)));
    while let Some(chunk) = response.chunk().await? {
        append(&mut body, &chunk);
        wipe(chunk);
        if body.len() > longest {
            break;
        }
    }
    Ok(body)
}

/// Appends to a larger buffer if there is no room, and wipes the old one. `Vec` would not wipe it.
fn append(body: &mut Wiped<Vec<u8>>, chunk: &[u8]) {
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
