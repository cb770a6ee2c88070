//! Starts the embedded token endpoint, and talks plain HTTP/1.1 to it. So tests have a client other than the one under test.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;
use url::Url;

/// A running endpoint. It ends with this value or with this process.
pub struct Endpoint {
    process: Child,
    /// The ready line: URLs, files and clients.
    pub ready: Value,
}

/// A client that is registered at the endpoint.
pub struct ClientEntry {
    pub client_id: String,
    pub key_id: String,
    pub algorithm: String,
    /// The form that the vendor hands out: bare base64 of a PKCS#8 key, on one line.
    pub private_key_file: PathBuf,
    pub private_key_pem_file: PathBuf,
    pub public_key_pem_file: PathBuf,
}

impl Endpoint {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(arguments: &[&str]) -> Self {
        let mut process = Command::new(program())
            .arg("--until-stdin-closes")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the endpoint starts");
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("the endpoint writes text");
        let ready = serde_json::from_str(&line).expect("the endpoint's first line is JSON");
        Self { process, ready }
    }

    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    pub fn url(&self, path: &str) -> String {
        self.text("http").to_owned() + path
    }

    pub fn https_url(&self, path: &str) -> String {
        self.text("https").to_owned() + path
    }

    pub fn ca_file(&self) -> &Path {
        Path::new(self.text("ca_file"))
    }

    /// The client that signs with this algorithm.
    pub fn client(&self, algorithm: &str) -> ClientEntry {
        let entry = &self.ready["clients"][algorithm];
        let text = |name: &str| {
            entry[name].as_str().unwrap_or_else(|| panic!("the client {algorithm} has no {name}")).to_owned()
        };
        ClientEntry {
            client_id: text("client_id"),
            key_id: text("key_id"),
            algorithm: text("algorithm"),
            private_key_file: text("private_key_file").into(),
            private_key_pem_file: text("private_key_pem_file").into(),
            public_key_pem_file: text("public_key_pem_file").into(),
        }
    }

    /// A member of the ready line.
    pub fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap_or_else(|| panic!("the ready line has no {name}"))
    }

    /// The endpoint's counts since its start or the last reset.
    pub fn seen(&self) -> Value {
        self.get("/seen").json()
    }

    pub fn reset_seen(&self) {
        let reply = self.connect().post("/seen/reset", "").and_then(Exchange::reply);
        assert_eq!(reply.expect("the endpoint answers").status, 200);
    }

    pub fn get(&self, path: &str) -> Reply {
        self.connect().get(path).and_then(Exchange::reply).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Posts a form that is already encoded.
    pub fn post(&self, path: &str, form: &str) -> Reply {
        self.connect().post(path, form).and_then(Exchange::reply).unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// A connection to the HTTP listener.
    pub fn connect(&self) -> Connection {
        Connection::open(self.text("http"), None).expect("the endpoint listens")
    }

    /// A connection to the HTTPS listener.
    pub fn connect_tls(&self) -> Connection {
        Connection::open(self.text("https"), Some(self.ca_file())).expect("the endpoint listens")
    }
}

impl Drop for Endpoint {
    /// Gives the endpoint time to remove its files. If it doesn't end, it is killed.
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let patience = Instant::now() + Duration::from_secs(5);
        while let Ok(None) = self.process.try_wait() {
            if Instant::now() > patience {
                let _ = self.process.kill();
                let _ = self.process.wait();
            }
            sleep(Duration::from_millis(2));
        }
    }
}

/// The endpoint's program: the one that `TOKEN_ENDPOINT` names, or the example, which is built first if it isn't up to date. Cargo
/// builds the example itself for `cargo test`, but not for `cargo test --test NAME`.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match env::var_os("TOKEN_ENDPOINT") {
        Some(path) => path.into(),
        None => build(),
    })
}

fn build() -> PathBuf {
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--example", "token-endpoint"])
        .args(["--profile", profile, "--message-format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "token-endpoint")
        .find_map(|message| Some(message["executable"].as_str()?.into()))
        .expect("cargo builds the example token-endpoint")
}

pub trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

/// An HTTP/1.1 connection that stays open between exchanges.
pub struct Connection {
    stream: BufReader<Box<dyn Stream>>,
    host: String,
}

impl Connection {
    /// Opens `origin` (`http://HOST:PORT` or `https://HOST:PORT`) at the loopback address, whatever the host's name is. With TLS,
    /// the handshake is complete when this returns.
    pub fn open(origin: &str, ca_file: Option<&Path>) -> io::Result<Self> {
        let url = Url::parse(origin).map_err(io::Error::other)?;
        let port = url.port_or_known_default().unwrap_or_default();
        let tcp = TcpStream::connect(("127.0.0.1", port))?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(Duration::from_secs(20)))?;
        let stream: Box<dyn Stream> = match ca_file {
            None => Box::new(tcp),
            Some(file) => {
                let name = url.host_str().unwrap_or_default();
                Box::new(start_tls(tcp, name.trim_matches(['[', ']']), file)?)
            }
        };
        Ok(Self {
            stream: BufReader::new(stream),
            host: url[url::Position::BeforeHost..url::Position::AfterPort].into(),
        })
    }

    pub fn get(self, path: &str) -> io::Result<Exchange> {
        self.send("GET", path, &[], "")
    }

    /// Posts a form that is already encoded.
    pub fn post(self, path: &str, form: &str) -> io::Result<Exchange> {
        let content_type = ("content-type", "application/x-www-form-urlencoded");
        self.send("POST", path, &[content_type], form)
    }

    pub fn send(mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Exchange> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        let has_length = headers.iter().any(|(name, _)| *name == "content-length");
        if method != "GET" && !has_length {
            request += &format!("content-length: {}\r\n", body.len());
        }
        self.write(format!("{request}\r\n{body}").as_bytes())?;
        Ok(Exchange { connection: self })
    }

    /// Writes any bytes; they need not be HTTP.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let stream = self.stream.get_mut();
        stream.write_all(bytes)?;
        stream.flush()
    }

    /// Reads until the connection ends. An end without TLS's close_notify is an error.
    pub fn read_to_end(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        self.stream.read_to_end(bytes)
    }

    fn receive(&mut self) -> io::Result<Reply> {
        let status_line = self.line()?;
        let status = status_line
            .strip_prefix("HTTP/1.1 ")
            .and_then(|rest| rest.get(..3)?.parse().ok())
            .ok_or_else(|| io::Error::other(format!("not a status line: {status_line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
        let mut reply = Reply { status, headers, body: Vec::new() };
        let length = reply.header("content-length").unwrap_or("0");
        reply.body = vec![0; length.parse().map_err(io::Error::other)?];
        self.stream.read_exact(&mut reply.body)?;
        Ok(reply)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}

/// A request that was sent.
pub struct Exchange {
    pub connection: Connection,
}

impl Exchange {
    pub fn reply(mut self) -> io::Result<Reply> {
        self.connection.receive()
    }

    /// Also returns the connection, for the next request.
    pub fn reply_and_keep(mut self) -> io::Result<(Reply, Connection)> {
        let reply = self.connection.receive()?;
        Ok((reply, self.connection))
    }
}

/// A response that was read completely.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.text()))
    }
}

fn start_tls(mut tcp: TcpStream, name: &str, ca_file: &Path) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(ca_file).map_err(io::Error::other)?;
    roots.add(certificate).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = name.to_owned().try_into().map_err(io::Error::other)?;
    let mut session = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    while session.is_handshaking() {
        session.complete_io(&mut tcp)?;
    }
    Ok(StreamOwned::new(session, tcp))
}
