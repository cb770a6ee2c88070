//! The variables of the environment that the library reads.
//!
//! A set-user-ID program, or one with file capabilities, has more rights than the user who starts it and who sets its environment. There
//! no variable counts: otherwise that user could choose the proxy and the authorities.

use std::env;
use std::ffi::OsString;
#[cfg(feature = "capi")]
use std::sync::atomic::{AtomicBool, Ordering};

/// A variable that is set and not empty.
pub(crate) struct Variable {
    pub name: &'static str,
    pub value: OsString,
}

/// The first of these variables that is set.
pub(crate) fn find(names: &[&'static str]) -> Option<Variable> {
    if is_foreign() { None } else { set(names) }
}

/// Says of the first of these variables that is set that it doesn't count, if so.
pub(crate) fn ignored(names: &[&'static str]) -> Option<String> {
    let variable = if is_foreign() { set(names) } else { None }?;
    Some(format!("{} is ignored, because this program has more rights than the user who started it", variable.name))
}

fn set(names: &[&'static str]) -> Option<Variable> {
    let value = |name| env::var_os(name).filter(|value| !value.is_empty());
    names.iter().find_map(|name| value(name).map(|value| Variable { name, value }))
}

#[cfg(feature = "capi")]
static IS_FOREIGN: AtomicBool = AtomicBool::new(false);

/// The environment belongs to a user with fewer rights. The C ABI asks the C library for that (AT_SECURE).
#[cfg(feature = "capi")]
pub(crate) fn distrust() {
    IS_FOREIGN.store(true, Ordering::Relaxed);
}

#[cfg(feature = "capi")]
fn is_foreign() -> bool {
    IS_FOREIGN.load(Ordering::Relaxed)
}

/// Rust without `unsafe` can ask only the kernel. The kernel does not answer if the process may not be inspected, as is so for a program
/// with more rights.
#[cfg(not(feature = "capi"))]
fn is_foreign() -> bool {
    match std::fs::read("/proc/self/auxv") {
        Ok(values) => is_secure(&values),
        Err(error) => error.kind() == std::io::ErrorKind::PermissionDenied,
    }
}

/// Whether AT_SECURE is set in the kernel's list of numbers and values (getauxval(3)).
#[cfg(any(test, not(feature = "capi")))]
fn is_secure(values: &[u8]) -> bool {
    const AT_SECURE: usize = 23;
    const WORD: usize = size_of::<usize>();
    let word = |bytes: &[u8]| bytes.try_into().map(usize::from_ne_bytes).unwrap_or_default();
    values.chunks_exact(2 * WORD).any(|pair| word(&pair[..WORD]) == AT_SECURE && word(&pair[WORD..]) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_tells_that_this_test_has_no_further_rights() {
        let values = std::fs::read("/proc/self/auxv").expect("the kernel's list");
        assert!(!is_secure(&values));
        let number = values.chunks_exact(16).position(|pair| pair[..8] == 23_usize.to_ne_bytes()).expect("AT_SECURE");
        let mut secure = values.clone();
        secure[number * 16 + 8..][..8].copy_from_slice(&1_usize.to_ne_bytes());
        assert!(is_secure(&secure));
    }
}
