//! Reads small files that options name.

use crate::descriptors;
use crate::error::{Error, ErrorCode};
use crate::options::Key;
use crate::wiped::Wiped;
use std::fs::File;
use std::io::{self, Read};

const LONGEST_FILE: u64 = 1 << 20;

/// Reads the whole file at `path`, which is the value of `option`, into a buffer that is wiped. Errors have the code `code`.
pub(crate) fn read(option: &Key<str>, path: &str, code: ErrorCode) -> Result<Wiped<Vec<u8>>, Error> {
    content(path)
        .map_err(|complaint| Error::new(code, format!("{}: {complaint}", option.name())).with("option", option.name()))
}

fn content(path: &str) -> Result<Wiped<Vec<u8>>, String> {
    descriptors::take_standard_ones();
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::InvalidFilename if is_content(path) => {
            "not a path, but the content of a file; write it to a file and give the path of that file".into()
        }
        io::ErrorKind::NotFound => "no such file; check the path, and the folder that the program runs in".into(),
        io::ErrorKind::PermissionDenied => "the file is not readable; give this user the right to read it".into(),
        _ => format!("the file can't be opened ({error})"),
    })?;
    let metadata = file.metadata().map_err(|error| format!("the file can't be opened ({error})"))?;
    if metadata.is_dir() {
        return Err("this is a directory; give the path of the file in it".into());
    }
    // A pipe has no length, so reserve room for the longest file. With some room to spare, the buffer never moves, and the standard
    // library reads directly into it.
    let length = if metadata.len() == 0 { LONGEST_FILE } else { metadata.len().min(LONGEST_FILE) };
    let mut content = Wiped::new(Vec::with_capacity(length as usize + 64));
    file.take(length + 1).read_to_end(&mut content).map_err(|error| format!("the file can't be read ({error})"))?;
    match content.len() as u64 {
        0 => Err("the file is empty".into()),
        1..=LONGEST_FILE => Ok(content),
        _ => Err(format!("the file is larger than {LONGEST_FILE} bytes; check that it is the right file")),
    }
}

/// Whether this is a key or another document instead of its path.
fn is_content(path: &str) -> bool {
    path.contains(['\n', '{']) || path.contains("-----") || (path.starts_with("MI") && path.len() >= 64)
}
