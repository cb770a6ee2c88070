//! The way to the token endpoint: names, addresses, proxies, trust, TLS; and calls inside a host's async runtime.

mod common;

use base64::prelude::{BASE64_STANDARD, Engine};
use common::endpoint::Endpoint;
use common::host::{Host, Outcome, Pairs, borrowed, client, path, preloadable};
use common::native;
use common::proxy::{Manner, Proxy};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{LazyLock, OnceLock};
use std::thread::sleep;
use std::time::{Duration, Instant};
use talkdesk_auth::{Client, ErrorCode};

/// How much later than its deadline a call may return on a busy machine.
const SLACK_MS: u64 = 2500;

static SHARED: LazyLock<Endpoint> = LazyLock::new(|| {
    Endpoint::start_with(&[
        "--name",
        "tokens.test",
        "--name",
        "dual.test",
        "--name",
        "two.test",
        "--name",
        "stuck.test",
    ])
});

/// Variables of the environment, or options.
type Given<'a> = &'a [(&'a str, &'a str)];

fn call<'a>(further: &[(&'a str, &str)]) -> Pairs<'a> {
    let all = [&[("grant_type", "client_credentials"), ("timeout", "20")], further].concat();
    all.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// The URL of the endpoint under another name.
fn https_at(endpoint: &Endpoint, name: &str) -> String {
    endpoint.https_url("/oauth/token").replace("localhost", name)
}

/// The library that replaces the system's resolver.
fn resolver() -> &'static str {
    static RESOLVER: OnceLock<String> = OnceLock::new();
    RESOLVER.get_or_init(|| preloadable("resolver", "network"))
}

fn host_with(environment: &[(&str, &str)]) -> Host {
    Host::start_with(&[environment, &[("LD_PRELOAD", resolver())]].concat())
}

#[track_caller]
fn assert_code(outcome: &Outcome, code: ErrorCode, retryable: bool, says: &str) {
    assert_eq!(outcome.code, code as i32, "{outcome:?}");
    assert_eq!(outcome.retryable, retryable, "{outcome:?}");
    assert!(outcome.message.contains(says), "{outcome:?}");
}

// ---------------------------------------------------------------- names and addresses

#[test]
fn a_name_is_resolved_on_a_thread_that_ends() {
    let mut host = host_with(&[]);
    let found = host.call(&client(&SHARED, &https_at(&SHARED, "tokens.test")), &call(&[]));
    assert_eq!((found.code, found.threads), (0, 1), "{found:?}");
    for name in ["nowhere.test", "again.test"] {
        let lost = host.call(&client(&SHARED, &https_at(&SHARED, name)), &call(&[]));
        assert_code(&lost, ErrorCode::ConnectionFailed, true, &format!("the name {name} can't be resolved"));
        assert_eq!((lost.sockets, lost.threads), (1, 1), "the first call's connection must be kept: {lost:?}");
    }
    assert_eq!(host.free_clients(), 0);
    host.end();
}

#[test]
fn a_call_leaves_a_stuck_resolution_at_its_deadline() {
    let mut host = host_with(&[("STUCK_SECONDS", "4")]);
    let start = Instant::now();
    let limit = |option| (option, "0.3".to_owned());
    let options = [client(&SHARED, &https_at(&SHARED, "stuck.test")), vec![limit("connect_timeout")]].concat();
    for limits in [vec![limit("timeout")], vec![]] {
        let stuck = host.call(&options, &[vec![("grant_type", "client_credentials".into())], limits].concat());
        assert_code(&stuck, ErrorCode::DeadlineExceeded, true, "nothing was sent");
        assert!((300..300 + SLACK_MS).contains(&stuck.milliseconds), "{stuck:?}");
        assert!(stuck.threads <= 2, "at most one thread may resolve the name: {stuck:?}");
    }
    // The thread outlives the client, and then ends.
    assert_eq!(host.free_clients(), 0);
    sleep(Duration::from_secs(5).saturating_sub(start.elapsed()));
    let after = host.call(&client(&SHARED, &https_at(&SHARED, "tokens.test")), &call(&[]));
    assert_eq!((after.code, after.threads), (0, 1), "{after:?}");
    host.end();
}

/// A listener whose queue is full. It never answers a new connection, like a host behind a broken route.
struct Dead {
    _listener: tokio::net::TcpListener,
    _queued: Vec<TcpStream>,
}

impl Dead {
    fn at(runtime: &tokio::runtime::Runtime, address: SocketAddr) -> Dead {
        let _inside = runtime.enter();
        let socket = match address {
            SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4(),
            SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6(),
        }
        .expect("the machine has this kind of address");
        socket.bind(address).unwrap_or_else(|error| panic!("this test needs {address}: {error}"));
        let listener = socket.listen(0).expect("it listens");
        let mut queued = Vec::new();
        let patience = Duration::from_millis(200);
        while let Ok(connection) = TcpStream::connect_timeout(&address, patience) {
            queued.push(connection);
            assert!(queued.len() < 100, "{address} accepts every connection");
        }
        Dead { _listener: listener, _queued: queued }
    }
}

