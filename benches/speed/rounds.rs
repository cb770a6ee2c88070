//! Measures things in turns, so that other work on the machine affects all of them alike.

use nix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

pub const WARM_UP: usize = 5;

/// The seconds that a call took.
#[derive(Clone, Copy, Default)]
pub struct Spent {
    pub wall: f64,
    /// The processor time of all threads of this process. Other work on the machine hardly changes it.
    pub cpu: f64,
}

/// Does `rounds` rounds. In each it calls every part `calls` times in a row. Returns the time per call, for each round and part.
pub fn take<const N: usize>(rounds: usize, calls: usize, parts: [&mut dyn FnMut(); N]) -> Vec<[Spent; N]> {
    let mut taken = Vec::with_capacity(rounds);
    for round in 0..WARM_UP + rounds {
        let mut spent = [Spent::default(); N];
        for turn in 0..N {
            // Each part goes first equally often.
            let part = (round + turn) % N;
            spent[part] = measure(calls, parts[part]);
        }
        if round >= WARM_UP {
            taken.push(spent);
        }
    }
    taken
}

fn measure(calls: usize, part: &mut dyn FnMut()) -> Spent {
    let (wall, cpu) = (Instant::now(), processor_time());
    (0..calls).for_each(|_| part());
    let per_call = |duration: Duration| duration.as_secs_f64() / calls as f64;
    Spent { cpu: per_call(processor_time() - cpu), wall: per_call(wall.elapsed()) }
}

fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("the process has a clock").into()
}

/// The median of `value` over all rounds.
pub fn median<T>(rounds: &[T], value: impl Fn(&T) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
