//! The endpoint's connections, listeners, files and end.

use crate::common::endpoint::{Connection, Endpoint, program};
use crate::{Assertion, CREDENTIALS, SHARED, TOKEN, key_bytes};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use url::Url;

#[test]
fn a_connection_stays_open() {
    let endpoint = Endpoint::start();
    let mut connection = endpoint.connect_tls();
    for _ in 0..3 {
        let form = Assertion::for_url(&endpoint, "ES256", &endpoint.https_url(TOKEN)).form(&CREDENTIALS);
        let (reply, kept) = connection.post(TOKEN, &form).unwrap().reply_and_keep().unwrap();
        assert_eq!(reply.status, 200);
        connection = kept;
    }
    let seen = endpoint.seen();
    let counts = ["connections", "tls_handshakes", "requests", "tokens"];
    assert_eq!(counts.map(|name| seen[name].as_u64().unwrap()), [1, 1, 3, 3]);

    endpoint.reset_seen();
    let seen = endpoint.seen();
    assert_eq!(counts.map(|name| seen[name].as_u64().unwrap()), [0; 4]);
    // This connection was opened before the reset.
    assert_eq!(connection.get("/jwks").unwrap().reply().unwrap().status, 200);
    assert_eq!(endpoint.seen()["connections"], 0);
}

#[test]
fn clients_that_leave_early_do_no_harm() {
    for start in [&b""[..], b"POST /oau", b"\x16\x03\x01", b"POST /oauth/token HTTP/1.1\r\ncontent-length: 9\r\n\r\nx"]
    {
        for origin in ["http", "https"] {
            let port = Url::parse(SHARED.text(origin)).unwrap().port().unwrap();
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(start).unwrap();
        }
    }
    let drip = SHARED.connect().get("/with/drip_ms=1,huge=9999/jwks");
    drop(drip);
    assert_eq!(SHARED.get("/jwks").status, 200);
}

#[test]
fn many_connections_are_served_at_once() {
    let connections: Vec<_> = (0..200).map(|_| SHARED.connect()).collect();
    let waiting: Vec<_> =
        connections.into_iter().map(|connection| connection.get("/with/delay_ms=100/jwks").unwrap()).collect();
    let start = Instant::now();
    for exchange in waiting {
        assert_eq!(exchange.reply().unwrap().status, 200);
    }
    // One after the other, they would take 20 seconds.
    assert!(start.elapsed() < Duration::from_secs(15));
}

#[test]
fn each_listener_has_its_certificate() {
    let endpoint = Endpoint::start_with(&["--name", "extra.example", "--name", "127.0.0.9"]);
    let ca = Some(endpoint.ca_file());
    let port = Url::parse(endpoint.text("https")).unwrap().port().unwrap();
    for name in ["localhost", "127.0.0.1", "[::1]", "extra.example", "127.0.0.9"] {
        let opened = Connection::open(&format!("https://{name}:{port}"), ca);
        assert!(opened.is_ok(), "{name}: {:?}", opened.err());
    }
    assert!(Connection::open(endpoint.text("https_address"), ca).is_ok());

    let refused = [
        (format!("https://other.example:{port}"), endpoint.ca_file(), "NotValidForName"),
        (endpoint.text("expired_https").into(), endpoint.ca_file(), "Expired"),
        (endpoint.text("wrong_name_https").into(), endpoint.ca_file(), "NotValidForName"),
        (endpoint.text("https").into(), Path::new(endpoint.text("other_ca_file")), "UnknownIssuer"),
    ];
    for (origin, ca, reason) in refused {
        let error = Connection::open(&origin, Some(ca)).err().expect("the certificate must be refused");
        assert!(format!("{error:?}").contains(reason), "{error:?}");
    }
}

#[test]
fn the_silent_listener_says_nothing_and_the_closing_one_closes() {
    let mut silent = TcpStream::connect(SHARED.text("silent")).unwrap();
    let patience = Some(Duration::from_millis(200));
    silent.set_read_timeout(patience).unwrap();
    silent.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    let error = silent.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WouldBlock);

    let mut closing = TcpStream::connect(SHARED.text("closing")).unwrap();
    assert_eq!(closing.read(&mut [0]).unwrap(), 0);
}

#[test]
fn the_key_files_are_private_and_have_the_promised_forms() {
    for algorithm in SHARED.ready["clients"].as_object().unwrap().keys() {
        let client = SHARED.client(algorithm);
        for file in [&client.private_key_file, &client.private_key_pem_file] {
            assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let bare = fs::read_to_string(&client.private_key_file).unwrap();
        let pem = fs::read_to_string(&client.private_key_pem_file).unwrap();
        let (body, armour): (Vec<_>, Vec<_>) = pem.lines().partition(|line| !line.contains("-----"));
        assert_eq!(bare, body.concat());
        assert_eq!(armour[0], "-----BEGIN PRIVATE KEY-----");
        let public = fs::read_to_string(&client.public_key_pem_file).unwrap();
        assert!(public.starts_with("-----BEGIN PUBLIC KEY-----"));
    }
    // The vendor's P-256 keys have this size.
    assert_eq!(key_bytes(&SHARED.client("ES256").private_key_file).len(), 138);
}

#[test]
fn it_cleans_up_when_told_to_end() {
    let stops: [&dyn Fn(&mut Child); 3] = [
        &|process| kill(Pid::from_raw(process.id() as i32), Signal::SIGTERM).unwrap(),
        &|process| kill(Pid::from_raw(process.id() as i32), Signal::SIGINT).unwrap(),
        &|process| drop(process.stdin.take()),
    ];
    for stop in stops {
        let mut process = Command::new(program())
            .arg("--until-stdin-closes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let directory = Path::new(ready["ca_file"].as_str().unwrap()).parent().unwrap();
        assert!(directory.is_dir());

        stop(&mut process);
        assert!(process.wait().unwrap().success());
        assert!(!directory.exists());
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "the endpoint must print one line only");
    }
}

#[test]
fn a_given_directory_stays() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("new");
    for _ in 0..2 {
        let endpoint = Endpoint::start_with(&["--dir", inner.to_str().unwrap()]);
        assert!(endpoint.ca_file().starts_with(inner.canonicalize().unwrap()));
    }
    assert!(inner.join("es256.key").exists());
}

#[test]
fn a_wrong_argument_prints_the_usage() {
    for arguments in [&["--nonsense"][..], &["--dir"], &["x"], &["--cases", "x", "--out", "y"]] {
        let output = Command::new(program()).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(output.stdout, b"");
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage: token-endpoint"));
    }
    let help = Command::new(program()).arg("--help").output().unwrap();
    assert!(help.status.success());
}