#[test]
fn a_call_gets_past_a_dead_address_to_a_live_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let url = SHARED.https_url("");
    let port = url.rsplit(':').next().expect("a port");
    let mut host = host_with(&[]);
    for (name, dead) in [("dual.test", "[::1]"), ("two.test", "127.0.0.2")] {
        let address = format!("{dead}:{port}").parse().expect("an address");
        let _dead = Dead::at(&runtime, address);
        // Without `connect_timeout`, its default applies, at most `timeout`. The addresses share that time.
        for limit in ["connect_timeout", "timeout"] {
            let options = [client(&SHARED, &https_at(&SHARED, name)), vec![(limit, "4".into())]].concat();
            let connected = host.call(&options, &vec![("grant_type", "client_credentials".into())]);
            assert_eq!(connected.code, 0, "{name}, {limit}: {connected:?}");
            assert!(connected.milliseconds < 4000, "{name}, {limit}: {connected:?}");
        }
    }
    assert_eq!(host.free_clients(), 0);
    host.end();
}

#[test]
fn plain_http_works_on_loopback_or_with_allow_http() {
    let mut host = host_with(&[]);
    for name in ["127.0.0.1", "localhost"] {
        let url = SHARED.url("/oauth/token").replace("127.0.0.1", name);
        assert_eq!(host.call(&client(&SHARED, &url), &call(&[])).code, 0, "{name}");
    }
    let elsewhere = client(&SHARED, &SHARED.url("/oauth/token").replace("127.0.0.1", "tokens.test"));
    let refused = host.call(&elsewhere, &call(&[]));
    assert_code(&refused, ErrorCode::InvalidOption, false, "plain HTTP");
    let allowed = [elsewhere, vec![("allow_http", "true".into())]].concat();
    assert_eq!(host.call(&allowed, &call(&[])).code, 0);
    for url in ["ftp://tokens.test/oauth/token", "file:///oauth/token"] {
        let refused = host.call(&client(&SHARED, url), &call(&[]));
        assert_code(&refused, ErrorCode::InvalidOption, false, "token_endpoint");
    }
    host.end();
}

