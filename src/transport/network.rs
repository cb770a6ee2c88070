//! The one network of a process: the thread that drives its calls, and what clients share.

use super::aside;
use super::driven::{Driven, InFlight, Task, broken_down};
use super::group::{Group, refused};
use super::inherited;
use super::intact::Intact;
use super::pool::Pool;
use super::proxy::Proxy;
use super::resolve::Resolver;
use super::trust::Trust;
use crate::error::Error;
use crate::panics;
use crate::per_process::{Inherited, PerProcess};
use std::future::Future;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::task::yield_now;

/// How long the thread waits for another call before it ends. Starting it anew costs a call some microseconds.
const LINGER: Duration = Duration::from_millis(20);

static NETWORK: PerProcess<Network> = PerProcess::new();

#[derive(Default)]
pub(crate) struct Network {
    resolver: Resolver,
    groups: Mutex<Vec<Weak<Group>>>,
    state: Mutex<State>,
    /// Wakes the thread while it lingers.
    started: Condvar,
}

impl Inherited for Network {
    fn succeed(&self) {
        inherited::close_copies();
    }
}

#[derive(Default)]
struct State {
    /// Present while a client of this process uses the network or a call is in flight.
    runtime: Option<Arc<Driven>>,
    clients: usize,
    /// The number of the thread that drives it, if there is one.
    driver: Option<u64>,
    last_driver: u64,
    /// Whether the runtime took a call since the thread last looked.
    has_new_call: bool,
}

/// The parts of its process's network that a call uses.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(super) pool: Arc<Pool>,
    pub(super) resolver: Resolver,
    pub(super) intact: Arc<Intact>,
}

/// The use of the network by one client.
pub(super) struct Membership {
    network: &'static Network,
    /// Taken when dropped.
    group: Option<Arc<Group>>,
}

impl Membership {
    pub fn group(&self) -> &Arc<Group> {
        self.group.as_ref().expect("it is taken when the membership is dropped")
    }
}

impl Drop for Membership {
    fn drop(&mut self) {
        self.group.take();
        let (left, runtime) = {
            let mut state = self.network.lock();
            state.clients -= 1;
            (state.unused(), state.runtime.clone())
        };
        drop(left);
        let Some(runtime) = runtime else { return };
        if !runtime.intact.holds() {
            self.network.abandon(runtime);
        } else if runtime.pool.close_abandoned() {
            // Their sockets close as the runtime turns.
            let _ = self.network.start(Arc::new(Nothing), |_| async {});
        }
    }
}

struct Nothing;

impl InFlight for Nothing {
    fn break_off(&self) {}
}

impl State {
    /// The runtime, if nobody uses it any more.
    fn unused(&mut self) -> Option<Arc<Driven>> {
        if self.clients > 0 {
            return None;
        }
        self.runtime.take_if(|runtime| !runtime.has_calls())
    }
}

impl Network {
    pub fn of_this_process() -> &'static Network {
        NETWORK.get()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets one more client use the network.
    pub(super) fn join(&'static self, trust: &Trust, proxy: Option<&Proxy>) -> Membership {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found = None;
        groups.retain(|group| match group.upgrade() {
            Some(group) if group.trust == *trust && group.proxy.as_ref() == proxy => {
                found = Some(group);
                true
            }
            group => group.is_some(),
        });
        let group = found.unwrap_or_else(|| {
            let group = Arc::new(Group::new(trust.clone(), proxy.cloned()));
            groups.push(Arc::downgrade(&group));
            group
        });
        self.lock().clients += 1;
        Membership { network: self, group: Some(group) }
    }

