//! The size of the shared library.

use crate::report::{Report, megabytes};
use crate::{Bench, library};

const MOST: f64 = 5.2e6;

pub fn measure(_: &Bench, report: &mut Report) {
    report.group("Size", "The shared library, stripped, as it is installed.");
    let bytes = std::fs::metadata(library::path()).expect("the library is staged").len() as f64;
    report.within("libtalkdesk_auth.so", bytes, MOST, megabytes, "");
}