/// A wrong /etc/hosts or a name server may send the name elsewhere.
#[test]
fn localhost_gets_no_plain_http_on_another_machine() {
    let at = |scheme: &str, further: &[(&'static str, &str)]| {
        let url = if scheme == "http" { SHARED.url("/oauth/token") } else { SHARED.https_url("/oauth/token") };
        let further = further.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        [client(&SHARED, &url.replace("127.0.0.1", "localhost")), further].concat()
    };
    for (addresses, elsewhere) in
        [("192.0.2.1", "192.0.2.1"), ("2001:db8::1,192.0.2.1", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1")]
    {
        let mut host = host_with(&[("LOCALHOST", addresses)]);
        let refused = host.call(&at("http", &[]), &call(&[]));
        assert_code(&refused, ErrorCode::ConnectionFailed, false, "the name localhost belongs to another machine");
        assert!(refused.message.contains(elsewhere) && refused.message.ends_with("nothing was sent"), "{refused:?}");
        // TLS protects the request, and allow_http gives up the protection. Nothing answers at this address.
        for options in [at("https", &[]), at("http", &[("allow_http", "true")])] {
            let hasty = vec![("grant_type", "client_credentials".into()), ("timeout", "0.2".into())];
            let tried = host.call(&options, &hasty);
            assert!(!tried.message.contains("another machine"), "{tried:?}");
        }
        host.end();
    }
    // The addresses of this machine remain.
    for addresses in ["192.0.2.1,127.0.0.1", "127.0.0.1,2001:db8::1", "::ffff:127.0.0.1"] {
        let mut host = host_with(&[("LOCALHOST", addresses)]);
        let connected = host.call(&at("http", &[("connect_timeout", "2")]), &call(&[]));
        assert_eq!(connected.code, 0, "{addresses}: {connected:?}");
        host.end();
    }
}

/// A connection that may leave this machine is not taken for one that may not.
#[test]
fn clients_with_and_without_allow_http_share_no_connection() {
    let endpoint = Endpoint::start();
    let mut host = host_with(&[]);
    for allow_http in ["true", "false", "true", "false"] {
        let options =
            [client(&endpoint, &endpoint.url("/oauth/token")), vec![("allow_http", allow_http.into())]].concat();
        assert_eq!(host.call(&options, &call(&[])).code, 0);
    }
    assert_eq!(endpoint.seen()["connections"], 2);
    host.end();
}

// ---------------------------------------------------------------- proxies

/// A user and a password with characters that a URL can't contain unencoded, and both encoded for a URL.
const ACCOUNT: &str = "proxy-user:p@ss/word";
const IN_URL: &str = "proxy-user:p%40ss%2Fword";

#[test]
fn the_proxy_is_chosen_by_option_then_environment_and_exceptions() {
    let proxy = Proxy::start(None, Manner::Connect);
    let address = proxy.address();
    let url = format!("http://{address}");
    let other = "http://127.0.0.1:1";
    // Environment, options, whether the proxy is used.
    #[rustfmt::skip]
    let cases: &[(Given<'_>, Given<'_>, bool)] = &[
        (&[], &[], false),
        (&[], &[("proxy", &url)], true),
        (&[], &[("proxy", &address)], true),
        (&[("HTTPS_PROXY", &url)], &[], true),
        (&[("https_proxy", &url)], &[], true),
        (&[("ALL_PROXY", &url)], &[], true),
        (&[("all_proxy", &url)], &[], true),
        (&[("HTTPS_PROXY", &url), ("ALL_PROXY", other)], &[], true),
        (&[("HTTPS_PROXY", ""), ("ALL_PROXY", &url)], &[], true),
        (&[("HTTP_PROXY", other), ("http_proxy", other)], &[], false),
        (&[("HTTPS_PROXY", other)], &[("proxy", &url)], true),
        (&[("NO_PROXY", "tokens.test")], &[("proxy", &url)], false),
        (&[("no_proxy", "tokens.test")], &[("proxy", &url)], false),
        (&[("NO_PROXY", "other.test, .test")], &[("proxy", &url)], false),
        (&[("NO_PROXY", "other.test, *.test")], &[("proxy", &url)], false),
        (&[("NO_PROXY", "other.test tokens.test.")], &[("proxy", &url)], false),
        (&[("NO_PROXY", "tokens.test:1")], &[("proxy", &url)], true),
        (&[("NO_PROXY", "other.test")], &[("proxy", &url)], true),
        (&[("NO_PROXY", "*.other.test")], &[("proxy", &url)], true),
        (&[("HTTPS_PROXY", other), ("NO_PROXY", "tokens.test")], &[], false),
        (&[("HTTPS_PROXY", other), ("NO_PROXY", "*")], &[], false),
        (&[("HTTPS_PROXY", other)], &[("no_proxy", "*")], false),
        (&[("HTTPS_PROXY", other)], &[("no_proxy", "tokens.test")], false),
        (&[], &[("proxy", &url), ("no_proxy", "*")], false),
        (&[("NO_PROXY", "tokens.test")], &[("proxy", &url), ("no_proxy", "other.test")], true),
        (&[("NO_PROXY", "*")], &[("proxy", &url), ("no_proxy", "")], true),
        // A wrong proxy in the environment is an error only if it would be used.
        (&[("HTTPS_PROXY", "socks5://127.0.0.1:1"), ("NO_PROXY", "tokens.test")], &[], false),
    ];
    for (environment, options, used) in cases {
        let mut host = host_with(environment);
        let further = options.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let mut options = [client(&SHARED, &https_at(&SHARED, "tokens.test")), further].concat();
        let outcome = host.call(&options, &call(&[]));
        assert_eq!(outcome.code, 0, "{environment:?} {options:?}: {outcome:?}");
        let passed = proxy.take_passed();
        assert_eq!(passed.len(), usize::from(*used), "{environment:?} {options:?}");
        assert!(passed.iter().all(|line| line.starts_with("CONNECT tokens.test:")), "{passed:?}");
        // Loopback is never proxied.
        for url in [https_at(&SHARED, "localhost"), https_at(&SHARED, "127.0.0.1"), SHARED.url("/oauth/token")] {
            options[0].1 = url;
            assert_eq!(host.call(&options, &call(&[])).code, 0, "{environment:?} {options:?}");
            assert_eq!(proxy.take_passed(), [""; 0], "{environment:?} {options:?}");
        }
        host.end();
    }
}

#[test]
fn an_error_names_the_variable_that_is_not_text() {
    let not_text = OsStr::from_bytes(b"http://127.0.0.1:1/\xff");
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let mut host = Host::start_with(&[(variable, not_text)]);
        let options = client(&SHARED, &https_at(&SHARED, "tokens.test"));
        let refused = host.call(&options, &call(&[]));
        assert_code(&refused, ErrorCode::InvalidOption, false, &format!("it comes from {variable}"));
        assert_eq!(refused.get("option"), Some("proxy"));
        host.end();
    }
}

/// Other programs may understand more than the library. So only the option is refused.
#[test]
fn an_exception_that_is_not_understood_is_named_where_it_matters() {
    let refusing = Proxy::start(None, Manner::Refuse);
    let (proxy, tunnel) = (format!("http://{}", refusing.address()), https_at(&SHARED, "tokens.test"));
    let given = |options: &[(&'static str, &str)]| {
        let further: Pairs<'_> = options.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        [client(&SHARED, &tunnel), further].concat()
    };
    let mut host = host_with(&[]);
    for exceptions in ["<local>", "other.test,http://user:password@tokens.test", "10.*"] {
        // Even if there is no proxy.
        let refused = host.call(&given(&[("no_proxy", exceptions)]), &call(&[]));
        assert_code(&refused, ErrorCode::InvalidOption, false, "is not understood; give names");
        assert_eq!(refused.get("option"), Some("no_proxy"));
        assert!(!refused.message.contains("password"), "{refused:?}");
    }
    host.end();
    let not_text = OsStr::from_bytes(b"other.test,\xff,tokens.test:1");
    for variable in ["NO_PROXY", "no_proxy"] {
        let preload = ("LD_PRELOAD", OsStr::new(resolver()));
        let mut host = Host::start_with(&[(variable, not_text), preload]);
        let refused = host.call(&given(&[("proxy", &proxy)]), &call(&[]));
        let says =
            format!("; entry 2 of {variable} in the environment is not understood, and was skipped; nothing was sent");
        assert_code(&refused, ErrorCode::ConnectionFailed, true, &says);
        // The other entries count, and where no proxy is used, nothing is said of them.
        let port = tunnel.split(':').next_back().and_then(|rest| rest.split('/').next()).expect("a port");
        let mut by_port = Host::start_with(&[
            (variable, OsString::from(format!("<local>,tokens.test:{port}"))),
            ("LD_PRELOAD", resolver().into()),
        ]);
        assert_eq!(by_port.call(&given(&[("proxy", &proxy)]), &call(&[])).code, 0);
        by_port.end();
        host.end();
    }
}

/// A copy of the host's program that runs with the rights of another group. The kernel treats it like a set-user-ID program.
fn set_group_id_host() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("host");
    fs::copy(common::host::program("faults"), &program).expect("the program is copied");
    let groups = native::run(Command::new("id").arg("-G")).stdout;
    let groups: Vec<u32> = String::from_utf8_lossy(&groups).split_whitespace().map(|id| id.parse().unwrap()).collect();
    let is_root = fs::metadata("/proc/self").expect("proc").uid() == 0;
    let other = if is_root { Some(65534) } else { groups.get(1).copied() };
    let other =
        other.expect("a set-group-ID program is needed: run this test as root, or as a user with a second group");
    std::os::unix::fs::chown(&program, None, Some(other)).expect("the group is changed");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o2755)).expect("the bit is set");
    (folder, program)
}

