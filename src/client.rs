//! The client: a key and where it is registered, ready to sign and to exchange.

use crate::clock::Clock;
use crate::error::{Error, ErrorCode};
use crate::fork::without_fork;
use crate::functions::Function;
use crate::options::{self, OPTIONS, Options, contradiction, default_seconds, default_text};
use crate::protocol::algorithm::Algorithm;
use crate::protocol::assertion::{Assertion, Assertions};
use crate::protocol::credentials::Credentials;
use crate::protocol::key::Key;
use crate::protocol::request::TokenRequest;
use crate::protocol::response;
use crate::protocol::token::{Moment, Token};
use crate::text::Text;
use crate::transport::{self, Connection, Deadlines, Transport};
use crate::wiped::Wiped;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::time::Duration;
use url::Url;

/// A registered client: its key, parsed once, and its token endpoint.
///
/// Make one and keep it: it holds connections and the trust store. Every method may be called from any number of threads at once, and
/// on both sides of a fork; while other threads are in a call, though, a process may fork only if the client was made through the C
/// ABI, which has a fork wait until the crypto library is at rest. Key material is wiped when it is dropped.
pub struct Client {
    assertions: Assertions,
    transport: Transport,
    client_id: String,
    connect_timeout: Duration,
    timeout: Duration,
    settings: Vec<(&'static str, Text)>,
    clock: Clock,
}

impl Client {
    /// Makes a client from options, pairs of a name and a value; the table [`OPTIONS`] lists them.
    ///
    /// Everything is checked here: the options against each other, the key, the certificates in `ca_file`. Nothing is sent.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidOption`] and [`ErrorCode::InvalidKey`], each naming what is wrong and what to do;
    /// [`ErrorCode::Internal`] where the operating system refuses a resource.
    pub fn new<'a>(options: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Client, Error> {
        without_fork(aws_lc_rs::init);
        let options = Options::parse(Function::ClientNew, options)?;
        options.exclusive("credentials", "credentials_file")?;
        options.exclusive("private_key", "private_key_file")?;
        let credentials = credentials(&options)?;
        let (key, origin) = private_key(&options, &credentials)?;

        let (token_endpoint, origin_of_endpoint) = token_endpoint(&options, &credentials)?;
        let endpoint = check_endpoint(&token_endpoint, origin_of_endpoint, &options)?;
        let client_id = options
            .text("client_id")
            .or(credentials.client_id.as_deref())
            .ok_or_else(|| Error::option("client_id", "missing; give the client's id, or credentials that hold it"))?;
        // The credentials describe their own key best, a JWK describes itself.
        let own_key = !["private_key", "private_key_file"].contains(&origin);
        let first = |of_credentials, of_jwk| match (of_credentials, of_jwk) {
            (Some(value), Some(_)) if own_key => Some((value, CREDENTIALS)),
            (_, Some(value)) => Some((value, JWK)),
            (Some(value), None) => Some((value, CREDENTIALS)),
            (None, None) => None,
        };
        let described = first(credentials.key_id.as_deref(), key.key_id.as_deref()).map(|(value, _)| value);
        let key_id = options
            .text("key_id")
            .or(described)
            .ok_or_else(|| Error::option("key_id", "missing; give the key's id, or credentials or a JWK that hold it"))?
            .to_owned();
        let algorithm = algorithm(&options, first(credentials.algorithm.as_deref(), key.algorithm.as_deref()))?;
        // A region needs an account.
        let account = options.text("account").or(credentials.account.as_deref().filter(|_| options.has("region")));
        let signer = key.into_signer(algorithm).map_err(|complaint| key_error(origin, &complaint))?;

        let audience = options.text("audience").unwrap_or(&token_endpoint);
        let lifetime = options.seconds("assertion_lifetime").unwrap_or(default_seconds("assertion_lifetime"));
        let typ = options.text("assertion_type_header").unwrap_or(default_text("assertion_type_header"));
        let ca_file =
            options.text("ca_file").map(|path| read_file("ca_file", path, ErrorCode::InvalidOption)).transpose()?;

        let resolved = [
            ("account", account),
            ("token_endpoint", Some(token_endpoint.as_str())),
            ("client_id", Some(client_id)),
            ("key_id", Some(&key_id)),
            ("algorithm", Some(signer.algorithm().name())),
            ("audience", Some(audience)),
        ];
        Ok(Client {
            settings: settings(&options, &resolved),
            transport: Transport::new(&options, &endpoint, ca_file.as_ref().map(|content| content.as_slice()))?,
            assertions: Assertions::new(signer, typ, &key_id, client_id, audience, lifetime),
            client_id: client_id.to_owned(),
            connect_timeout: options.seconds("connect_timeout").unwrap_or(default_seconds("connect_timeout")),
            timeout: options.seconds("timeout").unwrap_or(default_seconds("timeout")),
            clock: Clock::SYSTEM,
        })
    }

