//! The time from `dlopen` to the first assertion, in a new process each time; and from `fork` to the first assertion of its child.

use crate::common::native;
use crate::report::{Report, milliseconds};
use crate::rounds::median;
use crate::{Bench, library};
use std::process::Command;

const PROCESSES: usize = 40;
const MOST: f64 = 0.005;

pub fn measure(bench: &Bench, report: &mut Report) {
    report.group(
        "Start",
        "The time until a C program has its first ES256 assertion; and after a fork, the time until its child has one by the same\n\
         client.",
    );
    let program = native::workshop("bench").join("start");
    native::run(
        Command::new("cc")
            .args(["-O2", "-Wall", "-Werror", "-I"])
            .arg(native::stage().join("include"))
            .arg(native::root().join("benches/speed/start.c"))
            .arg("-o")
            .arg(&program)
            .arg("-ldl"),
    );
    let entry = bench.endpoint.client("ES256");
    let seconds = |_| -> [f64; 2] {
        let output = native::run(
            Command::new(&program)
                .arg(library::path())
                .args([&entry.client_id, &entry.key_id])
                .arg(&entry.private_key_file),
        );
        let nanoseconds = String::from_utf8(output.stdout).expect("numbers are text");
        let mut numbers = nanoseconds.split_whitespace().map(|number| number.parse::<f64>().expect("a number") / 1e9);
        [(); 2].map(|()| numbers.next().expect("two numbers"))
    };
    let taken: Vec<[f64; 2]> = (0..bench.rounds(PROCESSES)).map(seconds).collect();
    for (part, what) in ["from `dlopen`, with `td_client_new`", "in a child, from `fork`"].into_iter().enumerate() {
        let median = median(&taken, |process| process[part]);
        report.within(what, median, MOST, milliseconds, "");
    }
}