/// Whoever starts a program with more rights than their own sets its environment.
#[test]
fn no_variable_counts_in_a_program_with_more_rights_than_its_user() {
    let (_folder, program) = set_group_id_host();
    let proxy = Proxy::start(None, Manner::Refuse);
    let url = format!("http://{}", proxy.address());
    let nowhere = "https://nowhere.invalid/oauth/token";
    let ca = path(SHARED.ca_file());
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(SHARED.ca_file(), folder.path().join("0a1b2c3d.0")).expect("the file is copied");
    let ca_folder = path(folder.path());
    let here = https_at(&SHARED, "localhost");
    // The variable, the option proxy, the URL, how many requests the proxy gets.
    #[rustfmt::skip]
    let cases: &[(&str, &str, Option<&str>, &str, usize)] = &[
        ("HTTPS_PROXY", &url, None, nowhere, 0),
        ("https_proxy", &url, None, nowhere, 0),
        ("ALL_PROXY", &url, None, nowhere, 0),
        ("all_proxy", &url, None, nowhere, 0),
        ("NO_PROXY", "*", Some(&url), nowhere, 1),
        ("no_proxy", "*", Some(&url), nowhere, 1),
        ("SSL_CERT_FILE", &ca, None, &here, 0),
        ("SSL_CERT_DIR", &ca_folder, None, &here, 0),
    ];
    for (variable, value, proxy_option, url, requests) in cases {
        let mut options = client(&SHARED, url);
        options.retain(|(name, _)| !["ca_file", "max_retries"].contains(name));
        options.extend([("connect_timeout", "2".into()), ("max_retries", "0".into())]);
        options.extend(proxy_option.map(|proxy| ("proxy", proxy.to_owned())));
        let mut host = Host::start_program(&program, &[(*variable, *value), ("RUST_MIN_STACK", "1")]);
        let outcome = host.call(&options, &call(&[]));
        let says =
            format!("; {variable} is ignored, because this program has more rights than the user who started it");
        assert!(outcome.code != 0 && outcome.message.contains(&says), "{variable}: {outcome:?}");
        assert_eq!(proxy.take_passed().len(), *requests, "{variable}");
        host.end();
        // The same variable counts in the same program without the bit.
        let mut host = Host::start_with(&[(*variable, *value)]);
        let outcome = host.call(&options, &call(&[]));
        assert!(!outcome.message.contains("is ignored"), "{variable}: {outcome:?}");
        assert_eq!(outcome.code == 0, *url == here, "{variable}: {outcome:?}");
        assert_eq!(
            proxy.take_passed().len(),
            usize::from(variable.to_lowercase().ends_with("s_proxy") || variable.to_lowercase() == "all_proxy"),
            "{variable}"
        );
        host.end();
    }
}

/// Variables that are set after the client was made change nothing, neither the proxy nor the trust.
#[test]
fn the_environment_is_read_when_the_client_is_made() {
    let proxy = Proxy::start(None, Manner::Connect);
    let mut host = host_with(&[]);
    let trusting = client(&SHARED, &https_at(&SHARED, "tokens.test"));
    let distrusting: Pairs<'_> = trusting.iter().filter(|(name, _)| *name != "ca_file").cloned().collect();
    for options in [&trusting, &distrusting] {
        assert_eq!(host.call(options, &vec![]).get("option"), Some("grant_type"), "the client must be made");
    }
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        host.set_environment(name, &format!("http://{}", proxy.address()));
    }
    host.set_environment("SSL_CERT_FILE", &path(SHARED.ca_file()));
    assert_eq!(host.call(&trusting, &call(&[])).code, 0);
    assert_eq!(host.call(&distrusting, &call(&[])).code, ErrorCode::TlsFailed as i32);
    assert_eq!(proxy.take_passed(), [""; 0]);
    host.end();
}

