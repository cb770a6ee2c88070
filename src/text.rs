//! A string that both faces of the library can lend out.

use crate::wiped::Wiped;
use std::fmt;

/// UTF-8 without a NUL inside and with one behind it: a `&str` for Rust, a `const char *` for C, one copy for both.
/// Wiped when it is dropped, and silent in `Debug`, since most of what the library hands out is secret.
#[derive(Clone)]
pub(crate) struct Text(Wiped<String>);

impl Text {
    /// `None` where `text` holds a NUL, which C could not tell from the end.
    pub fn new(text: &str) -> Option<Text> {
        (!text.contains('\0')).then(|| Text::copy(text))
    }

    /// Shows a NUL as U+FFFD. For what people read, where a mark in the text is better than no text.
    pub fn lossy(text: &str) -> Text {
        Text::new(text).unwrap_or_else(|| Text::terminated(text.replace('\0', "\u{fffd}")))
    }

    /// For text that the library wrote itself and that can hold no NUL. One byte of spare capacity saves a copy.
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

    /// The bytes with the NUL behind them.
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
