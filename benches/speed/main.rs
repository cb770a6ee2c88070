//! `cargo bench`: measures the speed of the C library, as ratios within one run, and its size. Writes `docs/benchmarks.md`.
//!
//! With names of groups (`cargo bench -- signing exchange start size`), it measures only these, and prints the results without
//! writing them. `raw` is for `benches/bindings`: it signs for as long as its standard input asks.

#[path = "../../tests/common/mod.rs"]
mod common;
mod exchange;
mod library;
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
}

type Group = fn(&Bench, &mut Report);

const GROUPS: [(&str, Group); 4] = [
    ("signing", signing::measure),
    ("exchange", exchange::measure),
    ("start", start::measure),
    ("size", size::measure),
];

fn main() {
    // Cargo passes its own options too.
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if let [mode, arguments @ ..] = chosen.as_slice()
        && mode == "raw"
    {
        return raw::take_turns(arguments);
    }
    let bench = Bench { library: Library::load(&library::path()), endpoint: Endpoint::start() };
    let mut report = Report::default();
    for (name, measure) in GROUPS {
        if chosen.is_empty() || chosen.iter().any(|group| group == name) {
            measure(&bench, &mut report);
        }
    }
    if chosen.is_empty() {
        report.write(&native::root().join("docs/benchmarks.md"));
    }
}
