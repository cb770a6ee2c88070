//! What an input of each kind must never do, whatever it holds. `make fuzz` looks for inputs that break a promise, and
//! tests/corpus.rs replays the inputs that it kept.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use talkdesk_auth::{Client, Error, ErrorCode, OPTIONS, Token};

pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
}

pub const TARGETS: &[Target] = &[
    Target { name: "answer", run: answer },
    Target { name: "credentials", run: credentials },
    Target { name: "headers", run: headers },
    Target { name: "key", run: key },
    Target { name: "options", run: options },
    Target { name: "proxy", run: proxy },
];

/// What an input of `length` bytes may allocate at most. The first part has room for the longest body
/// that a server may announce, and for what a client makes once.
pub const fn most_allocated(length: usize) -> usize {
    (4 << 20) + 500 * length
}

/// An Ed25519 key for tests only (RFC 8410 §10.3).
const KEY: &str = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC";

const REGISTRATION: [(&str, &str); 2] = [("client_id", "c"), ("key_id", "k")];
const ENDPOINT: (&str, &str) = ("token_endpoint", "https://t.example/oauth/token");
const SECRET: &str = "SECRET-REFRESH-TOKEN";
const GRANT: [(&str, &str); 4] =
    [("grant_type", "refresh_token"), ("refresh_token", SECRET), ("scope", "a b"), ("timeout", "10")];

/// The server gives every request the same answer, so it is enough to ask once.
const ONCE: (&str, &str) = ("max_retries", "0");

/// The text of an input of the given lines.
fn lines(input: &[u8]) -> Option<impl Iterator<Item = &str>> {
    std::str::from_utf8(input).ok().map(|text| text.split('\n'))
}

/// Checks what holds for every error.
fn check(error: &Error, codes: &[ErrorCode]) {
    // Two texts of the server, and some of our own.
    const LONGEST_TEXT: usize = 2500;
    assert!(codes.contains(&error.code()), "{error:?}");
    for text in texts(error) {
        assert!(!text.chars().any(|c| c.is_control()), "an error's text has one line: {text:?}");
        assert!(text.chars().count() <= LONGEST_TEXT, "an error's text is short: {text:?}");
    }
}

fn texts(error: &Error) -> impl Iterator<Item = &str> {
    let names = error.code().spec().fields.iter().map(|field| field.name);
    names.filter_map(|name| error.get(name)).chain([error.message()])
}

/// Checks that the error shows no part of the refresh token, which the server was sent.
fn check_keeps_the_secret(error: &Error) {
    const TELLING_PART: usize = 12;
    for text in texts(error) {
        let text = text.to_ascii_uppercase();
        let shown = SECRET
            .as_bytes()
            .windows(TELLING_PART)
            .any(|part| text.as_bytes().windows(TELLING_PART).any(|other| part == other));
        assert!(!shown, "no error shows a part of a secret: {text:?}");
    }
}

/// Checks that the message repeats no part of the input that could be a key. An input may hold the words of our advice.
fn check_hides(error: &Error, input: &[u8]) {
    const LONGEST_SHOWN: usize = 30;
    let is_base64 = |part: &&[u8]| part.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte));
    let shown: HashSet<&[u8]> = error.message().as_bytes().windows(LONGEST_SHOWN).filter(is_base64).collect();
    let repeated = input.windows(LONGEST_SHOWN).find(|part| shown.contains(part));
    assert!(repeated.is_none(), "{error:?} shows {:?}", repeated.map(String::from_utf8_lossy));
}

/// A file without a name in any folder.
struct Unnamed(File);

impl Unnamed {
    fn new() -> Unnamed {
        Unnamed(tempfile::tempfile().expect("a file"))
    }

    /// A path to the file, which has this content from now on.
    fn holding(&self, content: &[u8]) -> String {
        self.0.set_len(0).and_then(|()| self.0.write_all_at(content, 0)).expect("the content is written");
        format!("/proc/self/fd/{}", self.0.as_raw_fd())
    }
}

/// A private key: as an option if it is text, otherwise as a file. It signs if it can be used.
fn key(input: &[u8]) {
    static FILE: LazyLock<Unnamed> = LazyLock::new(Unnamed::new);
    let text = std::str::from_utf8(input).ok();
    let path = text.is_none().then(|| FILE.holding(input));
    let given = text.map(|text| ("private_key", text)).or(path.as_deref().map(|path| ("private_key_file", path)));
    match Client::new(REGISTRATION.into_iter().chain([ENDPOINT]).chain(given)) {
        Ok(client) => drop(client.assertion([]).expect("a key that is accepted signs")),
        Err(error) => {
            check(&error, &[ErrorCode::InvalidKey, ErrorCode::InvalidOption]);
            check_hides(&error, input);
        }
    }
}

/// The vendor's JSON, with its own key and with another one.
fn credentials(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let given = [("credentials", text)];
    for further in [&[][..], &[("region", "eu")], &[ENDPOINT, ("private_key", KEY)]] {
        if let Err(error) = Client::new(given.into_iter().chain(further.iter().copied())) {
            check(&error, &[ErrorCode::InvalidKey, ErrorCode::InvalidOption]);
            check_hides(&error, input);
        }
    }
}

