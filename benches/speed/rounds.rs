//! Measures things in turns, so that other work on the machine affects all of them alike.

use std::time::Instant;

const WARM_UP: usize = 5;

/// Does `rounds` rounds. In each it calls every part `calls` times in a row. Returns the seconds per call, for each round and part.
pub fn take<const N: usize>(rounds: usize, calls: usize, parts: [&mut dyn FnMut(); N]) -> Vec<[f64; N]> {
    let mut taken = Vec::with_capacity(rounds);
    for round in 0..WARM_UP + rounds {
        let mut seconds = [0.0; N];
        for turn in 0..N {
            // Each part goes first equally often.
            let part = (round + turn) % N;
            let start = Instant::now();
            for _ in 0..calls {
                parts[part]();
            }
            seconds[part] = start.elapsed().as_secs_f64() / calls as f64;
        }
        if round >= WARM_UP {
            taken.push(seconds);
        }
    }
    taken
}

/// The median of `value` over all rounds.
pub fn median<T>(rounds: &[T], value: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
