//! The library of before, which had no started calls. `benches/before` builds it.

use crate::Bench;
use crate::common::native;
use crate::library::{self, Library};
use std::path::PathBuf;
use std::process::Command;

/// The status of `benches/before` if the history of this folder lacks the commit.
const ABSENT: i32 = 3;
const WHAT: &str = "\"Before\" is the library of commit 9c0c53f, the last one without started calls.";

pub struct Before {
    /// None if the commit is absent.
    pub path: Option<PathBuf>,
    /// Says what the word "before" means in a table, and why nothing was measured.
    pub note: String,
}

impl Before {
    /// Builds it. A quick run builds nothing: the library of today takes its place.
    pub fn find(bench: &Bench) -> Before {
        if bench.quick {
            return Before { path: Some(library::path()), note: WHAT.into() };
        }
        let output = Command::new(native::root().join("benches/before"))
            .output()
            .unwrap_or_else(|error| panic!("benches/before can't be started: {error}"));
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        match output.status.code() {
            Some(0) => {
                let folder = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
                Before { path: Some(folder.join("target/c/lib/libtalkdesk_auth.so")), note: WHAT.into() }
            }
            Some(ABSENT) => Before { path: None, note: format!("{WHAT} **It was not measured**: {reason}.") },
            _ => panic!("benches/before failed: {reason}"),
        }
    }

    pub fn load(&self) -> Option<Library> {
        self.path.as_deref().map(Library::load)
    }
}
