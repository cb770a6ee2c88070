//! A C host (tests/c/hosts/faults.c) that makes one call after another in one process and prints the result of each.

use super::endpoint::Endpoint;
use super::native::{self, Link};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

/// How the C programs of these tests are compiled.
pub const C99: &[&str] = &["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-pthread"];

pub struct Host {
    process: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    stderr: Option<JoinHandle<String>>,
}

/// The result of one call.
#[derive(Debug)]
pub struct Outcome {
    pub code: i32,
    pub retryable: bool,
    pub milliseconds: u64,
    /// How many sockets the host had open after the call.
    pub sockets: u32,
    pub threads: u32,
    /// The error's message, or the token's JSON.
    pub message: String,
    fields: Vec<Option<String>>,
}

impl Outcome {
    /// A field of the error.
    pub fn get(&self, name: &str) -> Option<&str> {
        let names = ["option", "error", "error_description", "error_uri", "http_status", "retry_after"];
        let index = names.iter().position(|known| *known == name).expect("the host prints the field");
        self.fields[index].as_deref()
    }

    /// All text of the outcome that a program might log.
    pub fn text(&self) -> String {
        format!("{}\n{:?}", self.message, self.fields)
    }
}

pub type Pairs<'a> = Vec<(&'a str, String)>;

/// Options of a client for `url`, with the endpoint's key for `algorithm` and the endpoint's CA. It sends a request at most twice,
/// because that is enough for most tests.
pub fn client_with<'a>(endpoint: &Endpoint, algorithm: &str, url: &str) -> Pairs<'a> {
    let entry = endpoint.client(algorithm);
    vec![
        ("token_endpoint", url.to_owned()),
        ("max_retries", "1".to_owned()),
        ("client_id", entry.client_id),
        ("key_id", entry.key_id),
        ("algorithm", entry.algorithm),
        ("private_key_file", path(&entry.private_key_file)),
        ("ca_file", path(endpoint.ca_file())),
    ]
}

pub fn client<'a>(endpoint: &Endpoint, url: &str) -> Pairs<'a> {
    client_with(endpoint, "ES256", url)
}

pub fn path(path: &Path) -> String {
    path.to_str().expect("the path is text").to_owned()
}

pub fn borrowed<'a>(pairs: &'a Pairs<'_>) -> Vec<(&'a str, &'a str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// A program of tests/c/hosts, compiled once in this process.
pub fn program(name: &str) -> PathBuf {
    program_with(name, Link::Shared)
}

pub fn program_with(name: &str, link: Link) -> PathBuf {
    static COMPILED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let suffix = if link == Link::Static { ".static" } else { "" };
    let program = native::workshop("faults").join(format!("{name}{suffix}"));
    if !compiled.contains(&program) {
        native::need("cc", "build-essential");
        native::compile("cc", C99, &[&format!("tests/c/hosts/{name}.c")], link, &program);
        compiled.push(program.clone());
    }
    program
}

/// A library of tests/c/hosts for LD_PRELOAD. The test whose workshop this is compiles it.
pub fn preloadable(name: &str, workshop: &str) -> String {
    native::need("cc", "build-essential");
    let library = native::workshop(workshop).join(format!("{name}.so"));
    let source = native::root().join(format!("tests/c/hosts/{name}.c"));
    native::run(Command::new("cc").args(C99).args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source));
    path(&library)
}

impl Host {
    pub fn start() -> Host {
        Host::start_with::<&str>(&[])
    }

    /// Starts a host whose environment is exactly `environment`.
    pub fn start_with<V: AsRef<OsStr>>(environment: &[(&str, V)]) -> Host {
        Host::start_program(&program("faults"), environment)
    }

    /// The same, by a copy of the host's program.
    pub fn start_program<V: AsRef<OsStr>>(program: &Path, environment: &[(&str, V)]) -> Host {
        let mut process = Command::new(program)
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the host starts");
        let mut stderr = process.stderr.take().expect("stderr is piped");
        let stderr = std::thread::spawn(move || {
            let mut text = Vec::new();
            stderr.read_to_end(&mut text).expect("stderr can be read");
            String::from_utf8_lossy(&text).into_owned()
        });
        let stdout = BufReader::new(process.stdout.take().expect("stdout is piped"));
        Host { stdin: process.stdin.take(), stdout, stderr: Some(stderr), process }
    }

    /// Exchanges by a client with these options.
    #[track_caller]
    pub fn call(&mut self, client: &Pairs<'_>, parameters: &Pairs<'_>) -> Outcome {
        let line = self.ask(&format!("{}\x1e{}", joined(client), joined(parameters)));
        let mut fields = line.split('\t');
        let mut next = || fields.next().expect("the host prints all fields");
        Outcome {
            code: next().parse().expect("a code"),
            retryable: next() == "1",
            milliseconds: next().parse().expect("a time"),
            sockets: next().parse().expect("a number of sockets"),
            threads: next().parse().expect("a number of threads"),
            message: next().to_owned(),
            fields: fields.map(|field| (field != "-").then(|| field.to_owned())).collect(),
        }
    }

    /// Frees all clients and returns the number of descriptors that remain open after that.
    #[track_caller]
    pub fn free_clients(&mut self) -> i32 {
        self.ask("!free").parse().expect("a number of descriptors")
    }

    /// Sets a variable of the process's environment.
    #[track_caller]
    pub fn set_environment(&mut self, name: &str, value: &str) {
        self.ask(&format!("!env\t{name}\t{value}"));
    }

    /// Allows each exchange `further` descriptors beyond those that are open; `None` restores the first limit.
    #[track_caller]
    pub fn limit_descriptors(&mut self, further: Option<u32>) {
        self.ask(&format!("!limit\t{}", further.map_or(-1, i64::from)));
    }

    /// Whether each call is started and cancelled.
    #[track_caller]
    pub fn cancel_calls(&mut self, cancels: bool) {
        self.ask(&format!("!cancel\t{}", i32::from(cancels)));
    }

    /// Passes NULL to each call as its argument of this number, from 1. With 0, no argument is NULL.
    #[track_caller]
    pub fn give_null(&mut self, argument: u32) {
        self.ask(&format!("!null\t{argument}"));
    }

    #[track_caller]
    fn ask(&mut self, question: &str) -> String {
        let stdin = self.stdin.as_mut().expect("stdin is open");
        let mut answer = String::new();
        let asked = writeln!(stdin, "{question}").and_then(|()| self.stdout.read_line(&mut answer));
        if !matches!(asked, Ok(1..)) {
            panic!("the host died of {question:?}: {}", self.finish());
        }
        answer.trim_end_matches('\n').to_owned()
    }

    /// Ends the host. It must end with status 0, and it must not have printed anything on stderr.
    #[track_caller]
    pub fn end(mut self) {
        let last_words = self.finish();
        assert_eq!(last_words, "exit status: 0, ");
    }

    fn finish(&mut self) -> String {
        drop(self.stdin.take());
        let status = self.process.wait().expect("the host can be waited for");
        let stderr = self.stderr.take().map(|thread| thread.join().expect("stderr is read"));
        format!("{status}, {}", stderr.unwrap_or_default())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.process.wait();
    }
}

fn joined(pairs: &Pairs<'_>) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t");
    let fields: Vec<String> = pairs.iter().flat_map(|(name, value)| [escaped(name), escaped(value)]).collect();
    fields.join("\t")
}
