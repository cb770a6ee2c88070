//! What a row of the table of options says.

use std::fmt::{self, Display};

/// A function that takes options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Function {
    /// `td_client_new`, [`crate::Client::new`]
    Client,
    /// `td_assertion_new`, [`crate::Client::assertion`]
    Assertion,
    /// `td_token_exchange`, [`crate::Client::exchange`]
    Exchange,
}

/// What an option's value may be.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// Text on one line, not empty, without white space around it.
    Text,
    /// Text that may hold line breaks, not empty.
    Block,
    /// Any text; may be empty.
    Any,
    /// The path of a file.
    Path,
    /// One label of a domain name: letters, digits and inner hyphens, 63 at most.
    Label,
    /// A number of seconds between the two; a fraction is allowed where the first is one.
    Seconds(f64, f64),
    /// Elapsed seconds, whole or not. Values that are given more than once add up.
    Elapsed,
    /// `true` or `false`.
    Boolean,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// One row of the table of options.
#[derive(Debug)]
#[non_exhaustive]
pub struct OptionSpec {
    /// The name; one that ends with `.NAME` stands for a family, for example `param.resource`.
    pub name: &'static str,
    /// The functions that take it.
    pub taken_by: &'static [Function],
    /// What its value may be.
    pub kind: Kind,
    /// The value where none is given, if there is a fixed one.
    pub default: Option<&'static str>,
    /// Whether the value is secret: no getter answers it and no message shows it.
    pub secret: bool,
    /// One sentence: what it is.
    pub summary: &'static str,
}

impl OptionSpec {
    /// Whether this is the row of the option `name`, or of the family that it belongs to.
    pub(super) fn matches(&self, name: &str) -> bool {
        match self.name.strip_suffix("NAME") {
            Some(prefix) => name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()),
            None => self.name == name,
        }
    }

    /// The advice to one who gives the option to a function that does not take it.
    pub(super) fn takers(&self) -> String {
        let names: Vec<String> = self.taken_by.iter().map(Function::to_string).collect();
        format!("give it to {}", names.join(" or "))
    }
}

impl Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Function::Client => "the client",
            Function::Assertion => "the assertion",
            Function::Exchange => "the exchange",
        })
    }
}
