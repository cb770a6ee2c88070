//! Why a TLS handshake fails, against servers that use another TLS library: each cause has a sentence that says what to do.

mod common;

use common::endpoint::Endpoint;
use common::host::{Pairs, borrowed, client, path};
use common::native;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, SanType, date_time_ymd,
};
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};
use talkdesk_auth::{Client, Error, ErrorCode, Token};

/// Its clients have keys. No test here calls it.
static KEYS: LazyLock<Endpoint> = LazyLock::new(Endpoint::start);

/// A folder with the certificates that a server sends, its own first, and with its key.
struct Identity {
    folder: tempfile::TempDir,
}

impl Identity {
    fn new(own: &str, further: &[&str], key: &str) -> Identity {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, content) in [("own", own.to_owned()), ("further", further.concat()), ("key", key.to_owned())] {
            fs::write(folder.path().join(name), content).expect("the file is written");
        }
        Identity { folder }
    }

    /// A certificate that nobody else issued.
    fn self_signed(params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().expect("a key");
        Identity::new(&params.self_signed(&key).expect("a certificate").pem(), &[], &key.serialize_pem())
    }

    /// A certificate of `issuer`; `further` ones are sent with it.
    fn issued(params: &CertificateParams, issuer: &Authority, further: &[&Authority]) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let own = params.signed_by(&key, issuer).expect("a certificate").pem();
        let further: Vec<String> = further.iter().map(|authority| authority.pem()).collect();
        Identity::new(&own, &further.iter().map(String::as_str).collect::<Vec<_>>(), &key.serialize_pem())
    }

    /// A certificate that commands of openssl make. They write it to `own`, and its key to `key`.
    fn made(script: &str) -> Identity {
        let identity = Identity::new("", &[], "");
        native::run(Command::new("sh").args(["-ec", script]).current_dir(identity.folder.path()));
        identity
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn named(name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.distinguished_name = Default::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn of_authority(name: &str) -> CertificateParams {
    let mut params = named(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn root(name: &str) -> Authority {
    Authority::self_signed(of_authority(name), KeyPair::generate().expect("a key")).expect("an authority")
}

fn intermediate(name: &str, issuer: &Authority) -> Authority {
    Authority::signed_by(of_authority(name), KeyPair::generate().expect("a key"), issuer).expect("an authority")
}

/// The certificate of a server with the name localhost.
fn server() -> CertificateParams {
    named("a server", &["localhost"])
}

/// A TLS server of openssl.
struct OpenSsl {
    process: Child,
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    identity: Identity,
}

impl OpenSsl {
    fn start(arguments: &[&str]) -> OpenSsl {
        OpenSsl::with(Identity::self_signed(&server()), arguments)
    }

    fn with(identity: Identity, arguments: &[&str]) -> OpenSsl {
        native::need("openssl", "openssl");
        let address = {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
            listener.local_addr().expect("it has an address")
        };
        let further = identity.file("further");
        let chain: &[&Path] = &[Path::new("-cert_chain"), &further];
        let has_further = fs::metadata(&further).is_ok_and(|file| file.len() > 0);
        let mut process = Command::new("openssl")
            .args(["s_server", "-quiet", "-accept", &address.to_string()])
            .arg("-cert")
            .arg(identity.file("own"))
            .arg("-key")
            .arg(identity.file("key"))
            .args(if has_further { chain } else { &[] })
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl starts");
        let mut stdin = process.stdin.take().expect("stdin is piped");
        let mut stdout = process.stdout.take().expect("stdout is piped");
        let requests: Arc<AtomicUsize> = Arc::default();
        let seen = requests.clone();
        // openssl prints what it receives and sends what is written to its stdin.
        thread::spawn(move || {
            let (mut request, mut part) = (String::new(), [0; 4096]);
            while let Ok(length @ 1..) = stdout.read(&mut part) {
                request += &String::from_utf8_lossy(&part[..length]);
                if request.contains("grant_type=") {
                    request.clear();
                    seen.fetch_add(1, Ordering::Relaxed);
                    let body = r#"{"access_token":"from-openssl"}"#;
                    let _ = write!(stdin, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                    let _ = stdin.flush();
                }
            }
        });
        let patience = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < patience, "openssl does not listen");
            sleep(Duration::from_millis(10));
        }
        OpenSsl { process, address, requests, identity }
    }

    fn options(&self) -> Pairs<'static> {
        options("localhost", self.address, Some(&self.identity.file("own")))
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn options(host: &str, address: SocketAddr, ca_file: Option<&Path>) -> Pairs<'static> {
    let mut options = client(&KEYS, &format!("https://{host}:{}/oauth/token", address.port()));
    options.retain(|(name, _)| *name != "ca_file");
    options.extend(ca_file.map(|file| ("ca_file", path(file))));
    options
}

fn with_credentials() -> Pairs<'static> {
    vec![("grant_type", "client_credentials".into()), ("timeout", "20".into())]
}

fn with_code() -> Pairs<'static> {
    vec![("grant_type", "authorization_code".into()), ("code", "any".into()), ("timeout", "20".into())]
}

fn exchange(options: &Pairs<'_>, parameters: &Pairs<'_>) -> Result<Token, Error> {
    Client::new(borrowed(options)).expect("a client").exchange(borrowed(parameters))
}

#[track_caller]
fn assert_refused(outcome: &Result<Token, Error>, says: &str) {
    let Err(error) = outcome else { panic!("a token, where an error must say {says:?}") };
    assert_eq!((error.code(), error.is_retryable()), (ErrorCode::TlsFailed, false), "{error}");
    assert!(error.message().contains(says), "{says:?} is missing in {error}");
}

// ---------------------------------------------------------------- versions and certificates of clients

#[test]
fn tls_1_2_is_the_oldest_version() {
    for version in ["-tls1", "-tls1_1"] {
        // Debian's OpenSSL supports these versions only at this security level.
        let server = OpenSsl::start(&[version, "-cipher", "ALL:@SECLEVEL=0"]);
        let outcome = exchange(&server.options(), &with_credentials());
        assert_refused(&outcome, "nothing was sent");
    }
    for version in ["-tls1_2", "-tls1_3"] {
        let server = OpenSsl::start(&[version]);
        let outcome = exchange(&server.options(), &with_credentials());
        outcome.expect("a token");
    }
}

/// A code is not spent by a server that never read the request.
#[test]
fn a_server_that_wants_a_certificate_of_the_client_refuses_the_handshake() {
    for (version, says) in [("-tls1_2", "(TLS alert 40): "), ("-tls1_3", "(TLS alert 116): ")] {
        let server = OpenSsl::start(&[version, "-Verify", "1"]);
        for parameters in [with_credentials(), with_code()] {
            // In TLS 1.3 the refusal races with the request. It is the same error in any order.
            for _ in 0..10 {
                let outcome = exchange(&server.options(), &parameters);
                assert_refused(&outcome, says);
                assert_refused(&outcome, "it wants a certificate of the client");
            }
        }
        assert_eq!(server.requests.load(Ordering::Relaxed), 0);
    }
}

/// Passes on what a client of TLS 1.3 sends after the server's part of the handshake only when its request is there as well.
fn start_relay(server: SocketAddr) -> SocketAddr {
    /// The client's part of the handshake is much shorter.
    const REQUEST: usize = 600;
    /// A record whose content is encrypted.
    const ENCRYPTED: u8 = 23;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    let relay = move |mut from_client: TcpStream| -> io::Result<()> {
        let (mut to_server, mut to_client) = (TcpStream::connect(server)?, from_client.try_clone()?);
        let mut from_server = to_server.try_clone()?;
        thread::spawn(move || {
            let _ = io::copy(&mut from_server, &mut to_client);
            let _ = to_client.shutdown(Shutdown::Both);
        });
        let mut held = Vec::new();
        while held.len() < REQUEST {
            let mut head = [0; 5];
            from_client.read_exact(&mut head)?;
            let mut record = head.to_vec();
            record.resize(head.len() + usize::from(u16::from_be_bytes([head[3], head[4]])), 0);
            from_client.read_exact(&mut record[head.len()..])?;
            if head[0] == ENCRYPTED { held.extend(record) } else { to_server.write_all(&record)? }
        }
        to_server.write_all(&held)?;
        io::copy(&mut from_client, &mut to_server).map(|_| ())
    };
    thread::spawn(move || {
        for connection in listener.incoming().map_while(Result::ok) {
            let _ = relay(connection);
        }
    });
    address
}

#[test]
fn a_refusal_after_the_request_was_sent_is_no_unknown_outcome() {
    let server = OpenSsl::start(&["-tls1_3", "-Verify", "1"]);
    let relay = start_relay(server.address);
    for parameters in [with_credentials(), with_code()] {
        let outcome = exchange(&options("localhost", relay, Some(&server.identity.file("own"))), &parameters);
        assert_refused(&outcome, "(TLS alert 116): it wants a certificate of the client");
        assert_refused(&outcome, "; the server did not process the request");
    }
    assert_eq!(server.requests.load(Ordering::Relaxed), 0);
}

#[test]
fn a_proxy_that_wants_a_certificate_of_the_client_is_named() {
    for version in ["-tls1_2", "-tls1_3"] {
        let proxy = OpenSsl::start(&[version, "-Verify", "1"]);
        for url in ["https://tokens.test/oauth/token", "http://tokens.test/oauth/token"] {
            let mut options = client(&KEYS, url);
            options.retain(|(name, _)| *name != "ca_file");
            options.push(("ca_file", path(&proxy.identity.file("own"))));
            options.push(("allow_http", "true".into()));
            options.push(("proxy", format!("https://localhost:{}", proxy.address.port())));
            let outcome = exchange(&options, &with_code());
            assert_refused(&outcome, "the TLS handshake with the proxy localhost failed: it refuses the handshake");
            assert_refused(&outcome, "it wants a certificate of the client");
        }
    }
}

// ---------------------------------------------------------------- names

#[test]
fn a_name_that_subject_alt_name_lacks_is_explained() {
    let authority = root("Example Root");
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = folder.path().join("ca");
    fs::write(&ca_file, authority.pem()).expect("the file is written");
    let with_dns_address = {
        let mut params = named("a server", &[]);
        params.subject_alt_names = vec![SanType::DnsName("127.0.0.1".try_into().expect("ASCII"))];
        params
    };
    #[rustfmt::skip]
    let cases = [
        ("localhost", named("localhost", &[]),
         "localhost only in its subject (CN), where it does not count, and subjectAltName lacks it; \
          make a certificate with subjectAltName=DNS:localhost"),
        ("localhost", named("LocalHost", &["other.example"]), "localhost only in its subject (CN)"),
        ("127.0.0.1", named("127.0.0.1", &["localhost"]), "127.0.0.1 only in its subject (CN)"),
        ("127.0.0.1", with_dns_address,
         "the address 127.0.0.1 as a DNS name, and subjectAltName lacks it as an address; \
          make a certificate with subjectAltName=IP:127.0.0.1"),
        ("localhost", named("a server", &[]), "no host name in subjectAltName; make a certificate with subjectAltName=DNS:localhost"),
        ("127.0.0.1", named("a server", &["10.0.0.1"]), "no host name in subjectAltName; make a certificate with subjectAltName=IP:"),
        ("localhost", named("a server", &["a.example", "*.b.example", "c.example", "d.example"]),
         "for another name (a.example, *.b.example, c.example); check the URL"),
        ("127.0.0.1", server(), "for another name (localhost); check the URL"),
    ];
    for (name, params, says) in cases {
        let server = OpenSsl::with(Identity::issued(&params, &authority, &[]), &[]);
        let outcome = exchange(&options(name, server.address, Some(&ca_file)), &with_credentials());
        assert_refused(&outcome, says);
        assert_refused(&outcome, "; nothing was sent");
    }
}

// ---------------------------------------------------------------- issuers

#[test]
fn an_issuer_that_is_not_trusted_is_explained_by_what_the_server_sends() {
    let (known, other) = (root("Example Root"), root("Other Root"));
    let (issuing, of_other) = (intermediate("Example Issuing", &known), intermediate("Other Issuing", &other));
    let namesake = root("Example Root");
    let self_signed = || Identity::self_signed(&server());
    let issued = |issuer, further: &[&Authority]| Identity::issued(&server(), issuer, further);
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &str| {
        let file = folder.path().join(name);
        fs::write(&file, content).expect("the file is written");
        file
    };
    let ca = file("ca", &known.pem());
    let own = Path::new("own");
    let mut unnamed = of_authority("");
    unnamed.distinguished_name = Default::default();
    unnamed.distinguished_name.push(DnType::OrganizationName, "nobody");
    let unnamed = Authority::self_signed(unnamed, KeyPair::generate().expect("a key")).expect("an authority");
    let rude = root("\u{202e}\"Root\"\n");
    let alone = "either the server leaves out an intermediate certificate, or ca_file contains another root; let the server send its \
                 whole chain, or give the certificate of that authority";
    #[rustfmt::skip]
    let cases = [
        (issued(&issuing, &[]), Some(ca.as_path()), format!("not trusted (\"Example Issuing\"): {alone}")),
        (issued(&of_other, &[]), Some(&ca), format!("not trusted (\"Other Issuing\"): {alone}")),
        (issued(&of_other, &[&of_other]), Some(&ca), format!("not trusted (\"Other Root\"): {alone}")),
        // A certificate that has nothing to do with the server's own is no link.
        (issued(&issuing, &[&of_other]), Some(&ca), format!("not trusted (\"Example Issuing\"): {alone}")),
        (issued(&of_other, &[&of_other, &other]), Some(&ca),
         "not trusted (\"Other Root\"): ca_file contains another certificate; give this one".to_owned()),
        (issued(&issuing, &[]), Some(own),
         "ca_file contains the server's own certificate; give the certificate of the authority that issued it (\"Example Issuing\")".into()),
        (self_signed(), Some(&ca), "self-signed and not trusted: ca_file contains another certificate; give this one".into()),
        (self_signed(), None, "self-signed and not trusted; if it is yours, give its certificate as ca_file".into()),
        (issued(&other, &[&other]), None, "not trusted (\"Other Root\"); if it is yours, give its certificate as ca_file; no".into()),
        (issued(&issuing, &[]), None,
         "not trusted (\"Example Issuing\"); if it is yours, give its certificate as ca_file; if it is public, the server leaves out an \
          intermediate certificate".into()),
        (issued(&namesake, &[]), Some(&ca),
         "ca_file contains an authority of the right name (\"Example Root\"), but with another key, or".into()),
        (issued(&unnamed, &[]), Some(&ca), format!("not trusted: {alone}")),
        (issued(&rude, &[]), Some(&ca), format!("not trusted: {alone}")),
    ];
    for (identity, ca_file, says) in cases {
        let server = OpenSsl::with(identity, &[]);
        let ca_file = ca_file.map(|file| if file == own { server.identity.file("own") } else { file.to_owned() });
        let outcome = exchange(&options("localhost", server.address, ca_file.as_deref()), &with_credentials());
        assert_refused(&outcome, &says);
    }
    // The advice works: the server sends its whole chain, or `ca_file` contains the intermediate certificate.
    let issuing_file = file("issuing", &issuing.pem());
    for (further, ca_file) in [(&[&issuing][..], &ca), (&[], &issuing_file)] {
        let server = OpenSsl::with(issued(&issuing, further), &[]);
        let outcome = exchange(&options("localhost", server.address, Some(ca_file)), &with_credentials());
        outcome.expect("a token");
    }
}

// ---------------------------------------------------------------- certificates

#[test]
fn a_certificate_that_a_server_may_not_use_is_explained() {
    let authority = root("Example Root");
    let limited = {
        let mut params = of_authority("Limited");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        Authority::signed_by(params, KeyPair::generate().expect("a key"), &authority).expect("an authority")
    };
    let deep = intermediate("Deep", &limited);
    let critical = {
        let mut params = server();
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
        params
    };
    let for_clients = {
        let mut params = server();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params
    };
    let of_the_future = {
        let mut params = server();
        params.not_before = date_time_ymd(2999, 1, 1);
        params
    };
    let insecure = "ALL:@SECLEVEL=0";
    let short = Identity::made(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout root -out further -subj /CN=root
         openssl req -new -newkey rsa:1024 -nodes -keyout key -out request -subj /CN=localhost -addext subjectAltName=DNS:localhost
         openssl x509 -req -in request -CA further -CAkey root -copy_extensions copy -out own",
    );
    let its_root = fs::read_to_string(short.file("further")).expect("a certificate");
    let shorter = "openssl req -x509 -newkey rsa:1024 -nodes -keyout key -out own -subj /CN=localhost \
                   -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE";
    let old = "openssl req -new -newkey rsa:2048 -nodes -keyout key -out request -subj /CN=localhost
               openssl x509 -req -in request -signkey key -out own";
    #[rustfmt::skip]
    let cases = [
        (Identity::issued(&critical, &authority, &[]), authority.pem(), "critical extension that the library does not know"),
        (Identity::issued(&for_clients, &authority, &[]), authority.pem(), "extendedKeyUsage lacks serverAuth"),
        (Identity::issued(&of_the_future, &authority, &[]), authority.pem(), "not valid yet, or this machine's clock is wrong"),
        (Identity::issued(&server(), &deep, &[&deep, &limited]), authority.pem(), "whose issuer may not issue it"),
        (Identity::self_signed(&of_authority("localhost")), String::new(), "belongs to a certificate authority"),
        (Identity::made(old), String::new(), "X.509 version 1; make one of version 3"),
        (short, its_root, "an RSA key needs 2048 bits or more"),
        (Identity::made(shorter), String::new(), "or with an RSA key of fewer than 2048 bits"),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = folder.path().join("ca");
    for (identity, authority, says) in cases {
        let server = OpenSsl::with(identity, &["-cipher", insecure]);
        let own = fs::read_to_string(server.identity.file("own")).expect("a certificate");
        fs::write(&ca_file, if authority.is_empty() { own } else { authority }).expect("the file is written");
        let outcome = exchange(&options("localhost", server.address, Some(&ca_file)), &with_credentials());
        assert_refused(&outcome, says);
    }
}
