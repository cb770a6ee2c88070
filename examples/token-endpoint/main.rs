//! The embedded token endpoint: the server that every test, demo and benchmark of this project talks to.
//!
//! It verifies client assertions for real, says what is wrong with them, and misbehaves on request (see `faults`). It prints one
//! line of JSON, the ready line: URLs, certificates, clients and their keys.

mod answer;
mod assertion;
mod call;
mod cases;
mod faults;
mod form;
mod grants;
mod keys;
mod seen;
mod server;
mod service;
mod spellings;
mod steps;
mod templates;
mod tls;
mod wire;

use std::error::Error;
use std::fs;
use std::future::pending;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::LocalRuntime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

use crate::cases::Sources;
use crate::keys::Issuer;
use crate::server::Manner;
use crate::service::Service;
use crate::tls::{Authority, Kind};

const USAGE: &str = "\
usage: token-endpoint [--dir DIR] [--name NAME]... [--until-stdin-closes] [--cases FILE --out DIR --runner NAME...]

  --dir DIR              write the files into DIR; by default, into a temporary directory that is removed at exit
  --name NAME            another name or address for the certificate; may be repeated
  --until-stdin-closes   exit when standard input ends, so that it doesn't outlive its parent
  --cases FILE           resolve these conformance cases before it serves
  --out DIR              where to write the resolved cases: DIR/NAME.json for each runner
  --runner NAME          a runner to resolve the cases for; may be repeated
  --help                 print this

It prints one line of JSON with the URLs, files and clients. Then it serves until it gets SIGTERM or SIGINT.

  POST /oauth/token   GET /oauth/authorize   GET /jwks   GET /.well-known/openid-configuration
  GET /seen           POST /seen/reset
  code-1, code-2 and so on are valid codes. Each works once, for the scope that the exchange asks for.

/with/NAME=VALUE,NAME=VALUE/oauth/token makes it misbehave (values are percent-encoded):

";

fn help() -> String {
    format!("{USAGE}{}\n{}{}", faults::HELP, cases::HELP, spellings::HELP)
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("token-endpoint: {problem}\n\n{}", help());
            return ExitCode::from(2);
        }
    };
    if options.help {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    let served = LocalRuntime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(run(options)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("token-endpoint: {error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Default)]
struct Options {
    directory: Option<PathBuf>,
    names: Vec<String>,
    until_stdin_closes: bool,
    cases: Option<PathBuf>,
    out: PathBuf,
    runners: Vec<String>,
    help: bool,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--dir" => options.directory = Some(value()?.into()),
                "--name" => options.names.push(value()?),
                "--until-stdin-closes" => options.until_stdin_closes = true,
                "--cases" => options.cases = Some(value()?.into()),
                "--out" => options.out = value()?.into(),
                "--runner" => options.runners.push(value()?),
                "--help" => options.help = true,
                _ => return Err(format!("unknown argument {argument}")),
            }
        }
        if options.cases.is_some() && (options.out.as_os_str().is_empty() || options.runners.is_empty()) {
            return Err("--cases needs --out and --runner".into());
        }
        Ok(options)
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    // Before any file is written, so that no signal leaves files behind.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;

    let directory = Directory::new(options.directory)?;
    let (ready, service) = start(directory.path(), options.names).await?;
    if let Some(cases) = options.cases {
        Sources { ready: &ready, service: &service }
            .expand(&cases, &options.out, &options.runners)
            .map_err(|problem| format!("{}: {problem}", cases.display()))?;
    }
    // Not println!, which panics if nobody reads the output.
    let mut stdout = io::stdout();
    writeln!(stdout, "{ready}")?;
    stdout.flush()?;

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = stdin_end(options.until_stdin_closes) => {}
    }
    Ok(())
}

/// The directory of the key files and certificates.
enum Directory {
    Given(PathBuf),
    /// Removed when dropped.
    Temporary(TempDir),
}

impl Directory {
    fn new(given: Option<PathBuf>) -> io::Result<Self> {
        match given {
            Some(path) => {
                fs::create_dir_all(&path)?;
                Ok(Self::Given(fs::canonicalize(path)?))
            }
            None => Ok(Self::Temporary(tempfile::Builder::new().prefix("token-endpoint-").tempdir()?)),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }
}

/// Makes the keys and certificates, opens the listeners, and returns the ready line and the service.
async fn start(directory: &Path, names: Vec<String>) -> Result<(Value, Rc<Service>), Box<dyn Error>> {
    let (clients, descriptions) = keys::register_clients(directory)?;
    let wrong_private_key_file = keys::write_wrong_key(directory)?;

    let authority = Authority::new("token endpoint CA")?;
    let ca_file = directory.join("ca.pem");
    fs::write(&ca_file, authority.pem())?;
    let other_ca_file = directory.join("other-ca.pem");
    fs::write(&other_ca_file, Authority::new("unrelated CA")?.pem())?;

    let local = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let names = [local.to_vec(), names].concat();
    let wrong_names = vec!["wrong-name.example".into()];
    let https = authority.acceptor(names.clone(), Kind::Good)?;
    let expired = authority.acceptor(names.clone(), Kind::Expired)?;
    let wrong_name = authority.acceptor(wrong_names, Kind::Good)?;
    let of_authority = authority.acceptor(names.clone(), Kind::Authority)?;
    let common_name = authority.acceptor(names.clone(), Kind::CommonName)?;
    let mutual = authority.acceptor(names, Kind::Mutual)?;

    let service = Rc::new(Service::new(clients, Issuer::generate()?));
    let http = listen(&service, Manner::Http).await?;
    let https = listen(&service, Manner::Https(https)).await?.port();
    let expired = listen(&service, Manner::Https(expired)).await?.port();
    let wrong_name = listen(&service, Manner::Https(wrong_name)).await?.port();
    let of_authority = listen(&service, Manner::Https(of_authority)).await?.port();
    let common_name = listen(&service, Manner::Https(common_name)).await?.port();
    let mutual = listen(&service, Manner::Https(mutual)).await?.port();
    let silent = listen(&service, Manner::Silent).await?;
    let closing = listen(&service, Manner::Closing).await?;

    let ready = json!({
        "http": format!("http://{http}"),
        "https": format!("https://localhost:{https}"),
        "https_address": format!("https://127.0.0.1:{https}"),
        "token_endpoint": format!("http://{http}/oauth/token"),
        "token_endpoint_https": format!("https://localhost:{https}/oauth/token"),
        "ca_file": ca_file,
        "other_ca_file": other_ca_file,
        "clients": descriptions,
        "default_client": "ES256",
        "wrong_private_key_file": wrong_private_key_file,
        "expired_https": format!("https://localhost:{expired}"),
        "wrong_name_https": format!("https://localhost:{wrong_name}"),
        "authority_https": format!("https://localhost:{of_authority}"),
        "common_name_https": format!("https://localhost:{common_name}"),
        "mutual_https": format!("https://localhost:{mutual}"),
        "silent": silent.to_string(),
        "closing": closing.to_string(),
        "redirect_uri": grants::REDIRECT_URI,
    });
    Ok((ready, service))
}

/// Serves on a free port and returns its address.
async fn listen(service: &Rc<Service>, manner: Manner) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    spawn_local(server::listen(service.clone(), listener, manner));
    Ok(address)
}

async fn stdin_end(matters: bool) {
    if !matters {
        return pending().await;
    }
    let (ended, end) = oneshot::channel();
    // A thread of its own, because a blocked read would keep the runtime from shutting down.
    std::thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = ended.send(());
    });
    let _ = end.await;
}
