//! The inputs in fuzz/corpus keep every promise of tests/common/targets.rs, and none of them allocates much.

mod common;

use common::cost::{Counting, watched};
use common::native::root;
use common::targets::{TARGETS, most_allocated};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn corpus() -> std::path::PathBuf {
    root().join("fuzz/corpus")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
}

#[test]
fn each_input_of_the_corpus_keeps_the_promises_within_its_bounds() {
    for target in TARGETS {
        // What is made once, such as a client, counts for no input.
        watched(target.name, || (target.run)(b"assertion"));
        let folder = corpus().join(target.name);
        let inputs = names(&folder);
        assert!(inputs.len() >= 20, "the corpus of {} has too few inputs", target.name);
        for input in inputs {
            let content = fs::read(folder.join(&input)).expect("an input");
            let length = content.len();
            let cost = watched(&format!("{} with {input}", target.name), move || (target.run)(&content));
            assert!(cost.allocated <= most_allocated(length), "{} with {input}: {cost:?}", target.name);
        }
    }
}

#[test]
fn each_target_has_a_corpus_and_a_program() {
    let known: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names(&corpus()), known);
    let programs = known.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(&root().join("fuzz/targets")), programs);
}

/// So that everybody can clone them.
#[test]
fn the_corpus_is_at_most_2_mb() {
    let sizes = TARGETS.iter().flat_map(|target| {
        let folder = corpus().join(target.name);
        names(&folder).into_iter().map(move |name| fs::metadata(folder.join(name)).expect("an input").len())
    });
    assert!(sizes.sum::<u64>() <= 2_000_000);
}
