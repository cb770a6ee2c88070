//! A token response that is good (RFC 6749 §5.1), and how long it lasts.

use crate::clock::Clock;
use crate::text::Text;
use std::fmt;
use std::time::Duration;

/// What the token endpoint answered: an access token and all that came with it.
///
/// Everything in it is secret: `Debug` does not show it, and it is wiped when it is dropped.
pub struct Token {
    pub(super) json: Text,
    pub(super) access_token: Text,
    pub(super) token_type: Text,
    /// Every member as text, where it can be told as a string.
    pub(super) members: Vec<(String, Text)>,
    pub(super) expiry: Option<Expiry>,
}

/// What a server says of the future counts up to here, so that every language has a date for it: three thousand years.
pub(super) const FURTHEST: Duration = Duration::from_secs(100_000_000_000);

/// When a token ends, by both clocks.
pub(super) struct Expiry {
    clock: Clock,
    unix_seconds: i64,
    since_boot: Duration,
}

/// The moment just before a request was sent, from which the lifetime of what it brings is counted: never too late.
#[derive(Clone, Copy)]
pub(crate) struct Moment {
    clock: Clock,
    unix_seconds: i64,
    since_boot: Duration,
}

impl Moment {
    pub fn now(clock: Clock) -> Moment {
        Moment { clock, unix_seconds: clock.unix_seconds(), since_boot: clock.since_boot() }
    }

    pub fn unix_seconds(&self) -> i64 {
        self.unix_seconds
    }

    pub(super) fn after(&self, lifetime: Duration) -> Expiry {
        let lifetime = lifetime.min(FURTHEST);
        let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        Expiry {
            clock: self.clock,
            unix_seconds: self.unix_seconds.saturating_add(seconds),
            since_boot: self.since_boot.saturating_add(lifetime),
        }
    }
}

impl Token {
    /// The access token (RFC 6749 §1.4).
    pub fn access_token(&self) -> &str {
        self.access_token.as_str()
    }

    /// The token's type (RFC 6749 §7.1), as the server writes it; `Bearer` where it says nothing. Compare without case.
    pub fn token_type(&self) -> &str {
        self.token_type.as_str()
    }

    /// When the access token expires, in Unix seconds by the wall clock of the exchange; `None` where the server did not say.
    pub fn expires_at(&self) -> Option<i64> {
        self.expiry.as_ref().map(|expiry| expiry.unix_seconds)
    }

    /// Whole seconds until the access token expires, 0 once it has; `None` where the server did not say.
    /// Counts through suspend, and does not care when somebody sets the clock.
    pub fn seconds_left(&self) -> Option<u64> {
        self.expiry.as_ref().map(|expiry| expiry.since_boot.saturating_sub(expiry.clock.since_boot()).as_secs())
    }

    /// Any member of the response: a string as it is, anything else as JSON. An omitted `scope` reads as the requested one.
    /// `None` where it is absent, is `null`, or holds a NUL.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.member(name).map(Text::as_str)
    }

    /// The whole response as the server wrote it.
    pub fn json(&self) -> &str {
        self.json.as_str()
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Text> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    #[cfg(feature = "capi")]
    pub(crate) fn texts(&self) -> (&Text, &Text, &Text) {
        (&self.access_token, &self.token_type, &self.json)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token {{ expires_at: {:?} }}", self.expires_at())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::cell::Cell;

    thread_local! {
        static WALL: Cell<i64> = const { Cell::new(1_700_000_000) };
        static BOOT: Cell<u64> = const { Cell::new(5_000) };
    }

    /// A clock that each test moves for itself.
    pub const CLOCK: Clock = Clock::new(|| WALL.get(), || Duration::from_secs(BOOT.get()));

    fn token(lifetime: u64) -> Token {
        let text = || Text::lossy("x");
        Token {
            json: text(),
            access_token: text(),
            token_type: text(),
            members: Vec::new(),
            expiry: Some(Moment::now(CLOCK).after(Duration::from_secs(lifetime))),
        }
    }

    #[test]
    fn seconds_left_counts_down_to_zero_and_no_further() {
        let token = token(600);
        assert_eq!(token.seconds_left(), Some(600));
        BOOT.set(5_599);
        assert_eq!(token.seconds_left(), Some(1));
        BOOT.set(9_999);
        assert_eq!(token.seconds_left(), Some(0));
    }

    #[test]
    fn setting_the_wall_clock_changes_nothing_for_a_token_that_is_held() {
        let token = token(600);
        WALL.set(0);
        assert_eq!((token.expires_at(), token.seconds_left()), (Some(1_700_000_600), Some(600)));
    }

    #[test]
    fn a_lifetime_beyond_all_dates_ends_while_there_are_some() {
        let token = token(u64::MAX);
        assert_eq!((token.expires_at(), token.seconds_left()), (Some(101_700_000_000), Some(100_000_000_000)));
    }
}
