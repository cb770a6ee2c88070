//! Typed keys. A key refers to the row of an option, and knows the type of its value.

#[cfg(test)]
use super::spec::Kind;
use super::spec::OptionSpec;
use super::value::Value;
use crate::error::Error;
use std::fmt::Display;
use std::marker::PhantomData;
use std::time::Duration;

/// The Rust type of an option's value.
pub(crate) trait ValueType {
    type Value<'a>;
    /// Whether values of this kind have this type.
    #[cfg(test)]
    fn fits(kind: Kind) -> bool;
    fn of(value: Value<'_>) -> Option<Self::Value<'_>>;
}

impl ValueType for str {
    type Value<'a> = &'a str;

    #[cfg(test)]
    fn fits(kind: Kind) -> bool {
        !Duration::fits(kind) && !u32::fits(kind) && !bool::fits(kind)
    }

    fn of(value: Value<'_>) -> Option<&str> {
        match value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl ValueType for Duration {
    type Value<'a> = Duration;

    #[cfg(test)]
    fn fits(kind: Kind) -> bool {
        matches!(kind, Kind::Seconds(..))
    }

    fn of(value: Value<'_>) -> Option<Duration> {
        match value {
            Value::Seconds(seconds) => Some(seconds),
            _ => None,
        }
    }
}

impl ValueType for u32 {
    type Value<'a> = u32;

    #[cfg(test)]
    fn fits(kind: Kind) -> bool {
        matches!(kind, Kind::Number(..))
    }

    fn of(value: Value<'_>) -> Option<u32> {
        match value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }
}

impl ValueType for bool {
    type Value<'a> = bool;

    #[cfg(test)]
    fn fits(kind: Kind) -> bool {
        kind == Kind::Boolean
    }

    fn of(value: Value<'_>) -> Option<bool> {
        match value {
            Value::Boolean(value) => Some(value),
            _ => None,
        }
    }
}

/// A part of a key's type: whether its row has a default.
#[cfg(test)]
pub(crate) trait Default {
    const IS_SET: bool;
}

pub(crate) enum Unset {}

#[cfg(test)]
impl Default for Unset {
    const IS_SET: bool = false;
}

pub(crate) enum Defaulted {}

#[cfg(test)]
impl Default for Defaulted {
    const IS_SET: bool = true;
}

/// Refers to the row of an option, and knows the type of its value.
pub(crate) struct Key<T: ?Sized, D = Unset> {
    pub(super) spec: &'static OptionSpec,
    of: PhantomData<fn(&T) -> D>,
}

#[cfg(test)]
impl<T: ValueType + ?Sized, D: Default> Key<T, D> {
    pub(super) fn fits(&self) -> bool {
        T::fits(self.spec.kind) && D::IS_SET == self.spec.default.is_some()
    }
}

impl<T: ?Sized, D> Key<T, D> {
    pub(super) const fn new(spec: &'static OptionSpec) -> Key<T, D> {
        Key { spec, of: PhantomData }
    }

    pub const fn name(&self) -> &'static str {
        self.spec.name
    }

    pub fn is_secret(&self) -> bool {
        self.spec.secret
    }

    /// An error about this option. Its message starts with the option's name.
    pub fn error(&self, complaint: impl Display) -> Error {
        Error::option(self.name(), complaint)
    }

    /// The error if this option is given together with `other`, which contradicts it.
    pub fn contradicts<U: ?Sized, E>(&self, other: &Key<U, E>, advice: &str) -> Error {
        self.error(format_args!("contradicts {}; {advice}", other.name()))
    }
}

/// A family of options, for example `claim.NAME`.
pub(crate) struct Family {
    pub(super) spec: &'static OptionSpec,
}

impl Family {
    pub(super) const fn new(spec: &'static OptionSpec) -> Family {
        Family { spec }
    }

    /// An error about the member `name`.
    pub fn error(&self, name: &str, complaint: impl Display) -> Error {
        Error::option(&format!("{}{name}", self.prefix()), complaint)
    }

    #[cfg(test)]
    pub(super) fn fits(&self) -> bool {
        self.spec.name.ends_with(".NAME")
    }

    /// The text before the name of a member, for example `claim.`.
    pub(super) fn prefix(&self) -> &'static str {
        self.spec.name.trim_end_matches("NAME")
    }
}
