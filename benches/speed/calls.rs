//! The processor time of a call, beside the library of before, from one thread and from many; and of started calls, beside
//! blocking ones.

use crate::Bench;
use crate::before::Before;
use crate::library::{Client, Options};
use crate::report::{Report, microseconds};
use crate::rounds::{self, Spent, median};
use std::thread;

const ROUNDS: usize = 200;
const CALLS: usize = 50;
const MOST_FOR_BLOCKING: f64 = 18e-6;
const MOST_FOR_STARTED: f64 = 25e-6;

const THREADS: usize = 64;
const ROUNDS_OF_THREADS: usize = 40;
const CALLS_PER_THREAD: usize = 20;
const LEAST_THROUGHPUT: f64 = 0.98;

/// How many calls of one queue are in flight at once.
const AT_ONCE: usize = 64;
const ROUNDS_AT_ONCE: usize = 100;

const NOTE: &str = "\
The processor time of a `client_credentials` exchange with ES256 over a kept connection. All threads of the program count. Both\n\
libraries are loaded into one program and take turns. The throughput is that of 64 threads with one client; the endpoint runs on\n\
the same processors.\n\
\n\
Before, the thread that called drove the network. Now one thread of the library drives all calls, and a blocking call starts a\n\
call and waits for its end. The two changes of threads cost a single caller some microseconds. They cost more on an idle virtual\n\
machine, because each of them wakes a sleeping processor; less if the processors are busy. In return, all clients share their\n\
connections, a caller needs little stack, SIGPIPE can't reach it, and many threads get more done.";

pub fn measure(bench: &Bench, report: &mut Report) {
    let before = Before::find(bench);
    report.group("Calls", &format!("{NOTE}\n\n{}", before.note));
    let before = before.load();
    let parameters = Options::new(&[("grant_type", "client_credentials")]);
    let entry = bench.endpoint.client("ES256");
    for (name, url) in bench.urls() {
        let options = [("token_endpoint", url), ("ca_file", bench.endpoint.text("ca_file"))];
        let client = bench.library.client(&entry, &options);
        let old = before.as_ref().map(|before| before.client(&entry, &options));
        let calls = Calls { bench, name, client, old, parameters: &parameters };
        calls.one_by_one(report);
        calls.at_once(report);
        calls.of_many_threads(report);
    }
}

struct Calls<'a> {
    bench: &'a Bench,
    name: &'a str,
    client: Client<'a>,
    /// The same client by the library of before.
    old: Option<Client<'a>>,
    parameters: &'a Options,
}

impl Calls<'_> {
    fn one_by_one(&self, report: &mut Report) {
        let Calls { bench, name, client, old, parameters } = self;
        let queue = bench.library.queue();
        let taken = rounds::take(
            bench.rounds(ROUNDS),
            CALLS,
            [
                &mut || old.iter().for_each(|old| old.exchange(parameters)),
                &mut || client.exchange(parameters),
                &mut || client.start_and_wait(parameters),
                &mut || client.start_and_poll_call(parameters),
                &mut || client.start_and_poll(&queue, parameters, 1),
            ],
        );
        let cpu = |part: usize| microseconds(median(&taken, |round| round[part].cpu));
        let more = |report: &mut Report, what: &str, part: usize, than: usize, most: f64| {
            let more = median(&taken, |round| round[part].cpu - round[than].cpu);
            let detail = format!("{} beside {}", cpu(part), cpu(than));
            report.more(&format!("{name}, {what}"), more, most, &detail);
        };
        match old {
            Some(_) => more(report, "a blocking call, more than before", 1, 0, MOST_FOR_BLOCKING),
            None => report.not_measured(&format!("{name}, a blocking call, more than before")),
        }
        for (part, way) in [(2, "`td_call_wait`"), (3, "`td_call_fd` and `poll`"), (4, "`td_queue_fd` and `poll`")] {
            let what = format!("a started call with {way}, more than a blocking one");
            more(report, &what, part, 1, MOST_FOR_STARTED);
        }
    }

    fn at_once(&self, report: &mut Report) {
        let Calls { bench, name, client, parameters, .. } = self;
        let queue = bench.library.queue();
        let mut part = || client.start_and_poll(&queue, parameters, AT_ONCE);
        let taken = rounds::take(bench.rounds(ROUNDS_AT_ONCE), 1, [&mut part]);
        let each = median(&taken, |[all]| all.cpu) / AT_ONCE as f64;
        report.for_information(&format!("{name}, each of {AT_ONCE} started calls at once"), &microseconds(each), "");
    }

    fn of_many_threads(&self, report: &mut Report) {
        let Calls { bench, name, client, old, parameters } = self;
        let together = |client: &Client| {
            thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| (0..CALLS_PER_THREAD).for_each(|_| client.exchange(parameters)));
                }
            });
        };
        let rounds = bench.rounds(ROUNDS_OF_THREADS);
        let taken = rounds::take(rounds, 1, [&mut || old.iter().for_each(together), &mut || together(client)]);
        let throughput = format!("{name}, throughput of {THREADS} threads");
        let cpu = format!("{name}, a blocking call of {THREADS} threads");
        if old.is_none() {
            report.not_measured(&throughput);
            report.not_measured(&cpu);
            return;
        }
        let calls = (THREADS * CALLS_PER_THREAD) as f64;
        let [old, new] = [0, 1].map(|part| median(&taken, |round| calls / round[part].wall));
        let ratio = median(&taken, |[old, new]| old.wall / new.wall);
        report.at_least(&throughput, ratio, LEAST_THROUGHPUT, &format!("{new:.0} beside {old:.0} calls a second"));
        let [old, new] = [0, 1].map(|part| microseconds(median(&taken, |round| round[part].cpu / calls)));
        let ratio = median(&taken, |[old, new]: &[Spent; 2]| new.cpu / old.cpu);
        report.for_information(&cpu, &format!("{ratio:.3}"), &format!("{new} beside {old}"));
    }
}
