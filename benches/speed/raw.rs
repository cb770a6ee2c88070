//! The crypto library alone, taking turns with the programs of `benches/bindings`, and measured as they are.

use crate::signing::Raw;
use std::path::Path;
use std::time::Instant;

/// How often it signs between two looks at the clock.
const BATCH: usize = 10;

/// Takes the file of a key, an algorithm and what to sign. For each line of standard input, a number of seconds, it signs that long
/// and prints how often it did.
pub fn take_turns(arguments: &[String]) {
    let [private_key_file, algorithm, message] = arguments else {
        panic!("raw takes PRIVATE_KEY_FILE ALGORITHM MESSAGE");
    };
    let raw = Raw::new(algorithm, Path::new(private_key_file));
    println!("{message}");
    for line in std::io::stdin().lines() {
        let seconds: f64 = line.expect("standard input is text").parse().expect("a number of seconds");
        let (mut count, mut taken) = (0, 0.0);
        let start = Instant::now();
        while taken < seconds {
            (0..BATCH).for_each(|_| raw.sign(message.as_bytes()));
            count += BATCH;
            taken = start.elapsed().as_secs_f64();
        }
        println!("{{\"count\": {count}, \"seconds\": {taken}}}");
    }
}
