//! A successful answer of the token endpoint (RFC 6749 §5.1), and its lifetime.

use crate::clock::Clock;
use crate::json::Members;
use crate::text::Text;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A successful answer of the token endpoint: an access token and everything that came with it.
///
/// Everything in it is secret: `Debug` does not show it. A clone is the same token; all of it is wiped when the last one is dropped.
#[derive(Clone)]
pub struct Token(Arc<Inner>);

struct Inner {
    json: Text,
    access_token: Text,
    token_type: Text,
    /// Every member that a C string can represent, as text.
    members: Vec<(String, Text)>,
    expiry: Option<Expiry>,
}

/// Longer times from a server are cut to three thousand years. Every language can represent a date that far away.
pub(super) const FURTHEST: Duration = Duration::from_secs(100_000_000_000);

/// When a token expires, by both clocks.
struct Expiry {
    clock: Clock,
    unix_seconds: i64,
    since_boot: Duration,
}

/// The moment just before a request was sent. A token's lifetime counts from then, so that it never ends too late.
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

    /// By how many seconds a clock was ahead of this machine's, if it showed `shown` between this moment and now.
    pub fn offset(&self, shown: i64) -> i64 {
        let since = self.clock.since_boot().saturating_sub(self.since_boot);
        let now = self.unix_seconds.saturating_add(i64::try_from(since.as_secs()).unwrap_or(i64::MAX));
        shown.saturating_sub(shown.clamp(self.unix_seconds, now))
    }

    fn after(&self, lifetime: Duration) -> Expiry {
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
    /// Reads the token in the answer `json` with these members. The request was sent at `sent`. A complaint says why the answer is
    /// not a token. A member that can't be read counts as absent.
    pub(super) fn from_answer(
        json: &str,
        members: &Members<'_>,
        requested_scope: Option<&str>,
        sent: Moment,
    ) -> Result<Token, String> {
        let expiry = lifetime(members).map(|lifetime| sent.after(lifetime));
        Token::from_json(json, members, requested_scope, expiry)
    }

    /// If the answer has no `scope`, the token has the requested one.
    fn from_json(
        json: &str,
        members: &Members<'_>,
        requested_scope: Option<&str>,
        expiry: Option<Expiry>,
    ) -> Result<Token, String> {
        if members.raw("access_token").is_none() {
            return Err("it has no access_token".into());
        }
        let access_token = text(members, "access_token")
            .filter(|token| !token.as_str().is_empty())
            .ok_or("access_token is not a string, is empty, is not UTF-8, or contains a NUL")?;
        let token_type = text(members, "token_type").unwrap_or_else(|| Text::lossy("Bearer"));
        let scope = if members.raw("scope").is_some() { scope(members) } else { requested_scope.map(Text::lossy) };
        let others = members.names().filter(|name| *name != "scope");
        let others = others.filter_map(|name| Some((name.to_owned(), shown(members, name)?)));
        Ok(Token(Arc::new(Inner {
            json: Text::lossy(json),
            access_token,
            token_type,
            members: others.chain(scope.map(|scope| ("scope".to_owned(), scope))).collect(),
            expiry,
        })))
    }

    /// The access token (RFC 6749 §1.4).
    pub fn access_token(&self) -> &str {
        self.0.access_token.as_str()
    }

    /// The token's type (RFC 6749 §7.1), as the server wrote it; `Bearer` if the server did not say. Compare it without case.
    pub fn token_type(&self) -> &str {
        self.0.token_type.as_str()
    }

    /// When the access token expires, in Unix seconds by the wall clock at the exchange; `None` if the server did not say.
    pub fn expires_at(&self) -> Option<i64> {
        self.0.expiry.as_ref().map(|expiry| expiry.unix_seconds)
    }

    /// Whole seconds until the access token expires; 0 if it has expired; `None` if the server did not say.
    /// Suspended time counts. Setting the clock changes nothing.
    pub fn seconds_left(&self) -> Option<u64> {
        self.0.expiry.as_ref().map(|expiry| expiry.since_boot.saturating_sub(expiry.clock.since_boot()).as_secs())
    }

    /// Any member of the answer: a string as its text, any other value as JSON. If the answer has no `scope`, this is the requested
    /// one. `None` if the member is absent, is `null`, or contains a NUL.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.member(name).map(Text::as_str)
    }

    /// The whole answer as the server wrote it.
    pub fn json(&self) -> &str {
        self.0.json.as_str()
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Text> {
        self.0.members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    #[cfg(feature = "capi")]
    pub(crate) fn texts(&self) -> (&Text, &Text, &Text) {
        (&self.0.access_token, &self.0.token_type, &self.0.json)
    }
}

/// The members that are strings (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
const STRINGS: &[&str] = &["access_token", "token_type", "refresh_token", "id_token"];

/// A string that C can represent. U+FFFD stands for bytes that are not UTF-8, so a string with it can't be read.
fn text(members: &Members<'_>, name: &str) -> Option<Text> {
    members.read(name, |text| Text::new(text).filter(|_| !text.contains(char::REPLACEMENT_CHARACTER)))?
}

/// Some servers write an array of scopes instead of a string.
fn scope(members: &Members<'_>) -> Option<Text> {
    let scopes = || serde_json::from_str::<Vec<String>>(members.raw("scope")?).ok().filter(|scopes| !scopes.is_empty());
    text(members, "scope").or_else(|| Text::new(&scopes()?.join(" ")))
}

/// Some servers write the number as a string of digits.
fn lifetime(members: &Members<'_>) -> Option<Duration> {
    let is_digits = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = members.text("expires_in").filter(is_digits);
    // Rust parses every number of JSON. A number that is too great for a float becomes infinite.
    let seconds = digits.as_deref().or(members.raw("expires_in"))?.parse::<f64>().ok()?;
    (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds.trunc()).unwrap_or(Duration::MAX))
}

/// A member as text: a string without its escapes, any other value as it is written. `None` for `null`, for a string with a NUL,
/// which C can't represent, and for a value of a wrong type.
fn shown(members: &Members<'_>, name: &str) -> Option<Text> {
    match members.raw(name)? {
        string if string.starts_with('"') => text(members, name),
        _ if STRINGS.contains(&name) => None,
        other => Text::new(other),
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
        Token(Arc::new(Inner {
            json: text(),
            access_token: text(),
            token_type: text(),
            members: Vec::new(),
            expiry: Some(Moment::now(CLOCK).after(Duration::from_secs(lifetime))),
        }))
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
    fn setting_the_wall_clock_does_not_change_a_token() {
        let token = token(600);
        WALL.set(0);
        assert_eq!((token.expires_at(), token.seconds_left()), (Some(1_700_000_600), Some(600)));
    }

    #[test]
    fn a_lifetime_ends_before_the_last_date_of_any_language() {
        let token = token(u64::MAX);
        assert_eq!((token.expires_at(), token.seconds_left()), (Some(101_700_000_000), Some(100_000_000_000)));
    }
}
