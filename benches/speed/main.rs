//! `cargo bench`: measures the speed of the C library, as ratios within one run, and its size. Writes `docs/benchmarks.md`.
//!
//! With names of groups (`cargo bench -- signing exchange calls memory start size`), it measures only these, and prints the results
//! without writing them. `check` does everything two times in a few seconds and writes nothing: a test runs it. `raw` is for
//! `benches/bindings`: it signs for as long as its standard input asks. `of-clients` is a part of `memory`.

mod before;
mod calls;
#[path = "../../tests/common/mod.rs"]
mod common;
mod exchange;
mod library;
mod memory;
mod raw;
mod report;
mod rounds;
mod signing;
mod size;
mod start;

use common::endpoint::Endpoint;
use common::native;
use library::Library;
use report::Report;

struct Bench {
    endpoint: Endpoint,
    library: Library,
    /// Whether it only checks that everything works.
    quick: bool,
}

impl Bench {
    fn rounds(&self, full: usize) -> usize {
        if self.quick { 2 } else { full }
    }

    /// The token endpoint without TLS and with it.
    fn urls(&self) -> [(&str, &str); 2] {
        [("HTTP", "token_endpoint"), ("HTTPS", "token_endpoint_https")]
            .map(|(name, url)| (name, self.endpoint.text(url)))
    }
}

type Group = fn(&Bench, &mut Report);

const GROUPS: [(&str, Group); 6] = [
    ("signing", signing::measure),
    ("exchange", exchange::measure),
    ("calls", calls::measure),
    ("memory", memory::measure),
    ("start", start::measure),
    ("size", size::measure),
];

fn main() {
    // Cargo passes its own options too.
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    match chosen.split_first() {
        Some((mode, arguments)) if mode == "raw" => return raw::take_turns(arguments),
        Some((mode, arguments)) if mode == "of-clients" => return memory::tell(arguments),
        _ => {}
    }
    let quick = chosen == ["check"];
    let bench = Bench { library: Library::load(&library::path()), endpoint: Endpoint::start(), quick };
    let mut report = Report::default();
    for (name, measure) in GROUPS {
        if quick || chosen.is_empty() || chosen.iter().any(|group| group == name) {
            measure(&bench, &mut report);
        }
    }
    if chosen.is_empty() {
        report.write(&native::root().join("docs/benchmarks.md"));
    }
}