    /// Hands `call` to the thread that drives all calls.
    pub fn start<F: Future<Output = ()> + Send + 'static>(
        &'static self,
        in_flight: Arc<dyn InFlight>,
        call: impl FnOnce(Shared) -> F,
    ) -> Result<Task, Error> {
        let broken = self.lock().runtime.clone().filter(|runtime| !runtime.intact.holds());
        if let Some(broken) = broken {
            self.abandon(broken);
        }
        let mut state = self.lock();
        let runtime = match &state.runtime {
            Some(runtime) => runtime.clone(),
            None => state.runtime.insert(Driven::new(Network::lost)?).clone(),
        };
        if state.driver.is_none() {
            let number = state.last_driver + 1;
            if let Err(error) = aside::spawn("td-calls", move || self.drive(number)) {
                let unused = state.unused();
                drop(state);
                drop((runtime, unused));
                return Err(refused(error));
            }
            (state.driver, state.last_driver) = (Some(number), number);
        }
        let end = runtime.add(in_flight);
        drop(state);
        let (pool, intact) = (runtime.pool.clone(), runtime.intact.clone());
        let call = call(Shared { pool, resolver: self.resolver.clone(), intact });
        let task = runtime.spawn(async move {
            let _end = end;
            // Let the runtime notice connections that servers closed while no call was running.
            yield_now().await;
            call.await;
        });
        let Some(task) = task else {
            self.abandon(runtime);
            return Err(broken_down());
        };
        // Only now may the thread enter the runtime. In a broken one, it would close descriptors of the host.
        self.lock().has_new_call = true;
        self.started.notify_one();
        Ok(task)
    }

    /// Drives calls until there was none for a while, or until the runtime broke down. `number` is the thread's own.
    fn drive(&'static self, number: u64) {
        let mut state = self.lock();
        while state.driver == Some(number) {
            let has_new_call = mem::take(&mut state.has_new_call);
            if let Some(runtime) = state.runtime.clone().filter(|runtime| has_new_call && runtime.has_calls()) {
                drop(state);
                let is_broken = panics::caught(|| runtime.turn()).is_err();
                if is_broken {
                    self.abandon(runtime)
                } else {
                    drop(runtime)
                };
                state = self.lock();
                if let Some(unused) = state.unused() {
                    drop(state);
                    drop(unused);
                    state = self.lock();
                }
                continue;
            }
            let (back, waited) = self.started.wait_timeout(state, LINGER).unwrap_or_else(PoisonError::into_inner);
            state = back;
            if waited.timed_out()
                && !state.has_new_call
                && !state.runtime.as_ref().is_some_and(|runtime| runtime.has_calls())
            {
                state.driver = None;
            }
        }
    }

    /// Forgets the runtime whose descriptors the host closed.
    fn lost(intact: &Intact) {
        let network = Network::of_this_process();
        let runtime = network.lock().runtime.clone().filter(|runtime| std::ptr::eq(&*runtime.intact, intact));
        if let Some(runtime) = runtime {
            network.abandon(runtime);
        }
    }

    /// Forgets a runtime that broke down.
    fn abandon(&self, runtime: Arc<Driven>) {
        {
            let mut state = self.lock();
            if let Some(present) = state.runtime.take_if(|present| Arc::ptr_eq(present, &runtime)) {
                mem::forget(present);
                // It may be caught in that runtime.
                state.driver = None;
            }
        }
        runtime.break_off();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::State as Call;
    use crate::error::ErrorCode;
    use std::future::pending;
    use std::pin::pin;
    use std::task::{Context, Wake, Waker};
    use std::time::Instant;

    fn network() -> &'static Network {
        Box::leak(Box::default())
    }

    fn start<F: Future<Output = ()> + Send + 'static>(network: &'static Network, call: &Arc<Call>, work: F) {
        drop(network.start(call.clone(), |_| work).unwrap());
    }

    /// The error with which the call ends.
    fn outcome(call: &Call) -> Error {
        assert!(call.wait(Some(Instant::now() + Duration::from_secs(60))), "the call ends");
        call.take().unwrap().unwrap_err()
    }

    fn check_that_the_next_call_works(network: &'static Network) {
        let call = Call::new(true, None);
        let ended = call.clone();
        start(network, &call, async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            ended.end(Err(Error::new(ErrorCode::OauthError, "the server answers")));
        });
        assert_eq!(outcome(&call).code(), ErrorCode::OauthError);
    }

    /// The runtime itself panics when its timer wakes this.
    struct Panicking;

    impl Wake for Panicking {
        fn wake(self: Arc<Panicking>) {
            panic!("the runtime panics on purpose");
        }
    }

    #[test]
    fn a_panic_of_the_runtime_ends_the_calls_in_flight_and_the_next_call_works() {
        let network = network();
        let [unsent, repeatable, spent, cause] =
            [true, true, false, true].map(|is_reusable| Call::new(is_reusable, None));
        assert!(repeatable.gate.pass() && spent.gate.pass());
        for call in [&unsent, &repeatable, &spent] {
            start(network, call, pending());
        }
        start(network, &cause, async {
            let mut timer = pin!(tokio::time::sleep(Duration::from_millis(20)));
            let waker = Waker::from(Arc::new(Panicking));
            assert!(timer.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            pending().await
        });
        let results = [&unsent, &repeatable, &spent, &cause].map(|call| {
            let error = outcome(call);
            (error.code(), error.is_retryable())
        });
        use ErrorCode::{Internal, OutcomeUnknown};
        assert_eq!(results, [(Internal, false), (OutcomeUnknown, true), (OutcomeUnknown, false), (Internal, false)]);
        check_that_the_next_call_works(network);
    }

    #[test]
    fn a_panic_of_one_call_ends_no_other() {
        let network = network();
        let [first, other] = [(); 2].map(|()| Call::new(true, None));
        start(network, &other, pending());
        start(network, &first, async { panic!("the call panics on purpose") });
        assert_eq!(outcome(&first).code(), ErrorCode::Internal);
        check_that_the_next_call_works(network);
        assert!(!other.wait(Some(Instant::now())), "the other call goes on");
    }
}
