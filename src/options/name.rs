//! The names of options, as callers write them.

/// The mark before a name that stands beside its own value for certain, as in a language with keywords.
const MARK: char = '=';

/// The name without its mark, and whether it had one. Only then may a message show it if it is unknown: otherwise, names and values
/// may be out of step, and the name may be a secret.
pub(crate) fn unmarked(name: &str) -> (&str, bool) {
    name.strip_prefix(MARK).map_or((name, false), |name| (name, true))
}