#[test]
fn a_proxys_user_and_password_work_and_appear_nowhere() {
    let proxy = Proxy::start(Some(ACCOUNT), Manner::Connect);
    let refusing = Proxy::start(Some(ACCOUNT), Manner::Refuse);
    let silent = Proxy::start(Some(ACCOUNT), Manner::Silent);
    let closing = Proxy::start(Some(ACCOUNT), Manner::Close);
    let with = |account: &str, address: &str| format!("http://{account}@{address}");
    let options = |url: String, endpoint: String| {
        [client(&SHARED, &endpoint), vec![("proxy", url), ("allow_http", "true".into())]].concat()
    };
    let mut host = host_with(&[]);
    let plain = SHARED.url("/with/echo=1/oauth/token").replace("127.0.0.1", "tokens.test");
    for endpoint in [https_at(&SHARED, "tokens.test"), plain.clone()] {
        let outcome = host.call(&options(with(IN_URL, &proxy.address()), endpoint), &call(&[]));
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(proxy.take_passed().len(), 1);
        assert!(!outcome.message.contains("proxy-user"), "the endpoint must not get the proxy's user");
    }

    let mut outcomes = Vec::new();
    let telling = Proxy::start(Some(ACCOUNT), Manner::Tell);
    let told = host.call(&options(with(IN_URL, &telling.address()), plain.clone()), &call(&[]));
    assert_code(&told, ErrorCode::OauthError, false, "[hidden] may not ([hidden]), nor [hidden] nor [hidden]");
    assert_eq!(told.get("error_uri"), Some("http://[hidden]@proxy.example"));
    outcomes.push(told);
    let tunnel = https_at(&SHARED, "tokens.test");
    for account in ["proxy-user:wrong-password", "other-user:p%40ss%2Fword", "lonely-user"] {
        let denied = host.call(&options(with(account, &proxy.address()), tunnel.clone()), &call(&[]));
        let says = "does not accept the user and the password in its URL; correct them (status 407 Proxy Authentication Required)";
        assert_code(&denied, ErrorCode::ConnectionFailed, false, says);
        let denied_plain = host.call(&options(with(account, &proxy.address()), plain.clone()), &call(&[]));
        assert_eq!(denied_plain.code, ErrorCode::InvalidResponse as i32, "{denied_plain:?}");
        assert_eq!(denied_plain.get("http_status"), Some("407"));
        assert!(
            denied_plain.message.contains("it comes from a proxy, which does not accept the user"),
            "{denied_plain:?}"
        );
        outcomes.extend([denied, denied_plain]);
    }
    assert_eq!(proxy.take_turned_away(), 6);
    assert_eq!(proxy.take_passed(), [""; 0]);

    let refused = host.call(&options(with(IN_URL, &refusing.address()), tunnel.clone()), &call(&[]));
    let says = "the proxy 127.0.0.1 does not connect to it: it answers CONNECT with status 503 Service Unavailable; nothing was sent";
    assert_code(&refused, ErrorCode::ConnectionFailed, true, says);
    let closed = host.call(&options(with(IN_URL, &closing.address()), tunnel.clone()), &call(&[]));
    assert_code(&closed, ErrorCode::ConnectionFailed, true, "the proxy");
    let gone = host.call(&options(with(IN_URL, "127.0.0.1:1"), tunnel.clone()), &call(&[]));
    assert_code(&gone, ErrorCode::ConnectionFailed, true, "the proxy 127.0.0.1 refuses");
    let nameless = host.call(&options(with(IN_URL, "nowhere.test:1"), tunnel.clone()), &call(&[]));
    assert_code(&nameless, ErrorCode::ConnectionFailed, true, "nowhere.test can't be resolved");
    let stuck = host.call(
        &[options(with(IN_URL, &silent.address()), tunnel.clone()), vec![("connect_timeout", "0.3".into())]].concat(),
        &vec![("grant_type", "client_credentials".into())],
    );
    assert_code(&stuck, ErrorCode::DeadlineExceeded, true, "nothing was sent");
    assert!((300..300 + SLACK_MS).contains(&stuck.milliseconds), "{stuck:?}");
    let secure = format!("https://{IN_URL}@{}", proxy.address());
    let not_tls = host.call(&options(secure, tunnel.clone()), &call(&[]));
    assert_code(&not_tls, ErrorCode::TlsFailed, true, "the TLS handshake with the proxy 127.0.0.1 broke off");
    outcomes.extend([refused, closed, gone, nameless, stuck, not_tls]);

    let address = "https://[2001:db8::1]/oauth/token".to_owned();
    let unreachable = host.call(&options(with(IN_URL, &proxy.address()), address.clone()), &call(&[]));
    assert_code(&unreachable, ErrorCode::ConnectionFailed, true, "the proxy 127.0.0.1 does not connect");
    assert_eq!(proxy.take_passed(), ["CONNECT [2001:db8::1]:443 HTTP/1.1"; 2], "it is asked again");
    for exceptions in ["2001:db8::1", "other.test, [2001:db8::1]", "2001:db8::/32", "[2001:db8::]/32", "x, *"] {
        let by_proxy = options(with(IN_URL, &proxy.address()), address.clone());
        let made = host.call(&[by_proxy, vec![("no_proxy", exceptions.into())]].concat(), &vec![]);
        assert_eq!(made.get("option"), Some("grant_type"), "the client must be made: {made:?}");
    }
    outcomes.push(unreachable);

    for scheme in ["socks4", "socks4a", "socks5", "socks5h"] {
        let url = format!("{scheme}://{IN_URL}@127.0.0.1:1080");
        let refused = host.call(&options(url.clone(), tunnel.clone()), &call(&[]));
        assert_code(&refused, ErrorCode::InvalidOption, false, &format!("SOCKS proxy ({scheme})"));
        assert_eq!(refused.get("option"), Some("proxy"));
        let loopback = host.call(&options(url.clone(), https_at(&SHARED, "localhost")), &call(&[]));
        assert_code(&loopback, ErrorCode::InvalidOption, false, &format!("SOCKS proxy ({scheme})"));
        let excepted = [options(url.clone(), tunnel.clone()), vec![("no_proxy", "*".into())]].concat();
        assert_code(&host.call(&excepted, &call(&[])), ErrorCode::InvalidOption, false, "give an HTTP proxy");
        let mut environment = host_with(&[("ALL_PROXY", &url)]);
        let inherited = environment.call(&client(&SHARED, &tunnel), &call(&[]));
        assert_code(&inherited, ErrorCode::InvalidOption, false, "it comes from ALL_PROXY");
        environment.end();
        outcomes.extend([refused, inherited]);
    }
    let behind_a_host = ["http://x/word", "http://x?word", "http://x#word", "http://proxy-user:p@ss/word@host:3128"];
    let no_urls = ["ftp://x", "http://", "://", "http://[::1", "http://x:99999999", "proxy-user:p%40ss%2Fword"];
    for url in no_urls.iter().chain(&behind_a_host) {
        let url = url.replace("://x", &format!("://{IN_URL}@x"));
        let refused = host.call(&options(url, tunnel.clone()), &call(&[]));
        assert_code(&refused, ErrorCode::InvalidOption, false, "proxy");
        outcomes.push(refused);
    }
    let secrets = ["p@ss", "p%40ss", "wrong-password", "proxy-user", "other-user", "lonely-user"];
    let encoded = [ACCOUNT, "proxy-user:wrong-password"].map(|account| BASE64_STANDARD.encode(account));
    for outcome in &outcomes {
        let text = outcome.text();
        for secret in secrets.iter().copied().chain(encoded.iter().map(String::as_str)) {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    host.end();
}

/// Each refusal of a tunnel tells its status and its reason, and whether it may end by itself.
#[test]
fn a_proxys_refusal_is_told_and_repeated_only_if_it_may_end_by_itself() {
    const OURS: &str = "https://tokens.test/oauth/token";
    let mut host = host_with(&[]);
    let mut refused = |answer: &'static str, account: &str| {
        let proxy = Proxy::start(None, Manner::Answer(answer));
        let url = format!("http://{account}{}", proxy.address());
        host.call(&[client(&SHARED, OURS), vec![("proxy", url)]].concat(), &call(&[]))
    };
    #[rustfmt::skip]
    let cases: &[(&str, &str, bool)] = &[
        ("HTTP/1.1 403 Forbidden\r\n", "it answers CONNECT with status 403 Forbidden;", false),
        ("HTTP/1.0 403 Host not on the\tallowlist\r\n", "it answers CONNECT with status 403 Host not on the allowlist;", false),
        ("HTTP/1.1 403\r\n", "it answers CONNECT with status 403;", false),
        ("HTTP/1.1 403 Forbidden\r\nX Squid: a\r\nVia: a\r\n b\r\n", "it answers CONNECT with status 403 Forbidden;", false),
        ("HTTP/1.1 400 Bad Request\r\n", "status 400 Bad Request;", false),
        ("HTTP/1.1 302 Found\r\nlocation: https://login.example\r\n", "status 302 Found;", false),
        ("HTTP/1.1 405 Method Not Allowed\r\n", "status 405 Method Not Allowed;", false),
        ("HTTP/1.1 501 Not Implemented\r\n", "status 501 Not Implemented;", false),
        ("HTTP/1.1 511 Network Authentication Required\r\n", "status 511", false),
        ("HTTP/1.1 429 Too Many Requests\r\n", "status 429 Too Many Requests;", true),
        ("HTTP/1.1 500 Internal Server Error\r\n", "status 500", true),
        ("HTTP/1.1 502 The name can't be resolved\r\n", "status 502 The name can't be resolved;", true),
        ("HTTP/1.1 504 Gateway Timeout\r\n", "status 504 Gateway Timeout;", true),
        ("HTTP/1.1 200 OK\r\nTransfer Encoding: chunked\r\n", "answers CONNECT, but its answer can't be read: its header Transfer-Encoding is malformed", true),
        ("SSH-2.0-OpenSSH\r\n", "answers CONNECT, but its answer can't be read: it does not begin with a status line of HTTP/1.1", true),
        ("", "does not connect to it: it does not answer CONNECT;", true),
    ];
    for (answer, says, retryable) in cases {
        let outcome = refused(answer, "");
        assert_code(&outcome, ErrorCode::ConnectionFailed, *retryable, says);
        assert!(outcome.message.contains("the proxy 127.0.0.1") && outcome.message.ends_with("nothing was sent"));
    }
    #[rustfmt::skip]
    let cases = [
        ("HTTP/1.1 407 x\r\nproxy-authenticate: NTLM\r\nproxy-authenticate: Negotiate\r\n", "accepts only NTLM or Negotiate, but", ["", "user:word@"]),
        ("HTTP/1.1 407 x\r\nProxy-Authenticate: Digest realm=\"Basic\"\r\n", "accepts only Digest, but", ["", "user:word@"]),
        ("HTTP/1.1 407 x\r\nproxy-authenticate: NTLM, Basic realm=\"x\"\r\n", "does not accept the user and the password in its URL", ["user:word@"; 2]),
        ("HTTP/1.1 407 x\r\n", "requires a user and a password; give them in the URL of the proxy", [""; 2]),
    ];
    for (answer, says, accounts) in cases {
        for account in accounts {
            let outcome = refused(answer, account);
            assert_code(&outcome, ErrorCode::ConnectionFailed, false, &format!("the proxy 127.0.0.1 {says}"));
            assert!(outcome.message.contains("(status 407 x)"), "{outcome:?}");
        }
    }
    // The reason phrase may repeat the account.
    let told = refused("HTTP/1.1 403 user-7:word-8 dXNlci03OndvcmQtOA== may not\r\n", "user-7:word-8@");
    assert_code(&told, ErrorCode::ConnectionFailed, false, "status 403 [hidden] [hidden] may not;");
    host.end();
}

/// Over plain HTTP, the proxy answers in the endpoint's place.
#[test]
fn an_answer_of_a_proxy_over_plain_http_names_what_was_wrong_with_the_environment() {
    let remark = "; entry 1 of NO_PROXY in the environment is not understood, and was skipped";
    let mut host = host_with(&[("NO_PROXY", "<local>")]);
    let mut answered = |answer: &'static str, account: &str| {
        let proxy = Proxy::start(None, Manner::Answer(answer));
        let url = format!("http://{account}{}", proxy.address());
        let plain = "http://tokens.test/oauth/token";
        let options = [client(&SHARED, plain), vec![("proxy", url), ("allow_http", "true".into())]].concat();
        host.call(&options, &call(&[]))
    };
    #[rustfmt::skip]
    let cases = [
        ("HTTP/1.1 407 x\r\ncontent-length: 0\r\n", "", "it comes from a proxy, which requires a user and a password", "407"),
        ("HTTP/1.1 407 x\r\ncontent-length: 0\r\nproxy-authenticate: NTLM\r\n", "user:word@", "it comes from a proxy, which accepts only NTLM, but", "407"),
        ("HTTP/1.1 403 Not on the allowlist\r\ncontent-length: 0\r\n", "", "it is empty (status 403); it says: Not on the allowlist", "403"),
        ("HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\n", "", "it is empty (status 502)", "502"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n", "", "it is empty (status 200)", "200"),
    ];
    for (answer, account, says, status) in cases {
        let outcome = answered(answer, account);
        assert_code(&outcome, ErrorCode::InvalidResponse, status == "502", says);
        assert!(outcome.message.ends_with(remark), "{outcome:?}");
        assert_eq!(outcome.get("http_status"), Some(status));
    }
    for answer in ["", "HTTP/1.1 200 OK\r\nContent Length: 5\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n"] {
        let outcome = answered(answer, "");
        assert_code(&outcome, ErrorCode::OutcomeUnknown, true, &format!("{remark}; it is unknown whether"));
    }
    host.end();
}

#[test]
fn a_tunnel_opens_whatever_is_odd_beside_the_proxys_answer() {
    let mut host = host_with(&[]);
    for head in [
        "HTTP/1.1 200\r\n",
        "HTTP/1.0 200 Connection Established\r\nProxy Agent: x\r\n",
        "HTTP/1.1 200 OK\r\nVia: 1.1\r\n proxy\r\nConnection: close\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
    ] {
        let proxy = Proxy::start(None, Manner::ConnectWith(head));
        let options = [client(&SHARED, &https_at(&SHARED, "tokens.test")), vec![("proxy", proxy.address())]].concat();
        let outcome = host.call(&options, &call(&[]));
        assert_eq!(outcome.code, 0, "{head:?}: {outcome:?}");
    }
    host.end();
}

// ---------------------------------------------------------------- trust and TLS

/// A machine without a battery begins there.
#[test]
fn a_clock_before_1970_is_named() {
    let mut host = Host::start_with(&[("LD_PRELOAD", preloadable("clock", "network"))]);
    let outcome = host.call(&client(&SHARED, &SHARED.https_url("/oauth/token")), &call(&[]));
    assert_code(
        &outcome,
        ErrorCode::TlsFailed,
        false,
        "this machine's clock stands before 1970; set it; nothing was sent",
    );
    host.end();
}

/// The system's store may be mended while a process runs.
#[test]
fn after_a_certificate_was_refused_the_next_call_reads_the_systems_store_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store.pem");
    fs::copy(SHARED.text("other_ca_file"), &store).expect("the file is copied");
    let mut host = host_with(&[("SSL_CERT_FILE", &path(&store))]);
    let mut options = client(&SHARED, &https_at(&SHARED, "tokens.test"));
    options.retain(|(name, _)| *name != "ca_file");
    assert_code(&host.call(&options, &call(&[])), ErrorCode::TlsFailed, false, "not trusted");
    fs::copy(SHARED.ca_file(), &store).expect("the file is copied");
    let trusted = host.call(&options, &call(&[]));
    assert_eq!(trusted.code, 0, "{trusted:?}");
    host.end();
}

