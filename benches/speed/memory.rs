//! The resident memory of a client, in a process of its own.

use crate::Bench;
use crate::before::Before;
use crate::common::endpoint::ClientEntry;
use crate::common::native;
use crate::common::server::Server;
use crate::library::{self, Client, Library, Options};
use crate::report::{Report, kibibytes};
use crate::signing::Raw;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const ALGORITHM: &str = "ES256";
const CLIENTS: usize = 2000;
/// Fewer, because each used client of that library keeps four descriptors.
const CLIENTS_OF_BEFORE: usize = 200;
const MOST: f64 = 8.0 * 1024.0;

const NOTE: &str = "\
The resident memory of a client that was used once, beside that of its parsed key in raw aws-lc-rs. A process of its own makes 2000\n\
keys, then 2000 clients, then uses each client once. \"Of its own host\": each client has another host, 127.0.0.1 to 127.0.7.208.\n\
Before, each used client kept four descriptors, so 200 clients take the place of 2000.";

pub fn measure(bench: &Bench, report: &mut Report) {
    let before = Before::find(bench);
    report.group("Memory", &format!("{NOTE}\n\n{}", before.note));
    let server = Server::start(Duration::ZERO);
    let of = |library: &Path, clients: usize, host: &str| {
        let url = format!("http://{host}:{}/oauth/token", server.port);
        Memory::in_a_process(bench, library, clients, &url)
    };
    let clients = if bench.quick { 20 } else { CLIENTS };
    for (what, host) in [("of one host", "127.0.0.1"), ("of its own host", "127.0.HOST")] {
        let memory = of(&library::path(), clients, host);
        report.within(&format!("a used client {what}"), memory.used - memory.key, MOST, kibibytes, &memory.detail());
    }
    let what = "a used client of one host, before";
    match &before.path {
        Some(path) => {
            let memory = of(path, clients.min(CLIENTS_OF_BEFORE), "127.0.0.1");
            report.for_information(what, &kibibytes(memory.used - memory.key), &memory.detail());
        }
        None => report.not_measured(what),
    }
}

/// Bytes for each.
struct Memory {
    key: f64,
    unused: f64,
    used: f64,
}

impl Memory {
    fn in_a_process(bench: &Bench, library: &Path, clients: usize, url: &str) -> Memory {
        let entry = bench.endpoint.client(ALGORITHM);
        let mut command = Command::new(std::env::current_exe().expect("this program has a path"));
        command.arg("of-clients").arg(library).arg(clients.to_string()).arg(url);
        command.arg(entry.client_id).arg(entry.key_id).arg(entry.private_key_file);
        let output = native::run(&mut command);
        let told = String::from_utf8(output.stdout).expect("numbers are text");
        let bytes: Vec<f64> = told.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        let [key, unused, used] = bytes[..] else { panic!("three numbers, not {told:?}") };
        Memory { key, unused, used }
    }

    fn detail(&self) -> String {
        format!(
            "{} used, {} unused, of which {} key",
            kibibytes(self.used),
            kibibytes(self.unused),
            kibibytes(self.key)
        )
    }
}

/// Prints how many bytes a key, an unused client and a used client take.
pub fn tell(arguments: &[String]) {
    let [library, clients, url, client_id, key_id, private_key_file] = arguments else {
        panic!("of-clients takes LIBRARY CLIENTS URL CLIENT_ID KEY_ID PRIVATE_KEY_FILE");
    };
    let clients: usize = clients.parse().expect("a number");
    let library = Library::load(library.as_ref());
    let entry = ClientEntry {
        client_id: client_id.clone(),
        key_id: key_id.clone(),
        algorithm: ALGORITHM.into(),
        private_key_file: private_key_file.into(),
        private_key_pem_file: Default::default(),
        public_key_pem_file: Default::default(),
    };
    let new = |number: usize| {
        let url = url.replace("HOST", &format!("{}.{}", number / 256, number % 256));
        library.client(&entry, &[("token_endpoint", &url)])
    };
    let parameters = Options::new(&[("grant_type", "client_credentials")]);
    let first = new(1);
    first.exchange(&parameters);

    let at_start = resident();
    let keys: Vec<Raw> = (0..clients).map(|_| Raw::new(&entry.algorithm, &entry.private_key_file)).collect();
    let with_keys = resident();
    let made: Vec<Client> = (1..=clients).map(new).collect();
    let unused = resident();
    made.iter().for_each(|client| client.exchange(&parameters));
    let used = resident();
    drop((keys, made));
    let each = |from: f64, to: f64| (to - from) / clients as f64;
    println!("{} {} {}", each(at_start, with_keys), each(with_keys, unused), each(with_keys, used));
}

/// The bytes of this process in memory that come from no file.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system tells");
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("RssAnon:")?.trim().strip_suffix(" kB"));
    1024.0 * kibibytes.and_then(|number| number.parse::<f64>().ok()).expect("the status has RssAnon in kB")
}
