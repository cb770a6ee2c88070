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
        io::ErrorKind::NotFound => {
            format!("no such file{}; check the path, and the folder that the program runs in", shown(path))
        }
        io::ErrorKind::PermissionDenied => {
            format!("the file is not readable{}; give this user the right to read it", shown(path))
        }
        _ => format!("the file can't be opened{} ({error})", shown(path)),
    })?;
    let metadata = file.metadata().map_err(|error| format!("the file can't be opened{} ({error})", shown(path)))?;
    if metadata.is_dir() {
        return Err(format!("this is a directory{}; give the path of the file in it", shown(path)));
    }
    // A pipe has no length, so reserve room for the longest file.
    let length = if metadata.len() == 0 { LONGEST_FILE } else { metadata.len().min(LONGEST_FILE) };
    let content = start_of(file, length).map_err(|error| format!("the file can't be read ({error})"))?;
    match content.len() as u64 {
        0 => Err("the file is empty".into()),
        1..=LONGEST_FILE => Ok(content),
        _ => Err(format!("the file is larger than {LONGEST_FILE} bytes; check that it is the right file")),
    }
}

/// Reads at most `length + 1` bytes of the file into a buffer that is wiped.
pub(crate) fn start_of(file: File, length: u64) -> io::Result<Wiped<Vec<u8>>> {
    // With some room to spare, the buffer never moves, and the standard library reads directly into it.
    let mut content = Wiped::new(Vec::with_capacity(length as usize + 64));
    file.take(length + 1).read_to_end(&mut content)?;
    Ok(content)
}

/// Whether this is a key or another document instead of its path. In base64, keys start with `M`, PEM with `LS0t`, JSON with `eyJ`.
fn is_content(path: &str) -> bool {
    let is_base64 = ["M", "LS0t", "eyJ"].iter().any(|start| path.starts_with(start)) && has_long_run(path);
    path.contains(['\n', '{']) || path.contains("-----") || is_base64
}

/// The path as a message may show it: nothing if it may be a key. A word without a slash or an extension may be another secret, and a
/// URL may contain a password.
fn shown(path: &str) -> String {
    let is_letter = |c: char| c >= 'À' && !c.is_whitespace() && !('\u{2000}'..='\u{206f}').contains(&c);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-~+,".contains(c) || is_letter(c);
    if path.chars().all(is_plain) && !has_long_run(path) && (path.contains('/') || has_extension(path)) {
        format!(" ({path})")
    } else {
        String::new()
    }
}

fn has_extension(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let has = |of_a_kind: fn(&u8) -> bool| extension.as_bytes().iter().any(of_a_kind);
    let is_uniform = !(has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase));
    (1..=6).contains(&extension.len()) && extension.starts_with(|c: char| c.is_ascii_alphabetic()) && is_uniform
}

/// Whether the path has so many characters of base64, base64url or hexadecimal in a row that it may contain a key.
fn has_long_run(path: &str) -> bool {
    const SHORTEST_KEY: usize = 60;
    path.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=-_:".contains(c))).any(|run| run.len() >= SHORTEST_KEY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_unless_it_may_be_a_secret() {
        for path in
            ["/etc/talkdesk/key", "./key", "keys/a+b~1/key.pem", "client.pem", "KEY.PEM", "k.p8", "../ключ.json"]
        {
            assert_eq!(shown(path), format!(" ({path})"));
        }
        let long = "A".repeat(60);
        for hidden in [
            "a word.pem",
            "\"key.pem\"",
            "'k.pem'",
            "passphrase",
            "a.tK7wPz.M2nBx",
            "a/b=c",
            "http://user:word@host/",
            "k%2F/x",
            "a\\n/b",
            &long,
        ] {
            assert_eq!(shown(hidden), "", "{hidden}");
            assert_eq!(shown(&format!("/etc/{hidden}{long}")), "", "{hidden}");
        }
    }
}