#[test]
fn the_systems_store_and_ca_file_are_trusted_together() {
    let ca = path(SHARED.ca_file());
    let other = SHARED.text("other_ca_file").to_owned();
    let folder = tempfile::tempdir().expect("a folder");
    let folders = format!("{}:{}", tempfile::tempdir().expect("a folder").path().display(), folder.path().display());
    // A name as `openssl rehash` gives it; the hash may be any.
    fs::copy(SHARED.ca_file(), folder.path().join("0a1b2c3d.0")).expect("the file is copied");
    let only_folder = path(folder.path());
    let pipe = path(&folder.path().join("pipe"));
    native::run(Command::new("mkfifo").arg(&pipe));
    #[rustfmt::skip]
    let cases: &[(Given<'_>, Option<&str>, bool)] = &[
        (&[], None, false),
        (&[], Some(&ca), true),
        (&[], Some(&other), false),
        (&[("SSL_CERT_FILE", &ca)], None, true),
        // Nothing is ever written to this pipe.
        (&[("SSL_CERT_FILE", &pipe)], Some(&ca), true),
        (&[("SSL_CERT_FILE", &ca)], Some(&other), true),
        (&[("SSL_CERT_FILE", &other)], Some(&ca), true),
        (&[("SSL_CERT_FILE", &other)], None, false),
        (&[("SSL_CERT_FILE", "/nonexistent")], None, false),
        (&[("SSL_CERT_FILE", "/nonexistent")], Some(&ca), true),
        (&[("SSL_CERT_DIR", &only_folder)], None, true),
        (&[("SSL_CERT_DIR", &folders)], None, true),
        (&[("SSL_CERT_DIR", &only_folder), ("SSL_CERT_FILE", &other)], None, true),
    ];
    for (environment, ca_file, trusted) in cases {
        let mut host = host_with(environment);
        let mut options = client(&SHARED, &https_at(&SHARED, "tokens.test"));
        options.retain(|(name, _)| *name != "ca_file");
        options.extend(ca_file.map(|file| ("ca_file", file.to_owned())));
        let outcome = host.call(&options, &call(&[]));
        if *trusted {
            assert_eq!(outcome.code, 0, "{environment:?} {ca_file:?}: {outcome:?}");
        } else {
            let none = environment.contains(&("SSL_CERT_FILE", "/nonexistent"));
            let says = if none { "this machine has no trusted certificate authorities" } else { "not trusted" };
            assert_code(&outcome, ErrorCode::TlsFailed, false, says);
        }
        host.end();
    }
}

#[test]
fn ca_file_is_checked_when_the_client_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let damaged = fs::read_to_string(SHARED.ca_file()).expect("it is text").replace("MII", "MI");
    let key = fs::read_to_string(SHARED.client("ES256").private_key_pem_file).expect("it is text");
    let trusted =
        fs::read_to_string(SHARED.ca_file()).expect("it is text").replace("CERTIFICATE", "TRUSTED CERTIFICATE");
    for (index, content) in ["", "no PEM", &damaged, &key, &trusted].iter().enumerate() {
        let file = folder.path().join(index.to_string());
        fs::write(&file, content).expect("the file is written");
        let mut options = client(&SHARED, &https_at(&SHARED, "localhost"));
        options.retain(|(name, _)| *name != "ca_file");
        options.push(("ca_file", path(&file)));
        let error = Client::new(borrowed(&options)).expect_err("the CA file must be refused");
        assert_eq!((error.code(), error.get("option")), (ErrorCode::InvalidOption, Some("ca_file")), "{error}");
    }
}

