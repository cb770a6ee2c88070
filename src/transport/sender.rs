//! The side of an open connection that takes requests.

use super::body::Form;
use super::screened::Screened;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::yield_now;

pub(super) struct Sender<B = Form> {
    sender: SendRequest<B>,
    awaits_head: Arc<AtomicBool>,
}

impl<B> Sender<B>
where
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + 'static,
{
    /// Speaks HTTP on a stream. A task must drive the connection.
    pub async fn new<S>(stream: S) -> hyper::Result<(Sender<B>, Connection<TokioIo<Screened<S>>, B>)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let awaits_head = Arc::new(AtomicBool::new(false));
        let stream = Screened::new(stream, awaits_head.clone());
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        Ok((Sender { sender, awaits_head }, connection))
    }

    /// Sends the request and waits for the head of its answer.
    pub async fn send(&mut self, request: Request<B>) -> Result<Response<Incoming>, TrySendError<Request<B>>> {
        self.awaits_head.store(true, Ordering::Relaxed);
        self.sender.try_send_request(request).await
    }

    pub fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    /// Whether the connection may carry another request. It takes the runtime some turns to see that an answer is complete.
    pub async fn becomes_ready(&self) -> bool {
        const TURNS: usize = 3;
        for _ in 0..TURNS {
            if self.sender.is_ready() || self.sender.is_closed() {
                break;
            }
            yield_now().await;
        }
        self.sender.is_ready()
    }
}
