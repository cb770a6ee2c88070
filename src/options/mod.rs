//! Options and parameters: the table, and the one place where text becomes typed values.

mod given;
mod key;
mod spec;
mod table;
mod unknown;
mod value;

pub use spec::{Kind, OptionSpec};
pub use table::OPTIONS;

pub(crate) use given::Options;
pub(crate) use key::Key;
pub(crate) use table::keys;
#[cfg(feature = "capi")]
pub(crate) use table::known;
pub(crate) use value::{listed, one_line};
