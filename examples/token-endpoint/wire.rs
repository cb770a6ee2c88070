//! Answers that no HTTP library would send. The server takes the stream from hyper and writes them by hand.

use std::fmt::Write;
use std::io;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use hyper::Response;
use hyper::header::DATE;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;
use tokio_rustls::server::TlsStream;

/// How often a text is repeated in one write.
const BLOCK: usize = 10_000;

/// A stream over TCP, with or without TLS.
pub trait Transport: AsyncRead + AsyncWrite + Unpin + 'static {
    fn tcp(&self) -> &TcpStream;
}

impl Transport for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Transport for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// What to write, how fast, and how to end the connection.
#[derive(Default)]
pub struct Script {
    pub head: Vec<u8>,
    pub body: Bytes,
    /// If set, the head is written byte by byte, with this pause between the bytes.
    pub head_pause: Option<Duration>,
    pub body_pause: Option<Duration>,
    /// If not empty, it is written without end, until the client leaves.
    pub repeated: &'static str,
    pub ending: Ending,
}

#[derive(Default)]
pub enum Ending {
    /// Like a server that has finished: it closes TLS, then TCP.
    Shutdown,
    /// Like a server that has died: it doesn't close TLS.
    #[default]
    Drop,
    /// TCP is reset.
    Reset,
}

impl Script {
    /// Ignores errors: the client may leave at any time.
    pub async fn play(self, mut stream: impl Transport) {
        let _ = self.try_play(&mut stream).await;
    }

    async fn try_play(self, stream: &mut impl Transport) -> io::Result<()> {
        write(stream, &self.head, self.head_pause).await?;
        write(stream, &self.body, self.body_pause).await?;
        let block = self.repeated.repeat(BLOCK);
        while !block.is_empty() {
            stream.write_all(block.as_bytes()).await?;
        }
        match self.ending {
            Ending::Shutdown => stream.shutdown().await,
            Ending::Drop => Ok(()),
            Ending::Reset => stream.tcp().set_zero_linger(),
        }
    }
}

async fn write(stream: &mut impl Transport, bytes: &[u8], pause: Option<Duration>) -> io::Result<()> {
    let Some(pause) = pause else {
        stream.write_all(bytes).await?;
        return stream.flush().await;
    };
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        stream.flush().await?;
        sleep(pause).await;
    }
    Ok(())
}

/// The status line and headers of a response whose body has `length` bytes or, without it, ends with the connection. `further` are
/// lines that are written as they are.
pub fn head(response: &Response<()>, length: Option<usize>, further: &str) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\n", response.status());
    for (name, value) in response.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let _ = write!(head, "{name}: {value}\r\n");
    }
    if !response.headers().contains_key(DATE) {
        let _ = write!(head, "date: {}\r\n", httpdate::fmt_http_date(SystemTime::now()));
    }
    if let Some(length) = length {
        let _ = write!(head, "content-length: {length}\r\n");
    }
    let _ = write!(head, "{further}\r\n");
    head.into_bytes()
}