#[test]
fn ca_file_may_be_text_of_any_encoding() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ca.pem");
    // The endpoint's CA is the first of two certificates, and both count.
    let bundle = [SHARED.ca_file(), std::path::Path::new(SHARED.text("other_ca_file"))]
        .map(|file| fs::read_to_string(file).expect("it is text"))
        .concat();
    let utf16: Vec<u8> = format!("\u{feff}{bundle}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for content in [format!("\u{feff}{bundle}").into_bytes(), utf16, bundle.replace('\n', "\r\n").into_bytes()] {
        fs::write(&file, content).expect("the file is written");
        let mut options = client(&SHARED, &https_at(&SHARED, "localhost"));
        options.retain(|(name, _)| *name != "ca_file");
        options.push(("ca_file", path(&file)));
        let client = Client::new(borrowed(&options)).expect("a client");
        client.exchange([("grant_type", "client_credentials")]).expect("a token");
    }
}

// ---------------------------------------------------------------- a host's async runtime

fn exchange(client: &Client) {
    client.exchange([("grant_type", "client_credentials"), ("timeout", "20")]).expect("a token");
    client
        .exchange([("grant_type", "authorization_code"), ("code", "none"), ("timeout", "20")])
        .expect_err("an unknown code must be refused");
}

fn rust_client() -> Client {
    Client::new(borrowed(&client(&SHARED, &SHARED.https_url("/oauth/token")))).expect("a client")
}

