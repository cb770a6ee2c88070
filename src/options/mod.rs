//! Options and parameters: the table, and the one place where text becomes typed values.

mod given;
mod key;
mod name;
mod spec;
mod table;
mod unknown;
mod value;

pub use spec::{Kind, OptionSpec};
pub use table::OPTIONS;

pub(crate) use given::Options;
pub(crate) use key::{Family, Key};
pub(crate) use table::keys;
pub(crate) use unknown::meant;
pub(crate) use value::{listed, one_line};
#[cfg(feature = "capi")]
pub(crate) use {name::unmarked, table::known};
