//! The client: a registered key that signs assertions and exchanges grants.

mod exchange;
mod inner;
mod offsets;
mod origin;
mod settings;

use crate::call::{Call, State, Telling};
use crate::clock::Clock;
use crate::error::{Error, ErrorCode};
use crate::file;
use crate::fork::{Process, without_fork};
use crate::functions::Function;
use crate::message::{Destination, Role};
use crate::options::{Options, keys};
use crate::protocol::assertion::{self, Assertion, Assertions};
use crate::protocol::token::Token;
use crate::text::Text;
use crate::transport::Transport;
use exchange::Exchange;
use inner::Inner;
use std::fmt;
use std::sync::Arc;

/// A registered client: its key, parsed once, and its token endpoint.
///
/// Make one client and keep it, because it holds connections and the trust store. A clone is the same client, and costs no more
/// than a reference. Any number of threads may call its methods at once, on both sides of a fork. While other threads are in a
/// call, a process may fork only if the crate has the feature `capi`, which makes a fork wait until no thread is in the crypto
/// library. The key is wiped when the last clone is dropped.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

impl Client {
    /// Makes a client from options, which are pairs of a name and a value. The table [`OPTIONS`](crate::OPTIONS) lists them.
    ///
    /// Checks everything: whether the options fit together, the key, and the certificates in `ca_file`. Sends nothing.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidOption`] and [`ErrorCode::InvalidKey`], which say what is wrong and what to do;
    /// [`ErrorCode::Internal`] if the operating system refuses a resource.
    pub fn new<'a>(options: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Client, Error> {
        without_fork(aws_lc_rs::init);
        let options = Options::parse(Function::ClientNew, options)?;
        let settings = settings::resolve(&options)?;
        let shown = settings.shown(&options);
        let ca_file = options.get(&keys::CA_FILE);
        let ca_file = ca_file.map(|path| file::read(&keys::CA_FILE, path, ErrorCode::InvalidOption)).transpose()?;
        let transport = Transport::new(&options, ca_file.as_ref().map(|content| content.as_slice()))?;
        let client_id: Arc<str> = settings.client_id.as_str().into();
        let destination = Destination { url: settings.url, role: Role::TokenEndpoint };
        Ok(Client(Arc::new(Inner {
            token_endpoint: Arc::new(transport.route(destination, client_id.clone())?),
            assertions: Assertions::new(
                settings.signer,
                options.or_default(&keys::ASSERTION_TYPE_HEADER),
                &settings.key_id,
                &settings.client_id,
                &settings.audience,
                options.or_default(&keys::ASSERTION_LIFETIME),
            ),
            client_id,
            timeout: options.or_default(&keys::TIMEOUT),
            settings: shown,
            clock: Clock::SYSTEM,
            corrects_clock: options.or_default(&keys::CLOCK_CORRECTION),
            max_retries: options.or_default(&keys::MAX_RETRIES),
            process: Process::current(),
        })))
    }

    /// The value of a client option: as given, as resolved, or by default. `None` if the option is secret, unset or unknown.
    /// `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A later version may load a
    /// changed key, and then a value may change.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.setting(name).map(Text::as_str)
    }

    /// A text that was lent out once lives as long as the client.
    pub(crate) fn setting(&self, name: &str) -> Option<&Text> {
        self.0.settings.iter().find(|(setting, _)| *setting == name).map(|(_, value)| value)
    }

    /// By how many seconds the token endpoint's clock is ahead of this machine's; negative if it is behind; 0 if the clocks agree, or
    /// as long as no assertion was refused because of the clock. Clients of one endpoint share the value.
    pub fn clock_offset(&self) -> i32 {
        i32::try_from(self.0.clock_offset()).unwrap_or(0)
    }

    /// Signs a fresh client assertion (RFC 7523 §2.2, §3). [`OPTIONS`](crate::OPTIONS) lists the options: those that
    /// [`Function::AssertionNew`](crate::Function::AssertionNew) takes.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidOption`]; [`ErrorCode::Internal`] if the crypto library fails.
    pub fn assertion<'a>(&self, options: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Assertion, Error> {
        let parameters = assertion::Parameters::from_options(&Options::parse(Function::AssertionNew, options)?)?;
        Ok(self.0.sign(&parameters)?.assertion)
    }

    /// Exchanges a grant for a token (RFC 6749 §4.1.3, §4.4, §4.5, §6), and authenticates with a fresh assertion (RFC 7523 §2.2).
    ///
    /// [`OPTIONS`](crate::OPTIONS) lists the parameters: those that [`Function::TokenExchange`](crate::Function::TokenExchange)
    /// takes. `grant_type` is required, and decides which of the others are: [`GRANTS`](crate::GRANTS) lists them, and says what
    /// the library sends twice.
    ///
    /// Blocks until the answer is complete or the deadline passes.
    ///
    /// # Errors
    /// Every code except [`ErrorCode::InvalidArgument`], [`ErrorCode::InvalidKey`] and [`ErrorCode::Cancelled`]. After
    /// [`ErrorCode::OutcomeUnknown`] a code or refresh token may be spent; [`Error::is_retryable`] says whether to call again.
    pub fn exchange<'a>(&self, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Token, Error> {
        let exchange = Exchange::new(&self.0, parameters)?;
        // A signature may take a millisecond. On this thread, it delays no other call.
        let signed = self.0.sign(&exchange.assertion)?;
        let state = State::new(exchange.is_reusable(), None);
        exchange.start(&self.0, &state, Some(signed))?;
        state.wait(None);
        state.take().expect("a call that has ended has an outcome")
    }

    /// Starts an exchange and returns at once; the parameters are those of [`Client::exchange`]. `timeout` counts from now. A thread of
    /// the library carries out the call, even if nobody polls it. The call keeps the client alive.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidOption`]; [`ErrorCode::Internal`] if the operating system refuses a resource. Any other error is the
    /// call's outcome.
    pub fn start<'a>(&self, parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Call, Error> {
        self.start_telling(parameters, None)
    }

    /// As [`Client::start`], for a queue that tells of the end.
    pub(crate) fn start_telling<'a>(
        &self,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
        telling: Option<Telling>,
    ) -> Result<Call, Error> {
        let exchange = Exchange::new(&self.0, parameters)?;
        let state = State::new(exchange.is_reusable(), telling);
        let task = exchange.start(&self.0, &state, None)?;
        Ok(Call::new(state, task, self.0.clone()))
    }
}

/// The longest identifier that `Debug` shows: 32 bytes in hexadecimal. The shortest private key is longer.
const LONGEST_IDENTIFIER: usize = 64;

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let setting = |name| self.get(name).unwrap_or_default();
        // A longer value may be a key that was given in the wrong place.
        let identifier = |name| match setting(name) {
            value if value.len() > LONGEST_IDENTIFIER => "[hidden]",
            value => value,
        };
        write!(
            f,
            "Client {{ client_id: {:?}, key_id: {:?}, algorithm: {}, token_endpoint: {:?} }}",
            identifier(keys::CLIENT_ID.name()),
            identifier(keys::KEY_ID.name()),
            setting(keys::ALGORITHM.name()),
            setting(keys::TOKEN_ENDPOINT.name())
        )
    }
}