#[test]
fn calls_work_inside_a_current_thread_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let outlives = rust_client();
    runtime.block_on(async {
        exchange(&outlives);
        let inner = rust_client();
        exchange(&inner);
        drop(inner);
        tokio::task::spawn_blocking(|| {
            let inner = rust_client();
            exchange(&inner);
        })
        .await
        .expect("no panic");
        let locally = async { tokio::task::spawn_local(async { exchange(&rust_client()) }).await };
        tokio::task::LocalSet::new().run_until(locally).await.expect("no panic");
    });
    {
        let _entered = runtime.enter();
        exchange(&outlives);
    }
    // The client was used inside the runtime and is now used outside.
    exchange(&outlives);
}

#[test]
fn calls_work_inside_a_multi_thread_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let shared = std::sync::Arc::new(rust_client());
    runtime.block_on(async {
        let tasks: Vec<_> = (0..8)
            .map(|index| {
                let shared = shared.clone();
                match index % 2 {
                    0 => tokio::spawn(async move { exchange(&shared) }),
                    _ => tokio::task::spawn_blocking(move || exchange(&shared)),
                }
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        tokio::spawn(async { drop(rust_client()) }).await.expect("no panic");
        let used = rust_client();
        exchange(&used);
        tokio::spawn(async move { drop(used) }).await.expect("no panic");
    });
    runtime.shutdown_background();
    exchange(&shared);
}
