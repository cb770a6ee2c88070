//! The contents of a row in the table of options.

use crate::functions::Function;

/// The values that an option accepts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// Text on one line, not empty, without white space around it.
    Text,
    /// A URI, as text on one line. A language with objects for URIs also takes those.
    Uri,
    /// Words on one line, separated by spaces, not empty. A language with lists also takes a list of them.
    Words,
    /// Text that may hold line breaks, not empty.
    Block,
    /// Any text; may be empty.
    Any,
    /// The path of a file.
    Path,
    /// One label of a domain name: letters, digits and inner hyphens, at most 63 characters.
    Label,
    /// A number of seconds, from the first number to the second. A fraction is allowed if the first number has one.
    Seconds(f64, f64),
    /// A whole number, from the first to the second.
    Number(u32, u32),
    /// `true` or `false`.
    Boolean,
    /// A JSON text (RFC 8259).
    Json,
    /// One of these texts, in upper or lower case.
    Choice(&'static [&'static str]),
}

/// One row of the table of options.
#[derive(Debug)]
#[non_exhaustive]
pub struct OptionSpec {
    /// The name. If it ends with `.NAME`, the row stands for a family; `param.resource`, for example, belongs to `param.NAME`.
    pub name: &'static str,
    /// The functions that take the option.
    pub taken_by: &'static [Function],
    /// The values that the option accepts.
    pub kind: Kind,
    /// The value if the caller gives none; `None` if there is no fixed default.
    pub default: Option<&'static str>,
    /// Whether each call must give the option.
    pub required: bool,
    /// Whether the value is secret: no getter returns it, and no message shows it.
    pub secret: bool,
    /// One sentence that explains the option.
    pub summary: &'static str,
}

impl OptionSpec {
    /// Whether this row describes the option `name`, or the family that `name` belongs to.
    pub(super) fn matches(&self, name: &str) -> bool {
        match self.name.strip_suffix("NAME") {
            Some(prefix) => name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()),
            None => self.name == name,
        }
    }

    /// The advice if the option is given to a function that does not take it.
    pub(super) fn takers(&self) -> String {
        let names: Vec<String> = self.taken_by.iter().map(Function::to_string).collect();
        format!("give it to {}", names.join(" or "))
    }
}
