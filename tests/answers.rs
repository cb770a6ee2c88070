//! Answers that no HTTP library would write. A server of this file writes them byte by byte, also over kept connections, and sees
//! over which connection each request comes.

mod common;

use common::endpoint::Endpoint;
use common::host::{Pairs, borrowed, client};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use talkdesk_auth::{Client, Error, ErrorCode, Token};

static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(Endpoint::start);

const CREDENTIALS: &[(&str, &str)] = &[("grant_type", "client_credentials"), ("timeout", "20")];
/// The library sends it once.
const REFRESH: &[(&str, &str)] =
    &[("grant_type", "refresh_token"), ("refresh_token", "r3fr3sh-t0ken"), ("timeout", "20")];

/// An answer, and whether the server closes the connection after it.
#[derive(Clone)]
struct Script {
    bytes: Vec<u8>,
    closes: bool,
}

fn open(bytes: impl Into<Vec<u8>>) -> Script {
    Script { bytes: bytes.into(), closes: false }
}

fn closed(bytes: impl Into<Vec<u8>>) -> Script {
    Script { bytes: bytes.into(), closes: true }
}

/// A request that the server got.
struct Request {
    connection: usize,
    head: String,
}

struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    /// Gives these answers, one to each request in turn, over whatever connection it comes.
    fn start(answers: Vec<Script>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let (seen, answers) = (requests.clone(), Arc::new(answers));
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().flatten().enumerate() {
                let (seen, answers) = (seen.clone(), answers.clone());
                // Errors are ignored: the client may leave at any time.
                thread::spawn(move || serve(stream, connection, &answers, &seen));
            }
        });
        Server { address, requests }
    }

    fn client(&self) -> Client {
        let options: Pairs<'_> = client(&ENDPOINT, &format!("http://{}/oauth/token", self.address));
        Client::new(borrowed(&options)).expect("a client")
    }

    /// The number of the connection of each request.
    fn connections(&self) -> Vec<usize> {
        self.requests.lock().expect("no thread panicked").iter().map(|request| request.connection).collect()
    }
}

fn serve(stream: TcpStream, connection: usize, answers: &[Script], seen: &Mutex<Vec<Request>>) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let head = read_request(&mut reader)?;
        let number = {
            let mut seen = seen.lock().expect("no thread panicked");
            seen.push(Request { connection, head });
            seen.len() - 1
        };
        let Script { bytes, closes } = answers[number].clone();
        stream.write_all(&bytes)?;
        if closes {
            stream.shutdown(Shutdown::Write)?;
        }
    }
}

/// Reads a whole request and returns its head.
fn read_request(reader: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    io::copy(&mut reader.take(length.parse().expect("a number")), &mut io::sink())?;
    Ok(head)
}

