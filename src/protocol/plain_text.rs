//! Reads text from files: UTF-8 or UTF-16, with byte order marks and with invisible characters that copying inserts.

use crate::wiped::Wiped;
use std::str::Utf8Chunk;

/// Reads the text in `bytes` into one buffer that is wiped. Drops invisible characters, and makes each line break a `\n` and each
/// dash a hyphen. Returns `None` if the bytes are not text.
pub(crate) fn read(bytes: &[u8]) -> Option<Wiped<String>> {
    // Each byte becomes at most three bytes (a replacement character), so the buffer never moves.
    let mut text = Wiped::new(String::with_capacity(bytes.len() * 3));
    match bytes {
        [0xff, 0xfe, units @ ..] => push_utf16(&mut text, units, u16::from_le_bytes)?,
        [0xfe, 0xff, units @ ..] => push_utf16(&mut text, units, u16::from_be_bytes)?,
        _ => bytes.utf8_chunks().for_each(|chunk| push_utf8(&mut text, &chunk)),
    }
    Some(text)
}

/// Replaces invalid UTF-8 with U+FFFD, because a name in another encoding above a PEM block does no harm.
fn push_utf8(text: &mut String, chunk: &Utf8Chunk<'_>) {
    chunk.valid().chars().filter_map(plain).for_each(|c| text.push(c));
    if !chunk.invalid().is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
}

fn push_utf16(text: &mut String, units: &[u8], unit: fn([u8; 2]) -> u16) -> Option<()> {
    let units = units.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    for c in char::decode_utf16(units) {
        if let Some(c) = plain(c.ok()?) {
            text.push(c);
        }
    }
    Some(())
}

fn plain(c: char) -> Option<char> {
    match c {
        // NUL (UTF-16 without a mark), soft hyphen, zero-width and direction marks, byte order mark.
        '\0' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' => None,
        '\r' | '\u{2028}' => Some('\n'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        other => Some(other),
    }
}
