//! The provider's process, its clients and their logins.

use crate::common::endpoint::Connection;
use crate::common::install;
use crate::common::native::{need, root, run, workshop};
use crate::relay;
use serde_json::Value;
use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak, mpsc};
use std::thread;
use std::time::Duration;
use talkdesk_auth::Client;
use tempfile::TempDir;
use url::form_urlencoded;

const ALGORITHMS: [&str; 5] = ["ES256", "ES512", "PS256", "RS256", "EdDSA"];
/// No start takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running oidc-provider. It ends with the last test that uses it.
pub struct Provider {
    process: Child,
    /// The ready line: URLs, files and clients.
    ready: Value,
    _keys: TempDir,
}

impl Provider {
    /// The provider that is running, or a new one.
    pub fn shared() -> Arc<Provider> {
        static RUNNING: Mutex<Weak<Provider>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let provider = Arc::new(Provider::start());
            *running = Arc::downgrade(&provider);
            provider
        })
    }

    fn start() -> Provider {
        install_packages();
        let keys = tempfile::tempdir_in(workshop("interop")).expect("a folder for keys");
        let log = keys.path().join("log");
        let mut process = Command::new("node")
            .arg(root().join("tests/interop/provider.mjs"))
            .arg("--dir")
            .arg(keys.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a log"))
            .spawn()
            .expect("node starts");
        let ready = first_line(process.stdout.take().expect("stdout is piped"))
            .and_then(|line| serde_json::from_str(&line).ok())
            .unwrap_or_else(|| {
                let _ = process.kill();
                panic!("the provider did not start\n{}", fs::read_to_string(&log).unwrap_or_default())
            });
        Provider { process, ready, _keys: keys }
    }

    /// A client for each algorithm over each transport.
    pub fn registrations(&self) -> impl Iterator<Item = Registration<'_>> {
        ["http", "https"].into_iter().flat_map(|transport| self.registrations_over(transport))
    }

    /// A client for each algorithm over `http` or `https`.
    pub fn registrations_over(&self, transport: &'static str) -> impl Iterator<Item = Registration<'_>> {
        ALGORITHMS.iter().map(move |algorithm| Registration { provider: self, transport, algorithm })
    }

    /// Why the token request with this `trace` was refused. The provider's answer doesn't say it.
    pub fn cause(&self, trace: &str) -> Option<String> {
        self.ask("/cause", &[("trace", trace)])["cause"].as_str().map(str::to_owned)
    }

    /// Asks the control server.
    fn ask(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let reply = Connection::open(self.text("/control"), None)
            .and_then(|connection| connection.get(&format!("{path}?{query}")))
            .and_then(|exchange| exchange.reply())
            .unwrap_or_else(|error| panic!("GET {path}: {error}"));
        reply.json()
    }

    /// A member of the ready line, by its JSON pointer.
    fn text(&self, pointer: &str) -> &str {
        self.ready.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("the ready line has no {pointer}"))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// `None` if no line comes in time.
fn first_line(output: ChildStdout) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(BufReader::new(output).lines().next()));
    receiver.recv_timeout(PATIENCE).ok()??.ok()
}

fn install_packages() {
    need("node", "nodejs");
    need("npm", "npm");
    let folder = root().join("tests/interop");
    install::once(&folder.join("package-lock.json"), &folder.join("node_modules/.package-lock.json"), || {
        run(Command::new("npm").args(["ci", "--prefix"]).arg(&folder));
    });
}

/// A text that no other request contains.
pub fn fresh_trace() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("trace-{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// One client as the provider knows it, over one transport.
pub struct Registration<'a> {
    provider: &'a Provider,
    transport: &'static str,
    algorithm: &'static str,
}

impl Registration<'_> {
    /// The registered client.
    pub fn client(&self) -> Client {
        self.client_with(&[])
    }

    /// A client with a key of the right kind that isn't registered.
    pub fn client_with_stray_key(&self) -> Client {
        self.client_with(&[("private_key_file", self.text("stray_key_file"))])
    }

    /// A client without the private CA.
    pub fn client_without_ca(&self) -> Client {
        self.make_client(self.options())
    }

    /// A client whose next assertion is replaced by `assertion` on its way to the provider.
    pub fn client_that_sends(&self, assertion: &str) -> Client {
        let relay = relay::start(self.token_endpoint(), self.ca_file().into(), assertion);
        self.client_with(&[("token_endpoint", &relay)])
    }

    fn client_with(&self, changes: &[(&'static str, &str)]) -> Client {
        let mut options = self.options();
        options.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        options.push(("ca_file", self.ca_file()));
        options.extend(changes);
        self.make_client(options)
    }

    fn options(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("token_endpoint", self.token_endpoint()),
            ("client_id", self.text("client_id")),
            ("key_id", self.text("key_id")),
            ("algorithm", self.algorithm),
            ("private_key_file", self.text("private_key_file")),
        ]
    }

    fn make_client(&self, options: Vec<(&str, &str)>) -> Client {
        Client::new(options).unwrap_or_else(|error| panic!("{self}: {error}"))
    }

    /// Logs in a user, through the provider's authorization endpoint with PKCE.
    pub fn log_in(&self) -> Login {
        let query = [("transport", self.transport), ("client_id", self.text("client_id"))];
        let answer = self.provider.ask("/code", &query);
        let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{self}: {answer}")).to_owned();
        Login { code: text("code"), code_verifier: text("code_verifier"), redirect_uri: text("redirect_uri") }
    }

    fn token_endpoint(&self) -> &str {
        self.provider.text(&format!("/{}/token_endpoint", self.transport))
    }

    fn ca_file(&self) -> &str {
        self.provider.text("/ca_file")
    }

    fn text(&self, name: &str) -> &str {
        self.provider.text(&format!("/clients/{}/{name}", self.algorithm))
    }
}

impl fmt::Display for Registration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} over {}", self.algorithm, self.transport)
    }
}

/// The result of a login, for the client.
pub struct Login {
    pub code: String,
    pub code_verifier: String,
    pub redirect_uri: String,
}

impl Login {
    /// The grant as parameters of an exchange.
    pub fn grant(&self) -> [(&str, &str); 4] {
        [
            ("grant_type", "authorization_code"),
            ("code", &self.code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &self.code_verifier),
        ]
    }
}
