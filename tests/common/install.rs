//! Packages that tests need from a registry. The first test that runs fetches them, and fetches them again when the list changes.

use std::fs::{self, File};
use std::path::Path;
use std::time::SystemTime;

/// Runs `install`, which writes `mark`, unless `mark` is newer than `list`. Tests that run at the same time wait for each other.
pub fn once(list: &Path, mark: &Path, install: impl FnOnce()) {
    let lock = File::open(list).unwrap_or_else(|error| panic!("{}: {error}", list.display()));
    lock.lock().expect("the list of packages can be locked");
    if written(mark) <= written(list) {
        install();
        assert!(written(mark).is_some(), "the installation left no {}", mark.display());
    }
}

fn written(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}