fn json(token: &str) -> String {
    format!(r#"{{"access_token":"{token}"}}"#)
}

/// An answer with these lines in its head, and a length.
fn sized(lines: &str, token: &str) -> String {
    let body = json(token);
    format!("HTTP/1.1 200 OK\r\n{lines}content-length: {}\r\n\r\n{body}", body.len())
}

/// An answer with these lines in its head. <n> stands for the body's length.
fn framed(lines: &str, token: &str) -> String {
    let body = json(token);
    format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n{body}", lines.replace("<n>", &body.len().to_string()))
}

fn chunked(lines: &str, token: &str, end: &str) -> String {
    let body = json(token);
    format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n{:x}\r\n{body}\r\n{end}", body.len())
}

fn exchanged(outcome: Result<Token, Error>) -> String {
    outcome.map(|token| token.access_token().to_owned()).unwrap_or_else(|error| panic!("no token: {error:?}"))
}

/// The error of an answer to a refresh token.
fn refused(answer: Script) -> Error {
    let server = Server::start(vec![answer]);
    server.client().exchange(REFRESH.iter().copied()).expect_err("the answer must be refused")
}

/// Makes two exchanges by one client, and tells whether they used one connection.
fn twice(first: Script) -> bool {
    let what = String::from_utf8_lossy(&first.bytes).into_owned();
    let server = Server::start(vec![first, open(sized("", "second"))]);
    let client = server.client();
    let tokens = ["first", "second"].map(|_| exchanged(client.exchange(CREDENTIALS.iter().copied())));
    assert_eq!(tokens, ["first", "second"], "{what:?}");
    let connections = server.connections();
    assert_eq!(connections.len(), 2, "{what:?}");
    connections[0] == connections[1]
}

#[test]
fn a_connection_is_kept_after_a_head_without_faults() {
    for head in ["", "x: y\r\n", "X:\r\n", "X:y\t \r\n", "x: \u{fc}\r\n", "connection: keep-alive\r\n"] {
        assert!(twice(open(sized(head, "first"))), "{head:?}");
    }
    assert!(twice(open(chunked("Transfer-Encoding: chunked", "first", "0\r\n\r\n"))));
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
    assert!(twice(open(interim.to_owned() + &sized("", "first"))));
    assert!(twice(open("\r\n".to_owned() + &sized("", "first"))));
}

/// The server and the library may not agree about such an answer. So the connection carries no other request.
#[test]
fn a_malformed_header_costs_no_token_but_the_connection() {
    let many: String = (0..500).map(|number| format!("x-{number}: y\r\n")).collect();
    let long = format!("X: {}\r\n", "y".repeat(200_000));
    for lines in [
        "X Y: z",
        "no colon",
        ": z",
        " X: z",
        "\u{1}: z",
        "X: a\u{1}b",
        "X: a\rb",
        "X : y",
        "X: a\r\n b",
        "X:\r\n\tb",
        "X Y: a\r\n b",
    ] {
        assert!(!twice(open(sized(&format!("{lines}\r\n"), "first"))), "{lines:?}");
    }
    assert!(!twice(open(sized(&many, "first"))));
    assert!(twice(open(sized(&long, "first"))));
    for framing in [
        "Content-Length : <n>",
        "Content-Length\t: <n>",
        "CONTENT-LENGTH:\r\n <n>",
        "X Y: z\r\nContent-Length: <n>\r\nContent-Length : <n>",
    ] {
        assert!(!twice(open(framed(framing, "first"))), "{framing:?}");
    }
    for framing in [
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\r\n chunked",
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
    ] {
        assert!(!twice(open(chunked(framing, "first", "0\r\n\r\n"))), "{framing:?}");
    }
}

/// What stands behind an answer must never be taken for the next answer.
#[test]
fn nothing_behind_an_answer_is_taken_for_the_next_answer() {
    let smuggled = sized("", "smuggled");
    for first in [
        sized("", "first"),
        framed("Content-Length : <n>", "first"),
        framed("X Y: z\r\nContent-Length: <n>", "first"),
        framed("Content-Length: <n>\r\nX: a\r\n b", "first"),
        chunked("Transfer-Encoding: chunked", "first", "0\r\n\r\n"),
        chunked("Transfer-Encoding : chunked", "first", "0\r\n\r\n"),
        chunked("Content-Length: 1\r\nTransfer-Encoding: chunked", "first", "0\r\n\r\n"),
    ] {
        assert!(!twice(open(first.clone() + &smuggled)), "{first:?}");
    }
    // If the malformed length were passed over, this body would end with the connection.
    for framing in
        ["Content Length: <n>", "Content-Length <n>", "X: a\r\n Content-Length: <n>", "Content-Length: <n>\0"]
    {
        let error = refused(closed(framed(framing, "first") + &smuggled));
        assert_eq!(error.code(), ErrorCode::OutcomeUnknown, "{framing:?}: {error}");
    }
}

#[test]
fn where_nobody_can_tell_the_end_of_the_body_the_message_names_the_header() {
    for (lines, name) in [
        ("Content Length: <n>", "Content-Length"),
        ("content\u{b}-LENGTH: <n>", "Content-Length"),
        ("Content-Length <n>", "Content-Length"),
        (" Content-Length: <n>", "Content-Length"),
        ("X: a\r\n Content-Length: <n>", "Content-Length"),
        ("X: a\rContent-Length: <n>", "Content-Length"),
        ("Content-Length: <n>\0", "Content-Length"),
        ("Content-Length: <n>\r\n 0", "Content-Length"),
        ("Content-Length: <n>\r\nContent-Length : 0", "Content-Length"),
        ("Content-Length: <n>, 1", "Content-Length"),
        ("Content-Length: +<n>", "Content-Length"),
        ("Content-Length: ", "Content-Length"),
        ("Transfer Encoding: chunked", "Transfer-Encoding"),
        ("TRANSFER-ENCODING chunked", "Transfer-Encoding"),
        ("X Y: z\r\n Transfer-Encoding: chunked", "Transfer-Encoding"),
        ("Transfer-Encoding: chunked, identity", "Transfer-Encoding"),
        ("Transfer-Encoding: chunked, chunked", "Transfer-Encoding"),
    ] {
        let error = refused(open(framed(lines, "first")));
        let says = format!("its header {name} is malformed, so that nobody can tell where the body ends");
        assert_eq!((error.code(), error.is_retryable()), (ErrorCode::OutcomeUnknown, false), "{lines:?}: {error}");
        assert!(error.message().contains(&says), "{lines:?}: {error}");
    }
    let both = refused(open(framed("Transfer-Encoding : chunked\r\nContent-Length: <n>", "first")));
    assert!(both.message().contains("Content-Length and Transfer-Encoding are malformed and contradict"), "{both}");
    for bytes in ["HTTP/2 200 OK\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2xx OK\r\n\r\n"] {
        let error = refused(open(bytes));
        assert!(error.message().contains("it does not begin with a status line of HTTP/1.1"), "{error}");
    }
    let endless = refused(open(format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(300_000))));
    assert!(endless.message().contains("its headers have more than 262144 bytes"), "{endless}");
}

