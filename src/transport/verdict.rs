//! In TLS 1.3, the handshake ends with the client's part. The server judges that part when the client may have sent its request already
//! (RFC 8446 §4.4): if it wants a certificate of the client, for example, its refusal comes in place of an answer.

use super::failure::{Broken, Peer};
use rustls::{AlertDescription, Error};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The alert by which the peer of a new connection refused the handshake, once it has come.
pub(super) struct Verdict {
    peer: Peer,
    alert: Arc<OnceLock<AlertDescription>>,
}

impl Verdict {
    pub fn new(peer: Peer) -> Verdict {
        Verdict { peer, alert: Arc::default() }
    }

    /// The refusal, or else how the first request of the connection failed.
    pub fn or(&self, broken: Broken) -> Broken {
        self.alert.get().map_or(broken, |alert| Broken::Refused(self.peer, *alert))
    }

    /// A new stream of TLS 1.3 that tells this verdict.
    pub fn judged<S>(&self, stream: S) -> Judged<S> {
        Judged { stream, open: Some(self.alert.clone()) }
    }
}

/// A stream that notes the verdict on the handshake.
pub(super) struct Judged<S> {
    stream: S,
    /// `None` from the first byte of an answer on: the peer has accepted the handshake.
    open: Option<Arc<OnceLock<AlertDescription>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Judged<S> {
    /// The peer may have sent its verdict and closed the connection. Then a write fails, and the verdict waits to be read.
    fn read_verdict(&mut self, context: &mut Context<'_>) {
        if self.open.is_some() {
            let _ = Pin::new(self).poll_read(context, &mut ReadBuf::new(&mut [0]));
        }
    }

    fn written<T>(&mut self, written: io::Result<T>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_err() {
            self.read_verdict(context);
        }
        Poll::Ready(written)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Judged<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        let open = self.open.take();
        if let (Some(open), Some(alert)) = (open, read.as_ref().err().and_then(refusal)) {
            let _ = open.set(alert);
        }
        Poll::Ready(read)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Judged<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes));
        self.written(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, bytes));
        self.written(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = ready!(Pin::new(&mut self.stream).poll_flush(context));
        self.written(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The alert, if it can only mean the handshake (RFC 8446 §6.2). Other alerts may come while the server works on a request.
fn refusal(error: &io::Error) -> Option<AlertDescription> {
    use AlertDescription as Alert;
    let Some(Error::AlertReceived(alert)) = error.get_ref()?.downcast_ref() else { return None };
    let is_of_handshake = matches!(
        alert,
        Alert::HandshakeFailure
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied
            | Alert::DecryptError
            | Alert::CertificateRequired
    );
    is_of_handshake.then_some(*alert)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::task::Waker;

    /// A peer that gives these results one after another, and takes no byte.
    struct Scripted(VecDeque<io::Result<&'static [u8]>>);

    impl AsyncRead for Scripted {
        fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
            match self.0.pop_front() {
                Some(read) => Poll::Ready(read.map(|bytes| buffer.put_slice(bytes))),
                None => Poll::Pending,
            }
        }
    }

    impl AsyncWrite for Scripted {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn alert(alert: AlertDescription) -> io::Result<&'static [u8]> {
        Err(io::Error::new(io::ErrorKind::InvalidData, Error::AlertReceived(alert)))
    }

    /// What a stream does next, and the verdict after all of that.
    fn verdict(reads: Vec<io::Result<&'static [u8]>>, act: fn(&mut Judged<Scripted>, &mut Context<'_>)) -> Option<u8> {
        let (verdict, mut context) = (Verdict::new(Peer::Destination), Context::from_waker(Waker::noop()));
        act(&mut verdict.judged(Scripted(reads.into())), &mut context);
        match verdict.or(Broken::TooSlow) {
            Broken::Refused(Peer::Destination, alert) => Some(alert.into()),
            _ => None,
        }
    }

    fn read_all(stream: &mut Judged<Scripted>, context: &mut Context<'_>) {
        for _ in 0..3 {
            let _ = Pin::new(&mut *stream).poll_read(context, &mut ReadBuf::new(&mut [0; 8]));
        }
    }

    /// RFC 8446 §6.2: what the server may send of these is a verdict on the client's part of the handshake.
    #[test]
    fn only_an_alert_about_the_handshake_is_a_verdict() {
        let verdicts: Vec<u8> =
            (0..=255).filter(|number| verdict(vec![alert((*number).into())], read_all).is_some()).collect();
        assert_eq!(verdicts, [40, 42, 43, 44, 45, 46, 48, 49, 51, 116]);
        for other in [io::ErrorKind::ConnectionReset, io::ErrorKind::UnexpectedEof] {
            assert_eq!(verdict(vec![Err(other.into())], read_all), None);
        }
    }

    #[test]
    fn nothing_is_a_verdict_after_the_first_byte_or_the_end_of_an_answer() {
        let required = || alert(AlertDescription::CertificateRequired);
        assert_eq!(verdict(vec![required()], read_all), Some(116));
        for first in [&b"H"[..], b""] {
            assert_eq!(verdict(vec![Ok(first), required()], read_all), None);
        }
    }

    #[test]
    fn a_verdict_is_read_if_a_write_fails() {
        let reads = || vec![alert(AlertDescription::AccessDenied)];
        let acts: [fn(&mut Judged<Scripted>, &mut Context<'_>); 3] = [
            |stream, context| assert!(Pin::new(stream).poll_write(context, b"POST").is_ready()),
            |stream, context| assert!(Pin::new(stream).poll_write_vectored(context, &[]).is_ready()),
            |stream, context| assert!(Pin::new(stream).poll_flush(context).is_ready()),
        ];
        for act in acts {
            assert_eq!(verdict(reads(), act), Some(49));
            assert_eq!(verdict(vec![], act), None);
        }
    }
}
