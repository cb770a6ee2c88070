//! The crypto library alone. It takes turns with the programs of `benches/bindings` and is measured in the same way.

use crate::signing::Raw;
use std::path::Path;
use std::time::Instant;

/// How often it signs before it reads the clock.
const BATCH: usize = 10;

/// The arguments are a key file, an algorithm and the message to sign. Each line of standard input is a number of seconds: it signs
/// for that time and prints how often it signed.
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