/// The function to call, and a line `NAME=VALUE` for each option.
fn options(input: &[u8]) {
    static SIGNER: LazyLock<Client> = LazyLock::new(|| served_client(&[]));
    let Some(mut lines) = lines(input) else { return };
    let function = lines.next();
    // Files are not part of the input.
    let pairs =
        lines.map(|line| line.split_once('=').unwrap_or((line, ""))).filter(|(name, _)| !name.ends_with("_file"));
    let outcome = match function {
        Some("assertion") => SIGNER.assertion(pairs).map(drop),
        Some("exchange") => {
            SERVER.answers_with(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"access_token\":\"x\"}");
            SIGNER.exchange(pairs).map(drop)
        }
        _ => Client::new(pairs).map(|client| {
            for option in OPTIONS {
                assert!(!(option.secret && client.get(option.name).is_some()), "{} is secret", option.name);
            }
        }),
    };
    if let Err(error) = outcome {
        use ErrorCode::{DeadlineExceeded, InvalidKey, InvalidOption, OutcomeUnknown};
        // The last two come from a short timeout.
        check(&error, &[InvalidOption, InvalidKey, DeadlineExceeded, OutcomeUnknown]);
    }
}

/// Three lines: the endpoint, `proxy` and `no_proxy`.
fn proxy(input: &[u8]) {
    let Some(lines) = lines(input) else { return };
    let given = ["token_endpoint", "proxy", "no_proxy"].into_iter().zip(lines);
    let all = REGISTRATION.into_iter().chain([("private_key", KEY)]).chain(given);
    if let Err(error) = Client::new(all) {
        check(&error, &[ErrorCode::InvalidOption]);
    }
}

/// A byte that chooses the status and the media type, and the body of an answer whose head has no fault.
fn answer(input: &[u8]) {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| served_client(&[]));
    const STATUSES: [u16; 8] = [200, 400, 401, 302, 407, 429, 500, 503];
    const TYPES: [&str; 4] = ["application/json", "text/html", "text/plain;charset=latin1", "application/problem+json"];
    let Some((choice, body)) = input.split_first() else { return };
    let status = STATUSES[usize::from(choice % 8)];
    let media_type = TYPES[usize::from(choice / 8 % 4)];
    let length = if choice / 32 % 2 == 0 { format!("Content-Length: {}\r\n", body.len()) } else { String::new() };
    let head = format!("HTTP/1.1 {status} \r\nContent-Type: {media_type}\r\n{length}Connection: close\r\n\r\n");
    SERVER.answers_with(&[head.as_bytes(), body].concat());
    match CLIENT.exchange(GRANT) {
        Ok(token) => {
            assert_eq!(status, 200);
            check_token(&token);
        }
        Err(error) => {
            use ErrorCode::{InvalidResponse, OauthError, OutcomeUnknown};
            check(&error, &[InvalidResponse, OauthError, OutcomeUnknown]);
            check_keeps_the_secret(&error);
        }
    }
}

fn check_token(token: &Token) {
    assert!(!token.access_token().is_empty() && !token.token_type().is_empty());
    assert_eq!(token.get("access_token"), Some(token.access_token()));
    assert!(token.json().contains("access_token"));
    assert!(token.expires_at().is_some() == token.seconds_left().is_some());
}

/// A byte that says whether a server or a proxy answers, and all that it answers: a head, and perhaps more.
fn headers(input: &[u8]) {
    static SERVED: LazyLock<Client> = LazyLock::new(|| served_client(&[]));
    static BEHIND_A_PROXY: LazyLock<Client> = LazyLock::new(|| {
        static AUTHORITY: LazyLock<Unnamed> = LazyLock::new(Unnamed::new);
        let authority = AUTHORITY.holding(include_bytes!("authority.pem"));
        let through = [ENDPOINT, ("private_key", KEY), ONCE, ("proxy", &SERVER.origin), ("ca_file", &authority)];
        Client::new(REGISTRATION.into_iter().chain(through)).expect("a client")
    });
    let Some((choice, raw)) = input.split_first() else { return };
    SERVER.answers_with(raw);
    let is_served = choice % 2 == 0;
    let client = if is_served { &SERVED } else { &BEHIND_A_PROXY };
    match client.exchange(GRANT) {
        Ok(token) => check_token(&token),
        Err(error) => {
            use ErrorCode::{ConnectionFailed, InvalidResponse, OauthError, OutcomeUnknown, TlsFailed};
            check(&error, &[ConnectionFailed, InvalidResponse, OauthError, OutcomeUnknown, TlsFailed]);
            // The proxy is sent no token, so what it says can't be one.
            if is_served {
                check_keeps_the_secret(&error);
            }
        }
    }
}

fn served_client(further: &[(&str, &str)]) -> Client {
    let endpoint = format!("{}/oauth/token", SERVER.origin);
    let given = [("token_endpoint", endpoint.as_str()), ("private_key", KEY), ONCE];
    Client::new(REGISTRATION.into_iter().chain(given).chain(further.iter().copied())).expect("a client")
}

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

/// A server that gives the same bytes to each request, and closes the connection.
struct Server {
    origin: String,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Server {
    fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("it has an address"));
        let answer = Arc::new(Mutex::new(Vec::new()));
        let given = answer.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let answer = given.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // A client that sees a fault closes the connection.
                let _ = connection.and_then(|connection| serve(connection, &answer));
            }
        });
        Server { origin, answer }
    }

    fn answers_with(&self, answer: &[u8]) {
        answer.clone_into(&mut self.answer.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn serve(mut connection: TcpStream, answer: &[u8]) -> io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !is_whole(&request) {
        match connection.read(&mut part)? {
            0 => return Ok(()),
            length => request.extend_from_slice(&part[..length]),
        }
    }
    connection.write_all(answer)?;
    connection.shutdown(Shutdown::Write)?;
    while connection.read(&mut part)? > 0 {}
    Ok(())
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
