//! A token endpoint for any loopback address. It accepts every request.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

pub struct Server {
    pub port: u16,
    /// The most requests that it had at once.
    pub most_at_once: Arc<AtomicUsize>,
}

impl Server {
    /// Each answer takes `delay`. The server runs until the process ends.
    pub fn start(delay: Duration) -> Server {
        let listener = TcpListener::bind("0.0.0.0:0").expect("a free port");
        let port = listener.local_addr().expect("it has an address").port();
        let (at_once, most_at_once) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let most = most_at_once.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (at_once, most) = (at_once.clone(), most.clone());
                thread::spawn(move || serve(connection.expect("a connection"), delay, &at_once, &most));
            }
        });
        Server { port, most_at_once }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/oauth/token", self.port)
    }
}

fn serve(mut connection: TcpStream, delay: Duration, at_once: &AtomicUsize, most: &AtomicUsize) {
    while read_request(&mut connection).is_some() {
        most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(delay);
        at_once.fetch_sub(1, Ordering::SeqCst);
        let body = r#"{"access_token":"x","expires_in":600}"#;
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        if connection.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// One request; `None` at the end of the connection.
pub fn read_request(connection: &mut TcpStream) -> Option<()> {
    let mut request = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        match connection.read(&mut bytes) {
            Ok(read) if read > 0 => request.extend_from_slice(&bytes[..read]),
            _ => return None,
        }
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some(());
        }
    }
}
