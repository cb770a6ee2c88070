//! A small HTTP proxy. It can require a user and a password, resolves every name to loopback, and counts requests.

use base64::prelude::{BASE64_STANDARD, Engine};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the proxy does with a request that has the right user and password.
#[derive(Clone, Copy, PartialEq)]
pub enum Manner {
    Connect,
    /// Answers 503.
    Refuse,
    /// Never answers.
    Silent,
    /// Closes the connection.
    Close,
    /// Answers with an OAuth error that repeats the user and password, as the header has them and in plain text.
    Tell,
    /// Sends this head and closes the connection.
    Answer(&'static str),
    /// Connects, and answers CONNECT with this head.
    ConnectWith(&'static str),
}

pub struct Proxy {
    address: SocketAddr,
    /// The first line of each request with the right user and password.
    passed: Arc<Mutex<Vec<String>>>,
    turned_away: Arc<Mutex<usize>>,
}

impl Proxy {
    /// `account` is `user:password`, if the proxy requires them. The proxy runs until the process ends.
    pub fn start(account: Option<&str>, manner: Manner) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let proxy = Proxy {
            address: listener.local_addr().expect("it has an address"),
            passed: Arc::default(),
            turned_away: Arc::default(),
        };
        let expected = account.map(|account| format!("Basic {}", BASE64_STANDARD.encode(account)));
        let (passed, turned_away) = (proxy.passed.clone(), proxy.turned_away.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (expected, passed, turned_away) = (expected.clone(), passed.clone(), turned_away.clone());
                // Errors are ignored: a client may hang up at any time.
                thread::spawn(move || serve(client, expected.as_deref(), manner, &passed, &turned_away));
            }
        });
        proxy
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The requests that passed since the last call.
    pub fn take_passed(&self) -> Vec<String> {
        std::mem::take(&mut self.passed.lock().expect("no thread panicked"))
    }

    pub fn take_turned_away(&self) -> usize {
        std::mem::take(&mut self.turned_away.lock().expect("no thread panicked"))
    }
}

fn serve(
    client: TcpStream,
    expected: Option<&str>,
    manner: Manner,
    passed: &Mutex<Vec<String>>,
    turned_away: &Mutex<usize>,
) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if line == "\r\n" {
            break;
        }
        head.push(line);
    }
    let header = |name: &str| {
        head.iter().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let mut client = client;
    if expected.is_some() && header("proxy-authorization") != expected {
        *turned_away.lock().expect("no thread panicked") += 1;
        return client.write_all(
            b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n",
        );
    }
    passed.lock().expect("no thread panicked").push(head[0].trim_end().to_owned());
    match manner {
        Manner::Connect | Manner::ConnectWith(_) => {}
        Manner::Answer("") => return Ok(()),
        Manner::Answer(answer) => {
            client.write_all(format!("{answer}\r\n").as_bytes())?;
            client.shutdown(Shutdown::Write)?;
            // Closing before the request is read would reset the connection.
            return io::copy(&mut reader, &mut io::sink()).map(drop);
        }
        Manner::Refuse => return client.write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"),
        Manner::Silent => return io::copy(&mut client, &mut io::sink()).map(drop),
        Manner::Close => return Ok(()),
        Manner::Tell => {
            let encoded = header("proxy-authorization").unwrap_or_default().trim_start_matches("Basic ");
            let account = String::from_utf8(BASE64_STANDARD.decode(encoded).unwrap_or_default()).unwrap_or_default();
            let (user, password) = account.split_once(':').unwrap_or_default();
            let body = serde_json::json!({
                "error": "access_denied",
                "error_description": format!("{account} may not ({encoded}), nor {user} nor {password}"),
                "error_uri": format!("http://{account}@proxy.example"),
            });
            let body = body.to_string();
            let head = format!("HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\n\r\n", body.len());
            return client.write_all((head + &body).as_bytes());
        }
    }
    let mut words = head[0].split(' ');
    let is_tunnel = words.next() == Some("CONNECT");
    let target = words.next().unwrap_or_default().trim_start_matches("http://");
    let authority = target.split('/').next().unwrap_or_default();
    let port = authority.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(80);
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    if is_tunnel {
        let answer = match manner {
            Manner::ConnectWith(answer) => answer,
            _ => "HTTP/1.1 200 Connection Established\r\n",
        };
        client.write_all(format!("{answer}\r\n").as_bytes())?;
    } else {
        let forwarded = head.iter().filter(|line| !line.to_lowercase().starts_with("proxy-authorization"));
        server.write_all(forwarded.cloned().collect::<String>().as_bytes())?;
        server.write_all(b"\r\n")?;
    }
    relay(reader, client, server)
}

fn relay(from_client: impl Read + Send + 'static, mut client: TcpStream, server: TcpStream) -> io::Result<()> {
    let mut from_client = from_client;
    let mut to_server = server.try_clone()?;
    let mut server = server;
    let there = thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    let _ = io::copy(&mut server, &mut client);
    let _ = client.shutdown(Shutdown::Both);
    there.join().expect("the thread ends");
    Ok(())
}
