//! A string that both the Rust API and the C ABI can lend out.

use crate::wiped::Wiped;
use std::fmt;

/// UTF-8 text without a NUL inside, followed by a NUL. The same copy is a `&str` for Rust and a `const char *` for C.
/// It is wiped when it is dropped, and `Debug` does not show it, because most texts of the library are secret.
#[derive(Clone)]
pub(crate) struct Text(Wiped<String>);

impl Text {
    /// Returns `None` if `text` contains a NUL, because C would take the NUL for the end.
    pub fn new(text: &str) -> Option<Text> {
        (!text.contains('\0')).then(|| Text::copy(text))
    }

    /// Replaces each NUL with U+FFFD. This is for text that people read: a strange character is better than no text.
    pub fn lossy(text: &str) -> Text {
        Text::new(text).unwrap_or_else(|| Text::terminated(text.replace('\0', "\u{fffd}")))
    }

    /// For text that the library wrote itself, which can't contain a NUL. One byte of spare capacity saves a copy.
    pub fn own(text: String) -> Text {
        debug_assert!(!text.contains('\0'));
        if text.len() == text.capacity() { Text::copy(&Wiped::new(text)) } else { Text::terminated(text) }
    }

    fn copy(text: &str) -> Text {
        let mut copy = String::with_capacity(text.len() + 1);
        copy.push_str(text);
        Text::terminated(copy)
    }

    fn terminated(mut text: String) -> Text {
        text.push('\0');
        Text(Wiped::new(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0[..self.0.len() - 1]
    }

    /// The bytes, including the final NUL.
    #[cfg(feature = "capi")]
    pub fn with_nul(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}