/// The end of an object of JSON is the end of the answer, whatever its framing says.
#[test]
fn a_whole_token_counts_although_its_body_breaks_off() {
    for answer in [
        framed("Content-Length: 1000", "first"),
        chunked("Transfer-Encoding: chunked", "first", ""),
        chunked("Transfer-Encoding: chunked", "first", "0\r\n"),
        chunked("Transfer-Encoding: chunked", "first", "zz\r\n"),
        chunked("Transfer-Encoding: chunked", "first", "0\r\nX Y: z\r\n\r\n"),
        chunked("Transfer-Encoding: chunked", "first", "0\r\nX: a\r\n b\r\n\r\n"),
        chunked("Transfer-Encoding: chunked", "first", &format!("0\r\n{}\r\n", "x: y\r\n".repeat(20_000))),
    ] {
        let server = Server::start(vec![closed(answer.as_str())]);
        assert_eq!(exchanged(server.client().exchange(REFRESH.iter().copied())), "first", "{answer:.200}");
    }
    let error = refused(closed("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"acc\r\nxyz\r\n"));
    let says =
        "the request was sent, but its answer can't be read: its chunks (Transfer-Encoding: chunked) are malformed";
    assert!(error.message().starts_with(says), "{error}");
    let error = refused(closed("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{\"acc"));
    assert!(error.message().starts_with("the request was sent, but the answer broke off"), "{error}");
}

/// `{"error":"invalid_client"}`, compressed by gzip.
const GZIPPED: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 74, 45, 42, 202, 47, 82, 178, 82, 202, 204, 43, 75, 204, 201, 76, 137,
    79, 206, 201, 76, 205, 43, 81, 170, 5, 0, 171, 132, 41, 160, 26, 0, 0, 0,
];

#[test]
fn a_coding_that_nobody_asked_for_is_named() {
    for (status, framing, coding) in [
        (401, "Content-Encoding: gzip\r\ncontent-length: <n>", "gzip"),
        (200, "Content-Encoding: gzip\r\ncontent-length: <n>", "gzip"),
        (401, "CONTENT-ENCODING: br, gzip", "br, gzip"),
        (200, "Content-Encoding: gzip", "gzip"),
        (200, "Content-Encoding: identity\r\nTransfer-Encoding: gzip", "gzip"),
        (500, "Content-Encoding : x-gzip", "x-gzip"),
    ] {
        let framing = framing.replace("<n>", &GZIPPED.len().to_string());
        let head = format!("HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n{framing}\r\n\r\n");
        let error = refused(closed([head.as_bytes(), GZIPPED].concat()));
        let says = format!("it is encoded ({coding}), although the library asked for no coding (status {status})");
        assert_eq!(
            (error.code(), error.get("http_status")),
            (ErrorCode::InvalidResponse, Some(status.to_string().as_str())),
            "{error}"
        );
        assert!(error.message().contains(&says), "{error}");
    }
    // The header alone costs no token.
    for coding in ["identity", "IDENTITY", "gzip", ""] {
        assert!(twice(open(sized(&format!("Content-Encoding: {coding}\r\n"), "first"))));
    }
    let server = Server::start(vec![open(sized("", "first"))]);
    exchanged(server.client().exchange(CREDENTIALS.iter().copied()));
    let requests = server.requests.lock().expect("no thread panicked");
    assert!(requests[0].head.contains("\r\naccept-encoding: identity\r\n"), "{}", requests[0].head);
}

/// A slow server writes a head byte by byte.
#[test]
fn a_head_may_arrive_in_any_pieces() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    let answers = ["HTTP/1.1 103 x\r\n\r\n".to_owned() + &sized("X : y\r\n", "first"), sized("", "second")];
    let server = thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().expect("a connection");
            stream.set_nodelay(true).expect("it sends at once");
            read_request(&mut BufReader::new(stream.try_clone().expect("a copy"))).expect("a request");
            for byte in answer.bytes() {
                stream.write_all(&[byte]).expect("the client reads");
            }
            stream.shutdown(Shutdown::Write).expect("it closes");
            let _ = io::copy(&mut stream, &mut io::sink());
        }
    });
    let options: Pairs<'_> = client(&ENDPOINT, &format!("http://{address}/oauth/token"));
    let client = Client::new(borrowed(&options)).expect("a client");
    for token in ["first", "second"] {
        assert_eq!(exchanged(client.exchange(REFRESH.iter().copied())), token);
    }
    server.join().expect("the server ends");
}
