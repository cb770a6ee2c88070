//! A relay between the library and the provider. It can send an assertion that is expired or used, which the library never sends.

use crate::common::endpoint::Connection;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;
use url::{Url, form_urlencoded};

/// Passes one request on to `token_endpoint`, with `assertion` in place of its own, and passes the answer back unchanged. Returns
/// the relay's URL.
pub fn start(token_endpoint: &str, ca_file: PathBuf, assertion: &str) -> String {
    let upstream = Url::parse(token_endpoint).expect("a URL");
    let assertion = assertion.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/token", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        let (mut library, _) = listener.accept().expect("the library connects");
        let form = replace_assertion(&read_form(&library), &assertion);
        let ca_file = (upstream.scheme() == "https").then_some(ca_file.as_path());
        library.write_all(&post(&upstream, ca_file, &form)).expect("the library reads");
    });
    url
}

fn read_form(library: &TcpStream) -> Vec<u8> {
    let mut request = BufReader::new(library);
    let mut length = 0;
    loop {
        let mut line = String::new();
        request.read_line(&mut line).expect("a line of the head");
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().expect("a number of bytes");
            }
            _ if line.trim().is_empty() => break,
            _ => {}
        }
    }
    let mut form = vec![0; length];
    request.read_exact(&mut form).expect("the whole form");
    form
}

fn replace_assertion(form: &[u8], assertion: &str) -> String {
    let mut replaced = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(form) {
        replaced.append_pair(&name, if name == "client_assertion" { assertion } else { &value });
    }
    replaced.finish()
}

/// The answer, byte for byte.
fn post(url: &Url, ca_file: Option<&Path>, form: &str) -> Vec<u8> {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("connection", "close")];
    let mut answer = Vec::new();
    Connection::open(url.as_str(), ca_file)
        .and_then(|connection| connection.send("POST", url.path(), &headers, form))
        .and_then(|mut exchange| exchange.connection.read_to_end(&mut answer))
        .expect("the provider answers");
    answer
}
