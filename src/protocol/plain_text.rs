//! Text as files hold it: UTF-8 or UTF-16, with byte order marks and what copying leaves between the characters.

use crate::wiped::Wiped;
use std::str::Utf8Chunk;

/// The text in `bytes`, in one buffer that is wiped: without characters that nobody sees, each line break a `\n`, each dash a hyphen.
/// `None` where the bytes are no text.
pub(crate) fn read(bytes: &[u8]) -> Option<Wiped<String>> {
    // No byte becomes more than the three of a replacement character, so that the buffer never moves.
    let mut text = Wiped::new(String::with_capacity(bytes.len() * 3));
    match bytes {
        [0xff, 0xfe, units @ ..] => push_utf16(&mut text, units, u16::from_le_bytes)?,
        [0xfe, 0xff, units @ ..] => push_utf16(&mut text, units, u16::from_be_bytes)?,
        _ => bytes.utf8_chunks().for_each(|chunk| push_utf8(&mut text, &chunk)),
    }
    Some(text)
}

/// What is no UTF-8 shows up as U+FFFD: a name in another encoding above a PEM block does no harm.
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
