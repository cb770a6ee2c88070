//! The options of one call, read from the caller's names and values.

use super::key::{Defaulted, Family, Key, ValueType};
use super::name::unmarked;
use super::spec::OptionSpec;
use super::table::known;
use super::unknown::unknown;
use super::value::{Value, read};
use crate::error::Error;
use crate::functions::Function;
use std::collections::HashSet;

/// The options of one call. Each is known, well-formed and given once.
pub(crate) struct Options<'a> {
    given: Vec<Given<'a>>,
}

struct Given<'a> {
    name: &'a str,
    text: &'a str,
    value: Value<'a>,
}

impl<'a> Given<'a> {
    fn as_text(&self) -> &'a str {
        match self.value {
            Value::Text(text) => text,
            Value::Seconds(_) | Value::Number(_) | Value::Boolean(_) => self.text,
        }
    }
}

impl<'a> Options<'a> {
    pub fn parse(
        function: Function,
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Options<'a>, Error> {
        let mut given: Vec<Given<'a>> = Vec::new();
        let mut names = HashSet::new();
        for (index, (name, text)) in pairs.into_iter().enumerate() {
            let (name, is_marked) = unmarked(name);
            let spec = known(name).ok_or_else(|| unknown(function, name, index, is_marked))?;
            if !spec.taken_by.contains(&function) {
                return Err(Error::option(
                    spec.name,
                    format_args!("{function} does not take this option; {}", spec.takers()),
                ));
            }
            let value = read(spec.kind, text).map_err(|complaint| Error::option(spec.name, complaint))?;
            if !names.insert(name) {
                return Err(Error::option(spec.name, "given twice; give it once"));
            }
            given.push(Given { name, text, value });
        }
        Ok(Options { given })
    }

    pub fn has<T: ?Sized, D>(&self, key: &Key<T, D>) -> bool {
        self.find(key.spec).is_some()
    }

    /// The value that was given, if any.
    pub fn get<T: ValueType + ?Sized, D>(&self, key: &Key<T, D>) -> Option<T::Value<'a>> {
        T::of(self.find(key.spec)?.value)
    }

    /// The value that was given, or the default of the option's row.
    pub fn or_default<T: ValueType + ?Sized>(&self, key: &Key<T, Defaulted>) -> T::Value<'a> {
        self.get(key).unwrap_or_else(|| {
            let text = key.spec.default.expect("the row has a default");
            T::of(read(key.spec.kind, text).expect("the default is well-formed")).expect("the key has its row's type")
        })
    }

    /// The value's text: a choice as the table spells it, and anything else as the caller gave it.
    pub fn text(&self, spec: &OptionSpec) -> Option<&'a str> {
        self.find(spec).map(Given::as_text)
    }

    /// The members of a family: each name without the family's prefix, and its value.
    pub fn family(&self, family: &Family) -> impl Iterator<Item = (&'a str, &'a str)> {
        let prefix = family.prefix();
        self.given.iter().filter_map(move |given| Some((given.name.strip_prefix(prefix)?, given.as_text())))
    }

    /// Fails if both options are given, because they say the same thing in two ways.
    pub fn exclusive<T: ?Sized, U: ?Sized>(&self, one: &Key<T>, other: &Key<U>) -> Result<(), Error> {
        if self.has(one) && self.has(other) {
            return Err(one.contradicts(other, "give one of the two"));
        }
        Ok(())
    }

    fn find(&self, spec: &OptionSpec) -> Option<&Given<'a>> {
        self.given.iter().find(|given| given.name == spec.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::OPTIONS;

    #[test]
    fn each_default_is_well_formed() {
        for spec in OPTIONS {
            assert!(spec.default.is_none_or(|default| read(spec.kind, default).is_ok()), "{}", spec.name);
        }
    }
}