    /// The value of a client option, given, resolved or by default; `None` for one that is secret, unset or unknown.
    /// `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have one. Never changes.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.setting(name).map(Text::as_str)
    }

    pub(crate) fn setting(&self, name: &str) -> Option<&Text> {
        self.settings.iter().find(|(setting, _)| *setting == name).map(|(_, value)| value)
    }

    /// Signs a fresh client assertion (RFC 7523 §2.2, §3). Options: `audience`, `assertion_lifetime`, `claim.NAME`.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidOption`]; [`ErrorCode::Internal`] where the crypto library fails.
    pub fn assertion<'a>(&self, options: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Assertion, Error> {
        self.sign(&Options::parse(Function::AssertionNew, options)?)
    }

    fn sign(&self, options: &Options<'_>) -> Result<Assertion, Error> {
        self.assertions.sign(options, self.clock.unix_seconds())
    }

    /// Exchanges a grant for a token (RFC 6749 §4.1.3, §4.4, §4.5, §6), authenticated by a fresh assertion (RFC 7523 §2.2).
    ///
    /// Parameters: `grant_type`, and what it asks for: `code`, `redirect_uri`, `code_verifier`, `refresh_token`, `scope`; both
    /// timeouts, and `waited`; the options of an assertion; further fields as `param.NAME`. Blocks until the answer is there or the deadline has
    /// come. `client_credentials`, which spends nothing, is sent once more, with a new assertion and over a fresh connection, where
    /// no complete answer came, or a 408, and time is left.
    ///
    /// # Errors
    /// Every code except [`ErrorCode::InvalidArgument`] and [`ErrorCode::InvalidKey`]. After [`ErrorCode::OutcomeUnknown`] a code or
    /// refresh token may be spent; [`Error::is_retryable`] says whether to call again.
    pub fn exchange<'a>(&self, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Token, Error> {
        let options = Options::parse(Function::TokenExchange, parameters)?;
        let request = TokenRequest::new(&options)?;
        let deadlines = Deadlines::new(
            options.seconds("connect_timeout").unwrap_or(self.connect_timeout),
            options.seconds("timeout").unwrap_or(self.timeout),
            options.seconds("waited").unwrap_or_default(),
        )?;
        if request.spends_a_grant() {
            return self.attempt(&options, &request, Connection::Fresh, deadlines).map_err(|error| {
                match error.code() {
                    ErrorCode::OutcomeUnknown => {
                        Error::new(ErrorCode::OutcomeUnknown, format!("{error}; the grant may be spent, get a new one"))
                    }
                    _ => error,
                }
            });
        }
        match self.attempt(&options, &request, Connection::Kept, deadlines) {
            Err(first) if may_be_repeated(&first) && !deadlines.are_over() => {
                match self.attempt(&options, &request, Connection::Fresh, deadlines) {
                    // That one sent nothing, but the first did.
                    Err(second) if second.says_nothing_was_sent() => Err(first),
                    outcome => outcome,
                }
            }
            outcome => outcome,
        }
        .map_err(|error| if error.code() == ErrorCode::OutcomeUnknown { error.retryable(true) } else { error })
    }

    fn attempt(
        &self,
        options: &Options<'_>,
        request: &TokenRequest<'_>,
        connection: Connection,
        deadlines: Deadlines,
    ) -> Result<Token, Error> {
        let assertion = self.sign(options)?;
        let form = request.form(&self.client_id, assertion.jwt());
        let sent = Moment::now(self.clock);
        let answer = self.transport.post(form, connection, deadlines)?;
        response::read(answer, request, assertion.jwt(), self.transport.secrets(), sent)
    }
}

/// No answer came, or one that a server sends as it ends a connection that was idle for too long: 408, and the request crossed it (RFC 9110
/// §15.5.9).
fn may_be_repeated(error: &Error) -> bool {
    error.code() == ErrorCode::OutcomeUnknown || error.get("http_status") == Some("408")
}

/// The longest that `Debug` shows: 32 bytes in hexadecimal. The shortest private key has more.
const LONGEST_IDENTIFIER: usize = 64;

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setting = |name| self.get(name).unwrap_or_default();
        // A key that was given as an identifier is longer than one.
        let identifier = |name| match setting(name) {
            value if value.len() > LONGEST_IDENTIFIER => "[hidden]",
            value => value,
        };
        write!(
            f,
            "Client {{ client_id: {:?}, key_id: {:?}, algorithm: {}, token_endpoint: {:?} }}",
            identifier("client_id"),
            identifier("key_id"),
            setting("algorithm"),
            setting("token_endpoint")
        )
    }
}

