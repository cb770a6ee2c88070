//! One exchange, from its parameters to its token, as the thread that drives all calls runs it.

use super::inner::{Inner, Signed};
use super::offsets::Offsets;
use crate::call::State;
use crate::clock::Clock;
use crate::error::{Error, ErrorCode};
use crate::fork::without_fork;
use crate::functions::Function;
use crate::message::Request;
use crate::options::{Options, keys};
use crate::protocol::assertion::Parameters;
use crate::protocol::repetition::Failure;
use crate::protocol::request::TokenRequest;
use crate::protocol::response::{self, Sent};
use crate::protocol::token::{Moment, Token};
use crate::transport::{Connection, Deadlines, Limits, Network, Route, Shared, Task};
use std::sync::{Arc, Weak};

/// An exchange whose parameters are checked. It borrows nothing.
pub(super) struct Exchange {
    request: TokenRequest,
    pub assertion: Parameters,
    deadlines: Deadlines,
}

impl Exchange {
    pub fn new<'a>(
        client: &Inner,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Exchange, Error> {
        let options = Options::parse(Function::TokenExchange, parameters)?;
        let request = TokenRequest::from_options(&options)?;
        let timeout = options.get(&keys::TIMEOUT).unwrap_or(client.timeout);
        Ok(Exchange {
            request,
            assertion: Parameters::from_options(&options)?,
            deadlines: client.token_endpoint.deadlines(timeout),
        })
    }

    pub fn is_reusable(&self) -> bool {
        self.request.grant().is_reusable()
    }

    /// Hands the exchange over to the network; its outcome ends `state`. `signed` is the assertion of the first attempt, if
    /// it is signed already.
    pub fn start(self, client: &Arc<Inner>, state: &Arc<State>, signed: Option<Signed>) -> Result<Task, Error> {
        let running = Running {
            exchange: self,
            state: state.clone(),
            route: client.token_endpoint.clone(),
            client_id: client.client_id.clone(),
            clock: client.clock,
            corrects_clock: client.corrects_clock,
            max_retries: client.max_retries,
            client: Arc::downgrade(client),
        };
        Network::of_this_process().start(state.clone(), |shared| running.run(shared, signed))
    }
}

/// An exchange in flight. It keeps the key alive only while it signs. Otherwise a child of a fork could not wipe its copy, because
/// the child lacks the thread that would drop it.
struct Running {
    exchange: Exchange,
    state: Arc<State>,
    route: Arc<Route>,
    client_id: Arc<str>,
    clock: Clock,
    corrects_clock: bool,
    max_retries: u32,
    client: Weak<Inner>,
}

impl Running {
    async fn run(self, shared: Shared, signed: Option<Signed>) {
        let grant = self.exchange.request.grant();
        let kept = if grant.is_reusable() { Connection::Kept } else { Connection::Fresh };
        let mut outcome = self.attempt(&shared, kept, signed).await;
        let (mut retries, mut correction) = (0, None);
        while let Err(failure) = &outcome {
            let offset = failure.correction().filter(|_| self.corrects_clock && correction.is_none());
            if offset.is_some() && !self.exchange.deadlines.are_over() {
                correction = offset;
            } else if retries < self.max_retries && self.waits(failure, retries).await {
                retries += 1;
            } else {
                break;
            }
            outcome = self.again(&shared, outcome, correction).await;
        }
        if let (Some(offset), true) = (correction, outcome.is_ok()) {
            Offsets::of_this_process().keep(&self.route.destination().url, offset);
        }
        self.state.end(outcome.map_err(|failure| failure.into_error(grant.is_reusable())));
    }

    /// Waits until the request may be sent again; `false` if it may not, or if no time would be left.
    async fn waits(&self, failure: &Failure, retries: u32) -> bool {
        let Some(pause) = failure.pause(self.exchange.request.grant(), retries, random()) else { return false };
        if failure.is_definite() {
            self.state.gate.reopen();
        }
        self.exchange.deadlines.pause(pause).await
    }

    /// Sends the request again. The assertion is signed by a clock with this offset, or by the known one.
    async fn again(
        &self,
        shared: &Shared,
        outcome: Result<Token, Failure>,
        offset: Option<i64>,
    ) -> Result<Token, Failure> {
        let Err(earlier) = outcome else { return outcome };
        let attempt = async {
            let signed = offset.map(|offset| self.sign(Some(offset))).transpose()?;
            self.attempt(shared, Connection::Fresh, signed).await
        };
        earlier.then(attempt.await)
    }

    async fn attempt(&self, shared: &Shared, connection: Connection, signed: Option<Signed>) -> Result<Token, Failure> {
        let limits = Limits { deadlines: self.exchange.deadlines, gate: self.state.gate.clone() };
        let open = self.route.connect(shared, connection, &limits).await?;
        let Signed { assertion, clock_offset } = match signed {
            Some(signed) => signed,
            None => self.sign(None)?,
        };
        let request = &self.exchange.request;
        let sent = Sent {
            request,
            assertion: assertion.jwt(),
            destination: self.route.destination(),
            intermediary: self.route.intermediary(),
            at: Moment::now(self.clock),
            clock_offset,
        };
        let form = request.form(&self.client_id, assertion.jwt());
        let answer = self.route.send(shared, open, Request::Post(form), &limits).await?;
        response::read(&answer, &sent)
    }

    /// Signs within [`without_fork`]. Otherwise this thread could keep the key alive in a child of a fork. So a signer that runs the
    /// host's code must not sign here.
    fn sign(&self, offset: Option<i64>) -> Result<Signed, Error> {
        let parameters = &self.exchange.assertion;
        without_fork(|| match (self.client.upgrade(), offset) {
            (Some(client), None) => client.sign(parameters),
            (Some(client), Some(offset)) => client.sign_by(offset, parameters),
            (None, _) => Err(Error::new(ErrorCode::Internal, "the client was freed while it was in a call")),
        })
    }
}

/// A number from 0 to 1.
fn random() -> f64 {
    let mut bytes = [0; 4];
    // Without a random number, calls wait equally long.
    let _ = without_fork(|| aws_lc_rs::rand::fill(&mut bytes));
    f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX)
}
