//! One exchange, from its parameters to its token, as the thread that drives all calls runs it.

use super::inner::Inner;
use crate::call::State;
use crate::clock::Clock;
use crate::error::{Error, ErrorCode};
use crate::fork::without_fork;
use crate::functions::Function;
use crate::message::Request;
use crate::options::{Options, keys};
use crate::protocol::assertion::{Assertion, Parameters};
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
    pub fn start(self, client: &Arc<Inner>, state: &Arc<State>, signed: Option<Assertion>) -> Result<Task, Error> {
        let running = Running {
            exchange: self,
            state: state.clone(),
            route: client.token_endpoint.clone(),
            client_id: client.client_id.clone(),
            clock: client.clock,
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
    client: Weak<Inner>,
}

impl Running {
    async fn run(self, shared: Shared, signed: Option<Assertion>) {
        let grant = self.exchange.request.grant();
        let kept = if grant.is_reusable() { Connection::Kept } else { Connection::Fresh };
        let outcome = match self.attempt(&shared, kept, signed).await {
            Err(first) if first.is_repeated(grant) && !self.exchange.deadlines.are_over() => {
                first.then(self.attempt(&shared, Connection::Fresh, None).await)
            }
            outcome => outcome,
        };
        self.state.end(outcome.map_err(|failure| failure.into_error(grant.is_reusable())));
    }

    async fn attempt(
        &self,
        shared: &Shared,
        connection: Connection,
        signed: Option<Assertion>,
    ) -> Result<Token, Failure> {
        let limits = Limits { deadlines: self.exchange.deadlines, gate: self.state.gate.clone() };
        let open = self.route.connect(shared, connection, &limits).await?;
        let assertion = match signed {
            Some(assertion) => assertion,
            None => self.sign()?,
        };
        let request = &self.exchange.request;
        let sent = Sent {
            request,
            assertion: assertion.jwt(),
            destination: self.route.destination(),
            intermediary: self.route.intermediary(),
            at: Moment::now(self.clock),
        };
        let form = request.form(&self.client_id, assertion.jwt());
        let answer = self.route.send(shared, open, Request::Post(form), &limits).await?;
        response::read(&answer, &sent)
    }

    /// Signs within [`without_fork`]. Otherwise this thread could keep the key alive in a child of a fork. So a signer that runs the
    /// host's code must not sign here.
    fn sign(&self) -> Result<Assertion, Error> {
        without_fork(|| match self.client.upgrade() {
            Some(client) => client.sign(&self.exchange.assertion),
            None => Err(Error::new(ErrorCode::Internal, "the client was freed while it was in a call")),
        })
    }
}