/// Every option that may be shown: as resolved, as given, or by default.
fn settings(options: &Options<'_>, resolved: &[(&'static str, Option<&str>)]) -> Vec<(&'static str, Text)> {
    let value = |spec: &'static options::OptionSpec| {
        let resolved = resolved.iter().find(|(name, _)| *name == spec.name).and_then(|(_, value)| *value);
        resolved.or_else(|| options.given(spec.name)).or(spec.default)
    };
    OPTIONS
        .iter()
        .filter(|spec| spec.taken_by.contains(&Function::ClientNew) && !spec.secret)
        .filter_map(|spec| Some((spec.name, Text::lossy(value(spec)?))))
        .collect()
}

fn credentials(options: &Options<'_>) -> Result<Credentials, Error> {
    let is_replaced = |member: &str| {
        let replacements: &[&str] = match member {
            "client_id" | "id" => &["client_id"],
            "key_id" => &["key_id"],
            "private_key" => &["private_key", "private_key_file"],
            "key_algorithm" => &["algorithm"],
            "account_name" => &["account", "token_endpoint"],
            _ => &[],
        };
        replacements.iter().any(|option| options.has(option))
    };
    if let Some(text) = options.text("credentials") {
        return Credentials::parse(text.as_bytes(), is_replaced)
            .map_err(|complaint| Error::option("credentials", complaint));
    }
    match options.text("credentials_file") {
        Some(path) => Credentials::parse(&read_file("credentials_file", path, ErrorCode::InvalidOption)?, is_replaced)
            .map_err(|complaint| Error::option("credentials_file", complaint)),
        None => Ok(Credentials::default()),
    }
}

/// The key, and the name of the option that it came from.
fn private_key(options: &Options<'_>, credentials: &Credentials) -> Result<(Key, &'static str), Error> {
    let (bytes, origin) = if let Some(text) = options.text("private_key") {
        (Wiped::new(text.as_bytes().to_vec()), "private_key")
    } else if let Some(path) = options.text("private_key_file") {
        (read_file("private_key_file", path, ErrorCode::InvalidKey)?, "private_key_file")
    } else if let Some(text) = &credentials.private_key {
        (Wiped::new(text.as_bytes().to_vec()), given_credentials(options))
    } else {
        return Err(Error::option(
            "private_key",
            "missing; give private_key, private_key_file, or credentials that hold the key",
        ));
    };
    let key = Key::load(&bytes, options.text("private_key_passphrase"));
    key.map(|key| (key, origin)).map_err(|complaint| key_error(origin, &complaint))
}

fn key_error(origin: &str, complaint: &str) -> Error {
    Error::new(ErrorCode::InvalidKey, format!("{origin}: {complaint}")).with("option", origin)
}

/// What describes a key beside the options.
const CREDENTIALS: &str = "the credentials' key_algorithm";
const JWK: &str = "the JWK's alg";

/// The option first, then what comes with the key; and what says so.
fn algorithm<'a>(
    options: &Options<'a>,
    described: Option<(&'a str, &'static str)>,
) -> Result<Option<(Algorithm, &'static str)>, Error> {
    let given = options.text("algorithm").map(|name| (name, "algorithm"));
    let Some((name, holder)) = given.or(described) else { return Ok(None) };
    Algorithm::from_name(name)
        .map(|algorithm| Some((algorithm, holder)))
        .ok_or_else(|| Error::option("algorithm", format_args!("missing, and {holder} is none that is known; give it")))
}

/// Explicit options first, then what the credentials link to, then the account that they name; and the option that it comes from.
fn token_endpoint(options: &Options<'_>, credentials: &Credentials) -> Result<(String, &'static str), Error> {
    let region = options.text("region");
    match (options.text("token_endpoint"), options.text("account")) {
        (Some(_), Some(_)) => Err(contradiction("token_endpoint", "account", "give the URL, or account and region")),
        (Some(_), None) if region.is_some() => {
            Err(contradiction("token_endpoint", "region", "give the URL, or account and region"))
        }
        (Some(endpoint), None) => Ok((endpoint.to_owned(), "token_endpoint")),
        (None, Some(account)) => match region {
            Some(region) => Ok((vendor_endpoint(account, region), "account")),
            None => Err(Error::option("region", "missing; account needs it: us, eu, ca or au")),
        },
        (None, None) => match (region, &credentials.account, &credentials.token_endpoint) {
            (Some(region), Some(account), _) => {
                let checked = Options::parse(Function::ClientNew, [("account", account.as_str())]).map_err(|_| {
                    Error::option("account", "missing, and the credentials' account_name is no account; give it")
                })?;
                let account = checked.text("account").unwrap_or_default();
                Ok((vendor_endpoint(account, region), given_credentials(options)))
            }
            (Some(_), None, _) => Err(Error::option("account", "missing; region needs it")),
            (None, _, Some(linked)) => Ok((linked.clone(), given_credentials(options))),
            (None, Some(_), None) => {
                Err(Error::option("region", "missing; the credentials name the account only: us, eu, ca or au"))
            }
            (None, None, None) => Err(Error::option("token_endpoint", "missing; give the URL, or account and region")),
        },
    }
}

/// Which of the two options the credentials came in.
fn given_credentials(options: &Options<'_>) -> &'static str {
    if options.has("credentials") { "credentials" } else { "credentials_file" }
}

/// The vendor's hosts, as documented per region.
fn vendor_endpoint(account: &str, region: &str) -> String {
    let account = account.to_ascii_lowercase();
    let domain = match region {
        "eu" => "talkdeskid.eu",
        "ca" => "talkdeskidca.com",
        "au" => "talkdeskid.au",
        _ => "talkdeskid.com",
    };
    format!("https://{account}.{domain}/oauth/token")
}

/// RFC 6749 §3.2: TLS, and no fragment. `origin` is the option that the URL comes from.
fn check_endpoint(endpoint: &str, origin: &str, options: &Options<'_>) -> Result<Url, Error> {
    let complain = |complaint: &str| match origin {
        "token_endpoint" => Error::option(origin, complaint),
        _ => Error::option(origin, format_args!("the token endpoint that it leads to is {complaint}")),
    };
    let url = Url::parse(endpoint).map_err(|error| {
        complain(&format!("not a URL ({error}); it reads https://ACCOUNT.talkdeskid.com/oauth/token"))
    })?;
    if url.fragment().is_some() {
        return Err(complain("a URL with a fragment (#), which a token endpoint has not; remove it"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(complain("a URL with a user or password in it; remove them"));
    }
    // The parser mends more than a server does to whom this goes as the audience.
    if ["http", "https"].contains(&url.scheme()) && !is_spelled_out(endpoint) {
        return Err(complain("a URL in another spelling; it reads https://ACCOUNT.talkdeskid.com/oauth/token"));
    }
    let allow_http = options.boolean("allow_http").unwrap_or(options::default_boolean("allow_http"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_http || transport::is_loopback(&url) => Ok(url),
        "http" => {
            Err(complain("plain HTTP, where tokens can be read on the way; give the https URL, or set allow_http"))
        }
        _ => Err(complain("neither https nor http; it reads https://ACCOUNT.talkdeskid.com/oauth/token")),
    }
}

/// Whether a URL has its two slashes, a host behind them and nothing that its parser drops or turns round.
fn is_spelled_out(url: &str) -> bool {
    let Some((scheme, behind)) = url.split_once("://") else { return false };
    let host = behind.split(['/', '?', '#']).next().unwrap_or_default();
    !scheme.contains([':', '/'])
        && !host.is_empty()
        && !host.contains('@')
        && !url.contains(|c: char| c == '\\' || c.is_whitespace())
}

/// A key or another document in the place of the path to it.
fn is_content(path: &str) -> bool {
    path.contains(['\n', '{']) || path.contains("-----") || (path.starts_with("MI") && path.len() >= 64)
}

const LONGEST_FILE: u64 = 1 << 20;

/// A small file, whole, in a buffer that is wiped.
fn read_file(option: &str, path: &str, code: ErrorCode) -> Result<Wiped<Vec<u8>>, Error> {
    let fail = |what: String| Error::new(code, format!("{option}: {what}")).with("option", option);
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::InvalidFilename if is_content(path) => {
            fail("not a path, but what the file should hold; write it to a file and give its path".into())
        }
        std::io::ErrorKind::NotFound => {
            fail("no such file; check the path, and the folder that the program runs in".into())
        }
        std::io::ErrorKind::PermissionDenied => {
            fail("the file is not readable; give this user the right to read it".into())
        }
        _ => fail(format!("the file can't be opened ({error})")),
    })?;
    let metadata = file.metadata().map_err(|error| fail(format!("the file can't be opened ({error})")))?;
    if metadata.is_dir() {
        return Err(fail("a directory; give the path of the file in it".into()));
    }
    // What has a length is no longer than that, what has none (a pipe) no longer than any file that is read here. With room to
    // spare, so that the buffer never moves and nothing is read by way of another.
    let length = if metadata.len() == 0 { LONGEST_FILE } else { metadata.len().min(LONGEST_FILE) };
    let mut content = Wiped::new(Vec::with_capacity(length as usize + 64));
    file.take(length + 1)
        .read_to_end(&mut content)
        .map_err(|error| fail(format!("the file can't be read ({error})")))?;
    match content.len() as u64 {
        0 => Err(fail("the file is empty".into())),
        1..=LONGEST_FILE => Ok(content),
        _ => Err(fail(format!("the file is larger than {LONGEST_FILE} bytes; is it the right one?"))),
    }
}
